#include "library/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "library/deflate.h"

#define SIGNATURE    TEXT("\x89PNG\r\n\x1a\n")
#define CHUNK_FRAME  12 /* length, type and checksum around a chunk's data */
#define HEADER_BYTES 13 /* of IHDR */

/* The names that file_write_atomic gives its temporaries: ".0123456789abcdef.part". */
#define PART_LENGTH (1 + 16 + strlen(".part"))

/* --- PNG ---------------------------------------------------------------------------------------
 */

static bool damaged(struct error *error, const char *what)
{
	return error_set(
		error, ERROR_DAMAGED, "damaged_picture", "The picture is damaged: %s.", what);
}

static uint32_t big_endian(const char *bytes)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 8 | (unsigned char)bytes[i];
	return value;
}

static bool is_type(struct text chunk, const char *type)
{
	return memcmp(chunk.at, type, 4) == 0;
}

/* Takes the chunk at the beginning of `*rest`; its text is type and data. */
static bool take_chunk(struct text *rest, struct text *chunk, struct error *error)
{
	uint32_t length;

	if (rest->length < CHUNK_FRAME)
		return damaged(error, "it ends too early");
	length = big_endian(rest->at);
	if (length > rest->length - CHUNK_FRAME)
		return damaged(error, "it ends too early");
	*chunk = (struct text){rest->at + 4, (size_t)length + 4};
	if (library_crc32(*chunk) != big_endian(chunk->at + chunk->length))
		return damaged(error, "a checksum in it is wrong");
	*rest = text_from_offset(*rest, (size_t)length + CHUNK_FRAME);
	return true;
}

bool library_check_png(struct text bytes, struct error *error)
{
	bool has_header = false;
	bool has_pixels = false;
	struct text chunk;

	if (!text_starts_with(bytes, SIGNATURE))
		return error_set(error, ERROR_DAMAGED, "no_png", "The picture is not a PNG file.");
	bytes = text_from_offset(bytes, SIGNATURE.length);
	for (;;) {
		if (!take_chunk(&bytes, &chunk, error))
			return false;
		if (!has_header && (!is_type(chunk, "IHDR") || chunk.length != HEADER_BYTES + 4))
			return damaged(error, "it does not begin with a header");
		has_header = true;
		if (is_type(chunk, "IDAT"))
			has_pixels = true;
		if (is_type(chunk, "IEND"))
			return has_pixels || damaged(error, "there are no pixels in it");
	}
}

/* --- The place ---------------------------------------------------------------------------------
 */

/* Fills the error for an errno at `what` in sample_dir. */
static bool fail(struct error *error, int reason, const char *sample_dir, const char *what)
{
	static const struct {
		int reason;
		const char *format; /* takes sample_dir */
	} MENDABLE[] = {
		{ENOSPC, "The disk that holds %s is full. Make room; it goes on by itself."},
		{EDQUOT, "The disk quota for %s is used up. Make room; it goes on by itself."},
		{EROFS, "The disk that holds %s is read-only. Make it writable; it goes on by "
			"itself."},
		{EACCES,
			"%s cannot be written: permission denied. Allow it; it goes on by itself."},
		{EPERM, "%s cannot be written: permission denied. Allow it; it goes on by itself."},
		{ENOENT, "The directory %s is missing. Make or mount it; it goes on by itself."},
		{EIO, "The disk that holds %s reports errors."},
		{ESTALE, "The network drive that holds %s is away."},
		{ETIMEDOUT, "The network drive that holds %s does not answer."},
		{EHOSTDOWN, "The network drive that holds %s does not answer."},
		{ENODEV, "The drive that holds %s is away."},
		{ENXIO, "The drive that holds %s is away."},
		{ENOTCONN, "The drive that holds %s is away."},
		{EMFILE, "Too many files are open to write to %s."},
		{ENFILE, "Too many files are open on this machine to write to %s."},
		{ENOMEM, "There is no memory to write to %s."},
		{EINTR, "Writing to %s was interrupted."},
		{EAGAIN, "%s cannot be written just now."},
		{EBUSY, "%s cannot be written just now."},
	};

	for (size_t i = 0; i < sizeof(MENDABLE) / sizeof(*MENDABLE); i++) {
		if (MENDABLE[i].reason != reason)
			continue;
			/* The table holds every format. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)error_set(error, ERROR_UNAVAILABLE, "output_unwritable", MENDABLE[i].format,
			sample_dir);
#pragma GCC diagnostic pop
		return error_cause(error, "%s: %s", what, strerror(reason));
	}
	if (reason == ELOOP || reason == EXDEV)
		(void)error_set(error, ERROR_FORBIDDEN, "output_impossible",
			"%s in %s is or lies behind a symbolic link, which are not followed there.",
			what, sample_dir);
	else
		(void)error_set(error, ERROR_SYSTEM, "output_impossible",
			"%s cannot be written in %s: %s.", what, sample_dir, strerror(reason));
	return error_cause(error, "errno %d", reason);
}

/* Opens the directory of `path`; -1 with errno. Makes it, durably, if `make` and it is missing. */
static int open_place(const char *sample_dir, const char *path, bool make)
{
	const char *slash = strrchr(path, '/');
	char directory[LIMIT_PATH];
	int flags = O_RDONLY | O_DIRECTORY;
	int top = open(sample_dir, flags | O_CLOEXEC);
	int place;
	int reason;

	if (top < 0)
		return -1;
	(void)snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(slash - path) : 1,
		slash ? path : ".");
	place = file_open_beneath(top, directory, flags, FILE_LINKS_REFUSED);
	if (place < 0 && errno == ENOENT && make &&
		(mkdirat(top, directory, 0777) == 0 || errno == EEXIST) &&
		(fsync(top) == 0 || errno == EINVAL))
		place = file_open_beneath(top, directory, flags, FILE_LINKS_REFUSED);
	reason = errno;
	(void)close(top);
	errno = reason;
	return place;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool look_at(int place, const char *name, struct library_output_state *state)
{
	struct stat status;

	*state = (struct library_output_state){0};
	if (fstatat(place, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT;
	state->exists = true;
	state->size = status.st_size;
	state->modified = clock_nanoseconds(status.st_mtim);
	return true;
}

bool library_output_look(const char *sample_dir, const char *path,
	struct library_output_state *state, struct error *error)
{
	int place = open_place(sample_dir, path, false);
	bool done;
	int reason;

	*state = (struct library_output_state){0};
	if (place < 0) {
		struct stat status;

		reason = errno;
		/* Without the checkpoint's directory there is no file; without sample_dir, who
		 * knows. */
		return (reason == ENOENT && stat(sample_dir, &status) == 0) ||
		       fail(error, reason, sample_dir, path);
	}
	done = look_at(place, last_name(path), state);
	reason = errno;
	(void)close(place);
	return done || fail(error, reason, sample_dir, path);
}

bool library_output_save(const char *sample_dir, const char *path, struct text bytes,
	struct library_output_state *state, struct error *error)
{
	int place = open_place(sample_dir, path, true);
	bool done;
	int reason;

	if (place < 0)
		return fail(error, errno, sample_dir, path);
	done = file_write_atomic(place, last_name(path), bytes, true) &&
	       look_at(place, last_name(path), state);
	reason = errno;
	(void)close(place);
	return done || fail(error, reason, sample_dir, path);
}

static bool is_part(const char *name)
{
	if (strlen(name) != PART_LENGTH || name[0] != '.')
		return false;
	return strspn(name + 1, "0123456789abcdef") == 16 && strcmp(name + 17, ".part") == 0;
}

void library_output_clean(const char *sample_dir, const char *path)
{
	int place = open_place(sample_dir, path, false);
	DIR *directory = place < 0 ? NULL : fdopendir(place);
	struct dirent *entry;

	if (!directory) {
		if (place >= 0)
			(void)close(place);
		return;
	}
	while ((entry = readdir(directory)) != NULL)
		if (is_part(entry->d_name))
			(void)unlinkat(dirfd(directory), entry->d_name, 0);
	(void)closedir(directory);
}

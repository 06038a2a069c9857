#include "library/preview_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "library/preview_state.h"

/*
 * The modification time of previews, which preview_room.h needs in the future: 2100-01-01, and a
 * spread that fits into 34 bits of seconds with it, as ext4 has them.
 */
#define FAR_FUTURE	  INT64_C(4102444800)
#define FAR_FUTURE_SPREAD (UINT64_C(1) << 28)

#define FAULT_EXTENSION ".fault"
#define FAULT_SIZE	2048

/* The reasons that last as long as the file does. */
static const struct {
	const char *code;
	enum error_kind kind;
} FAULTS[] = {
	{"not_an_image", ERROR_UNSUPPORTED},
	{"damaged_file", ERROR_DAMAGED},
	{"picture_too_large", ERROR_INVALID},
};

/* How often to begin anew when an eviction removes the directory that was just made. */
#define TRIES 3

bool library_preview_cache_open(
	struct library_preview_cache *cache, const char *cache_dir, uint64_t limit)
{
	char path[LIMIT_PATH];
	int parent;
	int reason;

	*cache = (struct library_preview_cache){.directory = -1, .state = -1, .limit = limit};
	if ((size_t)snprintf(path, sizeof(path), "%s/previews", cache_dir) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	cache->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cache->directory < 0 && errno == ENOENT && file_make_directories(path))
		cache->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	parent = cache->directory < 0 ? -1 : open(cache_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parent >= 0)
		cache->state = openat(parent, "previews.state", O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	reason = errno;
	if (parent >= 0)
		(void)close(parent);
	if (cache->state >= 0)
		return true;
	library_preview_cache_close(cache);
	errno = reason;
	return false;
}

void library_preview_cache_close(struct library_preview_cache *cache)
{
	if (cache->directory >= 0)
		(void)close(cache->directory);
	if (cache->state >= 0)
		(void)close(cache->state);
	cache->directory = -1;
	cache->state = -1;
}

const char *library_preview_file(
	struct arena *arena, const struct library_preview_key *key, enum library_preview_type type)
{
	return arena_printf(arena, "%s/%s-%u%s", key->path, key->version, key->width,
		library_preview_extension(type));
}

static const char *fault_file(struct arena *arena, const struct library_preview_key *key)
{
	return arena_printf(arena, "%s/%s" FAULT_EXTENSION, key->path, key->version);
}

bool library_preview_find(struct arena *arena, const struct library_preview_cache *cache,
	const struct library_preview_key *key, enum library_preview_type *type)
{
	for (int i = 0; i < LIBRARY_PREVIEW_TYPES; i++) {
		const char *file = library_preview_file(arena, key, (enum library_preview_type)i);
		struct stat status;

		if (file && fstatat(cache->directory, file, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(status.st_mode)) {
			*type = (enum library_preview_type)i;
			return true;
		}
	}
	return false;
}

/* A fault is kept as two lines: its code and its message. */
bool library_preview_find_fault(struct arena *arena, const struct library_preview_cache *cache,
	const struct library_preview_key *key, struct error *fault)
{
	const char *file = fault_file(arena, key);
	struct buffer buffer;
	struct error read = {0};
	bool found;

	buffer_init(&buffer, FAULT_SIZE);
	found = file && file_read_path(cache->directory, file, &buffer);
	buffer_append_byte(&buffer, '\0');
	found = found && !buffer.failed &&
		sscanf(buffer.bytes, "%39s %511[^\n]", read.code, read.message) == 2;
	buffer_free(&buffer);
	for (size_t i = 0; found && i < sizeof(FAULTS) / sizeof(*FAULTS); i++)
		if (strcmp(read.code, FAULTS[i].code) == 0)
			read.kind = FAULTS[i].kind;
	if (read.kind == ERROR_NONE)
		return false;
	*fault = read;
	return true;
}

/* Makes the directories on the way to `file`. */
static bool make_parents(const struct library_preview_cache *cache, const char *file)
{
	char partial[LIMIT_PATH];
	size_t length = strlen(file);

	if (length >= sizeof(partial)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(partial, file, length + 1);
	for (char *slash = strchr(partial, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(cache->directory, partial, 0777) != 0 && errno != EEXIST)
			return false;
		*slash = '/';
	}
	return true;
}

static bool put(const struct library_preview_cache *cache, const char *file, struct text content)
{
	for (int i = 0; i < TRIES; i++) {
		if (!make_parents(cache, file))
			return false;
		if (file_write_atomic(cache->directory, file, content, false))
			return true;
		if (errno != ENOENT)
			return false;
	}
	return false;
}

/* True for names that belong to another version of the image; hidden ones are being written. */
static bool is_of_other_version(const char *name, const char *version)
{
	size_t length = strlen(version);

	return *name != '.' && (strncmp(name, version, length) != 0 ||
				       (name[length] != '-' && name[length] != '.'));
}

static void remove_other_versions(
	const struct library_preview_cache *cache, const struct library_preview_key *key)
{
	int descriptor = openat(cache->directory, key->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
	struct dirent *entry;

	if (!directory && descriptor >= 0)
		(void)close(descriptor);
	while (directory && (entry = readdir(directory)) != NULL) {
		struct stat status;

		if (is_of_other_version(entry->d_name, key->version) &&
			fstatat(descriptor, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(status.st_mode) && unlinkat(descriptor, entry->d_name, 0) == 0)
			library_preview_count(cache->state,
				-(int64_t)library_preview_charge((uint64_t)status.st_size));
	}
	if (directory)
		(void)closedir(directory);
}

/* In seconds since 1970; differs between versions. */
static int64_t time_of(const struct library_preview_key *key)
{
	uint64_t hash = hash_text(HASH_START ^ key->width, text_from(key->version));

	return FAR_FUTURE + (int64_t)(hash % FAR_FUTURE_SPREAD);
}

static bool keep(const struct library_preview_cache *cache, const struct library_preview_key *key,
	const char *file, struct text content)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_sec = time_of(key)}};

	if (!file) {
		errno = ENOMEM;
		return false;
	}
	if (!put(cache, file, content))
		return false;
	(void)utimensat(cache->directory, file, times, AT_SYMLINK_NOFOLLOW);
	library_preview_count(cache->state, (int64_t)library_preview_charge(content.length));
	remove_other_versions(cache, key);
	return true;
}

bool library_preview_keep(struct arena *arena, const struct library_preview_cache *cache,
	const struct library_preview_key *key, const struct library_preview *preview)
{
	return keep(cache, key, library_preview_file(arena, key, preview->type),
		buffer_text(&preview->bytes));
}

bool library_preview_keep_fault(struct arena *arena, const struct library_preview_cache *cache,
	const struct library_preview_key *key, const struct error *fault)
{
	const char *content = arena_printf(arena, "%s\n%s\n", fault->code, fault->message);

	if (!content) {
		errno = ENOMEM;
		return false;
	}
	return keep(cache, key, fault_file(arena, key), text_from(content));
}

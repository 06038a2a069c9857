#include "library/scan_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define RUN_PART (sizeof("scan-0123456789abcdef-") - 1) /* of a name: equal within one run */
#define GZIP_MIN 18					/* the shortest gzip file */
#define TRAILER	 8					/* checksum and length at its end */
#define TOUCH_S	 60		      /* half the grace: files are not marked more often */
#define KEEP_S	 (30L * 24 * 60 * 60) /* what nobody asked for in this time goes */

void library_cache_name(
	const char *run_id, uint64_t fingerprint, char name[static LIBRARY_CACHE_NAME_SIZE])
{
	(void)snprintf(
		name, LIBRARY_CACHE_NAME_SIZE, "scan-%s-%016" PRIx64 ".json", run_id, fingerprint);
}

static uint32_t little_endian(const char *bytes)
{
	uint32_t value = 0;

	for (int i = 3; i >= 0; i--)
		value = value << 8 | (unsigned char)bytes[i];
	return value;
}

struct library_cache_identity library_gzip_identity(struct text file)
{
	const char *trailer = file.at + file.length - TRAILER;

	return (struct library_cache_identity){.checksum = little_endian(trailer),
		.content_length = little_endian(trailer + 4),
		.length = file.length};
}

static int open_cache(const char *cache_dir)
{
	return open(cache_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void file_name(const char *name, char file[static LIBRARY_CACHE_NAME_SIZE + 3])
{
	(void)snprintf(file, LIBRARY_CACHE_NAME_SIZE + 3, "%s.gz", name);
}

static bool read_identity(int descriptor, struct library_cache_identity *identity)
{
	char trailer[TRAILER];
	struct stat status;

	if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
		status.st_size < GZIP_MIN ||
		pread(descriptor, trailer, TRAILER, status.st_size - TRAILER) != TRAILER)
		return false;
	if (status.st_mtime < time(NULL) - TOUCH_S)
		(void)futimens(descriptor, NULL);
	*identity = library_gzip_identity((struct text){trailer, TRAILER});
	identity->length = (uint64_t)status.st_size;
	return true;
}

bool library_cache_find(
	const char *cache_dir, const char *name, struct library_cache_identity *identity)
{
	char file[LIBRARY_CACHE_NAME_SIZE + 3];
	int directory = open_cache(cache_dir);
	int descriptor;
	bool found;

	if (directory < 0)
		return false;
	file_name(name, file);
	descriptor = openat(directory, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	(void)close(directory);
	if (descriptor < 0)
		return false;
	found = read_identity(descriptor, identity);
	(void)close(descriptor);
	return found;
}

/* A file in the cache directory that may be removed. */
struct stored {
	const char *name;
	time_t served;
	uint64_t size;
};

struct inventory {
	struct stored *items;
	size_t count;
	size_t capacity;
	uint64_t bytes;
};

/*
 * Looks at one file: removes it if it is of no more use (an older state of the run that `current`
 * is of, forgotten, or a temporary that somebody left behind), else enters it. False without
 * memory.
 */
static bool look_at(struct arena *arena, int directory, const char *name, const char *current,
	time_t now, struct inventory *inventory)
{
	bool is_temporary = strncmp(name, ".scan-", 6) == 0;
	struct stat status;
	bool is_old_state;

	if ((!is_temporary && strncmp(name, "scan-", 5) != 0) || strcmp(name, current) == 0 ||
		fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
		!S_ISREG(status.st_mode))
		return true;
	is_old_state = is_temporary || strncmp(name, current, RUN_PART) == 0 ||
		       status.st_mtime < now - KEEP_S;
	if (status.st_mtime >= now - LIBRARY_CACHE_GRACE_S)
		return true;
	if (is_old_state) {
		(void)unlinkat(directory, name, 0);
		return true;
	}
	if (!arena_grow(arena, &inventory->items, &inventory->capacity, inventory->count,
		    sizeof(*inventory->items)))
		return false;
	inventory->items[inventory->count] = (struct stored){
		arena_copy(arena, text_from(name)), status.st_mtime, (uint64_t)status.st_size};
	inventory->bytes += (uint64_t)status.st_size;
	return inventory->items[inventory->count++].name != NULL;
}

static int compare_served(const void *left, const void *right)
{
	const struct stored *a = left;
	const struct stored *b = right;

	return (a->served > b->served) - (a->served < b->served);
}

/* Removes what is no longer needed. Failures leave files for the next time. */
static void tidy(struct arena *arena, int directory, const char *current)
{
	struct inventory inventory = {0};
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	time_t now = time(NULL);

	if (!stream) {
		if (copy >= 0)
			(void)close(copy);
		return;
	}
	while ((entry = readdir(stream)) &&
		look_at(arena, directory, entry->d_name, current, now, &inventory))
		;
	(void)closedir(stream);
	if (inventory.bytes <= LIBRARY_CACHE_BYTES)
		return;
	qsort(inventory.items, inventory.count, sizeof(*inventory.items), compare_served);
	for (size_t i = 0; i < inventory.count && inventory.bytes > LIBRARY_CACHE_BYTES; i++) {
		(void)unlinkat(directory, inventory.items[i].name, 0);
		inventory.bytes -= inventory.items[i].size;
	}
}

bool library_cache_store(
	struct arena *arena, const char *cache_dir, const char *name, struct text gzipped)
{
	char file[LIBRARY_CACHE_NAME_SIZE + 3];
	int directory;
	bool done;

	if (!file_make_directories(cache_dir))
		return false;
	directory = open_cache(cache_dir);
	if (directory < 0)
		return false;
	file_name(name, file);
	done = file_write_atomic(directory, file, gzipped, false);
	if (done)
		tidy(arena, directory, file);
	(void)close(directory);
	return done;
}

void library_cache_drop(const char *cache_dir, const char *name)
{
	char file[LIBRARY_CACHE_NAME_SIZE + 3];
	int directory = open_cache(cache_dir);

	if (directory < 0)
		return;
	file_name(name, file);
	(void)unlinkat(directory, file, 0);
	(void)close(directory);
}

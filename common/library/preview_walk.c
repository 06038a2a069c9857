#include "library/preview_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "library/preview_state.h"

/* Nobody takes so long to write a temporary file. */
#define TEMPORARY_SECONDS 60

struct walk {
	struct arena *arena;
	struct library_preview_walk *result;
	int64_t now;
};

static bool add_file(struct walk *walk, int directory, const char *name, const char *path)
{
	struct library_preview_walk *result = walk->result;
	struct stat status;

	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
		return true;
	if (*name == '.') {
		if (status.st_ctim.tv_sec < walk->now - TEMPORARY_SECONDS)
			(void)unlinkat(directory, name, 0);
		return true;
	}
	if (result->count == result->capacity &&
		!arena_grow(walk->arena, &result->entries, &result->capacity, result->count,
			sizeof(*result->entries)))
		return false;
	result->entries[result->count++] = (struct library_preview_entry){.path = path,
		.used = status.st_atim.tv_sec,
		.written = status.st_ctim.tv_sec,
		.charge = library_preview_charge((uint64_t)status.st_size)};
	return true;
}

/* `path` is "" at the top. A directory that vanishes meanwhile is none. */
static bool walk_directory(
	struct walk *walk, int parent, const char *name, const char *path, unsigned depth)
{
	int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
	struct dirent *entry;
	bool done = true;

	if (!directory) {
		if (descriptor >= 0)
			(void)close(descriptor);
		return true;
	}
	while (done && (entry = readdir(directory)) != NULL) {
		const char *whole;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		whole = *path ? arena_printf(walk->arena, "%s/%s", path, entry->d_name)
			      : arena_copy(walk->arena, text_from(entry->d_name));
		if (!whole)
			done = false;
		else if (file_entry_type(descriptor, entry) == DT_DIR)
			done = depth == LIMIT_SEGMENTS ||
			       walk_directory(walk, descriptor, entry->d_name, whole, depth + 1);
		else
			done = add_file(walk, descriptor, entry->d_name, whole);
	}
	(void)closedir(directory);
	return done;
}

static int by_use(const void *a, const void *b)
{
	const struct library_preview_entry *first = a;
	const struct library_preview_entry *second = b;

	return (first->used > second->used) - (first->used < second->used);
}

static void summarise(struct library_preview_walk *walk)
{
	walk->bytes = 0;
	walk->oldest = INT64_MAX;
	for (size_t i = 0; i < walk->count; i++) {
		const struct library_preview_entry *entry = &walk->entries[i];

		walk->bytes += entry->charge;
		if (entry->charge && entry->used < walk->oldest)
			walk->oldest = entry->used;
	}
}

bool library_preview_walk(struct arena *arena, int directory, struct library_preview_walk *result)
{
	struct walk walk = {.arena = arena, .result = result, .now = time(NULL)};

	*result = (struct library_preview_walk){0};
	if (!walk_directory(&walk, directory, ".", "", 0))
		return false;
	if (result->count)
		qsort(result->entries, result->count, sizeof(*result->entries), by_use);
	summarise(result);
	return true;
}

/* Removes a file and the directories that it leaves empty; one that another process fills stays. */
static void remove_entry(
	struct library_preview_walk *walk, int directory, struct library_preview_entry *entry)
{
	char parent[LIMIT_PATH];
	char *slash;

	if (strlen(entry->path) >= sizeof(parent) || unlinkat(directory, entry->path, 0) != 0)
		return;
	memcpy(parent, entry->path, strlen(entry->path) + 1);
	while ((slash = strrchr(parent, '/')) != NULL) {
		*slash = '\0';
		if (unlinkat(directory, parent, AT_REMOVEDIR) != 0)
			break;
	}
	walk->removed++;
	walk->removed_bytes += entry->charge;
	entry->charge = 0;
}

void library_preview_remove_unused(
	struct library_preview_walk *walk, int directory, uint64_t bytes, int64_t unused_since)
{
	uint64_t left = walk->bytes;

	for (size_t i = 0; i < walk->count && left > bytes; i++) {
		struct library_preview_entry *entry = &walk->entries[i];

		if (entry->used >= unused_since)
			break;
		left -= entry->charge;
		remove_entry(walk, directory, entry);
	}
	summarise(walk);
}

void library_preview_remove_torn(struct library_preview_walk *walk, int directory, int64_t seconds)
{
	int64_t newest = 0;

	for (size_t i = 0; i < walk->count; i++)
		if (walk->entries[i].written > newest)
			newest = walk->entries[i].written;
	for (size_t i = 0; i < walk->count; i++)
		if (walk->entries[i].written > newest - seconds)
			remove_entry(walk, directory, &walk->entries[i]);
	summarise(walk);
}

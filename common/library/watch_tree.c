#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "library/watch_internal.h"
#include "naming/checkpoint.h"

bool library_watch_enter(struct library_watch *watch)
{
	if (watch->sample_dir < 0)
		watch->sample_dir =
			open(watch->config->sample_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return watch->sample_dir >= 0;
}

void library_watch_leave(struct library_watch *watch)
{
	if (watch->sample_dir >= 0)
		(void)close(watch->sample_dir);
	watch->sample_dir = -1;
}

struct text library_watch_path(char path[static LIBRARY_WATCH_PATH],
	const struct library_watch_directory *directory, struct text name)
{
	int length = snprintf(path, LIBRARY_WATCH_PATH, "%s%s%.*s", directory->name,
		name.length ? "/" : "", TEXT_ARGUMENTS(name));

	return (struct text){path, (size_t)length};
}

/* Where in `directories` the one with that name is, or belongs. */
static size_t find_directory(const struct library_watch *watch, struct text name, bool *found)
{
	size_t low = 0;
	size_t high = watch->count;

	*found = false;
	while (low < high && !*found) {
		size_t middle = low + (high - low) / 2;
		int order = text_compare(text_from(watch->directories[middle]->name), name);

		*found = order == 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return high;
}

/* True if a directory of sample_dir with that name may hold the samples of a checkpoint. */
static bool is_ours(struct library_watch *watch, struct text name)
{
	struct naming_checkpoint parsed;
	enum naming_checkpoint_result result =
		naming_parse_checkpoint(&watch->scratch, TEXT(""), name, &parsed);

	watch->failed = watch->failed || result == NAMING_CHECKPOINT_MEMORY;
	arena_reset(&watch->scratch);
	return result == NAMING_CHECKPOINT && name.length <= LIMIT_FILE_NAME && utf8_valid(name);
}

static struct library_watch_directory *add_directory(
	struct library_watch *watch, struct text name, size_t at)
{
	struct library_watch_directory *directory = calloc(1, sizeof(*directory));

	if (directory)
		directory->name = strndup(name.at, name.length);
	if (directory && watch->count == watch->capacity) {
		size_t wanted = watch->capacity ? watch->capacity * 2 : 64;
		struct library_watch_directory **directories =
			realloc(watch->directories, wanted * sizeof(void *));

		if (directories) {
			watch->directories = directories;
			watch->capacity = wanted;
		}
	}
	if (!directory || !directory->name || watch->count == watch->capacity) {
		library_watch_free_directory(directory);
		watch->failed = true;
		return NULL;
	}
	directory->watch = -1;
	directory->members = library_watch_members(
		&watch->runs, text_from(directory->name), &directory->member_count);
	memmove(watch->directories + at + 1, watch->directories + at,
		(watch->count - at) * sizeof(void *));
	watch->directories[at] = directory;
	watch->count++;
	return directory;
}

static struct library_watch_directory *unlist(struct library_watch *watch, size_t at)
{
	struct library_watch_directory *directory = watch->directories[at];

	watch->count--;
	memmove(watch->directories + at, watch->directories + at + 1,
		(watch->count - at) * sizeof(void *));
	return directory;
}

static void remove_directory(struct library_watch *watch, size_t at)
{
	struct library_watch_directory *directory = unlist(watch, at);

	library_watch_lose_all(watch, directory);
	if (directory->member_count)
		library_watch_tell_runs_changed(watch);
	library_watch_remove_directory(watch, directory);
	library_watch_free_directory(directory);
}

void library_watch_directory_went(struct library_watch *watch, struct text name)
{
	bool found;
	size_t at = find_directory(watch, name, &found);

	if (found)
		remove_directory(watch, at);
}

/* Lists a directory that the first look is to come to; asks nothing about it. */
static void expect_directory(struct library_watch *watch, struct text name, size_t at)
{
	struct library_watch_directory *directory = add_directory(watch, name, at);

	if (!directory)
		return;
	directory->unread = true;
	library_watch_add_directory(watch, directory);
}

void library_watch_directory_came(struct library_watch *watch, struct text name)
{
	struct library_watch_directory *directory;
	struct stat status;
	bool found;
	size_t at = find_directory(watch, name, &found);

	if (!is_ours(watch, name) || !library_watch_enter(watch))
		return;
	if (fstatat(watch->sample_dir, name.at, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
		!S_ISDIR(status.st_mode)) {
		/* A link, or gone already. */
		if (found)
			remove_directory(watch, at);
		return;
	}
	if (!found && watch->reading) {
		expect_directory(watch, name, at);
		return;
	}
	directory = found ? watch->directories[at] : add_directory(watch, name, at);
	if (!directory ||
		(found && status.st_dev == directory->device && status.st_ino == directory->inode))
		return;
	/* Watched first, then read: what comes in between is seen twice and told once. */
	library_watch_add_directory(watch, directory);
	if (directory->unread)
		return;
	if (!found)
		library_watch_tell_directory(watch, directory);
	if (!found && directory->member_count)
		library_watch_tell_runs_changed(watch);
	library_watch_read(watch, &directory, 1, LIBRARY_WATCH_LATER);
}

/* The names that sample_dir holds. */
struct root_names {
	struct text *items;
	size_t count;
	size_t capacity;
};

static int compare_names(const void *left, const void *right)
{
	const struct text *a = left;
	const struct text *b = right;

	return text_compare(*a, *b);
}

/* Reads the names of directories that are ours; false if it could not be read to the end. */
static bool read_names(struct library_watch *watch, struct arena *arena, struct root_names *names)
{
	int descriptor = openat(watch->sample_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = descriptor < 0 ? NULL : fdopendir(descriptor);
	const struct dirent *entry;
	bool complete;

	if (!stream) {
		if (descriptor >= 0)
			(void)close(descriptor);
		return false;
	}
	while (!watch->failed) {
		struct text name;

		errno = 0;
		entry = readdir(stream);
		if (!entry)
			break;
		name = text_from(entry->d_name);
		if (!is_ours(watch, name) || file_entry_type(descriptor, entry) != DT_DIR)
			continue;
		if (!arena_grow(arena, &names->items, &names->capacity, names->count,
			    sizeof(*names->items)) ||
			!(names->items[names->count] = arena_text(arena, name)).at)
			watch->failed = true;
		else
			names->count++;
	}
	complete = errno == 0 && !watch->failed;
	(void)closedir(stream);
	return complete;
}

void library_watch_read_root(struct library_watch *watch, enum library_watch_reading reading)
{
	struct root_names names = {0};
	struct arena arena;

	if (!library_watch_enter(watch))
		return;
	arena_init(&arena, LIMIT_WATCH_MEMORY);
	if (!read_names(watch, &arena, &names)) {
		watch->modified = (struct timespec){0};
	} else {
		if (names.count)
			qsort(names.items, names.count, sizeof(*names.items), compare_names);
		for (size_t i = watch->count; i-- > 0;) {
			struct text name = text_from(watch->directories[i]->name);

			if (!names.count || !bsearch(&name, names.items, names.count,
						    sizeof(*names.items), compare_names))
				remove_directory(watch, i);
		}
		for (size_t i = 0; i < names.count && !watch->failed; i++) {
			bool found;
			size_t at = find_directory(watch, names.items[i], &found);

			/* Those that are known are looked at one by one. */
			if (!found && reading == LIBRARY_WATCH_FIRST)
				expect_directory(watch, names.items[i], at);
			else if (!found)
				library_watch_directory_came(watch, names.items[i]);
		}
	}
	arena_free(&arena);
}

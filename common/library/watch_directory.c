#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "library/claim.h"
#include "library/collect.h"
#include "library/watch_internal.h"
#include "naming/image.h"

#define AT_ONCE 16 /* directories that are read before what they hold is compared */

void library_watch_free_directory(struct library_watch_directory *directory)
{
	if (!directory)
		return;
	free(directory->name);
	free(directory->files);
	free(directory->pending);
	free(directory);
}

/* --- Files and cells ---------------------------------------------------------------------------
 */

static bool same_version(const struct library_watch_file *a, const struct library_watch_file *b)
{
	return a->modified == b->modified && a->size == b->size;
}

static void enter(const struct library_watch_names *names, struct library_claim *claim,
	const struct library_watch_file *file)
{
	const struct library_watch_name *name = &names->names[file->name];
	struct text text = library_watch_name_text(names, file->name);
	const struct library_claimant claimant = {
		.file = file,
		.name = text,
		.modified = file->modified,
		.has_counter = name->has_counter,
		.counter = {text.at + name->counter_at, name->counter_length},
	};

	library_claim_enter(claim, &claimant);
}

/* The file that stands for the cell among all of the directory's; false if there is none. */
static bool find_winner(const struct library_watch *watch,
	const struct library_watch_directory *directory, uint64_t cell,
	struct library_watch_file *winner)
{
	struct library_claim claim = {0};
	const struct library_watch_file *file;

	for (size_t i = 0; i < directory->count; i++)
		if (watch->names.names[directory->files[i].name].cell == cell)
			enter(&watch->names, &claim, &directory->files[i]);
	file = library_claim_winner(&claim);
	if (file)
		*winner = *file;
	return file != NULL;
}

/* Where in the directory's files the one with that name is, or belongs. */
static size_t find_file(const struct library_watch_directory *directory, uint32_t name)
{
	size_t low = 0;
	size_t high = directory->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (directory->files[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct library_watch_file *known_file(
	const struct library_watch_directory *directory, uint32_t name)
{
	size_t at = find_file(directory, name);

	return at < directory->count && directory->files[at].name == name ? &directory->files[at]
									  : NULL;
}

static bool put_file(
	struct library_watch_directory *directory, const struct library_watch_file *file)
{
	size_t at = find_file(directory, file->name);

	if (at < directory->count && directory->files[at].name == file->name) {
		directory->files[at] = *file;
		return true;
	}
	if (directory->count == directory->capacity) {
		/* An eighth more: what a directory of many files wastes stays small. */
		size_t wanted = directory->capacity + directory->capacity / 8 + 4;
		struct library_watch_file *files =
			realloc(directory->files, wanted * sizeof(*files));

		if (!files)
			return false;
		directory->files = files;
		directory->capacity = wanted;
	}
	memmove(directory->files + at + 1, directory->files + at,
		(directory->count - at) * sizeof(*directory->files));
	directory->files[at] = *file;
	directory->count++;
	return true;
}

static void take_file(struct library_watch_directory *directory, struct library_watch_file *file)
{
	size_t at = (size_t)(file - directory->files);

	directory->count--;
	memmove(directory->files + at, directory->files + at + 1,
		(directory->count - at) * sizeof(*directory->files));
}

static void mark_told(struct library_watch_directory *directory, uint32_t name)
{
	struct library_watch_file *file = known_file(directory, name);

	if (file)
		file->told = true;
}

/* --- One file ----------------------------------------------------------------------------------
 */

/* Tells how the cell has changed; `before` is NULL if nothing stood for it. */
static void tell_change(struct library_watch *watch, struct library_watch_directory *directory,
	uint64_t cell, const struct library_watch_file *before, uint32_t cause)
{
	struct library_watch_file after;
	bool stands = find_winner(watch, directory, cell, &after);

	if (before && !known_file(directory, before->name))
		library_watch_tell_removed(watch, directory, before->name);
	if (!stands)
		return;
	if (before && before->name == after.name && same_version(before, &after) &&
		(after.name != cause || after.told))
		return;
	library_watch_tell_added(watch, directory, &after);
	mark_told(directory, after.name);
}

/* Takes note of a file that is there now, complete, and tells what that changes. */
static void put_and_tell(struct library_watch *watch, struct library_watch_directory *directory,
	struct library_watch_file *file)
{
	const struct library_watch_file *known = known_file(directory, file->name);
	uint64_t cell = watch->names.names[file->name].cell;
	struct library_watch_file before;
	bool stood = find_winner(watch, directory, cell, &before);

	file->told = known && known->told && same_version(known, file);
	if (!put_file(directory, file)) {
		watch->failed = true;
		return;
	}
	tell_change(watch, directory, cell, stood ? &before : NULL, file->name);
}

static void take_and_tell(
	struct library_watch *watch, struct library_watch_directory *directory, uint32_t name)
{
	struct library_watch_file *known = known_file(directory, name);
	uint64_t cell = watch->names.names[name].cell;
	struct library_watch_file before;

	library_watch_forget_pending(directory, name);
	if (!known || !find_winner(watch, directory, cell, &before))
		return;
	take_file(directory, known);
	tell_change(watch, directory, cell, &before, LIBRARY_WATCH_NO_NAME);
}

/* The number of an image's name; false if it names none. */
static bool number_of(struct library_watch *watch, struct text name, uint32_t *number)
{
	if (naming_image_stem(name) == 0 || name.length > LIMIT_FILE_NAME)
		return false;
	*number = library_watch_number(&watch->names, name);
	if (*number == LIBRARY_WATCH_NO_NAME) {
		watch->failed = true;
		return false;
	}
	return watch->names.names[*number].cell != 0;
}

void library_watch_look(struct library_watch *watch, struct library_watch_directory *directory,
	struct text name, bool created)
{
	struct library_watch_file file = {0};
	char path[LIBRARY_WATCH_PATH];
	struct stat status;

	if (!number_of(watch, name, &file.name) || !library_watch_enter(watch))
		return;
	library_watch_path(path, directory, name);
	/* Gone already: its own event will come. */
	if (fstatat(watch->sample_dir, path, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	/* A new name of a file that was there before will not be closed; any other will. */
	if (created && status.st_nlink < 2)
		return;
	if (!S_ISREG(status.st_mode) || status.st_size == 0) {
		take_and_tell(watch, directory, file.name);
		return;
	}
	file.modified = clock_nanoseconds(status.st_mtim);
	file.size = (uint64_t)status.st_size;
	if (library_watch_is_complete(watch, directory, path, true, &file))
		put_and_tell(watch, directory, &file);
}

void library_watch_lose(
	struct library_watch *watch, struct library_watch_directory *directory, struct text name)
{
	uint32_t number;

	if (number_of(watch, name, &number))
		take_and_tell(watch, directory, number);
}

/* --- The whole directory -----------------------------------------------------------------------
 */

/* A file before or after a reading, to be sorted by cell. */
struct side {
	uint64_t cell;
	const struct library_watch_file *file;
	bool is_new;
};

static int compare_sides(const void *left, const void *right)
{
	const struct side *a = left;
	const struct side *b = right;

	return (a->cell > b->cell) - (a->cell < b->cell);
}

static int compare_files(const void *left, const void *right)
{
	const struct library_watch_file *a = left;
	const struct library_watch_file *b = right;

	return (a->name > b->name) - (a->name < b->name);
}

/* Tells how one cell has changed, whose files are `sides`; the directory has the new ones. */
static void tell_cell(struct library_watch *watch, struct library_watch_directory *directory,
	const struct side *sides, size_t count)
{
	struct library_claim old_claim = {0};
	struct library_claim new_claim = {0};
	const struct library_watch_file *before;
	const struct library_watch_file *after;

	for (size_t i = 0; i < count; i++)
		enter(&watch->names, sides[i].is_new ? &new_claim : &old_claim, sides[i].file);
	before = library_claim_winner(&old_claim);
	after = library_claim_winner(&new_claim);
	if (before && !known_file(directory, before->name))
		library_watch_tell_removed(watch, directory, before->name);
	if (!after || (before && before->name == after->name && same_version(before, after)))
		return;
	library_watch_tell_added(watch, directory, after);
	mark_told(directory, after->name);
}

static size_t add_sides(const struct library_watch *watch, struct side *sides,
	const struct library_watch_file *files, size_t count, bool is_new)
{
	for (size_t i = 0; i < count; i++)
		sides[i] = (struct side){watch->names.names[files[i].name].cell, &files[i], is_new};
	return count;
}

/* Tells the differences between `old` and what the directory has now. */
static void tell_differences(struct library_watch *watch, struct library_watch_directory *directory,
	const struct library_watch_file *old, size_t old_count)
{
	struct side *sides = malloc((old_count + directory->count + 1) * sizeof(*sides));
	size_t count;

	if (!sides) {
		watch->failed = true;
		return;
	}
	count = add_sides(watch, sides, old, old_count, false);
	count += add_sides(watch, sides + count, directory->files, directory->count, true);
	qsort(sides, count, sizeof(*sides), compare_sides);
	for (size_t i = 0, end; i < count && !watch->failed; i = end) {
		for (end = i + 1; end < count && sides[end].cell == sides[i].cell;)
			end++;
		tell_cell(watch, directory, sides + i, end - i);
	}
	free(sides);
}

/* What is being put together while a directory is read. */
struct reading {
	enum library_watch_reading kind;
	struct library_watch_file *files;
	size_t count;
	bool changed;
};

/* The file as it may be shown: `file` itself, the version known before, or none (false). */
static bool judge_file(struct library_watch *watch, struct library_watch_directory *directory,
	struct reading *reading, struct library_watch_file *file)
{
	const struct library_watch_file *known = known_file(directory, file->name);
	char path[LIBRARY_WATCH_PATH];

	if (known && same_version(known, file)) {
		library_watch_forget_pending(directory, file->name);
		file->told = known->told;
		return true;
	}
	if (reading->kind == LIBRARY_WATCH_FIRST) {
		reading->changed = true;
		return file->size > 0;
	}
	library_watch_path(path, directory, library_watch_name_text(&watch->names, file->name));
	if (library_watch_is_complete(watch, directory, path, false, file)) {
		reading->changed = reading->changed || known || file->size > 0;
		return file->size > 0;
	}
	if (known)
		*file = *known;
	return known != NULL;
}

static void judge_files(struct library_watch *watch, struct library_watch_directory *directory,
	const struct library_collected *collected, struct reading *reading)
{
	for (size_t i = 0; i < collected->count && !watch->failed; i++) {
		const struct library_entry *entry = &collected->entries[i];
		struct library_watch_file file = {.modified = entry->modified, .size = entry->size};

		if (entry->kind == LIBRARY_IMAGE_FILE &&
			number_of(watch, library_entry_name(collected, entry), &file.name) &&
			judge_file(watch, directory, reading, &file))
			reading->files[reading->count++] = file;
	}
	/* Some may be gone. */
	reading->changed = reading->changed || reading->count != directory->count;
	if (reading->count)
		qsort(reading->files, reading->count, sizeof(*reading->files), compare_files);
}

static bool has_entry(const struct library_collected *collected, struct text name)
{
	size_t low = 0;
	size_t high = collected->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = text_compare(
			name, library_entry_name(collected, &collected->entries[middle]));

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* Gives up pending files that a reading did not meet. */
static void drop_absent_pending(struct library_watch *watch,
	struct library_watch_directory *directory, const struct library_collected *collected)
{
	for (size_t i = directory->pending_count; i-- > 0;) {
		uint32_t name = directory->pending[i].name;

		if (!has_entry(collected, library_watch_name_text(&watch->names, name)))
			library_watch_forget_pending(directory, name);
	}
}

static void take_reading(struct library_watch *watch, struct library_watch_directory *directory,
	struct reading *reading)
{
	struct library_watch_file *old = directory->files;
	size_t old_count = directory->count;
	struct library_watch_file *fitting;

	if (!reading->changed) {
		free(reading->files);
		return;
	}
	fitting = realloc(reading->files, (reading->count + 1) * sizeof(*fitting));
	directory->files = fitting ? fitting : reading->files;
	directory->count = reading->count;
	directory->capacity = reading->count;
	if (reading->kind == LIBRARY_WATCH_LATER)
		tell_differences(watch, directory, old, old_count);
	free(old);
}

/* Notes which directory this is, as it is before it is read. */
static void identify(struct library_watch *watch, struct library_watch_directory *directory)
{
	struct stat status;
	int64_t now = clock_monotonic();

	directory->read_at = now;
	if (fstatat(watch->sample_dir, directory->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	if (!library_watch_same_time(status.st_mtim, directory->modified))
		directory->active_until = now + WATCH_COARSE;
	directory->device = status.st_dev;
	directory->inode = status.st_ino;
	directory->modified = status.st_mtim;
}

/* It is read again at the next look at it. */
static void note_unreadable(const struct library_watch *watch,
	struct library_watch_directory *directory, const struct library_collected *collected)
{
	struct log_line line;

	directory->modified = (struct timespec){0};
	directory->active_until = 0;
	if (directory->unreadable)
		return;
	directory->unreadable = true;
	log_begin(&line, LOG_WARN, "watch.unreadable");
	log_string(&line, "sample_dir", watch->config->sample_dir);
	log_string(&line, "directory", directory->name);
	log_string(&line, "cause",
		collected->error ? strerror(collected->error) : "it holds too many files");
	log_end(&line);
}

static void take_collected(struct library_watch *watch, struct library_watch_directory *directory,
	const struct library_collected *collected, enum library_watch_reading kind)
{
	struct reading reading = {.kind = kind};

	/* What could not be read to its end says nothing of what is gone. */
	if (collected->error || collected->cut) {
		note_unreadable(watch, directory, collected);
		return;
	}
	directory->unreadable = false;
	reading.files = malloc((collected->count + 1) * sizeof(*reading.files));
	if (!reading.files) {
		watch->failed = true;
		return;
	}
	judge_files(watch, directory, collected, &reading);
	drop_absent_pending(watch, directory, collected);
	take_reading(watch, directory, &reading);
}

void library_watch_read(struct library_watch *watch, struct library_watch_directory **directories,
	size_t count, enum library_watch_reading kind)
{
	struct library_collected collected[AT_ONCE];

	for (size_t done = 0, some; done < count && !watch->failed; done += some) {
		if (!library_watch_enter(watch))
			return;
		some = count - done < AT_ONCE ? count - done : AT_ONCE;
		memset(collected, 0, sizeof(collected));
		for (size_t i = 0; i < some; i++) {
			identify(watch, directories[done + i]);
			collected[i].name = directories[done + i]->name;
		}
		library_collect(watch->sample_dir, collected, some);
		for (size_t i = 0; i < some; i++)
			take_collected(watch, directories[done + i], &collected[i], kind);
		library_collected_free(collected, some);
	}
}

void library_watch_lose_all(struct library_watch *watch, struct library_watch_directory *directory)
{
	struct library_watch_file *old = directory->files;
	size_t old_count = directory->count;

	directory->files = NULL;
	directory->count = 0;
	directory->capacity = 0;
	tell_differences(watch, directory, old, old_count);
	free(old);
}

#include "library/collect.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "naming/image.h"

#define THREADS 4 /* more than cores: on a network drive they wait for answers */

/* What the threads share. */
struct collection {
	int sample_dir;
	struct library_collected *directories;
	size_t count;
	atomic_size_t next;  /* directory to read */
	atomic_size_t files; /* seen so far in all directories */
};

static bool add_entry(
	struct library_collected *directory, struct text name, struct library_entry entry)
{
	if (directory->count == directory->capacity) {
		size_t wanted = directory->capacity ? directory->capacity * 2 : 256;
		struct library_entry *entries =
			realloc(directory->entries, wanted * sizeof(*entries));

		if (!entries)
			return false;
		directory->entries = entries;
		directory->capacity = wanted;
	}
	entry.name = directory->names.length;
	entry.name_length = (uint16_t)name.length;
	buffer_append(&directory->names, name);
	directory->entries[directory->count++] = entry;
	return !directory->names.failed;
}

static uint8_t kind_of_mode(mode_t mode)
{
	return S_ISREG(mode)   ? LIBRARY_IMAGE_FILE
	       : S_ISLNK(mode) ? LIBRARY_LINK
	       : S_ISDIR(mode) ? LIBRARY_SUBDIRECTORY
			       : LIBRARY_SPECIAL;
}

/* Takes the facts about one name. Returns false, with errno, if the directory cannot be read on. */
static bool take_entry(
	struct library_collected *directory, int descriptor, const struct dirent *found)
{
	struct text name = text_from(found->d_name);
	struct library_entry entry = {0};
	struct stat status;

	if (found->d_name[0] == '.')
		return true;
	if (found->d_type == DT_DIR) {
		entry.kind = LIBRARY_SUBDIRECTORY;
		return add_entry(directory, name, entry);
	}
	if (naming_image_stem(name) == 0)
		return true;
	if (name.length > LIMIT_FILE_NAME) {
		/* FAT and SMB have such: nothing that works with names has room for it. */
		entry.kind = LIBRARY_UNREADABLE;
		entry.size = ENAMETOOLONG;
	} else if (fstatat(descriptor, found->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
		entry.kind = kind_of_mode(status.st_mode);
		entry.modified = clock_nanoseconds(status.st_mtim);
		entry.size = (uint64_t)status.st_size;
	} else if (errno == ENOENT) {
		return true; /* gone since the directory was read */
	} else {
		entry.kind = LIBRARY_UNREADABLE;
		entry.size = (uint64_t)errno;
	}
	return add_entry(directory, name, entry);
}

static void read_entries(
	struct collection *collection, struct library_collected *directory, DIR *stream)
{
	for (;;) {
		const struct dirent *found;

		errno = 0;
		found = readdir(stream);
		if (!found) {
			directory->error = errno;
			return;
		}
		if (atomic_fetch_add_explicit(&collection->files, 1, memory_order_relaxed) >=
			LIMIT_SCAN_FILES) {
			directory->cut = true;
			return;
		}
		if (!take_entry(directory, dirfd(stream), found)) {
			directory->error = ENOMEM;
			return;
		}
	}
}

static int compare_entries(const void *left, const void *right, void *context)
{
	const struct library_collected *directory = context;

	return text_compare(
		library_entry_name(directory, left), library_entry_name(directory, right));
}

static void collect_directory(struct collection *collection, struct library_collected *directory)
{
	int descriptor = openat(collection->sample_dir, directory->name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *stream = descriptor < 0 ? NULL : fdopendir(descriptor);

	buffer_init(&directory->names, (size_t)LIMIT_SCAN_FILES * (LIMIT_FILE_NAME + 1));
	if (!stream) {
		directory->error = errno == ENOENT ? 0 : errno;
		if (descriptor >= 0)
			(void)close(descriptor);
		return;
	}
	read_entries(collection, directory, stream);
	(void)closedir(stream);
	if (directory->count)
		qsort_r(directory->entries, directory->count, sizeof(*directory->entries),
			compare_entries, directory);
}

static void *collect_some(void *argument)
{
	struct collection *collection = argument;
	size_t next;

	while ((next = atomic_fetch_add(&collection->next, 1)) < collection->count)
		collect_directory(collection, &collection->directories[next]);
	return NULL;
}

void library_collect(int sample_dir, struct library_collected *directories, size_t count)
{
	struct collection collection = {
		.sample_dir = sample_dir, .directories = directories, .count = count};
	pthread_t threads[THREADS - 1];
	size_t started = 0;

	/* Without further threads, this one does all of it. */
	while (started < THREADS - 1 && started + 1 < count &&
		pthread_create(&threads[started], NULL, collect_some, &collection) == 0)
		started++;
	(void)collect_some(&collection);
	for (size_t i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
}

void library_collected_free(struct library_collected *directories, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(directories[i].entries);
		buffer_free(&directories[i].names);
	}
}

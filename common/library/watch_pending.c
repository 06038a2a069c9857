#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "library/watch_complete.h"
#include "library/watch_internal.h"

/*
 * A file whose writer was not seen to close it, and whose content does not say that it is complete,
 * is taken for complete when nothing has happened to it for so long.
 */
#define QUIET_UNKNOWN WATCH_SECOND	  /* no image that we know the end of */
#define QUIET_PARTIAL (60 * WATCH_SECOND) /* an image without its end, or an empty file */

void library_watch_forget_pending(struct library_watch_directory *directory, uint32_t name)
{
	for (size_t i = 0; i < directory->pending_count; i++)
		if (directory->pending[i].name == name) {
			directory->pending[i] = directory->pending[--directory->pending_count];
			break;
		}
	if (directory->pending_count == 0) {
		free(directory->pending);
		directory->pending = NULL;
	}
}

bool library_watch_waits(const struct library_watch_directory *directory)
{
	int64_t now = clock_monotonic();

	for (size_t i = 0; i < directory->pending_count; i++)
		if (now - directory->pending[i].since < QUIET_PARTIAL + WATCH_PENDING_PAUSE)
			return true;
	return false;
}

/* Since when a file has been as it is now. */
static int64_t note_pending(struct library_watch *watch, struct library_watch_directory *directory,
	const struct library_watch_file *file)
{
	struct library_watch_pending *entry = NULL;
	struct library_watch_pending *entries;
	int64_t now = clock_monotonic();

	for (size_t i = 0; i < directory->pending_count; i++)
		if (directory->pending[i].name == file->name)
			entry = &directory->pending[i];
	if (!entry) {
		entries = realloc(directory->pending,
			(directory->pending_count + 1) * sizeof(*directory->pending));
		if (!entries) {
			watch->failed = true;
			return now;
		}
		directory->pending = entries;
		entry = &entries[directory->pending_count++];
		*entry = (struct library_watch_pending){.name = file->name, .since = now};
	} else if (entry->modified == file->modified && entry->size == file->size) {
		return entry->since;
	}
	entry->modified = file->modified;
	entry->size = file->size;
	entry->since = now;
	return now;
}

/* Brings what is known of the file up to date: it may have grown since it was looked at. */
static enum library_completeness look_into(
	const struct library_watch *watch, const char *path, struct library_watch_file *file)
{
	int opened =
		openat(watch->sample_dir, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum library_completeness state = LIBRARY_UNKNOWN;
	struct stat status;

	if (opened < 0)
		return state;
	if (fstat(opened, &status) == 0 && S_ISREG(status.st_mode)) {
		file->modified = clock_nanoseconds(status.st_mtim);
		file->size = (uint64_t)status.st_size;
		state = library_image_completeness(opened, file->size);
	}
	(void)close(opened);
	return state;
}

bool library_watch_is_complete(struct library_watch *watch,
	struct library_watch_directory *directory, const char *path, bool closed,
	struct library_watch_file *file)
{
	enum library_completeness state = look_into(watch, path, file);
	int64_t quiet;

	if (state == LIBRARY_COMPLETE || (state == LIBRARY_UNKNOWN && closed)) {
		library_watch_forget_pending(directory, file->name);
		return true;
	}
	quiet = clock_monotonic() - note_pending(watch, directory, file);
	if (quiet < (state == LIBRARY_PARTIAL || file->size == 0 ? QUIET_PARTIAL : QUIET_UNKNOWN)) {
		watch->expects = true;
		return false;
	}
	/* One that stays empty stays noted, or it would be new at every look. */
	if (file->size)
		library_watch_forget_pending(directory, file->name);
	return true;
}

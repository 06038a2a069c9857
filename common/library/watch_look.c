#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "library/watch_internal.h"

#define UNWATCHED_ROUNDS 10 /* directories that nobody looks at are polled so rarely */
#define SWEEP_AGE	 (10 * WATCH_SECOND) /* a polled directory is read no sooner again */
#define SWEEP_PART	 30		     /* of the directories, in one round */

/* On a slow drive a round takes long: after this, others have their turn before it goes on. */
#define SLICE	(50 * WATCH_MILLISECOND)
#define AT_ONCE 16 /* directories that are read together */

/* --- One directory -----------------------------------------------------------------------------
 */

static bool is_preferred(
	const struct library_watch *watch, const struct library_watch_directory *directory)
{
	if (watch->preferred_count == 0)
		return true;
	for (size_t i = 0; i < directory->member_count; i++)
		for (size_t j = 0; j < watch->preferred_count; j++)
			if (directory->members[i].run == watch->preferred[j])
				return true;
	return false;
}

/* What a look at a directory from outside says. */
enum look { UNCHANGED, CHANGED, ANOTHER, GONE };

static enum look look_at(
	const struct library_watch *watch, const struct library_watch_directory *directory)
{
	/* Opened, not only looked at: on NFS that is what asks the server. */
	int descriptor = openat(watch->sample_dir, directory->name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	bool seen;

	if (descriptor < 0)
		return errno == ENOENT || errno == ENOTDIR ? GONE : UNCHANGED;
	seen = fstat(descriptor, &status) == 0;
	(void)close(descriptor);
	if (!seen)
		return UNCHANGED;
	if (status.st_dev != directory->device || status.st_ino != directory->inode)
		return ANOTHER;
	return library_watch_same_time(status.st_mtim, directory->modified) ? UNCHANGED : CHANGED;
}

static size_t sweep_length(const struct library_watch *watch)
{
	return watch->count / SWEEP_PART + 1;
}

/*
 * Whether a round of polling should read the directory although it looks unchanged. A file that is
 * rewritten in place changes no directory: all are read in turn, a few in each round.
 */
static bool is_due(const struct library_watch *watch, size_t index, int64_t now)
{
	const struct library_watch_directory *directory = watch->directories[index];

	if (library_watch_waits(directory))
		return true;
	if (!watch->polls_samples)
		return false;
	if (now < directory->active_until)
		return true;
	return (index + watch->count - watch->sweep % watch->count) % watch->count <
		       sweep_length(watch) &&
	       now - directory->read_at >= SWEEP_AGE;
}

/* Looks at the directory at `index`; true if it is to be read. */
static bool look(struct library_watch *watch, size_t index)
{
	struct library_watch_directory *directory = watch->directories[index];
	enum look seen;

	if (!watch->look.all && !is_preferred(watch, directory))
		return false;
	if (directory->watch < 0)
		library_watch_add_directory(watch, directory);
	seen = look_at(watch, directory);
	if (seen == GONE) {
		library_watch_directory_went(watch, text_from(directory->name));
		return false;
	}
	if (seen == ANOTHER)
		library_watch_add_directory(watch, directory);
	return seen != UNCHANGED || is_due(watch, index, clock_monotonic());
}

/* --- A round -----------------------------------------------------------------------------------
 */

/* Looks at some directories and reads those that have changed. */
static void look_at_some(struct library_watch *watch, int64_t end)
{
	struct library_watch_directory *read[AT_ONCE];
	size_t count = 0;

	do {
		size_t index = --watch->look.left;
		struct library_watch_directory *directory = watch->directories[index];

		if (look(watch, index))
			read[count++] = directory;
	} while (watch->look.left > 0 && count < AT_ONCE && clock_monotonic() < end);
	library_watch_read(watch, read, count, LIBRARY_WATCH_LATER);
}

/* Where a round was one of polling, plans the next. */
static void end_round(struct library_watch *watch)
{
	int64_t pause = watch->config->watch_seconds * WATCH_SECOND;

	if (watch->count)
		watch->sweep = (watch->sweep + sweep_length(watch)) % watch->count;
	/* On a drive that is slow, a fifth of the time at most is spent on looking. */
	if (pause < watch->look.busy * 4)
		pause = watch->look.busy * 4;
	watch->check_at = clock_monotonic() + (watch->present ? pause : WATCH_RETRY_PAUSE);
}

void library_watch_go_on_looking(struct library_watch *watch)
{
	int64_t begun = clock_monotonic();

	/* Downwards, since one that went leaves the list; others may have come and gone meanwhile,
	 * and who is passed over by that is looked at in the next round. */
	if (watch->look.left > watch->count)
		watch->look.left = watch->count;
	if (!library_watch_enter(watch))
		watch->look.left = 0;
	while (watch->look.left > 0 && !watch->failed && clock_monotonic() < begun + SLICE)
		look_at_some(watch, begun + SLICE);
	watch->look.busy += clock_monotonic() - begun;
	if (watch->look.left == 0)
		end_round(watch);
}

/* Some directories that the first look has not come to. */
static size_t gather_unread(
	const struct library_watch *watch, struct library_watch_directory *unread[static AT_ONCE])
{
	size_t count = 0;

	for (size_t i = 0; i < watch->count && count < AT_ONCE; i++)
		if (watch->directories[i]->unread)
			unread[count++] = watch->directories[i];
	return count;
}

void library_watch_go_on_reading(struct library_watch *watch)
{
	int64_t end = clock_monotonic() + SLICE;
	struct library_watch_directory *unread[AT_ONCE];

	do {
		size_t count;

		/* What is left unread would stay so: all of it again, once sample_dir opens. */
		if (!library_watch_enter(watch)) {
			watch->restart_due = true;
			return;
		}
		count = gather_unread(watch, unread);
		watch->reading = count > 0;
		library_watch_read(watch, unread, count, LIBRARY_WATCH_FIRST);
		for (size_t i = 0; i < count; i++)
			unread[i]->unread = false;
	} while (watch->reading && !watch->failed && clock_monotonic() < end);
}

/* Looks at sample_dir; what is in it is looked at from here on. */
static void begin_samples(struct library_watch *watch, bool all)
{
	int64_t now = clock_monotonic();
	struct stat status;

	library_watch_leave(watch);
	if (watch->root_watch < 0)
		library_watch_add_root(watch);
	if (!library_watch_enter(watch) || fstat(watch->sample_dir, &status) != 0 ||
		!watch->present || status.st_dev != watch->device) {
		watch->restart_due = watch->present || watch->sample_dir >= 0;
		return;
	}
	/* Some network drives give a directory another number now and then: it is looked into. */
	if (status.st_ino != watch->inode) {
		watch->inode = status.st_ino;
		library_watch_add_root(watch);
		watch->active_until = now + WATCH_COARSE;
	}
	if (!library_watch_same_time(status.st_mtim, watch->modified))
		watch->active_until = now + WATCH_COARSE;
	if (now < watch->active_until) {
		watch->modified = status.st_mtim;
		library_watch_read_root(watch, LIBRARY_WATCH_LATER);
	}
	watch->look.left = watch->count;
	watch->look.all = all;
}

static void look_at_checkpoints(struct library_watch *watch)
{
	if (library_watch_runs_changed(&watch->runs) ||
		(watch->polls_checkpoints && clock_monotonic() < watch->runs_active_until))
		watch->runs_due = true;
	library_watch_refresh_runs(watch);
}

void library_watch_poll(struct library_watch *watch)
{
	int64_t begun = clock_monotonic();

	watch->round++;
	if (watch->polls_checkpoints)
		look_at_checkpoints(watch);
	if (watch->polls_samples || !watch->present)
		begin_samples(watch, watch->round % UNWATCHED_ROUNDS == 0);
	watch->look.busy = clock_monotonic() - begun;
	library_watch_go_on_looking(watch);
}

void library_watch_compare(struct library_watch *watch)
{
	watch->look.busy = 0;
	if (!watch->polls_checkpoints)
		look_at_checkpoints(watch);
	if (!watch->polls_samples && watch->present)
		begin_samples(watch, true);
}

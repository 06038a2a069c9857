#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "library/watch_internal.h"

#define RESTART_PAUSE	WATCH_SECOND
#define RUNS_PAUSE	(100 * WATCH_MILLISECOND) /* at least, between two searches for runs */
#define PENDING_PAUSE	(250 * WATCH_MILLISECOND)
#define FORGOTTEN_NAMES 4096 /* names of files that are gone, before they are let go */

static bool polls(const struct library_watch *watch)
{
	return watch->polls_samples || watch->polls_checkpoints;
}

/* --- Runs --------------------------------------------------------------------------------------
 */

/* Gives each directory its place in the new runs; true if images now mean something else. */
static bool move_members(struct library_watch *watch, const struct library_watch_runs *runs)
{
	bool different = false;

	for (size_t i = 0; i < watch->count; i++) {
		struct library_watch_directory *directory = watch->directories[i];
		size_t count;
		const struct library_member *members =
			library_watch_members(runs, text_from(directory->name), &count);

		if (directory->count && !library_watch_members_equal(members, count,
						directory->members, directory->member_count))
			different = true;
		directory->members = members;
		directory->member_count = count;
	}
	return different;
}

static bool search(struct library_watch *watch, struct library_watch_runs *runs)
{
	/* New directories are watched first and read then: so once more, while there are any. */
	for (int i = 0; i < 4; i++) {
		if (!library_watch_read_runs(watch->config, runs)) {
			watch->failed = true;
			return false;
		}
		if (!library_watch_add_places(watch, runs))
			return true;
		if (i < 3)
			library_watch_free_runs(runs);
	}
	watch->runs_due = true;
	return true;
}

void library_watch_refresh_runs(struct library_watch *watch)
{
	int64_t begun = clock_monotonic();
	struct library_watch_runs runs;
	bool different;
	bool equal;

	if (!watch->runs_due || begun < watch->runs_at)
		return;
	watch->runs_due = false;
	if (!search(watch, &runs))
		return;
	equal = library_watch_runs_equal(&runs, &watch->runs);
	different = move_members(watch, &runs);
	library_watch_free_runs(&watch->runs);
	watch->runs = runs;
	/* However often checkpoints change, searching takes a fifth of the time at most. */
	watch->runs_at = clock_monotonic() + (clock_monotonic() - begun) * 4 + RUNS_PAUSE;
	if (!equal) {
		watch->runs_active_until = clock_monotonic() + WATCH_COARSE;
		library_watch_tell_runs_changed(watch);
	}
	if (different)
		library_watch_tell_resync(watch);
}

/* --- Beginning anew ----------------------------------------------------------------------------
 */

static void forget_directories(struct library_watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		library_watch_free_directory(watch->directories[i]);
	watch->count = 0;
	watch->look.left = 0;
}

/* Notes which directory sample_dir is; false if it is missing. */
static bool identify_root(struct library_watch *watch)
{
	struct stat status;

	watch->present = library_watch_enter(watch) && fstat(watch->sample_dir, &status) == 0;
	if (!watch->present)
		return false;
	watch->device = status.st_dev;
	watch->inode = status.st_ino;
	watch->modified = status.st_mtim;
	return true;
}

/* Begins to read everything, telling nothing. */
static void start(struct library_watch *watch)
{
	watch->restart_due = false;
	watch->reading = false;
	watch->runs_due = false;
	watch->pending_at = INT64_MAX;
	library_watch_leave(watch);
	library_watch_close_events(watch);
	forget_directories(watch);
	library_watch_names_free(&watch->names);
	library_watch_names_init(&watch->names);
	library_watch_free_runs(&watch->runs);
	library_watch_open_events(watch);
	if (!search(watch, &watch->runs))
		return;
	library_watch_add_root(watch);
	watch->reading = identify_root(watch);
	if (watch->reading)
		library_watch_read_root(watch, LIBRARY_WATCH_FIRST);
}

static void tell_restarted(struct library_watch *watch)
{
	size_t directories;
	size_t files;
	struct log_line line;

	watch->restarting = false;
	library_watch_count(watch, &directories, &files);
	log_begin(&line, LOG_INFO, "watch.restarted");
	log_string(&line, "method", library_watch_method(watch));
	log_number(&line, "directories", (int64_t)directories);
	log_number(&line, "files", (int64_t)files);
	log_end(&line);
	library_watch_tell_resync(watch);
}

/* A slice of the first look. What happens from its end on will be told. */
static void go_on_starting(struct library_watch *watch)
{
	if (watch->reading)
		library_watch_go_on_reading(watch);
	if (watch->reading || watch->failed)
		return;
	watch->restarted = clock_monotonic();
	watch->check_at = watch->restarted + WATCH_RETRY_PAUSE;
	if (watch->present && polls(watch))
		watch->check_at = watch->restarted + watch->config->watch_seconds * WATCH_SECOND;
	if (watch->restarting)
		tell_restarted(watch);
}

/* --- In turn -----------------------------------------------------------------------------------
 */

/* Where it is polled, the next round comes anyhow. */
static void plan_pending(struct library_watch *watch, int64_t pause)
{
	if (watch->expects && !watch->polls_samples) {
		watch->pending_pause = pause;
		watch->pending_at = clock_earlier(watch->pending_at, clock_monotonic() + pause);
	}
	watch->expects = false;
}

static void read_pending(struct library_watch *watch)
{
	watch->pending_at = INT64_MAX;
	if (!library_watch_enter(watch))
		return;
	for (size_t i = 0; i < watch->count && !watch->failed; i++)
		if (library_watch_waits(watch->directories[i]))
			library_watch_read(watch, &watch->directories[i], 1, LIBRARY_WATCH_LATER);
	plan_pending(watch, clock_earlier(watch->pending_pause * 2, WATCH_PENDING_PAUSE));
}

static bool finish(struct library_watch *watch)
{
	plan_pending(watch, PENDING_PAUSE);
	library_watch_leave(watch);
	return !watch->failed;
}

bool library_watch_run(struct library_watch *watch)
{
	int64_t now = clock_monotonic();

	if (!watch->restart_due)
		library_watch_take_events(watch);
	if (watch->restart_due && now >= watch->restarted + RESTART_PAUSE) {
		watch->restarting = true;
		watch->restarted = now;
		start(watch);
		go_on_starting(watch);
	} else if (watch->reading && !watch->restart_due) {
		go_on_starting(watch);
	}
	if (watch->restart_due || watch->reading || watch->failed)
		return finish(watch);
	library_watch_refresh_runs(watch);
	if (now >= watch->pending_at)
		read_pending(watch);
	if (watch->look.left > 0)
		library_watch_go_on_looking(watch);
	else if ((polls(watch) || !watch->present) && now >= watch->check_at)
		library_watch_poll(watch);
	return finish(watch);
}

bool library_watch_reconcile(struct library_watch *watch)
{
	size_t directories;
	size_t files;

	if (watch->restart_due || watch->reading)
		return true;
	library_watch_count(watch, &directories, &files);
	if (watch->names.table.count > FORGOTTEN_NAMES && watch->names.table.count / 4 > files) {
		watch->restart_due = true;
		return true;
	}
	if (watch->look.left == 0)
		library_watch_compare(watch);
	return finish(watch);
}

/* --- From outside ------------------------------------------------------------------------------
 */

struct library_watch *library_watch_open(
	const struct config *config, library_watch_tell *tell, void *context)
{
	struct library_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return NULL;
	watch->config = config;
	watch->tell = tell;
	watch->context = context;
	watch->sample_dir = -1;
	watch->inotify = -1;
	watch->root_watch = -1;
	library_watch_names_init(&watch->names);
	arena_init(&watch->scratch, LIMIT_WATCH_MEMORY);
	buffer_init(&watch->line, LIMIT_WATCH_LINE);
	start(watch);
	/* The kernel's limits were met on the way: once more, by polling. */
	if (watch->restart_due && !watch->failed)
		start(watch);
	if (!watch->failed)
		go_on_starting(watch);
	if (!finish(watch)) {
		library_watch_close(watch);
		return NULL;
	}
	return watch;
}

void library_watch_close(struct library_watch *watch)
{
	if (!watch)
		return;
	library_watch_leave(watch);
	library_watch_close_events(watch);
	forget_directories(watch);
	free(watch->directories);
	free(watch->numbers);
	free(watch->preferred);
	library_watch_names_free(&watch->names);
	library_watch_free_runs(&watch->runs);
	arena_free(&watch->scratch);
	buffer_free(&watch->line);
	free(watch);
}

int library_watch_descriptor(const struct library_watch *watch)
{
	return watch->restart_due ? -1 : watch->inotify;
}

int64_t library_watch_deadline(const struct library_watch *watch)
{
	int64_t deadline = watch->pending_at;

	if (watch->restart_due)
		return watch->restarted + RESTART_PAUSE;
	if (watch->reading || watch->look.left > 0)
		return 0;
	if (polls(watch) || !watch->present)
		deadline = clock_earlier(deadline, watch->check_at);
	if (watch->runs_due)
		deadline = clock_earlier(deadline, watch->runs_at);
	return deadline;
}

bool library_watch_is_ready(const struct library_watch *watch)
{
	return !watch->reading;
}

static bool has_run(const struct library_watch *watch, uint64_t run)
{
	for (size_t i = 0; i < watch->runs.id_count; i++)
		if (watch->runs.ids[i] == run)
			return true;
	return false;
}

bool library_watch_knows_run(struct library_watch *watch, uint64_t run)
{
	if (has_run(watch, run))
		return true;
	/* Whoever asks may have seen it a moment after the last search; those are not frequent. */
	watch->runs_due = true;
	library_watch_refresh_runs(watch);
	return has_run(watch, run);
}

bool library_watch_prefer(struct library_watch *watch, const uint64_t *runs, size_t count)
{
	uint64_t *copy = malloc((count + 1) * sizeof(*copy));

	if (!copy)
		return false;
	if (count)
		memcpy(copy, runs, count * sizeof(*copy));
	free(watch->preferred);
	watch->preferred = copy;
	watch->preferred_count = count;
	return true;
}

bool library_watch_polls(const struct library_watch *watch)
{
	return watch->polls_samples;
}

bool library_watch_is_exhausted(const struct library_watch *watch)
{
	return watch->exhausted;
}

const char *library_watch_method(const struct library_watch *watch)
{
	if (!watch->present)
		return "waiting";
	return watch->polls_samples ? "poll" : "inotify";
}

void library_watch_count(const struct library_watch *watch, size_t *directories, size_t *files)
{
	*directories = watch->count;
	*files = 0;
	for (size_t i = 0; i < watch->count; i++)
		*files += watch->directories[i]->count;
}

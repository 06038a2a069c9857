#ifndef LIBRARY_WATCH_H
#define LIBRARY_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "config/config.h"

/*
 * Watches sample_dir and the checkpoint directories and tells what happens there, as lines of JSON
 * of the wire contract's WebSocket: image_added, image_removed, directory_added,
 * training_runs_changed, resync. docs/feed.md says what each means.
 *
 * Two methods do the same work: inotify, which costs nothing while nothing happens, and looking at
 * the directories' modification times every config->watch_seconds, for network file systems and for
 * when the kernel has no more watches to give.
 */
struct library_watch;

/*
 * Takes a line. It concerns the runs given, and clients that watch no particular run; with `runs`
 * NULL it concerns everybody.
 */
typedef void library_watch_tell(
	void *context, struct text line, const uint64_t *runs, size_t run_count);

/*
 * Begins to watch: whatever happens from when it is ready on will be told. The first look, which
 * reads all directories once, goes on in library_watch_run. `config` must live as long as the
 * watch. NULL without memory; directories that are missing are waited for.
 */
struct library_watch *library_watch_open(
	const struct config *config, library_watch_tell *tell, void *context);

void library_watch_close(struct library_watch *watch);

/*
 * True once the first look is done. False again while everything is read anew, after which all are
 * told to read again.
 */
bool library_watch_is_ready(const struct library_watch *watch);

/* What to wait on for reading: a descriptor, -1 if there is none. It may change with each run. */
int library_watch_descriptor(const struct library_watch *watch);

/* When to run at the latest, as clock_monotonic() counts; INT64_MAX if nothing is due. */
int64_t library_watch_deadline(const struct library_watch *watch);

/*
 * Deals with what has come in and what is due, and tells it. May return with more to do at once:
 * ask the descriptor and the deadline again. False without memory: close it and open a new one.
 */
bool library_watch_run(struct library_watch *watch);

/*
 * Begins to compare all directories with what is known of them, to find what was missed; it goes on
 * in library_watch_run. To be called every 20 seconds or so. As library_watch_run.
 */
bool library_watch_reconcile(struct library_watch *watch);

/* Reads an id of the wire contract; false if it is none. */
bool library_watch_parse_run(struct text id, uint64_t *run);

/* True if there is a training run with that id; if it is not known, it is searched for. */
bool library_watch_knows_run(struct library_watch *watch, uint64_t run);

/*
 * Says which runs somebody looks at: where there are no events, their directories are looked at
 * more often than others. `count` 0: all alike. False without memory.
 */
bool library_watch_prefer(struct library_watch *watch, const uint64_t *runs, size_t count);

/* True if it polls sample_dir. */
bool library_watch_polls(const struct library_watch *watch);

/* True if it polls because the kernel had no more watches or instances to give. */
bool library_watch_is_exhausted(const struct library_watch *watch);

/* How it is done: "inotify", "poll", or "waiting" while sample_dir is missing. */
const char *library_watch_method(const struct library_watch *watch);

/* How many sample directories and image files are known. */
void library_watch_count(const struct library_watch *watch, size_t *directories, size_t *files);

#endif

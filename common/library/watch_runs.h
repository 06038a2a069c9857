#ifndef LIBRARY_WATCH_RUNS_H
#define LIBRARY_WATCH_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/text.h"
#include "config/config.h"

/* That the checkpoint with this file name belongs to a run. */
struct library_member {
	struct text file_name;
	struct text value; /* in the run's `checkpoint` dimension */
	uint64_t run;
};

/* A directory that the search for checkpoints read, or would have. */
struct library_watched_place {
	const char *path; /* absolute */
	dev_t device;
	ino_t inode; /* 0: could not be read */
	struct timespec modified;
	int watch; /* inotify's number for it; -1 without one */
};

/* The training runs at one moment. */
struct library_watch_runs {
	struct arena arena;
	struct library_member *members; /* by file name, value, run */
	size_t member_count;
	uint64_t *ids; /* of the runs; ascending, each once */
	size_t id_count;
	struct library_watched_place *places;
	size_t place_count;
};

/* Searches the checkpoint directories. False without memory; then nothing is to be freed. */
bool library_watch_read_runs(const struct config *config, struct library_watch_runs *runs);

void library_watch_free_runs(struct library_watch_runs *runs);

/* True if a search now might find something else: a directory of the last one has changed. */
bool library_watch_runs_changed(const struct library_watch_runs *runs);

/* True if both hold the same checkpoints in the same runs with the same values. */
bool library_watch_runs_equal(
	const struct library_watch_runs *a, const struct library_watch_runs *b);

/* The runs that the checkpoint with that file name belongs to. */
const struct library_member *library_watch_members(
	const struct library_watch_runs *runs, struct text file_name, size_t *count);

/* True if both lists name the same runs and values. */
bool library_watch_members_equal(const struct library_member *a, size_t a_count,
	const struct library_member *b, size_t b_count);

#endif

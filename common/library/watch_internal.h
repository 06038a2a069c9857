#ifndef LIBRARY_WATCH_INTERNAL_H
#define LIBRARY_WATCH_INTERNAL_H

#include <sys/stat.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "library/watch.h"
#include "library/watch_names.h"
#include "library/watch_runs.h"

/* Between the files of the watch. */

/* Room for the path of an image below sample_dir. */
#define LIBRARY_WATCH_PATH (2 * LIMIT_FILE_NAME + 2)

#define WATCH_MILLISECOND INT64_C(1000000)
#define WATCH_SECOND	  INT64_C(1000000000)

/*
 * How coarse modification times may be: for so long after a change, a directory may have changed
 * again without showing it.
 */
#define WATCH_COARSE (4 * WATCH_SECOND)

#define WATCH_RETRY_PAUSE (2 * WATCH_SECOND) /* between two looks for a missing sample_dir */

/* The longest pause between two looks at files that may become complete. */
#define WATCH_PENDING_PAUSE (16 * WATCH_SECOND)

/* An image file that is complete, as it was last seen: 24 bytes each. */
struct library_watch_file {
	int64_t modified; /* nanoseconds since 1970 */
	uint64_t size;
	uint32_t name;
	bool told; /* this very version was in an image_added */
};

/* A file that is new, or has changed, and may not be complete yet. */
struct library_watch_pending {
	int64_t modified;
	uint64_t size;
	int64_t since; /* monotonic: it has been like this */
	uint32_t name;
};

/* A sample directory. */
struct library_watch_directory {
	char *name;
	int watch; /* inotify's number for it; -1 without one */
	dev_t device;
	ino_t inode;
	struct timespec modified; /* zero if it could not be read since */
	int64_t read_at;	  /* monotonic */
	int64_t active_until;	  /* monotonic: its modification time is not to be relied on */
	struct library_watch_file *files; /* by number of the name */
	size_t count;
	size_t capacity;
	struct library_watch_pending *pending;
	size_t pending_count;
	const struct library_member *members;
	size_t member_count;
	bool unreadable; /* has been logged */
	bool unread;	 /* the first look has not come to it: nothing is known of it */
};

/* Which directory an inotify number stands for. */
struct library_watch_number_of {
	int watch;
	struct library_watch_directory *directory;
};

struct library_watch {
	const struct config *config;
	library_watch_tell *tell;
	void *context;

	struct library_watch_names names;
	struct library_watch_runs runs;
	struct library_watch_directory **directories; /* by name */
	size_t count;
	size_t capacity;

	dev_t device; /* sample_dir */
	ino_t inode;
	struct timespec modified; /* zero if it could not be read since */
	int64_t active_until;
	int sample_dir; /* open while events are dealt with, else -1 */

	int inotify; /* -1 if nothing is watched by it */
	int root_watch;
	struct library_watch_number_of *numbers; /* of the directories, ascending */
	size_t number_count;
	size_t number_capacity;
	int *place_numbers; /* of the places of `runs`, ascending */
	size_t place_number_count;

	int64_t restarted; /* monotonic */
	int64_t runs_at;   /* monotonic: not before */
	int64_t runs_active_until;
	int64_t check_at;   /* monotonic: the next look, when polling or waiting for sample_dir */
	int64_t pending_at; /* monotonic: the next look at pending files; INT64_MAX without any */
	int64_t pending_pause;
	uint64_t *preferred;
	size_t preferred_count;
	struct arena scratch;
	struct buffer line;

	unsigned round; /* of polling */
	size_t sweep;	/* the directory that the next round begins to read anyhow */
	struct {
		size_t left;  /* directories, from the first on, that are still to be looked at */
		int64_t busy; /* nanoseconds that it has taken so far */
		bool all;     /* not only those of runs that somebody watches */
	} look;		      /* the round in work */
	bool failed;	      /* no memory */
	bool present;	      /* sample_dir is there */
	bool exhausted;	      /* the kernel had no more watches or instances: poll from now on */
	bool polls_samples;
	bool polls_checkpoints;
	bool restart_due; /* what is known cannot be relied on: read everything anew */
	bool restarting;  /* that is being done; to be told when it is */
	bool reading;	  /* the first look goes on */
	bool runs_due;
	bool expects; /* a reading met pending files */
};

/* --- watch_lines.c: what is told. `failed` is set without memory. --- */

void library_watch_tell_added(struct library_watch *watch,
	const struct library_watch_directory *directory, const struct library_watch_file *file);
void library_watch_tell_removed(struct library_watch *watch,
	const struct library_watch_directory *directory, uint32_t name);
void library_watch_tell_directory(
	struct library_watch *watch, const struct library_watch_directory *directory);
void library_watch_tell_runs_changed(struct library_watch *watch);
void library_watch_tell_resync(struct library_watch *watch);

/* --- watch_pending.c: files that may not be complete --- */

/*
 * True if the file at `path` (below sample_dir) can be shown: it has its end, or it was seen to be
 * `closed` and is of a format that does not tell, or it has been quiet for long. Otherwise it is
 * pending. What `file` says of it is brought up to date.
 */
bool library_watch_is_complete(struct library_watch *watch,
	struct library_watch_directory *directory, const char *path, bool closed,
	struct library_watch_file *file);

void library_watch_forget_pending(struct library_watch_directory *directory, uint32_t name);

/* True if it has files that may become complete soon: it is to be read again. */
bool library_watch_waits(const struct library_watch_directory *directory);

/* --- watch_directory.c: what is in one sample directory --- */

enum library_watch_reading {
	LIBRARY_WATCH_FIRST, /* takes note of all that is there; tells nothing */
	LIBRARY_WATCH_LATER  /* tells what has changed, of new files only complete ones */
};

/* Reads the directories. */
void library_watch_read(struct library_watch *watch, struct library_watch_directory **directories,
	size_t count, enum library_watch_reading kind);

/* Looks at one file that was closed or moved in, with `created` that was created. */
void library_watch_look(struct library_watch *watch, struct library_watch_directory *directory,
	struct text name, bool created);

/* A file was deleted or moved away. */
void library_watch_lose(
	struct library_watch *watch, struct library_watch_directory *directory, struct text name);

/* Tells that all its images are gone. */
void library_watch_lose_all(struct library_watch *watch, struct library_watch_directory *directory);

void library_watch_free_directory(struct library_watch_directory *directory);

/* --- watch_tree.c: which sample directories there are --- */

/* Reads the names in sample_dir and takes note of what came and went. */
void library_watch_read_root(struct library_watch *watch, enum library_watch_reading reading);

/*
 * A directory has come into sample_dir, perhaps in the place of another, or has gone. Nothing
 * happens if it is none of ours. `name` is terminated.
 */
void library_watch_directory_came(struct library_watch *watch, struct text name);
void library_watch_directory_went(struct library_watch *watch, struct text name);

/* The path of the directory's image of that name, or with an empty one its own, below sample_dir.
 */
struct text library_watch_path(char path[static LIBRARY_WATCH_PATH],
	const struct library_watch_directory *directory, struct text name);

/* Opens sample_dir for the work at hand; false if it cannot be opened. */
bool library_watch_enter(struct library_watch *watch);
void library_watch_leave(struct library_watch *watch);

/* --- watch_events.c: inotify --- */

/* Opens it where the configuration and the file systems want it. */
void library_watch_open_events(struct library_watch *watch);
void library_watch_close_events(struct library_watch *watch);

/*
 * Each watches what it is called, if that is done by events; what stood there before is watched no
 * longer.
 */
void library_watch_add_root(struct library_watch *watch);
void library_watch_add_directory(
	struct library_watch *watch, struct library_watch_directory *directory);
void library_watch_remove_directory(
	struct library_watch *watch, struct library_watch_directory *directory);

/* Watches the places of `runs`; true if one of them was not watched before. */
bool library_watch_add_places(struct library_watch *watch, struct library_watch_runs *runs);

/* Deals with events, up to some thousand. */
void library_watch_take_events(struct library_watch *watch);

/* --- watch_look.c: looking for what was not told by events --- */

/* Begins a round of polling, of what is polled. */
void library_watch_poll(struct library_watch *watch);

/* Begins to compare all that is not polled with what is known. */
void library_watch_compare(struct library_watch *watch);

/* Goes on with what was begun, for a slice of time; `look.left` is 0 when it is done. */
void library_watch_go_on_looking(struct library_watch *watch);

/* Goes on with the first look, for a slice of time; `reading` is false when it is done. */
void library_watch_go_on_reading(struct library_watch *watch);

/* --- watch.c --- */

/* Brings the runs up to date if that is due and may be done already. */
void library_watch_refresh_runs(struct library_watch *watch);

static inline bool library_watch_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

#endif

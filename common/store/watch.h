#ifndef STORE_WATCH_H
#define STORE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Wakes a process when another one may have changed the database, or a worker came or went: events
 * of the file system on the journal and the worker's lock, without opening them. A hint, no more:
 * store_version and store_worker_is_running say whether there was a change.
 */
struct store_watch;

/* Watches for changes of the database at `path` (absolute). NULL without memory. */
struct store_watch *store_watch_open(const char *path);

void store_watch_close(struct store_watch *watch);

/*
 * What to wait on for reading, until store_watch_deadline; -1 if the kernel had no events to give:
 * then look at each deadline.
 */
int store_watch_descriptor(const struct store_watch *watch);

/* True if that is because the kernel's inotify limits are used up. */
bool store_watch_is_exhausted(const struct store_watch *watch);

/* Takes what has come in; true if there may have been a change. Never waits. */
bool store_watch_take(struct store_watch *watch);

/*
 * As store_watch_take, and true also when it is time to look again for a change that was heard of:
 * a commit wakes before it can be seen, and of the moment when it can there is no event. So it is
 * looked for after 1 ms, 2 ms, 4 ms and so on, up to a second.
 */
bool store_watch_is_due(struct store_watch *watch);

/* When to look at the latest, as clock_monotonic() counts; INT64_MAX: not before an event. */
int64_t store_watch_deadline(const struct store_watch *watch);

/*
 * Finds the database's directory again where it was removed and made anew, or was missing. To be
 * called now and then.
 */
void store_watch_mend(struct store_watch *watch);

#endif

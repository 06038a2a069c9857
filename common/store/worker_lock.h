#ifndef STORE_WORKER_LOCK_H
#define STORE_WORKER_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * There is one worker for a database: it holds a lock on the file `DATABASE.worker`, which the
 * kernel takes away when the process ends, however it ends. While it is held, every lease in the
 * database is its own; one that it did not take is a dead worker's.
 */
struct store_worker_lock;

/*
 * Takes the lock and writes into the file who holds it. ERROR_CONFLICT `worker_running` with a
 * sentence that names the holder (process, machine, since when) if somebody does; ERROR_UNAVAILABLE
 * if the file cannot be opened or locked. Never waits. The caller unlocks.
 */
bool store_worker_lock(
	const char *database_path, struct store_worker_lock **lock, struct error *error);

/* NULL is no lock, and fine. The file stays. */
void store_worker_unlock(struct store_worker_lock *lock);

/* Says that the holder is alive; at least every STORE_WORKER_SILENCE / 4 seconds. */
void store_worker_beat(struct store_worker_lock *lock);

/* Seconds without a beat after which a worker is taken to hang. */
#define STORE_WORKER_SILENCE 120

/*
 * True if somebody holds the lock at this moment and has not been silent for too long; else false
 * with the reason. Takes nothing, so that anybody may ask.
 */
bool store_worker_is_running(const char *database_path, struct error *error);

/* Milliseconds since 1970 at the last sign of life of any worker; below 0: there was none. */
int64_t store_worker_seen_at(const char *database_path);

#endif

#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/error.h"

/*
 * A connection to the database. It belongs to the process that opened it: never carry one over a
 * fork. Every function that fails says so with ERROR_UNAVAILABLE where trying again later can help
 * (a lock, a full disk, a file that cannot be opened), with ERROR_SYSTEM where it cannot.
 */
struct store;

enum store_durability {
	STORE_DURABLE_NORMAL, /* a power cut may undo the last commits, and damages nothing */
	STORE_DURABLE_FULL,   /* what was committed survives a power cut */
	STORE_DURABLE_HASTY   /* the same, and another process's lock is not waited for long: for a
				 loop that has other things to do, and tries again */
};

/*
 * Opens the database at `path` (absolute; its directory is created) and brings it to the newest
 * version. Several processes may do so at once: one applies the migrations, the others wait.
 * A database that a newer release wrote, or that belongs to another program, is refused unchanged.
 * One that is read-only and up to date can be read; only writing fails.
 * The caller closes `*store`.
 */
bool store_open(const char *path, enum store_durability durability, struct store **store,
	struct error *error);

/*
 * As store_open for a program that goes on without a database: opens `*store` where it is NULL, and
 * anew where its file was moved or replaced; else does nothing. On failure `*store` is NULL, and
 * the next call tries again.
 */
bool store_ready(const char *path, enum store_durability durability, struct store **store,
	struct error *error);

/* Closes the connection; an open transaction is undone. NULL is no store, and fine. */
void store_close(struct store *store);

/* Gives back the memory that only makes the next questions faster: before a long rest. */
void store_release_memory(struct store *store);

/* Reads from the file; false with the reason if the database cannot be used now. */
bool store_check(struct store *store, struct error *error);

/*
 * True if the file at the store's path is no longer the one that is open (removed, moved away,
 * replaced by a backup): close the store and open it again. Costs one stat.
 */
bool store_moved(struct store *store);

/*
 * A number above 0 that is another one after any change of the database, by whichever process, and
 * that no store opened before had: what was read after asking for it holds as long as it is the
 * same. Costs a few microseconds.
 */
bool store_version(struct store *store, int64_t *version, struct error *error);

#endif

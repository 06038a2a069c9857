#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/migrations.h"
#include "store/store.h"

/*
 * True if the database is empty or ours, and not of a version beyond the `count` that are known.
 * Changes nothing.
 */
bool store_recognise(struct store *store, size_t count, struct error *error);

/*
 * Applies the migrations that the database has not seen, each in a transaction of its own together
 * with its version number. A process that finds another one at work waits for it, and then finds
 * nothing left to do. A migration that fails is undone; those before it stay. A database that has
 * been in use is first copied to a file beside it, whose name ends in `.version-`, its version and
 * the time.
 */
bool store_migrate(struct store *store, const struct store_migration *migrations, size_t count,
	struct error *error);

#endif

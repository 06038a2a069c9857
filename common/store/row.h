#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/uuid.h"
#include "store/connection.h"

/* Between the files of this room: what holds for a new row of any table. */

/* A new id. ERROR_SYSTEM where the system has no random numbers to give. */
bool store_make_id(char id[static UUID_SIZE], struct error *error);

/*
 * Refuses with ERROR_CONFLICT and `code` one row more than `limit`, as told by a statement that
 * counts. `things`: "presets".
 */
bool store_has_room(struct store *store, enum store_statement counting, int64_t limit,
	const char *code, const char *things, struct error *error);

#endif

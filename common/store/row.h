#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/uuid.h"
#include "store/connection.h"

/* Between the files of this room: what holds for the rows of any table. */

/* A new id. ERROR_SYSTEM where the system has no random numbers to give. */
bool store_make_id(char id[static UUID_SIZE], struct error *error);

/*
 * Refuses with ERROR_CONFLICT and `code` one row more than `limit`, as told by a statement that
 * counts. `things`: "presets".
 */
bool store_has_room(struct store *store, enum store_statement counting, int64_t limit,
	const char *code, const char *things, struct error *error);

/* Refuses with ERROR_NOT_FOUND an id that no row has. `thing`: "preset". */
bool store_refuse_unknown(const char *thing, struct text id, struct error *error);

/* Deletes the row with that id by the statement; ERROR_NOT_FOUND if there is none. */
bool store_delete_row(struct store *store, enum store_statement deleting, const char *thing,
	struct text id, struct error *error);

#endif

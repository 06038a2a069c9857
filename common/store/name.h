#ifndef STORE_NAME_H
#define STORE_NAME_H

#include "base/arena.h"
#include "base/text.h"
#include "store/connection.h"

/* Between the files of this room: names that are unique without regard to case. */

/* The form in which names are compared and sorted; in the arena. */
bool store_fold_name(
	struct text name, struct arena *arena, struct text *name_key, struct error *error);

/*
 * Refuses with `name_taken` a name that something other than `id` has, as told by a statement that
 * finds id and name by the folded name. `thing`: "preset".
 */
bool store_name_is_free(struct store *store, enum store_statement holder, struct text name_key,
	struct text id, const char *thing, struct arena *arena, struct error *error);

#endif

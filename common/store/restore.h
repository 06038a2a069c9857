#ifndef STORE_RESTORE_H
#define STORE_RESTORE_H

#include "base/arena.h"
#include "store/store.h"

/*
 * Makes the database at `path` (absolute; created if missing) what the backup `from` holds, brought
 * to the newest version. Programs that have the database open see the new content with their next
 * transaction. What is replaced is kept first, as `path` with the suffix `.before-restore-` and the
 * time; `*kept` names it, or is NULL if there was nothing to keep. A backup that is damaged, of
 * another program or of a newer release is refused, and the database stays as it was.
 */
bool store_restore(const char *path, const char *from, struct arena *arena, const char **kept,
	struct error *error);

#endif

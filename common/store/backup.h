#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "base/arena.h"
#include "store/store.h"

/*
 * Copies the database into the new file `path`, as it is at one moment, while others go on reading
 * and writing. The file is complete and synced when it appears under its name. Returns false, and
 * leaves nothing behind, if a file is there already or it cannot be written.
 */
bool store_backup(struct store *store, const char *path, struct error *error);

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

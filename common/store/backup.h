#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/store.h"

/*
 * Copies the database into the new file `path`, as it is at one moment, while others go on reading
 * and writing. The file is complete and synced when it appears under its name. Returns false, and
 * leaves nothing behind, if a file is there already or it cannot be written.
 */
bool store_backup(struct store *store, const char *path, struct error *error);

#endif

#include "store/restore.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/backup.h"
#include "store/connection.h"
#include "store/migrate.h"

/* Opens what is to be restored; it must be a whole database of ours. */
static bool open_backup(const char *from, struct store **backup, struct error *error)
{
	if (access(from, R_OK) != 0)
		return error_set(error, ERROR_NOT_FOUND, "not_found",
			"The backup %s cannot be read: %s.", from, strerror(errno));
	if (!store_connect(from, STORE_DURABLE_NORMAL, backup, error))
		return false;
	if (store_recognise(*backup, store_migration_count, error) &&
		store_is_whole(*backup, error))
		return true;
	store_close(*backup);
	return false;
}

/* Keeps what `live` holds under a name with the time; `*kept` stays NULL if it holds nothing. */
static bool keep(struct store *live, struct arena *arena, const char **kept, struct error *error)
{
	int64_t tables;
	char now[CLOCK_TEXT_SIZE];
	char *name;

	*kept = NULL;
	if (!store_read_number(live, store_statements[STORE_SCHEMA_COUNT], &tables, error))
		return false;
	if (tables == 0)
		return true;
	clock_format(clock_now(), now);
	name = arena_printf(arena, "%s.before-restore-%s", store_path(live), now);
	if (!name)
		return error_memory(error);
	if (!store_backup(live, name, error))
		return false;
	*kept = name;
	return true;
}

bool store_restore(const char *path, const char *from, struct arena *arena, const char **kept,
	struct error *error)
{
	struct store *backup = NULL;
	struct store *live = NULL;
	bool done;

	if (!open_backup(from, &backup, error))
		return false;
	if (!store_connect(path, STORE_DURABLE_FULL, &live, error)) {
		store_close(backup);
		return false;
	}
	done = store_recognise(live, store_migration_count, error) &&
	       keep(live, arena, kept, error) && store_overwrite(live, backup, error);
	store_close(backup);
	store_close(live);
	if (!done || !store_open(path, STORE_DURABLE_FULL, &live, error))
		return false;
	store_close(live);
	return true;
}

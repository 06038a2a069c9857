#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "store/connection.h"
#include "store/migrate.h"

static bool refuse(struct error *error, const char *path, int reason)
{
	(void)error_set(error, ERROR_UNAVAILABLE, "unavailable",
		"The copy of the database %s cannot be written: %s.", path, strerror(reason));
	return error_cause(error, "errno %d", reason);
}

static bool copy_into(struct store *store, const char *path, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_COPY);
	store_query_bind(&query, 1, text_from(path));
	(void)store_query_step(&query);
	return store_query_end(&query, error);
}

static bool sync_path(const char *path, int flags)
{
	int descriptor = open(path, flags | O_CLOEXEC);
	bool synced = descriptor >= 0 && fsync(descriptor) == 0;
	int reason = errno;

	if (descriptor >= 0)
		(void)close(descriptor);
	errno = reason;
	return synced;
}

static bool sync_directory_of(const char *path)
{
	char directory[LIMIT_PATH];
	char *slash;

	(void)snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	if (!slash)
		return sync_path(".", O_RDONLY | O_DIRECTORY);
	slash[slash == directory] = '\0';
	return sync_path(directory, O_RDONLY | O_DIRECTORY);
}

bool store_backup(struct store *store, const char *path, struct error *error)
{
	char part[LIMIT_PATH];
	bool done;

	if (snprintf(part, sizeof(part), "%s.part-%ld", path, (long)getpid()) >= (int)sizeof(part))
		return refuse(error, path, ENAMETOOLONG);
	if (unlink(part) != 0 && errno != ENOENT)
		return refuse(error, path, errno);
	done = copy_into(store, part, error);
	if (done && (!sync_path(part, O_RDONLY) ||
			    renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) != 0 ||
			    !sync_directory_of(path)))
		done = refuse(error, path, errno);
	if (!done)
		(void)unlink(part);
	return done;
}

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

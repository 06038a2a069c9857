#include "store/migrate.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "store/backup.h"
#include "store/connection.h"

static bool read_version(struct store *store, int64_t *version, struct error *error)
{
	return store_read_number(store, "PRAGMA user_version", version, error);
}

static bool refuse_newer(struct store *store, int64_t version, size_t count, struct error *error)
{
	return error_set(error, ERROR_UNAVAILABLE, "unavailable",
		"The database %s was written by a newer release (its version is %lld, this "
		"release knows %zu). Start the newer release, or set db_path to another file.",
		store_path(store), (long long)version, count);
}

static bool judge(struct store *store, size_t count, struct error *error)
{
	int64_t version;
	int64_t application;
	int64_t tables;

	if (!read_version(store, &version, error) ||
		!store_read_number(store, "PRAGMA application_id", &application, error) ||
		!store_read_number(store, store_statements[STORE_SCHEMA_COUNT], &tables, error))
		return false;
	if (application != STORE_APPLICATION_ID && (application || version || tables))
		return error_set(error, ERROR_UNAVAILABLE, "unavailable",
			"The file %s is the database of another program. Set db_path to a file "
			"that does not exist yet.",
			store_path(store));
	return version <= (int64_t)count || refuse_newer(store, version, count, error);
}

bool store_recognise(struct store *store, size_t count, struct error *error)
{
	/* One transaction, so that a migration of another process falls before or after. */
	if (!store_begin(store, STORE_READ, error))
		return false;
	return store_finish(store, judge(store, count, error), error);
}

static void log_applied(struct store *store, const struct store_migration *migration)
{
	struct log_line line;

	log_begin(&line, LOG_INFO, "database.migrated");
	log_string(&line, "path", store_path(store));
	log_number(&line, "version", migration->version);
	log_string(&line, "migration", migration->name);
	log_end(&line);
}

static bool apply(struct store *store, const struct store_migration *migration, struct error *error)
{
	char mark[96];

	(void)snprintf(mark, sizeof(mark), "PRAGMA user_version = %u; PRAGMA application_id = %d",
		migration->version, STORE_APPLICATION_ID);
	return store_execute(store, migration->sql, error) && store_execute(store, mark, error);
}

/*
 * Copies the database to a file beside it, under the write lock of `store`; by a connection of its
 * own, since a transaction cannot copy.
 */
static bool keep(struct store *store, int64_t version, struct error *error)
{
	char path[LIMIT_PATH];
	char time[CLOCK_TEXT_SIZE];
	struct store *reader;
	bool kept;

	clock_format(clock_now(), time);
	if (snprintf(path, sizeof(path), "%s.version-%lld-%s", store_path(store),
		    (long long)version, time) >= (int)sizeof(path))
		return error_set(error, ERROR_UNAVAILABLE, "unavailable",
			"The path of the database is longer than %d bytes.", LIMIT_PATH - 1);
	if (!store_connect(store_path(store), STORE_DURABLE_NORMAL, &reader, error))
		return false;
	kept = store_backup(reader, path, error);
	store_close(reader);
	return kept;
}

/*
 * Takes the one step that is next for the database as it is under the lock; `*left`: it took one. A
 * database in use is kept first, if it is still of the version `found`: else another process has
 * begun, and has kept it.
 */
static bool step(struct store *store, const struct store_migration *migrations, size_t count,
	int64_t found, bool *left, struct error *error)
{
	const struct store_migration *migration = NULL;
	int64_t version;
	bool good;

	if (!store_begin(store, STORE_WRITE, error))
		return false;
	good = read_version(store, &version, error);
	if (good && version > (int64_t)count)
		good = refuse_newer(store, version, count, error);
	if (good && version < (int64_t)count) {
		migration = &migrations[version];
		good = (version == 0 || version != found || keep(store, version, error)) &&
		       apply(store, migration, error);
	}
	good = store_finish(store, good, error);
	if (good && migration)
		log_applied(store, migration);
	*left = migration != NULL;
	return good;
}

bool store_migrate(struct store *store, const struct store_migration *migrations, size_t count,
	struct error *error)
{
	int64_t version;
	bool left;

	if (!read_version(store, &version, error))
		return false;
	for (left = version < (int64_t)count; left;)
		if (!step(store, migrations, count, version, &left, error))
			return false;
	return true;
}

#include "store/connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/limits.h"
#include "base/log.h"

#define BUSY_MILLISECONDS  5000 /* that a lock of another process is waited for */
#define HASTY_MILLISECONDS 200
#define JOURNAL_SIZE_LIMIT (64 << 20) /* bytes of -wal that stay on the disk after a checkpoint */

struct store {
	sqlite3 *sqlite;
	sqlite3_stmt *statements[STORE_STATEMENT_COUNT]; /* prepared at their first use */
	int64_t opened;					 /* clock_monotonic */
	int64_t synchronous;				 /* the PRAGMA's value */
	int patience;	   /* milliseconds that a lock is waited for */
	const char *place; /* where the open transaction began; NULL without one */
	char path[LIMIT_PATH];
};

/* Fills `error` for SQLite's result code, `sql` being what was asked. Returns false. */
static bool fail(struct store *store, int result, const char *sql, struct error *error)
{
	enum error_kind kind = ERROR_UNAVAILABLE;
	const char *code = "unavailable";
	const char *path = store->path;

	switch (result & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		(void)error_set(error, kind, code, "The database is busy. Try again in a moment.");
		break;
	case SQLITE_FULL:
		(void)error_set(
			error, kind, code, "The disk that holds the database %s is full.", path);
		break;
	case SQLITE_READONLY:
		(void)error_set(error, kind, code,
			"The database %s, or its directory, cannot be written.", path);
		break;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		(void)error_set(error, kind, code, "The database %s cannot be opened.", path);
		break;
	case SQLITE_IOERR:
		(void)error_set(error, kind, code,
			"The database %s cannot be read or written: the disk reports an error.",
			path);
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		(void)error_set(error, kind, code,
			"The file %s is damaged or is no SQLite database. Restore a backup, or "
			"move it away to begin with an empty database.",
			path);
		break;
	case SQLITE_NOMEM:
		(void)error_memory(error);
		break;
	default:
		(void)error_set(error, ERROR_SYSTEM, "internal_error",
			"The database did not accept a request of this program.");
	}
	return error_cause(error, "SQLite %d (%s: %s) in: %s", result, sqlite3_errstr(result),
		sqlite3_errmsg(store->sqlite), sql);
}

bool store_connect(const char *path, enum store_durability durability, struct store **opened,
	struct error *error)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;
	struct store *store = calloc(1, sizeof(*store));
	int result;

	if (!store)
		return error_memory(error);
	if (snprintf(store->path, sizeof(store->path), "%s", path) >= (int)sizeof(store->path)) {
		free(store);
		return error_set(error, ERROR_UNAVAILABLE, "unavailable",
			"The path of the database is longer than %d bytes.", LIMIT_PATH - 1);
	}
	store->patience =
		durability == STORE_DURABLE_HASTY ? HASTY_MILLISECONDS : BUSY_MILLISECONDS;
	result = sqlite3_open_v2(path, &store->sqlite, flags, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_busy_timeout(store->sqlite, store->patience);
	if (result != SQLITE_OK) {
		(void)fail(store, result, "open", error);
		store_close(store);
		return false;
	}
	store->opened = clock_monotonic();
	*opened = store;
	return true;
}

void store_release_memory(struct store *store)
{
	(void)sqlite3_db_release_memory(store->sqlite);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < STORE_STATEMENT_COUNT; i++)
		(void)sqlite3_finalize(store->statements[i]);
	(void)sqlite3_close(store->sqlite);
	free(store);
}

bool store_execute(struct store *store, const char *sql, struct error *error)
{
	int result = sqlite3_exec(store->sqlite, sql, NULL, NULL, NULL);

	return result == SQLITE_OK || fail(store, result, sql, error);
}

/* Runs `sql` to its first row and hands that row's first column to `read`. */
static bool read_value(struct store *store, const char *sql,
	void (*read)(sqlite3_stmt *statement, void *value), void *value, struct error *error)
{
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(store->sqlite, sql, -1, &statement, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		read(statement, value);
	(void)sqlite3_finalize(statement);
	return result == SQLITE_ROW || fail(store, result, sql, error);
}

static void read_number(sqlite3_stmt *statement, void *number)
{
	*(int64_t *)number = sqlite3_column_int64(statement, 0);
}

bool store_read_number(struct store *store, const char *sql, int64_t *number, struct error *error)
{
	return read_value(store, sql, read_number, number, error);
}

static void read_word(sqlite3_stmt *statement, void *word)
{
	const unsigned char *value = sqlite3_column_text(statement, 0);

	(void)snprintf(word, 16, "%s", value ? (const char *)value : "");
}

/* The network file system that holds the database, or NULL. */
static const char *network_file_system(const char *path)
{
	int descriptor = open(path, O_PATH | O_CLOEXEC);
	const char *name;

	if (descriptor < 0)
		return NULL;
	name = file_system_network(descriptor);
	/* O_PATH opens no file: its closing drops none of SQLite's locks. */
	(void)close(descriptor);
	return name;
}

static void warn_of_network(const char *path, const char *file_system)
{
	struct log_line line;

	log_begin(&line, LOG_WARN, "database.on_network");
	log_string(&line, "path", path);
	log_string(&line, "file_system", file_system);
	log_string(&line, "message",
		"A database on a network or FUSE file system is slow, and safe only if its locks "
		"work. Put db_path on a local disk.");
	log_end(&line);
}

/*
 * Asks for a journal mode; SQLite answers with the one in force. While another process changes the
 * mode too it may say BUSY at once, without waiting as it does elsewhere, to escape a deadlock.
 */
static bool set_journal_mode(
	struct store *store, const char *sql, const char *wanted, struct error *error)
{
	static const struct timespec pause = {.tv_nsec = 5000000};
	int64_t deadline = clock_monotonic() + (int64_t)store->patience * 1000 * 1000;
	char mode[16];

	while (!read_value(store, sql, read_word, mode, error)) {
		if ((sqlite3_errcode(store->sqlite) & 0xff) != SQLITE_BUSY ||
			clock_monotonic() > deadline)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	if (strcmp(mode, wanted) == 0)
		return true;
	(void)error_set(error, ERROR_UNAVAILABLE, "unavailable",
		"The database %s cannot use the journal it needs.", store->path);
	return error_cause(error, "%s answered %s", sql, mode);
}

static bool set_journal(struct store *store, const char *network, struct error *error)
{
	if (!network)
		return set_journal_mode(store, "PRAGMA journal_mode = WAL", "wal", error);
	warn_of_network(store->path, network);
	return set_journal_mode(store, "PRAGMA journal_mode = DELETE", "delete", error);
}

/* Sets a PRAGMA and reads it back. */
static bool set_number(struct store *store, const char *name, int64_t value, struct error *error)
{
	char sql[80];
	int64_t now = 0;

	(void)snprintf(sql, sizeof(sql), "PRAGMA %s = %lld", name, (long long)value);
	if (!store_execute(store, sql, error))
		return false;
	(void)snprintf(sql, sizeof(sql), "PRAGMA %s", name);
	if (!store_read_number(store, sql, &now, error))
		return false;
	return now == value || fail(store, SQLITE_MISUSE, sql, error);
}

static bool set_switches(struct store *store, struct error *error)
{
	static const struct {
		int name;
		int value;
	} switches[] = {
		{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
	};

	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
		int now = -1;
		int result =
			sqlite3_db_config(store->sqlite, switches[i].name, switches[i].value, &now);

		if (result != SQLITE_OK || now != switches[i].value)
			return fail(
				store, result ? result : SQLITE_MISUSE, "sqlite3_db_config", error);
	}
	return true;
}

bool store_configure(struct store *store, enum store_durability durability, struct error *error)
{
	const char *network = network_file_system(store->path);

	store->synchronous = network || durability != STORE_DURABLE_NORMAL ? 2 : 1;
	return set_switches(store, error) && set_journal(store, network, error) &&
	       set_number(store, "busy_timeout", store->patience, error) &&
	       set_number(store, "synchronous", store->synchronous, error) &&
	       set_number(store, "journal_size_limit", JOURNAL_SIZE_LIMIT, error);
}

bool store_begin_at(
	struct store *store, enum store_access access, const char *place, struct error *error)
{
	if (store->place) {
		(void)error_set(error, ERROR_SYSTEM, "internal_error",
			"The database did not accept a request of this program.");
		return error_cause(error, "transaction at %s inside the one that began at %s",
			place, store->place);
	}
	if (!store_execute(store, access == STORE_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", error))
		return false;
	store->place = place;
	return true;
}

bool store_commit(struct store *store, struct error *error)
{
	bool committed = store_execute(store, "COMMIT", error);

	if (!committed)
		store_rollback(store);
	store->place = NULL;
	return committed;
}

void store_rollback(struct store *store)
{
	struct error error;
	struct log_line line;

	store->place = NULL;
	/* SQLite itself undoes a transaction that met a full disk or an I/O error. */
	if (sqlite3_get_autocommit(store->sqlite) || store_execute(store, "ROLLBACK", &error))
		return;
	log_begin(&line, LOG_ERROR, "database.rollback_failed");
	log_error_fields(&line, &error);
	log_end(&line);
}

bool store_finish(struct store *store, bool good, struct error *error)
{
	if (good)
		return store_commit(store, error);
	store_rollback(store);
	return false;
}

void store_query_begin(
	struct store_query *query, struct store *store, enum store_statement statement)
{
	sqlite3_stmt **prepared = &store->statements[statement];

	*query = (struct store_query){.store = store};
	if (!*prepared)
		query->result = sqlite3_prepare_v3(store->sqlite, store_statements[statement], -1,
			SQLITE_PREPARE_PERSISTENT, prepared, NULL);
	else if (sqlite3_stmt_busy(*prepared))
		query->result = SQLITE_MISUSE;
	if (query->result == SQLITE_OK)
		query->statement = *prepared;
}

void store_query_bind(struct store_query *query, int parameter, struct text value)
{
	if (query->result == SQLITE_OK)
		query->result = sqlite3_bind_text64(query->statement, parameter, value.at,
			value.length, SQLITE_STATIC, SQLITE_UTF8);
}

void store_query_bind_number(struct store_query *query, int parameter, int64_t value)
{
	if (query->result == SQLITE_OK)
		query->result = sqlite3_bind_int64(query->statement, parameter, value);
}

void store_query_bind_real(struct store_query *query, int parameter, double value)
{
	if (query->result == SQLITE_OK)
		query->result = sqlite3_bind_double(query->statement, parameter, value);
}

void store_query_bind_now(struct store_query *query, int parameter)
{
	char now[CLOCK_TEXT_SIZE];

	clock_format(clock_now(), now);
	if (query->result == SQLITE_OK)
		query->result = sqlite3_bind_text(
			query->statement, parameter, now, CLOCK_TEXT_SIZE - 1, SQLITE_TRANSIENT);
}

bool store_query_step(struct store_query *query)
{
	if (query->result == SQLITE_OK || query->result == SQLITE_ROW)
		query->result = sqlite3_step(query->statement);
	return query->result == SQLITE_ROW;
}

bool store_query_next(struct store_query *query, struct arena *arena, void *items, size_t *capacity,
	size_t count, size_t size)
{
	if (!store_query_step(query))
		return false;
	if (arena_grow(arena, items, capacity, count, size))
		return true;
	query->result = SQLITE_NOMEM;
	return false;
}

int64_t store_query_number(struct store_query *query, int column)
{
	return query->result == SQLITE_ROW ? sqlite3_column_int64(query->statement, column) : 0;
}

double store_query_real(struct store_query *query, int column)
{
	return query->result == SQLITE_ROW ? sqlite3_column_double(query->statement, column) : 0;
}

bool store_query_is_null(struct store_query *query, int column)
{
	return query->result != SQLITE_ROW ||
	       sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

struct text store_query_text(struct store_query *query, int column, struct arena *arena)
{
	struct text value = {"", 0};

	if (query->result != SQLITE_ROW)
		return value;
	value.at = (const char *)sqlite3_column_text(query->statement, column);
	value.length = (size_t)sqlite3_column_bytes(query->statement, column);
	value = arena_text(arena, value);
	if (value.at)
		return value;
	query->result = SQLITE_NOMEM;
	return (struct text){"", 0};
}

struct text store_query_optional(struct store_query *query, int column, struct arena *arena)
{
	if (store_query_is_null(query, column))
		return (struct text){NULL, 0};
	return store_query_text(query, column, arena);
}

bool store_query_end(struct store_query *query, struct error *error)
{
	bool good = query->result == SQLITE_OK || query->result == SQLITE_ROW ||
		    query->result == SQLITE_DONE;

	if (!good)
		(void)fail(query->store, query->result,
			query->statement ? sqlite3_sql(query->statement) : "a prepared statement",
			error);
	if (query->statement) {
		(void)sqlite3_reset(query->statement);
		(void)sqlite3_clear_bindings(query->statement);
	}
	return good;
}

bool store_query_answer(
	struct store *store, enum store_statement statement, int64_t *number, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, statement);
	(void)store_query_step(&query);
	*number = store_query_number(&query, 0);
	return store_query_end(&query, error);
}

bool store_query_run(struct store_query *query, struct error *error)
{
	while (store_query_step(query))
		continue;
	return store_query_end(query, error);
}

bool store_relax(struct store *store, bool relaxed, struct error *error)
{
	(void)sqlite3_busy_timeout(store->sqlite, relaxed ? 0 : store->patience);
	return store->synchronous < 2 ||
	       set_number(store, "synchronous", relaxed ? 1 : store->synchronous, error);
}

void store_enlarge(struct store *store, bool large)
{
	/* In KiB; SQLite's own default is the second. */
	const char *sql = large ? "PRAGMA cache_size = -131072"
				: "PRAGMA cache_size = -2000; PRAGMA shrink_memory";

	(void)sqlite3_exec(store->sqlite, sql, NULL, NULL, NULL);
}

int64_t store_inserted_row(struct store *store)
{
	return sqlite3_last_insert_rowid(store->sqlite);
}

int64_t store_changed_rows(struct store *store)
{
	return sqlite3_changes64(store->sqlite);
}

bool store_version(struct store *store, int64_t *version, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_DATA_VERSION);
	(void)store_query_step(&query);
	/*
	 * The PRAGMA counts the commits of others, the second number the rows changed here. A
	 * change takes longer than a nanosecond, so a later store begins above this one.
	 */
	*version = store->opened + store_query_number(&query, 0) +
		   sqlite3_total_changes64(store->sqlite);
	return store_query_end(&query, error);
}

const char *store_path(const struct store *store)
{
	return store->path;
}

bool store_moved(struct store *store)
{
	int moved = 0;

	return sqlite3_file_control(store->sqlite, "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
		       SQLITE_OK &&
	       moved != 0;
}

bool store_is_whole(struct store *store, struct error *error)
{
	char answer[16];

	if (!read_value(store, "PRAGMA integrity_check(1)", read_word, answer, error))
		return false;
	return strcmp(answer, "ok") == 0 ||
	       fail(store, SQLITE_CORRUPT, "PRAGMA integrity_check(1)", error);
}

bool store_overwrite(struct store *store, struct store *source, struct error *error)
{
	static const struct timespec pause = {.tv_nsec = 5000000};
	int64_t deadline = clock_monotonic() + (int64_t)store->patience * 1000 * 1000;
	sqlite3_backup *copy = sqlite3_backup_init(store->sqlite, "main", source->sqlite, "main");
	int result;

	if (!copy)
		return fail(store, sqlite3_extended_errcode(store->sqlite), "backup", error);
	while ((result = sqlite3_backup_step(copy, -1)) == SQLITE_BUSY || result == SQLITE_LOCKED) {
		if (clock_monotonic() > deadline)
			break;
		(void)nanosleep(&pause, NULL);
	}
	(void)sqlite3_backup_finish(copy);
	return result == SQLITE_DONE || fail(store, result, "backup", error);
}

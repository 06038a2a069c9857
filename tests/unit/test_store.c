/* The database's connection: creation, migrations, refusals, transactions, several processes. */
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/log.h"
#include "store/connection.h"
#include "store/migrate.h"
#include "support.h"

#define NOBODY 65534

/* Each test has a directory; the database's path lies in it. */
struct place {
	char directory[SUPPORT_PATH];
	char path[SUPPORT_PATH + 32];
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return 1;
	support_directory_make(place->directory);
	(void)snprintf(place->path, sizeof(place->path), "%s/app.db", place->directory);
	*state = place;
	return 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;

	support_directory_remove(place->directory);
	free(place);
	return 0;
}

static struct store *open_store(const char *path)
{
	struct store *store = NULL;
	struct error error = {0};

	if (!store_open(path, STORE_DURABLE_NORMAL, &store, &error))
		fail_msg("%s (%s)", error.message, error.cause);
	return store;
}

static void execute(struct store *store, const char *sql)
{
	struct error error = {0};

	if (!store_execute(store, sql, &error))
		fail_msg("%s (%s)", error.message, error.cause);
}

static int64_t number(struct store *store, const char *sql)
{
	struct error error = {0};
	int64_t value = -1;

	if (!store_read_number(store, sql, &value, &error))
		fail_msg("%s (%s)", error.message, error.cause);
	return value;
}

static void assert_refused(const char *path, const char *why)
{
	struct store *store = NULL;
	struct error error = {0};

	assert_false(store_open(path, STORE_DURABLE_NORMAL, &store, &error));
	assert_null(store);
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.code, "unavailable");
	if (!strstr(error.message, why))
		fail_msg("%s (%s), expected: %s", error.message, error.cause, why);
}

static struct buffer content(const char *path)
{
	struct buffer buffer;

	buffer_init(&buffer, (size_t)1 << 20);
	assert_true(file_read_path(AT_FDCWD, path, &buffer));
	return buffer;
}

/* Asserts that the file holds what it held, and takes the copy away. */
static void assert_unchanged(const char *path, struct buffer *before)
{
	struct buffer now = content(path);

	assert_true(text_equal(buffer_text(&now), buffer_text(before)));
	buffer_free(&now);
	buffer_free(before);
}

static void test_new_database(void **state)
{
	struct place *place = *state;
	char path[SUPPORT_PATH + 32];
	struct store *store;
	struct error error;

	(void)snprintf(path, sizeof(path), "%s/new/deep/app.db", place->directory);
	store = open_store(path);
	assert_int_equal(number(store, "PRAGMA user_version"), store_migration_count);
	assert_int_equal(number(store, "SELECT count(*) FROM presets"), 0);
	assert_true(store_check(store, &error));
	assert_false(store_moved(store));
	store_close(store);
	store = open_store(path);
	assert_int_equal(number(store, "PRAGMA user_version"), store_migration_count);
	store_close(store);
	store_close(NULL);
}

/* What SQLite leaves open unless told, on each connection anew. */
static void test_connection_is_set_up(void **state)
{
	struct place *place = *state;
	struct store *store;
	struct error error;

	for (int round = 0; round < 2; round++) {
		store = open_store(place->path);
		assert_int_equal(
			number(store, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
		assert_int_equal(number(store, "PRAGMA synchronous"), 1);
		assert_int_equal(number(store, "PRAGMA busy_timeout"), 5000);
		assert_int_equal(number(store, "PRAGMA foreign_keys"), 1);
		assert_int_equal(number(store, "PRAGMA trusted_schema"), 0);
		assert_int_equal(number(store, "PRAGMA journal_size_limit"), 64 << 20);
		assert_false(store_execute(store, "SELECT \"no_such_column\"", &error));
		assert_int_equal(error.kind, ERROR_SYSTEM);
		assert_non_null(strstr(error.cause, "no_such_column"));
		assert_false(store_execute(store,
			"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = ''", &error));
		store_close(store);
	}
	assert_true(store_open(place->path, STORE_DURABLE_FULL, &store, &error));
	assert_int_equal(number(store, "PRAGMA synchronous"), 2);
	store_close(store);
}

static void test_tables_check_what_they_hold(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	static const char *const good[] = {"'0b6e2f3c-8d0a-4c59-9d63-0f6b0c9d8b1e'", "'a'", "'a'",
		"'{}'", "'2026-03-01T12:00:00.000Z'", "'2026-03-01T12:00:00.000Z'"};
	static const struct {
		int column;
		const char *value;
	} bad[] = {
		{0, "'short'"},
		{0, "NULL"},
		{1, "''"},
		{1, "NULL"},
		{1, "printf('%201c', 'x')"},
		{2, "''"},
		{2, "NULL"},
		{3, "'{'"},
		{3, "'[]'"},
		{3, "x'00'"},
		{4, "'yesterday'"},
		{4, "'2026-03-01T12:00:00Z'"},
		{5, "NULL"},
		{5, "5"},
	};

	for (size_t i = 0; i <= sizeof(bad) / sizeof(*bad); i++) {
		const char *value[6];
		char sql[512];
		struct error error = {0};
		bool last = i == sizeof(bad) / sizeof(*bad);

		memcpy(value, good, sizeof(value));
		if (!last)
			value[bad[i].column] = bad[i].value;
		(void)snprintf(sql, sizeof(sql), "INSERT INTO presets VALUES (%s,%s,%s,%s,%s,%s)",
			value[0], value[1], value[2], value[3], value[4], value[5]);
		if (store_execute(store, sql, &error) != last)
			fail_msg("%s: %s", sql, error.cause);
	}
	store_close(store);
}

static void test_newer_version_is_refused(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	struct buffer before;

	execute(store, "PRAGMA user_version = 99");
	store_close(store);
	before = content(place->path);
	assert_refused(place->path, "newer release (its version is 99");
	assert_unchanged(place->path, &before);
}

static void test_foreign_database_is_refused(void **state)
{
	static const char *const foreign[] = {
		"CREATE TABLE theirs (x)",
		"PRAGMA user_version = 1",
		"PRAGMA application_id = 77",
	};
	struct place *place = *state;

	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		struct store *store;
		struct error error;
		struct buffer before;

		assert_true(store_connect(place->path, STORE_DURABLE_NORMAL, &store, &error));
		execute(store, foreign[i]);
		store_close(store);
		before = content(place->path);
		assert_refused(place->path, "another program");
		assert_unchanged(place->path, &before);
		assert_int_equal(unlink(place->path), 0);
	}
}

static void test_files_that_are_no_database(void **state)
{
	struct place *place = *state;
	struct buffer before;

	assert_true(file_write_atomic(AT_FDCWD, place->path,
		TEXT("checkpoint_dirs:\n  - this is not a database, and long enough to see that\n"
		     "sample_dir: /a/directory/with/a/name/of/some/length/for/a/hundred/bytes\n"),
		false));
	before = content(place->path);
	assert_refused(place->path, "no SQLite database");
	assert_unchanged(place->path, &before);
	assert_int_equal(unlink(place->path), 0);

	assert_int_equal(mkdir(place->path, 0755), 0);
	assert_refused(place->path, "cannot be opened");
	assert_int_equal(rmdir(place->path), 0);

	/* What `touch` leaves is an empty database. */
	assert_true(file_write_atomic(AT_FDCWD, place->path, TEXT(""), false));
	store_close(open_store(place->path));
}

static void test_damaged_pages(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	char garbage[4096];
	struct error error = {0};
	int descriptor;
	int64_t value;

	execute(store, "PRAGMA wal_checkpoint(TRUNCATE)");
	store_close(store);
	memset(garbage, 0xa5, sizeof(garbage));
	descriptor = open(place->path, O_WRONLY | O_CLOEXEC);
	assert_true(descriptor >= 0);
	for (off_t page = 1; page < 3; page++)
		assert_int_equal(
			pwrite(descriptor, garbage, sizeof(garbage), page * (off_t)sizeof(garbage)),
			4096);
	assert_int_equal(close(descriptor), 0);
	assert_true(store_open(place->path, STORE_DURABLE_NORMAL, &store, &error));
	assert_false(store_read_number(store, "SELECT count(name) FROM presets", &value, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_non_null(strstr(error.message, "damaged"));
	assert_non_null(strstr(error.cause, "SQLite 11"));
	store_close(store);
}

static void test_directory_that_cannot_be_made(void **state)
{
	struct place *place = *state;
	char path[SUPPORT_PATH + 64];

	store_close(open_store(place->path));
	(void)snprintf(path, sizeof(path), "%s/deeper/app.db", place->path);
	assert_refused(path, "cannot be created: Not a directory");
}

/* Runs `work` in a process of its own, as `user`; returns its exit status. */
static int in_child(int (*work)(const struct place *place), const struct place *place, uid_t user)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (user && (setgroups(0, NULL) != 0 || setgid(user) != 0 || setuid(user) != 0))
			_exit(100);
		_exit(work(place));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

/* 0: it cannot be opened; 1: it can be read and not written; more: neither. */
static int try_read_only(const struct place *place)
{
	struct store *store;
	struct error error = {0};
	bool opened = store_open(place->path, STORE_DURABLE_NORMAL, &store, &error);

	if (!opened)
		return error.kind == ERROR_UNAVAILABLE && strstr(error.message, "cannot be") ? 0
											     : 2;
	if (number(store, "SELECT count(*) FROM presets") != 0)
		return 3;
	if (store_begin(store, STORE_WRITE, &error) &&
		store_execute(store, "DELETE FROM presets", &error))
		return 4;
	store_rollback(store);
	store_close(store);
	return error.kind == ERROR_UNAVAILABLE && strstr(error.message, "cannot be written") ? 1
											     : 5;
}

/* Root may write anywhere, so the test becomes nobody for a moment. */
static void test_read_only_places(void **state)
{
	struct place *place = *state;
	uid_t user = geteuid() == 0 ? NOBODY : 0;

	assert_int_equal(chmod(place->directory, 0555), 0);
	assert_int_equal(in_child(try_read_only, place, user), 0);
	assert_int_equal(chmod(place->directory, 0777), 0);
	store_close(open_store(place->path));
	assert_int_equal(chmod(place->path, 0444), 0);
	assert_int_equal(in_child(try_read_only, place, user), 1);
	assert_int_equal(chmod(place->path, 0666), 0);
	assert_int_equal(chmod(place->directory, 0555), 0);
	assert_int_equal(in_child(try_read_only, place, user), 1);
	assert_int_equal(chmod(place->directory, 0755), 0);
	store_close(open_store(place->path));
}

static const struct store_migration COUNTED[] = {
	{1, "0001_first.sql",
		"CREATE TABLE applied (version INTEGER NOT NULL) STRICT;"
		"INSERT INTO applied VALUES (1);"},
	{2, "0002_second.sql", "INSERT INTO applied VALUES (2);"},
	{3, "0003_third.sql", "INSERT INTO applied SELECT 3 FROM applied WHERE version = 2;"},
};

static bool open_counted(const char *path, size_t count, struct store **store, struct error *error)
{
	return store_connect(path, STORE_DURABLE_NORMAL, store, error) &&
	       store_recognise(*store, count, error) &&
	       store_configure(*store, STORE_DURABLE_NORMAL, error) &&
	       store_migrate(*store, COUNTED, count, error);
}

static int migrate_counted(const struct place *place)
{
	struct store *store;
	struct error error;

	if (!open_counted(place->path, 3, &store, &error)) {
		(void)fprintf(stderr, "%s (%s)\n", error.message, error.cause);
		return 1;
	}
	if (number(store, "SELECT group_concat(version, '') FROM applied") != 123)
		return 2;
	store_close(store);
	return 0;
}

/* Pools of processes start at the same moment on an empty directory. */
static void test_eight_processes_migrate_at_once(void **state)
{
	struct place *place = *state;

	for (int round = 0; round < 10; round++) {
		pid_t children[8];
		int gate[2];
		int status;

		assert_int_equal(pipe2(gate, O_CLOEXEC), 0);
		for (int i = 0; i < 8; i++) {
			char byte;

			children[i] = fork();
			assert_true(children[i] >= 0);
			if (children[i] > 0)
				continue;
			(void)close(gate[1]);
			(void)!read(gate[0], &byte, 1); /* until the parent lets go */
			_exit(migrate_counted(place));
		}
		(void)close(gate[0]);
		(void)close(gate[1]);
		for (int i = 0; i < 8; i++) {
			assert_int_equal(waitpid(children[i], &status, 0), children[i]);
			assert_int_equal(status, 0);
		}
		assert_int_equal(unlink(place->path), 0);
	}
}

static void test_migrations_in_steps(void **state)
{
	struct place *place = *state;
	struct store *store;
	struct error error;

	for (size_t count = 1; count <= 3; count++) {
		assert_true(open_counted(place->path, count, &store, &error));
		assert_int_equal(number(store, "PRAGMA user_version"), count);
		assert_int_equal(number(store, "SELECT count(*) FROM applied"), count);
		store_close(store);
	}
	/* The release before meets the database of this one. */
	assert_false(open_counted(place->path, 2, &store, &error));
	assert_non_null(strstr(error.message, "newer release"));
	store_close(store);
}

/* Who has other things to do tries again instead of waiting. */
static void test_how_long_a_lock_is_waited_for(void **state)
{
	static const struct {
		enum store_durability durability;
		int64_t milliseconds;
	} cases[] = {
		{STORE_DURABLE_NORMAL, 5000},
		{STORE_DURABLE_FULL, 5000},
		{STORE_DURABLE_HASTY, 200},
	};
	struct place *place = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct store *store;
		struct error error;
		int64_t milliseconds;

		assert_true(store_open(place->path, cases[i].durability, &store, &error));
		for (int again = 0; again < 2; again++) {
			assert_true(store_read_number(
				store, "PRAGMA busy_timeout", &milliseconds, &error));
			assert_int_equal(milliseconds, cases[i].milliseconds);
			assert_true(store_relax(store, true, &error));
			assert_true(store_relax(store, false, &error));
		}
		store_close(store);
	}
}

static void test_failed_migration_is_undone(void **state)
{
	static const struct store_migration broken[] = {
		{1, "0001_good.sql", "CREATE TABLE good (x INTEGER) STRICT;"},
		{2, "0002_bad.sql",
			"CREATE TABLE half (x INTEGER) STRICT; INSERT INTO none VALUES (1);"},
	};
	static const struct store_migration mended[] = {
		{1, "0001_good.sql", "CREATE TABLE good (x INTEGER) STRICT;"},
		{2, "0002_mended.sql", "CREATE TABLE half (x INTEGER) STRICT;"},
	};
	struct place *place = *state;
	struct store *store;
	struct error error;

	assert_true(store_connect(place->path, STORE_DURABLE_NORMAL, &store, &error));
	assert_false(store_migrate(store, broken, 2, &error));
	assert_non_null(strstr(error.cause, "no such table: none"));
	assert_int_equal(number(store, "PRAGMA user_version"), 1);
	assert_int_equal(number(store, "SELECT count(*) FROM sqlite_schema"), 1);
	assert_true(store_migrate(store, mended, 2, &error));
	assert_int_equal(number(store, "PRAGMA user_version"), 2);
	store_close(store);
}

static void test_transactions_do_not_nest(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	struct error error;

	assert_true(store_begin(store, STORE_READ, &error));
	assert_false(store_begin(store, STORE_WRITE, &error));
	assert_int_equal(error.kind, ERROR_SYSTEM);
	assert_non_null(strstr(error.cause, "test_store.c:"));
	assert_true(store_commit(store, &error));
	assert_true(store_begin(store, STORE_WRITE, &error));
	execute(store, "CREATE TABLE gone (x)");
	store_rollback(store);
	assert_int_equal(
		number(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'gone'"), 0);
	assert_true(store_begin(store, STORE_WRITE, &error));
	execute(store, "CREATE TABLE kept (x)");
	assert_true(store_finish(store, true, &error));
	assert_int_equal(
		number(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'kept'"), 1);
	store_close(store);
}

static void test_writers_wait_and_readers_do_not(void **state)
{
	struct place *place = *state;
	struct store *writer = open_store(place->path);
	struct store *other = open_store(place->path);
	struct error error;

	assert_true(store_begin(writer, STORE_WRITE, &error));
	execute(writer, "CREATE TABLE unseen (x)");
	assert_int_equal(number(other, "SELECT count(*) FROM presets"), 0);
	assert_true(store_check(other, &error));
	execute(other, "PRAGMA busy_timeout = 20");
	assert_false(store_begin(other, STORE_WRITE, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_non_null(strstr(error.message, "busy"));
	assert_true(store_commit(writer, &error));
	assert_true(store_begin(other, STORE_WRITE, &error));
	store_rollback(other);
	store_close(other);
	store_close(writer);
}

/* A database that may not grow stands for a disk that is full. */
static void test_full_disk(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	struct error error;

	execute(store, "CREATE TABLE filler (x)");
	execute(store, "PRAGMA max_page_count = 20");
	assert_true(store_begin(store, STORE_WRITE, &error));
	assert_false(store_execute(store, "INSERT INTO filler VALUES (zeroblob(1000000))", &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_non_null(strstr(error.message, "full"));
	assert_false(store_finish(store, false, &error));
	assert_int_equal(number(store, "SELECT count(*) FROM filler"), 0);
	assert_true(store_begin(store, STORE_WRITE, &error));
	execute(store, "INSERT INTO filler VALUES (1)");
	assert_true(store_commit(store, &error));
	store_close(store);
}

/* A statement that is not reset would keep its snapshot, and the log could never be emptied. */
static void test_query_ends_its_read(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	struct store *other = open_store(place->path);
	struct store_query query;
	struct error error;

	execute(other, "PRAGMA busy_timeout = 0");
	store_query_begin(&query, store, STORE_SCHEMA_COUNT);
	assert_true(store_query_step(&query));
	assert_true(store_query_number(&query, 0) > 0);
	execute(other, "CREATE TABLE more (x)");
	assert_int_equal(number(other, "PRAGMA wal_checkpoint(TRUNCATE)"), 1);
	assert_true(store_query_end(&query, &error));
	assert_int_equal(number(other, "PRAGMA wal_checkpoint(TRUNCATE)"), 0);
	store_close(other);
	store_close(store);
}

/* The same statement inside its own run is a bug, said to be one, and harms the outer run not. */
static void test_query_inside_itself(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	struct store_query outer;
	struct store_query inner;
	struct error error;

	store_query_begin(&outer, store, STORE_SCHEMA_COUNT);
	assert_true(store_query_step(&outer));
	store_query_begin(&inner, store, STORE_SCHEMA_COUNT);
	assert_false(store_query_step(&inner));
	assert_false(store_query_end(&inner, &error));
	assert_int_equal(error.kind, ERROR_SYSTEM);
	assert_true(store_query_number(&outer, 0) > 0);
	assert_false(store_query_step(&outer));
	assert_true(store_query_end(&outer, &error));
	store_close(store);
}

static void test_file_that_moved(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	char aside[SUPPORT_PATH + 64];
	struct error error;

	(void)snprintf(aside, sizeof(aside), "%s.aside", place->path);
	assert_int_equal(rename(place->path, aside), 0);
	assert_true(store_moved(store));
	assert_false(store_check(store, &error));
	assert_non_null(strstr(error.message, "moved or removed"));
	assert_int_equal(rename(aside, place->path), 0);
	assert_false(store_moved(store));
	assert_true(store_check(store, &error));
	store_close(store);
}

/* What rests on it being the same is a cache: it must change with every change there can be. */
static void test_version_tells_changes(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	struct store *other = open_store(place->path);
	struct error error;
	int64_t before = 0;
	int64_t now;

	execute(store, "CREATE TABLE t (x)");
	for (int round = 0; round < 20; round++) {
		assert_true(store_version(store, &now, &error));
		assert_true(now > before);
		before = now;
		assert_true(store_version(store, &now, &error));
		assert_int_equal(now, before);
		switch (round % 4) {
		case 0:
			execute(store, "INSERT INTO t VALUES (1)");
			break;
		case 1:
			execute(other, "UPDATE t SET x = x + 1");
			break;
		case 2:
			execute(other, "DELETE FROM t");
			execute(store, "INSERT INTO t VALUES (2)");
			break;
		default:
			store_close(store);
			store = open_store(place->path);
		}
	}
	store_close(other);
	store_close(store);
}

static int write_until_killed(const struct place *place)
{
	struct store *store = open_store(place->path);
	struct error error;

	while (store_begin(store, STORE_WRITE, &error)) {
		execute(store, "INSERT INTO kept SELECT coalesce(max(n), 0) + 1 FROM kept");
		execute(store, "UPDATE total SET n = n + 1");
		if (!store_commit(store, &error))
			return 1;
	}
	return 2;
}

/* A process dies between any two of its steps: what was committed is there, and it is whole. */
static void test_killed_writer(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);

	execute(store, "CREATE TABLE kept (n INTEGER PRIMARY KEY)");
	execute(store, "CREATE TABLE total (n INTEGER)");
	execute(store, "INSERT INTO total VALUES (0)");
	for (int round = 1; round <= 10; round++) {
		int64_t before = number(store, "SELECT n FROM total");
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			_exit(write_until_killed(place));
		while (number(store, "SELECT n FROM total") < before + 3)
			(void)usleep(100 * (useconds_t)round);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		assert_int_equal(number(store, "SELECT count(*) - total.n FROM kept, total"), 0);
		assert_int_equal(
			number(store, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"),
			1);
	}
	store_close(store);
}

/* A program that goes on without a database: it comes and goes, and is there again. */
static void test_ready_again(void **state)
{
	struct place *place = *state;
	struct store *store = NULL;
	struct store *same;
	struct error error;

	assert_int_equal(mkdir(place->path, 0755), 0);
	assert_false(store_ready(place->path, STORE_DURABLE_NORMAL, &store, &error));
	assert_null(store);
	assert_int_equal(rmdir(place->path), 0);
	assert_true(store_ready(place->path, STORE_DURABLE_NORMAL, &store, &error));
	same = store;
	assert_true(store_ready(place->path, STORE_DURABLE_NORMAL, &store, &error));
	assert_ptr_equal(store, same);
	execute(store, "CREATE TABLE old (x)");
	assert_int_equal(unlink(place->path), 0);
	assert_true(store_ready(place->path, STORE_DURABLE_NORMAL, &store, &error));
	assert_true(store_check(store, &error));
	assert_int_equal(number(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'old'"), 0);
	store_close(store);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_new_database),
		TEST(test_connection_is_set_up),
		TEST(test_tables_check_what_they_hold),
		TEST(test_newer_version_is_refused),
		TEST(test_foreign_database_is_refused),
		TEST(test_files_that_are_no_database),
		TEST(test_damaged_pages),
		TEST(test_directory_that_cannot_be_made),
		TEST(test_read_only_places),
		TEST(test_eight_processes_migrate_at_once),
		TEST(test_migrations_in_steps),
		TEST(test_how_long_a_lock_is_waited_for),
		TEST(test_failed_migration_is_undone),
		TEST(test_transactions_do_not_nest),
		TEST(test_writers_wait_and_readers_do_not),
		TEST(test_full_disk),
		TEST(test_query_ends_its_read),
		TEST(test_query_inside_itself),
		TEST(test_file_that_moved),
		TEST(test_version_tells_changes),
		TEST(test_killed_writer),
		TEST(test_ready_again),
	};

	(void)setenv("LOG_LEVEL", "error", 1);
	(void)log_open("test_store");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

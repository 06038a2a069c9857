/* Copies of the database: backups, restoring them, and what is kept before an upgrade. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "store/backup.h"
#include "store/connection.h"
#include "store/migrate.h"
#include "store/restore.h"
#include "support.h"

struct place {
	char directory[SUPPORT_PATH];
	char path[SUPPORT_PATH + 32];
	char copy[SUPPORT_PATH + 32];
	struct arena arena;
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return 1;
	support_directory_make(place->directory);
	(void)snprintf(place->path, sizeof(place->path), "%s/app.db", place->directory);
	(void)snprintf(place->copy, sizeof(place->copy), "%s/copy.db", place->directory);
	arena_init(&place->arena, (size_t)1 << 20);
	*state = place;
	return 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;

	support_directory_remove(place->directory);
	arena_free(&place->arena);
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

static void add_preset(struct store *store, int which)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO presets VALUES (printf('%%036d', %d), 'name %d', 'name %d', '{}',"
		" '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z')",
		which, which, which);
	execute(store, sql);
}

static int64_t preset_count(struct store *store)
{
	return number(store, "SELECT count(*) FROM presets");
}

static void backup(struct store *store, const char *path)
{
	struct error error = {0};

	if (!store_backup(store, path, &error))
		fail_msg("%s (%s)", error.message, error.cause);
}

/* How many files of the directory have `part` in their names; the last one's path is in `found`. */
static int files_with(const struct place *place, const char *part, char found[SUPPORT_PATH + 300])
{
	DIR *directory = opendir(place->directory);
	struct dirent *entry;
	int count = 0;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		if (!strstr(entry->d_name, part))
			continue;
		count++;
		(void)snprintf(found, SUPPORT_PATH + 300, "%s/%s", place->directory, entry->d_name);
	}
	(void)closedir(directory);
	return count;
}

static void test_backup_while_others_write(void **state)
{
	struct place *place = *state;
	struct store *writer = open_store(place->path);
	struct store *reader = open_store(place->path);
	struct store *copy;
	struct error error;

	add_preset(writer, 1);
	assert_true(store_begin(writer, STORE_WRITE, &error));
	add_preset(writer, 2);
	backup(reader, place->copy);
	assert_true(store_commit(writer, &error));
	copy = open_store(place->copy);
	assert_int_equal(preset_count(copy), 1);
	assert_true(store_is_whole(copy, &error));
	store_close(copy);
	assert_int_equal(preset_count(reader), 2);
	store_close(reader);
	store_close(writer);
}

static void test_backup_overwrites_nothing(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	struct error error = {0};
	char missing[SUPPORT_PATH + 64];
	char found[SUPPORT_PATH + 300];

	assert_true(file_write_atomic(AT_FDCWD, place->copy, TEXT("precious"), false));
	assert_false(store_backup(store, place->copy, &error));
	assert_non_null(strstr(error.message, "File exists"));
	assert_int_equal(files_with(place, ".part", found), 0);
	(void)snprintf(missing, sizeof(missing), "%s/missing/copy.db", place->directory);
	assert_false(store_backup(store, missing, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	store_close(store);
}

static void test_restore_under_open_connections(void **state)
{
	struct place *place = *state;
	struct store *open = open_store(place->path);
	struct store *kept_store;
	struct error error = {0};
	const char *kept;

	add_preset(open, 1);
	backup(open, place->copy);
	add_preset(open, 2);
	add_preset(open, 3);
	if (!store_restore(place->path, place->copy, &place->arena, &kept, &error))
		fail_msg("%s (%s)", error.message, error.cause);
	assert_int_equal(preset_count(open), 1);
	assert_false(store_moved(open));
	add_preset(open, 4);
	assert_true(store_is_whole(open, &error));
	assert_non_null(kept);
	kept_store = open_store(kept);
	assert_int_equal(preset_count(kept_store), 3);
	store_close(kept_store);
	store_close(open);
}

static void test_restore_where_nothing_was(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	char path[SUPPORT_PATH + 64];
	struct error error = {0};
	const char *kept;

	add_preset(store, 1);
	backup(store, place->copy);
	store_close(store);
	(void)snprintf(path, sizeof(path), "%s/new.db", place->directory);
	assert_true(store_restore(path, place->copy, &place->arena, &kept, &error));
	assert_null(kept);
	store = open_store(path);
	assert_int_equal(preset_count(store), 1);
	store_close(store);
}

static void assert_restore_refused(struct place *place, const char *why)
{
	struct store *store;
	struct error error = {0};
	const char *kept;
	char found[SUPPORT_PATH + 300];

	assert_false(store_restore(place->path, place->copy, &place->arena, &kept, &error));
	if (!strstr(error.message, why))
		fail_msg("%s (%s), expected: %s", error.message, error.cause, why);
	store = open_store(place->path);
	assert_int_equal(preset_count(store), 2);
	store_close(store);
	assert_int_equal(files_with(place, "before-restore", found), 0);
}

static void test_restore_refuses_what_is_no_backup(void **state)
{
	struct place *place = *state;
	struct store *store = open_store(place->path);
	char garbage[4096];
	int descriptor;

	add_preset(store, 1);
	add_preset(store, 2);
	store_close(store);
	assert_restore_refused(place, "cannot be read: No such file");

	assert_true(file_write_atomic(AT_FDCWD, place->copy,
		TEXT("name: not a database at all, but a text of more than a hundred bytes, so "
		     "that SQLite looks at its header"),
		false));
	assert_restore_refused(place, "is no SQLite database");
	assert_int_equal(unlink(place->copy), 0);

	store = open_store(place->copy);
	execute(store, "PRAGMA user_version = 99");
	store_close(store);
	assert_restore_refused(place, "newer release");
	assert_int_equal(unlink(place->copy), 0);

	store = open_store(place->path);
	backup(store, place->copy);
	store_close(store);
	memset(garbage, 0xa5, sizeof(garbage));
	descriptor = open(place->copy, O_WRONLY | O_CLOEXEC);
	assert_true(descriptor >= 0);
	assert_int_equal(
		pwrite(descriptor, garbage, sizeof(garbage), 2 * sizeof(garbage)), sizeof(garbage));
	assert_int_equal(close(descriptor), 0);
	assert_restore_refused(place, "is damaged");
}

static const struct store_migration STEPS[] = {
	{1, "0001_first.sql", "CREATE TABLE things (name TEXT) STRICT;"},
	{2, "0002_second.sql", "DELETE FROM things;"},
};

static bool open_steps(const char *path, size_t count, struct store **store)
{
	struct error error = {0};

	return store_connect(path, STORE_DURABLE_NORMAL, store, &error) &&
	       store_recognise(*store, count, &error) &&
	       store_configure(*store, STORE_DURABLE_NORMAL, &error) &&
	       store_migrate(*store, STEPS, count, &error);
}

static void test_upgrade_keeps_the_old_database(void **state)
{
	struct place *place = *state;
	char found[SUPPORT_PATH + 300];
	struct store *store;

	assert_true(open_steps(place->path, 1, &store));
	execute(store, "INSERT INTO things VALUES ('kept')");
	store_close(store);
	assert_int_equal(files_with(place, ".version-", found), 0);
	assert_true(open_steps(place->path, 2, &store));
	assert_int_equal(number(store, "SELECT count(*) FROM things"), 0);
	store_close(store);
	assert_int_equal(files_with(place, ".version-1-", found), 1);
	assert_true(open_steps(found, 1, &store));
	assert_int_equal(number(store, "SELECT count(*) FROM things WHERE name = 'kept'"), 1);
	store_close(store);
	assert_true(open_steps(place->path, 2, &store));
	store_close(store);
	assert_int_equal(files_with(place, ".version-1-20", found), 1);
}

/* Pools of processes meet the old database at the same moment. */
static void test_eight_processes_upgrade_at_once(void **state)
{
	struct place *place = *state;
	char found[SUPPORT_PATH + 300];
	struct store *store;
	pid_t children[8];
	int gate[2];

	assert_true(open_steps(place->path, 1, &store));
	execute(store, "INSERT INTO things VALUES ('kept')");
	store_close(store);
	assert_int_equal(pipe2(gate, O_CLOEXEC), 0);
	for (int i = 0; i < 8; i++) {
		char byte;

		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0) {
			(void)close(gate[1]);
			_exit(read(gate[0], &byte, 1) == 0 && open_steps(place->path, 2, &store)
					? 0
					: 1);
		}
	}
	assert_int_equal(close(gate[0]), 0);
	assert_int_equal(close(gate[1]), 0);
	for (int i = 0; i < 8; i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(files_with(place, ".part", found), 0);
	assert_int_equal(files_with(place, ".version-1-", found), 1);
	assert_true(open_steps(found, 1, &store));
	assert_int_equal(number(store, "SELECT count(*) FROM things WHERE name = 'kept'"), 1);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_backup_while_others_write, make_place, remove_place),
		cmocka_unit_test_setup_teardown(
			test_backup_overwrites_nothing, make_place, remove_place),
		cmocka_unit_test_setup_teardown(
			test_restore_under_open_connections, make_place, remove_place),
		cmocka_unit_test_setup_teardown(
			test_restore_where_nothing_was, make_place, remove_place),
		cmocka_unit_test_setup_teardown(
			test_restore_refuses_what_is_no_backup, make_place, remove_place),
		cmocka_unit_test_setup_teardown(
			test_upgrade_keeps_the_old_database, make_place, remove_place),
		cmocka_unit_test_setup_teardown(
			test_eight_processes_upgrade_at_once, make_place, remove_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

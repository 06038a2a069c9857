/* What is different on file systems of other machines: no events, no shared memory of databases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file_system.h"
#include "library/watch.h"
#include "store/connection.h"
#include "store/watch.h"
#include "support.h"

#define CHECKPOINT "a-step00000010.safetensors"

/* --- A file system that a test cannot mount ------------------------------------------------------
 */

static struct {
	const char *path; /* NULL: none is pretended */
	uint32_t magic;
} remote;

int __real_fstatfs(int descriptor, struct statfs *status);
int __wrap_fstatfs(int descriptor, struct statfs *status);

/* Says that what lies at or below the remote path is of its file system. */
int __wrap_fstatfs(int descriptor, struct statfs *status)
{
	char link[64];
	char path[1024];
	ssize_t length;
	int result = __real_fstatfs(descriptor, status);

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	length = readlink(link, path, sizeof(path));
	if (remote.path && length > 0 &&
		text_starts_with((struct text){path, (size_t)length}, text_from(remote.path)))
		status->f_type = (__fsword_t)remote.magic;
	return result;
}

/* --- The world -----------------------------------------------------------------------------------
 */

struct world {
	char directory[SUPPORT_PATH];
	char samples[SUPPORT_PATH + 16];
	char checkpoints[SUPPORT_PATH + 16];
	char database[SUPPORT_PATH + 16];
	const char *checkpoint_dirs[1];
	struct config config;
	size_t runs_changed;
	size_t images_added;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	if (!world)
		return 1;
	support_directory_make(world->directory);
	(void)snprintf(world->samples, sizeof(world->samples), "%s/samples", world->directory);
	(void)snprintf(
		world->checkpoints, sizeof(world->checkpoints), "%s/checkpoints", world->directory);
	(void)snprintf(world->database, sizeof(world->database), "%s/app.db", world->directory);
	support_write(world->directory, "checkpoints/" CHECKPOINT, TEXT("x"));
	support_write(world->directory, "samples/" CHECKPOINT "/seed=1.png", TEXT("x"));
	world->checkpoint_dirs[0] = world->checkpoints;
	world->config = (struct config){.checkpoint_dirs = world->checkpoint_dirs,
		.checkpoint_dir_count = 1,
		.sample_dir = world->samples,
		.watch = CONFIG_WATCH_AUTO};
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	remote.path = NULL;
	support_directory_remove(world->directory);
	free(world);
	return 0;
}

static void take_line(void *context, struct text line, const uint64_t *runs, size_t count)
{
	struct world *world = context;

	(void)runs;
	(void)count;
	if (memmem(line.at, line.length, "image_added", strlen("image_added")))
		world->images_added++;
	if (memmem(line.at, line.length, "runs_changed", strlen("runs_changed")))
		world->runs_changed++;
}

static void run_once(struct library_watch *watch)
{
	struct pollfd waiting = {library_watch_descriptor(watch), POLLIN, 0};
	int64_t left = library_watch_deadline(watch) - clock_monotonic();

	(void)poll(&waiting, 1, left > 100000000 ? 100 : left > 0 ? (int)(left / 1000000) + 1 : 0);
	assert_true(library_watch_run(watch));
}

static void assert_method(struct world *world, const char *method)
{
	struct library_watch *watch = library_watch_open(&world->config, take_line, world);

	assert_non_null(watch);
	assert_string_equal(library_watch_method(watch), method);
	library_watch_close(watch);
}

/* --- Directories ---------------------------------------------------------------------------------
 */

static void network_file_systems_have_names(void **state)
{
	static const struct {
		uint32_t magic;
		const char *name;
	} cases[] = {
		{NFS_SUPER_MAGIC, "NFS"},
		{SMB_SUPER_MAGIC, "SMB"},
		{0xff534d42, "CIFS"},
		{0xfe534d42, "SMB2"},
		{FUSE_SUPER_MAGIC, "FUSE"},
		{V9FS_MAGIC, "9P"},
		{CEPH_SUPER_MAGIC, "Ceph"},
		{EXT4_SUPER_MAGIC, NULL},
		{BTRFS_SUPER_MAGIC, NULL},
		{OVERLAYFS_SUPER_MAGIC, NULL},
		{TMPFS_MAGIC, NULL},
	};
	struct world *world = *state;
	int descriptor = open(world->samples, O_PATH | O_DIRECTORY | O_CLOEXEC);

	remote.path = world->samples;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name;

		remote.magic = cases[i].magic;
		name = file_system_network(descriptor);
		if (cases[i].name)
			assert_string_equal(name, cases[i].name);
		else
			assert_null(name);
	}
	(void)close(descriptor);
	assert_null(file_system_network(descriptor));
}

static void samples_on_a_network_drive_are_polled(void **state)
{
	struct world *world = *state;

	assert_method(world, "inotify");
	remote.path = world->samples;
	remote.magic = CIFS_SUPER_MAGIC;
	assert_method(world, "poll");
	world->config.watch = CONFIG_WATCH_INOTIFY;
	assert_method(world, "inotify");
}

static void checkpoints_on_a_network_drive_are_polled_and_samples_are_not(void **state)
{
	struct world *world = *state;
	struct library_watch *watch;

	remote.path = world->checkpoints;
	remote.magic = NFS_SUPER_MAGIC;
	watch = library_watch_open(&world->config, take_line, world);
	assert_non_null(watch);
	assert_string_equal(library_watch_method(watch), "inotify");
	assert_false(library_watch_polls(watch));
	support_write(world->directory, "checkpoints/b.safetensors", TEXT("x"));
	while (world->runs_changed == 0)
		run_once(watch);
	support_write(world->directory, "samples/" CHECKPOINT "/seed=2.png", TEXT("x"));
	while (world->images_added == 0)
		run_once(watch);
	library_watch_close(watch);
}

/* --- The database --------------------------------------------------------------------------------
 */

static struct store *open_store(const struct world *world)
{
	struct store *store = NULL;
	struct error error = {0};

	if (!store_open(world->database, STORE_DURABLE_NORMAL, &store, &error))
		fail_msg("%s (%s)", error.message, error.cause);
	return store;
}

static int64_t number(struct store *store, const char *sql)
{
	struct error error;
	int64_t value = -1;

	assert_true(store_read_number(store, sql, &value, &error));
	return value;
}

/* Waits until a look at the database is advised. */
static void wait_for_wake_up(struct store_watch *watch)
{
	struct pollfd waiting = {store_watch_descriptor(watch), POLLIN, 0};

	do
		assert_int_equal(poll(&waiting, 1, 60000), 1);
	while (!store_watch_take(watch));
}

static void a_database_on_a_network_drive_has_a_journal_that_works_there(void **state)
{
	struct world *world = *state;
	struct store_watch *watch = store_watch_open(world->database);
	struct store *one;
	struct store *other;
	struct error error;
	int64_t before;
	int64_t after;

	assert_non_null(watch);
	remote.path = world->directory;
	remote.magic = CIFS_SUPER_MAGIC;
	one = open_store(world);
	other = open_store(world);
	assert_int_equal(number(one, "SELECT journal_mode = 'delete' FROM pragma_journal_mode"), 1);
	assert_int_equal(number(one, "PRAGMA synchronous"), 2);
	assert_true(store_version(one, &before, &error));
	(void)store_watch_take(watch);
	assert_false(store_watch_take(watch));
	assert_true(store_execute(other, "CREATE TABLE change (x)", &error));
	wait_for_wake_up(watch);
	assert_true(store_version(one, &after, &error));
	assert_int_not_equal(before, after);
	store_close(one);
	store_close(other);
	store_watch_close(watch);
}

/* Back on a local disk, it takes the faster one again. */
static void a_database_that_was_moved_to_a_local_disk_has_the_usual_journal(void **state)
{
	struct world *world = *state;
	struct store *store;

	remote.path = world->directory;
	remote.magic = FUSE_SUPER_MAGIC;
	store_close(open_store(world));
	remote.path = NULL;
	store = open_store(world);
	assert_int_equal(number(store, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
	store_close(store);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(network_file_systems_have_names),
		TEST(samples_on_a_network_drive_are_polled),
		TEST(checkpoints_on_a_network_drive_are_polled_and_samples_are_not),
		TEST(a_database_on_a_network_drive_has_a_journal_that_works_there),
		TEST(a_database_that_was_moved_to_a_local_disk_has_the_usual_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

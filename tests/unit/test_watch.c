/*
 * The watch over the directories: one table of cases, each by inotify and by polling. Every case
 * compares all that was told, up to an event of its own at the end: what should stay untold would
 * stand between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "library/collect.h"
#include "library/watch.h"
#include "naming/checkpoint.h"
#include "store/watch.h"
#include "support.h"

#define PATIENCE (120 * INT64_C(1000000000)) /* for what must come; nothing is timed by it */
#define LINES	 4096
#define RUN_A	 "a-step00000010.safetensors"
#define RUN_B	 "a-step00000020.safetensors"

/* The bytes of a picture: its end is what the watch looks at. */
static const char PNG_HEAD[] = "\x89PNG\r\n\x1a\n............";
static const char PNG_END[] = "\0\0\0\0IEND\xae\x42\x60\x82";

static struct {
	enum config_watch method;
	char directory[SUPPORT_PATH];
	char samples[SUPPORT_PATH + 16];
	char checkpoints[SUPPORT_PATH + 16];
	const char *checkpoint_dirs[1];
	struct config config;
	struct library_watch *watch;
	char *lines[LINES];
	size_t count;
	size_t ends; /* events of our own so far */
	bool has_long_names;
	bool is_slow;
	atomic_size_t opened; /* directories, while it is slow */
	const char *broken;   /* the entry at which a directory cannot be read on */
	const char *closed;   /* the directory that nobody is permitted to open */
} world;

/* --- File systems of other kinds ---------------------------------------------------------------
 */

#define SHORT_NAME "short=1.png"
#define LONG_NAME  765 /* bytes of a name on FAT or SMB: 255 UTF-16 units as UTF-8 */

static struct {
	struct dirent entry;
	char more[1024];
} longer;

struct dirent *__real_readdir(DIR *stream);
struct dirent *__wrap_readdir(DIR *stream);
int __real_openat(int at, const char *path, int flags, mode_t mode);
int __wrap_openat(int at, const char *path, int flags, mode_t mode);
int __real_fstatat(int at, const char *path, struct stat *status, int flags);
int __wrap_fstatat(int at, const char *path, struct stat *status, int flags);

/* Also lists SHORT_NAME under a name as long as Linux's own file systems have none. */
struct dirent *__wrap_readdir(DIR *stream)
{
	struct dirent *entry = __real_readdir(stream);
	char *name = (char *)&longer + offsetof(struct dirent, d_name);

	if (world.broken && entry && strcmp(entry->d_name, world.broken) == 0) {
		errno = EIO;
		return NULL;
	}
	if (!world.has_long_names || !entry || strcmp(entry->d_name, SHORT_NAME) != 0)
		return entry;
	longer.entry = *entry;
	(void)snprintf(name, LONG_NAME + 1, "long=%0*d.png", LONG_NAME - 9, 1);
	return &longer.entry;
}

/* Opens directories as a drive does whose disks sleep. */
int __wrap_openat(int at, const char *path, int flags, mode_t mode)
{
	if (world.closed && strcmp(path, world.closed) == 0) {
		errno = EACCES;
		return -1;
	}
	if (world.is_slow && (flags & O_DIRECTORY) && (flags & O_NOFOLLOW)) {
		world.opened++;
		(void)usleep(5000);
	}
	return __real_openat(at, path, flags, mode);
}

int __wrap_fstatat(int at, const char *path, struct stat *status, int flags)
{
	if (world.has_long_names && strlen(path) == LONG_NAME)
		path = SHORT_NAME;
	return __real_fstatat(at, path, status, flags);
}

/* --- The world ---------------------------------------------------------------------------------
 */

static void take_line(void *context, struct text line, const uint64_t *runs, size_t count)
{
	(void)context;
	(void)runs;
	(void)count;
	assert_true(world.count < LINES);
	world.lines[world.count++] = strndup(line.at, line.length);
}

static void forget_lines(void)
{
	while (world.count)
		free(world.lines[--world.count]);
}

static void path_of(char path[static 1024], const char *name)
{
	int length = snprintf(path, 1024, "%s/%s", world.directory, name);

	assert_true(length > 0 && length < 1024);
}

static void make_directory(const char *name)
{
	char path[1024];

	path_of(path, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

static int open_file(const char *name, int flags)
{
	char path[1024];
	int descriptor;

	path_of(path, name);
	descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
	assert_true(descriptor >= 0);
	return descriptor;
}

static void put(int descriptor, const char *bytes, size_t length)
{
	assert_int_equal(write(descriptor, bytes, length), length);
}

/* Writes a whole picture with `filler` bytes in its middle. */
static void write_picture(const char *name, size_t filler)
{
	int descriptor = open_file(name, O_TRUNC);

	put(descriptor, PNG_HEAD, sizeof(PNG_HEAD) - 1);
	for (size_t i = 0; i < filler; i++)
		put(descriptor, "+", 1);
	put(descriptor, PNG_END, sizeof(PNG_END) - 1);
	assert_int_equal(close(descriptor), 0);
}

static void write_checkpoint(const char *name)
{
	assert_int_equal(close(open_file(name, 0)), 0);
}

static void move(const char *from, const char *to)
{
	char a[1024];
	char b[1024];

	path_of(a, from);
	path_of(b, to);
	assert_int_equal(rename(a, b), 0);
}

static void delete_file(const char *name)
{
	char path[1024];

	path_of(path, name);
	assert_int_equal(unlink(path), 0);
}

static void delete_tree(const char *name)
{
	char path[1024];

	path_of(path, name);
	support_directory_remove(path);
}

/* Lets a file look as if written `seconds` after 2020. */
static void set_time(const char *name, time_t seconds)
{
	const struct timespec times[] = {{1577836800 + seconds, 0}, {1577836800 + seconds, 0}};
	char path[1024];

	path_of(path, name);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Waits for what the watch waits for, and lets it run. */
static void run_once(void)
{
	struct pollfd waiting = {library_watch_descriptor(world.watch), POLLIN, 0};
	int64_t left = library_watch_deadline(world.watch) - clock_monotonic();
	int pause = left > 100000000 ? 100 : left > 0 ? (int)(left / 1000000) + 1 : 0;

	(void)poll(&waiting, 1, pause);
	assert_true(library_watch_run(world.watch));
}

static size_t count_lines(const char *part)
{
	size_t count = 0;

	for (size_t i = 0; i < world.count; i++)
		count += strstr(world.lines[i], part) != NULL;
	return count;
}

static void wait_for(const char *part, size_t count)
{
	int64_t end = clock_monotonic() + PATIENCE;

	while (count_lines(part) < count) {
		run_once();
		if (clock_monotonic() > end)
			fail_msg("never told %zu times: %s", count, part);
	}
}

/* Makes an event of our own and waits for it: all that came before has been told then. */
static void end_of_story(void)
{
	char name[128];

	world.ends++;
	(void)snprintf(name, sizeof(name), "samples/" RUN_A "/end=%zu.png", world.ends);
	write_picture(name, 0);
	(void)snprintf(name, sizeof(name), "\"end\":\"%zu\"", world.ends);
	wait_for(name, 1);
}

/* A line in short: "+path {dimensions} [runs]", "-path [runs]", "/path", or its type. */
static void shorten(struct arena *arena, const char *line, struct buffer *out)
{
	struct error error;
	const struct json *json = json_parse(arena, text_from(line), 8, &error);
	const struct json *path = json_member(json, "path");
	const struct json *dimensions = json_member(json, "dimensions");
	const struct json *runs = json_member(json, "training_run_ids");
	const struct json *type = json_member(json, "type");

	assert_non_null(json);
	if (!path) {
		buffer_append(out, type->string);
		return;
	}
	buffer_append_string(out, dimensions ? "+" : runs ? "-" : "/");
	buffer_append(out, path->string);
	for (const struct json *at = dimensions ? dimensions->first : NULL; at; at = at->next)
		buffer_printf(
			out, " %.*s:%.*s", TEXT_ARGUMENTS(at->name), TEXT_ARGUMENTS(at->string));
	if (dimensions)
		assert_true(json_member(json, "version")->string.length > 0);
	if (runs)
		buffer_printf(out, " %zu", runs->count);
}

/* All lines since the last time, an event of our own excepted. */
static void assert_told(const char *expected)
{
	struct arena arena;
	struct buffer told;

	end_of_story();
	arena_init(&arena, 1 << 20);
	buffer_init(&told, 1 << 20);
	for (size_t i = 0; i < world.count; i++) {
		if (strstr(world.lines[i], "\"end\":"))
			continue;
		shorten(&arena, world.lines[i], &told);
		buffer_append_byte(&told, '\n');
	}
	buffer_append_byte(&told, '\0');
	assert_string_equal(told.bytes, expected);
	buffer_free(&told);
	arena_free(&arena);
	forget_lines();
}

static void open_watch(void)
{
	world.watch = library_watch_open(&world.config, take_line, NULL);
	assert_non_null(world.watch);
	while (!library_watch_is_ready(world.watch))
		run_once();
}

static int set_up(void **state)
{
	const enum config_watch *method = *state;

	memset(&world, 0, sizeof(world));
	support_directory_make(world.directory);
	(void)snprintf(world.samples, sizeof(world.samples), "%s/samples", world.directory);
	(void)snprintf(
		world.checkpoints, sizeof(world.checkpoints), "%s/checkpoints", world.directory);
	world.checkpoint_dirs[0] = world.checkpoints;
	world.config.checkpoint_dirs = world.checkpoint_dirs;
	world.config.checkpoint_dir_count = 1;
	world.config.sample_dir = world.samples;
	world.method = *method;
	world.config.watch = *method;
	world.config.watch_seconds = 0; /* no pause between rounds of polling */
	make_directory("samples");
	make_directory("checkpoints");
	write_checkpoint("checkpoints/" RUN_A);
	write_checkpoint("checkpoints/" RUN_B);
	make_directory("samples/" RUN_A);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	library_watch_close(world.watch);
	forget_lines();
	support_directory_remove(world.directory);
	return 0;
}

/* --- Files -------------------------------------------------------------------------------------
 */

static void test_a_written_file_is_told_in_full(void **state)
{
	static const char start[] = "{\"type\":\"image_added\",\"path\":\"" RUN_A
				    "/seed=1&prompt=a+b%26c&_00002_.png\",\"dimensions\":"
				    "{\"checkpoint\":\"10\",\"seed\":\"1\",\"prompt\":\"a b&c\"},"
				    "\"version\":\"";
	char id[NAMING_RUN_ID_SIZE];
	char end[64];
	struct text line;

	(void)state;
	open_watch();
	write_picture("samples/" RUN_A "/seed=1&prompt=a+b%26c&_00002_.png", 5);
	wait_for("image_added", 1);
	naming_run_id(TEXT("a"), id);
	(void)snprintf(end, sizeof(end), "\",\"training_run_ids\":[\"%s\"]}", id);
	line = text_from(world.lines[0]);
	assert_true(text_starts_with(line, text_from(start)));
	assert_true(text_ends_with(line, text_from(end)));
	forget_lines();
	assert_told("");
}

static void test_half_a_file_is_never_told(void **state)
{
	int descriptor;

	(void)state;
	open_watch();
	descriptor = open_file("samples/" RUN_A "/seed=1.png", 0);
	assert_told("");
	put(descriptor, PNG_HEAD, sizeof(PNG_HEAD) - 1);
	assert_told("");
	assert_true(library_watch_reconcile(world.watch));
	assert_told("");
	put(descriptor, PNG_END, sizeof(PNG_END) - 1);
	assert_int_equal(close(descriptor), 0);
	wait_for("seed", 1);
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
}

static void test_half_a_file_that_was_given_up_is_not_told_before_it_is_whole(void **state)
{
	int descriptor;

	(void)state;
	open_watch();
	descriptor = open_file("samples/" RUN_A "/seed=1.png", 0);
	put(descriptor, PNG_HEAD, sizeof(PNG_HEAD) - 1);
	assert_int_equal(close(descriptor), 0);
	assert_told("");
	move("samples/" RUN_A "/seed=1.png", "samples/" RUN_A "/seed=2.png");
	assert_told("");
	descriptor = open_file("samples/" RUN_A "/seed=2.png", O_APPEND);
	put(descriptor, PNG_END, sizeof(PNG_END) - 1);
	assert_int_equal(close(descriptor), 0);
	wait_for("seed", 1);
	assert_told("+" RUN_A "/seed=2.png checkpoint:10 seed:2 1\n");
	/* What is shown stays until another is whole. */
	descriptor = open_file("samples/" RUN_A "/seed=2.png", O_TRUNC);
	put(descriptor, PNG_HEAD, sizeof(PNG_HEAD) - 1);
	assert_int_equal(close(descriptor), 0);
	assert_told("");
	write_picture("samples/" RUN_A "/seed=2.png", 3);
	wait_for("seed", 1);
	assert_told("+" RUN_A "/seed=2.png checkpoint:10 seed:2 1\n");
}

/* A whole picture, its chunks as they are in a file. */
static const char PNG_CHUNKS[] = "\x89PNG\r\n\x1a\n"
				 "\0\0\0\4tEXtIEND\1\2\3\4"
				 "\0\0\0\0IEND\xae\x42\x60\x82";

static void test_a_picture_with_more_behind_its_end_is_told(void **state)
{
	const size_t end = sizeof(PNG_CHUNKS) - 1 - 12;
	int descriptor;

	(void)state;
	open_watch();
	descriptor = open_file("samples/" RUN_A "/seed=1.png", 0);
	/* The word alone is no end. */
	put(descriptor, PNG_CHUNKS, end);
	assert_told("");
	put(descriptor, PNG_CHUNKS + end, 12);
	put(descriptor, "a trailer of another program", 28);
	assert_int_equal(close(descriptor), 0);
	wait_for("\"seed\"", 1);
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
}

static void test_a_renamed_file_is_told_once(void **state)
{
	(void)state;
	open_watch();
	write_picture("samples/" RUN_A "/.seed=1.png.part", 0);
	assert_told("");
	move("samples/" RUN_A "/.seed=1.png.part", "samples/" RUN_A "/seed=1.png");
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
	write_picture("outside.png", 0);
	move("outside.png", "samples/" RUN_A "/seed=2.png");
	assert_told("+" RUN_A "/seed=2.png checkpoint:10 seed:2 1\n");
}

static void test_what_is_no_image_is_not_told(void **state)
{
	char path[1024];
	char target[1024];

	(void)state;
	write_picture("target.png", 0);
	open_watch();
	path_of(path, "samples/" RUN_A "/seed=1.png");
	path_of(target, "target.png");
	assert_int_equal(symlink(target, path), 0);
	path_of(path, "samples/" RUN_A "/seed=2.png");
	assert_int_equal(mkfifo(path, 0644), 0);
	make_directory("samples/" RUN_A "/seed=3.png");
	write_picture("samples/" RUN_A "/notes.txt", 0);
	write_picture("samples/" RUN_A "/plain.png", 0);
	write_picture("samples/" RUN_A "/.seed=4.png", 0);
	write_picture("samples/" RUN_A "/seed=\xff.png", 0);
	write_picture("samples/seed=5.png", 0);
	make_directory("samples/elsewhere");
	write_picture("samples/elsewhere/seed=6.png", 0);
	assert_int_equal(close(open_file("samples/" RUN_A "/seed=7.png", 0)), 0);
	assert_told("");
}

static void test_a_name_that_is_too_long_is_not_told(void **state)
{
	struct library_collected collected = {.name = "samples/" RUN_A};
	int directory = open(world.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	world.has_long_names = true;
	write_picture("samples/" RUN_A "/" SHORT_NAME, 0);
	open_watch();
	delete_file("samples/" RUN_A "/" SHORT_NAME);
	assert_told("");
	write_picture("samples/" RUN_A "/" SHORT_NAME, 0);
	library_collect(directory, &collected, 1);
	assert_int_equal(collected.count, 2);
	assert_int_equal(collected.entries[1].name_length, LONG_NAME);
	assert_int_equal(collected.entries[1].kind, LIBRARY_UNREADABLE);
	assert_int_equal(collected.entries[1].size, ENAMETOOLONG);
	library_collected_free(&collected, 1);
	(void)close(directory);
	assert_told("");
}

static void test_a_replaced_file_is_told_with_another_version(void **state)
{
	char *first;

	(void)state;
	open_watch();
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	wait_for("image_added", 1);
	first = strdup(world.lines[0]);
	forget_lines();
	write_picture("samples/" RUN_A "/seed=1.png", 1);
	wait_for("seed", 1);
	assert_string_not_equal(world.lines[0], first);
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
	write_picture("samples/" RUN_A "/new", 2);
	move("samples/" RUN_A "/new", "samples/" RUN_A "/seed=1.png");
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
	free(first);
}

static void test_a_file_that_was_there_is_told_only_when_written(void **state)
{
	int descriptor;

	(void)state;
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	descriptor = open_file("samples/" RUN_A "/seed=2.png", 0);
	put(descriptor, PNG_HEAD, sizeof(PNG_HEAD) - 1);
	open_watch();
	assert_told("");
	put(descriptor, PNG_END, sizeof(PNG_END) - 1);
	assert_int_equal(close(descriptor), 0);
	wait_for("seed", 1);
	assert_told("+" RUN_A "/seed=2.png checkpoint:10 seed:2 1\n");
}

/* A client may have scanned it while it was half; but each version is told once. */
static void test_a_file_that_is_closed_after_the_first_look_is_told(void **state)
{
	int descriptor;

	(void)state;
	descriptor = open_file("samples/" RUN_A "/seed=1.png", 0);
	put(descriptor, PNG_HEAD, sizeof(PNG_HEAD) - 1);
	put(descriptor, PNG_END, sizeof(PNG_END) - 1);
	open_watch();
	assert_told("");
	assert_int_equal(close(descriptor), 0);
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
	assert_int_equal(close(open_file("samples/" RUN_A "/seed=1.png", 0)), 0);
	assert_told("");
}

static void test_removed_files_are_told(void **state)
{
	(void)state;
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	write_picture("samples/" RUN_A "/seed=2.png", 0);
	open_watch();
	delete_file("samples/" RUN_A "/seed=1.png");
	assert_told("-" RUN_A "/seed=1.png 1\n");
	move("samples/" RUN_A "/seed=2.png", "outside.png");
	assert_told("-" RUN_A "/seed=2.png 1\n");
	move("outside.png", "samples/" RUN_A "/seed=2.png");
	assert_told("+" RUN_A "/seed=2.png checkpoint:10 seed:2 1\n");
}

static void test_many_files_are_told_once_each(void **state)
{
	char name[128];

	(void)state;
	open_watch();
	for (int i = 0; i < 500; i++) {
		(void)snprintf(name, sizeof(name), "samples/" RUN_A "/seed=%d.png", i);
		write_picture(name, 0);
	}
	wait_for("\"seed\"", 500);
	end_of_story();
	assert_int_equal(world.count, 501);
	for (int i = 0; i < 500; i++) {
		(void)snprintf(name, sizeof(name), "/seed=%d.png\"", i);
		assert_int_equal(count_lines(name), 1);
	}
	forget_lines();
	for (int i = 0; i < 500; i++) {
		(void)snprintf(name, sizeof(name), "samples/" RUN_A "/seed=%d.png", i);
		delete_file(name);
	}
	wait_for("image_removed", 500);
	end_of_story();
	assert_int_equal(world.count, 501);
}

/* --- Cells -------------------------------------------------------------------------------------
 */

static void test_the_highest_counter_stands_for_the_cell(void **state)
{
	(void)state;
	open_watch();
	write_picture("samples/" RUN_A "/seed=1&_00009_.png", 0);
	assert_told("+" RUN_A "/seed=1&_00009_.png checkpoint:10 seed:1 1\n");
	write_picture("samples/" RUN_A "/seed=1&_00002_.png", 0);
	assert_told("");
	write_picture("samples/" RUN_A "/seed=1&_00010_.png", 0);
	assert_told("+" RUN_A "/seed=1&_00010_.png checkpoint:10 seed:1 1\n");
	delete_file("samples/" RUN_A "/seed=1&_00009_.png");
	assert_told("");
	delete_file("samples/" RUN_A "/seed=1&_00010_.png");
	assert_told("-" RUN_A "/seed=1&_00010_.png 1\n"
		    "+" RUN_A "/seed=1&_00002_.png checkpoint:10 seed:1 1\n");
	delete_file("samples/" RUN_A "/seed=1&_00002_.png");
	assert_told("-" RUN_A "/seed=1&_00002_.png 1\n");
}

static void test_the_order_of_pairs_makes_no_cell(void **state)
{
	(void)state;
	write_picture("samples/" RUN_A "/a=1&b=2&_00005_.png", 0);
	open_watch();
	write_picture("samples/" RUN_A "/b=2&a=1&_00004_.png", 0);
	assert_told("");
	write_picture("samples/" RUN_A "/b=2&a=1&_00006_.png", 0);
	assert_told("+" RUN_A "/b=2&a=1&_00006_.png checkpoint:10 b:2 a:1 1\n");
	write_picture("samples/" RUN_A "/b=1&a=2&_00007_.png", 0);
	assert_told("+" RUN_A "/b=1&a=2&_00007_.png checkpoint:10 b:1 a:2 1\n");
}

static void test_without_a_counter_the_newer_stands_for_the_cell(void **state)
{
	(void)state;
	write_picture("samples/" RUN_A "/seed=1&_00001_.png", 0);
	set_time("samples/" RUN_A "/seed=1&_00001_.png", 100);
	open_watch();
	write_picture("old.png", 0);
	set_time("old.png", 50);
	move("old.png", "samples/" RUN_A "/seed=1.png");
	assert_told("");
	write_picture("new.png", 0);
	set_time("new.png", 100);
	move("new.png", "samples/" RUN_A "/seed=1.png");
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
	delete_file("samples/" RUN_A "/seed=1.png");
	assert_told("-" RUN_A "/seed=1.png 1\n"
		    "+" RUN_A "/seed=1&_00001_.png checkpoint:10 seed:1 1\n");
}

/* While it looks, others have to be served: no single run looks at all directories. */
static void test_a_slow_drive_is_looked_at_in_slices(void **state)
{
	enum { COUNT = 100 };
	char name[128];
	size_t most = 0;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(name, sizeof(name), "samples/b-step%05d.safetensors", i);
		make_directory(name);
	}
	open_watch();
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(name, sizeof(name), "samples/b-step%05d.safetensors/x=1.png", i);
		write_picture(name, 0);
	}
	world.is_slow = true;
	if (world.method == CONFIG_WATCH_INOTIFY)
		assert_true(library_watch_reconcile(world.watch));
	while (count_lines("\"x\"") < COUNT || world.opened < COUNT) {
		size_t before = world.opened;

		run_once();
		if (world.opened - before > most)
			most = world.opened - before;
	}
	world.is_slow = false;
	assert_true(most < COUNT);
	assert_int_equal(world.count, COUNT);
}

enum { SLOW_COUNT = 200 };

/* Opens the watch on SLOW_COUNT directories, a picture in each if wanted, that take long to look
 * at. */
static void begin_a_slow_look(bool with_pictures)
{
	char name[128];

	for (int i = 0; i < SLOW_COUNT; i++) {
		(void)snprintf(name, sizeof(name), "samples/b-step%05d.safetensors", i);
		make_directory(name);
		(void)snprintf(name, sizeof(name), "samples/b-step%05d.safetensors/x=1.png", i);
		if (with_pictures)
			write_picture(name, 0);
	}
	world.is_slow = true;
	world.watch = library_watch_open(&world.config, take_line, NULL);
	assert_non_null(world.watch);
	assert_false(library_watch_is_ready(world.watch));
}

/* A client that connects meanwhile is greeted, and is told that nothing is watched for yet. */
static void test_a_first_look_at_a_slow_drive_is_sliced(void **state)
{
	size_t most;

	(void)state;
	begin_a_slow_look(true);
	most = world.opened;
	while (!library_watch_is_ready(world.watch)) {
		size_t before = world.opened;

		run_once();
		if (world.opened - before > most)
			most = world.opened - before;
	}
	world.is_slow = false;
	assert_true(world.opened >= SLOW_COUNT);
	assert_true(most < SLOW_COUNT / 2);
	/* What was there is known, and nothing of it is told. */
	assert_told("");
	delete_file("samples/b-step00007.safetensors/x=1.png");
	wait_for("image_removed", 1);
	assert_told("-b-step00007.safetensors/x=1.png 0\n");
}

/* Whoever is told of what happens meanwhile would be told of it twice, or of half of it. */
static void test_what_happens_during_a_first_look_is_part_of_it(void **state)
{
	(void)state;
	begin_a_slow_look(false);
	write_picture("samples/b-step00199.safetensors/x=1.png", 0);
	delete_tree("samples/b-step00198.safetensors");
	make_directory("samples/b-step00198.safetensors");
	write_picture("samples/b-step00198.safetensors/x=1.png", 0);
	while (!library_watch_is_ready(world.watch))
		run_once();
	world.is_slow = false;
	assert_told("");
	write_picture("samples/b-step00199.safetensors/x=2.png", 0);
	wait_for("\"x\":\"2\"", 1);
	assert_told("+b-step00199.safetensors/x=2.png x:2 0\n");
}

/* As when a drive is mounted anew: the look begins again, and nothing that was there is told. */
static void test_a_first_look_survives_that_the_directory_is_away(void **state)
{
	(void)state;
	begin_a_slow_look(true);
	move("samples", "away");
	run_once();
	world.is_slow = false;
	move("away", "samples");
	wait_for("resync", 1);
	/* Events tell that it has gone, too: then it is waited for. */
	while (!library_watch_is_ready(world.watch) ||
		strcmp(library_watch_method(world.watch), "waiting") == 0)
		run_once();
	forget_lines();
	write_picture("samples/b-step00199.safetensors/x=2.png", 0);
	wait_for("\"x\":\"2\"", 1);
	assert_int_equal(count_lines("\"x\":\"1\""), 0);
}

/* --- Directories -------------------------------------------------------------------------------
 */

static void test_a_new_directory_and_all_in_it_are_told(void **state)
{
	(void)state;
	open_watch();
	make_directory("prepared");
	write_picture("prepared/seed=1&_00001_.png", 0);
	write_picture("prepared/seed=1&_00002_.png", 0);
	move("prepared", "samples/" RUN_B);
	assert_told("/" RUN_B "\ntraining_runs_changed\n"
		    "+" RUN_B "/seed=1&_00002_.png checkpoint:20 seed:1 1\n");
	write_picture("samples/" RUN_B "/seed=3.png", 0);
	assert_told("+" RUN_B "/seed=3.png checkpoint:20 seed:3 1\n");
}

static void test_files_that_follow_their_directory_at_once_are_told_once(void **state)
{
	char name[128];

	(void)state;
	open_watch();
	for (int i = 0; i < 40; i++) {
		(void)snprintf(name, sizeof(name), "samples/b-step%05d.safetensors", i);
		make_directory(name);
		(void)snprintf(name, sizeof(name), "samples/b-step%05d.safetensors/x=1.png", i);
		write_picture(name, 0);
		run_once();
	}
	wait_for("\"x\"", 40);
	end_of_story();
	assert_int_equal(count_lines("directory_added"), 40);
	assert_int_equal(world.count, 81);
}

static void test_a_file_of_no_known_format_is_told_when_it_rests(void **state)
{
	int descriptor;

	(void)state;
	open_watch();
	make_directory("prepared");
	descriptor = open_file("prepared/seed=1.png", 0);
	put(descriptor, "?", 1);
	move("prepared", "samples/" RUN_B);
	wait_for("\"seed\"", 1);
	assert_int_equal(close(descriptor), 0);
	assert_told("/" RUN_B "\ntraining_runs_changed\n"
		    "+" RUN_B "/seed=1.png checkpoint:20 seed:1 1\n");
}

static void test_a_directory_that_goes_takes_its_images_along(void **state)
{
	(void)state;
	make_directory("samples/" RUN_B);
	write_picture("samples/" RUN_B "/seed=1.png", 0);
	open_watch();
	move("samples/" RUN_B, "elsewhere");
	assert_told("-" RUN_B "/seed=1.png 1\ntraining_runs_changed\n");
	write_picture("elsewhere/seed=2.png", 0);
	assert_told("");
	move("elsewhere", "samples/" RUN_B);
	wait_for("\"seed\"", 2);
	end_of_story();
	assert_int_equal(count_lines("directory_added"), 1);
	assert_int_equal(count_lines("seed=1.png"), 1);
	assert_int_equal(count_lines("seed=2.png"), 1);
	forget_lines();
	delete_tree("samples/" RUN_B);
	wait_for("image_removed", 2);
	wait_for("training_runs_changed", 1);
	forget_lines();
	make_directory("samples/" RUN_B);
	write_picture("samples/" RUN_B "/seed=1.png", 0);
	wait_for("\"seed\"", 1);
	assert_told("/" RUN_B "\ntraining_runs_changed\n"
		    "+" RUN_B "/seed=1.png checkpoint:20 seed:1 1\n");
}

static void test_a_directory_without_a_checkpoint_belongs_to_no_run(void **state)
{
	(void)state;
	open_watch();
	make_directory("prepared");
	write_picture("prepared/seed=1.png", 0);
	move("prepared", "samples/stranger.safetensors");
	assert_told("/stranger.safetensors\n+stranger.safetensors/seed=1.png seed:1 0\n");
	/* Its checkpoint comes late: who shows that run must read it again. */
	write_checkpoint("checkpoints/stranger.safetensors");
	wait_for("resync", 1);
	assert_told("training_runs_changed\nresync\n");
	write_picture("samples/stranger.safetensors/seed=2.png", 0);
	assert_told("+stranger.safetensors/seed=2.png checkpoint:final seed:2 1\n");
}

static void exchange(const char *one, const char *other)
{
	char a[1024];
	char b[1024];

	path_of(a, one);
	path_of(b, other);
	assert_int_equal(renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE), 0);
}

/* As where a file system is mounted over it, or numbers its directories anew: sample_dir itself
 * does not show it. */
static void test_a_directory_that_is_suddenly_another_is_read(void **state)
{
	(void)state;
	make_directory("another");
	write_picture("another/seed=1.png", 7);
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	write_picture("samples/" RUN_A "/seed=2.png", 0);
	set_time("samples", 100);
	open_watch();
	exchange("samples/" RUN_A, "another");
	set_time("samples", 100);
	wait_for("image_removed", 1);
	end_of_story();
	assert_int_equal(count_lines("image_added\",\"path\":\"" RUN_A "/seed=1.png"), 1);
	assert_int_equal(count_lines("image_removed\",\"path\":\"" RUN_A "/seed=2.png"), 1);
	assert_int_equal(world.count, 3);
	forget_lines();
	exchange("samples/" RUN_A, "another");
	set_time("samples", 100);
	write_picture("samples/" RUN_A "/seed=3.png", 0);
	wait_for("\"seed\"", 3);
}

static void test_directories_that_change_places_are_both_told(void **state)
{
	(void)state;
	make_directory("samples/" RUN_B);
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	write_picture("samples/" RUN_B "/seed=2.png", 0);
	open_watch();
	exchange("samples/" RUN_A, "samples/" RUN_B);
	wait_for("image_removed", 2);
	wait_for("image_added", 2);
	wait_for("image_added\",\"path\":\"" RUN_A "/seed=2.png", 1);
	wait_for("image_added\",\"path\":\"" RUN_B "/seed=1.png", 1);
	end_of_story();
	forget_lines();
	write_picture("samples/" RUN_B "/seed=3.png", 0);
	assert_told("+" RUN_B "/seed=3.png checkpoint:20 seed:3 1\n");
}

static void test_a_missing_sample_dir_is_waited_for(void **state)
{
	(void)state;
	delete_tree("samples");
	open_watch();
	assert_string_equal(library_watch_method(world.watch), "waiting");
	make_directory("samples");
	make_directory("samples/" RUN_A);
	wait_for("resync", 1);
	forget_lines();
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
}

static void test_an_exchanged_sample_dir_is_read_anew(void **state)
{
	(void)state;
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	open_watch();
	make_directory("others");
	make_directory("others/" RUN_A);
	move("samples", "before");
	move("others", "samples");
	/* Where there are events, that it was moved; else what is different. */
	while (count_lines("resync") == 0 && count_lines("image_removed") == 0)
		run_once();
	forget_lines();
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	wait_for("\"seed\"", 1);
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
}

/* --- Checkpoints -------------------------------------------------------------------------------
 */

static void test_checkpoints_that_come_and_go_are_told(void **state)
{
	(void)state;
	open_watch();
	write_checkpoint("checkpoints/a-step00000030.safetensors");
	wait_for("training_runs_changed", 1);
	assert_told("training_runs_changed\n");
	write_checkpoint("checkpoints/notes.txt");
	assert_told("");
	/* The directory is new, and so is what comes into it. */
	make_directory("checkpoints/qwen");
	make_directory("checkpoints/qwen/deep");
	write_checkpoint("checkpoints/qwen/deep/b-step00000001.safetensors");
	wait_for("training_runs_changed", 1);
	assert_told("training_runs_changed\n");
	write_checkpoint("checkpoints/qwen/deep/b-step00000002.safetensors");
	wait_for("training_runs_changed", 1);
	forget_lines();
	delete_tree("checkpoints/qwen");
	wait_for("training_runs_changed", 1);
	forget_lines();
	delete_file("checkpoints/a-step00000030.safetensors");
	wait_for("training_runs_changed", 1);
	assert_told("training_runs_changed\n");
}

static void test_a_new_checkpoint_is_known_to_its_images(void **state)
{
	(void)state;
	open_watch();
	write_checkpoint("checkpoints/c-step00000007.safetensors");
	make_directory("samples/c-step00000007.safetensors");
	write_picture("samples/c-step00000007.safetensors/seed=1.png", 0);
	wait_for("\"seed\"", 1);
	end_of_story();
	assert_int_equal(count_lines("\"dimensions\":{\"checkpoint\":\"7\",\"seed\":\"1\"}"), 1);
	assert_int_equal(count_lines("resync"), 0);
}

static void test_runs_that_share_a_directory_are_all_named(void **state)
{
	(void)state;
	make_directory("checkpoints/x");
	write_checkpoint("checkpoints/x/" RUN_A);
	/* In this run `-000010` is an epoch beside steps, in the other one epochs are alone. */
	make_directory("checkpoints/y");
	make_directory("checkpoints/z");
	write_checkpoint("checkpoints/y/e-000010.safetensors");
	write_checkpoint("checkpoints/z/e-000010.safetensors");
	write_checkpoint("checkpoints/z/e-step00000500.safetensors");
	make_directory("samples/e-000010.safetensors");
	open_watch();
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 2\n");
	write_picture("samples/e-000010.safetensors/seed=1.png", 0);
	assert_told("+e-000010.safetensors/seed=1.png checkpoint:10 seed:1 1\n"
		    "+e-000010.safetensors/seed=1.png checkpoint:epoch 10 seed:1 1\n");
}

static void test_runs_are_known_by_their_ids(void **state)
{
	char id[NAMING_RUN_ID_SIZE];
	uint64_t run;

	(void)state;
	open_watch();
	naming_run_id(TEXT("a"), id);
	assert_true(library_watch_parse_run(text_from(id), &run));
	assert_true(library_watch_knows_run(world.watch, run));
	assert_false(library_watch_knows_run(world.watch, run + 1));
	assert_false(library_watch_parse_run(TEXT("0123456789ABCDEF"), &run));
	assert_false(library_watch_parse_run(TEXT("0123456789abcde"), &run));
	assert_false(library_watch_parse_run(TEXT(""), &run));
}

/* --- When it cannot go on as it was ------------------------------------------------------------
 */

static void test_a_queue_that_ran_over_is_told(void **state)
{
	char path[1024];
	char other[1024];
	struct buffer limit;
	long most;

	(void)state;
	buffer_init(&limit, 64);
	assert_true(file_read_path(AT_FDCWD, "/proc/sys/fs/inotify/max_queued_events", &limit));
	buffer_append_byte(&limit, '\0');
	most = strtol(limit.bytes, NULL, 10);
	buffer_free(&limit);
	assert_true(most > 0);
	write_picture("samples/" RUN_A "/seed=1.png", 0);
	open_watch();
	path_of(path, "samples/" RUN_A "/seed=1.png");
	path_of(other, "samples/" RUN_A "/seed=2.png");
	for (long i = 0; i <= most / 2; i++) {
		assert_int_equal(rename(path, other), 0);
		assert_int_equal(rename(other, path), 0);
	}
	/* Nothing of this is told by an event. */
	write_picture("samples/" RUN_A "/seed=3.png", 0);
	while (count_lines("resync") == 0) {
		forget_lines();
		run_once();
	}
	forget_lines();
	write_picture("samples/" RUN_A "/seed=4.png", 0);
	delete_file("samples/" RUN_A "/seed=3.png");
	assert_told("+" RUN_A "/seed=4.png checkpoint:10 seed:4 1\n-" RUN_A "/seed=3.png 1\n");
}

static void test_a_missed_change_is_found_by_reconciling(void **state)
{
	char path[1024];
	char target[1024];

	(void)state;
	open_watch();
	make_directory("samples/" RUN_B);
	wait_for("directory_added", 1);
	forget_lines();
	/* A hard link is told by its creation; a file made without a name and then linked is not.
	 */
	write_picture("outside.png", 0);
	path_of(target, "outside.png");
	path_of(path, "samples/" RUN_A "/seed=1.png");
	assert_int_equal(link(target, path), 0);
	assert_told("+" RUN_A "/seed=1.png checkpoint:10 seed:1 1\n");
	path_of(path, "samples/" RUN_B);
	{
		int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		int unnamed = openat(directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
		char from[64];

		assert_true(directory >= 0 && unnamed >= 0);
		put(unnamed, PNG_HEAD, sizeof(PNG_HEAD) - 1);
		put(unnamed, PNG_END, sizeof(PNG_END) - 1);
		(void)snprintf(from, sizeof(from), "/proc/self/fd/%d", unnamed);
		assert_int_equal(
			linkat(AT_FDCWD, from, directory, "seed=2.png", AT_SYMLINK_FOLLOW), 0);
		(void)close(unnamed);
		(void)close(directory);
	}
	assert_true(library_watch_reconcile(world.watch));
	wait_for("seed=2.png", 1);
	assert_told("+" RUN_B "/seed=2.png checkpoint:20 seed:2 1\n");
}

static void test_a_directory_that_could_not_be_read_is_read_later(void **state)
{
	(void)state;
	make_directory("samples/" RUN_B);
	write_picture("samples/" RUN_B "/seed=1.png", 0);
	world.broken = "seed=1.png";
	open_watch();
	assert_told("");
	world.broken = NULL;
	assert_true(library_watch_reconcile(world.watch));
	wait_for("\"seed\"", 1);
	assert_told("+" RUN_B "/seed=1.png checkpoint:20 seed:1 1\n");
}

/* Its names could not be read when it had changed. */
static void test_a_sample_dir_that_could_not_be_read_is_read_later(void **state)
{
	(void)state;
	world.broken = RUN_B;
	make_directory("samples/" RUN_B);
	write_picture("samples/" RUN_B "/seed=1.png", 0);
	open_watch();
	world.broken = NULL;
	assert_true(library_watch_reconcile(world.watch));
	wait_for("\"seed\"", 1);
	wait_for("directory_added", 1);
}

/* Neither its time nor its parent's changes when somebody permits it to be read. */
static void test_checkpoints_that_could_not_be_read_are_read_later(void **state)
{
	(void)state;
	make_directory("checkpoints/closed");
	write_checkpoint("checkpoints/closed/c-step00000007.safetensors");
	world.closed = "closed";
	open_watch();
	assert_told("");
	world.closed = NULL;
	assert_true(library_watch_reconcile(world.watch));
	wait_for("training_runs_changed", 1);
	assert_told("training_runs_changed\n");
	assert_true(library_watch_reconcile(world.watch));
	assert_told("");
}

static void test_checkpoints_behind_an_error_are_read_later(void **state)
{
	(void)state;
	make_directory("checkpoints/deep");
	write_checkpoint("checkpoints/deep/c-step00000007.safetensors");
	world.broken = "c-step00000007.safetensors";
	open_watch();
	assert_told("");
	world.broken = NULL;
	assert_true(library_watch_reconcile(world.watch));
	wait_for("training_runs_changed", 1);
	assert_told("training_runs_changed\n");
}

/* Lets a system call of this process fail with `reason` from now on. */
static void forbid(unsigned call, unsigned reason)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | reason),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(3);
}

/* In a process of its own: watches although the kernel refuses. */
static void watch_without(unsigned call, unsigned reason)
{
	struct store_watch *database;
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		forbid(call, reason);
		world.watch = library_watch_open(&world.config, take_line, NULL);
		if (!world.watch || strcmp(library_watch_method(world.watch), "poll") != 0 ||
			!library_watch_is_exhausted(world.watch))
			_exit(4);
		while (!library_watch_is_ready(world.watch))
			run_once();
		database = store_watch_open(world.samples);
		if (!database || store_watch_descriptor(database) != -1 ||
			!store_watch_is_exhausted(database))
			_exit(6);
		write_picture("samples/" RUN_A "/seed=1.png", 0);
		wait_for("\"seed\"", 1);
		_exit(world.count == 1 ? 0 : 5);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_without_instances_it_polls(void **state)
{
	(void)state;
	world.config.watch = CONFIG_WATCH_AUTO;
	watch_without(SYS_inotify_init1, EMFILE);
}

static void test_without_watches_it_polls(void **state)
{
	(void)state;
	world.config.watch = CONFIG_WATCH_AUTO;
	watch_without(SYS_inotify_add_watch, ENOSPC);
}

#define BOTH(test)                                                     \
	{#test " [inotify]", test, set_up, tear_down, &inotify},       \
	{                                                              \
#test " [poll]", test, set_up, tear_down, &poll_method \
	}
#define BY_LOOKING(test)                                     \
	{                                                    \
#test, test, set_up, tear_down, &poll_method \
	}
#define BY_EVENTS(test)                                  \
	{                                                \
#test, test, set_up, tear_down, &inotify \
	}

int main(void)
{
	static enum config_watch inotify = CONFIG_WATCH_INOTIFY;
	static enum config_watch poll_method = CONFIG_WATCH_POLL;
	const struct CMUnitTest tests[] = {
		BOTH(test_a_written_file_is_told_in_full),
		BOTH(test_half_a_file_is_never_told),
		BOTH(test_half_a_file_that_was_given_up_is_not_told_before_it_is_whole),
		BOTH(test_a_renamed_file_is_told_once),
		BOTH(test_what_is_no_image_is_not_told),
		BY_LOOKING(test_a_name_that_is_too_long_is_not_told),
		BOTH(test_a_replaced_file_is_told_with_another_version),
		BOTH(test_a_file_that_was_there_is_told_only_when_written),
		BOTH(test_removed_files_are_told),
		BOTH(test_many_files_are_told_once_each),
		BOTH(test_the_highest_counter_stands_for_the_cell),
		BOTH(test_the_order_of_pairs_makes_no_cell),
		BOTH(test_without_a_counter_the_newer_stands_for_the_cell),
		BOTH(test_a_slow_drive_is_looked_at_in_slices),
		BOTH(test_a_first_look_at_a_slow_drive_is_sliced),
		BOTH(test_what_happens_during_a_first_look_is_part_of_it),
		BOTH(test_a_first_look_survives_that_the_directory_is_away),
		BOTH(test_a_new_directory_and_all_in_it_are_told),
		BOTH(test_files_that_follow_their_directory_at_once_are_told_once),
		BOTH(test_a_file_of_no_known_format_is_told_when_it_rests),
		BOTH(test_a_directory_that_goes_takes_its_images_along),
		BOTH(test_a_directory_without_a_checkpoint_belongs_to_no_run),
		BY_LOOKING(test_a_directory_that_is_suddenly_another_is_read),
		BOTH(test_directories_that_change_places_are_both_told),
		BOTH(test_a_missing_sample_dir_is_waited_for),
		BOTH(test_an_exchanged_sample_dir_is_read_anew),
		BOTH(test_checkpoints_that_come_and_go_are_told),
		BOTH(test_a_new_checkpoint_is_known_to_its_images),
		BOTH(test_runs_that_share_a_directory_are_all_named),
		BOTH(test_a_missed_change_is_found_by_reconciling),
		BOTH(test_a_directory_that_could_not_be_read_is_read_later),
		BOTH(test_a_sample_dir_that_could_not_be_read_is_read_later),
		BOTH(test_checkpoints_that_could_not_be_read_are_read_later),
		BOTH(test_checkpoints_behind_an_error_are_read_later),
		BOTH(test_a_picture_with_more_behind_its_end_is_told),
		BY_EVENTS(test_a_file_that_is_closed_after_the_first_look_is_told),
		BY_EVENTS(test_runs_are_known_by_their_ids),
		BY_EVENTS(test_a_queue_that_ran_over_is_told),
		BY_EVENTS(test_without_instances_it_polls),
		BY_EVENTS(test_without_watches_it_polls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

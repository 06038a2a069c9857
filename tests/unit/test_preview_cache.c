/* What of the previews is kept, for how long, and how many processes share it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "library/preview_get.h"
#include "library/preview_room.h"
#include "library/preview_state.h"
#include "library/preview_walk.h"
#include "support.h"

#define DAY 86400

/* --- A file system that does not say what its entries are ---------------------------------------
 */

static bool types_are_unknown;

struct dirent *__real_readdir(DIR *stream);
struct dirent *__wrap_readdir(DIR *stream);

struct dirent *__wrap_readdir(DIR *stream)
{
	struct dirent *entry = __real_readdir(stream);

	if (entry && types_are_unknown)
		entry->d_type = DT_UNKNOWN;
	return entry;
}

/* --- The cache -------------------------------------------------------------------------------- */

struct fixture {
	char place[SUPPORT_PATH];
	struct arena arena;
	struct config config;
	char samples[SUPPORT_PATH + 16];
	char cache_dir[SUPPORT_PATH + 16];
	struct library_preview_cache cache;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	support_directory_make(fixture->place);
	arena_init(&fixture->arena, LIMIT_REQUEST_MEMORY);
	(void)snprintf(fixture->samples, sizeof(fixture->samples), "%s/samples", fixture->place);
	(void)snprintf(fixture->cache_dir, sizeof(fixture->cache_dir), "%s/cache", fixture->place);
	fixture->config.sample_dir = fixture->samples;
	fixture->config.cache_dir = fixture->cache_dir;
	support_write(fixture->place, "samples/notes.txt", TEXT("no image"));
	assert_true(library_preview_cache_open(&fixture->cache, fixture->cache_dir, 1 << 20));
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	library_preview_cache_close(&fixture->cache);
	arena_free(&fixture->arena);
	support_directory_remove(fixture->place);
	free(fixture);
	return 0;
}

/* Keeps a preview of `size` bytes that was last used `age` seconds ago. */
static struct library_preview_key keep(
	struct fixture *fixture, const char *path, const char *version, size_t size, int64_t age)
{
	struct library_preview_key key = {.path = path, .width = 256};
	struct library_preview preview = {.type = LIBRARY_PREVIEW_JPEG};
	struct timespec times[2] = {{.tv_sec = clock_now() / 1000 - age}, {.tv_nsec = UTIME_OMIT}};
	const char *file;

	(void)snprintf(key.version, sizeof(key.version), "%s", version);
	buffer_init(&preview.bytes, 1 << 30);
	assert_non_null(buffer_reserve(&preview.bytes, size));
	memset(preview.bytes.bytes, 'x', size);
	preview.bytes.length = size;
	assert_true(library_preview_keep(&fixture->arena, &fixture->cache, &key, &preview));
	file = library_preview_file(&fixture->arena, &key, preview.type);
	assert_int_equal(utimensat(fixture->cache.directory, file, times, 0), 0);
	buffer_free(&preview.bytes);
	return key;
}

static bool is_kept(struct fixture *fixture, const struct library_preview_key *key)
{
	enum library_preview_type type;

	return library_preview_find(&fixture->arena, &fixture->cache, key, &type);
}

/* What is really there, as charged. */
static uint64_t charged(struct fixture *fixture)
{
	struct library_preview_walk walk;

	assert_true(library_preview_walk(&fixture->arena, fixture->cache.directory, &walk));
	return walk.bytes;
}

static void what_is_kept_is_found_by_path_version_and_width(void **state)
{
	struct fixture *fixture = *state;
	char long_name[256];
	struct library_preview_key key;

	memset(long_name, 'n', 255);
	long_name[255] = '\0';
	key = keep(fixture, long_name, "1f-20", 5, 0);
	assert_true(is_kept(fixture, &key));
	key.width = 512;
	assert_false(is_kept(fixture, &key));
	key = keep(fixture, "a/b=1&c#?%.png", "1f-20", 5, 0);
	assert_true(is_kept(fixture, &key));
	key.version[0] = '2';
	assert_false(is_kept(fixture, &key));
}

static void a_new_version_takes_the_place_of_the_old(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_key old = keep(fixture, "a.png", "1f-20", 5000, 0);
	struct library_preview_key wide = old;
	struct library_preview_key new;
	struct error fault;

	wide.width = 1024;
	(void)error_set(&fault, ERROR_DAMAGED, "damaged_file", "It is damaged.");
	assert_true(library_preview_keep_fault(&fixture->arena, &fixture->cache, &wide, &fault));
	assert_true(is_kept(fixture, &old));
	new = keep(fixture, "a.png", "1f-201", 100, 0);
	assert_true(is_kept(fixture, &new));
	assert_false(is_kept(fixture, &old));
	assert_false(library_preview_find_fault(&fixture->arena, &fixture->cache, &old, &fault));
	assert_int_equal(library_preview_used(&fixture->cache), library_preview_charge(100));
	assert_int_equal(charged(fixture), library_preview_charge(100));
}

static void reasons_are_remembered(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_key key = {.path = "a.png", .version = "1-2", .width = 256};
	struct error fault;

	(void)error_set(
		&fault, ERROR_UNSUPPORTED, "not_an_image", "It is \"no\" image, %s.", "at all");
	assert_true(library_preview_keep_fault(&fixture->arena, &fixture->cache, &key, &fault));
	memset(&fault, 0, sizeof(fault));
	key.width = 1024;
	assert_true(library_preview_find_fault(&fixture->arena, &fixture->cache, &key, &fault));
	assert_int_equal(fault.kind, ERROR_UNSUPPORTED);
	assert_string_equal(fault.code, "not_an_image");
	assert_string_equal(fault.message, "It is \"no\" image, at all.");
	/* One that a future version wrote, or that is torn, is none. */
	support_write(fixture->cache_dir, "previews/a.png/1-2.fault", TEXT("something_new\nx\n"));
	assert_false(library_preview_find_fault(&fixture->arena, &fixture->cache, &key, &fault));
	support_write(fixture->cache_dir, "previews/a.png/1-2.fault", TEXT(""));
	assert_false(library_preview_find_fault(&fixture->arena, &fixture->cache, &key, &fault));
}

static void what_was_not_used_longest_is_evicted(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_key keys[12];
	struct stat status;

	/* 12 x 96 KiB are over 1 MiB; nine of them are within nine tenths. */
	for (unsigned i = 0; i < 12; i++)
		keys[i] = keep(fixture, arena_printf(&fixture->arena, "run/%u.png", i), "1-2",
			92 << 10, 100 + (i * 7 % 12));
	assert_true(library_preview_must_evict(&fixture->cache, LIBRARY_PREVIEWS_NOT_IN_USE));
	library_preview_evict(&fixture->arena, &fixture->cache, LIBRARY_PREVIEWS_NOT_IN_USE);
	for (unsigned i = 0; i < 12; i++)
		assert_int_equal(is_kept(fixture, &keys[i]), i * 7 % 12 < 9);
	assert_int_equal(
		library_preview_used(&fixture->cache), 9 * library_preview_charge(92 << 10));
	assert_int_equal(charged(fixture), library_preview_used(&fixture->cache));
	/* 7 x 7 % 12 is 1: used lately; 5 x 7 % 12 is 11: gone, its directory too. */
	assert_int_equal(fstatat(fixture->cache.directory, "run/7.png", &status, 0), 0);
	assert_int_not_equal(fstatat(fixture->cache.directory, "run/5.png", &status, 0), 0);
}

static void it_is_evicted_where_entries_have_no_types(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_key stale = keep(fixture, "run/a.png", "1-2", 2 << 20, 60);

	types_are_unknown = true;
	library_preview_evict(&fixture->arena, &fixture->cache, LIBRARY_PREVIEWS_NOT_IN_USE);
	types_are_unknown = false;
	assert_int_equal(library_preview_used(&fixture->cache), 0);
	assert_false(is_kept(fixture, &stale));
}

static void evicting_aside_comes_to_the_same(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_key stale = keep(fixture, "a.png", "1-2", 2 << 20, 60);

	library_preview_evict_aside(
		fixture->cache_dir, fixture->cache.limit, LIBRARY_PREVIEWS_NOT_IN_USE);
	for (int i = 0; i < 10000 && library_preview_used(&fixture->cache) > 0; i++)
		(void)usleep(1000);
	assert_int_equal(library_preview_used(&fixture->cache), 0);
	assert_false(is_kept(fixture, &stale));
}

/* It may be on its way to a client at this moment. */
static void what_was_just_used_is_not_evicted(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_key fresh = keep(fixture, "a.png", "1-2", 2 << 20, 0);
	struct library_preview_key stale = keep(fixture, "b.png", "1-2", 1000, 60);

	library_preview_evict(&fixture->arena, &fixture->cache, LIBRARY_PREVIEWS_NOT_IN_USE);
	assert_true(is_kept(fixture, &fresh));
	assert_false(is_kept(fixture, &stale));
}

static void background_work_displaces_only_what_was_unused_for_a_day(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_key today;
	struct library_preview_key yesterday;

	today = keep(fixture, "today.png", "1-2", 700 << 10, DAY - 100);
	assert_true(library_preview_has_spare_room(&fixture->cache));
	yesterday = keep(fixture, "yesterday.png", "1-2", 290 << 10, DAY + 100);
	assert_false(library_preview_has_spare_room(&fixture->cache));
	assert_true(library_preview_must_evict(&fixture->cache, LIBRARY_PREVIEWS_UNUSED_TODAY));
	library_preview_evict(&fixture->arena, &fixture->cache, LIBRARY_PREVIEWS_UNUSED_TODAY);
	assert_true(is_kept(fixture, &today));
	assert_false(is_kept(fixture, &yesterday));
	assert_true(library_preview_has_spare_room(&fixture->cache));
	/* Full again, and all of it of today: to look for more would be in vain. */
	(void)keep(fixture, "more.png", "1-2", 290 << 10, 50);
	assert_false(library_preview_has_spare_room(&fixture->cache));
	assert_false(library_preview_must_evict(&fixture->cache, LIBRARY_PREVIEWS_UNUSED_TODAY));
	library_preview_evict(&fixture->arena, &fixture->cache, LIBRARY_PREVIEWS_UNUSED_TODAY);
	assert_true(is_kept(fixture, &today));
}

/* A file written so long before the newest. */
static void keep_written_before(
	struct library_preview_walk *walk, const char *path, int64_t newest, int64_t before)
{
	for (size_t i = 0; i < walk->count; i++)
		if (strncmp(walk->entries[i].path, path, strlen(path)) == 0)
			walk->entries[i].written = newest - before;
}

static void what_was_written_last_before_a_power_cut_is_not_trusted(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_key old = keep(fixture, "old.png", "1-2", 5000, 1000);
	struct library_preview_key late = keep(fixture, "late.png", "1-2", 5000, 1000);
	struct library_preview_walk walk;

	assert_true(library_preview_walk(&fixture->arena, fixture->cache.directory, &walk));
	keep_written_before(&walk, "old.png", 100000, 130);
	keep_written_before(&walk, "late.png", 100000, 0);
	library_preview_remove_torn(&walk, fixture->cache.directory, 120);
	assert_true(is_kept(fixture, &old));
	assert_false(is_kept(fixture, &late));
	assert_int_equal(walk.bytes, library_preview_charge(5000));
}

static void the_count_is_set_right_when_the_machine_was_started_anew(void **state)
{
	struct fixture *fixture = *state;

	(void)keep(fixture, "a.png", "1-2", 5000, 1000);
	library_preview_recover(&fixture->arena, &fixture->cache, "boot-1");
	assert_int_equal(library_preview_used(&fixture->cache), charged(fixture));
	library_preview_count(fixture->cache.state, 1000000);
	library_preview_recover(&fixture->arena, &fixture->cache, "boot-1");
	assert_int_equal(library_preview_used(&fixture->cache), charged(fixture) + 1000000);
	library_preview_recover(&fixture->arena, &fixture->cache, "boot-2");
	assert_int_equal(library_preview_used(&fixture->cache), charged(fixture));
}

static void temporary_files_are_not_counted(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_walk walk;

	support_write(fixture->cache_dir, "previews/a.png/.1-2.jpg.0011.part", TEXT("half"));
	assert_true(library_preview_walk(&fixture->arena, fixture->cache.directory, &walk));
	assert_int_equal(walk.count, 0);
	assert_int_equal(walk.bytes, 0);
}

/* --- Getting ---------------------------------------------------------------------------------- */

/* A grey image with a gradient, as a JPEG file. */
static void write_image(struct buffer *file, unsigned width, unsigned height)
{
	struct library_picture picture;
	struct error error;

	assert_true(library_picture_make(&picture, width, height, 1, 0, &error));
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++)
			picture.planes[0][picture.stride * y + x] = (unsigned char)(x + y);
	buffer_init(file, LIMIT_PICTURE_FILE);
	assert_true(library_picture_write_jpeg(&picture, file, &error));
	library_picture_free(&picture);
}

static bool get(struct fixture *fixture, const char *path, struct library_preview_answer *answer,
	struct error *error)
{
	struct library_preview_wish wish = {
		.path = path, .width = 256, .limit = 1 << 20, .boot = ""};

	*error = (struct error){0};
	return library_preview_get(&fixture->arena, &fixture->config, &wish, answer, error);
}

static unsigned height_of(const struct buffer *file)
{
	struct library_picture_source source = {.bytes = buffer_text(file)};
	struct library_picture picture;
	struct error error;
	unsigned height;

	assert_true(library_picture_read(&source, &picture, &error));
	height = picture.height;
	library_picture_free(&picture);
	return height;
}

/* Writes an image and sets its modification time `age` seconds back. */
static void put_image(struct fixture *fixture, const char *path, struct text content, int64_t age)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = clock_now() / 1000 - age}};
	const char *whole = arena_printf(&fixture->arena, "%s/%s", fixture->samples, path);

	support_write(fixture->samples, path, content);
	assert_int_equal(utimensat(AT_FDCWD, whole, times, 0), 0);
}

static void a_preview_is_made_once_and_again_when_the_image_changes(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_answer first;
	struct library_preview_answer answer;
	struct buffer file;
	struct error error;

	write_image(&file, 400, 300);
	put_image(fixture, "run/a.jpg", buffer_text(&file), 100);
	assert_true(get(fixture, "run/a.jpg", &first, &error));
	assert_true(first.was_made);
	assert_non_null(first.file);
	assert_true(is_kept(fixture, &first.key));
	assert_true(get(fixture, "run/a.jpg", &answer, &error));
	assert_false(answer.was_made);
	assert_string_equal(answer.file, first.file);
	buffer_free(&first.bytes);
	put_image(fixture, "run/a.jpg", buffer_text(&file), 50);
	assert_true(get(fixture, "run/a.jpg", &answer, &error));
	assert_true(answer.was_made);
	assert_string_not_equal(answer.key.version, first.key.version);
	assert_false(is_kept(fixture, &first.key));
	buffer_free(&answer.bytes);
	buffer_free(&file);
}

/* The preview in the cache is of another picture than the image, so that it can be told apart. */
static void a_larger_preview_is_made_use_of_if_it_is_sound(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview preview = {.type = LIBRARY_PREVIEW_JPEG};
	struct library_preview_answer answer;
	struct buffer file;
	struct error error;

	write_image(&file, 700, 300);
	put_image(fixture, "a.jpg", buffer_text(&file), 100);
	buffer_free(&file);
	assert_true(get(fixture, "a.jpg", &answer, &error));
	assert_int_equal(height_of(&answer.bytes), 110);
	buffer_free(&answer.bytes);
	for (int sound = 1; sound >= 0; sound--) {
		struct library_preview_key larger = answer.key;

		assert_int_equal(unlinkat(fixture->cache.directory, answer.file, 0), 0);
		write_image(&preview.bytes, 512, 512);
		preview.bytes.length = sound ? preview.bytes.length : 1000;
		larger.width = 512;
		assert_true(
			library_preview_keep(&fixture->arena, &fixture->cache, &larger, &preview));
		buffer_free(&preview.bytes);
		assert_true(get(fixture, "a.jpg", &answer, &error));
		assert_int_equal(height_of(&answer.bytes), sound ? 256 : 110);
		buffer_free(&answer.bytes);
	}
}

static void a_damaged_image_is_remembered_until_it_changes(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_answer answer;
	const char *path = arena_printf(&fixture->arena, "%s/a.jpg", fixture->samples);
	struct stat status;
	struct buffer file;
	struct buffer damaged;
	struct error error;

	write_image(&file, 400, 300);
	buffer_init(&damaged, LIMIT_PICTURE_FILE);
	buffer_append(&damaged, buffer_text(&file));
	memset(damaged.bytes + 100, 0xff, 100);
	put_image(fixture, "a.jpg", buffer_text(&damaged), 100);
	assert_false(get(fixture, "a.jpg", &answer, &error));
	assert_string_equal(error.code, "damaged_file");
	/* Sound now, but by time and size the same: the file is not looked into again. */
	assert_int_equal(stat(path, &status), 0);
	put_image(fixture, "a.jpg", buffer_text(&file), 0);
	assert_int_equal(
		utimensat(AT_FDCWD, path, (struct timespec[]){status.st_atim, status.st_mtim}, 0),
		0);
	assert_false(get(fixture, "a.jpg", &answer, &error));
	assert_string_equal(error.code, "damaged_file");
	put_image(fixture, "a.jpg", buffer_text(&file), 30);
	assert_true(get(fixture, "a.jpg", &answer, &error));
	buffer_free(&answer.bytes);
	buffer_free(&damaged);
	buffer_free(&file);
}

static void a_file_that_ends_too_early_is_damaged_once_it_is_old(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_answer answer;
	struct buffer file;
	struct error error;

	write_image(&file, 400, 300);
	put_image(fixture, "a.jpg", text_head(buffer_text(&file), file.length / 2), 2);
	for (int i = 0; i < 2; i++) {
		assert_false(get(fixture, "a.jpg", &answer, &error));
		assert_string_equal(error.code, "file_incomplete");
	}
	assert_int_equal(charged(fixture), 0);
	put_image(fixture, "a.jpg", text_head(buffer_text(&file), file.length / 2), 60);
	assert_false(get(fixture, "a.jpg", &answer, &error));
	assert_string_equal(error.code, "damaged_file");
	assert_int_not_equal(charged(fixture), 0);
	buffer_free(&file);
}

static void files_that_are_no_images_are_told_apart(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_answer answer;
	struct error error;

	put_image(fixture, "a.png", TEXT("This is not the image that it seems to be."), 60);
	assert_false(get(fixture, "a.png", &answer, &error));
	assert_int_equal(error.kind, ERROR_UNSUPPORTED);
	assert_false(get(fixture, "nosuch.png", &answer, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_false(get(fixture, "notes.txt", &answer, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_false(get(fixture, "../samples/a.png", &answer, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
}

static void without_a_cache_previews_are_made_all_the_same(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_answer answer;
	struct buffer file;
	struct error error;

	write_image(&file, 400, 300);
	put_image(fixture, "a.jpg", buffer_text(&file), 100);
	support_write(fixture->place, "file", TEXT(""));
	fixture->config.cache_dir = arena_printf(&fixture->arena, "%s/file/cache", fixture->place);
	assert_true(get(fixture, "a.jpg", &answer, &error));
	assert_null(answer.file);
	assert_int_equal(answer.keep_error, ENOTDIR);
	assert_int_not_equal(answer.bytes.length, 0);
	buffer_free(&answer.bytes);
	buffer_free(&file);
}

/* Each process ends with status 1 if it was the one that made the preview, 0 if it was not. */
static void many_processes_make_it_once(void **state)
{
	struct fixture *fixture = *state;
	struct buffer file;
	int made = 0;
	int status;

	write_image(&file, 2000, 2000);
	put_image(fixture, "a.jpg", buffer_text(&file), 100);
	buffer_free(&file);
	for (int i = 0; i < 8; i++) {
		struct library_preview_answer answer;
		struct error error;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			_exit(get(fixture, "a.jpg", &answer, &error) ? answer.was_made : 2);
	}
	for (int i = 0; i < 8; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		assert_in_range(WEXITSTATUS(status), 0, 1);
		made += WEXITSTATUS(status);
	}
	assert_int_equal(made, 1);
}

static bool no_longer(void *context)
{
	(void)context;
	return true;
}

static void background_work_is_done_one_at_a_time_and_waiting_ends_with_the_client(void **state)
{
	struct fixture *fixture = *state;
	struct library_preview_wish wish = {
		.path = "a.jpg", .width = 256, .limit = 1 << 20, .boot = "", .background = true};
	struct library_preview_answer answer;
	struct buffer file;
	struct error error;

	write_image(&file, 400, 300);
	put_image(fixture, "a.jpg", buffer_text(&file), 100);
	buffer_free(&file);
	assert_true(library_preview_lock_background(&fixture->cache));
	assert_false(
		library_preview_get(&fixture->arena, &fixture->config, &wish, &answer, &error));
	assert_string_equal(error.code, "overloaded");
	/* What somebody looks at is made meanwhile, unless another process is making it. */
	wish.background = false;
	wish.is_abandoned = no_longer;
	assert_true(library_preview_lock_image(&fixture->cache, "a.jpg", 0, NULL, NULL));
	assert_false(
		library_preview_get(&fixture->arena, &fixture->config, &wish, &answer, &error));
	library_preview_cache_close(&fixture->cache);
	wish.is_abandoned = NULL;
	assert_true(library_preview_get(&fixture->arena, &fixture->config, &wish, &answer, &error));
	buffer_free(&answer.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		WITH_FILES(what_is_kept_is_found_by_path_version_and_width),
		WITH_FILES(a_new_version_takes_the_place_of_the_old),
		WITH_FILES(reasons_are_remembered),
		WITH_FILES(what_was_not_used_longest_is_evicted),
		WITH_FILES(it_is_evicted_where_entries_have_no_types),
		WITH_FILES(evicting_aside_comes_to_the_same),
		WITH_FILES(what_was_just_used_is_not_evicted),
		WITH_FILES(background_work_displaces_only_what_was_unused_for_a_day),
		WITH_FILES(what_was_written_last_before_a_power_cut_is_not_trusted),
		WITH_FILES(the_count_is_set_right_when_the_machine_was_started_anew),
		WITH_FILES(temporary_files_are_not_counted),
		WITH_FILES(a_preview_is_made_once_and_again_when_the_image_changes),
		WITH_FILES(a_larger_preview_is_made_use_of_if_it_is_sound),
		WITH_FILES(a_damaged_image_is_remembered_until_it_changes),
		WITH_FILES(a_file_that_ends_too_early_is_damaged_once_it_is_old),
		WITH_FILES(files_that_are_no_images_are_told_apart),
		WITH_FILES(without_a_cache_previews_are_made_all_the_same),
		WITH_FILES(many_processes_make_it_once),
		WITH_FILES(background_work_is_done_one_at_a_time_and_waiting_ends_with_the_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Finished pictures: only whole ones, whole or not there, and a reason that can be acted on. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "library/output.h"
#include "support.h"

/* The smallest PNG there is: one grey pixel. */
static const char PNG[] = "\x89PNG\r\n\x1a\n"
			  "\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55"
			  "\0\0\0\nIDAT\x78\xda\x63\x68\0\0\0\x82\0\x81\xda"
			  "E\x08;"
			  "\0\0\0\0IEND\xae\x42\x60\x82";
#define PNG_TEXT ((struct text){PNG, sizeof(PNG) - 1})

static char place[SUPPORT_PATH];
static char samples[SUPPORT_PATH + 16];

static int set_up(void **state)
{
	(void)state;
	support_directory_make(place);
	(void)snprintf(samples, sizeof(samples), "%s/samples", place);
	return mkdir(samples, 0755);
}

static int tear_down(void **state)
{
	(void)state;
	support_directory_remove(place);
	return 0;
}

static void test_whole_png(void **state)
{
	struct error error;

	(void)state;
	assert_true(library_check_png(PNG_TEXT, &error));
	/* Every shorter beginning and every changed byte is noticed. */
	for (size_t length = 0; length < PNG_TEXT.length; length++)
		assert_false(library_check_png(text_head(PNG_TEXT, length), &error));
	for (size_t i = 0; i < PNG_TEXT.length; i++) {
		char changed[sizeof(PNG)];

		memcpy(changed, PNG, sizeof(PNG));
		changed[i] = (char)(changed[i] ^ 4);
		assert_false(library_check_png((struct text){changed, PNG_TEXT.length}, &error));
		assert_int_equal(error.kind, ERROR_DAMAGED);
	}
}

static void assert_holds(const char *path, size_t size)
{
	char full[2 * SUPPORT_PATH];
	struct stat status;

	(void)snprintf(full, sizeof(full), "%s/%s", samples, path);
	assert_int_equal(stat(full, &status), 0);
	assert_int_equal(status.st_size, size);
}

static int count_entries(const char *path)
{
	char command[2 * SUPPORT_PATH];
	char found[16] = "";
	FILE *pipe;

	(void)snprintf(command, sizeof(command), "find '%s' -mindepth 1 | wc -l", path);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(fgets(found, sizeof(found), pipe));
	(void)pclose(pipe);
	return (int)strtol(found, NULL, 10);
}

static void test_save(void **state)
{
	struct library_output_state before;
	struct library_output_state after;
	struct error error;

	(void)state;
	assert_true(library_output_look(samples, "a.safetensors/seed=1.png", &before, &error));
	assert_false(before.exists);
	assert_true(
		library_output_save(samples, "a.safetensors/seed=1.png", PNG_TEXT, &after, &error));
	assert_true(after.exists);
	assert_int_equal(after.size, PNG_TEXT.length);
	assert_true(after.modified > 0);
	assert_true(library_output_look(samples, "a.safetensors/seed=1.png", &before, &error));
	assert_int_equal(before.modified, after.modified);
	/* Over an existing one, too. */
	assert_true(library_output_save(
		samples, "a.safetensors/seed=1.png", TEXT("shorter"), &after, &error));
	assert_holds("a.safetensors/seed=1.png", strlen("shorter"));
	assert_int_equal(count_entries(samples), 2);
}

/* A drive that is not mounted is not filled behind its back. */
static void test_missing_sample_dir(void **state)
{
	struct library_output_state after;
	struct error error;

	(void)state;
	assert_int_equal(rmdir(samples), 0);
	assert_false(library_output_save(samples, "a/seed=1.png", PNG_TEXT, &after, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.code, "output_unwritable");
	assert_non_null(strstr(error.message, samples));
	assert_false(library_output_look(samples, "a/seed=1.png", &after, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
}

static void test_links_and_names(void **state)
{
	struct library_output_state after;
	struct error error;
	char link[2 * SUPPORT_PATH];
	char name[400];

	(void)state;
	(void)snprintf(link, sizeof(link), "%s/a", samples);
	assert_int_equal(symlink(place, link), 0);
	assert_false(library_output_save(samples, "a/seed=1.png", PNG_TEXT, &after, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_int_equal(count_entries(place), 2);
	assert_false(library_output_save(samples, "../seed=1.png", PNG_TEXT, &after, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	(void)snprintf(name, sizeof(name), "b/%0300d.png", 1);
	assert_false(library_output_save(samples, name, PNG_TEXT, &after, &error));
	assert_int_equal(error.kind, ERROR_SYSTEM);
}

/* Fails with the code, names sample_dir, and leaves nothing but the checkpoint's directory. */
static void assert_unwritable(struct text bytes, const char *word)
{
	struct library_output_state after;
	struct error error;

	assert_false(library_output_save(samples, "a/seed=1.png", bytes, &after, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.code, "output_unwritable");
	assert_non_null(strstr(error.message, samples));
	assert_non_null(strstr(error.message, word));
	assert_int_equal(count_entries(samples), 1);
}

static void test_full_and_read_only_disk(void **state)
{
	static char large[256 * 1024];
	struct library_output_state after;
	struct error error;

	(void)state;
	if (mount("none", samples, "tmpfs", 0, "size=64k") != 0)
		skip(); /* only root may mount */
	assert_unwritable((struct text){large, sizeof(large)}, "full");
	assert_int_equal(mount("none", samples, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=64k"), 0);
	assert_unwritable(PNG_TEXT, "read-only");
	assert_int_equal(mount("none", samples, "tmpfs", MS_REMOUNT, "size=64k"), 0);
	assert_true(library_output_save(samples, "a/seed=1.png", PNG_TEXT, &after, &error));
	assert_int_equal(umount(samples), 0);
}

static void test_clean(void **state)
{
	(void)state;
	support_write(samples, "a/.0123456789abcdef.part", TEXT("half"));
	support_write(samples, "a/.mine", TEXT("x"));
	support_write(samples, "a/.0123456789abcdeg.part", TEXT("x"));
	support_write(samples, "a/seed=1.png", TEXT("x"));
	library_output_clean(samples, "a/seed=2.png");
	library_output_clean(samples, "missing/seed=2.png");
	assert_int_equal(count_entries(samples), 4);
	assert_holds("a/.mine", 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_png),
		cmocka_unit_test_setup_teardown(test_save, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_missing_sample_dir, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_links_and_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full_and_read_only_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_clean, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

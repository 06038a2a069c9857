/* Scans of sample directories, and the answers kept in the cache directory. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "library/answer.h"
#include "library/runs.h"
#include "library/scan.h"
#include "support.h"

#define NOBODY 65534
#define HOUR   INT64_C(3600000000000)

struct tree {
	char root[SUPPORT_PATH];
	struct arena arena;
	struct config config;
	const char *checkpoint_dir;
	struct library_listing listing;
	struct library_scan scan;
	const struct json *json; /* of the scan or answer */
};

static int make_tree(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return 1;
	arena_init(&tree->arena, (size_t)1 << 28);
	support_directory_make(tree->root);
	if (chmod(tree->root, 0755) != 0)
		return 1;
	tree->checkpoint_dir = arena_printf(&tree->arena, "%s/checkpoints", tree->root);
	tree->config.checkpoint_dirs = &tree->checkpoint_dir;
	tree->config.checkpoint_dir_count = 1;
	tree->config.sample_dir = arena_printf(&tree->arena, "%s/samples", tree->root);
	tree->config.cache_dir = arena_printf(&tree->arena, "%s/data/cache", tree->root);
	if (mkdir(tree->checkpoint_dir, 0755) != 0 || mkdir(tree->config.sample_dir, 0755) != 0)
		return 1;
	*state = tree;
	return 0;
}

static int remove_tree(void **state)
{
	struct tree *tree = *state;

	support_directory_remove(tree->root);
	arena_free(&tree->arena);
	free(tree);
	return 0;
}

static const char *path_of(struct tree *tree, const char *path)
{
	return arena_printf(&tree->arena, "%s/%s", tree->root, path);
}

/* A checkpoint of the run `r` and its sample directory. */
static void put_checkpoint(struct tree *tree, const char *name)
{
	support_write(tree->root, arena_printf(&tree->arena, "checkpoints/%s", name), TEXT("x"));
	assert_int_equal(
		mkdir(path_of(tree, arena_printf(&tree->arena, "samples/%s", name)), 0755), 0);
}

static void put(struct tree *tree, const char *path)
{
	support_write(tree->root, arena_printf(&tree->arena, "samples/%s", path), TEXT("x"));
}

/* Sets the modification time of what lies at `path` below the samples, in nanoseconds. */
static void set_time(struct tree *tree, const char *path, int64_t modified)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
		{.tv_sec = modified / 1000000000, .tv_nsec = modified % 1000000000}};

	assert_int_equal(
		utimensat(AT_FDCWD, path_of(tree, arena_printf(&tree->arena, "samples/%s", path)),
			times, AT_SYMLINK_NOFOLLOW),
		0);
}

static int64_t now(void)
{
	struct timespec time;

	assert_int_equal(clock_gettime(CLOCK_REALTIME, &time), 0);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void parse(struct tree *tree, struct text text)
{
	struct error error;

	tree->json = json_parse(&tree->arena, text, LIMIT_JSON_DEPTH, &error);
	if (!tree->json)
		fail_msg("%s", error.message);
}

static void scan_run(struct tree *tree, size_t run)
{
	struct error error;

	assert_true(library_list_runs(&tree->arena, &tree->config, &tree->listing, &error));
	assert_true(library_scan_run(
		&tree->arena, &tree->config, &tree->listing.runs[run], now(), &tree->scan, &error));
	parse(tree, buffer_text(&tree->scan.json));
	buffer_free(&tree->scan.json);
}

static const char *string_of(const struct json *object, const char *name)
{
	const struct json *member = json_member(object, name);

	assert_non_null(member);
	assert_int_equal(member->type, JSON_STRING);
	return member->string.at;
}

/* The images' paths, one a line, in order. */
static const char *show_paths(struct tree *tree)
{
	const char *shown = "";

	for (const struct json *image = json_member(tree->json, "images")->first; image;
		image = image->next)
		shown = arena_printf(
			&tree->arena, "%s%s\n", shown, string_of(image, "relative_path"));
	return shown;
}

/* The dimensions as "name type value value; ...". */
static const char *show_dimensions(struct tree *tree)
{
	const char *shown = "";

	for (const struct json *dimension = json_member(tree->json, "dimensions")->first; dimension;
		dimension = dimension->next) {
		shown = arena_printf(&tree->arena, "%s%s %s", shown, string_of(dimension, "name"),
			string_of(dimension, "type"));
		for (const struct json *value = json_member(dimension, "values")->first; value;
			value = value->next)
			shown = arena_printf(&tree->arena, "%s %s", shown, value->string.at);
		shown = arena_printf(&tree->arena, "%s; ", shown);
	}
	return shown;
}

static const char *reason_for(struct tree *tree, const char *path)
{
	for (const struct json *entry = json_member(tree->json, "skipped")->first; entry;
		entry = entry->next)
		if (strcmp(string_of(entry, "path"), path) == 0)
			return string_of(entry, "reason");
	return NULL;
}

static void a_scan_is_written_as_the_contract_says(void **state)
{
	struct tree *tree = *state;
	struct error error;

	put_checkpoint(tree, "r-step20.safetensors");
	put_checkpoint(tree, "r.safetensors");
	put(tree, "r-step20.safetensors/cfg=1&p=a%20b&_00001_.png");
	put(tree, "r.safetensors/cfg=3.png");
	put(tree, "r.safetensors/notes.png");
	set_time(tree, "r-step20.safetensors/cfg=1&p=a%20b&_00001_.png", 1000000001);
	set_time(tree, "r.safetensors/cfg=3.png", 0x17a3b4c5d6e7f801);
	assert_true(library_list_runs(&tree->arena, &tree->config, &tree->listing, &error));
	assert_true(library_scan_run(
		&tree->arena, &tree->config, tree->listing.runs, now(), &tree->scan, &error));
	buffer_append_byte(&tree->scan.json, '\0');
	assert_string_equal(tree->scan.json.bytes,
		"{\"images\":["
		"{\"relative_path\":\"r-step20.safetensors/cfg=1&p=a%20b&_00001_.png\","
		"\"dimensions\":{\"checkpoint\":\"20\",\"cfg\":\"1\",\"p\":\"a b\"},"
		"\"version\":\"3b9aca01-1\"},"
		"{\"relative_path\":\"r.safetensors/cfg=3.png\","
		"\"dimensions\":{\"checkpoint\":\"final\",\"cfg\":\"3\"},"
		"\"version\":\"17a3b4c5d6e7f801-1\"}],"
		"\"dimensions\":["
		"{\"name\":\"cfg\",\"type\":\"int\",\"values\":[\"1\",\"3\"]},"
		"{\"name\":\"checkpoint\",\"type\":\"string\",\"values\":[\"20\",\"final\"]},"
		"{\"name\":\"p\",\"type\":\"string\",\"values\":[\"a b\"]}],"
		"\"skipped\":[{\"path\":\"r.safetensors/notes.png\","
		"\"reason\":\"the name has no key=value\"}],\"skipped_count\":1}");
	assert_int_equal(tree->scan.images, 2);
	assert_int_equal(tree->scan.files, 3);
	buffer_free(&tree->scan.json);
}

static void images_come_in_training_order_then_by_name(void **state)
{
	struct tree *tree = *state;

	put_checkpoint(tree, "r.safetensors");
	put_checkpoint(tree, "r-step100.safetensors");
	put_checkpoint(tree, "r-step20.safetensors");
	put_checkpoint(tree, "r-step30.safetensors");
	put(tree, "r.safetensors/a=1.png");
	put(tree, "r-step100.safetensors/b=1.png");
	put(tree, "r-step100.safetensors/a=1.png");
	put(tree, "r-step20.safetensors/a=1.png");
	scan_run(tree, 0);
	assert_string_equal(show_paths(tree), "r-step20.safetensors/a=1.png\n"
					      "r-step100.safetensors/a=1.png\n"
					      "r-step100.safetensors/b=1.png\n"
					      "r.safetensors/a=1.png\n");
	/* The checkpoint without images is no value. */
	assert_string_equal(
		show_dimensions(tree), "a int 1; b int 1; checkpoint string 20 100 final; ");
}

static void a_run_without_samples_has_no_dimensions(void **state)
{
	struct tree *tree = *state;

	support_write(tree->root, "checkpoints/r.safetensors", TEXT("x"));
	scan_run(tree, 0);
	assert_string_equal(show_paths(tree), "");
	assert_string_equal(show_dimensions(tree), "");
	assert_int_equal(json_member(tree->json, "skipped_count")->integer, 0);
}

static void values_are_sorted_by_type(void **state)
{
	struct tree *tree = *state;

	put_checkpoint(tree, "r.safetensors");
	put(tree, "r.safetensors/seed=10&cfg=1.5&p=p10&big=18446744073709551616.png");
	put(tree, "r.safetensors/seed=9&cfg=10&p=p2&big=18446744073709551615.png");
	put(tree, "r.safetensors/p=p2&seed=100&cfg=2.png");
	scan_run(tree, 0);
	assert_string_equal(show_dimensions(tree),
		"big int 18446744073709551615 18446744073709551616; cfg number 1.5 2 10; "
		"checkpoint string final; p string p2 p10; seed int 9 10 100; ");
}

/* PRD 2.4 and what is decided beyond it: which of several files for one combination is shown. */
static void one_file_stands_for_a_combination(void **state)
{
	static const struct {
		struct {
			const char *name;
			int64_t modified;
		} files[4];
		const char *shown;
	} cases[] = {
		{{{"a=1&_00001_.png", 9}, {"a=1&_00002_.png", 1}}, "a=1&_00002_.png"},
		{{{"a=1&_00009_.png", 9}, {"a=1_00010_.png", 1}}, "a=1_00010_.png"},
		{{{"a=1&_99999_.png", 9}, {"a=1&_100000_.png", 1}}, "a=1&_100000_.png"},
		{{{"a=1.png", 5}, {"a=1&_00002_.png", 4}}, "a=1.png"},
		{{{"a=1.png", 5}, {"a=1&_00002_.png", 6}}, "a=1&_00002_.png"},
		{{{"a=1.png", 5}, {"a=1&_00002_.png", 5}}, "a=1.png"},
		/* the highest counter stands for all of them, not the newest */
		{{{"a=1.png", 5}, {"a=1&_00001_.png", 9}, {"a=1&_00002_.png", 4}}, "a=1.png"},
		/* the order of keys, the encoding and the type of the file make no difference */
		{{{"a=1&b=2.png", 1}, {"b=2&a=1.png", 2}}, "b=2&a=1.png"},
		{{{"a=x%20y.png", 1}, {"a=x+y.webp", 2}, {"a=x y.jpg", 1}}, "a=x+y.webp"},
		{{{"a=1.jpg", 1}, {"a=1.png", 1}}, "a=1.jpg"},
		{{{"a=1_00001_.png", 1}, {"a=1&_00001_.png", 2}}, "a=1&_00001_.png"},
		{{{"a=1&a=2.png", 1}, {"a=1.png", 2}}, "a=1.png"},
	};
	struct tree *tree = *state;

	put_checkpoint(tree, "r.safetensors");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t j = 0; j < 4 && cases[i].files[j].name; j++) {
			const char *path = arena_printf(
				&tree->arena, "r.safetensors/%s", cases[i].files[j].name);

			put(tree, path);
			set_time(tree, path, cases[i].files[j].modified);
		}
		scan_run(tree, 0);
		assert_string_equal(show_paths(tree),
			arena_printf(&tree->arena, "r.safetensors/%s\n", cases[i].shown));
		assert_int_equal(json_member(tree->json, "skipped_count")->integer, 0);
		for (size_t j = 0; j < 4 && cases[i].files[j].name; j++)
			assert_int_equal(unlink(path_of(tree, arena_printf(&tree->arena,
								      "samples/r.safetensors/%s",
								      cases[i].files[j].name))),
				0);
	}
}

/* A combination is decided in each checkpoint's directory by itself. */
static void directories_do_not_compete(void **state)
{
	struct tree *tree = *state;

	put_checkpoint(tree, "r-step1.safetensors");
	put_checkpoint(tree, "r-step2.safetensors");
	put(tree, "r-step1.safetensors/a=1&_00002_.png");
	put(tree, "r-step2.safetensors/a=1&_00001_.png");
	scan_run(tree, 0);
	assert_string_equal(show_paths(tree), "r-step1.safetensors/a=1&_00002_.png\n"
					      "r-step2.safetensors/a=1&_00001_.png\n");
}

static void any_utf8_name_comes_through(void **state)
{
	static const char *const values[] = {"a&b=c", "100%", "#1?", "a+b", "it's", "\"quoted\"",
		"back\\slash", "tab\there", "new\nline", "\x01", "\xc3\xb6l",
		"\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x8e\xa8", "<script>", " "};
	struct tree *tree = *state;

	put_checkpoint(tree, "r \"&=%#?+'\xc3\xa4.safetensors");
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		put(tree, arena_printf(&tree->arena,
				  "r \"&=%%#?+'\xc3\xa4.safetensors/p=%s&n=%zu.png", values[i], i));
	scan_run(tree, 0);
	assert_int_equal(json_member(tree->json, "skipped_count")->integer, 0);
	assert_int_equal(
		json_member(tree->json, "images")->count, sizeof(values) / sizeof(*values));
	for (const struct json *image = json_member(tree->json, "images")->first; image;
		image = image->next) {
		const char *path = path_of(tree, arena_printf(&tree->arena, "samples/%s",
							 string_of(image, "relative_path")));

		assert_int_equal(access(path, R_OK), 0);
	}
}

static void a_name_of_255_bytes_comes_through(void **state)
{
	struct tree *tree = *state;
	char filler[256] = "";
	const char *directory;
	const char *name;

	memset(filler, 'n', 255);
	directory = arena_printf(&tree->arena, "%.243s.safetensors", filler);
	name = arena_printf(&tree->arena, "p=%.249s.png", filler);
	put_checkpoint(tree, directory);
	put(tree, arena_printf(&tree->arena, "%s/%s", directory, name));
	put(tree, arena_printf(&tree->arena, "%s/%.251s", directory, "x.png"));
	scan_run(tree, 0);
	assert_string_equal(
		show_paths(tree), arena_printf(&tree->arena, "%s/%s\n", directory, name));
	assert_int_equal(json_member(tree->json, "skipped_count")->integer, 1);
}

static void what_is_no_image_is_skipped_with_the_reason(void **state)
{
	struct tree *tree = *state;

	put_checkpoint(tree, "r.safetensors");
	put(tree, "r.safetensors/a=1.png");
	put(tree, "r.safetensors/.a=2.png.part");
	put(tree, "r.safetensors/.a=2.png");
	put(tree, "r.safetensors/notes.txt");
	put(tree, "r.safetensors/workflow.json");
	put(tree, "r.safetensors/ComfyUI_00001_.png");
	put(tree, "r.safetensors/a=\xff.png");
	put(tree, "r.safetensors/old/a=3.png");
	support_write(tree->root, "samples/r.safetensors/a=4.png", TEXT(""));
	assert_int_equal(mkfifo(path_of(tree, "samples/r.safetensors/x.png"), 0600), 0);
	assert_int_equal(symlink("a=1.png", path_of(tree, "samples/r.safetensors/a=5.png")), 0);
	assert_int_equal(symlink("nowhere", path_of(tree, "samples/r.safetensors/a=6.png")), 0);
	scan_run(tree, 0);
	assert_string_equal(show_paths(tree), "r.safetensors/a=1.png\n");
	assert_string_equal(show_dimensions(tree), "a int 1; checkpoint string final; ");
	assert_string_equal(
		reason_for(tree, "r.safetensors/ComfyUI_00001_.png"), "the name has no key=value");
	assert_string_equal(reason_for(tree, "r.safetensors/a=\xef\xbf\xbd.png"),
		"the name is not valid UTF-8");
	assert_string_equal(reason_for(tree, "r.safetensors/old"),
		"a directory; images are read only from the checkpoint's own directory");
	assert_string_equal(reason_for(tree, "r.safetensors/a=4.png"), "the file is empty");
	assert_string_equal(reason_for(tree, "r.safetensors/x.png"), "not a regular file");
	assert_string_equal(reason_for(tree, "r.safetensors/a=5.png"),
		"a symbolic link; links below sample_dir are not followed");
	assert_string_equal(reason_for(tree, "r.safetensors/a=6.png"),
		"a symbolic link; links below sample_dir are not followed");
	assert_int_equal(json_member(tree->json, "skipped_count")->integer, 7);
}

static void skipped_files_are_counted_beyond_those_listed(void **state)
{
	struct tree *tree = *state;

	put_checkpoint(tree, "r.safetensors");
	for (int i = 0; i < LIMIT_SKIPPED + 5; i++)
		put(tree, arena_printf(&tree->arena, "r.safetensors/%d.png", i));
	scan_run(tree, 0);
	assert_int_equal(json_member(tree->json, "skipped")->count, LIMIT_SKIPPED);
	assert_int_equal(json_member(tree->json, "skipped_count")->integer, LIMIT_SKIPPED + 5);
}

static void directories_that_cannot_be_read_are_skipped(void **state)
{
	struct tree *tree = *state;
	bool is_root = geteuid() == 0;

	put_checkpoint(tree, "r-step1.safetensors");
	put_checkpoint(tree, "r-step2.safetensors");
	put(tree, "r-step1.safetensors/a=1.png");
	put(tree, "r-step2.safetensors/a=1.png");
	assert_int_equal(chmod(path_of(tree, "samples/r-step1.safetensors"), 0), 0);
	if (is_root)
		assert_int_equal(seteuid(NOBODY), 0);
	scan_run(tree, 0);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_string_equal(show_paths(tree), "r-step2.safetensors/a=1.png\n");
	assert_string_equal(reason_for(tree, "r-step1.safetensors"), "Permission denied");
}

/* What goes between the listing and the scan is not missed. */
static void directories_that_are_gone_are_empty(void **state)
{
	struct tree *tree = *state;
	struct error error;

	put_checkpoint(tree, "r-step1.safetensors");
	put_checkpoint(tree, "r-step2.safetensors");
	put(tree, "r-step2.safetensors/a=1.png");
	assert_true(library_list_runs(&tree->arena, &tree->config, &tree->listing, &error));
	assert_int_equal(rmdir(path_of(tree, "samples/r-step1.safetensors")), 0);
	assert_true(library_scan_run(
		&tree->arena, &tree->config, tree->listing.runs, now(), &tree->scan, &error));
	parse(tree, buffer_text(&tree->scan.json));
	buffer_free(&tree->scan.json);
	assert_string_equal(show_paths(tree), "r-step2.safetensors/a=1.png\n");
	assert_int_equal(json_member(tree->json, "skipped_count")->integer, 0);
}

static void many_names_keep_their_own_dimensions(void **state)
{
	struct tree *tree = *state;

	/* More names than any table starts with, in an order that differs between directories. */
	put_checkpoint(tree, "r-step1.safetensors");
	put_checkpoint(tree, "r-step2.safetensors");
	for (int i = 0; i < 1500; i++) {
		put(tree, arena_printf(&tree->arena, "r-step1.safetensors/seed=%d.png", i));
		if (i % 3 == 0)
			put(tree, arena_printf(
					  &tree->arena, "r-step2.safetensors/seed=%d.png", i * 7));
	}
	scan_run(tree, 0);
	assert_int_equal(json_member(tree->json, "images")->count, 2000);
	for (const struct json *image = json_member(tree->json, "images")->first; image;
		image = image->next) {
		const struct json *dimensions = json_member(image, "dimensions");

		assert_string_equal(string_of(image, "relative_path"),
			arena_printf(&tree->arena, "r-step%s.safetensors/seed=%s.png",
				string_of(dimensions, "checkpoint"),
				string_of(dimensions, "seed")));
	}
}

static void a_version_tells_size_and_time_apart(void **state)
{
	char versions[4][LIBRARY_VERSION_SIZE];

	(void)state;
	(void)library_image_version(1, 0x23, versions[0]);
	(void)library_image_version(0x12, 3, versions[1]);
	assert_int_equal(library_image_version(INT64_MIN, UINT64_MAX, versions[2]), 33);
	assert_int_equal(library_image_version(0, 0, versions[3]), 3);
	assert_string_equal(versions[0], "1-23");
	assert_string_equal(versions[1], "12-3");
	assert_string_equal(versions[2], "8000000000000000-ffffffffffffffff");
	assert_string_equal(versions[3], "0-0");
}

/* --- The cache ------------------------------------------------------------------------------ */

struct kept {
	char etag[64];
	char name[LIBRARY_CACHE_NAME_SIZE];
};

/* Asks for the answer as the web server does; its JSON is in tree->json. */
static struct kept ask(struct tree *tree, unsigned flags)
{
	struct library_answer answer;
	struct error error;
	struct kept kept;
	char *bytes;
	const char *path;
	int length;
	gzFile file;

	assert_true(library_list_runs(&tree->arena, &tree->config, &tree->listing, &error));
	assert_true(library_answer_scan(
		&tree->arena, &tree->config, tree->listing.runs, flags, &answer, &error));
	assert_true(answer.cache_name[0] ? answer.body.length == 0 : answer.is_gzipped);
	memcpy(kept.etag, answer.etag, sizeof(kept.etag));
	memcpy(kept.name, answer.cache_name, sizeof(kept.name));
	path = path_of(tree, "answer.gz");
	if (answer.cache_name[0])
		path = path_of(tree, arena_printf(&tree->arena, "data/cache/%s.gz", kept.name));
	else
		support_write(tree->root, "answer.gz", buffer_text(&answer.body));
	buffer_free(&answer.body);
	bytes = arena_alloc(&tree->arena, 1 << 20);
	file = gzopen(path, "rb");
	assert_non_null(file);
	length = gzread(file, bytes, 1 << 20);
	assert_int_equal(gzclose(file), Z_OK);
	assert_true(length > 0);
	parse(tree, (struct text){bytes, (size_t)length});
	return kept;
}

/* A run with one image; all of it an hour old. */
static void put_settled_run(struct tree *tree)
{
	put_checkpoint(tree, "r-step1.safetensors");
	put(tree, "r-step1.safetensors/a=1.png");
	set_time(tree, "r-step1.safetensors/a=1.png", now() - HOUR);
	set_time(tree, "r-step1.safetensors", now() - HOUR);
}

static size_t count_cached(struct tree *tree)
{
	DIR *stream = opendir(tree->config.cache_dir);
	const struct dirent *entry;
	size_t count = 0;

	if (!stream)
		return 0;
	while ((entry = readdir(stream)))
		count += entry->d_name[0] != '.' || strncmp(entry->d_name, ".scan", 5) == 0;
	assert_int_equal(closedir(stream), 0);
	return count;
}

static void an_unchanged_run_is_answered_from_the_cache(void **state)
{
	struct tree *tree = *state;
	struct kept first;
	struct kept second;

	put_settled_run(tree);
	first = ask(tree, 0);
	assert_true(first.name[0]);
	assert_string_equal(show_paths(tree), "r-step1.safetensors/a=1.png\n");
	/* Rewritten in place: no name changes, so the directory tells nothing of it. */
	support_write(tree->root, "samples/r-step1.safetensors/a=1.png", TEXT("longer"));
	second = ask(tree, 0);
	assert_string_equal(second.etag, first.etag);
	assert_string_equal(second.name, first.name);
	assert_string_equal(
		strrchr(string_of(json_member(tree->json, "images")->first, "version"), '-'), "-1");
}

static void refresh_reads_the_disk(void **state)
{
	struct tree *tree = *state;
	struct kept first;
	struct kept fresh;
	struct kept again;

	put_settled_run(tree);
	first = ask(tree, 0);
	support_write(tree->root, "samples/r-step1.safetensors/a=1.png", TEXT("longer"));
	set_time(tree, "r-step1.safetensors/a=1.png", now() - HOUR);
	fresh = ask(tree, LIBRARY_REFRESH);
	assert_string_equal(
		strrchr(string_of(json_member(tree->json, "images")->first, "version"), '-'), "-6");
	assert_string_not_equal(fresh.etag, first.etag);
	again = ask(tree, 0);
	assert_string_equal(again.etag, fresh.etag);
	assert_true(again.name[0]);
}

/* What was cached before must not come back after a refresh that could not be cached. */
static void refresh_of_a_file_in_work_removes_the_doubted_answer(void **state)
{
	struct tree *tree = *state;

	put_settled_run(tree);
	(void)ask(tree, 0);
	support_write(tree->root, "samples/r-step1.safetensors/a=1.png", TEXT("longer"));
	assert_false(ask(tree, LIBRARY_REFRESH).name[0]);
	(void)ask(tree, 0);
	assert_string_equal(
		strrchr(string_of(json_member(tree->json, "images")->first, "version"), '-'), "-6");
}

static void every_change_of_names_is_seen(void **state)
{
	struct tree *tree = *state;
	struct kept before;
	struct kept after;

	put_settled_run(tree);
	before = ask(tree, 0);
	put(tree, "r-step1.safetensors/a=2.png");
	after = ask(tree, 0);
	assert_string_not_equal(after.etag, before.etag);
	assert_int_equal(json_member(tree->json, "images")->count, 2);
	before = after;
	assert_int_equal(unlink(path_of(tree, "samples/r-step1.safetensors/a=1.png")), 0);
	/* Even if somebody sets the time back, as synchronising programs do. */
	set_time(tree, "r-step1.safetensors", now() - HOUR);
	after = ask(tree, 0);
	assert_string_not_equal(after.etag, before.etag);
	assert_string_equal(show_paths(tree), "r-step1.safetensors/a=2.png\n");
	before = after;
	put_checkpoint(tree, "r-step2.safetensors");
	put(tree, "r-step2.safetensors/a=2.png");
	after = ask(tree, 0);
	assert_string_not_equal(after.etag, before.etag);
	before = after;
	/* The values depend on the other checkpoints' names, not only on the directories. */
	support_write(tree->root, "checkpoints/r-step01.safetensors", TEXT("x"));
	after = ask(tree, 0);
	assert_string_not_equal(after.etag, before.etag);
}

static void what_has_just_changed_is_not_kept(void **state)
{
	struct tree *tree = *state;

	put_settled_run(tree);
	set_time(tree, "r-step1.safetensors", now());
	assert_false(ask(tree, 0).name[0]);
	set_time(tree, "r-step1.safetensors", now() - HOUR);
	set_time(tree, "r-step1.safetensors/a=1.png", now());
	assert_false(ask(tree, 0).name[0]);
	/* An empty file waits longer for its content. */
	support_write(tree->root, "samples/r-step1.safetensors/a=1.png", TEXT(""));
	set_time(tree, "r-step1.safetensors/a=1.png", now() - INT64_C(20000000000));
	assert_false(ask(tree, 0).name[0]);
	set_time(tree, "r-step1.safetensors/a=1.png", now() - HOUR);
	assert_true(ask(tree, 0).name[0]);
	assert_int_equal(count_cached(tree), 1);
}

static void an_answer_that_is_not_kept_has_the_same_tag_while_it_is_the_same(void **state)
{
	struct tree *tree = *state;
	struct kept first;
	struct kept second;

	put_settled_run(tree);
	set_time(tree, "r-step1.safetensors/a=1.png", now() + HOUR);
	first = ask(tree, 0);
	second = ask(tree, 0);
	assert_false(first.name[0]);
	assert_string_equal(first.etag, second.etag);
	set_time(tree, "r-step1.safetensors/a=1.png", now() + 2 * HOUR);
	assert_string_not_equal(ask(tree, 0).etag, first.etag);
}

static void set_cached_age(struct tree *tree, const char *name, int64_t age)
{
	set_time(tree, arena_printf(&tree->arena, "../data/cache/%s.gz", name), now() - age);
}

static void older_states_go_once_nobody_is_sent_them(void **state)
{
	struct tree *tree = *state;
	struct kept first;
	struct kept second;

	put_settled_run(tree);
	first = ask(tree, 0);
	put(tree, "r-step1.safetensors/a=2.png");
	set_time(tree, "r-step1.safetensors/a=2.png", now() - HOUR);
	set_time(tree, "r-step1.safetensors", now() - HOUR);
	second = ask(tree, 0);
	assert_true(second.name[0]);
	assert_string_not_equal(first.name, second.name);
	assert_int_equal(count_cached(tree), 2);
	set_cached_age(tree, first.name, HOUR);
	support_write(tree->root, "data/cache/.scan-left-behind.part", TEXT("x"));
	set_time(tree, "../data/cache/.scan-left-behind.part", now() - HOUR);
	support_write(tree->root, "data/cache/preview.webp", TEXT("x"));
	set_time(tree, "../data/cache/preview.webp", now() - HOUR);
	(void)ask(tree, LIBRARY_REFRESH);
	/* The one in force, and what belongs to somebody else. */
	assert_int_equal(count_cached(tree), 2);
}

/* A kept answer of another run; its bytes are a hole. */
static void put_cached(struct tree *tree, const char *name, off_t size, int64_t age)
{
	const char *path = arena_printf(&tree->arena, "data/cache/%s.gz", name);

	support_write(tree->root, path, TEXT(""));
	assert_int_equal(truncate(path_of(tree, path), size), 0);
	set_cached_age(tree, name, age);
}

static bool is_cached(struct tree *tree, const char *name)
{
	return access(path_of(tree, arena_printf(&tree->arena, "data/cache/%s.gz", name)), F_OK) ==
	       0;
}

static void the_cache_is_bounded_in_bytes_and_age(void **state)
{
	const off_t large = LIBRARY_CACHE_BYTES * 3 / 4;
	struct tree *tree = *state;

	put_settled_run(tree);
	put_cached(tree, "scan-1111111111111111-0000000000000000.json", large, 3 * HOUR);
	put_cached(tree, "scan-2222222222222222-0000000000000000.json", large, 2 * HOUR);
	put_cached(tree, "scan-3333333333333333-0000000000000000.json", 10, 31 * (24 * HOUR));
	put_cached(tree, "scan-4444444444444444-0000000000000000.json", 10, HOUR);
	put_cached(tree, "scan-5555555555555555-0000000000000000.json", large, 0);
	(void)ask(tree, 0);
	assert_false(is_cached(tree, "scan-1111111111111111-0000000000000000.json"));
	assert_true(is_cached(tree, "scan-2222222222222222-0000000000000000.json"));
	assert_false(is_cached(tree, "scan-3333333333333333-0000000000000000.json"));
	assert_true(is_cached(tree, "scan-4444444444444444-0000000000000000.json"));
	assert_true(is_cached(tree, "scan-5555555555555555-0000000000000000.json"));
}

static void serving_keeps_a_file_young(void **state)
{
	struct tree *tree = *state;
	struct kept kept;
	struct stat status;

	put_settled_run(tree);
	kept = ask(tree, 0);
	set_cached_age(tree, kept.name, HOUR);
	assert_string_equal(ask(tree, 0).name, kept.name);
	assert_int_equal(
		stat(path_of(tree, arena_printf(&tree->arena, "data/cache/%s.gz", kept.name)),
			&status),
		0);
	assert_true(status.st_mtime > time(NULL) - 60);
}

static void without_a_cache_directory_answers_go_out_all_the_same(void **state)
{
	struct tree *tree = *state;

	put_settled_run(tree);
	support_write(tree->root, "data/cache", TEXT("a file, not a directory"));
	assert_false(ask(tree, 0).name[0]);
	assert_string_equal(show_paths(tree), "r-step1.safetensors/a=1.png\n");
}

static void a_cached_file_that_is_cut_short_is_made_again(void **state)
{
	struct tree *tree = *state;
	struct kept kept;

	put_settled_run(tree);
	kept = ask(tree, 0);
	support_write(tree->root, arena_printf(&tree->arena, "data/cache/%s.gz", kept.name),
		TEXT("\x1f\x8b"));
	assert_string_equal(ask(tree, 0).etag, kept.etag);
}

static void a_shell_gets_plain_json(void **state)
{
	struct tree *tree = *state;
	struct library_answer answer;
	struct error error;

	put_settled_run(tree);
	assert_true(library_list_runs(&tree->arena, &tree->config, &tree->listing, &error));
	assert_true(library_answer_scan(
		&tree->arena, &tree->config, tree->listing.runs, LIBRARY_PLAIN, &answer, &error));
	assert_false(answer.is_gzipped);
	assert_false(answer.cache_name[0]);
	parse(tree, buffer_text(&answer.body));
	assert_string_equal(show_paths(tree), "r-step1.safetensors/a=1.png\n");
	buffer_free(&answer.body);
	assert_int_equal(count_cached(tree), 0);
}

#define ON_A_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_TREE(a_scan_is_written_as_the_contract_says),
		ON_A_TREE(images_come_in_training_order_then_by_name),
		ON_A_TREE(a_run_without_samples_has_no_dimensions),
		ON_A_TREE(values_are_sorted_by_type),
		ON_A_TREE(one_file_stands_for_a_combination),
		ON_A_TREE(directories_do_not_compete),
		ON_A_TREE(any_utf8_name_comes_through),
		ON_A_TREE(a_name_of_255_bytes_comes_through),
		ON_A_TREE(what_is_no_image_is_skipped_with_the_reason),
		ON_A_TREE(skipped_files_are_counted_beyond_those_listed),
		ON_A_TREE(directories_that_cannot_be_read_are_skipped),
		ON_A_TREE(directories_that_are_gone_are_empty),
		ON_A_TREE(many_names_keep_their_own_dimensions),
		cmocka_unit_test(a_version_tells_size_and_time_apart),
		ON_A_TREE(an_unchanged_run_is_answered_from_the_cache),
		ON_A_TREE(refresh_reads_the_disk),
		ON_A_TREE(refresh_of_a_file_in_work_removes_the_doubted_answer),
		ON_A_TREE(every_change_of_names_is_seen),
		ON_A_TREE(what_has_just_changed_is_not_kept),
		ON_A_TREE(an_answer_that_is_not_kept_has_the_same_tag_while_it_is_the_same),
		ON_A_TREE(older_states_go_once_nobody_is_sent_them),
		ON_A_TREE(the_cache_is_bounded_in_bytes_and_age),
		ON_A_TREE(serving_keeps_a_file_young),
		ON_A_TREE(without_a_cache_directory_answers_go_out_all_the_same),
		ON_A_TREE(a_cached_file_that_is_cut_short_is_made_again),
		ON_A_TREE(a_shell_gets_plain_json),
	};

	(void)setenv("LOG_LEVEL", "error", 1);
	(void)log_open("test_scan");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The search for checkpoints: trees of every kind, as users and accidents leave them. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "library/places.h"
#include "library/runs.h"
#include "support.h"

#define NOBODY 65534

/* A tree with two checkpoint directories, `a` and `b`, and a sample directory. */
struct tree {
	char root[SUPPORT_PATH];
	struct arena arena;
	struct config config;
	const char *checkpoint_dirs[2];
	struct library_listing listing;
};

static int make_tree(void **state)
{
	static const char *exclude[] = {"*-state/", "*-?\?\?\?\?-of-?\?\?\?\?.safetensors"};
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return 1;
	arena_init(&tree->arena, (size_t)1 << 26);
	support_directory_make(tree->root);
	/* Others may pass: some tests look at it as another user. */
	if (chmod(tree->root, 0755) != 0)
		return 1;
	tree->checkpoint_dirs[0] = arena_printf(&tree->arena, "%s/a", tree->root);
	tree->checkpoint_dirs[1] = arena_printf(&tree->arena, "%s/b", tree->root);
	tree->config.checkpoint_dirs = tree->checkpoint_dirs;
	tree->config.checkpoint_dir_count = 2;
	tree->config.sample_dir = arena_printf(&tree->arena, "%s/samples", tree->root);
	tree->config.exclude = exclude;
	tree->config.exclude_count = 2;
	if (mkdir(tree->checkpoint_dirs[0], 0755) != 0 ||
		mkdir(tree->checkpoint_dirs[1], 0755) != 0 ||
		mkdir(tree->config.sample_dir, 0755) != 0)
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

static void put(struct tree *tree, const char *path)
{
	support_write(tree->root, path, TEXT("x"));
}

static void put_directory(struct tree *tree, const char *path)
{
	assert_int_equal(mkdir(path_of(tree, path), 0755), 0);
}

static void put_link(struct tree *tree, const char *target, const char *path)
{
	assert_int_equal(symlink(target, path_of(tree, path)), 0);
}

static void list(struct tree *tree)
{
	struct error error;

	assert_true(library_list_runs(&tree->arena, &tree->config, &tree->listing, &error));
}

/* The runs as "name: value=file* value=file; name: ...", `*` for samples. */
static const char *show(struct tree *tree)
{
	const char *shown = "";

	for (size_t i = 0; i < tree->listing.run_count; i++) {
		const struct library_run *run = &tree->listing.runs[i];

		shown = arena_printf(
			&tree->arena, "%s%s%.*s:", shown, i ? "; " : "", TEXT_ARGUMENTS(run->name));
		for (size_t j = 0; j < run->checkpoint_count; j++)
			shown = arena_printf(&tree->arena, "%s %.*s=%s%s", shown,
				TEXT_ARGUMENTS(run->checkpoints[j]->naming.value),
				run->checkpoints[j]->naming.file_name.at,
				run->checkpoints[j]->has_samples ? "*" : "");
	}
	return shown;
}

/* The reason why the path is skipped; NULL if it is not. */
static const char *reason_for(struct tree *tree, const char *path)
{
	struct text whole = text_from(path_of(tree, path));

	for (size_t i = 0; i < tree->listing.skipped.kept; i++)
		if (text_equal(tree->listing.skipped.entries[i].path, whole))
			return tree->listing.skipped.entries[i].reason;
	return NULL;
}

static void checkpoints_of_one_base_name_form_a_run(void **state)
{
	struct tree *tree = *state;

	put(tree, "a/qwen/psai4rt-v0.3.0-no-reg.safetensors");
	put(tree, "a/qwen/psai4rt-v0.3.0-no-reg-step00004750.safetensors");
	put(tree, "a/qwen/psai4rt-v0.3.0-no-reg-step00004500.safetensors");
	put(tree, "a/qwen/psai4rt-v0.3.0-no-reg-step00004500.json");
	put(tree, "a/psai4rt-v0.3.0-no-reg.safetensors.txt");
	put_directory(tree, "samples/psai4rt-v0.3.0-no-reg.safetensors");
	put_directory(tree, "samples/psai4rt-v0.3.0-no-reg-step00004500.safetensors");
	put(tree, "samples/psai4rt-v0.3.0-no-reg-step00004750.safetensors");
	list(tree);
	assert_string_equal(show(tree), "qwen/psai4rt-v0.3.0-no-reg:"
					" 4500=psai4rt-v0.3.0-no-reg-step00004500.safetensors*"
					" 4750=psai4rt-v0.3.0-no-reg-step00004750.safetensors"
					" final=psai4rt-v0.3.0-no-reg.safetensors*");
	assert_true(tree->listing.runs[0].has_samples);
	assert_int_equal(tree->listing.skipped.count, 0);
}

static void runs_are_sorted_and_keep_their_ids(void **state)
{
	struct tree *tree = *state;
	char id[NAMING_RUN_ID_SIZE];

	put(tree, "a/m/run.safetensors");
	list(tree);
	memcpy(id, tree->listing.runs[0].id, sizeof(id));
	put(tree, "a/z.safetensors");
	put(tree, "b/b.safetensors");
	put(tree, "a/m/run-step5.safetensors");
	list(tree);
	assert_string_equal(show(tree), "b: final=b.safetensors; m/run: 5=run-step5.safetensors"
					" final=run.safetensors; z: final=z.safetensors");
	assert_string_equal(tree->listing.runs[1].id, id);
	assert_string_not_equal(tree->listing.runs[0].id, id);
}

static void the_same_name_in_two_directories_is_one_run(void **state)
{
	struct tree *tree = *state;

	put(tree, "a/x/run-step1.safetensors");
	put(tree, "b/x/run-step1.safetensors");
	put(tree, "b/x/run-step2.safetensors");
	list(tree);
	assert_string_equal(show(tree), "x/run: 1=run-step1.safetensors 2=run-step2.safetensors");
	assert_int_equal(tree->listing.runs[0].checkpoints[0]->directory, 0);
	assert_int_equal(tree->listing.runs[0].checkpoints[1]->directory, 1);
	assert_int_equal(tree->listing.runs[0].warning_count, 0);
	support_write(tree->root, "b/x/run-step1.safetensors", TEXT("longer"));
	list(tree);
	assert_int_equal(tree->listing.runs[0].checkpoint_count, 2);
	assert_int_equal(tree->listing.runs[0].warning_count, 1);
	assert_non_null(strstr(tree->listing.runs[0].warnings[0], "run-step1.safetensors"));
	assert_non_null(strstr(tree->listing.runs[0].warnings[0], "different sizes"));
}

static void runs_that_share_a_sample_directory_say_so(void **state)
{
	struct tree *tree = *state;

	put(tree, "a/one/lora-step1.safetensors");
	put(tree, "a/two/lora-step1.safetensors");
	put(tree, "a/two/lora-step2.safetensors");
	put(tree, "a/alone.safetensors");
	list(tree);
	assert_int_equal(tree->listing.run_count, 3);
	assert_int_equal(tree->listing.runs[0].warning_count, 0);
	assert_non_null(strstr(tree->listing.runs[1].warnings[0], "\"two/lora\""));
	assert_non_null(strstr(tree->listing.runs[2].warnings[0], "\"one/lora\""));
}

static void excluded_and_hidden_names_are_left_out(void **state)
{
	struct tree *tree = *state;

	put(tree, "a/run.safetensors");
	put(tree, "a/run-state/optimizer.safetensors");
	put(tree, "a/run-state/model.safetensors");
	put(tree, "a/model-00001-of-00002.safetensors");
	put(tree, "a/model-00002-of-00002.safetensors");
	put(tree, "a/.hidden.safetensors");
	put(tree, "a/.cache/run.safetensors");
	list(tree);
	assert_string_equal(show(tree), "run: final=run.safetensors");
	assert_int_equal(tree->listing.excluded_count, 3);
	assert_int_equal(tree->listing.skipped.count, 0);
}

static void links_are_followed_within_the_configured_directories(void **state)
{
	struct tree *tree = *state;

	put(tree, "b/real/run-step1.safetensors");
	put_directory(tree, "a/links");
	put_link(tree, "../../b/real/run-step1.safetensors", "a/links/other-step2.safetensors");
	put_link(tree, path_of(tree, "b/real"), "a/folder");
	put_link(tree, path_of(tree, "b/real/run-step1.safetensors"), "a/no-checkpoint.txt");
	list(tree);
	assert_string_equal(show(tree), "folder/run: 1=run-step1.safetensors; "
					"links/other: 2=other-step2.safetensors; "
					"real/run: 1=run-step1.safetensors");
	assert_int_equal(tree->listing.skipped.count, 0);
}

static void other_links_are_skipped_with_the_reason(void **state)
{
	struct tree *tree = *state;

	put(tree, "outside/run.safetensors");
	put(tree, "a/deep/run.safetensors");
	put(tree, "b/b.safetensors");
	put_link(tree, "../outside/run.safetensors", "a/escapes.safetensors");
	put_link(tree, path_of(tree, "outside"), "a/escapes");
	put_link(tree, "nowhere.safetensors", "a/dangling.safetensors");
	put_link(tree, "circle.safetensors", "a/circle.safetensors");
	put_link(tree, "..", "a/deep/up");
	put_link(tree, "../b", "a/linked");
	put_link(tree, "../a/deep", "b/within");
	list(tree);
	assert_string_equal(show(tree), "b: final=b.safetensors; deep/run: final=run.safetensors; "
					"linked/b: final=b.safetensors; "
					"within/run: final=run.safetensors");
	assert_non_null(
		strstr(reason_for(tree, "a/escapes.safetensors"), "/outside/run.safetensors"));
	assert_non_null(
		strstr(reason_for(tree, "a/escapes"), "add that directory to checkpoint_dirs"));
	assert_string_equal(reason_for(tree, "a/dangling.safetensors"), "the link leads nowhere");
	assert_string_equal(reason_for(tree, "a/circle.safetensors"), "the link leads in a circle");
	assert_string_equal(
		reason_for(tree, "a/deep/up"), "the link leads to a directory that contains it");
	assert_string_equal(reason_for(tree, "a/linked/within"),
		"a link inside a linked directory is not followed");
	assert_string_equal(reason_for(tree, "b/within/up"),
		"a link inside a linked directory is not followed");
}

static void links_upon_links_do_not_multiply(void **state)
{
	struct tree *tree = *state;

	/* Each of 20 directories links to the next twice: 2^20 ways to the last one. */
	for (int i = 0; i < 20; i++) {
		put_directory(tree, arena_printf(&tree->arena, "a/%d", i));
		put_link(tree, arena_printf(&tree->arena, "../%d", i + 1),
			arena_printf(&tree->arena, "a/%d/left", i));
		put_link(tree, arena_printf(&tree->arena, "../%d", i + 1),
			arena_printf(&tree->arena, "a/%d/right", i));
	}
	put(tree, "a/20/run.safetensors");
	list(tree);
	assert_int_equal(tree->listing.run_count, 3);
}

static void a_configured_directory_may_be_a_link(void **state)
{
	struct tree *tree = *state;

	put(tree, "real/run.safetensors");
	assert_int_equal(rmdir(tree->checkpoint_dirs[0]), 0);
	put_link(tree, "real", "a");
	put_link(tree, "run.safetensors", "real/again.safetensors");
	list(tree);
	assert_string_equal(
		show(tree), "again: final=again.safetensors; run: final=run.safetensors");
}

static void what_cannot_be_read_is_skipped(void **state)
{
	struct tree *tree = *state;
	bool is_root = geteuid() == 0;

	put(tree, "a/good.safetensors");
	put(tree, "a/closed/run.safetensors");
	put(tree, "a/bad-\xff.safetensors");
	put(tree, "a/dir-\xff/run.safetensors");
	assert_int_equal(mkfifo(path_of(tree, "a/fifo.safetensors"), 0600), 0);
	put_directory(tree, "a/directory.safetensors");
	assert_int_equal(chmod(path_of(tree, "a/closed"), 0), 0);
	assert_int_equal(rmdir(path_of(tree, "b")), 0);
	put_directory(tree, "samples/real.safetensors");
	put_link(tree, "real.safetensors", "samples/good.safetensors");
	if (is_root)
		assert_int_equal(seteuid(NOBODY), 0);
	list(tree);
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	assert_string_equal(show(tree), "good: final=good.safetensors");
	assert_string_equal(reason_for(tree, "a/closed"), "Permission denied");
	assert_string_equal(
		reason_for(tree, "a/bad-\xff.safetensors"), "the name is not valid UTF-8");
	assert_string_equal(reason_for(tree, "a/dir-\xff"), "the name is not valid UTF-8");
	assert_string_equal(reason_for(tree, "a/fifo.safetensors"), "not a regular file");
	assert_string_equal(reason_for(tree, "b"), "No such file or directory");
	assert_non_null(strstr(reason_for(tree, "samples/good.safetensors"), "symbolic link"));
	assert_int_equal(tree->listing.skipped.count, 6);
}

static void everything_may_be_missing(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(rmdir(path_of(tree, "a")), 0);
	assert_int_equal(rmdir(path_of(tree, "b")), 0);
	assert_int_equal(rmdir(path_of(tree, "samples")), 0);
	list(tree);
	assert_int_equal(tree->listing.run_count, 0);
	assert_int_equal(tree->listing.skipped.count, 3);
}

static void long_names_and_deep_trees_are_bounded(void **state)
{
	struct tree *tree = *state;
	char name[256];
	const char *path = "a";

	memset(name, 'n', 255);
	memcpy(name + 255 - strlen(".safetensors"), ".safetensors", sizeof(".safetensors"));
	put(tree, arena_printf(&tree->arena, "a/%s", name));
	for (int i = 0; i < 40; i++) {
		path = arena_printf(&tree->arena, "%s/d", path);
		put(tree, arena_printf(&tree->arena, "%s/%d.safetensors", path, i));
	}
	list(tree);
	/* The long one, and those in the 31 directories below the first. */
	assert_int_equal(tree->listing.run_count, 1 + 31);
	assert_int_equal(tree->listing.skipped.count, 1);
	assert_string_equal(
		tree->listing.skipped.entries[0].reason, "directories are nested too deeply here");
}

static void runs_are_written_as_the_contract_says(void **state)
{
	struct tree *tree = *state;
	struct buffer buffer;
	struct json_writer out;

	put(tree, "a/say \"hi\"-step7.safetensors");
	put(tree, "a/say \"hi\".safetensors");
	put(tree, "a/none-step99999999999999999999.safetensors");
	put_directory(tree, "samples/say \"hi\".safetensors");
	list(tree);
	buffer_init(&buffer, 65536);
	json_writer_init(&out, &buffer);
	library_write_runs(&out, &tree->listing, LIBRARY_RUNS_WITH_SAMPLES);
	buffer_append_byte(&buffer, '\0');
	assert_string_equal(buffer.bytes,
		"[{\"id\":\"15d8323897ac7e41\",\"name\":\"say \\\"hi\\\"\",\"checkpoint_count\":2,"
		"\"has_samples\":true,\"checkpoints\":["
		"{\"filename\":\"say "
		"\\\"hi\\\"-step7.safetensors\",\"step_number\":7,\"value\":\"7\","
		"\"has_samples\":false},"
		"{\"filename\":\"say "
		"\\\"hi\\\".safetensors\",\"step_number\":null,\"value\":\"final\","
		"\"has_samples\":true}],\"warnings\":[]}]");
	buffer.length = 0;
	json_writer_init(&out, &buffer);
	library_write_runs(&out, &tree->listing, LIBRARY_RUNS_WITHOUT_SAMPLES);
	buffer_append_byte(&buffer, '\0');
	assert_non_null(strstr(buffer.bytes,
		"\"step_number\":null,\"value\":\"99999999999999999999\",\"has_samples\":false"));
	assert_null(strstr(buffer.bytes, "say"));
	buffer_free(&buffer);
}

static void runs_and_checkpoints_are_found(void **state)
{
	struct tree *tree = *state;
	struct error error;
	struct text one;
	const struct library_checkpoint *found;

	put(tree, "a/one/x.safetensors");
	put(tree, "b/two/x.safetensors");
	list(tree);
	one = text_from(tree->listing.runs[0].id);
	assert_ptr_equal(library_find_run(&tree->listing, one, &error), &tree->listing.runs[0]);
	assert_null(library_find_run(&tree->listing, TEXT("nosuch"), &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	found = library_find_checkpoint(&tree->listing, TEXT("x.safetensors"), TEXT(""), &error);
	assert_string_equal(found->path, "one/x.safetensors");
	found = library_find_checkpoint(
		&tree->listing, TEXT("x.safetensors"), text_from(tree->listing.runs[1].id), &error);
	assert_string_equal(found->path, "two/x.safetensors");
	assert_null(
		library_find_checkpoint(&tree->listing, TEXT("x.safetensors"), TEXT("no"), &error));
	assert_null(library_find_checkpoint(&tree->listing, TEXT("y.safetensors"), one, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
}

/* Opens, closes, and returns "" or the error's code. */
static const char *open_checkpoint(struct tree *tree, const char *path)
{
	struct error error = {0};
	int descriptor = library_open_checkpoint(&tree->arena, &tree->config, 0, path, &error);

	if (descriptor >= 0)
		(void)close(descriptor);
	return descriptor >= 0 ? "" : arena_copy(&tree->arena, text_from(error.code));
}

static const char *open_image(struct tree *tree, const char *path)
{
	struct error error = {0};
	int descriptor = library_open_image(&tree->config, path, &error);

	if (descriptor >= 0)
		(void)close(descriptor);
	return descriptor >= 0 ? "" : arena_copy(&tree->arena, text_from(error.code));
}

static void files_are_opened_only_beneath_their_directories(void **state)
{
	struct tree *tree = *state;

	put(tree, "outside.png");
	put(tree, "outside.safetensors");
	put(tree, "a/x.safetensors");
	put(tree, "b/y.safetensors");
	put(tree, "samples/d/a=1.png");
	put(tree, "samples/d/notes.txt");
	put_directory(tree, "samples/d/dir.png");
	assert_int_equal(mkfifo(path_of(tree, "samples/d/fifo.png"), 0600), 0);
	put_link(tree, "../b/y.safetensors", "a/link.safetensors");
	put_link(tree, "../outside.safetensors", "a/escape.safetensors");
	put_link(tree, "nowhere", "a/dangling.safetensors");
	put_link(tree, "a=1.png", "samples/d/link.png");
	put_link(tree, "d", "samples/e");
	assert_string_equal(open_checkpoint(tree, "x.safetensors"), "");
	assert_string_equal(open_checkpoint(tree, "link.safetensors"), "");
	assert_string_equal(open_checkpoint(tree, "escape.safetensors"), "outside_directories");
	assert_string_equal(open_checkpoint(tree, "../outside.safetensors"), "outside_directories");
	assert_string_equal(open_checkpoint(tree, "dangling.safetensors"), "not_found");
	assert_string_equal(open_checkpoint(tree, "none.safetensors"), "not_found");
	assert_string_equal(open_image(tree, "d/a=1.png"), "");
	assert_string_equal(open_image(tree, "d/link.png"), "outside_directories");
	assert_string_equal(open_image(tree, "e/a=1.png"), "outside_directories");
	assert_string_equal(open_image(tree, "../outside.png"), "outside_directories");
	assert_string_equal(open_image(tree, path_of(tree, "outside.png")), "outside_directories");
	assert_string_equal(open_image(tree, "d/notes.txt"), "not_found");
	assert_string_equal(open_image(tree, "d/dir.png"), "not_found");
	assert_string_equal(open_image(tree, "d/fifo.png"), "not_found");
	assert_string_equal(open_image(tree, "d/a=1.png/x.png"), "not_found");
	assert_string_equal(open_image(tree, "d/none.png"), "not_found");
}

#define ON_A_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_TREE(checkpoints_of_one_base_name_form_a_run),
		ON_A_TREE(runs_are_sorted_and_keep_their_ids),
		ON_A_TREE(the_same_name_in_two_directories_is_one_run),
		ON_A_TREE(runs_that_share_a_sample_directory_say_so),
		ON_A_TREE(excluded_and_hidden_names_are_left_out),
		ON_A_TREE(links_are_followed_within_the_configured_directories),
		ON_A_TREE(other_links_are_skipped_with_the_reason),
		ON_A_TREE(links_upon_links_do_not_multiply),
		ON_A_TREE(a_configured_directory_may_be_a_link),
		ON_A_TREE(what_cannot_be_read_is_skipped),
		ON_A_TREE(everything_may_be_missing),
		ON_A_TREE(long_names_and_deep_trees_are_bounded),
		ON_A_TREE(runs_are_written_as_the_contract_says),
		ON_A_TREE(runs_and_checkpoints_are_found),
		ON_A_TREE(files_are_opened_only_beneath_their_directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

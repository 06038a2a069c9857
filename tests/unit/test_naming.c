/* What file names mean: checkpoints, images, values and their order, exclude globs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "naming/checkpoint.h"
#include "naming/exclude.h"
#include "naming/image.h"
#include "naming/output.h"
#include "naming/values.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)1 << 24);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static const char *string(struct text value)
{
	return arena_copy(&arena, value);
}

static void checkpoint_names_are_taken_apart(void **state)
{
	static const struct {
		const char *name;
		const char *base;
		enum naming_kind kind;
		const char *number;
		const char *suffix;
	} cases[] = {
		/* PRD 2.2 */
		{"psai4rt-v0.3.0-no-reg", "psai4rt-v0.3.0-no-reg", NAMING_FINAL, "", ""},
		{"psai4rt-step00004500", "psai4rt", NAMING_STEP, "4500", "-step00004500"},
		{"foo-000104", "foo", NAMING_EPOCH, "104", "-000104"},
		{"foo-000104-step00004500", "foo", NAMING_STEP, "4500", "-000104-step00004500"},
		{"foo-STEP7", "foo", NAMING_STEP, "7", "-STEP7"},
		{"foo-step0", "foo", NAMING_STEP, "0", "-step0"},
		{"foo-000000", "foo", NAMING_EPOCH, "0", "-000000"},
		{"foo-step99999999999999999999", "foo", NAMING_STEP, "99999999999999999999",
			"-step99999999999999999999"},
		/* dates, totals and other lengths belong to the name */
		{"foo-240815", "foo-240815", NAMING_FINAL, "", ""},
		{"foo-steps-100000", "foo-steps-100000", NAMING_FINAL, "", ""},
		{"foo-00104", "foo-00104", NAMING_FINAL, "", ""},
		{"foo-0000104", "foo-0000104", NAMING_FINAL, "", ""},
		{"foo-step", "foo-step", NAMING_FINAL, "", ""},
		{"foo-step12a", "foo-step12a", NAMING_FINAL, "", ""},
		{"foo_000104", "foo_000104", NAMING_FINAL, "", ""},
		/* other trainers */
		{"foo_000000500", "foo", NAMING_STEP, "500", "_000000500"},
		{"foo_00000500", "foo_00000500", NAMING_FINAL, "", ""},
		{"foo_000000500_high_noise", "foo_high_noise", NAMING_STEP, "500", "_000000500"},
		{"foo_000000500_LOW_noise", "foo_LOW_noise", NAMING_STEP, "500", "_000000500"},
		{"foo_high_noise", "foo_high_noise", NAMING_FINAL, "", ""},
		{"foo_step20", "foo", NAMING_STEP, "20", "_step20"},
		{"foo-epoch3", "foo", NAMING_EPOCH, "3", "-epoch3"},
		{"foo_Epoch03", "foo", NAMING_EPOCH, "3", "_Epoch03"},
		{"foo-epoch3_step20", "foo-epoch3", NAMING_STEP, "20", "_step20"},
		{"my-lora-2024-05-01_12-30-45-save-1500-10-0", "my-lora", NAMING_STEP, "1500",
			"-2024-05-01_12-30-45-save-1500-10-0"},
		{"2024-05-01_12-30-45-save-1500-10-0", "folder", NAMING_STEP, "1500",
			"2024-05-01_12-30-45-save-1500-10-0"},
		{"_-2024-05-01_12-30-45-save-15-1-0", "folder", NAMING_STEP, "15",
			"_-2024-05-01_12-30-45-save-15-1-0"},
		{"x2024-05-01_12-30-45-save-15-1", "x2024-05-01_12-30-45-save-15-1", NAMING_FINAL,
			"", ""},
		{"x2024-05-0a_12-30-45-save-15-1-0", "x2024-05-0a_12-30-45-save-15-1-0",
			NAMING_FINAL, "", ""},
		/* a name never becomes empty */
		{"-step00000100", "-step00000100", NAMING_FINAL, "", ""},
		{"-000001", "-000001", NAMING_FINAL, "", ""},
		{"-000001-step5", "-000001", NAMING_STEP, "5", "-step5"},
		{"_000000500", "_000000500", NAMING_FINAL, "", ""},
		{"step5", "step5", NAMING_FINAL, "", ""},
		{"\xff\xfe-step5", "\xff\xfe", NAMING_STEP, "5", "-step5"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char name[300];
		struct naming_checkpoint found;

		(void)snprintf(name, sizeof(name), "%s.%s", cases[i].name,
			i % 2 ? "safetensors" : "SafeTensors");
		assert_int_equal(
			naming_parse_checkpoint(&arena, TEXT("folder"), text_from(name), &found),
			NAMING_CHECKPOINT);
		assert_string_equal(string(found.base), cases[i].base);
		assert_int_equal(found.kind, cases[i].kind);
		assert_string_equal(string(found.number), cases[i].number);
		assert_string_equal(string(found.suffix), cases[i].suffix);
	}
}

static void other_files_are_no_checkpoints(void **state)
{
	static const char *const names[] = {"", ".safetensors", ".foo.safetensors", "foo.ckpt",
		"foo", "safetensors", "foo.safetensors.part", "foo.safetensor"};
	struct naming_checkpoint found;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(
			naming_parse_checkpoint(&arena, TEXT(""), text_from(names[i]), &found),
			NAMING_OTHER_FILE);
}

static void a_one_trainer_name_without_a_directory_keeps_its_stem(void **state)
{
	struct naming_checkpoint found;

	(void)state;
	assert_int_equal(naming_parse_checkpoint(&arena, TEXT(""),
				 TEXT("2024-05-01_12-30-45-save-15-1-0.safetensors"), &found),
		NAMING_CHECKPOINT);
	assert_string_equal(string(found.base), "2024-05-01_12-30-45-save-15-1-0");
	assert_int_equal(found.kind, NAMING_FINAL);
}

static int by_training(const void *left, const void *right)
{
	struct naming_checkpoint *const *a = left;
	struct naming_checkpoint *const *b = right;

	return naming_compare_checkpoints(*a, *b);
}

static void values_are_unique_and_in_training_order(void **state)
{
	/* `names` in any order; `values` as they must come out. */
	static const struct {
		const char *names[6];
		const char *values[6];
	} cases[] = {
		{{"a", "a-step10", "a-step9", "a-step100"}, {"9", "10", "100", "final"}},
		{{"a", "a-000010", "a-000009"}, {"9", "10", "final"}},
		{{"a", "a-000010", "a-step20", "a-000002"}, {"20", "epoch 2", "epoch 10", "final"}},
		{{"a-steps-9000", "a-steps-9000-step00004500"}, {"4500", "9000"}},
		{{"a-steps-9000", "a-steps-9000-step9000"}, {"9000", "final"}},
		{{"a-step-09000", "a-step-09000-step1"}, {"1", "9000"}},
		{{"a-steps-10-steps-20"}, {"20"}},
		{{"footsteps-2"}, {"final"}},
		{{"a-steps-10k"}, {"final"}},
		{{"a-steps-1.5"}, {"final"}},
		{{"STEPS-30_v2"}, {"30"}},
		{{"a-step10", "a-step00000010", "a-step5"}, {"5", "-step00000010", "-step10"}},
		{{"a-000001-step10", "a-000002-step10"}, {"-000001-step10", "-000002-step10"}},
		{{"a_000000010_high_noise", "a_high_noise_000000010"},
			{"a_000000010_high_noise.safetensors",
				"a_high_noise_000000010.safetensors"}},
		{{"a-step99999999999999999999", "a-step100000000000000000000"},
			{"99999999999999999999", "100000000000000000000"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct naming_checkpoint found[6];
		struct naming_checkpoint *sorted[6];
		size_t count = 0;

		for (; count < 6 && cases[i].names[count]; count++) {
			const char *name =
				arena_printf(&arena, "%s.safetensors", cases[i].names[count]);

			assert_int_equal(naming_parse_checkpoint(
						 &arena, TEXT(""), text_from(name), &found[count]),
				NAMING_CHECKPOINT);
			sorted[count] = &found[count];
		}
		qsort(sorted, count, sizeof(struct naming_checkpoint *), by_training);
		assert_true(naming_set_values(&arena, sorted, count));
		for (size_t j = 0; j < count; j++)
			assert_string_equal(string(sorted[j]->value), cases[i].values[j]);
	}
}

static void two_final_checkpoints_go_by_their_file_names(void **state)
{
	struct naming_checkpoint found[2];
	struct naming_checkpoint *sorted[] = {&found[0], &found[1]};

	(void)state;
	(void)naming_parse_checkpoint(&arena, TEXT(""), TEXT("a.SAFETENSORS"), &found[0]);
	(void)naming_parse_checkpoint(&arena, TEXT(""), TEXT("a.safetensors"), &found[1]);
	assert_true(naming_set_values(&arena, sorted, 2));
	assert_string_equal(string(found[0].value), "a.SAFETENSORS");
	assert_string_equal(string(found[1].value), "a.safetensors");
}

static void a_step_is_an_integer_while_it_fits(void **state)
{
	static const struct {
		const char *name;
		bool fits;
		int64_t number;
	} cases[] = {
		{"a-step00004500.safetensors", true, 4500},
		{"a-step9223372036854775807.safetensors", true, INT64_MAX},
		{"a-step9223372036854775808.safetensors", false, 0},
		{"a-000003.safetensors", true, 3},
		{"a.safetensors", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct naming_checkpoint found;
		int64_t number = 0;

		(void)naming_parse_checkpoint(&arena, TEXT(""), text_from(cases[i].name), &found);
		assert_int_equal(naming_checkpoint_number(&found, &number), cases[i].fits);
		assert_int_equal(number, cases[i].number);
	}
}

static void run_ids_depend_on_the_name_alone(void **state)
{
	char id[NAMING_RUN_ID_SIZE];

	(void)state;
	naming_run_id(TEXT("a"), id);
	assert_string_equal(id, "af63dc4c8601ec8c"); /* FNV-1a's published test vector */
	naming_run_id(TEXT("foobar"), id);
	assert_string_equal(id, "85944171f73967e8");
}

/* The pairs as "key=value|key=value", and "#counter" at the end. */
static const char *show(const struct naming_image *image)
{
	const char *shown = "";

	for (size_t i = 0; i < image->pair_count; i++)
		shown = arena_printf(&arena, "%s%s%.*s=%.*s", shown, i ? "|" : "",
			TEXT_ARGUMENTS(image->pairs[i].key), TEXT_ARGUMENTS(image->pairs[i].value));
	return image->has_counter
		       ? arena_printf(&arena, "%s#%.*s", shown, TEXT_ARGUMENTS(image->counter))
		       : shown;
}

static void image_names_are_taken_apart(void **state)
{
	static const struct {
		const char *name;
		const char *shown;
	} cases[] = {
		{"index=5&prompt_name=portal_hub&seed=422&cfg=3&_00001_.png",
			"index=5|prompt_name=portal_hub|seed=422|cfg=3#1"},
		{"cfg=3_00012_.png", "cfg=3#12"},
		{"cfg=3_123456_.png", "cfg=3#123456"},
		{"cfg=3_00000_.png", "cfg=3#0"},
		{"cfg=3_0001_.png", "cfg=3_0001_"},
		{"cfg=3_00001.png", "cfg=3_00001"},
		{"cfg=300001_.png", "cfg=300001_"},
		{"cfg=3.png", "cfg=3"},
		{"cfg=3.PNG", "cfg=3"},
		{"cfg=3.jpg", "cfg=3"},
		{"cfg=3.JPeG", "cfg=3"},
		{"cfg=3.webp", "cfg=3"},
		{"cfg=3.png.png", "cfg=3.png"},
		{"cfg=1.5&_00001_.png", "cfg=1.5#1"},
		/* form decoding */
		{"p=a+b%20c.png", "p=a b c"},
		{"p=100%25.png", "p=100%"},
		{"p=100%.png", "p=100%"},
		{"p=%zz%4.png", "p=%zz%4"},
		{"p=%26%3D%23%3F%2B.png", "p=&=#?+"},
		{"p%3D=1.png", "p==1"},
		{"p=a=b.png", "p=a=b"},
		{"p=%E2%82%AC.png", "p=\xe2\x82\xac"},
		{"p=%e2%82%ac.png", "p=\xe2\x82\xac"},
		{"p=\xe2\x82\xac.png", "p=\xe2\x82\xac"},
		{"p=it's \"quoted\" #1 ?.png", "p=it's \"quoted\" #1 ?"},
		/* bytes that are not UTF-8 stay as they are written */
		{"p=%FF.png", "p=%FF"},
		{"p=a+%FF.png", "p=a+%FF"},
		{"p=%C3.png", "p=%C3"},
		/* pieces */
		{"&&a=1&&b=2&.png", "a=1|b=2"},
		{"a=1&word&b=2.png", "a=1|b=2"},
		{"=1&a=2.png", "a=2"},
		{"a=&b=2.png", "a=|b=2"},
		{"a=1&a=2&%61=3.png", "a=1"},
		{"A=1&a=2.png", "A=1|a=2"},
		{"_00001_&a=1.png", "a=1"},
		{"a=1&_00001_&_00002_.png", "a=1#2"},
		/* the name of the checkpoint dimension is taken */
		{"checkpoint=5&seed=1.png", "checkpoint (file)=5|seed=1"},
		{"checkpoint=5&checkpoint (file)=6.png", "checkpoint (file)=5"},
		{"Checkpoint=5.png", "Checkpoint=5"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct naming_image image;
		const char *reason = NULL;

		assert_int_equal(
			naming_parse_image(&arena, text_from(cases[i].name), &image, &reason),
			NAMING_IMAGE);
		assert_string_equal(show(&image), cases[i].shown);
	}
}

static void names_that_cannot_be_used_are_skipped_with_a_reason(void **state)
{
	static const struct {
		const char *name;
		enum naming_image_result result;
		const char *reason;
	} cases[] = {
		{"ComfyUI_00001_.png", NAMING_IMAGE_SKIPPED, "the name has no key=value"},
		{"notes.png", NAMING_IMAGE_SKIPPED, "the name has no key=value"},
		{"=.png", NAMING_IMAGE_SKIPPED, "the name has no key=value"},
		{"&.png", NAMING_IMAGE_SKIPPED, "the name has no key=value"},
		{"a=\xff.png", NAMING_IMAGE_SKIPPED, "the name is not valid UTF-8"},
		{"a=\xed\xa0\x80.png", NAMING_IMAGE_SKIPPED, "the name is not valid UTF-8"},
		{"", NAMING_NO_IMAGE, NULL},
		{".png", NAMING_NO_IMAGE, NULL},
		{".a=1.png", NAMING_NO_IMAGE, NULL},
		{"a=1.txt", NAMING_NO_IMAGE, NULL},
		{"a=1.png.part", NAMING_NO_IMAGE, NULL},
		{"a=1png", NAMING_NO_IMAGE, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct naming_image image;
		const char *reason = NULL;

		assert_int_equal(
			naming_parse_image(&arena, text_from(cases[i].name), &image, &reason),
			cases[i].result);
		if (cases[i].reason)
			assert_string_equal(reason, cases[i].reason);
	}
}

static void dimensions_of_a_name_are_bounded(void **state)
{
	char name[LIMIT_FILE_NAME + 1] = "";
	struct naming_image image;
	const char *reason = NULL;
	size_t length = 0;

	(void)state;
	/* 64 keys of one byte each, none of them special. */
	for (int i = 0; i < LIMIT_DIMENSIONS; i++) {
		name[length++] = (char)('>' + i);
		name[length++] = '=';
		name[length++] = '&';
	}
	(void)snprintf(name + length, sizeof(name) - length, ".png");
	assert_int_equal(
		naming_parse_image(&arena, text_from(name), &image, &reason), NAMING_IMAGE);
	assert_int_equal(image.pair_count, LIMIT_DIMENSIONS);
	(void)snprintf(name + length, sizeof(name) - length, "zz=1.png");
	assert_int_equal(
		naming_parse_image(&arena, text_from(name), &image, &reason), NAMING_IMAGE_SKIPPED);
	assert_string_equal(reason, "the name has more than 64 dimensions");
}

static void counters_compare_as_numbers(void **state)
{
	(void)state;
	assert_true(naming_compare_counters(TEXT("9"), TEXT("10")) < 0);
	assert_true(naming_compare_counters(TEXT("100000"), TEXT("99999")) > 0);
	assert_int_equal(naming_compare_counters(TEXT("7"), TEXT("7")), 0);
	assert_true(naming_compare_counters(
			    TEXT("99999999999999999999"), TEXT("100000000000000000000")) < 0);
}

static void values_are_sorted_by_their_type(void **state)
{
	static const struct {
		enum naming_type type;
		const char *values[9]; /* in order */
	} cases[] = {
		{NAMING_INT, {"1", "2", "10"}},
		{NAMING_INT, {"-10", "-9", "-0", "0", "00", "01", "1", "+2", "10"}},
		{NAMING_INT, {"9223372036854775807", "18446744073709551615", "18446744073709551616",
				     "100000000000000000000000000000000"}},
		{NAMING_INT, {"-18446744073709551616", "-18446744073709551615", "5"}},
		{NAMING_NUMBER, {"1", "1.5", "2", "10"}},
		{NAMING_NUMBER, {"-.5", "-0.25", "0", ".5", "0.75", "1.", "1.0", "1.25"}},
		{NAMING_NUMBER, {"1e-5", "0.0001", "1e-3", "1E2", "1e+3"}},
		{NAMING_NUMBER, {"9007199254740992.5", "9007199254740993", "9007199254740993.5"}},
		{NAMING_NUMBER, {"1e-99999999999999999999", "0.1", "1e99999999999999999999"}},
		{NAMING_STRING, {"p2", "p10"}},
		{NAMING_STRING, {"", "1", "2", "10", "a"}},
		{NAMING_STRING, {"1", "1.2.3", "1.10.0"}},
		{NAMING_STRING, {"a", "a01", "a1", "a1b", "a2", "b"}},
		{NAMING_STRING, {"-", "1"}},
		{NAMING_STRING, {"0x10", "1"}},
		{NAMING_STRING, {"1", "nan"}},
		{NAMING_STRING, {".", "e5"}},
		{NAMING_STRING, {"1e", "1e+"}},
		{NAMING_STRING, {"x99999999999999999998", "x99999999999999999999",
					"x100000000000000000000"}},
		{NAMING_STRING, {"Z", "a", "\xc3\xa4"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct text values[9];
		enum naming_type type;
		size_t count = 0;

		while (count < 9 && cases[i].values[count])
			count++;
		for (size_t j = 0; j < count; j++)
			values[j] = text_from(cases[i].values[count - 1 - j]);
		assert_true(naming_sort_values(&arena, values, count, &type));
		assert_string_equal(naming_type_name(type), naming_type_name(cases[i].type));
		for (size_t j = 0; j < count; j++)
			assert_string_equal(string(values[j]), cases[i].values[j]);
	}
}

static void globs_keep_out_what_they_match(void **state)
{
	static const struct {
		const char *glob;
		const char *path;
		bool is_directory;
		bool excluded;
	} cases[] = {
		{"*-state/", "run-state", true, true},
		{"*-state/", "a/b/run-state", true, true},
		{"*-state/", "run-state", false, false},
		{"*-state/", "run-states", true, false},
		{"checkpoint-*/", "a/checkpoint-500", true, true},
		{"checkpoint-*/", "checkpoint-500.safetensors", false, false},
		{"backup/", "backup", true, true},
		{"*-?\?\?\?\?-of-?\?\?\?\?.safetensors", "a/model-00001-of-00004.safetensors",
			false, true},
		{"*-?\?\?\?\?-of-?\?\?\?\?.safetensors", "a/model-001-of-004.safetensors", false,
			false},
		{"old/*.safetensors", "old/a.safetensors", false, true},
		{"old/*.safetensors", "old/deep/a.safetensors", false, false},
		{"old/*.safetensors", "x/old/a.safetensors", false, false},
		{"/old/", "old", true, true},
		{"/old/", "x/old", true, false},
		{"old", "old", true, true},
		{"old", "x/old", false, true},
		{"", "", true, false},
		{"/", "a", true, false},
		{"[ab]*", "beta", false, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			naming_excluded(&cases[i].glob, 1, cases[i].path, cases[i].is_directory),
			cases[i].excluded);
}

static void copies_are_those_under_the_attempts_prefix(void **state)
{
	const struct text prefix = TEXT("cs/53f3b9f8/item-1");
	const struct text folder = TEXT("cs/53f3b9f8");

	(void)state;
	assert_true(naming_is_copy(prefix, folder, TEXT("item-1_00001_.png")));
	assert_true(naming_is_copy(prefix, folder, TEXT("item-1_00002_.png")));
	assert_false(naming_is_copy(prefix, folder, TEXT("item-12_00001_.png")));
	assert_false(naming_is_copy(prefix, folder, TEXT("item-1")));
	assert_false(naming_is_copy(prefix, folder, TEXT("item-1_/../x.png")));
	assert_false(naming_is_copy(prefix, TEXT("cs/another"), TEXT("item-1_00001_.png")));
	assert_false(naming_is_copy(prefix, TEXT("cs/53f3b9f8/.."), TEXT("item-1_00001_.png")));
	assert_false(naming_is_copy(prefix, TEXT(""), TEXT("item-1_00001_.png")));
	assert_false(naming_is_copy(TEXT("cs/x/"), TEXT("cs/x"), TEXT("_00001_.png")));
	assert_false(naming_is_copy(TEXT("item-1"), TEXT(""), TEXT("item-1_00001_.png")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkpoint_names_are_taken_apart),
		cmocka_unit_test(other_files_are_no_checkpoints),
		cmocka_unit_test(a_one_trainer_name_without_a_directory_keeps_its_stem),
		cmocka_unit_test(values_are_unique_and_in_training_order),
		cmocka_unit_test(two_final_checkpoints_go_by_their_file_names),
		cmocka_unit_test(a_step_is_an_integer_while_it_fits),
		cmocka_unit_test(run_ids_depend_on_the_name_alone),
		cmocka_unit_test(image_names_are_taken_apart),
		cmocka_unit_test(names_that_cannot_be_used_are_skipped_with_a_reason),
		cmocka_unit_test(dimensions_of_a_name_are_bounded),
		cmocka_unit_test(counters_compare_as_numbers),
		cmocka_unit_test(values_are_sorted_by_their_type),
		cmocka_unit_test(copies_are_those_under_the_attempts_prefix),
		cmocka_unit_test(globs_keep_out_what_they_match),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}

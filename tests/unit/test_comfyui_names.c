/* Which of ComfyUI's names stands for a checkpoint of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "comfyui/models.h"
#include "comfyui/names.h"

#define MOST 4

struct names_case {
	const char *path;
	const char *choices[MOST];
	int match; /* index of the choice, -1: none, -2: ambiguous */
};

static const struct names_case CASES[] = {
	{"/t/x.safetensors", {"x.safetensors"}, 0},
	{"/t/x.safetensors", {"y.safetensors", "sub/x.safetensors"}, 1},
	{"/t/x.safetensors", {"y.safetensors", "sub\\x.safetensors"}, 1},
	/* Base names are compared exactly. */
	{"/t/x.safetensors", {"X.safetensors", "xx.safetensors", "x.safetensors.bak", "x"}, -1},
	{"/t/x.safetensors", {NULL}, -1},
	/* The longest common end decides, whatever the separators. */
	{"/t/qwen/a/x.st", {"x.st", "b/x.st", "a/x.st", "qwen/b/x.st"}, 2},
	{"/t/qwen/a/x.st", {"a\\x.st", "qwen\\a\\x.st", "wan\\a\\x.st"}, 1},
	/* Directories above our own tell equal ends apart. */
	{"/data/loras/qwen/x.st", {"flux/x.st", "qwen/x.st"}, 1},
	/* Of equal ends, the one that is wholly ours. */
	{"/t/a/x.st", {"b/a/x.st", "a/x.st"}, 1},
	{"/t/a/x.st", {"x.st", "b/x.st"}, 0},
	{"/t/a/x.st", {"b/x.st", "c/x.st"}, -2},
	{"/t/a/x.st", {"b/a/x.st", "c/a/x.st"}, -2},
	{"/t/a/x.st", {"b/x.st", "c/x.st", "a/x.st"}, 2},
	{"/t/a/x.st", {"a/x.st", "a\\x.st"}, -2},
	{"/t/a/x.st", {"b/x.st", "b/x.st"}, 0},
	/* A backslash in a Linux name is a character of ours, a separator of theirs. */
	{"/t/a\\x.st", {"a\\x.st"}, -1},
	{"/x.st", {"/x.st", "//y//x.st"}, 0},
	{"x.st", {"a/b/c/x.st"}, 0},
};

static void test_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
		const struct names_case *c = &CASES[i];
		struct text values[MOST];
		struct comfyui_choices choices = {.values = values};
		struct error error = {0};
		struct text name;
		bool found;

		while (choices.count < MOST && c->choices[choices.count]) {
			values[choices.count] = text_from(c->choices[choices.count]);
			choices.count++;
		}
		found = comfyui_name_match(
			&choices, "UNETLoader", text_from(c->path), &name, &error);
		if (found != (c->match >= 0))
			fail_msg("%s: %s", c->path, found ? name.at : error.message);
		if (found)
			assert_ptr_equal(name.at, c->choices[c->match]);
		else
			assert_string_equal(error.code,
				c->match == -1 ? "not_in_comfyui" : "ambiguous_in_comfyui");
	}
}

static void test_reasons(void **state)
{
	struct text values[] = {TEXT("b/x.st"), TEXT("c/x.st")};
	struct comfyui_choices choices = {.values = values, .count = 2};
	struct error error;
	struct text name;

	(void)state;
	assert_false(comfyui_name_match(&choices, "LoraLoader", TEXT("/t/y.st"), &name, &error));
	assert_string_equal(error.message,
		"ComfyUI does not list y.st for LoraLoader; make its directory known to ComfyUI "
		"below its models/loras, or in its extra_model_paths.yaml.");
	assert_false(comfyui_name_match(&choices, "Mine", TEXT("/t/x.st"), &name, &error));
	assert_string_equal(error.message,
		"ComfyUI lists both b/x.st and c/x.st, and either could be this file; rename one "
		"of them or its directory.");
}

/* A name that is too long to be shown is cut between two characters. */
static void test_long_names_stay_text(void **state)
{
	struct comfyui_choices choices = {0};
	char path[210] = "/t/";
	struct error error;
	struct text name;

	(void)state;
	for (size_t i = 3; i + 2 < sizeof(path); i += 2)
		(void)snprintf(path + i, sizeof(path) - i, "\xc3\xa9");
	for (size_t shift = 0; shift < 2; shift++) {
		memmove(path + 4, path + 3, sizeof(path) - 5);
		path[3] = 'x';
		assert_false(comfyui_name_match(&choices, "Mine", text_from(path), &name, &error));
		assert_true(utf8_valid(text_from(error.message)));
	}
}

static void test_model_types(void **state)
{
	(void)state;
	assert_string_equal(comfyui_model_type_find(TEXT("scheduler"))->input, "scheduler");
	assert_string_equal(comfyui_model_type_find(TEXT("unet"))->class, "UNETLoader");
	assert_null(comfyui_model_type_find(TEXT("VAE")));
	assert_null(comfyui_model_type_find((struct text){NULL, 0}));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_long_names_stay_text),
		cmocka_unit_test(test_model_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Names of output files and the recipes of the pictures in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "comfyui/recipe.h"
#include "naming/image.h"
#include "naming/output.h"

static const struct naming_output hostile = {
	.prompt_name = TEXT_INITIALIZER("a&b=c %+#?/\\\"'ü雪~-_.png_00001_"),
	.steps = 10000,
	.cfg = TEXT_INITIALIZER("0.000001"),
	.sampler_name = TEXT_INITIALIZER("res multistep"),
	.scheduler = TEXT_INITIALIZER("beta57&"),
	.seed = TEXT_INITIALIZER("18446744073709551615"),
};

static void test_a_name_is_as_the_contract_has_it(void **state)
{
	static const struct naming_output plain = {TEXT_INITIALIZER("forest portals"), 8,
		TEXT_INITIALIZER("1.25"), TEXT_INITIALIZER("euler"), TEXT_INITIALIZER("simple"),
		TEXT_INITIALIZER("420")};
	struct buffer name;

	(void)state;
	buffer_init(&name, LIMIT_PATH);
	naming_append_output_path(&name, TEXT("a.safetensors"), &plain);
	buffer_append_byte(&name, '\0');
	assert_string_equal(name.bytes,
		"a.safetensors/prompt_name=forest%20portals&steps=8&cfg=1.25&sampler_name=euler"
		"&scheduler=simple&seed=420.png");
	buffer_free(&name);
}

static void test_a_name_gives_back_its_values(void **state)
{
	const struct text expected[] = {hostile.prompt_name, TEXT("10000"), hostile.cfg,
		hostile.sampler_name, hostile.scheduler, hostile.seed};
	struct naming_image *image = malloc(sizeof(*image));
	struct arena arena;
	struct buffer name;
	const char *reason;
	size_t length = NAMING_OUTPUT_FIXED;

	(void)state;
	arena_init(&arena, (size_t)1 << 20);
	buffer_init(&name, LIMIT_PATH);
	naming_append_output(&name, &hostile);
	for (size_t i = 0; i < 6; i++)
		length += naming_encoded_length(expected[i]);
	assert_int_equal(name.length, length);
	assert_non_null(image);
	assert_int_equal(
		naming_parse_image(&arena, buffer_text(&name), image, &reason), NAMING_IMAGE);
	assert_false(image->has_counter);
	assert_int_equal(image->pair_count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(text_equal(image->pairs[i].value, expected[i]));
	buffer_free(&name);
	arena_free(&arena);
	free(image);
}

static void test_decimals_are_shortest(void **state)
{
	static const struct {
		double value;
		const char *text; /* NULL: refused */
	} cases[] = {
		{0, "0"},
		{-0.0, "0"},
		{7, "7"},
		{10, "10"},
		{100, "100"},
		{0.1, "0.1"},
		{1.25, "1.25"},
		{3.50, "3.5"},
		{0.000001, "0.000001"},
		{99.999999, "99.999999"},
		{1000000, "1000000"},
		{0.1234567, NULL},
		{1e-7, NULL},
		{-1, NULL},
		{1e7, NULL},
		{1.0 / 3, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[NAMING_DECIMAL_SIZE];

		assert_int_equal(naming_decimal(cases[i].value, text), cases[i].text != NULL);
		if (cases[i].text)
			assert_string_equal(text, cases[i].text);
	}
}

static struct comfyui_recipe sample(void)
{
	return (struct comfyui_recipe){
		.workflow_digest = TEXT("0123456789abcdef"),
		.checkpoint_path = TEXT("a/b.safetensors"),
		.checkpoint_size = 7,
		.checkpoint_modified = 1700000000123456789,
		.output = &hostile,
		.prompt_text = TEXT("a \"forest\""),
		.negative_prompt = TEXT(""),
		.width = 64,
		.height = 32,
	};
}

static void assert_digest(const struct comfyui_recipe *recipe, const char *digest, bool same)
{
	char other[COMFYUI_DIGEST_SIZE];

	assert_true(comfyui_recipe_digest(recipe, other));
	assert_int_equal(strcmp(digest, other) == 0, same);
}

static void test_a_digest_changes_with_every_part(void **state)
{
	struct comfyui_recipe changed[11];
	struct comfyui_recipe recipe = sample();
	struct naming_output output = hostile;
	char digest[COMFYUI_DIGEST_SIZE];

	(void)state;
	assert_true(comfyui_recipe_digest(&recipe, digest));
	assert_int_equal(strlen(digest), 16);
	assert_digest(&recipe, digest, true);
	for (size_t i = 0; i < sizeof(changed) / sizeof(*changed); i++)
		changed[i] = sample();
	changed[0].workflow_digest = TEXT("0123456789abcdee");
	changed[1].checkpoint_path = TEXT("a/c.safetensors");
	changed[2].checkpoint_size = 8;
	changed[3].checkpoint_modified = 1700000000123456788;
	changed[4].prompt_text = TEXT("a forest");
	changed[5].negative_prompt = TEXT("x");
	changed[6].width = 65;
	changed[7].height = 33;
	changed[8].vae = TEXT("");
	changed[9].clip = TEXT("c");
	changed[10].shift = TEXT("3");
	for (size_t i = 0; i < sizeof(changed) / sizeof(*changed); i++)
		assert_digest(&changed[i], digest, false);
	recipe.output = &output;
	output.seed = TEXT("18446744073709551614");
	assert_digest(&recipe, digest, false);
	output = hostile;
	assert_digest(&recipe, digest, true);
}

static void test_a_picture_tells_its_recipe_as_comfyui_writes_it(void **state)
{
	struct comfyui_recipe recipe = sample();
	char digest[COMFYUI_DIGEST_SIZE];
	struct buffer json;
	struct arena arena;
	struct text found;

	(void)state;
	arena_init(&arena, (size_t)1 << 20);
	buffer_init(&json, LIMIT_BODY);
	assert_true(comfyui_recipe_write(&recipe, &json));
	assert_true(comfyui_recipe_digest(&recipe, digest));
	found = comfyui_recipe_read(&arena, buffer_text(&json));
	assert_true(text_equal(found, text_from(digest)));
	/* Python's spaces and escapes. */
	found = comfyui_recipe_read(&arena,
		TEXT("{\"prompt\": \"\\u96ea\", \"recipe\": \"0123456789abcdef\", \"cfg\": 1.0}"));
	assert_true(text_equal(found, TEXT("0123456789abcdef")));
	assert_null(comfyui_recipe_read(&arena, TEXT("{\"recipe\": 7}")).at);
	assert_null(comfyui_recipe_read(&arena, TEXT("{\"recipe\": \"short\"}")).at);
	assert_null(comfyui_recipe_read(&arena, TEXT("[]")).at);
	assert_null(comfyui_recipe_read(&arena, TEXT("{\"recipe\": \"0123456789abc")).at);
	buffer_free(&json);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_name_is_as_the_contract_has_it),
		cmocka_unit_test(test_a_name_gives_back_its_values),
		cmocka_unit_test(test_decimals_are_shortest),
		cmocka_unit_test(test_a_digest_changes_with_every_part),
		cmocka_unit_test(test_a_picture_tells_its_recipe_as_comfyui_writes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

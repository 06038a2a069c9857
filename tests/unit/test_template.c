/* Workflow templates: which places a role sets, what is refused and how to mend it, what stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "comfyui/template.h"

#define FIXTURES "tests/fixtures/comfyui/workflows/"

/* The members of a node that saves what node 8 makes. */
#define SAVE                                                             \
	"\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"8\",0]," \
	"\"filename_prefix\":\"x\"},\"_meta\":{\"cs_role\":\"save_image\"}"

/* A node that saves its own output: a graph of one. */
#define NODE_9                                                            \
	"{\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"9\",0]," \
	"\"filename_prefix\":\"x\"},\"_meta\":{\"cs_role\":\"save_image\"}}"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static const struct comfyui_template *load(struct text bytes)
{
	struct error error = {0};
	const struct comfyui_template *template = comfyui_template_load(&arena, bytes, &error);

	if (!template) {
		fail_msg("%s", error.message);
		abort();
	}
	return template;
}

static const struct comfyui_template *load_string(const char *source)
{
	return load(text_from(source));
}

static struct text read_fixture(const char *path)
{
	struct buffer buffer;
	struct text bytes;

	buffer_init(&buffer, LIMIT_TEMPLATE);
	if (!file_read_path(AT_FDCWD, path, &buffer))
		fail_msg("%s cannot be read", path);
	bytes = arena_text(&arena, buffer_text(&buffer));
	buffer_free(&buffer);
	return bytes;
}

static struct text substitute(
	const struct comfyui_template *template, const struct comfyui_settings *settings)
{
	struct buffer buffer;
	struct error error = {0};
	struct text prompt;

	buffer_init(&buffer, 2 * LIMIT_TEMPLATE);
	if (!comfyui_template_substitute(template, settings, &buffer, &error))
		fail_msg("%s", error.message);
	prompt = arena_text(&arena, buffer_text(&buffer));
	buffer_free(&buffer);
	return prompt;
}

/* What the prompt has at `node`.inputs.`field`, as it is written. */
static const char *input_of(struct text prompt, const char *node, const char *field)
{
	struct error error = {0};
	const struct json *root = json_parse(&arena, prompt, LIMIT_TEMPLATE_DEPTH, &error);
	const struct json *value;

	if (!root)
		fail_msg("%s in %.*s", error.message, TEXT_ARGUMENTS(prompt));
	value = json_member(json_member(json_member(root, node), "inputs"), field);
	if (!value) {
		fail_msg("no %s.%s in %.*s", node, field, TEXT_ARGUMENTS(prompt));
		return "";
	}
	return arena_copy(
		&arena, (struct text){prompt.at + value->start, value->end - value->start});
}

static struct comfyui_settings all_settings(void)
{
	static const char *const values[COMFYUI_SETTING_COUNT] = {
		[COMFYUI_SET_CHECKPOINT] = "runs\\qwen \"x\".safetensors",
		[COMFYUI_SET_POSITIVE_PROMPT] = "a\n\"fox\" \xf0\x9f\xa6\x8a",
		[COMFYUI_SET_NEGATIVE_PROMPT] = "dull",
		[COMFYUI_SET_SEED] = "18446744073709551615",
		[COMFYUI_SET_STEPS] = "30",
		[COMFYUI_SET_CFG] = "1.25",
		[COMFYUI_SET_SAMPLER_NAME] = "dpmpp_2m",
		[COMFYUI_SET_SCHEDULER] = "karras",
		[COMFYUI_SET_WIDTH] = "1344",
		[COMFYUI_SET_HEIGHT] = "768",
		[COMFYUI_SET_VAE] = "vae.safetensors",
		[COMFYUI_SET_CLIP] = "clip.safetensors",
		[COMFYUI_SET_SHIFT] = "5.5",
		[COMFYUI_SET_FILENAME_PREFIX] = "cs/1/2-3",
	};
	struct comfyui_settings settings;

	for (int i = 0; i < COMFYUI_SETTING_COUNT; i++)
		settings.values[i] = text_from(values[i]);
	return settings;
}

/* "seed steps" and so on: the parameters that the template honours. */
static const char *honoured(const struct comfyui_template *template)
{
	const char *words = "";

	for (int i = 0; i < COMFYUI_PARAMETER_COUNT; i++)
		if (template->honours[i])
			words = arena_printf(&arena, "%s%s%s", words, *words ? " " : "",
				comfyui_setting_names[i]);
	return words;
}

/* "sampler=8 save_image=10": which nodes carry which roles. */
static const char *role_words(const struct comfyui_node_ids roles[COMFYUI_ROLE_COUNT])
{
	const char *words = "";

	for (int role = 0; role < COMFYUI_ROLE_COUNT; role++)
		for (size_t i = 0; i < roles[role].count; i++)
			words = arena_printf(&arena, "%s%s%s=%.*s", words, *words ? " " : "",
				comfyui_role_names[role], TEXT_ARGUMENTS(roles[role].items[i]));
	return words;
}

static void assert_text(struct text actual, const char *expected)
{
	if (!text_equal(actual, text_from(expected)))
		fail_msg("\"%.*s\", expected \"%s\"", TEXT_ARGUMENTS(actual), expected);
}

static void assert_valid(const struct comfyui_template *template)
{
	if (!template->valid)
		fail_msg("%s", template->errors[0]);
}

/* --- Templates as ComfyUI exports them -----------------------------------------------------------
 */

static void test_fixtures(void **state)
{
	static const struct {
		const char *file;
		const char *roles;
		const char *parameters;
		const char *loader;
	} cases[] = {
		{"nomodel_api.json", "latent_image=1 save_image=2", "width height", ""},
		{"tiny_ckpt_api.json",
			"unet_loader=1 sampler=8 positive_prompt=5 negative_prompt=6 "
			"latent_image=7 save_image=10",
			"checkpoint positive_prompt negative_prompt seed steps cfg sampler_name "
			"scheduler width height",
			"CheckpointLoaderSimple ckpt_name"},
		{"tiny_sd15_api.json",
			"unet_loader=1 clip_loader=2 vae_loader=3 sampler=8 positive_prompt=5 "
			"negative_prompt=6 latent_image=7 save_image=10",
			"checkpoint positive_prompt negative_prompt seed steps cfg sampler_name "
			"scheduler width height vae clip",
			"UNETLoader unet_name"},
		{"tiny_sd3_api.json",
			"unet_loader=1 clip_loader=2 vae_loader=3 sampler=8 positive_prompt=5 "
			"negative_prompt=6 shift=4 latent_image=7 save_image=10",
			"checkpoint positive_prompt negative_prompt seed steps cfg sampler_name "
			"scheduler width height vae clip shift",
			"UNETLoader unet_name"},
		{"tiny_sd3_sampler_custom_advanced_api.json",
			"unet_loader=1 clip_loader=2 vae_loader=3 sampler=24 positive_prompt=5 "
			"negative_prompt=6 latent_image=7 save_image=10",
			"checkpoint positive_prompt negative_prompt seed steps cfg sampler_name "
			"scheduler width height vae clip",
			"UNETLoader unet_name"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct comfyui_template *template =
			load(read_fixture(arena_printf(&arena, FIXTURES "%s", cases[i].file)));
		struct comfyui_place loader = template->places[COMFYUI_SET_CHECKPOINT];

		assert_valid(template);
		assert_int_equal(template->warning_count, 0);
		assert_string_equal(role_words(template->roles), cases[i].roles);
		assert_string_equal(honoured(template), cases[i].parameters);
		assert_string_equal(role_words(template->proposed_roles), "");
		if (*cases[i].loader)
			assert_string_equal(
				arena_printf(&arena, "%.*s %.*s", TEXT_ARGUMENTS(loader.class_type),
					TEXT_ARGUMENTS(loader.field)),
				cases[i].loader);
		else
			assert_int_equal(loader.class_type.length, 0);
	}
}

static void test_substitution(void **state)
{
	const struct comfyui_template *template = load(read_fixture(FIXTURES "tiny_sd3_api.json"));
	struct comfyui_settings settings = all_settings();
	struct text prompt = substitute(template, &settings);

	(void)state;
	assert_text(template->save_node, "10");
	assert_string_equal(
		input_of(prompt, "1", "unet_name"), "\"runs\\\\qwen \\\"x\\\".safetensors\"");
	assert_string_equal(input_of(prompt, "1", "weight_dtype"), "\"default\"");
	assert_string_equal(input_of(prompt, "2", "clip_name"), "\"clip.safetensors\"");
	assert_string_equal(input_of(prompt, "3", "vae_name"), "\"vae.safetensors\"");
	assert_string_equal(input_of(prompt, "4", "shift"), "5.5");
	assert_string_equal(input_of(prompt, "5", "text"), "\"a\\n\\\"fox\\\" \xf0\x9f\xa6\x8a\"");
	assert_string_equal(input_of(prompt, "6", "text"), "\"dull\"");
	assert_string_equal(input_of(prompt, "7", "width"), "1344");
	assert_string_equal(input_of(prompt, "7", "height"), "768");
	assert_string_equal(input_of(prompt, "8", "seed"), "18446744073709551615");
	assert_string_equal(input_of(prompt, "8", "steps"), "30");
	assert_string_equal(input_of(prompt, "8", "cfg"), "1.25");
	assert_string_equal(input_of(prompt, "8", "sampler_name"), "\"dpmpp_2m\"");
	assert_string_equal(input_of(prompt, "8", "scheduler"), "\"karras\"");
	assert_string_equal(input_of(prompt, "8", "denoise"), "1.0");
	assert_string_equal(input_of(prompt, "10", "filename_prefix"), "\"cs/1/2-3\"");
}

static void test_nothing_given(void **state)
{
	struct text source = read_fixture(FIXTURES "tiny_sd15_api.json");
	struct comfyui_settings none = {0};

	(void)state;
	assert_true(text_equal(substitute(load(source), &none), source));
	none.values[COMFYUI_SET_NEGATIVE_PROMPT] = TEXT("");
	assert_true(text_equal(substitute(load(source), &none), source));
	none.values[COMFYUI_SET_POSITIVE_PROMPT] = TEXT("");
	assert_string_equal(input_of(substitute(load(source), &none), "5", "text"), "\"\"");
}

static void test_sampler_custom_advanced(void **state)
{
	const struct comfyui_template *template =
		load(read_fixture(FIXTURES "tiny_sd3_sampler_custom_advanced_api.json"));
	struct comfyui_settings settings = all_settings();
	struct text prompt = substitute(template, &settings);

	(void)state;
	assert_string_equal(input_of(prompt, "20", "noise_seed"), "18446744073709551615");
	assert_string_equal(input_of(prompt, "21", "cfg"), "1.25");
	assert_string_equal(input_of(prompt, "22", "sampler_name"), "\"dpmpp_2m\"");
	assert_string_equal(input_of(prompt, "23", "scheduler"), "\"karras\"");
	assert_string_equal(input_of(prompt, "23", "steps"), "30");
	assert_text(template->places[COMFYUI_SET_SAMPLER_NAME].class_type, "KSamplerSelect");
	assert_text(template->places[COMFYUI_SET_SCHEDULER].node, "23");
}

/* --- Single rules --------------------------------------------------------------------------------
 */

/* A template of node 8 with these members, what else is given, and a node that saves it. */
static const char *with_node(const char *members, const char *others)
{
	return arena_printf(
		&arena, "{\"8\":{%s}%s%s,\"9\":{" SAVE "}}", members, *others ? "," : "", others);
}

static const struct {
	const char *name;
	const char *node;
	const char *others;
	const char *parameters; /* honoured; NULL: the template is invalid */
	const char *words;	/* of the first error, or of the first warning; "": there is none */
} RULES[] = {
	{"a title tags",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"title\":\"Mine "
		"cs:sampler\"}",
		"", "seed", ""},
	{"a title in capitals, with spaces",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"title\":\"Mine "
		"(CS: Sampler \"}",
		"", "seed", ""},
	{"a title alone",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"title\":\"cs:"
		"sampler\"}",
		"", "seed", ""},
	{"a word that ends in cs",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"title\":\"docs:"
		"sampler\"}",
		"", "", ""},
	{"a title that goes on",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"title\":\"cs:"
		"sampler, mine\"}",
		"", "", ""},
	{"cs_role counts before the title",
		"\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":\"\"},\"_meta\":{\"title\":"
		"\"cs:positive_prompt\",\"cs_role\":\"negative_prompt\"}",
		"", "negative_prompt", "says cs:positive_prompt, its cs_role negative_prompt"},
	{"an empty cs_role is none",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"cs_role\":\"\"}",
		"", "", ""},
	{"a null cs_role is none",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"cs_role\":null}",
		"", "", ""},
	{"a cs_role that is no string",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"cs_role\":["
		"\"sampler\"]}",
		"", NULL, "The cs_role of node 8 (KSampler) is no string"},
	{"an unknown role",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"cs_role\":"
		"\"smapler\"}",
		"", "", "The nearest role is sampler"},
	{"an unknown role in a title",
		"\"class_type\":\"A\",\"inputs\":{},\"_meta\":{\"title\":\"x cs:vae\"}", "", "",
		"The nearest role is vae_loader"},
	{"a sampler with noise_seed",
		"\"class_type\":\"KSamplerAdvanced\",\"inputs\":{\"noise_seed\":1,\"steps\":2,"
		"\"cfg\":3},\"_meta\":{\"cs_role\":\"sampler\"}",
		"", "seed steps cfg", ""},
	{"SamplerCustom",
		"\"class_type\":\"SamplerCustom\",\"inputs\":{\"noise_seed\":1,\"cfg\":3,"
		"\"sigmas\":[\"5\",0]},\"_meta\":{\"cs_role\":\"sampler\"}",
		"\"5\":{\"class_type\":\"SplitSigmas\",\"inputs\":{\"sigmas\":[\"6\",0]}},\"6\":{"
		"\"class_type\":\"BasicScheduler\",\"inputs\":{\"steps\":1,\"scheduler\":"
		"\"simple\"}}",
		"seed steps cfg scheduler", ""},
	{"links in a circle",
		"\"class_type\":\"SamplerCustom\",\"inputs\":{\"noise_seed\":1,\"sigmas\":[\"8\",0]"
		"},\"_meta\":{\"cs_role\":\"sampler\"}",
		"", "seed", ""},
	{"a sampler with nothing to set",
		"\"class_type\":\"SamplerCustomAdvanced\",\"inputs\":{\"guider\":[\"5\",0]},\"_"
		"meta\":{\"cs_role\":\"sampler\"}",
		"\"5\":{\"class_type\":\"BasicGuider\",\"inputs\":{}}", NULL,
		"is tagged sampler, but has no input seed, noise_seed, steps, cfg, cfg_conds, "
		"sampler_name or scheduler"},
	{"cfg has no place",
		"\"class_type\":\"SamplerCustomAdvanced\",\"inputs\":{\"guider\":[\"5\",0],"
		"\"noise\":[\"6\",0]},\"_meta\":{\"cs_role\":\"sampler\"}",
		"\"5\":{\"class_type\":\"BasicGuider\",\"inputs\":{}},\"6\":{\"class_type\":"
		"\"RandomNoise\",\"inputs\":{\"noise_seed\":1}}",
		"seed", ""},
	{"SDXL's two texts",
		"\"class_type\":\"CLIPTextEncodeSDXL\",\"inputs\":{\"text_g\":\"\",\"text_l\":\"\"}"
		",\"_meta\":{\"cs_role\":\"positive_prompt\"}",
		"", "positive_prompt", ""},
	{"Flux's two texts",
		"\"class_type\":\"CLIPTextEncodeFlux\",\"inputs\":{\"clip_l\":\"\",\"t5xxl\":\"\","
		"\"guidance\":3.5},\"_meta\":{\"cs_role\":\"positive_prompt\"}",
		"", "positive_prompt", ""},
	{"a prompt",
		"\"class_type\":\"TextEncodeQwenImageEdit\",\"inputs\":{\"prompt\":\"\"},\"_meta\":"
		"{\"cs_role\":\"negative_prompt\"}",
		"", "negative_prompt", ""},
	{"a tag on a node without the field",
		"\"class_type\":\"VAEDecode\",\"inputs\":{},\"_meta\":{\"cs_role\":\"positive_"
		"prompt\"}",
		"", NULL,
		"is tagged positive_prompt, but has no input text, text_g, text_l, clip_l, clip_g, "
		"t5xxl, llama, prompt or value. Move the tag"},
	{"a LoRA loader without the field",
		"\"class_type\":\"UNETLoader\",\"inputs\":{\"unet_name\":\"a\"},\"_meta\":{\"cs_"
		"role\":\"lora_loader\"}",
		"", NULL, "has no input lora_name"},
	{"a loader of checkpoints",
		"\"class_type\":\"CheckpointLoaderSimple\",\"inputs\":{\"ckpt_name\":\"a\"},\"_"
		"meta\":{\"cs_role\":\"unet_loader\"}",
		"", "checkpoint", ""},
	{"several text encoders",
		"\"class_type\":\"DualCLIPLoader\",\"inputs\":{\"clip_name1\":\"a\",\"clip_name2\":"
		"\"b\"},\"_meta\":{\"cs_role\":\"clip_loader\"}",
		"", "", "loads several text encoders"},
	{"Flux's shifts",
		"\"class_type\":\"ModelSamplingFlux\",\"inputs\":{\"max_shift\":1.15,\"base_"
		"shift\":0.5},\"_meta\":{\"cs_role\":\"shift\"}",
		"", "shift", ""},
	{"a primitive",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":[\"5\",0]},\"_meta\":{\"cs_"
		"role\":\"sampler\"}",
		"\"5\":{\"class_type\":\"PrimitiveInt\",\"inputs\":{\"value\":1,\"control_after_"
		"generate\":\"fixed\"}}",
		"seed", ""},
	{"a node that holds one value",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":[\"5\",0]},\"_meta\":{\"cs_"
		"role\":\"sampler\"}",
		"\"5\":{\"class_type\":\"Seed (rgthree)\",\"inputs\":{\"seed\":1}}", "seed", ""},
	{"a node that holds one text",
		"\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":[\"5\",0]},\"_meta\":{\"cs_"
		"role\":\"positive_prompt\"}",
		"\"5\":{\"class_type\":\"String Literal\",\"inputs\":{\"string\":\"\"}}",
		"positive_prompt", ""},
	{"a file of texts",
		"\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":[\"5\",0]},\"_meta\":{\"cs_"
		"role\":\"positive_prompt\"}",
		"\"5\":{\"class_type\":\"LoadText\",\"inputs\":{\"path\":\"\"}}", NULL,
		"comes from node 5 (LoadText), which is not a plain value"},
	{"prompts that are swapped",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1,\"steps\":1,\"cfg\":1,"
		"\"positive\":[\"5\",0],\"negative\":[\"6\",0]},\"_meta\":{\"cs_role\":"
		"\"sampler\"}",
		"\"5\":{\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":\"\",\"clip\":["
		"\"8\",0]},\"_meta\":{\"cs_role\":\"negative_prompt\"}},\"6\":{\"class_type\":"
		"\"CLIPTextEncode\",\"inputs\":{\"text\":\"\",\"clip\":[\"8\",0]},\"_meta\":{\"cs_"
		"role\":\"positive_prompt\"}}",
		"positive_prompt negative_prompt seed steps cfg",
		"Node 5 (CLIPTextEncode) is tagged negative_prompt, but is what the input positive "
		"of node 8 (KSampler) comes from. Are the tags swapped?"},
	{"one prompt for both sides",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1,\"steps\":1,\"cfg\":1,"
		"\"positive\":[\"5\",0],\"negative\":[\"5\",0]},\"_meta\":{\"cs_role\":"
		"\"sampler\"}",
		"\"5\":{\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":\"\",\"clip\":["
		"\"8\",0]},\"_meta\":{\"cs_role\":\"positive_prompt\"}}",
		"positive_prompt seed steps cfg", ""},
	{"a value that is computed",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":[\"5\",0]},\"_meta\":{\"cs_"
		"role\":\"sampler\"}",
		"\"5\":{\"class_type\":\"Add\",\"inputs\":{\"seed\":1,\"b\":2}}", NULL,
		"The input seed of node 8 (KSampler) comes from node 5 (Add), which is not a plain "
		"value"},
	{"primitives in a circle",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":[\"5\",0]},\"_meta\":{\"cs_"
		"role\":\"sampler\"}",
		"\"5\":{\"class_type\":\"PrimitiveInt\",\"inputs\":{\"value\":[\"5\",0]}}", NULL,
		"which is not a plain value"},
	{"a list for a value",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":[1,2,3]},\"_meta\":{\"cs_role\":"
		"\"sampler\"}",
		"", NULL, "The input seed of node 8 (KSampler) is neither a value nor a link"},
	{"one value for two settings",
		"\"class_type\":\"EmptyLatentImage\",\"inputs\":{\"width\":[\"5\",0],\"height\":["
		"\"5\",0]},\"_meta\":{\"cs_role\":\"latent_image\"}",
		"\"5\":{\"class_type\":\"PrimitiveInt\",\"inputs\":{\"value\":64}}", NULL,
		"width (for node 8) and height (for node 8) come from one and the same value"},
	{"a link to nowhere",
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":[\"5\",0]},\"_meta\":{\"cs_"
		"role\":\"sampler\"}",
		"", NULL,
		"The input seed of node 8 (KSampler) comes from node 5, which is not in the file"},
	{"a tag beside the way", "\"class_type\":\"A\",\"inputs\":{}",
		"\"5\":{\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1},\"_meta\":{\"cs_role\":"
		"\"sampler\"}}",
		"",
		"Node 5 (KSampler) is tagged sampler, but the saved image does not depend on it"},
	{"two lists of models", "\"class_type\":\"A\",\"inputs\":{\"a\":[\"1\",0],\"b\":[\"2\",0]}",
		"\"1\":{\"class_type\":\"UNETLoader\",\"inputs\":{\"unet_name\":\"\"},\"_meta\":{"
		"\"cs_role\":\"unet_loader\"}},\"2\":{\"class_type\":\"CheckpointLoaderSimple\","
		"\"inputs\":{\"ckpt_name\":\"\"},\"_meta\":{\"cs_role\":\"unet_loader\"}}",
		NULL,
		"Nodes 1 and 2 load models from different lists (UNETLoader and "
		"CheckpointLoaderSimple)"},
	{"two saved pictures", "\"class_type\":\"A\",\"inputs\":{}", "\"7\":{" SAVE "}", "",
		"the picture of node 7 is kept"},
	{"a sampler of the other picture", "\"class_type\":\"A\",\"inputs\":{}",
		"\"9a\":{\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"8\",0],\"filename_"
		"prefix\":\"x\"},\"_meta\":{\"cs_role\":\"save_image\"}},\"9b\":{\"class_type\":"
		"\"SaveImage\",\"inputs\":{\"images\":[\"7\",0],\"filename_prefix\":\"x\"},\"_"
		"meta\":{\"cs_role\":\"save_image\"}},\"7\":{\"class_type\":\"KSampler\","
		"\"inputs\":{\"seed\":1},\"_meta\":{\"cs_role\":\"sampler\"}}",
		"", "the picture of node 9a is kept"},
	{"a preview beside", "\"class_type\":\"A\",\"inputs\":{}",
		"\"7\":{\"class_type\":\"PreviewImage\",\"inputs\":{\"images\":[\"8\",0]}}", "",
		"Node 7 (PreviewImage) is not tagged"},
	{"a batch",
		"\"class_type\":\"EmptyLatentImage\",\"inputs\":{\"width\":1,\"height\":1,\"batch_"
		"size\":4},\"_meta\":{\"cs_role\":\"latent_image\"}",
		"", "width height", "The batch_size of node 8 (EmptyLatentImage) is 4"},
	{"what is no node", "\"class_type\":\"A\",\"inputs\":{}", "\"_comment\":\"x\"", "",
		"\"_comment\" is no node"},
	{"a node without a class", "\"inputs\":{}", "", NULL, "Node 8 has no class_type"},
	{"a node without inputs", "\"class_type\":\"A\"", "", NULL, "Node 8 has no inputs"},
};

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(RULES) / sizeof(*RULES); i++) {
		const struct comfyui_template *template =
			load_string(with_node(RULES[i].node, RULES[i].others));
		const char *first = template->error_count     ? template->errors[0]
				    : template->warning_count ? template->warnings[0]
							      : "";

		if (template->valid != (RULES[i].parameters != NULL))
			fail_msg("%s: valid %d: %s", RULES[i].name, template->valid, first);
		if (*RULES[i].words ? !strstr(first, RULES[i].words) : *first)
			fail_msg("%s: \"%s\", expected \"%s\"", RULES[i].name, first,
				RULES[i].words);
		if (template->valid && strcmp(honoured(template), RULES[i].parameters) != 0)
			fail_msg("%s: honours %s", RULES[i].name, honoured(template));
	}
}

static const struct {
	struct text bytes;
	const char *words;
} REFUSED[] = {
	{TEXT_INITIALIZER(""), "The file is empty"},
	{TEXT_INITIALIZER("{\n  \"1\": {,}\n}"), "not valid at line 2, column 9"},
	{TEXT_INITIALIZER("{\"1\":{\"inputs\":{\"a\":NaN}}}"),
		"line 1, column 21: unexpected character"},
	{TEXT_INITIALIZER("{\"1\":{},\n\"1\":{}}"),
		"line 2, column 1: the object has the key \"1\" twice"},
	{TEXT_INITIALIZER("\xff\xfe{\0}\0"), "UTF-16"},
	{TEXT_INITIALIZER("\xef\xbb\xbf"), "The file is empty"},
	{TEXT_INITIALIZER("[]"), "holds no object"},
	{TEXT_INITIALIZER("{}"), "holds no nodes"},
	{TEXT_INITIALIZER("{\"a\":1,\"b\":{}}"), "holds no nodes"},
	{TEXT_INITIALIZER("{\"last_node_id\":3,\"nodes\":[{\"id\":1}],\"links\":[]}"),
		"choose Workflow > Export (API)"},
	{TEXT_INITIALIZER("{\"prompt\":{\"1\":{\"class_type\":\"A\",\"inputs\":{}}}}"),
		"wrapped in \"prompt\""},
	{TEXT_INITIALIZER("{\"1\":{\"class_type\":\"A\",\"inputs\":{}}}"),
		"No node is tagged save_image"},
	{TEXT_INITIALIZER("{\"1\":{\"class_type\":\"PreviewImage\",\"inputs\":{\"images\":[\"1\",0]"
			  ",\"filename_prefix\":\"\"},\"_meta\":{\"cs_role\":\"save_image\"}}}"),
		"temporary directory only"},
	{TEXT_INITIALIZER("{\"1\":{\"class_type\":\"SaveImageWebsocket\",\"inputs\":{\"images\":["
			  "\"1\",0]},\"_meta\":{\"cs_role\":\"save_image\"}}}"),
		"keeps no file"},
	{TEXT_INITIALIZER("{\"1\":{\"class_type\":\"SaveLatent\",\"inputs\":{\"samples\":[\"1\",0],"
			  "\"filename_prefix\":\"\"},\"_meta\":{\"cs_role\":\"save_image\"}}}"),
		"takes no image"},
};

static void test_refused(void **state)
{
	struct comfyui_settings settings = all_settings();

	(void)state;
	for (size_t i = 0; i < sizeof(REFUSED) / sizeof(*REFUSED); i++) {
		const struct comfyui_template *template = load(REFUSED[i].bytes);
		struct buffer prompt;
		struct error error;

		if (template->valid || !strstr(template->errors[0], REFUSED[i].words))
			fail_msg("\"%s\", expected \"%s\"",
				template->valid ? "valid" : template->errors[0], REFUSED[i].words);
		buffer_init(&prompt, LIMIT_TEMPLATE);
		assert_false(comfyui_template_substitute(template, &settings, &prompt, &error));
		assert_string_equal(error.code, "invalid_workflow");
		assert_int_equal(prompt.length, 0);
	}
}

static void test_limits(void **state)
{
	struct buffer buffer;
	const struct comfyui_template *template;

	(void)state;
	buffer_init(&buffer, 2 * LIMIT_TEMPLATE);
	buffer_append_string(&buffer, with_node("\"class_type\":\"A\",\"inputs\":{}", ""));
	while (buffer.length < LIMIT_TEMPLATE)
		buffer_append_byte(&buffer, ' ');
	assert_valid(load(buffer_text(&buffer)));
	buffer_append_byte(&buffer, ' ');
	template = load(buffer_text(&buffer));
	assert_false(template->valid);
	assert_non_null(strstr(template->errors[0], "larger than 4 MiB"));
	buffer.length = 0;
	for (int i = 0; i <= LIMIT_TEMPLATE_DEPTH; i++)
		buffer_append_string(&buffer, "{\"a\":");
	template = load(buffer_text(&buffer));
	assert_non_null(strstr(template->errors[0], "nested too deeply"));
	buffer.length = 0;
	buffer_append_byte(&buffer, '{');
	for (int i = 0; i < 1000; i++)
		buffer_printf(&buffer, "%s\"%d\":{\"inputs\":{}}", i ? "," : "", i);
	buffer_append_byte(&buffer, '}');
	template = load(buffer_text(&buffer));
	assert_int_equal(template->error_count, LIMIT_TEMPLATE_FAULTS + 1);
	assert_string_equal(template->errors[LIMIT_TEMPLATE_FAULTS], "There are more of them.");
	buffer_free(&buffer);
}

static void test_several_nodes(void **state)
{
	const struct comfyui_template *template = load_string(with_node(
		"\"class_type\":\"A\",\"inputs\":{\"a\":[\"1\",0],\"b\":[\"57:2\",0]}",
		"\"1\":{\"class_type\":\"UNETLoader\",\"inputs\":{\"unet_name\":\"high\"},"
		"\"_meta\":{\"title\":\"cs:unet_loader\"}},"
		"\"57:2\":{\"class_type\":\"UNETLoader\",\"inputs\":{\"unet_name\":\"low\"},"
		"\"_meta\":{\"title\":\"cs:unet_loader\"}}"));
	struct comfyui_settings settings = all_settings();
	struct text prompt;

	(void)state;
	assert_valid(template);
	assert_string_equal(
		role_words(template->roles), "unet_loader=1 unet_loader=57:2 save_image=9");
	prompt = substitute(template, &settings);
	assert_string_equal(
		input_of(prompt, "1", "unet_name"), input_of(prompt, "57:2", "unet_name"));
	assert_string_equal(
		input_of(prompt, "1", "unet_name"), "\"runs\\\\qwen \\\"x\\\".safetensors\"");
}

/* Two samplers that share one seed: it is set once. */
static void test_shared_primitive(void **state)
{
	const struct comfyui_template *template = load_string(with_node(
		"\"class_type\":\"KSampler\",\"inputs\":{\"seed\":[\"5\",0],\"a\":[\"6\",0]},"
		"\"_meta\":{\"cs_role\":\"sampler\"}",
		"\"5\":{\"class_type\":\"PrimitiveInt\",\"inputs\":{\"value\":7}},"
		"\"6\":{\"class_type\":\"KSampler\",\"inputs\":{\"seed\":[\"5\",0]},"
		"\"_meta\":{\"cs_role\":\"sampler\"}}"));
	struct comfyui_settings settings = all_settings();
	struct text prompt;

	(void)state;
	assert_valid(template);
	prompt = substitute(template, &settings);
	assert_string_equal(input_of(prompt, "5", "value"), "18446744073709551615");
	assert_string_equal(input_of(prompt, "8", "seed"), "[\"5\",0]");
}

static void test_lora(void **state)
{
	const struct comfyui_template *template = load_string(
		with_node("\"class_type\":\"LoraLoaderModelOnly\",\"inputs\":{\"lora_name\":\"l\","
			  "\"strength_model\":0.8,\"model\":[\"1\",0]},\"_meta\":{\"cs_role\":"
			  "\"lora_loader\"}",
			"\"1\":{\"class_type\":\"UNETLoader\",\"inputs\":{\"unet_name\":\"base\"},"
			"\"_meta\":{\"cs_role\":\"unet_loader\"}}"));
	struct comfyui_settings settings = all_settings();
	struct text prompt;

	(void)state;
	assert_valid(template);
	assert_text(template->places[COMFYUI_SET_CHECKPOINT].class_type, "LoraLoaderModelOnly");
	assert_text(template->places[COMFYUI_SET_CHECKPOINT].field, "lora_name");
	prompt = substitute(template, &settings);
	assert_string_equal(input_of(prompt, "1", "unet_name"), "\"base\"");
	assert_string_equal(
		input_of(prompt, "8", "lora_name"), "\"runs\\\\qwen \\\"x\\\".safetensors\"");
	assert_string_equal(input_of(prompt, "8", "strength_model"), "0.8");
}

/* ComfyUI refuses a prompt with anything but nodes in it. */
static void test_others_are_left_out(void **state)
{
	static const struct {
		const char *source;
		const char *prompt;
	} cases[] = {
		{"{ \"c\": 1,  \"9\":" NODE_9 " }", "{ \"9\":" NODE_9 " }"},
		{"{ \"c\": 1, \"d\": {},  \"9\":" NODE_9 " }", "{ \"9\":" NODE_9 " }"},
		{"{ \"9\":" NODE_9 " , \"c\": [1] }", "{ \"9\":" NODE_9 " }"},
		{"{\"c\":null,\"8\":" NODE_9 ",\"d\":\"\" ,\"e\":2, \"9\":" NODE_9 ",\"f\":3}",
			"{\"8\":" NODE_9 ", \"9\":" NODE_9 "}"},
	};
	struct comfyui_settings none = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct comfyui_template *template = load_string(cases[i].source);

		assert_valid(template);
		assert_text(substitute(template, &none), cases[i].prompt);
	}
}

static void test_byte_order_mark(void **state)
{
	struct comfyui_settings none = {0};
	const char *plain = with_node("\"class_type\":\"A\",\"inputs\":{}", "");

	(void)state;
	assert_text(substitute(load_string(arena_printf(&arena, "\xef\xbb\xbf%s", plain)), &none),
		plain);
}

static void test_bad_settings(void **state)
{
	static const struct {
		enum comfyui_setting setting;
		struct text value;
	} cases[] = {
		{COMFYUI_SET_SEED, TEXT_INITIALIZER("18446744073709551616")},
		{COMFYUI_SET_SEED, TEXT_INITIALIZER("")},
		{COMFYUI_SET_SEED, TEXT_INITIALIZER("1,\"x\":2")},
		{COMFYUI_SET_CFG, TEXT_INITIALIZER("nan")},
		{COMFYUI_SET_CFG, TEXT_INITIALIZER("1 ")},
		{COMFYUI_SET_STEPS, TEXT_INITIALIZER(" 1")},
		{COMFYUI_SET_WIDTH, TEXT_INITIALIZER("01")},
		{COMFYUI_SET_POSITIVE_PROMPT, TEXT_INITIALIZER("\xff")},
		{COMFYUI_SET_CHECKPOINT, TEXT_INITIALIZER("a\xed\xa0\x80")},
	};
	const struct comfyui_template *template = load(read_fixture(FIXTURES "tiny_ckpt_api.json"));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct comfyui_settings settings = all_settings();
		struct buffer prompt;
		struct error error = {0};

		settings.values[cases[i].setting] = cases[i].value;
		buffer_init(&prompt, LIMIT_TEMPLATE);
		assert_false(comfyui_template_substitute(template, &settings, &prompt, &error));
		assert_string_equal(error.code, "invalid_setting");
		assert_non_null(strstr(error.message, comfyui_setting_names[cases[i].setting]));
		buffer_free(&prompt);
	}
}

/* --- Proposals -----------------------------------------------------------------------------------
 */

/* The bytes without what stands between two marks of the same kind, wherever they come. */
static struct text without_tags(struct text source)
{
	struct text tag = TEXT("\"cs_role\"");
	struct buffer out;
	struct text result;

	buffer_init(&out, LIMIT_TEMPLATE);
	for (size_t at = 0; at < source.length; at++) {
		if (!text_starts_with(text_from_offset(source, at), tag)) {
			buffer_append_byte(&out, source.at[at]);
			continue;
		}
		/* Its value and the comma before it. */
		while (out.bytes[out.length - 1] != ',')
			out.length--;
		out.length--;
		at += tag.length;
		while (source.at[at] != '"')
			at++;
		for (at++; source.at[at] != '"'; at++)
			;
	}
	result = arena_text(&arena, buffer_text(&out));
	buffer_free(&out);
	return result;
}

static struct text tagged_copy(const struct comfyui_template *template)
{
	struct buffer tagged;
	struct error error = {0};
	struct text result;

	buffer_init(&tagged, 2 * LIMIT_TEMPLATE);
	assert_true(comfyui_template_tag(template, &tagged, &error));
	result = arena_text(&arena, buffer_text(&tagged));
	buffer_free(&tagged);
	return result;
}

/* What is inferred for the fixtures without their tags is what their tags say. */
static void test_proposals(void **state)
{
	static const char *const files[] = {"tiny_ckpt_api.json", "tiny_sd15_api.json",
		"tiny_sd3_api.json", "tiny_sd3_sampler_custom_advanced_api.json"};
	struct comfyui_settings settings = all_settings();

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct text source = read_fixture(arena_printf(&arena, FIXTURES "%s", files[i]));
		const struct comfyui_template *original = load(source);
		const struct comfyui_template *plain = load(without_tags(source));
		const struct comfyui_template *tagged = load(tagged_copy(plain));

		assert_false(plain->valid);
		assert_string_equal(role_words(plain->proposed_roles), role_words(original->roles));
		assert_valid(tagged);
		assert_string_equal(role_words(tagged->roles), role_words(original->roles));
		assert_string_equal(honoured(tagged), honoured(original));
		assert_string_equal(
			input_of(substitute(tagged, &settings), "10", "filename_prefix"),
			"\"cs/1/2-3\"");
	}
}

static void test_tagged_copy(void **state)
{
	static const struct {
		const char *meta;
		const char *tagged;
	} cases[] = {
		{",\"_meta\": {\n\t\"title\": \"x\"\n}",
			",\"_meta\": {\n\t\"cs_role\": \"save_image\",\n\t\"title\": \"x\"\n}"},
		{",\"_meta\":{}", ",\"_meta\":{\"cs_role\": \"save_image\"}"},
		{",\"_meta\":{ \"cs_role\" : \"\" , \"a\":1}",
			",\"_meta\":{ \"cs_role\": \"save_image\" , \"a\":1}"},
		{",\"_meta\":null", ",\"_meta\": {\"cs_role\": \"save_image\"}"},
	};
	static const char NODE[] = "\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"8\",0],"
				   "\"filename_prefix\":\"x\"}";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_text(tagged_copy(load_string(
				    arena_printf(&arena, "{\"9\": {%s%s}} ", NODE, cases[i].meta))),
			arena_printf(&arena, "{\"9\": {%s%s}} ", NODE, cases[i].tagged));
	assert_text(tagged_copy(load_string(arena_printf(&arena, "{\"9\": { %s}} ", NODE))),
		arena_printf(
			&arena, "{\"9\": { \"_meta\": {\"cs_role\": \"save_image\"}, %s}} ", NODE));
}

/* What is made larger and sampled again is not where the size comes from. */
static void test_proposals_for_two_passes(void **state)
{
	const struct comfyui_template *template = load_string(
		"{\"9\":{\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"5\",0],"
		"\"filename_prefix\":\"\"}},"
		"\"5\":{\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1,\"steps\":1,\"cfg\":1,"
		"\"latent_image\":[\"4\",0]}},"
		"\"4\":{\"class_type\":\"LatentUpscale\",\"inputs\":{\"width\":2,\"height\":2,"
		"\"samples\":[\"3\",0]}},"
		"\"3\":{\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1,\"steps\":1,\"cfg\":1,"
		"\"latent_image\":[\"2\",0]}},"
		"\"2\":{\"class_type\":\"EmptyLatentImage\",\"inputs\":{\"width\":1,\"height\":1}}"
		"}");

	(void)state;
	assert_string_equal(role_words(template->proposed_roles),
		"sampler=5 sampler=3 latent_image=2 save_image=9");
}

/* A prompt that is zeroed out says nothing, be it the positive one or another. */
static void test_proposals_without_negative(void **state)
{
	static const char *const zeroed[] = {"1", "2"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct comfyui_template *template = load_string(arena_printf(&arena,
			"{\"1\":{\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":\"\","
			"\"clip\":[\"8\",0]}},"
			"\"2\":{\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":\"\","
			"\"clip\":[\"8\",0]}},"
			"\"3\":{\"class_type\":\"ConditioningZeroOut\",\"inputs\":{"
			"\"conditioning\":[\"%s\",0]}},"
			"\"4\":{\"class_type\":\"FluxGuidance\",\"inputs\":{"
			"\"conditioning\":[\"1\",0]}},"
			"\"5\":{\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1,\"steps\":1,"
			"\"cfg\":1,\"positive\":[\"4\",0],\"negative\":[\"3\",0],"
			"\"model\":[\"6\",0]}},"
			"\"6\":{\"class_type\":\"LoraLoaderModelOnly\",\"inputs\":{"
			"\"lora_name\":\"\",\"model\":[\"7\",0]}},"
			"\"7\":{\"class_type\":\"UNETLoader\",\"inputs\":{\"unet_name\":\"\"}},"
			"\"8\":{\"class_type\":\"CLIPLoader\",\"inputs\":{}},"
			"\"9\":{\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"5\",0],"
			"\"filename_prefix\":\"\"}}}",
			zeroed[i]));

		assert_string_equal(role_words(template->proposed_roles),
			"unet_loader=7 sampler=5 positive_prompt=1 save_image=9");
		assert_int_equal(template->warning_count, 1);
		assert_non_null(strstr(
			template->warnings[0], "tag node 6 (LoraLoaderModelOnly) lora_loader"));
	}
}

/* One text for both sides is the positive prompt. */
static void test_proposals_with_one_text(void **state)
{
	const struct comfyui_template *template = load_string(
		"{\"1\":{\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":\"\","
		"\"clip\":[\"8\",0]}},"
		"\"5\":{\"class_type\":\"KSampler\",\"inputs\":{\"seed\":1,\"steps\":1,\"cfg\":1,"
		"\"positive\":[\"1\",0],\"negative\":[\"1\",0]}},"
		"\"9\":{\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"5\",0],"
		"\"filename_prefix\":\"\"}}}");

	(void)state;
	assert_string_equal(
		role_words(template->proposed_roles), "sampler=5 positive_prompt=1 save_image=9");
}

/* --- Any template --------------------------------------------------------------------------------
 */

static uint64_t random_state;

/* A number below `limit`. */
static size_t dice(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state % limit);
}

static void add_space(struct buffer *out)
{
	static const char *const spaces[] = {"", "", " ", "\n  ", "\t", " \r\n"};

	buffer_append_string(out, spaces[dice(sizeof(spaces) / sizeof(*spaces))]);
}

/* Literals that a careless rewrite would change. */
static void add_literal(struct buffer *out)
{
	static const char *const literals[] = {"18446744073709551615", "-9223372036854775808",
		"123456789012345678901234567890", "1.0", "1.10", "1e-7", "1E+2", "0.1", "-0",
		"true", "null", "\"\\u00e9\\/\\\"\"", "\"\xc3\xa9\"", "\"cs:sampler\"", "[]",
		"[ 1 , \"8\" ]", "{\"a\" : [ {} ] }", "\"\\ud83e\\udd8a\""};

	buffer_append_string(out, literals[dice(sizeof(literals) / sizeof(*literals))]);
}

static const char *const TAGGED[] = {
	"\"class_type\":\"KSampler\",\"inputs\":{ \"seed\" : 18446744073709551614,\"steps\":1,"
	"\"cfg\":8.0,\"denoise\":1.0},\"_meta\":{\"cs_role\":\"sampler\"}",
	"\"_meta\":{\"title\":\"P "
	"cs:positive_prompt\"},\"inputs\":{\"text\":\"old\",\"clip\":[\"all\",1]},"
	"\"class_type\":\"CLIPTextEncode\"",
	"\"inputs\":{\"text_g\":\"g\",\"width\":1.50,\"text_l\":\"l\"},\"_meta\":{\"cs_role\":"
	"\"negative_prompt\"},\"class_type\":\"CLIPTextEncodeSDXL\"",
	"\"class_type\":\"UNETLoader\",\"inputs\":{\"unet_name\":\"\\u00e9\",\"weight_dtype\":"
	"\"a\"},"
	"\"_meta\":{\"cs_role\":\"unet_loader\"}",
	"\"class_type\":\"EmptyLatentImage\",\"inputs\":{\"width\":64,\"height\":1e2},"
	"\"_meta\":{\"cs_role\":\"latent_image\"}",
	"\"class_type\":\"ModelSamplingSD3\",\"inputs\":{\"shift\":3.10},\"_meta\":{\"cs_role\":"
	"\"shift\"}",
};
#define TAGGED_COUNT (sizeof(TAGGED) / sizeof(*TAGGED))

static void add_untagged(struct buffer *out)
{
	buffer_append_string(out, "{\"class_type\": \"Any\",\"inputs\":{\"seed\":");
	add_literal(out);
	buffer_append_string(out, ",\"text\" : ");
	add_literal(out);
	buffer_append_string(out, "}}");
}

/*
 * Up to 12 members, tagged nodes, others, and what is no node, in any order and spacing; then a
 * node that depends on all of them and one that saves it.
 */
static struct text random_template(struct buffer *out)
{
	size_t count = dice(12);
	bool is_node[12];

	out->length = 0;
	buffer_append_string(out, "{");
	for (size_t id = 0; id < count; id++) {
		size_t kind = dice(2 * TAGGED_COUNT);

		is_node[id] = dice(6) > 0;
		add_space(out);
		buffer_printf(out, "\"%zu\"", id);
		add_space(out);
		buffer_append_string(out, ":");
		add_space(out);
		if (!is_node[id])
			add_literal(out);
		else if (kind < TAGGED_COUNT)
			buffer_printf(out, "{%s}", TAGGED[kind]);
		else
			add_untagged(out);
		add_space(out);
		buffer_append_string(out, ",");
	}
	buffer_append_string(out,
		"\"save\":{\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"all\",0],"
		"\"filename_prefix\":\"x\"},\"_meta\":{\"cs_role\":\"save_image\"}},\"all\":{"
		"\"class_type\":\"All\",\"inputs\":{");
	for (size_t id = 0; id < count; id++)
		if (is_node[id])
			buffer_printf(out, "\"in%zu\": [\"%zu\", 0],", id, id);
	buffer_append_string(out, "\"last\":1}}}\n");
	return buffer_text(out);
}

static struct comfyui_settings random_settings(void)
{
	struct comfyui_settings settings = all_settings();

	for (int i = 0; i < COMFYUI_SETTING_COUNT; i++)
		if (dice(3) == 0)
			settings.values[i].at = NULL;
	return settings;
}

static struct text slice(struct text source, const struct json *value)
{
	return (struct text){source.at + value->start, value->end - value->start};
}

/* Every node that has no tag has the same bytes in both; what is no node is in the source alone. */
static void assert_untagged_equal(struct text source, struct text prompt)
{
	struct error error = {0};
	const struct json *before = json_parse(&arena, source, LIMIT_TEMPLATE_DEPTH, &error);
	const struct json *after = json_parse(&arena, prompt, LIMIT_TEMPLATE_DEPTH, &error);

	if (!before || !after) {
		fail_msg("%s: %.*s", error.message, TEXT_ARGUMENTS(prompt));
		return;
	}
	for (const struct json *node = before->first; node; node = node->next) {
		const struct json *same = json_member(after, node->name.at);

		if (!json_member(node, "inputs"))
			assert_null(same);
		else if (!same)
			fail_msg("%s is gone: %.*s", node->name.at, TEXT_ARGUMENTS(prompt));
		else if (!json_member(node, "_meta") &&
			 !text_equal(slice(source, node), slice(prompt, same)))
			fail_msg("%.*s is no longer %.*s", TEXT_ARGUMENTS(slice(prompt, same)),
				TEXT_ARGUMENTS(slice(source, node)));
	}
}

static void test_any_template(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, LIMIT_TEMPLATE);
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		const struct comfyui_template *template;
		struct comfyui_settings settings;
		struct text source;
		struct text prompt;

		random_state = seed * 0x9e3779b97f4a7c15U;
		source = random_template(&buffer);
		settings = random_settings();
		template = load(source);
		if (!template->valid)
			fail_msg("%s: %.*s", template->errors[0], TEXT_ARGUMENTS(source));
		prompt = substitute(template, &settings);
		assert_untagged_equal(source, prompt);
		template = load(prompt);
		assert_valid(template);
		if (!text_equal(substitute(template, &settings), prompt))
			fail_msg("another time differs: %.*s", TEXT_ARGUMENTS(prompt));
		arena_reset(&arena);
	}
	buffer_free(&buffer);
}

static void test_no_memory(void **state)
{
	struct text source = read_fixture(FIXTURES "tiny_sd3_sampler_custom_advanced_api.json");
	bool loaded = false;

	(void)state;
	for (size_t limit = 0; !loaded; limit += 512) {
		struct arena small;
		struct error error = {0};

		assert_true(limit < (1 << 20));
		arena_init(&small, limit);
		loaded = comfyui_template_load(&small, source, &error) != NULL;
		if (!loaded)
			assert_int_equal(error.kind, ERROR_SYSTEM);
		arena_free(&small);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/* Whether a refused input is one of ours to set. */
static void test_which_inputs_are_set(void **state)
{
	const struct comfyui_template *template = load_string(
		"{\"4\": {\"class_type\": \"VAELoader\", \"inputs\": {\"vae_name\": \"v\"}}, "
		"\"8\": {\"class_type\": \"KSampler\", \"inputs\": {\"seed\": 1, \"denoise\": 1}, "
		"\"_meta\": {\"cs_role\": \"sampler\"}}, \"9\": {" SAVE "}}");

	(void)state;
	assert_true(comfyui_template_sets(template, COMFYUI_SET_SEED, TEXT("8"), TEXT("seed")));
	assert_true(comfyui_template_sets(template, COMFYUI_SET_SEED, TEXT("8"), TEXT("")));
	assert_false(comfyui_template_sets(template, COMFYUI_SET_CFG, TEXT("8"), TEXT("seed")));
	assert_false(comfyui_template_sets(template, COMFYUI_SET_SEED, TEXT("8"), TEXT("denoise")));
	assert_false(comfyui_template_sets(template, COMFYUI_SET_VAE, TEXT("4"), TEXT("vae_name")));
	assert_false(comfyui_template_sets(template, COMFYUI_SET_SEED, TEXT("4"), TEXT("")));
	assert_false(comfyui_template_sets(template, COMFYUI_SET_SEED, TEXT("88"), TEXT("seed")));
	assert_false(comfyui_template_sets(template, COMFYUI_SET_SEED, TEXT("8"), TEXT("none")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_fixtures),
		TEST(test_substitution),
		TEST(test_nothing_given),
		TEST(test_sampler_custom_advanced),
		TEST(test_rules),
		TEST(test_refused),
		TEST(test_limits),
		TEST(test_several_nodes),
		TEST(test_shared_primitive),
		TEST(test_lora),
		TEST(test_others_are_left_out),
		TEST(test_byte_order_mark),
		TEST(test_bad_settings),
		TEST(test_which_inputs_are_set),
		TEST(test_proposals),
		TEST(test_tagged_copy),
		TEST(test_proposals_for_two_passes),
		TEST(test_proposals_without_negative),
		TEST(test_proposals_with_one_text),
		TEST(test_any_template),
		TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

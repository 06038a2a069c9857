#include "comfyui/recipe.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/limits.h"

static void digest_of(struct text bytes, char digest[static COMFYUI_DIGEST_SIZE])
{
	(void)snprintf(digest, COMFYUI_DIGEST_SIZE, "%016" PRIx64, hash_text(HASH_START, bytes));
}

void comfyui_recipe_workflow(struct text bytes, char digest[static COMFYUI_DIGEST_SIZE])
{
	digest_of(bytes, digest);
}

static void put_text(struct json_writer *out, const char *key, struct text value)
{
	if (!value.at)
		return;
	json_key(out, key);
	json_text(out, value);
}

static void put_digits(struct json_writer *out, const char *key, struct text digits)
{
	if (!digits.at)
		return;
	json_key(out, key);
	json_raw(out, digits);
}

static void put_integer(struct json_writer *out, const char *key, int64_t value)
{
	json_key(out, key);
	json_integer(out, value);
}

/* The members, always in this order: the digest is of their bytes. */
static void write_members(struct json_writer *out, const struct comfyui_recipe *recipe)
{
	put_text(out, "workflow_digest", recipe->workflow_digest);
	put_text(out, "checkpoint", recipe->checkpoint_path);
	put_integer(out, "checkpoint_size", recipe->checkpoint_size);
	put_integer(out, "checkpoint_modified", recipe->checkpoint_modified);
	put_text(out, "prompt_name", recipe->output->prompt_name);
	put_text(out, "prompt", recipe->prompt_text);
	put_text(out, "negative_prompt", recipe->negative_prompt);
	put_integer(out, "steps", recipe->output->steps);
	put_digits(out, "cfg", recipe->output->cfg);
	put_text(out, "sampler_name", recipe->output->sampler_name);
	put_text(out, "scheduler", recipe->output->scheduler);
	put_digits(out, "seed", recipe->output->seed);
	put_integer(out, "width", recipe->width);
	put_integer(out, "height", recipe->height);
	put_text(out, "vae", recipe->vae);
	put_text(out, "clip", recipe->clip);
	put_digits(out, "shift", recipe->shift);
}

bool comfyui_recipe_digest(
	const struct comfyui_recipe *recipe, char digest[static COMFYUI_DIGEST_SIZE])
{
	struct buffer members;
	struct json_writer out;
	bool good;

	buffer_init(&members, LIMIT_BODY);
	json_writer_init(&out, &members);
	write_members(&out, recipe);
	digest_of(buffer_text(&members), digest);
	good = !members.failed;
	buffer_free(&members);
	return good;
}

bool comfyui_recipe_write(const struct comfyui_recipe *recipe, struct buffer *json)
{
	char digest[COMFYUI_DIGEST_SIZE];
	struct json_writer out;

	if (!comfyui_recipe_digest(recipe, digest))
		return false;
	json_writer_init(&out, json);
	json_open_object(&out);
	json_key(&out, "recipe");
	json_string(&out, digest);
	write_members(&out, recipe);
	json_close_object(&out);
	return !json->failed;
}

struct text comfyui_recipe_read(struct arena *arena, struct text chunk)
{
	struct error error;
	const struct json *object = json_parse(arena, chunk, LIMIT_JSON_DEPTH, &error);
	const struct json *digest = object ? json_member(object, "recipe") : NULL;

	if (!digest || digest->type != JSON_STRING ||
		digest->string.length != COMFYUI_DIGEST_SIZE - 1)
		return (struct text){NULL, 0};
	return digest->string;
}

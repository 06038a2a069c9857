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

static void put_digits(struct json_writer *out, const char *key, struct text digits)
{
	if (digits.at)
		json_put_raw(out, key, digits);
}

/* The members, always in this order: the digest is of their bytes. */
static void write_members(struct json_writer *out, const struct comfyui_recipe *recipe)
{
	json_put_optional(out, "workflow_digest", recipe->workflow_digest);
	json_put_optional(out, "checkpoint", recipe->checkpoint_path);
	json_put_integer(out, "checkpoint_size", recipe->checkpoint_size);
	json_put_integer(out, "checkpoint_modified", recipe->checkpoint_modified);
	json_put_optional(out, "prompt_name", recipe->output->prompt_name);
	json_put_optional(out, "prompt", recipe->prompt_text);
	json_put_optional(out, "negative_prompt", recipe->negative_prompt);
	json_put_integer(out, "steps", recipe->output->steps);
	put_digits(out, "cfg", recipe->output->cfg);
	json_put_optional(out, "sampler_name", recipe->output->sampler_name);
	json_put_optional(out, "scheduler", recipe->output->scheduler);
	put_digits(out, "seed", recipe->output->seed);
	json_put_integer(out, "width", recipe->width);
	json_put_integer(out, "height", recipe->height);
	json_put_optional(out, "vae", recipe->vae);
	json_put_optional(out, "clip", recipe->clip);
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
	json_put_string(&out, "recipe", digest);
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

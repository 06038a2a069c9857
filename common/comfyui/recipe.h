#ifndef COMFYUI_RECIPE_H
#define COMFYUI_RECIPE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "naming/output.h"

/*
 * All that decides how a picture looks: two pictures with equal recipes are the same picture. It is
 * kept in the database and, by way of ComfyUI's `extra_pnginfo`, in the PNG, in a text chunk with
 * this keyword.
 */
#define COMFYUI_RECIPE_KEYWORD "checkpoint_sampler"

/* 16 hexadecimal digits and the terminator. */
#define COMFYUI_DIGEST_SIZE 17

struct comfyui_recipe {
	struct text workflow_digest; /* comfyui_recipe_workflow of the template's bytes */
	struct text checkpoint_path; /* within its checkpoint directory */
	int64_t checkpoint_size;
	int64_t checkpoint_modified; /* nanoseconds since 1970 */
	const struct naming_output *output;
	struct text prompt_text;
	struct text negative_prompt;
	int64_t width;
	int64_t height;
	struct text vae; /* `at` is NULL for the template's own */
	struct text clip;
	struct text shift; /* a number's digits */
};

/* The digest that stands for a template's bytes. */
void comfyui_recipe_workflow(struct text bytes, char digest[static COMFYUI_DIGEST_SIZE]);

/* The digest of a recipe: equal for equal recipes. False without memory. */
bool comfyui_recipe_digest(
	const struct comfyui_recipe *recipe, char digest[static COMFYUI_DIGEST_SIZE]);

/*
 * Appends the recipe as a JSON object, its digest as `recipe`: the value of
 * `extra_pnginfo.checkpoint_sampler`. False without memory.
 */
bool comfyui_recipe_write(const struct comfyui_recipe *recipe, struct buffer *json);

/*
 * The digest in what the PNG's text chunk holds, which is the object above as ComfyUI wrote it
 * anew; `at` is NULL if there is none.
 */
struct text comfyui_recipe_read(struct arena *arena, struct text chunk);

#endif

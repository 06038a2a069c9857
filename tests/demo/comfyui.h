/* The text ComfyUI embeds in the pictures it saves: the graph as executed, and as drawn in its
 * editor. */
#ifndef DEMO_COMFYUI_H
#define DEMO_COMFYUI_H

#include "text.h"

#include <stdbool.h>
#include <stdint.h>

struct demo_sampling {
	const char *checkpoint; /* as ComfyUI lists it */
	bool lora;		/* the checkpoint is a LoRA on top of a base model */
	const char *positive, *negative;
	const char *sampler, *scheduler;
	const char *cfg; /* as a number is written in JSON */
	int steps, size;
	uint64_t seed;
	const char *prefix; /* of the file name */
};

/* The executed graph ("prompt"), API format. */
void demo_comfyui_prompt(const struct demo_sampling *sampling, struct demo_text *json);

/* The drawn graph ("workflow"), editor format, with the same values. */
void demo_comfyui_workflow(const struct demo_sampling *sampling, struct demo_text *json);

#endif

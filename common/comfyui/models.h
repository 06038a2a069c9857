#ifndef COMFYUI_MODELS_H
#define COMFYUI_MODELS_H

#include "comfyui/template.h"

/* A kind of thing that a user chooses from, and the node input that has ComfyUI's list of it. */
struct comfyui_model_type {
	const char *type; /* as the API names it */
	const char *class;
	const char *input;
	enum comfyui_setting setting; /* that a template's own node has another list of it for */
};

/* vae, clip, unet, checkpoint, lora, sampler or scheduler; NULL for any other. */
const struct comfyui_model_type *comfyui_model_type_find(struct text type);

/* False for what stands in a list and is no file: VAELoader's `pixel_space`. */
bool comfyui_model_is_file(struct text name);

#endif

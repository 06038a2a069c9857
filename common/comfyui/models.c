#include "comfyui/models.h"

static const struct comfyui_model_type TYPES[] = {
	{"vae", "VAELoader", "vae_name"},
	{"clip", "CLIPLoader", "clip_name"},
	{"unet", "UNETLoader", "unet_name"},
	{"checkpoint", "CheckpointLoaderSimple", "ckpt_name"},
	{"lora", "LoraLoader", "lora_name"},
	{"sampler", "KSampler", "sampler_name"},
	{"scheduler", "KSampler", "scheduler"},
};

const struct comfyui_model_type *comfyui_model_type_find(struct text type)
{
	for (size_t i = 0; i < sizeof(TYPES) / sizeof(*TYPES); i++)
		if (text_equal(type, text_from(TYPES[i].type)))
			return &TYPES[i];
	return NULL;
}

bool comfyui_model_is_file(struct text name)
{
	return !text_equal(name, TEXT("pixel_space"));
}

#include "comfyui/models.h"

static const struct comfyui_model_type TYPES[] = {
	{"vae", "VAELoader", "vae_name", COMFYUI_SET_VAE},
	{"clip", "CLIPLoader", "clip_name", COMFYUI_SET_CLIP},
	{"unet", "UNETLoader", "unet_name", COMFYUI_SET_CHECKPOINT},
	{"checkpoint", "CheckpointLoaderSimple", "ckpt_name", COMFYUI_SET_CHECKPOINT},
	{"lora", "LoraLoader", "lora_name", COMFYUI_SET_CHECKPOINT},
	{"sampler", "KSampler", "sampler_name", COMFYUI_SET_SAMPLER_NAME},
	{"scheduler", "KSampler", "scheduler", COMFYUI_SET_SCHEDULER},
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

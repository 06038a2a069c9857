#ifndef COMFYUI_TEMPLATE_H
#define COMFYUI_TEMPLATE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

/*
 * A workflow template: a ComfyUI graph in API format, some of whose nodes are tagged with the role
 * that they play for us (PRD 2.9). Loading finds where in the file's bytes each setting stands;
 * substitution copies the bytes and puts other values there, so that whatever is not ours to set
 * stays as it is written: 64-bit seeds, the order of keys, white space. Nothing here reads a disk
 * or asks ComfyUI.
 */

/* What a node does for us: `_meta.cs_role`, or a title that ends in `cs:<role>`. */
enum comfyui_role {
	COMFYUI_UNET_LOADER,
	COMFYUI_LORA_LOADER,
	COMFYUI_CLIP_LOADER,
	COMFYUI_VAE_LOADER,
	COMFYUI_SAMPLER,
	COMFYUI_POSITIVE_PROMPT,
	COMFYUI_NEGATIVE_PROMPT,
	COMFYUI_SHIFT,
	COMFYUI_LATENT_IMAGE,
	COMFYUI_SAVE_IMAGE,
	COMFYUI_ROLE_COUNT
};

/* What can be put into a template. All but the last are `parameters` of the wire contract. */
enum comfyui_setting {
	COMFYUI_SET_CHECKPOINT, /* as ComfyUI's own list has it, see comfyui_template.places */
	COMFYUI_SET_POSITIVE_PROMPT,
	COMFYUI_SET_NEGATIVE_PROMPT, /* an empty one leaves the template's */
	COMFYUI_SET_SEED,
	COMFYUI_SET_STEPS,
	COMFYUI_SET_CFG,
	COMFYUI_SET_SAMPLER_NAME,
	COMFYUI_SET_SCHEDULER,
	COMFYUI_SET_WIDTH,
	COMFYUI_SET_HEIGHT,
	COMFYUI_SET_VAE,
	COMFYUI_SET_CLIP,
	COMFYUI_SET_SHIFT,
	COMFYUI_PARAMETER_COUNT,
	COMFYUI_SET_FILENAME_PREFIX = COMFYUI_PARAMETER_COUNT,
	COMFYUI_SETTING_COUNT
};

/* The roles' and settings' names in templates, messages and the wire contract: "unet_loader". */
extern const char *const comfyui_role_names[COMFYUI_ROLE_COUNT];
extern const char *const comfyui_setting_names[COMFYUI_SETTING_COUNT];

/*
 * The input that a setting goes to, of the first node that takes it. For a setting that is chosen
 * from one of ComfyUI's lists, that list is the one of this class's field: a checkpoint is to be
 * matched against it. `class_type` is empty where the template does not honour the setting.
 */
struct comfyui_place {
	struct text node;
	struct text class_type;
	struct text field;
};

/* Ids of nodes, in the file's order. They are any strings; not numbers. */
struct comfyui_node_ids {
	struct text *items;
	size_t count;
	size_t capacity;
};

struct comfyui_edit;
struct comfyui_node;

struct comfyui_template {
	struct text source; /* the file's bytes without a byte order mark */
	bool is_json;	    /* `source` is one JSON text: it may be embedded in another */
	bool valid;	    /* there are no errors; only then it can be substituted */
	struct comfyui_node_ids roles[COMFYUI_ROLE_COUNT];	    /* which nodes carry them */
	struct comfyui_node_ids proposed_roles[COMFYUI_ROLE_COUNT]; /* inferred, where none does */
	bool honours[COMFYUI_SETTING_COUNT]; /* a value given for it reaches the saved image */
	struct comfyui_place places[COMFYUI_SETTING_COUNT];
	struct text save_node; /* the node whose picture is the result */
	/* Sentences for the user; an error says how to mend it. */
	const char **warnings;
	size_t warning_count;
	const char **errors;
	size_t error_count;
	/* For comfyui_check. */
	const struct comfyui_node *nodes;
	size_t node_count;
	/* For comfyui_template_substitute. */
	const struct comfyui_edit *edits;
	size_t edit_count;
};

/*
 * Reads a template from the bytes of its file (at most LIMIT_TEMPLATE, of any content), which must
 * outlive it. What is wrong with them is in the template's `errors`. Returns NULL, and the error,
 * only without memory.
 */
const struct comfyui_template *comfyui_template_load(
	struct arena *arena, struct text bytes, struct error *error);

/*
 * The values to put in: names and prompts as they are (UTF-8), numbers as their JSON digits (a seed
 * is exact). Where `at` is NULL, the template's own value stays.
 */
struct comfyui_settings {
	struct text values[COMFYUI_SETTING_COUNT];
};

/*
 * Appends the prompt to be submitted: the template with the settings it honours, without top-level
 * entries that are no nodes. A setting that is not honoured changes nothing. The same template and
 * settings always give the same bytes. Returns false, with ERROR_INVALID, if the template is not
 * valid, a number is none or a text is not UTF-8; without memory with ERROR_SYSTEM.
 */
bool comfyui_template_substitute(const struct comfyui_template *template,
	const struct comfyui_settings *settings, struct buffer *prompt, struct error *error);

/*
 * True if the setting goes to that input of the node; where `input` is empty, to any of its inputs.
 */
bool comfyui_template_sets(const struct comfyui_template *template, enum comfyui_setting setting,
	struct text node, struct text input);

/*
 * Appends the template's bytes with every proposed role put in as `_meta.cs_role`: what its user
 * may save to have it tagged. The template must be JSON. Returns false without memory.
 */
bool comfyui_template_tag(
	const struct comfyui_template *template, struct buffer *tagged, struct error *error);

#endif

#ifndef COMFYUI_CHECK_H
#define COMFYUI_CHECK_H

#include "comfyui/cache.h"
#include "comfyui/template.h"

/*
 * What ComfyUI would refuse of a template's prompts, before it is sent any: node classes that it
 * does not have, names that are in none of its lists, numbers out of their range. Asks for each
 * class once, within LIMIT_CHECK_CLASSES and LIMIT_CHECK_MS.
 */

/* The values that are put in for a setting, one in each prompt; none: the template's own stays. */
struct comfyui_values {
	const struct text *items;
	size_t count;
};

struct comfyui_check {
	const char **missing; /* sentences: classes without which no prompt can run */
	size_t missing_count;
	size_t missing_capacity;
	const char **refused; /* sentences: values, and what to do; at most LIMIT_CHECK_FAULTS */
	size_t refused_count;
	size_t refused_capacity;
	const char *unchecked; /* why not all was checked; NULL: it was */
};

/*
 * Checks a valid template with the values of each setting. The checkpoint is left to
 * comfyui_name_match. `refresh` as in cache.h. False without memory; a ComfyUI that does not answer
 * is told in `unchecked`.
 */
bool comfyui_check(const struct comfyui_cache *cache, struct arena *arena,
	const struct comfyui_template *template,
	const struct comfyui_values values[static COMFYUI_SETTING_COUNT], bool refresh,
	struct comfyui_check *check, struct error *error);

#endif

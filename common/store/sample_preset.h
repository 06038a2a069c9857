#ifndef STORE_SAMPLE_PRESET_H
#define STORE_SAMPLE_PRESET_H

#include "base/arena.h"
#include "base/text.h"
#include "store/store.h"

/*
 * What a sample preset is made of (PRD 2.10). The name is as store_preset_input has it. The lists
 * are JSON arrays, given back byte for byte: `prompts` of {name, text}, `samplers` and `schedulers`
 * of strings, `steps`, `cfgs` and `seeds` of numbers.
 */
struct store_sample_preset_input {
	struct text name;
	struct text prompts;
	struct text negative_prompt;
	struct text steps;
	struct text cfgs;
	struct text samplers;
	struct text schedulers;
	struct text seeds;
	int64_t width;
	int64_t height;
	int64_t images; /* for each checkpoint: the product of the lists' lengths */
};

/* A stored sample preset; its texts live in the caller's arena. */
struct store_sample_preset {
	struct text id;
	struct store_sample_preset_input values;
	struct text created_at;
	struct text updated_at; /* both RFC 3339 in UTC */
};

/* All sample presets, by name without regard to case. */
bool store_sample_preset_list(struct store *store, struct arena *arena,
	struct store_sample_preset **presets, size_t *count, struct error *error);

/* ERROR_NOT_FOUND `not_found`. */
bool store_sample_preset_find(struct store *store, struct text id, struct arena *arena,
	struct store_sample_preset *preset, struct error *error);

/* ERROR_CONFLICT `name_taken`, or `too_many_presets` if LIMIT_PRESETS are stored. */
bool store_sample_preset_create(struct store *store, const struct store_sample_preset_input *input,
	struct arena *arena, struct store_sample_preset *preset, struct error *error);

/* Replaces all but the id. ERROR_NOT_FOUND `not_found`, ERROR_CONFLICT `name_taken`. */
bool store_sample_preset_update(struct store *store, struct text id,
	const struct store_sample_preset_input *input, struct arena *arena,
	struct store_sample_preset *preset, struct error *error);

/* Jobs keep their copies. ERROR_NOT_FOUND `not_found`. */
bool store_sample_preset_delete(struct store *store, struct text id, struct error *error);

#endif

#ifndef STORE_PRESET_H
#define STORE_PRESET_H

#include "base/arena.h"
#include "base/text.h"
#include "store/store.h"

/* A stored preset (PRD 7); its texts are terminated and live in the caller's arena. */
struct store_preset {
	struct text id;
	struct text name;
	struct text mapping; /* a JSON object */
	struct text created_at;
	struct text updated_at; /* both RFC 3339 in UTC */
};

/*
 * What a preset is made of. The name is well-formed UTF-8 of 1 to LIMIT_PRESET_NAME characters; two
 * names that differ in upper and lower case only are the same name.
 */
struct store_preset_input {
	struct text name;
	struct text mapping; /* a JSON object; given back byte for byte */
};

/* All presets, by name without regard to case. */
bool store_preset_list(struct store *store, struct arena *arena, struct store_preset **presets,
	size_t *count, struct error *error);

/* ERROR_CONFLICT `name_taken`, or `too_many_presets` if LIMIT_PRESETS are stored. */
bool store_preset_create(struct store *store, const struct store_preset_input *input,
	struct arena *arena, struct store_preset *preset, struct error *error);

/* Replaces name and mapping. ERROR_NOT_FOUND `not_found`, ERROR_CONFLICT `name_taken`. */
bool store_preset_update(struct store *store, struct text id,
	const struct store_preset_input *input, struct arena *arena, struct store_preset *preset,
	struct error *error);

/* ERROR_NOT_FOUND `not_found`. */
bool store_preset_delete(struct store *store, struct text id, struct error *error);

#endif

#ifndef STORE_OUTPUT_H
#define STORE_OUTPUT_H

#include "base/arena.h"
#include "base/text.h"
#include "store/store.h"

/*
 * The digest of the recipe by which the picture at `path` (within sample_dir) was made, as recorded
 * when a job made it. `recipe->at` is NULL if nothing is recorded for a file of this size and
 * modification time (nanoseconds since 1970).
 */
bool store_output_recipe(struct store *store, struct text path, int64_t size, int64_t modified,
	struct arena *arena, struct text *recipe, struct error *error);

#endif

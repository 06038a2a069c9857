/* Small but valid checkpoints: a header as trainers write it, and two tiny tensors. */
#ifndef DEMO_SAFETENSORS_H
#define DEMO_SAFETENSORS_H

#include "file.h"

#include <stdint.h>

struct demo_checkpoint {
	const char *run; /* the run's base name */
	bool lora;
	const char *base_model;	 /* file the training began with */
	const char *concept;	 /* folder of the training pictures */
	const char *const *tags; /* most frequent first, NULL at the end */
	int epoch, epochs;
	int step, steps; /* so far and planned */
	int pictures;	 /* in the training set */
	uint32_t rank;	 /* of a LoRA */
	int64_t started; /* seconds since 1970 */
	uint64_t seed;
};

/* Writes the file `path`. */
bool demo_safetensors_write(
	const char *path, const struct demo_checkpoint *checkpoint, struct demo_failure *failure);

#endif

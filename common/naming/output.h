#ifndef NAMING_OUTPUT_H
#define NAMING_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

/* The values by which the pictures of one checkpoint differ (PRD 2.10). */
struct naming_output {
	struct text prompt_name;
	int64_t steps;
	struct text cfg; /* a number's digits, as naming_decimal writes them */
	struct text sampler_name;
	struct text scheduler;
	struct text seed; /* decimal digits */
};

/*
 * Appends the name of the file that holds the picture (PRD 2.11):
 * `prompt_name=…&steps=…&cfg=…&sampler_name=…&scheduler=…&seed=….png`, in the values all but
 * `A-Za-z0-9-_.~` percent-encoded. naming_parse_image gives the values back.
 */
void naming_append_output(struct buffer *buffer, const struct naming_output *output);

/* The same with its directory: where it lies within sample_dir. */
void naming_append_output_path(
	struct buffer *buffer, struct text checkpoint_filename, const struct naming_output *output);

/* How many bytes a value takes in such a name. */
size_t naming_encoded_length(struct text value);

/* How many bytes of such a name are not values. */
#define NAMING_OUTPUT_FIXED \
	(sizeof("prompt_name=&steps=&cfg=&sampler_name=&scheduler=&seed=.png") - 1)

/* Digits, point and terminator of any number that naming_decimal writes. */
#define NAMING_DECIMAL_SIZE 32

/*
 * Writes a number from 0 to 1,000,000 in its shortest decimal form: `7`, `1.25`. Returns false if
 * that takes more than 6 decimal places.
 */
bool naming_decimal(double value, char text[static NAMING_DECIMAL_SIZE]);

/*
 * Appends the prefix under which ComfyUI keeps its own copy of a picture, another one for every
 * attempt: `cs/`, the first 8 characters of the job's id and the item's whole id. Of 100,000 items,
 * two would share the first 8 more often than not, and one could be given the other's picture.
 */
void naming_append_prefix(
	struct buffer *buffer, struct text job_id, struct text item_id, int64_t attempt);

/* Of such a prefix the part that all attempts of an item share, and nobody else's. */
struct text naming_item_prefix(struct text prefix);

/*
 * True if ComfyUI saved the file, named by its folder below the output directory and its name
 * there, under such a prefix: one of a batch, each of which has a counter after the prefix.
 */
bool naming_is_copy(struct text prefix, struct text subfolder, struct text filename);

#endif

#ifndef NAMING_IMAGE_H
#define NAMING_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"

struct naming_pair {
	struct text key;
	struct text value;
};

/* The meaning of an image's file name. Texts live in the arena or point into the file name. */
struct naming_image {
	struct naming_pair pairs[LIMIT_DIMENSIONS]; /* keys differ; in the name's order */
	size_t pair_count;
	bool has_counter;
	struct text counter; /* the batch counter's digits without leading zeros */
};

enum naming_image_result {
	NAMING_IMAGE,	      /* `*image` is filled in */
	NAMING_NO_IMAGE,      /* hidden, or of another type: nothing that anybody would miss */
	NAMING_IMAGE_SKIPPED, /* an image without usable dimensions; `*reason` says why */
	NAMING_IMAGE_MEMORY   /* the arena is exhausted */
};

/*
 * Takes an image's file name apart as docs/filesystem.md says (PRD 2.3, 2.4): `key=value` pairs
 * joined by `&`, encoded as forms are, then perhaps the batch counter `_NNNNN_`, then .png, .jpg,
 * .jpeg or .webp. A key `checkpoint` becomes `checkpoint (file)`. `*reason` is a constant.
 */
enum naming_image_result naming_parse_image(
	struct arena *arena, struct text name, struct naming_image *image, const char **reason);

/* Where the stem of an image's file name ends and its extension begins; 0 if it is no image's. */
size_t naming_image_stem(struct text name);

/* True if the name ends in `.png`, upper and lower case being the same. */
bool naming_is_png(struct text name);

/* Order of two batch counters as numbers: <0, 0 or >0. */
int naming_compare_counters(struct text a, struct text b);

#endif

/*
 * Any bytes as an image's file name: what is accepted has keys that differ and texts that are
 * UTF-8; parsing it without its extension never reads beyond it. The two halves as values: their
 * order is consistent.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "naming/image.h"
#include "naming/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_image(const struct naming_image *image)
{
	if (image->pair_count == 0 || image->pair_count > LIMIT_DIMENSIONS)
		abort();
	for (size_t i = 0; i < image->pair_count; i++) {
		if (image->pairs[i].key.length == 0 || !utf8_valid(image->pairs[i].key) ||
			!utf8_valid(image->pairs[i].value) ||
			text_equal(image->pairs[i].key, TEXT("checkpoint")))
			abort();
		for (size_t j = 0; j < i; j++)
			if (text_equal(image->pairs[i].key, image->pairs[j].key))
				abort();
	}
	for (size_t i = 0; i < image->counter.length; i++)
		if (image->counter.at[i] < '0' || image->counter.at[i] > '9')
			abort();
	if (image->has_counter != (image->counter.length > 0))
		abort();
}

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

/* Sorting must give the same order whichever way round the values come. */
static void check_order(struct arena *arena, struct text a, struct text b)
{
	struct text forward[2] = {a, b};
	struct text backward[2] = {b, a};
	enum naming_type types[2];

	if (sign(naming_compare_natural(a, b)) != -sign(naming_compare_natural(b, a)) ||
		(naming_compare_natural(a, b) == 0) != text_equal(a, b))
		abort();
	if (!naming_sort_values(arena, forward, 2, &types[0]) ||
		!naming_sort_values(arena, backward, 2, &types[1]) || types[0] != types[1] ||
		!text_equal(forward[0], backward[0]) || !text_equal(forward[1], backward[1]))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text name = {(const char *)data, size};
	struct naming_image image;
	const char *reason = NULL;
	struct arena arena;

	arena_init(&arena, (size_t)64 << 20);
	switch (naming_parse_image(&arena, name, &image, &reason)) {
	case NAMING_IMAGE:
		check_image(&image);
		break;
	case NAMING_IMAGE_SKIPPED:
		if (!reason)
			abort();
		break;
	case NAMING_NO_IMAGE:
		if (naming_image_stem(name))
			abort();
		break;
	case NAMING_IMAGE_MEMORY:
		abort();
	}
	check_order(&arena, text_head(name, size / 2), text_from_offset(name, size / 2));
	arena_free(&arena);
	return 0;
}

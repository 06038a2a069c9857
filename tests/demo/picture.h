/* A picture in memory: rows of float RGB, and what is done to whole pictures. */
#ifndef DEMO_PICTURE_H
#define DEMO_PICTURE_H

#include "colour.h"

#include <stddef.h>

struct demo_picture {
	int width, height;
	struct demo_rgb *pixels; /* row by row from the top */
};

/* Zeroed memory; a machine that has none left ends the program with one sentence. */
void *demo_allocate(size_t count, size_t size);

/* A black picture; demo_picture_free() gives it back. */
struct demo_picture demo_picture_new(int width, int height);
void demo_picture_free(struct demo_picture *picture);

static inline struct demo_rgb *demo_pixel(const struct demo_picture *picture, int x, int y)
{
	return &picture->pixels[(size_t)y * (size_t)picture->width + (size_t)x];
}

/* The colour at a place between pixels (pixel centres at .5), the border repeated outside. */
struct demo_rgb demo_picture_at(const struct demo_picture *picture, float x, float y);

/* Half the size (both sides must be even), each pixel of the result from a 4 x 4 neighbourhood. */
struct demo_picture demo_picture_half(const struct demo_picture *picture);

/* Twice the size, smooth. `into` must have twice the sides of `picture`. */
void demo_picture_double(const struct demo_picture *picture, struct demo_picture *into);

/* Adds a halo of `strength` around everything brighter than `threshold` (linear light). */
void demo_picture_bloom(struct demo_picture *picture, float threshold, float strength);

/* Linear light of any brightness into 0..1 for a screen: exposure, highlights rolled off, gamma,
 * and a `vignette` (0: none, 1: black corners). */
void demo_picture_expose(struct demo_picture *picture, float exposure, float vignette);

#endif

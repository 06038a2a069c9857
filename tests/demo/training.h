/* What a model paints of a scene at a given point of its training. */
#ifndef DEMO_TRAINING_H
#define DEMO_TRAINING_H

#include "picture.h"

#include <stdint.h>

enum { DEMO_LEVELS = 7 };

/* A scene at full size and at halves of it, down to where only its masses of colour are left. */
struct demo_pyramid {
	struct demo_picture level[DEMO_LEVELS];
};

/* Takes `scene` over; its side must be a multiple of 64. demo_pyramid_free() frees all. */
struct demo_pyramid demo_pyramid_new(struct demo_picture scene);
void demo_pyramid_free(struct demo_pyramid *pyramid);

struct demo_sitting {
	float progress; /* 0: untrained, about 0.67: best, 1: overfitted */
	float guidance; /* 0: low cfg, 1: high cfg */
	uint32_t seed;
};

/* Paints the scene as the model sees it then, three bytes per pixel into `rgb`. */
void demo_training_paint(
	const struct demo_pyramid *scene, const struct demo_sitting *sitting, unsigned char *rgb);

#endif

/* A mountain landscape round a fjord: made, worn by rain, and lit. */
#ifndef DEMO_TERRAIN_H
#define DEMO_TERRAIN_H

#include "picture.h"

#include <stdint.h>

enum { DEMO_TERRAIN_SIZE = 1024 };

/* A square map. x runs from -SIZE/2 to SIZE/2, z from 0 (the viewer) to SIZE; heights are in the
 * same unit, the water lies at 0. */
struct demo_terrain {
	float *height;
	struct demo_rgb *colour; /* lit */
};

struct demo_valley {
	uint32_t seed;
	float half_width; /* of the water near the viewer */
	float widening;	  /* added per unit of distance */
	float far_shore;  /* distance where the valley closes; beyond SIZE: open sea */
	float peak;	  /* height of the highest summits */
	float roughness;  /* size of a mountain */
};

/* What one spot of ground looks like under its light. */
struct demo_ground {
	float height;
	float flatness; /* 1: level, 0: upright */
	float direct;	/* light that reaches it from the light source, 0 to 1, shadows included */
	float open;	/* how much sky it sees, 0 to 1 */
	float x, z;
};

struct demo_lamp {
	float x, y, z; /* direction towards the light, of length 1 */
	struct demo_rgb (*shade)(const struct demo_ground *ground, uint32_t seed);
};

struct demo_terrain demo_terrain_new(const struct demo_valley *valley);
void demo_terrain_free(struct demo_terrain *terrain);

/* Fills in the colours. */
void demo_terrain_light(struct demo_terrain *terrain, const struct demo_lamp *lamp, uint32_t seed);

#endif

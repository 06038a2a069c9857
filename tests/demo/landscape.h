/* A terrain seen from a boat on the water: land, air and reflections. */
#ifndef DEMO_LANDSCAPE_H
#define DEMO_LANDSCAPE_H

#include "terrain.h"

struct demo_camera {
	float height;  /* above the water */
	float focal;   /* in picture widths */
	float horizon; /* in picture heights from the top */
};

/* Air between the viewer and the ground. */
struct demo_air {
	struct demo_rgb colour, glow;
	float density;	   /* per unit of distance */
	float mist;	   /* extra density just above the water */
	float mist_height; /* where the mist has thinned to a third */
	float glow_at;	   /* column of the glow in picture widths */
	float glow_width;  /* in picture widths */
};

/* The reflection of a sky that reaches down to the horizon: upside down below it. What `sky` holds
 * below the horizon is wiped, to make room for land and water. */
struct demo_picture demo_mirror_sky(struct demo_picture *sky, const struct demo_camera *camera);

/*
 * Draws the land over `view`, and its reflection in still water over `mirror`, both of which hold
 * the sky already (in `mirror` upside down below the horizon). `land` receives how much of each
 * pixel is land.
 */
void demo_terrain_draw(const struct demo_terrain *terrain, const struct demo_camera *camera,
	const struct demo_air *air, uint32_t seed, struct demo_picture *view,
	struct demo_picture *mirror, float *land);

struct demo_water {
	struct demo_rgb deep; /* what one sees looking straight down */
	float ripple;	      /* height of the waves, 1 is a light breeze */
	float length;	      /* of the waves, in map units */
	float clarity; /* how much darker than the sky the reflection is at the horizon, 1: not */
};

/* Draws the water below the horizon where `land` leaves room, out of `mirror`. */
void demo_water_draw(const struct demo_water *water, const struct demo_camera *camera,
	uint32_t seed, const struct demo_picture *mirror, const float *land,
	struct demo_picture *view);

#endif

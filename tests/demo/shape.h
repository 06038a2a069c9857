/* Outlines and the smooth-edged masks made from them. */
#ifndef DEMO_SHAPE_H
#define DEMO_SHAPE_H

#include "picture.h"

struct demo_point {
	float x, y;
};

/* A closed outline under construction. Starts zeroed; demo_outline_free() gives its memory back. */
struct demo_outline {
	struct demo_point *points;
	int count, capacity;
};

void demo_outline_free(struct demo_outline *outline);

/* Forgets the points, keeps the memory. */
void demo_outline_clear(struct demo_outline *outline);

void demo_outline_to(struct demo_outline *outline, float x, float y);

/* A cubic Bezier curve from the last point to (x, y). */
void demo_outline_curve(
	struct demo_outline *outline, float x1, float y1, float x2, float y2, float x, float y);

/* How much of each pixel is covered, 0 to 1. */
struct demo_mask {
	int width, height;
	int first, last; /* rows that hold anything: first <= y < last */
	int left, right; /* columns that hold anything */
	float *coverage; /* rows of width + 1 values */
};

struct demo_mask demo_mask_new(int width, int height);
void demo_mask_free(struct demo_mask *mask);

/* Empties a mask for the next shapes. */
void demo_mask_clear(struct demo_mask *mask);

/* Everything between additions and the use of a mask: first any number of demo_mask_add... calls,
 * whose shapes unite, then demo_mask_finish(), then the coverage may be read. */
void demo_mask_add(struct demo_mask *mask, const struct demo_outline *outline);
void demo_mask_add_disc(struct demo_mask *mask, float x, float y, float radius);

/* A line with a width at each end. */
void demo_mask_add_stroke(struct demo_mask *mask, struct demo_point from, float from_width,
	struct demo_point to, float to_width);
void demo_mask_finish(struct demo_mask *mask);

/* Blurs a finished mask, about `radius` pixels wide. */
void demo_mask_blur(struct demo_mask *mask, int radius);

/* Adds a polygon given in units of its own: y upwards from the foot, scaled by `unit` (negative
 * `rise` draws it upside down, as water reflects it). */
void demo_mask_add_polygon(struct demo_mask *mask, const struct demo_point *corners, int count,
	struct demo_point foot, float unit, float rise);

/* Paints one colour through a finished mask. */
void demo_mask_paint(const struct demo_mask *mask, struct demo_picture *picture,
	struct demo_rgb colour, float opacity);

#endif

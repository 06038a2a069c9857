/* Cut paper: sheets with a grain and a lit edge that cast a soft shadow on what lies below. */
#ifndef DEMO_PAPER_H
#define DEMO_PAPER_H

#include "shape.h"

#include <stdint.h>

struct demo_paper {
	struct demo_rgb top, bottom; /* colour at the top and the bottom of the picture */
	float height;		     /* above the sheet below, in picture widths */
	uint32_t seed;
};

/* Lays the finished mask's shape on the picture as a sheet, and empties the mask. */
void demo_paper_lay(
	const struct demo_paper *paper, struct demo_mask *mask, struct demo_picture *picture);

/* The same with everything but the shape: a sheet with a hole. */
void demo_paper_lay_around(
	const struct demo_paper *paper, struct demo_mask *mask, struct demo_picture *picture);

#endif

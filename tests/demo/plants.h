/* Trees as silhouettes. */
#ifndef DEMO_PLANTS_H
#define DEMO_PLANTS_H

#include "shape.h"

#include <stdint.h>

/* Adds a fir with its foot at (x, y). */
void demo_conifer(struct demo_mask *mask, float x, float y, float height, uint32_t *dice);

/* Adds a fern: arching fronds around its foot. */
void demo_fern(struct demo_mask *mask, struct demo_point foot, float height, uint32_t *dice);

#endif

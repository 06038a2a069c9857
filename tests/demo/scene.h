/* The scenes the demo's training runs have learnt to paint. */
#ifndef DEMO_SCENE_H
#define DEMO_SCENE_H

#include "picture.h"

#include <stdint.h>

/* Each returns a finished square picture of the given side, 0 to 1 per channel as shown on a
 * screen; the seed decides the composition. The caller frees it. */
struct demo_picture demo_scene_aurora(int size, uint32_t seed);
struct demo_picture demo_scene_harbour(int size, uint32_t seed);
struct demo_picture demo_scene_forest(int size, uint32_t seed);
struct demo_picture demo_scene_canyon(int size, uint32_t seed);
struct demo_picture demo_scene_whale(int size, uint32_t seed);

#endif

/* Seeded randomness and coherent noise; equal arguments give equal answers. */
#ifndef DEMO_NOISE_H
#define DEMO_NOISE_H

#include <stdint.h>

/* Scrambles two coordinates and a seed into 32 even bits. */
static inline uint32_t demo_hash(uint32_t x, uint32_t y, uint32_t seed)
{
	uint32_t h = seed + x * 0x9e3779b1u + y * 0x85ebca77u;

	h = (h ^ h >> 16) * 0x7feb352du;
	h = (h ^ h >> 15) * 0x846ca68bu;
	return h ^ h >> 16;
}

/* The next number of a sequence, 0 <= n < 1. */
float demo_random(uint32_t *state);

/* The next number of a sequence, low <= n < high. */
float demo_random_between(uint32_t *state, float low, float high);

/* Gradient noise with features one unit wide, about -1 to 1. */
float demo_noise(float x, float y, uint32_t seed);

/* Octaves of noise, each of half the size and half the strength; about -1 to 1. */
float demo_fbm(float x, float y, int octaves, uint32_t seed);

/* Octaves of folded noise with sharp crests, 0 to 1. */
float demo_ridged(float x, float y, int octaves, uint32_t seed);

#endif

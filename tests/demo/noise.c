#include "noise.h"

#include <math.h>

float demo_random(uint32_t *state)
{
	*state += 0x9e3779b9u;
	return (float)(demo_hash(*state, 0x51ed270bu, 0x2545f491u) >> 8) * (1.0f / 16777216.0f);
}

float demo_random_between(uint32_t *state, float low, float high)
{
	return low + (high - low) * demo_random(state);
}

static inline float slope(uint32_t hash, float x, float y)
{
	static const float along_x[8] = {
		1.0f, -1.0f, 0.0f, 0.0f, 0.7071f, -0.7071f, 0.7071f, -0.7071f};
	static const float along_y[8] = {
		0.0f, 0.0f, 1.0f, -1.0f, 0.7071f, 0.7071f, -0.7071f, -0.7071f};

	return along_x[hash & 7] * x + along_y[hash & 7] * y;
}

static inline float noise(float x, float y, uint32_t seed)
{
	float floor_x = floorf(x);
	float floor_y = floorf(y);
	uint32_t ix = (uint32_t)(int32_t)floor_x;
	uint32_t iy = (uint32_t)(int32_t)floor_y;
	float fx = x - floor_x;
	float fy = y - floor_y;
	float u = fx * fx * fx * (fx * (fx * 6.0f - 15.0f) + 10.0f);
	float v = fy * fy * fy * (fy * (fy * 6.0f - 15.0f) + 10.0f);
	float a = slope(demo_hash(ix, iy, seed), fx, fy);
	float b = slope(demo_hash(ix + 1, iy, seed), fx - 1.0f, fy);
	float c = slope(demo_hash(ix, iy + 1, seed), fx, fy - 1.0f);
	float d = slope(demo_hash(ix + 1, iy + 1, seed), fx - 1.0f, fy - 1.0f);
	float top = a + (b - a) * u;
	float bottom = c + (d - c) * u;

	return 1.5f * (top + (bottom - top) * v);
}

float demo_noise(float x, float y, uint32_t seed)
{
	return noise(x, y, seed);
}

float demo_fbm(float x, float y, int octaves, uint32_t seed)
{
	float sum = 0.0f;
	float strength = 0.55f;

	for (int i = 0; i < octaves; i++) {
		sum += strength * noise(x, y, seed + (uint32_t)i);
		strength *= 0.5f;
		/* Turned a little each time, so that the lattices never line up. */
		float turned = 1.6f * x + 1.2f * y + 17.3f;
		y = 1.6f * y - 1.2f * x + 5.9f;
		x = turned;
	}
	return sum;
}

float demo_ridged(float x, float y, int octaves, uint32_t seed)
{
	float sum = 0.0f;
	float strength = 0.5f;
	float carried = 1.0f;

	for (int i = 0; i < octaves; i++) {
		float crest = 1.0f - fabsf(noise(x, y, seed + (uint32_t)i));

		crest = fmaxf(crest, 0.0f);
		crest *= crest * carried;
		carried = fminf(crest * 1.6f, 1.0f);
		sum += strength * crest;
		strength *= 0.5f;
		float turned = 1.6f * x + 1.2f * y + 11.7f;
		y = 1.6f * y - 1.2f * x + 3.1f;
		x = turned;
	}
	return sum;
}

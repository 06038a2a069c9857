#include "terrain.h"

#include "noise.h"
#include "parallel.h"

#include <stdbool.h>
#include <stdlib.h>

enum { SIZE = DEMO_TERRAIN_SIZE };

static float *cell(const struct demo_terrain *terrain, int x, int z)
{
	return &terrain->height[(size_t)z * SIZE + (size_t)x];
}

static int inside(int at)
{
	return at < 0 ? 0 : at >= SIZE ? SIZE - 1 : at;
}

struct shaping {
	const struct demo_valley *valley;
	struct demo_terrain *terrain;
};

/* How far inland a place is; negative on the water. */
static float inland(const struct demo_valley *valley, float x, float z)
{
	uint32_t seed = valley->seed;
	float bend = 70.0f * demo_noise(z / 330.0f, 3.7f, seed + 1) * demo_smooth(60, 300, z);
	float bays = 34.0f * demo_fbm(x / 90.0f, z / 90.0f, 3, seed + 2);
	float banks = fabsf(x - bend) - valley->half_width - valley->widening * z + bays;
	float end = (z - valley->far_shore) * 0.8f + bays;

	/* The rounded meeting of the banks and the far shore. */
	float blend = demo_clamp(0.5f + (banks - end) / 160.0f, 0.0f, 1.0f);

	return demo_lerp(end, banks, blend) + 40.0f * blend * (1.0f - blend);
}

static void shape_row(void *context, int row)
{
	const struct shaping *s = context;
	const struct demo_valley *valley = s->valley;
	float z = (float)row;

	for (int column = 0; column < SIZE; column++) {
		float x = (float)column - 0.5f * SIZE;
		float shore = inland(valley, x, z);
		float wx = x + 26.0f * demo_fbm(x / 120.0f, z / 120.0f, 3, valley->seed + 20);
		float wz = z + 26.0f * demo_fbm(x / 120.0f, z / 120.0f, 3, valley->seed + 21);
		float ridge = demo_ridged(
			wx / valley->roughness, wz / valley->roughness, 7, valley->seed + 40);
		float massif =
			0.75f + 0.55f * demo_noise(x / 260.0f, z / 260.0f, valley->seed + 60);
		float rise = demo_smooth(-10.0f, 190.0f, shore);
		float height =
			shore * 0.10f + valley->peak * massif * rise * (0.12f + 1.05f * ridge);

		*cell(s->terrain, column, row) = shore < 0.0f ? shore * 0.3f : height + 0.4f;
	}
}

/* One raindrop: runs downhill, takes soil where it is fast, leaves it where it slows down. */
static void run_drop(struct demo_terrain *terrain, float x, float z)
{
	float speed = 1.0f, water = 1.0f, load = 0.0f, dx = 0.0f, dz = 0.0f;

	for (int life = 0; life < 48; life++) {
		int cx = (int)x;
		int cz = (int)z;

		if (cx < 1 || cz < 1 || cx >= SIZE - 2 || cz >= SIZE - 2)
			return;
		float u = x - (float)cx;
		float v = z - (float)cz;
		float *h = cell(terrain, cx, cz);
		float slope_x = (h[1] - h[0]) * (1 - v) + (h[SIZE + 1] - h[SIZE]) * v;
		float slope_z = (h[SIZE] - h[0]) * (1 - u) + (h[SIZE + 1] - h[1]) * u;
		float here = (h[0] * (1 - u) + h[1] * u) * (1 - v) +
			     (h[SIZE] * (1 - u) + h[SIZE + 1] * u) * v;

		if (here < 0.5f)
			return;
		dx = dx * 0.12f - slope_x * 0.88f;
		dz = dz * 0.12f - slope_z * 0.88f;
		float length = sqrtf(dx * dx + dz * dz);

		if (length < 1e-4f)
			return;
		dx /= length;
		dz /= length;
		x += dx;
		z += dz;
		if (x < 1.0f || z < 1.0f || x >= SIZE - 2 || z >= SIZE - 2)
			return;
		const float *n = cell(terrain, (int)x, (int)z);
		float nu = x - floorf(x);
		float nv = z - floorf(z);
		float next = (n[0] * (1 - nu) + n[1] * nu) * (1 - nv) +
			     (n[SIZE] * (1 - nu) + n[SIZE + 1] * nu) * nv;
		float drop = here - next;
		float carry = fmaxf(drop, 0.02f) * speed * water * 1.6f;
		float change; /* of the ground */

		if (drop < 0.0f)
			change = fminf(load, -drop);
		else if (load > carry)
			change = (load - carry) * 0.25f;
		else
			change = -fminf((carry - load) * 0.25f, drop);
		load -= change;
		h[0] += change * (1 - u) * (1 - v);
		h[1] += change * u * (1 - v);
		h[SIZE] += change * (1 - u) * v;
		h[SIZE + 1] += change * u * v;
		speed = sqrtf(fmaxf(speed * speed * 0.9f + drop * 0.6f, 0.05f));
		water *= 0.975f;
	}
}

/* Lets ground steeper than `steepest` slide down to its neighbours, and softens needles of one
 * cell. */
static void settle(struct demo_terrain *terrain, float steepest, float softness)
{
	static const ptrdiff_t neighbours[4] = {-1, 1, -SIZE, SIZE};

	for (int z = 1; z < SIZE - 1; z++) {
		for (int x = 1; x < SIZE - 1; x++) {
			float *h = cell(terrain, x, z);
			float mean = 0.0f;

			for (int i = 0; i < 4; i++) {
				float *beside = h + neighbours[i];
				float excess = *h - *beside - steepest;

				if (excess > 0.0f) {
					*h -= 0.2f * excess;
					*beside += 0.2f * excess;
				}
				mean += 0.25f * *beside;
			}
			*h += softness * (mean - *h);
		}
	}
}

struct demo_terrain demo_terrain_new(const struct demo_valley *valley)
{
	enum { DROPS = 140000 };
	struct demo_terrain terrain = {.height = demo_allocate((size_t)SIZE * SIZE, sizeof(float)),
		.colour = demo_allocate((size_t)SIZE * SIZE, sizeof(struct demo_rgb))};
	struct shaping shaping = {.valley = valley, .terrain = &terrain};
	uint32_t dice = valley->seed;

	demo_parallel(SIZE, shape_row, &shaping);
	for (int i = 0; i < DROPS; i++) {
		float x = demo_random_between(&dice, 2.0f, SIZE - 3.0f);
		float z = demo_random_between(&dice, 2.0f, SIZE - 3.0f);

		run_drop(&terrain, x, z);
	}
	for (int i = 0; i < 8; i++)
		settle(&terrain, 1.05f, 0.0f);
	settle(&terrain, 1.05f, 0.3f);
	return terrain;
}

void demo_terrain_free(struct demo_terrain *terrain)
{
	free(terrain->height);
	free(terrain->colour);
	*terrain = (struct demo_terrain){0};
}

/* The height above which a place is in the light, swept away from the light one column after the
 * other. */
static float *cast_shadows(const struct demo_terrain *terrain, const struct demo_lamp *lamp)
{
	float *shadow = demo_allocate((size_t)SIZE * SIZE, sizeof(float));
	bool from_right = lamp->x > 0.0f;
	float across = fmaxf(fabsf(lamp->x), 0.2f);
	float drift = lamp->z / across;
	float fall = lamp->y / across;

	for (int step = 0; step < SIZE; step++) {
		int x = from_right ? SIZE - 1 - step : step;
		int before = from_right ? x + 1 : x - 1;

		for (int z = 0; z < SIZE; z++) {
			float height = *cell(terrain, x, z);
			float reached = -1e9f;

			if (step > 0) {
				float at = demo_clamp((float)z + drift, 0.0f, SIZE - 1.001f);
				size_t low = (size_t)at * SIZE + (size_t)before;
				float share = at - floorf(at);

				reached = demo_lerp(shadow[low], shadow[low + SIZE], share) - fall;
			}
			shadow[(size_t)z * SIZE + (size_t)x] = fmaxf(height, reached);
		}
	}
	return shadow;
}

struct lighting {
	struct demo_terrain *terrain;
	const struct demo_lamp *lamp;
	const float *shadow;
	uint32_t seed;
};

/* How much of the sky is hidden by the surroundings, from a few heights around. */
static float openness(const struct demo_terrain *terrain, int x, int z)
{
	static const int around[8][2] = {
		{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};
	float here = *cell(terrain, x, z);
	float hidden = 0.0f;

	for (int i = 0; i < 8; i++) {
		for (int reach = 4; reach <= 16; reach *= 4) {
			float there = *cell(terrain, inside(x + around[i][0] * reach),
				inside(z + around[i][1] * reach));

			hidden += demo_clamp((there - here) / (float)reach, -0.3f, 1.5f);
		}
	}
	return demo_clamp(0.85f - hidden / 16.0f, 0.1f, 1.0f);
}

static void light_row(void *context, int z)
{
	const struct lighting *l = context;
	const struct demo_lamp *lamp = l->lamp;

	for (int x = 0; x < SIZE; x++) {
		float height = *cell(l->terrain, x, z);
		float nx =
			*cell(l->terrain, inside(x - 1), z) - *cell(l->terrain, inside(x + 1), z);
		float nz =
			*cell(l->terrain, x, inside(z - 1)) - *cell(l->terrain, x, inside(z + 1));
		float length = sqrtf(nx * nx + 4.0f + nz * nz);
		float facing = (nx * lamp->x + 2.0f * lamp->y + nz * lamp->z) / length;
		float below = l->shadow[(size_t)z * SIZE + (size_t)x] - height;
		struct demo_ground ground = {
			.height = height,
			.flatness = 2.0f / length,
			.direct = fmaxf(facing, 0.0f) * demo_smooth(5.0f, 0.2f, below),
			.open = openness(l->terrain, x, z),
			.x = (float)x - 0.5f * SIZE,
			.z = (float)z,
		};

		l->terrain->colour[(size_t)z * SIZE + (size_t)x] = lamp->shade(&ground, l->seed);
	}
}

void demo_terrain_light(struct demo_terrain *terrain, const struct demo_lamp *lamp, uint32_t seed)
{
	float *shadow = cast_shadows(terrain, lamp);
	struct lighting lighting = {
		.terrain = terrain, .lamp = lamp, .shadow = shadow, .seed = seed};

	demo_parallel(SIZE, light_row, &lighting);
	free(shadow);
}

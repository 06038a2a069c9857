#include "landscape.h"
#include "noise.h"
#include "parallel.h"
#include "plants.h"
#include "scene.h"
#include "shape.h"

#include <stdbool.h>
#include <stdlib.h>

static const struct demo_camera camera = {.height = 11.0f, .focal = 0.92f, .horizon = 0.63f};

struct sky {
	struct demo_picture *picture;
	uint32_t seed;
};

/* Distance-like value whose zero line is the foot of the curtain on the plane overhead. */
static float curtain(float x, float z, uint32_t seed)
{
	float bend = demo_fbm(x * 0.20f, z * 0.20f, 3, seed);

	return demo_noise(x * 0.17f + 1.1f * bend, z * 0.34f + 1.1f * bend, seed + 9) +
	       0.12f * demo_noise(x * 1.1f, z * 1.1f, seed + 10);
}

/* Green at the foot, then teal, violet at the fraying top. */
static struct demo_rgb aurora_colour(float up)
{
	struct demo_rgb low = demo_rgb(0.18f, 1.0f, 0.42f);
	struct demo_rgb middle = demo_rgb(0.06f, 0.62f, 0.66f);
	struct demo_rgb high = demo_rgb(0.80f, 0.14f, 0.95f);

	if (up < 0.4f)
		return demo_mix(low, middle, up / 0.4f);
	return demo_mix(middle, high, fminf((up - 0.4f) / 0.45f, 1.0f));
}

/* Light gathered along one line of sight through the glowing layer. */
static struct demo_rgb aurora(float dx, float dy, uint32_t seed, float jitter)
{
	enum { LAYERS = 56 };
	struct demo_rgb light = {0};

	if (dy < 0.02f)
		return light;
	for (int i = 0; i < LAYERS; i++) {
		float up = ((float)i + jitter) / LAYERS;
		float distance = (1.0f + 1.1f * up) / (dy + 0.03f);
		float x = dx * distance * 1.5f;
		float z = distance * 1.5f;
		float away = curtain(x, z, seed) / 0.055f;

		if (away * away > 9.0f)
			continue;
		float streak = 0.5f + 0.7f * demo_noise(x * 4.6f, z * 4.6f, seed + 21);
		float patch = demo_smooth(
			-0.35f, 0.5f, demo_noise(x * 0.31f + 7.0f, z * 0.31f, seed + 22));
		float height = demo_smooth(0.0f, 0.05f, up) * expf(-2.9f * up) * (1.0f - up);
		float strength = expf(-away * away) * fmaxf(streak, 0.05f) * patch * height;

		light = demo_add(light, demo_scale(aurora_colour(up), strength));
	}
	return demo_scale(light, 0.40f * demo_smooth(0.05f, 0.20f, dy));
}

static void aurora_row(void *context, int y)
{
	const struct sky *s = context;
	float size = (float)s->picture->width;

	for (int x = 0; x < s->picture->width; x++) {
		float dx = (((float)x + 0.5f) / size - 0.5f) / camera.focal;
		float dy = (camera.horizon - ((float)y + 0.5f) / size) / camera.focal;
		float jitter =
			(float)(demo_hash((uint32_t)x, (uint32_t)y, s->seed) & 1023) / 1024.0f;

		*demo_pixel(s->picture, x, y) = aurora(dx, dy, s->seed, jitter);
	}
}

/* Takes the grain of the gathered light away: each pixel with its neighbours above and below. */
static void soften(struct demo_picture *picture)
{
	for (int x = 0; x < picture->width; x++) {
		struct demo_rgb before = *demo_pixel(picture, x, 0);

		for (int y = 1; y + 1 < picture->height; y++) {
			struct demo_rgb *here = demo_pixel(picture, x, y);
			struct demo_rgb was = *here;

			*here = demo_mix(
				was, demo_mix(before, *demo_pixel(picture, x, y + 1), 0.5f), 0.62f);
			before = was;
		}
	}
}

struct night {
	struct demo_picture *sky;
	const struct demo_picture *aurora; /* of half the size */
	uint32_t seed;
};

static void night_row(void *context, int y)
{
	const struct night *n = context;
	float size = (float)n->sky->width;
	float height = camera.horizon - ((float)y + 0.5f) / size;
	struct demo_rgb zenith = demo_hex(0x050b1f);
	struct demo_rgb middle = demo_hex(0x10294a);
	struct demo_rgb low = demo_hex(0x2c5f72);

	for (int x = 0; x < n->sky->width; x++) {
		float u = ((float)x + 0.5f) / size;
		float v = ((float)y + 0.5f) / size;
		struct demo_rgb colour = demo_mix(low, middle, demo_smooth(-0.02f, 0.22f, height));
		float along = (u - 0.5f) * 0.8f - (v - 0.2f);
		float milk = expf(-along * along * 18.0f) *
			     (0.5f + 0.7f * demo_fbm(u * 6.0f, v * 6.0f, 5, n->seed + 31));

		colour = demo_mix(colour, zenith, demo_smooth(0.1f, 0.6f, height));
		colour = demo_add(
			colour, demo_scale(demo_rgb(0.020f, 0.024f, 0.042f), fmaxf(milk, 0.0f)));
		colour = demo_add(colour, demo_picture_at(n->aurora, ((float)x + 0.5f) * 0.5f,
						  ((float)y + 0.5f) * 0.5f));
		*demo_pixel(n->sky, x, y) = colour;
	}
}

static void add_stars(struct demo_picture *sky, uint32_t seed)
{
	float size = (float)sky->width;
	uint32_t dice = seed + 5;

	for (int i = 0; i < 2600; i++) {
		float x = demo_random(&dice) * size;
		float y = demo_random(&dice) * camera.horizon * size;
		float magnitude = powf(demo_random(&dice), 14.0f);
		float warmth = demo_random(&dice);
		float radius = size * (0.00036f + 0.00052f * magnitude);
		float light = (0.06f + 2.0f * magnitude) * demo_smooth(0.62f, 0.34f, y / size);
		struct demo_rgb colour = demo_mix(
			demo_rgb(0.75f, 0.86f, 1.0f), demo_rgb(1.0f, 0.86f, 0.68f), warmth);
		int reach = (int)(3.0f * radius) + 1;

		for (int dy = -reach; dy <= reach; dy++) {
			for (int dx = -reach; dx <= reach; dx++) {
				int px = (int)x + dx;
				int py = (int)y + dy;

				if (px < 0 || py < 0 || px >= sky->width || py >= sky->height)
					continue;
				float ox = ((float)px + 0.5f - x) / radius;
				float oy = ((float)py + 0.5f - y) / radius;
				struct demo_rgb *pixel = demo_pixel(sky, px, py);

				*pixel = demo_add(
					*pixel, demo_scale(colour,
							light * expf(-0.5f * (ox * ox + oy * oy))));
			}
		}
	}
}

/* Moonlit snow above, bare rock on the steeps, dark woods near the water. */
static struct demo_rgb shade(const struct demo_ground *ground, uint32_t seed)
{
	float rough = demo_fbm(ground->x * 0.08f, ground->z * 0.08f, 4, seed + 3);
	float fine = demo_noise(ground->x * 0.6f, ground->z * 0.6f, seed + 4);
	float snow = demo_smooth(0.44f, 0.62f, ground->flatness + 0.24f * rough + 0.06f * fine) *
		     demo_smooth(18.0f, 60.0f, ground->height + 30.0f * rough);
	float woods = demo_smooth(75.0f, 30.0f, ground->height + 34.0f * rough) *
		      demo_smooth(0.35f, 0.55f, ground->flatness);
	struct demo_rgb stone = demo_scale(demo_rgb(0.060f, 0.066f, 0.085f), 1.0f + 0.6f * fine);
	struct demo_rgb ground_colour = demo_mix(stone, demo_rgb(0.012f, 0.024f, 0.022f), woods);

	ground_colour = demo_mix(ground_colour, demo_rgb(0.86f, 0.90f, 0.96f), snow);

	struct demo_rgb moon = demo_scale(demo_rgb(0.46f, 0.60f, 0.84f), 1.15f * ground->direct);
	struct demo_rgb sky = demo_scale(demo_rgb(0.050f, 0.150f, 0.155f), ground->open);

	return demo_multiply(ground_colour, demo_add(moon, sky));
}

/* A hut on the near shore: warm windows are what the eye finds first. */
static void add_hut(struct demo_picture *picture, float x, float y, float unit)
{
	static const float windows[3] = {-0.62f, 0.02f, 0.52f};
	struct demo_mask mask = demo_mask_new(picture->width, picture->height);
	struct demo_outline wall = {0};
	struct demo_outline roof = {0};

	demo_outline_to(&wall, x - unit, y + 0.1f * unit);
	demo_outline_to(&wall, x - unit, y - 0.75f * unit);
	demo_outline_to(&wall, x + unit, y - 0.75f * unit);
	demo_outline_to(&wall, x + unit, y + 0.1f * unit);
	demo_mask_add(&mask, &wall);
	demo_mask_finish(&mask);
	demo_mask_paint(&mask, picture, demo_hex(0x2a1512), 1.0f);
	demo_mask_free(&mask);

	mask = demo_mask_new(picture->width, picture->height);
	demo_outline_to(&roof, x - 1.25f * unit, y - 0.68f * unit);
	demo_outline_to(&roof, x - 0.85f * unit, y - 1.45f * unit);
	demo_outline_to(&roof, x + 0.85f * unit, y - 1.45f * unit);
	demo_outline_to(&roof, x + 1.25f * unit, y - 0.68f * unit);
	demo_mask_add(&mask, &roof);
	demo_mask_finish(&mask);
	demo_mask_paint(&mask, picture, demo_hex(0x7d95a6), 1.0f);
	demo_mask_free(&mask);

	mask = demo_mask_new(picture->width, picture->height);
	for (int i = 0; i < 3; i++) {
		struct demo_outline pane = {0};
		float left = x + windows[i] * unit;
		float top = y - 0.52f * unit;

		demo_outline_to(&pane, left, top);
		demo_outline_to(&pane, left + 0.24f * unit, top);
		demo_outline_to(&pane, left + 0.24f * unit, top + 0.30f * unit);
		demo_outline_to(&pane, left, top + 0.30f * unit);
		demo_mask_add(&mask, &pane);
		demo_outline_free(&pane);
	}
	demo_mask_finish(&mask);
	demo_mask_paint(&mask, picture, demo_rgb(4.2f, 2.0f, 0.55f), 1.0f);
	demo_mask_free(&mask);
	demo_outline_free(&wall);
	demo_outline_free(&roof);
}

struct bank {
	struct demo_picture *picture;
	const struct demo_mask *mask;
	uint32_t seed;
	float lamp_x, lamp_y; /* the hut's door */
};

/* Snow in the dark: drifts that catch the green of the sky, and the hut's light on it. */
static void bank_row(void *context, int y)
{
	const struct bank *b = context;
	float size = (float)b->picture->width;

	for (int x = 0; x < b->picture->width; x++) {
		float cover =
			b->mask->coverage[(size_t)y * (size_t)(b->mask->width + 1) + (size_t)x];
		float u = ((float)x + 0.5f) / size;
		float v = ((float)y + 0.5f) / size;

		if (cover <= 0.0f)
			continue;
		float drift = demo_fbm(u * 7.0f, v * 26.0f, 5, b->seed + 71);
		float light = demo_clamp(0.42f + 0.9f * drift, 0.05f, 1.2f) *
			      demo_smooth(1.04f, 0.84f, v);
		struct demo_rgb snow = demo_scale(demo_rgb(0.085f, 0.190f, 0.225f), light);
		float dx = (u - b->lamp_x) / 0.075f;
		float dy = (v - b->lamp_y) / 0.026f;
		float lamp = expf(-dx * dx - dy * dy) * (0.75f + 0.5f * drift);

		snow = demo_add(snow, demo_scale(demo_rgb(0.80f, 0.36f, 0.085f), lamp));
		struct demo_rgb *pixel = demo_pixel(b->picture, x, y);

		*pixel = demo_mix(*pixel, snow, cover);
	}
}

static float bank_line(float along, uint32_t seed)
{
	return 0.868f + 0.160f * powf(fmaxf(along, 0.0f) / 0.72f, 1.7f) +
	       0.010f * demo_fbm(along * 11.0f, 0.5f, 4, seed + 8);
}

/* The near bank with its firs, a frame for the light behind. */
static void add_bank(struct demo_picture *picture, uint32_t seed, bool left)
{
	const float hut = 0.325f;
	float size = (float)picture->width;
	struct demo_mask mask = demo_mask_new(picture->width, picture->height);
	struct demo_outline outline = {0};
	uint32_t dice = seed + 99;

	demo_outline_to(&outline, left ? -1.0f : size + 1.0f, size + 1.0f);
	for (int i = -1; i <= 160; i++) {
		float along = 0.72f * (float)i / 160.0f;

		demo_outline_to(&outline, (left ? along : 1.0f - along) * size,
			bank_line(along, seed) * size);
	}
	demo_mask_add(&mask, &outline);
	demo_mask_finish(&mask);

	struct bank bank = {.picture = picture,
		.mask = &mask,
		.seed = seed,
		.lamp_x = left ? hut : 1.0f - hut,
		.lamp_y = bank_line(hut, seed) + 0.020f};

	demo_parallel(picture->height, bank_row, &bank);
	demo_mask_free(&mask);
	mask = demo_mask_new(picture->width, picture->height);
	for (int i = 0; i < 26; i++) {
		float along = powf(demo_random(&dice), 1.4f) * 0.42f - 0.02f;
		float tall = demo_random_between(&dice, 0.10f, 0.29f) * (1.0f - 1.2f * along);
		float foot = bank_line(along, seed) + demo_random_between(&dice, 0.0f, 0.022f);

		if (fabsf(along - hut) < 0.045f)
			continue;
		demo_conifer(&mask, (left ? along : 1.0f - along) * size, foot * size, tall * size,
			&dice);
	}
	demo_mask_finish(&mask);
	demo_mask_paint(&mask, picture, demo_rgb(0.0040f, 0.0095f, 0.0120f), 1.0f);
	demo_mask_free(&mask);
	demo_outline_free(&outline);
	add_hut(picture, (left ? hut : 1.0f - hut) * size, (bank_line(hut, seed) + 0.006f) * size,
		0.029f * size);
}

static struct demo_picture paint_sky(int size, uint32_t seed)
{
	struct demo_picture half = demo_picture_new(size / 2, size / 2);
	struct demo_picture sky = demo_picture_new(size, size);
	struct sky lights = {.picture = &half, .seed = seed + 11};
	struct night night = {.sky = &sky, .aurora = &half, .seed = seed};
	int rows = (int)(camera.horizon * (float)size) + 2;

	demo_parallel(rows / 2 + 1, aurora_row, &lights);
	soften(&half);
	demo_parallel(rows, night_row, &night);
	demo_picture_free(&half);
	return sky;
}

struct demo_picture demo_scene_aurora(int size, uint32_t seed)
{
	bool left = seed % 2 == 0;
	struct demo_valley valley = {.seed = seed * 7919 + 13,
		.half_width = 58.0f,
		.widening = 0.17f,
		.far_shore = 640.0f,
		.peak = 250.0f,
		.roughness = 270.0f};
	struct demo_lamp moon = {
		.x = left ? 0.74f : -0.74f, .y = 0.46f, .z = -0.49f, .shade = shade};
	struct demo_air air = {.colour = demo_rgb(0.014f, 0.048f, 0.085f),
		.glow = demo_rgb(0.036f, 0.120f, 0.130f),
		.density = 0.00055f,
		.mist = 0.0030f,
		.mist_height = 8.0f,
		.glow_at = 0.5f,
		.glow_width = 0.35f};
	struct demo_water water = {.deep = demo_rgb(0.006f, 0.018f, 0.026f),
		.ripple = 0.55f,
		.length = 9.0f,
		.clarity = 0.92f};
	struct demo_picture view = paint_sky(size, seed);
	struct demo_picture mirror = demo_mirror_sky(&view, &camera);

	add_stars(&view, seed);
	struct demo_terrain terrain = demo_terrain_new(&valley);
	float *land = demo_allocate((size_t)size * (size_t)size, sizeof(*land));

	demo_terrain_light(&terrain, &moon, seed);
	demo_terrain_draw(&terrain, &camera, &air, seed, &view, &mirror, land);
	demo_water_draw(&water, &camera, seed, &mirror, land, &view);
	add_bank(&view, seed, left);
	demo_picture_bloom(&view, 0.35f, 0.10f);
	demo_picture_expose(&view, 1.55f, 0.45f);
	free(land);
	demo_terrain_free(&terrain);
	demo_picture_free(&mirror);
	return view;
}

#include "noise.h"
#include "paper.h"
#include "plants.h"
#include "scene.h"

#include <stdbool.h>

/* A sheet of sky. */
static void background(struct demo_picture *picture, struct demo_mask *mask, struct demo_rgb top,
	struct demo_rgb bottom, uint32_t seed)
{
	struct demo_paper paper = {.top = top, .bottom = bottom, .height = 0.001f, .seed = seed};

	demo_mask_finish(mask);
	demo_paper_lay_around(&paper, mask, picture);
}

/* A moon of three sheets, each smaller and paler. */
static void add_moon(struct demo_picture *picture, struct demo_mask *mask, float x, float y,
	float radius, struct demo_rgb outer, struct demo_rgb inner)
{
	float size = (float)picture->width;

	for (int i = 0; i < 3; i++) {
		struct demo_rgb tone = demo_mix(outer, inner, (float)i / 2.0f);
		struct demo_paper paper = {.top = tone,
			.bottom = demo_scale(tone, 0.94f),
			.height = 0.0055f,
			.seed = 77};

		demo_mask_add_disc(
			mask, x * size, y * size, radius * size * (1.75f - 0.375f * (float)i));
		demo_mask_finish(mask);
		demo_paper_lay(&paper, mask, picture);
	}
}

static void add_star(struct demo_mask *mask, float x, float y, float radius)
{
	struct demo_outline star = {0};

	for (int i = 0; i < 8; i++) {
		float angle = (float)i * 0.7854f;
		float r = i % 2 ? radius * 0.30f : radius;

		demo_outline_to(&star, x + sinf(angle) * r, y - cosf(angle) * r);
	}
	demo_mask_add(mask, &star);
	demo_outline_free(&star);
}

static void add_stars(struct demo_picture *picture, struct demo_mask *mask, float bottom, int count,
	struct demo_rgb colour, uint32_t seed)
{
	struct demo_paper paper = {
		.top = colour, .bottom = colour, .height = 0.0022f, .seed = seed};
	float size = (float)picture->width;
	uint32_t dice = seed;

	for (int i = 0; i < count; i++) {
		float x = demo_random_between(&dice, 0.05f, 0.95f) * size;
		float y = demo_random_between(&dice, 0.05f, bottom) * size;

		add_star(mask, x, y, size * demo_random_between(&dice, 0.004f, 0.011f));
	}
	demo_mask_finish(mask);
	demo_paper_lay(&paper, mask, picture);
}

/* One range of hills across the picture, with firs along its crest where wanted. */
static void add_hills(struct demo_picture *picture, struct demo_mask *mask, float line, float rough,
	float trees, const struct demo_paper *paper)
{
	float size = (float)picture->width;
	struct demo_outline hills = {0};
	uint32_t dice = paper->seed + 3;

	demo_outline_to(&hills, -2.0f, size + 2.0f);
	for (int i = 0; i <= 240; i++) {
		float u = (float)i / 240.0f;
		float y = line + rough * demo_fbm(u * 2.4f, 0.5f, 4, paper->seed);

		demo_outline_to(&hills, u * size, y * size);
		if (trees > 0.0f && demo_random(&dice) < 0.42f * demo_smooth(0.0f, 0.5f,
									 demo_noise(u * 4.0f, 9.5f,
										 paper->seed))) {
			float tall = trees * demo_random_between(&dice, 0.45f, 1.0f);

			demo_conifer(mask, u * size, (y + 0.006f) * size, tall * size, &dice);
		}
	}
	demo_outline_to(&hills, size + 2.0f, size + 2.0f);
	demo_mask_add(mask, &hills);
	demo_outline_free(&hills);
	demo_mask_finish(mask);
	demo_paper_lay(paper, mask, picture);
}

/* A sheet with a wavy round hole, the walls of the canyon. */
static void add_wall(struct demo_picture *picture, struct demo_mask *mask, float radius,
	const struct demo_paper *paper)
{
	float size = (float)picture->width;
	struct demo_outline hole = {0};

	for (int i = 0; i < 360; i++) {
		float angle = (float)i * 0.0174533f;
		float wave =
			demo_fbm(cosf(angle) * 1.15f + 4.0f, sinf(angle) * 1.15f, 4, paper->seed);
		float r = radius * (1.0f + 0.30f * wave);

		demo_outline_to(&hole, (0.5f + r * cosf(angle)) * size,
			(0.5f + r * 1.02f * sinf(angle)) * size);
	}
	demo_mask_add(mask, &hole);
	demo_outline_free(&hole);
	demo_mask_finish(mask);
	demo_paper_lay_around(paper, mask, picture);
}

/* A stag on the middle ridge. */
static void add_stag(struct demo_picture *picture, struct demo_mask *mask, float x, float y,
	float unit, float side, struct demo_rgb colour)
{
	static const struct demo_point body[] = {{-0.62f, 0.98f}, {-0.30f, 1.02f}, {0.10f, 0.98f},
		{0.36f, 1.06f}, {0.52f, 1.34f}, {0.56f, 1.60f}, {0.66f, 1.74f}, {0.84f, 1.66f},
		{0.98f, 1.54f}, {0.96f, 1.46f}, {0.78f, 1.46f}, {0.70f, 1.30f}, {0.62f, 0.98f},
		{0.50f, 0.72f}, {0.48f, 0.40f}, {0.50f, 0.02f}, {0.42f, 0.0f}, {0.38f, 0.40f},
		{0.33f, 0.62f}, {0.28f, 0.40f}, {0.28f, 0.02f}, {0.20f, 0.0f}, {0.18f, 0.42f},
		{0.14f, 0.66f}, {-0.26f, 0.64f}, {-0.36f, 0.48f}, {-0.32f, 0.02f}, {-0.40f, 0.0f},
		{-0.46f, 0.44f}, {-0.52f, 0.56f}, {-0.58f, 0.42f}, {-0.56f, 0.02f}, {-0.64f, 0.0f},
		{-0.68f, 0.50f}, {-0.72f, 0.78f}, {-0.80f, 0.90f}, {-0.72f, 0.96f}};
	static const float tines[9][4] = {{0.68f, 1.72f, 0.56f, 2.06f},
		{0.56f, 2.06f, 0.64f, 2.40f}, {0.56f, 2.06f, 0.36f, 2.26f},
		{0.61f, 1.92f, 0.42f, 1.98f}, {0.64f, 2.40f, 0.76f, 2.56f},
		{0.72f, 1.72f, 0.84f, 2.02f}, {0.84f, 2.02f, 0.82f, 2.34f},
		{0.84f, 2.02f, 1.02f, 2.22f}, {0.78f, 1.88f, 0.98f, 1.92f}};
	struct demo_point turned[40];
	int count = (int)(sizeof(body) / sizeof(body[0]));
	struct demo_paper paper = {.top = colour, .bottom = colour, .height = 0.004f, .seed = 9};

	for (int i = 0; i < count; i++)
		turned[i] = (struct demo_point){body[i].x * side, body[i].y};
	demo_mask_add_polygon(mask, turned, count, (struct demo_point){x, y}, unit, 1.0f);
	for (int i = 0; i < 9; i++) {
		struct demo_point from = {x + side * tines[i][0] * unit, y - tines[i][1] * unit};
		struct demo_point to = {x + side * tines[i][2] * unit, y - tines[i][3] * unit};

		demo_mask_add_stroke(mask, from, 0.075f * unit, to, 0.045f * unit);
	}
	demo_mask_finish(mask);
	demo_paper_lay(&paper, mask, picture);
}

struct demo_picture demo_scene_canyon(int size, uint32_t seed)
{
	enum { HILLS = 5, WALLS = 5 };
	static const uint32_t hills[HILLS] = {0xf2a565, 0xd9724f, 0xa8434f, 0x6f2a52, 0x3f1b49};
	struct demo_picture picture = demo_picture_new(size, size);
	struct demo_mask mask = demo_mask_new(size, size);
	uint32_t dice = seed * 977 + 5;
	float moon_x = demo_random_between(&dice, 0.44f, 0.60f);
	float s = (float)size;

	background(&picture, &mask, demo_hex(0xf6b26b), demo_hex(0xfbe3b3), dice);
	add_moon(&picture, &mask, moon_x, 0.375f, 0.098f, demo_hex(0xf9c98a), demo_hex(0xfff3d6));
	for (int i = 0; i < HILLS; i++) {
		struct demo_rgb tone = demo_hex(hills[i]);
		struct demo_paper paper = {.top = demo_scale(tone, 1.08f),
			.bottom = demo_scale(tone, 0.90f),
			.height = 0.007f,
			.seed = dice + (uint32_t)i * 31};

		add_hills(&picture, &mask, 0.50f + 0.082f * (float)i, 0.085f - 0.012f * (float)i,
			i >= 1 && i <= 3 ? 0.050f + 0.034f * (float)i : 0.0f, &paper);
		if (i == 2)
			add_stag(&picture, &mask, (moon_x > 0.52f ? 0.40f : 0.58f) * s,
				(0.668f + 0.061f * demo_fbm((moon_x > 0.52f ? 0.40f : 0.58f) * 2.4f,
							   0.5f, 4, paper.seed)) *
					s,
				0.052f * s, moon_x > 0.52f ? 1.0f : -1.0f, demo_hex(0x54183f));
	}
	for (int i = 0; i < WALLS; i++) {
		float t = (float)i / (WALLS - 1);
		struct demo_rgb tone = demo_mix(demo_hex(0x8c2f55), demo_hex(0x1f1440), t);
		struct demo_paper paper = {.top = demo_scale(tone, 1.15f),
			.bottom = demo_scale(tone, 0.75f),
			.height = 0.011f,
			.seed = dice + 900 + (uint32_t)i * 17};

		add_wall(&picture, &mask, 0.365f + 0.055f * (float)i, &paper);
	}
	demo_mask_free(&mask);
	demo_picture_expose(&picture, 1.08f, 0.25f);
	return picture;
}

/* A bank of cloud: discs along a line, flat below. */
static void add_cloud(struct demo_mask *mask, float x, float y, float wide, uint32_t *dice)
{
	int puffs = 7;

	for (int i = 0; i < puffs; i++) {
		float t = (float)i / (float)(puffs - 1);
		float swell = sinf(3.14159f * (0.12f + 0.76f * t));
		float radius =
			wide * (0.07f + 0.10f * swell) * demo_random_between(dice, 0.85f, 1.2f);

		demo_mask_add_disc(mask, x + (t - 0.5f) * wide, y - 0.55f * radius * swell, radius);
	}
}

static void add_waves(struct demo_picture *picture, struct demo_mask *mask, float line, float tall,
	float count, float phase, const struct demo_paper *paper)
{
	float size = (float)picture->width;
	struct demo_outline sea = {0};

	demo_outline_to(&sea, -0.05f * size, size + 2.0f);
	for (int i = -30; i <= 600; i++) {
		float u = (float)i / 600.0f;
		float swell = 0.35f * demo_noise(u * 2.0f, 0.5f, paper->seed);
		float wave = (u * count + phase + swell) - floorf(u * count + phase + swell);
		/* Steep in front, long behind. */
		float lift = wave < 0.68f ? powf(wave / 0.68f, 1.8f)
					  : 1.0f - demo_smooth(0.68f, 1.0f, wave);

		demo_outline_to(&sea, (u + 0.010f * lift) * size, (line - tall * lift) * size);
	}
	demo_outline_to(&sea, size + 2.0f, size + 2.0f);
	demo_mask_add(mask, &sea);
	demo_outline_free(&sea);
	demo_mask_finish(mask);
	demo_paper_lay(paper, mask, picture);
}

struct whale {
	struct demo_point at;
	float unit, side, tilt; /* tilt in radians, nose up */
	struct demo_outline outline;
};

static struct demo_point turn(const struct whale *w, float x, float y)
{
	float c = cosf(w->tilt);
	float s = sinf(w->tilt);

	return (struct demo_point){
		w->at.x + w->side * (x * c + y * s) * w->unit, w->at.y - (y * c - x * s) * w->unit};
}

static void move(struct whale *w, float x, float y)
{
	struct demo_point p = turn(w, x, y);

	demo_outline_clear(&w->outline);
	demo_outline_to(&w->outline, p.x, p.y);
}

static void curve(struct whale *w, float x1, float y1, float x2, float y2, float x, float y)
{
	struct demo_point a = turn(w, x1, y1);
	struct demo_point b = turn(w, x2, y2);
	struct demo_point p = turn(w, x, y);

	demo_outline_curve(&w->outline, a.x, a.y, b.x, b.y, p.x, p.y);
}

static void lay(struct whale *w, struct demo_picture *picture, struct demo_mask *mask,
	struct demo_rgb colour, float height)
{
	struct demo_paper paper = {.top = demo_scale(colour, 1.1f),
		.bottom = demo_scale(colour, 0.9f),
		.height = height,
		.seed = 21};

	if (w->outline.count)
		demo_mask_add(mask, &w->outline);
	demo_mask_finish(mask);
	demo_paper_lay(&paper, mask, picture);
	demo_outline_clear(&w->outline);
}

static void add_whale(struct demo_picture *picture, struct demo_mask *mask, struct demo_point at,
	float unit, float side)
{
	struct whale whale = {.at = at, .unit = unit, .side = side, .tilt = 0.30f};
	struct whale *w = &whale;
	struct demo_point eye = turn(w, -0.60f, 0.05f);

	move(w, -1.0f, 0.02f);
	curve(w, -0.97f, 0.38f, -0.35f, 0.50f, 0.15f, 0.33f);
	curve(w, 0.50f, 0.21f, 0.80f, 0.10f, 1.0f, 0.32f);
	curve(w, 0.90f, 0.42f, 0.80f, 0.56f, 0.84f, 0.74f);
	curve(w, 0.98f, 0.70f, 1.06f, 0.58f, 1.09f, 0.46f);
	curve(w, 1.20f, 0.56f, 1.32f, 0.58f, 1.46f, 0.52f);
	curve(w, 1.36f, 0.36f, 1.18f, 0.30f, 1.06f, 0.24f);
	curve(w, 0.85f, -0.02f, 0.62f, -0.12f, 0.35f, -0.19f);
	curve(w, 0.05f, -0.28f, -0.25f, -0.36f, -0.55f, -0.32f);
	curve(w, -0.85f, -0.28f, -1.03f, -0.15f, -1.0f, 0.02f);
	lay(w, picture, mask, demo_hex(0x24407a), 0.012f);

	move(w, -0.995f, -0.02f);
	curve(w, -0.80f, 0.0f, -0.40f, -0.14f, 0.30f, -0.18f);
	curve(w, 0.05f, -0.28f, -0.25f, -0.36f, -0.55f, -0.32f);
	curve(w, -0.85f, -0.28f, -1.03f, -0.15f, -0.995f, -0.02f);
	lay(w, picture, mask, demo_hex(0xd9e4ea), 0.004f);
	for (int i = 0; i < 3; i++) {
		float drop = 0.055f * (float)(i + 1);
		struct demo_point from = turn(w, -0.93f + 0.03f * (float)i, -0.04f - drop);
		struct demo_point middle = turn(w, -0.50f, -0.09f - drop);
		struct demo_point to = turn(w, -0.12f - 0.05f * (float)i, -0.145f - 0.62f * drop);

		demo_mask_add_stroke(mask, from, 0.006f * unit, middle, 0.012f * unit);
		demo_mask_add_stroke(mask, middle, 0.012f * unit, to, 0.004f * unit);
	}
	lay(w, picture, mask, demo_hex(0x8fa9bd), 0.001f);

	move(w, -0.42f, -0.10f);
	curve(w, -0.38f, -0.36f, -0.22f, -0.56f, 0.02f, -0.66f);
	curve(w, 0.06f, -0.48f, -0.04f, -0.26f, -0.16f, -0.10f);
	curve(w, -0.24f, -0.04f, -0.36f, -0.04f, -0.42f, -0.10f);
	lay(w, picture, mask, demo_hex(0x2f5596), 0.009f);

	demo_mask_add_disc(mask, eye.x, eye.y, 0.034f * unit);
	lay(w, picture, mask, demo_hex(0xd9e4ea), 0.002f);
	demo_mask_add_disc(mask, eye.x, eye.y, 0.021f * unit);
	lay(w, picture, mask, demo_hex(0x101a38), 0.001f);
	demo_outline_free(&whale.outline);
}

struct demo_picture demo_scene_whale(int size, uint32_t seed)
{
	enum { WAVES = 5 };
	struct demo_picture picture = demo_picture_new(size, size);
	struct demo_mask mask = demo_mask_new(size, size);
	uint32_t dice = seed * 613 + 11;
	bool left = demo_random(&dice) < 0.5f;
	float s = (float)size;
	struct demo_paper cloud = {.top = demo_hex(0xf7d9d3),
		.bottom = demo_hex(0xf3b9b4),
		.height = 0.009f,
		.seed = dice + 4};

	background(&picture, &mask, demo_hex(0x2b3a78), demo_hex(0xe79aa8), dice);
	add_stars(&picture, &mask, 0.42f, 46, demo_hex(0xfdf0cf), dice + 1);
	add_moon(&picture, &mask, left ? 0.70f : 0.30f, 0.27f, 0.088f, demo_hex(0x6f6aa6),
		demo_hex(0xfff0cc));
	for (int i = 0; i < 4; i++) {
		float x =
			(0.08f + 0.28f * (float)i + demo_random_between(&dice, -0.05f, 0.05f)) * s;
		float y = demo_random_between(&dice, 0.40f, 0.55f) * s;

		add_cloud(&mask, x, y, demo_random_between(&dice, 0.20f, 0.32f) * s, &dice);
		demo_mask_finish(&mask);
		demo_paper_lay(&cloud, &mask, &picture);
	}
	for (int i = 0; i < WAVES; i++) {
		float t = (float)i / (WAVES - 1);
		struct demo_rgb tone =
			demo_mix(demo_hex(0x6fb7c8), demo_hex(0x14254f), powf(t, 0.8f));
		struct demo_paper foam = {.top = demo_hex(0xeaf4f2),
			.bottom = demo_hex(0xcfe4e8),
			.height = 0.006f,
			.seed = dice + (uint32_t)i};
		struct demo_paper sea = {.top = demo_scale(tone, 1.2f),
			.bottom = demo_scale(tone, 0.85f),
			.height = 0.005f,
			.seed = dice + (uint32_t)i};
		float line = 0.665f + 0.078f * (float)i;
		float phase = demo_random(&dice);
		float count = 5.2f - 0.5f * (float)i;

		if (i == 2)
			add_whale(&picture, &mask,
				(struct demo_point){(left ? 0.47f : 0.53f) * s, 0.62f * s},
				0.29f * s, left ? 1.0f : -1.0f);
		add_waves(&picture, &mask, line, 0.034f + 0.008f * (float)i, count, phase, &foam);
		add_waves(&picture, &mask, line + 0.012f, 0.034f + 0.008f * (float)i, count, phase,
			&sea);
	}
	demo_mask_free(&mask);
	demo_picture_expose(&picture, 1.08f, 0.25f);
	return picture;
}

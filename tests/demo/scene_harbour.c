#include "landscape.h"
#include "noise.h"
#include "parallel.h"
#include "scene.h"
#include "shape.h"

#include <stdbool.h>
#include <stdlib.h>

static const struct demo_camera camera = {.height = 13.0f, .focal = 0.95f, .horizon = 0.565f};

struct dusk {
	struct demo_picture *sky;
	uint32_t seed;
	float sun_x, sun_y; /* in picture widths */
};

/* The clear sky: blue overhead, through rose to amber where the sun goes down. */
static struct demo_rgb clear_sky(const struct dusk *d, float u, float v)
{
	float height = camera.horizon - v;
	float dx = u - d->sun_x;
	float dy = v - d->sun_y;
	float away = sqrtf(dx * dx + dy * dy * 1.3f);
	float towards = expf(-dx * dx * 5.0f);
	struct demo_rgb amber = demo_mix(demo_hex(0xe08a5e), demo_hex(0xffb35a), towards);
	struct demo_rgb rose = demo_mix(demo_hex(0x9c6a86), demo_hex(0xe38a72), towards);
	struct demo_rgb blue = demo_mix(demo_hex(0x39467a), demo_hex(0x5d6593), towards);
	struct demo_rgb deep = demo_hex(0x141d45);
	struct demo_rgb colour = demo_mix(amber, rose, demo_smooth(0.0f, 0.17f, height));

	colour = demo_mix(colour, blue, demo_smooth(0.09f, 0.36f, height));
	colour = demo_mix(colour, deep, demo_smooth(0.25f, 0.62f, height));
	colour = demo_add(
		colour, demo_scale(demo_rgb(1.0f, 0.38f, 0.10f), 0.50f * expf(-away * 7.0f)));
	colour = demo_add(
		colour, demo_scale(demo_rgb(1.0f, 0.55f, 0.22f), 1.6f * expf(-away * 26.0f)));
	return demo_add(colour, demo_scale(demo_rgb(1.0f, 0.80f, 0.50f),
					14.0f * demo_smooth(0.0235f, 0.0215f, away)));
}

static float cloud(float x, float z, uint32_t seed)
{
	float warp = demo_fbm(x * 0.55f, z * 0.55f, 3, seed + 4);

	return demo_fbm(x * 0.62f + 0.8f * warp, z * 1.15f + 0.8f * warp, 6, seed);
}

static void dusk_row(void *context, int y)
{
	const struct dusk *d = context;
	float size = (float)d->sky->width;
	float v = ((float)y + 0.5f) / size;
	float rise = (camera.horizon - v) / camera.focal;
	float distance = 1.0f / (rise + 0.075f);
	/* Clouds begin a little above the horizon and thin out overhead. */
	float cover =
		0.16f * demo_smooth(0.02f, 0.12f, rise) - 0.10f * demo_smooth(0.3f, 0.6f, rise);

	for (int x = 0; x < d->sky->width; x++) {
		float u = ((float)x + 0.5f) / size;
		float cx = (u - 0.5f) / camera.focal * distance;
		struct demo_rgb colour = clear_sky(d, u, v);
		float thick = cloud(cx, distance, d->seed + 50) + cover;
		float body = demo_smooth(0.02f, 0.42f, thick) * demo_smooth(0.0f, 0.07f, rise);

		if (body > 0.0f) {
			float dx = u - d->sun_x;
			float away = sqrtf(dx * dx + (v - d->sun_y) * (v - d->sun_y));
			/* Lit from below and from the sun's side: where it thins out towards them.
			 */
			float ahead = cloud(cx - dx * 0.9f, distance + 0.35f, d->seed + 50) + cover;
			float lit = demo_clamp(0.42f + 1.5f * (thick - ahead), 0.0f, 1.0f);
			float glow = 0.35f + 1.0f * expf(-away * 2.6f);
			struct demo_rgb shadow = demo_mix(
				demo_hex(0x4a4672), demo_hex(0x93607a), expf(-away * 2.2f));
			struct demo_rgb light =
				demo_scale(demo_mix(demo_hex(0xf08a86), demo_hex(0xffb166),
						   expf(-away * 3.0f)),
					glow);

			colour = demo_mix(colour, demo_mix(shadow, light, lit), 0.88f * body);
			colour = demo_add(
				colour, demo_scale(demo_rgb(1.0f, 0.55f, 0.25f),
						0.8f * expf(-away * 9.0f) * body * (1.0f - body)));
		}
		*demo_pixel(d->sky, x, y) = colour;
	}
}

/* Wooded hills against the light. */
static struct demo_rgb shade(const struct demo_ground *ground, uint32_t seed)
{
	float rough = demo_fbm(ground->x * 0.10f, ground->z * 0.10f, 4, seed + 3);
	struct demo_rgb meadow = demo_rgb(0.085f, 0.070f, 0.045f);
	struct demo_rgb wood = demo_rgb(0.030f, 0.036f, 0.036f);
	struct demo_rgb colour = demo_mix(meadow, wood, demo_smooth(-0.25f, 0.15f, rough));
	struct demo_rgb sun = demo_scale(demo_rgb(2.6f, 1.15f, 0.42f), ground->direct);
	struct demo_rgb sky = demo_scale(demo_rgb(0.42f, 0.36f, 0.52f), ground->open);

	return demo_multiply(colour, demo_add(sun, sky));
}

/* What is painted twice: upright on the water, and upside down in its mirror. */
struct stage {
	struct demo_picture *picture;
	struct demo_mask *mask;
	float rise; /* 1 upright, -1 mirrored */
};

/* Paints what the mask holds in one colour, uneven as weathered wood and stone are. */
static void paint(const struct stage *stage, struct demo_rgb colour)
{
	struct demo_mask *mask = stage->mask;
	float fine = 900.0f / (float)stage->picture->width;

	demo_mask_finish(mask);
	for (int y = mask->first; y < mask->last; y++) {
		const float *row = &mask->coverage[(size_t)y * (size_t)(mask->width + 1)];

		for (int x = mask->left; x < mask->right; x++) {
			struct demo_rgb *pixel;

			if (row[x] <= 0.0f)
				continue;
			float u = (float)x * fine;
			float v = (float)y * fine;
			float tone = 1.0f + 0.42f * demo_fbm(u * 0.11f, v * 0.05f, 4, 1234);

			pixel = demo_pixel(stage->picture, x, y);
			*pixel = demo_mix(*pixel, demo_scale(colour, tone), row[x]);
		}
	}
	demo_mask_clear(mask);
}

static void shape(const struct stage *stage, const struct demo_point *corners, int count,
	struct demo_point foot, float unit, float side, struct demo_rgb colour)
{
	struct demo_point turned[16];

	for (int i = 0; i < count; i++)
		turned[i] = (struct demo_point){corners[i].x * side, corners[i].y};
	demo_mask_add_polygon(stage->mask, turned, count, foot, unit, stage->rise);
	paint(stage, colour);
}

/* A rope or a seam between two points of a shape. */
static void line(const struct stage *stage, struct demo_point foot, float unit, float side,
	struct demo_point from, struct demo_point to, float width, struct demo_rgb colour)
{
	struct demo_point a = {foot.x + side * from.x * unit, foot.y - stage->rise * from.y * unit};
	struct demo_point b = {foot.x + side * to.x * unit, foot.y - stage->rise * to.y * unit};

	demo_mask_add_stroke(stage->mask, a, width * unit, b, width * unit);
	paint(stage, colour);
}

/* A sloop running home; `side` is 1 or -1, the way it looks. */
static void sailing_boat(const struct stage *stage, struct demo_point foot, float unit, float side)
{
	static const struct demo_point hull[] = {
		{-1.0f, 0.30f}, {-0.86f, -0.02f}, {0.72f, -0.02f}, {1.15f, 0.38f}, {0.60f, 0.27f}};
	static const struct demo_point mast[] = {
		{-0.06f, 0.2f}, {-0.04f, 3.15f}, {0.0f, 3.15f}, {0.02f, 0.2f}};
	static const struct demo_point boom[] = {
		{-1.05f, 0.56f}, {-1.05f, 0.61f}, {0.0f, 0.64f}, {0.0f, 0.58f}};
	static const struct demo_point mainsail[] = {{-0.08f, 0.66f}, {-0.08f, 3.0f},
		{-0.17f, 2.85f}, {-0.30f, 2.58f}, {-0.45f, 2.25f}, {-0.60f, 1.90f}, {-0.74f, 1.52f},
		{-0.87f, 1.12f}, {-1.02f, 0.66f}, {-0.70f, 0.60f}, {-0.30f, 0.61f}};
	static const struct demo_point luff[] = {
		{-0.08f, 0.66f}, {-0.08f, 3.0f}, {-0.17f, 2.3f}, {-0.26f, 1.4f}, {-0.34f, 0.63f}};
	static const struct demo_point jib[] = {{0.04f, 2.72f}, {0.09f, 1.6f}, {0.16f, 0.60f},
		{0.46f, 0.53f}, {1.12f, 0.46f}, {0.86f, 0.82f}, {0.56f, 1.32f}, {0.28f, 1.98f}};
	static const struct demo_point foot_of_jib[] = {
		{0.16f, 0.60f}, {0.46f, 0.53f}, {1.12f, 0.46f}, {0.5f, 0.74f}};
	static const struct demo_point bowsprit[] = {
		{0.9f, 0.34f}, {1.5f, 0.50f}, {1.5f, 0.53f}, {0.9f, 0.40f}};

	static const struct demo_point cabin[] = {
		{-0.72f, 0.26f}, {-0.66f, 0.46f}, {-0.22f, 0.46f}, {-0.14f, 0.26f}};

	shape(stage, mainsail, 11, foot, unit, side, demo_rgb(0.44f, 0.155f, 0.080f));
	shape(stage, luff, 5, foot, unit, side, demo_rgb(0.60f, 0.25f, 0.12f));
	shape(stage, jib, 8, foot, unit, side, demo_rgb(0.66f, 0.30f, 0.15f));
	shape(stage, foot_of_jib, 4, foot, unit, side, demo_rgb(0.48f, 0.19f, 0.10f));
	for (int i = 1; i < 5; i++) {
		float up = 0.62f + 0.48f * (float)i;
		float out = 1.02f * (1.0f - powf((up - 0.62f) / 2.4f, 0.85f));

		line(stage, foot, unit, side, (struct demo_point){-0.07f, up + 0.10f},
			(struct demo_point){-out, up - 0.04f}, 0.014f,
			demo_rgb(0.20f, 0.07f, 0.045f));
	}
	line(stage, foot, unit, side, (struct demo_point){-0.02f, 3.1f},
		(struct demo_point){1.48f, 0.5f}, 0.012f, demo_rgb(0.03f, 0.02f, 0.03f));
	line(stage, foot, unit, side, (struct demo_point){-0.04f, 3.1f},
		(struct demo_point){-0.96f, 0.3f}, 0.012f, demo_rgb(0.03f, 0.02f, 0.03f));
	shape(stage, cabin, 4, foot, unit, side, demo_rgb(0.06f, 0.035f, 0.045f));
	shape(stage, mast, 4, foot, unit, side, demo_rgb(0.022f, 0.015f, 0.020f));
	shape(stage, boom, 4, foot, unit, side, demo_rgb(0.022f, 0.015f, 0.020f));
	shape(stage, bowsprit, 4, foot, unit, side, demo_rgb(0.022f, 0.015f, 0.020f));
	shape(stage, hull, 5, foot, unit, side, demo_rgb(0.028f, 0.018f, 0.026f));
}

static void lighthouse(const struct stage *stage, struct demo_point foot, float unit, uint32_t seed)
{
	static const struct demo_point tower[] = {
		{-0.27f, 0.2f}, {-0.17f, 2.45f}, {0.17f, 2.45f}, {0.27f, 0.2f}};
	static const struct demo_point lit_side[] = {
		{0.12f, 0.2f}, {0.08f, 2.45f}, {0.17f, 2.45f}, {0.27f, 0.2f}};
	static const struct demo_point band[] = {
		{-0.225f, 1.15f}, {-0.20f, 1.70f}, {0.20f, 1.70f}, {0.225f, 1.15f}};
	static const struct demo_point gallery[] = {
		{-0.26f, 2.42f}, {-0.26f, 2.52f}, {0.26f, 2.52f}, {0.26f, 2.42f}};
	static const struct demo_point lantern[] = {
		{-0.12f, 2.52f}, {-0.12f, 2.84f}, {0.12f, 2.84f}, {0.12f, 2.52f}};
	static const struct demo_point cap[] = {
		{-0.19f, 2.82f}, {-0.10f, 3.0f}, {0.0f, 3.16f}, {0.10f, 3.0f}, {0.19f, 2.82f}};
	struct demo_outline rock = {0};
	float side = 1.0f;

	for (int i = 0; i <= 60; i++) {
		float t = (float)i / 30.0f - 1.0f;
		float bulk = 0.42f * powf(fmaxf(1.0f - t * t, 0.0f), 0.7f);
		float jag = 0.30f * demo_fbm(t * 3.2f, 0.3f, 5, seed + 40) * (1.0f - t * t);

		demo_outline_to(&rock, foot.x + 1.9f * t * unit,
			foot.y - stage->rise * fmaxf(bulk + jag, 0.0f) * unit + 0.05f * unit);
	}
	demo_mask_add(stage->mask, &rock);
	demo_outline_free(&rock);
	paint(stage, demo_rgb(0.030f, 0.021f, 0.030f));
	shape(stage, tower, 4, foot, unit, side, demo_rgb(0.20f, 0.13f, 0.15f));
	shape(stage, band, 4, foot, unit, side, demo_rgb(0.15f, 0.030f, 0.028f));
	shape(stage, lit_side, 4, foot, unit, side, demo_rgb(0.52f, 0.27f, 0.18f));
	shape(stage, gallery, 4, foot, unit, side, demo_rgb(0.030f, 0.022f, 0.030f));
	shape(stage, lantern, 4, foot, unit, side, demo_rgb(9.0f, 6.2f, 2.6f));
	shape(stage, cap, 5, foot, unit, side, demo_rgb(0.045f, 0.020f, 0.024f));
}

/* Where the village's shore lies below the horizon, from the picture's edge (0) to the headland
 * (1). */
static float shore_drop(float t)
{
	return demo_lerp(0.060f, 0.0095f, powf(t, 0.62f));
}

static float shore_reach(float t)
{
	return demo_lerp(-0.03f, 0.375f, powf(t, 0.82f));
}

/* The wooded headland behind the village, going down to the water. */
static void headland(const struct stage *stage, const struct dusk *d, bool left)
{
	static const struct demo_rgb far = {0.155f, 0.080f, 0.100f};
	static const struct demo_rgb near = {0.030f, 0.020f, 0.030f};

	for (int layer = 0; layer < 3; layer++) {
		float size = (float)stage->picture->width;
		struct demo_outline hill = {0};
		float share = (float)layer / 2.0f;
		float tall = demo_lerp(0.150f, 0.028f, powf(share, 0.6f));
		uint32_t seed = d->seed + 410 + (uint32_t)layer;

		for (int i = -2; i <= 400; i++) {
			float t = fmaxf((float)i / 400.0f, -0.01f);
			float u = shore_reach(fmaxf(t, 0.0f)) * (1.0f - 0.10f * (1.0f - share));
			float trees = 0.0055f * fabsf(demo_noise(t * 190.0f, 0.5f, seed + 9));
			float crest = tall * powf(fmaxf(1.0f - t, 0.0f), 0.75f) *
					      (0.75f + 0.6f * demo_fbm(t * 4.0f, 0.7f, 4, seed)) +
				      trees * (1.0f - t);
			float at = camera.horizon + shore_drop(fmaxf(t, 0.0f));

			demo_outline_to(&hill, (left ? u : 1.0f - u) * size,
				(at - stage->rise * crest) * size);
		}
		for (int i = 400; i >= -2; i--) {
			float t = fmaxf((float)i / 400.0f, 0.0f);
			float u = shore_reach(t);

			demo_outline_to(&hill, (left ? u : 1.0f - u) * size,
				(camera.horizon + shore_drop(t)) * size);
		}
		demo_mask_add(stage->mask, &hill);
		demo_outline_free(&hill);
		paint(stage, demo_mix(far, near, powf(share, 0.7f)));
	}
}

/* Gables in two rows up the slope, and a lit window in most. */
static void village(const struct stage *stage, const struct dusk *d, bool left)
{
	static const struct demo_point wall[] = {
		{-0.5f, -0.15f}, {-0.5f, 0.60f}, {0.0f, 1.02f}, {0.5f, 0.60f}, {0.5f, -0.15f}};
	static const struct demo_point roof[] = {{-0.60f, 0.50f}, {-0.60f, 0.58f}, {0.0f, 1.14f},
		{0.60f, 0.58f}, {0.60f, 0.50f}, {0.0f, 0.99f}};
	static const struct demo_point window[] = {
		{-0.09f, 0.20f}, {-0.09f, 0.44f}, {0.09f, 0.44f}, {0.09f, 0.20f}};
	static const struct demo_rgb paints[5] = {{0.115f, 0.026f, 0.024f},
		{0.150f, 0.085f, 0.034f}, {0.150f, 0.110f, 0.110f}, {0.050f, 0.036f, 0.050f},
		{0.090f, 0.034f, 0.028f}};
	float size = (float)stage->picture->width;
	uint32_t dice = d->seed + 300;

	headland(stage, d, left);
	for (int i = 0; i < 46; i++) {
		int plot = i / 2;
		bool upper = i % 2 == 0;
		float t = 0.95f * (float)plot / 22.0f;
		float unit = size * demo_lerp(0.036f, 0.0090f, powf(t, 0.6f)) *
			     demo_random_between(&dice, 0.75f, 1.15f);
		float u = shore_reach(t) + demo_random_between(&dice, -0.010f, 0.010f);
		float lift = (upper ? 1.0f : 0.10f) * unit * demo_random_between(&dice, 0.5f, 1.1f);
		struct demo_point foot = {(left ? u : 1.0f - u) * size,
			(camera.horizon + shore_drop(t)) * size - stage->rise * lift};
		struct demo_rgb colour = paints[(int)(demo_random(&dice) * 4.99f)];
		float shift = demo_random_between(&dice, -0.22f, 0.22f) * unit;
		float glow = demo_random(&dice);

		shape(stage, wall, 5, foot, unit, 1.0f,
			demo_mix(colour, demo_rgb(0.30f, 0.15f, 0.13f), 0.45f * t));
		shape(stage, roof, 6, foot, unit, 1.0f,
			demo_mix(demo_rgb(0.020f, 0.014f, 0.022f), demo_rgb(0.20f, 0.10f, 0.11f),
				t));
		foot.x += shift;
		if (glow < 0.7f)
			shape(stage, window, 4, foot, unit, 1.0f,
				demo_scale(demo_rgb(4.0f, 1.9f, 0.60f), 0.4f + glow));
	}
}

/* A jetty from the viewer's feet out into the water. */
static void jetty(const struct stage *stage, bool left, float reach)
{
	float size = (float)stage->picture->width;
	float focal = camera.focal * size;
	float horizon = camera.horizon * size;
	float side = left ? 1.0f : -1.0f;
	float deck = 3.4f; /* above the water */
	struct demo_rgb wood = demo_rgb(0.020f, 0.014f, 0.018f);
	struct demo_rgb edge = demo_rgb(0.190f, 0.088f, 0.060f);

	/* Posts first, then the planks over them. */
	for (int i = 0; i < 12; i++) {
		float z = 20.0f * powf(reach / 20.0f, (float)i / 11.0f);
		float thick = 0.62f * focal / z;

		for (int row = 0; row < 2; row++) {
			float x = (row ? 10.6f : 16.8f) - z * 0.012f;
			float px = size * 0.5f + side * x * focal / z;
			float water = horizon + camera.height * focal / z;
			float top = water - stage->rise * (deck + (row ? 2.6f : 2.0f)) * focal / z;

			demo_mask_add_stroke(stage->mask, (struct demo_point){px, water}, thick,
				(struct demo_point){px, top}, thick * 0.9f);
			paint(stage, wood);
			px -= side * 0.36f * thick;
			demo_mask_add_stroke(stage->mask, (struct demo_point){px, water},
				thick * 0.20f, (struct demo_point){px, top}, thick * 0.18f);
			paint(stage, demo_rgb(0.26f, 0.11f, 0.055f));
		}
	}
	for (int i = 0; i < 60; i++) {
		float near = 12.0f * powf(reach / 12.0f, (float)i / 60.0f);
		float far = 12.0f * powf(reach / 12.0f, ((float)i + 0.86f) / 60.0f);
		struct demo_outline plank = {0};
		float from = horizon + (camera.height - stage->rise * deck) * focal / near;
		float to = horizon + (camera.height - stage->rise * deck) * focal / far;
		float tone = 0.35f + 0.8f * (float)(demo_hash((uint32_t)i, 7, 9) & 255) / 255.0f;

		demo_outline_to(&plank, size * 0.5f + side * 10.2f * focal / near, from);
		demo_outline_to(&plank, size * 0.5f + side * 17.2f * focal / near, from);
		demo_outline_to(&plank, size * 0.5f + side * 17.2f * focal / far, to);
		demo_outline_to(&plank, size * 0.5f + side * 10.2f * focal / far, to);
		demo_mask_add(stage->mask, &plank);
		demo_outline_free(&plank);
		paint(stage, demo_scale(demo_mix(demo_scale(edge, 0.35f), edge, (float)i / 60.0f),
				     tone));
	}
}

static void lantern(const struct stage *stage, bool left, float z)
{
	static const struct demo_point glass[] = {
		{-0.32f, 5.2f}, {-0.38f, 6.2f}, {0.38f, 6.2f}, {0.32f, 5.2f}};
	static const struct demo_point lid[] = {{-0.55f, 6.2f}, {0.0f, 6.8f}, {0.55f, 6.2f}};
	static const struct demo_point pole[] = {
		{-0.13f, 2.0f}, {-0.10f, 5.3f}, {0.10f, 5.3f}, {0.13f, 2.0f}};
	float size = (float)stage->picture->width;
	float focal = camera.focal * size;
	struct demo_point foot = {size * 0.5f + (left ? 1.0f : -1.0f) * 10.4f * focal / z,
		camera.horizon * size + (camera.height - stage->rise * 3.0f) * focal / z};
	float unit = focal / z * 0.85f;

	shape(stage, pole, 4, foot, unit, 1.0f, demo_rgb(0.012f, 0.009f, 0.012f));
	shape(stage, glass, 4, foot, unit, 1.0f, demo_rgb(11.0f, 5.4f, 1.6f));
	shape(stage, lid, 3, foot, unit, 1.0f, demo_rgb(0.012f, 0.009f, 0.012f));
}

struct beam {
	struct demo_picture *picture;
	float x, y, tilt, side;
};

/* The lighthouse's light in the evening haze. */
static void beam_row(void *context, int y)
{
	const struct beam *b = context;
	float size = (float)b->picture->width;

	for (int x = 0; x < b->picture->width; x++) {
		float dx = ((float)x + 0.5f - b->x) / size;
		float dy = ((float)y + 0.5f - b->y) / size;
		float along = dx * b->side;
		float off = (dy - along * b->tilt) / (0.006f + 0.085f * fabsf(along));
		float light = expf(-off * off * 2.2f) * expf(-fabsf(along) * 5.5f) *
			      (along > 0.0f ? 0.34f : 0.10f);
		struct demo_rgb *pixel = demo_pixel(b->picture, x, y);

		*pixel = demo_add(*pixel, demo_scale(demo_rgb(1.0f, 0.80f, 0.46f), light));
	}
}

static void gulls(const struct stage *stage, uint32_t seed)
{
	float size = (float)stage->picture->width;
	uint32_t dice = seed + 700;
	float cx = demo_random_between(&dice, 0.35f, 0.65f);

	for (int i = 0; i < 9; i++) {
		float x = (cx + demo_random_between(&dice, -0.16f, 0.16f)) * size;
		float y = demo_random_between(&dice, 0.20f, 0.36f) * size;
		float span = demo_random_between(&dice, 0.006f, 0.014f) * size;
		float flap = demo_random_between(&dice, 0.2f, 0.8f);

		for (int side = -1; side <= 1; side += 2) {
			struct demo_outline wing = {0};
			float s = (float)side * span;

			demo_outline_to(&wing, x, y);
			demo_outline_curve(&wing, x + 0.3f * s, y - flap * span, x + 0.6f * s,
				y - flap * span, x + s, y - 0.3f * flap * span);
			demo_outline_curve(&wing, x + 0.6f * s, y - 0.7f * flap * span,
				x + 0.3f * s, y - 0.7f * flap * span, x, y + 0.14f * span);
			demo_mask_add(stage->mask, &wing);
			demo_outline_free(&wing);
		}
	}
	paint(stage, demo_rgb(0.05f, 0.035f, 0.06f));
}

/* Everything that stands in the water, far things first. */
static void furnish(const struct stage *stage, const struct dusk *d, bool left)
{
	float size = (float)stage->picture->width;
	uint32_t dice = d->seed + 90;
	struct demo_point light = {
		(left ? 0.735f : 0.265f) * size, (camera.horizon + 0.022f) * size};

	village(stage, d, left);
	lighthouse(stage, light, 0.072f * size, d->seed);
	for (int i = 0; i < 3; i++) {
		float near = demo_lerp(0.012f, 0.095f, (float)i / 2.0f);
		float u = demo_lerp(0.40f, 0.60f, demo_random(&dice)) + (i == 2 ? -0.12f : 0.0f);
		struct demo_point foot = {
			(left ? u : 1.0f - u) * size, (camera.horizon + near) * size};

		sailing_boat(stage, foot, size * (0.008f + 0.46f * near),
			demo_random(&dice) < 0.5f ? 1.0f : -1.0f);
	}
	jetty(stage, left, 74.0f);
	lantern(stage, left, 30.0f);
	lantern(stage, left, 70.0f);
}

struct demo_picture demo_scene_harbour(int size, uint32_t seed)
{
	bool left = seed % 2 == 0;
	struct dusk dusk = {
		.seed = seed, .sun_x = left ? 0.56f : 0.44f, .sun_y = camera.horizon - 0.046f};
	struct demo_valley valley = {.seed = seed * 6151 + 5,
		.half_width = 96.0f,
		.widening = 0.21f,
		.far_shore = 1150.0f,
		.peak = 120.0f,
		.roughness = 230.0f};
	struct demo_lamp sun = {.x = left ? 0.28f : -0.28f, .y = 0.14f, .z = 0.95f, .shade = shade};
	struct demo_air air = {.colour = demo_hex(0x7a6590),
		.glow = demo_hex(0xf29a66),
		.density = 0.0017f,
		.mist = 0.0035f,
		.mist_height = 9.0f,
		.glow_at = dusk.sun_x,
		.glow_width = 0.30f};
	struct demo_water water = {.deep = demo_rgb(0.022f, 0.040f, 0.072f),
		.ripple = 0.95f,
		.length = 8.0f,
		.clarity = 0.95f};
	struct demo_picture view = demo_picture_new(size, size);
	struct demo_mask mask = demo_mask_new(size, size);
	float *land = demo_allocate((size_t)size * (size_t)size, sizeof(*land));

	dusk.sky = &view;
	demo_parallel((int)(camera.horizon * (float)size) + 2, dusk_row, &dusk);

	struct demo_picture mirror = demo_mirror_sky(&view, &camera);
	struct demo_terrain terrain = demo_terrain_new(&valley);
	struct stage upright = {.picture = &view, .mask = &mask, .rise = 1.0f};
	struct stage mirrored = {.picture = &mirror, .mask = &mask, .rise = -1.0f};

	demo_terrain_light(&terrain, &sun, seed);
	demo_terrain_draw(&terrain, &camera, &air, seed, &view, &mirror, land);
	furnish(&mirrored, &dusk, left);
	demo_water_draw(&water, &camera, seed, &mirror, land, &view);
	furnish(&upright, &dusk, left);
	gulls(&upright, seed);

	struct beam beam = {.picture = &view,
		.x = (left ? 0.735f : 0.265f) * (float)size,
		.y = (camera.horizon + 0.022f - 2.68f * 0.072f) * (float)size,
		.tilt = -0.10f,
		.side = left ? 1.0f : -1.0f};

	demo_parallel((int)(camera.horizon * (float)size), beam_row, &beam);
	demo_picture_bloom(&view, 0.9f, 0.07f);
	demo_picture_expose(&view, 1.0f, 0.35f);
	free(land);
	demo_mask_free(&mask);
	demo_terrain_free(&terrain);
	demo_picture_free(&mirror);
	return view;
}

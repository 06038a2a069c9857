#include "noise.h"
#include "parallel.h"
#include "plants.h"
#include "scene.h"
#include "shape.h"

#include <stdbool.h>
#include <stdlib.h>

enum { LAYERS = 7 };

/* Places are in picture widths from the top left corner. */
struct wood {
	struct demo_picture *picture;
	uint32_t seed;
	float portal_x, portal_y, portal_radius;
	float sun_x, sun_y;
	float shore; /* where the pond's far bank lies */
};

/* Light in the air: gold around the sun, deep green away from it, blue where the portal shines. */
static struct demo_rgb haze(const struct wood *w, float u, float v)
{
	float sx = u - w->sun_x;
	float sy = v - w->sun_y;
	float px = u - w->portal_x;
	float py = v - w->portal_y;
	float sun = expf(-1.9f * sqrtf(sx * sx + sy * sy));
	float portal = expf(-6.0f * sqrtf(px * px + py * py));
	struct demo_rgb colour = demo_mix(
		demo_rgb(0.012f, 0.060f, 0.048f), demo_rgb(0.74f, 0.66f, 0.22f), sun * 1.02f);

	return demo_add(colour, demo_scale(demo_rgb(0.06f, 0.34f, 0.52f), portal));
}

static void backdrop_row(void *context, int y)
{
	const struct wood *w = context;
	float size = (float)w->picture->width;
	float v = ((float)y + 0.5f) / size;

	for (int x = 0; x < w->picture->width; x++) {
		float u = ((float)x + 0.5f) / size;
		float leaves = demo_fbm(u * 9.0f, v * 9.0f, 5, w->seed + 1);
		float gaps = demo_smooth(0.10f, 0.42f, leaves) * demo_smooth(0.62f, 0.15f, v);
		struct demo_rgb colour = demo_scale(haze(w, u, v), 1.0f + 0.28f * leaves);

		colour = demo_add(colour, demo_scale(demo_rgb(0.62f, 0.70f, 0.28f), 0.55f * gaps));
		*demo_pixel(w->picture, x, y) = colour;
	}
}

struct rays {
	const struct wood *wood;
	float strength;
	uint32_t seed;
};

/* Shafts of sunlight between the trees. */
static void rays_row(void *context, int y)
{
	const struct rays *r = context;
	const struct wood *w = r->wood;
	float size = (float)w->picture->width;

	for (int x = 0; x < w->picture->width; x++) {
		float dx = ((float)x + 0.5f) / size - w->sun_x;
		float dy = ((float)y + 0.5f) / size - w->sun_y;
		float angle = atan2f(dx, dy);
		float shaft = demo_noise(angle * 9.0f, 0.5f, r->seed) +
			      0.5f * demo_noise(angle * 23.0f, 4.5f, r->seed + 1) +
			      0.25f * demo_noise(angle * 57.0f, 8.5f, r->seed + 2);
		float distance = sqrtf(dx * dx + dy * dy);
		float dust = 0.8f + 0.35f * demo_fbm((float)x / size * 5.0f, (float)y / size * 5.0f,
						    3, r->seed + 7);
		float light = demo_smooth(0.0f, 0.75f, shaft) * expf(-1.75f * distance) * dust;
		struct demo_rgb *pixel = demo_pixel(w->picture, x, y);

		*pixel = demo_add(
			*pixel, demo_scale(demo_rgb(1.0f, 0.86f, 0.42f), light * r->strength));
	}
}

static void add_rays(const struct wood *wood, float strength, uint32_t seed)
{
	struct rays rays = {.wood = wood, .strength = strength, .seed = seed};

	demo_parallel(wood->picture->height, rays_row, &rays);
}

struct trunk {
	float x, lean, half, foot, bend;
	uint32_t seed;
};

static float trunk_centre(const struct trunk *t, float v)
{
	float up = t->foot - v;

	return t->x + t->lean * up + t->bend * demo_noise(v * 1.7f, 0.5f, t->seed);
}

static float trunk_half(const struct trunk *t, float v)
{
	float up = fmaxf(t->foot - v, 0.0f);
	float flare = 0.85f * expf(-up / (1.9f * t->half));

	return t->half * (1.0f - 0.32f * up + flare) +
	       0.10f * t->half * demo_noise(v * 0.7f / t->half, 3.5f, t->seed + 1);
}

struct bark {
	const struct wood *wood;
	const struct trunk *trunk;
};

/* Furrowed bark, mossy towards the ground, with the sun on one edge and the portal's light on the
 * edge that faces it. */
static struct demo_rgb bark_colour(const struct bark *b, float u, float v, float across)
{
	const struct wood *w = b->wood;
	const struct trunk *t = b->trunk;
	float coarse = 0.23f / t->half;
	float curve = asinf(demo_clamp(across, -0.98f, 0.98f)) * 0.9f;
	float furrow = demo_ridged(curve * 3.0f, v * coarse * 0.85f, 4, t->seed + 5);
	float moss = demo_smooth(0.02f, 0.40f,
		demo_fbm(curve * 1.6f, v * coarse, 4, t->seed + 9) + 0.55f * (v - 0.45f));
	struct demo_rgb wood = demo_mix(
		demo_rgb(0.018f, 0.014f, 0.012f), demo_rgb(0.115f, 0.080f, 0.052f), furrow);
	struct demo_rgb colour = demo_mix(
		wood, demo_scale(demo_rgb(0.070f, 0.120f, 0.022f), 0.35f + furrow), 0.75f * moss);
	float to_sun = w->sun_x - u;
	float to_portal = w->portal_x - u;
	float px = to_portal;
	float py = (w->portal_y - v) * 0.8f;
	float portal = expf(-4.2f * sqrtf(px * px + py * py));
	float sun_edge = demo_smooth(0.25f, 0.95f, to_sun > 0.0f ? across : -across);
	float portal_edge = demo_smooth(0.0f, 0.95f, to_portal > 0.0f ? across : -across);
	struct demo_rgb light = demo_rgb(0.50f, 0.62f, 0.48f);

	light = demo_add(light,
		demo_scale(demo_rgb(2.6f, 2.0f, 0.85f), sun_edge * demo_smooth(0.95f, 0.15f, v)));
	light = demo_add(light, demo_scale(demo_rgb(0.9f, 4.6f, 7.4f), portal * portal_edge));
	return demo_multiply(colour, light);
}

/* `near` is 0 far away in the haze and 1 close by. */
static void paint_trunk(const struct wood *w, const struct trunk *trunk, float near)
{
	struct demo_picture *picture = w->picture;
	float size = (float)picture->width;
	struct bark bark = {.wood = w, .trunk = trunk};
	int foot = (int)(fminf(trunk->foot + 0.35f * trunk->half, 1.0f) * size);

	for (int y = 0; y < foot; y++) {
		float v = ((float)y + 0.5f) / size;
		float centre = trunk_centre(trunk, v);
		float half = trunk_half(trunk, v);
		int from = (int)((centre - half) * size) - 1;
		int to = (int)((centre + half) * size) + 2;

		for (int x = from < 0 ? 0 : from; x < to && x < picture->width; x++) {
			float u = ((float)x + 0.5f) / size;
			float cover =
				demo_clamp((half - fabsf(u - centre)) * size + 0.5f, 0.0f, 1.0f);
			/* The foot sinks into moss. */
			float sunk = demo_smooth(trunk->foot + 0.3f * trunk->half,
				trunk->foot - 0.5f * trunk->half, v);
			struct demo_rgb *pixel = demo_pixel(picture, x, y);

			if (cover <= 0.0f)
				continue;
			struct demo_rgb colour = bark_colour(&bark, u, v, (u - centre) / half);

			colour = demo_mix(haze(w, u, v), colour, near);
			*pixel = demo_mix(*pixel, colour, cover * sunk);
		}
	}
}

/* A bare branch that forks. */
static void branch(struct demo_mask *mask, struct demo_point from, float angle, float length,
	float width, int forks, uint32_t *dice)
{
	enum { PIECES = 11 };
	struct demo_point at = from;
	float turn = demo_random_between(dice, -0.07f, 0.07f);

	for (int i = 0; i < PIECES; i++) {
		struct demo_point next = {
			at.x + cosf(angle) * length / PIECES, at.y - sinf(angle) * length / PIECES};
		float thin = width * (1.0f - 0.80f * (float)i / PIECES);

		demo_mask_add_stroke(mask, at, thin, next, thin * 0.92f);
		if (thin > 2.0f)
			demo_mask_add_disc(mask, next.x, next.y, thin * 0.46f);
		at = next;
		angle += turn + demo_random_between(dice, -0.09f, 0.09f);
		if (forks > 0 && i >= 2 && i % 2 == 0)
			branch(mask, at,
				angle + demo_random_between(dice, 0.4f, 0.9f) *
						(i % 4 ? 1.0f : -1.0f),
				length * demo_random_between(dice, 0.3f, 0.55f), thin * 0.55f,
				forks - 1, dice);
	}
}

static struct demo_rgb leaf_colour(const struct wood *w, float u, float v, float tone)
{
	float sx = u - w->sun_x;
	float sy = v - w->sun_y;
	float sun = expf(-2.3f * sqrtf(sx * sx + sy * sy));
	struct demo_rgb dark = demo_rgb(0.012f, 0.034f, 0.016f);
	struct demo_rgb lit =
		demo_mix(demo_rgb(0.075f, 0.17f, 0.040f), demo_rgb(0.85f, 0.78f, 0.12f), sun);

	return demo_mix(dark, lit, tone);
}

/* Leaves hanging into the picture from above, in clumps. */
static void add_canopy(const struct wood *w, float near, float leaf, uint32_t seed)
{
	float size = (float)w->picture->width;
	struct demo_mask mask = demo_mask_new(w->picture->width, w->picture->height);
	uint32_t dice = seed;
	int count = (int)(64.0f / leaf);

	for (int i = 0; i < count; i++) {
		float u = demo_random_between(&dice, -0.02f, 1.02f);
		float v = powf(demo_random(&dice), 1.3f) * 0.46f - 0.02f;
		float clump = demo_fbm(u * 5.2f, v * 6.5f, 4, seed + 3);
		float edge = 2.0f * fabsf(u - 0.5f);
		/* More leaves at the sides than in front of the light. */
		float room = 0.62f - 2.2f * v + 0.42f * edge * edge;

		if (clump + room < 0.40f + 0.1f * demo_random(&dice))
			continue;
		float tone = demo_random(&dice);
		float angle = demo_random_between(&dice, 0.0f, 6.283f);
		float length = leaf * size * demo_random_between(&dice, 0.6f, 1.2f);
		float broad = length * demo_random_between(&dice, 0.2f, 0.34f);
		float c = cosf(angle);
		float s = sinf(angle);
		float px = u * size;
		float py = v * size;
		struct demo_outline blade = {0};

		demo_outline_to(&blade, px - c * length, py - s * length);
		demo_outline_to(&blade, px - c * 0.3f * length - s * broad,
			py - s * 0.3f * length + c * broad);
		demo_outline_to(&blade, px + c * 0.4f * length - s * 0.7f * broad,
			py + s * 0.4f * length + c * 0.7f * broad);
		demo_outline_to(&blade, px + c * length, py + s * length);
		demo_outline_to(&blade, px + c * 0.4f * length + s * 0.7f * broad,
			py + s * 0.4f * length - c * 0.7f * broad);
		demo_outline_to(&blade, px - c * 0.3f * length + s * broad,
			py - s * 0.3f * length - c * broad);
		demo_mask_add(&mask, &blade);
		demo_outline_free(&blade);
		demo_mask_finish(&mask);
		demo_mask_paint(&mask, w->picture,
			demo_mix(haze(w, u, v), leaf_colour(w, u, v, tone * tone), near), 1.0f);
		demo_mask_clear(&mask);
	}
	demo_mask_free(&mask);
}

struct earth {
	const struct wood *wood;
	float line, rough, near;
	uint32_t seed;
};

static float earth_line(const struct earth *e, float u)
{
	float side = fabsf(u - 0.5f);

	return e->line - 0.10f * e->near * side * side * 4.0f +
	       e->rough * demo_fbm(u * 5.0f, 0.5f, 5, e->seed);
}

/* Moss and fallen leaves, lit by the portal where it is near. */
static void earth_row(void *context, int y)
{
	const struct earth *e = context;
	const struct wood *w = e->wood;
	float size = (float)w->picture->width;
	float v = ((float)y + 0.5f) / size;

	for (int x = 0; x < w->picture->width; x++) {
		float u = ((float)x + 0.5f) / size;
		float depth = v - earth_line(e, u);
		float cover = demo_clamp(depth * size + 0.5f, 0.0f, 1.0f);

		if (cover <= 0.0f)
			continue;
		float px = u - w->portal_x;
		float py = (v - w->portal_y) * 1.3f;
		float glow = expf(-5.0f * sqrtf(px * px + py * py));
		float tuft = demo_fbm(u * 34.0f, v * 70.0f, 5, e->seed + 5);
		float rim = expf(-fmaxf(depth, 0.0f) / 0.007f);
		struct demo_rgb colour =
			demo_mix(demo_rgb(0.020f, 0.036f, 0.012f), demo_rgb(0.085f, 0.120f, 0.024f),
				demo_clamp(0.45f + 0.9f * tuft, 0.0f, 1.0f));
		struct demo_rgb light = demo_rgb(0.55f, 0.62f, 0.45f);
		struct demo_rgb *pixel = demo_pixel(w->picture, x, y);

		light = demo_add(light, demo_scale(demo_rgb(1.2f, 5.0f, 7.0f), glow));
		light = demo_add(light, demo_scale(demo_rgb(2.4f, 2.0f, 0.9f), 0.5f * rim));
		colour = demo_multiply(colour, demo_scale(light, demo_smooth(0.34f, 0.0f, depth)));
		colour = demo_mix(haze(w, u, v), colour, e->near);
		*pixel = demo_mix(*pixel, colour, cover);
	}
}

/* The gate: a ring of light with another sky behind it. */
static void portal_row(void *context, int y)
{
	const struct wood *w = context;
	float size = (float)w->picture->width;
	float radius = w->portal_radius;

	for (int x = 0; x < w->picture->width; x++) {
		float dx = (((float)x + 0.5f) / size - w->portal_x) / radius;
		float dy = (((float)y + 0.5f) / size - w->portal_y) / radius * 0.90f;
		float r = sqrtf(dx * dx + dy * dy);

		if (r > 5.0f)
			continue;
		float nx = dx / fmaxf(r, 1e-4f);
		float ny = dy / fmaxf(r, 1e-4f);
		float wobble = 0.050f * demo_fbm(nx * 2.2f + 5.0f, ny * 2.2f, 4, w->seed + 60);
		float rim = r - 1.0f + wobble;
		float swirl = 2.6f * (1.0f - r);
		float c = cosf(swirl);
		float s = sinf(swirl);
		float wx = dx * c - dy * s;
		float wy = dx * s + dy * c;
		struct demo_rgb *pixel = demo_pixel(w->picture, x, y);
		float inside = demo_clamp(0.5f - rim * radius * size, 0.0f, 1.0f);

		if (inside > 0.0f) {
			float cloud = demo_fbm(wx * 2.4f, wy * 2.4f, 6, w->seed + 61);
			float arms = demo_ridged(wx * 1.7f + 3.0f, wy * 1.7f, 5, w->seed + 62);
			uint32_t dot = demo_hash((uint32_t)x / 3, (uint32_t)y / 3, w->seed + 63);
			struct demo_rgb sky = demo_mix(demo_hex(0x0b1046), demo_hex(0x2a2f9a),
				demo_clamp(0.5f + cloud, 0.0f, 1.0f));

			sky = demo_add(sky, demo_scale(demo_rgb(0.52f, 0.16f, 0.70f),
						    demo_smooth(0.0f, 0.55f, cloud)));
			sky = demo_add(
				sky, demo_scale(demo_rgb(0.10f, 0.66f, 0.86f), arms * 0.50f));
			sky = demo_add(sky, demo_scale(demo_rgb(1.0f, 0.95f, 0.86f),
						    1.5f * expf(-r * r * 22.0f)));
			if ((dot & 511) < 3)
				sky = demo_add(sky, demo_scale(demo_rgb(0.9f, 0.95f, 1.0f),
							    0.4f + (float)(dot >> 28) * 0.14f));
			*pixel = demo_mix(*pixel, sky, inside);
		}
		float strands = demo_ridged(wx * 3.4f, wy * 3.4f, 4, w->seed + 64) *
				expf(-fabsf(rim) * 7.0f);
		float core = expf(-rim * rim * 3000.0f);
		float halo = expf(-fabsf(rim) * 8.5f);
		float air = expf(-fmaxf(rim, 0.0f) * 1.7f) * (rim > 0.0f ? 1.0f : 0.2f);

		*pixel = demo_add(*pixel, demo_scale(demo_rgb(0.75f, 0.98f, 1.0f), 3.0f * core));
		*pixel = demo_add(*pixel, demo_scale(demo_rgb(0.12f, 0.66f, 0.95f), 0.55f * halo));
		*pixel = demo_add(*pixel, demo_scale(demo_rgb(0.20f, 0.72f, 1.0f), 0.9f * strands));
		*pixel = demo_add(*pixel, demo_scale(demo_rgb(0.03f, 0.15f, 0.23f), air));
	}
}

/* The pond before the gate: what is above its far bank, upside down and trembling. */
static void add_pond(const struct wood *w)
{
	struct demo_picture *picture = w->picture;
	float size = (float)picture->width;
	int first = (int)(w->shore * size);

	for (int y = first; y < picture->height; y++) {
		float v = ((float)y + 0.5f) / size;
		float down = v - w->shore;
		float calm = 0.003f + 0.05f * down;

		for (int x = 0; x < picture->width; x++) {
			float u = ((float)x + 0.5f) / size;
			float edge = fabsf(u - w->portal_x) -
				     0.36f * powf(demo_smooth(-0.004f, 0.06f, down), 0.5f) -
				     0.05f * demo_fbm(u * 8.0f, v * 20.0f, 4, w->seed + 80);
			float cover = demo_smooth(0.004f, -0.004f, edge);

			if (cover <= 0.0f)
				continue;
			float shrink = 0.035f + down;
			float wave =
				demo_fbm(u * 3.0f / shrink * 0.4f, 1.3f / shrink, 4, w->seed + 81);
			struct demo_rgb seen = demo_picture_at(picture,
				(u + wave * calm * 0.35f) * size,
				(w->shore - down * 1.02f - 0.002f + wave * calm * 1.2f) * size);
			struct demo_rgb *pixel = demo_pixel(picture, x, y);
			struct demo_rgb water = demo_mix(
				demo_rgb(0.006f, 0.020f, 0.020f), seen, 0.80f - 0.9f * down);
			float bank = demo_smooth(-0.035f, 0.0f, edge);

			water = demo_scale(water, 1.0f - 0.65f * bank);
			*pixel = demo_mix(*pixel, water, cover);
		}
	}
}

/* Grass and fern fronds in front of everything. */
static void add_undergrowth(
	const struct wood *w, float line, float tall, struct demo_rgb colour, uint32_t seed)
{
	float size = (float)w->picture->width;
	struct demo_mask mask = demo_mask_new(w->picture->width, w->picture->height);
	uint32_t dice = seed;

	for (int i = 0; i < 520; i++) {
		float u = demo_random_between(&dice, -0.02f, 1.02f);
		float side = fabsf(u - w->portal_x);
		float height = tall * (0.25f + 2.1f * side * side + 0.5f * side) *
			       demo_random_between(&dice, 0.35f, 1.1f);
		float foot = line + 0.03f;
		float sway = demo_random_between(&dice, -0.6f, 0.6f) * height;
		float width = demo_random_between(&dice, 0.0012f, 0.0032f);
		struct demo_outline blade = {0};

		demo_outline_to(&blade, (u - width) * size, foot * size);
		demo_outline_curve(&blade, (u - width) * size, (foot - height * 0.5f) * size,
			(u + sway * 0.4f) * size, (foot - height * 0.85f) * size, (u + sway) * size,
			(foot - height) * size);
		demo_outline_curve(&blade, (u + sway * 0.4f + width) * size,
			(foot - height * 0.8f) * size, (u + width) * size,
			(foot - height * 0.5f) * size, (u + width) * size, foot * size);
		demo_mask_add(&mask, &blade);
		demo_outline_free(&blade);
	}
	for (int i = 0; i < 34; i++) {
		float u = demo_random_between(&dice, -0.05f, 1.05f);
		float side = fabsf(u - w->portal_x);

		if (side < 0.16f)
			continue;
		struct demo_point foot = {u * size, (line + 0.035f) * size};

		demo_fern(&mask, foot,
			tall * size * demo_random_between(&dice, 0.5f, 1.0f) * (0.3f + 1.6f * side),
			&dice);
	}
	demo_mask_finish(&mask);
	demo_mask_paint(&mask, w->picture, colour, 1.0f);
	demo_mask_free(&mask);
}

static void add_fireflies(const struct wood *w)
{
	float size = (float)w->picture->width;
	uint32_t dice = w->seed + 500;

	for (int i = 0; i < 90; i++) {
		float x = demo_random(&dice) * size;
		float y = demo_random_between(&dice, 0.30f, 0.95f) * size;
		float near = powf(demo_random(&dice), 3.0f);
		float radius = size * demo_lerp(0.0011f, 0.0042f, near);
		float light = demo_lerp(1.5f, 0.55f, near);
		int reach = (int)(3.0f * radius) + 1;

		for (int py = (int)y - reach; py <= (int)y + reach; py++) {
			for (int px = (int)x - reach; px <= (int)x + reach; px++) {
				if (px < 0 || py < 0 || px >= w->picture->width ||
					py >= w->picture->height)
					continue;
				float dx = ((float)px + 0.5f - x) / radius;
				float dy = ((float)py + 0.5f - y) / radius;
				struct demo_rgb *pixel = demo_pixel(w->picture, px, py);

				*pixel =
					demo_add(*pixel, demo_scale(demo_rgb(1.0f, 0.92f, 0.36f),
								 light * expf(-dx * dx - dy * dy)));
			}
		}
	}
}

static void add_trees(const struct wood *w, int layer, uint32_t *dice)
{
	static const int counts[LAYERS] = {26, 18, 12, 8, 6, 4, 2};
	static const float halves[LAYERS] = {
		0.0050f, 0.0075f, 0.0115f, 0.017f, 0.025f, 0.038f, 0.070f};
	static const float feet[LAYERS] = {0.655f, 0.665f, 0.68f, 0.705f, 0.75f, 0.84f, 1.04f};
	static const float nears[LAYERS] = {0.14f, 0.27f, 0.42f, 0.60f, 0.80f, 0.94f, 1.0f};
	float size = (float)w->picture->width;
	float near = nears[layer];
	struct demo_mask mask = demo_mask_new(w->picture->width, w->picture->height);

	for (int i = 0; i < counts[layer]; i++) {
		float slot =
			((float)i + demo_random_between(dice, 0.1f, 0.9f)) / (float)counts[layer];
		/* Leaves the middle open; the nearest two only frame the picture. */
		float clear = layer < 3 ? 0.0f : layer == 6 ? 0.36f : 0.15f + 0.05f * (float)layer;
		float x = slot;

		if (fabsf(x - w->portal_x) < clear)
			x = w->portal_x + (x < w->portal_x ? -1.0f : 1.0f) *
						  (clear + demo_random_between(dice, 0.0f, 0.10f));
		struct trunk trunk = {.x = x,
			.lean = demo_random_between(dice, -0.05f, 0.05f),
			.half = halves[layer] * demo_random_between(dice, 0.7f, 1.25f),
			.foot = feet[layer] + demo_random_between(dice, -0.008f, 0.012f),
			.bend = halves[layer] * 1.1f,
			.seed = demo_hash((uint32_t)layer, (uint32_t)i, w->seed)};
		int branches = layer < 2 ? 2 : 5;

		for (int k = 0; k < branches; k++) {
			float v = demo_random_between(dice, 0.0f, layer < 4 ? 0.46f : 0.26f);
			bool right = demo_random(dice) < 0.5f;
			struct demo_point from = {trunk_centre(&trunk, v) * size, v * size};
			float angle = right ? demo_random_between(dice, 0.1f, 0.9f)
					    : 3.14159f - demo_random_between(dice, 0.1f, 0.9f);

			branch(&mask, from, angle,
				trunk.half * size * demo_random_between(dice, 5.0f, 11.0f),
				trunk.half * size * demo_random_between(dice, 0.22f, 0.5f), 2,
				dice);
		}
		demo_mask_finish(&mask);
		demo_mask_paint(&mask, w->picture,
			demo_mix(haze(w, x, 0.25f), demo_rgb(0.026f, 0.026f, 0.020f), near), 1.0f);
		demo_mask_clear(&mask);
		paint_trunk(w, &trunk, near);
	}
	demo_mask_free(&mask);
}

static void add_earth(const struct wood *w, float line, float rough, float near, uint32_t seed)
{
	struct earth earth = {.wood = w, .line = line, .rough = rough, .near = near, .seed = seed};

	demo_parallel(w->picture->height, earth_row, &earth);
}

struct demo_picture demo_scene_forest(int size, uint32_t seed)
{
	bool left = seed % 2 == 0;
	struct demo_picture picture = demo_picture_new(size, size);
	struct wood wood = {.picture = &picture,
		.seed = seed * 4099 + 3,
		.portal_x = left ? 0.53f : 0.47f,
		.portal_y = 0.505f,
		.portal_radius = left ? 0.150f : 0.158f,
		.sun_x = left ? 0.80f : 0.20f,
		.sun_y = -0.06f,
		.shore = 0.735f};
	uint32_t dice = wood.seed + 17;

	demo_parallel(size, backdrop_row, &wood);
	add_earth(&wood, 0.650f, 0.012f, 0.22f, wood.seed + 30);
	add_trees(&wood, 0, &dice);
	add_trees(&wood, 1, &dice);
	add_canopy(&wood, 0.35f, 0.0050f, wood.seed + 40);
	add_rays(&wood, 0.42f, wood.seed + 33);
	add_earth(&wood, 0.672f, 0.014f, 0.5f, wood.seed + 31);
	add_trees(&wood, 2, &dice);
	demo_parallel(size, portal_row, &wood);
	add_earth(&wood, 0.692f, 0.012f, 0.85f, wood.seed + 32);
	add_trees(&wood, 3, &dice);
	add_canopy(&wood, 0.72f, 0.0068f, wood.seed + 41);
	add_trees(&wood, 4, &dice);
	add_rays(&wood, 0.30f, wood.seed + 34);
	add_pond(&wood);
	add_earth(&wood, 0.955f, 0.018f, 1.0f, wood.seed + 35);
	add_undergrowth(&wood, 0.955f, 0.085f, demo_rgb(0.016f, 0.034f, 0.010f), wood.seed + 36);
	add_trees(&wood, 5, &dice);
	add_trees(&wood, 6, &dice);
	add_canopy(&wood, 0.97f, 0.0105f, wood.seed + 42);
	add_undergrowth(&wood, 1.0f, 0.13f, demo_rgb(0.006f, 0.014f, 0.005f), wood.seed + 37);
	add_fireflies(&wood);
	demo_picture_bloom(&picture, 0.8f, 0.08f);
	demo_picture_expose(&picture, 1.15f, 0.5f);
	return picture;
}

#include "landscape.h"

#include "noise.h"
#include "parallel.h"

#include <stdlib.h>

struct demo_picture demo_mirror_sky(struct demo_picture *sky, const struct demo_camera *camera)
{
	struct demo_picture mirror = demo_picture_new(sky->width, sky->height);
	int horizon = (int)(camera->horizon * (float)sky->height);

	for (int y = horizon; y < sky->height; y++) {
		int from = 2 * horizon - y - 1;

		for (int x = 0; x < sky->width; x++) {
			*demo_pixel(&mirror, x, y) = *demo_pixel(sky, x, from < 0 ? 0 : from);
			*demo_pixel(sky, x, y) = demo_rgb(0.0f, 0.0f, 0.0f);
		}
	}
	return mirror;
}

struct drawing {
	const struct demo_terrain *terrain;
	const struct demo_camera *camera;
	const struct demo_air *air;
	uint32_t seed;
	struct demo_picture *view, *mirror;
	float *land;
};

/* One column's share of a picture: colour already multiplied by its coverage. */
struct strip {
	struct demo_rgb colour;
	float coverage;
};

/* Fills from `top` to `bottom` (fractions of a pixel count) with one colour. */
static void fill(struct strip *strip, int height, float top, float bottom, struct demo_rgb colour,
	float weight)
{
	top = demo_clamp(top, 0.0f, (float)height);
	bottom = demo_clamp(bottom, 0.0f, (float)height);
	for (int y = (int)top; y < height && (float)y < bottom; y++) {
		float part = (fminf(bottom, (float)(y + 1)) - fmaxf(top, (float)y)) * weight;

		strip[y].colour = demo_add(strip[y].colour, demo_scale(colour, part));
		strip[y].coverage += part;
	}
}

struct sample {
	float height;
	struct demo_rgb colour;
};

/* The ground at a place of the map, with detail too small for the map. */
static struct sample ground_at(const struct drawing *d, float x, float z)
{
	float mx = demo_clamp(x + DEMO_TERRAIN_SIZE / 2.0f, 0.0f, DEMO_TERRAIN_SIZE - 1.01f);
	float mz = demo_clamp(z, 0.0f, DEMO_TERRAIN_SIZE - 1.01f);
	size_t at = (size_t)mz * DEMO_TERRAIN_SIZE + (size_t)mx;
	float u = mx - floorf(mx);
	float v = mz - floorf(mz);
	const float *h = &d->terrain->height[at];
	const struct demo_rgb *c = &d->terrain->colour[at];
	struct sample sample = {0};

	sample.height = demo_lerp(demo_lerp(h[0], h[1], u),
		demo_lerp(h[DEMO_TERRAIN_SIZE], h[DEMO_TERRAIN_SIZE + 1], u), v);
	if (sample.height <= 0.0f)
		return sample;
	sample.colour = demo_mix(demo_mix(c[0], c[1], u),
		demo_mix(c[DEMO_TERRAIN_SIZE], c[DEMO_TERRAIN_SIZE + 1], u), v);
	if (z < 700.0f) {
		float detail = demo_fbm(x * 0.45f, z * 0.45f, 3, d->seed + 77);
		float near = demo_smooth(700.0f, 350.0f, z);

		sample.height += near * fminf(sample.height * 0.2f, 1.6f) * detail;
		sample.colour = demo_scale(sample.colour, 1.0f + 0.55f * near * detail);
	}
	return sample;
}

static struct demo_rgb through_air(
	const struct drawing *d, struct demo_rgb colour, float height, float z, float column)
{
	const struct demo_air *air = d->air;
	float thick = air->density * z + air->mist * z * expf(-height / air->mist_height);
	float off = (column - air->glow_at) / air->glow_width;
	struct demo_rgb lit = demo_mix(air->colour, air->glow, expf(-off * off));

	return demo_mix(lit, colour, expf(-thick));
}

/* One line of sight's column: what it has filled so far. */
struct ray {
	struct strip *view, *mirror;
	float column, weight;
	float lowest, deepest; /* everything below, and above in the mirror, is taken */
};

/* Adds the ground at one distance where it rises above everything nearer. */
static void draw_slice(const struct drawing *d, struct ray *ray, float z)
{
	const struct demo_camera *camera = d->camera;
	int height = d->view->height;
	float scale = camera->focal * (float)d->view->width / z;
	float horizon = camera->horizon * (float)height;
	struct sample ground = ground_at(d, (ray->column - 0.5f) / camera->focal * z, z);

	if (ground.height <= 0.0f) {
		ray->lowest = fminf(ray->lowest, horizon + camera->height * scale);
		return;
	}
	float top = horizon - (ground.height - camera->height) * scale;
	float bottom = horizon + (ground.height + camera->height) * scale;

	if (top >= ray->lowest && bottom <= ray->deepest)
		return;
	struct demo_rgb colour = through_air(d, ground.colour, ground.height, z, ray->column);

	if (top < ray->lowest) {
		fill(ray->view, height, top, ray->lowest, colour, ray->weight);
		ray->lowest = top;
	}
	if (bottom > ray->deepest) {
		fill(ray->mirror, height, ray->deepest, bottom, colour, ray->weight);
		ray->deepest = bottom;
	}
}

static void lay_over(struct demo_picture *picture, int x, const struct strip *strip)
{
	for (int y = 0; y < picture->height; y++) {
		struct demo_rgb *pixel = demo_pixel(picture, x, y);
		float rest = 1.0f - fminf(strip[y].coverage, 1.0f);

		*pixel = demo_add(demo_scale(*pixel, rest), strip[y].colour);
	}
}

static void draw_column(void *context, int x)
{
	enum { RAYS = 2 };
	const struct drawing *d = context;
	size_t height = (size_t)d->view->height;
	struct strip *view = demo_allocate(2 * height, sizeof(*view));
	struct strip *mirror = view + height;

	for (int i = 0; i < RAYS; i++) {
		struct ray ray = {
			.view = view,
			.mirror = mirror,
			.column = ((float)x + ((float)i + 0.5f) / RAYS) / (float)d->view->width,
			.weight = 1.0f / RAYS,
			.lowest = (float)height,
			.deepest = d->camera->horizon * (float)height,
		};
		float z = 6.0f;

		while (z < DEMO_TERRAIN_SIZE - 3) {
			draw_slice(d, &ray, z);
			z += 0.2f + z * 0.0016f;
		}
	}
	lay_over(d->view, x, view);
	lay_over(d->mirror, x, mirror);
	for (size_t y = 0; y < height; y++)
		d->land[y * (size_t)d->view->width + (size_t)x] = fminf(view[y].coverage, 1.0f);
	free(view);
}

void demo_terrain_draw(const struct demo_terrain *terrain, const struct demo_camera *camera,
	const struct demo_air *air, uint32_t seed, struct demo_picture *view,
	struct demo_picture *mirror, float *land)
{
	struct drawing drawing = {.terrain = terrain,
		.camera = camera,
		.air = air,
		.seed = seed,
		.view = view,
		.mirror = mirror,
		.land = land};

	demo_parallel(view->width, draw_column, &drawing);
}

struct wetting {
	const struct demo_water *water;
	const struct demo_camera *camera;
	uint32_t seed;
	const struct demo_picture *mirror;
	const float *land;
	struct demo_picture *view;
	int first; /* row below the horizon */
};

struct slant {
	float across, towards;
};

/* The slope of the waves at a place, towards the viewer and across; fine waves fade with distance.
 */
static struct slant waves(const struct wetting *w, float x, float z, float footprint)
{
	struct slant slope = {0.0f, 0.0f};
	float length = w->water->length;
	float strength = 1.0f;

	for (uint32_t i = 0; i < 4; i++) {
		float visible = demo_smooth(1.2f, 0.25f, footprint / length);

		if (visible > 0.0f) {
			float u = x / (length * 1.7f);
			float v = z / length;

			slope.towards += strength * visible * demo_noise(u, v, w->seed + 2 * i);
			slope.across += strength * visible * demo_noise(u, v, w->seed + 2 * i + 1);
		}
		strength *= 0.72f;
		length *= 0.46f;
	}
	return slope;
}

static void wet_row(void *context, int index)
{
	const struct wetting *w = context;
	int y = w->first + index;
	int width = w->view->width;
	float size = (float)width;
	float focal = w->camera->focal * size;
	float horizon = w->camera->horizon * size;
	float down = fmaxf((float)y + 0.5f - horizon, 0.5f);

	float z = w->camera->height * focal / down;
	/* How deep one pixel row reaches into the distance. */
	float footprint = z / down;
	/* Seen from above the water shows its depth, seen flat it is a mirror. */
	float grazing = 1.0f - down / sqrtf(down * down + focal * focal);
	float mirrored = w->water->clarity * (0.10f + 0.90f * powf(grazing, 3.0f));

	for (int x = 0; x < width; x++) {
		float land = w->land[(size_t)y * (size_t)width + (size_t)x];

		if (land >= 1.0f)
			continue;
		float wx = ((float)x + 0.5f - size * 0.5f) / focal * z;
		struct slant slope = waves(w, wx, z, footprint);
		float reach =
			w->water->ripple * size * 0.022f * demo_smooth(0.0f, size * 0.06f, down);
		struct demo_rgb sum = {0};

		/* A wave smears the reflection up and down more than sideways. */
		for (int i = -1; i <= 1; i++) {
			float dy = slope.towards * reach + (float)i * reach * 0.25f;

			sum = demo_add(sum, demo_picture_at(w->mirror,
						    (float)x + 0.5f + slope.across * reach * 0.35f,
						    fmaxf((float)y + 0.5f + dy, horizon + 1.0f)));
		}
		struct demo_rgb colour = demo_mix(w->water->deep, demo_scale(sum, 1.0f / 3.0f),
			demo_clamp(mirrored * (1.0f - 0.25f * slope.towards), 0.0f, 1.0f));
		struct demo_rgb *pixel = demo_pixel(w->view, x, y);

		*pixel = demo_add(demo_scale(colour, 1.0f - land), *pixel);
	}
}

void demo_water_draw(const struct demo_water *water, const struct demo_camera *camera,
	uint32_t seed, const struct demo_picture *mirror, const float *land,
	struct demo_picture *view)
{
	struct wetting wetting = {.water = water,
		.camera = camera,
		.seed = seed,
		.mirror = mirror,
		.land = land,
		.view = view,
		.first = (int)(camera->horizon * (float)view->height)};

	demo_parallel(view->height - wetting.first, wet_row, &wetting);
}

#include "picture.h"

#include "parallel.h"

#include <stdio.h>
#include <stdlib.h>

void *demo_allocate(size_t count, size_t size)
{
	void *memory = count && size ? calloc(count, size) : NULL;

	if (!memory) {
		fputs("demo-data: this machine has not enough free memory to make the pictures\n",
			stderr);
		exit(1);
	}
	return memory;
}

struct demo_picture demo_picture_new(int width, int height)
{
	return (struct demo_picture){.width = width,
		.height = height,
		.pixels = demo_allocate((size_t)width * (size_t)height, sizeof(struct demo_rgb))};
}

void demo_picture_free(struct demo_picture *picture)
{
	free(picture->pixels);
	*picture = (struct demo_picture){0};
}

struct demo_rgb demo_picture_at(const struct demo_picture *picture, float x, float y)
{
	x = demo_clamp(x - 0.5f, 0.0f, (float)(picture->width - 1));
	y = demo_clamp(y - 0.5f, 0.0f, (float)(picture->height - 1));

	int left = (int)x;
	int top = (int)y;
	int right = left + 1 < picture->width ? left + 1 : left;
	int bottom = top + 1 < picture->height ? top + 1 : top;
	float along = x - (float)left;

	return demo_mix(
		demo_mix(*demo_pixel(picture, left, top), *demo_pixel(picture, right, top), along),
		demo_mix(*demo_pixel(picture, left, bottom), *demo_pixel(picture, right, bottom),
			along),
		y - (float)top);
}

/* 1 3 3 1 along a row or across rows. */
static inline struct demo_rgb tent(
	struct demo_rgb a, struct demo_rgb b, struct demo_rgb c, struct demo_rgb d)
{
	return demo_rgb(0.125f * (a.r + d.r) + 0.375f * (b.r + c.r),
		0.125f * (a.g + d.g) + 0.375f * (b.g + c.g),
		0.125f * (a.b + d.b) + 0.375f * (b.b + c.b));
}

static int border(int at, int size)
{
	return at < 0 ? 0 : at >= size ? size - 1 : at;
}

struct demo_picture demo_picture_half(const struct demo_picture *picture)
{
	struct demo_picture half = demo_picture_new(picture->width / 2, picture->height / 2);
	int width = picture->width;
	struct demo_rgb *row = demo_allocate((size_t)width, sizeof(*row));

	for (int y = 0; y < half.height; y++) {
		const struct demo_rgb *above =
			demo_pixel(picture, 0, border(2 * y - 1, picture->height));
		const struct demo_rgb *first = demo_pixel(picture, 0, 2 * y);
		const struct demo_rgb *second = demo_pixel(picture, 0, 2 * y + 1);
		const struct demo_rgb *below =
			demo_pixel(picture, 0, border(2 * y + 2, picture->height));
		struct demo_rgb *out = demo_pixel(&half, 0, y);

		for (int x = 0; x < width; x++)
			row[x] = tent(above[x], first[x], second[x], below[x]);
		for (int x = 0; x < half.width; x++)
			out[x] = tent(row[border(2 * x - 1, width)], row[2 * (size_t)x],
				row[2 * (size_t)x + 1], row[border(2 * x + 2, width)]);
	}
	free(row);
	return half;
}

static void double_row(const struct demo_rgb *from, int width, struct demo_rgb *into)
{
	for (int x = 0; x < width; x++) {
		struct demo_rgb left = from[border(x - 1, width)];
		struct demo_rgb right = from[border(x + 1, width)];

		*into++ = demo_mix(from[x], left, 0.25f);
		*into++ = demo_mix(from[x], right, 0.25f);
	}
}

void demo_picture_double(const struct demo_picture *picture, struct demo_picture *into)
{
	struct demo_rgb *mixed = demo_allocate((size_t)picture->width, sizeof(*mixed));

	for (int y = 0; y < into->height; y++) {
		int neighbour = border(y / 2 + (y % 2 ? 1 : -1), picture->height);
		const struct demo_rgb *near = demo_pixel(picture, 0, y / 2);
		const struct demo_rgb *far = demo_pixel(picture, 0, neighbour);

		for (int x = 0; x < picture->width; x++)
			mixed[x] = demo_mix(near[x], far[x], 0.25f);
		double_row(mixed, picture->width, demo_pixel(into, 0, y));
	}
	free(mixed);
}

static void add_halo(struct demo_picture *picture, const struct demo_picture *halo, float strength)
{
	size_t count = (size_t)picture->width * (size_t)picture->height;

	for (size_t i = 0; i < count; i++)
		picture->pixels[i] =
			demo_add(picture->pixels[i], demo_scale(halo->pixels[i], strength));
}

void demo_picture_bloom(struct demo_picture *picture, float threshold, float strength)
{
	enum { LEVELS = 6 };
	struct demo_picture halo[LEVELS];
	int made = 0;

	halo[0] = demo_picture_half(picture);
	for (size_t i = 0; i < (size_t)halo[0].width * (size_t)halo[0].height; i++) {
		struct demo_rgb *pixel = &halo[0].pixels[i];
		float luma = demo_luma(*pixel);
		float kept = luma > threshold ? 1.0f - threshold / luma : 0.0f;

		*pixel = demo_scale(*pixel, kept);
	}
	for (made = 1; made < LEVELS && halo[made - 1].width % 2 == 0 && halo[made - 1].width > 16;
		made++)
		halo[made] = demo_picture_half(&halo[made - 1]);
	while (--made > 0) {
		struct demo_picture wide =
			demo_picture_new(halo[made - 1].width, halo[made - 1].height);

		demo_picture_double(&halo[made], &wide);
		add_halo(&halo[made - 1], &wide, 1.0f);
		demo_picture_free(&wide);
		demo_picture_free(&halo[made]);
	}

	struct demo_picture full = demo_picture_new(picture->width, picture->height);

	demo_picture_double(&halo[0], &full);
	add_halo(picture, &full, strength);
	demo_picture_free(&full);
	demo_picture_free(&halo[0]);
}

struct exposing {
	struct demo_picture *picture;
	float exposure, vignette;
};

/* Straight in the shadows, bent towards 1 above 0.6. */
static float roll_off(float light)
{
	const float knee = 0.6f;

	if (light <= knee)
		return sqrtf(fmaxf(light, 0.0f));
	return sqrtf(
		knee + (1.0f - knee) * (1.0f - 1.0f / (1.0f + (light - knee) / (1.0f - knee))));
}

static void expose_row(void *context, int y)
{
	const struct exposing *e = context;
	float size = (float)e->picture->width;

	for (int x = 0; x < e->picture->width; x++) {
		float dx = ((float)x + 0.5f) / size - 0.5f;
		float dy = ((float)y + 0.5f) / size - 0.5f;
		float shade = 1.0f - e->vignette * demo_smooth(0.12f, 0.5f, dx * dx + dy * dy);
		struct demo_rgb *pixel = demo_pixel(e->picture, x, y);
		struct demo_rgb light = demo_scale(*pixel, e->exposure * shade);
		/* Very bright colours bleach towards white, as film does. */
		float excess = demo_clamp(demo_luma(light) - 1.0f, 0.0f, 4.0f) * 0.18f;

		light = demo_add(light, demo_rgb(excess, excess, excess));
		*pixel = demo_rgb(roll_off(light.r), roll_off(light.g), roll_off(light.b));
	}
}

void demo_picture_expose(struct demo_picture *picture, float exposure, float vignette)
{
	struct exposing e = {.picture = picture, .exposure = exposure, .vignette = vignette};

	demo_parallel(picture->height, expose_row, &e);
}

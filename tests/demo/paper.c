#include "paper.h"

#include "noise.h"
#include "parallel.h"

#include <string.h>

struct laying {
	const struct demo_paper *paper;
	const struct demo_mask *mask, *shadow;
	struct demo_picture *picture;
};

static float covered(const struct demo_mask *mask, int x, int y)
{
	x = x < 0 ? 0 : x >= mask->width ? mask->width - 1 : x;
	y = y < 0 ? 0 : y >= mask->height ? mask->height - 1 : y;
	return mask->coverage[(size_t)y * (size_t)(mask->width + 1) + (size_t)x];
}

static struct demo_rgb sheet(const struct demo_paper *paper, float u, float v)
{
	float fibre = demo_fbm(u * 130.0f, v * 170.0f, 3, paper->seed);
	float cloud = demo_fbm(u * 3.0f, v * 3.0f, 3, paper->seed + 5);

	return demo_scale(demo_mix(paper->top, paper->bottom, v),
		1.0f + 0.10f * fibre + 0.09f * cloud + 0.10f * (0.5f - u));
}

static void lay_row(void *context, int y)
{
	const struct laying *l = context;
	int width = l->picture->width;
	float size = (float)width;
	int offset = (int)(l->paper->height * size);
	int edge = width / 670 + 1;

	for (int x = 0; x < width; x++) {
		struct demo_rgb *pixel = demo_pixel(l->picture, x, y);
		float cover = covered(l->mask, x, y);
		float shadow = covered(l->shadow, x - offset * 2 / 3, y - offset);

		if (cover < 1.0f && shadow > 0.0f)
			*pixel = demo_multiply(
				*pixel, demo_mix(demo_rgb(1.0f, 1.0f, 1.0f),
						demo_rgb(0.26f, 0.22f, 0.34f), shadow));
		if (cover > 0.0f) {
			float rim = cover - covered(l->mask, x - edge, y - edge);
			struct demo_rgb colour =
				sheet(l->paper, ((float)x + 0.5f) / size, ((float)y + 0.5f) / size);

			colour = demo_scale(colour, 1.0f + 0.55f * fmaxf(rim, 0.0f));
			*pixel = demo_mix(*pixel, colour, cover);
		}
	}
}

void demo_paper_lay(
	const struct demo_paper *paper, struct demo_mask *mask, struct demo_picture *picture)
{
	struct demo_mask shadow = demo_mask_new(mask->width, mask->height);
	struct laying laying = {
		.paper = paper, .mask = mask, .shadow = &shadow, .picture = picture};

	memcpy(shadow.coverage, mask->coverage,
		(size_t)(mask->width + 1) * (size_t)mask->height * sizeof(float));
	demo_mask_blur(&shadow, (int)(paper->height * 0.75f * (float)picture->width));
	demo_parallel(picture->height, lay_row, &laying);
	demo_mask_free(&shadow);
	demo_mask_clear(mask);
}

void demo_paper_lay_around(
	const struct demo_paper *paper, struct demo_mask *mask, struct demo_picture *picture)
{
	for (int y = 0; y < mask->height; y++)
		for (int x = 0; x < mask->width; x++) {
			float *cover =
				&mask->coverage[(size_t)y * (size_t)(mask->width + 1) + (size_t)x];

			*cover = 1.0f - *cover;
		}
	mask->first = 0;
	mask->last = mask->height;
	mask->left = 0;
	mask->right = mask->width;
	demo_paper_lay(paper, mask, picture);
}

#include "shape.h"

#include <stdlib.h>
#include <string.h>

void demo_outline_free(struct demo_outline *outline)
{
	free(outline->points);
	*outline = (struct demo_outline){0};
}

void demo_outline_clear(struct demo_outline *outline)
{
	outline->count = 0;
}

void demo_outline_to(struct demo_outline *outline, float x, float y)
{
	if (outline->count == outline->capacity) {
		int capacity = outline->capacity ? 2 * outline->capacity : 64;
		struct demo_point *points = demo_allocate((size_t)capacity, sizeof(*points));

		if (outline->count)
			memcpy(points, outline->points, (size_t)outline->count * sizeof(*points));
		free(outline->points);
		outline->points = points;
		outline->capacity = capacity;
	}
	outline->points[outline->count++] = (struct demo_point){x, y};
}

void demo_outline_curve(
	struct demo_outline *outline, float x1, float y1, float x2, float y2, float x, float y)
{
	enum { PIECES = 24 };

	if (!outline->count)
		demo_outline_to(outline, x1, y1);

	struct demo_point start = outline->points[outline->count - 1];

	for (int i = 1; i <= PIECES; i++) {
		float t = (float)i / PIECES;
		float s = 1.0f - t;
		float a = s * s * s;
		float b = 3.0f * s * s * t;
		float c = 3.0f * s * t * t;
		float d = t * t * t;

		demo_outline_to(outline, a * start.x + b * x1 + c * x2 + d * x,
			a * start.y + b * y1 + c * y2 + d * y);
	}
}

struct demo_mask demo_mask_new(int width, int height)
{
	/* One column more than the picture, where an edge leaves what lies to its right. */
	return (struct demo_mask){.width = width,
		.height = height,
		.first = height,
		.left = width,
		.coverage = demo_allocate((size_t)(width + 1) * (size_t)height, sizeof(float))};
}

void demo_mask_free(struct demo_mask *mask)
{
	free(mask->coverage);
	*mask = (struct demo_mask){0};
}

void demo_mask_clear(struct demo_mask *mask)
{
	for (int y = mask->first; y < mask->last; y++)
		memset(&mask->coverage[(size_t)y * (size_t)(mask->width + 1) + (size_t)mask->left],
			0, (size_t)(mask->right + 1 - mask->left) * sizeof(float));
	mask->first = mask->height;
	mask->last = 0;
	mask->left = mask->width;
	mask->right = 0;
}

/*
 * Coverage by signed areas: each edge notes in its row by how much the covered part of the pixels
 * to its right grows or shrinks; the running sum of a row is then the exact covered area of each
 * pixel.
 */
static void note(float *row, int width, float from, float to, float amount)
{
	float low = demo_clamp(fminf(from, to), 0.0f, (float)width);
	float high = demo_clamp(fmaxf(from, to), 0.0f, (float)width);
	int first = (int)low;
	int last = (int)high;

	if (first >= width)
		return;
	if (last >= width)
		last = width - 1;
	if (first == last) {
		float share = (low + high) * 0.5f - (float)first;

		row[first] += amount * (1.0f - share);
		row[first + 1] += amount * share;
		return;
	}
	for (int x = first; x <= last; x++) {
		float left = fmaxf(low, (float)x);
		float right = fminf(high, (float)(x + 1));
		float part = amount * (right - left) / (high - low);
		float share = (left + right) * 0.5f - (float)x;

		row[x] += part * (1.0f - share);
		row[x + 1] += part * share;
	}
}

static void grow(struct demo_mask *mask, int first, int last, float left, float right)
{
	int from = (int)demo_clamp(left, 0.0f, (float)mask->width - 1.0f);
	int to = (int)demo_clamp(right, 0.0f, (float)mask->width - 1.0f) + 1;

	mask->first = mask->first < first ? mask->first : first;
	mask->last = mask->last > last ? mask->last : last;
	mask->left = mask->left < from ? mask->left : from;
	mask->right = mask->right > to ? mask->right : to;
}

static void add_edge(struct demo_mask *mask, struct demo_point a, struct demo_point b, float sign)
{
	if (a.y > b.y) {
		struct demo_point swapped = a;

		a = b;
		b = swapped;
		sign = -sign;
	}
	float top = fmaxf(a.y, 0.0f);
	float bottom = fminf(b.y, (float)mask->height);

	if (top >= bottom)
		return;
	float slant = (b.x - a.x) / (b.y - a.y);
	int last = (int)ceilf(bottom);

	grow(mask, (int)top, last, fminf(a.x, b.x), fmaxf(a.x, b.x));
	for (int y = (int)top; y < last; y++) {
		float from = fmaxf(top, (float)y);
		float to = fminf(bottom, (float)(y + 1));

		note(&mask->coverage[(size_t)y * (size_t)(mask->width + 1)], mask->width,
			a.x + (from - a.y) * slant, a.x + (to - a.y) * slant, sign * (to - from));
	}
}

void demo_mask_add(struct demo_mask *mask, const struct demo_outline *outline)
{
	float area = 0.0f;

	for (int i = 0; i < outline->count; i++) {
		struct demo_point a = outline->points[i];
		struct demo_point b = outline->points[(i + 1) % outline->count];

		area += (a.x - b.x) * (a.y + b.y);
	}
	/* All outlines run the same way round, so that overlaps add up instead of cancelling out.
	 */
	float sign = area < 0.0f ? -1.0f : 1.0f;

	for (int i = 0; i < outline->count; i++)
		add_edge(mask, outline->points[i], outline->points[(i + 1) % outline->count], sign);
}

void demo_mask_add_disc(struct demo_mask *mask, float x, float y, float radius)
{
	const float handle = 0.5523f * radius;
	struct demo_outline disc = {0};

	demo_outline_to(&disc, x + radius, y);
	demo_outline_curve(&disc, x + radius, y + handle, x + handle, y + radius, x, y + radius);
	demo_outline_curve(&disc, x - handle, y + radius, x - radius, y + handle, x - radius, y);
	demo_outline_curve(&disc, x - radius, y - handle, x - handle, y - radius, x, y - radius);
	demo_outline_curve(&disc, x + handle, y - radius, x + radius, y - handle, x + radius, y);
	demo_mask_add(mask, &disc);
	demo_outline_free(&disc);
}

void demo_mask_add_stroke(struct demo_mask *mask, struct demo_point from, float from_width,
	struct demo_point to, float to_width)
{
	float dx = to.x - from.x;
	float dy = to.y - from.y;
	float length = fmaxf(sqrtf(dx * dx + dy * dy), 1e-3f);
	float nx = -dy / length * 0.5f;
	float ny = dx / length * 0.5f;
	struct demo_point corners[4] = {
		{from.x + nx * from_width, from.y + ny * from_width},
		{to.x + nx * to_width, to.y + ny * to_width},
		{to.x - nx * to_width, to.y - ny * to_width},
		{from.x - nx * from_width, from.y - ny * from_width},
	};

	demo_mask_add(mask, &(struct demo_outline){.points = corners, .count = 4, .capacity = 4});
}

void demo_mask_add_polygon(struct demo_mask *mask, const struct demo_point *corners, int count,
	struct demo_point foot, float unit, float rise)
{
	struct demo_outline outline = {0};

	for (int i = 0; i < count; i++)
		demo_outline_to(&outline, foot.x + corners[i].x * unit,
			foot.y - corners[i].y * unit * rise);
	demo_mask_add(mask, &outline);
	demo_outline_free(&outline);
}

void demo_mask_finish(struct demo_mask *mask)
{
	for (int y = mask->first; y < mask->last; y++) {
		float *row = &mask->coverage[(size_t)y * (size_t)(mask->width + 1)];
		float sum = 0.0f;

		for (int x = mask->left; x < mask->right; x++) {
			sum += row[x];
			row[x] = fminf(fabsf(sum), 1.0f);
		}
		row[mask->right] = 0.0f;
	}
}

/* A running mean over 2 * radius + 1 values that lie `stride` apart. */
static void blur_line(float *line, int count, size_t stride, int radius, float *copy)
{
	float sum = 0.0f;
	float share = 1.0f / (float)(2 * radius + 1);

	for (int i = 0; i < count; i++)
		copy[i] = line[(size_t)i * stride];
	for (int i = -radius; i < radius; i++)
		sum += copy[i < 0 ? 0 : i >= count ? count - 1 : i];
	for (int i = 0; i < count; i++) {
		int entering = i + radius;
		int leaving = i - radius;

		sum += copy[entering >= count ? count - 1 : entering];
		line[(size_t)i * stride] = sum * share;
		sum -= copy[leaving < 0 ? 0 : leaving];
	}
}

void demo_mask_blur(struct demo_mask *mask, int radius)
{
	size_t pitch = (size_t)mask->width + 1;
	int longest = mask->width > mask->height ? mask->width : mask->height;
	float *copy = demo_allocate((size_t)longest, sizeof(*copy));

	if (radius < 1)
		radius = 1;
	for (int pass = 0; pass < 2; pass++) {
		for (int y = 0; y < mask->height; y++)
			blur_line(&mask->coverage[(size_t)y * pitch], mask->width, 1, radius, copy);
		for (int x = 0; x < mask->width; x++)
			blur_line(&mask->coverage[x], mask->height, pitch, radius, copy);
	}
	mask->first = 0;
	mask->last = mask->height;
	mask->left = 0;
	mask->right = mask->width;
	free(copy);
}

void demo_mask_paint(const struct demo_mask *mask, struct demo_picture *picture,
	struct demo_rgb colour, float opacity)
{
	for (int y = mask->first; y < mask->last; y++) {
		const float *row = &mask->coverage[(size_t)y * (size_t)(mask->width + 1)];

		for (int x = mask->left; x < mask->right; x++) {
			struct demo_rgb *pixel;

			if (row[x] <= 0.0f)
				continue;
			pixel = demo_pixel(picture, x, y);
			*pixel = demo_mix(*pixel, colour, row[x] * opacity);
		}
	}
}

/* Previews: how pictures are made small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "library/preview.h"
#include "picture_files.h"

/* --- Scaling ---------------------------------------------------------------------------------- */

static unsigned char *pixel(
	const struct library_picture *picture, unsigned i, unsigned x, unsigned y)
{
	return picture->planes[i] + picture->stride * y + x;
}

/* A picture whose value at each place `value` tells. */
static void paint(struct library_picture *picture, unsigned width, unsigned height,
	unsigned channels, unsigned (*value)(unsigned x, unsigned y, unsigned channel))
{
	struct error error;

	assert_true(library_picture_make(picture, width, height, channels, 0, &error));
	for (unsigned i = 0; i < channels; i++)
		for (unsigned y = 0; y < height; y++)
			for (unsigned x = 0; x < width; x++)
				*pixel(picture, i, x, y) = (unsigned char)value(x, y, i);
}

static unsigned flat(unsigned x, unsigned y, unsigned channel)
{
	(void)x;
	(void)y;
	return 10 + 73 * channel;
}

static unsigned ramp(unsigned x, unsigned y, unsigned channel)
{
	(void)y;
	(void)channel;
	return x / 6;
}

static unsigned edge(unsigned x, unsigned y, unsigned channel)
{
	(void)y;
	(void)channel;
	return x < 700 ? 50 : 200;
}

/* Left of 400 a red that is fully transparent, right of it an opaque blue. */
static unsigned half_transparent(unsigned x, unsigned y, unsigned channel)
{
	(void)y;
	switch (channel) {
	case 0:
		return x < 400 ? 255 : 0;
	case 1:
		return 0;
	default:
		return x < 400 ? 0 : 255;
	}
}

static void scale(struct library_picture *picture, unsigned width, unsigned height,
	struct library_picture *scaled)
{
	struct error error;

	assert_true(library_picture_scale(picture, width, height, scaled, &error));
	library_picture_free(picture);
}

static void a_flat_colour_stays_exactly_that_colour(void **state)
{
	static const unsigned sizes[][4] = {{1344, 1344, 512, 512}, {1344, 900, 1024, 686},
		{1000, 1000, 999, 999}, {7, 5, 3, 2}, {640, 640, 640, 640}, {5000, 3, 256, 1},
		{1, 1, 1, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (unsigned channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1) {
			struct library_picture picture;
			struct library_picture scaled;

			paint(&picture, sizes[i][0], sizes[i][1], channels, flat);
			scale(&picture, sizes[i][2], sizes[i][3], &scaled);
			assert_int_equal(scaled.width, sizes[i][2]);
			assert_int_equal(scaled.height, sizes[i][3]);
			for (unsigned c = 0; c < channels; c++)
				for (unsigned y = 0; y < scaled.height; y++)
					for (unsigned x = 0; x < scaled.width; x++)
						/* Colours under opacity are multiplied and divided.
						 */
						assert_in_range(*pixel(&scaled, c, x, y),
							flat(x, y, c) - (channels == 4),
							flat(x, y, c) + (channels == 4));
			library_picture_free(&scaled);
		}
}

static void a_gradient_keeps_its_order(void **state)
{
	struct library_picture picture;
	struct library_picture scaled;

	(void)state;
	paint(&picture, 1500, 40, 3, ramp);
	scale(&picture, 512, 14, &scaled);
	for (unsigned x = 0; x < 512; x++) {
		unsigned exact = (unsigned)((x + 0.5) * 1500 / 512 / 6);

		if (x)
			assert_true(*pixel(&scaled, 0, x, 7) >= *pixel(&scaled, 0, x - 1, 7));
		assert_in_range(*pixel(&scaled, 0, x, 7), exact ? exact - 1 : 0, exact + 1);
	}
	library_picture_free(&scaled);
}

static void an_edge_has_no_halo(void **state)
{
	struct library_picture picture;
	struct library_picture scaled;

	(void)state;
	paint(&picture, 1344, 40, 1, edge);
	scale(&picture, 512, 15, &scaled);
	for (unsigned x = 0; x < 512; x++)
		assert_in_range(*pixel(&scaled, 0, x, 7), 50 - 4, 200 + 4);
	library_picture_free(&scaled);
}

static void colours_do_not_bleed_out_of_what_is_transparent(void **state)
{
	struct library_picture picture;
	struct library_picture scaled;

	(void)state;
	paint(&picture, 801, 60, 4, half_transparent);
	scale(&picture, 256, 19, &scaled);
	for (unsigned x = 0; x < 256; x++)
		if (*pixel(&scaled, 3, x, 9) > 8) {
			assert_in_range(*pixel(&scaled, 0, x, 9), 0, 2);
			assert_in_range(*pixel(&scaled, 2, x, 9), 253, 255);
		}
	assert_int_equal(*pixel(&scaled, 3, 10, 9), 0);
	assert_int_equal(*pixel(&scaled, 3, 250, 9), 255);
	library_picture_free(&scaled);
}

/* --- Previews --------------------------------------------------------------------------------- */

static unsigned opaque(unsigned x, unsigned y, unsigned channel)
{
	return channel == 3 ? 255 : x + y;
}

static unsigned transparent(unsigned x, unsigned y, unsigned channel)
{
	return channel == 3 ? x % 256 : x + y;
}

/* An image file: JPEG, or WebP where there are four channels. */
static void write_image(struct buffer *file, unsigned width, unsigned height, unsigned channels,
	unsigned (*value)(unsigned x, unsigned y, unsigned channel))
{
	struct library_picture picture;
	struct error error;

	paint(&picture, width, height, channels, value);
	buffer_init(file, LIMIT_PICTURE_FILE);
	if (channels == 4)
		assert_true(library_picture_write_webp(&picture, file, &error));
	else
		assert_true(library_picture_write_jpeg(&picture, file, &error));
	library_picture_free(&picture);
}

static void make_preview(const struct buffer *file, unsigned width, enum library_preview_type *type,
	struct library_picture *result)
{
	struct library_picture_source source = {.bytes = buffer_text(file)};
	struct library_preview preview;
	struct error error;

	assert_true(library_preview_make(&source, width, &preview, &error));
	source.bytes = buffer_text(&preview.bytes);
	assert_true(library_picture_read(&source, result, &error));
	*type = preview.type;
	buffer_free(&preview.bytes);
}

static void previews_have_the_width_asked_for_and_never_grow(void **state)
{
	static const unsigned cases[][5] = {
		/* width, height, asked for; width, height of the preview */
		{1344, 1344, 512, 512, 512},
		{1344, 768, 1024, 1024, 585},
		{300, 200, 512, 300, 200},
		{512, 300, 512, 512, 300},
		{2000, 1, 256, 256, 1},
		{100, 4000, 256, 26, 1024},
		{1000, 9000, 256, 114, 1024},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct library_picture picture;
		enum library_preview_type type;
		struct buffer file;

		write_image(&file, cases[i][0], cases[i][1], 3, flat);
		make_preview(&file, cases[i][2], &type, &picture);
		assert_int_equal(type, LIBRARY_PREVIEW_JPEG);
		assert_int_equal(picture.width, cases[i][3]);
		assert_int_equal(picture.height, cases[i][4]);
		library_picture_free(&picture);
		buffer_free(&file);
	}
}

static void the_width_is_that_of_the_upright_image(void **state)
{
	struct jpeg_options options = {
		.components = 3, .orientation = 6, .width = 1000, .height = 400};
	struct library_picture picture;
	enum library_preview_type type;
	struct buffer file;

	(void)state;
	picture_write_jpeg(&file, &options);
	make_preview(&file, 256, &type, &picture);
	assert_int_equal(picture.width, 256);
	assert_int_equal(picture.height, 640);
	assert_int_equal(picture.orientation, 1);
	library_picture_free(&picture);
	buffer_free(&file);
}

static void only_what_is_transparent_becomes_webp(void **state)
{
	static const struct {
		unsigned channels;
		unsigned (*value)(unsigned x, unsigned y, unsigned channel);
		enum library_preview_type type;
		unsigned result;
	} cases[] = {
		{1, opaque, LIBRARY_PREVIEW_JPEG, 1},
		{3, opaque, LIBRARY_PREVIEW_JPEG, 3},
		{4, opaque, LIBRARY_PREVIEW_JPEG, 3},
		{4, transparent, LIBRARY_PREVIEW_WEBP, 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct library_picture picture;
		enum library_preview_type type;
		struct buffer file;

		write_image(&file, 300, 100, cases[i].channels, cases[i].value);
		make_preview(&file, 256, &type, &picture);
		assert_int_equal(type, cases[i].type);
		assert_int_equal(picture.channels, cases[i].result);
		library_picture_free(&picture);
		buffer_free(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flat_colour_stays_exactly_that_colour),
		cmocka_unit_test(a_gradient_keeps_its_order),
		cmocka_unit_test(an_edge_has_no_halo),
		cmocka_unit_test(colours_do_not_bleed_out_of_what_is_transparent),
		cmocka_unit_test(previews_have_the_width_asked_for_and_never_grow),
		cmocka_unit_test(the_width_is_that_of_the_upright_image),
		cmocka_unit_test(only_what_is_transparent_becomes_webp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Pictures: what every kind of file decodes to, and that damaged and hostile ones are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "library/picture_formats.h"
#include "picture_files.h"

static bool read_bytes(struct text bytes, struct library_picture *picture, struct error *error)
{
	struct library_picture_source source = {.bytes = bytes};

	*error = (struct error){0};
	return library_picture_read(&source, picture, error);
}

static void must_read(const struct buffer *file, struct library_picture *picture)
{
	struct error error;

	if (!read_bytes(buffer_text(file), picture, &error))
		fail_msg("%s: %s", error.code, error.cause);
}

/* --- Tests ------------------------------------------------------------------------------------ */

/* The 8-bit value that a sample must become. */
static unsigned expected(unsigned x, unsigned y, unsigned channel, unsigned depth)
{
	unsigned value = picture_sample(x, y, channel, depth);
	unsigned most = (1U << depth) - 1;

	return (value * 255 + most / 2) / most;
}

static void check_png(const struct png_options *options, unsigned channels)
{
	struct library_picture picture;
	struct buffer file;

	picture_write_png(&file, options);
	must_read(&file, &picture);
	assert_int_equal(picture.width, PICTURE_WIDTH);
	assert_int_equal(picture.height, PICTURE_HEIGHT);
	assert_int_equal(picture.channels, channels);
	for (unsigned i = 0; i < PICTURE_WIDTH * PICTURE_HEIGHT * channels; i++) {
		unsigned channel = i % channels;
		unsigned x = i / channels % PICTURE_WIDTH;
		unsigned y = i / channels / PICTURE_WIDTH;
		unsigned from = options->type == PNG_COLOR_TYPE_GRAY_ALPHA ? channel == 3 : channel;
		unsigned wanted = expected(x, y, from, options->depth);

		if (options->type == PNG_COLOR_TYPE_PALETTE) {
			wanted = picture_sample(x, y, 0, options->depth);
			wanted = channel == 0 ? wanted : channel == 1 ? 255 - wanted : wanted ^ 85;
		}
		assert_int_equal(picture.planes[channel][y * picture.stride + x], wanted);
	}
	library_picture_free(&picture);
	buffer_free(&file);
}

static void every_type_of_png_decodes(void **state)
{
	static const struct {
		int type;
		unsigned depth;
		unsigned channels;
	} cases[] = {
		{PNG_COLOR_TYPE_GRAY, 1, 1},
		{PNG_COLOR_TYPE_GRAY, 2, 1},
		{PNG_COLOR_TYPE_GRAY, 4, 1},
		{PNG_COLOR_TYPE_GRAY, 8, 1},
		{PNG_COLOR_TYPE_GRAY, 16, 1},
		{PNG_COLOR_TYPE_RGB, 8, 3},
		{PNG_COLOR_TYPE_RGB, 16, 3},
		{PNG_COLOR_TYPE_PALETTE, 1, 3},
		{PNG_COLOR_TYPE_PALETTE, 4, 3},
		{PNG_COLOR_TYPE_PALETTE, 8, 3},
		{PNG_COLOR_TYPE_GRAY_ALPHA, 8, 4},
		{PNG_COLOR_TYPE_GRAY_ALPHA, 16, 4},
		{PNG_COLOR_TYPE_RGB_ALPHA, 8, 4},
		{PNG_COLOR_TYPE_RGB_ALPHA, 16, 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int interlaced = 0; interlaced < 2; interlaced++)
			check_png(&(struct png_options){.type = cases[i].type,
					  .depth = cases[i].depth,
					  .interlaced = interlaced},
				cases[i].channels);
}

static void transparency_of_palettes_and_greys_becomes_opacity(void **state)
{
	static const int types[] = {PNG_COLOR_TYPE_PALETTE, PNG_COLOR_TYPE_GRAY};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct png_options options = {.type = types[i], .depth = 4, .transparent = true};
		struct library_picture picture;
		struct buffer file;

		picture_write_png(&file, &options);
		must_read(&file, &picture);
		assert_int_equal(picture.channels, 4);
		for (unsigned y = 0; y < PICTURE_HEIGHT; y++)
			for (unsigned x = 0; x < PICTURE_WIDTH; x++) {
				unsigned value = picture_sample(x, y, 0, 4);
				unsigned wanted = value == 0 ? 0 : value == 1 && i == 0 ? 100 : 255;

				assert_int_equal(picture.planes[3][y * picture.stride + x], wanted);
			}
		library_picture_free(&picture);
		buffer_free(&file);
	}
}

/*
 * A grey of one half, linear, is 188 by sRGB's curve and 186 by the power that libpng takes for it;
 * sRGB's own gamma changes nothing.
 */
static void gamma_is_applied(void **state)
{
	static const struct {
		double gamma;
		unsigned wanted;
	} cases[] = {{1.0, 187}, {0.45455, 128}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct png_options options = {
			.type = PNG_COLOR_TYPE_GRAY, .depth = 8, .gamma = cases[i].gamma};
		struct library_picture picture;
		struct buffer file;
		bool found = false;

		picture_write_png(&file, &options);
		must_read(&file, &picture);
		for (unsigned x = 0; x < PICTURE_WIDTH * PICTURE_HEIGHT && !found; x++)
			if (picture_sample(x % PICTURE_WIDTH, x / PICTURE_WIDTH, 0, 8) == 128) {
				size_t at = x / PICTURE_WIDTH * picture.stride + x % PICTURE_WIDTH;

				assert_in_range(picture.planes[0][at], cases[i].wanted - 1,
					cases[i].wanted + 1);
				found = true;
			}
		assert_true(found);
		library_picture_free(&picture);
		buffer_free(&file);
	}
}

static void jpegs_of_every_kind_decode(void **state)
{
	/* Inks are stored inverted: 200 is little of it. */
	static const struct {
		struct jpeg_options options;
		unsigned channels;
		unsigned wanted[3];
	} cases[] = {
		{{.components = 1, .colour = {90}}, 1, {90}},
		{{.components = 3, .colour = {200, 100, 50}}, 3, {200, 100, 50}},
		{{.components = 3, .colour = {20, 100, 250}, .progressive = true}, 3,
			{20, 100, 250}},
		{{.components = 4, .colour = {200, 100, 50, 255}}, 3, {200, 100, 50}},
		{{.components = 4, .colour = {255, 255, 255, 60}}, 3, {60, 60, 60}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct library_picture picture;
		struct buffer file;

		picture_write_jpeg(&file, &cases[i].options);
		must_read(&file, &picture);
		assert_int_equal(picture.width, PICTURE_WIDTH);
		assert_int_equal(picture.height, PICTURE_HEIGHT);
		assert_int_equal(picture.channels, cases[i].channels);
		for (unsigned channel = 0; channel < picture.channels; channel++)
			for (unsigned y = 0; y < PICTURE_HEIGHT; y++)
				for (unsigned x = 0; x < PICTURE_WIDTH; x++)
					assert_in_range(
						picture.planes[channel][y * picture.stride + x],
						cases[i].wanted[channel] - 3,
						cases[i].wanted[channel] + 3);
		library_picture_free(&picture);
		buffer_free(&file);
	}
}

static void a_large_jpeg_is_decoded_small(void **state)
{
	static const unsigned sides[][2] = {{0, 800}, {500, 800}, {300, 400}, {101, 200}, {1, 100}};
	struct jpeg_options options = {
		.components = 3, .colour = {9, 9, 9}, .width = 1024, .height = 800};
	struct buffer file;

	(void)state;
	picture_write_jpeg(&file, &options);
	for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
		struct library_picture_source source = {
			.bytes = buffer_text(&file), .least_side = sides[i][0]};
		struct library_picture picture;
		struct error error;

		assert_true(library_picture_read(&source, &picture, &error));
		assert_int_equal(picture.height, sides[i][1]);
		library_picture_free(&picture);
	}
	buffer_free(&file);
}

static void webps_decode_animations_by_their_first_picture(void **state)
{
	(void)state;
	for (int animated = 0; animated < 2; animated++) {
		struct library_picture picture;
		struct buffer file;

		if (animated)
			picture_write_animation(&file);
		else
			picture_write_webp(&file, true);
		must_read(&file, &picture);
		assert_int_equal(picture.channels, 4);
		for (unsigned y = 0; y < PICTURE_HEIGHT; y++)
			for (unsigned x = 0; x < PICTURE_WIDTH; x++)
				for (unsigned i = 0; i < 4; i++)
					assert_int_equal(picture.planes[i][y * picture.stride + x],
						i == 3 ? 1 + x + y : picture_sample(x, y, i, 8));
		library_picture_free(&picture);
		buffer_free(&file);
	}
}

static void orientation_is_read(void **state)
{
	(void)state;
	for (unsigned orientation = 1; orientation <= 9; orientation++) {
		struct png_options png = {
			.type = PNG_COLOR_TYPE_RGB, .depth = 8, .orientation = orientation};
		struct jpeg_options jpeg = {.components = 1, .orientation = orientation};

		for (int i = 0; i < 2; i++) {
			struct library_picture picture;
			struct buffer file;

			if (i)
				picture_write_jpeg(&file, &jpeg);
			else
				picture_write_png(&file, &png);
			must_read(&file, &picture);
			assert_int_equal(picture.orientation, orientation == 9 ? 1 : orientation);
			library_picture_free(&picture);
			buffer_free(&file);
		}
	}
}

#define PROFILE_SIZE 400

static void put(char *to, struct text bytes)
{
	memcpy(to, bytes.at, bytes.length);
}

/* A profile of one tag, in which libpng finds nothing to object to. */
static struct text profile_of(char bytes[static PROFILE_SIZE], const char *space)
{
	memset(bytes, 0, PROFILE_SIZE);
	for (unsigned i = 144; i < PROFILE_SIZE; i++)
		bytes[i] = (char)picture_sample(i, i, 0, 8);
	put(bytes + 2, TEXT("\x01\x90"));
	bytes[8] = 2;
	put(bytes + 12, TEXT("mntr"));
	put(bytes + 16, (struct text){space, 4});
	put(bytes + 20, TEXT("XYZ "));
	put(bytes + 36, TEXT("acsp"));
	put(bytes + 68, TEXT("\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d"));
	bytes[131] = 1;
	put(bytes + 132, TEXT("desc\0\0\0\x90\0\0\1\0"));
	return (struct text){bytes, PROFILE_SIZE};
}

static void profiles_of_the_same_colours_are_kept(void **state)
{
	char bytes[PROFILE_SIZE];
	struct text rgb = profile_of(bytes, "RGB ");
	struct png_options png = {.type = PNG_COLOR_TYPE_RGB, .depth = 8, .profile = rgb};
	struct jpeg_options jpeg = {.components = 3, .profile = rgb};
	struct jpeg_options grey = {.components = 1, .profile = rgb};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct library_picture picture;
		struct buffer file;

		if (i == 0)
			picture_write_png(&file, &png);
		else
			picture_write_jpeg(&file, i == 1 ? &jpeg : &grey);
		must_read(&file, &picture);
		if (i == 2)
			assert_int_equal(picture.profile.length, 0);
		else
			assert_true(text_equal(buffer_text(&picture.profile), rgb));
		library_picture_free(&picture);
		buffer_free(&file);
	}
}

/* Where the first pixel of the stored picture is seen, and the one to its right. */
static void pictures_are_turned_upright(void **state)
{
	static const struct {
		unsigned first[2];
		unsigned second[2];
	} seen[] = {
		[1] = {{0, 0}, {1, 0}},
		[2] = {{2, 0}, {1, 0}},
		[3] = {{2, 1}, {1, 1}},
		[4] = {{0, 1}, {1, 1}},
		[5] = {{0, 0}, {0, 1}},
		[6] = {{1, 0}, {1, 1}},
		[7] = {{1, 2}, {1, 1}},
		[8] = {{0, 2}, {0, 1}},
	};

	(void)state;
	for (unsigned orientation = 1; orientation <= 8; orientation++) {
		struct library_picture picture;
		struct error error;

		assert_true(library_picture_make(&picture, 3, 2, 1, 0, &error));
		library_picture_put_row(&picture, 0, (const unsigned char[]){1, 2, 0});
		library_picture_put_row(&picture, 1, (const unsigned char[]){0, 0, 0});
		picture.orientation = orientation;
		assert_true(library_picture_turn(&picture, &error));
		assert_int_equal(picture.orientation, 1);
		assert_int_equal(picture.width, orientation > 4 ? 2 : 3);
		assert_int_equal(picture.height, orientation > 4 ? 3 : 2);
		assert_int_equal(picture.planes[0][seen[orientation].first[1] * picture.stride +
						   seen[orientation].first[0]],
			1);
		assert_int_equal(picture.planes[0][seen[orientation].second[1] * picture.stride +
						   seen[orientation].second[0]],
			2);
		library_picture_free(&picture);
	}
}

static void assert_refused(struct text bytes, const char *code)
{
	struct library_picture picture;
	struct error error;

	assert_false(read_bytes(bytes, &picture, &error));
	assert_string_equal(error.code, code);
}

static void sizes_out_of_bounds_are_refused_before_memory_is_taken(void **state)
{
	static const uint32_t sizes[][2] = {{100000, 100000}, {32768, 32768}, {8193, 8192},
		{1, 32769}, {2000000000, 1}, {0x7fffffff, 0x7fffffff}};
	struct buffer file;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		picture_write_header(&file, sizes[i][0], sizes[i][1]);
		assert_refused(buffer_text(&file), "picture_too_large");
		buffer_free(&file);
	}
	picture_write_header(&file, 0, 5);
	assert_refused(buffer_text(&file), "damaged_file");
	buffer_free(&file);
	/* A JPEG's size stands in its SOF0 marker. */
	picture_write_jpeg(&file, &(struct jpeg_options){.components = 3});
	for (size_t i = 0; i + 9 < file.length; i++)
		if (memcmp(file.bytes + i, "\xff\xc0\0\x11\x08", 5) == 0)
			memcpy(file.bytes + i + 5, "\xff\xdc\xff\xdc", 4);
	assert_refused(buffer_text(&file), "picture_too_large");
	buffer_free(&file);
}

static void other_contents_are_no_images(void **state)
{
	(void)state;
	assert_refused(TEXT("GIF89a..............."), "not_an_image");
	assert_refused(TEXT("<!doctype html><html>"), "not_an_image");
	assert_refused(TEXT("RIFF\x10\0\0\0WAVEfmt ...."), "not_an_image");
	assert_refused(TEXT(""), "file_incomplete");
	assert_refused(TEXT("\x89PNG"), "file_incomplete");
}

/* Every kind of file that the tests below cut and spoil. */
static void write_kind(int kind, struct buffer *file)
{
	switch (kind) {
	case 0:
		picture_write_png(
			file, &(struct png_options){.type = PNG_COLOR_TYPE_RGB_ALPHA, .depth = 8});
		break;
	case 1:
		picture_write_png(file, &(struct png_options){.type = PNG_COLOR_TYPE_PALETTE,
						.depth = 4,
						.interlaced = true,
						.orientation = 6});
		break;
	case 2:
		picture_write_jpeg(
			file, &(struct jpeg_options){
				      .components = 3, .colour = {1, 2, 3}, .orientation = 3});
		break;
	case 3:
		picture_write_jpeg(
			file, &(struct jpeg_options){.components = 4, .progressive = true});
		break;
	case 4:
		picture_write_webp(file, false);
		break;
	case 5:
		picture_write_webp(file, true);
		break;
	default:
		picture_write_animation(file);
		break;
	}
}

#define KINDS 7

/* Cut off anywhere before its last pixel, a file has ended too early. */
static void files_that_end_too_early_are_incomplete(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		struct buffer file;
		size_t readable = 0;

		write_kind(kind, &file);
		for (size_t length = 0; length < file.length; length++) {
			/* In memory of its own, so that a read past its end is noticed. */
			char *part = malloc(length ? length : 1);
			struct library_picture picture;
			struct error error;

			assert_non_null(part);
			memcpy(part, file.bytes, length);
			if (read_bytes((struct text){part, length}, &picture, &error)) {
				library_picture_free(&picture);
				readable++;
			} else {
				assert_string_equal(error.code, "file_incomplete");
			}
			free(part);
		}
		/* A PNG's IEND, and metadata before it, may be missing. */
		assert_in_range(readable, 0, 50);
		buffer_free(&file);
	}
}

/* Changes one byte; a second time, changes it back. */
static void spoil(struct buffer *file, size_t at)
{
	file->bytes[at] = (char)((unsigned char)file->bytes[at] ^ (1 + at % 255));
}

static void spoilt_files_are_read_or_refused(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		struct buffer file;
		size_t refused = 0;

		write_kind(kind, &file);
		for (size_t i = 0; i < file.length; i++) {
			struct library_picture picture;
			struct error error;

			spoil(&file, i);
			if (read_bytes(buffer_text(&file), &picture, &error)) {
				library_picture_free(&picture);
			} else {
				assert_int_not_equal(error.kind, ERROR_NONE);
				assert_int_not_equal(error.kind, ERROR_SYSTEM);
				refused++;
			}
			spoil(&file, i);
		}
		assert_int_not_equal(refused, 0);
		buffer_free(&file);
	}
}

/* The last scan of a progressive file, again and again: a few bytes each, a whole pass of work. */
static void endless_scans_are_refused(void **state)
{
	struct buffer file;
	struct buffer bomb;
	size_t scan = 0;

	(void)state;
	picture_write_jpeg(&file, &(struct jpeg_options){.components = 1, .progressive = true});
	for (size_t i = 0; i + 1 < file.length; i++)
		if (memcmp(file.bytes + i, "\xff\xda", 2) == 0)
			scan = i;
	assert_int_not_equal(scan, 0);
	buffer_init(&bomb, 1 << 20);
	buffer_append(&bomb, text_head(buffer_text(&file), file.length - 2));
	for (int i = 0; i < 2 * LIMIT_PICTURE_SCANS; i++)
		buffer_append(&bomb, (struct text){file.bytes + scan, file.length - 2 - scan});
	buffer_append(&bomb, TEXT("\xff\xd9"));
	assert_refused(buffer_text(&bomb), "damaged_file");
	buffer_free(&file);
	buffer_free(&bomb);
}

static bool no_longer(void *context)
{
	(void)context;
	return true;
}

static void decoding_ends_when_nobody_waits(void **state)
{
	(void)state;
	/* An animation is decoded in one step. */
	for (int kind = 0; kind < KINDS - 1; kind++) {
		struct library_picture_source source = {.is_abandoned = no_longer};
		struct library_picture picture;
		struct buffer file;
		struct error error;

		write_kind(kind, &file);
		source.bytes = buffer_text(&file);
		assert_false(library_picture_read(&source, &picture, &error));
		assert_string_equal(error.code, "abandoned");
		buffer_free(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_of_png_decodes),
		cmocka_unit_test(transparency_of_palettes_and_greys_becomes_opacity),
		cmocka_unit_test(gamma_is_applied),
		cmocka_unit_test(jpegs_of_every_kind_decode),
		cmocka_unit_test(a_large_jpeg_is_decoded_small),
		cmocka_unit_test(webps_decode_animations_by_their_first_picture),
		cmocka_unit_test(orientation_is_read),
		cmocka_unit_test(profiles_of_the_same_colours_are_kept),
		cmocka_unit_test(pictures_are_turned_upright),
		cmocka_unit_test(sizes_out_of_bounds_are_refused_before_memory_is_taken),
		cmocka_unit_test(other_contents_are_no_images),
		cmocka_unit_test(files_that_end_too_early_are_incomplete),
		cmocka_unit_test(spoilt_files_are_read_or_refused),
		cmocka_unit_test(endless_scans_are_refused),
		cmocka_unit_test(decoding_ends_when_nobody_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

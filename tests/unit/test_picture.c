/* Pictures: what every kind of file decodes to, and that damaged and hostile ones are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

#include "base/limits.h"
#include "library/picture_formats.h"

#define WIDTH  37U
#define HEIGHT 29U

/* --- Files ------------------------------------------------------------------------------------ */

/* A picture of any depth and number of channels; the values differ from pixel to pixel. */
static unsigned sample_at(unsigned x, unsigned y, unsigned channel, unsigned depth)
{
	return (x * 7 + y * 13 + channel * 71 + x * y) * 97 % (1U << depth);
}

static void take_png(png_structp png, png_bytep bytes, size_t length)
{
	buffer_append(png_get_io_ptr(png), (struct text){(const char *)bytes, length});
}

static void keep_png(png_structp png)
{
	(void)png;
}

struct png_options {
	int type;
	unsigned depth;
	bool interlaced;
	double gamma;	      /* 0: none */
	bool transparent;     /* a tRNS chunk: the palette's first colours; the grey of value 0 */
	unsigned orientation; /* 0: no eXIf */
	struct text profile;
};

static void set_options(png_structp png, png_infop info, const struct png_options *options)
{
	static const png_byte opacity[] = {0, 100, 200};
	png_byte exif[26] = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0";
	png_color palette[256];

	png_set_IHDR(png, info, WIDTH, HEIGHT, (int)options->depth, options->type,
		options->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
		PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	for (unsigned i = 0; i < 256; i++)
		palette[i] = (png_color){(png_byte)i, (png_byte)(255 - i), (png_byte)(i ^ 85)};
	if (options->type == PNG_COLOR_TYPE_PALETTE)
		png_set_PLTE(png, info, palette, 1 << options->depth);
	if (options->transparent)
		png_set_tRNS(png, info, opacity, options->type == PNG_COLOR_TYPE_PALETTE ? 2 : 0,
			&(png_color_16){0});
	if (options->gamma > 0)
		png_set_gAMA(png, info, options->gamma);
	exif[19] = (png_byte)options->orientation;
	if (options->orientation)
		png_set_eXIf_1(png, info, sizeof(exif), exif);
	if (options->profile.length)
		png_set_iCCP(png, info, "test", 0, (const png_byte *)options->profile.at,
			(png_uint_32)options->profile.length);
}

static void fill_row(png_bytep row, unsigned y, unsigned channels, unsigned depth)
{
	memset(row, 0, WIDTH * channels * 2);
	for (unsigned i = 0; i < WIDTH * channels; i++) {
		unsigned value = sample_at(i / channels, y, i % channels, depth);

		if (depth == 16) {
			row[2 * i] = (png_byte)(value >> 8);
			row[2 * i + 1] = (png_byte)value;
		} else {
			row[i * depth / 8] |= (png_byte)(value << (8 - depth - i * depth % 8));
		}
	}
}

static void write_png(struct buffer *out, const struct png_options *options)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_byte rows[HEIGHT][WIDTH * 8];
	png_bytep pointers[HEIGHT];
	unsigned channels;

	buffer_init(out, 1 << 20);
	png_set_write_fn(png, out, take_png, keep_png);
	set_options(png, info, options);
	channels = png_get_channels(png, info);
	for (unsigned y = 0; y < HEIGHT; y++) {
		fill_row(rows[y], y, channels, options->depth);
		pointers[y] = rows[y];
	}
	png_set_rows(png, info, pointers);
	png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
	png_destroy_write_struct(&png, &info);
}

struct jpeg_options {
	int components; /* 1, 3, or 4 for inks */
	bool progressive;
	unsigned orientation; /* 0: no EXIF */
	unsigned width;	      /* 0: WIDTH x HEIGHT */
	unsigned height;
	JSAMPLE colour[4]; /* of all pixels */
	struct text profile;
};

static void write_jpeg(struct buffer *out, const struct jpeg_options *options)
{
	static const J_COLOR_SPACE spaces[] = {0, JCS_GRAYSCALE, JCS_UNKNOWN, JCS_RGB, JCS_CMYK};
	unsigned char exif[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0";
	struct jpeg_compress_struct encoder;
	struct jpeg_error_mgr errors;
	unsigned char *bytes = NULL;
	unsigned long length = 0;
	JSAMPLE row[1024 * 4];
	JSAMPROW pointer = row;

	encoder.err = jpeg_std_error(&errors);
	jpeg_create_compress(&encoder);
	jpeg_mem_dest(&encoder, &bytes, &length);
	encoder.image_width = options->width ? options->width : WIDTH;
	encoder.image_height = options->height ? options->height : HEIGHT;
	encoder.input_components = options->components;
	encoder.in_color_space = spaces[options->components];
	jpeg_set_defaults(&encoder);
	jpeg_set_quality(&encoder, 95, TRUE);
	if (options->progressive)
		jpeg_simple_progression(&encoder);
	jpeg_start_compress(&encoder, TRUE);
	exif[24] = (unsigned char)options->orientation;
	if (options->orientation)
		jpeg_write_marker(&encoder, JPEG_APP0 + 1, exif, sizeof(exif));
	if (options->profile.length)
		jpeg_write_icc_profile(&encoder, (const JOCTET *)options->profile.at,
			(unsigned)options->profile.length);
	for (size_t i = 0; i < sizeof(row); i++)
		row[i] = options->colour[i % (unsigned)options->components];
	while (encoder.next_scanline < encoder.image_height)
		(void)jpeg_write_scanlines(&encoder, &pointer, 1);
	jpeg_finish_compress(&encoder);
	jpeg_destroy_compress(&encoder);
	buffer_init(out, 1 << 20);
	buffer_append(out, (struct text){(const char *)bytes, length});
	free(bytes);
}

static void write_webp(struct buffer *out, bool lossless)
{
	uint8_t pixels[HEIGHT][WIDTH][4];
	uint8_t *bytes;
	size_t length;

	for (unsigned y = 0; y < HEIGHT; y++)
		for (unsigned x = 0; x < WIDTH; x++)
			for (unsigned i = 0; i < 4; i++)
				pixels[y][x][i] =
					(uint8_t)(i == 3 ? 1 + (x + y) : sample_at(x, y, i, 8));
	length = lossless ? WebPEncodeLosslessRGBA(pixels[0][0], WIDTH, HEIGHT, WIDTH * 4, &bytes)
			  : WebPEncodeRGBA(pixels[0][0], WIDTH, HEIGHT, WIDTH * 4, 90, &bytes);
	buffer_init(out, 1 << 20);
	buffer_append(out, (struct text){(const char *)bytes, length});
	WebPFree(bytes);
}

static void put_little_endian(struct buffer *out, size_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		buffer_append_byte(out, (char)(value >> (8 * i)));
}

static void put_chunk(struct buffer *out, const char *name, struct text content)
{
	buffer_append(out, (struct text){name, 4});
	put_little_endian(out, content.length, 4);
	buffer_append(out, content);
	if (content.length & 1)
		buffer_append_byte(out, '\0');
}

/* An animation of one frame, which is the still that write_webp makes. */
static void write_animation(struct buffer *out)
{
	static const char canvas[] = {0x12, 0, 0, 0, WIDTH - 1, 0, 0, HEIGHT - 1, 0, 0};
	struct buffer still;
	struct buffer frame;
	struct buffer content;

	write_webp(&still, true);
	buffer_init(&frame, 1 << 20);
	put_little_endian(&frame, 0, 6);
	put_little_endian(&frame, WIDTH - 1, 3);
	put_little_endian(&frame, HEIGHT - 1, 3);
	put_little_endian(&frame, 100, 3);
	put_little_endian(&frame, 2, 1); /* not blended */
	buffer_append(&frame, text_from_offset(buffer_text(&still), 12));
	buffer_init(&content, 1 << 20);
	buffer_append(&content, TEXT("WEBP"));
	put_chunk(&content, "VP8X", (struct text){canvas, sizeof(canvas)});
	put_chunk(&content, "ANIM", (struct text){"\0\0\0\0\0\0", 6});
	put_chunk(&content, "ANMF", buffer_text(&frame));
	buffer_init(out, 1 << 20);
	put_chunk(out, "RIFF", buffer_text(&content));
	buffer_free(&still);
	buffer_free(&frame);
	buffer_free(&content);
}

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
	unsigned value = sample_at(x, y, channel, depth);
	unsigned most = (1U << depth) - 1;

	return (value * 255 + most / 2) / most;
}

static void check_png(const struct png_options *options, unsigned channels)
{
	struct library_picture picture;
	struct buffer file;

	write_png(&file, options);
	must_read(&file, &picture);
	assert_int_equal(picture.width, WIDTH);
	assert_int_equal(picture.height, HEIGHT);
	assert_int_equal(picture.channels, channels);
	for (unsigned i = 0; i < WIDTH * HEIGHT * channels; i++) {
		unsigned channel = i % channels;
		unsigned x = i / channels % WIDTH;
		unsigned y = i / channels / WIDTH;
		unsigned from = options->type == PNG_COLOR_TYPE_GRAY_ALPHA ? channel == 3 : channel;
		unsigned wanted = expected(x, y, from, options->depth);

		if (options->type == PNG_COLOR_TYPE_PALETTE) {
			wanted = sample_at(x, y, 0, options->depth);
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

		write_png(&file, &options);
		must_read(&file, &picture);
		assert_int_equal(picture.channels, 4);
		for (unsigned y = 0; y < HEIGHT; y++)
			for (unsigned x = 0; x < WIDTH; x++) {
				unsigned value = sample_at(x, y, 0, 4);
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

		write_png(&file, &options);
		must_read(&file, &picture);
		for (unsigned x = 0; x < WIDTH * HEIGHT && !found; x++)
			if (sample_at(x % WIDTH, x / WIDTH, 0, 8) == 128) {
				size_t at = x / WIDTH * picture.stride + x % WIDTH;

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

		write_jpeg(&file, &cases[i].options);
		must_read(&file, &picture);
		assert_int_equal(picture.width, WIDTH);
		assert_int_equal(picture.height, HEIGHT);
		assert_int_equal(picture.channels, cases[i].channels);
		for (unsigned channel = 0; channel < picture.channels; channel++)
			for (unsigned y = 0; y < HEIGHT; y++)
				for (unsigned x = 0; x < WIDTH; x++)
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
	write_jpeg(&file, &options);
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
			write_animation(&file);
		else
			write_webp(&file, true);
		must_read(&file, &picture);
		assert_int_equal(picture.channels, 4);
		for (unsigned y = 0; y < HEIGHT; y++)
			for (unsigned x = 0; x < WIDTH; x++)
				for (unsigned i = 0; i < 4; i++)
					assert_int_equal(picture.planes[i][y * picture.stride + x],
						i == 3 ? 1 + x + y : sample_at(x, y, i, 8));
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
				write_jpeg(&file, &jpeg);
			else
				write_png(&file, &png);
			must_read(&file, &picture);
			assert_int_equal(picture.orientation, orientation == 9 ? 1 : orientation);
			library_picture_free(&picture);
			buffer_free(&file);
		}
	}
}

#define PROFILE_SIZE 400

/* A profile of one tag, in which libpng finds nothing to object to. */
static struct text profile_of(char bytes[static PROFILE_SIZE], const char *space)
{
	memset(bytes, 0, PROFILE_SIZE);
	for (unsigned i = 144; i < PROFILE_SIZE; i++)
		bytes[i] = (char)sample_at(i, i, 0, 8);
	memcpy(bytes + 2, "\x01\x90", 2);
	bytes[8] = 2;
	memcpy(bytes + 12, "mntr", 4);
	memcpy(bytes + 16, space, 4);
	memcpy(bytes + 20, "XYZ ", 4);
	memcpy(bytes + 36, "acsp", 4);
	memcpy(bytes + 68, "\0\0\xf6\xd6\0\1\0\0\0\0\xd3\x2d", 12);
	bytes[131] = 1;
	memcpy(bytes + 132, "desc\0\0\0\x90\0\0\1\0", 12);
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
			write_png(&file, &png);
		else
			write_jpeg(&file, i == 1 ? &jpeg : &grey);
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

/* A PNG's beginning with any size, its checksum right. */
static void write_header(struct buffer *out, uint32_t width, uint32_t height)
{
	struct png_options options = {.type = PNG_COLOR_TYPE_RGB, .depth = 8};
	static const unsigned crc_of = 12 + 17;
	uint32_t crc = 0xffffffff;

	write_png(out, &options);
	for (unsigned i = 0; i < 4; i++) {
		out->bytes[16 + i] = (char)(width >> (24 - 8 * i));
		out->bytes[20 + i] = (char)(height >> (24 - 8 * i));
	}
	for (unsigned at = 12; at < crc_of; at++) {
		crc ^= (unsigned char)out->bytes[at];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	for (unsigned i = 0; i < 4; i++)
		out->bytes[crc_of + i] = (char)(~crc >> (24 - 8 * i));
}

static void sizes_out_of_bounds_are_refused_before_memory_is_taken(void **state)
{
	static const uint32_t sizes[][2] = {{100000, 100000}, {32768, 32768}, {8193, 8192},
		{1, 32769}, {2000000000, 1}, {0x7fffffff, 0x7fffffff}};
	struct buffer file;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		write_header(&file, sizes[i][0], sizes[i][1]);
		assert_refused(buffer_text(&file), "picture_too_large");
		buffer_free(&file);
	}
	write_header(&file, 0, 5);
	assert_refused(buffer_text(&file), "damaged_file");
	buffer_free(&file);
	/* A JPEG's size stands in its SOF0 marker. */
	write_jpeg(&file, &(struct jpeg_options){.components = 3});
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
		write_png(
			file, &(struct png_options){.type = PNG_COLOR_TYPE_RGB_ALPHA, .depth = 8});
		break;
	case 1:
		write_png(file, &(struct png_options){.type = PNG_COLOR_TYPE_PALETTE,
					.depth = 4,
					.interlaced = true,
					.orientation = 6});
		break;
	case 2:
		write_jpeg(file, &(struct jpeg_options){
					 .components = 3, .colour = {1, 2, 3}, .orientation = 3});
		break;
	case 3:
		write_jpeg(file, &(struct jpeg_options){.components = 4, .progressive = true});
		break;
	case 4:
		write_webp(file, false);
		break;
	case 5:
		write_webp(file, true);
		break;
	default:
		write_animation(file);
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

			file.bytes[i] ^= (char)(1 + i % 255);
			if (read_bytes(buffer_text(&file), &picture, &error)) {
				library_picture_free(&picture);
			} else {
				assert_int_not_equal(error.kind, ERROR_NONE);
				assert_int_not_equal(error.kind, ERROR_SYSTEM);
				refused++;
			}
			file.bytes[i] ^= (char)(1 + i % 255);
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
	write_jpeg(&file, &(struct jpeg_options){.components = 1, .progressive = true});
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

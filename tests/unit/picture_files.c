#include "picture_files.h"

#include <stdlib.h>
#include <string.h>

#include <webp/encode.h>

unsigned picture_sample(unsigned x, unsigned y, unsigned channel, unsigned depth)
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

static void set_options(png_structp png, png_infop info, const struct png_options *options)
{
	static const png_byte opacity[] = {0, 100, 200};
	png_byte exif[26] = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0";
	png_color palette[256];

	png_set_IHDR(png, info, PICTURE_WIDTH, PICTURE_HEIGHT, (int)options->depth, options->type,
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
	memset(row, 0, (size_t)PICTURE_WIDTH * channels * 2);
	for (size_t i = 0; i < (size_t)PICTURE_WIDTH * channels; i++) {
		unsigned value = picture_sample(
			(unsigned)(i / channels), y, (unsigned)(i % channels), depth);

		if (depth == 16) {
			row[2 * i] = (png_byte)(value >> 8);
			row[2 * i + 1] = (png_byte)value;
		} else {
			row[i * depth / 8] |= (png_byte)(value << (8 - depth - i * depth % 8));
		}
	}
}

void picture_write_png(struct buffer *out, const struct png_options *options)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_byte rows[PICTURE_HEIGHT][PICTURE_WIDTH * 8];
	png_bytep pointers[PICTURE_HEIGHT];
	unsigned channels;

	buffer_init(out, 1 << 20);
	png_set_write_fn(png, out, take_png, keep_png);
	set_options(png, info, options);
	channels = png_get_channels(png, info);
	for (unsigned y = 0; y < PICTURE_HEIGHT; y++) {
		fill_row(rows[y], y, channels, options->depth);
		pointers[y] = rows[y];
	}
	png_set_rows(png, info, pointers);
	png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
	png_destroy_write_struct(&png, &info);
}

void picture_write_jpeg(struct buffer *out, const struct jpeg_options *options)
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
	encoder.image_width = options->width ? options->width : PICTURE_WIDTH;
	encoder.image_height = options->height ? options->height : PICTURE_HEIGHT;
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

void picture_write_webp(struct buffer *out, bool lossless)
{
	uint8_t pixels[PICTURE_HEIGHT][PICTURE_WIDTH][4];
	uint8_t *bytes;
	size_t length;

	for (unsigned y = 0; y < PICTURE_HEIGHT; y++)
		for (unsigned x = 0; x < PICTURE_WIDTH; x++)
			for (unsigned i = 0; i < 4; i++)
				pixels[y][x][i] = (uint8_t)(i == 3 ? 1 + (x + y)
								   : picture_sample(x, y, i, 8));
	length = lossless ? WebPEncodeLosslessRGBA(pixels[0][0], PICTURE_WIDTH, PICTURE_HEIGHT,
				    PICTURE_WIDTH * 4, &bytes)
			  : WebPEncodeRGBA(pixels[0][0], PICTURE_WIDTH, PICTURE_HEIGHT,
				    PICTURE_WIDTH * 4, 90, &bytes);
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

void picture_write_animation(struct buffer *out)
{
	static const char canvas[] = {
		0x12, 0, 0, 0, PICTURE_WIDTH - 1, 0, 0, PICTURE_HEIGHT - 1, 0, 0};
	struct buffer still;
	struct buffer frame;
	struct buffer content;

	picture_write_webp(&still, true);
	buffer_init(&frame, 1 << 20);
	put_little_endian(&frame, 0, 6);
	put_little_endian(&frame, PICTURE_WIDTH - 1, 3);
	put_little_endian(&frame, PICTURE_HEIGHT - 1, 3);
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

void picture_write_header(struct buffer *out, uint32_t width, uint32_t height)
{
	struct png_options options = {.type = PNG_COLOR_TYPE_RGB, .depth = 8};
	static const unsigned crc_of = 12 + 17;
	uint32_t crc = 0xffffffff;

	picture_write_png(out, &options);
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

#ifndef UNIT_PICTURE_FILES_H
#define UNIT_PICTURE_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>
#include <png.h>

#include "base/buffer.h"

/* Image files of every kind, made by the formats' own libraries. */

/* The size of the pictures, unless told otherwise. */
#define PICTURE_WIDTH  37U
#define PICTURE_HEIGHT 29U

/* A value of `depth` bits; they differ from pixel to pixel and from channel to channel. */
unsigned picture_sample(unsigned x, unsigned y, unsigned channel, unsigned depth);

struct png_options {
	int type;
	unsigned depth;
	bool interlaced;
	double gamma;	      /* 0: none */
	bool transparent;     /* a tRNS chunk: the palette's first colours; the grey of value 0 */
	unsigned orientation; /* 0: no eXIf */
	struct text profile;
};

/* The picture of picture_sample; palette entry i is (i, 255 - i, i ^ 85). */
void picture_write_png(struct buffer *out, const struct png_options *options);

struct jpeg_options {
	int components; /* 1, 3, or 4 for inks */
	bool progressive;
	unsigned orientation; /* 0: no EXIF */
	unsigned width;	      /* 0: the usual size; at most 1024 */
	unsigned height;
	JSAMPLE colour[4]; /* of all pixels */
	struct text profile;
};

void picture_write_jpeg(struct buffer *out, const struct jpeg_options *options);

/* The picture of picture_sample, with opacity 1 + x + y. */
void picture_write_webp(struct buffer *out, bool lossless);

/* An animation of one frame, the same lossless picture. */
void picture_write_animation(struct buffer *out);

/* The beginning of a PNG of any size, its checksum right. */
void picture_write_header(struct buffer *out, uint32_t width, uint32_t height);

#endif

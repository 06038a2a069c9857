#ifndef LIBRARY_PICTURE_H
#define LIBRARY_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

#define LIBRARY_PICTURE_CHANNELS 4

/* Rows begin at multiples of this many bytes, as the scaler's vector instructions want it. */
#define LIBRARY_PICTURE_ALIGNMENT 64

/* A decoded picture: one plane of bytes for each channel, row by row from the top. */
struct library_picture {
	unsigned width;
	unsigned height;
	unsigned channels; /* 1 grey; 3 red, green, blue; 4 the same and opacity, not multiplied */
	size_t stride;	   /* bytes from one row of a plane to the next */
	unsigned char *planes[LIBRARY_PICTURE_CHANNELS];
	/* How it must be turned to be seen upright: 1 to 8 as EXIF numbers it, 1 for not at all. */
	unsigned orientation;
	struct buffer profile; /* its ICC colour profile, of its channels; empty means sRGB */
};

/* What a decoder works on, and what it should know. */
struct library_picture_source {
	struct text bytes; /* the whole file */
	/*
	 * A JPEG may be delivered at half, a quarter or an eighth of its size, as long as neither
	 * side falls below this. 0: at its own size.
	 */
	unsigned least_side;
	/* Asked now and then; true: nobody waits for the result any more. May be NULL. */
	bool (*is_abandoned)(void *context);
	void *context;
};

/*
 * Decodes the first image of a PNG, JPEG or WebP file, told apart by content, as a browser shows
 * it: palettes, 16 bits, interlacing, transparency and gamma of PNG, CMYK of JPEG (without its
 * profile), the first frame of an animation. `*picture` is to be freed if true is returned.
 *
 * Errors: ERROR_UNSUPPORTED `not_an_image`, ERROR_DAMAGED `damaged_file`, ERROR_INVALID
 * `picture_too_large` (refused before memory is taken for it), ERROR_UNAVAILABLE `file_incomplete`
 * (it ends too early: perhaps it is still being written) or `abandoned`, ERROR_SYSTEM.
 */
bool library_picture_read(const struct library_picture_source *source,
	struct library_picture *picture, struct error *error);

/*
 * Takes memory for the planes; the other members are set to nothing. ERROR_INVALID
 * `picture_too_large` if a side, the number of pixels or the memory, with `more` bytes that the
 * decoder needs beside it, passes its limit.
 */
bool library_picture_make(struct library_picture *picture, unsigned width, unsigned height,
	unsigned channels, size_t more, struct error *error);

void library_picture_free(struct library_picture *picture);

/* Takes over one row of interleaved channels. */
void library_picture_put_row(struct library_picture *picture, unsigned y, const unsigned char *row);

/* Writes one row as interleaved channels. */
void library_picture_get_row(const struct library_picture *picture, unsigned y, unsigned char *row);

/* A picture with the opacity of which every pixel is opaque loses it. */
void library_picture_drop_opacity(struct library_picture *picture);

/*
 * Makes the picture at another size; profile and orientation stay behind. A flat area keeps its
 * very value, a gradient its order. Values are averaged as they are stored, as browsers do it, so
 * that a picture keeps its brightness when it takes the place of its preview.
 */
bool library_picture_scale(const struct library_picture *picture, unsigned width, unsigned height,
	struct library_picture *scaled, struct error *error);

/* Turns the picture upright, in memory of its own; its orientation is 1 afterwards. */
bool library_picture_turn(struct library_picture *picture, struct error *error);

/* Appends the picture as JPEG, profile included. It must have 1 or 3 channels. */
bool library_picture_write_jpeg(
	const struct library_picture *picture, struct buffer *out, struct error *error);

/* Appends the picture as WebP with opacity, without profile. It must have 4 channels. */
bool library_picture_write_webp(
	const struct library_picture *picture, struct buffer *out, struct error *error);

#endif

#include "library/picture_formats.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* Where an ICC profile names its colour space, and how long its header is. */
#define PROFILE_SPACE  16
#define PROFILE_HEADER 128

bool library_picture_damaged(struct error *error, const char *cause)
{
	(void)error_set(error, ERROR_DAMAGED, "damaged_file",
		"The file is damaged: it cannot be decoded as the image that it claims to be.");
	return error_cause(error, "%s", cause);
}

bool library_picture_incomplete(struct error *error)
{
	return error_set(error, ERROR_UNAVAILABLE, "file_incomplete",
		"The file ends before the image does; perhaps it is still being written.");
}

bool library_picture_abandoned(struct error *error)
{
	return error_set(error, ERROR_UNAVAILABLE, "abandoned", "Nobody waits for this any more.");
}

bool library_picture_make(struct library_picture *picture, unsigned width, unsigned height,
	unsigned channels, size_t more, struct error *error)
{
	uint64_t pixels = (uint64_t)width * height;
	uint64_t stride = ((uint64_t)width + LIBRARY_PICTURE_ALIGNMENT - 1) /
			  LIBRARY_PICTURE_ALIGNMENT * LIBRARY_PICTURE_ALIGNMENT;
	unsigned char *memory;

	*picture = (struct library_picture){.width = width,
		.height = height,
		.channels = channels,
		.stride = (size_t)stride,
		.orientation = 1};
	buffer_init(&picture->profile, LIMIT_PICTURE_PROFILE);
	if (width == 0 || height == 0)
		return library_picture_damaged(error, "a side of length 0");
	if (width > LIMIT_PICTURE_SIDE || height > LIMIT_PICTURE_SIDE ||
		pixels > LIMIT_PICTURE_PIXELS ||
		stride * height * channels + more > LIMIT_PICTURE_MEMORY)
		return error_set(error, ERROR_INVALID, "picture_too_large",
			"The image is %u x %u pixels, too large for a preview.", width, height);
	memory = aligned_alloc(LIBRARY_PICTURE_ALIGNMENT, (size_t)(stride * height * channels));
	if (!memory)
		return error_memory(error);
	for (unsigned i = 0; i < channels; i++)
		picture->planes[i] = memory + (size_t)(stride * height * i);
	return true;
}

void library_picture_free(struct library_picture *picture)
{
	free(picture->planes[0]);
	buffer_free(&picture->profile);
	*picture = (struct library_picture){0};
}

void library_picture_put_row(struct library_picture *picture, unsigned y, const unsigned char *row)
{
	unsigned width = picture->width;
	size_t at = picture->stride * y;

	if (picture->channels == 1) {
		memcpy(picture->planes[0] + at, row, width);
		return;
	}
	if (picture->channels == 3) {
		unsigned char *restrict red = picture->planes[0] + at;
		unsigned char *restrict green = picture->planes[1] + at;
		unsigned char *restrict blue = picture->planes[2] + at;

		for (size_t x = 0; x < width; x++) {
			red[x] = row[3 * x];
			green[x] = row[3 * x + 1];
			blue[x] = row[3 * x + 2];
		}
		return;
	}
	for (size_t x = 0; x < width; x++)
		for (size_t i = 0; i < LIBRARY_PICTURE_CHANNELS; i++)
			picture->planes[i][at + x] = row[LIBRARY_PICTURE_CHANNELS * x + i];
}

void library_picture_get_row(const struct library_picture *picture, unsigned y, unsigned char *row)
{
	size_t at = picture->stride * y;

	for (size_t x = 0; x < picture->width; x++)
		for (unsigned i = 0; i < picture->channels; i++)
			*row++ = picture->planes[i][at + x];
}

static bool is_opaque(const struct library_picture *picture)
{
	const unsigned char *row = picture->planes[3];

	for (unsigned y = 0; y < picture->height; y++, row += picture->stride) {
		unsigned char all = 0xff;

		for (size_t x = 0; x < picture->width; x++)
			all &= row[x];
		if (all != 0xff)
			return false;
	}
	return true;
}

void library_picture_drop_opacity(struct library_picture *picture)
{
	if (picture->channels == LIBRARY_PICTURE_CHANNELS && is_opaque(picture))
		picture->channels = 3;
}

void library_picture_set_profile(struct library_picture *picture, struct text profile)
{
	struct text space = picture->channels == 1 ? TEXT("GRAY") : TEXT("RGB ");

	picture->profile.length = 0;
	if (profile.length < PROFILE_HEADER || profile.length > LIMIT_PICTURE_PROFILE ||
		!text_starts_with(text_from_offset(profile, PROFILE_SPACE), space))
		return;
	buffer_append(&picture->profile, profile);
}

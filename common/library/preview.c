#include "library/preview.h"

#include <stdint.h>

#include "base/limits.h"

const unsigned library_preview_widths[LIBRARY_PREVIEW_WIDTHS] = {256, 512, 1024};

static const struct {
	const char *content_type;
	const char *extension;
} TYPES[LIBRARY_PREVIEW_TYPES] = {
	[LIBRARY_PREVIEW_JPEG] = {"image/jpeg", ".jpg"},
	[LIBRARY_PREVIEW_WEBP] = {"image/webp", ".webp"},
};

const char *library_preview_content_type(enum library_preview_type type)
{
	return TYPES[type].content_type;
}

const char *library_preview_extension(enum library_preview_type type)
{
	return TYPES[type].extension;
}

/* value * to / from, rounded, at least 1. */
static unsigned in_proportion(unsigned value, unsigned to, unsigned from)
{
	uint64_t result = ((uint64_t)value * to + from / 2) / from;

	return result ? (unsigned)result : 1;
}

/* The preview's size for an image that is shown `width` x `height`. */
static void fit(unsigned limit, unsigned *width, unsigned *height)
{
	unsigned tallest = limit * LIBRARY_PREVIEW_TALLEST;

	if (*width > limit) {
		*height = in_proportion(*height, limit, *width);
		*width = limit;
	}
	if (*height > tallest) {
		*width = in_proportion(*width, tallest, *height);
		*height = tallest;
	}
}

static bool write_preview(
	const struct library_picture *picture, struct library_preview *preview, struct error *error)
{
	if (picture->channels == LIBRARY_PICTURE_CHANNELS) {
		preview->type = LIBRARY_PREVIEW_WEBP;
		return library_picture_write_webp(picture, &preview->bytes, error);
	}
	preview->type = LIBRARY_PREVIEW_JPEG;
	return library_picture_write_jpeg(picture, &preview->bytes, error);
}

/* Exchanges the picture for one that is `limit` wide when it is upright. */
static bool shrink(struct library_picture *picture, unsigned limit, struct error *error)
{
	bool exchanged = picture->orientation > 4;
	unsigned width = exchanged ? picture->height : picture->width;
	unsigned height = exchanged ? picture->width : picture->height;
	struct library_picture scaled;

	fit(limit, &width, &height);
	if (!library_picture_scale(picture, exchanged ? height : width, exchanged ? width : height,
		    &scaled, error))
		return false;
	scaled.orientation = picture->orientation;
	scaled.profile = picture->profile;
	buffer_init(&picture->profile, 0);
	library_picture_free(picture);
	*picture = scaled;
	return true;
}

bool library_preview_make(const struct library_picture_source *source, unsigned width,
	struct library_preview *preview, struct error *error)
{
	struct library_picture_source reduced = *source;
	struct library_picture picture;
	bool done;

	buffer_init(&preview->bytes, LIMIT_PICTURE_MEMORY);
	/* Twice the preview's side leaves the scaler enough to average. */
	reduced.least_side = 2 * width;
	if (!library_picture_read(&reduced, &picture, error))
		return false;
	library_picture_drop_opacity(&picture);
	done = shrink(&picture, width, error) && library_picture_turn(&picture, error) &&
	       write_preview(&picture, preview, error);
	library_picture_free(&picture);
	if (!done)
		buffer_free(&preview->bytes);
	return done;
}

#ifndef LIBRARY_PREVIEW_H
#define LIBRARY_PREVIEW_H

#include "library/picture.h"

/* The widths that previews are made in, the smallest first. */
#define LIBRARY_PREVIEW_WIDTHS 3
extern const unsigned library_preview_widths[LIBRARY_PREVIEW_WIDTHS];

enum library_preview_type { LIBRARY_PREVIEW_JPEG, LIBRARY_PREVIEW_WEBP, LIBRARY_PREVIEW_TYPES };

/* An image made small. */
struct library_preview {
	enum library_preview_type type;
	struct buffer bytes; /* freed by the caller */
};

/* "image/jpeg", and the extension of a file: ".jpg". */
const char *library_preview_content_type(enum library_preview_type type);
const char *library_preview_extension(enum library_preview_type type);

/*
 * Makes a preview of an image: upright, `width` pixels wide, but never larger than the image itself
 * and never more than LIBRARY_PREVIEW_TALLEST times as tall as `width`. It is a JPEG, or a WebP if
 * something in it is transparent. `source->least_side` need not be set. Errors as
 * library_picture_read.
 */
bool library_preview_make(const struct library_picture_source *source, unsigned width,
	struct library_preview *preview, struct error *error);

#define LIBRARY_PREVIEW_TALLEST 4

#endif

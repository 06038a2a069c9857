#ifndef LIBRARY_PICTURE_FORMATS_H
#define LIBRARY_PICTURE_FORMATS_H

#include "library/picture.h"

/* Between the picture files of this room: a decoder for each format, as library_picture_read. */

bool library_picture_read_png(const struct library_picture_source *source,
	struct library_picture *picture, struct error *error);
bool library_picture_read_jpeg(const struct library_picture_source *source,
	struct library_picture *picture, struct error *error);
bool library_picture_read_webp(const struct library_picture_source *source,
	struct library_picture *picture, struct error *error);

/* The orientation (1 to 8) in EXIF data, which begins with the TIFF header; 1 if it has none. */
unsigned library_picture_exif_orientation(struct text data);

/* Keeps the profile if it is one of the picture's channels and not over LIMIT_PICTURE_PROFILE. */
void library_picture_set_profile(struct library_picture *picture, struct text profile);

/* The errors that decoders share; each returns false. */
bool library_picture_damaged(struct error *error, const char *cause);
bool library_picture_incomplete(struct error *error);
bool library_picture_abandoned(struct error *error);

#endif

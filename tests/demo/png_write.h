/* PNG files with text chunks, the only user of libpng here. */
#ifndef DEMO_PNG_WRITE_H
#define DEMO_PNG_WRITE_H

#include "file.h"

/* A tEXt chunk; both ASCII. */
struct demo_png_text {
	const char *key, *value;
};

/* Writes a square RGB picture of three bytes per pixel, the text before the pixels. */
bool demo_png_write(const char *path, int size, const unsigned char *rgb,
	const struct demo_png_text *texts, int text_count, struct demo_failure *failure);

#endif

#ifndef LIBRARY_PNG_KEYWORD_H
#define LIBRARY_PNG_KEYWORD_H

#include "base/arena.h"
#include "base/text.h"

/*
 * The text chunk with that keyword in the open PNG file, as library_read_png_text reads it; `at` is
 * NULL if there is none, or the file cannot be read as a PNG.
 */
struct text library_read_png_keyword(struct arena *arena, int descriptor, struct text keyword);

#endif

#ifndef LIBRARY_PNG_TEXT_H
#define LIBRARY_PNG_TEXT_H

#include "base/arena.h"
#include "base/error.h"
#include "library/metadata.h"

/*
 * Reads the text chunks (tEXt, zTXt, iTXt) of an open PNG file, before and after the pixels, which
 * are passed over unread. Latin-1 becomes UTF-8; of equal keywords the first counts; a chunk that
 * is not built as the PNG specification says is ignored. False with ERROR_UNAVAILABLE
 * `file_incomplete` if the file ends before its end chunk and somebody may still be writing it.
 * With ERROR_DAMAGED if nobody is, if it is no PNG, a checksum is wrong, or a bound is passed.
 */
bool library_read_png_text(struct arena *arena, int descriptor, struct library_metadata *metadata,
	struct error *error);

#endif

#ifndef LIBRARY_DEFLATE_H
#define LIBRARY_DEFLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

/* The only file that knows libdeflate. */

/* Appends `plain` to `out` as a gzip file. Returns false without memory or past the buffer's
 * maximum. */
bool library_gzip(struct text plain, struct buffer *out);

enum library_inflated {
	LIBRARY_INFLATED,
	LIBRARY_INFLATE_DAMAGED,  /* not a whole zlib stream, or its checksum is wrong */
	LIBRARY_INFLATE_TOO_LONG, /* it would pass the buffer's maximum */
	LIBRARY_INFLATE_MEMORY
};

/* Replaces what `out` holds by the content of a zlib stream. */
enum library_inflated library_inflate(struct text compressed, struct buffer *out);

/* CRC-32 as PNG and gzip have it. */
uint32_t library_crc32(struct text bytes);

#endif

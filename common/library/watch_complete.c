#include "library/watch_complete.h"

#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define HEAD 12 /* bytes: the longest of the signatures */
#define TAIL 12 /* bytes: a PNG's last chunk */

#define PNG_SIGNATURE	8
#define PNG_CHUNK_FRAME 12   /* bytes of a chunk beside its data: length, type, checksum */
#define PNG_CHUNKS	8192 /* that are looked at, at most */

/* Whether one of its chunks, which stand one behind the other, is the last one a PNG may have. */
static bool has_png_end(int descriptor, uint64_t size)
{
	uint64_t at = PNG_SIGNATURE;

	for (int i = 0; i < PNG_CHUNKS && at + PNG_CHUNK_FRAME <= size; i++) {
		unsigned char head[8];

		if (pread(descriptor, head, sizeof(head), (off_t)at) != (ssize_t)sizeof(head))
			return false;
		at += PNG_CHUNK_FRAME + ((uint64_t)head[0] << 24 | (uint64_t)head[1] << 16 |
						(uint64_t)head[2] << 8 | (uint64_t)head[3]);
		if (memcmp(head + 4, "IEND", 4) == 0)
			return at <= size;
	}
	return false;
}

/* What some programs put behind a picture's end is nothing whose own end could be known. */
static enum library_completeness judge_png(int descriptor, const unsigned char *tail, uint64_t size)
{
	static const unsigned char end[TAIL] = {
		0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};

	if (memcmp(tail, end, TAIL) == 0)
		return LIBRARY_COMPLETE;
	return has_png_end(descriptor, size) ? LIBRARY_UNKNOWN : LIBRARY_PARTIAL;
}

/* RIFF: the length of the rest stands in the bytes 4 to 7, and counts from there. */
static enum library_completeness judge_webp(const unsigned char *head, uint64_t size)
{
	uint64_t length = (uint64_t)head[4] | (uint64_t)head[5] << 8 | (uint64_t)head[6] << 16 |
			  (uint64_t)head[7] << 24;

	return size >= length + 8 ? LIBRARY_COMPLETE : LIBRARY_PARTIAL;
}

enum library_completeness library_image_completeness(int descriptor, uint64_t size)
{
	static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
	static const unsigned char jpeg[] = {0xff, 0xd8, 0xff};
	unsigned char head[HEAD];
	unsigned char tail[TAIL];

	if (size < HEAD || pread(descriptor, head, HEAD, 0) != HEAD ||
		pread(descriptor, tail, TAIL, (off_t)(size - TAIL)) != TAIL)
		return LIBRARY_UNKNOWN;
	if (memcmp(head, png, sizeof(png)) == 0)
		return judge_png(descriptor, tail, size);
	if (memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0)
		return judge_webp(head, size);
	if (memcmp(head, jpeg, sizeof(jpeg)) == 0)
		return tail[TAIL - 2] == 0xff && tail[TAIL - 1] == 0xd9 ? LIBRARY_COMPLETE
									: LIBRARY_PARTIAL;
	return LIBRARY_UNKNOWN;
}

/*
 * Any bytes as an image file: a preview of it, or a refusal. Checksums of PNG chunks are put right
 * first, so that what lies behind them is reached. A decoder that takes long is told that nobody
 * waits.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "library/deflate.h"
#include "library/preview.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_checksums_right(char *bytes, size_t size)
{
	size_t at = 8;

	while (size > at && size - at >= 12) {
		size_t length = 0;
		uint32_t checksum;

		for (size_t i = 0; i < 4; i++)
			length = length << 8 | (unsigned char)bytes[at + i];
		if (length > size - at - 12)
			return;
		checksum = library_crc32((struct text){bytes + at + 4, length + 4});
		for (size_t i = 0; i < 4; i++)
			bytes[at + 8 + length + i] = (char)(checksum >> (24 - 8 * i));
		at += length + 12;
	}
}

/* How often a decoder may ask before it is told that nobody waits. */
static bool is_tired(void *context)
{
	unsigned *asked = context;

	return ++*asked > 64;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);
	unsigned asked = 0;
	struct library_picture_source source = {.is_abandoned = is_tired, .context = &asked};
	struct library_preview preview;
	struct error error = {0};

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	if (size > 8 && bytes[0] == '\x89')
		put_checksums_right(bytes, size);
	source.bytes = (struct text){bytes, size};
	if (library_preview_make(&source, 256, &preview, &error)) {
		if (preview.bytes.length == 0)
			abort();
		buffer_free(&preview.bytes);
	} else if (error.kind == ERROR_NONE) {
		abort();
	}
	free(bytes);
	return 0;
}

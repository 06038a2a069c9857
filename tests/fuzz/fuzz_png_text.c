/*
 * Any bytes as a PNG file: read, refused as damaged, or "still being written". The checksums of
 * chunks are put right first, so that what lies behind them is reached.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "library/deflate.h"
#include "library/png_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_checksums_right(char *bytes, size_t size)
{
	size_t at = 8;

	while (size - at >= 12) {
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int descriptor = memfd_create("png", MFD_CLOEXEC);
	char *bytes = malloc(size + 1);
	struct library_metadata metadata = {0};
	struct error error = {0};
	struct arena arena;

	if (descriptor < 0 || !bytes)
		abort();
	memcpy(bytes, data, size);
	if (size >= 8)
		put_checksums_right(bytes, size);
	if (write(descriptor, bytes, size) != (ssize_t)size)
		abort();
	arena_init(&arena, (size_t)256 << 20);
	if (!library_read_png_text(&arena, descriptor, &metadata, &error) &&
		((error.kind != ERROR_DAMAGED && error.kind != ERROR_UNAVAILABLE) ||
			!error.message[0]))
		abort();
	for (size_t i = 0; i < metadata.keys.count; i++)
		if (metadata.keys.texts[i].length == 0 || !metadata.values[i].at)
			abort();
	arena_free(&arena);
	(void)close(descriptor);
	free(bytes);
	return 0;
}

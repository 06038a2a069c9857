/* Any bytes as a safetensors file, and as a header: read, or refused as damaged with a reason. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "library/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool done, const struct library_metadata *metadata, const struct error *error)
{
	if (!done && (error->kind != ERROR_DAMAGED || !error->message[0]))
		abort();
	for (size_t i = 0; i < metadata->keys.count; i++)
		if (!utf8_valid(metadata->keys.texts[i]) || !metadata->values[i].at)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int descriptor = memfd_create("safetensors", MFD_CLOEXEC);
	struct library_metadata metadata = {0};
	struct error error = {0};
	struct arena arena;

	arena_init(&arena, (size_t)256 << 20);
	check(library_parse_safetensors(
		      &arena, (struct text){(const char *)data, size}, &metadata, &error),
		&metadata, &error);
	if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size)
		abort();
	metadata = (struct library_metadata){0};
	check(library_read_safetensors(&arena, descriptor, &metadata, &error), &metadata, &error);
	(void)close(descriptor);
	arena_free(&arena);
	return 0;
}

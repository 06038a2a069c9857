/*
 * Any bytes as config.yaml: they are refused with at least one fault, or accepted as a
 * configuration that, printed, reads as the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool print(struct arena *arena, struct text source, struct buffer *out)
{
	struct config *config;
	struct config_faults faults;

	if (!config_parse(arena, "/etc/config.yaml", source, &config, &faults)) {
		if (faults.count == 0)
			abort();
		return false;
	}
	config_print(config, out);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct buffer first;
	struct buffer second;

	if (size > LIMIT_CONFIG)
		return 0;
	arena_init(&arena, (size_t)256 << 20);
	buffer_init(&first, 8 * (size_t)LIMIT_CONFIG);
	buffer_init(&second, 8 * (size_t)LIMIT_CONFIG);
	if (print(&arena, (struct text){(const char *)data, size}, &first) &&
		(first.failed || !print(&arena, buffer_text(&first), &second) ||
			!text_equal(buffer_text(&first), buffer_text(&second))))
		abort();
	buffer_free(&first);
	buffer_free(&second);
	arena_free(&arena);
	return 0;
}

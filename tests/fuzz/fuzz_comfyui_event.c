/*
 * Any bytes as a frame of ComfyUI's WebSocket: it becomes an event whose strings are terminated,
 * and the same one a second time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "comfyui/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static void check_string(const char *string, size_t size)
{
	if (!memchr(string, '\0', size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text frame = {(const char *)data, size};
	struct comfyui_event event;
	struct comfyui_event again;

	arena_init(&arena, (size_t)64 << 20);
	comfyui_event_parse(&arena, frame, &event);
	comfyui_event_parse(&arena, frame, &again);
	arena_free(&arena);
	check_string(event.prompt_id, sizeof(event.prompt_id));
	check_string(event.node, sizeof(event.node));
	check_string(event.message, sizeof(event.message));
	check_string(event.picture.filename, sizeof(event.picture.filename));
	check_string(event.picture.subfolder, sizeof(event.picture.subfolder));
	check_string(event.picture.type, sizeof(event.picture.type));
	if (event.type != again.type || event.value != again.value ||
		event.maximum != again.maximum || strcmp(event.prompt_id, again.prompt_id) != 0 ||
		strcmp(event.node, again.node) != 0 || strcmp(event.message, again.message) != 0)
		abort();
	return 0;
}

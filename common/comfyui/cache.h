#ifndef COMFYUI_CACHE_H
#define COMFYUI_CACHE_H

#include <stdint.h>

#include "comfyui/calls.h"

/*
 * What ComfyUI says of itself, for programs that wait: asked for once, and then known for a while
 * to all processes, through files in the cache directory. While one process asks, the others answer
 * with what was known before, or wait a little for the same answer; nobody asks the same question
 * twice at a time. At most COMFYUI_CACHE_FLIGHTS lists are asked for at once, so that a ComfyUI
 * that hangs does not hold the whole pool. Without a cache directory that can be written, every
 * call asks.
 *
 * What is newer than its age is used; a failure is known for COMFYUI_CACHE_FAILURE_MS.
 */
#define COMFYUI_CACHE_SYSTEM_MS	 2000
#define COMFYUI_CACHE_LIST_MS	 30000
#define COMFYUI_CACHE_FAILURE_MS 2000
#define COMFYUI_CACHE_FLIGHTS	 4

/* Both must outlive the calls. */
struct comfyui_cache {
	const struct config *config;
	struct comfyui_client *client;
};

/* What comfyui_read_system reads, and when it was asked for. Fails as client.h and calls.h say. */
bool comfyui_cache_system(const struct comfyui_cache *cache, struct arena *arena,
	struct comfyui_system *system, int64_t *checked_at, struct error *error);

/*
 * What comfyui_read_class reads. `refresh`: what was known before this call is not good enough.
 * Fails also with ERROR_UNAVAILABLE `comfyui_unreachable` if others have asked and there is no
 * answer yet.
 */
bool comfyui_cache_class(const struct comfyui_cache *cache, struct arena *arena, const char *class,
	bool refresh, const struct json **description, struct error *error);

/* The same, then comfyui_class_choices. */
bool comfyui_cache_choices(const struct comfyui_cache *cache, struct arena *arena,
	const char *class, const char *input, bool refresh, struct comfyui_choices *choices,
	struct error *error);

#endif

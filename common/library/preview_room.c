#include "library/preview_room.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "library/preview_state.h"
#include "library/preview_walk.h"

/* Bytes that must be free for a preview nobody waits for: more than any usual one takes. */
#define SPARE ((uint64_t)256 << 10)

#define DAY INT64_C(86400)

/* What was asked for so recently may be on its way to a client: it stays. */
#define IN_USE_SECONDS 10

/* What was written so long before the machine stopped is on the disk: ext4 takes 35 seconds. */
#define TORN_SECONDS 120

bool library_preview_lock_image(const struct library_preview_cache *cache, const char *path,
	unsigned wait_ms, bool (*is_abandoned)(void *context), void *context)
{
	const struct timespec pause = {.tv_nsec = 5000000};
	off_t byte =
		LIBRARY_PREVIEW_LOCK_IMAGES + (off_t)(hash_text(HASH_START, text_from(path)) >> 16);
	int64_t end = clock_monotonic() + wait_ms * INT64_C(1000000);

	while (!library_preview_lock(cache->state, byte, false)) {
		if (clock_monotonic() > end || (is_abandoned && is_abandoned(context)))
			return false;
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

bool library_preview_lock_background(const struct library_preview_cache *cache)
{
	return library_preview_lock(cache->state, LIBRARY_PREVIEW_LOCK_BACKGROUND, false);
}

uint64_t library_preview_used(const struct library_preview_cache *cache)
{
	return library_preview_state_read(cache->state).used;
}

static void log_eviction(const struct library_preview_walk *walk, int64_t began)
{
	struct log_line line;

	log_begin(&line, LOG_INFO, "previews.evicted");
	log_number(&line, "files", (int64_t)walk->removed);
	log_number(&line, "bytes", (int64_t)walk->removed_bytes);
	log_number(&line, "left_bytes", (int64_t)walk->bytes);
	log_number(&line, "took_ms", (clock_monotonic() - began) / 1000000);
	log_end(&line);
}

bool library_preview_has_spare_room(const struct library_preview_cache *cache)
{
	return library_preview_used(cache) + SPARE <= cache->limit;
}

bool library_preview_must_evict(
	const struct library_preview_cache *cache, enum library_preview_victims victims)
{
	struct library_preview_state state = library_preview_state_read(cache->state);

	if (victims == LIBRARY_PREVIEWS_NOT_IN_USE)
		return state.used > cache->limit;
	/* Nothing can have grown old since it was last found that nothing has. */
	return state.used + SPARE > cache->limit && state.oldest < clock_now() / 1000 - DAY;
}

/*
 * Looks at all files, removes the longest unused ones, then sets the count right. What other
 * processes count meanwhile is kept: at worst it counts twice until the next time.
 */
void library_preview_evict(struct arena *arena, const struct library_preview_cache *cache,
	enum library_preview_victims victims)
{
	int64_t began = clock_monotonic();
	int64_t spared = victims == LIBRARY_PREVIEWS_NOT_IN_USE ? IN_USE_SECONDS : DAY;
	struct library_preview_state state;
	struct library_preview_walk walk;
	uint64_t before;

	if (!library_preview_lock(cache->state, LIBRARY_PREVIEW_LOCK_EVICTION, false))
		return;
	before = library_preview_used(cache);
	if (library_preview_walk(arena, cache->directory, &walk)) {
		library_preview_remove_unused(&walk, cache->directory, cache->limit / 10 * 9,
			clock_now() / 1000 - spared);
		(void)library_preview_lock(cache->state, LIBRARY_PREVIEW_LOCK_STATE, true);
		state = library_preview_state_read(cache->state);
		state.used = walk.bytes + (state.used > before ? state.used - before : 0);
		state.oldest = walk.oldest;
		library_preview_state_write(cache->state, &state);
		library_preview_unlock(cache->state, LIBRARY_PREVIEW_LOCK_STATE);
		log_eviction(&walk, began);
	}
	library_preview_unlock(cache->state, LIBRARY_PREVIEW_LOCK_EVICTION);
}

/* What a thread of its own needs to know. */
struct eviction {
	uint64_t limit;
	enum library_preview_victims victims;
	char cache_dir[LIMIT_PATH];
};

static void *evict_aside(void *argument)
{
	struct eviction *eviction = argument;
	struct library_preview_cache cache;
	struct arena arena;

	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	if (library_preview_cache_open(&cache, eviction->cache_dir, eviction->limit)) {
		library_preview_evict(&arena, &cache, eviction->victims);
		library_preview_cache_close(&cache);
	}
	arena_free(&arena);
	free(eviction);
	return NULL;
}

void library_preview_evict_aside(
	const char *cache_dir, uint64_t limit, enum library_preview_victims victims)
{
	struct eviction *eviction = malloc(sizeof(*eviction));
	pthread_attr_t detached;
	pthread_t thread;
	bool started;

	if (!eviction || pthread_attr_init(&detached) != 0) {
		free(eviction);
		return;
	}
	eviction->limit = limit;
	eviction->victims = victims;
	(void)snprintf(eviction->cache_dir, sizeof(eviction->cache_dir), "%s", cache_dir);
	started = pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0 &&
		  pthread_create(&thread, &detached, evict_aside, eviction) == 0;
	(void)pthread_attr_destroy(&detached);
	/* The next preview that is kept tries again. */
	if (!started)
		free(eviction);
}

void library_preview_recover(
	struct arena *arena, const struct library_preview_cache *cache, const char *boot)
{
	struct library_preview_state state = library_preview_state_read(cache->state);
	struct library_preview_walk walk;

	if (strncmp(state.boot, boot, sizeof(state.boot) - 1) == 0)
		return;
	(void)library_preview_lock(cache->state, LIBRARY_PREVIEW_LOCK_STATE, true);
	state = library_preview_state_read(cache->state);
	if (strncmp(state.boot, boot, sizeof(state.boot) - 1) != 0 &&
		library_preview_walk(arena, cache->directory, &walk)) {
		library_preview_remove_torn(&walk, cache->directory, TORN_SECONDS);
		state = (struct library_preview_state){.used = walk.bytes, .oldest = walk.oldest};
		(void)strncpy(state.boot, boot, sizeof(state.boot) - 1);
		library_preview_state_write(cache->state, &state);
	}
	library_preview_unlock(cache->state, LIBRARY_PREVIEW_LOCK_STATE);
}

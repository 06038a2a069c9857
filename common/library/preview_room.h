#ifndef LIBRARY_PREVIEW_ROOM_H
#define LIBRARY_PREVIEW_ROOM_H

#include "library/preview_cache.h"

/*
 * How full the cache of previews is, and what goes when it is full: what was not asked for longest.
 * nginx sends previews without any program of ours, so the kernel keeps that time, as the file's
 * access time. Most file systems are mounted `relatime`, which notes only the first access in a day
 * unless the modification time is later than the last access; previews therefore carry one far in
 * the future. Mounted `noatime`, what was made first goes first.
 */

/* Bytes counted at present. */
uint64_t library_preview_used(const struct library_preview_cache *cache);

/* What may be evicted. */
enum library_preview_victims {
	LIBRARY_PREVIEWS_NOT_IN_USE,  /* all but those asked for in the last seconds */
	LIBRARY_PREVIEWS_UNUSED_TODAY /* those not asked for in the last 24 hours */
};

/*
 * True if evicting is due (the limit is passed) or, for LIBRARY_PREVIEWS_UNUSED_TODAY, if it may
 * help those who may evict no others.
 */
bool library_preview_must_evict(
	const struct library_preview_cache *cache, enum library_preview_victims victims);

/* Evicts down to nine tenths of the limit, unless another process is at it. */
void library_preview_evict(struct arena *arena, const struct library_preview_cache *cache,
	enum library_preview_victims victims);

/*
 * The same in a thread of its own, because removing thousands of files takes seconds on some file
 * systems; nobody waits for it, and nothing is lost when the process ends before it.
 */
void library_preview_evict_aside(
	const char *cache_dir, uint64_t limit, enum library_preview_victims victims);

/* True if there is room for a preview without evicting any. */
bool library_preview_has_spare_room(const struct library_preview_cache *cache);

/*
 * After the machine was started anew, what was written just before it stopped may be torn, and the
 * count of a process that was killed may be wrong: removes the former, counts again. Cheap when
 * there is nothing to do. `boot` tells one run of the machine from another.
 */
void library_preview_recover(
	struct arena *arena, const struct library_preview_cache *cache, const char *boot);

/*
 * Locks, of this opening of the cache against all others; given up when it is closed. `wait_ms`:
 * how long to try at most; `is_abandoned` (may be NULL) ends the waiting early.
 */
bool library_preview_lock_image(const struct library_preview_cache *cache, const char *path,
	unsigned wait_ms, bool (*is_abandoned)(void *context), void *context);
bool library_preview_lock_background(const struct library_preview_cache *cache);

#endif

#ifndef LIBRARY_PREVIEW_STATE_H
#define LIBRARY_PREVIEW_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The file CACHE_DIR/previews.state: how much there is in the cache of previews, for all processes
 * that work on it, and their locks. `state` is an opening of it. Only one machine reads it.
 */
struct library_preview_state {
	uint32_t format;
	char boot[44]; /* the run of the machine in which it was last counted */
	uint64_t used; /* bytes, as charged */
	/* When the longest unused one was last used, when that was last looked at. */
	int64_t oldest;
};

/* A state that was never written, or by another version, is all zero. */
struct library_preview_state library_preview_state_read(int state);

/* A write that fails leaves a count that the next search for what to evict sets right. */
void library_preview_state_write(int state, struct library_preview_state *content);

/* What a file of that size counts for: whole blocks, and its share of directories. */
uint64_t library_preview_charge(uint64_t size);

/* Counts bytes that came (or, negative, went). */
void library_preview_count(int state, int64_t change);

/* The bytes of the file that stand for locks; from LIBRARY_PREVIEW_LOCK_IMAGES on one an image. */
enum {
	LIBRARY_PREVIEW_LOCK_STATE, /* reading and writing the state as one step */
	LIBRARY_PREVIEW_LOCK_EVICTION,
	LIBRARY_PREVIEW_LOCK_BACKGROUND,
	LIBRARY_PREVIEW_LOCK_IMAGES = 16
};

/* Locks one against all other openings; given up when this one is closed. */
bool library_preview_lock(int state, off_t byte, bool wait);
void library_preview_unlock(int state, off_t byte);

#endif

#ifndef LIBRARY_PREVIEW_CACHE_H
#define LIBRARY_PREVIEW_CACHE_H

#include <stdint.h>

#include "base/arena.h"
#include "library/preview.h"
#include "library/scan.h"

/*
 * Previews on disk, laid out so that nginx finds one by the URL alone:
 *
 *   CACHE_DIR/previews/IMAGE'S PATH/VERSION-WIDTH.jpg (or .webp)
 *   CACHE_DIR/previews/IMAGE'S PATH/VERSION.fault      why there is none
 *   CACHE_DIR/previews.state                           how much there is; the locks
 *
 * The image's file name is a directory, so no name grows longer than it was and all that belongs to
 * an image lies together. Any number of processes may work on it at once, and be killed at any
 * time.
 */
struct library_preview_cache {
	int directory; /* CACHE_DIR/previews */
	int state;     /* CACHE_DIR/previews.state, where this process's locks are held */
	uint64_t limit;
};

/* Opens the cache, making it if need be; `limit` in bytes. False with errno: there is none now. */
bool library_preview_cache_open(
	struct library_preview_cache *cache, const char *cache_dir, uint64_t limit);

/* Closes it and lets go of its locks. */
void library_preview_cache_close(struct library_preview_cache *cache);

/* What is kept, or could be, for one version of an image at one width. */
struct library_preview_key {
	const char *path; /* relative to sample_dir */
	char version[LIBRARY_VERSION_SIZE];
	unsigned width;
};

/* The path of a preview beneath CACHE_DIR/previews; NULL without memory. */
const char *library_preview_file(
	struct arena *arena, const struct library_preview_key *key, enum library_preview_type type);

/* True if a preview is kept; `*type` says which file it is. */
bool library_preview_find(struct arena *arena, const struct library_preview_cache *cache,
	const struct library_preview_key *key, enum library_preview_type *type);

/* True if it is known that no preview can be made; `*fault` says why. */
bool library_preview_find_fault(struct arena *arena, const struct library_preview_cache *cache,
	const struct library_preview_key *key, struct error *fault);

/*
 * Keeps a preview, or the reason why there is none (ERROR_UNSUPPORTED, ERROR_DAMAGED or
 * ERROR_INVALID), and removes what is kept for other versions of the image. False with errno.
 */
bool library_preview_keep(struct arena *arena, const struct library_preview_cache *cache,
	const struct library_preview_key *key, const struct library_preview *preview);
bool library_preview_keep_fault(struct arena *arena, const struct library_preview_cache *cache,
	const struct library_preview_key *key, const struct error *fault);

#endif

#ifndef LIBRARY_PREVIEW_GET_H
#define LIBRARY_PREVIEW_GET_H

#include <stdint.h>

#include "base/arena.h"
#include "config/config.h"
#include "library/preview_cache.h"

/* Somebody wants a preview. */
struct library_preview_wish {
	const char *path; /* of the image, relative to sample_dir */
	unsigned width;
	bool background;		     /* nobody is looking at it yet */
	uint64_t limit;			     /* of the cache, in bytes */
	const char *boot;		     /* as library_preview_recover */
	bool (*is_abandoned)(void *context); /* true: the wisher has gone; may be NULL */
	void *context;
};

struct library_preview_answer {
	struct library_preview_key key; /* with the version that the image has now */
	enum library_preview_type type;
	bool was_made;
	int64_t took_ns;     /* the making */
	const char *file;    /* beneath CACHE_DIR/previews; NULL if it is not kept */
	int keep_error;	     /* an errno: why it is not kept */
	struct buffer bytes; /* of one that is not kept; freed by the caller */
};

/*
 * Gives the preview of an image as the file is now: out of the cache, or made and kept there, once
 * however many processes want it at the same time. Background work is done by one process at a time
 * and evicts nothing that was asked for in the last day.
 *
 * Errors: those of library_open_image and library_preview_make (`damaged_file`, `not_an_image` and
 * `picture_too_large` are remembered until the file changes); ERROR_UNAVAILABLE `overloaded`,
 * `cache_full` (background only), `file_incomplete` or `abandoned`.
 */
bool library_preview_get(struct arena *arena, const struct config *config,
	const struct library_preview_wish *wish, struct library_preview_answer *answer,
	struct error *error);

#endif

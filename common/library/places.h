#ifndef LIBRARY_PLACES_H
#define LIBRARY_PLACES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"

/*
 * The only way over a symbolic link: opens what `path` (absolute) really is, provided that its real
 * path lies in one of the configured directories, which may be links themselves. Between the check
 * and the opening nothing can be exchanged: the real path is walked without links.
 * Returns the descriptor, or -1 with errno; EXDEV if it lies elsewhere. `*real` is the real path,
 * in the arena, or NULL if there is none (a dangling link).
 */
int library_open_real(struct arena *arena, const struct config *config, const char *path, int flags,
	const char **real);

/*
 * Opens a checkpoint file for reading: `path` beneath the checkpoint directory with that index; a
 * link is followed as library_open_real does. -1 with an error: ERROR_NOT_FOUND, ERROR_FORBIDDEN
 * `outside_directories` or `unreadable`, else ERROR_UNAVAILABLE.
 */
int library_open_checkpoint(struct arena *arena, const struct config *config, size_t directory,
	const char *path, struct error *error);

/*
 * Opens an image file for reading: `path` beneath sample_dir, over no link. Only names that images
 * have are found. -1 with an error as above.
 */
int library_open_image(const struct config *config, const char *path, struct error *error);

#endif

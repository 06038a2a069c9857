#ifndef LIBRARY_SCAN_H
#define LIBRARY_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "library/runs.h"

/* How long a directory or file must have been left alone before what was read of it is trusted. */
#define LIBRARY_SETTLED_NS INT64_C(2000000000)

struct library_scan {
	struct buffer json; /* the wire contract's answer */
	size_t files;	    /* names looked at */
	size_t images;	    /* images in the answer */
	struct library_skipped skipped;
	bool settled; /* no image was written to in the LIBRARY_SETTLED_NS before `now` */
};

/*
 * Reads the sample directories of a run's checkpoints (PRD 2.3, 2.4). `now` in nanoseconds since
 * 1970. What cannot be used is in `skipped`. False with an error only without memory; the caller
 * frees `scan->json` in either case.
 */
bool library_scan_run(struct arena *arena, const struct config *config,
	const struct library_run *run, int64_t now, struct library_scan *scan, struct error *error);

#define LIBRARY_VERSION_SIZE 40

/*
 * An image's `version`, terminated: changes when the file is replaced (modification time and size).
 * Returns its length.
 */
size_t library_image_version(
	int64_t modified, uint64_t size, char version[static LIBRARY_VERSION_SIZE]);

#endif

#ifndef LIBRARY_SCAN_CACHE_H
#define LIBRARY_SCAN_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "naming/checkpoint.h"

/*
 * Finished answers as files in the cache directory, `scan-RUN-FINGERPRINT.json.gz`, shared by the
 * processes of the pool and sent by nginx. Whoever answers by a file names it a moment before nginx
 * opens it; so a file is removed only when nobody has been answered by it for
 * LIBRARY_CACHE_GRACE_S. The modification time of a file says when it last served.
 */

#define LIBRARY_CACHE_GRACE_S 120
#define LIBRARY_CACHE_BYTES   ((uint64_t)512 << 20) /* of files past the grace; the oldest go */

/* The name of the answer's file, without `.gz`, terminated. */
#define LIBRARY_CACHE_NAME_SIZE sizeof("scan-0123456789abcdef-0123456789abcdef.json")
void library_cache_name(
	const char *run_id, uint64_t fingerprint, char name[static LIBRARY_CACHE_NAME_SIZE]);

/* What tells two gzip files apart: the checksum and length of their content, and their own length.
 */
struct library_cache_identity {
	uint32_t checksum;
	uint32_t content_length; /* modulo 2^32 */
	uint64_t length;
};

/* Reads the identity off a gzip file in memory. */
struct library_cache_identity library_gzip_identity(struct text file);

/* True if the file is there; it is then marked as having served now. */
bool library_cache_find(
	const char *cache_dir, const char *name, struct library_cache_identity *identity);

/*
 * Puts the file in place; other processes see the old one or the whole new one. Then removes what
 * is no longer needed. Returns false with errno if it cannot be written.
 */
bool library_cache_store(
	struct arena *arena, const char *cache_dir, const char *name, struct text gzipped);

/* Removes the file if it is there, without grace: its content is known to be out of date. */
void library_cache_drop(const char *cache_dir, const char *name);

#endif

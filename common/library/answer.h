#ifndef LIBRARY_ANSWER_H
#define LIBRARY_ANSWER_H

#include <stdbool.h>

#include "library/runs.h"
#include "library/scan_cache.h"

/* The answer to a scan as it goes out. */
struct library_answer {
	char etag[64];	    /* with its quotes; names the content */
	struct buffer body; /* empty if a file in the cache directory is the answer */
	bool is_gzipped;    /* `body` is */
	char cache_name[LIBRARY_CACHE_NAME_SIZE]; /* that file without its `.gz`, or "" */
};

enum library_answer_flags {
	LIBRARY_REFRESH = 1 << 0, /* read the disk, whatever is in the cache */
	LIBRARY_PLAIN = 1 << 1	  /* no gzip, no cache, no ETag: for a shell */
};

/*
 * Answers a scan from the cache directory if nothing has changed since, else by reading the sample
 * directories; then it leaves the answer there for the next time, provided that it can be trusted
 * to stay true (docs/filesystem.md, "When changes show"). The caller frees `answer->body`, also on
 * failure. False with an error only without memory.
 */
bool library_answer_scan(struct arena *arena, const struct config *config,
	const struct library_run *run, unsigned flags, struct library_answer *answer,
	struct error *error);

#endif

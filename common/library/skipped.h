#ifndef LIBRARY_SKIPPED_H
#define LIBRARY_SKIPPED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json_write.h"
#include "base/text.h"

struct library_skipped_entry {
	struct text path; /* any bytes; for people to read */
	const char *reason;
};

/* What could not be used, and why: the first LIMIT_SKIPPED entries, and how many there are in all.
 */
struct library_skipped {
	struct library_skipped_entry *entries;
	size_t kept;
	size_t capacity;
	size_t count;
};

/*
 * Notes one entry. `path` is copied; `reason` must live as long as the arena. Returns false without
 * memory.
 */
bool library_skip(
	struct arena *arena, struct library_skipped *skipped, struct text path, const char *reason);

/* Writes the entries as a JSON array of {path, reason}. */
void library_write_skipped(struct json_writer *out, const struct library_skipped *skipped);

#endif

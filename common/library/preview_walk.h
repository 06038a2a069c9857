#ifndef LIBRARY_PREVIEW_WALK_H
#define LIBRARY_PREVIEW_WALK_H

#include <stdint.h>

#include "base/arena.h"

struct library_preview_entry {
	const char *path; /* relative to the cache's directory */
	int64_t used;	  /* seconds since 1970 */
	int64_t written;  /* likewise */
	uint64_t charge;  /* bytes, as library_preview_charge; 0 once removed */
};

/* All files of the cache of previews. */
struct library_preview_walk {
	struct library_preview_entry *entries; /* the longest unused first */
	size_t count;
	size_t capacity;
	uint64_t bytes; /* charged for all that is there */
	int64_t oldest; /* when the longest unused one was used; INT64_MAX without any */
	size_t removed;
	uint64_t removed_bytes;
};

/*
 * Finds all files beneath `directory`; temporary ones that a killed process left are removed.
 * False without memory.
 */
bool library_preview_walk(struct arena *arena, int directory, struct library_preview_walk *walk);

/*
 * Removes the longest unused files, as long as more than `bytes` are there and only those last used
 * before `unused_since`, and the directories that become empty.
 */
void library_preview_remove_unused(
	struct library_preview_walk *walk, int directory, uint64_t bytes, int64_t unused_since);

/* Removes the files written in the `seconds` before the newest was. */
void library_preview_remove_torn(struct library_preview_walk *walk, int directory, int64_t seconds);

#endif

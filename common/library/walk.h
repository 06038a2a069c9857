#ifndef LIBRARY_WALK_H
#define LIBRARY_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "config/config.h"
#include "library/skipped.h"

/* A checkpoint file as the search finds it. */
struct library_file {
	size_t directory;      /* index into the configuration's checkpoint_dirs */
	const char *path;      /* relative to that directory; UTF-8 */
	struct text parent;    /* the part of `path` before the last `/`; empty at the top */
	struct text file_name; /* the part after it, terminated */
};

/* A directory that was read, as it was a moment before. */
struct library_place {
	const char *path; /* absolute */
	dev_t device;
	ino_t inode;		  /* 0: it could not be opened */
	struct timespec modified; /* zero: it could not be read to its end */
};

struct library_files {
	struct library_file *items;
	size_t count;
	size_t capacity;
	size_t excluded; /* files and directories that the globs kept out */
	struct library_skipped skipped;
	struct library_place *places;
	size_t place_count;
	size_t place_capacity;
};

/*
 * Searches all checkpoint directories for `.safetensors` files: hidden names are passed over, the
 * configuration's globs keep out what they match, links are followed where library_open_real
 * permits. What cannot be read or followed is in `skipped`, the directories it went through, or
 * could not, are in `places`; false only without memory.
 */
bool library_walk(struct arena *arena, const struct config *config, struct library_files *files);

#endif

#ifndef LIBRARY_COLLECT_H
#define LIBRARY_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

enum library_entry_kind {
	LIBRARY_IMAGE_FILE, /* a regular file with an image's name */
	LIBRARY_LINK,	    /* a symbolic link with an image's name */
	LIBRARY_SUBDIRECTORY,
	LIBRARY_SPECIAL,   /* a FIFO, socket or device with an image's name */
	LIBRARY_UNREADABLE /* its facts could not be read; `size` is the errno */
};

/* What a sample directory holds under one name. */
struct library_entry {
	size_t name; /* where it begins in the directory's `names` */
	uint16_t name_length;
	uint8_t kind;	  /* enum library_entry_kind */
	int64_t modified; /* nanoseconds since 1970 */
	uint64_t size;	  /* bytes */
};

/* One sample directory. Set `name` and leave the rest zero. */
struct library_collected {
	const char *name; /* relative to sample_dir */
	int error;	  /* the errno that ended the reading, else 0 */
	bool cut;	  /* there are more files than LIMIT_SCAN_FILES in all the directories */
	struct library_entry *entries; /* sorted by name (bytes) */
	size_t count;
	size_t capacity;
	struct buffer names;
};

/*
 * Reads directories below the open directory `sample_dir`, on several threads: the time goes into
 * waiting for the kernel or the network. Follows no link; passes over hidden names and over files
 * that are no images. Failures are noted per directory; a directory that is gone is an empty one.
 */
void library_collect(int sample_dir, struct library_collected *directories, size_t count);

void library_collected_free(struct library_collected *directories, size_t count);

static inline struct text library_entry_name(
	const struct library_collected *directory, const struct library_entry *entry)
{
	return (struct text){directory->names.bytes + entry->name, entry->name_length};
}

#endif

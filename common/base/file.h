#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

/* How links on the way to a file are treated. */
enum file_links {
	FILE_LINKS_REFUSED, /* no component may be a symbolic link */
	FILE_LINKS_BENEATH  /* links are followed as long as they stay beneath the directory */
};

/*
 * Opens `path` (relative, terminated) beneath the directory `at` with openat2, so that neither `..`
 * nor a link nor a race leads out of it. `flags` as open(2); O_CLOEXEC is added, and O_NONBLOCK
 * when reading, so that a FIFO never blocks. Returns the descriptor, or -1 with errno (EXDEV or
 * ELOOP: it led outside or over a link).
 */
int file_open_beneath(int at, const char *path, int flags, enum file_links links);

/*
 * Reads an open file from its present offset to its end into `buffer`.
 * Returns false with errno set; EFBIG if the buffer's maximum was passed.
 */
bool file_read_all(int descriptor, struct buffer *buffer);

/* Reads the whole file at `path` (relative to the directory `at`, or AT_FDCWD). As file_read_all.
 */
bool file_read_path(int at, const char *path, struct buffer *buffer);

/*
 * Puts a file in place atomically: a hidden temporary of its own in the same directory, written,
 * renamed over `name`. Other programs see the old file or the whole new one; a failure leaves no
 * debris. With `durable` both file and directory are synced, so that it also survives a power cut.
 * Returns false with errno set; if only the directory could not be synced, the file is in place.
 */
bool file_write_atomic(int at, const char *name, struct text content, bool durable);

/*
 * What an entry of the open directory `at` is: DT_REG, DT_DIR, DT_LNK, … Some file systems do not
 * say so by themselves; then it is looked at. DT_UNKNOWN if it is gone.
 */
unsigned char file_entry_type(int at, const struct dirent *entry);

/* Creates the directory `path` and those above it that are missing (mode 0777 less umask). */
bool file_make_directories(const char *path);

#endif

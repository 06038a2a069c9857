#ifndef LIBRARY_OUTPUT_H
#define LIBRARY_OUTPUT_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* Finished pictures: checked, and put into sample_dir where everybody sees them whole or not. */

/* What a path in sample_dir is at this moment. */
struct library_output_state {
	bool exists;
	int64_t size;	  /* bytes */
	int64_t modified; /* nanoseconds since 1970 */
};

/*
 * True if the bytes are a whole PNG: chunks with right checksums from IHDR over IDAT to IEND.
 * Pixels are not decoded. Else ERROR_DAMAGED; the message says what is wrong.
 */
bool library_check_png(struct text bytes, struct error *error);

/*
 * Looks whether there is a file at `path` (relative, terminated: a checkpoint's directory and a
 * name). ERROR_UNAVAILABLE if that cannot be told now.
 */
bool library_output_look(const char *sample_dir, const char *path,
	struct library_output_state *state, struct error *error);

/*
 * Puts a picture there, over whatever file is there: written beside it under a hidden name, synced,
 * renamed, the directories synced too. The checkpoint's directory is made if need be, sample_dir is
 * not: a drive that is away must not be filled behind its back.
 *
 * ERROR_UNAVAILABLE `output_unwritable` where somebody can mend it and trying again is right: a
 * full or read-only disk, missing rights, a drive that is away. The message names what to mend.
 * Other kinds say that this file can never be there. A failure leaves no debris.
 */
bool library_output_save(const char *sample_dir, const char *path, struct text bytes,
	struct library_output_state *state, struct error *error);

/*
 * Removes what a process that was killed left half-written beside `path`. Only for the one process
 * that writes there.
 */
void library_output_clean(const char *sample_dir, const char *path);

#endif

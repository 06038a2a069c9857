#ifndef LIBRARY_METADATA_H
#define LIBRARY_METADATA_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/json_write.h"
#include "base/text.h"
#include "library/intern.h"

/* Texts by key, as found in a file; of equal keys the first counts. Start with all zeros. */
struct library_metadata {
	struct library_intern keys;
	struct text *values; /* by the number of the key */
	size_t capacity;
	size_t bytes; /* of all keys and values */
};

/*
 * Adds a key that is not there yet, and nothing if it is. Both texts must live as long as the
 * arena. False with ERROR_DAMAGED when all of it passes LIMIT_METADATA, or ERROR_SYSTEM without
 * memory.
 */
bool library_metadata_add(struct arena *arena, struct library_metadata *metadata, struct text key,
	struct text value, struct error *error);

/* Writes the keys that begin with `prefix`, or those that do not, as a JSON object. */
void library_write_metadata(struct json_writer *out, const struct library_metadata *metadata,
	struct text prefix, bool beginning);

/* ERROR_DAMAGED: the file is not what its name says, because of what `format` tells. False. */
bool library_damaged(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Reads up to `size` bytes at `offset`; fewer only at the end of the file. -1 with errno. */
ssize_t library_read_at(int descriptor, char *bytes, size_t size, off_t offset);

/* ERROR_UNAVAILABLE: what errno says about the reading that has just failed. False. */
bool library_read_failed(struct error *error);

#endif

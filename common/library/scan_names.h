#ifndef LIBRARY_SCAN_NAMES_H
#define LIBRARY_SCAN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/json_write.h"
#include "library/intern.h"

/*
 * What a scan knows about image file names: the same names occur in every checkpoint's directory,
 * so each is taken apart, and its JSON written, once.
 */
struct library_scan_name {
	const char *skipped;	/* the reason why it is no image, or NULL */
	uint32_t combination;	/* equal for names with the same dimensions and values */
	bool has_counter;	/* the name has a batch counter */
	struct text counter;	/* its digits */
	struct text json;	/* the name, escaped, without quotes */
	struct text dimensions; /* `,"key":"value"` for each dimension */
	const uint32_t *values; /* numbers of its values; see library_scan_names */
	size_t value_count;
	bool used;     /* an image with that name is in the answer */
	uint32_t next; /* the number of the name that came after it last time */
};

struct library_scan_names {
	struct arena *arena;
	struct buffer scratch;
	struct library_intern table; /* file name -> number of the entry in `names` */
	struct library_scan_name *names;
	size_t capacity;
	struct library_intern dimensions;   /* dimension -> number */
	struct library_intern values;	    /* number of the dimension, value -> number */
	struct library_intern combinations; /* sorted numbers of values -> number */
	uint32_t last;			    /* the name found last */
};

void library_scan_names_init(struct library_scan_names *names, struct arena *arena);
void library_scan_names_free(struct library_scan_names *names);

/* The name's entry, new or known; `name` is copied. NULL without memory. Valid until the next call.
 */
struct library_scan_name *library_scan_name(struct library_scan_names *names, struct text name);

/*
 * Writes the wire contract's array of Dimension: the values of all names marked as used, and
 * `checkpoint` with the values given, which are in training order. False without memory.
 */
bool library_write_dimensions(struct library_scan_names *names,
	const struct text *checkpoint_values, size_t checkpoint_count, struct json_writer *out);

#endif

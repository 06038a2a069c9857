#ifndef NAMING_VALUES_H
#define NAMING_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

/* How the values of a dimension are ordered. */
enum naming_type {
	NAMING_INT,    /* all are integers, of any size */
	NAMING_NUMBER, /* all are decimal numbers, exponents allowed */
	NAMING_STRING  /* anything else: natural order */
};

/* "int", "number" or "string". */
const char *naming_type_name(enum naming_type type);

/* The type that all the values have in common; NAMING_INT of none. */
enum naming_type naming_common_type(const struct text *values, size_t count);

/*
 * Sorts values that differ from each other by their common type, which it puts into `*type`.
 * Numbers compare exactly, however many digits they have; equal numbers (`1`, `01`, `1.0`) by
 * bytes. False without memory.
 */
bool naming_sort_values(
	struct arena *arena, struct text *values, size_t count, enum naming_type *type);

/*
 * Natural order: digits compare as the numbers they spell (`p2` before `p10`), all else by bytes.
 * 0 only for equal bytes.
 */
int naming_compare_natural(struct text a, struct text b);

#endif

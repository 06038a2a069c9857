#ifndef LIBRARY_INTERN_H
#define LIBRARY_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/*
 * Numbers for texts: equal texts get the same number, the first one 0, the next new one 1, and so
 * on. Start with all zeros. The texts are not copied and must live as long as the table.
 */
struct library_intern {
	struct text *texts; /* by number */
	size_t count;
	size_t capacity;
	uint32_t *slots; /* number + 1, or 0; open addressing */
	size_t slot_count;
};

#define LIBRARY_INTERN_MEMORY UINT32_MAX

/* The number of `value`, new or known. LIBRARY_INTERN_MEMORY without memory. */
uint32_t library_intern(struct arena *arena, struct library_intern *table, struct text value);

/* True if the text has a number already. */
bool library_is_interned(const struct library_intern *table, struct text value);

#endif

#ifndef LIBRARY_WATCH_NAMES_H
#define LIBRARY_WATCH_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "library/intern.h"

/* What the watch knows about a file name. The same names occur in every checkpoint's directory. */
struct library_watch_name {
	uint64_t cell;		/* equal for names with equal dimensions; 0: names no image */
	bool has_counter;	/* has a batch counter */
	uint8_t counter_at;	/* where in the name its digits begin */
	uint8_t counter_length; /* without leading zeros */
};

struct library_watch_names {
	struct arena arena;
	struct arena scratch;
	struct library_intern table; /* file name -> number */
	struct library_watch_name *names;
	size_t capacity;
};

void library_watch_names_init(struct library_watch_names *names);
void library_watch_names_free(struct library_watch_names *names);

#define LIBRARY_WATCH_NO_NAME UINT32_MAX

/*
 * The number of a file name of at most LIMIT_FILE_NAME bytes, new or known; LIBRARY_WATCH_NO_NAME
 * without memory.
 */
uint32_t library_watch_number(struct library_watch_names *names, struct text name);

static inline struct text library_watch_name_text(
	const struct library_watch_names *names, uint32_t number)
{
	return names->table.texts[number];
}

#endif

#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/text.h"

struct arena_chunk;

/*
 * Memory that dies together: one arena serves one request or one job item.
 * Nothing taken from it is freed by itself; arena_reset ends all of it.
 */
struct arena {
	struct arena_chunk *chunk; /* newest first */
	size_t taken;		   /* bytes held from the system */
	size_t limit;		   /* never hold more than this */
};

/* An empty arena that will hold at most `limit` bytes. Holds no memory until the first use. */
void arena_init(struct arena *arena, size_t limit);

/* Frees everything taken from the arena but one small chunk, kept for the next round. */
void arena_reset(struct arena *arena);

/* Frees everything. The arena may be used again. */
void arena_free(struct arena *arena);

/*
 * `size` zeroed bytes, aligned for any type; valid until the next reset.
 * Returns NULL if the limit would be passed or the system has no memory. Size 0 is valid.
 */
void *arena_alloc(struct arena *arena, size_t size);

/* As arena_alloc for `count` items of `size` bytes; NULL also if the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/*
 * A larger home for an array that is full: `*items` of `*capacity` entries of `size` bytes, of
 * which `count` are in use, is moved so that one more entry fits. Returns false, and changes
 * nothing, without memory. The old home stays taken until the reset, at most as much again as the
 * new one.
 */
bool arena_grow(struct arena *arena, void *items, size_t *capacity, size_t count, size_t size);

/* A terminated copy of the bytes, or NULL without memory. */
char *arena_copy(struct arena *arena, struct text value);

/* As arena_copy, as a text; its `at` is NULL without memory. */
struct text arena_text(struct arena *arena, struct text value);

/* A terminated string made as printf does, or NULL without memory. */
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

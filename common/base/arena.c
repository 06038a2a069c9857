#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHUNK_SMALL ((size_t)16 * 1024) /* the first chunk, kept over resets */
#define CHUNK_LARGE ((size_t)1 << 20)	/* chunks double up to this size */
#define ALIGNMENT   (_Alignof(max_align_t))

struct arena_chunk {
	struct arena_chunk *older;
	size_t size; /* of `bytes` */
	size_t used;
	_Alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena, size_t limit)
{
	*arena = (struct arena){.limit = limit};
}

static void free_chunks_after(struct arena *arena, struct arena_chunk *kept)
{
	while (arena->chunk != kept) {
		struct arena_chunk *chunk = arena->chunk;

		arena->chunk = chunk->older;
		arena->taken -= chunk->size;
		free(chunk);
	}
}

void arena_reset(struct arena *arena)
{
	struct arena_chunk *oldest = arena->chunk;

	while (oldest && oldest->older)
		oldest = oldest->older;
	if (oldest && oldest->size > CHUNK_SMALL)
		oldest = NULL;
	free_chunks_after(arena, oldest);
	if (oldest)
		oldest->used = 0;
}

void arena_free(struct arena *arena)
{
	free_chunks_after(arena, NULL);
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t at_least)
{
	size_t size = arena->chunk ? arena->chunk->size * 2 : CHUNK_SMALL;
	size_t left = arena->limit - arena->taken;
	struct arena_chunk *chunk;

	if (size > CHUNK_LARGE)
		size = CHUNK_LARGE;
	if (size > left)
		size = left;
	if (size < at_least)
		size = at_least;
	if (size > left)
		return NULL;
	chunk = malloc(sizeof(*chunk) + size);
	if (!chunk)
		return NULL;
	chunk->older = arena->chunk;
	chunk->size = size;
	chunk->used = 0;
	arena->chunk = chunk;
	arena->taken += size;
	return chunk;
}

static void *take(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunk;
	void *bytes;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!chunk || size > chunk->size - chunk->used)
		chunk = add_chunk(arena, size);
	if (!chunk)
		return NULL;
	bytes = chunk->bytes + chunk->used;
	chunk->used += size;
	return bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *bytes = take(arena, size);

	return bytes ? memset(bytes, 0, size) : NULL;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	return __builtin_mul_overflow(count, size, &total) ? NULL : arena_alloc(arena, total);
}

bool arena_grow(struct arena *arena, void *items, size_t *capacity, size_t count, size_t size)
{
	void **home = items;
	size_t wanted = *capacity ? *capacity * 2 : 8;
	void *moved;

	if (count < *capacity)
		return true;
	moved = arena_array(arena, wanted, size);
	if (!moved)
		return false;
	if (count)
		memcpy(moved, *home, count * size);
	*home = moved;
	*capacity = wanted;
	return true;
}

char *arena_copy(struct arena *arena, struct text value)
{
	char *copy = take(arena, value.length + 1);

	if (!copy)
		return NULL;
	if (value.length)
		memcpy(copy, value.at, value.length);
	copy[value.length] = '\0';
	return copy;
}

struct text arena_text(struct arena *arena, struct text value)
{
	return (struct text){arena_copy(arena, value), value.length};
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	int length;
	char *string;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		return NULL;
	string = take(arena, (size_t)length + 1);
	if (!string)
		return NULL;
	va_start(arguments, format);
	(void)vsnprintf(string, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return string;
}

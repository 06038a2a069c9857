#include "library/intern.h"

#include "base/hash.h"

/* Folded: its low bits alone are weak for similar texts. */
static size_t hash_of(struct text value)
{
	uint64_t hash = hash_text(HASH_START, value);

	return (size_t)(hash ^ hash >> 32);
}

/* The slot that holds `value`, or the free one where it belongs. There is always a free one. */
static uint32_t *find_slot(const struct library_intern *table, struct text value)
{
	size_t mask = table->slot_count - 1;
	size_t at = hash_of(value) & mask;

	while (table->slots[at] && !text_equal(table->texts[table->slots[at] - 1], value))
		at = (at + 1) & mask;
	return &table->slots[at];
}

/* Keeps at least half of the slots free. */
static bool make_room(struct arena *arena, struct library_intern *table)
{
	size_t wanted = table->slot_count ? table->slot_count * 2 : 64;

	if (!arena_grow(
		    arena, &table->texts, &table->capacity, table->count, sizeof(*table->texts)))
		return false;
	if (table->count * 2 < table->slot_count)
		return true;
	table->slots = arena_array(arena, wanted, sizeof(*table->slots));
	if (!table->slots)
		return false;
	table->slot_count = wanted;
	for (size_t i = 0; i < table->count; i++)
		*find_slot(table, table->texts[i]) = (uint32_t)i + 1;
	return true;
}

uint32_t library_intern(struct arena *arena, struct library_intern *table, struct text value)
{
	uint32_t *slot;

	if (table->count >= UINT32_MAX - 1 || !make_room(arena, table))
		return LIBRARY_INTERN_MEMORY;
	slot = find_slot(table, value);
	if (*slot == 0) {
		table->texts[table->count++] = value;
		*slot = (uint32_t)table->count;
	}
	return *slot - 1;
}

bool library_is_interned(const struct library_intern *table, struct text value)
{
	return table->count && *find_slot(table, value) != 0;
}

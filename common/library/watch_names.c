#include "library/watch_names.h"

#include "base/hash.h"
#include "base/limits.h"
#include "naming/image.h"

void library_watch_names_init(struct library_watch_names *names)
{
	*names = (struct library_watch_names){0};
	arena_init(&names->arena, LIMIT_WATCH_MEMORY);
	arena_init(&names->scratch, LIMIT_WATCH_MEMORY);
}

void library_watch_names_free(struct library_watch_names *names)
{
	arena_free(&names->arena);
	arena_free(&names->scratch);
	*names = (struct library_watch_names){0};
}

/* A dimension and its value; the bits are mixed well enough for sums to tell sets apart. */
static uint64_t hash_pair(const struct naming_pair *pair)
{
	uint64_t hash = hash_text(HASH_START, pair->key);

	/* A byte that no UTF-8 has keeps `a=bc` and `ab=c` apart. */
	hash = hash_text(hash, TEXT("\xff"));
	hash = hash_text(hash, pair->value);
	hash = (hash ^ (hash >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ (hash >> 27)) * UINT64_C(0x94d049bb133111eb);
	return hash ^ (hash >> 31);
}

static bool parse(
	struct library_watch_names *names, struct text name, struct library_watch_name *entry)
{
	struct naming_image image;
	const char *reason;
	enum naming_image_result result =
		naming_parse_image(&names->scratch, name, &image, &reason);

	*entry = (struct library_watch_name){0};
	if (result == NAMING_IMAGE) {
		/* A sum: the order of the pairs in the name means nothing. */
		for (size_t i = 0; i < image.pair_count; i++)
			entry->cell += hash_pair(&image.pairs[i]);
		entry->cell += entry->cell == 0;
		entry->has_counter = image.has_counter;
		if (image.has_counter) {
			entry->counter_at = (uint8_t)(image.counter.at - name.at);
			entry->counter_length = (uint8_t)image.counter.length;
		}
	}
	arena_reset(&names->scratch);
	return result != NAMING_IMAGE_MEMORY;
}

uint32_t library_watch_number(struct library_watch_names *names, struct text name)
{
	size_t known = names->table.count;
	struct text copy;
	uint32_t number;

	if (!arena_grow(
		    &names->arena, &names->names, &names->capacity, known, sizeof(*names->names)))
		return LIBRARY_WATCH_NO_NAME;
	number = library_intern(&names->arena, &names->table, name);
	if (number < known || number == LIBRARY_INTERN_MEMORY)
		return number;
	copy = arena_text(&names->arena, name);
	if (!copy.at || !parse(names, copy, &names->names[number]))
		return LIBRARY_WATCH_NO_NAME;
	names->table.texts[number] = copy;
	return number;
}

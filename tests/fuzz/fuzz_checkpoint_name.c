/*
 * Lines of any bytes as the checkpoints of one run: each is a checkpoint or not, its base is never
 * empty, and in training order all get values that differ.
 */
#include <stdint.h>
#include <stdlib.h>

#include "naming/checkpoint.h"

#define NAMES_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int compare(const void *left, const void *right)
{
	struct naming_checkpoint *const *a = left;
	struct naming_checkpoint *const *b = right;

	return naming_compare_checkpoints(*a, *b);
}

/* Names that occur twice cannot lie in one directory. */
static bool is_known(struct naming_checkpoint *const *known, size_t count, struct text name)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(known[i]->file_name, name))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text rest = {(const char *)data, size};
	struct naming_checkpoint parsed[NAMES_MAX];
	struct naming_checkpoint *sorted[NAMES_MAX];
	struct arena arena;
	size_t count = 0;

	arena_init(&arena, (size_t)64 << 20);
	while (rest.length && count < NAMES_MAX) {
		const char *end = memchr(rest.at, '\n', rest.length);
		struct text name = text_head(rest, end ? (size_t)(end - rest.at) : rest.length);

		rest = text_from_offset(rest, end ? name.length + 1 : name.length);
		if (is_known(sorted, count, name) ||
			naming_parse_checkpoint(&arena, TEXT("folder"), name, &parsed[count]) !=
				NAMING_CHECKPOINT)
			continue;
		if (parsed[count].base.length == 0 ||
			(parsed[count].kind == NAMING_FINAL) != (parsed[count].number.length == 0))
			abort();
		/* The base tells runs apart before any value is given: here all are of one run. */
		parsed[count].base = TEXT("run-steps-20");
		sorted[count] = &parsed[count];
		count++;
	}
	if (count)
		qsort(sorted, count, sizeof(struct naming_checkpoint *), compare);
	if (!naming_set_values(&arena, sorted, count))
		abort();
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (text_equal(sorted[i]->value, sorted[j]->value))
				abort();
	arena_free(&arena);
	return 0;
}

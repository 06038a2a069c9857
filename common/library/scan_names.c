#include "library/scan_names.h"

#include <stdlib.h>

#include "naming/image.h"
#include "naming/values.h"

void library_scan_names_init(struct library_scan_names *names, struct arena *arena)
{
	*names = (struct library_scan_names){.arena = arena};
	buffer_init(&names->scratch, LIMIT_REPLY);
}

void library_scan_names_free(struct library_scan_names *names)
{
	buffer_free(&names->scratch);
}

/* The scratch buffer's bytes in the arena; the buffer is empty again. `at` is NULL without memory.
 */
static struct text take_scratch(struct library_scan_names *names)
{
	struct text taken = names->scratch.failed
				    ? (struct text){NULL, 0}
				    : arena_text(names->arena, buffer_text(&names->scratch));

	names->scratch.length = 0;
	return taken;
}

static struct text render_name(struct library_scan_names *names, struct text name)
{
	struct text quoted;

	json_append_string(&names->scratch, name);
	quoted = take_scratch(names);
	return quoted.at ? (struct text){quoted.at + 1, quoted.length - 2} : quoted;
}

static struct text render_dimensions(
	struct library_scan_names *names, const struct naming_image *image)
{
	for (size_t i = 0; i < image->pair_count; i++) {
		buffer_append_byte(&names->scratch, ',');
		json_append_string(&names->scratch, image->pairs[i].key);
		buffer_append_byte(&names->scratch, ':');
		json_append_string(&names->scratch, image->pairs[i].value);
	}
	return take_scratch(names);
}

/* The number of a dimension's value. */
static uint32_t number_value(struct library_scan_names *names, const struct naming_pair *pair)
{
	uint32_t dimension = library_intern(names->arena, &names->dimensions, pair->key);
	size_t length = sizeof(dimension) + pair->value.length;
	char *key = arena_alloc(names->arena, length);

	if (dimension == LIBRARY_INTERN_MEMORY || !key)
		return LIBRARY_INTERN_MEMORY;
	memcpy(key, &dimension, sizeof(dimension));
	if (pair->value.length)
		memcpy(key + sizeof(dimension), pair->value.at, pair->value.length);
	return library_intern(names->arena, &names->values, (struct text){key, length});
}

/* The number of the dimension that a value belongs to. */
static uint32_t dimension_of(const struct library_scan_names *names, uint32_t value)
{
	uint32_t dimension;

	memcpy(&dimension, names->values.texts[value].at, sizeof(dimension));
	return dimension;
}

static int compare_numbers(const void *left, const void *right)
{
	const uint32_t *a = left;
	const uint32_t *b = right;

	return (*a > *b) - (*a < *b);
}

/* Names with the same pairs in any order are the same combination. */
static bool number_pairs(struct library_scan_names *names, const struct naming_image *image,
	struct library_scan_name *entry)
{
	uint32_t *values = arena_array(names->arena, image->pair_count, sizeof(*values));

	if (!values)
		return false;
	for (size_t i = 0; i < image->pair_count; i++) {
		values[i] = number_value(names, &image->pairs[i]);
		if (values[i] == LIBRARY_INTERN_MEMORY)
			return false;
	}
	qsort(values, image->pair_count, sizeof(*values), compare_numbers);
	entry->values = values;
	entry->value_count = image->pair_count;
	entry->combination = library_intern(names->arena, &names->combinations,
		(struct text){(const char *)values, image->pair_count * sizeof(*values)});
	return entry->combination != LIBRARY_INTERN_MEMORY;
}

static bool parse(
	struct library_scan_names *names, struct text name, struct library_scan_name *entry)
{
	struct naming_image image;
	const char *reason = NULL;

	switch (naming_parse_image(names->arena, name, &image, &reason)) {
	case NAMING_IMAGE:
		break;
	case NAMING_IMAGE_SKIPPED:
	case NAMING_NO_IMAGE:
		*entry = (struct library_scan_name){.skipped = reason ? reason : "not an image"};
		return true;
	case NAMING_IMAGE_MEMORY:
		return false;
	}
	*entry = (struct library_scan_name){
		.has_counter = image.has_counter, .counter = image.counter};
	entry->json = render_name(names, name);
	entry->dimensions = render_dimensions(names, &image);
	return entry->json.at && entry->dimensions.at && number_pairs(names, &image, entry);
}

static bool is_name(const struct library_scan_names *names, uint32_t number, struct text name)
{
	return number < names->table.count && text_equal(names->table.texts[number], name);
}

struct library_scan_name *library_scan_name(struct library_scan_names *names, struct text name)
{
	size_t known = names->table.count;
	uint32_t number = known ? names->names[names->last].next : 0;

	if (!is_name(names, number, name)) {
		struct text copy;

		if (!arena_grow(names->arena, &names->names, &names->capacity, known,
			    sizeof(*names->names)))
			return NULL;
		number = library_intern(names->arena, &names->table, name);
		if (number == LIBRARY_INTERN_MEMORY)
			return NULL;
		if (number == known) {
			copy = arena_text(names->arena, name);
			if (!copy.at || !parse(names, copy, &names->names[number]))
				return NULL;
			names->table.texts[number] = copy;
		}
	}
	names->names[names->last].next = number;
	names->last = number;
	return &names->names[number];
}

/* A dimension with the values that occur. */
struct dimension {
	struct text name;
	struct text *values;
	size_t count;
	enum naming_type type;
};

static int compare_dimensions(const void *left, const void *right)
{
	const struct dimension *a = left;
	const struct dimension *b = right;

	return text_compare(a->name, b->name);
}

/* Marks the values of all used names. */
static bool *used_values(const struct library_scan_names *names)
{
	bool *used = arena_array(names->arena, names->values.count, sizeof(*used));

	for (size_t i = 0; used && i < names->table.count; i++)
		for (size_t j = 0; names->names[i].used && j < names->names[i].value_count; j++)
			used[names->names[i].values[j]] = true;
	return used;
}

/* Distributes the used values over `dimensions`, which are by number. */
static bool fill_dimensions(const struct library_scan_names *names, struct dimension *dimensions)
{
	size_t dimension_count = names->dimensions.count;
	const bool *used = used_values(names);

	if (!used)
		return false;
	for (uint32_t i = 0; i < names->values.count; i++)
		dimensions[dimension_of(names, i)].count += used[i];
	for (size_t i = 0; i < dimension_count; i++) {
		dimensions[i].name = names->dimensions.texts[i];
		dimensions[i].values =
			arena_array(names->arena, dimensions[i].count, sizeof(struct text));
		if (!dimensions[i].values)
			return false;
		dimensions[i].count = 0;
	}
	for (uint32_t i = 0; i < names->values.count; i++) {
		struct dimension *dimension = &dimensions[dimension_of(names, i)];

		if (used[i])
			dimension->values[dimension->count++] =
				text_from_offset(names->values.texts[i], sizeof(uint32_t));
	}
	for (size_t i = 0; i < dimension_count; i++)
		if (!naming_sort_values(names->arena, dimensions[i].values, dimensions[i].count,
			    &dimensions[i].type))
			return false;
	return true;
}

static void write_dimension(struct json_writer *out, const struct dimension *dimension)
{
	json_open_object(out);
	json_put_text(out, "name", dimension->name);
	json_put_string(out, "type", naming_type_name(dimension->type));
	json_key(out, "values");
	json_open_array(out);
	for (size_t i = 0; i < dimension->count; i++)
		json_text(out, dimension->values[i]);
	json_close_array(out);
	json_close_object(out);
}

bool library_write_dimensions(struct library_scan_names *names,
	const struct text *checkpoint_values, size_t checkpoint_count, struct json_writer *out)
{
	size_t count = names->dimensions.count;
	struct dimension *dimensions = arena_array(names->arena, count + 1, sizeof(*dimensions));
	struct text *values = arena_array(names->arena, checkpoint_count, sizeof(*values));

	if (!dimensions || !values || !fill_dimensions(names, dimensions))
		return false;
	for (size_t i = 0; i < checkpoint_count; i++)
		values[i] = checkpoint_values[i];
	dimensions[count] = (struct dimension){.name = TEXT("checkpoint"),
		.values = values,
		.count = checkpoint_count,
		.type = naming_common_type(values, checkpoint_count)};
	count++;
	qsort(dimensions, count, sizeof(*dimensions), compare_dimensions);
	json_open_array(out);
	for (size_t i = 0; i < count; i++)
		if (dimensions[i].count)
			write_dimension(out, &dimensions[i]);
	json_close_array(out);
	return true;
}

#include "store/preset.h"

#include "base/limits.h"
#include "store/name.h"
#include "store/row.h"

/* The present row of a statement that selects a preset's columns. */
static struct store_preset read_row(struct store_query *query, struct arena *arena)
{
	return (struct store_preset){
		.id = store_query_text(query, 0, arena),
		.name = store_query_text(query, 1, arena),
		.mapping = store_query_text(query, 2, arena),
		.created_at = store_query_text(query, 3, arena),
		.updated_at = store_query_text(query, 4, arena),
	};
}

bool store_preset_list(struct store *store, struct arena *arena, struct store_preset **presets,
	size_t *count, struct error *error)
{
	struct store_query query;
	struct store_preset *list = NULL;
	size_t capacity = 0;
	size_t length = 0;

	store_query_begin(&query, store, STORE_PRESET_LIST);
	while (store_query_next(&query, arena, &list, &capacity, length, sizeof(*list)))
		list[length++] = read_row(&query, arena);
	*presets = list;
	*count = length;
	return store_query_end(&query, error);
}

static bool find(struct store *store, struct text id, struct arena *arena,
	struct store_preset *preset, struct error *error)
{
	struct store_query query;
	bool found;

	store_query_begin(&query, store, STORE_PRESET_FIND);
	store_query_bind(&query, 1, id);
	found = store_query_step(&query);
	if (found)
		*preset = read_row(&query, arena);
	if (!store_query_end(&query, error))
		return false;
	return found || store_refuse_unknown("preset", id, error);
}

/* Runs CREATE or UPDATE, which have the same parameters. */
static bool write_row(struct store *store, enum store_statement statement, struct text id,
	const struct store_preset_input *input, struct text name_key, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, statement);
	store_query_bind(&query, 1, id);
	store_query_bind(&query, 2, input->name);
	store_query_bind(&query, 3, name_key);
	store_query_bind(&query, 4, input->mapping);
	store_query_bind_now(&query, 5);
	return store_query_run(&query, error);
}

bool store_preset_create(struct store *store, const struct store_preset_input *input,
	struct arena *arena, struct store_preset *preset, struct error *error)
{
	char uuid[UUID_SIZE];
	struct text id = {uuid, UUID_SIZE - 1};
	struct text name_key;
	bool good;

	if (!store_fold_name(input->name, arena, &name_key, error) || !store_make_id(uuid, error) ||
		!store_begin(store, STORE_WRITE, error))
		return false;
	good = store_name_is_free(
		       store, STORE_PRESET_NAME_HOLDER, name_key, id, "preset", arena, error) &&
	       store_has_room(store, STORE_PRESET_COUNT, LIMIT_PRESETS, "too_many_presets",
		       "presets", error) &&
	       write_row(store, STORE_PRESET_CREATE, id, input, name_key, error) &&
	       find(store, id, arena, preset, error);
	return store_finish(store, good, error);
}

bool store_preset_update(struct store *store, struct text id,
	const struct store_preset_input *input, struct arena *arena, struct store_preset *preset,
	struct error *error)
{
	struct text name_key;
	bool good;

	if (!store_fold_name(input->name, arena, &name_key, error) ||
		!store_begin(store, STORE_WRITE, error))
		return false;
	good = find(store, id, arena, preset, error) &&
	       store_name_is_free(
		       store, STORE_PRESET_NAME_HOLDER, name_key, id, "preset", arena, error) &&
	       write_row(store, STORE_PRESET_UPDATE, id, input, name_key, error) &&
	       find(store, id, arena, preset, error);
	return store_finish(store, good, error);
}

bool store_preset_delete(struct store *store, struct text id, struct error *error)
{
	return store_delete_row(store, STORE_PRESET_DELETE, "preset", id, error);
}

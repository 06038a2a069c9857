#include "store/sample_preset.h"

#include "base/limits.h"
#include "store/name.h"
#include "store/row.h"

/* The present row of a statement that selects a sample preset's columns. */
static struct store_sample_preset read_row(struct store_query *query, struct arena *arena)
{
	return (struct store_sample_preset){
		.id = store_query_text(query, 0, arena),
		.values =
			{
				.name = store_query_text(query, 1, arena),
				.prompts = store_query_text(query, 2, arena),
				.negative_prompt = store_query_text(query, 3, arena),
				.steps = store_query_text(query, 4, arena),
				.cfgs = store_query_text(query, 5, arena),
				.samplers = store_query_text(query, 6, arena),
				.schedulers = store_query_text(query, 7, arena),
				.seeds = store_query_text(query, 8, arena),
				.width = store_query_number(query, 9),
				.height = store_query_number(query, 10),
				.images = store_query_number(query, 11),
			},
		.created_at = store_query_text(query, 12, arena),
		.updated_at = store_query_text(query, 13, arena),
	};
}

bool store_sample_preset_list(struct store *store, struct arena *arena,
	struct store_sample_preset **presets, size_t *count, struct error *error)
{
	struct store_query query;
	struct store_sample_preset *list = NULL;
	size_t capacity = 0;
	size_t length = 0;

	store_query_begin(&query, store, STORE_SAMPLE_PRESET_LIST);
	while (store_query_next(&query, arena, &list, &capacity, length, sizeof(*list)))
		list[length++] = read_row(&query, arena);
	*presets = list;
	*count = length;
	return store_query_end(&query, error);
}

bool store_sample_preset_find(struct store *store, struct text id, struct arena *arena,
	struct store_sample_preset *preset, struct error *error)
{
	struct store_query query;
	bool found;

	store_query_begin(&query, store, STORE_SAMPLE_PRESET_FIND);
	store_query_bind(&query, 1, id);
	found = store_query_step(&query);
	if (found)
		*preset = read_row(&query, arena);
	if (!store_query_end(&query, error))
		return false;
	return found || store_refuse_unknown("sample preset", id, error);
}

/* Runs CREATE or UPDATE, which have the same parameters. */
static bool write_row(struct store *store, enum store_statement statement, struct text id,
	const struct store_sample_preset_input *input, struct text name_key, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, statement);
	store_query_bind(&query, 1, id);
	store_query_bind(&query, 2, input->name);
	store_query_bind(&query, 3, name_key);
	store_query_bind(&query, 4, input->prompts);
	store_query_bind(&query, 5, input->negative_prompt);
	store_query_bind(&query, 6, input->steps);
	store_query_bind(&query, 7, input->cfgs);
	store_query_bind(&query, 8, input->samplers);
	store_query_bind(&query, 9, input->schedulers);
	store_query_bind(&query, 10, input->seeds);
	store_query_bind_number(&query, 11, input->width);
	store_query_bind_number(&query, 12, input->height);
	store_query_bind_number(&query, 13, input->images);
	store_query_bind_now(&query, 14);
	return store_query_run(&query, error);
}

bool store_sample_preset_create(struct store *store, const struct store_sample_preset_input *input,
	struct arena *arena, struct store_sample_preset *preset, struct error *error)
{
	char uuid[UUID_SIZE];
	struct text id = {uuid, UUID_SIZE - 1};
	struct text name_key;
	bool good;

	if (!store_fold_name(input->name, arena, &name_key, error) || !store_make_id(uuid, error) ||
		!store_begin(store, STORE_WRITE, error))
		return false;
	good = store_name_is_free(store, STORE_SAMPLE_PRESET_NAME_HOLDER, name_key, id,
		       "sample preset", arena, error) &&
	       store_has_room(store, STORE_SAMPLE_PRESET_COUNT, LIMIT_PRESETS, "too_many_presets",
		       "sample presets", error) &&
	       write_row(store, STORE_SAMPLE_PRESET_CREATE, id, input, name_key, error) &&
	       store_sample_preset_find(store, id, arena, preset, error);
	return store_finish(store, good, error);
}

bool store_sample_preset_update(struct store *store, struct text id,
	const struct store_sample_preset_input *input, struct arena *arena,
	struct store_sample_preset *preset, struct error *error)
{
	struct text name_key;
	bool good;

	if (!store_fold_name(input->name, arena, &name_key, error) ||
		!store_begin(store, STORE_WRITE, error))
		return false;
	good = store_sample_preset_find(store, id, arena, preset, error) &&
	       store_name_is_free(store, STORE_SAMPLE_PRESET_NAME_HOLDER, name_key, id,
		       "sample preset", arena, error) &&
	       write_row(store, STORE_SAMPLE_PRESET_UPDATE, id, input, name_key, error) &&
	       store_sample_preset_find(store, id, arena, preset, error);
	return store_finish(store, good, error);
}

bool store_sample_preset_delete(struct store *store, struct text id, struct error *error)
{
	return store_delete_row(store, STORE_SAMPLE_PRESET_DELETE, "sample preset", id, error);
}

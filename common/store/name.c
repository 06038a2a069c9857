#include "store/name.h"

#include "base/limits.h"
#include "base/utf8.h"

bool store_fold_name(
	struct text name, struct arena *arena, struct text *name_key, struct error *error)
{
	struct buffer folded;
	bool good;

	buffer_init(&folded, (size_t)LIMIT_PRESET_NAME * 4);
	utf8_append_folded(&folded, name);
	*name_key = arena_text(arena, buffer_text(&folded));
	good = !folded.failed && name_key->at;
	buffer_free(&folded);
	return good || error_memory(error);
}

bool store_name_is_free(struct store *store, enum store_statement statement, struct text name_key,
	struct text id, const char *thing, struct arena *arena, struct error *error)
{
	struct store_query query;
	struct text holder_id = {"", 0};
	struct text holder = {"", 0};
	bool taken;

	store_query_begin(&query, store, statement);
	store_query_bind(&query, 1, name_key);
	taken = store_query_step(&query);
	holder_id = store_query_text(&query, 0, arena);
	holder = store_query_text(&query, 1, arena);
	if (!store_query_end(&query, error))
		return false;
	if (!taken || text_equal(holder_id, id))
		return true;
	return error_set(error, ERROR_CONFLICT, "name_taken",
		"There is already a %s named \"%.*s\".", thing, TEXT_ARGUMENTS(holder));
}

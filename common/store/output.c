#include "store/output.h"

#include "store/connection.h"

bool store_output_recipe(struct store *store, struct text path, int64_t size, int64_t modified,
	struct arena *arena, struct text *recipe, struct error *error)
{
	struct store_query query;

	*recipe = (struct text){NULL, 0};
	store_query_begin(&query, store, STORE_OUTPUT_FIND);
	store_query_bind(&query, 1, path);
	store_query_bind_number(&query, 2, size);
	store_query_bind_number(&query, 3, modified);
	if (store_query_step(&query))
		*recipe = store_query_text(&query, 0, arena);
	return store_query_end(&query, error);
}

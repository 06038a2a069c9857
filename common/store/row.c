#include "store/row.h"

bool store_make_id(char id[static UUID_SIZE], struct error *error)
{
	return uuid_make(id) || error_set(error, ERROR_SYSTEM, "internal_error",
					"The system has no random numbers to give.");
}

bool store_has_room(struct store *store, enum store_statement counting, int64_t limit,
	const char *code, const char *things, struct error *error)
{
	int64_t count;

	if (!store_query_answer(store, counting, &count, error))
		return false;
	return count < limit ||
	       error_set(error, ERROR_CONFLICT, code,
		       "There are %lld %s already, which is the most that can be stored. "
		       "Delete one first.",
		       (long long)limit, things);
}

bool store_refuse_unknown(const char *thing, struct text id, struct error *error)
{
	return error_set(error, ERROR_NOT_FOUND, "not_found",
		"There is no %s with the id \"%.*s\".", thing, TEXT_ARGUMENTS(id));
}

bool store_delete_row(struct store *store, enum store_statement deleting, const char *thing,
	struct text id, struct error *error)
{
	struct store_query query;
	bool good;

	if (!store_begin(store, STORE_WRITE, error))
		return false;
	store_query_begin(&query, store, deleting);
	store_query_bind(&query, 1, id);
	good = store_query_run(&query, error);
	if (good && store_changed_rows(store) == 0)
		good = store_refuse_unknown(thing, id, error);
	return store_finish(store, good, error);
}

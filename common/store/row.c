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

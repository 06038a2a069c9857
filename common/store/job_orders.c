/* Why the worker makes no headway, and what others want of it. */
#include "base/limits.h"
#include "base/utf8.h"
#include "store/job_work_internal.h"

bool store_work_find_next(struct store *store, int64_t *number, struct arena *arena,
	struct text *job_id, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_NEXT);
	*number = store_query_step(&query) ? store_query_number(&query, 0) : 0;
	*job_id = store_query_text(&query, 1, arena);
	return store_query_end(&query, error);
}

/* The job in work or next, and how things stand. */
struct ahead {
	int64_t number; /* 0: there is none */
	struct text reason;
	int64_t waiting; /* jobs that say they wait */
};

static bool read_ahead(
	struct store *store, struct arena *arena, struct ahead *ahead, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_JOB_AHEAD);
	ahead->number = store_query_step(&query) ? store_query_number(&query, 0) : 0;
	ahead->reason = store_query_optional(&query, 1, arena);
	ahead->waiting = store_query_number(&query, 2);
	return store_query_end(&query, error);
}

static bool write_wait(
	struct store *store, const struct ahead *ahead, struct text reason, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_WAIT_NO_MORE);
	store_query_bind_number(&query, 1, reason.at ? ahead->number : 0);
	if (!store_query_run(&query, error))
		return false;
	if (!reason.at)
		return true;
	store_query_begin(&query, store, STORE_WORK_WAIT);
	store_query_bind_number(&query, 1, ahead->number);
	store_query_bind(&query, 2, reason);
	store_query_bind_now(&query, 3);
	return store_query_run(&query, error);
}

static bool is_as_it_should(const struct ahead *ahead, struct text reason)
{
	if (!reason.at || !ahead->number)
		return ahead->waiting == 0;
	return ahead->waiting == 1 && ahead->reason.at && text_equal(ahead->reason, reason);
}

bool store_work_wait(struct store *store, struct text reason, struct error *error)
{
	struct arena arena = store_work_arena();
	struct ahead ahead;
	bool good;

	reason = utf8_head(reason, LIMIT_JOB_MESSAGE);
	good = read_ahead(store, &arena, &ahead, error);
	if (good && !is_as_it_should(&ahead, reason)) {
		good = store_begin(store, STORE_WRITE, error);
		if (good)
			good = store_finish(store,
				read_ahead(store, &arena, &ahead, error) &&
					write_wait(store, &ahead, reason, error),
				error);
	}
	arena_free(&arena);
	return good;
}

static bool read_abandoned(struct store *store, struct arena *arena,
	struct store_work_orders *orders, struct error *error)
{
	struct store_query query;
	size_t capacity = 0;

	store_query_begin(&query, store, STORE_WORK_ABANDONED);
	while (store_query_next(&query, arena, &orders->abandoned, &capacity,
		orders->abandoned_count, sizeof(*orders->abandoned)))
		orders->abandoned[orders->abandoned_count++] = (struct store_attempt){
			.prompt_id = store_query_text(&query, 0, arena),
			.file_prefix = store_query_text(&query, 1, arena),
		};
	return store_query_end(&query, error);
}

static bool read_orders(struct store *store, struct arena *arena, struct store_work_orders *orders,
	struct error *error)
{
	struct store_query query;
	struct text job_id;
	int64_t number;

	if (!store_work_find_next(store, &number, arena, &job_id, error) ||
		!read_abandoned(store, arena, orders, error))
		return false;
	orders->has_work = number != 0;
	store_query_begin(&query, store, STORE_WORK_STOPPING);
	while (orders->stopping_count < STORE_WORK_LEASES && store_query_step(&query))
		orders->stopping[orders->stopping_count++] = store_query_text(&query, 0, arena);
	return store_query_end(&query, error);
}

bool store_work_orders(struct store *store, struct arena *arena, struct store_work_orders *orders,
	struct error *error)
{
	*orders = (struct store_work_orders){0};
	if (!store_begin(store, STORE_READ, error))
		return false;
	return store_finish(store, read_orders(store, arena, orders, error), error);
}

bool store_work_forget(struct store *store, struct text prompt_id, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_FORGET);
	store_query_bind(&query, 1, prompt_id);
	return store_query_run(&query, error);
}

/* How the worker's leases end, and what that does to their jobs. */
#include "base/limits.h"
#include "base/utf8.h"
#include "store/job_work_internal.h"

/* What a lease ends with. */
struct ending {
	struct text status;
	struct text output_path; /* `at` is NULL unless completed */
	const struct store_fault *fault;
};

static struct text no_text(void)
{
	return (struct text){NULL, 0};
}

static bool find_leased(
	struct store *store, struct text item_id, struct store_leased *leased, struct error *error)
{
	struct store_query query;
	bool found;
	struct text status;

	store_query_begin(&query, store, STORE_WORK_FIND);
	store_query_bind(&query, 1, item_id);
	found = store_query_step(&query);
	leased->number = store_query_number(&query, 0);
	leased->job_id = store_query_text(&query, 1, &leased->arena);
	leased->checkpoint_filename = store_query_text(&query, 2, &leased->arena);
	status = store_query_text(&query, 3, &leased->arena);
	if (!store_query_end(&query, error))
		return false;
	if (!found)
		return error_set(error, ERROR_NOT_FOUND, "not_found",
			"The item's job was deleted meanwhile.");
	return text_equal(status, TEXT("running")) ||
	       error_set(error, ERROR_CONFLICT, "not_leased", "The item is %.*s, not in work.",
		       TEXT_ARGUMENTS(status));
}

struct arena store_work_arena(void)
{
	struct arena arena;

	arena_init(&arena, (size_t)1 << 20);
	return arena;
}

bool store_leased_begin(
	struct store *store, struct text item_id, struct store_leased *leased, struct error *error)
{
	*leased = (struct store_leased){.arena = store_work_arena()};
	if (store_begin(store, STORE_WRITE, error)) {
		if (find_leased(store, item_id, leased, error))
			return true;
		store_rollback(store);
	}
	arena_free(&leased->arena);
	return false;
}

bool store_leased_finish(
	struct store *store, struct store_leased *leased, bool good, struct error *error)
{
	good = store_finish(store, good, error);
	arena_free(&leased->arena);
	return good;
}

static bool end_item(
	struct store *store, int64_t number, const struct ending *ending, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_END);
	store_query_bind_number(&query, 1, number);
	store_query_bind(&query, 2, ending->status);
	store_query_bind(&query, 3, ending->output_path);
	if (ending->fault) {
		store_query_bind(&query, 4, ending->fault->code);
		store_query_bind(&query, 5, utf8_head(ending->fault->message, LIMIT_JOB_MESSAGE));
	}
	store_query_bind_now(&query, 6);
	if (!store_query_run(&query, error))
		return false;
	store_query_begin(&query, store, STORE_WORK_FORGET_ATTEMPTS);
	store_query_bind_number(&query, 1, number);
	return store_query_run(&query, error);
}

/* `count` items of the leased one's checkpoint ended so; `first_number`: the first of them. */
static bool add_fault(struct store *store, const struct store_leased *leased, int64_t first_number,
	const struct ending *ending, int64_t count, struct error *error)
{
	struct store_job_reason reason = {
		.status = ending->status,
		.checkpoint_filename = leased->checkpoint_filename,
		.code = utf8_head(ending->fault->code, LIMIT_JOB_MESSAGE),
		.message = utf8_head(ending->fault->message, LIMIT_JOB_MESSAGE),
		.details = utf8_head(ending->fault->details, LIMIT_JOB_DETAILS),
		.first_number = first_number,
		.count = count,
	};

	return store_job_add_fault(store, leased->job_id, &reason, error);
}

static bool move_job_on(struct store *store, struct text job_id, struct error *error)
{
	return store_job_change(store, STORE_WORK_TOUCH_JOB, job_id, error) &&
	       store_job_change(store, STORE_JOB_SETTLE, job_id, error);
}

/* Ends the lease of an item and moves its job on, within a writing transaction. */
static bool end_lease(struct store *store, const struct store_leased *leased,
	const struct ending *ending, struct error *error)
{
	return end_item(store, leased->number, ending, error) &&
	       (!ending->fault || add_fault(store, leased, leased->number, ending, 1, error)) &&
	       move_job_on(store, leased->job_id, error);
}

static bool end(
	struct store *store, struct text item_id, const struct ending *ending, struct error *error)
{
	struct store_leased leased;

	return store_leased_begin(store, item_id, &leased, error) &&
	       store_leased_finish(store, &leased, end_lease(store, &leased, ending, error), error);
}

bool store_work_fail(struct store *store, struct text item_id, const struct store_fault *fault,
	struct error *error)
{
	struct ending failed = {TEXT("failed"), no_text(), fault};

	return end(store, item_id, &failed, error);
}

bool store_work_skip(struct store *store, struct text item_id, const struct store_fault *fault,
	struct error *error)
{
	struct ending skipped = {TEXT("skipped"), no_text(), fault};

	return end(store, item_id, &skipped, error);
}

bool store_work_release(struct store *store, struct text item_id, struct error *error)
{
	struct ending pending = {TEXT("pending"), no_text(), NULL};

	return end(store, item_id, &pending, error);
}

static bool abandon(struct store *store, const struct store_leased *leased, struct text prompt_id,
	struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_ABANDON);
	store_query_bind_number(&query, 1, leased->number);
	store_query_bind(&query, 2, prompt_id);
	return store_query_run(&query, error);
}

bool store_work_abandon(struct store *store, struct text item_id, struct text prompt_id,
	const struct store_fault *fault, struct error *error)
{
	struct ending ending = {fault ? TEXT("failed") : TEXT("pending"), no_text(), fault};
	struct store_leased leased;

	return store_leased_begin(store, item_id, &leased, error) &&
	       store_leased_finish(store, &leased,
		       abandon(store, &leased, prompt_id, error) &&
			       end_lease(store, &leased, &ending, error),
		       error);
}

static bool record_output(
	struct store *store, const struct store_output *output, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_OUTPUT_RECORD);
	store_query_bind(&query, 1, output->path);
	store_query_bind(&query, 2, output->recipe);
	store_query_bind_number(&query, 3, output->size);
	store_query_bind_number(&query, 4, output->modified);
	return store_query_run(&query, error);
}

static bool record_pace(
	struct store *store, struct text job_id, double seconds, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_PACE_JOB);
	store_query_bind(&query, 1, job_id);
	store_query_bind_now(&query, 2);
	store_query_bind_real(&query, 3, seconds);
	return store_query_run(&query, error);
}

bool store_work_complete(struct store *store, struct text item_id,
	const struct store_output *output, double seconds, struct error *error)
{
	struct ending completed = {TEXT("completed"), output->path, NULL};
	struct store_leased leased;

	return store_leased_begin(store, item_id, &leased, error) &&
	       store_leased_finish(store, &leased,
		       record_output(store, output, error) &&
			       record_pace(store, leased.job_id, seconds, error) &&
			       end_lease(store, &leased, &completed, error),
		       error);
}

/* The numbers of items that a query finds, which it ends. */
static bool find_items(struct store_query *query, struct arena *arena, int64_t **numbers,
	size_t *count, struct error *error)
{
	size_t capacity = 0;

	*numbers = NULL;
	*count = 0;
	while (store_query_next(query, arena, numbers, &capacity, *count, sizeof(**numbers)))
		(*numbers)[(*count)++] = store_query_number(query, 0);
	return store_query_end(query, error);
}

static bool end_items(struct store *store, const int64_t *numbers, size_t count,
	const struct ending *ending, struct error *error)
{
	for (size_t i = 0; i < count; i++)
		if (!end_item(store, numbers[i], ending, error))
			return false;
	return true;
}

static bool skip_checkpoint(struct store *store, struct store_leased *leased,
	const struct ending *ending, int64_t *skipped, struct error *error)
{
	struct store_query query;
	int64_t *numbers;
	size_t count;

	leased->arena.limit = LIMIT_REQUEST_MEMORY;
	store_query_begin(&query, store, STORE_WORK_UNFINISHED);
	store_query_bind(&query, 1, leased->job_id);
	store_query_bind(&query, 2, leased->checkpoint_filename);
	store_query_bind_number(&query, 3, leased->number);
	if (!find_items(&query, &leased->arena, &numbers, &count, error))
		return false;
	*skipped = (int64_t)count;
	return end_items(store, numbers, count, ending, error) &&
	       add_fault(store, leased, numbers[0], ending, *skipped, error) &&
	       move_job_on(store, leased->job_id, error);
}

bool store_work_skip_checkpoint(struct store *store, struct text item_id,
	const struct store_fault *fault, int64_t *count, struct error *error)
{
	struct ending skipped = {TEXT("skipped"), no_text(), fault};
	struct store_leased leased;

	*count = 0;
	return store_leased_begin(store, item_id, &leased, error) &&
	       store_leased_finish(store, &leased,
		       skip_checkpoint(store, &leased, &skipped, count, error), error);
}

static bool fail_job(struct store *store, struct text job_id, struct text message,
	struct arena *arena, struct error *error)
{
	struct ending pending = {TEXT("pending"), no_text(), NULL};
	struct store_query query;
	int64_t *numbers;
	size_t count;

	store_query_begin(&query, store, STORE_WORK_LEASED_OF_JOB);
	store_query_bind(&query, 1, job_id);
	if (!find_items(&query, arena, &numbers, &count, error) ||
		!end_items(store, numbers, count, &pending, error))
		return false;
	store_query_begin(&query, store, STORE_WORK_FAIL_JOB);
	store_query_bind(&query, 1, job_id);
	store_query_bind_now(&query, 2);
	store_query_bind(&query, 3, utf8_head(message, LIMIT_JOB_MESSAGE));
	if (!store_query_run(&query, error))
		return false;
	return store_changed_rows(store) > 0 || store_job_refuse_unknown(job_id, error);
}

bool store_work_fail_job(
	struct store *store, struct text job_id, struct text message, struct error *error)
{
	struct arena arena = store_work_arena();
	bool good = store_begin(store, STORE_WRITE, error);

	if (good)
		good = store_finish(store, fail_job(store, job_id, message, &arena, error), error);
	arena_free(&arena);
	return good;
}

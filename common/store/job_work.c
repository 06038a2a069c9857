/* The worker's leases and attempts. */
#include "base/limits.h"
#include "store/job_work_internal.h"
#include "store/row.h"

#define STEP_PAUSE 200 /* milliseconds between two writes of the sampler's step */

/* --- Attempts ------------------------------------------------------------------------------------
 */

/* Records the next attempt of an item, within a writing transaction. */
static bool create_attempt(struct store *store, int64_t number, struct text job_id,
	struct text item_id, struct arena *arena, struct store_attempt *attempt,
	struct error *error)
{
	struct store_query query;
	struct buffer prefix;
	char prompt_id[UUID_SIZE];

	if (!store_make_id(prompt_id, error))
		return false;
	store_query_begin(&query, store, STORE_WORK_ATTEMPT_COUNT);
	store_query_bind_number(&query, 1, number);
	(void)store_query_step(&query);
	attempt->number = store_query_number(&query, 0);
	if (!store_query_run(&query, error))
		return false;
	buffer_init(&prefix, LIMIT_FILE_NAME);
	naming_append_prefix(&prefix, job_id, item_id, attempt->number);
	attempt->file_prefix = arena_text(arena, buffer_text(&prefix));
	buffer_free(&prefix);
	attempt->prompt_id = arena_text(arena, text_from(prompt_id));
	if (!attempt->file_prefix.at || !attempt->prompt_id.at)
		return error_memory(error);
	store_query_begin(&query, store, STORE_WORK_CREATE_ATTEMPT);
	store_query_bind_number(&query, 1, number);
	store_query_bind_number(&query, 2, attempt->number);
	store_query_bind(&query, 3, attempt->prompt_id);
	store_query_bind(&query, 4, attempt->file_prefix);
	store_query_bind_now(&query, 5);
	return store_query_run(&query, error);
}

static bool read_attempts(
	struct store *store, struct arena *arena, struct store_work *work, struct error *error)
{
	struct store_query query;
	size_t capacity = 0;

	store_query_begin(&query, store, STORE_WORK_ATTEMPTS);
	store_query_bind_number(&query, 1, work->number);
	while (store_query_next(&query, arena, &work->attempts, &capacity, work->attempt_count,
		sizeof(*work->attempts)))
		work->attempts[work->attempt_count++] = (struct store_attempt){
			.number = store_query_number(&query, 0),
			.prompt_id = store_query_text(&query, 1, arena),
			.file_prefix = store_query_text(&query, 2, arena),
		};
	return store_query_end(&query, error);
}

/* --- Leases --------------------------------------------------------------------------------------
 */

static struct store_work read_work(struct store_query *query, struct arena *arena)
{
	return (struct store_work){
		.item_id = store_query_text(query, 0, arena),
		.job_id = store_query_text(query, 1, arena),
		.number = store_query_number(query, 2),
		.stopping = store_query_number(query, 3) != 0,
		.training_run_name = store_query_text(query, 4, arena),
		.workflow_name = store_query_text(query, 5, arena),
		.workflow_digest = store_query_text(query, 6, arena),
		.vae = store_query_optional(query, 7, arena),
		.clip = store_query_optional(query, 8, arena),
		.shift = store_query_optional(query, 9, arena),
		.existing = store_job_read_existing(query, 10, arena),
		.width = store_query_number(query, 11),
		.height = store_query_number(query, 12),
		.negative_prompt = store_query_text(query, 13, arena),
		.checkpoint_filename = store_query_text(query, 14, arena),
		.checkpoint_path = store_query_text(query, 15, arena),
		.checkpoint_size = store_query_number(query, 16),
		.checkpoint_modified = store_query_number(query, 17),
		.comfyui_model_path = store_query_optional(query, 18, arena),
		.prompt_text = store_query_text(query, 19, arena),
		.output =
			{
				.prompt_name = store_query_text(query, 20, arena),
				.steps = store_query_number(query, 21),
				.cfg = store_query_text(query, 22, arena),
				.sampler_name = store_query_text(query, 23, arena),
				.scheduler = store_query_text(query, 24, arena),
				.seed = store_query_text(query, 25, arena),
			},
		.total_items = store_query_number(query, 26),
		.ended_items = store_query_number(query, 27),
	};
}

/* The leased items, or only the one with that number if it is not 0. */
static bool read_leased(struct store *store, int64_t number, struct arena *arena,
	struct store_work *works, size_t *count, struct error *error)
{
	struct store_query query;

	*count = 0;
	store_query_begin(&query, store, STORE_WORK_LIST);
	store_query_bind_number(&query, 1, number);
	while (*count < STORE_WORK_LEASES && store_query_step(&query))
		works[(*count)++] = read_work(&query, arena);
	if (!store_query_end(&query, error))
		return false;
	for (size_t i = 0; i < *count; i++)
		if (!read_attempts(store, arena, &works[i], error))
			return false;
	return true;
}

bool store_work_leased(struct store *store, struct arena *arena, struct store_work *works,
	size_t *count, struct error *error)
{
	if (!store_begin(store, STORE_READ, error))
		return false;
	return store_finish(store, read_leased(store, 0, arena, works, count, error), error);
}

static bool is_lease_free(struct store *store, struct error *error)
{
	int64_t count;

	if (!store_query_answer(store, STORE_WORK_LEASE_COUNT, &count, error))
		return false;
	return count < STORE_WORK_LEASES ||
	       error_set(error, ERROR_CONFLICT, "too_many_leases",
		       "%d items are in work already, which is the most.", STORE_WORK_LEASES);
}

static bool lease(struct store *store, int64_t number, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_LEASE);
	store_query_bind_number(&query, 1, number);
	store_query_bind_now(&query, 2);
	return store_query_run(&query, error);
}

static bool claim(struct store *store, struct arena *arena, struct store_work *work, bool *claimed,
	struct error *error)
{
	struct store_attempt attempt;
	struct text job_id;
	int64_t number;
	size_t count;

	if (!is_lease_free(store, error) ||
		!store_work_find_next(store, &number, arena, &job_id, error))
		return false;
	*claimed = number != 0;
	if (!*claimed)
		return true;
	return lease(store, number, error) &&
	       store_job_change(store, STORE_WORK_RUN_JOB, job_id, error) &&
	       read_leased(store, number, arena, work, &count, error) &&
	       create_attempt(store, number, work->job_id, work->item_id, arena, &attempt, error) &&
	       read_attempts(store, arena, work, error);
}

bool store_work_claim(struct store *store, struct arena *arena, struct store_work *work,
	bool *claimed, struct error *error)
{
	*claimed = false;
	if (!store_begin(store, STORE_WRITE, error))
		return false;
	return store_finish(store, claim(store, arena, work, claimed, error), error);
}

bool store_work_template(struct store *store, struct text job_id, struct arena *arena,
	struct text *workflow, struct error *error)
{
	struct store_query query;
	bool found;

	store_query_begin(&query, store, STORE_WORK_TEMPLATE);
	store_query_bind(&query, 1, job_id);
	found = store_query_step(&query);
	if (found)
		*workflow = store_query_text(&query, 0, arena);
	if (!store_query_end(&query, error))
		return false;
	return found || store_job_refuse_unknown(job_id, error);
}

bool store_work_attempt(struct store *store, struct text item_id, struct arena *arena,
	struct store_attempt *attempt, struct error *error)
{
	struct store_leased leased;

	return store_leased_begin(store, item_id, &leased, error) &&
	       store_leased_finish(store, &leased,
		       create_attempt(
			       store, leased.number, leased.job_id, item_id, arena, attempt, error),
		       error);
}

static bool adopt(struct store *store, int64_t number, struct text prompt_id,
	struct text adopted_id, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_ADOPT);
	store_query_bind_number(&query, 1, number);
	store_query_bind(&query, 2, prompt_id);
	store_query_bind(&query, 3, adopted_id);
	return store_query_run(&query, error);
}

bool store_work_adopt(struct store *store, struct text item_id, struct text prompt_id,
	struct text adopted_id, struct error *error)
{
	struct store_leased leased;

	return store_leased_begin(store, item_id, &leased, error) &&
	       store_leased_finish(store, &leased,
		       adopt(store, leased.number, prompt_id, adopted_id, error), error);
}

bool store_work_set_model(struct store *store, struct text job_id, struct text checkpoint_filename,
	struct text comfyui_model_path, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_WORK_SET_MODEL);
	store_query_bind(&query, 1, job_id);
	store_query_bind(&query, 2, checkpoint_filename);
	store_query_bind(&query, 3, comfyui_model_path);
	return store_query_run(&query, error);
}

bool store_work_step(
	struct store *store, struct text item_id, int64_t step, int64_t steps, struct error *error)
{
	struct store_query query;
	struct error restoring;
	bool good;

	if (!store_relax(store, true, error))
		return false;
	store_query_begin(&query, store, STORE_WORK_STEP);
	store_query_bind(&query, 1, item_id);
	store_query_bind_number(&query, 2, step);
	store_query_bind_number(&query, 3, steps);
	store_query_bind_number(&query, 4, clock_now());
	store_query_bind_number(&query, 5, STEP_PAUSE);
	good = store_query_run(&query, error);
	if (store_relax(store, false, &restoring))
		return good;
	*error = restoring;
	return false;
}

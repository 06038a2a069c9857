#include "store/job.h"

#include "base/limits.h"
#include "store/job_internal.h"
#include "store/row.h"

bool store_job_refuse_unknown(struct text id, struct error *error)
{
	return store_refuse_unknown("sample job", id, error);
}

bool store_job_run(
	struct store *store, enum store_statement statement, struct text id, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, statement);
	store_query_bind(&query, 1, id);
	return store_query_run(&query, error);
}

bool store_job_change(
	struct store *store, enum store_statement statement, struct text id, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, statement);
	store_query_bind(&query, 1, id);
	store_query_bind_now(&query, 2);
	return store_query_run(&query, error);
}

bool store_job_add_fault(struct store *store, struct text id, const struct store_job_reason *reason,
	struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_JOB_ADD_FAULT);
	store_query_bind(&query, 1, id);
	store_query_bind(&query, 2, reason->status);
	store_query_bind(&query, 3, reason->checkpoint_filename);
	store_query_bind(&query, 4, reason->code);
	store_query_bind(&query, 5, reason->message);
	store_query_bind(&query, 6, reason->details);
	store_query_bind_number(&query, 7, reason->first_number);
	store_query_bind_number(&query, 8, reason->count);
	return store_query_run(&query, error);
}

/* --- Reading -------------------------------------------------------------------------------------
 */

static bool read_deleted(struct store *store, int64_t revision, struct arena *arena,
	struct store_job_changes *changes, struct error *error)
{
	struct store_query query;
	size_t capacity = 0;

	store_query_begin(&query, store, STORE_JOB_DELETED_SINCE);
	store_query_bind_number(&query, 1, revision);
	while (store_query_next(&query, arena, &changes->deleted, &capacity, changes->deleted_count,
		sizeof(*changes->deleted)))
		changes->deleted[changes->deleted_count++] = store_query_text(&query, 0, arena);
	return store_query_end(&query, error);
}

enum store_job_existing store_job_read_existing(
	struct store_query *query, int column, struct arena *arena)
{
	enum store_job_existing existing = STORE_JOB_SKIP;

	/* The table's CHECK lets no other name in. */
	(void)store_job_existing_parse(store_query_text(query, column, arena), &existing);
	return existing;
}

static struct store_job_item read_item(struct store_query *query, struct arena *arena)
{
	return (struct store_job_item){
		.checkpoint_filename = store_query_text(query, 12, arena),
		.checkpoint_completed_items = store_query_number(query, 13),
		.checkpoint_total_items = store_query_number(query, 14),
		.prompt_name = store_query_text(query, 15, arena),
		.steps = store_query_number(query, 16),
		.cfg = store_query_text(query, 17, arena),
		.sampler_name = store_query_text(query, 18, arena),
		.scheduler = store_query_text(query, 19, arena),
		.seed = store_query_text(query, 20, arena),
		.sampler_step = store_query_number(query, 21),
		.sampler_steps = store_query_number(query, 22),
	};
}

static struct store_job_progress read_progress(struct store_query *query, struct arena *arena)
{
	struct store_job_progress progress = {
		.id = store_query_text(query, 0, arena),
		.status = store_query_text(query, 1, arena),
		.stopping = store_query_number(query, 2) != 0,
		.waiting_reason = store_query_optional(query, 3, arena),
		.waiting_since = store_query_optional(query, 4, arena),
		.total_items = store_query_number(query, 5),
		.completed_items = store_query_number(query, 6),
		.failed_items = store_query_number(query, 7),
		.skipped_items = store_query_number(query, 8),
		.total_checkpoints = store_query_number(query, 9),
		.completed_checkpoints = store_query_number(query, 10),
		.seconds_per_image =
			store_query_is_null(query, 11) ? -1 : store_query_real(query, 11),
		.has_item = !store_query_is_null(query, 12),
	};

	if (progress.has_item)
		progress.item = read_item(query, arena);
	return progress;
}

static bool read_changed(struct store *store, int64_t revision, struct arena *arena,
	struct store_job_changes *changes, struct error *error)
{
	struct store_query query;
	size_t capacity = 0;

	store_query_begin(&query, store, STORE_JOB_CHANGED_SINCE);
	store_query_bind_number(&query, 1, revision);
	while (store_query_next(&query, arena, &changes->changed, &capacity, changes->changed_count,
		sizeof(*changes->changed)))
		changes->changed[changes->changed_count++] = read_progress(&query, arena);
	return store_query_end(&query, error);
}

bool store_job_changes(struct store *store, int64_t revision, struct arena *arena,
	struct store_job_changes *changes, struct error *error)
{
	bool good;

	*changes = (struct store_job_changes){0};
	/* One transaction: the revision is that of the rows. */
	if (!store_begin(store, STORE_READ, error))
		return false;
	good = store_query_answer(store, STORE_JOB_REVISION, &changes->revision, error);
	if (good && revision >= 0 && revision != changes->revision)
		good = read_deleted(store, revision, arena, changes, error) &&
		       read_changed(store, revision, arena, changes, error);
	return store_finish(store, good, error);
}

static struct store_job read_job(struct store_query *query, struct arena *arena)
{
	return (struct store_job){
		.progress = read_progress(query, arena),
		.training_run_name = store_query_text(query, 23, arena),
		.sample_preset_id = store_query_optional(query, 24, arena),
		.sample_preset_name = store_query_text(query, 25, arena),
		.workflow_name = store_query_text(query, 26, arena),
		.vae = store_query_optional(query, 27, arena),
		.clip = store_query_optional(query, 28, arena),
		.shift = store_query_optional(query, 29, arena),
		.existing = store_job_read_existing(query, 30, arena),
		.error_message = store_query_optional(query, 31, arena),
		.created_at = store_query_text(query, 32, arena),
		.updated_at = store_query_text(query, 33, arena),
	};
}

/* Whether the details of one more fault are worth their room: one with a new message, of a few. */
static bool is_worth_details(
	const struct store_job_fault *faults, size_t count, struct text message)
{
	size_t told = 0;

	for (size_t i = 0; i < count; i++) {
		if (text_equal(faults[i].message, message))
			return false;
		told += faults[i].details.at != NULL;
	}
	return told < LIMIT_JOB_TRACEBACKS;
}

static struct store_job_fault read_fault(struct store_query *query, struct arena *arena,
	const struct store_job_fault *before, size_t count)
{
	struct store_job_fault fault = {
		.checkpoint_filename = store_query_text(query, 0, arena),
		.code = store_query_text(query, 1, arena),
		.message = store_query_text(query, 2, arena),
		.count = store_query_number(query, 4),
	};

	if (is_worth_details(before, count, fault.message))
		fault.details = store_query_optional(query, 3, arena);
	return fault;
}

static bool read_faults(struct store *store, struct text id, struct text status,
	struct arena *arena, struct store_job_faults *faults, struct error *error)
{
	struct store_query query;
	size_t capacity = 0;
	int64_t all = 0;

	store_query_begin(&query, store, STORE_JOB_FAULTS);
	store_query_bind(&query, 1, id);
	store_query_bind(&query, 2, status);
	store_query_bind_number(&query, 3, LIMIT_JOB_FAULTS);
	while (store_query_next(
		&query, arena, &faults->items, &capacity, faults->count, sizeof(*faults->items))) {
		faults->items[faults->count] =
			read_fault(&query, arena, faults->items, faults->count);
		faults->count++;
		all = store_query_number(&query, 5);
	}
	faults->left_out = all - (int64_t)faults->count;
	return store_query_end(&query, error);
}

static bool complete_job(
	struct store *store, struct arena *arena, struct store_job *job, struct error *error)
{
	struct text id = job->progress.id;

	return (!job->progress.failed_items ||
		       read_faults(store, id, TEXT("failed"), arena, &job->failed, error)) &&
	       (!job->progress.skipped_items ||
		       read_faults(store, id, TEXT("skipped"), arena, &job->skipped, error));
}

static bool read_list(struct store *store, struct arena *arena, struct store_job **jobs,
	size_t *count, struct error *error)
{
	struct store_query query;
	size_t capacity = 0;

	store_query_begin(&query, store, STORE_JOB_LIST);
	while (store_query_next(&query, arena, jobs, &capacity, *count, sizeof(**jobs)))
		(*jobs)[(*count)++] = read_job(&query, arena);
	if (!store_query_end(&query, error))
		return false;
	for (size_t i = 0; i < *count; i++)
		if (!complete_job(store, arena, &(*jobs)[i], error))
			return false;
	return true;
}

bool store_job_list(struct store *store, struct arena *arena, struct store_job **jobs,
	size_t *count, struct error *error)
{
	*jobs = NULL;
	*count = 0;
	if (!store_begin(store, STORE_READ, error))
		return false;
	return store_finish(store, read_list(store, arena, jobs, count, error), error);
}

bool store_job_read(struct store *store, struct text id, struct arena *arena, struct store_job *job,
	struct error *error)
{
	struct store_query query;
	bool found;

	store_query_begin(&query, store, STORE_JOB_FIND);
	store_query_bind(&query, 1, id);
	found = store_query_step(&query);
	if (found)
		*job = read_job(&query, arena);
	if (!store_query_end(&query, error))
		return false;
	return found ? complete_job(store, arena, job, error) : store_job_refuse_unknown(id, error);
}

bool store_job_find(struct store *store, struct text id, struct arena *arena, struct store_job *job,
	struct error *error)
{
	if (!store_begin(store, STORE_READ, error))
		return false;
	return store_finish(store, store_job_read(store, id, arena, job, error), error);
}

bool store_job_past_pace(struct store *store, struct text workflow_name,
	struct store_job_pace *pace, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_JOB_PACE);
	store_query_bind(&query, 1, workflow_name);
	pace->known = store_query_step(&query);
	pace->seconds_per_image = store_query_real(&query, 0);
	pace->mean_steps = store_query_real(&query, 1);
	pace->width = store_query_number(&query, 2);
	pace->height = store_query_number(&query, 3);
	return store_query_end(&query, error);
}

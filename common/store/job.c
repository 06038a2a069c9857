#include "store/job.h"

#include "store/connection.h"

static bool read_revision(struct store *store, int64_t *revision, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_JOB_REVISION);
	(void)store_query_step(&query);
	*revision = store_query_number(&query, 0);
	return store_query_end(&query, error);
}

static bool read_deleted(struct store *store, int64_t revision, struct arena *arena,
	struct store_job_changes *changes, struct error *error)
{
	struct store_query query;
	size_t capacity = 0;
	bool room = true;

	store_query_begin(&query, store, STORE_JOB_DELETED_SINCE);
	store_query_bind_number(&query, 1, revision);
	while (room && store_query_step(&query)) {
		room = arena_grow(arena, &changes->deleted, &capacity, changes->deleted_count,
			sizeof(*changes->deleted));
		if (room)
			changes->deleted[changes->deleted_count++] =
				store_query_text(&query, 0, arena);
	}
	return store_query_end(&query, error) && (room || error_memory(error));
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

	if (!store_query_is_null(query, 3)) {
		progress.waiting_reason = store_query_text(query, 3, arena);
		progress.waiting_since = store_query_text(query, 4, arena);
	}
	if (progress.has_item)
		progress.item = read_item(query, arena);
	return progress;
}

static bool read_changed(struct store *store, int64_t revision, struct arena *arena,
	struct store_job_changes *changes, struct error *error)
{
	struct store_query query;
	size_t capacity = 0;
	bool room = true;

	store_query_begin(&query, store, STORE_JOB_CHANGED_SINCE);
	store_query_bind_number(&query, 1, revision);
	while (room && store_query_step(&query)) {
		room = arena_grow(arena, &changes->changed, &capacity, changes->changed_count,
			sizeof(*changes->changed));
		if (room)
			changes->changed[changes->changed_count++] = read_progress(&query, arena);
	}
	return store_query_end(&query, error) && (room || error_memory(error));
}

bool store_job_changes(struct store *store, int64_t revision, struct arena *arena,
	struct store_job_changes *changes, struct error *error)
{
	bool good;

	*changes = (struct store_job_changes){0};
	/* One transaction: the revision is that of the rows. */
	if (!store_begin(store, STORE_READ, error))
		return false;
	good = read_revision(store, &changes->revision, error);
	if (good && revision >= 0 && revision != changes->revision)
		good = read_deleted(store, revision, arena, changes, error) &&
		       read_changed(store, revision, arena, changes, error);
	return store_finish(store, good, error);
}

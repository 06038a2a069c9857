/* What a user does to a job: stop, resume, retry, delete. */
#include "store/job_internal.h"

/*
 * Changes a job by `change`, which says through `*changed` whether the job's state allowed it, and
 * reads it as it is then. One that is not allowed is refused with `allowed`, the end of a sentence.
 */
static bool control(struct store *store, struct text id, struct arena *arena, struct store_job *job,
	bool (*change)(struct store *store, struct text id, bool *changed, struct error *error),
	const char *allowed, struct error *error)
{
	bool changed = false;
	bool good;

	store_enlarge(store, true);
	good = store_begin(store, STORE_WRITE, error);
	if (good) {
		good = change(store, id, &changed, error) &&
		       store_job_read(store, id, arena, job, error);
		if (good && !changed)
			good = error_set(error, ERROR_CONFLICT, "invalid_state",
				"The job is %.*s; %s.", TEXT_ARGUMENTS(job->progress.status),
				allowed);
		good = store_finish(store, good, error);
	}
	store_enlarge(store, false);
	return good;
}

static bool stop(struct store *store, struct text id, bool *changed, struct error *error)
{
	if (!store_job_change(store, STORE_JOB_STOP_PENDING, id, error))
		return false;
	*changed = store_changed_rows(store) > 0;
	if (*changed)
		return true;
	if (!store_job_change(store, STORE_JOB_STOP_RUNNING, id, error))
		return false;
	*changed = store_changed_rows(store) > 0;
	return !*changed || store_job_change(store, STORE_JOB_SETTLE, id, error);
}

static bool resume(struct store *store, struct text id, bool *changed, struct error *error)
{
	if (!store_job_change(store, STORE_JOB_RESUME, id, error))
		return false;
	*changed = store_changed_rows(store) > 0;
	return !*changed || store_job_change(store, STORE_JOB_SETTLE_PENDING, id, error);
}

static bool retry(struct store *store, struct text id, bool *changed, struct error *error)
{
	if (!store_job_change(store, STORE_JOB_RETRY, id, error))
		return false;
	*changed = store_changed_rows(store) > 0;
	return !*changed || (store_job_change(store, STORE_JOB_RETRY_ITEMS, id, error) &&
				    store_job_run(store, STORE_JOB_FORGET_FAULTS, id, error));
}

bool store_job_stop(struct store *store, struct text id, struct arena *arena, struct store_job *job,
	struct error *error)
{
	return control(store, id, arena, job, stop,
		"only one that is pending or running can be stopped", error);
}

bool store_job_resume(struct store *store, struct text id, struct arena *arena,
	struct store_job *job, struct error *error)
{
	return control(store, id, arena, job, resume,
		"only one that is paused or failed can be resumed", error);
}

bool store_job_retry(struct store *store, struct text id, struct arena *arena,
	struct store_job *job, struct error *error)
{
	return control(store, id, arena, job, retry,
		"only one that is completed, failed or paused and has failed or skipped items can "
		"try them again",
		error);
}

bool store_job_delete(struct store *store, struct text id, struct error *error)
{
	bool good;

	store_enlarge(store, true);
	good = store_begin(store, STORE_WRITE, error);
	if (good) {
		good = store_job_run(store, STORE_JOB_ABANDON, id, error) &&
		       store_job_run(store, STORE_JOB_DELETE, id, error);
		if (good && store_changed_rows(store) == 0)
			good = store_job_refuse_unknown(id, error);
		good = store_finish(store, good, error);
	}
	store_enlarge(store, false);
	return good;
}

#ifndef STORE_JOB_H
#define STORE_JOB_H

#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "store/job_existing.h"
#include "store/store.h"

/*
 * Sample jobs as the API and the feed see them. Their states are the wire contract's:
 *
 *   pending    waits for its turn            -> running (its first item is leased), paused
 *   running    an item is, or may be, leased -> completed, failed, paused (by way of `stopping`)
 *   paused     stopped by the user           -> pending
 *   completed  every item has ended          -> pending (its failed and skipped items once more)
 *   failed     nothing more can run          -> pending
 *
 * Every function commits all of what it says or nothing, and is safe beside a worker at work.
 */

/* The item in work. */
struct store_job_item {
	struct text checkpoint_filename;
	int64_t checkpoint_completed_items;
	int64_t checkpoint_total_items;
	struct text prompt_name;
	int64_t steps;
	struct text cfg; /* a number's digits */
	struct text sampler_name;
	struct text scheduler;
	struct text seed; /* a number's digits */
	int64_t sampler_step;
	int64_t sampler_steps; /* 0: not known */
};

/* How far a job is. Texts live in the caller's arena. */
struct store_job_progress {
	struct text id;
	struct text status; /* the wire contract's word */
	bool stopping;
	struct text waiting_reason; /* `at` is NULL if it does not wait */
	struct text waiting_since;
	int64_t total_items;
	int64_t completed_items;
	int64_t failed_items;
	int64_t skipped_items;
	int64_t total_checkpoints;
	int64_t completed_checkpoints;
	double seconds_per_image; /* below 0: not known */
	bool has_item;
	struct store_job_item item;
};

/* Items of a checkpoint that failed, or were skipped, for the same reason. */
struct store_job_fault {
	struct text checkpoint_filename;
	struct text code; /* empty: none */
	struct text message;
	struct text details; /* once for each message, of a few; else `at` is NULL */
	int64_t count;
};

struct store_job_faults {
	struct store_job_fault *items; /* the first LIMIT_JOB_FAULTS, in the order of work */
	size_t count;
	int64_t left_out; /* how many more there are */
};

/* A job; texts live in the caller's arena, `at` is NULL for what it has not. */
struct store_job {
	struct text training_run_name;
	struct text sample_preset_id;
	struct text sample_preset_name;
	struct text workflow_name;
	struct text vae;
	struct text clip;
	struct text shift; /* a number's digits */
	enum store_job_existing existing;
	struct text error_message;
	struct text created_at;
	struct text updated_at;
	struct store_job_progress progress;
	struct store_job_faults failed;
	struct store_job_faults skipped;
};

/* All jobs, the newest first. */
bool store_job_list(struct store *store, struct arena *arena, struct store_job **jobs,
	size_t *count, struct error *error);

/* ERROR_NOT_FOUND `not_found`. */
bool store_job_find(struct store *store, struct text id, struct arena *arena, struct store_job *job,
	struct error *error);

/*
 * What a user does to a job; `*job` is as it is afterwards. ERROR_NOT_FOUND `not_found`;
 * ERROR_CONFLICT `invalid_state` with a sentence on what is allowed.
 *
 * stop: a pending job is paused; a running one too if none of its items is leased, else it is
 * `stopping`, and the end of its last lease pauses it. On a job that is stopping already it does
 * nothing.
 * resume: a paused or failed job is pending; without a pending item it is completed.
 * retry: the failed and skipped items of a completed, failed or paused job are pending, and so is
 * it.
 */
bool store_job_stop(struct store *store, struct text id, struct arena *arena, struct store_job *job,
	struct error *error);
bool store_job_resume(struct store *store, struct text id, struct arena *arena,
	struct store_job *job, struct error *error);
bool store_job_retry(struct store *store, struct text id, struct arena *arena,
	struct store_job *job, struct error *error);

/*
 * Deletes a job in any state. The attempts of its leased items are left to the worker
 * (store_work_orders), which ends them in ComfyUI. ERROR_NOT_FOUND `not_found`.
 */
bool store_job_delete(struct store *store, struct text id, struct error *error);

/* What past jobs with a template took, for an estimate. */
struct store_job_pace {
	bool known;
	double seconds_per_image;
	double mean_steps; /* of the sampler, of its images */
	int64_t width;
	int64_t height;
};

/* Of the newest job with the template of that name that has rendered something. */
bool store_job_past_pace(struct store *store, struct text workflow_name,
	struct store_job_pace *pace, struct error *error);

/* What has become of jobs since a revision. */
struct store_job_changes {
	int64_t revision;     /* to ask from the next time */
	struct text *deleted; /* ids */
	size_t deleted_count;
	struct store_job_progress *changed;
	size_t changed_count;
};

/*
 * Reads which jobs were changed or deleted after `revision`, as they are now; below 0: none, to
 * learn the present revision. Any change counts, of the job, of an item, by whichever process.
 */
bool store_job_changes(struct store *store, int64_t revision, struct arena *arena,
	struct store_job_changes *changes, struct error *error);

#endif

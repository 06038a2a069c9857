#ifndef STORE_JOB_H
#define STORE_JOB_H

#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "store/store.h"

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

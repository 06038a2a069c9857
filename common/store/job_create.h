#ifndef STORE_JOB_CREATE_H
#define STORE_JOB_CREATE_H

#include "naming/output.h"
#include "store/job.h"

struct store_job_prompt {
	struct text name;
	struct text text;
};

struct store_job_checkpoint {
	struct text filename;
	struct text path; /* within its checkpoint directory */
	int64_t size;
	int64_t modified; /* nanoseconds since 1970 */
};

/* Everything that a job is made of; it keeps copies of all. `at` is NULL for what it has not. */
struct store_job_input {
	struct text training_run_name;
	struct text sample_preset_id;
	struct text sample_preset_name;
	struct text negative_prompt;
	int64_t width;
	int64_t height;
	struct text workflow_name;
	struct text workflow; /* the template's bytes */
	struct text workflow_digest;
	struct text vae;
	struct text clip;
	struct text shift; /* a number's digits */
	enum store_job_existing existing;
	const struct store_job_prompt *prompts;
	size_t prompt_count;
	const struct store_job_checkpoint *checkpoints; /* in training order */
	size_t checkpoint_count;
	const struct naming_output
		*outputs; /* the images of each checkpoint, in the order of work */
	size_t output_count;
	/* An enum store_job_start for each item: [checkpoint * output_count + output]. */
	const unsigned char *starts;
};

/*
 * Makes a job and all its items in one transaction. It is pending, or completed if nothing is to be
 * rendered. ERROR_CONFLICT `too_many_jobs` if LIMIT_JOBS are stored.
 */
bool store_job_create(struct store *store, const struct store_job_input *input, struct arena *arena,
	struct store_job *job, struct error *error);

#endif

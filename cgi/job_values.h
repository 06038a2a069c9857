#ifndef CGI_JOB_VALUES_H
#define CGI_JOB_VALUES_H

#include "job_plan.h"
#include "store/sample_preset.h"

/* The lists of a sample preset, in the order of work: the last one changes fastest. */
enum { JOB_PROMPTS, JOB_STEPS, JOB_CFGS, JOB_SAMPLERS, JOB_SCHEDULERS, JOB_SEEDS, JOB_LIST_COUNT };

/* One of them, taken apart. */
struct job_list {
	struct text *values; /* as in file names */
	int64_t *integers;   /* of the steps */
	size_t count;
};

/* Puts into the plan what is the preset's: the job's prompts and images, and the template's values.
 */
bool job_values_take(struct input_reader *reader, const struct store_sample_preset *preset,
	struct job_list lists[static JOB_LIST_COUNT], struct job_plan *plan, struct error *error);

#endif

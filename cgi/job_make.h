#ifndef CGI_JOB_MAKE_H
#define CGI_JOB_MAKE_H

#include "job_input.h"
#include "job_plan.h"
#include "store/store.h"

/*
 * Makes the plan of a body without faults. What the body names and is not there (run, preset,
 * template, checkpoint) is a fault noted in `reader`; then the plan is not to be used. False with
 * an error when it cannot be made.
 */
bool job_plan_make(struct input_reader *reader, const struct config *config, struct store *store,
	const struct job_input *input, struct job_plan *plan, struct error *error);

#endif

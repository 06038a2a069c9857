#ifndef CGI_JOB_EXISTING_H
#define CGI_JOB_EXISTING_H

#include "job_plan.h"
#include "store/store.h"

/* Finds out which pictures are there: fills the starts and counts of the plan. */
bool job_existing_find(struct arena *arena, const struct config *config, struct store *store,
	struct job_plan *plan, struct error *error);

#endif

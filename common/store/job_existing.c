#include "store/job_existing.h"

const char *const store_job_existing_names[STORE_JOB_EXISTING_COUNT] = {
	[STORE_JOB_SKIP] = "skip",
	[STORE_JOB_UPDATE] = "update",
	[STORE_JOB_REPLACE] = "replace",
};

bool store_job_existing_parse(struct text name, enum store_job_existing *existing)
{
	for (int i = 0; i < STORE_JOB_EXISTING_COUNT; i++)
		if (text_equal(name, text_from(store_job_existing_names[i]))) {
			*existing = (enum store_job_existing)i;
			return true;
		}
	return false;
}

enum store_job_start store_job_start_of(enum store_job_existing existing, bool same)
{
	if (existing == STORE_JOB_REPLACE || (existing == STORE_JOB_UPDATE && !same))
		return STORE_JOB_PENDING;
	return same ? STORE_JOB_EXISTS : STORE_JOB_OCCUPIED;
}

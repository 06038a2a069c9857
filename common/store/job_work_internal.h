#ifndef STORE_JOB_WORK_INTERNAL_H
#define STORE_JOB_WORK_INTERNAL_H

#include "store/job_internal.h"
#include "store/job_work.h"

/* Between the files of the worker's side of sample jobs. */

/* A leased item, as much as ending its lease takes. */
struct store_leased {
	int64_t number;
	struct text job_id;
	struct text checkpoint_filename;
};

/* Finds a leased item. ERROR_NOT_FOUND, or ERROR_CONFLICT `not_leased`. Within a transaction. */
bool store_work_find_leased(struct store *store, struct text item_id, struct arena *arena,
	struct store_leased *leased, struct error *error);

/* The item to be leased next; `*number` is 0 if there is none. */
bool store_work_find_next(struct store *store, int64_t *number, struct arena *arena,
	struct text *job_id, struct error *error);

/* An arena for the few texts of a call; the caller frees it. */
struct arena store_work_arena(void);

#endif

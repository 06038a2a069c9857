#ifndef STORE_JOB_WORK_INTERNAL_H
#define STORE_JOB_WORK_INTERNAL_H

#include "store/job_internal.h"
#include "store/job_work.h"

/* Between the files of the worker's side of sample jobs. */

/* A leased item, as much as ending its lease takes, and memory for the change that is made of it.
 */
struct store_leased {
	struct arena arena;
	int64_t number;
	struct text job_id;
	struct text checkpoint_filename;
};

/*
 * A change of a leased item is one writing transaction:
 *
 *   return store_leased_begin(store, item_id, &leased, error) &&
 *          store_leased_finish(store, &leased, change(store, &leased, error), error);
 *
 * Beginning fails with ERROR_NOT_FOUND, or ERROR_CONFLICT `not_leased`, and nothing is to be
 * finished then. Finishing commits if `good`, and frees what `leased` holds.
 */
bool store_leased_begin(
	struct store *store, struct text item_id, struct store_leased *leased, struct error *error);
bool store_leased_finish(
	struct store *store, struct store_leased *leased, bool good, struct error *error);

/* The item to be leased next; `*number` is 0 if there is none. */
bool store_work_find_next(struct store *store, int64_t *number, struct arena *arena,
	struct text *job_id, struct error *error);

/* An arena for the few texts of a call; the caller frees it. */
struct arena store_work_arena(void);

#endif

#ifndef STORE_JOB_INTERNAL_H
#define STORE_JOB_INTERNAL_H

#include "base/clock.h"
#include "store/connection.h"
#include "store/job.h"

/* Between the files of sample jobs. All but the refusal run within a writing transaction. */

/* Refuses with ERROR_NOT_FOUND. */
bool store_job_refuse_unknown(struct text id, struct error *error);

/* The present row's column that tells what a job does with pictures that are there. */
enum store_job_existing store_job_read_existing(
	struct store_query *query, int column, struct arena *arena);

/* As store_job_find. */
bool store_job_read(struct store *store, struct text id, struct arena *arena, struct store_job *job,
	struct error *error);

/* Runs a statement that has a job's id for parameter. */
bool store_job_run(
	struct store *store, enum store_statement statement, struct text id, struct error *error);

/* As store_job_run, the present time being the second parameter. */
bool store_job_change(
	struct store *store, enum store_statement statement, struct text id, struct error *error);

/* Why items ended without a picture. */
struct store_job_reason {
	struct text status; /* failed or skipped */
	struct text checkpoint_filename;
	struct text code;
	struct text message;
	struct text details; /* `at` may be NULL */
	int64_t first_number;
	int64_t count;
};

bool store_job_add_fault(struct store *store, struct text id, const struct store_job_reason *reason,
	struct error *error);

#endif

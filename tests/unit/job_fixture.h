#ifndef UNIT_JOB_FIXTURE_H
#define UNIT_JOB_FIXTURE_H

#include "store/job_create.h"
#include "store/job_work.h"

/* A database in a directory of its own, and jobs in it. A call that fails fails the test. */
struct job_fixture {
	char directory[256];
	char path[300];
	struct store *store;
	struct arena arena;
};

void job_fixture_open(struct job_fixture *fixture);
void job_fixture_close(struct job_fixture *fixture);

/*
 * Makes a job of `checkpoints` checkpoints (`c0.safetensors` …) with `outputs` images each, which
 * differ in their seeds (from 18446744073709551615 down). `starts`: one letter for each item,
 * `p`ending, `e`xisting or `o`ccupied; NULL: all are pending. The id lives in the fixture's arena.
 */
struct text job_fixture_create(
	struct job_fixture *fixture, size_t checkpoints, size_t outputs, const char *starts);

struct store_job job_fixture_find(struct job_fixture *fixture, struct text id);

/* Leases the next item, of which there must be one. */
struct store_work job_fixture_claim(struct job_fixture *fixture);

/* Completes a leased item in a second. */
void job_fixture_complete(struct job_fixture *fixture, const struct store_work *work);

/* Fails a leased item. */
void job_fixture_fail(struct job_fixture *fixture, const struct store_work *work);

void job_fixture_execute(struct job_fixture *fixture, const char *sql);
int64_t job_fixture_number(struct job_fixture *fixture, const char *sql);

#endif

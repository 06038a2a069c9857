/* Jobs as the feed reads them: the counts that triggers keep, what has changed since, wake-ups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "job_fixture.h"
#include "store/comfyui_state.h"
#include "store/connection.h"
#include "store/watch.h"
#include "store/worker_lock.h"
#include "support.h"

static struct job_fixture fixture; /* its store is as the worker and the API use it */

static int set_up(void **state)
{
	(void)state;
	job_fixture_open(&fixture);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	job_fixture_close(&fixture);
	return 0;
}

static struct store_job_changes changes_since(int64_t revision)
{
	struct store_job_changes changes;
	struct error error = {0};

	if (!store_job_changes(fixture.store, revision, &fixture.arena, &changes, &error))
		fail_msg("%s (%s)", error.message, error.cause);
	return changes;
}

static void assert_counts(const struct store_job_progress *job, int64_t total, int64_t completed,
	int64_t failed, int64_t skipped, int64_t checkpoints_done)
{
	assert_int_equal(job->total_items, total);
	assert_int_equal(job->completed_items, completed);
	assert_int_equal(job->failed_items, failed);
	assert_int_equal(job->skipped_items, skipped);
	assert_int_equal(job->total_checkpoints, 2);
	assert_int_equal(job->completed_checkpoints, checkpoints_done);
}

static void skip_item(const struct store_work *work)
{
	static const struct store_fault fault = {TEXT_INITIALIZER("unmatched"),
		TEXT_INITIALIZER("ComfyUI cannot see it"), {NULL, 0}};
	struct error error;

	assert_true(store_work_skip(fixture.store, work->item_id, &fault, &error));
}

static void test_counts_follow_the_items(void **state)
{
	struct text id = job_fixture_create(&fixture, 2, 3, "eopppp");
	struct store_job job = job_fixture_find(&fixture, id);
	struct store_work work;
	struct error error;

	(void)state;
	assert_counts(&job.progress, 6, 1, 0, 1, 0);
	work = job_fixture_claim(&fixture);
	job_fixture_fail(&fixture, &work);
	for (int i = 0; i < 2; i++) {
		work = job_fixture_claim(&fixture);
		job_fixture_complete(&fixture, &work);
	}
	work = job_fixture_claim(&fixture);
	skip_item(&work);
	job = job_fixture_find(&fixture, id);
	assert_counts(&job.progress, 6, 3, 1, 2, 0);
	assert_true(store_job_retry(fixture.store, id, &fixture.arena, &job, &error));
	assert_counts(&job.progress, 6, 3, 0, 0, 0);
	for (int i = 0; i < 3; i++) {
		work = job_fixture_claim(&fixture);
		job_fixture_complete(&fixture, &work);
		job = job_fixture_find(&fixture, id);
		assert_counts(&job.progress, 6, 4 + i, 0, 0, i < 1 ? 0 : i);
	}
}

static void test_the_item_in_work_is_the_first_that_runs(void **state)
{
	struct store_job_changes changes;
	const struct store_job_item *item;
	struct store_work work;
	struct error error;

	(void)state;
	(void)job_fixture_create(&fixture, 2, 1, NULL);
	changes = changes_since(0);
	assert_false(changes.changed[0].has_item);
	assert_true(changes.changed[0].seconds_per_image < 0);
	assert_null(changes.changed[0].waiting_reason.at);
	work = job_fixture_claim(&fixture);
	(void)job_fixture_claim(&fixture);
	assert_true(store_work_step(fixture.store, work.item_id, 3, 8, &error));
	assert_true(store_work_wait(fixture.store, TEXT("the disk is full"), &error));
	changes = changes_since(0);
	item = &changes.changed[0].item;
	assert_true(changes.changed[0].has_item);
	assert_string_equal(changes.changed[0].status.at, "running");
	assert_string_equal(changes.changed[0].waiting_reason.at, "the disk is full");
	assert_string_equal(item->checkpoint_filename.at, "c0.safetensors");
	assert_int_equal(item->checkpoint_completed_items, 0);
	assert_int_equal(item->checkpoint_total_items, 1);
	assert_string_equal(item->seed.at, "18446744073709551615");
	assert_string_equal(item->cfg.at, "1.25");
	assert_int_equal(item->sampler_step, 3);
	assert_int_equal(item->sampler_steps, 8);
	job_fixture_complete(&fixture, &work);
	changes = changes_since(0);
	assert_string_equal(changes.changed[0].item.checkpoint_filename.at, "c1.safetensors");
	assert_int_equal(changes.changed[0].item.sampler_steps, 0);
	assert_true(changes.changed[0].seconds_per_image == 1);
	assert_null(changes.changed[0].waiting_reason.at);
}

static void test_only_what_changed_since_is_read(void **state)
{
	struct store_job_changes changes = changes_since(-1);
	struct store_work work;
	struct store_job job;
	struct error error;
	struct text first = job_fixture_create(&fixture, 1, 1, NULL);
	struct text second = job_fixture_create(&fixture, 1, 1, NULL);

	(void)state;
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 2);
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 0);
	work = job_fixture_claim(&fixture);
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 1);
	assert_string_equal(changes.changed[0].id.at, first.at);
	/* A step of the sampler, and the job's own row. */
	assert_true(store_work_step(fixture.store, work.item_id, 1, 8, &error));
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 1);
	assert_true(store_job_stop(fixture.store, second, &fixture.arena, &job, &error));
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 1);
	assert_string_equal(changes.changed[0].id.at, second.at);
	/* Asked without knowing a revision, it tells none. */
	assert_int_equal(changes_since(-1).changed_count, 0);
	assert_int_equal(changes_since(-1).revision, changes.revision);
}

static void test_deleted_jobs_are_told(void **state)
{
	struct text first = job_fixture_create(&fixture, 1, 2, "po");
	struct text second = job_fixture_create(&fixture, 1, 1, NULL);
	struct store_job_changes changes = changes_since(-1);
	struct error error;

	(void)state;
	assert_true(store_job_delete(fixture.store, second, &error));
	assert_true(store_job_delete(fixture.store, first, &error));
	assert_false(store_job_delete(fixture.store, first, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	changes = changes_since(changes.revision);
	assert_int_equal(changes.deleted_count, 2);
	assert_string_equal(changes.deleted[0].at, second.at);
	assert_string_equal(changes.deleted[1].at, first.at);
	assert_int_equal(changes.changed_count, 0);
	for (int i = 0; i < 4; i++) {
		static const char *const tables[] = {"sample_job_items", "sample_job_checkpoints",
			"sample_job_prompts", "sample_job_faults"};
		char sql[80];

		(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", tables[i]);
		assert_int_equal(job_fixture_number(&fixture, sql), 0);
	}
	/* A new job is news although the newest rows are gone. */
	(void)job_fixture_create(&fixture, 1, 1, NULL);
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 1);
}

static void test_the_state_of_comfyui_is_kept(void **state)
{
	struct store_comfyui_state away = {.error = TEXT("connection refused")};
	struct store_comfyui_state here = {.connected = true, .version = TEXT("0.3.64")};
	struct store_comfyui_state now;
	struct error error;

	(void)state;
	assert_true(store_comfyui_state(fixture.store, &fixture.arena, &now, &error));
	assert_false(now.known);
	assert_true(store_comfyui_set_state(fixture.store, &away, &error));
	assert_true(store_comfyui_state(fixture.store, &fixture.arena, &now, &error));
	assert_true(now.known);
	assert_false(now.connected);
	assert_string_equal(now.error.at, "connection refused");
	assert_true(store_comfyui_set_state(fixture.store, &here, &error));
	assert_true(store_comfyui_state(fixture.store, &fixture.arena, &now, &error));
	assert_true(now.connected);
	assert_string_equal(now.version.at, "0.3.64");
	assert_int_equal(now.error.length, 0);
}

/* --- Wake-ups ----------------------------------------------------------------------------------
 */

/* Waits until the watch has something to take; what has happened is there already. */
static bool is_woken(struct store_watch *watch)
{
	struct pollfd waiting = {store_watch_descriptor(watch), POLLIN, 0};

	return poll(&waiting, 1, 0) == 1 && store_watch_take(watch);
}

static void test_a_commit_wakes(void **state)
{
	struct store_watch *watch = store_watch_open(fixture.path);

	(void)state;
	assert_non_null(watch);
	assert_false(is_woken(watch));
	(void)job_fixture_create(&fixture, 1, 1, NULL);
	assert_true(is_woken(watch));
	assert_false(is_woken(watch));
	assert_int_equal(job_fixture_number(&fixture, "SELECT count(*) FROM sample_jobs"), 1);
	assert_false(is_woken(watch));
	store_watch_close(watch);
}

/* It wakes before it can be seen: so it is looked for again, after longer and longer pauses. */
static void test_a_commit_is_looked_for_again(void **state)
{
	struct store_watch *watch = store_watch_open(fixture.path);
	int again = 0;

	(void)state;
	assert_false(store_watch_is_due(watch));
	assert_int_equal(store_watch_deadline(watch), INT64_MAX);
	(void)job_fixture_create(&fixture, 1, 1, NULL);
	assert_true(store_watch_is_due(watch));
	while (store_watch_deadline(watch) != INT64_MAX) {
		(void)poll(NULL, 0, 1);
		again += store_watch_is_due(watch);
	}
	assert_int_equal(again, 10);
	assert_false(store_watch_is_due(watch));
	store_watch_close(watch);
}

static void make_file(const char *name)
{
	char file[SUPPORT_PATH + 64];
	FILE *stream;

	(void)snprintf(file, sizeof(file), "%s/%s", fixture.directory, name);
	stream = fopen(file, "we");
	assert_non_null(stream);
	assert_true(fputs("x", stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static void test_what_lies_beside_the_database_does_not_wake(void **state)
{
	struct store_watch *watch = store_watch_open(fixture.path);

	(void)state;
	make_file("app.db.backup");
	make_file("other.db");
	make_file("app");
	assert_false(is_woken(watch));
	make_file("app.db-journal");
	assert_true(is_woken(watch));
	store_watch_close(watch);
}

static void test_a_worker_that_comes_or_goes_wakes(void **state)
{
	struct store_watch *watch = store_watch_open(fixture.path);
	struct store_worker_lock *lock;
	struct error error;
	int64_t before = clock_now();

	(void)state;
	assert_int_equal(store_worker_seen_at(fixture.path), -1);
	assert_true(store_worker_lock(fixture.path, &lock, &error));
	assert_true(is_woken(watch));
	assert_true(store_worker_is_running(fixture.path, &error));
	/* A file's time is as coarse as the kernel's tick. */
	assert_true(store_worker_seen_at(fixture.path) >= before - 1000);
	store_worker_beat(lock);
	assert_false(is_woken(watch));
	store_worker_unlock(lock);
	assert_true(is_woken(watch));
	store_watch_close(watch);
}

static void test_a_directory_that_comes_later_is_found(void **state)
{
	struct store_watch *watch;
	char late[SUPPORT_PATH + 64];
	struct error error;
	struct store *other;

	(void)state;
	(void)snprintf(late, sizeof(late), "%s/deep/app.db", fixture.directory);
	watch = store_watch_open(late);
	assert_non_null(watch);
	assert_int_equal(store_watch_descriptor(watch), -1);
	assert_false(store_watch_take(watch));
	assert_true(store_open(late, STORE_DURABLE_NORMAL, &other, &error));
	store_watch_mend(watch);
	assert_true(store_execute(other, "CREATE TABLE t (x INTEGER) STRICT", &error));
	assert_true(is_woken(watch));
	store_close(other);
	/* Taken away and made anew. */
	(void)snprintf(late, sizeof(late), "%s/deep", fixture.directory);
	support_directory_remove(late);
	(void)store_watch_take(watch);
	assert_int_equal(store_watch_descriptor(watch), -1);
	assert_int_equal(mkdir(late, 0755), 0);
	store_watch_mend(watch);
	make_file("deep/app.db");
	assert_true(is_woken(watch));
	store_watch_close(watch);
}

/* The one rule by which the API launches and the worker, which comes later, looks again. */
static void test_what_becomes_of_an_item_follows_from_what_is_there(void **state)
{
	static const struct {
		const char *name;
		enum store_job_start other; /* where a picture of another recipe is */
		enum store_job_start same;
	} rows[] = {
		{"skip", STORE_JOB_OCCUPIED, STORE_JOB_EXISTS},
		{"update", STORE_JOB_PENDING, STORE_JOB_EXISTS},
		{"replace", STORE_JOB_PENDING, STORE_JOB_PENDING},
	};
	enum store_job_existing existing;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_true(store_job_existing_parse(text_from(rows[i].name), &existing));
		assert_string_equal(store_job_existing_names[existing], rows[i].name);
		assert_int_equal(store_job_start_of(existing, false), rows[i].other);
		assert_int_equal(store_job_start_of(existing, true), rows[i].same);
	}
	assert_false(store_job_existing_parse(TEXT("Skip"), &existing));
	assert_false(store_job_existing_parse(TEXT(""), &existing));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_counts_follow_the_items),
		TEST(test_the_item_in_work_is_the_first_that_runs),
		TEST(test_only_what_changed_since_is_read),
		TEST(test_deleted_jobs_are_told),
		TEST(test_the_state_of_comfyui_is_kept),
		TEST(test_a_commit_wakes),
		TEST(test_a_commit_is_looked_for_again),
		TEST(test_what_lies_beside_the_database_does_not_wake),
		TEST(test_a_worker_that_comes_or_goes_wakes),
		TEST(test_a_directory_that_comes_later_is_found),
		cmocka_unit_test(test_what_becomes_of_an_item_follows_from_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

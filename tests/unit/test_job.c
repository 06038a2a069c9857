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

#include "store/comfyui_state.h"
#include "store/connection.h"
#include "store/job.h"
#include "store/watch.h"
#include "support.h"

#define JOB_A "aaaaaaaa-0000-4000-8000-000000000000"
#define JOB_B "bbbbbbbb-0000-4000-8000-000000000000"
#define NOW   "'2026-01-02T03:04:05.678Z'"

static char directory[SUPPORT_PATH];
static char path[SUPPORT_PATH + 32];
static struct store *store; /* as the worker and the API use it */
static struct arena arena;

static void execute(const char *sql)
{
	struct error error = {0};

	if (!store_execute(store, sql, &error))
		fail_msg("%s (%s)", error.message, error.cause);
}

static int set_up(void **state)
{
	struct error error = {0};

	(void)state;
	support_directory_make(directory);
	(void)snprintf(path, sizeof(path), "%s/app.db", directory);
	arena_init(&arena, (size_t)16 << 20);
	return store_open(path, STORE_DURABLE_NORMAL, &store, &error) ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	store_close(store);
	arena_free(&arena);
	support_directory_remove(directory);
	return 0;
}

static void add_job(const char *id)
{
	char sql[1024];

	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO sample_jobs (id, training_run_name, sample_preset_name, sample_preset,"
		" workflow_name, workflow, existing, status, created_at, updated_at) VALUES"
		" ('%s', 'run', 'preset', '{}', 'flux.json', '{}', 'skip', 'pending', " NOW ", " NOW
		");"
		"INSERT INTO sample_job_checkpoints (job_id, checkpoint_filename) VALUES"
		" ('%s', 'one.safetensors'), ('%s', 'two.safetensors')",
		id, id, id);
	execute(sql);
}

/* `number` tells items apart and is their order. */
static void add_item(const char *job, int number, const char *checkpoint)
{
	char sql[1024];

	(void)snprintf(sql, sizeof(sql),
		"INSERT INTO sample_job_items (number, id, job_id, checkpoint_filename,"
		" prompt_name, prompt_text, steps, cfg, sampler_name, scheduler, seed, created_at,"
		" updated_at) VALUES (%d, '%08d-0000-4000-8000-000000000000', '%s', '%s', 'forest',"
		" 'a forest', 8, '1.25', 'euler', 'simple', '18446744073709551615', " NOW ", " NOW
		")",
		number, number, job, checkpoint);
	execute(sql);
}

static void set_status(int number, const char *status)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql),
		"UPDATE sample_job_items SET status = '%s' WHERE number = %d", status, number);
	execute(sql);
}

static struct store_job_changes changes_since(int64_t revision)
{
	struct store_job_changes changes;
	struct error error = {0};

	if (!store_job_changes(store, revision, &arena, &changes, &error))
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

static void test_counts_follow_the_items(void **state)
{
	struct store_job_changes changes;

	(void)state;
	add_job(JOB_A);
	for (int i = 1; i <= 5; i++)
		add_item(JOB_A, i, i <= 3 ? "one.safetensors" : "two.safetensors");
	changes = changes_since(0);
	assert_int_equal(changes.changed_count, 1);
	assert_counts(&changes.changed[0], 5, 0, 0, 0, 0);
	set_status(1, "completed");
	set_status(2, "failed");
	set_status(3, "skipped");
	set_status(4, "completed");
	set_status(5, "completed");
	changes = changes_since(0);
	assert_counts(&changes.changed[0], 5, 3, 1, 1, 1);
	/* Tried again, all of them at once. */
	execute("UPDATE sample_job_items SET status = 'completed' WHERE status <> 'completed'");
	changes = changes_since(0);
	assert_counts(&changes.changed[0], 5, 5, 0, 0, 2);
	set_status(5, "pending");
	changes = changes_since(0);
	assert_counts(&changes.changed[0], 5, 4, 0, 0, 1);
}

static void test_the_item_in_work_is_the_first_that_runs(void **state)
{
	struct store_job_changes changes;
	const struct store_job_item *item;

	(void)state;
	add_job(JOB_A);
	add_item(JOB_A, 1, "one.safetensors");
	add_item(JOB_A, 2, "two.safetensors");
	add_item(JOB_A, 3, "two.safetensors");
	changes = changes_since(0);
	assert_false(changes.changed[0].has_item);
	assert_true(changes.changed[0].seconds_per_image < 0);
	assert_null(changes.changed[0].waiting_reason.at);
	set_status(1, "completed");
	set_status(3, "running");
	set_status(2, "running");
	execute("UPDATE sample_job_items SET sampler_step = 3, sampler_steps = 8 WHERE number = 2");
	execute("UPDATE sample_jobs SET status = 'running', stopping = 1, seconds_per_image = 2.5,"
		" waiting_reason = 'the disk is full', waiting_since = " NOW);
	changes = changes_since(0);
	item = &changes.changed[0].item;
	assert_true(changes.changed[0].has_item);
	assert_true(changes.changed[0].stopping);
	assert_string_equal(changes.changed[0].status.at, "running");
	assert_string_equal(changes.changed[0].waiting_reason.at, "the disk is full");
	assert_true(changes.changed[0].seconds_per_image == 2.5);
	assert_string_equal(item->checkpoint_filename.at, "two.safetensors");
	assert_int_equal(item->checkpoint_completed_items, 0);
	assert_int_equal(item->checkpoint_total_items, 2);
	assert_string_equal(item->seed.at, "18446744073709551615");
	assert_string_equal(item->cfg.at, "1.25");
	assert_int_equal(item->sampler_step, 3);
	assert_int_equal(item->sampler_steps, 8);
}

static void test_only_what_changed_since_is_read(void **state)
{
	struct store_job_changes changes = changes_since(-1);
	int64_t seen;

	(void)state;
	add_job(JOB_A);
	add_job(JOB_B);
	add_item(JOB_A, 1, "one.safetensors");
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 2);
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 0);
	/* A step of the sampler, the job's own row, and a change that sets nothing new. */
	execute("UPDATE sample_job_items SET sampler_step = 1 WHERE number = 1");
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 1);
	assert_string_equal(changes.changed[0].id.at, JOB_A);
	execute("UPDATE sample_jobs SET status = 'paused' WHERE id = '" JOB_B "'");
	seen = changes.revision;
	changes = changes_since(seen);
	assert_int_equal(changes.changed_count, 1);
	assert_string_equal(changes.changed[0].id.at, JOB_B);
	/* Asked without knowing a revision, it tells none. */
	assert_int_equal(changes_since(-1).changed_count, 0);
	assert_int_equal(changes_since(-1).revision, changes.revision);
}

static void test_deleted_jobs_are_told(void **state)
{
	struct store_job_changes changes;
	int64_t items = -1;
	struct error error;

	(void)state;
	add_job(JOB_A);
	add_item(JOB_A, 1, "one.safetensors");
	add_job(JOB_B);
	changes = changes_since(-1);
	execute("DELETE FROM sample_jobs WHERE id = '" JOB_B "'");
	execute("DELETE FROM sample_jobs WHERE id = '" JOB_A "'");
	changes = changes_since(changes.revision);
	assert_int_equal(changes.deleted_count, 2);
	assert_string_equal(changes.deleted[0].at, JOB_B);
	assert_string_equal(changes.deleted[1].at, JOB_A);
	assert_int_equal(changes.changed_count, 0);
	assert_true(
		store_read_number(store, "SELECT count(*) FROM sample_job_items", &items, &error));
	assert_int_equal(items, 0);
	/* A new job is news although the newest rows are gone. */
	add_job(JOB_A);
	changes = changes_since(changes.revision);
	assert_int_equal(changes.changed_count, 1);
}

static void test_a_job_outlives_its_preset(void **state)
{
	(void)state;
	execute("INSERT INTO sample_presets VALUES ('" JOB_B "', 'p', 'p', '[]', '', '[1]', '[1]',"
		" '[\"euler\"]', '[\"simple\"]', '[1]', 1, 1, " NOW ", " NOW ")");
	add_job(JOB_A);
	execute("UPDATE sample_jobs SET sample_preset_id = '" JOB_B "'");
	execute("DELETE FROM sample_presets");
	assert_string_equal(changes_since(0).changed[0].id.at, JOB_A);
}

static void test_the_state_of_comfyui_is_read(void **state)
{
	struct store_comfyui_state now;
	struct error error;

	(void)state;
	assert_true(store_comfyui_state(store, &arena, &now, &error));
	assert_false(now.known);
	execute("INSERT INTO comfyui_state VALUES (1, 0, NULL, 'connection refused', " NOW ")");
	assert_true(store_comfyui_state(store, &arena, &now, &error));
	assert_true(now.known);
	assert_false(now.connected);
	assert_string_equal(now.error.at, "connection refused");
	execute("UPDATE comfyui_state SET connected = 1, error = NULL");
	assert_true(store_comfyui_state(store, &arena, &now, &error));
	assert_true(now.connected);
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
	struct store_watch *watch = store_watch_open(path);
	struct error error;
	int64_t number;

	(void)state;
	assert_non_null(watch);
	assert_false(is_woken(watch));
	add_job(JOB_A);
	assert_true(is_woken(watch));
	assert_false(is_woken(watch));
	assert_true(store_read_number(store, "SELECT count(*) FROM sample_jobs", &number, &error));
	assert_false(is_woken(watch));
	store_watch_close(watch);
}

static void make_file(const char *name)
{
	char file[SUPPORT_PATH + 64];
	FILE *stream;

	(void)snprintf(file, sizeof(file), "%s/%s", directory, name);
	stream = fopen(file, "we");
	assert_non_null(stream);
	assert_true(fputs("x", stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static void test_what_lies_beside_the_database_does_not_wake(void **state)
{
	struct store_watch *watch = store_watch_open(path);

	(void)state;
	make_file("app.db.backup");
	make_file("other.db");
	make_file("app");
	assert_false(is_woken(watch));
	make_file("app.db-journal");
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
	(void)snprintf(late, sizeof(late), "%s/deep/app.db", directory);
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
	(void)snprintf(late, sizeof(late), "%s/deep", directory);
	support_directory_remove(late);
	(void)store_watch_take(watch);
	assert_int_equal(store_watch_descriptor(watch), -1);
	assert_int_equal(mkdir(late, 0755), 0);
	store_watch_mend(watch);
	make_file("deep/app.db");
	assert_true(is_woken(watch));
	store_watch_close(watch);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_counts_follow_the_items),
		TEST(test_the_item_in_work_is_the_first_that_runs),
		TEST(test_only_what_changed_since_is_read),
		TEST(test_deleted_jobs_are_told),
		TEST(test_a_job_outlives_its_preset),
		TEST(test_the_state_of_comfyui_is_read),
		TEST(test_a_commit_wakes),
		TEST(test_what_lies_beside_the_database_does_not_wake),
		TEST(test_a_directory_that_comes_later_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

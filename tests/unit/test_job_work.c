/* Sample jobs between user and worker: every call in every state, leases, crashes at every point.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "job_fixture.h"
#include "store/connection.h"
#include "store/output.h"
#include "store/worker_lock.h"

static struct job_fixture fixture;

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

static struct store_job find(struct text id)
{
	return job_fixture_find(&fixture, id);
}

static void assert_status(struct text id, const char *status)
{
	struct store_job job = find(id);

	assert_string_equal(job.progress.status.at, status);
}

static bool nothing_to_claim(void)
{
	struct store_work work;
	struct error error;
	bool claimed = true;

	assert_true(store_work_claim(fixture.store, &fixture.arena, &work, &claimed, &error));
	return !claimed;
}

static struct store_work_orders orders(void)
{
	struct store_work_orders now;
	struct error error;

	assert_true(store_work_orders(fixture.store, &fixture.arena, &now, &error));
	return now;
}

/* --- The table of states --------------------------------------------------------------------
 */

/* Ways to bring a new job of two items into a state. */
static struct text pending(void)
{
	return job_fixture_create(&fixture, 1, 2, NULL);
}

static struct text running(void)
{
	struct text id = pending();

	(void)job_fixture_claim(&fixture);
	return id;
}

static struct text idle(void)
{
	struct text id = pending();
	struct store_work work = job_fixture_claim(&fixture);

	job_fixture_complete(&fixture, &work);
	return id;
}

static struct text stopping(void)
{
	struct text id = running();
	struct store_job job;
	struct error error;

	assert_true(store_job_stop(fixture.store, id, &fixture.arena, &job, &error));
	assert_true(job.progress.stopping);
	return id;
}

static struct text paused(void)
{
	struct text id = pending();
	struct store_job job;
	struct error error;

	assert_true(store_job_stop(fixture.store, id, &fixture.arena, &job, &error));
	return id;
}

static struct text paused_with_failures(void)
{
	struct text id = pending();
	struct store_work work = job_fixture_claim(&fixture);
	struct store_job job;
	struct error error;

	job_fixture_fail(&fixture, &work);
	assert_true(store_job_stop(fixture.store, id, &fixture.arena, &job, &error));
	return id;
}

static struct text completed(void)
{
	struct text id = idle();
	struct store_work work = job_fixture_claim(&fixture);

	job_fixture_complete(&fixture, &work);
	return id;
}

static struct text completed_with_skips(void)
{
	return job_fixture_create(&fixture, 1, 2, "eo");
}

static struct text failed(void)
{
	struct text id = running();
	struct error error;

	assert_true(store_work_fail_job(fixture.store, id, TEXT("no such node"), &error));
	return id;
}

static struct text failed_with_failures(void)
{
	struct text id = pending();
	struct store_work work = job_fixture_claim(&fixture);
	struct error error;

	job_fixture_fail(&fixture, &work);
	assert_true(store_work_fail_job(fixture.store, id, TEXT("no such node"), &error));
	return id;
}

/* NULL: refused with invalid_state; else the state afterwards, "+" for one that is stopping. */
static const struct {
	const char *name;
	struct text (*reach)(void);
	const char *stop;
	const char *resume;
	const char *retry;
} table[] = {
	{"pending", pending, "paused", NULL, NULL},
	{"running, an item in work", running, "running+", NULL, NULL},
	{"running, none in work", idle, "paused", NULL, NULL},
	{"stopping", stopping, "running+", NULL, NULL},
	{"paused", paused, NULL, "pending", NULL},
	{"paused with failures", paused_with_failures, NULL, "pending", "pending"},
	{"completed", completed, NULL, NULL, NULL},
	{"completed with skips", completed_with_skips, NULL, NULL, "pending"},
	{"failed", failed, NULL, "pending", NULL},
	{"failed with failures", failed_with_failures, NULL, "pending", "pending"},
};

typedef bool control_call(struct store *store, struct text id, struct arena *arena,
	struct store_job *job, struct error *error);

static void check(const char *name, const char *call, struct text (*reach)(void),
	control_call *control, const char *expected)
{
	struct text id = reach();
	struct store_job before = find(id);
	struct store_job job;
	struct error error = {0};
	bool done = control(fixture.store, id, &fixture.arena, &job, &error);
	char state[16];

	if (!expected) {
		if (done || error.kind != ERROR_CONFLICT ||
			strcmp(error.code, "invalid_state") != 0)
			fail_msg("%s of %s was not refused", call, name);
		job = find(id);
		assert_string_equal(job.progress.status.at, before.progress.status.at);
	} else {
		if (!done)
			fail_msg("%s of %s: %s", call, name, error.message);
		(void)snprintf(state, sizeof(state), "%s%s", job.progress.status.at,
			job.progress.stopping ? "+" : "");
		if (strcmp(state, expected) != 0)
			fail_msg("%s of %s leads to %s", call, name, state);
	}
	assert_true(store_job_delete(fixture.store, id, &error));
}

static void test_every_call_in_every_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		check(table[i].name, "stop", table[i].reach, store_job_stop, table[i].stop);
		check(table[i].name, "resume", table[i].reach, store_job_resume, table[i].resume);
		check(table[i].name, "retry", table[i].reach, store_job_retry, table[i].retry);
	}
}

static void test_an_unknown_job_is_not_found(void **state)
{
	static control_call *const calls[] = {
		store_job_stop, store_job_resume, store_job_retry, store_job_find};
	struct store_job job;

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct error error = {0};

		assert_false(calls[i](fixture.store, TEXT("none"), &fixture.arena, &job, &error));
		assert_int_equal(error.kind, ERROR_NOT_FOUND);
	}
}

static void test_stopping_ends_with_the_last_lease(void **state)
{
	struct text id = job_fixture_create(&fixture, 1, 3, NULL);
	struct store_work first = job_fixture_claim(&fixture);
	struct store_work second = job_fixture_claim(&fixture);
	struct store_job job;
	struct error error;

	(void)state;
	assert_true(store_job_stop(fixture.store, id, &fixture.arena, &job, &error));
	assert_int_equal(orders().stopping_count, 1);
	assert_false(orders().has_work);
	assert_true(store_work_release(fixture.store, second.item_id, &error));
	assert_status(id, "running");
	job_fixture_complete(&fixture, &first);
	job = find(id);
	assert_string_equal(job.progress.status.at, "paused");
	assert_false(job.progress.stopping);
	assert_int_equal(job.progress.completed_items, 1);
	assert_true(nothing_to_claim());
	/* It goes on with the one that was let go. */
	assert_true(store_job_resume(fixture.store, id, &fixture.arena, &job, &error));
	assert_int_equal(job_fixture_claim(&fixture).number, second.number);
}

static void test_stopping_with_the_last_image_completes(void **state)
{
	struct text id = job_fixture_create(&fixture, 1, 1, NULL);
	struct store_work work = job_fixture_claim(&fixture);
	struct store_job job;
	struct error error;

	(void)state;
	assert_true(store_job_stop(fixture.store, id, &fixture.arena, &job, &error));
	job_fixture_complete(&fixture, &work);
	assert_status(id, "completed");
}

static void test_failures_complete_a_job_and_are_grouped(void **state)
{
	struct text id = job_fixture_create(&fixture, 2, 2, NULL);
	struct store_job job;
	struct error error;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct store_work work = job_fixture_claim(&fixture);

		job_fixture_fail(&fixture, &work);
	}
	job = find(id);
	assert_string_equal(job.progress.status.at, "completed");
	assert_int_equal(job.progress.failed_items, 4);
	assert_int_equal(job.failed.count, 2);
	assert_string_equal(job.failed.items[0].checkpoint_filename.at, "c0.safetensors");
	assert_string_equal(job.failed.items[0].message.at, "out of memory");
	assert_string_equal(job.failed.items[0].details.at, "Traceback");
	assert_int_equal(job.failed.items[0].count, 2);
	/* Told once for both. */
	assert_string_equal(job.failed.items[1].message.at, "out of memory");
	assert_null(job.failed.items[1].details.at);
	assert_true(store_job_retry(fixture.store, id, &fixture.arena, &job, &error));
	assert_int_equal(job.failed.count, 0);
	assert_int_equal(job.progress.failed_items, 0);
}

static void test_a_failed_job_keeps_what_was_pending(void **state)
{
	struct text id = failed();
	struct store_job job = find(id);
	struct error error;

	(void)state;
	assert_string_equal(job.error_message.at, "no such node");
	assert_true(nothing_to_claim());
	assert_int_equal(
		job_fixture_number(&fixture, "SELECT count(*) FROM sample_job_attempts"), 0);
	assert_true(store_job_resume(fixture.store, id, &fixture.arena, &job, &error));
	assert_null(job.error_message.at);
	assert_int_equal(job_fixture_claim(&fixture).output.seed.length, 20);
}

/* --- Leases ---------------------------------------------------------------------------------
 */

static void test_at_most_two_items_are_leased_in_the_order_of_work(void **state)
{
	struct store_work work;
	struct store_work works[STORE_WORK_LEASES];
	struct error error = {0};
	size_t count;
	bool claimed;

	(void)state;
	(void)job_fixture_create(&fixture, 2, 1, NULL);
	(void)job_fixture_create(&fixture, 1, 1, NULL);
	assert_string_equal(job_fixture_claim(&fixture).checkpoint_filename.at, "c0.safetensors");
	assert_string_equal(job_fixture_claim(&fixture).checkpoint_filename.at, "c1.safetensors");
	assert_false(store_work_claim(fixture.store, &fixture.arena, &work, &claimed, &error));
	assert_string_equal(error.code, "too_many_leases");
	assert_true(store_work_leased(fixture.store, &fixture.arena, works, &count, &error));
	assert_int_equal(count, 2);
	assert_string_equal(works[0].checkpoint_filename.at, "c0.safetensors");
	job_fixture_complete(&fixture, &works[0]);
	/* The next job's first item, while the last one's is rendered. */
	work = job_fixture_claim(&fixture);
	assert_string_not_equal(work.job_id.at, works[1].job_id.at);
	assert_true(store_work_leased(fixture.store, &fixture.arena, works, &count, &error));
	assert_string_equal(works[0].checkpoint_filename.at, "c1.safetensors");
}

static void test_a_job_under_way_goes_before_one_that_was_launched_earlier(void **state)
{
	struct text early = job_fixture_create(&fixture, 1, 2, NULL);
	struct text late = job_fixture_create(&fixture, 1, 3, NULL);
	struct store_job job;
	struct store_work work;
	struct error error;

	(void)state;
	assert_true(store_job_stop(fixture.store, early, &fixture.arena, &job, &error));
	work = job_fixture_claim(&fixture);
	assert_string_equal(work.job_id.at, late.at);
	assert_true(store_job_resume(fixture.store, early, &fixture.arena, &job, &error));
	job_fixture_complete(&fixture, &work);
	work = job_fixture_claim(&fixture);
	assert_string_equal(work.job_id.at, late.at);
	/* The last one of the job that runs, then the one that waits, in the order of leasing. */
	(void)job_fixture_claim(&fixture);
	job_fixture_complete(&fixture, &work);
	assert_string_equal(job_fixture_claim(&fixture).job_id.at, early.at);
}

static void test_a_lease_has_all_that_a_picture_takes(void **state)
{
	struct store_work work;
	struct text template;
	struct error error;

	(void)state;
	(void)job_fixture_create(&fixture, 1, 2, "ep");
	work = job_fixture_claim(&fixture);
	assert_string_equal(work.checkpoint_path.at, "deep/c0.safetensors");
	assert_int_equal(work.checkpoint_modified, 1700000000123456789);
	assert_string_equal(work.prompt_text.at, "a forest");
	assert_string_equal(work.negative_prompt.at, "blurry");
	assert_string_equal(work.output.seed.at, "18446744073709551614");
	assert_string_equal(work.output.cfg.at, "1.25");
	assert_string_equal(work.shift.at, "3.1");
	assert_null(work.vae.at);
	assert_null(work.comfyui_model_path.at);
	assert_int_equal(work.width, 64);
	assert_int_equal(work.height, 32);
	assert_int_equal(work.total_items, 2);
	assert_int_equal(work.ended_items, 1);
	assert_true(
		store_work_template(fixture.store, work.job_id, &fixture.arena, &template, &error));
	assert_string_equal(template.at, "{\"template\": 1}");
	assert_true(store_work_set_model(fixture.store, work.job_id, work.checkpoint_filename,
		TEXT("deep\\c0.safetensors"), &error));
	assert_true(store_work_release(fixture.store, work.item_id, &error));
	assert_string_equal(
		job_fixture_claim(&fixture).comfyui_model_path.at, "deep\\c0.safetensors");
}

static void test_every_attempt_has_an_id_and_a_prefix_of_its_own(void **state)
{
	struct store_work work;
	struct store_work again;
	struct store_attempt second;
	struct error error;
	char prefix[80];

	(void)state;
	(void)job_fixture_create(&fixture, 1, 1, NULL);
	work = job_fixture_claim(&fixture);
	assert_int_equal(work.attempt_count, 1);
	(void)snprintf(prefix, sizeof(prefix), "cs/%.8s/%s-1", work.job_id.at, work.item_id.at);
	assert_string_equal(work.attempts[0].file_prefix.at, prefix);
	assert_int_equal(work.attempts[0].prompt_id.length, 36);
	assert_true(
		store_work_attempt(fixture.store, work.item_id, &fixture.arena, &second, &error));
	assert_int_equal(second.number, 2);
	assert_string_not_equal(second.prompt_id.at, work.attempts[0].prompt_id.at);
	assert_true(
		store_work_adopt(fixture.store, work.item_id, second.prompt_id, TEXT("7"), &error));
	assert_true(store_work_release(fixture.store, work.item_id, &error));
	/* A later lease numbers on, so that no prefix is used twice. */
	again = job_fixture_claim(&fixture);
	assert_int_equal(again.attempt_count, 1);
	assert_int_equal(again.attempts[0].number, 3);
}

static void test_what_is_not_leased_is_not_ended(void **state)
{
	static const struct store_fault fault = {
		TEXT_INITIALIZER(""), TEXT_INITIALIZER("x"), {NULL, 0}};
	const struct store_output output = {TEXT("a/b.png"), TEXT("r"), 1, 1};
	struct text id = job_fixture_create(&fixture, 1, 1, NULL);
	struct store_work work = job_fixture_claim(&fixture);
	struct store_attempt attempt;
	struct error error = {0};

	(void)state;
	assert_true(store_work_release(fixture.store, work.item_id, &error));
	assert_false(store_work_complete(fixture.store, work.item_id, &output, 1, &error));
	assert_string_equal(error.code, "not_leased");
	assert_false(store_work_fail(fixture.store, work.item_id, &fault, &error));
	assert_false(store_work_skip(fixture.store, work.item_id, &fault, &error));
	assert_false(store_work_release(fixture.store, work.item_id, &error));
	assert_false(
		store_work_attempt(fixture.store, work.item_id, &fixture.arena, &attempt, &error));
	assert_int_equal(find(id).progress.total_items, 1);
	assert_int_equal(find(id).progress.failed_items, 0);
	assert_int_equal(job_fixture_number(&fixture, "SELECT count(*) FROM sample_outputs"), 0);
	assert_int_equal(
		job_fixture_number(&fixture, "SELECT count(*) FROM sample_job_attempts"), 0);
}

static void test_groups_that_are_left_out_are_counted(void **state)
{
	struct text id = job_fixture_create(&fixture, LIMIT_JOB_FAULTS + 3, 1, NULL);
	struct store_job job;

	(void)state;
	for (int i = 0; i < LIMIT_JOB_FAULTS; i++) {
		struct store_work work = job_fixture_claim(&fixture);

		job_fixture_fail(&fixture, &work);
	}
	job = find(id);
	assert_int_equal(job.failed.count, LIMIT_JOB_FAULTS);
	assert_int_equal(job.failed.left_out, 0);
	for (int i = 0; i < 3; i++) {
		struct store_work work = job_fixture_claim(&fixture);

		job_fixture_fail(&fixture, &work);
	}
	job = find(id);
	assert_int_equal(job.failed.count, LIMIT_JOB_FAULTS);
	assert_int_equal(job.failed.left_out, 3);
}

static void test_a_checkpoint_is_skipped_as_a_whole(void **state)
{
	static const struct store_fault fault = {TEXT_INITIALIZER("not_in_comfyui"),
		TEXT_INITIALIZER("ComfyUI lists no such file"), {NULL, 0}};
	struct text id = job_fixture_create(&fixture, 2, 3,
		"epp"
		"ppp");
	struct store_work work = job_fixture_claim(&fixture);
	struct store_job job;
	struct error error;
	int64_t count;

	(void)state;
	assert_true(
		store_work_skip_checkpoint(fixture.store, work.item_id, &fault, &count, &error));
	assert_int_equal(count, 2);
	job = find(id);
	assert_int_equal(job.progress.skipped_items, 2);
	assert_int_equal(job.progress.completed_items, 1);
	assert_int_equal(job.skipped.count, 1);
	assert_int_equal(job.skipped.items[0].count, 2);
	assert_string_equal(job.skipped.items[0].code.at, "not_in_comfyui");
	work = job_fixture_claim(&fixture);
	assert_string_equal(work.checkpoint_filename.at, "c1.safetensors");
	assert_true(
		store_work_skip_checkpoint(fixture.store, work.item_id, &fault, &count, &error));
	assert_status(id, "completed");
	assert_false(
		store_work_skip_checkpoint(fixture.store, work.item_id, &fault, &count, &error));
	assert_string_equal(error.code, "not_leased");
}

/* The neighbour was rendered before the checkpoint vanished: its picture is being fetched. */
static void test_a_skipped_checkpoint_leaves_the_neighbour_its_lease(void **state)
{
	static const struct store_fault fault = {TEXT_INITIALIZER("not_in_comfyui"),
		TEXT_INITIALIZER("ComfyUI lists no such file"), {NULL, 0}};
	struct text id = job_fixture_create(&fixture, 1, 4, NULL);
	struct store_work rendered = job_fixture_claim(&fixture);
	struct store_work next = job_fixture_claim(&fixture);
	struct error error;
	int64_t count;

	(void)state;
	assert_true(
		store_work_skip_checkpoint(fixture.store, next.item_id, &fault, &count, &error));
	assert_int_equal(count, 3);
	assert_status(id, "running");
	job_fixture_complete(&fixture, &rendered);
	assert_status(id, "completed");
	assert_int_equal(find(id).progress.completed_items, 1);
	assert_int_equal(find(id).progress.skipped_items, 3);
}

static void test_steps_are_written_now_and_then(void **state)
{
	struct text id = job_fixture_create(&fixture, 1, 1, NULL);
	struct store_work work = job_fixture_claim(&fixture);
	struct error error;

	(void)state;
	for (int64_t step = 1; step <= 3; step++)
		assert_true(store_work_step(fixture.store, work.item_id, step, 8, &error));
	assert_int_equal(find(id).progress.item.sampler_step, 1);
	/* The clock was set back an hour: steps go on. */
	job_fixture_execute(
		&fixture, "UPDATE sample_job_items SET progress_at = progress_at + 3600000");
	assert_true(store_work_step(fixture.store, work.item_id, 4, 8, &error));
	assert_int_equal(find(id).progress.item.sampler_step, 4);
	job_fixture_complete(&fixture, &work);
	assert_true(store_work_step(fixture.store, work.item_id, 5, 8, &error));
	assert_int_equal(
		job_fixture_number(&fixture, "SELECT count(sampler_step) FROM sample_job_items"),
		0);
}

static void *hold_for_a_moment(void *other)
{
	struct error error;

	(void)usleep(300000);
	assert_true(store_finish(other, true, &error));
	return NULL;
}

/* Whoever writes now is not waited for: the next step shows as much. */
static void test_a_step_waits_for_nobody(void **state)
{
	struct text id = job_fixture_create(&fixture, 1, 1, NULL);
	struct store_work work = job_fixture_claim(&fixture);
	struct store *other = NULL;
	struct error error;
	pthread_t thread;

	(void)state;
	assert_true(store_open(fixture.path, STORE_DURABLE_NORMAL, &other, &error));
	assert_true(store_begin(other, STORE_WRITE, &error));
	assert_int_equal(pthread_create(&thread, NULL, hold_for_a_moment, other), 0);
	assert_false(store_work_step(fixture.store, work.item_id, 1, 8, &error));
	/* Everything else waits. */
	job_fixture_complete(&fixture, &work);
	assert_int_equal(pthread_join(thread, NULL), 0);
	store_close(other);
	assert_status(id, "completed");
}

static void test_the_pace_follows_the_last_images(void **state)
{
	struct text id = job_fixture_create(&fixture, 1, 3, NULL);
	const struct store_output output = {TEXT("c0.safetensors/b.png"), TEXT("r"), 1, 1};
	static const double seconds[] = {10, 20, -1};
	static const double paces[] = {10, 12, 12};
	struct store_job_pace pace;
	struct error error;

	(void)state;
	assert_true(store_job_past_pace(fixture.store, TEXT("flux.json"), &pace, &error));
	assert_false(pace.known);
	for (int i = 0; i < 3; i++) {
		struct store_work work = job_fixture_claim(&fixture);

		assert_true(store_work_complete(
			fixture.store, work.item_id, &output, seconds[i], &error));
		assert_true(find(id).progress.seconds_per_image == paces[i]);
	}
	assert_true(store_job_past_pace(fixture.store, TEXT("flux.json"), &pace, &error));
	assert_true(pace.known && pace.seconds_per_image == 12 && pace.mean_steps == 8);
	assert_true(store_job_past_pace(fixture.store, TEXT("other.json"), &pace, &error));
	assert_false(pace.known);
}

static void test_waiting_is_said_of_the_job_ahead_alone(void **state)
{
	struct text first = job_fixture_create(&fixture, 1, 1, NULL);
	struct text second = job_fixture_create(&fixture, 1, 1, NULL);
	struct store_job_changes before = {0};
	struct store_job_changes after;
	struct store_job job;
	struct error error;

	(void)state;
	assert_true(store_work_wait(fixture.store, TEXT("ComfyUI is away"), &error));
	assert_string_equal(find(first).progress.waiting_reason.at, "ComfyUI is away");
	assert_null(find(second).progress.waiting_reason.at);
	assert_true(store_job_changes(fixture.store, -1, &fixture.arena, &before, &error));
	assert_true(store_work_wait(fixture.store, TEXT("ComfyUI is away"), &error));
	assert_true(store_job_changes(fixture.store, -1, &fixture.arena, &after, &error));
	assert_int_equal(before.revision, after.revision);
	assert_true(store_job_stop(fixture.store, first, &fixture.arena, &job, &error));
	assert_null(job.progress.waiting_reason.at);
	assert_true(store_work_wait(fixture.store, TEXT("ComfyUI is away"), &error));
	assert_string_equal(find(second).progress.waiting_reason.at, "ComfyUI is away");
	assert_true(store_work_wait(fixture.store, (struct text){NULL, 0}, &error));
	assert_null(find(second).progress.waiting_reason.at);
}

static void test_long_messages_are_cut_between_characters(void **state)
{
	struct text id = job_fixture_create(&fixture, 1, 1, NULL);
	struct store_work work = job_fixture_claim(&fixture);
	char *message = arena_alloc(&fixture.arena, LIMIT_JOB_MESSAGE + 10);
	struct store_fault fault = {TEXT(""), {message, LIMIT_JOB_MESSAGE + 9}, {NULL, 0}};
	struct store_job job;
	struct error error;

	(void)state;
	/* A byte, then characters of two: the limit falls into the middle of one. */
	message[0] = 'a';
	for (size_t i = 1; i < LIMIT_JOB_MESSAGE + 9; i++)
		message[i] = (char)(i % 2 ? 0xc3 : 0xbc);
	assert_true(store_work_fail(fixture.store, work.item_id, &fault, &error));
	job = find(id);
	assert_int_equal(job.failed.items[0].message.length, LIMIT_JOB_MESSAGE - 1);
}

/* --- Crashes --------------------------------------------------------------------------------
 */

/* The points of an item's life at which the worker may die. */
enum point { BEFORE_CLAIM, CLAIMED, SECOND_CLAIMED, ATTEMPTED_AGAIN, COMPLETED, POINT_COUNT };

/* What a worker does up to a point, in a process of its own that then is killed. */
static void work_until(enum point last)
{
	struct store_work work;
	struct store_attempt attempt;
	struct store *store = NULL;
	struct store_worker_lock *lock = NULL;
	struct store_output output = {TEXT("c0.safetensors/b.png"), TEXT("r"), 1, 1};
	struct error error;
	bool claimed;
	bool good = store_worker_lock(fixture.path, &lock, &error) &&
		    store_open(fixture.path, STORE_DURABLE_FULL, &store, &error);

	if (last >= CLAIMED)
		good = good && store_work_claim(store, &fixture.arena, &work, &claimed, &error) &&
		       claimed;
	if (last >= SECOND_CLAIMED) {
		struct store_work next;

		good = good && store_work_claim(store, &fixture.arena, &next, &claimed, &error) &&
		       claimed;
	}
	if (last >= ATTEMPTED_AGAIN)
		good = good &&
		       store_work_attempt(store, work.item_id, &fixture.arena, &attempt, &error);
	if (last >= COMPLETED)
		good = good && store_work_complete(store, work.item_id, &output, 1, &error);
	(void)raise(good ? SIGKILL : SIGABRT);
}

static void crash_at(enum point point)
{
	pid_t child;
	int status;

	/* No handle is carried over the fork. */
	store_close(fixture.store);
	fixture.store = NULL;
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		work_until(point);
	assert_true(waitpid(child, &status, 0) == child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void test_after_a_crash_at_any_point_nothing_is_lost(void **state)
{
	static const size_t leases[POINT_COUNT] = {0, 1, 2, 2, 1};
	static const size_t attempts[POINT_COUNT] = {0, 1, 1, 2, 1};
	static const int64_t done[POINT_COUNT] = {0, 0, 0, 0, 1};

	(void)state;
	for (int point = 0; point < POINT_COUNT; point++) {
		struct text id = job_fixture_create(&fixture, 1, 3, NULL);
		struct store_work works[STORE_WORK_LEASES];
		struct store_worker_lock *lock;
		struct error error = {0};
		size_t count;

		crash_at((enum point)point);
		assert_true(store_worker_lock(fixture.path, &lock, &error));
		assert_true(store_open(fixture.path, STORE_DURABLE_FULL, &fixture.store, &error));
		assert_true(
			store_work_leased(fixture.store, &fixture.arena, works, &count, &error));
		assert_int_equal(count, leases[point]);
		if (count)
			assert_int_equal(works[0].attempt_count, attempts[point]);
		assert_int_equal(find(id).progress.completed_items, done[point]);
		/* Each lease goes on as if it had been this worker's from the start. */
		for (size_t i = 0; i < count; i++)
			job_fixture_complete(&fixture, &works[i]);
		while (find(id).progress.completed_items < 3) {
			struct store_work work = job_fixture_claim(&fixture);

			job_fixture_complete(&fixture, &work);
		}
		assert_status(id, "completed");
		store_worker_unlock(lock);
		assert_true(store_job_delete(fixture.store, id, &error));
	}
}

static void test_the_lock_names_its_holder_and_goes_with_it(void **state)
{
	struct store_worker_lock *lock;
	struct store_worker_lock *second = NULL;
	struct error error = {0};
	char holder[32];

	(void)state;
	assert_false(store_worker_is_running(fixture.path, &error));
	assert_true(store_worker_lock(fixture.path, &lock, &error));
	assert_true(store_worker_is_running(fixture.path, &error));
	assert_false(store_worker_lock(fixture.path, &second, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	(void)snprintf(holder, sizeof(holder), "process %ld on ", (long)getpid());
	assert_non_null(strstr(error.message, holder));
	store_worker_unlock(lock);
	assert_false(store_worker_is_running(fixture.path, &error));
	assert_true(store_worker_lock(fixture.path, &second, &error));
	store_worker_unlock(second);
}

static void test_deleting_a_job_in_work_leaves_its_attempts_to_the_worker(void **state)
{
	struct text id = job_fixture_create(&fixture, 1, 2, NULL);
	struct store_work work = job_fixture_claim(&fixture);
	const struct store_output output = {TEXT("c0.safetensors/b.png"), TEXT("r"), 1, 1};
	struct store_work_orders now;
	struct error error = {0};

	(void)state;
	assert_true(store_job_delete(fixture.store, id, &error));
	now = orders();
	assert_int_equal(now.abandoned_count, 1);
	assert_string_equal(now.abandoned[0].prompt_id.at, work.attempts[0].prompt_id.at);
	assert_string_equal(now.abandoned[0].file_prefix.at, work.attempts[0].file_prefix.at);
	assert_false(now.has_work);
	assert_false(store_work_complete(fixture.store, work.item_id, &output, 1, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_true(store_work_forget(fixture.store, now.abandoned[0].prompt_id, &error));
	assert_int_equal(orders().abandoned_count, 0);
}

static void test_what_ends_at_comfyui_s_back_is_left_to_the_next_worker(void **state)
{
	struct text id = job_fixture_create(&fixture, 1, 2, NULL);
	struct store_work work = job_fixture_claim(&fixture);
	struct store_fault fault = {TEXT("stalled"), TEXT("It hangs."), {NULL, 0}};
	struct text first = work.attempts[0].prompt_id;
	struct text adopted = TEXT("0b0e8e0e-0000-4000-8000-000000000000");
	struct store_work_orders now;
	struct error error = {0};

	(void)state;
	assert_true(store_work_abandon(fixture.store, work.item_id, first, NULL, &error));
	now = orders();
	assert_true(now.has_work);
	assert_int_equal(now.abandoned_count, 1);
	assert_string_equal(now.abandoned[0].prompt_id.at, first.at);
	assert_string_equal(now.abandoned[0].file_prefix.at, work.attempts[0].file_prefix.at);
	/* It is under no lease any more. */
	assert_false(store_work_abandon(fixture.store, work.item_id, first, &fault, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_true(store_work_forget(fixture.store, first, &error));

	work = job_fixture_claim(&fixture);
	assert_string_not_equal(work.attempts[0].prompt_id.at, first.at);
	assert_true(store_work_abandon(fixture.store, work.item_id, adopted, &fault, &error));
	now = orders();
	assert_int_equal(now.abandoned_count, 1);
	assert_string_equal(now.abandoned[0].prompt_id.at, adopted.at);
	assert_int_equal(job_fixture_find(&fixture, id).progress.failed_items, 1);
	assert_true(store_work_forget(fixture.store, adopted, &error));
	assert_int_equal(orders().abandoned_count, 0);
}

static void test_the_recipe_of_a_picture_is_known_while_it_is_the_same_file(void **state)
{
	struct store_work work;
	struct text recipe;
	struct error error;
	const struct text path = TEXT("c0.safetensors/1.png");

	(void)state;
	(void)job_fixture_create(&fixture, 1, 1, NULL);
	work = job_fixture_claim(&fixture);
	assert_int_equal(work.number, 1);
	job_fixture_complete(&fixture, &work);
	assert_true(
		store_output_recipe(fixture.store, path, 7, 8, &fixture.arena, &recipe, &error));
	assert_string_equal(recipe.at, "0123456789abcdef");
	assert_true(
		store_output_recipe(fixture.store, path, 7, 9, &fixture.arena, &recipe, &error));
	assert_null(recipe.at);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_call_in_every_state),
		TEST(test_an_unknown_job_is_not_found),
		TEST(test_stopping_ends_with_the_last_lease),
		TEST(test_stopping_with_the_last_image_completes),
		TEST(test_failures_complete_a_job_and_are_grouped),
		TEST(test_a_failed_job_keeps_what_was_pending),
		TEST(test_at_most_two_items_are_leased_in_the_order_of_work),
		TEST(test_a_job_under_way_goes_before_one_that_was_launched_earlier),
		TEST(test_a_lease_has_all_that_a_picture_takes),
		TEST(test_every_attempt_has_an_id_and_a_prefix_of_its_own),
		TEST(test_what_is_not_leased_is_not_ended),
		TEST(test_groups_that_are_left_out_are_counted),
		TEST(test_a_checkpoint_is_skipped_as_a_whole),
		TEST(test_a_skipped_checkpoint_leaves_the_neighbour_its_lease),
		TEST(test_steps_are_written_now_and_then),
		TEST(test_a_step_waits_for_nobody),
		TEST(test_the_pace_follows_the_last_images),
		TEST(test_waiting_is_said_of_the_job_ahead_alone),
		TEST(test_long_messages_are_cut_between_characters),
		TEST(test_after_a_crash_at_any_point_nothing_is_lost),
		TEST(test_the_lock_names_its_holder_and_goes_with_it),
		TEST(test_deleting_a_job_in_work_leaves_its_attempts_to_the_worker),
		TEST(test_what_ends_at_comfyui_s_back_is_left_to_the_next_worker),
		TEST(test_the_recipe_of_a_picture_is_known_while_it_is_the_same_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the worker decides: one rule a test, then all of them against a ComfyUI that does what it
 * likes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../worker/executor.h"

#define SECOND INT64_C(1000000000)
#define STALL  (600 * SECOND)

static struct executor executor;
static struct executor_action action;
static int64_t now;

static void pass(int64_t time)
{
	now += time;
	executor_at(&executor, now);
}

/* Whether the action is one that everybody else does without looking: connect, probe, tell. */
static bool is_chatter(enum executor_verb verb)
{
	return verb == EXECUTOR_CONNECT || verb == EXECUTOR_PROBE || verb == EXECUTOR_WAIT;
}

/* The next action that matters is this one. */
static void expect(enum executor_verb verb)
{
	while (executor_next(&executor, &action))
		if (!is_chatter(action.verb)) {
			assert_int_equal(action.verb, verb);
			return;
		}
	fail_msg("nothing to do instead of %d", (int)verb);
}

static void expect_nothing(void)
{
	while (executor_next(&executor, &action))
		if (!is_chatter(action.verb))
			fail_msg("%d instead of nothing", (int)action.verb);
}

/* The reason for waiting that is told next; "" for none. */
static void expect_reason(const char *part)
{
	const char *reason = NULL;

	while (executor_next(&executor, &action))
		if (action.verb == EXECUTOR_WAIT)
			reason = action.reason;
	if (!reason || !strstr(reason, part) || (!*part && *reason))
		fail_msg("%s instead of %s", reason ? reason : "nothing", part);
}

static struct executor_slot *lease(const char *id, int64_t order)
{
	struct executor_item item = {
		.item_id = id,
		.job_id = "job",
		.prompt_id = id,
		.file_prefix = id,
		.save_node = "9",
		.salvageable = true,
		.order = order,
	};

	expect(EXECUTOR_CLAIM);
	return executor_claimed(&executor, &item);
}

static void tell(enum comfyui_event_type type, const char *prompt_id)
{
	struct comfyui_event event = {.type = type};

	(void)snprintf(event.prompt_id, sizeof(event.prompt_id), "%s", prompt_id);
	(void)executor_event(&executor, &event);
}

/* Leases an item and brings it as far as ComfyUI's queue. */
static struct executor_slot *submit(const char *id, int64_t order)
{
	struct executor_slot *slot = lease(id, order);

	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_FREE);
	executor_freed(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	executor_submitted(&executor, slot, id, NULL);
	return slot;
}

static int set_up(void **state)
{
	(void)state;
	now = 1000 * SECOND;
	executor_init(&executor, now, STALL, 7);
	tell(COMFYUI_EVENT_CONNECTED, "");
	executor_tell_work(&executor, true);
	return 0;
}

static const struct comfyui_picture PICTURE = {"a_00001_.png", "cs/x", "output"};

static void test_the_next_one_is_submitted_before_the_last_one_is_fetched(void **state)
{
	struct executor_slot *first = submit("one", 1);
	struct executor_slot *second;

	(void)state;
	second = lease("two", 2);
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, second);
	expect_nothing();
	tell(COMFYUI_EVENT_STARTED, "one");
	tell(COMFYUI_EVENT_SUCCEEDED, "one");
	expect_nothing();
	tell(COMFYUI_EVENT_ENDED, "one");
	expect(EXECUTOR_SUBMIT);
	assert_ptr_equal(action.slot, second);
	expect(EXECUTOR_LOOK_HISTORY);
	assert_ptr_equal(action.slot, first);
	executor_history_success(&executor, first, &PICTURE);
	expect(EXECUTOR_FETCH);
	executor_fetched(&executor, first);
	expect(EXECUTOR_SAVE);
	executor_saved(&executor, first);
	expect(EXECUTOR_COMPLETE);
	executor_submitted(&executor, second, "two", NULL);
	executor_recorded(&executor, first);
	(void)lease("three", 3);
}

static void test_an_end_may_be_told_before_the_reply(void **state)
{
	struct executor_slot *slot = lease("one", 1);

	(void)state;
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_FREE);
	executor_freed(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	tell(COMFYUI_EVENT_STARTED, "one");
	tell(COMFYUI_EVENT_ENDED, "one");
	executor_submitted(&executor, slot, "one", NULL);
	expect(EXECUTOR_LOOK_HISTORY);
}

/* A prompt whose reply was lost is looked up, and made again only if it is really gone. */
static void test_a_lost_reply(void **state)
{
	struct executor_slot *slot = lease("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_FREE);
	executor_freed(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	executor_unreachable(&executor, slot, NULL, EXECUTOR_SENT, "reset");
	expect_reason("reset");
	for (int i = 0; i < 2; i++) {
		pass(SECOND);
		expect(EXECUTOR_LOOK_QUEUE);
		executor_queue_seen(&executor, slot, NULL, EXECUTOR_NOWHERE, 0);
		expect(EXECUTOR_LOOK_HISTORY);
		executor_history_absent(&executor, slot);
	}
	expect(EXECUTOR_SALVAGE);
	executor_fetch_failed(&executor, slot, true, "none");
	expect(EXECUTOR_RENEW);
	executor_renewed(&executor, slot, "one-2", "one-2");
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	assert_string_equal(action.slot->prompt_id, "one-2");
}

/* What never reached ComfyUI needs no looking up. */
static void test_a_refused_connection(void **state)
{
	struct executor_slot *slot = lease("one", 1);

	(void)state;
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_FREE);
	executor_unreachable(&executor, slot, NULL, EXECUTOR_NOT_SENT, "refused");
	expect_nothing();
	pass(SECOND);
	expect(EXECUTOR_FREE);
	executor.probe_wanted = false;
	executor.probing = false;
	executor_freed(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	/* That it is there again is to be shown. */
	assert_true(executor.probe_wanted);
}

static void test_pauses_grow_to_a_bound(void **state)
{
	struct executor_slot *slot = lease("one", 1);
	int64_t longest = 0;

	(void)state;
	executor_tell_work(&executor, false);
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	for (int i = 0; i < 40; i++) {
		int64_t pause;

		expect(EXECUTOR_FREE);
		executor_unreachable(&executor, slot, NULL, EXECUTOR_NOT_SENT, "away");
		expect_nothing();
		pause = executor.comfyui.retry_at - now;
		assert_in_range(pause, SECOND / 5, 30 * SECOND);
		assert_true(executor_deadline(&executor) <= executor.comfyui.retry_at);
		longest = pause > longest ? pause : longest;
		pass(pause);
	}
	assert_true(longest >= 15 * SECOND);
}

static void test_a_stall_is_interrupted(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_STARTED, "one");
	pass(STALL - SECOND);
	tell(COMFYUI_EVENT_PROGRESS, "one");
	pass(STALL - SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	pass(2 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_INTERRUPT);
	executor_cancelled(&executor, slot, NULL);
	tell(COMFYUI_EVENT_INTERRUPTED, "one");
	pass(SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_NOWHERE, 0);
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_interrupted(&executor, slot);
	expect(EXECUTOR_FAIL);
	assert_string_equal(action.slot->fault.code, "stalled");
	assert_non_null(strstr(action.slot->fault.message, "10 minutes"));
}

/* An older ComfyUI interrupts whatever runs: that may be somebody else's by now. */
static void test_only_what_is_seen_running_is_interrupted(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_STARTED, "one");
	pass(STALL);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_PENDING, 1);
	expect_nothing();
	pass(STALL);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect_nothing();
	pass(STALL);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_INTERRUPT);
	/* Until ComfyUI answers again, it may have ended. */
	executor_unreachable(&executor, slot, NULL, EXECUTOR_NOT_SENT, "away");
	pass(SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_NOWHERE, 0);
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_success(&executor, slot, &PICTURE);
	expect(EXECUTOR_FETCH);
}

/* A ComfyUI that others use, too, keeps every image waiting: that is worth a line if it lasts. */
static void test_others_before_us_are_a_wait_that_may_be_brief(void **state)
{
	struct executor_slot *slot = submit("one", 1);
	int64_t ahead = 9;
	int waits = 0;

	(void)state;
	executor_tell_work(&executor, false);
	while (executor_next(&executor, &action))
		continue;
	for (int64_t end = now + 90 * SECOND; now < end; pass(SECOND))
		while (executor_next(&executor, &action)) {
			if (action.verb == EXECUTOR_LOOK_QUEUE)
				executor_queue_seen(&executor, slot, NULL, EXECUTOR_PENDING,
					(size_t)(ahead > 1 ? ahead-- : 1));
			if (action.verb != EXECUTOR_WAIT)
				continue;
			assert_non_null(strstr(action.reason, "busy"));
			assert_int_equal(action.briefly, waits == 0);
			waits++;
		}
	assert_int_equal(waits, 2);
	tell(COMFYUI_EVENT_STARTED, "one");
	assert_true(executor_next(&executor, &action));
	assert_int_equal(action.verb, EXECUTOR_WAIT);
	assert_string_equal(action.reason, "");
	assert_false(action.briefly);
}

/* Another worker may have to end it. */
static void test_what_is_given_up_is_said_to_be_at_comfyui(void **state)
{
	struct executor_fault fault = {"partially_refused", "The save node was refused."};
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	executor_tell_stopping(&executor, "job");
	for (int i = 0; i < 6 && slot->stage == EXECUTOR_SUBMITTED; i++) {
		pass(30 * SECOND);
		while (executor_next(&executor, &action) && action.verb != EXECUTOR_RELEASE)
			if (action.verb == EXECUTOR_LOOK_QUEUE)
				executor_unreachable(
					&executor, action.slot, NULL, EXECUTOR_SENT, "away");
	}
	assert_int_equal(action.verb, EXECUTOR_RELEASE);
	assert_true(action.slot->abandoned);

	(void)set_up(state);
	slot = lease("one", 1);
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_FREE);
	executor_freed(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	executor_submitted(&executor, slot, "one", &fault);
	assert_true(slot->abandoned);

	/* What was never there, nobody has to end. */
	(void)set_up(state);
	slot = lease("one", 1);
	executor_tell_stopping(&executor, "job");
	expect(EXECUTOR_RELEASE);
	assert_false(slot->abandoned);
}

/* A dead render thread holds its prompt for ever: nothing more is submitted before a restart. */
static void test_a_hung_comfyui(void **state)
{
	struct executor_slot *slot = submit("one", 1);
	struct executor_chore *chore;

	(void)state;
	tell(COMFYUI_EVENT_STARTED, "one");
	executor_tell_work(&executor, false);
	pass(STALL);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_INTERRUPT);
	executor_cancelled(&executor, slot, NULL);
	pass(31 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_LOOK_QUEUE);
	chore = action.chore;
	assert_non_null(chore);
	executor_queue_seen(&executor, NULL, chore, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_FAIL);
	assert_true(action.slot->abandoned);
	executor_recorded(&executor, slot);
	slot = lease("two", 2);
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect_reason("Restart ComfyUI");
	pass(10 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, NULL, action.chore, EXECUTOR_NOWHERE, 0);
	expect(EXECUTOR_SUBMIT);
	expect_reason("");
}

static void test_stopping_takes_a_pending_prompt_back(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	executor_tell_stopping(&executor, "job");
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_PENDING, 2);
	expect(EXECUTOR_DELETE);
	executor_cancelled(&executor, slot, NULL);
	for (int i = 0; i < 2; i++) {
		pass(SECOND);
		expect(EXECUTOR_LOOK_QUEUE);
		executor_queue_seen(&executor, slot, NULL, EXECUTOR_NOWHERE, 0);
		expect(EXECUTOR_LOOK_HISTORY);
		executor_history_absent(&executor, slot);
	}
	expect(EXECUTOR_SALVAGE);
	executor_fetch_failed(&executor, slot, true, "none");
	expect(EXECUTOR_RELEASE);
}

static void test_stopping_lets_the_running_one_finish(void **state)
{
	struct executor_slot *first = submit("one", 1);
	struct executor_slot *second = lease("two", 2);

	(void)state;
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, second);
	tell(COMFYUI_EVENT_STARTED, "one");
	executor_tell_stopping(&executor, "job");
	executor_tell_work(&executor, false);
	expect(EXECUTOR_RELEASE);
	assert_ptr_equal(action.slot, second);
	executor_recorded(&executor, second);
	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_ENDED, "one");
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_success(&executor, first, &PICTURE);
	expect(EXECUTOR_FETCH);
}

/* A job deleted while its prompt is being submitted: it is looked for when it must be there. */
static void test_a_deleted_job(void **state)
{
	struct executor_slot *slot = lease("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_FREE);
	executor_freed(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	assert_true(executor_tell_abandoned(&executor, "one", "one"));
	expect_nothing();
	executor_submitted(&executor, slot, "one", NULL);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, NULL, action.chore, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_INTERRUPT);
	executor_cancelled(&executor, NULL, action.chore);
	pass(2 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, NULL, action.chore, EXECUTOR_NOWHERE, 0);
	expect(EXECUTOR_FORGET);
	executor_forgotten(&executor, action.chore);
	expect_nothing();
	assert_int_equal(executor.slots[0].stage, EXECUTOR_EMPTY);
}

static void test_a_full_disk_stops_all_but_saving(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	tell(COMFYUI_EVENT_ENDED, "one");
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_success(&executor, slot, &PICTURE);
	expect(EXECUTOR_FETCH);
	executor_fetched(&executor, slot);
	expect(EXECUTOR_SAVE);
	executor_unwritable(&executor, "The disk is full.");
	expect_reason("full");
	pass(SECOND);
	expect(EXECUTOR_SAVE);
	executor_saved(&executor, slot);
	expect(EXECUTOR_COMPLETE);
	executor_recorded(&executor, slot);
	(void)lease("two", 2);
}

/* Whose picture is in the place, the database knows. */
static void test_nothing_is_saved_while_the_database_is_away(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_ENDED, "one");
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_success(&executor, slot, &PICTURE);
	expect(EXECUTOR_FETCH);
	executor_fetched(&executor, slot);
	expect(EXECUTOR_SAVE);
	executor_store_failed(&executor, "The database is busy.");
	expect_nothing();
	pass(SECOND);
	expect(EXECUTOR_SAVE);
	executor_saved(&executor, slot);
	expect(EXECUTOR_COMPLETE);
}

/* The job whose picture filled the disk is deleted: nothing is left to be saved, or to wait for. */
static void test_a_full_disk_holds_up_nobody_else(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	tell(COMFYUI_EVENT_ENDED, "one");
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_success(&executor, slot, &PICTURE);
	expect(EXECUTOR_FETCH);
	executor_fetched(&executor, slot);
	expect(EXECUTOR_SAVE);
	executor_unwritable(&executor, "The disk is full.");
	expect_nothing();
	assert_true(executor_tell_abandoned(&executor, "one", "one"));
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, NULL, action.chore, EXECUTOR_NOWHERE, 0);
	expect(EXECUTOR_FORGET);
	executor_forgotten(&executor, action.chore);
	(void)lease("two", 2);
}

/* ComfyUI cannot tell where the prompt is: nothing follows it before it has left the queue. */
static void test_what_is_given_up_is_taken_out_of_the_queue(void **state)
{
	struct executor_slot *slot = submit("one", 1);
	struct executor_slot *next;

	(void)state;
	for (int i = 0; i < 5; i++) {
		pass(10 * SECOND);
		expect(EXECUTOR_LOOK_QUEUE);
		executor_server_failed(&executor, slot, NULL, "HTTP 500");
	}
	expect(EXECUTOR_LOOK_QUEUE);
	assert_non_null(action.chore);
	executor_queue_seen(&executor, NULL, action.chore, EXECUTOR_PENDING, 0);
	expect(EXECUTOR_DELETE);
	expect(EXECUTOR_FAIL);
	assert_true(action.slot->abandoned);
	executor_recorded(&executor, slot);
	next = lease("two", 2);
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, next);
	expect_nothing();
}

/* Two requests that fail for the same reason are one trouble. */
static void test_what_fails_together_waits_once(void **state)
{
	int64_t retry_at;

	(void)state;
	executor_unreachable(&executor, NULL, NULL, EXECUTOR_SENT, "away");
	retry_at = executor.comfyui.retry_at;
	executor_unreachable(&executor, NULL, NULL, EXECUTOR_SENT, "still away");
	assert_int_equal(executor.comfyui.retry_at, retry_at);
	assert_string_equal(executor.comfyui.reason, "still away");
	/* Although nobody has work for it, it is asked again. */
	executor_tell_work(&executor, false);
	pass(SECOND);
	while (executor_next(&executor, &action) && action.verb != EXECUTOR_PROBE)
		continue;
	assert_int_equal(action.verb, EXECUTOR_PROBE);
}

/* Whoever looks at the state must not read of trouble that has passed. */
static void test_comfyui_is_asked_for_after_trouble(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	expect_nothing();
	executor_probed(&executor);
	pass(10 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_unreachable(&executor, slot, NULL, EXECUTOR_SENT, "no answer within 30 s");
	while (executor_next(&executor, &action))
		assert_int_not_equal(action.verb, EXECUTOR_PROBE);
	pass(SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	while (executor_next(&executor, &action) && action.verb != EXECUTOR_PROBE)
		continue;
	assert_int_equal(action.verb, EXECUTOR_PROBE);
}

static void test_memory_is_freed_once(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	for (int i = 0; i < 2; i++) {
		tell(COMFYUI_EVENT_ENDED, slot->prompt_id);
		expect(EXECUTOR_LOOK_HISTORY);
		executor_history_failed(&executor, slot, true, "out of memory");
		if (i == 1)
			break;
		expect(EXECUTOR_RENEW);
		executor_renewed(&executor, slot, "one-2", "one-2");
		expect(EXECUTOR_PREPARE);
		executor_prepared(&executor, slot);
		expect(EXECUTOR_FREE);
		executor_freed(&executor, slot);
		expect(EXECUTOR_SUBMIT);
		executor_submitted(&executor, slot, "one-2", NULL);
	}
	expect(EXECUTOR_FAIL);
	assert_string_equal(action.slot->fault.code, "out_of_memory");
}

/* Renders an item for which there is no memory, also after it was freed. */
static struct executor_slot *run_short(const char *id, int64_t order)
{
	struct executor_slot *slot = lease(id, order);

	expect(EXECUTOR_PREPARE);
	for (int i = 0; i < 2; i++) {
		executor_prepared(&executor, slot);
		if (i == 1 || order == 1) {
			expect(EXECUTOR_FREE);
			executor_freed(&executor, slot);
		}
		expect(EXECUTOR_SUBMIT);
		executor_tell_work(&executor, false);
		executor_submitted(&executor, slot, slot->prompt_id, NULL);
		tell(COMFYUI_EVENT_ENDED, slot->prompt_id);
		expect(EXECUTOR_LOOK_HISTORY);
		executor_history_failed(&executor, slot, true, "out of memory");
		if (i == 1)
			break;
		expect(EXECUTOR_RENEW);
		executor_renewed(&executor, slot, "again", "again");
		expect(EXECUTOR_PREPARE);
	}
	return slot;
}

/* Each item would take minutes to fail for the same reason: the job does. */
static void test_memory_that_never_does(void **state)
{
	struct executor_slot *slot;

	(void)state;
	for (int i = 1; i < 5; i++) {
		slot = run_short("item", i);
		expect(EXECUTOR_FAIL);
		executor_recorded(&executor, slot);
	}
	slot = run_short("item", 5);
	expect(EXECUTOR_FAIL_JOB);
	assert_non_null(strstr(slot->fault.message, "out of memory"));
}

/* Nothing more of a job that has failed is submitted. */
static void test_a_failed_job_takes_its_next_item_back(void **state)
{
	struct executor_slot *first = submit("one", 1);
	struct executor_slot *second = lease("two", 2);

	(void)state;
	executor_tell_work(&executor, false);
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, second);
	executor_ends(&executor, first, EXECUTOR_FAILING_JOB, "code", "message");
	executor.slots[1].busy = true;
	expect(EXECUTOR_FAIL_JOB);
	executor.slots[1].busy = false;
	executor_recorded(&executor, first);
	expect(EXECUTOR_RELEASE);
	assert_ptr_equal(action.slot, second);
}

static void test_a_deaf_feed_is_connected_anew_under_another_name(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	executor.heard_at = slot->posted_at - 1;
	pass(4 * SECOND);
	do {
		assert_true(executor_next(&executor, &action));
	} while (action.verb != EXECUTOR_CONNECT);
	assert_true(action.renamed);
}

static void test_quitting_begins_nothing(void **state)
{
	struct executor_slot *first = submit("one", 1);
	struct executor_slot *second = lease("two", 2);

	(void)state;
	tell(COMFYUI_EVENT_STARTED, "one");
	executor_quit(&executor);
	assert_false(executor_is_quiet(&executor));
	expect(EXECUTOR_RELEASE);
	assert_ptr_equal(action.slot, second);
	executor_recorded(&executor, second);
	assert_false(executor_is_quiet(&executor));
	tell(COMFYUI_EVENT_ENDED, "one");
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_success(&executor, first, &PICTURE);
	expect(EXECUTOR_FETCH);
	executor_fetched(&executor, first);
	expect(EXECUTOR_SAVE);
	executor_saved(&executor, first);
	expect(EXECUTOR_COMPLETE);
	executor_recorded(&executor, first);
	expect_nothing();
	assert_true(executor_is_quiet(&executor));
}

/* A prompt of a deleted job, found only when ComfyUI was back: that it was wanted gone for long
 * says nothing of how long it has had to end. */
static void test_a_late_interruption_is_no_hang(void **state)
{
	(void)state;
	executor_tell_work(&executor, false);
	assert_true(executor_tell_abandoned(&executor, "old", "old"));
	expect(EXECUTOR_LOOK_QUEUE);
	executor_unreachable(&executor, NULL, action.chore, EXECUTOR_SENT, "away");
	pass(60 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, NULL, action.chore, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_INTERRUPT);
	executor_cancelled(&executor, NULL, action.chore);
	expect_reason("");
	pass(2 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, NULL, action.chore, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_INTERRUPT);
	executor_cancelled(&executor, NULL, action.chore);
	pass(30 * SECOND);
	expect_reason("seems to hang");
}

/* Looks for the slot's prompt once, and finds it nowhere. */
static void expect_absent(struct executor_slot *slot)
{
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_NOWHERE, 0);
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_absent(&executor, slot);
}

/* Leases an item, and its submission is given up waiting for. */
static struct executor_slot *submit_without_answer(const char *id)
{
	struct executor_slot *slot = lease(id, 1);

	executor_tell_work(&executor, false);
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_FREE);
	executor_freed(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	pass(60 * SECOND);
	executor_unreachable(&executor, slot, NULL, EXECUTOR_MAY_ARRIVE, "no answer");
	pass(SECOND);
	return slot;
}

/* What a proxy holds may reach ComfyUI after two looks in a row have not found it. */
static void test_a_submission_may_arrive_late(void **state)
{
	struct executor_slot *slot = submit_without_answer("one");

	(void)state;
	expect_absent(slot);
	pass(9 * SECOND);
	expect_nothing();
	pass(10 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	assert_int_equal(slot->stage, EXECUTOR_SUBMITTED);

	/* It did not: then it is made again, and found should it arrive still. */
	(void)set_up(state);
	slot = submit_without_answer("one");
	expect_absent(slot);
	pass(20 * SECOND);
	expect_absent(slot);
	expect(EXECUTOR_SALVAGE);
	executor_fetch_failed(&executor, slot, true, "none");
	expect(EXECUTOR_RENEW);
	executor_renewed(&executor, slot, "one-2", "one-2");
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	executor_submitted(&executor, slot, "one-2", NULL);
	pass(SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_found_stray(&executor, "one");
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_LOOK_QUEUE);
	assert_string_equal(action.chore->prompt_id, "one");
	executor_queue_seen(&executor, NULL, action.chore, EXECUTOR_PENDING, 0);
	expect(EXECUTOR_DELETE);
	assert_string_equal(action.chore->prompt_id, "one");
}

/* The job is deleted while nobody knows whether its prompt arrived. */
static void test_a_deleted_submission_may_arrive_late(void **state)
{
	struct executor_chore *chore;

	(void)submit_without_answer("one");
	(void)state;
	assert_true(executor_tell_abandoned(&executor, "one", "one"));
	expect(EXECUTOR_LOOK_QUEUE);
	chore = action.chore;
	executor_queue_seen(&executor, NULL, chore, EXECUTOR_NOWHERE, 0);
	expect_nothing();
	pass(16 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_found_as(&executor, NULL, chore, "its own");
	executor_queue_seen(&executor, NULL, chore, EXECUTOR_PENDING, 0);
	expect(EXECUTOR_DELETE);
	assert_string_equal(action.chore->prompt_id, "its own");
	executor_cancelled(&executor, NULL, chore);
	/* Told again, it is the same one still. */
	assert_true(executor_tell_abandoned(&executor, "one", "one"));
	pass(SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	assert_string_equal(action.chore->prompt_id, "its own");
	executor_queue_seen(&executor, NULL, chore, EXECUTOR_NOWHERE, 0);
	expect(EXECUTOR_FORGET);
	assert_string_equal(action.chore->recorded_id, "one");
	executor_forgotten(&executor, chore);
	expect_nothing();
}

/* An older ComfyUI's own id, of which nobody has heard, is adopted wherever it is found. */
static void test_a_prompt_under_another_id(void **state)
{
	struct executor_slot *slot = submit_without_answer("one");

	(void)state;
	expect(EXECUTOR_LOOK_QUEUE);
	executor_found_as(&executor, slot, NULL, "its own");
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	assert_string_equal(slot->prompt_id, "its own");
	tell(COMFYUI_EVENT_ENDED, "its own");
	expect(EXECUTOR_LOOK_HISTORY);
	/* The database may know it under the old id alone. */
	assert_true(executor_tell_abandoned(&executor, "one", "one"));
	assert_true(slot->dropped);
}

/* Whose picture has the name that several nodes save under, nobody can tell. */
static void test_a_shared_name_is_not_salvaged(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	slot->salvageable = false;
	for (int i = 0; i < 2; i++) {
		pass(10 * SECOND);
		expect_absent(slot);
	}
	expect(EXECUTOR_RENEW);
}

/* Where progress cannot be heard of, there may be some. */
static void test_an_unheard_image_is_given_more_time(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	pass(SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	pass(2 * STALL);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect_nothing();
	pass(3 * STALL);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_INTERRUPT);

	/* It was heard of, over a connection that is no more. */
	(void)set_up(state);
	slot = submit("one", 1);
	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_STARTED, "one");
	tell(COMFYUI_EVENT_DISCONNECTED, "");
	pass(2 * STALL);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect_nothing();
	tell(COMFYUI_EVENT_CONNECTED, "");
	tell(COMFYUI_EVENT_PROGRESS, "one");
	pass(STALL);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect(EXECUTOR_INTERRUPT);
}

/* A ComfyUI that takes questions and answers none has been away since the first one. */
static void test_stopping_does_not_wait_for_silence(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_STARTED, "one");
	executor_tell_stopping(&executor, "job");
	pass(6 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	pass(30 * SECOND);
	executor_unreachable(&executor, slot, NULL, EXECUTOR_MAY_ARRIVE, "no answer within 30 s");
	expect(EXECUTOR_RELEASE);
	assert_true(slot->abandoned);

	/* A hiccup is none. */
	(void)set_up(state);
	slot = submit("one", 1);
	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_STARTED, "one");
	executor_tell_stopping(&executor, "job");
	pass(6 * SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_unreachable(&executor, slot, NULL, EXECUTOR_SENT, "reset");
	expect_nothing();
	pass(SECOND);
	expect(EXECUTOR_LOOK_QUEUE);
	executor_queue_seen(&executor, slot, NULL, EXECUTOR_RUNNING, 0);
	expect_nothing();
	assert_int_equal(slot->stage, EXECUTOR_SUBMITTED);
}

/* The submitted item has been rendered, and its picture is to be fetched. */
static struct executor_slot *render(const char *id)
{
	struct executor_slot *slot = submit(id, 1);

	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_ENDED, id);
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_success(&executor, slot, &PICTURE);
	return slot;
}

/* Fetches in vain until something else is to be done. */
static enum executor_verb fetch_in_vain(struct executor_slot *slot, bool gone)
{
	for (int64_t end = now + 1000 * SECOND; now < end; pass(SECOND / 10))
		while (executor_next(&executor, &action)) {
			if (action.verb == EXECUTOR_FETCH)
				executor_fetch_failed(&executor, slot, gone, "none");
			else if (!is_chatter(action.verb))
				return action.verb;
		}
	return EXECUTOR_WAIT;
}

/* A picture that is there is tried for half a minute before it is given up. */
static void test_a_bad_picture_is_asked_for_again(void **state)
{
	struct executor_slot *slot = render("one");
	int64_t begun = now;

	(void)state;
	assert_int_equal(fetch_in_vain(slot, false), EXECUTOR_FAIL);
	assert_string_equal(slot->fault.code, "image_unavailable");
	assert_in_range(now - begun, 25 * SECOND, 40 * SECOND);
}

/* Somebody has emptied ComfyUI's directory: the picture is made again, once. */
static void test_a_picture_that_is_gone_is_made_again(void **state)
{
	struct executor_slot *slot = render("one");

	(void)state;
	assert_int_equal(fetch_in_vain(slot, true), EXECUTOR_RENEW);
	executor_renewed(&executor, slot, "one-2", "one-2");
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, slot);
	expect(EXECUTOR_SUBMIT);
	executor_submitted(&executor, slot, "one-2", NULL);
	tell(COMFYUI_EVENT_ENDED, "one-2");
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_success(&executor, slot, &PICTURE);
	assert_int_equal(fetch_in_vain(slot, true), EXECUTOR_FAIL);
	assert_string_equal(slot->fault.code, "image_unavailable");
}

/* A history that makes no sense, again and again, is that image's end and nobody else's. */
static void test_an_unreadable_history_is_given_up(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_ENDED, "one");
	for (int i = 0; i < 5; i++) {
		pass(5 * SECOND);
		expect(EXECUTOR_LOOK_HISTORY);
		executor_server_failed(&executor, slot, NULL, "It cannot be read.");
	}
	expect(EXECUTOR_FAIL);
	assert_false(slot->abandoned);
	assert_non_null(strstr(slot->fault.message, "cannot be read"));
}

/* The database is held by others for moments: it is not left alone for half a minute. */
static void test_the_database_is_tried_often(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		expect(EXECUTOR_CLAIM);
		executor_store_failed(&executor, "busy");
		assert_false(executor_can_store(&executor));
		expect_nothing();
		assert_true(executor_deadline(&executor) - now <= 2 * SECOND);
		pass(2 * SECOND);
		assert_true(executor_can_store(&executor));
	}
	assert_int_equal(now - executor.store.since, 40 * SECOND);
}

/* --- All of it ---------------------------------------------------------------------------------
 * A model of ComfyUI, of the network and of the disk that fails at random. Whatever happens, every
 * item is completed, ComfyUI never has two prompts of ours that it has not finished, and nothing is
 * done twice at a time.
 */

#define ITEMS	    40
#define MODEL_QUEUE 4

struct pending_request {
	bool under_way;
	int64_t answer_at;
	struct executor_action action;
};

static struct {
	uint32_t random;
	char queue[MODEL_QUEUE][64]; /* the first one runs */
	size_t queued;
	int64_t end_at;
	char history[1024][64];
	size_t history_count;
	int next_item;
	int attempts;
	int completed;
	int failed;
	struct pending_request requests[EXECUTOR_SLOTS + 2];
	int trouble; /* of 100 requests, how many fail */
} model;

static uint32_t roll(uint32_t sides)
{
	model.random = model.random * 1664525 + 1013904223;
	return (model.random >> 16) % sides;
}

static void model_say(enum comfyui_event_type type, const char *prompt_id)
{
	/* Events are lost now and then. */
	if (roll(100) >= (uint32_t)model.trouble)
		tell(type, prompt_id);
}

static void model_run(void)
{
	char ended[64];

	if (!model.queued || now < model.end_at)
		return;
	(void)snprintf(ended, sizeof(ended), "%s", model.queue[0]);
	model.queued--;
	memmove(model.queue[0], model.queue[1], sizeof(model.queue) - sizeof(model.queue[0]));
	assert_true(model.history_count < 1024);
	(void)snprintf(model.history[model.history_count++], 64, "%s", ended);
	model.end_at = now + (int64_t)roll(3000) * SECOND / 1000;
	model_say(COMFYUI_EVENT_SUCCEEDED, ended);
	model_say(COMFYUI_EVENT_ENDED, ended);
}

static void model_restart(void)
{
	model.queued = 0;
	model.history_count = 0;
	tell(COMFYUI_EVENT_DISCONNECTED, "");
}

static enum executor_place model_place(const char *prompt_id, size_t *ahead)
{
	for (size_t i = 0; i < model.queued; i++)
		if (strcmp(model.queue[i], prompt_id) == 0) {
			*ahead = i;
			return i == 0 ? EXECUTOR_RUNNING : EXECUTOR_PENDING;
		}
	return EXECUTOR_NOWHERE;
}

static bool model_has_history(const char *prompt_id)
{
	for (size_t i = 0; i < model.history_count; i++)
		if (strcmp(model.history[i], prompt_id) == 0)
			return true;
	return false;
}

static void model_queue(const char *prompt_id)
{
	assert_int_equal(model.queued, 0); /* never two of ours */
	if (!model.queued)
		model.end_at = now + (int64_t)roll(3000) * SECOND / 1000;
	(void)snprintf(model.queue[model.queued++], 64, "%s", prompt_id);
	model_say(COMFYUI_EVENT_STATUS, "");
	model_say(COMFYUI_EVENT_STARTED, prompt_id);
}

static void model_answer(const struct executor_action *request)
{
	struct executor_slot *slot = request->slot;
	struct executor_chore *chore = request->chore;
	const char *prompt_id = slot ? slot->prompt_id : chore ? chore->prompt_id : "";
	bool fails = roll(100) < (uint32_t)model.trouble;
	size_t ahead = 0;

	if (fails) {
		bool sent = roll(2);

		if (request->verb == EXECUTOR_SUBMIT && sent && roll(2))
			model_queue(prompt_id);
		executor_unreachable(&executor, slot, chore,
			sent ? EXECUTOR_SENT : EXECUTOR_NOT_SENT, "the network");
		return;
	}
	switch (request->verb) {
	case EXECUTOR_PROBE:
		executor_probed(&executor);
		break;
	case EXECUTOR_LIST:
		executor_listed(&executor, slot);
		break;
	case EXECUTOR_FREE:
		executor_freed(&executor, slot);
		break;
	case EXECUTOR_SUBMIT:
		model_queue(prompt_id);
		executor_submitted(&executor, slot, prompt_id, NULL);
		break;
	case EXECUTOR_LOOK_QUEUE: {
		enum executor_place place = model_place(prompt_id, &ahead);

		executor_queue_seen(&executor, slot, chore, place, ahead);
		break;
	}
	case EXECUTOR_LOOK_HISTORY:
		if (model_has_history(prompt_id))
			executor_history_success(&executor, slot, &PICTURE);
		else
			executor_history_absent(&executor, slot);
		break;
	case EXECUTOR_FETCH:
		if (roll(10) == 0)
			executor_fetch_failed(&executor, slot, false, "cut");
		else
			executor_fetched(&executor, slot);
		break;
	case EXECUTOR_SALVAGE:
		executor_fetch_failed(&executor, slot, true, "none");
		break;
	default:
		executor_cancelled(&executor, slot, chore);
	}
}

static void model_claim(void)
{
	char id[64];
	struct executor_item item = {
		.item_id = id,
		.job_id = "job",
		.prompt_id = id,
		.file_prefix = id,
		.save_node = "9",
		.salvageable = true,
		.order = model.next_item,
	};

	if (model.next_item == ITEMS) {
		(void)executor_claimed(&executor, NULL);
		return;
	}
	(void)snprintf(id, sizeof(id), "item-%d", model.next_item++);
	(void)executor_claimed(&executor, &item);
}

static void model_record(struct executor_slot *slot)
{
	if (!slot) {
		fail_msg("nothing to record");
		return;
	}
	if (roll(100) < (uint32_t)model.trouble) {
		executor_store_failed(&executor, "locked");
		return;
	}
	assert_int_equal(slot->stage, EXECUTOR_SAVED);
	model.completed++;
	executor_recorded(&executor, slot);
}

/* Does the action, or begins it. */
static void model_perform(void)
{
	struct executor_slot *slot = action.slot;
	size_t index = slot ? (size_t)(slot - executor.slots) : action.chore ? 2 : 3;
	char id[64];

	switch (action.verb) {
	case EXECUTOR_CONNECT:
		tell(roll(100) < (uint32_t)model.trouble ? COMFYUI_EVENT_DISCONNECTED
							 : COMFYUI_EVENT_CONNECTED,
			"");
		break;
	case EXECUTOR_WAIT:
		break;
	case EXECUTOR_CLAIM:
		model_claim();
		break;
	case EXECUTOR_PREPARE:
		if (roll(10) == 0)
			executor_needs_list(&executor, slot);
		else
			executor_prepared(&executor, slot);
		break;
	case EXECUTOR_RENEW:
		(void)snprintf(id, sizeof(id), "again-%d", model.attempts++);
		executor_renewed(&executor, slot, id, id);
		/* This model's weather is worse than what an item has to bear. */
		if (slot)
			slot->lost = 0;
		break;
	case EXECUTOR_SAVE:
		if (roll(100) < (uint32_t)model.trouble)
			executor_unwritable(&executor, "full");
		else
			executor_saved(&executor, slot);
		break;
	case EXECUTOR_COMPLETE:
		model_record(slot);
		break;
	case EXECUTOR_FAIL:
		/* Nothing but a picture that could not be fetched five times in a row. */
		if (slot && strcmp(slot->fault.code, "comfyui_error") != 0)
			assert_string_equal(slot->fault.code, "image_unavailable");
		model.failed++;
		executor_recorded(&executor, slot);
		break;
	default:
		assert_false(model.requests[index].under_way); /* one at a time */
		model.requests[index] = (struct pending_request){
			true, now + (int64_t)roll(50) * SECOND / 1000, action};
	}
}

static void model_round(void)
{
	int actions = 0;

	for (size_t i = 0; i < EXECUTOR_SLOTS + 2; i++) {
		struct executor_action request = model.requests[i].action;

		if (!model.requests[i].under_way || now < model.requests[i].answer_at)
			continue;
		model.requests[i].under_way = false;
		model_answer(&request);
	}
	model_run();
	while (executor_next(&executor, &action)) {
		assert_true(++actions < 1000); /* it comes to an end */
		model_perform();
	}
}

static void walk(uint32_t seed, int trouble)
{
	memset(&model, 0, sizeof(model));
	model.random = seed;
	model.trouble = trouble;
	now = 1000 * SECOND;
	executor_init(&executor, now, STALL, seed);
	executor_tell_work(&executor, true);
	while (model.completed + model.failed < ITEMS) {
		if (now > 1000000 * SECOND)
			fail_msg(
				"seed %u: %d of %d items after days", seed, model.completed, ITEMS);
		if (roll(2000) < (uint32_t)trouble)
			model_restart();
		model_round();
		pass(SECOND / 100);
	}
	assert_true(model.failed <= trouble / 2);
}

/* Waits until the time that the executor asks for, and says what it explains then. */
static const char *sleep_until_deadline(void)
{
	static char reason[EXECUTOR_REASON];

	assert_true(executor_deadline(&executor) < INT64_MAX);
	pass(executor_deadline(&executor) - now);
	reason[0] = '\0';
	while (executor_next(&executor, &action))
		if (action.verb == EXECUTOR_WAIT)
			(void)snprintf(reason, sizeof(reason), "%s%s",
				action.briefly ? "brief " : "", action.reason);
	return reason;
}

static void test_time_alone_changes_what_a_waiting_prompt_is_said_to_wait_for(void **state)
{
	struct executor_slot *slot = submit("one", 1);
	int64_t posted = now;

	(void)state;
	executor_tell_work(&executor, false);
	expect_nothing();
	/* One that waits behind others, with no look at it due. */
	tell(COMFYUI_EVENT_STATUS, "");
	slot->ahead = 2;
	slot->retry_at = INT64_MAX;
	assert_non_null(strstr(sleep_until_deadline(), "brief ComfyUI is busy"));
	assert_int_equal(now, posted + 5 * SECOND + 1);
	assert_int_equal(strncmp(sleep_until_deadline(), "ComfyUI is busy", 15), 0);
	assert_int_equal(now, posted + 60 * SECOND + 1);
	assert_int_equal(executor_deadline(&executor), INT64_MAX);
}

static void test_a_prompt_that_comes_next_is_given_its_minute(void **state)
{
	struct executor_slot *slot = submit("one", 1);
	int64_t posted = now;

	(void)state;
	executor_tell_work(&executor, false);
	expect_nothing();
	tell(COMFYUI_EVENT_STATUS, "");
	slot->retry_at = INT64_MAX;
	assert_non_null(strstr(sleep_until_deadline(), "does not begin it"));
	assert_int_equal(now, posted + 60 * SECOND + 1);
	assert_int_equal(executor_deadline(&executor), INT64_MAX);
}

static void test_what_is_rendered_wakes_for_its_stall_alone(void **state)
{
	struct executor_slot *slot = submit("one", 1);

	(void)state;
	executor_tell_work(&executor, false);
	tell(COMFYUI_EVENT_STARTED, "one");
	expect_nothing();
	slot->retry_at = INT64_MAX;
	assert_int_equal(executor_deadline(&executor), now + STALL);
}

static void test_quitting_does_not_wait_long_for_a_locked_database(void **state)
{
	struct executor_slot *first = submit("one", 1);
	struct executor_slot *second = lease("two", 2);

	(void)state;
	expect(EXECUTOR_PREPARE);
	executor_prepared(&executor, second);
	tell(COMFYUI_EVENT_STARTED, "one");
	executor_quit(&executor);
	expect(EXECUTOR_RELEASE);
	executor_store_failed(&executor, "The database is busy.");
	expect_nothing();
	/* What ComfyUI renders is waited for, whatever the database does. */
	pass(3 * SECOND);
	expect(EXECUTOR_RELEASE);
	executor_store_failed(&executor, "The database is busy.");
	assert_false(executor_is_quiet(&executor));
	tell(COMFYUI_EVENT_ENDED, "one");
	expect(EXECUTOR_LOOK_HISTORY);
	executor_history_success(&executor, first, &PICTURE);
	expect(EXECUTOR_FETCH);
	assert_false(executor_is_quiet(&executor));
	executor_fetched(&executor, first);
	/* Nothing but the database is left, and it has been given its time. */
	assert_true(executor_is_quiet(&executor));
}

static void test_quitting_gives_a_locked_database_a_moment(void **state)
{
	struct executor_slot *slot = lease("one", 1);
	int64_t asked = now;

	(void)state;
	expect(EXECUTOR_PREPARE);
	executor_store_failed(&executor, "The database is busy.");
	pass(60 * SECOND);
	executor_quit(&executor);
	asked = now;
	expect(EXECUTOR_RELEASE);
	executor_store_failed(&executor, "The database is busy.");
	while (!executor_is_quiet(&executor)) {
		assert_true(now <= asked + 2 * SECOND);
		pass(executor_deadline(&executor) - now);
		while (executor_next(&executor, &action))
			if (action.verb == EXECUTOR_RELEASE)
				executor_store_failed(&executor, "The database is busy.");
	}
	assert_int_equal(now, asked + 2 * SECOND);
	/* Where it gives way in time, nothing is left. */
	executor.store.retry_at = now;
	expect(EXECUTOR_RELEASE);
	executor_recorded(&executor, slot);
	assert_true(executor_is_quiet(&executor));
}

static void test_any_weather(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 30; seed++)
		walk(seed, (int)(seed % 5) * 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			test_the_next_one_is_submitted_before_the_last_one_is_fetched, set_up),
		cmocka_unit_test_setup(test_an_end_may_be_told_before_the_reply, set_up),
		cmocka_unit_test_setup(test_a_lost_reply, set_up),
		cmocka_unit_test_setup(test_a_refused_connection, set_up),
		cmocka_unit_test_setup(test_pauses_grow_to_a_bound, set_up),
		cmocka_unit_test_setup(test_a_stall_is_interrupted, set_up),
		cmocka_unit_test_setup(test_others_before_us_are_a_wait_that_may_be_brief, set_up),
		cmocka_unit_test_setup(test_only_what_is_seen_running_is_interrupted, set_up),
		cmocka_unit_test_setup(test_what_is_given_up_is_said_to_be_at_comfyui, set_up),
		cmocka_unit_test_setup(test_a_hung_comfyui, set_up),
		cmocka_unit_test_setup(test_stopping_takes_a_pending_prompt_back, set_up),
		cmocka_unit_test_setup(test_stopping_lets_the_running_one_finish, set_up),
		cmocka_unit_test_setup(test_a_deleted_job, set_up),
		cmocka_unit_test_setup(test_a_full_disk_stops_all_but_saving, set_up),
		cmocka_unit_test_setup(test_nothing_is_saved_while_the_database_is_away, set_up),
		cmocka_unit_test_setup(test_a_full_disk_holds_up_nobody_else, set_up),
		cmocka_unit_test_setup(test_what_is_given_up_is_taken_out_of_the_queue, set_up),
		cmocka_unit_test_setup(test_comfyui_is_asked_for_after_trouble, set_up),
		cmocka_unit_test_setup(test_what_fails_together_waits_once, set_up),
		cmocka_unit_test_setup(test_memory_is_freed_once, set_up),
		cmocka_unit_test_setup(test_memory_that_never_does, set_up),
		cmocka_unit_test_setup(test_a_failed_job_takes_its_next_item_back, set_up),
		cmocka_unit_test_setup(
			test_a_deaf_feed_is_connected_anew_under_another_name, set_up),
		cmocka_unit_test_setup(test_quitting_begins_nothing, set_up),
		cmocka_unit_test_setup(test_a_late_interruption_is_no_hang, set_up),
		cmocka_unit_test_setup(test_a_submission_may_arrive_late, set_up),
		cmocka_unit_test_setup(test_a_deleted_submission_may_arrive_late, set_up),
		cmocka_unit_test_setup(test_a_prompt_under_another_id, set_up),
		cmocka_unit_test_setup(test_a_shared_name_is_not_salvaged, set_up),
		cmocka_unit_test_setup(test_an_unheard_image_is_given_more_time, set_up),
		cmocka_unit_test_setup(test_stopping_does_not_wait_for_silence, set_up),
		cmocka_unit_test_setup(test_a_bad_picture_is_asked_for_again, set_up),
		cmocka_unit_test_setup(test_a_picture_that_is_gone_is_made_again, set_up),
		cmocka_unit_test_setup(test_an_unreadable_history_is_given_up, set_up),
		cmocka_unit_test_setup(test_the_database_is_tried_often, set_up),
		cmocka_unit_test_setup(
			test_time_alone_changes_what_a_waiting_prompt_is_said_to_wait_for, set_up),
		cmocka_unit_test_setup(test_a_prompt_that_comes_next_is_given_its_minute, set_up),
		cmocka_unit_test_setup(test_what_is_rendered_wakes_for_its_stall_alone, set_up),
		cmocka_unit_test_setup(
			test_quitting_does_not_wait_long_for_a_locked_database, set_up),
		cmocka_unit_test_setup(test_quitting_gives_a_locked_database_a_moment, set_up),
		cmocka_unit_test(test_any_weather),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

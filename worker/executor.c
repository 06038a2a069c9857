#include "executor.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "executor_internal.h"

/* --- What is going on --------------------------------------------------------------------------
 */

/* ComfyUI may have a prompt of the slot that it has not finished. */
static bool is_at_comfyui(const struct executor_slot *slot)
{
	switch (slot->stage) {
	case EXECUTOR_UNSURE:
	case EXECUTOR_SUBMITTED:
		return true;
	case EXECUTOR_READY:
		return slot->busy;
	default:
		return false;
	}
}

static bool is_comfyui_taken(const struct executor *executor)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (is_at_comfyui(&executor->slots[i]))
			return true;
	for (size_t i = 0; i < EXECUTOR_CHORES; i++)
		if (executor->chores[i].prompt_id[0] && !executor->chores[i].gone)
			return true;
	return false;
}

/* The item has been leased and nothing of it may be in ComfyUI. */
static bool is_unsubmitted(const struct executor_slot *slot)
{
	return !slot->busy && slot->stage >= EXECUTOR_LEASED && slot->stage <= EXECUTOR_READY;
}

/* When a process that is to end waits no longer for the database that refuses it. */
static int64_t store_given_up_at(const struct executor *executor)
{
	int64_t since = executor->store.since > executor->quit_at ? executor->store.since
								  : executor->quit_at;

	return since + QUIT_STORE_AFTER;
}

/* Only the database is still to be told something of the slot: the next worker can, as well. */
static bool is_left_to_store(const struct executor_slot *slot)
{
	return is_unsubmitted(slot) || slot->stage >= EXECUTOR_SAVING;
}

bool executor_is_quiet(const struct executor *executor)
{
	bool gives_up = executor->store.present && executor->now >= store_given_up_at(executor);

	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		const struct executor_slot *slot = &executor->slots[i];
		bool awaited = slot->stage >= EXECUTOR_RENDERED || is_unsubmitted(slot) ||
			       (slot->stage == EXECUTOR_SUBMITTED && slot->started_at);

		if (gives_up && is_left_to_store(slot))
			continue;
		if (awaited || (slot->stage && slot->busy))
			return false;
	}
	return true;
}

static bool has_hung_chore(const struct executor *executor)
{
	for (size_t i = 0; i < EXECUTOR_CHORES; i++)
		if (executor->chores[i].prompt_id[0] &&
			executor_is_hung(executor, &executor->chores[i]))
			return true;
	return false;
}

/*
 * Why ComfyUI does not begin what it has in its queue; "" if that has not lasted. True if it is
 * nothing to speak of yet.
 */
static bool explain_queue(const struct executor *executor, char reason[EXECUTOR_REASON])
{
	bool briefly = false;

	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		const struct executor_slot *slot = &executor->slots[i];
		int64_t waited = executor->now - slot->posted_at;

		if (slot->stage != EXECUTOR_SUBMITTED || slot->started_at)
			continue;
		if (slot->ahead && waited > QUIET_LOOK) {
			/* Not how many: that changes, and the reason does not. */
			utf8_copy(reason, EXECUTOR_REASON,
				TEXT("ComfyUI is busy with others' prompts, which come before the "
				     "next image."));
			briefly = waited <= IDLE_AFTER;
		} else if (!slot->ahead && waited > IDLE_AFTER)
			utf8_copy(reason, EXECUTOR_REASON,
				TEXT("ComfyUI has the next image in its queue and does not begin "
				     "it. If this lasts, restart ComfyUI; it goes on by itself."));
	}
	return briefly;
}

/* Why no headway is made; empty if it is. True if that is nothing to speak of yet. */
static bool explain(const struct executor *executor, char reason[EXECUTOR_REASON])
{
	reason[0] = '\0';
	if (executor->disk.present)
		utf8_copy(reason, EXECUTOR_REASON, text_from(executor->disk.reason));
	else if (has_hung_chore(executor))
		utf8_copy(reason, EXECUTOR_REASON,
			TEXT("ComfyUI seems to hang: it does not end an image that was "
			     "interrupted. Restart ComfyUI; it goes on by itself."));
	else if (executor->comfyui.present)
		utf8_copy(reason, EXECUTOR_REASON, text_from(executor->comfyui.reason));
	else
		return explain_queue(executor, reason);
	return false;
}

/* --- What to do next ---------------------------------------------------------------------------
 */

static bool act(struct executor_action *action, enum executor_verb verb, struct executor_slot *slot)
{
	*action = (struct executor_action){.verb = verb, .slot = slot};
	return true;
}

/* As act, for what takes a request. */
static bool ask(const struct executor *executor, struct executor_action *action,
	enum executor_verb verb, struct executor_slot *slot)
{
	slot->busy = true;
	slot->asked_at = executor->now;
	return act(action, verb, slot);
}

/* The slot that is ready and comes first in the order of work. */
static struct executor_slot *find_ready(struct executor *executor)
{
	struct executor_slot *found = NULL;

	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		struct executor_slot *slot = &executor->slots[i];

		if (slot->stage == EXECUTOR_READY && !slot->busy && !slot->stopping &&
			(!found || slot->order < found->order))
			found = slot;
	}
	return found;
}

/* What the GPU waits for comes before all else. */
static bool submit_next(struct executor *executor, struct executor_action *action)
{
	struct executor_slot *slot = find_ready(executor);

	if (!slot || executor->quitting || executor->disk.present ||
		executor_is_blocked(executor, &executor->comfyui) ||
		executor->now < slot->retry_at || is_comfyui_taken(executor))
		return false;
	if (strcmp(executor->last_job, slot->job_id) != 0) {
		slot->free_first = true;
		executor->shortages = 0;
	}
	utf8_copy(executor->last_job, sizeof(executor->last_job), text_from(slot->job_id));
	if (slot->free_first)
		return ask(executor, action, EXECUTOR_FREE, slot);
	slot->posted_at = executor->now;
	return ask(executor, action, EXECUTOR_SUBMIT, slot);
}

/* Requests about a prompt that ComfyUI may have in its queue. */
static bool follow(
	struct executor *executor, struct executor_slot *slot, struct executor_action *action)
{
	bool stalls = slot->stage == EXECUTOR_SUBMITTED && slot->started_at && !slot->stalled_at &&
		      executor->now - slot->progress_at >= executor_patience(executor, slot);

	if (stalls) {
		/* An older ComfyUI interrupts whatever runs: only a look tells that this does. */
		slot->stalled_at = executor->now;
		slot->stalled_for = executor->now - slot->progress_at;
		slot->left_queue = false;
		slot->retry_at = executor->now;
	}
	if (executor->now < slot->retry_at)
		return false;
	slot->looked_at = executor->now;
	if (slot->interrupt)
		return ask(executor, action, EXECUTOR_INTERRUPT, slot);
	if (slot->withdraw)
		return ask(executor, action, EXECUTOR_DELETE, slot);
	return ask(executor, action, slot->left_queue ? EXECUTOR_LOOK_HISTORY : EXECUTOR_LOOK_QUEUE,
		slot);
}

/* The next request of a slot, if one is due. */
static bool ask_for_slot(
	struct executor *executor, struct executor_slot *slot, struct executor_action *action)
{
	switch (slot->stage) {
	case EXECUTOR_UNSURE:
	case EXECUTOR_SUBMITTED:
		return follow(executor, slot, action);
	case EXECUTOR_LISTING:
		return executor->now >= slot->retry_at && !slot->stopping && !executor->quitting &&
		       ask(executor, action, EXECUTOR_LIST, slot);
	case EXECUTOR_RENDERED:
		return executor->now >= slot->retry_at &&
		       ask(executor, action, EXECUTOR_LOOK_HISTORY, slot);
	case EXECUTOR_FETCHING:
		return executor->now >= slot->retry_at &&
		       ask(executor, action, EXECUTOR_FETCH, slot);
	case EXECUTOR_SALVAGING:
		return executor->now >= slot->retry_at &&
		       ask(executor, action, EXECUTOR_SALVAGE, slot);
	default:
		return false;
	}
}

static bool ask_for_chore(struct executor *executor, struct executor_action *action)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		/* It could reach the queue after the look at it. */
		if (executor->slots[i].stage == EXECUTOR_READY && executor->slots[i].busy)
			return false;
	for (size_t i = 0; !executor->chore_busy && i < EXECUTOR_CHORES; i++) {
		struct executor_chore *chore = &executor->chores[i];

		if (!chore->prompt_id[0] || chore->gone || executor->now < chore->retry_at)
			continue;
		executor->chore_busy = true;
		(void)act(action,
			chore->interrupt  ? EXECUTOR_INTERRUPT
			: chore->withdraw ? EXECUTOR_DELETE
					  : EXECUTOR_LOOK_QUEUE,
			NULL);
		action->chore = chore;
		return true;
	}
	return false;
}

static bool ask_comfyui(struct executor *executor, struct executor_action *action)
{
	if (executor_is_blocked(executor, &executor->comfyui))
		return false;
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (!executor->slots[i].busy && !executor->slots[i].dropped &&
			ask_for_slot(executor, &executor->slots[i], action))
			return true;
	return ask_for_chore(executor, action);
}

/* What the disk or the database has to do for a slot. */
static bool record_slot(
	struct executor *executor, struct executor_slot *slot, struct executor_action *action)
{
	static const enum executor_verb ENDS[] = {
		[EXECUTOR_SAVED] = EXECUTOR_COMPLETE,
		[EXECUTOR_FAILING] = EXECUTOR_FAIL,
		[EXECUTOR_SKIPPING] = EXECUTOR_SKIP,
		[EXECUTOR_SKIPPING_CHECKPOINT] = EXECUTOR_SKIP_CHECKPOINT,
		[EXECUTOR_FAILING_JOB] = EXECUTOR_FAIL_JOB,
		[EXECUTOR_RELEASING] = EXECUTOR_RELEASE,
	};

	/* Nothing of it is in ComfyUI: it is given back to be made another time. */
	if (is_unsubmitted(slot) && (slot->stopping || executor->quitting))
		slot->stage = EXECUTOR_RELEASING;
	/* Saving asks it, too: whose picture is there already? */
	if (!executor_can_store(executor))
		return false;
	if (slot->stage == EXECUTOR_SAVING)
		return !executor_is_blocked(executor, &executor->disk) &&
		       act(action, EXECUTOR_SAVE, slot);
	if (slot->stage == EXECUTOR_LEASED)
		return act(action, EXECUTOR_PREPARE, slot);
	if (slot->stage == EXECUTOR_RENEWING)
		return act(action, EXECUTOR_RENEW, slot);
	return slot->stage >= EXECUTOR_SAVED && act(action, ENDS[slot->stage], slot);
}

/* An item is leased only while no other one waits to be submitted. */
static bool claim(struct executor *executor, struct executor_action *action)
{
	if (!executor->has_work || executor->quitting || executor->disk.present ||
		!executor_can_store(executor) || !executor_free_slot(executor))
		return false;
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (executor->slots[i].stage != EXECUTOR_EMPTY &&
			executor->slots[i].stage <= EXECUTOR_UNSURE)
			return false;
	return act(action, EXECUTOR_CLAIM, NULL);
}

static bool record(struct executor *executor, struct executor_action *action)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (!executor->slots[i].busy && executor->slots[i].stage &&
			record_slot(executor, &executor->slots[i], action))
			return true;
	for (size_t i = 0; i < EXECUTOR_CHORES; i++) {
		struct executor_chore *chore = &executor->chores[i];

		if (!chore->gone || !executor_can_store(executor))
			continue;
		(void)act(action, EXECUTOR_FORGET, NULL);
		action->chore = chore;
		return true;
	}
	return claim(executor, action);
}

/* The socket, and what the database is to know of ComfyUI. */
static bool keep_in_touch(struct executor *executor, struct executor_action *action)
{
	if (executor->quitting)
		return false;
	if (!executor->connecting && executor->now >= executor->connect_at &&
		(!executor->connected || executor->renamed)) {
		(void)act(action, EXECUTOR_CONNECT, NULL);
		action->renamed = executor->renamed;
		executor->connecting = true;
		executor->connected = false;
		executor->renamed = false;
		return true;
	}
	if (executor->probe_wanted && !executor->probing &&
		!executor_is_blocked(executor, &executor->comfyui)) {
		executor->probe_wanted = false;
		executor->probing = true;
		return act(action, EXECUTOR_PROBE, NULL);
	}
	return false;
}

static bool tell_reason(struct executor *executor, struct executor_action *action)
{
	char reason[sizeof(executor->told_reason)];
	bool briefly;

	if (!executor_can_store(executor))
		return false;
	briefly = explain(executor, reason);
	if (strcmp(reason, executor->told_reason) == 0 && briefly == executor->told_briefly)
		return false;
	utf8_copy(executor->told_reason, sizeof(executor->told_reason), text_from(reason));
	executor->told_briefly = briefly;
	(void)act(action, EXECUTOR_WAIT, NULL);
	action->reason = executor->told_reason;
	action->briefly = briefly;
	return true;
}

/* After a submission ComfyUI tells everybody how long its queue is. */
static void notice_deafness(struct executor *executor)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		const struct executor_slot *slot = &executor->slots[i];

		if (slot->stage != EXECUTOR_SUBMITTED || !executor->connected || executor->deaf ||
			executor->heard_at >= slot->posted_at ||
			executor->now - slot->posted_at < DEAF_AFTER)
			continue;
		executor->deaf = true;
		if (executor->now - executor->renamed_at < RENAME_PAUSE)
			continue;
		executor->renamed_at = executor->now;
		executor->renamed = true;
		executor->connect_at = executor->now;
	}
}

/*
 * Stopping does not wait until a ComfyUI that is away comes back: what it has, it is to drop then.
 * What nobody wants any more is no reason to wait either.
 */
static void let_go(struct executor *executor)
{
	bool saves = false;

	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		struct executor_slot *slot = &executor->slots[i];

		if (slot->dropped && !slot->busy)
			*slot = (struct executor_slot){0};
		if (!slot->stopping || slot->busy || !executor->comfyui.present ||
			executor->now - executor->comfyui.since < AWAY_AFTER ||
			slot->stage < EXECUTOR_UNSURE || slot->stage > EXECUTOR_SALVAGING)
			continue;
		if (executor_leave_to_chore(executor, slot)) {
			slot->stage = EXECUTOR_RELEASING;
			slot->abandoned = true;
		}
	}
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		saves = saves || executor->slots[i].stage == EXECUTOR_SAVING;
	/* Whether the disk has been mended, only a picture that is saved can tell. */
	executor->disk.present = executor->disk.present && saves;
}

bool executor_next(struct executor *executor, struct executor_action *action)
{
	let_go(executor);
	notice_deafness(executor);
	return submit_next(executor, action) || ask_comfyui(executor, action) ||
	       record(executor, action) || keep_in_touch(executor, action) ||
	       tell_reason(executor, action);
}

static void earlier(const struct executor *executor, int64_t *deadline, int64_t at)
{
	if (at > executor->now && at < *deadline)
		*deadline = at;
}

/*
 * When time alone changes what is to be done, or said, about a prompt that is in ComfyUI's queue:
 * executed, when it will have stalled; waiting, when explain_queue says something else of it; and
 * when the socket will have been silent for too long. INT64_MAX: at no time to come.
 */
static int64_t follow_deadline(const struct executor *executor, const struct executor_slot *slot)
{
	int64_t deadline = INT64_MAX;

	if (slot->started_at) {
		if (!slot->stalled_at)
			earlier(executor, &deadline,
				slot->progress_at + executor_patience(executor, slot));
	} else {
		if (slot->ahead)
			earlier(executor, &deadline, slot->posted_at + QUIET_LOOK + 1);
		earlier(executor, &deadline, slot->posted_at + IDLE_AFTER + 1);
	}
	if (executor->connected && !executor->deaf && executor->heard_at < slot->posted_at)
		earlier(executor, &deadline, slot->posted_at + DEAF_AFTER);
	return deadline;
}

int64_t executor_deadline(const struct executor *executor)
{
	int64_t deadline = INT64_MAX;

	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		const struct executor_slot *slot = &executor->slots[i];

		if (!slot->stage || slot->busy)
			continue;
		earlier(executor, &deadline, slot->retry_at);
		if (slot->stage == EXECUTOR_SUBMITTED)
			earlier(executor, &deadline, follow_deadline(executor, slot));
	}
	for (size_t i = 0; i < EXECUTOR_CHORES; i++)
		if (executor->chores[i].prompt_id[0])
			earlier(executor, &deadline, executor->chores[i].retry_at);
	if (executor->comfyui.present) {
		earlier(executor, &deadline, executor->comfyui.retry_at);
		earlier(executor, &deadline, executor->comfyui.since + AWAY_AFTER);
	}
	if (executor->disk.present)
		earlier(executor, &deadline, executor->disk.retry_at);
	if (executor->store.present)
		earlier(executor, &deadline, executor->store.retry_at);
	if (executor->quitting && executor->store.present)
		earlier(executor, &deadline, store_given_up_at(executor));
	if (!executor->connecting && (!executor->connected || executor->renamed))
		earlier(executor, &deadline, executor->connect_at);
	return deadline;
}

/* The executor, when the database has news, and up to where ComfyUI has the prompt. */
#include <string.h>

#include "base/utf8.h"
#include "executor_internal.h"

/* --- The database ------------------------------------------------------------------------------
 */

void executor_tell_work(struct executor *executor, bool has_work)
{
	executor->has_work = has_work;
}

static struct executor_slot *take_slot(struct executor *executor, const struct executor_item *item)
{
	struct executor_slot *slot = executor_free_slot(executor);

	*slot = (struct executor_slot){
		.order = item->order, .stopping = item->stopping, .salvageable = item->salvageable};
	utf8_copy(slot->item_id, sizeof(slot->item_id), text_from(item->item_id));
	utf8_copy(slot->job_id, sizeof(slot->job_id), text_from(item->job_id));
	utf8_copy(slot->prompt_id, sizeof(slot->prompt_id), text_from(item->prompt_id));
	utf8_copy(slot->file_prefix, sizeof(slot->file_prefix), text_from(item->file_prefix));
	utf8_copy(slot->save_node, sizeof(slot->save_node), text_from(item->save_node));
	/* Why it waits is recorded with a job: with this one, too. */
	executor->told_reason[0] = '?';
	return slot;
}

struct executor_slot *executor_claimed(struct executor *executor, const struct executor_item *item)
{
	struct executor_slot *slot;

	executor->store.present = false;
	if (!item) {
		executor->has_work = false;
		return NULL;
	}
	slot = take_slot(executor, item);
	executor_go_to(executor, slot, EXECUTOR_LEASED);
	return slot;
}

struct executor_slot *executor_resumed(struct executor *executor, const struct executor_item *item)
{
	struct executor_slot *slot = take_slot(executor, item);

	executor_go_to(executor, slot, EXECUTOR_UNSURE);
	return slot;
}

void executor_tell_stopping(struct executor *executor, const char *job_id)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		struct executor_slot *slot = &executor->slots[i];

		if (!slot->stage || slot->stopping || strcmp(slot->job_id, job_id) != 0)
			continue;
		slot->stopping = true;
		/* Whether it is being rendered already decides what becomes of it. */
		if (slot->stage == EXECUTOR_SUBMITTED && !slot->busy && !slot->started_at)
			slot->retry_at = executor->now;
	}
}

bool executor_tell_abandoned(
	struct executor *executor, const char *prompt_id, const char *file_prefix)
{
	if (!executor_add_chore(executor, prompt_id, file_prefix, true))
		return false;
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		struct executor_slot *slot = &executor->slots[i];

		if (!slot->stage || (strcmp(slot->prompt_id, prompt_id) != 0 &&
					    strcmp(slot->file_prefix, file_prefix) != 0))
			continue;
		slot->dropped = true;
		/* Maybe under another id than the one that the database gave up. */
		(void)executor_leave_to_chore(executor, slot);
	}
	return true;
}

void executor_quit(struct executor *executor)
{
	executor->quitting = true;
	executor->quit_at = executor->now;
}

void executor_store_failed(struct executor *executor, const char *reason)
{
	executor_raise(executor, &executor->store, reason);
	/* It may have been the reason for waiting that could not be recorded. */
	executor->told_reason[0] = '?';
}

void executor_recorded(struct executor *executor, struct executor_slot *slot)
{
	executor->store.present = false;
	/* Its end may have made room in the order of work. */
	executor->has_work = true;
	/* Another one of the job may wait to be submitted. */
	if (slot->stage == EXECUTOR_FAILING_JOB)
		executor_tell_stopping(executor, slot->job_id);
	*slot = (struct executor_slot){0};
}

void executor_renewed(struct executor *executor, struct executor_slot *slot, const char *prompt_id,
	const char *file_prefix)
{
	executor->store.present = false;
	utf8_copy(slot->prompt_id, sizeof(slot->prompt_id), text_from(prompt_id));
	utf8_copy(slot->file_prefix, sizeof(slot->file_prefix), text_from(file_prefix));
	slot->may_arrive = false;
	slot->started_at = 0;
	slot->ended_at = 0;
	slot->stalled_at = 0;
	slot->interrupted_at = 0;
	slot->ahead = 0;
	slot->heard = false;
	slot->picture.filename[0] = '\0';
	executor_go_to(executor, slot, EXECUTOR_LEASED);
}

void executor_forgotten(struct executor *executor, struct executor_chore *chore)
{
	executor->store.present = false;
	*chore = (struct executor_chore){0};
}

/* --- Before the submission ---------------------------------------------------------------------
 */

void executor_prepared(struct executor *executor, struct executor_slot *slot)
{
	executor_go_to(executor, slot, EXECUTOR_READY);
}

void executor_needs_list(struct executor *executor, struct executor_slot *slot)
{
	executor_go_to(executor, slot, EXECUTOR_LISTING);
}

void executor_listed(struct executor *executor, struct executor_slot *slot)
{
	if (executor_settle(executor, slot))
		executor_go_to(executor, slot, EXECUTOR_LEASED);
}

void executor_freed(struct executor *executor, struct executor_slot *slot)
{
	slot->free_first = false;
	(void)executor_settle(executor, slot);
}

void executor_checkpoint_refused(
	struct executor *executor, struct executor_slot *slot, const char *message)
{
	if (slot->rematched) {
		executor_ends(executor, slot, EXECUTOR_SKIPPING, "value_not_in_list", message);
		return;
	}
	slot->rematched = true;
	if (executor_settle(executor, slot))
		executor_go_to(executor, slot, EXECUTOR_LISTING);
}

/* --- The submission, and trouble on the way ----------------------------------------------------
 */

void executor_submitted(struct executor *executor, struct executor_slot *slot,
	const char *prompt_id, const struct executor_fault *fault)
{
	utf8_copy(slot->prompt_id, sizeof(slot->prompt_id), text_from(prompt_id));
	if (!executor_settle(executor, slot)) {
		/* Maybe under another id than the one that the database gave up. */
		(void)executor_leave_to_chore(executor, slot);
		return;
	}
	if (fault) {
		(void)executor_leave_to_chore(executor, slot);
		slot->abandoned = true;
		executor_ends(executor, slot, EXECUTOR_FAILING, fault->code, fault->message);
		return;
	}
	slot->looked_at = executor->now;
	/* A quick one may have ended before this answer came. */
	executor_go_to(executor, slot, slot->ended_at ? EXECUTOR_RENDERED : EXECUTOR_SUBMITTED);
	if (!slot->ended_at && !slot->stopping)
		executor_look_later(executor, slot);
}

/* The submission may have reached ComfyUI, or do so later. */
static void doubt_submission(
	struct executor *executor, struct executor_slot *slot, enum executor_delivery delivery)
{
	slot->may_arrive = delivery == EXECUTOR_MAY_ARRIVE;
	if (slot->dropped)
		(void)executor_leave_to_chore(executor, slot);
	executor_go_to(executor, slot, EXECUTOR_UNSURE);
}

void executor_unreachable(struct executor *executor, struct executor_slot *slot,
	struct executor_chore *chore, enum executor_delivery delivery, const char *reason)
{
	executor_raise(executor, &executor->comfyui, reason);
	executor_forget_interrupts(executor);
	if (chore)
		executor->chore_busy = false;
	if (!slot && !chore) {
		executor->probing = false;
		/* Nobody else may be asking. */
		executor->probe_wanted = true;
	}
	if (!slot)
		return;
	/* One that does not answer is away since it was asked. */
	if (slot->asked_at < executor->comfyui.since)
		executor->comfyui.since = slot->asked_at;
	slot->busy = false;
	if (delivery == EXECUTOR_NOT_SENT)
		return;
	if (slot->stage == EXECUTOR_READY && !slot->free_first) {
		doubt_submission(executor, slot, delivery);
	} else if (slot->stage == EXECUTOR_FETCHING && ++slot->failed_requests >= FETCH_LIMIT) {
		executor->comfyui.present = false;
		executor_fail_for_good(executor, slot, "The picture cannot be fetched.", reason);
	}
}

void executor_server_failed(struct executor *executor, struct executor_slot *slot,
	struct executor_chore *chore, const char *reason)
{
	if (slot && slot->stage == EXECUTOR_READY && slot->free_first) {
		executor_freed(executor, slot);
		return;
	}
	if (!slot || slot->stage == EXECUTOR_LISTING) {
		executor_unreachable(executor, slot, chore, EXECUTOR_SENT, reason);
		return;
	}
	slot->failed_requests++;
	executor_forget_interrupts(executor);
	/* What its queue may hold has to leave it before anything else is submitted. */
	if (slot->failed_requests >= FAILED_LIMIT &&
		(slot->stage > EXECUTOR_SUBMITTED || executor_leave_to_chore(executor, slot))) {
		slot->abandoned = slot->stage <= EXECUTOR_SUBMITTED;
		executor_fail_for_good(executor, slot, "ComfyUI failed repeatedly.", reason);
		return;
	}
	if (!executor_settle(executor, slot))
		return;
	/* The submission may have come so far; then the queue has it. */
	if (slot->stage == EXECUTOR_READY)
		slot->stage = EXECUTOR_UNSURE;
	slot->retry_at = executor->now + (int64_t)slot->failed_requests * SECOND;
}

/* The executor, when it is told something. */
#include <stdio.h>
#include <string.h>

#include "executor.h"
#include "executor_internal.h"

/* --- Helpers -----------------------------------------------------------------------------------
 */

/* ComfyUI has answered. Where it had not before, what is known of it is to be renewed. */
static void note_answer(struct executor *executor)
{
	if (executor->comfyui.present)
		executor->probe_wanted = true;
	executor->comfyui.present = false;
}

/* A request of the slot is done. False if nobody wants to know any more. */
static bool settle(struct executor *executor, struct executor_slot *slot)
{
	if (slot->busy)
		note_answer(executor);
	slot->busy = false;
	return !slot->dropped;
}

static void settle_chore(struct executor *executor, struct executor_chore *chore, int64_t pause)
{
	note_answer(executor);
	executor->chore_busy = false;
	chore->retry_at = executor->now + pause;
}

/* The slot goes on with another stage, at once. */
void executor_go_to(
	struct executor *executor, struct executor_slot *slot, enum executor_stage stage)
{
	slot->stage = stage;
	slot->retry_at = executor->now;
	slot->pause = 0;
	slot->absent = 0;
	slot->left_queue = false;
	/* From one attempt to the next, they count. */
	if (stage >= EXECUTOR_SUBMITTED && stage != EXECUTOR_SALVAGING)
		slot->failed_requests = 0;
}

void executor_ends(struct executor *executor, struct executor_slot *slot, enum executor_stage stage,
	const char *code, const char *message)
{
	if (!settle(executor, slot))
		return;
	executor_go_to(executor, slot, stage);
	executor_copy(slot->fault.code, sizeof(slot->fault.code), code);
	executor_copy(slot->fault.message, sizeof(slot->fault.message), message);
}

/* Asks again after a pause that grows from FIRST_LOOK to LAST_LOOK. */
static void look_later(struct executor *executor, struct executor_slot *slot)
{
	slot->pause = slot->pause ? slot->pause * 3 / 2 : FIRST_LOOK;
	if (slot->pause > LAST_LOOK)
		slot->pause = LAST_LOOK;
	slot->retry_at = executor->now + (slot->heard ? QUIET_LOOK : slot->pause);
}

bool executor_add_chore(struct executor *executor, const char *prompt_id, bool recorded)
{
	struct executor_chore *room = NULL;

	for (size_t i = 0; i < EXECUTOR_CHORES; i++) {
		struct executor_chore *chore = &executor->chores[i];

		if (strcmp(chore->prompt_id, prompt_id) == 0) {
			chore->recorded = chore->recorded || recorded;
			return true;
		}
		if (!chore->prompt_id[0] && !room)
			room = chore;
	}
	if (!room)
		return false;
	*room = (struct executor_chore){
		.recorded = recorded, .since = executor->now, .retry_at = executor->now};
	executor_copy(room->prompt_id, sizeof(room->prompt_id), prompt_id);
	return true;
}

/* --- The database ------------------------------------------------------------------------------
 */

void executor_tell_work(struct executor *executor, bool has_work)
{
	executor->has_work = has_work;
}

static struct executor_slot *take_slot(struct executor *executor, const struct executor_item *item)
{
	struct executor_slot *slot = &executor->slots[executor->slots[0].stage ? 1 : 0];

	*slot = (struct executor_slot){.order = item->order, .stopping = item->stopping};
	executor_copy(slot->item_id, sizeof(slot->item_id), item->item_id);
	executor_copy(slot->job_id, sizeof(slot->job_id), item->job_id);
	executor_copy(slot->prompt_id, sizeof(slot->prompt_id), item->prompt_id);
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

bool executor_tell_abandoned(struct executor *executor, const char *prompt_id)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (executor->slots[i].stage &&
			strcmp(executor->slots[i].prompt_id, prompt_id) == 0)
			executor->slots[i].dropped = true;
	return executor_add_chore(executor, prompt_id, true);
}

void executor_quit(struct executor *executor)
{
	executor->quitting = true;
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
	*slot = (struct executor_slot){0};
}

void executor_renewed(struct executor *executor, struct executor_slot *slot, const char *prompt_id)
{
	executor->store.present = false;
	executor_copy(slot->prompt_id, sizeof(slot->prompt_id), prompt_id);
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
	if (settle(executor, slot))
		executor_go_to(executor, slot, EXECUTOR_LEASED);
}

void executor_freed(struct executor *executor, struct executor_slot *slot)
{
	slot->free_first = false;
	(void)settle(executor, slot);
}

void executor_checkpoint_refused(
	struct executor *executor, struct executor_slot *slot, const char *message)
{
	if (slot->rematched) {
		executor_ends(executor, slot, EXECUTOR_SKIPPING, "value_not_in_list", message);
		return;
	}
	slot->rematched = true;
	if (settle(executor, slot))
		executor_go_to(executor, slot, EXECUTOR_LISTING);
}

/* --- The submission, and trouble on the way ----------------------------------------------------
 */

void executor_submitted(struct executor *executor, struct executor_slot *slot,
	const char *prompt_id, const struct executor_fault *fault)
{
	if (!settle(executor, slot)) {
		/* Under another id than the one that the database gave up. */
		if (strcmp(prompt_id, slot->prompt_id) != 0)
			(void)executor_add_chore(executor, prompt_id, false);
		return;
	}
	executor_copy(slot->prompt_id, sizeof(slot->prompt_id), prompt_id);
	if (fault) {
		(void)executor_add_chore(executor, prompt_id, false);
		slot->abandoned = true;
		executor_ends(executor, slot, EXECUTOR_FAILING, fault->code, fault->message);
		return;
	}
	slot->looked_at = executor->now;
	/* A quick one may have ended before this answer came. */
	executor_go_to(executor, slot, slot->ended_at ? EXECUTOR_RENDERED : EXECUTOR_SUBMITTED);
	if (!slot->ended_at && !slot->stopping)
		look_later(executor, slot);
}

static void fail_for_good(
	struct executor *executor, struct executor_slot *slot, const char *what, const char *reason)
{
	char message[sizeof(slot->fault.message)];

	(void)snprintf(message, sizeof(message), "%s %s", what, reason);
	executor_ends(executor, slot, EXECUTOR_FAILING, "comfyui_error", message);
}

/* What was seen running may have ended by the time ComfyUI answers again. */
static void forget_interrupts(struct executor *executor)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		executor->slots[i].interrupt = false;
	for (size_t i = 0; i < EXECUTOR_CHORES; i++)
		executor->chores[i].interrupt = false;
}

void executor_unreachable(struct executor *executor, struct executor_slot *slot,
	struct executor_chore *chore, bool sent, const char *reason)
{
	executor_raise(executor, &executor->comfyui, reason);
	forget_interrupts(executor);
	if (chore)
		executor->chore_busy = false;
	if (!slot && !chore) {
		executor->probing = false;
		/* Nobody else may be asking. */
		executor->probe_wanted = true;
	}
	if (!slot)
		return;
	slot->busy = false;
	if (slot->stage == EXECUTOR_READY && sent && !slot->free_first) {
		executor_go_to(executor, slot, EXECUTOR_UNSURE);
	} else if (slot->stage == EXECUTOR_FETCHING && sent &&
		   ++slot->failed_requests >= FAILED_LIMIT) {
		executor->comfyui.present = false;
		fail_for_good(executor, slot, "The picture cannot be fetched.", reason);
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
		executor_unreachable(executor, slot, chore, true, reason);
		return;
	}
	slot->failed_requests++;
	forget_interrupts(executor);
	/* What its queue may hold has to leave it before anything else is submitted. */
	if (slot->failed_requests >= FAILED_LIMIT &&
		(slot->stage > EXECUTOR_SUBMITTED ||
			executor_add_chore(executor, slot->prompt_id, false))) {
		slot->abandoned = slot->stage <= EXECUTOR_SUBMITTED;
		fail_for_good(executor, slot, "ComfyUI failed repeatedly.", reason);
		return;
	}
	if (!settle(executor, slot))
		return;
	/* The submission may have come so far; then the queue has it. */
	if (slot->stage == EXECUTOR_READY)
		slot->stage = EXECUTOR_UNSURE;
	slot->retry_at = executor->now + (int64_t)slot->failed_requests * SECOND;
}

/* --- Where it is -------------------------------------------------------------------------------
 */

static void see_chore(
	struct executor *executor, struct executor_chore *chore, enum executor_place place)
{
	settle_chore(executor, chore, 0);
	chore->withdraw = place == EXECUTOR_PENDING;
	if (place == EXECUTOR_NOWHERE) {
		chore->gone = true;
		if (!chore->recorded)
			*chore = (struct executor_chore){0};
		return;
	}
	if (place == EXECUTOR_RUNNING && executor_is_hung(executor, chore))
		chore->retry_at = executor->now + LAST_LOOK;
	else if (place == EXECUTOR_RUNNING)
		chore->interrupt = true;
}

/* It was interrupted long ago and does not end. */
static void give_up_hung(struct executor *executor, struct executor_slot *slot)
{
	char message[256];

	(void)snprintf(message, sizeof(message),
		"ComfyUI made no progress for %lld minutes and did not react to an interruption.",
		(long long)((executor->stall + 59 * SECOND) / (60 * SECOND)));
	if (executor_add_chore(executor, slot->prompt_id, false)) {
		for (size_t i = 0; i < EXECUTOR_CHORES; i++)
			if (strcmp(executor->chores[i].prompt_id, slot->prompt_id) == 0) {
				executor->chores[i].interrupted = true;
				executor->chores[i].since = slot->interrupted_at;
			}
	}
	slot->abandoned = true;
	executor_ends(executor, slot, EXECUTOR_FAILING, "stalled", message);
}

/* It made no progress when it was looked for: what to do about that, now that it was seen. */
static void see_stalled(
	struct executor *executor, struct executor_slot *slot, enum executor_place place)
{
	if (place == EXECUTOR_PENDING) {
		/* What waits cannot stall. */
		slot->started_at = 0;
		slot->stalled_at = 0;
	} else if (executor->now - slot->progress_at < executor->stall) {
		slot->stalled_at = 0;
	} else {
		slot->interrupt = true;
		slot->retry_at = executor->now;
	}
}

/* Its end was told while it was looked for. */
static bool has_ended(struct executor *executor, struct executor_slot *slot)
{
	if (slot->stage != EXECUTOR_SUBMITTED || !slot->ended_at)
		return false;
	executor_go_to(executor, slot, EXECUTOR_RENDERED);
	return true;
}

void executor_queue_seen(struct executor *executor, struct executor_slot *slot,
	struct executor_chore *chore, enum executor_place place, size_t ahead)
{
	if (chore) {
		see_chore(executor, chore, place);
		return;
	}
	if (!settle(executor, slot) || has_ended(executor, slot))
		return;
	if (place == EXECUTOR_NOWHERE) {
		slot->left_queue = true;
		return;
	}
	if (slot->stage == EXECUTOR_UNSURE)
		executor_go_to(executor, slot, EXECUTOR_SUBMITTED);
	slot->absent = 0;
	slot->ahead = place == EXECUTOR_PENDING ? ahead : 0;
	if (place == EXECUTOR_RUNNING && !slot->started_at)
		slot->started_at = slot->progress_at = executor->now;
	slot->withdraw = place == EXECUTOR_PENDING && slot->stopping;
	if (slot->interrupted_at && executor->now - slot->interrupted_at > HUNG_AFTER) {
		give_up_hung(executor, slot);
		return;
	}
	if (!slot->withdraw)
		look_later(executor, slot);
	if (slot->stalled_at && !slot->interrupted_at)
		see_stalled(executor, slot, place);
}

void executor_cancelled(
	struct executor *executor, struct executor_slot *slot, struct executor_chore *chore)
{
	if (chore) {
		settle_chore(executor, chore, FIRST_LOOK);
		/* It ends at the next step of the sampler, or when a model is loaded. */
		if (chore->interrupt)
			chore->retry_at = executor->now + SECOND;
		chore->interrupted = chore->interrupted || chore->interrupt;
		chore->withdraw = false;
		chore->interrupt = false;
		return;
	}
	if (!settle(executor, slot))
		return;
	if (slot->interrupt)
		slot->interrupted_at = executor->now;
	slot->withdraw = false;
	slot->interrupt = false;
	slot->heard = false;
	slot->pause = 0;
	look_later(executor, slot);
}

/* Neither queue nor history has it, and its file is not there: ComfyUI never rendered it. */
static void begin_anew(struct executor *executor, struct executor_slot *slot)
{
	if (slot->stopping || executor->quitting) {
		executor_go_to(executor, slot, EXECUTOR_RELEASING);
	} else if (++slot->lost >= LOST_LIMIT) {
		char message[160];

		(void)snprintf(message, sizeof(message),
			"ComfyUI lost this image %u times: it was restarted, crashed or had the "
			"image "
			"removed from its queue each time.",
			slot->lost);
		executor_ends(executor, slot, EXECUTOR_FAILING, "lost", message);
	} else {
		executor_go_to(executor, slot, EXECUTOR_RENEWING);
	}
}

void executor_history_absent(struct executor *executor, struct executor_slot *slot)
{
	if (!settle(executor, slot))
		return;
	if (slot->stage == EXECUTOR_RENDERED) {
		slot->pause = slot->pause ? slot->pause * 3 / 2 : 20 * MILLISECOND;
		slot->retry_at = executor->now + slot->pause;
		/* Where the picture is known, the history is less missed. */
		if (executor->now - slot->ended_at >
			(slot->picture.filename[0] ? LATE_HISTORY / 4 : LATE_HISTORY)) {
			slot->ended_at = 0;
			executor_go_to(executor, slot, EXECUTOR_UNSURE);
		}
		return;
	}
	if (has_ended(executor, slot))
		return;
	slot->left_queue = false;
	/* Twice: a submission that timed out may still have been on its way. */
	if (++slot->absent < 2) {
		slot->retry_at = executor->now + FIRST_LOOK;
	} else if (slot->interrupted_at) {
		executor_history_interrupted(executor, slot);
	} else {
		executor_go_to(executor, slot,
			slot->picture.filename[0] ? EXECUTOR_FETCHING : EXECUTOR_SALVAGING);
	}
}

/* --- How it ended ------------------------------------------------------------------------------
 */

void executor_note_end(struct executor *executor, struct executor_slot *slot)
{
	if (!slot->ended_at)
		slot->ended_at = executor->now;
}

void executor_history_success(struct executor *executor, struct executor_slot *slot,
	const struct comfyui_picture *picture)
{
	if (!settle(executor, slot))
		return;
	executor_note_end(executor, slot);
	if (!picture) {
		executor_ends(executor, slot, EXECUTOR_FAILING, "no_image",
			"ComfyUI finished without an image from the template's save_image node.");
		return;
	}
	slot->picture = *picture;
	executor_go_to(executor, slot, EXECUTOR_FETCHING);
}

void executor_history_failed(struct executor *executor, struct executor_slot *slot,
	bool out_of_memory, const char *message)
{
	if (!settle(executor, slot))
		return;
	executor_note_end(executor, slot);
	if (!out_of_memory || slot->freed_once) {
		executor_ends(executor, slot, EXECUTOR_FAILING,
			out_of_memory ? "out_of_memory" : "execution_error", message);
		return;
	}
	slot->freed_once = true;
	slot->free_first = true;
	executor_go_to(executor, slot, EXECUTOR_RENEWING);
}

void executor_history_interrupted(struct executor *executor, struct executor_slot *slot)
{
	char message[160];

	if (!settle(executor, slot))
		return;
	executor_note_end(executor, slot);
	if (!slot->interrupted_at) {
		executor_ends(executor, slot, EXECUTOR_FAILING, "interrupted",
			"The image was cancelled in ComfyUI.");
		return;
	}
	(void)snprintf(message, sizeof(message),
		"ComfyUI made no progress for %lld minutes; the image was interrupted.",
		(long long)((executor->stall + 59 * SECOND) / (60 * SECOND)));
	executor_ends(executor, slot, EXECUTOR_FAILING, "stalled", message);
}

/* --- The picture -------------------------------------------------------------------------------
 */

void executor_fetched(struct executor *executor, struct executor_slot *slot)
{
	if (!settle(executor, slot))
		return;
	executor_note_end(executor, slot);
	executor_go_to(executor, slot, EXECUTOR_SAVING);
}

void executor_fetch_failed(
	struct executor *executor, struct executor_slot *slot, const char *message)
{
	if (!settle(executor, slot))
		return;
	if (slot->stage == EXECUTOR_SALVAGING)
		begin_anew(executor, slot);
	else if (++slot->failed_requests >= FAILED_LIMIT)
		executor_ends(executor, slot, EXECUTOR_FAILING, "image_unavailable", message);
	else
		slot->retry_at = executor->now + (int64_t)slot->failed_requests * FIRST_LOOK;
}

void executor_saved(struct executor *executor, struct executor_slot *slot)
{
	executor->disk.present = false;
	executor_go_to(executor, slot, EXECUTOR_SAVED);
}

void executor_unwritable(struct executor *executor, const char *reason)
{
	executor_raise(executor, &executor->disk, reason);
}

void executor_probed(struct executor *executor)
{
	executor->probing = false;
	executor->comfyui.present = false;
}

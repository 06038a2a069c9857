/* The executor, when ComfyUI has told where the prompt is, how it ended, and the picture. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "executor_internal.h"

/* --- Where it is -------------------------------------------------------------------------------
 */

static void see_chore(
	struct executor *executor, struct executor_chore *chore, enum executor_place place)
{
	executor_settle_chore(executor, chore, 0);
	chore->withdraw = place == EXECUTOR_PENDING;
	if (place == EXECUTOR_NOWHERE) {
		if (chore->may_arrive)
			chore->retry_at = executor->now + LATE_ARRIVAL;
		else
			chore->gone = true;
		chore->may_arrive = false;
		if (chore->gone && !chore->recorded_id[0])
			*chore = (struct executor_chore){0};
		return;
	}
	if (place == EXECUTOR_RUNNING && executor_is_hung(executor, chore))
		chore->retry_at = executor->now + LAST_LOOK;
	else if (place == EXECUTOR_RUNNING)
		chore->interrupt = true;
}

/* For how many minutes it had made no progress when it was interrupted. */
static long long idle_minutes(const struct executor_slot *slot)
{
	return (long long)((slot->stalled_for + 30 * SECOND) / (60 * SECOND));
}

/* It was interrupted long ago and does not end. */
static void give_up_hung(struct executor *executor, struct executor_slot *slot)
{
	char message[256];

	(void)snprintf(message, sizeof(message),
		"ComfyUI made no progress for %lld minutes and did not react to an interruption. "
		"Restart it; if a step takes longer than that, raise comfyui.stall_minutes.",
		idle_minutes(slot));
	(void)executor_leave_to_chore(executor, slot);
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
	} else if (executor->now - slot->progress_at < executor_patience(executor, slot)) {
		slot->stalled_at = 0;
	} else {
		slot->interrupt = true;
		slot->retry_at = executor->now;
	}
}

void executor_found_as(struct executor *executor, struct executor_slot *slot,
	struct executor_chore *chore, const char *prompt_id)
{
	if (chore) {
		utf8_copy(chore->prompt_id, sizeof(chore->prompt_id), text_from(prompt_id));
		return;
	}
	utf8_copy(slot->prompt_id, sizeof(slot->prompt_id), text_from(prompt_id));
	if (slot->dropped)
		(void)executor_leave_to_chore(executor, slot);
}

void executor_found_stray(struct executor *executor, const char *prompt_id)
{
	/* Where there is no room for it now, it will be found again. */
	(void)executor_add_chore(executor, prompt_id, "", false);
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
	if (!executor_settle(executor, slot) || has_ended(executor, slot))
		return;
	if (place == EXECUTOR_NOWHERE) {
		slot->left_queue = true;
		return;
	}
	if (slot->stage == EXECUTOR_UNSURE)
		executor_go_to(executor, slot, EXECUTOR_SUBMITTED);
	slot->absent = 0;
	slot->may_arrive = false;
	slot->ahead = place == EXECUTOR_PENDING ? ahead : 0;
	if (place == EXECUTOR_RUNNING && !slot->started_at)
		slot->started_at = slot->progress_at = executor->now;
	slot->withdraw = place == EXECUTOR_PENDING && slot->stopping;
	if (slot->interrupted_at && executor->now - slot->interrupted_at > HUNG_AFTER) {
		give_up_hung(executor, slot);
		return;
	}
	if (!slot->withdraw)
		executor_look_later(executor, slot);
	if (slot->stalled_at && !slot->interrupted_at)
		see_stalled(executor, slot, place);
}

void executor_cancelled(
	struct executor *executor, struct executor_slot *slot, struct executor_chore *chore)
{
	if (chore) {
		executor_settle_chore(executor, chore, FIRST_LOOK);
		/* It ends at the next step of the sampler, or when a model is loaded. */
		if (chore->interrupt)
			chore->retry_at = executor->now + SECOND;
		if (chore->interrupt && !chore->interrupted_at)
			chore->interrupted_at = executor->now;
		chore->withdraw = false;
		chore->interrupt = false;
		return;
	}
	if (!executor_settle(executor, slot))
		return;
	if (slot->interrupt)
		slot->interrupted_at = executor->now;
	slot->withdraw = false;
	slot->interrupt = false;
	slot->heard = false;
	slot->pause = 0;
	executor_look_later(executor, slot);
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
	if (!executor_settle(executor, slot))
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
	/* Twice: a submission may still have been on its way. */
	if (++slot->absent < 2)
		slot->retry_at = executor->now + (slot->may_arrive ? LATE_ARRIVAL : FIRST_LOOK);
	else if (slot->interrupted_at)
		executor_history_interrupted(executor, slot);
	else if (slot->picture.filename[0])
		executor_go_to(executor, slot, EXECUTOR_FETCHING);
	else if (slot->salvageable)
		executor_go_to(executor, slot, EXECUTOR_SALVAGING);
	else
		begin_anew(executor, slot);
}

/* --- How it ended ------------------------------------------------------------------------------
 */

void executor_history_success(struct executor *executor, struct executor_slot *slot,
	const struct comfyui_picture *picture)
{
	if (!executor_settle(executor, slot))
		return;
	executor_note_end(executor, slot);
	if (!picture) {
		executor_ends(executor, slot, EXECUTOR_FAILING, "no_image",
			"ComfyUI finished without an image from the template's save_image node; "
			"render the workflow once in ComfyUI to see why that node saves none.");
		return;
	}
	slot->picture = *picture;
	executor_go_to(executor, slot, EXECUTOR_FETCHING);
}

static void end_short_of_memory(
	struct executor *executor, struct executor_slot *slot, const char *message)
{
	char whole[sizeof(slot->fault.message)];

	if (++executor->shortages < SHORTAGE_LIMIT) {
		executor_ends(executor, slot, EXECUTOR_FAILING, "out_of_memory", message);
		return;
	}
	executor->shortages = 0;
	(void)snprintf(whole, sizeof(whole),
		"The graphics card's memory did not do for %d images in a row, each of them tried "
		"twice. Give ComfyUI more of it, or render smaller images. %s",
		SHORTAGE_LIMIT, message);
	executor_ends(executor, slot, EXECUTOR_FAILING_JOB, "out_of_memory", whole);
}

void executor_history_failed(struct executor *executor, struct executor_slot *slot,
	bool out_of_memory, const char *message)
{
	if (!executor_settle(executor, slot))
		return;
	executor_note_end(executor, slot);
	if (!out_of_memory) {
		executor_ends(executor, slot, EXECUTOR_FAILING, "execution_error", message);
	} else if (slot->freed_once) {
		end_short_of_memory(executor, slot, message);
	} else {
		slot->freed_once = true;
		slot->free_first = true;
		executor_go_to(executor, slot, EXECUTOR_RENEWING);
	}
}

void executor_history_interrupted(struct executor *executor, struct executor_slot *slot)
{
	char message[256];

	if (!executor_settle(executor, slot))
		return;
	executor_note_end(executor, slot);
	if (!slot->interrupted_at) {
		executor_ends(executor, slot, EXECUTOR_FAILING, "interrupted",
			"Somebody cancelled the image in ComfyUI; retry it to have it made.");
		return;
	}
	(void)snprintf(message, sizeof(message),
		"ComfyUI made no progress for %lld minutes; the image was interrupted. Retry it; "
		"if a step takes longer than that, raise comfyui.stall_minutes.",
		idle_minutes(slot));
	executor_ends(executor, slot, EXECUTOR_FAILING, "stalled", message);
}

/* --- The picture -------------------------------------------------------------------------------
 */

void executor_fetched(struct executor *executor, struct executor_slot *slot)
{
	if (!executor_settle(executor, slot))
		return;
	executor_note_end(executor, slot);
	executor->shortages = 0;
	executor_go_to(executor, slot, EXECUTOR_SAVING);
}

/* The pause before the next try, doubled from one to the next. */
static int64_t fetch_pause(const struct executor_slot *slot, bool gone)
{
	int64_t pause = gone ? FIRST_GONE_FETCH : FIRST_FETCH;
	int64_t last = gone ? LAST_GONE_FETCH : LAST_FETCH;

	for (unsigned i = 1; i < slot->failed_requests; i++)
		pause *= 2;
	return pause < last ? pause : last;
}

void executor_fetch_failed(
	struct executor *executor, struct executor_slot *slot, bool gone, const char *message)
{
	if (!executor_settle(executor, slot))
		return;
	if (slot->stage == EXECUTOR_SALVAGING) {
		begin_anew(executor, slot);
	} else if (++slot->failed_requests < FETCH_LIMIT) {
		slot->retry_at = executor->now + fetch_pause(slot, gone);
	} else if (gone && !slot->remade) {
		/* Somebody has tidied ComfyUI's directory up. */
		slot->remade = true;
		begin_anew(executor, slot);
	} else {
		executor_ends(executor, slot, EXECUTOR_FAILING, "image_unavailable", message);
	}
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

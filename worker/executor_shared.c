/* What the files of the executor share. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "executor_internal.h"

void executor_init(struct executor *executor, int64_t now, int64_t stall, uint32_t random)
{
	*executor = (struct executor){
		.now = now,
		.stall = stall,
		.random = random | 1,
		.comfyui.longest = LAST_RETRY,
		.disk.longest = LAST_RETRY,
		.store.longest = LAST_STORE_RETRY,
		.renamed_at = now - RENAME_PAUSE,
		.probe_wanted = true,
		/* Whatever a worker before this one has recorded is to be recorded anew. */
		.told_reason = "?",
	};
}

void executor_at(struct executor *executor, int64_t now)
{
	executor->now = now;
}

/* --- Trouble -----------------------------------------------------------------------------------
 */

int64_t executor_later(struct executor *executor, int64_t pause)
{
	/* Marsaglia's xorshift: several workers' tries must not fall together, no more. */
	executor->random ^= executor->random << 13;
	executor->random ^= executor->random >> 17;
	executor->random ^= executor->random << 5;
	return executor->now + pause / 2 + (int64_t)(executor->random % 1024) * (pause / 2) / 1024;
}

void executor_raise(struct executor *executor, struct executor_trouble *trouble, const char *reason)
{
	/* Requests that were under way together fail together. */
	if (!executor_is_blocked(executor, trouble)) {
		trouble->since = trouble->present ? trouble->since : executor->now;
		trouble->pause = trouble->present ? trouble->pause * 2 : FIRST_RETRY;
		if (trouble->pause > trouble->longest)
			trouble->pause = trouble->longest;
		trouble->present = true;
		trouble->retry_at = executor_later(executor, trouble->pause);
	}
	utf8_copy(trouble->reason, sizeof(trouble->reason), text_from(reason));
}

bool executor_can_store(const struct executor *executor)
{
	return !executor_is_blocked(executor, &executor->store);
}

/* --- Requests ----------------------------------------------------------------------------------
 */

/* ComfyUI has answered. Where it had not before, what is known of it is to be renewed. */
static void note_answer(struct executor *executor)
{
	if (executor->comfyui.present)
		executor->probe_wanted = true;
	executor->comfyui.present = false;
}

bool executor_settle(struct executor *executor, struct executor_slot *slot)
{
	if (slot->busy)
		note_answer(executor);
	slot->busy = false;
	return !slot->dropped;
}

void executor_settle_chore(struct executor *executor, struct executor_chore *chore, int64_t pause)
{
	note_answer(executor);
	executor->chore_busy = false;
	chore->retry_at = executor->now + pause;
}

void executor_look_later(struct executor *executor, struct executor_slot *slot)
{
	slot->pause = slot->pause ? slot->pause * 3 / 2 : FIRST_LOOK;
	if (slot->pause > LAST_LOOK)
		slot->pause = LAST_LOOK;
	slot->retry_at = executor->now + (slot->heard ? QUIET_LOOK : slot->pause);
}

void executor_forget_interrupts(struct executor *executor)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		executor->slots[i].interrupt = false;
	for (size_t i = 0; i < EXECUTOR_CHORES; i++)
		executor->chores[i].interrupt = false;
}

/* --- Slots -------------------------------------------------------------------------------------
 */

struct executor_slot *executor_free_slot(struct executor *executor)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (executor->slots[i].stage == EXECUTOR_EMPTY)
			return &executor->slots[i];
	return NULL;
}

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
	if (!executor_settle(executor, slot))
		return;
	executor_go_to(executor, slot, stage);
	utf8_copy(slot->fault.code, sizeof(slot->fault.code), text_from(code));
	utf8_copy(slot->fault.message, sizeof(slot->fault.message), text_from(message));
}

void executor_fail_for_good(
	struct executor *executor, struct executor_slot *slot, const char *what, const char *reason)
{
	char message[sizeof(slot->fault.message)];

	(void)snprintf(message, sizeof(message), "%s %s", what, reason);
	executor_ends(executor, slot, EXECUTOR_FAILING, "comfyui_error", message);
}

void executor_note_end(struct executor *executor, struct executor_slot *slot)
{
	if (!slot->ended_at)
		slot->ended_at = executor->now;
}

int64_t executor_patience(const struct executor *executor, const struct executor_slot *slot)
{
	return slot->heard ? executor->stall : UNHEARD_STALLS * executor->stall;
}

/* --- Chores ------------------------------------------------------------------------------------
 */

bool executor_is_hung(const struct executor *executor, const struct executor_chore *chore)
{
	return chore->interrupted_at && executor->now - chore->interrupted_at > HUNG_AFTER;
}

static bool is_same(
	const struct executor_chore *chore, const char *prompt_id, const char *file_prefix)
{
	return strcmp(chore->prompt_id, prompt_id) == 0 ||
	       strcmp(chore->recorded_id, prompt_id) == 0 ||
	       (*file_prefix && strcmp(chore->file_prefix, file_prefix) == 0);
}

struct executor_chore *executor_add_chore(
	struct executor *executor, const char *prompt_id, const char *file_prefix, bool recorded)
{
	struct executor_chore *chore = NULL;

	for (size_t i = 0; i < EXECUTOR_CHORES; i++) {
		struct executor_chore *other = &executor->chores[i];

		if (other->prompt_id[0] && is_same(other, prompt_id, file_prefix)) {
			chore = other;
			break;
		}
		if (!other->prompt_id[0] && !chore)
			chore = other;
	}
	if (!chore)
		return NULL;
	if (!chore->prompt_id[0])
		*chore = (struct executor_chore){.retry_at = executor->now};
	/* What the database calls it is not what ComfyUI does. */
	if (!chore->prompt_id[0] || (!recorded && strcmp(chore->prompt_id, prompt_id) != 0)) {
		utf8_copy(chore->prompt_id, sizeof(chore->prompt_id), text_from(prompt_id));
		chore->gone = false;
	}
	if (*file_prefix)
		utf8_copy(chore->file_prefix, sizeof(chore->file_prefix), text_from(file_prefix));
	if (recorded)
		utf8_copy(chore->recorded_id, sizeof(chore->recorded_id), text_from(prompt_id));
	return chore;
}

bool executor_leave_to_chore(struct executor *executor, const struct executor_slot *slot)
{
	struct executor_chore *chore =
		executor_add_chore(executor, slot->prompt_id, slot->file_prefix, false);

	if (chore) {
		chore->may_arrive = chore->may_arrive || slot->may_arrive;
		if (slot->interrupted_at)
			chore->interrupted_at = slot->interrupted_at;
	}
	return chore != NULL;
}

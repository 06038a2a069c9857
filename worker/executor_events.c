/* The executor, when the WebSocket says something. */
#include <string.h>

#include "executor.h"
#include "executor_internal.h"

static void see_connection(struct executor *executor, bool connected)
{
	executor->connecting = false;
	executor->connected = connected;
	executor->deaf = false;
	executor->heard_at = executor->now;
	executor->probe_wanted = true;
	if (connected) {
		executor->connect_pause = 0;
		if (executor->comfyui.present)
			executor->comfyui.retry_at = executor->now;
	} else {
		executor->connect_pause =
			executor->connect_pause ? executor->connect_pause * 2 : FIRST_RETRY;
		if (executor->connect_pause > LAST_RETRY)
			executor->connect_pause = LAST_RETRY;
		executor->connect_at = executor_later(executor, executor->connect_pause);
	}
	/* What was said meanwhile was said to nobody. */
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		struct executor_slot *slot = &executor->slots[i];

		slot->heard = false;
		slot->pause = 0;
		if (slot->stage == EXECUTOR_SUBMITTED && !slot->busy)
			slot->retry_at = executor->now;
	}
}

static void look_at_all(struct executor *executor)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (executor->slots[i].stage == EXECUTOR_SUBMITTED && !executor->slots[i].busy)
			executor->slots[i].retry_at = executor->now;
}

/* The prompt has left the queue, and its history is there. */
static void see_end(struct executor *executor, struct executor_slot *slot)
{
	executor_note_end(executor, slot);
	if (slot->stage == EXECUTOR_SUBMITTED && !slot->busy)
		executor_go_to(executor, slot, EXECUTOR_RENDERED);
}

static void see_prompt(
	struct executor *executor, struct executor_slot *slot, const struct comfyui_event *event)
{
	int64_t latest = slot->looked_at + LIVE_LOOK;
	int64_t quiet = executor->now + QUIET_LOOK;

	slot->heard = true;
	slot->progress_at = executor->now;
	slot->ahead = 0;
	if (!slot->started_at)
		slot->started_at = executor->now;
	if (!slot->busy && slot->stage == EXECUTOR_SUBMITTED && !slot->stopping &&
		!slot->stalled_at)
		slot->retry_at = quiet < latest ? quiet : latest;
	switch (event->type) {
	case COMFYUI_EVENT_PICTURE:
		if (strcmp(event->node, slot->save_node) == 0 && event->picture.filename[0])
			slot->picture = event->picture;
		break;
	case COMFYUI_EVENT_FAILED:
	case COMFYUI_EVENT_SUCCEEDED:
	case COMFYUI_EVENT_INTERRUPTED:
		/* The end is said right after, when the history is there; if it is heard. */
		if (slot->stage == EXECUTOR_SUBMITTED)
			slot->retry_at = executor->now + FIRST_LOOK;
		break;
	case COMFYUI_EVENT_ENDED:
		see_end(executor, slot);
		break;
	default:
		break;
	}
}

struct executor_slot *executor_event(struct executor *executor, const struct comfyui_event *event)
{
	switch (event->type) {
	case COMFYUI_EVENT_CONNECTED:
	case COMFYUI_EVENT_DISCONNECTED:
		see_connection(executor, event->type == COMFYUI_EVENT_CONNECTED);
		return NULL;
	case COMFYUI_EVENT_LOST:
		look_at_all(executor);
		return NULL;
	default:
		executor->heard_at = executor->now;
		executor->deaf = false;
	}
	for (size_t i = 0; event->prompt_id[0] && i < EXECUTOR_SLOTS; i++) {
		struct executor_slot *slot = &executor->slots[i];

		if ((slot->stage != EXECUTOR_READY && slot->stage != EXECUTOR_UNSURE &&
			    slot->stage != EXECUTOR_SUBMITTED) ||
			strcmp(slot->prompt_id, event->prompt_id) != 0)
			continue;
		see_prompt(executor, slot, event);
		return slot;
	}
	return NULL;
}

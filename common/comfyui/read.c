#include <stdlib.h>

#include "base/limits.h"
#include "comfyui/answer.h"
#include "comfyui/calls.h"
#include "comfyui/json.h"

bool comfyui_read_system(struct arena *arena, struct comfyui_response *response,
	struct comfyui_system *system, struct error *error)
{
	struct text found;
	const struct json *json;

	if (!comfyui_answer_is_json(response, 200, error))
		return false;
	found = comfyui_json_member(buffer_text(&response->body), "system");
	json = comfyui_answer_parse(arena, found);
	if (!json || json->type != JSON_OBJECT)
		return comfyui_answer_senseless(response, error);
	system->version = comfyui_answer_string(json, "comfyui_version");
	if (system->version.length == 0)
		system->version = TEXT("unknown");
	return true;
}

/* --- The queue ---------------------------------------------------------------------------------
 */

/* One entry of the queue: [number, id, …]. */
struct entry {
	double number;
	bool is_ours;
};

static bool read_entry(struct text source, struct text prompt_id, struct entry *entry)
{
	struct comfyui_items items;

	comfyui_items_begin(&items, source);
	if (items.is_object || !comfyui_items_next(&items))
		return false;
	/* The source goes on behind it, so that there is an end to what strtod reads. */
	entry->number = strtod(items.value.at, NULL);
	if (!comfyui_items_next(&items) || items.value.length < 2 || *items.value.at != '"')
		return false;
	entry->is_ours =
		text_equal((struct text){items.value.at + 1, items.value.length - 2}, prompt_id);
	return true;
}

/* Counts the entries of a list, finding ours. False if it is no such list. */
static bool read_entries(struct text list, struct text prompt_id, size_t *count, struct entry *ours)
{
	struct comfyui_items items;

	comfyui_items_begin(&items, list);
	while (!items.is_object && comfyui_items_next(&items)) {
		struct entry entry;

		if (!read_entry(items.value, prompt_id, &entry))
			return false;
		++*count;
		if (entry.is_ours)
			*ours = entry;
	}
	return !items.is_object && !items.failed;
}

static size_t count_before(struct text list, double number)
{
	size_t count = 0;
	struct comfyui_items items;

	comfyui_items_begin(&items, list);
	while (comfyui_items_next(&items)) {
		struct entry entry;

		count += read_entry(items.value, TEXT(""), &entry) && entry.number < number;
	}
	return count;
}

bool comfyui_read_queue(struct comfyui_response *response, struct text prompt_id,
	struct comfyui_queue *queue, struct error *error)
{
	struct entry running = {0};
	struct entry pending = {0};
	struct text running_list;
	struct text pending_list;

	*queue = (struct comfyui_queue){0};
	if (!comfyui_answer_is_json(response, 200, error))
		return false;
	running_list = comfyui_json_member(buffer_text(&response->body), "queue_running");
	pending_list = comfyui_json_member(buffer_text(&response->body), "queue_pending");
	if (!running_list.at || !pending_list.at ||
		!read_entries(running_list, prompt_id, &queue->running, &running) ||
		!read_entries(pending_list, prompt_id, &queue->pending, &pending))
		return comfyui_answer_senseless(response, error);
	if (running.is_ours) {
		queue->place = COMFYUI_RUNNING;
	} else if (pending.is_ours) {
		queue->place = COMFYUI_PENDING;
		queue->ahead = queue->running + count_before(pending_list, pending.number);
	}
	return true;
}

/* --- The picture, and nothing ------------------------------------------------------------------
 */

bool comfyui_read_view(const struct comfyui_response *response, struct error *error)
{
	if (response->status == 200)
		return true;
	if (response->status == 404 && response->body.length == 0)
		return error_set(error, ERROR_NOT_FOUND, "image_gone",
			"ComfyUI no longer has the image that it made.");
	if (response->status == 400)
		return error_set(error, ERROR_INVALID, "image_refused",
			"ComfyUI saved the image under a name that it does not give out.");
	return comfyui_answer_refuse(response, error);
}

bool comfyui_read_nothing(const struct comfyui_response *response, struct error *error)
{
	return response->status == 200 || comfyui_answer_refuse(response, error);
}

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

/* One entry of the queue: [number, id, prompt, …]. */
struct entry {
	double number;
	struct text id;
	struct text prompt;
};

static bool read_entry(struct text source, struct entry *entry)
{
	struct comfyui_items items;

	comfyui_items_begin(&items, source);
	if (items.is_object || !comfyui_items_next(&items))
		return false;
	/* The source goes on behind it, so that there is an end to what strtod reads. */
	entry->number = strtod(items.value.at, NULL);
	if (!comfyui_items_next(&items) || items.value.length < 2 || *items.value.at != '"')
		return false;
	entry->id = (struct text){items.value.at + 1, items.value.length - 2};
	entry->prompt = comfyui_items_next(&items) ? items.value : TEXT("");
	return true;
}

/* True if a string of the prompt begins with `begin`; `whole`: and ends with it. */
static bool has_string(struct text prompt, struct text begin, bool whole)
{
	while (begin.length) {
		const char *found = memmem(prompt.at, prompt.length, begin.at, begin.length);
		const char *behind;

		if (!found)
			return false;
		behind = found + begin.length;
		if (found > prompt.at && found[-1] == '"' && behind < prompt.at + prompt.length &&
			(!whole || *behind == '"'))
			return true;
		prompt = (struct text){behind, (size_t)(prompt.at + prompt.length - behind)};
	}
	return false;
}

/* What a list has of ours. `id.at` is NULL where it has nothing. */
struct ours {
	struct entry by_id;
	struct entry by_prefix;
	struct text stray_id;
};

/* Counts the entries of a list, finding ours. False if it is no such list. */
static bool read_entries(
	struct text list, const struct comfyui_sought *sought, size_t *count, struct ours *ours)
{
	struct comfyui_items items;

	comfyui_items_begin(&items, list);
	while (!items.is_object && comfyui_items_next(&items)) {
		struct entry entry;

		if (!read_entry(items.value, &entry))
			return false;
		++*count;
		if (text_equal(entry.id, sought->prompt_id))
			ours->by_id = entry;
		else if (has_string(entry.prompt, sought->file_prefix, true))
			ours->by_prefix = entry;
		else if (has_string(entry.prompt, sought->item_prefix, false))
			ours->stray_id = entry.id;
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

		count += read_entry(items.value, &entry) && entry.number < number;
	}
	return count;
}

bool comfyui_read_queue(struct comfyui_response *response, const struct comfyui_sought *sought,
	struct comfyui_queue *queue, struct error *error)
{
	struct ours running = {0};
	struct ours pending = {0};
	const struct entry *found = NULL;
	struct text running_list;
	struct text pending_list;

	*queue = (struct comfyui_queue){.prompt_id = sought->prompt_id};
	if (!comfyui_answer_is_json(response, 200, error))
		return false;
	running_list = comfyui_json_member(buffer_text(&response->body), "queue_running");
	pending_list = comfyui_json_member(buffer_text(&response->body), "queue_pending");
	if (!running_list.at || !pending_list.at ||
		!read_entries(running_list, sought, &queue->running, &running) ||
		!read_entries(pending_list, sought, &queue->pending, &pending))
		return comfyui_answer_senseless(response, error);
	if (running.by_id.id.at || pending.by_id.id.at)
		found = running.by_id.id.at ? &running.by_id : &pending.by_id;
	else if (running.by_prefix.id.at || pending.by_prefix.id.at)
		found = running.by_prefix.id.at ? &running.by_prefix : &pending.by_prefix;
	queue->stray_id = running.stray_id.at ? running.stray_id : pending.stray_id;
	if (!found)
		return true;
	queue->prompt_id = found->id;
	queue->place = found == &running.by_id || found == &running.by_prefix ? COMFYUI_RUNNING
									      : COMFYUI_PENDING;
	if (queue->place == COMFYUI_PENDING)
		queue->ahead = queue->running + count_before(pending_list, found->number);
	return true;
}

/* --- The picture, and nothing ------------------------------------------------------------------
 */

bool comfyui_read_view(const struct comfyui_response *response, struct error *error)
{
	if (response->status == 200 &&
		text_starts_with(text_from(response->content_type), TEXT("image/")))
		return true;
	if (response->status == 404 && response->body.length == 0)
		return error_set(error, ERROR_NOT_FOUND, "image_gone",
			"ComfyUI no longer has the image that it made.");
	if (response->status == 400)
		return error_set(error, ERROR_INVALID, "image_refused",
			"ComfyUI saved the image under a name that it does not give out.");
	return comfyui_answer_refuse(response, "an image", error);
}

bool comfyui_read_nothing(const struct comfyui_response *response, struct error *error)
{
	return response->status == 200 || comfyui_answer_refuse(response, "nothing", error);
}

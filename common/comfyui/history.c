#include "comfyui/answer.h"
#include "comfyui/calls.h"
#include "comfyui/json.h"

/* True if a member's key, as written, is that of the node. */
static bool is_key_of(struct arena *arena, struct text key, struct text node)
{
	const struct json *parsed;

	if (!memchr(key.at, '\\', key.length))
		return text_equal(key, node);
	parsed = comfyui_answer_parse(arena, (struct text){key.at - 1, key.length + 2});
	return parsed && parsed->type == JSON_STRING && text_equal(parsed->string, node);
}

/* What the node has made, of `outputs`; NULL if that is nothing, or nothing that can be read. */
static const struct json *find_output(struct arena *arena, struct text outputs, struct text node)
{
	struct text found = {NULL, 0};
	struct comfyui_items items;

	comfyui_items_begin(&items, outputs);
	while (comfyui_items_next(&items))
		if (is_key_of(arena, items.key, node))
			found = items.value;
	return comfyui_answer_parse(arena, found);
}

struct images {
	struct comfyui_image *items;
	size_t count;
	size_t capacity;
};

/* Adds what a node has made: {"images": [{"filename": …, "subfolder": …, "type": …}]}. */
static bool add_images(struct arena *arena, const struct json *output, struct images *made)
{
	const struct json *images = json_member(output, "images");

	if (!images || images->type != JSON_ARRAY)
		return true;
	for (const struct json *image = images->first; image; image = image->next) {
		struct comfyui_image found = {
			.filename = comfyui_answer_string(image, "filename"),
			.subfolder = comfyui_answer_string(image, "subfolder"),
			.type = comfyui_answer_string(image, "type"),
		};

		if (found.filename.length == 0)
			continue;
		if (!arena_grow(arena, &made->items, &made->capacity, made->count,
			    sizeof(*made->items)))
			return false;
		made->items[made->count++] = found;
	}
	return true;
}

/* "CheckpointLoaderSimple (node 4): what it says" */
static struct text sentence(struct arena *arena, const struct json *data)
{
	struct text type = comfyui_answer_string(data, "node_type");
	struct text node = comfyui_answer_string(data, "node_id");
	struct text words = comfyui_answer_string(data, "exception_message");
	char *made;

	while (words.length && strchr(" \n\r\t", words.at[words.length - 1]))
		words.length--;
	made = arena_printf(arena, "%.*s (node %.*s): %.*s", TEXT_ARGUMENTS(type),
		TEXT_ARGUMENTS(node),
		TEXT_ARGUMENTS(
			words.length ? words : comfyui_answer_string(data, "exception_type")));
	return text_from(made);
}

/* The lines of Python's traceback, each with its end, as one text; what has no memory is left out.
 */
static struct text read_traceback(struct arena *arena, const struct json *data)
{
	const struct json *lines = json_member(data, "traceback");
	struct text joined = {"", 0};
	size_t length = 0;
	char *at;

	if (!lines || lines->type != JSON_ARRAY)
		return joined;
	for (const struct json *line = lines->first; line; line = line->next)
		length += line->type == JSON_STRING ? line->string.length : 0;
	at = length ? arena_alloc(arena, length) : NULL;
	if (!at)
		return joined;
	joined = (struct text){at, length};
	for (const struct json *line = lines->first; line; line = line->next) {
		if (line->type != JSON_STRING)
			continue;
		memcpy(at, line->string.at, line->string.length);
		at += line->string.length;
	}
	return joined;
}

/* Reads one of status.messages: ["execution_error", {…}]. */
static void read_message(
	struct arena *arena, const struct json *message, struct comfyui_history *history)
{
	const struct json *data;
	struct text name;

	if (message->type != JSON_ARRAY || message->count < 2 ||
		message->first->type != JSON_STRING)
		return;
	name = message->first->string;
	data = message->first->next;
	if (text_equal(name, TEXT("execution_interrupted"))) {
		history->outcome = COMFYUI_INTERRUPTED;
		history->message = TEXT("The prompt was cancelled in ComfyUI.");
	} else if (text_equal(name, TEXT("execution_error")) &&
		   history->outcome != COMFYUI_INTERRUPTED) {
		history->outcome = COMFYUI_FAILED;
		history->error_type = comfyui_answer_string(data, "exception_type");
		history->out_of_memory =
			text_ends_with(history->error_type, TEXT("OutOfMemoryError"));
		history->message = sentence(arena, data);
		history->traceback = read_traceback(arena, data);
	}
}

/* Interrupted over failed over succeeded: what the status word says last is not to be relied on. */
static void read_status(struct arena *arena, struct text status, struct comfyui_history *history)
{
	/* A node's error may hold anything: what cannot be parsed still has its word. */
	const struct json *messages = json_member(comfyui_answer_parse(arena, status), "messages");
	struct text word = comfyui_json_member(status, "status_str");

	history->outcome = text_equal(word, TEXT("\"error\"")) ? COMFYUI_FAILED : COMFYUI_SUCCEEDED;
	history->message = history->outcome == COMFYUI_FAILED
				   ? TEXT("ComfyUI reports an error without a reason.")
				   : TEXT("");
	if (!messages || messages->type != JSON_ARRAY)
		return;
	for (const struct json *message = messages->first; message; message = message->next)
		read_message(arena, message, history);
}

static bool is_object(struct text value)
{
	return value.at && value.length && *value.at == '{';
}

/* The entry of the prompt; `at` NULL if there is none. False if what there is breaks off. */
static bool find_entry(
	const struct comfyui_response *response, struct text prompt_id, struct text *entry)
{
	struct comfyui_items items;

	*entry = (struct text){NULL, 0};
	comfyui_items_begin(&items, buffer_text(&response->body));
	while (comfyui_items_next(&items))
		if (text_equal(items.key, prompt_id))
			*entry = items.value;
	return !items.failed;
}

bool comfyui_read_history(struct arena *arena, struct comfyui_response *response,
	struct text prompt_id, struct text node, struct comfyui_history *history,
	struct error *error)
{
	struct images made = {0};
	struct text entry;
	struct text outputs;
	bool whole;

	*history = (struct comfyui_history){0};
	if (!comfyui_answer_is_json(response, 200, error))
		return false;
	whole = find_entry(response, prompt_id, &entry);
	if (whole && !entry.at)
		return true;
	outputs = comfyui_json_member(entry, "outputs");
	if (!whole || !is_object(outputs)) {
		history->outcome = COMFYUI_UNREADABLE;
		history->message = TEXT("What its history says of the image cannot be read.");
		return true;
	}
	read_status(arena, comfyui_json_member(entry, "status"), history);
	if (!add_images(arena, find_output(arena, outputs, node), &made))
		return error_memory(error);
	history->images = made.items;
	history->image_count = made.count;
	return true;
}

bool comfyui_read_files(struct arena *arena, struct comfyui_response *response,
	struct text prompt_id, struct comfyui_image **images, size_t *count, struct error *error)
{
	struct images made = {0};
	struct comfyui_items items;
	struct text entry;
	struct text outputs;

	*images = NULL;
	*count = 0;
	if (!comfyui_answer_is_json(response, 200, error))
		return false;
	(void)find_entry(response, prompt_id, &entry);
	outputs = comfyui_json_member(entry, "outputs");
	if (!is_object(outputs))
		return true;
	comfyui_items_begin(&items, outputs);
	while (comfyui_items_next(&items))
		if (!add_images(arena, comfyui_answer_parse(arena, items.value), &made))
			return error_memory(error);
	*images = made.items;
	*count = made.count;
	return true;
}

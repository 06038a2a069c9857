#include "comfyui/event.h"

#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

/* A field that does not fit is left empty: half a name is a wrong name. */
static void take_string(const struct json *object, const char *name, char *to, size_t size)
{
	const struct json *value = json_member(object, name);

	to[0] = '\0';
	if (!value || value->type != JSON_STRING || value->string.length >= size ||
		memchr(value->string.at, '\0', value->string.length))
		return;
	memcpy(to, value->string.at, value->string.length);
	to[value->string.length] = '\0';
}

static void take_message(const struct json *data, struct comfyui_event *event)
{
	const struct json *value = json_member(data, "exception_message");

	if (value && value->type == JSON_STRING)
		utf8_copy(event->message, sizeof(event->message), value->string);
}

static int64_t take_number(const struct json *object, const char *name)
{
	const struct json *value = json_member(object, name);

	if (!value || value->type == JSON_STRING)
		return 0;
	if (value->type == JSON_INTEGER)
		return value->integer;
	/* Python's progress is a float now and then. */
	if (value->type == JSON_NUMBER && value->number >= 0 && value->number < 1e15)
		return (int64_t)value->number;
	return 0;
}

static void take_status(const struct json *data, struct comfyui_event *event)
{
	const struct json *queue = json_member(json_member(data, "status"), "exec_info");

	event->value = take_number(queue, "queue_remaining");
}

static void take_executing(const struct json *data, struct comfyui_event *event)
{
	const struct json *node = json_member(data, "node");

	take_string(data, "node", event->node, sizeof(event->node));
	if (node && node->type == JSON_NULL)
		event->type = COMFYUI_EVENT_ENDED;
}

static void take_progress(const struct json *data, struct comfyui_event *event)
{
	take_string(data, "node", event->node, sizeof(event->node));
	event->value = take_number(data, "value");
	event->maximum = take_number(data, "max");
}

static void take_picture(const struct json *data, struct comfyui_event *event)
{
	const struct json *images = json_member(json_member(data, "output"), "images");
	const struct json *first = images && images->type == JSON_ARRAY ? images->first : NULL;
	struct comfyui_picture *picture = &event->picture;

	take_string(data, "node", event->node, sizeof(event->node));
	if (!first) {
		event->type = COMFYUI_EVENT_OTHER;
		return;
	}
	take_string(first, "filename", picture->filename, sizeof(picture->filename));
	take_string(first, "subfolder", picture->subfolder, sizeof(picture->subfolder));
	take_string(first, "type", picture->type, sizeof(picture->type));
}

static const struct {
	const char *name;
	enum comfyui_event_type type;
	void (*take)(const struct json *data, struct comfyui_event *event);
} MESSAGES[] = {
	{"status", COMFYUI_EVENT_STATUS, take_status},
	{"execution_start", COMFYUI_EVENT_STARTED, NULL},
	{"executing", COMFYUI_EVENT_NODE, take_executing},
	{"progress", COMFYUI_EVENT_PROGRESS, take_progress},
	{"executed", COMFYUI_EVENT_PICTURE, take_picture},
	{"execution_success", COMFYUI_EVENT_SUCCEEDED, NULL},
	{"execution_error", COMFYUI_EVENT_FAILED, take_message},
	{"execution_interrupted", COMFYUI_EVENT_INTERRUPTED, NULL},
};

void comfyui_event_parse(struct arena *arena, struct text frame, struct comfyui_event *event)
{
	struct error error;
	const struct json *message = json_parse(arena, frame, LIMIT_JSON_DEPTH, &error);
	const struct json *type = json_member(message, "type");
	const struct json *data = json_member(message, "data");

	*event = (struct comfyui_event){.type = COMFYUI_EVENT_OTHER};
	if (!type || type->type != JSON_STRING)
		return;
	for (size_t i = 0; i < sizeof(MESSAGES) / sizeof(*MESSAGES); i++) {
		if (!text_equal(type->string, text_from(MESSAGES[i].name)))
			continue;
		event->type = MESSAGES[i].type;
		take_string(data, "prompt_id", event->prompt_id, sizeof(event->prompt_id));
		if (MESSAGES[i].take)
			MESSAGES[i].take(data, event);
		return;
	}
}

bool comfyui_event_supersedes(
	const struct comfyui_event *later, const struct comfyui_event *earlier)
{
	if (later->type != earlier->type)
		return false;
	if (later->type == COMFYUI_EVENT_STATUS)
		return true;
	return later->type == COMFYUI_EVENT_PROGRESS &&
	       strcmp(later->prompt_id, earlier->prompt_id) == 0 &&
	       strcmp(later->node, earlier->node) == 0;
}

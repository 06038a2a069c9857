#include <stdio.h>

#include "base/limits.h"
#include "comfyui/answer.h"
#include "comfyui/calls.h"

/* The first error of a node, or NULL. */
static const struct json *first_error(const struct json *node)
{
	const struct json *errors = json_member(node, "errors");

	return errors && errors->type == JSON_ARRAY ? errors->first : NULL;
}

static size_t count_errors(const struct json *nodes)
{
	size_t count = 0;

	for (const struct json *node = nodes->first; node; node = node->next) {
		const struct json *errors = json_member(node, "errors");

		count += errors && errors->type == JSON_ARRAY ? errors->count : 0;
	}
	return count;
}

/* "Value not in list: unet_name: 'x' not in [...]", and of which node. */
static struct text describe(
	struct arena *arena, const struct json *node, const struct json *fault, size_t others)
{
	struct text details = comfyui_answer_string(fault, "details");
	struct text class = comfyui_answer_string(node, "class_type");
	char more[48] = "";

	if (others)
		(void)snprintf(more, sizeof(more), " (and %zu more)", others);
	return text_from(arena_printf(arena, "%.*s (node %.*s): %.*s%s%.*s%s",
		TEXT_ARGUMENTS(class), TEXT_ARGUMENTS(node->name),
		TEXT_ARGUMENTS(comfyui_answer_string(fault, "message")), details.length ? ": " : "",
		TEXT_ARGUMENTS(details), more));
}

static enum comfyui_refusal refusal_of(const struct json *error)
{
	struct text type = comfyui_answer_string(error, "type");

	if (text_equal(type, TEXT("value_not_in_list")))
		return COMFYUI_REFUSAL_VALUE;
	return text_starts_with(type, TEXT("exception_during_")) ? COMFYUI_REFUSAL_EXCEPTION
								 : COMFYUI_REFUSAL_INVALID;
}

/*
 * Takes the error to tell of: one that is not about a value before the others, since it makes every
 * prompt of the template fail.
 */
static void read_node_errors(
	struct arena *arena, const struct json *nodes, struct comfyui_submission *submission)
{
	const struct json *told = NULL;
	const struct json *fault = NULL;
	const struct json *extra;
	size_t count = count_errors(nodes);

	for (const struct json *node = nodes->first; node; node = node->next) {
		for (const struct json *error = first_error(node); error; error = error->next) {
			enum comfyui_refusal refusal = refusal_of(error);

			if (fault && (refusal != COMFYUI_REFUSAL_INVALID ||
					     submission->refusal == COMFYUI_REFUSAL_INVALID))
				continue;
			told = node;
			fault = error;
			submission->refusal = refusal;
		}
	}
	if (!fault)
		return;
	extra = json_member(fault, "extra_info");
	submission->node = told->name;
	submission->input = comfyui_answer_string(extra, "input_name");
	submission->message = describe(arena, told, fault, count - 1);
	if (submission->refusal == COMFYUI_REFUSAL_VALUE)
		submission->value = comfyui_answer_string(extra, "received_value");
}

/* The error of the prompt as a whole, where no node has one. */
static void read_error(
	struct arena *arena, const struct json *error, struct comfyui_submission *submission)
{
	struct text type = comfyui_answer_string(error, "type");
	struct text words = comfyui_answer_string(error, "message");
	struct text details = comfyui_answer_string(error, "details");
	const struct json *extra = json_member(error, "extra_info");
	struct text class = comfyui_answer_string(extra, "class_type");
	bool missing = text_equal(type, TEXT("missing_node_type")) ||
		       (text_equal(type, TEXT("invalid_prompt")) &&
			       memmem(words.at, words.length, "does not exist", 14));

	submission->refusal = missing ? COMFYUI_REFUSAL_MISSING_NODE : COMFYUI_REFUSAL_INVALID;
	submission->node = comfyui_answer_string(extra, "node_id");
	/* Newer versions call the node by its title, which does not tell what to install. */
	if (missing && class.length)
		submission->message = text_from(
			arena_printf(arena, "%.*s (node %.*s): %.*s", TEXT_ARGUMENTS(class),
				TEXT_ARGUMENTS(submission->node), TEXT_ARGUMENTS(words)));
	else
		submission->message = text_from(arena_printf(arena, "%.*s%s%.*s%s",
			TEXT_ARGUMENTS(words.length ? words : type), details.length ? " (" : "",
			TEXT_ARGUMENTS(details), details.length ? ")" : ""));
}

bool comfyui_read_submission(struct arena *arena, struct comfyui_response *response,
	struct comfyui_submission *submission, struct error *error)
{
	const struct json *answer;
	const struct json *nodes;
	const struct json *whole;

	*submission = (struct comfyui_submission){0};
	if (!comfyui_answer_is_json(response, 400, error))
		return false;
	answer = json_parse(arena, buffer_text(&response->body), LIMIT_JSON_DEPTH, error);
	if (!answer)
		return error->kind == ERROR_SYSTEM ? false
						   : comfyui_answer_senseless(response, error);
	submission->prompt_id = comfyui_answer_string(answer, "prompt_id");
	submission->queued = response->status == 200 && submission->prompt_id.length > 0;
	nodes = json_member(answer, "node_errors");
	whole = json_member(answer, "error");
	if (nodes && nodes->type == JSON_OBJECT && nodes->count)
		read_node_errors(arena, nodes, submission);
	if (submission->refusal == COMFYUI_REFUSAL_NONE && !submission->queued) {
		if (!whole || whole->type != JSON_OBJECT)
			return comfyui_answer_senseless(response, error);
		read_error(arena, whole, submission);
	}
	if (submission->refusal != COMFYUI_REFUSAL_NONE && submission->message.length == 0)
		return error_memory(error);
	return true;
}

#include "base/limits.h"
#include "comfyui/answer.h"
#include "comfyui/calls.h"
#include "comfyui/json.h"

/* In VAELoader's list, and no file. */
#define NO_FILE "pixel_space"

/* The list of an input's specification: its first element, or the options of a COMBO; or NULL. */
static const struct json *list_of(const struct json *specification)
{
	const struct json *type;
	const struct json *list = NULL;

	if (!specification || specification->type != JSON_ARRAY || specification->count == 0)
		return NULL;
	type = specification->first;
	if (type->type == JSON_ARRAY)
		list = type;
	else if (type->type == JSON_STRING && text_equal(type->string, TEXT("COMBO")))
		list = json_member(type->next, "options");
	return list && list->type == JSON_ARRAY ? list : NULL;
}

/* False for what is no name, or a name whose bytes the answer could not carry. */
static bool can_be_sent_back(const struct json *value)
{
	return value->type == JSON_STRING && !text_equal(value->string, TEXT(NO_FILE)) &&
	       !memmem(value->string.at, value->string.length, "\xef\xbf\xbd", 3);
}

static bool take_values(
	struct arena *arena, const struct json *list, struct comfyui_choices *choices)
{
	choices->is_list = true;
	choices->values = arena_array(arena, list->count, sizeof(*choices->values));
	if (!choices->values)
		return false;
	for (const struct json *value = list->first; value; value = value->next)
		if (can_be_sent_back(value))
			choices->values[choices->count++] = value->string;
	return true;
}

bool comfyui_read_choices(struct arena *arena, struct comfyui_response *response, const char *class,
	const char *input, struct comfyui_choices *choices, struct error *error)
{
	static const char *const parts[] = {"required", "optional"};
	const struct json *answer;
	const struct json *known;
	const struct json *specification = NULL;

	*choices = (struct comfyui_choices){0};
	if (!comfyui_answer_is_json(response, 200, error))
		return false;
	answer = json_parse(arena, buffer_text(&response->body), LIMIT_JSON_DEPTH, error);
	if (!answer)
		return error->kind == ERROR_SYSTEM ? false
						   : comfyui_answer_senseless(response, error);
	known = json_member(answer, class);
	if (answer->count && !known)
		return comfyui_answer_senseless(response, error);
	choices->has_class = known != NULL;
	for (size_t i = 0; !specification && i < sizeof(parts) / sizeof(*parts); i++)
		specification =
			json_member(json_member(json_member(known, "input"), parts[i]), input);
	choices->has_input = specification != NULL;
	if (!list_of(specification))
		return true;
	return take_values(arena, list_of(specification), choices) || error_memory(error);
}

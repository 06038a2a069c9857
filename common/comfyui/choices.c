#include <math.h>

#include "base/limits.h"
#include "comfyui/answer.h"
#include "comfyui/calls.h"
#include "comfyui/json.h"

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
	return value->type == JSON_STRING &&
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

bool comfyui_read_class(struct arena *arena, struct comfyui_response *response, const char *class,
	const struct json **description, struct error *error)
{
	const struct json *answer;

	*description = NULL;
	if (!comfyui_answer_is_json(response, 200, error))
		return false;
	answer = json_parse(arena, buffer_text(&response->body), LIMIT_JSON_DEPTH, error);
	if (!answer)
		return error->kind == ERROR_SYSTEM ? false
						   : comfyui_answer_senseless(response, error);
	*description = json_member(answer, class);
	return *description || !answer->count || comfyui_answer_senseless(response, error);
}

/* What the class says of its input; NULL where it has none of that name. */
static const struct json *specification_of(const struct json *description, const char *input)
{
	static const char *const parts[] = {"required", "optional"};
	const struct json *inputs = json_member(description, "input");
	const struct json *specification = NULL;

	for (size_t i = 0; !specification && i < sizeof(parts) / sizeof(*parts); i++)
		specification = json_member(json_member(inputs, parts[i]), input);
	return specification;
}

/* The options of an input's specification; NULL without any. */
static const struct json *options_of(const struct json *specification)
{
	return specification && specification->type == JSON_ARRAY && specification->first
		       ? specification->first->next
		       : NULL;
}

/* Files that are uploaded may lie where the list does not look; a remote list is told elsewhere. */
static bool takes_others(const struct json *options)
{
	for (const struct json *option = options ? options->first : NULL; option;
		option = option->next)
		if (text_ends_with(option->name, TEXT("_upload")) ||
			text_equal(option->name, TEXT("remote")))
			return true;
	return false;
}

bool comfyui_class_choices(struct arena *arena, const struct json *description, const char *input,
	struct comfyui_choices *choices)
{
	const struct json *specification = specification_of(description, input);
	const struct json *list = list_of(specification);

	*choices = (struct comfyui_choices){
		.has_class = description != NULL,
		.has_input = specification != NULL,
		.takes_others = takes_others(options_of(specification)),
	};
	return !list || take_values(arena, list, choices);
}

static double bound_of(const struct json *options, const char *name, double otherwise)
{
	const struct json *bound = json_member(options, name);

	return bound && (bound->type == JSON_INTEGER || bound->type == JSON_NUMBER) ? bound->number
										    : otherwise;
}

bool comfyui_class_range(
	const struct json *description, const char *input, struct comfyui_range *range)
{
	const struct json *specification = specification_of(description, input);
	const struct json *options = options_of(specification);
	const struct json *type =
		specification && specification->type == JSON_ARRAY ? specification->first : NULL;

	if (!type || type->type != JSON_STRING ||
		(!text_equal(type->string, TEXT("INT")) &&
			!text_equal(type->string, TEXT("FLOAT"))))
		return false;
	range->least = bound_of(options, "min", -HUGE_VAL);
	range->most = bound_of(options, "max", HUGE_VAL);
	return true;
}

bool comfyui_read_choices(struct arena *arena, struct comfyui_response *response, const char *class,
	const char *input, struct comfyui_choices *choices, struct error *error)
{
	const struct json *description;

	*choices = (struct comfyui_choices){0};
	if (!comfyui_read_class(arena, response, class, &description, error))
		return false;
	return comfyui_class_choices(arena, description, input, choices) || error_memory(error);
}

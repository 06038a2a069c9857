#include "base/json_lexer.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "comfyui/graph.h"
#include "comfyui/json.h"

static bool is_number(enum comfyui_setting setting)
{
	switch (setting) {
	case COMFYUI_SET_SEED:
	case COMFYUI_SET_STEPS:
	case COMFYUI_SET_CFG:
	case COMFYUI_SET_WIDTH:
	case COMFYUI_SET_HEIGHT:
	case COMFYUI_SET_SHIFT:
		return true;
	default:
		return false;
	}
}

static bool is_number_text(struct text value)
{
	struct json_lexer lexer = {.source = value};
	enum json_token token = json_lexer_next(&lexer);

	return (token == JSON_TOKEN_INTEGER || token == JSON_TOKEN_NUMBER) && lexer.start == 0 &&
	       lexer.at == value.length;
}

static bool check_settings(const struct comfyui_settings *settings, struct error *error)
{
	for (enum comfyui_setting i = 0; i < COMFYUI_SETTING_COUNT; i++) {
		struct text value = settings->values[i];

		if (!value.at)
			continue;
		if (is_number(i) && !is_number_text(value))
			return error_set(error, ERROR_INVALID, "invalid_setting",
				"%s must be a number, not \"%.*s\".", comfyui_setting_names[i],
				TEXT_ARGUMENTS(utf8_head(value, 40)));
		if (!is_number(i) && !utf8_valid(value))
			return error_set(error, ERROR_INVALID, "invalid_setting",
				"%s is not UTF-8.", comfyui_setting_names[i]);
	}
	return true;
}

/* Whether the template's own bytes stay although the edit is there. */
static bool stays(const struct comfyui_edit *edit, const struct comfyui_settings *settings)
{
	struct text value;

	if (edit->setting < 0)
		return false;
	value = settings->values[edit->setting];
	return !value.at || (edit->setting == COMFYUI_SET_NEGATIVE_PROMPT && value.length == 0);
}

bool comfyui_template_substitute(const struct comfyui_template *template,
	const struct comfyui_settings *settings, struct buffer *prompt, struct error *error)
{
	size_t at = 0;

	if (!template->valid)
		return error_set(error, ERROR_INVALID, "invalid_workflow",
			"The workflow template cannot be used: %s",
			template->error_count ? template->errors[0] : "it has errors");
	if (!check_settings(settings, error))
		return false;
	for (size_t i = 0; i < template->edit_count; i++) {
		const struct comfyui_edit *edit = &template->edits[i];

		if (stays(edit, settings))
			continue;
		buffer_append(prompt, (struct text){template->source.at + at, edit->start - at});
		at = edit->end;
		if (edit->setting < 0)
			continue;
		if (is_number((enum comfyui_setting)edit->setting))
			buffer_append(prompt, settings->values[edit->setting]);
		else
			json_append_string(prompt, settings->values[edit->setting]);
	}
	buffer_append(prompt, text_from_offset(template->source, at));
	return !prompt->failed || error_memory(error);
}

static struct text member_of(struct text object, struct text key)
{
	struct text found = {NULL, 0};
	struct comfyui_items items;

	comfyui_items_begin(&items, object);
	while (items.is_object && comfyui_items_next(&items))
		if (text_equal(items.key, key))
			found = items.value;
	return found;
}

bool comfyui_template_sets(const struct comfyui_template *template, enum comfyui_setting setting,
	struct text node, struct text input)
{
	struct text value = member_of(template->source, node);
	size_t start;

	if (input.length)
		value = member_of(member_of(value, TEXT("inputs")), input);
	if (!value.at)
		return false;
	start = (size_t)(value.at - template->source.at);
	for (size_t i = 0; i < template->edit_count; i++)
		if (template->edits[i].setting == (int)setting &&
			template->edits[i].start >= start &&
			template->edits[i].end <= start + value.length)
			return true;
	return false;
}

#include "input.h"

#include <stdio.h>

#include "base/utf8.h"
#include "naming/output.h"

#define UNKNOWN_NAMED 20 /* unknown fields of one object that are named one by one */

const char *input_pointer(struct input_reader *reader, const char *parent, struct text step)
{
	struct buffer pointer;
	const char *copy;

	buffer_init(&pointer, LIMIT_TARGET);
	buffer_append_string(&pointer, parent);
	buffer_append_byte(&pointer, '/');
	for (size_t i = 0; i < step.length; i++) {
		if (step.at[i] == '~')
			buffer_append(&pointer, TEXT("~0"));
		else if (step.at[i] == '/')
			buffer_append(&pointer, TEXT("~1"));
		else
			buffer_append_byte(&pointer, step.at[i]);
	}
	copy = pointer.failed ? NULL : arena_copy(reader->arena, buffer_text(&pointer));
	buffer_free(&pointer);
	reader->no_memory |= !copy;
	return copy ? copy : parent;
}

const char *input_pointer_index(struct input_reader *reader, const char *parent, size_t index)
{
	const char *pointer = arena_printf(reader->arena, "%s/%zu", parent, index);

	reader->no_memory |= !pointer;
	return pointer ? pointer : parent;
}

static bool is_named(struct text name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(name, text_from(names[i])))
			return true;
	return false;
}

void input_refuse_unknown(struct input_reader *reader, const struct json *object,
	const char *parent, const char *const *known, size_t known_count)
{
	size_t unknown = 0;

	for (const struct json *member = object->first; member; member = member->next) {
		if (is_named(member->name, known, known_count) || ++unknown > UNKNOWN_NAMED)
			continue;
		if (member->name.length > LIMIT_FILE_NAME)
			http_fault(reader->response, parent,
				"has an unknown field whose name is %zu bytes long",
				member->name.length);
		else
			http_fault(reader->response, input_pointer(reader, parent, member->name),
				"is no known field");
	}
	if (unknown > UNKNOWN_NAMED)
		http_fault(reader->response, parent, "has %zu more unknown fields",
			unknown - UNKNOWN_NAMED);
}

bool input_text(struct input_reader *reader, const struct json *value, const char *pointer,
	struct input_bounds bounds, struct text *text)
{
	size_t length;
	bool good = true;

	if (value->type != JSON_STRING) {
		http_fault(reader->response, pointer, "must be a string");
		return false;
	}
	*text = bounds.required ? utf8_trim(value->string) : value->string;
	length = utf8_count(*text);
	if (length > bounds.limit) {
		http_fault(reader->response, pointer, "has %zu characters; at most %zu are allowed",
			length, bounds.limit);
		good = false;
	}
	if (bounds.required && length == 0) {
		http_fault(reader->response, pointer, "must not be empty");
		good = false;
	}
	if (bounds.required && utf8_has_control(*text)) {
		http_fault(reader->response, pointer, "must not contain control characters");
		good = false;
	}
	return good;
}

void input_read_name(struct input_reader *reader, const struct json *body, struct text *name)
{
	const struct json *value = json_member(body, "name");
	const struct input_bounds bounds = {LIMIT_PRESET_NAME, true};

	if (value)
		(void)input_text(reader, value, "/name", bounds, name);
	else
		http_fault(reader->response, "/name", "is required");
}

bool input_integer(struct input_reader *reader, const struct json *value, const char *pointer,
	int64_t minimum, int64_t maximum, int64_t *integer)
{
	if (value->type != JSON_INTEGER) {
		http_fault(reader->response, pointer, "must be an integer");
		return false;
	}
	*integer = value->integer;
	if (value->integer < minimum)
		http_fault(reader->response, pointer, "must be at least %lld", (long long)minimum);
	else if (value->integer > maximum)
		http_fault(reader->response, pointer, "must be at most %lld", (long long)maximum);
	return value->integer >= minimum && value->integer <= maximum;
}

bool input_decimal(struct input_reader *reader, const struct json *value, const char *pointer,
	double maximum, struct text *digits)
{
	char text[NAMING_DECIMAL_SIZE];

	if (value->type != JSON_INTEGER && value->type != JSON_NUMBER)
		http_fault(reader->response, pointer, "must be a number");
	else if (value->number < 0)
		http_fault(reader->response, pointer, "must be at least 0");
	else if (value->number > maximum)
		http_fault(reader->response, pointer, "must be at most %g", maximum);
	else if (!naming_decimal(value->number, text))
		http_fault(reader->response, pointer, "has more than 6 decimal places");
	else {
		*digits = arena_text(reader->arena, text_from(text));
		reader->no_memory |= !digits->at;
		return digits->at != NULL;
	}
	return false;
}

bool input_accepted(struct input_reader *reader)
{
	struct error error;

	if (!reader->no_memory)
		return !http_reject(reader->response);
	(void)error_memory(&error);
	http_fail(reader->response, &error);
	return false;
}

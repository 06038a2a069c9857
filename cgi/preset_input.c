#include "preset_input.h"

#include <stdio.h>

#include "base/json_write.h"
#include "base/utf8.h"

#define UNKNOWN_NAMED 20 /* unknown fields of one object that are named one by one */

enum role { ROLE_X, ROLE_Y, ROLE_SLIDER, ROLE_COUNT };

static const char *const ROLES[ROLE_COUNT] = {"x", "y", "slider"};
static const char *const MODES[] = {"hide", "single", "multi"};

#define MODE_HIDE  MODES[0]
#define MODE_MULTI MODES[2]

struct dimension_mode {
	struct text dimension;
	const char *mode; /* one of MODES */
};

struct mapping {
	struct text roles[ROLE_COUNT]; /* `at` is NULL for a role without a dimension */
	bool has_modes;		       /* the body has filter_modes, be it empty */
	struct dimension_mode modes[2 * LIMIT_DIMENSIONS];
	size_t mode_count;
	struct text combos[LIMIT_DIMENSIONS];
	size_t combo_count;
};

struct reader {
	struct arena *arena;
	struct http_response *response;
	bool no_memory;
};

/* `parent` with one more step, `/` and `~` in it escaped as RFC 6901 says. */
static const char *pointer_to(struct reader *reader, const char *parent, struct text step)
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

static bool is_named(struct text name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(name, text_from(names[i])))
			return true;
	return false;
}

/* Notes the members of `object` that are none of `known`; a long row of them in one sum. */
static void refuse_unknown(struct reader *reader, const struct json *object, const char *parent,
	const char *const *known, size_t known_count)
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
			http_fault(reader->response, pointer_to(reader, parent, member->name),
				"is no known field");
	}
	if (unknown > UNKNOWN_NAMED)
		http_fault(reader->response, parent, "has %zu more unknown fields",
			unknown - UNKNOWN_NAMED);
}

static void read_name(struct reader *reader, const struct json *body, struct text *name)
{
	const struct json *value = json_member(body, "name");
	size_t length;

	if (!value) {
		http_fault(reader->response, "/name", "is required");
		return;
	}
	if (value->type != JSON_STRING) {
		http_fault(reader->response, "/name", "must be a string");
		return;
	}
	*name = utf8_trim(value->string);
	length = utf8_count(*name);
	if (length == 0)
		http_fault(reader->response, "/name", "must not be empty");
	if (length > LIMIT_PRESET_NAME)
		http_fault(reader->response, "/name", "has %zu characters; at most %d are allowed",
			length, LIMIT_PRESET_NAME);
	if (utf8_has_control(*name))
		http_fault(reader->response, "/name", "must not contain control characters");
}

static bool check_dimension(struct reader *reader, const char *pointer, struct text name)
{
	size_t length = utf8_count(name);

	if (length == 0)
		http_fault(reader->response, pointer, "the name of a dimension must not be empty");
	else if (length > LIMIT_FILE_NAME)
		http_fault(reader->response, pointer,
			"the name of a dimension has %zu characters; at most %d are allowed",
			length, LIMIT_FILE_NAME);
	return length > 0 && length <= LIMIT_FILE_NAME;
}

static void read_roles(struct reader *reader, const struct json *body, struct mapping *mapping)
{
	for (size_t role = 0; role < ROLE_COUNT; role++) {
		const struct json *value = json_member(body, ROLES[role]);
		const char *pointer = pointer_to(reader, "/mapping", text_from(ROLES[role]));

		if (!value)
			continue;
		if (value->type != JSON_STRING) {
			http_fault(reader->response, pointer, "must be a string");
			continue;
		}
		if (!check_dimension(reader, pointer, value->string))
			continue;
		mapping->roles[role] = value->string;
		for (size_t other = 0; other < role; other++)
			if (mapping->roles[other].at &&
				text_equal(mapping->roles[other], value->string))
				http_fault(reader->response, pointer, "is the same dimension as %s",
					ROLES[other]);
	}
}

/* A member of the mapping that must be of `type` and hold at most LIMIT_DIMENSIONS items. */
static const struct json *take_list(
	struct reader *reader, const struct json *body, const char *name, enum json_value_type type)
{
	const struct json *value = json_member(body, name);
	const char *pointer = pointer_to(reader, "/mapping", text_from(name));

	if (!value)
		return NULL;
	if (value->type != type) {
		http_fault(reader->response, pointer, "must be %s",
			type == JSON_ARRAY ? "an array" : "an object");
		return NULL;
	}
	if (value->count > LIMIT_DIMENSIONS) {
		http_fault(reader->response, pointer, "has %zu dimensions; at most %d are allowed",
			value->count, LIMIT_DIMENSIONS);
		return NULL;
	}
	return value;
}

static void read_modes(struct reader *reader, const struct json *body, struct mapping *mapping)
{
	const struct json *modes = take_list(reader, body, "filter_modes", JSON_OBJECT);

	mapping->has_modes = modes != NULL;
	for (const struct json *item = modes ? modes->first : NULL; item; item = item->next) {
		const char *pointer = pointer_to(reader, "/mapping/filter_modes", item->name);
		const char *mode = NULL;

		if (!check_dimension(reader, pointer, item->name))
			continue;
		for (size_t i = 0; i < sizeof(MODES) / sizeof(*MODES); i++)
			if (item->type == JSON_STRING &&
				text_equal(item->string, text_from(MODES[i])))
				mode = MODES[i];
		if (mode)
			mapping->modes[mapping->mode_count++] =
				(struct dimension_mode){item->name, mode};
		else
			http_fault(reader->response, pointer,
				"must be \"hide\", \"single\" or \"multi\"");
	}
}

static bool is_among(struct text value, const struct text *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (values[i].at && text_equal(value, values[i]))
			return true;
	return false;
}

static void read_combos(struct reader *reader, const struct json *body, struct mapping *mapping)
{
	const struct json *combos = take_list(reader, body, "combos", JSON_ARRAY);
	size_t index = 0;

	for (const struct json *item = combos ? combos->first : NULL; item; item = item->next) {
		char step[24];
		const char *pointer;

		(void)snprintf(step, sizeof(step), "%zu", index++);
		pointer = pointer_to(reader, "/mapping/combos", text_from(step));
		if (item->type != JSON_STRING)
			http_fault(reader->response, pointer, "must be a string");
		else if (is_among(item->string, mapping->combos, mapping->combo_count))
			http_fault(reader->response, pointer, "is listed twice");
		else if (check_dimension(reader, pointer, item->string))
			mapping->combos[mapping->combo_count++] = item->string;
	}
}

static const char *mode_of(const struct mapping *mapping, struct text dimension)
{
	for (size_t i = 0; i < mapping->mode_count; i++)
		if (text_equal(mapping->modes[i].dimension, dimension))
			return mapping->modes[i].mode;
	return NULL;
}

/* Gives the dimensions that are only in `combos` their mode; one with a role needs none. */
static void complete_modes(struct mapping *mapping)
{
	for (size_t i = 0; i < mapping->combo_count; i++) {
		struct text dimension = mapping->combos[i];

		if (!mode_of(mapping, dimension) &&
			!is_among(dimension, mapping->roles, ROLE_COUNT))
			mapping->modes[mapping->mode_count++] =
				(struct dimension_mode){dimension, MODE_MULTI};
	}
}

static bool has_combo(const struct mapping *mapping, struct text dimension)
{
	const char *mode = mode_of(mapping, dimension);

	return mode && mode != MODE_HIDE && !is_among(dimension, mapping->roles, ROLE_COUNT);
}

static void write_mapping(struct json_writer *out, const struct mapping *mapping)
{
	json_open_object(out);
	for (size_t role = 0; role < ROLE_COUNT; role++) {
		if (!mapping->roles[role].at)
			continue;
		json_key(out, ROLES[role]);
		json_text(out, mapping->roles[role]);
	}
	if (mapping->has_modes || mapping->mode_count) {
		json_key(out, "filter_modes");
		json_open_object(out);
		for (size_t i = 0; i < mapping->mode_count; i++) {
			json_key_text(out, mapping->modes[i].dimension);
			json_string(out, mapping->modes[i].mode);
		}
		json_close_object(out);
	}
	json_key(out, "combos");
	json_open_array(out);
	for (size_t i = 0; i < mapping->combo_count; i++)
		if (has_combo(mapping, mapping->combos[i]))
			json_text(out, mapping->combos[i]);
	for (size_t i = 0; i < mapping->mode_count; i++)
		if (has_combo(mapping, mapping->modes[i].dimension) &&
			!is_among(
				mapping->modes[i].dimension, mapping->combos, mapping->combo_count))
			json_text(out, mapping->modes[i].dimension);
	json_close_array(out);
	json_close_object(out);
}

static struct text mapping_text(struct reader *reader, const struct mapping *mapping)
{
	struct buffer buffer;
	struct json_writer out;
	struct text text = {NULL, 0};

	buffer_init(&buffer, LIMIT_BODY);
	json_writer_init(&out, &buffer);
	write_mapping(&out, mapping);
	if (!buffer.failed)
		text = arena_text(reader->arena, buffer_text(&buffer));
	buffer_free(&buffer);
	reader->no_memory |= !text.at;
	return text;
}

static void read_mapping(struct reader *reader, const struct json *body, struct text *text)
{
	static const char *const known[] = {"x", "y", "slider", "filter_modes", "combos"};
	const struct json *value = json_member(body, "mapping");
	struct mapping *mapping = arena_alloc(reader->arena, sizeof(*mapping));

	if (!mapping) {
		reader->no_memory = true;
	} else if (!value) {
		http_fault(reader->response, "/mapping", "is required");
	} else if (value->type != JSON_OBJECT) {
		http_fault(reader->response, "/mapping", "must be an object");
	} else {
		read_roles(reader, value, mapping);
		read_modes(reader, value, mapping);
		read_combos(reader, value, mapping);
		refuse_unknown(reader, value, "/mapping", known, sizeof(known) / sizeof(*known));
		complete_modes(mapping);
		if (mapping->mode_count > LIMIT_DIMENSIONS)
			http_fault(reader->response, "/mapping",
				"has %zu dimensions in filter_modes and combos together; at most "
				"%d are allowed",
				mapping->mode_count, LIMIT_DIMENSIONS);
		*text = mapping_text(reader, mapping);
	}
}

bool preset_input_read(const struct http_request *request, struct http_response *response,
	struct store_preset_input *input)
{
	/* A preset may come back as it was received: what the service sets is let pass. */
	static const char *const known[] = {"name", "mapping", "id", "created_at", "updated_at"};
	struct reader reader = {.arena = request->arena, .response = response};
	struct error error;

	*input = (struct store_preset_input){0};
	if (request->json->type != JSON_OBJECT) {
		http_fault(response, "", "must be an object");
	} else {
		read_name(&reader, request->json, &input->name);
		read_mapping(&reader, request->json, &input->mapping);
		refuse_unknown(&reader, request->json, "", known, sizeof(known) / sizeof(*known));
	}
	if (reader.no_memory) {
		(void)error_memory(&error);
		http_fail(response, &error);
		return false;
	}
	return !http_reject(response);
}

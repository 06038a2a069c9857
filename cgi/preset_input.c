#include "preset_input.h"

#include <stdio.h>

#include "base/json_write.h"
#include "base/utf8.h"
#include "input.h"

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

static bool check_dimension(struct input_reader *reader, const char *pointer, struct text name)
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

static void read_roles(
	struct input_reader *reader, const struct json *body, struct mapping *mapping)
{
	for (size_t role = 0; role < ROLE_COUNT; role++) {
		const struct json *value = json_member(body, ROLES[role]);
		const char *pointer = input_pointer(reader, "/mapping", text_from(ROLES[role]));

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
static const struct json *take_list(struct input_reader *reader, const struct json *body,
	const char *name, enum json_value_type type)
{
	const struct json *value = json_member(body, name);
	const char *pointer = input_pointer(reader, "/mapping", text_from(name));

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

static void read_modes(
	struct input_reader *reader, const struct json *body, struct mapping *mapping)
{
	const struct json *modes = take_list(reader, body, "filter_modes", JSON_OBJECT);

	mapping->has_modes = modes != NULL;
	for (const struct json *item = modes ? modes->first : NULL; item; item = item->next) {
		const char *pointer = input_pointer(reader, "/mapping/filter_modes", item->name);
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

static void read_combos(
	struct input_reader *reader, const struct json *body, struct mapping *mapping)
{
	const struct json *combos = take_list(reader, body, "combos", JSON_ARRAY);
	size_t index = 0;

	for (const struct json *item = combos ? combos->first : NULL; item; item = item->next) {
		char step[24];
		const char *pointer;

		(void)snprintf(step, sizeof(step), "%zu", index++);
		pointer = input_pointer(reader, "/mapping/combos", text_from(step));
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

static struct text mapping_text(struct input_reader *reader, const struct mapping *mapping)
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

static void read_mapping(struct input_reader *reader, const struct json *body, struct text *text)
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
		input_refuse_unknown(
			reader, value, "/mapping", known, sizeof(known) / sizeof(*known));
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
	struct input_reader reader = {.arena = request->arena, .response = response};

	*input = (struct store_preset_input){0};
	if (request->json->type != JSON_OBJECT) {
		http_fault(response, "", "must be an object");
	} else {
		input_read_name(&reader, request->json, &input->name);
		read_mapping(&reader, request->json, &input->mapping);
		input_refuse_unknown(
			&reader, request->json, "", known, sizeof(known) / sizeof(*known));
	}
	return input_accepted(&reader);
}

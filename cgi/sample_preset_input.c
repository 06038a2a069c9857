#include "sample_preset_input.h"

#include <stdio.h>
#include <string.h>

#include "base/json_write.h"
#include "input.h"
#include "naming/output.h"

/* A list of a sample preset: what its items are, in a form in which equal ones have equal bytes. */
struct list {
	const char *pointer;
	const char *key; /* what of an item must be unique, as a pointer below it; "" is all */
	struct text *values;
	size_t *indexes; /* where the values stand in the body */
	size_t count;
	size_t longest; /* which value is longest in a file name */
	bool good;	/* is there, not empty, and without a fault */
};

typedef bool read_item(struct input_reader *reader, const struct json *item, const char *pointer,
	struct text *value);

static bool read_steps(struct input_reader *reader, const struct json *item, const char *pointer,
	struct text *value)
{
	int64_t steps;

	if (!input_integer(reader, item, pointer, 1, LIMIT_SAMPLER_STEPS, &steps))
		return false;
	*value = text_from(arena_printf(reader->arena, "%lld", (long long)steps));
	reader->no_memory |= !value->length;
	return true;
}

static bool read_cfg(struct input_reader *reader, const struct json *item, const char *pointer,
	struct text *value)
{
	return input_decimal(reader, item, pointer, LIMIT_CFG, value);
}

static bool read_parameter(struct input_reader *reader, const struct json *item,
	const char *pointer, struct text *value)
{
	return input_text(
		reader, item, pointer, (struct input_bounds){LIMIT_PARAMETER_NAME, true}, value);
}

/* Decimal digits without leading zeros, at most those of 2^64-1; empty if they are none. */
static struct text seed_digits(struct text digits)
{
	static const struct text most = TEXT_INITIALIZER("18446744073709551615");

	for (size_t i = 0; i < digits.length; i++)
		if (digits.at[i] < '0' || digits.at[i] > '9')
			return (struct text){"", 0};
	while (digits.length > 1 && digits.at[0] == '0')
		digits = text_from_offset(digits, 1);
	if (digits.length > most.length ||
		(digits.length == most.length && text_compare(digits, most) > 0))
		return (struct text){"", 0};
	return digits;
}

static bool read_seed(struct input_reader *reader, const struct json *item, const char *pointer,
	struct text *value)
{
	*value = (struct text){"", 0};
	if (item->type == JSON_STRING) {
		*value = seed_digits(item->string);
	} else if (item->type == JSON_INTEGER && item->integer >= 0) {
		*value = text_from(
			arena_printf(reader->arena, "%llu", (unsigned long long)item->natural));
		reader->no_memory |= !value->length;
	}
	if (!value->length)
		http_fault(reader->response, pointer,
			"must be an integer from 0 to 18446744073709551615");
	return value->length > 0;
}

/* The name of a prompt, which stands in file names. */
static bool read_prompt_name(struct input_reader *reader, const struct json *item,
	const char *pointer, struct text *value)
{
	static const char *const known[] = {"name", "text"};
	const struct json *name = json_member(item, "name");
	const struct json *text = json_member(item, "text");
	const char *place = input_pointer(reader, pointer, TEXT("name"));
	struct text unused;

	if (item->type != JSON_OBJECT) {
		http_fault(reader->response, pointer, "must be an object with name and text");
		return false;
	}
	input_refuse_unknown(reader, item, pointer, known, sizeof(known) / sizeof(*known));
	if (text)
		(void)input_text(reader, text, input_pointer(reader, pointer, TEXT("text")),
			(struct input_bounds){LIMIT_PROMPT_TEXT, false}, &unused);
	else
		http_fault(reader->response, input_pointer(reader, pointer, TEXT("text")),
			"is required");
	if (name)
		return read_parameter(reader, name, place, value);
	http_fault(reader->response, place, "is required");
	return false;
}

/* Notes a value that stands in the list before. */
static bool is_new(struct input_reader *reader, const struct list *list, struct text value,
	const char *pointer)
{
	for (size_t i = 0; i < list->count; i++)
		if (text_equal(list->values[i], value)) {
			http_fault(reader->response, pointer, "is the same as %s/%zu%s",
				list->pointer, list->indexes[i], list->key);
			return false;
		}
	return true;
}

static const char *pointer_to_key(
	struct input_reader *reader, const struct list *list, const char *item)
{
	const char *pointer = arena_printf(reader->arena, "%s%s", item, list->key);

	reader->no_memory |= !pointer;
	return pointer ? pointer : item;
}

static void read_items(
	struct input_reader *reader, const struct json *array, read_item *read, struct list *list)
{
	size_t index = 0;

	list->good = true;
	for (const struct json *item = array->first; item; item = item->next, index++) {
		const char *pointer = input_pointer_index(reader, list->pointer, index);
		struct text value = {"", 0};

		if (!read(reader, item, pointer, &value) ||
			!is_new(reader, list, value, pointer_to_key(reader, list, pointer))) {
			list->good = false;
			continue;
		}
		list->values[list->count] = value;
		list->indexes[list->count] = index;
		if (naming_encoded_length(value) >
			naming_encoded_length(list->values[list->longest]))
			list->longest = list->count;
		list->count++;
	}
}

static struct list read_list(
	struct input_reader *reader, const struct json *body, const char *name, read_item *read)
{
	const struct json *value = json_member(body, name);
	struct list list = {
		.pointer = input_pointer(reader, "", text_from(name)),
		.key = read == read_prompt_name ? "/name" : "",
	};

	if (!value) {
		http_fault(reader->response, list.pointer, "is required");
	} else if (value->type != JSON_ARRAY) {
		http_fault(reader->response, list.pointer, "must be an array");
	} else if (value->count == 0) {
		http_fault(reader->response, list.pointer, "must not be empty");
	} else if (value->count > LIMIT_SAMPLE_LIST) {
		http_fault(reader->response, list.pointer,
			"has %zu entries; at most %d are allowed", value->count, LIMIT_SAMPLE_LIST);
	} else {
		list.values = arena_array(reader->arena, value->count, sizeof(*list.values));
		list.indexes = arena_array(reader->arena, value->count, sizeof(*list.indexes));
		if (list.values && list.indexes)
			read_items(reader, value, read, &list);
		else
			reader->no_memory = true;
	}
	return list;
}

/* What a writer wrote, in the arena. */
static struct text take_text(struct input_reader *reader, struct buffer *buffer)
{
	struct text text = {NULL, 0};

	if (!buffer->failed)
		text = arena_text(reader->arena, buffer_text(buffer));
	buffer_free(buffer);
	reader->no_memory |= !text.at;
	return text;
}

static struct text list_json(struct input_reader *reader, const struct list *list,
	void (*write)(struct json_writer *out, struct text value))
{
	struct buffer buffer;
	struct json_writer out;

	buffer_init(&buffer, LIMIT_REPLY);
	json_writer_init(&out, &buffer);
	json_open_array(&out);
	for (size_t i = 0; i < list->count; i++)
		write(&out, list->values[i]);
	json_close_array(&out);
	return take_text(reader, &buffer);
}

static struct text prompts_json(
	struct input_reader *reader, const struct json *prompts, const struct list *list)
{
	const struct json *prompt = prompts->first;
	struct buffer buffer;
	struct json_writer out;

	buffer_init(&buffer, LIMIT_REPLY);
	json_writer_init(&out, &buffer);
	json_open_array(&out);
	for (size_t i = 0; i < list->count; i++, prompt = prompt->next) {
		json_open_object(&out);
		json_put_text(&out, "name", list->values[i]);
		json_put_text(&out, "text", json_member(prompt, "text")->string);
		json_close_object(&out);
	}
	json_close_array(&out);
	return take_text(reader, &buffer);
}

static void read_size(
	struct input_reader *reader, const struct json *body, const char *name, int64_t *size)
{
	const char *pointer = input_pointer(reader, "", text_from(name));
	const struct json *value = json_member(body, name);

	if (value)
		(void)input_integer(reader, value, pointer, 1, LIMIT_RENDER_SIDE, size);
	else
		http_fault(reader->response, pointer, "is required");
}

static void read_negative_prompt(
	struct input_reader *reader, const struct json *body, struct text *prompt)
{
	const struct json *value = json_member(body, "negative_prompt");

	*prompt = TEXT("");
	if (value)
		(void)input_text(reader, value, "/negative_prompt",
			(struct input_bounds){LIMIT_PROMPT_TEXT, false}, prompt);
}

enum { PROMPTS, STEPS, CFGS, SAMPLERS, SCHEDULERS, SEEDS, LIST_COUNT };

/* Notes a set whose longest name is no file name any more. */
static void check_name_length(struct input_reader *reader, const struct list *lists)
{
	const struct list *prompts = &lists[PROMPTS];
	size_t length = NAMING_OUTPUT_FIXED;

	for (size_t i = 0; i < LIST_COUNT; i++)
		length += naming_encoded_length(lists[i].values[lists[i].longest]);
	if (length <= LIMIT_FILE_NAME)
		return;
	http_fault(reader->response,
		input_pointer(reader,
			input_pointer_index(reader, "/prompts", prompts->indexes[prompts->longest]),
			TEXT("name")),
		"makes the longest output file name %zu bytes long, percent-encoded; at most %d "
		"are allowed",
		length, LIMIT_FILE_NAME);
}

static int64_t count_images(struct input_reader *reader, const struct list *lists)
{
	int64_t images = 1;

	for (size_t i = 0; i < LIST_COUNT; i++) {
		images *= (int64_t)lists[i].count;
		if (images > LIMIT_JOB_ITEMS) {
			http_fault(reader->response, "",
				"makes more than %d images for each checkpoint; at most so many "
				"are allowed",
				LIMIT_JOB_ITEMS);
			return images;
		}
	}
	return images;
}

static void read_preset(struct input_reader *reader, const struct json *body,
	struct store_sample_preset_input *input)
{
	/* A preset may come back as it was received: what the service sets is let pass. */
	static const char *const known[] = {"name", "prompts", "negative_prompt", "steps", "cfgs",
		"samplers", "schedulers", "seeds", "width", "height", "id", "images_per_checkpoint",
		"created_at", "updated_at"};
	struct list lists[LIST_COUNT];
	bool good = true;

	input_read_name(reader, body, &input->name);
	lists[PROMPTS] = read_list(reader, body, "prompts", read_prompt_name);
	read_negative_prompt(reader, body, &input->negative_prompt);
	lists[STEPS] = read_list(reader, body, "steps", read_steps);
	lists[CFGS] = read_list(reader, body, "cfgs", read_cfg);
	lists[SAMPLERS] = read_list(reader, body, "samplers", read_parameter);
	lists[SCHEDULERS] = read_list(reader, body, "schedulers", read_parameter);
	lists[SEEDS] = read_list(reader, body, "seeds", read_seed);
	read_size(reader, body, "width", &input->width);
	read_size(reader, body, "height", &input->height);
	input_refuse_unknown(reader, body, "", known, sizeof(known) / sizeof(*known));
	for (size_t i = 0; i < LIST_COUNT; i++)
		good &= lists[i].good && lists[i].count > 0;
	if (!good || reader->no_memory)
		return;
	check_name_length(reader, lists);
	input->images = count_images(reader, lists);
	if (reader->response->pointers)
		return;
	input->prompts = prompts_json(reader, json_member(body, "prompts"), &lists[PROMPTS]);
	input->steps = list_json(reader, &lists[STEPS], json_raw);
	input->cfgs = list_json(reader, &lists[CFGS], json_raw);
	input->samplers = list_json(reader, &lists[SAMPLERS], json_text);
	input->schedulers = list_json(reader, &lists[SCHEDULERS], json_text);
	input->seeds = list_json(reader, &lists[SEEDS], json_raw);
}

bool sample_preset_input_read(const struct http_request *request, struct http_response *response,
	struct store_sample_preset_input *input)
{
	struct input_reader reader = {.arena = request->arena, .response = response};

	*input = (struct store_sample_preset_input){0};
	if (request->json->type == JSON_OBJECT)
		read_preset(&reader, request->json, input);
	else
		http_fault(response, "", "must be an object");
	return input_accepted(&reader);
}

/*
 * Any bytes: json_parse accepts or refuses them, with a reason; what it accepts it reads the same
 * again after being written out.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct json_writer *out, const struct json *value)
{
	switch (value->type) {
	case JSON_NULL:
		json_null(out);
		break;
	case JSON_BOOL:
		json_boolean(out, value->boolean);
		break;
	case JSON_INTEGER:
	case JSON_NUMBER:
		/* Numbers are compared elsewhere; a double has no shortest text here. */
		json_integer(out, value->type == JSON_INTEGER ? value->integer : 0);
		break;
	case JSON_STRING:
		json_text(out, value->string);
		break;
	case JSON_ARRAY:
		json_open_array(out);
		for (const struct json *item = value->first; item; item = item->next)
			write_value(out, item);
		json_close_array(out);
		break;
	case JSON_OBJECT:
		json_open_object(out);
		for (const struct json *item = value->first; item; item = item->next) {
			json_key_text(out, item->name);
			write_value(out, item);
		}
		json_close_object(out);
		break;
	}
}

static bool same(const struct json *a, const struct json *b)
{
	if (a->count != b->count || !text_equal(a->name, b->name) ||
		!text_equal(a->string, b->string) || a->boolean != b->boolean)
		return false;
	for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
		if (!same(a, b))
			return false;
	return !a && !b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct buffer buffer;
	struct json_writer out;
	struct error error = {0};
	const struct json *value;
	const struct json *again;

	arena_init(&arena, (size_t)256 << 20);
	buffer_init(&buffer, (size_t)64 << 20);
	value = json_parse(
		&arena, (struct text){(const char *)data, size}, LIMIT_JSON_DEPTH, &error);
	if (value) {
		json_writer_init(&out, &buffer);
		write_value(&out, value);
		again = json_parse(&arena, buffer_text(&buffer), LIMIT_JSON_DEPTH, &error);
		if (buffer.failed || !again || !same(value, again))
			abort();
	} else if (error.kind != ERROR_MALFORMED || !error.message[0]) {
		abort();
	}
	buffer_free(&buffer);
	arena_free(&arena);
	return 0;
}

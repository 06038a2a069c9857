#include "base/json_write.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"

static bool is_plain(char byte)
{
	return (unsigned char)byte >= 0x20 && (unsigned char)byte < 0x80 && byte != '"' &&
	       byte != '\\';
}

static void append_escaped(struct buffer *buffer, unsigned char byte)
{
	switch (byte) {
	case '"':
		buffer_append(buffer, TEXT("\\\""));
		break;
	case '\\':
		buffer_append(buffer, TEXT("\\\\"));
		break;
	case '\n':
		buffer_append(buffer, TEXT("\\n"));
		break;
	case '\r':
		buffer_append(buffer, TEXT("\\r"));
		break;
	case '\t':
		buffer_append(buffer, TEXT("\\t"));
		break;
	default:
		buffer_printf(buffer, "\\u%04x", byte);
	}
}

void json_append_string(struct buffer *buffer, struct text value)
{
	buffer_append_byte(buffer, '"');
	while (value.length) {
		size_t plain = 0;
		size_t sequence;

		while (plain < value.length && is_plain(value.at[plain]))
			plain++;
		buffer_append(buffer, text_head(value, plain));
		value = text_from_offset(value, plain);
		if (value.length == 0)
			break;
		sequence = utf8_sequence(value);
		if (sequence == 1)
			append_escaped(buffer, (unsigned char)*value.at);
		else
			utf8_append_lossy(buffer, text_head(value, sequence ? sequence : 1));
		value = text_from_offset(value, sequence ? sequence : 1);
	}
	buffer_append_byte(buffer, '"');
}

void json_writer_init(struct json_writer *out, struct buffer *buffer)
{
	*out = (struct json_writer){.buffer = buffer};
}

static void begin_value(struct json_writer *out)
{
	if (out->needs_comma)
		buffer_append_byte(out->buffer, ',');
	out->needs_comma = true;
}

static void open_with(struct json_writer *out, char byte)
{
	begin_value(out);
	buffer_append_byte(out->buffer, byte);
	out->needs_comma = false;
}

static void close_with(struct json_writer *out, char byte)
{
	buffer_append_byte(out->buffer, byte);
	out->needs_comma = true;
}

void json_open_object(struct json_writer *out)
{
	open_with(out, '{');
}

void json_close_object(struct json_writer *out)
{
	close_with(out, '}');
}

void json_open_array(struct json_writer *out)
{
	open_with(out, '[');
}

void json_close_array(struct json_writer *out)
{
	close_with(out, ']');
}

void json_key_text(struct json_writer *out, struct text key)
{
	begin_value(out);
	json_append_string(out->buffer, key);
	buffer_append_byte(out->buffer, ':');
	out->needs_comma = false;
}

void json_key(struct json_writer *out, const char *key)
{
	json_key_text(out, text_from(key));
}

void json_text(struct json_writer *out, struct text value)
{
	begin_value(out);
	json_append_string(out->buffer, value);
}

void json_string(struct json_writer *out, const char *value)
{
	json_text(out, text_from(value));
}

void json_integer(struct json_writer *out, int64_t value)
{
	begin_value(out);
	buffer_printf(out->buffer, "%" PRId64, value);
}

void json_boolean(struct json_writer *out, bool value)
{
	json_raw(out, value ? TEXT("true") : TEXT("false"));
}

void json_null(struct json_writer *out)
{
	json_raw(out, TEXT("null"));
}

void json_raw(struct json_writer *out, struct text json)
{
	begin_value(out);
	buffer_append(out->buffer, json);
}

void json_put_text(struct json_writer *out, const char *key, struct text value)
{
	json_key(out, key);
	json_text(out, value);
}

void json_put_string(struct json_writer *out, const char *key, const char *value)
{
	json_key(out, key);
	json_string(out, value);
}

void json_put_integer(struct json_writer *out, const char *key, int64_t value)
{
	json_key(out, key);
	json_integer(out, value);
}

void json_put_boolean(struct json_writer *out, const char *key, bool value)
{
	json_key(out, key);
	json_boolean(out, value);
}

void json_put_raw(struct json_writer *out, const char *key, struct text json)
{
	json_key(out, key);
	json_raw(out, json);
}

void json_put_optional(struct json_writer *out, const char *key, struct text value)
{
	if (value.at)
		json_put_text(out, key, value);
}

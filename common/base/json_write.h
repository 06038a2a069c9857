#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

/*
 * Writes JSON into a buffer, commas included: calls follow the shape of the text.
 * Errors (the buffer's maximum, no memory) show in the buffer's `failed`.
 *
 *   json_open_object(&out);
 *   json_put_text(&out, "name", name);
 *   json_close_object(&out);
 */
struct json_writer {
	struct buffer *buffer;
	bool needs_comma;
};

void json_writer_init(struct json_writer *out, struct buffer *buffer);

void json_open_object(struct json_writer *out);
void json_close_object(struct json_writer *out);
void json_open_array(struct json_writer *out);
void json_close_array(struct json_writer *out);

/* The key of the value that follows, from the program or from data. */
void json_key(struct json_writer *out, const char *key);
void json_key_text(struct json_writer *out, struct text key);

/* A string value; bytes that are not UTF-8 become U+FFFD. */
void json_text(struct json_writer *out, struct text value);
void json_string(struct json_writer *out, const char *value);
void json_integer(struct json_writer *out, int64_t value);
void json_boolean(struct json_writer *out, bool value);
void json_null(struct json_writer *out);

/* A value that is JSON already, put down as it is. */
void json_raw(struct json_writer *out, struct text json);

/* A key and its value. */
void json_put_text(struct json_writer *out, const char *key, struct text value);
void json_put_string(struct json_writer *out, const char *key, const char *value);
void json_put_integer(struct json_writer *out, const char *key, int64_t value);
void json_put_boolean(struct json_writer *out, const char *key, bool value);
void json_put_raw(struct json_writer *out, const char *key, struct text json);

/* The same where there is a value: nothing where `value.at` is NULL. */
void json_put_optional(struct json_writer *out, const char *key, struct text value);

/* Appends `value` as a JSON string, quotes included, without commas: for templates of hot loops. */
void json_append_string(struct buffer *buffer, struct text value);

#endif

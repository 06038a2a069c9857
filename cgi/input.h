#ifndef CGI_INPUT_H
#define CGI_INPUT_H

#include "http/http.h"

/*
 * What the readers of JSON bodies share. Every fault is noted at its JSON pointer; a reader goes on
 * after one, so that all are told at once.
 */
struct input_reader {
	struct arena *arena;
	struct http_response *response;
	bool no_memory; /* what was read is not to be used */
};

/* `parent` with one more step, `/` and `~` in it escaped as RFC 6901 says. */
const char *input_pointer(struct input_reader *reader, const char *parent, struct text step);

/* The same for an item of an array. */
const char *input_pointer_index(struct input_reader *reader, const char *parent, size_t index);

/* Notes the members of `object` that are none of `known`; a long row of them in one sum. */
void input_refuse_unknown(struct input_reader *reader, const struct json *object,
	const char *parent, const char *const *known, size_t known_count);

/* How long a text may be, in characters, and whether it may be empty or hold control characters. */
struct input_bounds {
	size_t limit;
	bool required; /* must not be empty; is trimmed, and has no control characters */
};

/* A string; false, and a fault is noted, if it is none or not within bounds. */
bool input_text(struct input_reader *reader, const struct json *value, const char *pointer,
	struct input_bounds bounds, struct text *text);

/* The member "name" of a preset. */
void input_read_name(struct input_reader *reader, const struct json *body, struct text *name);

/* An integer within bounds; false, and a fault is noted, if it is none. */
bool input_integer(struct input_reader *reader, const struct json *value, const char *pointer,
	int64_t minimum, int64_t maximum, int64_t *integer);

/*
 * A number from 0 to `maximum` with at most 6 decimal places, as its shortest digits in the arena;
 * false, and a fault is noted, if it is none.
 */
bool input_decimal(struct input_reader *reader, const struct json *value, const char *pointer,
	double maximum, struct text *digits);

/* At the end: true if there was no fault; else the response is complete. */
bool input_accepted(struct input_reader *reader);

#endif

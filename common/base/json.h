#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

enum json_value_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_INTEGER, /* no fraction, no exponent, within int64 or uint64 */
	JSON_NUMBER,  /* any other number; finite */
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* A parsed JSON value; it and all below it live in the arena given to json_parse. */
struct json {
	enum json_value_type type;
	struct text name;   /* the key, when this is a member of an object */
	struct json *next;  /* the next item of the same array or object, in the text's order */
	struct json *first; /* an array's or object's first item */
	size_t count;	    /* of items */
	size_t start;	    /* where in the text it begins */
	size_t end;	    /* and the byte after its last */
	size_t name_start;  /* where the key begins, with its quote */
	struct text string; /* JSON_STRING: UTF-8, terminated, may hold NUL bytes */
	double number;	    /* JSON_NUMBER and JSON_INTEGER */
	int64_t integer;    /* JSON_INTEGER; INT64_MAX where only `natural` fits */
	uint64_t natural;   /* JSON_INTEGER; 0 where it is negative */
	bool boolean;
};

/*
 * Parses one JSON text as RFC 8259 has it, and nothing more: NaN, Infinity, comments, single
 * quotes, trailing commas or bytes, duplicate keys and UTF-8 that is not well-formed are refused.
 * `depth_limit`: how deep arrays and objects may nest (at most LIMIT_JSON_DEPTH is usual).
 * Returns NULL with ERROR_MALFORMED `invalid_json` (the message says where and why), or
 * ERROR_SYSTEM without memory.
 */
const struct json *json_parse(
	struct arena *arena, struct text source, unsigned depth_limit, struct error *error);

/* The member of an object with that name, or NULL (also when `object` is no object). */
const struct json *json_member(const struct json *object, const char *name);

#endif

#ifndef COMFYUI_JSON_H
#define COMFYUI_JSON_H

#include <stdbool.h>

#include "base/json_lexer.h"
#include "base/text.h"

/*
 * ComfyUI's JSON is what Python writes: NaN and Infinity, halves of surrogate pairs (from file
 * names that are not UTF-8), and integers of any length. And /queue and /history carry the prompts
 * and tracebacks of everybody, megabytes of which we want a few words. So a reply is mended first,
 * then walked without building anything; what is wanted of it is handed to json_parse as a slice.
 */

/*
 * Makes the bytes JSON as RFC 8259 has it, in place: NaN, Infinity and -Infinity become {}, which
 * nothing takes for a value, a lone half of a surrogate pair and NUL, which a key must not hold,
 * become \ufffd. What else is wrong stays so.
 */
void comfyui_json_mend(char *bytes, size_t length);

/* A walk over the members of an object or the items of an array. */
struct comfyui_items {
	struct json_lexer lexer;
	bool is_object;
	bool started;
	bool ended;
	bool failed;	   /* what was walked is not well-formed */
	struct text key;   /* of an object's member: as written, without the quotes */
	struct text value; /* as written: a slice of the source */
};

/* Begins a walk over `source`, the whole text of an object or array; anything else has no items. */
void comfyui_items_begin(struct comfyui_items *items, struct text source);

/*
 * Moves to the next item. False at the end, and with `failed` set where the text breaks off or is
 * no JSON. Nesting needs no memory, so there is no limit to it.
 */
bool comfyui_items_next(struct comfyui_items *items);

/* The value of an object's member (the last, if there are several), or a text whose `at` is NULL.
 */
struct text comfyui_json_member(struct text object, const char *key);

#endif

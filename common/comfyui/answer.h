#ifndef COMFYUI_ANSWER_H
#define COMFYUI_ANSWER_H

#include "base/arena.h"
#include "base/json.h"
#include "comfyui/client.h"

/* Between the files of this room: what the readers of answers share. */

/*
 * True if the answer has status 200 or `also`, and JSON in its body, which is then mended. Else
 * false with ERROR_UNAVAILABLE and a sentence about what answers there instead of ComfyUI.
 */
bool comfyui_answer_is_json(struct comfyui_response *response, int also, struct error *error);

/*
 * Explains an answer that is of no use by its status, type and first bytes; `wanted` is what it
 * should have been. Returns false.
 */
bool comfyui_answer_refuse(
	const struct comfyui_response *response, const char *wanted, struct error *error);

/* ERROR_UNAVAILABLE: the answer is JSON but not of the shape that ComfyUI's has. Returns false. */
bool comfyui_answer_senseless(const struct comfyui_response *response, struct error *error);

/* Parses a slice of a mended answer; NULL also if it is deeper than anything ComfyUI sends. */
const struct json *comfyui_answer_parse(struct arena *arena, struct text slice);

/* The string of an object's member; empty if it has none of that name, or no string. */
struct text comfyui_answer_string(const struct json *object, const char *name);

#endif

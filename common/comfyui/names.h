#ifndef COMFYUI_NAMES_H
#define COMFYUI_NAMES_H

#include "base/error.h"
#include "comfyui/calls.h"

/*
 * Finds the name under which ComfyUI knows one of our checkpoints: the choice whose file name is
 * exactly that of `path`, with the separators of either system; of several, the one that shares the
 * longest end of the path, and among these one that the path ends in as a whole. `path` is the
 * file's absolute path (its directories may decide), `class` the node class whose list it is.
 *
 * On success `*name` is the choice, to be sent byte for byte. Else false with ERROR_NOT_FOUND
 * `not_in_comfyui` or ERROR_CONFLICT `ambiguous_in_comfyui`; the message names the file and what to
 * do, and stands by itself as the reason why a checkpoint is skipped.
 */
bool comfyui_name_match(const struct comfyui_choices *choices, const char *class, struct text path,
	struct text *name, struct error *error);

#endif

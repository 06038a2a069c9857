#ifndef COMFYUI_WORKFLOWS_H
#define COMFYUI_WORKFLOWS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/* The files of workflow_dir: every *.json in it, not below it, hidden ones left out. */

/*
 * Lists the names of the templates, in the order of their bytes. Directories are left out; whether
 * a file can be read shows when it is. Returns false with ERROR_UNAVAILABLE
 * `unavailable` if the directory cannot be read.
 */
bool comfyui_workflows_list(const char *workflow_dir, struct arena *arena, struct text **names,
	size_t *count, struct error *error);

/*
 * Reads the bytes of a template: a snapshot that no later change of the file touches. The name
 * never leads out of workflow_dir. Returns false with ERROR_NOT_FOUND `not_found` if there
 * is no such file or it is no name of a template; ERROR_INVALID `workflow_unreadable` if there is
 * one that is too large, no regular file, a link that leads elsewhere, or not to be read: the
 * message says how to mend it.
 */
bool comfyui_workflows_read(const char *workflow_dir, struct text name, struct arena *arena,
	struct text *bytes, struct error *error);

#endif

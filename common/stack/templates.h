#ifndef STACK_TEMPLATES_H
#define STACK_TEMPLATES_H

#include <stddef.h>

#include "base/error.h"

/*
 * Copies the workflow templates that we ship (`root`/common/comfyui/templates) into a workflow_dir
 * that holds no file but hidden ones: what a user has there is never touched or added to.
 * `*copied` counts them. Returns false with a sentence (what could not be copied, and where the
 * templates are) and the cause; the service works without.
 */
bool stack_copy_templates(
	const char *root, const char *workflow_dir, size_t *copied, struct error *error);

#endif

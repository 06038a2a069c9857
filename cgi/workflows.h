#ifndef CGI_WORKFLOWS_H
#define CGI_WORKFLOWS_H

#include "comfyui/template.h"
#include "config/config.h"
#include "http/http.h"

/*
 * GET /api/workflows and GET /api/workflows/{name}: the templates of workflow_dir, read anew for
 * each request. ComfyUI is not asked, and need not be configured.
 */
void workflows_list(
	const struct config *config, struct http_request *request, struct http_response *response);
void workflows_show(
	const struct config *config, struct http_request *request, struct http_response *response);

/*
 * Of which node class's input the template of that name takes a setting; both texts are terminated.
 * False with ERROR_NOT_FOUND `not_found` if there is no such template, with ERROR_INVALID
 * `invalid_workflow` if it cannot be used, or `not_honoured` if it has no place for the setting.
 */
bool workflows_input(const struct config *config, struct arena *arena, struct text name,
	enum comfyui_setting setting, const char **class, const char **input, struct error *error);

#endif

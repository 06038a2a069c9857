#ifndef CGI_WORKFLOWS_H
#define CGI_WORKFLOWS_H

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

#endif

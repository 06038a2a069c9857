#ifndef CGI_JOB_PREVIEW_H
#define CGI_JOB_PREVIEW_H

#include "comfyui/cache.h"
#include "http/http.h"

/*
 * POST /api/sample-jobs/preview: what launching a job would do. Nothing is stored. The database is
 * opened for the call alone: it is asked by a person who is about to launch, not by crowds.
 */
void job_preview(const struct comfyui_cache *cache, struct http_request *request,
	struct http_response *response);

#endif

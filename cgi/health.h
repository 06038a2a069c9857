#ifndef CGI_HEALTH_H
#define CGI_HEALTH_H

#include "config/config.h"
#include "http/http.h"
#include "store/store.h"

/*
 * Answers GET /health: whether everything that the configuration names can be used now, and whether
 * the other programs run. Opens `*store` where it is NULL or no longer the file at its path.
 */
void health_answer(const struct config *config, struct store **store, struct http_request *request,
	struct http_response *response);

#endif

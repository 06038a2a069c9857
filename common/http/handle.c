#include "http/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"

static bool is_json_type(const char *content_type)
{
	size_t length = strcspn(content_type, "; \t");
	struct text type = {content_type, length};

	return length == sizeof("application/json") - 1 &&
	       strncasecmp(type.at, "application/json", length) == 0;
}

static bool declared_too_long(const char *body_length)
{
	char *end;
	unsigned long long length;

	errno = 0;
	length = strtoull(body_length, &end, 10);
	return *body_length && (errno || *end || length > LIMIT_BODY);
}

/* Reads the body and parses it; false means that the response says why not. */
static bool take_json_body(const struct http_input *input, struct http_request *request,
	struct http_response *response)
{
	char *bytes = arena_alloc(request->arena, LIMIT_BODY + 1);
	size_t length = 0;
	size_t got;
	struct error error;

	if (declared_too_long(input->body_length)) {
		http_problem(response, 413, "body_too_large", "The body is larger than 1 MiB.");
		return false;
	}
	if (!bytes) {
		(void)error_memory(&error);
		http_fail(response, &error);
		return false;
	}
	while (length <= LIMIT_BODY &&
		(got = input->read(input->source, bytes + length, LIMIT_BODY + 1 - length)) > 0)
		length += got;
	if (length > LIMIT_BODY) {
		http_problem(response, 413, "body_too_large", "The body is larger than 1 MiB.");
		return false;
	}
	if (length && !is_json_type(request->content_type)) {
		http_problem(response, 415, "unsupported_media_type",
			"The body must be JSON, with Content-Type: application/json.");
		return false;
	}
	request->body = (struct text){bytes, length};
	request->json = json_parse(request->arena, request->body, LIMIT_JSON_DEPTH, &error);
	if (!request->json)
		http_fail(response, &error);
	return request->json != NULL;
}

static void log_result(
	const struct http_request *request, const struct http_response *response, int64_t started)
{
	bool ours = response->status >= 500 && !response->is_routine;
	struct log_line line;

	log_begin(
		&line, ours ? LOG_ERROR : LOG_DEBUG, ours ? "request.failed" : "request.answered");
	log_string(&line, "method", request->method);
	log_string(&line, "target", request->target);
	log_number(&line, "status", response->status);
	log_number(&line, "took_us", (clock_monotonic() - started) / 1000);
	if (response->error.kind != ERROR_NONE)
		log_error_fields(&line, &response->error);
	log_end(&line);
}

void http_handle(const struct http_program *program, const struct http_input *input,
	struct http_request *request, struct http_response *response)
{
	int64_t started = clock_monotonic();
	const struct http_route *route;
	struct error error;

	request->method = input->method;
	request->target = input->target;
	request->content_type = input->content_type;
	request->if_none_match = input->if_none_match;
	request->behind_nginx = input->behind_nginx;
	request->connection = input->connection;
	if (!http_request_parse_target(request, &error)) {
		http_fail(response, &error);
	} else {
		route = http_route_find(program, request, response);
		if (route && (!(route->flags & HTTP_JSON_BODY) ||
				     take_json_body(input, request, response)))
			route->handler(request, response);
	}
	if (response->body.failed || response->headers.failed || response->faults.failed) {
		response->pointers = 0;
		(void)error_memory(&error);
		(void)error_cause(&error, "a part of the response passed its bound");
		http_fail(response, &error);
	}
	log_result(request, response, started);
}

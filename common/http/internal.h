#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include "http/http.h"

/* Between the files of this room; programs include http/http.h only. */

/* What a transport (FastCGI, the shell) knows of a request before it is taken apart. */
struct http_input {
	const char *method;
	const char *target;
	const char *content_type;
	const char *if_none_match;
	const char *body_length; /* as the client declared it; "" for none */
	/*
	 * Reads up to `size` bytes of the body; returns how many, 0 at its end.
	 */
	size_t (*read)(void *source, char *bytes, size_t size);
	void *source;
	bool behind_nginx;
	int connection; /* closed by the other side when the client goes; -1 for none */
};

/*
 * Splits `target` into decoded segments and query parameters.
 * Returns false with ERROR_MALFORMED for a path or query that no client of ours would send: bad
 * percent-encoding, NUL, a segment that is empty, `.` or `..` or holds a slash, too long, too many.
 */
bool http_request_parse_target(struct http_request *request, struct error *error);

/* Finds the route; fills `captured`. On a 404 or 405 the response is complete and NULL returned. */
const struct http_route *http_route_find(const struct http_program *program,
	struct http_request *request, struct http_response *response);

void http_response_init(struct http_response *response);
void http_response_free(struct http_response *response);

/* Answers with a problem; `detail` is a sentence for the user. */
void http_problem(struct http_response *response, int status, const char *code, const char *detail);

/* Writes "Status: …" and the other header lines, with the empty line that ends them, to `out`. */
void http_response_head(const struct http_response *response, struct buffer *out);

/* From input to finished response: everything but the transport. `request->arena` is given. */
void http_handle(const struct http_program *program, const struct http_input *input,
	struct http_request *request, struct http_response *response);

/* The FastCGI loop; returns the exit status. */
int http_serve_fastcgi(const struct http_program *program, void *context);

#endif

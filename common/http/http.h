#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"

/*
 * What a FastCGI program is made of: a table of routes and handlers of the shape
 * parse -> call -> reply. The loop, the signals, the checks that every route shares
 * (404, 405, 413, 415, 400) and the form of errors live here.
 */

struct http_parameter {
	struct text name;
	struct text value;
};

struct http_request {
	struct arena *arena; /* dies with the request */
	const char *method;
	const char *target;		  /* path and query as the client sent them */
	struct text path[LIMIT_SEGMENTS]; /* the path's segments, percent-decoded, terminated */
	size_t path_length;
	struct http_parameter query[LIMIT_QUERY];
	size_t query_length;
	struct http_parameter captured[LIMIT_SEGMENTS]; /* by the route's {names} */
	size_t captured_length;
	const char *if_none_match; /* "" without one */
	const char *content_type;  /* "" without one */
	struct text body;
	const struct json *json; /* the parsed body on routes with HTTP_JSON_BODY */
	bool behind_nginx;	 /* false from a shell: no X-Accel-Redirect, no gzip */
	int connection;		 /* to nginx, -1 from a shell */
	void *context;		 /* the program's own, as http_program.open left it */
};

struct http_response {
	int status;		  /* 200 unless set */
	const char *content_type; /* application/json unless set */
	struct buffer body;
	struct buffer headers;	   /* whole further lines, as http_header writes them */
	const char *internal_path; /* nginx sends this internal location instead of the body */
	bool is_routine;	   /* a refusal in the course of work: no fault to be logged */
	struct error error;	   /* what http_fail was given: for the log */
	size_t pointers;	   /* faults listed so far by http_fault */
	struct buffer faults;	   /* their JSON */
};

typedef void http_handler(struct http_request *request, struct http_response *response);

enum http_route_flags {
	HTTP_JSON_BODY = 1 << 0 /* a body is required, must be JSON and is parsed */
};

/*
 * `pattern`: literal segments, {name} for one segment, {name...} for one or more; a {name...} may
 * be followed by literal segments. Several rows may share a pattern with different methods; HEAD is
 * answered by GET. The first row that fits wins.
 */
struct http_route {
	const char *method;
	const char *pattern;
	unsigned flags;
	http_handler *handler;
};

struct http_program {
	const char *name;
	const struct http_route *routes;
	size_t route_count;
	/*
	 * Called once in each process before the first request; what it puts into `*context` is
	 * handed to every handler. Returns false with the reason: the program then ends with
	 * status 1.
	 */
	bool (*open)(void **context, struct error *error);
	void (*close)(void *context);
};

/*
 * The main function of a FastCGI program. Without arguments it answers requests on descriptor 0
 * until SIGTERM or SIGUSR1 (the request in work is finished). `--once METHOD TARGET [< body]`
 * answers one request: the body goes to stdout, status and headers to stderr; exit status 0 below
 * 400, else 1.
 */
int http_main(const struct http_program *program, int argc, char **argv);

/* A query parameter's first value; `at` is NULL without one. */
struct text http_query(const struct http_request *request, const char *name);

/* True if the query parameter is there and is neither "0" nor "false". */
bool http_query_flag(const struct http_request *request, const char *name);

/* What the route's {name} or {name...} stands for (segments joined by '/'), terminated. */
struct text http_captured(const struct http_request *request, const char *name);

/*
 * True if the client has gone away, so that nobody would see the answer: for handlers that work for
 * long, to be asked now and then. The response's status is then of no matter; use http_abandon.
 */
bool http_client_is_gone(const struct http_request *request);

/* Ends the handler's work for a client that has gone. */
void http_abandon(struct http_response *response);

/* Adds a header line. The value must hold no line break (one makes the response fail with 500). */
void http_header(struct http_response *response, const char *name, const char *value);

/* What was created is the answer: 201, and its place below `collection` ("/api/presets"). */
void http_created(struct http_response *response, const char *collection, struct text id);

/* Ends the handler's work with an error as problem+json; the status follows from the kind. */
void http_fail(struct http_response *response, const struct error *error);

/*
 * Notes one fault of the request's body at a JSON pointer ("/mapping/x"). All faults of a body are
 * collected; http_reject then answers 422 with every one of them.
 */
void http_fault(struct http_response *response, const char *pointer, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* True (and the response is a 422 `invalid_body`) if a fault was noted. */
bool http_reject(struct http_response *response);

/*
 * True if the request's If-None-Match names `etag` (quotes included, weak comparison): the response
 * is then a 304 without a body. Either way the ETag header is set.
 */
bool http_not_modified(
	const struct http_request *request, struct http_response *response, const char *etag);

#endif

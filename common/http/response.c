#include "http/internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/json_write.h"

#define LIMIT_HEADERS ((size_t)64 * 1024)
#define LIMIT_FAULTS  ((size_t)256 * 1024)

static const struct {
	int status;
	const char *title;
} TITLES[] = {
	{200, "OK"},
	{201, "Created"},
	{204, "No Content"},
	{304, "Not Modified"},
	{400, "Bad Request"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{409, "Conflict"},
	{413, "Content Too Large"},
	{415, "Unsupported Media Type"},
	{422, "Unprocessable Content"},
	{499, "Client Closed Request"},
	{500, "Internal Server Error"},
	{503, "Service Unavailable"},
};

static const int STATUS_OF_KIND[] = {
	[ERROR_NONE] = 500,
	[ERROR_MALFORMED] = 400,
	[ERROR_INVALID] = 422,
	[ERROR_NOT_FOUND] = 404,
	[ERROR_FORBIDDEN] = 403,
	[ERROR_CONFLICT] = 409,
	[ERROR_DAMAGED] = 422,
	[ERROR_UNSUPPORTED] = 415,
	[ERROR_UNAVAILABLE] = 503,
	[ERROR_SYSTEM] = 500,
};

static const char *title_of(int status)
{
	for (size_t i = 0; i < sizeof(TITLES) / sizeof(*TITLES); i++)
		if (TITLES[i].status == status)
			return TITLES[i].title;
	return "Error";
}

void http_response_init(struct http_response *response)
{
	*response = (struct http_response){.status = 200, .content_type = "application/json"};
	buffer_init(&response->body, LIMIT_REPLY);
	buffer_init(&response->headers, LIMIT_HEADERS);
	buffer_init(&response->faults, LIMIT_FAULTS);
}

void http_response_free(struct http_response *response)
{
	buffer_free(&response->body);
	buffer_free(&response->headers);
	buffer_free(&response->faults);
}

void http_problem(struct http_response *response, int status, const char *code, const char *detail)
{
	struct json_writer out;

	response->status = status;
	response->content_type = "application/problem+json";
	response->internal_path = NULL;
	buffer_free(&response->body);
	buffer_free(&response->headers);
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	json_put_string(&out, "type", "about:blank");
	json_put_string(&out, "title", title_of(status));
	json_put_integer(&out, "status", status);
	json_put_string(&out, "detail", detail);
	json_put_string(&out, "code", code);
	if (response->pointers) {
		json_key(&out, "errors");
		json_open_array(&out);
		json_raw(&out, buffer_text(&response->faults));
		json_close_array(&out);
	}
	json_close_object(&out);
	if (status == 503)
		http_header(response, "Retry-After", "1");
	http_header(response, "Cache-Control", "no-store");
}

void http_fail(struct http_response *response, const struct error *error)
{
	response->error = *error;
	http_problem(response, STATUS_OF_KIND[error->kind], error->code, error->message);
}

void http_abandon(struct http_response *response)
{
	/* nginx's own number for it. */
	http_problem(response, 499, "abandoned", "The client has gone.");
}

void http_fault(struct http_response *response, const char *pointer, const char *format, ...)
{
	struct json_writer out;
	va_list arguments;
	char detail[512];

	va_start(arguments, format);
	(void)vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	json_writer_init(&out, &response->faults);
	out.needs_comma = response->pointers > 0;
	json_open_object(&out);
	json_put_string(&out, "pointer", pointer);
	json_put_string(&out, "detail", detail);
	json_close_object(&out);
	response->pointers++;
}

bool http_reject(struct http_response *response)
{
	if (response->pointers == 0)
		return false;
	http_problem(response, 422, "invalid_body",
		"The body is not acceptable; errors lists every fault.");
	return true;
}

void http_header(struct http_response *response, const char *name, const char *value)
{
	if (strpbrk(name, "\r\n") || strpbrk(value, "\r\n")) {
		response->headers.failed = true;
		return;
	}
	buffer_printf(&response->headers, "%s: %s\r\n", name, value);
}

void http_created(struct http_response *response, const char *collection, struct text id)
{
	char location[LIMIT_PATH];

	(void)snprintf(location, sizeof(location), "%s/%.*s", collection, TEXT_ARGUMENTS(id));
	response->status = 201;
	http_header(response, "Location", location);
}

/* One entry of If-None-Match at `*list`, weak mark removed; moves past it. */
static struct text next_etag(const char **list)
{
	const char *at = *list + strspn(*list, " \t,");
	size_t length;

	if (at[0] == 'W' && at[1] == '/')
		at += 2;
	length = *at == '"' ? strcspn(at + 1, "\"") + 2 : strcspn(at, ", \t");
	if (length > strlen(at))
		length = strlen(at);
	*list = at + length;
	return (struct text){at, length};
}

bool http_not_modified(
	const struct http_request *request, struct http_response *response, const char *etag)
{
	struct text own = text_from(etag);
	const char *list = request->if_none_match;

	if (text_starts_with(own, TEXT("W/")))
		own = text_from_offset(own, 2);
	http_header(response, "ETag", etag);
	for (;;) {
		struct text theirs = next_etag(&list);

		if (theirs.length == 0)
			return false;
		if (text_equal(theirs, own) || text_equal(theirs, TEXT("*"))) {
			response->status = 304;
			return true;
		}
	}
}

void http_response_head(const struct http_response *response, struct buffer *out)
{
	buffer_printf(out, "Status: %d %s\r\n", response->status, title_of(response->status));
	buffer_append(out, buffer_text(&response->headers));
	if (response->internal_path)
		buffer_printf(out, "X-Accel-Redirect: %s\r\n", response->internal_path);
	if (response->status != 204 && response->status != 304)
		buffer_printf(out, "Content-Type: %s\r\n", response->content_type);
	if (!response->internal_path && response->status != 204 && response->status != 304)
		buffer_printf(out, "Content-Length: %zu\r\n", response->body.length);
	buffer_append(out, TEXT("\r\n"));
}

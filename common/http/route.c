#include "http/internal.h"

/* A pattern or path is a list of at most this many segments. */
struct segments {
	struct text at[LIMIT_SEGMENTS];
	size_t count;
};

static void split(const char *pattern, struct segments *segments)
{
	segments->count = 0;
	while (*pattern == '/' && segments->count < LIMIT_SEGMENTS) {
		size_t length = strcspn(pattern + 1, "/");

		segments->at[segments->count++] = (struct text){pattern + 1, length};
		pattern += 1 + length;
	}
}

static bool is_capture(struct text segment)
{
	return text_starts_with(segment, TEXT("{"));
}

static bool is_capture_of_many(struct text segment)
{
	return is_capture(segment) && text_ends_with(segment, TEXT("...}"));
}

static bool capture(struct http_request *request, struct text segment, size_t from, size_t count)
{
	size_t marks = is_capture_of_many(segment) ? 5 : 2;
	struct http_parameter *parameter = &request->captured[request->captured_length];
	size_t length = count - 1;
	char *joined;

	for (size_t i = 0; i < count; i++)
		length += request->path[from + i].length;
	joined = arena_alloc(request->arena, length + 1);
	if (!joined)
		return false;
	parameter->name = (struct text){segment.at + 1, segment.length - marks};
	parameter->value = (struct text){joined, length};
	for (size_t i = 0; i < count; i++) {
		struct text part = request->path[from + i];

		memcpy(joined, part.at, part.length);
		joined += part.length;
		if (i + 1 < count)
			*joined++ = '/';
	}
	request->captured_length++;
	return true;
}

static bool matches(const struct segments *pattern, struct http_request *request)
{
	size_t surplus = request->path_length - pattern->count;
	size_t at = 0;

	request->captured_length = 0;
	if (request->path_length < pattern->count)
		return false;
	for (size_t i = 0; i < pattern->count; i++) {
		struct text segment = pattern->at[i];
		size_t count = 1;

		if (is_capture_of_many(segment)) {
			count += surplus;
			surplus = 0;
		}
		if (is_capture(segment)) {
			if (!capture(request, segment, at, count))
				return false;
		} else if (!text_equal(segment, request->path[at])) {
			return false;
		}
		at += count;
	}
	return surplus == 0;
}

static bool method_fits(const char *route_method, const char *method)
{
	return strcmp(route_method, method) == 0 ||
	       (strcmp(route_method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

static void allow(struct buffer *allowed, const char *method)
{
	buffer_append_string(allowed, allowed->length ? ", " : "");
	buffer_append_string(allowed, method);
	if (strcmp(method, "GET") == 0)
		buffer_append_string(allowed, ", HEAD");
}

const struct http_route *http_route_find(const struct http_program *program,
	struct http_request *request, struct http_response *response)
{
	struct buffer allowed;

	buffer_init(&allowed, 256);
	for (size_t i = 0; i < program->route_count; i++) {
		const struct http_route *route = &program->routes[i];
		struct segments pattern;

		split(route->pattern, &pattern);
		if (!matches(&pattern, request))
			continue;
		if (method_fits(route->method, request->method)) {
			buffer_free(&allowed);
			return route;
		}
		allow(&allowed, route->method);
	}
	if (allowed.length) {
		buffer_append_byte(&allowed, '\0');
		http_problem(response, 405, "method_not_allowed",
			"This resource does not know the method; the Allow header names those it "
			"knows.");
		http_header(response, "Allow", allowed.failed ? "" : allowed.bytes);
	} else {
		http_problem(response, 404, "not_found", "There is nothing at this address.");
	}
	buffer_free(&allowed);
	return NULL;
}

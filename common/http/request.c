#include "http/internal.h"

#include <poll.h>

static bool refuse(struct error *error, const char *what)
{
	return error_set(error, ERROR_MALFORMED, "invalid_path", "%s", what);
}

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* Decodes %XX (and, in a query, '+') into the arena. */
static bool decode(struct arena *arena, struct text encoded, bool plus_is_space,
	struct text *decoded, struct error *error)
{
	char *bytes = arena_alloc(arena, encoded.length + 1);
	size_t length = 0;

	if (!bytes)
		return error_memory(error);
	for (size_t i = 0; i < encoded.length; i++) {
		char byte = encoded.at[i];

		if (byte == '%') {
			bool whole = encoded.length - i > 2;
			int high = whole ? hex_value(encoded.at[i + 1]) : -1;
			int low = whole ? hex_value(encoded.at[i + 2]) : -1;

			if (high < 0 || low < 0) {
				return refuse(error, "The URL holds a '%' that is not followed by "
						     "two hexadecimal "
						     "digits; write '%' itself as %25.");
			}
			byte = (char)(high * 16 + low);
			i += 2;
		} else if (byte == '+' && plus_is_space) {
			byte = ' ';
		}
		if (byte == '\0')
			return refuse(error, "The URL holds a NUL byte, which no name can hold.");
		bytes[length++] = byte;
	}
	*decoded = (struct text){bytes, length};
	return true;
}

static bool add_segment(struct http_request *request, struct text encoded, struct error *error)
{
	struct text *segment = &request->path[request->path_length];

	if (request->path_length == LIMIT_SEGMENTS)
		return refuse(error, "The URL's path has too many segments.");
	if (!decode(request->arena, encoded, false, segment, error))
		return false;
	if (segment->length == 0)
		return refuse(
			error, "The URL's path has an empty segment ('//', or a '/' at its end).");
	if (text_equal(*segment, TEXT(".")) || text_equal(*segment, TEXT("..")))
		return refuse(error, "The URL's path has a '.' or '..' segment.");
	if (memchr(segment->at, '/', segment->length))
		return refuse(error, "The URL's path has an encoded slash (%2F) inside a segment.");
	request->path_length++;
	return true;
}

static bool parse_path(struct http_request *request, struct text path, struct error *error)
{
	if (path.length == 0 || path.at[0] != '/')
		return refuse(error, "The URL's path does not begin with '/'.");
	if (memchr(path.at, '\\', path.length))
		return refuse(error, "The URL's path holds a backslash.");
	while (path.length) {
		const char *end;
		struct text segment;

		path = text_from_offset(path, 1);
		end = path.length ? memchr(path.at, '/', path.length) : NULL;
		segment = text_head(path, end ? (size_t)(end - path.at) : path.length);
		if (!add_segment(request, segment, error))
			return false;
		path = text_from_offset(path, segment.length);
	}
	return true;
}

static bool parse_query(struct http_request *request, struct text query, struct error *error)
{
	while (query.length) {
		const char *end = memchr(query.at, '&', query.length);
		struct text pair = text_head(query, end ? (size_t)(end - query.at) : query.length);
		const char *equals = pair.length ? memchr(pair.at, '=', pair.length) : NULL;
		size_t name_length = equals ? (size_t)(equals - pair.at) : pair.length;
		struct http_parameter *parameter = &request->query[request->query_length];

		query = text_from_offset(query, pair.length + (end ? 1 : 0));
		if (pair.length == 0)
			continue;
		if (request->query_length == LIMIT_QUERY)
			return refuse(error, "The URL's query has too many parameters.");
		if (!decode(request->arena, text_head(pair, name_length), true, &parameter->name,
			    error) ||
			!decode(request->arena,
				text_from_offset(pair, equals ? name_length + 1 : name_length),
				true, &parameter->value, error))
			return false;
		request->query_length++;
	}
	return true;
}

bool http_request_parse_target(struct http_request *request, struct error *error)
{
	struct text target = text_from(request->target);
	const char *question = memchr(target.at, '?', target.length);
	size_t path_length = question ? (size_t)(question - target.at) : target.length;

	if (target.length > LIMIT_TARGET)
		return refuse(error, "The URL is too long.");
	return parse_path(request, text_head(target, path_length), error) &&
	       parse_query(request,
		       text_from_offset(target, question ? path_length + 1 : path_length), error);
}

static struct text find(const struct http_parameter *list, size_t length, const char *name)
{
	for (size_t i = 0; i < length; i++)
		if (text_equal(list[i].name, text_from(name)))
			return list[i].value;
	return (struct text){NULL, 0};
}

struct text http_query(const struct http_request *request, const char *name)
{
	return find(request->query, request->query_length, name);
}

bool http_query_flag(const struct http_request *request, const char *name)
{
	struct text value = http_query(request, name);

	return value.at && !text_equal(value, TEXT("0")) && !text_equal(value, TEXT("false"));
}

struct text http_captured(const struct http_request *request, const char *name)
{
	return find(request->captured, request->captured_length, name);
}

bool http_client_is_gone(const struct http_request *request)
{
	struct pollfd connection = {.fd = request->connection, .events = POLLRDHUP};

	return poll(&connection, 1, 0) > 0;
}

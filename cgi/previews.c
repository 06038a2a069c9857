/*
 * previews: small versions of the images, made when they are first asked for. Answers
 *
 *   GET /api/previews/{width}/{path}
 *
 * It is the only program that decodes pixels. nginx sends a preview that is kept without asking
 * here; of one that has just been made, it is told the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "http/http.h"
#include "library/preview_get.h"

/* What outlives a request. */
struct previews {
	struct arena arena;
	struct config *config;
	uint64_t limit;	  /* of the cache, in bytes */
	const char *boot; /* names this run of the machine */
	int keep_error;	  /* the last one that was logged */
};

static bool read_width(const struct http_request *request, unsigned *width, struct error *error)
{
	struct text given = http_captured(request, "width");

	for (size_t i = 0; i < LIBRARY_PREVIEW_WIDTHS; i++) {
		char known[16];

		*width = library_preview_widths[i];
		(void)snprintf(known, sizeof(known), "%u", *width);
		if (text_equal(given, text_from(known)))
			return true;
	}
	return error_set(error, ERROR_NOT_FOUND, "not_found",
		"Previews are 256, 512 or 1024 pixels wide, not \"%.*s\".", TEXT_ARGUMENTS(given));
}

static bool read_priority(const struct http_request *request, bool *background, struct error *error)
{
	struct text given = http_query(request, "priority");

	*background = given.at && text_equal(given, TEXT("background"));
	return !given.at || *background ||
	       error_set(error, ERROR_MALFORMED, "invalid_parameter",
		       "priority must be background or absent, not \"%.*s\".",
		       TEXT_ARGUMENTS(given));
}

static bool is_abandoned(void *context)
{
	return http_client_is_gone(context);
}

/* One line for each preview made; one when keeping them begins to fail, and each new reason. */
static void log_answer(struct previews *previews, const struct library_preview_answer *answer)
{
	struct log_line line;

	if (answer->was_made) {
		log_begin(&line, LOG_DEBUG, "preview.made");
		log_string(&line, "path", answer->key.path);
		log_number(&line, "width", answer->key.width);
		log_number(&line, "bytes", (int64_t)answer->bytes.length);
		log_number(&line, "took_us", answer->took_ns / 1000);
		log_end(&line);
	}
	if (answer->keep_error && answer->keep_error != previews->keep_error) {
		log_begin(&line, LOG_WARN, "previews.not_kept");
		log_string(&line, "directory", previews->config->cache_dir);
		log_string(&line, "reason", strerror(answer->keep_error));
		log_end(&line);
	}
	previews->keep_error = answer->keep_error;
}

/* What is in the course of work is no fault of the service; a damaged file is told of once. */
static void refuse(struct http_response *response, const struct library_preview_wish *wish,
	const struct error *error)
{
	struct log_line line;

	if (strcmp(error->code, "abandoned") == 0) {
		http_abandon(response);
		return;
	}
	http_fail(response, error);
	response->is_routine = strcmp(error->code, "overloaded") == 0 ||
			       strcmp(error->code, "cache_full") == 0 ||
			       strcmp(error->code, "file_incomplete") == 0;
	if (!error->cause[0] || response->status >= 500)
		return;
	log_begin(&line, LOG_INFO, "preview.refused");
	log_string(&line, "path", wish->path);
	log_error_fields(&line, error);
	log_end(&line);
}

/* The location of nginx that sends the file, percent-encoded but for the slashes. */
static const char *internal_path(struct arena *arena, const char *file)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-_.~/";
	static const char digits[] = "0123456789ABCDEF";
	size_t length = strlen(file);
	char *path = arena_alloc(arena, sizeof("/_previews/") + 3 * length);
	char *to;

	if (!path)
		return NULL;
	to = stpcpy(path, "/_previews/");
	for (; *file; file++) {
		unsigned char byte = (unsigned char)*file;

		if (strchr(plain, *file)) {
			*to++ = *file;
		} else {
			*to++ = '%';
			*to++ = digits[byte >> 4];
			*to++ = digits[byte & 15];
		}
	}
	return path;
}

/*
 * A client that names the version the image has now may keep the answer for ever. Any other gets
 * the image as it is, to ask again next time.
 */
static void set_headers(const struct http_request *request, struct http_response *response,
	const struct library_preview_answer *answer)
{
	struct text version = http_query(request, "v");

	response->content_type = library_preview_content_type(answer->type);
	http_header(response, "Cache-Control",
		version.at && text_equal(version, text_from(answer->key.version))
			? "max-age=31536000, immutable"
			: "no-cache");
}

/* The answer's bytes: those in memory, else the file's. */
static bool send_bytes(const struct http_request *request, struct http_response *response,
	const struct library_preview_answer *answer, struct error *error)
{
	const struct previews *previews = request->context;
	const char *path;

	if (answer->bytes.length) {
		buffer_append(&response->body, buffer_text(&answer->bytes));
		return true;
	}
	path = arena_printf(
		request->arena, "%s/previews/%s", previews->config->cache_dir, answer->file);
	if (path && file_read_path(AT_FDCWD, path, &response->body))
		return true;
	(void)error_set(error, ERROR_UNAVAILABLE, "unavailable", "The preview cannot be read now.");
	return error_cause(error, "%s", strerror(errno));
}

static void get_preview(struct http_request *request, struct http_response *response)
{
	struct previews *previews = request->context;
	struct library_preview_wish wish = {.path = http_captured(request, "path").at,
		.limit = previews->limit,
		.boot = previews->boot,
		.is_abandoned = is_abandoned,
		.context = request};
	struct library_preview_answer answer = {0};
	struct error error;

	if (!read_width(request, &wish.width, &error) ||
		!read_priority(request, &wish.background, &error) ||
		!library_preview_get(request->arena, previews->config, &wish, &answer, &error)) {
		refuse(response, &wish, &error);
		return;
	}
	log_answer(previews, &answer);
	set_headers(request, response, &answer);
	if (request->behind_nginx && answer.file)
		response->internal_path = internal_path(request->arena, answer.file);
	if (!response->internal_path && !send_bytes(request, response, &answer, &error))
		refuse(response, &wish, &error);
	buffer_free(&answer.bytes);
}

static const struct http_route ROUTES[] = {
	{"GET", "/api/previews/{width}/{path...}", 0, get_preview},
};

/* PREVIEW_CACHE_MIB, else LIMIT_PREVIEW_CACHE. False if it is no number. */
static bool read_limit(uint64_t *limit)
{
	const char *given = getenv("PREVIEW_CACHE_MIB");
	char *end;
	unsigned long mebibytes;

	*limit = LIMIT_PREVIEW_CACHE;
	if (!given || !*given)
		return true;
	errno = 0;
	mebibytes = strtoul(given, &end, 10);
	if (errno || *end || *given < '0' || *given > '9' || mebibytes > UINT32_MAX)
		return false;
	*limit = (uint64_t)mebibytes << 20;
	return true;
}

static const char *read_boot(struct arena *arena)
{
	struct buffer buffer;
	const char *boot = "";

	buffer_init(&buffer, 64);
	if (file_read_path(AT_FDCWD, "/proc/sys/kernel/random/boot_id", &buffer))
		boot = arena_copy(arena, buffer_text(&buffer));
	buffer_free(&buffer);
	return boot ? boot : "";
}

static void close_previews(void *context)
{
	struct previews *previews = context;

	arena_free(&previews->arena);
	free(previews);
}

static bool open_previews(void **context, struct error *error)
{
	struct previews *previews = calloc(1, sizeof(*previews));
	bool done;

	if (!previews)
		return error_memory(error);
	arena_init(&previews->arena, (size_t)1 << 20);
	done = read_limit(&previews->limit) ||
	       error_set(error, ERROR_INVALID, "invalid_config",
		       "PREVIEW_CACHE_MIB must be a number of mebibytes.");
	if (!done || !config_load_default(&previews->arena, &previews->config, error)) {
		close_previews(previews);
		return false;
	}
	previews->boot = read_boot(&previews->arena);
	*context = previews;
	return true;
}

int main(int argc, char **argv)
{
	static const struct http_program program = {
		.name = "previews",
		.routes = ROUTES,
		.route_count = sizeof(ROUTES) / sizeof(*ROUTES),
		.open = open_previews,
		.close = close_previews,
	};

	return http_main(&program, argc, argv);
}

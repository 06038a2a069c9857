#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "http/internal.h"

/* A program that cannot start is started again at once by its pool: it lets this many seconds go
 * by. */
#define REFUSAL_PAUSE 1

/* Above this size malloc maps memory by itself, so that a large reply's memory is given back. */
#define MAP_THRESHOLD (256 * 1024)

static size_t read_stdin(void *source, char *bytes, size_t size)
{
	return fread(bytes, 1, size, source);
}

static int answer_once(
	const struct http_program *program, void *context, const char *method, const char *target)
{
	struct arena arena;
	struct http_request request = {.arena = &arena, .context = context};
	struct http_response response;
	struct http_input input = {.method = method,
		.target = target,
		.content_type = "application/json",
		.if_none_match = "",
		.body_length = "",
		.read = read_stdin,
		.source = stdin,
		.connection = -1};
	struct buffer head;
	bool succeeded;

	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	http_response_init(&response);
	buffer_init(&head, LIMIT_REPLY);
	http_handle(program, &input, &request, &response);
	http_response_head(&response, &head);
	(void)fwrite(head.bytes, 1, head.length, stderr);
	if (strcmp(method, "HEAD") != 0)
		(void)fwrite(buffer_text(&response.body).at, 1, response.body.length, stdout);
	succeeded = response.status < 400 && fflush(stdout) == 0;
	buffer_free(&head);
	http_response_free(&response);
	arena_free(&arena);
	return succeeded ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int usage(const struct http_program *program, FILE *to, int status)
{
	(void)fprintf(to,
		"usage: %s                          answer FastCGI requests on descriptor 0\n"
		"       %s --once METHOD TARGET     answer one request; a body is read from stdin\n"
		"       %s --version\n"
		"The configuration is CONFIG_PATH, else ./config.yaml.\n",
		program->name, program->name, program->name);
	return status;
}

int http_main(const struct http_program *program, int argc, char **argv)
{
	bool once = argc == 4 && strcmp(argv[1], "--once") == 0;
	struct log_line line;
	struct error error;
	void *context = NULL;
	int status;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return printf("%s %s\n", program->name, VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(program, stdout, EXIT_SUCCESS);
	if (argc != 1 && !once)
		return usage(program, stderr, 2);
	(void)mallopt(M_MMAP_THRESHOLD, MAP_THRESHOLD);
	if (!log_open(program->name)) {
		log_begin(&line, LOG_WARN, "log.level_unknown");
		log_string(
			&line, "message", "LOG_LEVEL is debug, info, warn or error; using info.");
		log_end(&line);
	}
	if (!program->open(&context, &error)) {
		log_begin(&line, LOG_ERROR, "program.refused");
		log_error_fields(&line, &error);
		log_end(&line);
		if (!once)
			(void)sleep(REFUSAL_PAUSE);
		return EXIT_FAILURE;
	}
	status = once ? answer_once(program, context, argv[2], argv[3])
		      : http_serve_fastcgi(program, context);
	program->close(context);
	return status;
}

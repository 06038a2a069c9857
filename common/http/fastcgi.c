#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/stop.h"
#include "http/internal.h"

static size_t read_body(void *source, char *bytes, size_t size)
{
	int got = FCGX_GetStr(bytes, size > INT_MAX ? INT_MAX : (int)size, source);

	return got > 0 ? (size_t)got : 0;
}

static const char *parameter(FCGX_Request *transport, const char *name)
{
	const char *value = FCGX_GetParam(name, transport->envp);

	return value ? value : "";
}

static void put(FCGX_Request *transport, struct text bytes)
{
	while (bytes.length) {
		int part = bytes.length > INT_MAX ? INT_MAX : (int)bytes.length;

		/* The client went away: nginx logs it, nothing is left to do. */
		if (FCGX_PutStr(bytes.at, part, transport->out) != part)
			return;
		bytes = text_from_offset(bytes, (size_t)part);
	}
}

/* The parameters live until FCGX_Finish_r; so do request and response. */
static void answer(const struct http_program *program, void *context, struct arena *arena,
	FCGX_Request *transport)
{
	struct http_request request = {.arena = arena, .context = context};
	struct http_response response;
	struct http_input input = {.method = parameter(transport, "REQUEST_METHOD"),
		.target = parameter(transport, "REQUEST_URI"),
		.content_type = parameter(transport, "CONTENT_TYPE"),
		.if_none_match = parameter(transport, "HTTP_IF_NONE_MATCH"),
		.body_length = parameter(transport, "CONTENT_LENGTH"),
		.read = read_body,
		.source = transport->in,
		.behind_nginx = true,
		.connection = transport->ipcFd};
	struct buffer head;

	http_response_init(&response);
	buffer_init(&head, LIMIT_REPLY);
	http_handle(program, &input, &request, &response);
	http_response_head(&response, &head);
	put(transport, buffer_text(&head));
	put(transport, buffer_text(&response.body));
	FCGX_Finish_r(transport);
	buffer_free(&head);
	http_response_free(&response);
	arena_reset(arena);
}

static int refuse(const char *what)
{
	struct log_line line;

	log_begin(&line, LOG_ERROR, "program.failed");
	log_string(&line, "message", what);
	log_number(&line, "errno", errno);
	log_end(&line);
	return EXIT_FAILURE;
}

int http_serve_fastcgi(const struct http_program *program, void *context)
{
	struct pollfd listening = {.fd = STDIN_FILENO, .events = POLLIN};
	struct arena arena;
	FCGX_Request transport;
	sigset_t while_waiting;
	int flags = fcntl(STDIN_FILENO, F_GETFL);

	/* Before FCGX_Init, which would install its own where it finds the default. */
	stop_listen(&while_waiting);
	if (FCGX_IsCGI() || flags < 0 || fcntl(STDIN_FILENO, F_SETFL, flags | O_NONBLOCK) != 0)
		return refuse("descriptor 0 is not a listening socket; start it with spawn-fcgi, "
			      "or use --once");
	if (FCGX_Init() != 0 || FCGX_InitRequest(&transport, STDIN_FILENO, 0) != 0)
		return refuse("libfcgi cannot be initialised");
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	while (!stop_requested()) {
		/* Another process of the pool may take the connection first: then accept says
		 * EAGAIN. */
		if (ppoll(&listening, 1, NULL, &while_waiting) > 0 &&
			FCGX_Accept_r(&transport) == 0)
			answer(program, context, &arena, &transport);
	}
	FCGX_Free(&transport, 1);
	arena_free(&arena);
	return EXIT_SUCCESS;
}

/*
 * comfyui: what is known of ComfyUI. It asks over the network and may wait long for an answer, so
 * it is a program of its own: a ComfyUI that hangs holds up nothing else. Answers
 *
 *   GET /api/comfyui/status
 */
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json_write.h"
#include "base/log.h"
#include "comfyui/calls.h"
#include "http/http.h"
#include "program.h"

/* What outlives a request. */
struct comfyui {
	struct arena arena;
	struct config *config;
	struct comfyui_client *client; /* NULL where none is configured */
};

static bool ask_system(struct comfyui *comfyui, struct arena *arena, struct comfyui_system *system,
	struct error *error)
{
	struct comfyui_request request;
	struct comfyui_response answer;
	bool done;

	if (!comfyui_ask_system(arena, &request))
		return error_memory(error);
	done = comfyui_client_call(comfyui->client, &request, &answer, error) &&
	       comfyui_read_system(arena, &answer, system, error);
	comfyui_response_free(&answer);
	return done;
}

static void get_status(struct http_request *request, struct http_response *response)
{
	struct comfyui *comfyui = request->context;
	struct comfyui_system system = {0};
	struct error error = {0};
	char checked_at[CLOCK_TEXT_SIZE];
	struct json_writer out;
	bool connected;

	http_header(response, "Cache-Control", "no-store");
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	json_key(&out, "enabled");
	json_boolean(&out, comfyui->client != NULL);
	connected = comfyui->client && ask_system(comfyui, request->arena, &system, &error);
	json_key(&out, "connected");
	json_boolean(&out, connected);
	if (connected) {
		json_key(&out, "version");
		json_text(&out, system.version);
	} else if (comfyui->client) {
		json_key(&out, "error");
		json_string(&out, error.message);
	}
	if (comfyui->client) {
		clock_format(clock_now(), checked_at);
		json_key(&out, "checked_at");
		json_string(&out, checked_at);
	}
	json_close_object(&out);
}

static const struct http_route ROUTES[] = {
	{"GET", "/api/comfyui/status", 0, get_status},
};

static void close_comfyui(void *context)
{
	struct comfyui *comfyui = context;

	comfyui_client_close(comfyui->client);
	arena_free(&comfyui->arena);
	free(comfyui);
}

static bool open_comfyui(void **context, struct error *error)
{
	struct comfyui *comfyui = calloc(1, sizeof(*comfyui));

	if (!comfyui)
		return error_memory(error);
	arena_init(&comfyui->arena, (size_t)1 << 20);
	if (!program_load_config(&comfyui->arena, &comfyui->config, error) ||
		(comfyui->config->comfyui.enabled &&
			!comfyui_client_open(comfyui->config, &comfyui->client, error))) {
		close_comfyui(comfyui);
		return false;
	}
	*context = comfyui;
	return true;
}

int main(int argc, char **argv)
{
	static const struct http_program program = {
		.name = "comfyui",
		.routes = ROUTES,
		.route_count = sizeof(ROUTES) / sizeof(*ROUTES),
		.open = open_comfyui,
		.close = close_comfyui,
	};

	/* TLS may raise it. */
	(void)signal(SIGPIPE, SIG_IGN);
	return http_main(&program, argc, argv);
}

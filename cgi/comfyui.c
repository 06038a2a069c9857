/*
 * comfyui: what is known of ComfyUI. It asks over the network and may wait long for an answer, so
 * it is a program of its own: a ComfyUI that hangs holds up nothing else. Answers
 *
 *   GET /api/comfyui/status
 *   GET /api/comfyui/models?type=&workflow=
 *   GET /api/workflows
 *   GET /api/workflows/{name}
 *   POST /api/sample-jobs/preview
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_write.h"
#include "base/log.h"
#include "comfyui/cache.h"
#include "comfyui/models.h"
#include "http/http.h"
#include "job_preview.h"
#include "workflows.h"

/* What outlives a request. */
struct comfyui {
	struct arena arena;
	struct config *config;
	struct comfyui_client *client; /* NULL where none is configured */
	struct comfyui_cache cache;
	char trouble[512]; /* the last failure that was logged; empty after a success */
};

/*
 * Logs how it goes with ComfyUI when that changes. What this process heard from another one has no
 * cause, and was logged there.
 */
static void note(struct comfyui *comfyui, const struct error *error)
{
	struct log_line line;

	if (!error) {
		comfyui->trouble[0] = '\0';
		return;
	}
	if (!error->cause[0] || strcmp(comfyui->trouble, error->message) == 0)
		return;
	(void)snprintf(comfyui->trouble, sizeof(comfyui->trouble), "%s", error->message);
	log_begin(&line, LOG_WARN, "comfyui.failed");
	log_error_fields(&line, error);
	log_end(&line);
}

static void get_status(struct http_request *request, struct http_response *response)
{
	struct comfyui *comfyui = request->context;
	struct comfyui_system system = {0};
	struct error error = {0};
	int64_t at = 0;
	char checked_at[CLOCK_TEXT_SIZE];
	struct json_writer out;
	bool connected;

	http_header(response, "Cache-Control", "no-store");
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	json_put_boolean(&out, "enabled", comfyui->client != NULL);
	connected = comfyui->client &&
		    comfyui_cache_system(&comfyui->cache, request->arena, &system, &at, &error);
	if (comfyui->client)
		note(comfyui, connected ? NULL : &error);
	json_put_boolean(&out, "connected", connected);
	if (connected) {
		json_put_text(&out, "version", system.version);
	} else if (comfyui->client) {
		json_put_string(&out, "error", error.message);
	}
	if (comfyui->client) {
		clock_format(at, checked_at);
		json_put_string(&out, "checked_at", checked_at);
	}
	json_close_object(&out);
}

/* Reads the query parameter `type`; NULL, and a 400, if it is none of ours. */
static const struct comfyui_model_type *read_type(
	const struct http_request *request, struct http_response *response)
{
	struct text given = http_query(request, "type");
	const struct comfyui_model_type *type = comfyui_model_type_find(given);
	struct error error;

	if (type)
		return type;
	(void)error_set(&error, ERROR_MALFORMED, "invalid_parameter",
		"type must be vae, clip, unet, checkpoint, lora, sampler or scheduler%s%.*s%s.",
		given.at ? ", not \"" : "", (int)given.length, given.at ? given.at : "",
		given.at ? "\"" : "");
	http_fail(response, &error);
	return NULL;
}

/*
 * The list of the type; where a workflow is named, that of its own node. A list that is none must
 * not look like one that is empty.
 */
static bool read_list(struct comfyui *comfyui, const struct http_request *request,
	const struct comfyui_model_type *type, struct comfyui_choices *choices, struct error *error)
{
	struct text workflow = http_query(request, "workflow");
	const char *class = type->class;
	const char *input = type->input;

	if (!comfyui_is_configured(comfyui->config, error) ||
		(workflow.at && !workflows_input(comfyui->config, request->arena, workflow,
					type->setting, &class, &input, error)) ||
		!comfyui_cache_choices(&comfyui->cache, request->arena, class, input,
			http_query_flag(request, "refresh"), choices, error))
		return false;
	return choices->is_list ||
	       error_set(error, ERROR_UNAVAILABLE, "comfyui_error",
		       "This ComfyUI has no list for %s of the node %s.", input, class);
}

static void list_models(struct http_request *request, struct http_response *response)
{
	struct comfyui *comfyui = request->context;
	const struct comfyui_model_type *type = read_type(request, response);
	struct comfyui_choices choices;
	struct json_writer out;
	struct error error;

	if (!type)
		return;
	if (!read_list(comfyui, request, type, &choices, &error)) {
		note(comfyui, &error);
		http_fail(response, &error);
		response->is_routine = error.kind == ERROR_UNAVAILABLE;
		return;
	}
	note(comfyui, NULL);
	http_header(response, "Cache-Control", "no-store");
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	json_key(&out, "models");
	json_open_array(&out);
	for (size_t i = 0; i < choices.count; i++)
		if (comfyui_model_is_file(choices.values[i]))
			json_text(&out, choices.values[i]);
	json_close_array(&out);
	json_close_object(&out);
}

static void list_workflows(struct http_request *request, struct http_response *response)
{
	const struct comfyui *comfyui = request->context;

	workflows_list(comfyui->config, request, response);
}

static void show_workflow(struct http_request *request, struct http_response *response)
{
	const struct comfyui *comfyui = request->context;

	workflows_show(comfyui->config, request, response);
}

static void preview_job(struct http_request *request, struct http_response *response)
{
	const struct comfyui *comfyui = request->context;

	job_preview(&comfyui->cache, request, response);
}

static const struct http_route ROUTES[] = {
	{"GET", "/api/comfyui/status", 0, get_status},
	{"GET", "/api/comfyui/models", 0, list_models},
	{"GET", "/api/workflows", 0, list_workflows},
	{"GET", "/api/workflows/{name}", 0, show_workflow},
	{"POST", "/api/sample-jobs/preview", HTTP_JSON_BODY, preview_job},
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
	if (!config_load_default(&comfyui->arena, &comfyui->config, error) ||
		(comfyui->config->comfyui.enabled &&
			!comfyui_client_open(comfyui->config, &comfyui->client, error))) {
		close_comfyui(comfyui);
		return false;
	}
	comfyui->cache = (struct comfyui_cache){comfyui->config, comfyui->client};
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

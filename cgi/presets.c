/*
 * presets: named assignments of dimensions to the roles of the grid. Answers
 *
 *   GET, POST /api/presets
 *   PUT, DELETE /api/presets/{id}
 *
 * and sample presets: what is rendered of a checkpoint.
 *
 *   GET, POST /api/sample-presets
 *   PUT, DELETE /api/sample-presets/{id}
 */
#include <stdlib.h>

#include "base/json_write.h"
#include "http/http.h"
#include "preset_input.h"
#include "program_store.h"
#include "sample_presets.h"
#include "store/preset.h"

#define LIST_KEPT \
	((size_t)1 << 20) /* a rendered list up to this size is kept for the next request */

/* What outlives a request. */
struct presets {
	struct program program;
	struct buffer list;   /* the JSON of all presets, as of list_version */
	int64_t list_version; /* 0: there is no list */
};

static void write_preset(struct json_writer *out, const struct store_preset *preset)
{
	json_open_object(out);
	json_put_text(out, "id", preset->id);
	json_put_text(out, "name", preset->name);
	json_put_raw(out, "mapping", preset->mapping);
	json_put_text(out, "created_at", preset->created_at);
	json_put_text(out, "updated_at", preset->updated_at);
	json_close_object(out);
}

/* Makes `presets->list` that of the database as it is now. */
static bool refresh_list(struct presets *presets, struct arena *arena, struct error *error)
{
	struct store_preset *stored;
	int64_t version;
	size_t count;
	struct json_writer out;

	/* Before the list is read: a change in between makes the list too new, never too old. */
	if (!store_version(presets->program.store, &version, error))
		return false;
	if (version == presets->list_version)
		return true;
	presets->list_version = 0;
	if (!store_preset_list(presets->program.store, arena, &stored, &count, error))
		return false;
	buffer_free(&presets->list);
	json_writer_init(&out, &presets->list);
	json_open_array(&out);
	for (size_t i = 0; i < count; i++)
		write_preset(&out, &stored[i]);
	json_close_array(&out);
	if (presets->list.failed)
		return error_memory(error);
	presets->list_version = version;
	return true;
}

static void list_presets(struct http_request *request, struct http_response *response)
{
	struct presets *presets = request->context;
	struct error error;

	if (!program_store(request, response))
		return;
	if (!refresh_list(presets, request->arena, &error)) {
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-store");
	buffer_append(&response->body, buffer_text(&presets->list));
	if (presets->list.length > LIST_KEPT) {
		buffer_free(&presets->list);
		presets->list_version = 0;
	}
}

static void create_preset(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct store_preset_input input;
	struct store_preset preset;
	struct json_writer out;
	struct error error;

	if (!store || !preset_input_read(request, response, &input))
		return;
	if (!store_preset_create(store, &input, request->arena, &preset, &error)) {
		http_fail(response, &error);
		return;
	}
	http_created(response, "/api/presets", preset.id);
	json_writer_init(&out, &response->body);
	write_preset(&out, &preset);
}

static void update_preset(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct text id = http_captured(request, "id");
	struct store_preset_input input;
	struct store_preset preset;
	struct json_writer out;
	struct error error;

	if (!store || !preset_input_read(request, response, &input))
		return;
	if (!store_preset_update(store, id, &input, request->arena, &preset, &error)) {
		http_fail(response, &error);
		return;
	}
	json_writer_init(&out, &response->body);
	write_preset(&out, &preset);
}

static void delete_preset(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct error error;

	if (!store)
		return;
	if (store_preset_delete(store, http_captured(request, "id"), &error))
		response->status = 204;
	else
		http_fail(response, &error);
}

static const struct http_route ROUTES[] = {
	{"GET", "/api/presets", 0, list_presets},
	{"POST", "/api/presets", HTTP_JSON_BODY, create_preset},
	{"PUT", "/api/presets/{id}", HTTP_JSON_BODY, update_preset},
	{"DELETE", "/api/presets/{id}", 0, delete_preset},
	{"GET", "/api/sample-presets", 0, sample_presets_list},
	{"POST", "/api/sample-presets", HTTP_JSON_BODY, sample_presets_create},
	{"PUT", "/api/sample-presets/{id}", HTTP_JSON_BODY, sample_presets_update},
	{"DELETE", "/api/sample-presets/{id}", 0, sample_presets_delete},
};

static bool open_presets(void **context, struct error *error)
{
	struct presets *presets = calloc(1, sizeof(*presets));

	if (!presets)
		return error_memory(error);
	buffer_init(&presets->list, LIMIT_REPLY);
	if (!program_open(&presets->program, STORE_DURABLE_NORMAL, error)) {
		free(presets);
		return false;
	}
	*context = presets;
	return true;
}

static void close_presets(void *context)
{
	struct presets *presets = context;

	program_close(&presets->program);
	buffer_free(&presets->list);
	free(presets);
}

int main(int argc, char **argv)
{
	static const struct http_program program = {
		.name = "presets",
		.routes = ROUTES,
		.route_count = sizeof(ROUTES) / sizeof(*ROUTES),
		.open = open_presets,
		.close = close_presets,
	};

	return http_main(&program, argc, argv);
}

/*
 * catalog: what is on disk. Answers
 *
 *   GET /health
 *   GET /api/settings
 *   GET /api/training-runs
 *   GET /api/training-runs/{id}/scan
 *   GET /api/images/{path}/metadata
 *   GET /api/checkpoints/{filename}/metadata
 *
 * The directories are opened anew for every request, so that a network drive that comes back is
 * there.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/log.h"
#include "health.h"
#include "http/http.h"
#include "library/answer.h"
#include "library/metadata.h"
#include "library/places.h"
#include "library/png_text.h"
#include "library/runs.h"
#include "library/safetensors.h"
#include "naming/image.h"
#include "store/store.h"

/* What outlives a request. */
struct catalog {
	struct arena arena;
	struct config *config;
	struct store *store;  /* NULL while the database cannot be opened */
	size_t skipped_count; /* of the last listing that was logged */
};

static void get_health(struct http_request *request, struct http_response *response)
{
	struct catalog *catalog = request->context;

	health_answer(catalog->config, &catalog->store, request, response);
}

/*
 * Lists the runs; on failure the response says so. What was skipped goes to the log when its number
 * has changed, so that a lasting fault does not fill it.
 */
static bool list_runs(struct http_request *request, struct http_response *response,
	struct library_listing *listing)
{
	struct catalog *catalog = request->context;
	struct error error;

	if (!library_list_runs(request->arena, catalog->config, listing, &error)) {
		http_fail(response, &error);
		return false;
	}
	for (size_t i = 0;
		i < listing->skipped.kept && listing->skipped.count != catalog->skipped_count;
		i++) {
		struct log_line line;

		log_begin(&line, LOG_WARN, "runs.skipped");
		log_text(&line, "path", listing->skipped.entries[i].path);
		log_string(&line, "reason", listing->skipped.entries[i].reason);
		log_end(&line);
	}
	catalog->skipped_count = listing->skipped.count;
	return true;
}

static void write_settings(struct json_writer *out, const struct config *config,
	const char *const *warnings, size_t warning_count, const struct library_listing *listing)
{
	const char *demo = getenv("CHECKPOINT_SAMPLER_DEMO");
	bool is_demo = demo && strcmp(demo, "1") == 0;

	json_open_object(out);
	json_put_string(out, "version", VERSION);
	json_put_boolean(out, "demo", is_demo);
	json_put_boolean(out, "comfyui_enabled", config->comfyui.enabled);
	json_put_boolean(out, "comfyui_simulated", is_demo && config->comfyui.enabled);
	json_put_string(out, "config_path", is_demo ? "" : config->path);
	json_key(out, "warnings");
	json_open_array(out);
	for (size_t i = 0; i < warning_count; i++)
		json_string(out, warnings[i]);
	json_close_array(out);
	json_key(out, "skipped");
	library_write_skipped(out, &listing->skipped);
	json_put_integer(out, "excluded_count", (int64_t)listing->excluded_count);
	json_close_object(out);
}

static void get_settings(struct http_request *request, struct http_response *response)
{
	const struct catalog *catalog = request->context;
	struct library_listing listing;
	struct error error;
	struct json_writer out;
	const char **warnings;
	size_t count;

	if (!list_runs(request, response, &listing))
		return;
	if (!config_warnings(request->arena, catalog->config, &warnings, &count)) {
		(void)error_memory(&error);
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-store");
	json_writer_init(&out, &response->body);
	write_settings(&out, catalog->config, warnings, count, &listing);
}

/* Reads the query parameter `has_samples`; false, and a 400, if it is neither true nor false. */
static bool read_filter(const struct http_request *request, struct http_response *response,
	enum library_run_filter *filter)
{
	struct text value = http_query(request, "has_samples");
	struct error error;

	*filter = LIBRARY_ALL_RUNS;
	if (!value.at)
		return true;
	if (text_equal(value, TEXT("true"))) {
		*filter = LIBRARY_RUNS_WITH_SAMPLES;
		return true;
	}
	if (text_equal(value, TEXT("false"))) {
		*filter = LIBRARY_RUNS_WITHOUT_SAMPLES;
		return true;
	}
	(void)error_set(&error, ERROR_MALFORMED, "invalid_parameter",
		"has_samples must be true or false, not \"%.*s\".", TEXT_ARGUMENTS(value));
	http_fail(response, &error);
	return false;
}

static void get_training_runs(struct http_request *request, struct http_response *response)
{
	struct library_listing listing;
	enum library_run_filter filter;
	struct json_writer out;

	if (!read_filter(request, response, &filter) || !list_runs(request, response, &listing))
		return;
	http_header(response, "Cache-Control", "no-cache");
	json_writer_init(&out, &response->body);
	library_write_runs(&out, &listing, filter);
}

/*
 * As a file that nginx sends, or gzipped in the body; nginx unpacks for clients. The answer's body
 * is taken over.
 */
static void reply_scan(const struct http_request *request, struct http_response *response,
	struct library_answer *answer)
{
	struct error error;

	http_header(response, "Cache-Control", "no-cache");
	http_header(response, "Vary", "Accept-Encoding");
	if (answer->etag[0] && http_not_modified(request, response, answer->etag)) {
		buffer_free(&answer->body);
		return;
	}
	if (answer->cache_name[0]) {
		response->internal_path =
			arena_printf(request->arena, "/_cache/%s", answer->cache_name);
		if (!response->internal_path) {
			buffer_free(&answer->body);
			(void)error_memory(&error);
			http_fail(response, &error);
			return;
		}
	}
	if (answer->is_gzipped && !answer->cache_name[0])
		http_header(response, "Content-Encoding", "gzip");
	buffer_free(&response->body);
	response->body = answer->body;
}

static void get_scan(struct http_request *request, struct http_response *response)
{
	const struct catalog *catalog = request->context;
	unsigned flags = (http_query_flag(request, "refresh") ? LIBRARY_REFRESH : 0U) |
			 (request->behind_nginx ? 0U : LIBRARY_PLAIN);
	struct library_listing listing;
	const struct library_run *run;
	struct library_answer answer;
	struct error error;

	if (!list_runs(request, response, &listing))
		return;
	run = library_find_run(&listing, http_captured(request, "id"), &error);
	if (!run) {
		http_fail(response, &error);
		return;
	}
	if (library_answer_scan(request->arena, catalog->config, run, flags, &answer, &error)) {
		reply_scan(request, response, &answer);
		return;
	}
	buffer_free(&answer.body);
	http_fail(response, &error);
}

/* Only PNG files have text that is read here; JPEG and WebP have none. */
static void get_image_metadata(struct http_request *request, struct http_response *response)
{
	const struct catalog *catalog = request->context;
	struct text path = http_captured(request, "path");
	struct library_metadata metadata = {0};
	struct error error;
	int descriptor = library_open_image(catalog->config, path.at, &error);
	bool done = descriptor >= 0 &&
		    (!naming_is_png(path) ||
			    library_read_png_text(request->arena, descriptor, &metadata, &error));
	struct json_writer out;

	if (descriptor >= 0)
		(void)close(descriptor);
	if (!done) {
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-cache");
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	json_key(&out, "metadata");
	library_write_metadata(&out, &metadata, TEXT(""), true);
	json_close_object(&out);
}

static bool read_checkpoint_metadata(
	struct http_request *request, struct library_metadata *metadata, struct error *error)
{
	const struct catalog *catalog = request->context;
	struct text run_id = http_query(request, "training_run");
	struct library_listing listing;
	const struct library_checkpoint *checkpoint;
	int descriptor;
	bool done;

	if (!library_list_runs(request->arena, catalog->config, &listing, error))
		return false;
	checkpoint = library_find_checkpoint(
		&listing, http_captured(request, "filename"), run_id, error);
	if (!checkpoint)
		return false;
	descriptor = library_open_checkpoint(
		request->arena, catalog->config, checkpoint->directory, checkpoint->path, error);
	if (descriptor < 0)
		return false;
	done = library_read_safetensors(request->arena, descriptor, metadata, error);
	(void)close(descriptor);
	return done;
}

static void get_checkpoint_metadata(struct http_request *request, struct http_response *response)
{
	struct library_metadata metadata = {0};
	struct error error;
	struct json_writer out;

	if (!read_checkpoint_metadata(request, &metadata, &error)) {
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-cache");
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	json_key(&out, "metadata");
	library_write_metadata(&out, &metadata, TEXT("ss_"), true);
	json_key(&out, "other");
	library_write_metadata(&out, &metadata, TEXT("ss_"), false);
	json_close_object(&out);
}

static const struct http_route ROUTES[] = {
	{"GET", "/health", 0, get_health},
	{"GET", "/api/settings", 0, get_settings},
	{"GET", "/api/training-runs", 0, get_training_runs},
	{"GET", "/api/training-runs/{id}/scan", 0, get_scan},
	{"GET", "/api/images/{path...}/metadata", 0, get_image_metadata},
	{"GET", "/api/checkpoints/{filename}/metadata", 0, get_checkpoint_metadata},
};

/* Reads the configuration. A database that cannot be opened now is tried again by /health. */
static bool open_catalog(void **context, struct error *error)
{
	struct catalog *catalog = calloc(1, sizeof(*catalog));

	if (!catalog)
		return error_memory(error);
	arena_init(&catalog->arena, (size_t)1 << 20);
	if (config_load_default(&catalog->arena, &catalog->config, error)) {
		*context = catalog;
		return true;
	}
	arena_free(&catalog->arena);
	free(catalog);
	return false;
}

static void close_catalog(void *context)
{
	struct catalog *catalog = context;

	store_close(catalog->store);
	arena_free(&catalog->arena);
	free(catalog);
}

int main(int argc, char **argv)
{
	static const struct http_program program = {
		.name = "catalog",
		.routes = ROUTES,
		.route_count = sizeof(ROUTES) / sizeof(*ROUTES),
		.open = open_catalog,
		.close = close_catalog,
	};

	return http_main(&program, argc, argv);
}

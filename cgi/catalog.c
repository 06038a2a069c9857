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
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/log.h"
#include "config/config.h"
#include "feed_check.h"
#include "http/http.h"
#include "library/answer.h"
#include "library/metadata.h"
#include "library/places.h"
#include "library/png_text.h"
#include "library/runs.h"
#include "library/safetensors.h"
#include "naming/image.h"
#include "store/comfyui_state.h"
#include "store/store.h"
#include "store/worker_lock.h"

/* What outlives a request. */
struct catalog {
	struct arena arena;
	struct config *config;
	struct store *store;  /* NULL while the database cannot be opened */
	size_t skipped_count; /* of the last listing that was logged */
};

/* Opens the database if it is not open, or is no longer the file at its path; then asks it. */
static bool check_database(struct catalog *catalog, struct error *error)
{
	if (catalog->store && store_moved(catalog->store)) {
		store_close(catalog->store);
		catalog->store = NULL;
	}
	if (!catalog->store &&
		!store_open(catalog->config->db_path, STORE_DURABLE_NORMAL, &catalog->store, error))
		return false;
	return store_check(catalog->store, error);
}

/* "ok", or in words what keeps the directory from being read. NULL without memory. */
static const char *check_directory(struct arena *arena, const char *path)
{
	if (access(path, R_OK | X_OK) == 0)
		return "ok";
	return arena_printf(arena, "%s: %s", path, strerror(errno));
}

static const char *check_directories(struct arena *arena, const struct config *config)
{
	const char *faults = NULL;

	for (size_t i = 0; i < config->checkpoint_dir_count; i++) {
		const char *state = check_directory(arena, config->checkpoint_dirs[i]);

		if (state && strcmp(state, "ok") != 0)
			faults = faults ? arena_printf(arena, "%s; %s", faults, state) : state;
	}
	return faults ? faults : "ok";
}

/* "ok", or why nothing is rendered; also where nothing is to be. NULL without memory. */
static const char *check_worker(struct arena *arena, const struct config *config)
{
	struct error error;

	if (!config->comfyui.enabled || store_worker_is_running(config->db_path, &error))
		return "ok";
	return arena_printf(arena, "%s", error.message);
}

/*
 * What the worker last knew of ComfyUI, as a note: that it is away degrades nothing. NULL where
 * there is nothing to say.
 */
static const char *note_comfyui(struct catalog *catalog, struct arena *arena)
{
	struct store_comfyui_state state;
	struct error error;

	if (!catalog->config->comfyui.enabled || !catalog->store ||
		!store_comfyui_state(catalog->store, arena, &state, &error) || !state.known)
		return NULL;
	return state.connected ? "ok" : state.error.at;
}

static void get_health(struct http_request *request, struct http_response *response)
{
	struct catalog *catalog = request->context;
	struct error error = {0};
	const char *sample_dir = check_directory(request->arena, catalog->config->sample_dir);
	const char *checkpoint_dirs = check_directories(request->arena, catalog->config);
	bool has_database = check_database(catalog, &error);
	struct feed_state feed = feed_check();
	const char *worker = check_worker(request->arena, catalog->config);
	const char *comfyui = note_comfyui(catalog, request->arena);
	struct json_writer out;

	if (!sample_dir || !worker) {
		(void)error_memory(&error);
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-store");
	if (!has_database) {
		response->status = 503;
		response->error = error;
		http_header(response, "Retry-After", "5");
	}
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	json_put_string(&out, "status",
		has_database && strcmp(sample_dir, "ok") == 0 &&
				strcmp(checkpoint_dirs, "ok") == 0 &&
				strcmp(feed.check, "ok") == 0 && strcmp(worker, "ok") == 0
			? "ok"
			: "degraded");
	json_put_string(&out, "version", VERSION);
	json_key(&out, "checks");
	json_open_object(&out);
	json_put_string(&out, "database", has_database ? "ok" : error.message);
	json_put_string(&out, "sample_dir", sample_dir);
	json_put_string(&out, "checkpoint_dirs", checkpoint_dirs);
	json_put_string(&out, "feed", feed.check);
	if (catalog->config->comfyui.enabled) {
		json_put_string(&out, "worker", worker);
	}
	if (feed.note) {
		json_put_string(&out, "watch", feed.note);
	}
	if (comfyui) {
		json_put_string(&out, "comfyui", comfyui);
	}
	json_close_object(&out);
	json_close_object(&out);
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

static void get_settings(struct http_request *request, struct http_response *response)
{
	const struct catalog *catalog = request->context;
	const struct config *config = catalog->config;
	const char *demo = getenv("CHECKPOINT_SAMPLER_DEMO");
	bool is_demo = demo && strcmp(demo, "1") == 0;
	struct library_listing listing;
	struct error error;
	struct json_writer out;
	const char **warnings;
	size_t count;

	if (!list_runs(request, response, &listing))
		return;
	if (!config_warnings(request->arena, config, &warnings, &count)) {
		(void)error_memory(&error);
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-store");
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	json_put_string(&out, "version", VERSION);
	json_put_boolean(&out, "demo", is_demo);
	json_put_boolean(&out, "comfyui_enabled", config->comfyui.enabled);
	json_put_boolean(&out, "comfyui_simulated", is_demo && config->comfyui.enabled);
	json_put_string(&out, "config_path", is_demo ? "" : config->path);
	json_key(&out, "warnings");
	json_open_array(&out);
	for (size_t i = 0; i < count; i++)
		json_string(&out, warnings[i]);
	json_close_array(&out);
	json_key(&out, "skipped");
	library_write_skipped(&out, &listing.skipped);
	json_put_integer(&out, "excluded_count", (int64_t)listing.excluded_count);
	json_close_object(&out);
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

/* The answer goes out as a file that nginx sends, or gzipped in the body; nginx unpacks for
 * clients. */
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
	if (!library_answer_scan(request->arena, catalog->config, run, flags, &answer, &error)) {
		buffer_free(&answer.body);
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-cache");
	http_header(response, "Vary", "Accept-Encoding");
	if (answer.etag[0] && http_not_modified(request, response, answer.etag)) {
		buffer_free(&answer.body);
		return;
	}
	if (answer.cache_name[0]) {
		response->internal_path =
			arena_printf(request->arena, "/_cache/%s", answer.cache_name);
		if (!response->internal_path) {
			(void)error_memory(&error);
			http_fail(response, &error);
			return;
		}
	}
	if (answer.is_gzipped && !answer.cache_name[0])
		http_header(response, "Content-Encoding", "gzip");
	buffer_free(&response->body);
	response->body = answer.body;
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
	struct config_faults faults = {0};
	const char *path;

	if (!catalog)
		return error_memory(error);
	arena_init(&catalog->arena, (size_t)1 << 20);
	path = config_default_path(&catalog->arena);
	if (path && config_load(&catalog->arena, path, &catalog->config, &faults)) {
		*context = catalog;
		return true;
	}
	(void)error_set(error, ERROR_INVALID, "invalid_config", "%s",
		faults.count ? faults.messages[0] : "the configuration cannot be read");
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

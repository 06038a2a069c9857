#include "health.h"

#include <errno.h>
#include <unistd.h>

#include "base/json_write.h"
#include "feed_check.h"
#include "store/comfyui_state.h"
#include "store/worker_lock.h"

/* What was found: each "ok", or in words what is wrong. */
struct health {
	const char *database;
	const char *sample_dir;
	const char *checkpoint_dirs;
	const char *feed;
	const char *worker; /* NULL where nothing is to be rendered */
	/* Notes, which degrade nothing; NULL where there is nothing to say. */
	const char *watch;
	const char *comfyui;
};

static bool is_ok(const char *check)
{
	return strcmp(check, "ok") == 0;
}

/* NULL without memory. */
static const char *check_directory(struct arena *arena, const char *path)
{
	if (access(path, R_OK | X_OK) == 0)
		return "ok";
	return arena_printf(arena, "%s: %s", path, strerror(errno));
}

/* NULL without memory. */
static const char *check_directories(struct arena *arena, const struct config *config)
{
	const char *faults = "ok";

	for (size_t i = 0; faults && i < config->checkpoint_dir_count; i++) {
		const char *state = check_directory(arena, config->checkpoint_dirs[i]);

		if (!state || is_ok(faults))
			faults = state;
		else if (!is_ok(state))
			faults = arena_printf(arena, "%s; %s", faults, state);
	}
	return faults;
}

/* NULL without memory. */
static const char *check_worker(struct arena *arena, const struct config *config)
{
	struct error error;

	if (store_worker_is_running(config->db_path, &error))
		return "ok";
	return arena_copy(arena, text_from(error.message));
}

/* What the worker last knew of ComfyUI; NULL where there is nothing to say. */
static const char *note_comfyui(struct arena *arena, struct store *store)
{
	struct store_comfyui_state state;
	struct error error;

	if (!store || !store_comfyui_state(store, arena, &state, &error) || !state.known)
		return NULL;
	return state.connected ? "ok" : state.error.at;
}

/* All but the database. False without memory. */
static bool examine(struct arena *arena, const struct config *config, struct store *store,
	struct health *health)
{
	struct feed_state feed = feed_check();

	health->sample_dir = check_directory(arena, config->sample_dir);
	health->checkpoint_dirs = check_directories(arena, config);
	health->feed = feed.check;
	health->watch = feed.note;
	if (!config->comfyui.enabled)
		return health->sample_dir && health->checkpoint_dirs;
	health->worker = check_worker(arena, config);
	health->comfyui = note_comfyui(arena, store);
	return health->sample_dir && health->checkpoint_dirs && health->worker;
}

static void write_health(struct json_writer *out, const struct health *health)
{
	bool all = is_ok(health->database) && is_ok(health->sample_dir) &&
		   is_ok(health->checkpoint_dirs) && is_ok(health->feed) &&
		   (!health->worker || is_ok(health->worker));

	json_open_object(out);
	json_put_string(out, "status", all ? "ok" : "degraded");
	json_put_string(out, "version", VERSION);
	json_key(out, "checks");
	json_open_object(out);
	json_put_string(out, "database", health->database);
	json_put_string(out, "sample_dir", health->sample_dir);
	json_put_string(out, "checkpoint_dirs", health->checkpoint_dirs);
	json_put_string(out, "feed", health->feed);
	if (health->worker)
		json_put_string(out, "worker", health->worker);
	if (health->watch)
		json_put_string(out, "watch", health->watch);
	if (health->comfyui)
		json_put_string(out, "comfyui", health->comfyui);
	json_close_object(out);
	json_close_object(out);
}

void health_answer(const struct config *config, struct store **store, struct http_request *request,
	struct http_response *response)
{
	struct json_writer out;
	struct error error;
	bool has_database = store_ready(config->db_path, STORE_DURABLE_NORMAL, store, &error) &&
			    store_check(*store, &error);
	struct health health = {.database = has_database ? "ok" : error.message};

	if (!examine(request->arena, config, *store, &health)) {
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
	write_health(&out, &health);
}

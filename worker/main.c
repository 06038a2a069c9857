/*
 * worker: renders sample jobs. It leases items in the database, has ComfyUI render them, and puts
 * the pictures into sample_dir; executor.h decides what comes next, docs/operations.md describes
 * what it logs.
 *
 * One process, one loop; the WebSocket has a thread of its own that only reads. SIGTERM, SIGINT and
 * SIGUSR1 end it after the image in work, within a few seconds: what ComfyUI is rendering then is
 * fetched by the next worker.
 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/stop.h"
#include "worker.h"

#define SECOND	   INT64_C(1000000000)
#define TICK	   (30 * SECOND) /* between two looks at what events may have missed, and beats */
#define BLIND_TICK SECOND	 /* the same where the kernel gives no events */
#define GRACE	   (6 * SECOND)	 /* for what is in work when the process is to end */

/* The supervisor waits a little before it tries again. */
#define EXIT_LOCKED 75

/* --- The loop ----------------------------------------------------------------------------------
 */

static void take_event(struct worker *worker, const struct comfyui_event *event)
{
	struct executor_slot *slot = executor_event(&worker->executor, event);
	struct worker_item *item = slot ? worker_item_of(worker, slot) : NULL;
	struct error error;

	if (!slot || event->type != COMFYUI_EVENT_PROGRESS)
		return;
	for (size_t i = 0; i < item->samplers.count; i++) {
		if (!text_equal(item->samplers.items[i], text_from(event->node)))
			continue;
		/* For show: while somebody else writes, or nothing can be written, it is left out.
		 */
		if (!worker->executor.store.present)
			(void)store_work_step(worker->store, text_from(slot->item_id), event->value,
				event->maximum, &error);
	}
}

static void work(struct worker *worker)
{
	struct executor_action action;
	struct comfyui_event event;

	/* What comes meanwhile waits: neither events nor answers may be lost. */
	if (!worker->store)
		return;
	executor_at(&worker->executor, clock_monotonic());
	while (worker->socket && comfyui_socket_take(worker->socket, &event))
		take_event(worker, &event);
	if (worker->client)
		comfyui_client_drive(worker->client);
	executor_at(&worker->executor, clock_monotonic());
	while (worker->client && executor_next(&worker->executor, &action)) {
		worker_perform(worker, &action);
		executor_at(&worker->executor, clock_monotonic());
	}
}

/* Nothing is in work: what only makes work faster is given back. */
static void rest(struct worker *worker)
{
	worker->template.template = NULL;
	arena_free(&worker->template.arena);
	worker->choices.class_type = (struct text){NULL, 0};
	arena_free(&worker->choices.arena);
	arena_free(&worker->scratch);
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		worker_clear_item(&worker->items[i]);
		arena_free(&worker->items[i].arena);
		arena_free(&worker->requests[i].arena);
	}
	if (worker->store)
		store_release_memory(worker->store);
	(void)malloc_trim(0);
}

static bool has_items(const struct worker *worker)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (worker->executor.slots[i].stage)
			return true;
	return false;
}

/* Waits for the next thing to do, at the latest until `deadline`. */
static void wait_for_work(struct worker *worker, int64_t deadline, const sigset_t *unblocked)
{
	bool works = worker->store != NULL;
	struct pollfd descriptors[] = {
		{store_watch_descriptor(worker->watch), POLLIN, 0},
		{works && worker->client ? comfyui_client_descriptor(worker->client) : -1, POLLIN,
			0},
		{works && worker->socket ? comfyui_socket_descriptor(worker->socket) : -1, POLLIN,
			0},
	};
	struct timespec pause;
	int64_t left;

	deadline = clock_earlier(deadline, worker_orders_deadline(worker));
	deadline = clock_earlier(deadline, executor_deadline(&worker->executor));
	left = deadline - clock_monotonic();
	left = left < 0 ? 0 : left;
	pause = (struct timespec){left / SECOND, left % SECOND};
	(void)ppoll(descriptors, sizeof(descriptors) / sizeof(*descriptors), &pause, unblocked);
}

static void run(struct worker *worker)
{
	int64_t end = INT64_MAX;
	int64_t tick = 0;
	bool had_items = false;
	sigset_t unblocked;

	stop_listen(&unblocked);
	while (clock_monotonic() < end) {
		int64_t now = clock_monotonic();
		bool due = now >= tick;

		executor_at(&worker->executor, now);
		if (due) {
			store_watch_mend(worker->watch);
			store_worker_beat(worker->lock);
			tick = now +
			       (store_watch_descriptor(worker->watch) < 0 ? BLIND_TICK : TICK);
		}
		if (stop_requested() && end == INT64_MAX) {
			end = now + GRACE;
			executor_quit(&worker->executor);
		}
		worker_take_orders(worker, due);
		work(worker);
		if (had_items && !has_items(worker))
			rest(worker);
		had_items = has_items(worker);
		if (stop_requested() && executor_is_quiet(&worker->executor))
			break;
		wait_for_work(worker, clock_earlier(tick, end), &unblocked);
	}
}

/* --- Begin and end -----------------------------------------------------------------------------
 */

static void set_target(struct worker *worker, struct arena *arena)
{
	const struct config_comfyui *config = &worker->config->comfyui;

	worker->target = (struct comfyui_socket_target){
		.host = config->host,
		.port = config->port,
		.path = arena_printf(arena, "%s/ws", config->prefix),
		.tls = config->secure,
		.insecure = config->insecure,
		.ca_file = config->ca_file,
		.headers = config->headers,
		.header_count = config->header_count,
	};
}

static bool open_comfyui(struct worker *worker, struct arena *arena, struct error *error)
{
	if (!worker->config->comfyui.enabled)
		return true;
	set_target(worker, arena);
	if (!worker->target.path)
		return error_memory(error);
	return comfyui_client_open(worker->config, &worker->client, error) &&
	       comfyui_socket_open(&worker->target, &worker->socket, error);
}

static void begin(struct worker *worker)
{
	uint32_t random;

	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		random = 1;
	executor_init(&worker->executor, clock_monotonic(),
		(int64_t)worker->config->comfyui.stall_minutes * 60 * SECOND, random);
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		arena_init(&worker->items[i].arena, LIMIT_WORKER_ITEM);
		arena_init(&worker->requests[i].arena, LIMIT_REQUEST_MEMORY);
		buffer_init(&worker->items[i].prompt, LIMIT_PROMPT);
		buffer_init(&worker->items[i].information, LIMIT_PROMPT);
		buffer_init(&worker->items[i].picture, LIMIT_PICTURE_FILE);
	}
	arena_init(&worker->chore_request.arena, LIMIT_REQUEST_MEMORY);
	arena_init(&worker->probe_request.arena, LIMIT_REQUEST_MEMORY);
	arena_init(&worker->template.arena, LIMIT_REQUEST_MEMORY);
	arena_init(&worker->choices.arena, LIMIT_REQUEST_MEMORY);
	arena_init(&worker->scratch, LIMIT_REQUEST_MEMORY);
}

static void end(struct worker *worker)
{
	comfyui_socket_close(worker->socket);
	comfyui_client_close(worker->client);
	store_close(worker->store);
	store_watch_close(worker->watch);
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++) {
		worker_clear_item(&worker->items[i]);
		arena_free(&worker->items[i].arena);
		arena_free(&worker->requests[i].arena);
	}
	arena_free(&worker->chore_request.arena);
	arena_free(&worker->probe_request.arena);
	arena_free(&worker->template.arena);
	arena_free(&worker->choices.arena);
	arena_free(&worker->scratch);
}

static void report_begin(const struct worker *worker)
{
	struct log_line line;

	log_begin(&line, LOG_INFO, "worker.started");
	log_string(&line, "version", VERSION);
	log_string(
		&line, "comfyui", worker->client ? worker->config->comfyui.url : "not configured");
	log_string(&line, "sample_dir", worker->config->sample_dir);
	log_end(&line);
}

static void report_end(const struct worker *worker)
{
	size_t left = 0;
	struct log_line line;

	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		left += worker->executor.slots[i].stage != EXECUTOR_EMPTY;
	log_begin(&line, LOG_INFO, "worker.stopped");
	log_number(&line, "left_in_work", (int64_t)left);
	log_end(&line);
}

static int serve(struct worker *worker, struct arena *arena)
{
	struct error error;

	begin(worker);
	worker->watch = store_watch_open(worker->config->db_path);
	if (!worker->watch)
		(void)error_memory(&error);
	if (!worker->watch || !open_comfyui(worker, arena, &error)) {
		worker_report_error("worker.failed", &error);
		return EXIT_FAILURE;
	}
	report_begin(worker);
	run(worker);
	report_end(worker);
	return EXIT_SUCCESS;
}

/* Holds the lock around all of it. */
static int serve_alone(struct worker *worker, struct arena *arena)
{
	struct error error;
	int status;

	if (!store_worker_lock(worker->config->db_path, &worker->lock, &error)) {
		worker_report_error("worker.refused", &error);
		return error.kind == ERROR_CONFLICT ? EXIT_LOCKED : EXIT_FAILURE;
	}
	status = serve(worker, arena);
	end(worker);
	store_worker_unlock(worker->lock);
	return status;
}

int main(void)
{
	struct arena arena;
	struct worker *worker;
	struct config *config;
	struct error error;
	int status = EXIT_FAILURE;

	/* One heap: what is free in it can be given back, whichever thread it was for. */
	(void)mallopt(M_ARENA_MAX, 1);
	(void)log_open("worker");
	(void)error_memory(&error);
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	worker = arena_alloc(&arena, sizeof(*worker));
	if (!worker || !config_load_default(&arena, &config, &error)) {
		worker_report_error("worker.failed", &error);
	} else {
		worker->config = config;
		status = serve_alone(worker, &arena);
	}
	arena_free(&arena);
	return status;
}

/* What the database says: leases to take over, items to lease, jobs to stop. */
#include "base/clock.h"
#include "base/utf8.h"
#include "library/output.h"
#include "store/comfyui_state.h"
#include "worker.h"

/* What was left over is looked at again after this. */
#define WANTED_PAUSE INT64_C(100000000)

static bool open_store(struct worker *worker)
{
	struct error error;

	if (!worker->store && !executor_can_store(&worker->executor))
		return false;
	if (store_ready(worker->config->db_path, STORE_DURABLE_HASTY, &worker->store, &error))
		return true;
	worker_store_error(worker, NULL, &error);
	return false;
}

static bool is_in_work(const struct worker *worker, struct text item_id)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (worker->executor.slots[i].stage &&
			text_equal(text_from(worker->executor.slots[i].item_id), item_id))
			return true;
	return false;
}

/* Takes over the lease with that index, read anew into memory that lasts as long as it. */
static bool take_over(struct worker *worker, size_t index, struct error *error)
{
	struct worker_item *item = worker_item_of(worker, executor_free_slot(&worker->executor));
	struct store_work works[STORE_WORK_LEASES];
	struct executor_item facts;
	struct executor_slot *slot;
	size_t count;

	worker_clear_item(item);
	if (!store_work_leased(worker->store, &item->arena, works, &count, error))
		return false;
	if (index >= count)
		return true;
	item->work = works[index];
	if (!worker_begin_item(worker, item, &facts, error))
		return false;
	slot = executor_resumed(&worker->executor, &facts);
	library_output_clean(worker->config->sample_dir, item->output_path);
	worker_pace_begin(worker, slot);
	worker_report_item(worker, slot, "item.taken_over");
	return true;
}

/*
 * Takes over leases that are not this worker's: those that one before it has left, and those of a
 * database that was restored from a backup.
 */
static bool resume(struct worker *worker)
{
	struct store_work works[STORE_WORK_LEASES];
	struct error error;
	size_t count;
	bool done = store_work_leased(worker->store, &worker->scratch, works, &count, &error);

	for (size_t i = 0; done && i < count; i++)
		if (executor_free_slot(&worker->executor) && !is_in_work(worker, works[i].item_id))
			done = take_over(worker, i, &error);
	if (!done)
		worker_store_error(worker, NULL, &error);
	return done;
}

/* The attempt is nobody's any more: if it is in work, its job was deleted. */
static void report_deleted(struct worker *worker, const char *prompt_id)
{
	const struct executor_slot *slots = worker->executor.slots;

	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (slots[i].stage && strcmp(slots[i].prompt_id, prompt_id) == 0)
			worker_report_deleted(worker, &slots[i]);
}

static bool read_orders(struct worker *worker)
{
	struct store_work_orders orders;
	struct error error;

	if (!store_work_orders(worker->store, &worker->scratch, &orders, &error)) {
		worker_store_error(worker, NULL, &error);
		return false;
	}
	executor_tell_work(&worker->executor, orders.has_work);
	for (size_t i = 0; i < orders.stopping_count; i++) {
		const char *id = arena_copy(&worker->scratch, orders.stopping[i]);

		if (id)
			executor_tell_stopping(&worker->executor, id);
	}
	worker->orders_wanted = false;
	for (size_t i = 0; i < orders.abandoned_count; i++) {
		const struct store_attempt *attempt = &orders.abandoned[i];

		report_deleted(worker, attempt->prompt_id.at);
		/* What has no room is read again when something was ended. */
		if (!executor_tell_abandoned(
			    &worker->executor, attempt->prompt_id.at, attempt->file_prefix.at))
			worker->orders_wanted = true;
	}
	worker_report_idle_jobs(worker);
	return true;
}

static void record_state(struct worker *worker)
{
	struct worker_state *state = &worker->state;
	struct store_comfyui_state record = {
		.known = true,
		.connected = state->connected,
		.version = text_from(state->version),
		.error = text_from(state->error),
	};
	struct error error;

	state->unrecorded = !store_comfyui_set_state(worker->store, &record, &error);
	if (state->unrecorded)
		worker_store_error(worker, NULL, &error);
}

void worker_set_state(struct worker *worker, struct text version, const char *error)
{
	struct worker_state *state = &worker->state;
	struct worker_state now = {.known = true, .connected = !error, .unrecorded = true};

	utf8_copy(now.version, sizeof(now.version), version);
	utf8_copy(now.error, sizeof(now.error), text_from(error));
	if (state->known && state->connected == now.connected &&
		strcmp(state->version, now.version) == 0 && strcmp(state->error, now.error) == 0)
		return;
	*state = now;
	worker_report_state(worker);
	if (worker->store)
		record_state(worker);
}

int64_t worker_orders_deadline(const struct worker *worker)
{
	int64_t deadline = store_watch_deadline(worker->watch);

	return worker->orders_wanted ? clock_earlier(deadline, clock_monotonic() + WANTED_PAUSE)
				     : deadline;
}

/* True if the database may have changed since its orders were read. */
static bool is_woken(struct worker *worker, bool anyhow)
{
	return store_watch_is_due(worker->watch) || anyhow || worker->orders_wanted ||
	       !worker->resumed || !worker->store;
}

/* A job may be there from when ComfyUI was. */
static void say_not_configured(struct worker *worker)
{
	struct error error;

	if (!store_work_wait(worker->store,
		    TEXT("No ComfyUI is configured: add the key comfyui to config.yaml and start "
			 "Checkpoint Sampler again."),
		    &error))
		worker_store_error(worker, NULL, &error);
}

void worker_take_orders(struct worker *worker, bool anyhow)
{
	struct error error;
	int64_t version;

	if (!is_woken(worker, anyhow) || !open_store(worker))
		return;
	if ((anyhow || !worker->resumed) && worker->client && executor_can_store(&worker->executor))
		worker->resumed = resume(worker);
	if (worker->state.unrecorded)
		record_state(worker);
	if (!store_version(worker->store, &version, &error)) {
		worker_store_error(worker, NULL, &error);
		return;
	}
	if (version != worker->version && !worker->client)
		say_not_configured(worker);
	if ((version != worker->version || worker->orders_wanted) && worker->client &&
		worker->resumed && read_orders(worker))
		worker->version = version;
	arena_reset(&worker->scratch);
}

/* Does what the executor decided, as far as database and disk are concerned. */
#include "base/clock.h"
#include "base/utf8.h"
#include "library/output.h"
#include "worker.h"

/* Others hold the database for moments: that is no news. */
#define NEWS_AFTER INT64_C(5000000000)

struct worker_item *worker_item_of(struct worker *worker, const struct executor_slot *slot)
{
	return &worker->items[slot - worker->executor.slots];
}

void worker_clear_item(struct worker_item *item)
{
	buffer_free(&item->picture);
	buffer_free(&item->prompt);
	buffer_free(&item->information);
	arena_reset(&item->arena);
	*item = (struct worker_item){
		.arena = item->arena,
		.prompt = item->prompt,
		.information = item->information,
		.picture = item->picture,
	};
}

/* The item is done with, as far as the worker is concerned. */
static void let_go(struct worker *worker, struct executor_slot *slot)
{
	struct worker_item *item = worker_item_of(worker, slot);

	executor_recorded(&worker->executor, slot);
	worker_clear_item(item);
}

void worker_store_error(
	struct worker *worker, struct executor_slot *slot, const struct error *error)
{
	bool lost = error->kind == ERROR_NOT_FOUND || error->kind == ERROR_CONFLICT;
	int64_t since;

	if (slot && lost) {
		worker_report_withdrawn(worker, slot);
		if (error->kind == ERROR_NOT_FOUND)
			worker_report_deleted(worker, slot);
		let_go(worker, slot);
		worker->orders_wanted = true;
		return;
	}
	executor_store_failed(&worker->executor, error->message);
	since = worker->executor.store.since;
	if (worker->told_trouble == since || clock_monotonic() - since < NEWS_AFTER)
		return;
	worker_report_error("database.failed", error);
	worker->told_trouble = since;
}

/* --- Leases ------------------------------------------------------------------------------------
 */

static void claim(struct worker *worker)
{
	struct executor *executor = &worker->executor;
	struct worker_item *item = worker_item_of(worker, executor_free_slot(executor));
	struct executor_item facts;
	struct executor_slot *slot;
	struct error error;
	bool claimed;

	worker_clear_item(item);
	if (!store_work_claim(worker->store, &item->arena, &item->work, &claimed, &error)) {
		worker_store_error(worker, NULL, &error);
		return;
	}
	if (!claimed) {
		(void)executor_claimed(executor, NULL);
		return;
	}
	if (!worker_begin_item(worker, item, &facts, &error)) {
		worker->resumed = false;
		worker_store_error(worker, NULL, &error);
		return;
	}
	slot = executor_claimed(executor, &facts);
	worker_pace_begin(worker, slot);
	worker_report_item(worker, slot, "item.leased");
}

static void renew(struct worker *worker, struct executor_slot *slot)
{
	struct worker_item *item = worker_item_of(worker, slot);
	struct error error;

	if (!store_work_attempt(worker->store, text_from(slot->item_id), &item->arena,
		    &item->attempt, &error)) {
		worker_store_error(worker, slot, &error);
		return;
	}
	executor_renewed(
		&worker->executor, slot, item->attempt.prompt_id.at, item->attempt.file_prefix.at);
	worker_report_item(worker, slot, "item.renewed");
}

/* --- The picture -------------------------------------------------------------------------------
 */

static void save(struct worker *worker, struct executor_slot *slot)
{
	struct worker_item *item = worker_item_of(worker, slot);
	struct library_output_state state;
	struct error error;
	bool taken;

	if (!worker_place_is_taken(worker, slot, &taken, &error)) {
		worker_store_error(worker, NULL, &error);
		return;
	}
	if (taken) {
		executor_ends(&worker->executor, slot, EXECUTOR_SKIPPING, STORE_JOB_OCCUPIED_CODE,
			STORE_JOB_OCCUPIED_MESSAGE);
		return;
	}
	if (library_output_save(worker->config->sample_dir, item->output_path,
		    buffer_text(&item->picture), &state, &error)) {
		item->output = (struct store_output){
			.path = text_from(item->output_path),
			.recipe = text_from(item->digest),
			.size = state.size,
			.modified = state.modified,
		};
		executor_saved(&worker->executor, slot);
		return;
	}
	if (error.kind == ERROR_UNAVAILABLE)
		executor_unwritable(&worker->executor, error.message);
	else
		executor_ends(&worker->executor, slot, EXECUTOR_FAILING, error.code, error.message);
}

/* --- Ends --------------------------------------------------------------------------------------
 */

/* What ComfyUI said at length; an item may fail later for a reason that this does not tell. */
static struct text details_of(const struct executor_slot *slot, const struct worker_item *item)
{
	if (strcmp(slot->fault.code, "execution_error") == 0 ||
		strcmp(slot->fault.code, "out_of_memory") == 0)
		return item->traceback;
	return (struct text){NULL, 0};
}

/* Records how the item ended. `*count`: how many items ended with it. */
static bool record_end(struct worker *worker, const struct executor_slot *slot, int64_t *count,
	struct error *error)
{
	const struct worker_item *item = worker_item_of(worker, slot);
	struct text id = text_from(slot->item_id);
	struct text job = text_from(slot->job_id);
	struct store_fault fault = {
		.code = text_from(slot->fault.code),
		.message = text_from(slot->fault.message),
		.details = {NULL, 0},
	};
	double seconds = slot->started_at && slot->ended_at
				 ? (double)(slot->ended_at - slot->started_at) / 1e9
				 : -1;

	*count = slot->stage == EXECUTOR_RELEASING ? 0 : 1;
	if (slot->abandoned)
		return store_work_abandon(worker->store, id, text_from(slot->prompt_id),
			slot->stage == EXECUTOR_RELEASING ? NULL : &fault, error);
	switch (slot->stage) {
	case EXECUTOR_SAVED:
		return store_work_complete(worker->store, id, &item->output, seconds, error);
	case EXECUTOR_FAILING:
		fault.details = details_of(slot, item);
		return store_work_fail(worker->store, id, &fault, error);
	case EXECUTOR_SKIPPING:
		return store_work_skip(worker->store, id, &fault, error);
	case EXECUTOR_SKIPPING_CHECKPOINT:
		return store_work_skip_checkpoint(worker->store, id, &fault, count, error);
	case EXECUTOR_FAILING_JOB:
		*count = 0;
		return store_work_fail_job(worker->store, job, fault.message, error);
	default:
		return store_work_release(worker->store, id, error);
	}
}

static void end(struct worker *worker, struct executor_slot *slot, const char *event)
{
	struct error error;
	int64_t count;

	if (!record_end(worker, slot, &count, &error)) {
		worker_store_error(worker, slot, &error);
		return;
	}
	worker_pace_end(worker, slot, count);
	worker_report_end(worker, slot, event);
	worker_report_job(worker, slot);
	if (slot->stage == EXECUTOR_SAVED)
		worker_remove_copies(worker, slot);
	let_go(worker, slot);
	worker->orders_wanted = true;
}

static void forget(struct worker *worker, struct executor_chore *chore)
{
	struct error error;

	if (!store_work_forget(worker->store, text_from(chore->recorded_id), &error)) {
		worker_store_error(worker, NULL, &error);
		return;
	}
	executor_forgotten(&worker->executor, chore);
	worker->orders_wanted = true;
}

static void wait_for(struct worker *worker, const char *reason, bool briefly)
{
	struct text text = {*reason ? reason : NULL, strlen(reason)};
	struct error error;

	if (!store_work_wait(worker->store, text, &error))
		worker_store_error(worker, NULL, &error);
	/* It is recorded with each item, and told once, if it is worth a line. */
	if (briefly || strcmp(reason, worker->reported_reason) == 0)
		return;
	utf8_copy(worker->reported_reason, sizeof(worker->reported_reason), text_from(reason));
	worker_report_wait(worker, reason);
}

/* --- All of it ---------------------------------------------------------------------------------
 */

static void connect_socket(struct worker *worker, bool renamed)
{
	/* A socket without an id would be told nothing; the one before will do then. */
	if (renamed || !worker->client_id[0])
		(void)uuid_make(worker->client_id);
	comfyui_socket_connect(worker->socket, worker->client_id);
}

void worker_perform(struct worker *worker, const struct executor_action *action)
{
	switch (action->verb) {
	case EXECUTOR_CONNECT:
		connect_socket(worker, action->renamed);
		break;
	case EXECUTOR_WAIT:
		wait_for(worker, action->reason, action->briefly);
		break;
	case EXECUTOR_CLAIM:
		claim(worker);
		break;
	case EXECUTOR_PREPARE:
		worker_prepare(worker, action->slot);
		break;
	case EXECUTOR_RENEW:
		renew(worker, action->slot);
		break;
	case EXECUTOR_SAVE:
		save(worker, action->slot);
		break;
	case EXECUTOR_COMPLETE:
		end(worker, action->slot, "item.completed");
		break;
	case EXECUTOR_FAIL:
		end(worker, action->slot, "item.failed");
		break;
	case EXECUTOR_SKIP:
		end(worker, action->slot, "item.skipped");
		break;
	case EXECUTOR_SKIP_CHECKPOINT:
		end(worker, action->slot, "checkpoint.skipped");
		break;
	case EXECUTOR_FAIL_JOB:
		end(worker, action->slot, "job.failed");
		break;
	case EXECUTOR_RELEASE:
		end(worker, action->slot, "item.released");
		break;
	case EXECUTOR_FORGET:
		forget(worker, action->chore);
		break;
	default:
		worker_request(worker, action);
	}
	arena_reset(&worker->scratch);
}

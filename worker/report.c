/* The operator's log: docs/operations.md. */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker.h"

/* How much a new interval counts in the pace. */
#define PACE_WEIGHT 0.2

static void put_seconds(struct log_line *line, const char *key, int64_t nanoseconds)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%.3fs", (double)nanoseconds / 1e9);
	log_string(line, key, text);
}

/* "2h13m", "4m", "50s". */
static void put_duration(struct log_line *line, const char *key, double seconds)
{
	long long whole = (long long)(seconds + 0.5);
	char text[48];

	if (whole >= 3600)
		(void)snprintf(text, sizeof(text), "%lldh%02lldm", whole / 3600, whole / 60 % 60);
	else if (whole >= 60)
		(void)snprintf(text, sizeof(text), "%lldm%02llds", whole / 60, whole % 60);
	else
		(void)snprintf(text, sizeof(text), "%llds", whole);
	log_string(line, key, text);
}

static void put_item(struct worker *worker, struct log_line *line, const struct executor_slot *slot)
{
	const struct store_work *work = &worker_item_of(worker, slot)->work;

	log_text(line, "job",
		text_head(work->job_id, work->job_id.length < 8 ? work->job_id.length : 8));
	log_text(line, "run", work->training_run_name);
	log_text(line, "checkpoint", work->checkpoint_filename);
	log_text(line, "prompt", work->output.prompt_name);
	log_number(line, "steps", work->output.steps);
	log_text(line, "cfg", work->output.cfg);
	log_text(line, "sampler", work->output.sampler_name);
	log_text(line, "scheduler", work->output.scheduler);
	log_text(line, "seed", work->output.seed);
}

static bool is_pace_of(const struct worker_pace *pace, const struct executor_slot *slot)
{
	return strcmp(pace->job_id, slot->job_id) == 0;
}

void worker_pace_begin(struct worker *worker, const struct executor_slot *slot)
{
	const struct store_work *work = &worker_item_of(worker, slot)->work;
	struct worker_pace *pace = &worker->pace;
	struct log_line line;

	for (size_t i = 0; is_pace_of(pace, slot) && i < EXECUTOR_SLOTS; i++)
		/* What is under way is not counted in the database yet. */
		if (&worker->executor.slots[i] != slot && worker->executor.slots[i].stage)
			return;
	if (!is_pace_of(pace, slot)) {
		*pace = (struct worker_pace){0};
		(void)snprintf(pace->job_id, sizeof(pace->job_id), "%s", slot->job_id);
		log_begin(&line, LOG_INFO, "job.started");
		log_text(&line, "job", text_head(work->job_id, 8));
		log_text(&line, "run", work->training_run_name);
		log_text(&line, "workflow", work->workflow_name);
		log_number(&line, "done", work->ended_items);
		log_number(&line, "total", work->total_items);
		log_end(&line);
	}
	pace->total = work->total_items;
	pace->ended = work->ended_items;
}

void worker_pace_end(struct worker *worker, const struct executor_slot *slot, int64_t count)
{
	struct worker_pace *pace = &worker->pace;
	int64_t now = clock_monotonic();
	double seconds = (double)(now - pace->last_end) / 1e9;

	if (!is_pace_of(pace, slot))
		return;
	if (pace->last_end)
		pace->seconds = pace->seconds > 0
					? pace->seconds + PACE_WEIGHT * (seconds - pace->seconds)
					: seconds;
	pace->last_end = now;
	pace->ended += count;
}

static void put_pace(struct worker *worker, struct log_line *line, const struct executor_slot *slot)
{
	const struct worker_pace *pace = &worker->pace;
	char done[64];

	if (!is_pace_of(pace, slot))
		return;
	(void)snprintf(
		done, sizeof(done), "%lld/%lld", (long long)pace->ended, (long long)pace->total);
	log_string(line, "done", done);
	if (pace->seconds > 0 && pace->total > pace->ended)
		put_duration(line, "eta", pace->seconds * (double)(pace->total - pace->ended));
}

void worker_report_item(struct worker *worker, const struct executor_slot *slot, const char *event)
{
	struct log_line line;

	log_begin(&line, LOG_DEBUG, event);
	put_item(worker, &line, slot);
	log_string(&line, "prompt_id", slot->prompt_id);
	log_end(&line);
}

void worker_report_end(struct worker *worker, const struct executor_slot *slot, const char *event)
{
	const struct worker_item *item = worker_item_of(worker, slot);
	bool good = slot->stage == EXECUTOR_SAVED;
	struct log_line line;

	log_begin(&line, good || slot->stage == EXECUTOR_RELEASING ? LOG_INFO : LOG_WARN, event);
	put_item(worker, &line, slot);
	if (slot->started_at && slot->ended_at)
		put_seconds(&line, "took", slot->ended_at - slot->started_at);
	put_pace(worker, &line, slot);
	if (good) {
		log_string(&line, "file", item->output_path);
	} else if (slot->fault.message[0]) {
		log_string(&line, "code", slot->fault.code);
		log_string(&line, "reason", slot->fault.message);
	}
	log_end(&line);
	if (worker->pace.total && worker->pace.ended >= worker->pace.total &&
		is_pace_of(&worker->pace, slot)) {
		log_begin(&line, LOG_INFO, "job.ended");
		log_text(&line, "job", text_head(item->work.job_id, 8));
		log_text(&line, "run", item->work.training_run_name);
		log_number(&line, "total", worker->pace.total);
		log_end(&line);
		worker->pace = (struct worker_pace){0};
	}
}

void worker_report_wait(const char *reason)
{
	struct log_line line;

	log_begin(&line, *reason ? LOG_WARN : LOG_INFO, *reason ? "job.waiting" : "job.resumed");
	if (*reason)
		log_string(&line, "reason", reason);
	log_end(&line);
}

void worker_report_error(const char *event, const struct error *error)
{
	struct log_line line;

	log_begin(&line, LOG_ERROR, event);
	log_error_fields(&line, error);
	log_end(&line);
}

void worker_report_state(const struct worker *worker)
{
	const struct worker_state *state = &worker->state;
	struct log_line line;

	log_begin(&line, state->connected ? LOG_INFO : LOG_WARN,
		state->connected ? "comfyui.connected" : "comfyui.lost");
	log_string(&line, "url", worker->config->comfyui.url);
	if (state->connected)
		log_string(&line, "version", state->version);
	else
		log_string(&line, "reason", state->error);
	log_end(&line);
}

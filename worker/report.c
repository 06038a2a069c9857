/* The operator's log: docs/operations.md. */
#include <stdio.h>

#include "base/log.h"
#include "base/utf8.h"
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

static void put_job_of(struct log_line *line, struct text id, struct text training_run_name)
{
	log_text(line, "job", text_head(id, id.length < 8 ? id.length : 8));
	log_text(line, "run", training_run_name);
}

static void put_job(struct log_line *line, const struct store_work *work)
{
	put_job_of(line, work->job_id, work->training_run_name);
}

static void put_item(struct worker *worker, struct log_line *line, const struct executor_slot *slot)
{
	const struct store_work *work = &worker_item_of(worker, slot)->work;

	put_job(line, work);
	log_text(line, "checkpoint", work->checkpoint_filename);
	log_text(line, "prompt", work->output.prompt_name);
	log_number(line, "steps", work->output.steps);
	log_text(line, "cfg", work->output.cfg);
	log_text(line, "sampler", work->output.sampler_name);
	log_text(line, "scheduler", work->output.scheduler);
	log_text(line, "seed", work->output.seed);
}

/* --- How jobs get on ---------------------------------------------------------------------------
 */

/* Whether a slot has an item of that job, `besides` left aside; NULL: any slot. */
static bool is_in_work(
	const struct worker *worker, const char *job_id, const struct executor_slot *besides)
{
	const struct executor_slot *slots = worker->executor.slots;

	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (&slots[i] != besides && slots[i].stage && strcmp(slots[i].job_id, job_id) == 0)
			return true;
	return false;
}

static struct worker_pace *find_pace(struct worker *worker, const struct executor_slot *slot)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (strcmp(worker->paces[i].job_id, slot->job_id) == 0)
			return &worker->paces[i];
	return NULL;
}

static void put_counts(struct log_line *line, const struct store_job_progress *progress)
{
	log_number(line, "total", progress->total_items);
	log_number(line, "completed", progress->completed_items);
	log_number(line, "failed", progress->failed_items);
	log_number(line, "skipped", progress->skipped_items);
}

/* Tells that the job is not worked on any more. `progress`: how far it came; NULL: it is gone. */
static void end_pace(
	struct worker_pace *pace, const char *event, const struct store_job_progress *progress)
{
	struct log_line line;

	log_begin(&line, LOG_INFO, event);
	put_job_of(&line, text_from(pace->job_id), text_from(pace->training_run_name));
	if (progress)
		put_counts(&line, progress);
	log_end(&line);
	*pace = (struct worker_pace){0};
}

/* What has become of a job none of whose items is in work. */
static void report_rest(struct worker *worker, struct worker_pace *pace)
{
	struct store_job job = {0};
	struct error error;

	if (!store_job_find(
		    worker->store, text_from(pace->job_id), &worker->scratch, &job, &error)) {
		/* What cannot be read nobody waits for: the next line tells how far the job is. */
		if (error.kind == ERROR_NOT_FOUND)
			end_pace(pace, "job.deleted", NULL);
	} else if (text_equal(job.progress.status, TEXT("completed"))) {
		end_pace(pace, "job.ended", &job.progress);
	} else if (text_equal(job.progress.status, TEXT("failed"))) {
		/* Told with the item for which it failed. */
		*pace = (struct worker_pace){0};
	} else if (!text_equal(job.progress.status, TEXT("running"))) {
		/* Pending: it was stopped, and resumed before it was looked at. */
		end_pace(pace, "job.stopped", &job.progress);
	}
}

/* A pace for the slot's job in place of one whose job has nothing in work. */
static struct worker_pace *begin_pace(struct worker *worker, const struct executor_slot *slot)
{
	struct worker_pace *pace = worker->paces;

	while (is_in_work(worker, pace->job_id, slot))
		pace++;
	if (pace->job_id[0])
		report_rest(worker, pace);
	*pace = (struct worker_pace){0};
	(void)snprintf(pace->job_id, sizeof(pace->job_id), "%s", slot->job_id);
	utf8_copy(pace->training_run_name, sizeof(pace->training_run_name),
		worker_item_of(worker, slot)->work.training_run_name);
	return pace;
}

void worker_pace_begin(struct worker *worker, const struct executor_slot *slot)
{
	const struct store_work *work = &worker_item_of(worker, slot)->work;
	struct worker_pace *pace = find_pace(worker, slot);
	struct log_line line;

	/* What is under way is not counted in the database yet. */
	if (pace && is_in_work(worker, slot->job_id, slot))
		return;
	if (!pace) {
		pace = begin_pace(worker, slot);
		log_begin(&line, LOG_INFO, "job.started");
		put_job(&line, work);
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
	struct worker_pace *pace = find_pace(worker, slot);
	double seconds = (double)(slot->ended_at - slot->started_at) / 1e9;

	if (!pace)
		return;
	pace->ended += count;
	if (!slot->started_at || !slot->ended_at)
		return;
	pace->seconds = pace->seconds > 0 ? pace->seconds + PACE_WEIGHT * (seconds - pace->seconds)
					  : seconds;
}

static void put_pace(struct worker *worker, struct log_line *line, const struct executor_slot *slot)
{
	const struct worker_pace *pace = find_pace(worker, slot);
	char done[64];

	if (!pace)
		return;
	(void)snprintf(
		done, sizeof(done), "%lld/%lld", (long long)pace->ended, (long long)pace->total);
	log_string(line, "done", done);
	if (pace->seconds > 0 && pace->total > pace->ended)
		put_duration(line, "eta", pace->seconds * (double)(pace->total - pace->ended));
}

void worker_report_job(struct worker *worker, const struct executor_slot *slot)
{
	struct worker_pace *pace = find_pace(worker, slot);

	if (pace && !is_in_work(worker, slot->job_id, slot))
		report_rest(worker, pace);
}

void worker_report_idle_jobs(struct worker *worker)
{
	for (size_t i = 0; i < EXECUTOR_SLOTS; i++)
		if (worker->paces[i].job_id[0] &&
			!is_in_work(worker, worker->paces[i].job_id, NULL))
			report_rest(worker, &worker->paces[i]);
}

void worker_report_deleted(struct worker *worker, const struct executor_slot *slot)
{
	struct worker_pace *pace = find_pace(worker, slot);

	/* There is none where it was told with another one of its items. */
	if (pace)
		end_pace(pace, "job.deleted", NULL);
}

/* --- Items -------------------------------------------------------------------------------------
 */

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
}

void worker_report_withdrawn(struct worker *worker, const struct executor_slot *slot)
{
	bool is_saved = slot->stage == EXECUTOR_SAVED;
	struct log_line line;

	log_begin(&line, is_saved ? LOG_INFO : LOG_DEBUG, "item.withdrawn");
	put_item(worker, &line, slot);
	log_string(&line, "prompt_id", slot->prompt_id);
	if (is_saved)
		log_string(&line, "file", worker_item_of(worker, slot)->output_path);
	log_end(&line);
}

/* --- The rest ----------------------------------------------------------------------------------
 */

void worker_report_wait(const struct worker *worker, const char *reason)
{
	const struct executor_slot *slots = worker->executor.slots;
	struct log_line line;
	size_t i = 0;

	log_begin(&line, *reason ? LOG_WARN : LOG_INFO, *reason ? "job.waiting" : "job.resumed");
	while (i < EXECUTOR_SLOTS && !slots[i].stage)
		i++;
	if (i < EXECUTOR_SLOTS)
		put_job(&line, &worker->items[i].work);
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

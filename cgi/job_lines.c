#include "job_lines.h"

#include <stdio.h>

#include "store/worker_lock.h"

static void put_seconds(struct json_writer *out, const char *key, double seconds)
{
	char digits[40];

	(void)snprintf(digits, sizeof(digits), "%.3f", seconds);
	json_put_raw(out, key, text_from(digits));
}

static void put_item(struct json_writer *out, const struct store_job_item *item)
{
	json_put_text(out, "current_checkpoint", item->checkpoint_filename);
	json_put_integer(out, "current_checkpoint_progress", item->checkpoint_completed_items);
	json_put_integer(out, "current_checkpoint_total", item->checkpoint_total_items);
	json_key(out, "current_item");
	json_open_object(out);
	json_put_text(out, "prompt_name", item->prompt_name);
	json_put_integer(out, "steps", item->steps);
	json_put_raw(out, "cfg", item->cfg);
	json_put_text(out, "sampler_name", item->sampler_name);
	json_put_text(out, "scheduler", item->scheduler);
	json_put_raw(out, "seed", item->seed);
	if (item->sampler_steps > 0) {
		json_put_integer(out, "step", item->sampler_step);
		json_put_integer(out, "step_total", item->sampler_steps);
	}
	json_close_object(out);
}

void job_moment_take(struct job_moment *moment, const struct config *config)
{
	struct error error;
	int64_t seen_at;

	*moment = (struct job_moment){.now = clock_now()};
	if (!config->comfyui.enabled || store_worker_is_running(config->db_path, &error))
		return;
	moment->is_unattended = true;
	(void)snprintf(moment->reason, sizeof(moment->reason),
		"%s Nothing is rendered until it runs; its log says why it does not.",
		error.message);
	seen_at = store_worker_seen_at(config->db_path);
	clock_format(seen_at < 0 ? moment->now : seen_at, moment->since);
}

/* The share of the image in work that is done. */
static double share_of(const struct store_job_item *item)
{
	double share = item->sampler_steps > 0
			       ? (double)item->sampler_step / (double)item->sampler_steps
			       : 0;

	return share < 1 ? share : 1;
}

static void put_estimate(struct json_writer *out, const struct store_job_progress *progress,
	int64_t pending, int64_t now)
{
	double images = (double)pending - (progress->has_item ? share_of(&progress->item) : 0);
	double remaining = progress->seconds_per_image * (images > 0 ? images : 0);
	char time[CLOCK_TEXT_SIZE];

	put_seconds(out, "seconds_per_image", progress->seconds_per_image);
	put_seconds(out, "seconds_remaining", remaining);
	clock_format(now + (int64_t)(remaining * 1000), time);
	json_put_text(out, "estimated_completion_time", text_from(time));
}

static int64_t pending_of(const struct store_job_progress *progress)
{
	return progress->total_items - progress->completed_items - progress->failed_items -
	       progress->skipped_items;
}

static bool is_running(const struct store_job_progress *progress)
{
	return text_equal(progress->status, TEXT("running"));
}

bool job_is_under_way(const struct store_job_progress *progress)
{
	return is_running(progress) || text_equal(progress->status, TEXT("pending"));
}

/* Without a worker that is what a job waits for, whatever the worker last said of it. */
static void put_waiting(struct json_writer *out, const struct store_job_progress *progress,
	const struct job_moment *moment)
{
	struct text reason = progress->waiting_reason;
	struct text since = progress->waiting_since;

	if (moment->is_unattended && job_is_under_way(progress)) {
		reason = text_from(moment->reason);
		since = text_from(moment->since);
	}
	if (!reason.at)
		return;
	json_key(out, "waiting");
	json_open_object(out);
	json_put_text(out, "reason", reason);
	json_put_text(out, "since", since);
	json_close_object(out);
}

/* What the feed's line and the API's job have in common, from the status on. */
static void put_state(struct json_writer *out, const struct store_job_progress *progress,
	const struct job_moment *moment)
{
	json_put_text(out, "status", progress->status);
	json_put_boolean(out, "stopping", progress->stopping);
	put_waiting(out, progress, moment);
	json_put_integer(out, "total_items", progress->total_items);
	json_put_integer(out, "completed_items", progress->completed_items);
	json_put_integer(out, "failed_items", progress->failed_items);
	json_put_integer(out, "skipped_items", progress->skipped_items);
	json_put_integer(out, "pending_items", pending_of(progress));
}

/* The members of a JobProgress. */
static void put_progress(struct json_writer *out, const struct store_job_progress *progress,
	const struct job_moment *moment)
{
	json_put_integer(out, "checkpoints_completed", progress->completed_checkpoints);
	json_put_integer(out, "total_checkpoints", progress->total_checkpoints);
	if (progress->has_item)
		put_item(out, &progress->item);
	if (progress->seconds_per_image >= 0 && is_running(progress))
		put_estimate(out, progress, pending_of(progress), moment->now);
}

void job_write_progress(struct json_writer *out, const struct store_job_progress *progress,
	const struct job_moment *moment)
{
	json_open_object(out);
	json_put_text(out, "type", TEXT("job_progress"));
	json_put_text(out, "job_id", progress->id);
	put_state(out, progress, moment);
	put_progress(out, progress, moment);
	json_close_object(out);
}

void job_write_progress_object(struct json_writer *out, const struct store_job_progress *progress,
	const struct job_moment *moment)
{
	json_open_object(out);
	put_progress(out, progress, moment);
	json_close_object(out);
}

static void put_faults(
	struct json_writer *out, const char *key, const struct store_job_faults *faults)
{
	json_key(out, key);
	json_open_array(out);
	for (size_t i = 0; i < faults->count; i++) {
		const struct store_job_fault *fault = &faults->items[i];

		json_open_object(out);
		json_put_text(out, "checkpoint_filename", fault->checkpoint_filename);
		if (fault->code.length)
			json_put_text(out, "code", fault->code);
		json_put_text(out, "error_message", fault->message);
		json_put_optional(out, "error_details", fault->details);
		json_put_integer(out, "count", fault->count);
		json_close_object(out);
	}
	json_close_array(out);
}

void job_write(struct json_writer *out, const struct store_job *job, bool with_progress,
	const struct job_moment *moment)
{
	json_open_object(out);
	json_put_text(out, "id", job->progress.id);
	json_put_text(out, "training_run_name", job->training_run_name);
	json_key(out, "sample_preset_id");
	if (job->sample_preset_id.at)
		json_text(out, job->sample_preset_id);
	else
		json_null(out);
	json_put_text(out, "sample_preset_name", job->sample_preset_name);
	json_put_text(out, "workflow_name", job->workflow_name);
	json_put_optional(out, "vae", job->vae);
	json_put_optional(out, "clip", job->clip);
	if (job->shift.at)
		json_put_raw(out, "shift", job->shift);
	json_put_text(out, "existing", text_from(store_job_existing_names[job->existing]));
	put_state(out, &job->progress, moment);
	json_put_optional(out, "error_message", job->error_message);
	put_faults(out, "failed_item_details", &job->failed);
	if (job->failed.left_out)
		json_put_integer(out, "failed_item_details_left_out", job->failed.left_out);
	put_faults(out, "skipped_item_details", &job->skipped);
	if (job->skipped.left_out)
		json_put_integer(out, "skipped_item_details_left_out", job->skipped.left_out);
	json_put_text(out, "created_at", job->created_at);
	json_put_text(out, "updated_at", job->updated_at);
	if (with_progress) {
		json_key(out, "progress");
		job_write_progress_object(out, &job->progress, moment);
	}
	json_close_object(out);
}

void job_write_deleted(struct json_writer *out, struct text id)
{
	json_open_object(out);
	json_put_text(out, "type", TEXT("job_deleted"));
	json_put_text(out, "job_id", id);
	json_close_object(out);
}

void job_write_comfyui(struct json_writer *out, const struct store_comfyui_state *state)
{
	json_open_object(out);
	json_put_text(out, "type", TEXT("comfyui_status"));
	json_put_boolean(out, "connected", state->connected);
	if (!state->connected && state->error.length)
		json_put_text(out, "error", state->error);
	json_close_object(out);
}

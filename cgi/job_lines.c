#include "job_lines.h"

#include <stdio.h>

#include "base/clock.h"

static void put_text(struct json_writer *out, const char *key, struct text value)
{
	json_key(out, key);
	json_text(out, value);
}

static void put_integer(struct json_writer *out, const char *key, int64_t value)
{
	json_key(out, key);
	json_integer(out, value);
}

/* Digits that are a number in JSON as they stand. */
static void put_digits(struct json_writer *out, const char *key, struct text digits)
{
	json_key(out, key);
	json_raw(out, digits);
}

static void put_seconds(struct json_writer *out, const char *key, double seconds)
{
	char digits[40];

	(void)snprintf(digits, sizeof(digits), "%.3f", seconds);
	put_digits(out, key, text_from(digits));
}

static void put_item(struct json_writer *out, const struct store_job_item *item)
{
	put_text(out, "current_checkpoint", item->checkpoint_filename);
	put_integer(out, "current_checkpoint_progress", item->checkpoint_completed_items);
	put_integer(out, "current_checkpoint_total", item->checkpoint_total_items);
	json_key(out, "current_item");
	json_open_object(out);
	put_text(out, "prompt_name", item->prompt_name);
	put_integer(out, "steps", item->steps);
	put_digits(out, "cfg", item->cfg);
	put_text(out, "sampler_name", item->sampler_name);
	put_text(out, "scheduler", item->scheduler);
	put_digits(out, "seed", item->seed);
	if (item->sampler_steps > 0) {
		put_integer(out, "step", item->sampler_step);
		put_integer(out, "step_total", item->sampler_steps);
	}
	json_close_object(out);
}

static void put_estimate(struct json_writer *out, const struct store_job_progress *progress,
	int64_t pending, int64_t now)
{
	double remaining = progress->seconds_per_image * (double)pending;
	char time[CLOCK_TEXT_SIZE];

	put_seconds(out, "seconds_per_image", progress->seconds_per_image);
	put_seconds(out, "seconds_remaining", remaining);
	clock_format(now + (int64_t)(remaining * 1000), time);
	put_text(out, "estimated_completion_time", text_from(time));
}

void job_write_progress(
	struct json_writer *out, const struct store_job_progress *progress, int64_t now)
{
	int64_t pending = progress->total_items - progress->completed_items -
			  progress->failed_items - progress->skipped_items;

	json_open_object(out);
	put_text(out, "type", TEXT("job_progress"));
	put_text(out, "job_id", progress->id);
	put_text(out, "status", progress->status);
	json_key(out, "stopping");
	json_boolean(out, progress->stopping);
	if (progress->waiting_reason.at) {
		json_key(out, "waiting");
		json_open_object(out);
		put_text(out, "reason", progress->waiting_reason);
		put_text(out, "since", progress->waiting_since);
		json_close_object(out);
	}
	put_integer(out, "total_items", progress->total_items);
	put_integer(out, "completed_items", progress->completed_items);
	put_integer(out, "failed_items", progress->failed_items);
	put_integer(out, "skipped_items", progress->skipped_items);
	put_integer(out, "pending_items", pending);
	put_integer(out, "checkpoints_completed", progress->completed_checkpoints);
	put_integer(out, "total_checkpoints", progress->total_checkpoints);
	if (progress->has_item)
		put_item(out, &progress->item);
	if (progress->seconds_per_image >= 0 && text_equal(progress->status, TEXT("running")))
		put_estimate(out, progress, pending, now);
	json_close_object(out);
}

void job_write_deleted(struct json_writer *out, struct text id)
{
	json_open_object(out);
	put_text(out, "type", TEXT("job_deleted"));
	put_text(out, "job_id", id);
	json_close_object(out);
}

void job_write_comfyui(struct json_writer *out, const struct store_comfyui_state *state)
{
	json_open_object(out);
	put_text(out, "type", TEXT("comfyui_status"));
	json_key(out, "connected");
	json_boolean(out, state->connected);
	if (!state->connected && state->error.length)
		put_text(out, "error", state->error);
	json_close_object(out);
}

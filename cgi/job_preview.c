#include "job_preview.h"

#include <stdio.h>

#include "base/json_write.h"
#include "comfyui/configured.h"
#include "comfyui/names.h"
#include "job_make.h"

/* A checkpoint that ComfyUI cannot see. */
struct unmatched {
	struct text filename;
	const char *reason;
	size_t to_render; /* images that would be, could ComfyUI see it */
};

/* What ComfyUI said of the checkpoints. */
struct sight {
	bool known; /* it could be asked */
	struct unmatched *unmatched;
	size_t count;
	size_t to_render; /* images of the unmatched */
};

/* Of one checkpoint of the plan; 0 where the plan was too large to look for its pictures. */
static size_t to_render_of(const struct store_job_input *job, size_t checkpoint)
{
	size_t count = 0;

	for (size_t i = 0; job->starts && i < job->output_count; i++)
		count += job->starts[checkpoint * job->output_count + i] == STORE_JOB_PENDING;
	return count;
}

/* Matches every checkpoint of the plan against the list of the template's own loader. */
static bool match_all(const struct config *config, struct input_reader *reader,
	const struct job_plan *plan, const struct comfyui_choices *choices, const char *class,
	struct sight *sight)
{
	sight->unmatched =
		arena_array(reader->arena, plan->job.checkpoint_count, sizeof(*sight->unmatched));
	if (!sight->unmatched)
		return false;
	for (size_t i = 0; i < plan->job.checkpoint_count; i++) {
		const struct library_checkpoint *checkpoint = plan->checkpoints[i];
		const char *path = arena_printf(reader->arena, "%s/%s",
			config->checkpoint_dirs[checkpoint->directory], checkpoint->path);
		const char *reason;
		size_t to_render = to_render_of(&plan->job, i);
		struct error error;
		struct text name;

		if (!path)
			return false;
		if (comfyui_name_match(choices, class, text_from(path), &name, &error))
			continue;
		reason = arena_copy(reader->arena, text_from(error.message));
		if (!reason)
			return false;
		sight->unmatched[sight->count++] =
			(struct unmatched){plan->job.checkpoints[i].filename, reason, to_render};
		sight->to_render += to_render;
	}
	return true;
}

/* Asks ComfyUI for the list; that it cannot be asked is no error of the preview, but a warning. */
static bool look(const struct comfyui_cache *cache, struct input_reader *reader,
	struct job_plan *plan, bool refresh, struct sight *sight)
{
	const struct comfyui_place *loader = &plan->template->places[COMFYUI_SET_CHECKPOINT];
	struct comfyui_choices choices;
	const char *class = arena_copy(reader->arena, loader->class_type);
	const char *field = arena_copy(reader->arena, loader->field);
	struct error error;

	sight->known = !plan->template->honours[COMFYUI_SET_CHECKPOINT];
	if (sight->known)
		return true;
	if (!class || !field) {
		reader->no_memory = true;
		return false;
	}
	if (!comfyui_cache_choices(cache, reader->arena, class, field, refresh, &choices, &error)) {
		job_plan_warn(reader, plan, arena_printf(reader->arena, "%s", error.message));
		return false;
	}
	sight->known = choices.is_list;
	if (sight->known && !match_all(cache->config, reader, plan, &choices, class, sight))
		reader->no_memory = true;
	return true;
}

/* Objects to nodes that ComfyUI has not, and warns of values that it would refuse. */
static void check(const struct comfyui_cache *cache, struct input_reader *reader,
	struct job_plan *plan, bool refresh)
{
	struct comfyui_check check = {0};
	struct error error;

	if (!comfyui_check(
		    cache, reader->arena, plan->template, plan->values, refresh, &check, &error)) {
		reader->no_memory = true;
		return;
	}
	for (size_t i = 0; i < check.missing_count; i++)
		job_plan_object(reader, plan, "/workflow_name", check.missing[i]);
	for (size_t i = 0; i < check.refused_count; i++)
		job_plan_warn(reader, plan, check.refused[i]);
	if (check.unchecked)
		job_plan_warn(reader, plan, check.unchecked);
}

/*
 * A guess from the newest job with this template, of what ComfyUI can see: time goes with the steps
 * and the pixels.
 */
static bool estimate(struct store *store, const struct job_plan *plan, const struct sight *sight,
	double *seconds, struct error *error)
{
	struct store_job_pace pace;
	double steps = 0;

	*seconds = -1;
	if (!store_job_past_pace(store, plan->job.workflow_name, &pace, error))
		return false;
	if (!pace.known)
		return true;
	for (size_t i = 0; i < plan->job.output_count; i++)
		steps += (double)plan->job.outputs[i].steps;
	steps /= (double)plan->job.output_count;
	*seconds = pace.seconds_per_image * (double)(plan->to_render - sight->to_render) *
		   (steps / pace.mean_steps) *
		   ((double)plan->job.width * (double)plan->job.height) /
		   ((double)pace.width * (double)pace.height);
	return true;
}

static void put_unmatched(struct json_writer *out, const struct sight *sight)
{
	json_key(out, "unmatched");
	if (!sight->known) {
		json_null(out);
		return;
	}
	json_open_array(out);
	for (size_t i = 0; i < sight->count; i++) {
		json_open_object(out);
		json_put_text(out, "filename", sight->unmatched[i].filename);
		json_put_string(out, "reason", sight->unmatched[i].reason);
		json_put_integer(out, "to_render", (int64_t)sight->unmatched[i].to_render);
		json_close_object(out);
	}
	json_close_array(out);
}

static void write_preview(struct json_writer *out, const struct job_plan *plan,
	const struct sight *sight, double seconds)
{
	char digits[40];

	json_open_object(out);
	json_put_integer(out, "checkpoints", (int64_t)plan->job.checkpoint_count);
	json_put_integer(out, "images_per_checkpoint", (int64_t)plan->job.output_count);
	json_put_integer(
		out, "total_items", (int64_t)(plan->job.checkpoint_count * plan->job.output_count));
	json_put_integer(out, "to_render", (int64_t)plan->to_render);
	json_put_integer(out, "existing_same", (int64_t)plan->existing_same);
	json_put_integer(out, "existing_other", (int64_t)plan->existing_other);
	put_unmatched(out, sight);
	json_key(out, "warnings");
	json_open_array(out);
	for (size_t i = 0; i < plan->warning_count; i++)
		json_string(out, plan->warnings[i]);
	json_close_array(out);
	json_key(out, "errors");
	json_open_array(out);
	for (size_t i = 0; i < plan->objection_count; i++)
		json_string(out, plan->objections[i].sentence);
	json_close_array(out);
	if (seconds >= 0) {
		(void)snprintf(digits, sizeof(digits), "%.1f", seconds);
		json_put_raw(out, "estimated_seconds", text_from(digits));
	}
	json_close_object(out);
}

/* The preview of a body without faults. */
static bool preview(const struct comfyui_cache *cache, struct input_reader *reader,
	struct store *store, const struct job_input *input, bool refresh, struct error *error)
{
	struct job_plan plan;
	struct sight sight = {0};
	struct json_writer out;
	double seconds;

	if (!job_plan_make(reader, cache->config, store, input, &plan, error))
		return false;
	if (!input_accepted(reader))
		return true;
	if (plan.template->valid && look(cache, reader, &plan, refresh, &sight))
		check(cache, reader, &plan, refresh);
	if (!input_accepted(reader))
		return true;
	if (!estimate(store, &plan, &sight, &seconds, error))
		return false;
	http_header(reader->response, "Cache-Control", "no-store");
	json_writer_init(&out, &reader->response->body);
	write_preview(&out, &plan, &sight, seconds);
	return true;
}

void job_preview(const struct comfyui_cache *cache, struct http_request *request,
	struct http_response *response)
{
	struct input_reader reader = {.arena = request->arena, .response = response};
	struct job_input input;
	struct store *store = NULL;
	struct error error;

	if (!comfyui_is_configured(cache->config, &error)) {
		http_fail(response, &error);
		return;
	}
	job_input_read(&reader, request->json, &input);
	if (!input_accepted(&reader))
		return;
	if (!store_open(cache->config->db_path, STORE_DURABLE_NORMAL, &store, &error) ||
		!preview(
			cache, &reader, store, &input, http_query_flag(request, "refresh"), &error))
		http_fail(response, &error);
	store_close(store);
}

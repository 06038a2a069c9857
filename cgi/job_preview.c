#include "job_preview.h"

#include <stdio.h>

#include "base/json_write.h"
#include "comfyui/configured.h"
#include "comfyui/names.h"
#include "job_plan.h"

/* A checkpoint that ComfyUI cannot see. */
struct unmatched {
	struct text filename;
	const char *reason;
};

/* What ComfyUI said of the checkpoints. */
struct sight {
	bool known; /* it could be asked */
	struct unmatched *unmatched;
	size_t count;
};

static void put_integer(struct json_writer *out, const char *key, size_t value)
{
	json_key(out, key);
	json_integer(out, (int64_t)value);
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
			(struct unmatched){plan->job.checkpoints[i].filename, reason};
	}
	return true;
}

/* ComfyUI's list for a setting of the template; false if it is not chosen from one, or not told. */
static bool choices_of(const struct comfyui_cache *cache, struct input_reader *reader,
	const struct job_plan *plan, enum comfyui_setting setting, struct comfyui_choices *choices)
{
	const struct comfyui_place *place = &plan->template->places[setting];
	const char *class = arena_copy(reader->arena, place->class_type);
	const char *field = arena_copy(reader->arena, place->field);
	struct error error;

	return plan->template->honours[setting] && class && field &&
	       comfyui_cache_choices(cache, reader->arena, class, field, false, choices, &error) &&
	       choices->is_list;
}

static void check_choice(struct input_reader *reader, struct job_plan *plan,
	enum comfyui_setting setting, const struct comfyui_choices *choices, struct text value)
{
	for (size_t i = 0; i < choices->count; i++)
		if (text_equal(choices->values[i], value))
			return;
	job_plan_warn(reader, plan,
		arena_printf(reader->arena,
			"ComfyUI has no %s \"%.*s\": images with it would fail.",
			comfyui_setting_names[setting], TEXT_ARGUMENTS(value)));
}

/* Warns of values that ComfyUI would refuse: it is reachable, and its lists are mostly known. */
static void check_choices(
	const struct comfyui_cache *cache, struct input_reader *reader, struct job_plan *plan)
{
	const struct text single[COMFYUI_SETTING_COUNT] = {
		[COMFYUI_SET_VAE] = plan->job.vae, [COMFYUI_SET_CLIP] = plan->job.clip};
	struct comfyui_choices choices;

	for (int setting = 0; setting < COMFYUI_SETTING_COUNT; setting++)
		if (single[setting].at &&
			choices_of(cache, reader, plan, (enum comfyui_setting)setting, &choices))
			check_choice(reader, plan, (enum comfyui_setting)setting, &choices,
				single[setting]);
	if (choices_of(cache, reader, plan, COMFYUI_SET_SAMPLER_NAME, &choices))
		for (size_t i = 0; i < plan->sampler_count; i++)
			check_choice(reader, plan, COMFYUI_SET_SAMPLER_NAME, &choices,
				plan->samplers[i]);
	if (choices_of(cache, reader, plan, COMFYUI_SET_SCHEDULER, &choices))
		for (size_t i = 0; i < plan->scheduler_count; i++)
			check_choice(
				reader, plan, COMFYUI_SET_SCHEDULER, &choices, plan->schedulers[i]);
}

/* Asks ComfyUI for the list; that it cannot be asked is no error of the preview, but a warning. */
static void look(const struct comfyui_cache *cache, struct input_reader *reader,
	struct job_plan *plan, struct sight *sight)
{
	const struct comfyui_place *loader = &plan->template->places[COMFYUI_SET_CHECKPOINT];
	struct comfyui_choices choices;
	const char *class;
	const char *field;
	struct error error;

	if (!plan->template->valid)
		return;
	sight->known = !plan->template->honours[COMFYUI_SET_CHECKPOINT];
	if (sight->known)
		return;
	class = arena_copy(reader->arena, loader->class_type);
	field = arena_copy(reader->arena, loader->field);
	if (!class || !field) {
		reader->no_memory = true;
		return;
	}
	if (!comfyui_cache_choices(cache, reader->arena, class, field, false, &choices, &error)) {
		job_plan_warn(reader, plan, arena_printf(reader->arena, "%s", error.message));
		return;
	}
	if (!choices.has_class) {
		job_plan_object(reader, plan, "/workflow_name",
			arena_printf(reader->arena,
				"This ComfyUI has no node %s, which the template uses.", class));
		return;
	}
	sight->known = choices.is_list;
	if (sight->known && !match_all(cache->config, reader, plan, &choices, class, sight))
		reader->no_memory = true;
}

/* A guess from the newest job with this template: time goes with the steps and the pixels. */
static bool estimate(
	struct store *store, const struct job_plan *plan, double *seconds, struct error *error)
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
	*seconds = pace.seconds_per_image * (double)plan->to_render * (steps / pace.mean_steps) *
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
		json_key(out, "filename");
		json_text(out, sight->unmatched[i].filename);
		json_key(out, "reason");
		json_string(out, sight->unmatched[i].reason);
		json_close_object(out);
	}
	json_close_array(out);
}

static void write_preview(struct json_writer *out, const struct job_plan *plan,
	const struct sight *sight, double seconds)
{
	char digits[40];

	json_open_object(out);
	put_integer(out, "checkpoints", plan->job.checkpoint_count);
	put_integer(out, "images_per_checkpoint", plan->job.output_count);
	put_integer(out, "total_items", plan->job.checkpoint_count * plan->job.output_count);
	put_integer(out, "to_render", plan->to_render);
	put_integer(out, "existing_same", plan->existing_same);
	put_integer(out, "existing_other", plan->existing_other);
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
		json_key(out, "estimated_seconds");
		json_raw(out, text_from(digits));
	}
	json_close_object(out);
}

/* The preview of a body without faults. */
static bool preview(const struct comfyui_cache *cache, struct input_reader *reader,
	struct store *store, const struct job_input *input, struct error *error)
{
	struct job_plan plan;
	struct sight sight = {0};
	struct json_writer out;
	double seconds;

	if (!job_plan_make(reader, cache->config, store, input, &plan, error))
		return false;
	if (!input_accepted(reader))
		return true;
	if (!estimate(store, &plan, &seconds, error))
		return false;
	look(cache, reader, &plan, &sight);
	if (sight.known)
		check_choices(cache, reader, &plan);
	if (!input_accepted(reader))
		return true;
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
		!preview(cache, &reader, store, &input, &error))
		http_fail(response, &error);
	store_close(store);
}

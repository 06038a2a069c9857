/* An item's prompt, from its job's template and its own values. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "comfyui/names.h"
#include "worker.h"

/* A list of checkpoints is trusted for so long; before one is given up, it is asked for anew. */
#define CHOICES_LAST INT64_C(60000000000)

/* --- The template ------------------------------------------------------------------------------
 */

const struct comfyui_template *worker_template_of(
	struct worker *worker, struct text job_id, struct error *error)
{
	struct worker_template *kept = &worker->template;
	struct text bytes;

	if (kept->template && text_equal(text_from(kept->job_id), job_id))
		return kept->template;
	kept->template = NULL;
	arena_free(&kept->arena);
	if (!store_work_template(worker->store, job_id, &kept->arena, &bytes, error))
		return NULL;
	kept->template = comfyui_template_load(&kept->arena, bytes, error);
	utf8_copy(kept->job_id, sizeof(kept->job_id), job_id);
	return kept->template;
}

/* --- The checkpoint ----------------------------------------------------------------------------
 */

/* The checkpoint's absolute path if it is where it was; else the part within its directory. */
static struct text checkpoint_path(struct worker *worker, const struct store_work *work)
{
	for (size_t i = 0; i < worker->config->checkpoint_dir_count; i++) {
		const char *path = arena_printf(&worker->scratch, "%s/%.*s",
			worker->config->checkpoint_dirs[i], TEXT_ARGUMENTS(work->checkpoint_path));
		struct stat status;

		if (path && stat(path, &status) == 0)
			return text_from(path);
	}
	return work->checkpoint_path;
}

static bool has_choices(const struct worker *worker, const struct worker_item *item)
{
	const struct worker_choices *kept = &worker->choices;

	return kept->class_type.at && text_equal(kept->class_type, item->list_class) &&
	       text_equal(kept->field, item->list_field) &&
	       clock_monotonic() - kept->asked_at < CHOICES_LAST;
}

/* Finds the checkpoint in ComfyUI's list. False if the slot goes on with something else. */
static bool match(struct worker *worker, struct executor_slot *slot, struct text *name)
{
	struct executor *executor = &worker->executor;
	struct worker_item *item = worker_item_of(worker, slot);
	const struct store_work *work = &item->work;
	struct error error;

	if (work->comfyui_model_path.at && !slot->rematched) {
		*name = work->comfyui_model_path;
		return true;
	}
	if (!has_choices(worker, item)) {
		executor_needs_list(executor, slot);
		return false;
	}
	if (!worker->choices.choices.has_class) {
		char message[512];

		(void)snprintf(message, sizeof(message),
			"ComfyUI has no node of the type %.*s, which the template %.*s needs. "
			"Install the custom node, then resume the job.",
			TEXT_ARGUMENTS(item->list_class), TEXT_ARGUMENTS(work->workflow_name));
		executor_ends(executor, slot, EXECUTOR_FAILING_JOB, "missing_node_type", message);
		return false;
	}
	if (comfyui_name_match(&worker->choices.choices, item->list_class.at,
		    checkpoint_path(worker, work), name, &error)) {
		if (store_work_set_model(
			    worker->store, work->job_id, work->checkpoint_filename, *name, &error))
			return true;
		worker_store_error(worker, slot, &error);
		return false;
	}
	/* A list from before it was leased may be from before it was mended. */
	if (worker->choices.asked_at < item->leased_at)
		executor_needs_list(executor, slot);
	else
		executor_ends(
			executor, slot, EXECUTOR_SKIPPING_CHECKPOINT, error.code, error.message);
	return false;
}

/* --- The prompt --------------------------------------------------------------------------------
 */

static struct text digits(struct worker *worker, int64_t number)
{
	return text_from(arena_printf(&worker->scratch, "%lld", (long long)number));
}

/* What the picture is made by. The checkpoint counts as it is now: it may have been trained on. */
static struct comfyui_recipe recipe_of(struct worker *worker, const struct store_work *work)
{
	struct text path = checkpoint_path(worker, work);
	struct comfyui_recipe recipe = {
		.workflow_digest = work->workflow_digest,
		.checkpoint_path = work->checkpoint_path,
		.checkpoint_size = work->checkpoint_size,
		.checkpoint_modified = work->checkpoint_modified,
		.output = &work->output,
		.prompt_text = work->prompt_text,
		.negative_prompt = work->negative_prompt,
		.width = work->width,
		.height = work->height,
		.vae = work->vae,
		.clip = work->clip,
		.shift = work->shift,
	};
	struct stat status;

	if (stat(path.at, &status) == 0) {
		recipe.checkpoint_size = status.st_size;
		recipe.checkpoint_modified = clock_nanoseconds(status.st_mtim);
	}
	return recipe;
}

/* The recipe for whoever finds the picture without the database. */
static void describe(struct worker_item *item)
{
	item->information.length = 0;
	buffer_append_string(&item->information, "{\"" COMFYUI_RECIPE_KEYWORD "\":");
	if (!comfyui_recipe_write(&item->recipe, &item->information))
		item->information.failed = true;
	buffer_append_byte(&item->information, '}');
}

static bool substitute(struct worker *worker, struct worker_item *item,
	const struct comfyui_template *template, struct text checkpoint, struct error *error)
{
	const struct store_work *work = &item->work;
	struct comfyui_settings settings = {
		.values = {
			[COMFYUI_SET_CHECKPOINT] = checkpoint,
			[COMFYUI_SET_POSITIVE_PROMPT] = work->prompt_text,
			[COMFYUI_SET_NEGATIVE_PROMPT] = work->negative_prompt,
			[COMFYUI_SET_SEED] = work->output.seed,
			[COMFYUI_SET_STEPS] = digits(worker, work->output.steps),
			[COMFYUI_SET_CFG] = work->output.cfg,
			[COMFYUI_SET_SAMPLER_NAME] = work->output.sampler_name,
			[COMFYUI_SET_SCHEDULER] = work->output.scheduler,
			[COMFYUI_SET_WIDTH] = digits(worker, work->width),
			[COMFYUI_SET_HEIGHT] = digits(worker, work->height),
			[COMFYUI_SET_VAE] = work->vae,
			[COMFYUI_SET_CLIP] = work->clip,
			[COMFYUI_SET_SHIFT] = work->shift,
			[COMFYUI_SET_FILENAME_PREFIX] = item->attempt.file_prefix,
		}};

	item->prompt.length = 0;
	return comfyui_template_substitute(template, &settings, &item->prompt, error);
}

/* Copies of the template, which may be another job's by then, what matters for the item's end. */
static bool note_template(struct worker_item *item, const struct comfyui_template *template)
{
	const struct comfyui_node_ids *samplers = &template->roles[COMFYUI_SAMPLER];
	const struct comfyui_place *list = &template->places[COMFYUI_SET_CHECKPOINT];

	item->list_class = arena_text(&item->arena, list->class_type);
	item->list_field = arena_text(&item->arena, list->field);
	item->samplers = (struct comfyui_node_ids){
		.items = arena_array(&item->arena, samplers->count, sizeof(struct text)),
		.count = samplers->count};
	for (size_t i = 0; item->samplers.items && i < samplers->count; i++) {
		item->samplers.items[i] = arena_text(&item->arena, samplers->items[i]);
		if (!item->samplers.items[i].at)
			return false;
	}
	return item->samplers.items && item->list_class.at && item->list_field.at;
}

/* The name of the picture within sample_dir; NULL without memory. */
static const char *name_output(struct worker_item *item)
{
	const char *path = NULL;
	struct buffer name;

	buffer_init(&name, LIMIT_PATH);
	naming_append_output(&name, &item->work.output);
	if (!name.failed)
		path = arena_printf(&item->arena, "%.*s/%.*s",
			TEXT_ARGUMENTS(item->work.checkpoint_filename),
			TEXT_ARGUMENTS(buffer_text(&name)));
	buffer_free(&name);
	return path;
}

bool worker_begin_item(struct worker *worker, struct worker_item *item, struct executor_item *facts,
	struct error *error)
{
	const struct store_work *work = &item->work;
	const struct comfyui_template *template = worker_template_of(worker, work->job_id, error);

	if (!template)
		return false;
	item->leased_at = clock_monotonic();
	item->attempt = work->attempts[work->attempt_count - 1];
	item->recipe = recipe_of(worker, work);
	item->output_path = name_output(item);
	*facts = (struct executor_item){
		.item_id = work->item_id.at,
		.job_id = work->job_id.at,
		.prompt_id = item->attempt.prompt_id.at,
		.file_prefix = item->attempt.file_prefix.at,
		.save_node = arena_copy(&item->arena, template->save_node),
		/* All that are tagged save under the same prefix. */
		.salvageable = template->roles[COMFYUI_SAVE_IMAGE].count == 1,
		.order = work->number,
		.stopping = work->stopping,
	};
	return (item->output_path && facts->save_node && note_template(item, template) &&
		       comfyui_recipe_digest(&item->recipe, item->digest)) ||
	       error_memory(error);
}

void worker_prepare(struct worker *worker, struct executor_slot *slot)
{
	struct worker_item *item = worker_item_of(worker, slot);
	struct executor *executor = &worker->executor;
	const struct comfyui_template *template;
	struct text checkpoint = {NULL, 0};
	struct error error;

	if (worker_picture_decides(worker, slot))
		return;
	template = worker_template_of(worker, item->work.job_id, &error);
	if (!template) {
		worker_store_error(worker, slot, &error);
		return;
	}
	if (!template->valid) {
		executor_ends(executor, slot, EXECUTOR_FAILING_JOB, "invalid_template",
			template->error_count ? template->errors[0] : "The template is not valid.");
		return;
	}
	if (template->honours[COMFYUI_SET_CHECKPOINT] && !match(worker, slot, &checkpoint))
		return;
	describe(item);
	if (item->information.failed || !substitute(worker, item, template, checkpoint, &error)) {
		executor_ends(executor, slot, EXECUTOR_FAILING, "invalid_prompt",
			item->information.failed ? "There is no memory for the prompt."
						 : error.message);
		return;
	}
	executor_prepared(executor, slot);
}

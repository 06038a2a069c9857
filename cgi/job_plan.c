#include "job_plan.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "comfyui/recipe.h"
#include "comfyui/workflows.h"

/* The lists of a preset, in the order of work: the last one changes fastest. */
enum { PROMPTS, STEPS, CFGS, SAMPLERS, SCHEDULERS, SEEDS, LIST_COUNT };

/* A list of a preset, taken apart. */
struct list {
	struct text *values; /* as in file names */
	int64_t *integers;   /* of the steps */
	size_t count;
};

void job_plan_object(struct input_reader *reader, struct job_plan *plan, const char *pointer,
	const char *sentence)
{
	if (sentence && arena_grow(reader->arena, &plan->objections, &plan->objection_capacity,
				plan->objection_count, sizeof(*plan->objections)))
		plan->objections[plan->objection_count++] =
			(struct job_objection){pointer, sentence};
	else
		reader->no_memory = true;
}

void job_plan_warn(struct input_reader *reader, struct job_plan *plan, const char *sentence)
{
	if (sentence && arena_grow(reader->arena, &plan->warnings, &plan->warning_capacity,
				plan->warning_count, sizeof(*plan->warnings)))
		plan->warnings[plan->warning_count++] = sentence;
	else
		reader->no_memory = true;
}

/* --- What the body names --------------------------------------------------------------------
 */

static const struct library_run *find_run(
	struct input_reader *reader, const struct library_listing *listing, struct text name)
{
	for (size_t i = 0; i < listing->run_count; i++)
		if (text_equal(listing->runs[i].name, name))
			return &listing->runs[i];
	http_fault(reader->response, "/training_run_name", "there is no training run of this name");
	return NULL;
}

/* Which of the run's checkpoints are wanted; a fault for each that is named and is none. */
static bool *choose(
	struct input_reader *reader, const struct library_run *run, const struct json *names)
{
	bool *chosen = arena_array(reader->arena, run->checkpoint_count, sizeof(*chosen));
	size_t index = 0;

	reader->no_memory |= !chosen;
	for (size_t i = 0; chosen && !names && i < run->checkpoint_count; i++)
		chosen[i] = true;
	for (const struct json *name = chosen && names ? names->first : NULL; name;
		name = name->next, index++) {
		const char *pointer = input_pointer_index(reader, "/checkpoint_filenames", index);
		size_t i = 0;

		while (i < run->checkpoint_count &&
			!text_equal(run->checkpoints[i]->naming.file_name, name->string))
			i++;
		if (i == run->checkpoint_count)
			http_fault(reader->response, pointer, "is no checkpoint of this run");
		else if (chosen[i])
			http_fault(reader->response, pointer, "is named twice");
		else
			chosen[i] = true;
	}
	return chosen;
}

static struct store_job_checkpoint describe(struct input_reader *reader,
	const struct config *config, const struct library_checkpoint *checkpoint)
{
	const char *path = arena_printf(reader->arena, "%s/%s",
		config->checkpoint_dirs[checkpoint->directory], checkpoint->path);
	struct store_job_checkpoint row = {
		.filename = checkpoint->naming.file_name,
		.path = text_from(checkpoint->path),
	};
	struct stat status;

	reader->no_memory |= !path;
	if (path && stat(path, &status) == 0) {
		row.size = status.st_size;
		row.modified = clock_nanoseconds(status.st_mtim);
	}
	return row;
}

/* The wanted checkpoints, in training order. */
static void take_checkpoints(struct input_reader *reader, const struct config *config,
	const struct library_run *run, const struct json *names, struct job_plan *plan)
{
	bool *chosen = choose(reader, run, names);
	struct store_job_checkpoint *rows =
		arena_array(reader->arena, run->checkpoint_count, sizeof(*rows));

	plan->checkpoints = arena_array(
		reader->arena, run->checkpoint_count, sizeof(struct library_checkpoint *));
	if (!chosen || !rows || !plan->checkpoints) {
		reader->no_memory = true;
		return;
	}
	for (size_t i = 0; i < run->checkpoint_count; i++) {
		if (!chosen[i])
			continue;
		plan->checkpoints[plan->job.checkpoint_count] = run->checkpoints[i];
		rows[plan->job.checkpoint_count++] = describe(reader, config, run->checkpoints[i]);
	}
	plan->job.checkpoints = rows;
}

/* Passes on that something named is not there as a fault; another error is one. */
static bool note_missing(struct input_reader *reader, const char *pointer, struct error *error)
{
	if (error->kind != ERROR_NOT_FOUND && error->kind != ERROR_INVALID)
		return false;
	http_fault(reader->response, pointer, "%s", error->message);
	*error = (struct error){0};
	return true;
}

static bool take_template(struct input_reader *reader, const struct config *config,
	struct text name, struct job_plan *plan, struct error *error)
{
	char *digest = arena_alloc(reader->arena, COMFYUI_DIGEST_SIZE);

	if (!digest)
		return error_memory(error);
	if (!comfyui_workflows_read(
		    config->workflow_dir, name, reader->arena, &plan->job.workflow, error))
		return note_missing(reader, "/workflow_name", error);
	plan->template = comfyui_template_load(reader->arena, plan->job.workflow, error);
	if (!plan->template)
		return false;
	comfyui_recipe_workflow(plan->job.workflow, digest);
	plan->job.workflow_digest = text_from(digest);
	return true;
}

/* --- The preset's values --------------------------------------------------------------------
 */

/* A value of a list as it stands in file names. The seed has all its 64 bits, the cfg no more
 * digits than it needs. */
static struct text value_text(struct input_reader *reader, size_t list, const struct json *item)
{
	char digits[NAMING_DECIMAL_SIZE] = "";
	struct text text;

	switch (list) {
	case PROMPTS:
		return json_member(item, "name")->string;
	case CFGS:
		(void)naming_decimal(item->number, digits);
		break;
	case STEPS:
	case SEEDS:
		(void)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)item->natural);
		break;
	default:
		return item->string;
	}
	text = arena_text(reader->arena, text_from(digits));
	reader->no_memory |= !text.at;
	return text;
}

static bool parse_list(struct input_reader *reader, size_t index, struct text source,
	struct list *list, struct error *error)
{
	const struct json *array = json_parse(reader->arena, source, LIMIT_JSON_DEPTH, error);

	if (!array)
		return false;
	list->values = arena_array(reader->arena, array->count, sizeof(*list->values));
	list->integers = arena_array(reader->arena, array->count, sizeof(*list->integers));
	if (!list->values || !list->integers)
		return error_memory(error);
	for (const struct json *item = array->first; item; item = item->next, list->count++) {
		list->values[list->count] = value_text(reader, index, item);
		list->integers[list->count] = item->integer;
	}
	return true;
}

static bool parse_lists(struct input_reader *reader, const struct store_sample_preset_input *values,
	struct list *lists, struct error *error)
{
	const struct text sources[LIST_COUNT] = {
		[PROMPTS] = values->prompts,
		[STEPS] = values->steps,
		[CFGS] = values->cfgs,
		[SAMPLERS] = values->samplers,
		[SCHEDULERS] = values->schedulers,
		[SEEDS] = values->seeds,
	};

	for (size_t i = 0; i < LIST_COUNT; i++)
		if (!parse_list(reader, i, sources[i], &lists[i], error))
			return false;
	return true;
}

static bool take_prompts(struct input_reader *reader, struct text source,
	struct store_job_input *job, struct error *error)
{
	const struct json *list = json_parse(reader->arena, source, LIMIT_JSON_DEPTH, error);
	struct store_job_prompt *prompts;

	if (!list)
		return false;
	prompts = arena_array(reader->arena, list->count, sizeof(*prompts));
	if (!prompts)
		return error_memory(error);
	job->prompts = prompts;
	for (const struct json *item = list->first; item; item = item->next)
		prompts[job->prompt_count++] = (struct store_job_prompt){
			json_member(item, "name")->string, json_member(item, "text")->string};
	return true;
}

/* The combination with that number: one value of each list. */
static struct naming_output combine(const struct list *lists, size_t number)
{
	size_t at[LIST_COUNT];

	for (size_t i = LIST_COUNT; i-- > 0;) {
		at[i] = number % lists[i].count;
		number /= lists[i].count;
	}
	return (struct naming_output){
		.prompt_name = lists[PROMPTS].values[at[PROMPTS]],
		.steps = lists[STEPS].integers[at[STEPS]],
		.cfg = lists[CFGS].values[at[CFGS]],
		.sampler_name = lists[SAMPLERS].values[at[SAMPLERS]],
		.scheduler = lists[SCHEDULERS].values[at[SCHEDULERS]],
		.seed = lists[SEEDS].values[at[SEEDS]],
	};
}

static bool take_outputs(struct input_reader *reader, const struct list *lists, size_t count,
	struct store_job_input *job, struct error *error)
{
	struct naming_output *outputs = arena_array(reader->arena, count, sizeof(*outputs));

	if (!outputs)
		return error_memory(error);
	for (size_t i = 0; i < count; i++)
		outputs[i] = combine(lists, i);
	job->outputs = outputs;
	job->output_count = count;
	return true;
}

/* A setting that has one value in the whole job; none if `at` is NULL. */
static void take_single(struct input_reader *reader, struct job_plan *plan,
	enum comfyui_setting setting, struct text value)
{
	struct text *item = arena_array(reader->arena, 1, sizeof(*item));

	reader->no_memory |= !item;
	if (!item || !value.at)
		return;
	*item = value;
	plan->values[setting] = (struct comfyui_values){item, 1};
}

static void take_side(struct input_reader *reader, struct job_plan *plan,
	enum comfyui_setting setting, int64_t pixels)
{
	const char *digits = arena_printf(reader->arena, "%lld", (long long)pixels);

	reader->no_memory |= !digits;
	if (digits)
		take_single(reader, plan, setting, text_from(digits));
}

static void take_values(
	struct input_reader *reader, const struct list *lists, struct job_plan *plan)
{
	static const struct {
		enum comfyui_setting setting;
		int list;
	} of[] = {
		{COMFYUI_SET_STEPS, STEPS},
		{COMFYUI_SET_CFG, CFGS},
		{COMFYUI_SET_SAMPLER_NAME, SAMPLERS},
		{COMFYUI_SET_SCHEDULER, SCHEDULERS},
		{COMFYUI_SET_SEED, SEEDS},
	};

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++)
		plan->values[of[i].setting] =
			(struct comfyui_values){lists[of[i].list].values, lists[of[i].list].count};
	take_side(reader, plan, COMFYUI_SET_WIDTH, plan->job.width);
	take_side(reader, plan, COMFYUI_SET_HEIGHT, plan->job.height);
	take_single(reader, plan, COMFYUI_SET_VAE, plan->job.vae);
	take_single(reader, plan, COMFYUI_SET_CLIP, plan->job.clip);
	take_single(reader, plan, COMFYUI_SET_SHIFT, plan->job.shift);
}

static bool take_preset(struct input_reader *reader, const struct store_sample_preset *preset,
	struct list *lists, struct job_plan *plan, struct error *error)
{
	const struct store_sample_preset_input *values = &preset->values;
	struct store_job_input *job = &plan->job;

	job->sample_preset_id = preset->id;
	job->sample_preset_name = values->name;
	job->negative_prompt = values->negative_prompt;
	job->width = values->width;
	job->height = values->height;
	if (!parse_lists(reader, values, lists, error))
		return false;
	take_values(reader, lists, plan);
	return take_prompts(reader, values->prompts, job, error) &&
	       take_outputs(reader, lists, (size_t)values->images, job, error);
}

/* --- What the template makes of them --------------------------------------------------------
 */

/* A setting of the job that the template has no place for would be a lie in every picture. */
static void check_setting(struct input_reader *reader, struct job_plan *plan, struct text value,
	enum comfyui_setting setting, const char *pointer, enum comfyui_role role)
{
	if (value.at && !plan->template->honours[setting])
		job_plan_object(reader, plan, pointer,
			arena_printf(reader->arena,
				"The template has no node for %s: leave it out, or tag the node "
				"with cs:%s.",
				comfyui_setting_names[setting], comfyui_role_names[role]));
}

/* Several values without a place would give equal pictures different names. */
static void check_list(struct input_reader *reader, struct job_plan *plan, const struct list *list,
	enum comfyui_setting setting, const char *what)
{
	if (plan->template->honours[setting])
		return;
	if (list->count > 1)
		job_plan_object(reader, plan, "/workflow_name",
			arena_printf(reader->arena,
				"The template has no place for %s, and the preset has %zu: equal "
				"pictures would get different names.",
				what, list->count));
	else
		job_plan_warn(reader, plan,
			arena_printf(reader->arena,
				"The template has no place for %s: the preset's has no effect.",
				what));
}

static void check_size(struct input_reader *reader, struct job_plan *plan)
{
	if (!plan->template->honours[COMFYUI_SET_WIDTH] ||
		!plan->template->honours[COMFYUI_SET_HEIGHT])
		job_plan_warn(reader, plan,
			arena_printf(reader->arena,
				"The template has no place for the size: its own is used, not %lld "
				"× %lld.",
				(long long)plan->job.width, (long long)plan->job.height));
	if (plan->job.negative_prompt.length &&
		!plan->template->honours[COMFYUI_SET_NEGATIVE_PROMPT])
		job_plan_warn(reader, plan,
			"The template has no place for a negative "
			"prompt: the preset's has no effect.");
}

static void check_checkpoints(struct input_reader *reader, struct job_plan *plan)
{
	if (plan->template->honours[COMFYUI_SET_CHECKPOINT])
		return;
	if (plan->job.checkpoint_count > 1)
		job_plan_object(reader, plan, "/workflow_name",
			arena_printf(reader->arena,
				"The template loads no checkpoint (no node is tagged "
				"cs:unet_loader or cs:lora_loader), and the job has %zu: equal "
				"pictures would get different names.",
				plan->job.checkpoint_count));
	else
		job_plan_warn(reader, plan,
			"The template loads no checkpoint: the picture "
			"is not of the one chosen.");
}

static void check_template(
	struct input_reader *reader, struct job_plan *plan, const struct list *lists)
{
	for (size_t i = 0; i < plan->template->error_count; i++)
		job_plan_object(reader, plan, "/workflow_name", plan->template->errors[i]);
	if (!plan->template->valid)
		return;
	check_checkpoints(reader, plan);
	check_list(reader, plan, &lists[PROMPTS], COMFYUI_SET_POSITIVE_PROMPT, "prompts");
	check_list(reader, plan, &lists[STEPS], COMFYUI_SET_STEPS, "steps");
	check_list(reader, plan, &lists[CFGS], COMFYUI_SET_CFG, "cfg values");
	check_list(reader, plan, &lists[SAMPLERS], COMFYUI_SET_SAMPLER_NAME, "samplers");
	check_list(reader, plan, &lists[SCHEDULERS], COMFYUI_SET_SCHEDULER, "schedulers");
	check_list(reader, plan, &lists[SEEDS], COMFYUI_SET_SEED, "seeds");
	check_size(reader, plan);
	check_setting(reader, plan, plan->job.vae, COMFYUI_SET_VAE, "/vae", COMFYUI_VAE_LOADER);
	check_setting(reader, plan, plan->job.clip, COMFYUI_SET_CLIP, "/clip", COMFYUI_CLIP_LOADER);
	check_setting(reader, plan, plan->job.shift, COMFYUI_SET_SHIFT, "/shift", COMFYUI_SHIFT);
	for (size_t i = 0; i < plan->template->warning_count; i++)
		job_plan_warn(reader, plan, plan->template->warnings[i]);
}

/* --- The plan -------------------------------------------------------------------------------
 */

static bool find_all(struct input_reader *reader, const struct config *config, struct store *store,
	const struct job_input *input, struct list *lists, struct job_plan *plan,
	struct error *error)
{
	struct library_listing *listing = arena_alloc(reader->arena, sizeof(*listing));
	const struct library_run *run;
	struct store_sample_preset preset;

	if (!listing)
		return error_memory(error);
	if (!library_list_runs(reader->arena, config, listing, error))
		return false;
	run = find_run(reader, listing, input->training_run_name);
	if (run)
		take_checkpoints(reader, config, run, input->checkpoint_filenames, plan);
	if (store_sample_preset_find(
		    store, input->sample_preset_id, reader->arena, &preset, error)) {
		if (!take_preset(reader, &preset, lists, plan, error))
			return false;
	} else if (!note_missing(reader, "/sample_preset_id", error)) {
		return false;
	}
	return take_template(reader, config, input->workflow_name, plan, error);
}

bool job_plan_make(struct input_reader *reader, const struct config *config, struct store *store,
	const struct job_input *input, struct job_plan *plan, struct error *error)
{
	struct list lists[LIST_COUNT] = {0};

	*plan = (struct job_plan){
		.job =
			{
				.training_run_name = input->training_run_name,
				.workflow_name = input->workflow_name,
				.vae = input->vae,
				.clip = input->clip,
				.shift = input->shift,
				.existing = input->existing,
			},
	};
	if (!find_all(reader, config, store, input, lists, plan, error))
		return false;
	if (reader->response->pointers || reader->no_memory)
		return true;
	check_template(reader, plan, lists);
	if (plan->job.checkpoint_count * plan->job.output_count > LIMIT_JOB_ITEMS) {
		job_plan_object(reader, plan, "",
			arena_printf(reader->arena,
				"The job would make %zu images; at most %d are allowed. Choose "
				"fewer checkpoints or values.",
				plan->job.checkpoint_count * plan->job.output_count,
				LIMIT_JOB_ITEMS));
		return true;
	}
	return job_existing_find(reader->arena, config, store, plan, error);
}

#include "job_values.h"

#include <stdio.h>

/* A value of a list as it stands in file names. The seed has all its 64 bits, the cfg no more
 * digits than it needs. */
static struct text value_text(struct input_reader *reader, size_t list, const struct json *item)
{
	char digits[NAMING_DECIMAL_SIZE] = "";
	struct text text;

	switch (list) {
	case JOB_PROMPTS:
		return json_member(item, "name")->string;
	case JOB_CFGS:
		(void)naming_decimal(item->number, digits);
		break;
	case JOB_STEPS:
	case JOB_SEEDS:
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
	struct job_list *list, struct error *error)
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
	struct job_list *lists, struct error *error)
{
	const struct text sources[JOB_LIST_COUNT] = {
		[JOB_PROMPTS] = values->prompts,
		[JOB_STEPS] = values->steps,
		[JOB_CFGS] = values->cfgs,
		[JOB_SAMPLERS] = values->samplers,
		[JOB_SCHEDULERS] = values->schedulers,
		[JOB_SEEDS] = values->seeds,
	};

	for (size_t i = 0; i < JOB_LIST_COUNT; i++)
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
static struct naming_output combine(const struct job_list *lists, size_t number)
{
	size_t at[JOB_LIST_COUNT];

	for (size_t i = JOB_LIST_COUNT; i-- > 0;) {
		at[i] = number % lists[i].count;
		number /= lists[i].count;
	}
	return (struct naming_output){
		.prompt_name = lists[JOB_PROMPTS].values[at[JOB_PROMPTS]],
		.steps = lists[JOB_STEPS].integers[at[JOB_STEPS]],
		.cfg = lists[JOB_CFGS].values[at[JOB_CFGS]],
		.sampler_name = lists[JOB_SAMPLERS].values[at[JOB_SAMPLERS]],
		.scheduler = lists[JOB_SCHEDULERS].values[at[JOB_SCHEDULERS]],
		.seed = lists[JOB_SEEDS].values[at[JOB_SEEDS]],
	};
}

static bool take_outputs(struct input_reader *reader, const struct job_list *lists, size_t count,
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
	struct input_reader *reader, const struct job_list *lists, struct job_plan *plan)
{
	static const struct {
		enum comfyui_setting setting;
		int list;
	} of[] = {
		{COMFYUI_SET_STEPS, JOB_STEPS},
		{COMFYUI_SET_CFG, JOB_CFGS},
		{COMFYUI_SET_SAMPLER_NAME, JOB_SAMPLERS},
		{COMFYUI_SET_SCHEDULER, JOB_SCHEDULERS},
		{COMFYUI_SET_SEED, JOB_SEEDS},
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

bool job_values_take(struct input_reader *reader, const struct store_sample_preset *preset,
	struct job_list lists[static JOB_LIST_COUNT], struct job_plan *plan, struct error *error)
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

#include "job_check.h"

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
static void check_list(struct input_reader *reader, struct job_plan *plan,
	const struct job_list *list, enum comfyui_setting setting, const char *what)
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

void job_check_template(
	struct input_reader *reader, struct job_plan *plan, const struct job_list *lists)
{
	for (size_t i = 0; i < plan->template->error_count; i++)
		job_plan_object(reader, plan, "/workflow_name", plan->template->errors[i]);
	if (!plan->template->valid)
		return;
	check_checkpoints(reader, plan);
	check_list(reader, plan, &lists[JOB_PROMPTS], COMFYUI_SET_POSITIVE_PROMPT, "prompts");
	check_list(reader, plan, &lists[JOB_STEPS], COMFYUI_SET_STEPS, "steps");
	check_list(reader, plan, &lists[JOB_CFGS], COMFYUI_SET_CFG, "cfg values");
	check_list(reader, plan, &lists[JOB_SAMPLERS], COMFYUI_SET_SAMPLER_NAME, "samplers");
	check_list(reader, plan, &lists[JOB_SCHEDULERS], COMFYUI_SET_SCHEDULER, "schedulers");
	check_list(reader, plan, &lists[JOB_SEEDS], COMFYUI_SET_SEED, "seeds");
	check_size(reader, plan);
	check_setting(reader, plan, plan->job.vae, COMFYUI_SET_VAE, "/vae", COMFYUI_VAE_LOADER);
	check_setting(reader, plan, plan->job.clip, COMFYUI_SET_CLIP, "/clip", COMFYUI_CLIP_LOADER);
	check_setting(reader, plan, plan->job.shift, COMFYUI_SET_SHIFT, "/shift", COMFYUI_SHIFT);
	for (size_t i = 0; i < plan->template->warning_count; i++)
		job_plan_warn(reader, plan, plan->template->warnings[i]);
}

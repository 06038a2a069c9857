#include "job_make.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "comfyui/recipe.h"
#include "comfyui/workflows.h"
#include "job_check.h"
#include "job_existing.h"
#include "job_values.h"

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

/* --- The plan -------------------------------------------------------------------------------
 */

static bool find_all(struct input_reader *reader, const struct config *config, struct store *store,
	const struct job_input *input, struct job_list *lists, struct job_plan *plan,
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
		if (!job_values_take(reader, &preset, lists, plan, error))
			return false;
	} else if (!note_missing(reader, "/sample_preset_id", error)) {
		return false;
	}
	return take_template(reader, config, input->workflow_name, plan, error);
}

bool job_plan_make(struct input_reader *reader, const struct config *config, struct store *store,
	const struct job_input *input, struct job_plan *plan, struct error *error)
{
	struct job_list lists[JOB_LIST_COUNT] = {0};

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
	job_check_template(reader, plan, lists);
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

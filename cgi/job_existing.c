#include "job_existing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "comfyui/recipe.h"
#include "library/png_keyword.h"
#include "store/output.h"

#define PICTURE_MEMORY ((size_t)64 << 20) /* the text of one picture */

struct search {
	struct store *store;
	struct job_plan *plan;
	struct arena arena; /* for one picture at a time */
	struct buffer path; /* of the picture within sample_dir */
	int samples;	    /* sample_dir */
};

/* The recipe of a picture as it stands in its file; `at` is NULL if it has none. */
static struct text recipe_in_file(struct search *search, const char *path)
{
	int descriptor = file_open_beneath(search->samples, path, O_RDONLY, FILE_LINKS_REFUSED);
	struct text chunk = {NULL, 0};

	if (descriptor < 0)
		return chunk;
	chunk = library_read_png_keyword(&search->arena, descriptor, TEXT(COMFYUI_RECIPE_KEYWORD));
	(void)close(descriptor);
	return chunk.at ? comfyui_recipe_read(&search->arena, chunk) : chunk;
}

static struct text prompt_text(const struct store_job_input *job, struct text name)
{
	for (size_t i = 0; i < job->prompt_count; i++)
		if (text_equal(job->prompts[i].name, name))
			return job->prompts[i].text;
	return TEXT("");
}

static bool wanted_recipe(const struct store_job_input *job,
	const struct store_job_checkpoint *checkpoint, const struct naming_output *output,
	char digest[static COMFYUI_DIGEST_SIZE], struct error *error)
{
	struct comfyui_recipe recipe = {
		.workflow_digest = job->workflow_digest,
		.checkpoint_path = checkpoint->path,
		.checkpoint_size = checkpoint->size,
		.checkpoint_modified = checkpoint->modified,
		.output = output,
		.prompt_text = prompt_text(job, output->prompt_name),
		.negative_prompt = job->negative_prompt,
		.width = job->width,
		.height = job->height,
		.vae = job->vae,
		.clip = job->clip,
		.shift = job->shift,
	};

	return comfyui_recipe_digest(&recipe, digest) || error_memory(error);
}

/* Whether the picture that is there, at search->path, was made by the recipe of the job. */
static bool is_same(struct search *search, const struct store_job_checkpoint *checkpoint,
	const struct naming_output *output, const struct stat *status, bool *same,
	struct error *error)
{
	struct text path = arena_text(&search->arena, buffer_text(&search->path));
	char wanted[COMFYUI_DIGEST_SIZE];
	struct text recipe;

	if (!path.at)
		return error_memory(error);
	if (!wanted_recipe(&search->plan->job, checkpoint, output, wanted, error) ||
		!store_output_recipe(search->store, path, status->st_size,
			clock_nanoseconds(status->st_mtim), &search->arena, &recipe, error))
		return false;
	if (!recipe.at)
		recipe = recipe_in_file(search, path.at);
	*same = recipe.at && text_equal(recipe, text_from(wanted));
	return true;
}

static bool look_at(struct search *search, int directory,
	const struct store_job_checkpoint *checkpoint, const struct naming_output *output,
	unsigned char *start, struct error *error)
{
	struct job_plan *plan = search->plan;
	struct stat status;
	bool same = false;

	search->path.length = 0;
	naming_append_output_path(&search->path, checkpoint->filename, output);
	buffer_append_byte(&search->path, '\0');
	if (search->path.failed)
		return error_memory(error);
	if (fstatat(directory, search->path.bytes + checkpoint->filename.length + 1, &status,
		    AT_SYMLINK_NOFOLLOW) != 0) {
		*start = STORE_JOB_PENDING;
		plan->to_render++;
		return true;
	}
	search->path.length--;
	arena_reset(&search->arena);
	if (S_ISREG(status.st_mode) && !is_same(search, checkpoint, output, &status, &same, error))
		return false;
	*(same ? &plan->existing_same : &plan->existing_other) += 1;
	*start = (unsigned char)store_job_start_of(plan->job.existing, same);
	plan->to_render += *start == STORE_JOB_PENDING;
	return true;
}

static bool look_in(struct search *search, size_t index, unsigned char *starts, struct error *error)
{
	const struct store_job_input *job = &search->plan->job;
	const struct store_job_checkpoint *checkpoint = &job->checkpoints[index];
	int directory = file_open_beneath(
		search->samples, checkpoint->filename.at, O_PATH | O_DIRECTORY, FILE_LINKS_REFUSED);
	bool good = true;

	/* Nothing is there, or nothing that a picture could be in: the worker will say so. */
	if (directory < 0) {
		search->plan->to_render += job->output_count;
		return true;
	}
	for (size_t i = 0; good && i < job->output_count; i++)
		good = look_at(search, directory, checkpoint, &job->outputs[i],
			&starts[index * job->output_count + i], error);
	(void)close(directory);
	return good;
}

bool job_existing_find(struct arena *arena, const struct config *config, struct store *store,
	struct job_plan *plan, struct error *error)
{
	struct store_job_input *job = &plan->job;
	unsigned char *starts = arena_alloc(arena, job->checkpoint_count * job->output_count);
	struct search search = {.store = store, .plan = plan};
	bool good = true;

	if (!starts)
		return error_memory(error);
	job->starts = starts;
	search.samples = open(config->sample_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (search.samples < 0)
		return error_set(error, ERROR_UNAVAILABLE, "unavailable",
			"The sample directory %s cannot be opened: %s.", config->sample_dir,
			strerror(errno));
	arena_init(&search.arena, PICTURE_MEMORY);
	buffer_init(&search.path, LIMIT_PATH);
	for (size_t i = 0; good && i < job->checkpoint_count; i++)
		good = look_in(&search, i, starts, error);
	buffer_free(&search.path);
	arena_free(&search.arena);
	(void)close(search.samples);
	return good;
}

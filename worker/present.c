/* Whether an item's picture is there before it is rendered. */
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "library/output.h"
#include "library/places.h"
#include "library/png_keyword.h"
#include "store/output.h"
#include "worker.h"

/* The recipe of the picture as it stands in its file; `at` is NULL if it has none. */
static struct text recipe_in_file(struct worker *worker, const char *path)
{
	int samples = open(worker->config->sample_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int descriptor =
		samples < 0 ? -1 : file_open_beneath(samples, path, O_RDONLY, FILE_LINKS_REFUSED);
	struct text chunk = {NULL, 0};

	if (descriptor >= 0) {
		chunk = library_read_png_keyword(
			&worker->scratch, descriptor, TEXT(COMFYUI_RECIPE_KEYWORD));
		(void)close(descriptor);
	}
	if (samples >= 0)
		(void)close(samples);
	return chunk.at ? comfyui_recipe_read(&worker->scratch, chunk) : chunk;
}

static bool is_same(struct worker *worker, const struct worker_item *item,
	const struct library_output_state *state, bool *same, struct error *error)
{
	struct text recipe;

	if (!store_output_recipe(worker->store, text_from(item->output_path), state->size,
		    state->modified, &worker->scratch, &recipe, error))
		return false;
	if (!recipe.at)
		recipe = recipe_in_file(worker, item->output_path);
	*same = recipe.at && text_equal(recipe, text_from(item->digest));
	return true;
}

/* True if the file holds these bytes. */
static bool has_bytes(struct worker *worker, const char *path, struct text bytes)
{
	struct error error;
	int descriptor = library_open_image(worker->config, path, &error);
	struct buffer content;
	bool same;

	if (descriptor < 0)
		return false;
	buffer_init(&content, bytes.length);
	same = file_read_all(descriptor, &content) && text_equal(buffer_text(&content), bytes);
	buffer_free(&content);
	(void)close(descriptor);
	return same;
}

bool worker_place_is_taken(
	struct worker *worker, const struct executor_slot *slot, bool *taken, struct error *error)
{
	struct worker_item *item = worker_item_of(worker, slot);
	struct library_output_state state;
	bool same;

	*taken = false;
	/* Only a job that touches nothing finds a place taken. What cannot be looked at cannot be
	 * written either: saving tells why, and waits. */
	if (store_job_start_of(item->work.existing, false) != STORE_JOB_OCCUPIED ||
		!library_output_look(
			worker->config->sample_dir, item->output_path, &state, error) ||
		!state.exists)
		return true;
	if (!is_same(worker, item, &state, &same, error))
		return false;
	*taken = !same && !has_bytes(worker, item->output_path, buffer_text(&item->picture));
	return true;
}

bool worker_picture_decides(struct worker *worker, struct executor_slot *slot)
{
	struct worker_item *item = worker_item_of(worker, slot);
	struct library_output_state state;
	struct error error;
	bool same;

	/* What cannot be looked at now cannot be written either: saving tells why, and waits. */
	if (store_job_start_of(item->work.existing, true) == STORE_JOB_PENDING ||
		!library_output_look(
			worker->config->sample_dir, item->output_path, &state, &error) ||
		!state.exists)
		return false;
	if (!is_same(worker, item, &state, &same, &error)) {
		worker_store_error(worker, slot, &error);
		return true;
	}
	switch (store_job_start_of(item->work.existing, same)) {
	case STORE_JOB_EXISTS:
		item->output = (struct store_output){
			.path = text_from(item->output_path),
			.recipe = text_from(item->digest),
			.size = state.size,
			.modified = state.modified,
		};
		executor_saved(&worker->executor, slot);
		return true;
	case STORE_JOB_OCCUPIED:
		executor_ends(&worker->executor, slot, EXECUTOR_SKIPPING, STORE_JOB_OCCUPIED_CODE,
			STORE_JOB_OCCUPIED_MESSAGE);
		return true;
	default:
		return false;
	}
}

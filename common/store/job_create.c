#include "store/job_create.h"

#include "base/limits.h"
#include "store/job_internal.h"
#include "store/row.h"

struct creation {
	struct store *store;
	const struct store_job_input *input;
	struct text id;
	struct text now;
	struct buffer path; /* of an item's picture */
};

/* How many items of a checkpoint start so. */
static int64_t count_starts(
	const struct store_job_input *input, size_t checkpoint, enum store_job_start start)
{
	const unsigned char *starts = input->starts + checkpoint * input->output_count;
	int64_t count = 0;

	for (size_t i = 0; i < input->output_count; i++)
		count += starts[i] == start;
	return count;
}

static double mean_steps(const struct store_job_input *input)
{
	double sum = 0;

	for (size_t i = 0; i < input->output_count; i++)
		sum += (double)input->outputs[i].steps;
	return sum / (double)input->output_count;
}

static bool create_row(const struct creation *creation, struct error *error)
{
	const struct store_job_input *input = creation->input;
	struct store_query query;
	int64_t total = (int64_t)(input->checkpoint_count * input->output_count);
	int64_t completed = 0;
	int64_t skipped = 0;
	int64_t checkpoints = 0;

	for (size_t i = 0; i < input->checkpoint_count; i++) {
		int64_t exist = count_starts(input, i, STORE_JOB_EXISTS);

		completed += exist;
		checkpoints += exist == (int64_t)input->output_count;
		skipped += count_starts(input, i, STORE_JOB_OCCUPIED);
	}
	store_query_begin(&query, creation->store, STORE_JOB_CREATE);
	store_query_bind(&query, 1, creation->id);
	store_query_bind(&query, 2, input->training_run_name);
	store_query_bind(&query, 3, input->sample_preset_id);
	store_query_bind(&query, 4, input->sample_preset_name);
	store_query_bind(&query, 5, input->workflow_name);
	store_query_bind(&query, 6, input->workflow_digest);
	store_query_bind(&query, 7, input->vae);
	store_query_bind(&query, 8, input->clip);
	store_query_bind(&query, 9, input->shift);
	store_query_bind_number(&query, 10, input->width);
	store_query_bind_number(&query, 11, input->height);
	store_query_bind_real(&query, 12, mean_steps(input));
	store_query_bind(&query, 13, text_from(store_job_existing_names[input->existing]));
	store_query_bind(
		&query, 14, completed + skipped == total ? TEXT("completed") : TEXT("pending"));
	store_query_bind_number(&query, 15, total);
	store_query_bind_number(&query, 16, completed);
	store_query_bind_number(&query, 17, skipped);
	store_query_bind_number(&query, 18, (int64_t)input->checkpoint_count);
	store_query_bind_number(&query, 19, checkpoints);
	store_query_bind(&query, 20, creation->now);
	return store_query_run(&query, error);
}

static bool create_source(const struct creation *creation, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, creation->store, STORE_JOB_CREATE_SOURCE);
	store_query_bind(&query, 1, creation->id);
	store_query_bind(&query, 2, creation->input->negative_prompt);
	store_query_bind(&query, 3, creation->input->workflow);
	return store_query_run(&query, error);
}

static bool create_prompts(const struct creation *creation, struct error *error)
{
	struct store_query query;

	for (size_t i = 0; i < creation->input->prompt_count; i++) {
		store_query_begin(&query, creation->store, STORE_JOB_CREATE_PROMPT);
		store_query_bind(&query, 1, creation->id);
		store_query_bind(&query, 2, creation->input->prompts[i].name);
		store_query_bind(&query, 3, creation->input->prompts[i].text);
		if (!store_query_run(&query, error))
			return false;
	}
	return true;
}

static bool create_checkpoint(
	const struct creation *creation, size_t checkpoint, struct error *error)
{
	const struct store_job_checkpoint *row = &creation->input->checkpoints[checkpoint];
	struct store_query query;

	store_query_begin(&query, creation->store, STORE_JOB_CREATE_CHECKPOINT);
	store_query_bind(&query, 1, creation->id);
	store_query_bind(&query, 2, row->filename);
	store_query_bind(&query, 3, row->path);
	store_query_bind_number(&query, 4, row->size);
	store_query_bind_number(&query, 5, row->modified);
	store_query_bind_number(&query, 6, (int64_t)creation->input->output_count);
	store_query_bind_number(
		&query, 7, count_starts(creation->input, checkpoint, STORE_JOB_EXISTS));
	return store_query_run(&query, error);
}

static bool create_item(struct creation *creation, struct text checkpoint_filename,
	const struct naming_output *output, enum store_job_start start, struct error *error)
{
	static const struct text statuses[STORE_JOB_START_COUNT] = {
		[STORE_JOB_PENDING] = TEXT_INITIALIZER("pending"),
		[STORE_JOB_EXISTS] = TEXT_INITIALIZER("completed"),
		[STORE_JOB_OCCUPIED] = TEXT_INITIALIZER("skipped"),
	};
	struct store_query query;
	char id[UUID_SIZE];

	if (!store_make_id(id, error))
		return false;
	store_query_begin(&query, creation->store, STORE_JOB_CREATE_ITEM);
	store_query_bind(&query, 1, text_from(id));
	store_query_bind(&query, 2, creation->id);
	store_query_bind(&query, 3, checkpoint_filename);
	store_query_bind(&query, 4, output->prompt_name);
	store_query_bind_number(&query, 5, output->steps);
	store_query_bind(&query, 6, output->cfg);
	store_query_bind(&query, 7, output->sampler_name);
	store_query_bind(&query, 8, output->scheduler);
	store_query_bind(&query, 9, output->seed);
	store_query_bind(&query, 10, statuses[start]);
	if (start == STORE_JOB_EXISTS) {
		creation->path.length = 0;
		naming_append_output_path(&creation->path, checkpoint_filename, output);
		store_query_bind(&query, 11, buffer_text(&creation->path));
	} else if (start == STORE_JOB_OCCUPIED) {
		store_query_bind(&query, 12, TEXT(STORE_JOB_OCCUPIED_CODE));
		store_query_bind(&query, 13, TEXT(STORE_JOB_OCCUPIED_MESSAGE));
	}
	store_query_bind(&query, 14, creation->now);
	return store_query_run(&query, error);
}

/* The items of a checkpoint, in the order of work. */
static bool create_items(struct creation *creation, size_t checkpoint, struct error *error)
{
	const struct store_job_input *input = creation->input;
	struct store_job_reason occupied = {
		.status = TEXT("skipped"),
		.checkpoint_filename = input->checkpoints[checkpoint].filename,
		.code = TEXT(STORE_JOB_OCCUPIED_CODE),
		.message = TEXT(STORE_JOB_OCCUPIED_MESSAGE),
	};

	for (size_t i = 0; i < input->output_count; i++) {
		enum store_job_start start = input->starts[checkpoint * input->output_count + i];

		if (!create_item(creation, occupied.checkpoint_filename, &input->outputs[i], start,
			    error))
			return false;
		if (start == STORE_JOB_OCCUPIED && occupied.count++ == 0)
			occupied.first_number = store_inserted_row(creation->store);
	}
	return !occupied.count ||
	       store_job_add_fault(creation->store, creation->id, &occupied, error);
}

static bool create_all(struct creation *creation, struct error *error)
{
	if (!store_has_room(creation->store, STORE_JOB_COUNT, LIMIT_JOBS, "too_many_jobs",
		    "sample jobs", error) ||
		!create_row(creation, error) || !create_source(creation, error) ||
		!create_prompts(creation, error))
		return false;
	for (size_t i = 0; i < creation->input->checkpoint_count; i++)
		if (!create_checkpoint(creation, i, error) || !create_items(creation, i, error))
			return false;
	return !creation->path.failed || error_memory(error);
}

bool store_job_create(struct store *store, const struct store_job_input *input, struct arena *arena,
	struct store_job *job, struct error *error)
{
	char id[UUID_SIZE];
	char now[CLOCK_TEXT_SIZE];
	struct creation creation = {
		.store = store,
		.input = input,
		.id = {id, UUID_SIZE - 1},
		.now = {now, CLOCK_TEXT_SIZE - 1},
	};
	bool good;

	if (!store_make_id(id, error))
		return false;
	store_enlarge(store, true);
	good = store_begin(store, STORE_WRITE, error);
	if (good) {
		clock_format(clock_now(), now);
		buffer_init(&creation.path, LIMIT_PATH);
		good = create_all(&creation, error) &&
		       store_job_read(store, creation.id, arena, job, error);
		buffer_free(&creation.path);
		good = store_finish(store, good, error);
	}
	store_enlarge(store, false);
	return good;
}

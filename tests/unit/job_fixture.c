#include "job_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "store/connection.h"
#include "support.h"

static void require(bool good, const struct error *error)
{
	if (!good)
		fail_msg("%s (%s)", error->message, error->cause);
}

void job_fixture_open(struct job_fixture *fixture)
{
	struct error error = {0};

	support_directory_make(fixture->directory);
	(void)snprintf(fixture->path, sizeof(fixture->path), "%s/app.db", fixture->directory);
	arena_init(&fixture->arena, (size_t)64 << 20);
	require(store_open(fixture->path, STORE_DURABLE_NORMAL, &fixture->store, &error), &error);
}

void job_fixture_close(struct job_fixture *fixture)
{
	store_close(fixture->store);
	arena_free(&fixture->arena);
	support_directory_remove(fixture->directory);
}

static enum store_job_start start_of(char letter)
{
	return letter == 'e' ? STORE_JOB_EXISTS
			     : (letter == 'o' ? STORE_JOB_OCCUPIED : STORE_JOB_PENDING);
}

struct text job_fixture_create(
	struct job_fixture *fixture, size_t checkpoints, size_t outputs, const char *starts)
{
	static const struct store_job_prompt prompt = {
		TEXT_INITIALIZER("forest"), TEXT_INITIALIZER("a forest")};
	struct arena *arena = &fixture->arena;
	struct store_job_checkpoint *files = arena_array(arena, checkpoints, sizeof(*files));
	struct naming_output *images = arena_array(arena, outputs, sizeof(*images));
	unsigned char *begins = arena_alloc(arena, checkpoints * outputs);
	struct store_job_input input = {
		.training_run_name = TEXT("run"),
		.sample_preset_id = TEXT("nosuch"),
		.sample_preset_name = TEXT("preset"),
		.negative_prompt = TEXT("blurry"),
		.width = 64,
		.height = 32,
		.workflow_name = TEXT("flux.json"),
		.workflow = TEXT("{\"template\": 1}"),
		.workflow_digest = TEXT("digest"),
		.shift = TEXT("3.1"),
		.existing = STORE_JOB_SKIP,
		.prompts = &prompt,
		.prompt_count = 1,
		.checkpoints = files,
		.checkpoint_count = checkpoints,
		.outputs = images,
		.output_count = outputs,
		.starts = begins,
	};
	struct store_job job;
	struct error error = {0};

	for (size_t i = 0; i < checkpoints; i++)
		files[i] = (struct store_job_checkpoint){
			.filename = text_from(arena_printf(arena, "c%zu.safetensors", i)),
			.path = text_from(arena_printf(arena, "deep/c%zu.safetensors", i)),
			.size = 1000,
			.modified = 1700000000123456789,
		};
	for (size_t i = 0; i < outputs; i++)
		images[i] = (struct naming_output){
			.prompt_name = prompt.name,
			.steps = 8,
			.cfg = TEXT("1.25"),
			.sampler_name = TEXT("euler"),
			.scheduler = TEXT("simple"),
			.seed = text_from(
				arena_printf(arena, "%llu", (unsigned long long)(UINT64_MAX - i))),
		};
	for (size_t i = 0; starts && i < checkpoints * outputs; i++)
		begins[i] = (unsigned char)start_of(starts[i]);
	require(store_job_create(fixture->store, &input, arena, &job, &error), &error);
	return job.progress.id;
}

struct store_job job_fixture_find(struct job_fixture *fixture, struct text id)
{
	struct store_job job = {0};
	struct error error = {0};

	require(store_job_find(fixture->store, id, &fixture->arena, &job, &error), &error);
	return job;
}

struct store_work job_fixture_claim(struct job_fixture *fixture)
{
	struct store_work work = {0};
	struct error error = {0};
	bool claimed;

	require(store_work_claim(fixture->store, &fixture->arena, &work, &claimed, &error), &error);
	assert_true(claimed);
	return work;
}

void job_fixture_complete(struct job_fixture *fixture, const struct store_work *work)
{
	struct store_output output = {
		.path = text_from(arena_printf(&fixture->arena, "%s/%lld.png",
			work->checkpoint_filename.at, (long long)work->number)),
		.recipe = TEXT("0123456789abcdef"),
		.size = 7,
		.modified = 8,
	};
	struct error error = {0};

	require(store_work_complete(fixture->store, work->item_id, &output, 1, &error), &error);
}

void job_fixture_fail(struct job_fixture *fixture, const struct store_work *work)
{
	static const struct store_fault fault = {TEXT_INITIALIZER("execution_error"),
		TEXT_INITIALIZER("out of memory"), TEXT_INITIALIZER("Traceback")};
	struct error error = {0};

	require(store_work_fail(fixture->store, work->item_id, &fault, &error), &error);
}

void job_fixture_execute(struct job_fixture *fixture, const char *sql)
{
	struct error error = {0};

	require(store_execute(fixture->store, sql, &error), &error);
}

int64_t job_fixture_number(struct job_fixture *fixture, const char *sql)
{
	struct error error = {0};
	int64_t number = -1;

	require(store_read_number(fixture->store, sql, &number, &error), &error);
	return number;
}

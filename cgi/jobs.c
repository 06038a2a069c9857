/*
 * jobs: sample jobs as a user sees them. Reads the directories and the templates, never the
 * network: the worker renders. Answers
 *
 *   GET, POST /api/sample-jobs
 *   GET, DELETE /api/sample-jobs/{id}
 *   POST /api/sample-jobs/{id}/stop, …/resume, …/retry-failed
 */
#include <stdlib.h>

#include "comfyui/configured.h"
#include "job_lines.h"
#include "job_make.h"
#include "program_store.h"

static struct job_moment take_moment(const struct http_request *request)
{
	const struct program *program = request->context;
	struct job_moment moment;

	job_moment_take(&moment, program->config);
	return moment;
}

static void reply_job(const struct http_request *request, struct http_response *response,
	const struct store_job *job)
{
	struct job_moment moment = take_moment(request);
	struct json_writer out;

	json_writer_init(&out, &response->body);
	job_write(&out, job, false, &moment);
}

/* Jobs that are under way show how far they are. */
static bool shows_progress(const struct store_job *job)
{
	return text_equal(job->progress.status, TEXT("running")) ||
	       text_equal(job->progress.status, TEXT("paused"));
}

static void list_jobs(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct job_moment moment = take_moment(request);
	struct store_job *jobs;
	struct json_writer out;
	struct error error;
	size_t count;

	if (!store)
		return;
	if (!store_job_list(store, request->arena, &jobs, &count, &error)) {
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-store");
	json_writer_init(&out, &response->body);
	json_open_array(&out);
	for (size_t i = 0; i < count; i++)
		job_write(&out, &jobs[i], shows_progress(&jobs[i]), &moment);
	json_close_array(&out);
}

static void show_job(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct job_moment moment = take_moment(request);
	struct store_job job;
	struct json_writer out;
	struct error error;

	if (!store)
		return;
	if (!store_job_find(store, http_captured(request, "id"), request->arena, &job, &error)) {
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-store");
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	json_key(&out, "job");
	job_write(&out, &job, false, &moment);
	json_key(&out, "progress");
	job_write_progress_object(&out, &job.progress, &moment);
	json_close_object(&out);
}

/* A plan that a job can be made of; else the response is complete. */
static bool make_plan(struct http_request *request, struct http_response *response,
	struct store *store, struct job_plan *plan, struct error *error)
{
	const struct program *program = request->context;
	struct input_reader reader = {.arena = request->arena, .response = response};
	struct job_input input;

	job_input_read(&reader, request->json, &input);
	if (!input_accepted(&reader))
		return false;
	if (!job_plan_make(&reader, program->config, store, &input, plan, error)) {
		http_fail(response, error);
		return false;
	}
	for (size_t i = 0; i < plan->objection_count; i++)
		http_fault(
			response, plan->objections[i].pointer, "%s", plan->objections[i].sentence);
	return input_accepted(&reader);
}

/* Nothing is launched or taken up again without a ComfyUI to render it; else the response says so.
 */
static bool can_render(const struct http_request *request, struct http_response *response)
{
	const struct program *program = request->context;
	struct error error;

	if (comfyui_is_configured(program->config, &error))
		return true;
	http_fail(response, &error);
	return false;
}

static void create_job(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct job_plan plan;
	struct store_job job;
	struct error error;

	if (!store || !can_render(request, response) ||
		!make_plan(request, response, store, &plan, &error))
		return;
	if (!store_job_create(store, &plan.job, request->arena, &job, &error)) {
		http_fail(response, &error);
		return;
	}
	http_created(response, "/api/sample-jobs", job.progress.id);
	reply_job(request, response, &job);
}

/* Does one of store_job_stop, …_resume, …_retry and answers with the job. */
static void control_job(struct http_request *request, struct http_response *response,
	bool (*control)(struct store *store, struct text id, struct arena *arena,
		struct store_job *job, struct error *error))
{
	struct store *store = program_store(request, response);
	struct store_job job;
	struct error error;

	if (!store)
		return;
	if (control(store, http_captured(request, "id"), request->arena, &job, &error))
		reply_job(request, response, &job);
	else
		http_fail(response, &error);
}

static void stop_job(struct http_request *request, struct http_response *response)
{
	control_job(request, response, store_job_stop);
}

static void resume_job(struct http_request *request, struct http_response *response)
{
	if (can_render(request, response))
		control_job(request, response, store_job_resume);
}

static void retry_job(struct http_request *request, struct http_response *response)
{
	if (can_render(request, response))
		control_job(request, response, store_job_retry);
}

static void delete_job(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct error error;

	if (!store)
		return;
	if (store_job_delete(store, http_captured(request, "id"), &error))
		response->status = 204;
	else
		http_fail(response, &error);
}

static const struct http_route ROUTES[] = {
	{"GET", "/api/sample-jobs", 0, list_jobs},
	{"POST", "/api/sample-jobs", HTTP_JSON_BODY, create_job},
	{"GET", "/api/sample-jobs/{id}", 0, show_job},
	{"DELETE", "/api/sample-jobs/{id}", 0, delete_job},
	{"POST", "/api/sample-jobs/{id}/stop", 0, stop_job},
	{"POST", "/api/sample-jobs/{id}/resume", 0, resume_job},
	{"POST", "/api/sample-jobs/{id}/retry-failed", 0, retry_job},
};

/* What a user was told to be launched or stopped must survive a power cut. */
static bool open_jobs(void **context, struct error *error)
{
	struct program *program = calloc(1, sizeof(*program));

	if (!program)
		return error_memory(error);
	if (!program_open(program, STORE_DURABLE_FULL, error)) {
		free(program);
		return false;
	}
	*context = program;
	return true;
}

static void close_jobs(void *context)
{
	program_close(context);
	free(context);
}

int main(int argc, char **argv)
{
	static const struct http_program program = {
		.name = "jobs",
		.routes = ROUTES,
		.route_count = sizeof(ROUTES) / sizeof(*ROUTES),
		.open = open_jobs,
		.close = close_jobs,
	};

	return http_main(&program, argc, argv);
}

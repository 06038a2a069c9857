/* What is asked of ComfyUI, and what its answers mean to the executor. */
#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "library/output.h"
#include "naming/output.h"
#include "worker.h"

#define GATEWAY_TIMEOUT 504

/* --- Answers -----------------------------------------------------------------------------------
 */

/*
 * Whether that counts as a try to fetch a picture. Neither a proxy's word that ComfyUI is away
 * does, nor a login page, nor silence, which is how it is when ComfyUI loads a model.
 */
static bool is_try(const struct comfyui_response *response)
{
	if (response->status)
		return response->status == 200 &&
		       text_starts_with(text_from(response->content_type), TEXT("image/"));
	return response->sent && !response->timed_out;
}

static enum executor_delivery delivery_of(
	const struct worker_request *request, const struct comfyui_response *response)
{
	if (request->verb == EXECUTOR_FETCH)
		return is_try(response) ? EXECUTOR_SENT : EXECUTOR_NOT_SENT;
	if (!response->sent)
		return EXECUTOR_NOT_SENT;
	/* What a proxy, or ComfyUI's own socket, has taken may wait there still. */
	return response->timed_out || response->status == GATEWAY_TIMEOUT ? EXECUTOR_MAY_ARRIVE
									  : EXECUTOR_SENT;
}

/* Tells of an answer that is none. Always false. */
static bool tell_failure(struct worker_request *request, const struct comfyui_response *response,
	const struct error *error)
{
	struct executor *executor = &request->worker->executor;

	if (strcmp(error->code, "comfyui_error") == 0) {
		executor_server_failed(executor, request->slot, request->chore, error->message);
		return false;
	}
	executor_unreachable(executor, request->slot, request->chore,
		delivery_of(request, response), error->message);
	worker_set_state(request->worker, TEXT(""), error->message);
	return false;
}

static void take_system(struct worker_request *request, struct comfyui_response *response)
{
	struct comfyui_system system;
	struct error error;

	if (!comfyui_read_system(&request->arena, response, &system, &error)) {
		(void)tell_failure(request, response, &error);
		return;
	}
	executor_probed(&request->worker->executor);
	worker_set_state(request->worker, system.version, NULL);
}

/* Keeps the list that the checkpoint must be in. */
static void take_choices(struct worker_request *request, struct comfyui_response *response)
{
	struct worker *worker = request->worker;
	const struct worker_item *item = worker_item_of(worker, request->slot);
	struct worker_choices *kept = &worker->choices;
	struct error error;

	*kept = (struct worker_choices){.arena = kept->arena};
	arena_free(&kept->arena);
	if (!comfyui_read_choices(&kept->arena, response, item->list_class.at, item->list_field.at,
		    &kept->choices, &error)) {
		(void)tell_failure(request, response, &error);
		return;
	}
	kept->class_type = arena_text(&kept->arena, item->list_class);
	kept->field = arena_text(&kept->arena, item->list_field);
	if (!kept->field.at)
		kept->class_type.at = NULL;
	kept->asked_at = clock_monotonic();
	executor_listed(&worker->executor, request->slot);
}

/* Whether another item of the job may fare otherwise than this one, which was refused. */
static bool varies(struct worker *worker, const struct executor_slot *slot,
	const struct comfyui_submission *submission)
{
	static const enum comfyui_setting OF_ITEM[] = {COMFYUI_SET_CHECKPOINT,
		COMFYUI_SET_POSITIVE_PROMPT, COMFYUI_SET_SEED, COMFYUI_SET_STEPS, COMFYUI_SET_CFG,
		COMFYUI_SET_SAMPLER_NAME, COMFYUI_SET_SCHEDULER, COMFYUI_SET_FILENAME_PREFIX};
	struct error error;
	const struct comfyui_template *template =
		worker_template_of(worker, text_from(slot->job_id), &error);

	if (!template || !submission->node.length ||
		submission->refusal == COMFYUI_REFUSAL_EXCEPTION)
		return true;
	for (size_t i = 0; i < sizeof(OF_ITEM) / sizeof(*OF_ITEM); i++)
		if (comfyui_template_sets(
			    template, OF_ITEM[i], submission->node, submission->input))
			return true;
	return false;
}

static void fail_all(struct executor *executor, struct executor_slot *slot, const char *message)
{
	char whole[sizeof(slot->fault.message)];

	(void)snprintf(whole, sizeof(whole),
		"ComfyUI refuses what all images of the job have in common. %s", message);
	executor_ends(executor, slot, EXECUTOR_FAILING_JOB, "prompt_refused", whole);
}

static void take_refusal(
	struct worker_request *request, const struct comfyui_submission *submission)
{
	struct executor *executor = &request->worker->executor;
	struct executor_slot *slot = request->slot;
	const struct worker_item *item = worker_item_of(request->worker, slot);
	const char *message = arena_copy(&request->arena, submission->message);

	if (!message)
		message = "ComfyUI refused the prompt.";
	if (submission->refusal == COMFYUI_REFUSAL_MISSING_NODE)
		executor_ends(executor, slot, EXECUTOR_FAILING_JOB, "missing_node_type", message);
	else if (submission->refusal == COMFYUI_REFUSAL_VALUE && item->list_field.length &&
		 text_equal(item->list_field, submission->input))
		executor_checkpoint_refused(executor, slot, message);
	else if (!varies(request->worker, slot, submission))
		fail_all(executor, slot, message);
	else if (submission->refusal == COMFYUI_REFUSAL_VALUE)
		executor_ends(executor, slot, EXECUTOR_SKIPPING, "value_not_in_list", message);
	else
		executor_ends(executor, slot, EXECUTOR_FAILING, "prompt_refused", message);
}

static void adopt(struct worker *worker, const struct executor_slot *slot, struct text prompt_id)
{
	struct error error;

	if (text_equal(prompt_id, text_from(slot->prompt_id)))
		return;
	/*
	 * If that fails, a crash now would lose the image in ComfyUI, and it would be made again;
	 * unless its job was deleted meanwhile.
	 */
	if (!store_work_adopt(worker->store, text_from(slot->item_id), text_from(slot->prompt_id),
		    prompt_id, &error) &&
		error.kind != ERROR_NOT_FOUND && error.kind != ERROR_CONFLICT)
		worker_report_error("database.failed", &error);
}

static void take_submission(struct worker_request *request, struct comfyui_response *response)
{
	struct executor_slot *slot = request->slot;
	struct comfyui_submission submission;
	struct executor_fault fault = {.code = "partially_refused"};
	struct error error;
	const char *prompt_id;

	if (!comfyui_read_submission(&request->arena, response, &submission, &error)) {
		(void)tell_failure(request, response, &error);
		return;
	}
	if (!submission.queued) {
		take_refusal(request, &submission);
		return;
	}
	prompt_id = arena_copy(&request->arena, submission.prompt_id);
	if (!prompt_id)
		prompt_id = slot->prompt_id;
	adopt(request->worker, slot, text_from(prompt_id));
	utf8_copy(fault.message, sizeof(fault.message), submission.message);
	executor_submitted(&request->worker->executor, slot, prompt_id,
		submission.refusal == COMFYUI_REFUSAL_NONE ? NULL : &fault);
	if (slot->stage == EXECUTOR_SUBMITTED)
		worker_report_item(request->worker, slot, "item.submitted");
}

static struct comfyui_sought sought_by(const struct worker_request *request)
{
	const struct executor_slot *slot = request->slot;

	if (!slot)
		return (struct comfyui_sought){
			.prompt_id = text_from(request->chore->prompt_id),
			.file_prefix = text_from(request->chore->file_prefix),
		};
	return (struct comfyui_sought){
		.prompt_id = text_from(slot->prompt_id),
		.file_prefix = text_from(slot->file_prefix),
		.item_prefix = naming_item_prefix(text_from(slot->file_prefix)),
	};
}

/* Its reply was lost, with the id that ComfyUI gave it. */
static void find_as(struct worker_request *request, struct text prompt_id)
{
	struct worker *worker = request->worker;
	const char *id = arena_copy(&request->arena, prompt_id);

	if (!id || prompt_id.length >= sizeof(request->chore->prompt_id))
		return;
	if (request->slot && !request->slot->dropped)
		adopt(worker, request->slot, prompt_id);
	executor_found_as(&worker->executor, request->slot, request->chore, id);
}

static void find_stray(struct worker_request *request, struct text prompt_id)
{
	const char *id = arena_copy(&request->arena, prompt_id);

	if (id && prompt_id.length < sizeof(request->chore->prompt_id))
		executor_found_stray(&request->worker->executor, id);
}

static void take_queue(struct worker_request *request, struct comfyui_response *response)
{
	static const enum executor_place PLACES[] = {
		[COMFYUI_NOT_QUEUED] = EXECUTOR_NOWHERE,
		[COMFYUI_PENDING] = EXECUTOR_PENDING,
		[COMFYUI_RUNNING] = EXECUTOR_RUNNING,
	};
	struct executor *executor = &request->worker->executor;
	struct comfyui_sought sought = sought_by(request);
	struct comfyui_queue queue;
	struct error error;

	if (!comfyui_read_queue(response, &sought, &queue, &error)) {
		(void)tell_failure(request, response, &error);
		return;
	}
	if (!text_equal(queue.prompt_id, sought.prompt_id))
		find_as(request, queue.prompt_id);
	if (queue.stray_id.length)
		find_stray(request, queue.stray_id);
	executor_queue_seen(
		executor, request->slot, request->chore, PLACES[queue.place], queue.ahead);
}

/* A field that is cut would name another file: then there is no picture. */
static bool copy_field(char *to, size_t size, struct text from)
{
	if (from.length >= size)
		return false;
	memcpy(to, from.at, from.length);
	to[from.length] = '\0';
	return true;
}

static bool find_picture(const struct comfyui_history *history, struct comfyui_picture *picture)
{
	for (size_t i = 0; i < history->image_count; i++) {
		const struct comfyui_image *image = &history->images[i];

		if (copy_field(picture->filename, sizeof(picture->filename), image->filename) &&
			copy_field(
				picture->subfolder, sizeof(picture->subfolder), image->subfolder) &&
			copy_field(picture->type, sizeof(picture->type), image->type))
			return true;
	}
	return false;
}

/* Without memory the message alone is told. */
static void keep_traceback(const struct worker_request *request, struct text traceback)
{
	struct worker_item *item = worker_item_of(request->worker, request->slot);

	item->traceback = arena_text(&item->arena, utf8_head(traceback, LIMIT_JOB_DETAILS));
}

static void take_history(struct worker_request *request, struct comfyui_response *response)
{
	struct executor *executor = &request->worker->executor;
	struct executor_slot *slot = request->slot;
	struct comfyui_picture picture = {{0}, {0}, {0}};
	struct comfyui_history history;
	struct error error;
	const char *message;

	if (!comfyui_read_history(&request->arena, response, text_from(slot->prompt_id),
		    text_from(slot->save_node), &history, &error)) {
		(void)tell_failure(request, response, &error);
		return;
	}
	switch (history.outcome) {
	case COMFYUI_SUCCEEDED:
		worker_note_copies(request->worker, slot, &request->arena, response);
		executor_history_success(
			executor, slot, find_picture(&history, &picture) ? &picture : NULL);
		break;
	case COMFYUI_UNREADABLE:
		message = arena_copy(&request->arena, history.message);
		executor_server_failed(executor, slot, NULL, message ? message : "");
		break;
	case COMFYUI_FAILED:
		keep_traceback(request, history.traceback);
		message = arena_copy(&request->arena, history.message);
		executor_history_failed(executor, slot, history.out_of_memory,
			message ? message : "ComfyUI reported an error.");
		break;
	case COMFYUI_INTERRUPTED:
		executor_history_interrupted(executor, slot);
		break;
	default:
		executor_history_absent(executor, slot);
	}
}

static void take_picture(struct worker_request *request, struct comfyui_response *response)
{
	struct executor *executor = &request->worker->executor;
	struct worker_item *item = worker_item_of(request->worker, request->slot);
	struct error error;

	if (!comfyui_read_view(response, &error)) {
		if (error.kind == ERROR_NOT_FOUND || error.kind == ERROR_INVALID)
			executor_fetch_failed(executor, request->slot,
				error.kind == ERROR_NOT_FOUND, error.message);
		else
			(void)tell_failure(request, response, &error);
		return;
	}
	if (!library_check_png(buffer_text(&response->body), &error)) {
		executor_fetch_failed(executor, request->slot, false, error.message);
		return;
	}
	buffer_free(&item->picture);
	item->picture = response->body;
	buffer_init(&response->body, LIMIT_PICTURE_FILE);
	executor_fetched(executor, request->slot);
}

static void take_nothing(struct worker_request *request, const struct comfyui_response *response)
{
	struct executor *executor = &request->worker->executor;
	struct error error;

	if (!comfyui_read_nothing(response, &error))
		(void)tell_failure(request, response, &error);
	else if (request->verb == EXECUTOR_FREE)
		executor_freed(executor, request->slot);
	else
		executor_cancelled(executor, request->slot, request->chore);
}

/* A history that breaks off, or is longer than is read of it, may be so every time. */
static void tell_no_answer(struct worker_request *request, const struct comfyui_response *response,
	const struct error *error)
{
	if (request->verb == EXECUTOR_LOOK_HISTORY && response->status == 200 &&
		!response->timed_out)
		executor_server_failed(
			&request->worker->executor, request->slot, NULL, error->message);
	else
		(void)tell_failure(request, response, error);
}

static void take_answer(void *context, struct comfyui_response *response, const struct error *error)
{
	struct worker_request *request = context;

	executor_at(&request->worker->executor, clock_monotonic());
	if (error) {
		tell_no_answer(request, response, error);
		arena_reset(&request->arena);
		return;
	}
	switch (request->verb) {
	case EXECUTOR_PROBE:
		take_system(request, response);
		break;
	case EXECUTOR_LIST:
		take_choices(request, response);
		break;
	case EXECUTOR_SUBMIT:
		take_submission(request, response);
		break;
	case EXECUTOR_LOOK_QUEUE:
		take_queue(request, response);
		break;
	case EXECUTOR_LOOK_HISTORY:
		take_history(request, response);
		break;
	case EXECUTOR_FETCH:
	case EXECUTOR_SALVAGE:
		take_picture(request, response);
		break;
	default:
		take_nothing(request, response);
	}
	arena_reset(&request->arena);
}

/* --- Questions ---------------------------------------------------------------------------------
 */

static bool ask_list(struct worker_request *request, struct comfyui_request *call)
{
	const struct worker_item *item = worker_item_of(request->worker, request->slot);

	return comfyui_ask_class(&request->arena, item->list_class.at, call);
}

static bool ask_picture(struct worker_request *request, struct comfyui_request *call)
{
	const struct comfyui_picture *picture = &request->slot->picture;
	struct comfyui_image image = {
		.filename = text_from(picture->filename),
		.subfolder = text_from(picture->subfolder),
		.type = text_from(picture->type),
	};

	return comfyui_ask_view(&request->arena, &image, call);
}

/*
 * SaveImage's name for the first picture of a prefix that nobody has used before. The directory
 * part of the prefix is the subfolder.
 */
static bool ask_salvage(struct worker_request *request, struct comfyui_request *call)
{
	struct text prefix = text_from(request->slot->file_prefix);
	struct comfyui_picture *picture = &request->slot->picture;
	size_t slash = prefix.length;

	while (slash > 0 && prefix.at[slash - 1] != '/')
		slash--;
	(void)snprintf(picture->filename, sizeof(picture->filename), "%.*s_00001_.png",
		TEXT_ARGUMENTS(text_from_offset(prefix, slash)));
	(void)snprintf(picture->subfolder, sizeof(picture->subfolder), "%.*s",
		slash ? (int)slash - 1 : 0, prefix.at);
	(void)snprintf(picture->type, sizeof(picture->type), "output");
	return ask_picture(request, call);
}

static bool ask_submission(struct worker_request *request, struct comfyui_request *call)
{
	struct worker_item *item = worker_item_of(request->worker, request->slot);

	worker_report_item(request->worker, request->slot, "item.submitting");
	return comfyui_ask_prompt(&request->arena, buffer_text(&item->prompt),
		request->worker->client_id, request->slot->prompt_id,
		buffer_text(&item->information), call);
}

static bool make_call(struct worker_request *request, struct comfyui_request *call)
{
	const char *prompt_id = request->slot	 ? request->slot->prompt_id
				: request->chore ? request->chore->prompt_id
						 : "";

	switch (request->verb) {
	case EXECUTOR_PROBE:
		return comfyui_ask_system(&request->arena, call);
	case EXECUTOR_LIST:
		return ask_list(request, call);
	case EXECUTOR_FREE:
		return comfyui_ask_free(&request->arena, call);
	case EXECUTOR_SUBMIT:
		return ask_submission(request, call);
	case EXECUTOR_LOOK_QUEUE:
		return comfyui_ask_queue(&request->arena, call);
	case EXECUTOR_LOOK_HISTORY:
		return comfyui_ask_history(&request->arena, prompt_id, call);
	case EXECUTOR_DELETE:
		return comfyui_ask_delete(&request->arena, prompt_id, call);
	case EXECUTOR_INTERRUPT:
		return comfyui_ask_interrupt(&request->arena, prompt_id, call);
	case EXECUTOR_FETCH:
		return ask_picture(request, call);
	default:
		return ask_salvage(request, call);
	}
}

void worker_request(struct worker *worker, const struct executor_action *action)
{
	struct worker_request *request =
		action->slot	? &worker->requests[action->slot - worker->executor.slots]
		: action->chore ? &worker->chore_request
				: &worker->probe_request;
	struct comfyui_response none = {0};
	struct comfyui_request call = {0};
	struct error error;

	request->worker = worker;
	request->verb = action->verb;
	request->slot = action->slot;
	request->chore = action->chore;
	(void)error_memory(&error);
	if (make_call(request, &call) &&
		comfyui_client_start(worker->client, &call, take_answer, request, &error)) {
		/* What the call is made of was copied, or lives in the item. */
		return;
	}
	(void)tell_failure(request, &none, &error);
	arena_reset(&request->arena);
}

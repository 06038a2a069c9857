/*
 * Any bytes as an answer of ComfyUI, read as every answer there is: each reader takes it or refuses
 * it with a reason, and reads it the same a second time. What it takes of a list is UTF-8 and
 * without NUL; a place in the queue is within its bounds.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "comfyui/calls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static void check(bool done, bool again, const struct error *error)
{
	if (done != again)
		abort();
	if (!done && (error->kind == ERROR_NONE || !error->message[0] || !error->code[0]))
		abort();
}

static void read_choices(struct comfyui_response *response)
{
	struct comfyui_choices choices;
	struct error error = {0};
	bool done = comfyui_read_choices(&arena, response, "X", "y", &choices, &error);
	size_t count = choices.count;

	check(done, comfyui_read_choices(&arena, response, "X", "y", &choices, &error), &error);
	if (count != choices.count || (!choices.is_list && count) || (!choices.has_class && count))
		abort();
	for (size_t i = 0; done && i < count; i++)
		if (!utf8_valid(choices.values[i]) ||
			memchr(choices.values[i].at, 0, choices.values[i].length))
			abort();
}

static void read_queue(struct comfyui_response *response)
{
	static const struct comfyui_sought sought = {
		TEXT_INITIALIZER("id"), TEXT_INITIALIZER("cs/a-1"), TEXT_INITIALIZER("cs/a-")};
	struct comfyui_queue queue;
	struct error error = {0};
	bool done = comfyui_read_queue(response, &sought, &queue, &error);

	if (done && queue.ahead > queue.running + queue.pending)
		abort();
	check(done, comfyui_read_queue(response, &sought, &queue, &error), &error);
}

static void read_history(struct comfyui_response *response)
{
	struct comfyui_history history;
	struct comfyui_image *images;
	struct error error = {0};
	bool done = comfyui_read_history(&arena, response, TEXT("id"), TEXT("9"), &history, &error);
	size_t count = history.image_count;

	if (done && history.outcome == COMFYUI_FAILED && history.message.length == 0)
		abort();
	check(done, comfyui_read_history(&arena, response, TEXT("id"), TEXT("9"), &history, &error),
		&error);
	if (count != history.image_count)
		abort();
	done = comfyui_read_files(&arena, response, TEXT("id"), &images, &count, &error);
	check(done, comfyui_read_files(&arena, response, TEXT("id"), &images, &count, &error),
		&error);
}

static void read_submission(struct comfyui_response *response)
{
	struct comfyui_submission submission;
	struct error error = {0};
	bool done = comfyui_read_submission(&arena, response, &submission, &error);

	if (done && !submission.queued && submission.refusal == COMFYUI_REFUSAL_NONE)
		abort();
	if (done && submission.refusal != COMFYUI_REFUSAL_NONE && submission.message.length == 0)
		abort();
	check(done, comfyui_read_submission(&arena, response, &submission, &error), &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct comfyui_response response = {.base = "http://gpu:8188"};
	struct comfyui_system system;
	struct error error = {0};

	if (size == 0)
		return 0;
	arena_init(&arena, (size_t)512 << 20);
	buffer_init(&response.body, size);
	response.status = *data % 8 == 0 ? 400 : 200;
	buffer_append(&response.body, (struct text){(const char *)data + 1, size - 1});
	if (!comfyui_read_system(&arena, &response, &system, &error) && !error.message[0])
		abort();
	read_choices(&response);
	read_queue(&response);
	read_history(&response);
	read_submission(&response);
	comfyui_response_free(&response);
	arena_free(&arena);
	return 0;
}

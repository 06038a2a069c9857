/* What ComfyUI's WebSocket says, and the queue that hands it on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <poll.h>

#include <cmocka.h>

#include "comfyui/event_queue.h"

static struct arena arena;

static struct comfyui_event parse(const char *frame)
{
	struct comfyui_event event;

	arena_reset(&arena);
	comfyui_event_parse(&arena, text_from(frame), &event);
	return event;
}

static void test_messages(void **state)
{
	struct comfyui_event event;

	(void)state;
	event = parse("{\"type\":\"status\",\"data\":{\"status\":{\"exec_info\":"
		      "{\"queue_remaining\":3}},\"sid\":\"x\"}}");
	assert_int_equal(event.type, COMFYUI_EVENT_STATUS);
	assert_int_equal(event.value, 3);

	event = parse("{\"type\":\"progress\",\"data\":{\"value\":4.0,\"max\":20,"
		      "\"prompt_id\":\"p1\",\"node\":\"57:8\"}}");
	assert_int_equal(event.type, COMFYUI_EVENT_PROGRESS);
	assert_string_equal(event.prompt_id, "p1");
	assert_string_equal(event.node, "57:8");
	assert_int_equal(event.value, 4);
	assert_int_equal(event.maximum, 20);

	event = parse("{\"type\":\"executed\",\"data\":{\"node\":\"9\",\"prompt_id\":\"p\","
		      "\"output\":{\"images\":[{\"filename\":\"a&b_00001_.png\","
		      "\"subfolder\":\"cs\\\\x\",\"type\":\"output\",\"id\":7}]}}}");
	assert_int_equal(event.type, COMFYUI_EVENT_PICTURE);
	assert_string_equal(event.picture.filename, "a&b_00001_.png");
	assert_string_equal(event.picture.subfolder, "cs\\x");
	assert_string_equal(event.picture.type, "output");

	event = parse("{\"type\":\"execution_error\",\"data\":{\"prompt_id\":\"p\","
		      "\"exception_message\":\"boom\"}}");
	assert_int_equal(event.type, COMFYUI_EVENT_FAILED);
	assert_string_equal(event.message, "boom");
}

/* `executing` with null is the end; with a node, or after a reconnect without prompt_id, it is not.
 */
static void test_end(void **state)
{
	(void)state;
	assert_int_equal(
		parse("{\"type\":\"executing\",\"data\":{\"node\":null,\"prompt_id\":\"p\"}}").type,
		COMFYUI_EVENT_ENDED);
	assert_int_equal(
		parse("{\"type\":\"executing\",\"data\":{\"node\":\"3\",\"prompt_id\":\"p\"}}")
			.type,
		COMFYUI_EVENT_NODE);
	assert_string_equal(
		parse("{\"type\":\"executing\",\"data\":{\"node\":\"3\"}}").prompt_id, "");
}

static void test_strange_messages(void **state)
{
	static const char *const strange[] = {"", "nonsense", "[]", "{\"type\":7}",
		"{\"type\":\"crystools.monitor\",\"data\":{}}", "{\"type\":\"executed\"}",
		"{\"type\":\"executed\",\"data\":{\"node\":\"9\",\"output\":null}}",
		"{\"type\":\"executed\",\"data\":{\"output\":{\"images\":[]}}}"};

	(void)state;
	for (size_t i = 0; i < sizeof(strange) / sizeof(*strange); i++)
		assert_int_equal(parse(strange[i]).type, COMFYUI_EVENT_OTHER);
	/* Fields of other types are no fields. */
	assert_string_equal(
		parse("{\"type\":\"execution_start\",\"data\":{\"prompt_id\":5}}").prompt_id, "");
	assert_int_equal(parse("{\"type\":\"status\",\"data\":null}").value, 0);
}

/* An id that does not fit would be another prompt's if it were cut; a message may be cut. */
static void test_long_fields(void **state)
{
	char frame[2048];
	struct comfyui_event event;

	(void)state;
	(void)snprintf(frame, sizeof(frame),
		"{\"type\":\"execution_error\",\"data\":{\"prompt_id\":\"%0100d\","
		"\"exception_message\":\"%0254d\xc3\xa9\"}}",
		1, 1);
	event = parse(frame);
	assert_string_equal(event.prompt_id, "");
	assert_int_equal(strlen(event.message), 254);
}

static bool is_readable(const struct comfyui_event_queue *queue)
{
	struct pollfd wait = {queue->descriptor, POLLIN, 0};

	return poll(&wait, 1, 0) == 1;
}

static struct comfyui_event_queue queue;

static int set_up_queue(void **state)
{
	struct error error;

	(void)state;
	return comfyui_event_queue_init(&queue, &error) ? 0 : 1;
}

static int tear_down_queue(void **state)
{
	(void)state;
	comfyui_event_queue_free(&queue);
	return 0;
}

static void put_step(const char *prompt, int64_t value)
{
	struct comfyui_event event = {.type = COMFYUI_EVENT_PROGRESS, .value = value};

	(void)snprintf(event.prompt_id, sizeof(event.prompt_id), "%s", prompt);
	comfyui_event_queue_put(&queue, &event);
}

static void test_queue_keeps_the_last_step(void **state)
{
	struct comfyui_event event;

	(void)state;
	assert_false(is_readable(&queue));
	put_step("a", 1);
	put_step("a", 2);
	put_step("b", 1);
	assert_true(is_readable(&queue));
	assert_true(comfyui_event_queue_take(&queue, &event));
	assert_int_equal(event.value, 2);
	assert_true(comfyui_event_queue_take(&queue, &event));
	assert_string_equal(event.prompt_id, "b");
	assert_false(comfyui_event_queue_take(&queue, &event));
	assert_false(is_readable(&queue));
}

/* A reader that sleeps is told that it has missed something, and how the connection is. */
static void test_queue_tells_of_loss(void **state)
{
	struct comfyui_event started = {.type = COMFYUI_EVENT_STARTED};
	struct comfyui_event gone = {.type = COMFYUI_EVENT_DISCONNECTED};
	struct comfyui_event event = {0};
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < COMFYUI_EVENT_QUEUE_SIZE + 10; i++)
		comfyui_event_queue_put(&queue, &started);
	while (comfyui_event_queue_take(&queue, &event) && event.type == COMFYUI_EVENT_STARTED)
		taken++;
	assert_int_equal(taken, COMFYUI_EVENT_QUEUE_SIZE);
	assert_int_equal(event.type, COMFYUI_EVENT_LOST);
	assert_false(comfyui_event_queue_take(&queue, &event));

	for (size_t i = 0; i < COMFYUI_EVENT_QUEUE_SIZE + 10; i++)
		comfyui_event_queue_put(&queue, &started);
	comfyui_event_queue_put(&queue, &gone);
	assert_true(comfyui_event_queue_take(&queue, &event));
	assert_int_equal(event.type, COMFYUI_EVENT_DISCONNECTED);
	assert_true(comfyui_event_queue_take(&queue, &event));
	assert_int_equal(event.type, COMFYUI_EVENT_LOST);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_strange_messages),
		cmocka_unit_test(test_long_fields),
		cmocka_unit_test_setup_teardown(
			test_queue_keeps_the_last_step, set_up_queue, tear_down_queue),
		cmocka_unit_test_setup_teardown(
			test_queue_tells_of_loss, set_up_queue, tear_down_queue),
	};
	int result;

	arena_init(&arena, (size_t)1 << 20);
	result = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return result;
}

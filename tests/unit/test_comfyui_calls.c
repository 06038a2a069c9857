/* What is asked of ComfyUI, byte by byte, and what is made of its answers: recorded and hostile. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "comfyui/calls.h"
#include "comfyui/json.h"
#include "comfyui/models.h"

static struct arena arena;
static struct buffer transcripts;
static struct buffer object_info;
static struct comfyui_response response;
static struct error error;

static int set_up_all(void **state)
{
	(void)state;
	buffer_init(&transcripts, (size_t)16 << 20);
	buffer_init(&object_info, (size_t)16 << 20);
	return file_read_path(AT_FDCWD, "tests/fixtures/comfyui/transcripts.json", &transcripts) &&
			       file_read_path(AT_FDCWD, "tests/fixtures/comfyui/object_info.json",
				       &object_info)
		       ? 0
		       : -1;
}

static int tear_down_all(void **state)
{
	(void)state;
	buffer_free(&transcripts);
	buffer_free(&object_info);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)64 << 20);
	memset(&error, 0, sizeof(error));
	response = (struct comfyui_response){.base = "http://gpu:8188"};
	buffer_init(&response.body, (size_t)64 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	comfyui_response_free(&response);
	arena_free(&arena);
	return 0;
}

/* Lets the answer be these. */
static void answer(int status, struct text body)
{
	response.status = status;
	response.body.length = 0;
	buffer_append(&response.body, body);
}

/* The recorded answer of a scenario, by the beginning of its name. */
static struct text recorded(const char *scenario, const char *call)
{
	struct comfyui_items items;
	struct text found = {NULL, 0};

	comfyui_items_begin(&items, buffer_text(&transcripts));
	while (comfyui_items_next(&items))
		if (text_starts_with(items.key, text_from(scenario)))
			found = comfyui_json_member(items.value, call);
	assert_non_null(found.at);
	return found;
}

static void answer_recorded_prompt(const char *scenario)
{
	struct text call = recorded(scenario, "POST /prompt");
	struct text status = comfyui_json_member(call, "http");

	answer(text_equal(status, TEXT("200")) ? 200 : 400, comfyui_json_member(call, "body"));
}

static void assert_text(struct text value, const char *expected)
{
	assert_string_equal(arena_copy(&arena, value), expected);
}

/* --- JSON as Python writes it ------------------------------------------------------------------
 */

static void test_mending(void **state)
{
	static const char *const cases[][2] = {
		{"[NaN, Infinity, -Infinity, -1]", "[{} , {}      , {}       , -1]"},
		{"{\"NaN\": \"-Infinity \\\" NaN\", \"a\": NaN}",
			"{\"NaN\": \"-Infinity \\\" NaN\", \"a\": {} }"},
		{"\"\\udc80 \\ud83d\\ude00 \\ud83d \\\\udc80 \\ud83d\\ud83d\\ude00\"",
			"\"\\ufffd \\ud83d\\ude00 \\ufffd \\\\udc80 \\ufffd\\ud83d\\ude00\""},
		{"\"\\u00\"", "\"\\u00\""},
		{"\"\\ud8", "\"\\ud8"},
		{"\"\\", "\"\\"},
		{"Na", "Na"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *bytes = arena_copy(&arena, text_from(cases[i][0]));

		comfyui_json_mend(bytes, strlen(bytes));
		assert_string_equal(bytes, cases[i][1]);
		comfyui_json_mend(bytes, strlen(bytes));
		assert_string_equal(bytes, cases[i][1]);
	}
}

/* The items as "key=value|…", and "!" where the walk failed. */
static const char *walk(const char *source)
{
	struct comfyui_items items;
	char *all = arena_printf(&arena, "%s", "");

	comfyui_items_begin(&items, text_from(source));
	while (comfyui_items_next(&items))
		all = arena_printf(&arena, "%s%.*s=%.*s|", all, TEXT_ARGUMENTS(items.key),
			TEXT_ARGUMENTS(items.value));
	assert_false(comfyui_items_next(&items));
	return arena_printf(&arena, "%s%s", all, items.failed ? "!" : "");
}

static void test_walking(void **state)
{
	char deep[40001];

	(void)state;
	assert_string_equal(walk("{}"), "");
	assert_string_equal(walk(" [ ] "), "");
	assert_string_equal(
		walk("{\"a\": [1, {\"b\": 2}], \"c\" : \"}\"}"), "a=[1, {\"b\": 2}]|c=\"}\"|");
	assert_string_equal(
		walk("[18446744073709551616, 1e400, null]"), "=18446744073709551616|=1e400|=null|");
	assert_string_equal(walk(""), "!");
	assert_string_equal(walk("1"), "!");
	assert_string_equal(walk("<html>"), "!");
	assert_string_equal(walk("{\"a\": 1"), "a=1|!");
	assert_string_equal(walk("{\"a\": [1"), "!");
	assert_string_equal(walk("{\"a\" 1}"), "!");
	assert_string_equal(walk("{1: 2}"), "!");
	assert_string_equal(walk("[1 2]"), "=1|!");
	assert_string_equal(walk("[1,]"), "=1|!");
	assert_string_equal(walk("[:]"), "!");
	assert_string_equal(walk("[1]]"), "=1|!");
	/* Nesting costs nothing. */
	memset(deep, '[', 20000);
	memset(deep + 20000, ']', 20000);
	deep[40000] = '\0';
	assert_int_equal(strlen(walk(deep)), 40000);
}

/* --- What is asked -----------------------------------------------------------------------------
 */

static void test_requests(void **state)
{
	static const struct comfyui_image image = {
		.filename = TEXT_INITIALIZER("a&b=c%+d \xc3\xbc.png"),
		.subfolder = TEXT_INITIALIZER("cs\\x/y"),
		.type = TEXT_INITIALIZER("output")};
	struct comfyui_request request;

	(void)state;
	assert_true(comfyui_ask_class(&arena, "KSampler (Efficient)/#?", &request));
	assert_string_equal(request.target, "/object_info/KSampler%20%28Efficient%29%2F%23%3F");
	assert_false(request.post);
	assert_true(comfyui_ask_view(&arena, &image, &request));
	assert_string_equal(request.target, "/view?filename=a%26b%3Dc%25%2Bd%20%C3%BC.png"
					    "&subfolder=cs%5Cx%2Fy&type=output");
	assert_true(comfyui_ask_prompt(
		&arena, TEXT("{\"1\": 18446744073709551615}"), "c\"", "id", TEXT("{}"), &request));
	assert_text(request.body,
		"{\"client_id\":\"c\\\"\",\"prompt_id\":\"id\",\"extra_data\":{"
		"\"extra_pnginfo\":{}},\"prompt\":{\"1\": 18446744073709551615}}");
	assert_true(request.post && request.once);
	assert_true(comfyui_ask_prompt(&arena, TEXT("{}"), "c", "id", TEXT(""), &request));
	assert_text(request.body, "{\"client_id\":\"c\",\"prompt_id\":\"id\",\"prompt\":{}}");
	assert_true(comfyui_ask_delete(&arena, "id", &request));
	assert_string_equal(request.target, "/queue");
	assert_text(request.body, "{\"delete\":[\"id\"]}");
	assert_true(comfyui_ask_interrupt(&arena, "id", &request));
	assert_text(request.body, "{\"prompt_id\":\"id\"}");
}

/* --- What answers in its place -----------------------------------------------------------------
 */

static void test_something_else_answers(void **state)
{
	static const struct {
		int status;
		const char *type;
		const char *location;
		const char *body;
		const char *code;
		const char *part; /* of the message */
	} cases[] = {
		{401, "text/html", "", "<html>", "comfyui_unreachable", "comfyui.headers"},
		{403, "", "", "", "comfyui_unreachable", "refuses us"},
		{302, "text/html", "https://login.example/?x", "", "comfyui_unreachable",
			"to https://login.example/?x"},
		{404, "text/plain", "", "404: Not Found", "comfyui_unreachable", "not ComfyUI"},
		{502, "text/html", "", "<html>", "comfyui_unreachable", "does not reach ComfyUI"},
		{500, "text/plain", "", "500 Internal Server Error", "comfyui_error",
			"its own log"},
		{413, "text/plain", "", "", "comfyui_error", "--max-upload-size"},
		{418, "", "", "{}", "comfyui_unreachable", "HTTP 418"},
		{200, "text/html", "", "<!DOCTYPE html>", "comfyui_unreachable",
			"sends text/html instead of JSON"},
		{200, "application/json", "", "[]", "comfyui_unreachable", "not ComfyUI"},
		{200, "application/json", "", "{\"status\": \"ok\"}", "comfyui_unreachable",
			"JSON that is not ComfyUI's"},
		{200, "application/json", "", "{\"system\": {\"os\": ", "comfyui_unreachable",
			"JSON that is not ComfyUI's"},
	};
	struct comfyui_system system;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		answer(cases[i].status, text_from(cases[i].body));
		(void)snprintf(
			response.content_type, sizeof(response.content_type), "%s", cases[i].type);
		(void)snprintf(
			response.location, sizeof(response.location), "%s", cases[i].location);
		assert_false(comfyui_read_system(&arena, &response, &system, &error));
		assert_string_equal(error.code, cases[i].code);
		if (!strstr(error.message, cases[i].part))
			fail_msg("\"%s\" says nothing of \"%s\"", error.message, cases[i].part);
	}
	/* The log shows what came, without harm to a terminal's eyes or to UTF-8. */
	answer(200, TEXT("\xff<title>Router</title>"));
	assert_false(comfyui_read_system(&arena, &response, &system, &error));
	assert_non_null(
		strstr(error.cause, "HTTP 200, application/json: \xef\xbf\xbd<title>Router"));
}

static void test_system(void **state)
{
	struct comfyui_system system;

	(void)state;
	answer(200, TEXT("{\"system\": {\"os\": \"posix\", \"ram_free\": NaN, \"comfyui_version\": "
			 "\"0.3.64\", \"argv\": [\"\\udc80\"]}, \"devices\": []}"));
	assert_true(comfyui_read_system(&arena, &response, &system, &error));
	assert_text(system.version, "0.3.64");
	answer(200, TEXT("{\"system\": {\"os\": \"posix\"}}"));
	assert_true(comfyui_read_system(&arena, &response, &system, &error));
	assert_text(system.version, "unknown");
}

/* --- Choices -----------------------------------------------------------------------------------
 */

static struct comfyui_choices choices_of(const char *class, const char *input)
{
	struct comfyui_choices choices;

	if (!comfyui_read_choices(&arena, &response, class, input, &choices, &error))
		fail_msg("%s", error.message);
	return choices;
}

/* The answer to /object_info/{class}, cut out of the recording. */
static void answer_class(const char *class)
{
	struct text known = comfyui_json_member(buffer_text(&object_info), class);

	answer(200,
		text_from(arena_printf(&arena, "{\"%s\": %.*s}", class, TEXT_ARGUMENTS(known))));
}

static void test_choices_recorded(void **state)
{
	struct comfyui_choices choices;

	(void)state;
	answer_class("VAELoader");
	choices = choices_of("VAELoader", "vae_name");
	assert_true(choices.is_list);
	assert_int_equal(choices.count, 3);
	assert_true(comfyui_model_is_file(choices.values[0]));
	assert_false(comfyui_model_is_file(choices.values[2]));
	assert_text(choices.values[0], "tiny_taesd16.safetensors");
	answer_class("KSampler");
	assert_int_equal(choices_of("KSampler", "sampler_name").count, 42);
	assert_false(choices_of("KSampler", "seed").is_list);
	assert_true(choices_of("KSampler", "seed").has_input);
	assert_false(choices_of("KSampler", "nonsense").has_input);
}

static void test_choices_in_every_shape(void **state)
{
	struct comfyui_choices choices;

	(void)state;
	answer(200,
		TEXT("{\"X\": {\"display_name\": null, \"input\": {"
		     "\"required\": {"
		     "\"list\": [[\"a/b\", 7, \"c\\\\d\", null, NaN, \"\\udc80.pt\", \"x\\u0000\", "
		     "\"\\ud83d\\ude00\"]],"
		     "\"combo\": [\"COMBO\", {\"options\": [\"e\"], \"default\": NaN}],"
		     "\"remote\": [\"COMBO\", {\"remote\": {\"route\": \"/x\"}}],"
		     "\"bare\": [\"COMBO\"], \"empty\": [], \"odd\": {}, \"int\": [\"INT\", {}]"
		     "}, \"optional\": {\"device\": [[\"cpu\"]]}}}}"));
	choices = choices_of("X", "list");
	assert_int_equal(choices.count, 3);
	assert_text(choices.values[0], "a/b");
	assert_text(choices.values[1], "c\\d");
	assert_text(choices.values[2], "\xf0\x9f\x98\x80");
	choices = choices_of("X", "combo");
	assert_int_equal(choices.count, 1);
	assert_text(choices.values[0], "e");
	assert_text(choices_of("X", "device").values[0], "cpu");
	assert_false(choices_of("X", "remote").is_list);
	assert_false(choices_of("X", "bare").is_list);
	assert_false(choices_of("X", "empty").is_list);
	assert_false(choices_of("X", "odd").is_list);
	assert_false(choices_of("X", "int").is_list);
}

static void test_choices_of_an_unknown_class(void **state)
{
	struct comfyui_choices choices;

	(void)state;
	answer(200, TEXT("{}"));
	assert_false(choices_of("X", "y").has_class);
	answer(200, TEXT("{\"Y\": {}}"));
	assert_false(comfyui_read_choices(&arena, &response, "X", "y", &choices, &error));
	answer(200, TEXT("{\"X\": {}"));
	assert_false(comfyui_read_choices(&arena, &response, "X", "y", &choices, &error));
	assert_string_equal(error.code, "comfyui_unreachable");
}

/* --- Prompts -----------------------------------------------------------------------------------
 */

static struct comfyui_submission submission(void)
{
	struct comfyui_submission read;

	if (!comfyui_read_submission(&arena, &response, &read, &error))
		fail_msg("%s", error.message);
	return read;
}

static void test_submissions_recorded(void **state)
{
	static const struct {
		const char *scenario;
		enum comfyui_refusal refusal;
		const char *node;
		const char *message;
	} cases[] = {
		{"20 ", COMFYUI_REFUSAL_VALUE, "1",
			"UNETLoader (node 1): Value not in list: unet_name: 'nope.safetensors' not "
			"in ['a/one.safetensors', 'two.safetensors']"},
		{"21 ", COMFYUI_REFUSAL_VALUE, "3",
			"KSampler (node 3): Value not in list: sampler_name: 'nosuch' not in (list "
			"of length 40)"},
		{"23 ", COMFYUI_REFUSAL_MISSING_NODE, "",
			"Cannot execute because node NoSuchNode does not exist. (Node ID '#5')"},
		{"24 ", COMFYUI_REFUSAL_INVALID, "",
			"Cannot execute because a node is missing the class_type property. (Node "
			"ID '#5')"},
		{"26 ", COMFYUI_REFUSAL_INVALID, "", "Prompt has no outputs"},
		{"28 ", COMFYUI_REFUSAL_EXCEPTION, "3", NULL},
		{"30 ", COMFYUI_REFUSAL_INVALID, "9", NULL},
		{"35 ", COMFYUI_REFUSAL_INVALID, "3",
			"KSampler (node 3): Value 18446744073709551616 bigger than max of "
			"18446744073709551615: seed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct comfyui_submission read;

		answer_recorded_prompt(cases[i].scenario);
		read = submission();
		assert_false(read.queued);
		assert_int_equal(read.refusal, cases[i].refusal);
		assert_text(read.node, cases[i].node);
		if (cases[i].message)
			assert_text(read.message, cases[i].message);
		else
			assert_true(read.message.length > 20);
	}
	answer_recorded_prompt("20 ");
	assert_text(submission().input, "unet_name");
	assert_text(submission().value, "nope.safetensors");
}

static void test_submission_accepted(void **state)
{
	(void)state;
	answer_recorded_prompt("01 ");
	assert_true(submission().queued);
	assert_int_equal(submission().refusal, COMFYUI_REFUSAL_NONE);
	assert_text(submission().prompt_id, "00000001-0000-4000-8000-000000000000");
	/* In the queue, but without one of its outputs. */
	answer_recorded_prompt("37 ");
	assert_true(submission().queued);
	assert_int_equal(submission().refusal, COMFYUI_REFUSAL_VALUE);
	assert_text(submission().prompt_id, "00000037-0000-4000-8000-000000000000");
}

/* What a node that failed while the prompt was checked says may be otherwise another time. */
static void test_submission_that_could_not_be_checked(void **state)
{
	(void)state;
	answer(400,
		TEXT("{\"error\": {\"type\": \"prompt_outputs_failed_validation\"}, "
		     "\"node_errors\": "
		     "{\"5\": {\"class_type\": \"VAELoader\", \"errors\": [{\"type\": "
		     "\"exception_during_validation\", \"message\": \"m\", \"details\": \"d\"}, "
		     "{\"type\": \"value_not_in_list\", \"message\": \"m\"}]}}}"));
	assert_int_equal(submission().refusal, COMFYUI_REFUSAL_EXCEPTION);
	answer(400, TEXT("{\"error\": {\"type\": \"prompt_outputs_failed_validation\"}, "
			 "\"node_errors\": "
			 "{\"5\": {\"class_type\": \"X\", \"errors\": [{\"type\": "
			 "\"value_bigger_than_max\", \"message\": \"m\", \"extra_info\": "
			 "{\"input_name\": \"width\"}}]}}}"));
	assert_int_equal(submission().refusal, COMFYUI_REFUSAL_INVALID);
	assert_text(submission().input, "width");
}

static void test_submission_of_a_newer_comfyui(void **state)
{
	(void)state;
	answer(400,
		TEXT("{\"error\": {\"type\": \"missing_node_type\", \"message\": \"Node 'X' not "
		     "found.\", \"details\": \"\", \"extra_info\": {\"node_id\": \"57:8\"}}, "
		     "\"node_errors\": {}}"));
	assert_int_equal(submission().refusal, COMFYUI_REFUSAL_MISSING_NODE);
	assert_text(submission().node, "57:8");
	/* It calls the node by its title, which says nothing of what is missing. */
	answer(400, TEXT("{\"error\": {\"type\": \"missing_node_type\", \"message\": \"Node "
			 "'Upscale' not "
			 "found. The custom node may not be installed.\", \"details\": \"Node ID "
			 "'#15'\", "
			 "\"extra_info\": {\"node_id\": \"15\", \"class_type\": \"FancyUpscale\", "
			 "\"node_title\": \"Upscale\"}}, \"node_errors\": {}}"));
	assert_int_equal(submission().refusal, COMFYUI_REFUSAL_MISSING_NODE);
	assert_text(submission().message, "FancyUpscale (node 15): Node 'Upscale' not found. The "
					  "custom node may not be installed.");
}

/* A fault of the template is told before a value that a refreshed list may mend. */
static void test_submission_with_several_faults(void **state)
{
	(void)state;
	answer(400, TEXT("{\"error\": {}, \"node_errors\": {\"1\": {\"class_type\": \"A\", "
			 "\"errors\": [{\"type\": \"value_not_in_list\", \"message\": \"m\", "
			 "\"details\": \"d\"}]}, \"2\": {\"class_type\": \"B\", \"errors\": "
			 "[{\"type\": \"required_input_missing\", \"message\": \"n\", \"details\": "
			 "\"\"}]}}}"));
	assert_int_equal(submission().refusal, COMFYUI_REFUSAL_INVALID);
	assert_text(submission().message, "B (node 2): n (and 1 more)");
}

static void test_submission_without_sense(void **state)
{
	static const char *const bodies[] = {"{}", "{\"prompt_id\": 5}", "{\"prompt_id\": \"\"}",
		"{\"error\": \"x\"}", "{\"prompt_id\": \"a\"", "{\"node_errors\": {\"1\": {}}}"};
	struct comfyui_submission read;

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		answer(200, text_from(bodies[i]));
		assert_false(comfyui_read_submission(&arena, &response, &read, &error));
		assert_string_equal(error.code, "comfyui_unreachable");
	}
	answer(400, TEXT("{\"prompt_id\": \"a\"}"));
	assert_false(comfyui_read_submission(&arena, &response, &read, &error));
}

/* --- The queue ---------------------------------------------------------------------------------
 */

static bool read_queue(const char *prompt_id, struct comfyui_queue *queue)
{
	struct comfyui_sought sought = {.prompt_id = text_from(prompt_id)};

	return comfyui_read_queue(&response, &sought, queue, &error);
}

static void test_queue(void **state)
{
	struct comfyui_queue queue;

	(void)state;
	answer(200, recorded("01 ", "GET /queue while pending"));
	assert_true(read_queue("00000001-0000-4000-8000-000000000000", &queue));
	assert_int_equal(queue.place, COMFYUI_PENDING);
	assert_int_equal(queue.ahead, 0);
	/* Not sorted, with numbers of any kind, prompts that would be no JSON, extra fields. */
	answer(200,
		TEXT("{\"queue_running\": [[0, \"r\", {\"x\": NaN, \"y\": \"\\udc80\"}, {}, [], "
		     "1]], "
		     "\"queue_pending\": [[7, \"c\", {}], [-2.5, \"a\", {}], [6, \"b\", {}]]}"));
	assert_true(read_queue("b", &queue));
	assert_int_equal(queue.place, COMFYUI_PENDING);
	assert_int_equal(queue.ahead, 2);
	assert_int_equal(queue.running, 1);
	assert_int_equal(queue.pending, 3);
	assert_true(read_queue("r", &queue));
	assert_int_equal(queue.place, COMFYUI_RUNNING);
	assert_true(read_queue("z", &queue));
	assert_int_equal(queue.place, COMFYUI_NOT_QUEUED);
}

/* An older ComfyUI gives a prompt an id of its own, which we know only if its reply came. */
static void test_queue_by_prefix(void **state)
{
	static const struct comfyui_sought sought = {TEXT_INITIALIZER("lost"),
		TEXT_INITIALIZER("cs/job/item-12"), TEXT_INITIALIZER("cs/job/item-")};
	struct comfyui_queue queue;

	(void)state;
	answer(200,
		TEXT("{\"queue_running\": [[0, \"x\", {\"9\": \"cs/job/item-1\"}, {}]], "
		     "\"queue_pending\": [[3, \"y\", {\"9\": {\"p\": \"cs/job/item-12\"}}, {}], "
		     "[2, \"z\", {\"9\": \"about cs/job/item-12\"}, {}]]}"));
	assert_true(comfyui_read_queue(&response, &sought, &queue, &error));
	assert_int_equal(queue.place, COMFYUI_PENDING);
	assert_text(queue.prompt_id, "y");
	assert_int_equal(queue.ahead, 2);
	assert_text(queue.stray_id, "x");
	/* The id goes first; and who is known by it alone has no others. */
	assert_true(read_queue("z", &queue));
	assert_text(queue.prompt_id, "z");
	assert_int_equal(queue.stray_id.length, 0);
	assert_true(read_queue("lost", &queue));
	assert_int_equal(queue.place, COMFYUI_NOT_QUEUED);
	answer(200, TEXT("{\"queue_running\": [[0, \"x\"], [1, \"lost\", "
			 "\"cs/job/item-12\"]], \"queue_pending\": []}"));
	assert_true(comfyui_read_queue(&response, &sought, &queue, &error));
	assert_text(queue.prompt_id, "lost");
	assert_int_equal(queue.place, COMFYUI_RUNNING);
}

/* "Not queued" may only ever be said of a whole queue: on it hangs whether an image is made again.
 */
static void test_queue_cut_anywhere(void **state)
{
	static const char whole[] = "{\"queue_running\": [[0, \"r\", {}]], \"queue_pending\": "
				    "[[7, \"c\", {}]]}";
	struct comfyui_queue queue;

	(void)state;
	for (size_t length = 0; length < sizeof(whole) - 1; length++) {
		answer(200, (struct text){whole, length});
		assert_false(read_queue("x", &queue));
	}
	answer(200, TEXT("{\"queue_running\": [], \"queue_pending\": {}}"));
	assert_false(read_queue("x", &queue));
	answer(200, TEXT("{\"queue_running\": [], \"queue_pending\": [5]}"));
	assert_false(read_queue("x", &queue));
	answer(200, TEXT("{\"queue_running\": [], \"queue_pending\": [[5, 6]]}"));
	assert_false(read_queue("x", &queue));
}

/* --- The history -------------------------------------------------------------------------------
 */

static struct comfyui_history history_of_node(const char *prompt_id, const char *node)
{
	struct comfyui_history history;

	if (!comfyui_read_history(
		    &arena, &response, text_from(prompt_id), text_from(node), &history, &error))
		fail_msg("%s", error.message);
	return history;
}

static struct comfyui_history history_of(const char *prompt_id)
{
	return history_of_node(prompt_id, "9");
}

static struct comfyui_history recorded_history(const char *scenario, const char *prompt_id)
{
	answer(200, recorded(scenario, "GET /history/{id}"));
	return history_of(prompt_id);
}

static void test_history_recorded(void **state)
{
	struct comfyui_history history;

	(void)state;
	history = recorded_history("01 ", "00000001-0000-4000-8000-000000000000");
	assert_int_equal(history.outcome, COMFYUI_SUCCEEDED);
	assert_int_equal(history.image_count, 1);
	assert_text(history.images[0].filename, "i1_00001_.png");
	assert_text(history.images[0].subfolder, "cs/j1");
	assert_text(history.images[0].type, "output");
	history = recorded_history("08 ", "00000008-0000-4000-8000-000000000000");
	assert_int_equal(history.outcome, COMFYUI_FAILED);
	assert_false(history.out_of_memory);
	assert_true(text_starts_with(history.message, TEXT("KSampler (node 3): ")));
	history = recorded_history("09 ", "00000009-0000-4000-8000-000000000000");
	assert_int_equal(history.outcome, COMFYUI_FAILED);
	assert_true(history.out_of_memory);
	assert_text(history.error_type, "torch.OutOfMemoryError");
	assert_int_equal(history.image_count, 0);
	history = recorded_history("10 ", "00000010-0000-4000-8000-000000000000");
	assert_int_equal(history.outcome, COMFYUI_INTERRUPTED);
	/* The files of an earlier, identical prompt. */
	history = recorded_history("02 ", "00000002-0000-4000-8000-000000000000");
	assert_int_equal(history.outcome, COMFYUI_SUCCEEDED);
	assert_text(history.images[0].filename, "i1_00001_.png");
	assert_int_equal(history_of("another id").outcome, COMFYUI_NO_HISTORY);
}

static void test_files_of_all_nodes(void **state)
{
	struct comfyui_image *images;
	size_t count;

	(void)state;
	answer(200,
		TEXT("{\"id\": {\"outputs\": {"
		     "\"3\": {\"text\": [NaN]}, \"4\": null,"
		     "\"9\": {\"images\": [{\"filename\": \"a_1_.png\", \"subfolder\": \"cs/x\", "
		     "\"type\": \"output\"}, {\"filename\": \"a_2_.png\", \"subfolder\": \"cs/x\", "
		     "\"type\": \"output\"}]},"
		     "\"12\": {\"images\": [{\"filename\": \"b.png\", \"subfolder\": \"\", "
		     "\"type\": \"temp\"}]}}, \"status\": null}}"));
	assert_true(comfyui_read_files(&arena, &response, TEXT("id"), &images, &count, &error));
	assert_int_equal(count, 3);
	assert_text(images[0].filename, "a_1_.png");
	assert_text(images[1].filename, "a_2_.png");
	assert_text(images[2].type, "temp");
	assert_true(comfyui_read_files(&arena, &response, TEXT("other"), &images, &count, &error));
	assert_int_equal(count, 0);
	assert_int_equal(history_of("id").image_count, 2);
}

static void test_history_of_strange_nodes(void **state)
{
	struct comfyui_history history;

	(void)state;
	answer(200,
		TEXT("{\"id\": {\"prompt\": [0, \"id\", {\"x\": Infinity}], \"outputs\": {"
		     "\"57:8\": {\"images\": [{\"filename\": \"a.png\", \"subfolder\": \"w\\\\x\", "
		     "\"type\": \"temp\", \"id\": 4}, {\"filename\": \"\"}, 7, null]},"
		     "\"1\": {\"text\": [NaN], \"animated\": [true]}, \"2\": null,"
		     "\"3\": {\"images\": null}}, \"status\": null}}"));
	assert_int_equal(history_of("id").image_count, 0);
	assert_int_equal(history_of_node("id", "3").image_count, 0);
	history = history_of_node("id", "57:8");
	assert_int_equal(history.outcome, COMFYUI_SUCCEEDED);
	assert_int_equal(history.image_count, 1);
	assert_text(history.images[0].subfolder, "w\\x");
	assert_text(history.images[0].type, "temp");
	/* A message outweighs the word. */
	answer(200, TEXT("{\"id\": {\"outputs\": {}, \"status\": {\"status_str\": \"success\", "
			 "\"messages\": [5, [], [\"execution_error\", {\"node_id\": \"4\", "
			 "\"node_type\": \"T\", \"exception_message\": \"cycle\\n\"}]]}}}"));
	assert_int_equal(history_of("id").outcome, COMFYUI_FAILED);
	assert_text(history_of("id").message, "T (node 4): cycle");
	answer(200, TEXT("{\"id\": {\"outputs\": {}, \"status\": {\"status_str\": \"error\"}}}"));
	assert_int_equal(history_of("id").outcome, COMFYUI_FAILED);
	assert_true(history_of("id").message.length > 0);
	/* What a node's error holds cannot be parsed. */
	answer(200, TEXT("{\"id\": {\"outputs\": {}, \"status\": {\"status_str\": \"error\", "
			 "\"messages\": [[\"execution_error\", {\"a\": 1, \"a\": 2}]]}}}"));
	assert_int_equal(history_of("id").outcome, COMFYUI_FAILED);
	assert_true(history_of("id").message.length > 0);
}

/* What other nodes put there is nobody's business, and may be anything. */
static void test_history_with_strange_neighbours(void **state)
{
	struct buffer *body = &response.body;
	struct comfyui_history history;

	(void)state;
	answer(200,
		TEXT("{\"id\": {\"outputs\": {\"a\\u0000\": 1, \"1\": {\"x\": 1e999, \"x\": 2}, "
		     "\"2\": "));
	for (int i = 0; i < 1000; i++)
		buffer_append_byte(body, '[');
	for (int i = 0; i < 1000; i++)
		buffer_append_byte(body, ']');
	buffer_append_string(body, ", \"3\": [0");
	for (int i = 0; i < 300000; i++)
		buffer_append_string(body, ",0");
	buffer_append_string(body, "], \"n\\u00f6\": {\"images\": [{\"filename\": \"a.png\"}]}}}}");
	history = history_of_node("id", "n\xc3\xb6");
	assert_int_equal(history.outcome, COMFYUI_SUCCEEDED);
	assert_int_equal(history.image_count, 1);
	assert_text(history.images[0].filename, "a.png");
	assert_int_equal(history_of_node("id", "1").image_count, 0);
}

/* As for the queue: `{}` means that ComfyUI does not know it, and nothing else does. */
static void test_history_cut_anywhere(void **state)
{
	static const char whole[] = "{\"id\": {\"outputs\": {}, \"status\": {}}}";
	struct comfyui_history history;

	(void)state;
	assert_false(
		comfyui_read_history(&arena, &response, TEXT("id"), TEXT("9"), &history, &error));
	for (size_t length = 1; length < sizeof(whole) - 1; length++) {
		answer(200, (struct text){whole, length});
		assert_int_equal(history_of("id").outcome, COMFYUI_UNREADABLE);
		assert_int_equal(history_of("x").outcome, COMFYUI_UNREADABLE);
	}
	answer(200, TEXT("{\"id\": {\"outputs\": []}}"));
	assert_int_equal(history_of("id").outcome, COMFYUI_UNREADABLE);
	answer(200, TEXT("{\"id\": null}"));
	assert_int_equal(history_of("id").outcome, COMFYUI_UNREADABLE);
	assert_true(history_of("id").message.length > 0);
}

static void test_view(void **state)
{
	(void)state;
	answer(200, TEXT("\x89PNG"));
	(void)snprintf(response.content_type, sizeof(response.content_type), "image/png");
	assert_true(comfyui_read_view(&response, &error));
	(void)snprintf(response.content_type, sizeof(response.content_type), "text/html");
	assert_false(comfyui_read_view(&response, &error));
	assert_string_equal(error.code, "comfyui_unreachable");
	assert_non_null(strstr(error.message, "text/html instead of an image"));
	answer(404, TEXT(""));
	assert_false(comfyui_read_view(&response, &error));
	assert_string_equal(error.code, "image_gone");
	answer(404, TEXT("<html>nginx"));
	assert_false(comfyui_read_view(&response, &error));
	assert_string_equal(error.code, "comfyui_unreachable");
	answer(400, TEXT(""));
	assert_false(comfyui_read_view(&response, &error));
	assert_string_equal(error.code, "image_refused");
}

static void test_without_memory(void **state)
{
	static const size_t limits[] = {0, 4096, 8192};
	struct comfyui_submission read;
	struct comfyui_request request;

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct arena small;

		arena_init(&small, limits[i]);
		answer_recorded_prompt("20 ");
		if (!comfyui_read_submission(&small, &response, &read, &error))
			assert_int_equal(error.kind, ERROR_SYSTEM);
		arena_free(&small);
	}
	arena_init(&arena, 0);
	assert_false(comfyui_ask_class(&arena, "X", &request));
	assert_false(comfyui_ask_prompt(&arena, TEXT("{}"), "c", "id", TEXT(""), &request));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_mending, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_walking, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_requests, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_something_else_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_system, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_choices_recorded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_choices_in_every_shape, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_choices_of_an_unknown_class, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_submissions_recorded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_submission_accepted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_submission_of_a_newer_comfyui, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_submission_that_could_not_be_checked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_submission_with_several_faults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_submission_without_sense, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_queue, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_queue_by_prefix, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_queue_cut_anywhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_history_recorded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_files_of_all_nodes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_history_of_strange_nodes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_history_with_strange_neighbours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_history_cut_anywhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_view, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_without_memory, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}

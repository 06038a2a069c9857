/* A preset's body: what it becomes, and every fault it can have, at its JSON pointer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../cgi/preset_input.h"
#include "http/internal.h"

struct fixture {
	struct arena arena;
	struct http_response response;
	struct store_preset_input input;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return 1;
	arena_init(&fixture->arena, LIMIT_REQUEST_MEMORY);
	http_response_init(&fixture->response);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	http_response_free(&fixture->response);
	arena_free(&fixture->arena);
	free(fixture);
	return 0;
}

static bool read_body(struct fixture *fixture, struct text body)
{
	struct http_request request = {.arena = &fixture->arena};
	struct error error = {0};

	http_response_free(&fixture->response);
	http_response_init(&fixture->response);
	request.json = json_parse(&fixture->arena, body, LIMIT_JSON_DEPTH, &error);
	if (!request.json)
		fail_msg("%s: %.*s", error.message, TEXT_ARGUMENTS(body));
	return preset_input_read(&request, &fixture->response, &fixture->input);
}

static void test_accepted_mappings(void **state)
{
	static const struct {
		const char *mapping;
		const char *stored;
	} cases[] = {
		{"{}", "{\"combos\":[]}"},
		{"{\"slider\":\"checkpoint\",\"y\":\"b\",\"x\":\"a\"}",
			"{\"x\":\"a\",\"y\":\"b\",\"slider\":\"checkpoint\",\"combos\":[]}"},
		{"{\"filter_modes\":{}}", "{\"filter_modes\":{},\"combos\":[]}"},
		/* combos follow from the modes, */
		{"{\"filter_modes\":{\"a\":\"single\",\"b\":\"hide\",\"c\":\"multi\"}}",
			"{\"filter_modes\":{\"a\":\"single\",\"b\":\"hide\",\"c\":\"multi\"},"
			"\"combos\":[\"a\",\"c\"]}"},
		/* and modes from the combos, */
		{"{\"combos\":[\"b\",\"a\"]}", "{\"filter_modes\":{\"b\":\"multi\",\"a\":\"multi\"}"
					       ",\"combos\":[\"b\",\"a\"]}"},
		/* where a mode wins, */
		{"{\"filter_modes\":{\"a\":\"hide\",\"b\":\"single\"},\"combos\":[\"c\",\"b\","
		 "\"a\"]}",
			"{\"filter_modes\":{\"a\":\"hide\",\"b\":\"single\",\"c\":\"multi\"},"
			"\"combos\":[\"c\",\"b\"]}"},
		/* and a role takes a dimension out of them, its mode kept. */
		{"{\"x\":\"a\",\"slider\":\"s\",\"filter_modes\":{\"a\":\"single\"},"
		 "\"combos\":[\"a\",\"s\",\"b\"]}",
			"{\"x\":\"a\",\"slider\":\"s\","
			"\"filter_modes\":{\"a\":\"single\",\"b\":\"multi\"},\"combos\":[\"b\"]}"},
		{"{\"x\":\"\\\"q\\\" \\u00e9/~%&=\"}",
			"{\"x\":\"\\\"q\\\" \xc3\xa9/~%&=\",\"combos\":[]}"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *body = arena_printf(
			&fixture->arena, "{\"name\":\"n\",\"mapping\":%s}", cases[i].mapping);

		if (!read_body(fixture, text_from(body)))
			fail_msg("%s: %.*s", body,
				TEXT_ARGUMENTS(buffer_text(&fixture->response.body)));
		assert_string_equal(fixture->input.mapping.at, cases[i].stored);
		/* What was answered may be sent back, and stays as it is. */
		body = arena_printf(&fixture->arena,
			"{\"id\":\"i\",\"name\":\"n\",\"mapping\":%s,\"created_at\":\"c\","
			"\"updated_at\":\"u\"}",
			cases[i].stored);
		assert_true(read_body(fixture, text_from(body)));
		assert_string_equal(fixture->input.mapping.at, cases[i].stored);
	}
}

static void test_accepted_names(void **state)
{
	static const struct {
		const char *written;
		const char *read;
	} cases[] = {
		{"a", "a"},
		{"  \\t\\n two words \\u00a0\\u3000", "two words"},
		{"\\u00dcbersicht \\ud83d\\ude00", "\xc3\x9c"
						   "bersicht \xf0\x9f\x98\x80"},
		{"<b>\\\"&'%", "<b>\"&'%"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(read_body(
			fixture, text_from(arena_printf(&fixture->arena,
					 "{\"name\":\"%s\",\"mapping\":{}}", cases[i].written))));
		assert_true(text_equal(fixture->input.name, text_from(cases[i].read)));
	}
}

#define FAULT(pointer, detail) "{\"pointer\":\"" pointer "\",\"detail\":\"" detail "\"}"

static void test_faults(void **state)
{
	static const struct {
		const char *body;
		const char *faults;
	} cases[] = {
		{"[]", FAULT("", "must be an object")},
		{"\"name\"", FAULT("", "must be an object")},
		{"{}", FAULT("/name", "is required") "," FAULT("/mapping", "is required")},
		{"{\"name\":null,\"mapping\":null}", FAULT("/name", "must be a string") "," FAULT(
							     "/mapping", "must be an object")},
		{"{\"name\":\" \\u00a0 \",\"mapping\":{}}", FAULT("/name", "must not be empty")},
		{"{\"name\":\"a\\u0000b\",\"mapping\":{}}",
			FAULT("/name", "must not contain control characters")},
		{"{\"name\":\"a\\u0085b\",\"mapping\":{}}",
			FAULT("/name", "must not contain control characters")},
		{"{\"name\":\"n\",\"mapping\":{\"x\":1,\"y\":null,\"slider\":\"\"}"
		 "}",
			FAULT("/mapping/x", "must be a string") "," FAULT(
				"/mapping/y", "must be a string") "," FAULT("/mapping/slider",
				"the name of a dimension must not be empty")},
		{"{\"name\":\"n\",\"mapping\":{\"x\":\"a\",\"y\":\"a\",\"slider\":"
		 "\"a\"}}",
			FAULT("/mapping/y", "is the same dimension as x") "," FAULT(
				"/mapping/slider",
				"is the same dimension as x") "," FAULT("/mapping/"
									"slider",
				"is the same dimension as y")},
		{"{\"name\":\"n\",\"mapping\":{\"filter_modes\":[],\"combos\":{}}}",
			FAULT("/mapping/filter_modes", "must be an object") "," FAULT(
				"/mapping/combos", "must be an array")},
		{"{\"name\":\"n\",\"mapping\":{\"filter_modes\":{\"a/"
		 "b~c\":\"Multi\",\"d\":1,\"\":\"hide\"}}}",
			FAULT("/mapping/filter_modes/a~1b~0c",
				"must be \\\"hide\\\", \\\"single\\\" or "
				"\\\"multi\\\"") "," FAULT("/mapping/filter_modes/"
							   "d",
				"must be \\\"hide\\\", \\\"single\\\" or "
				"\\\"multi\\\"") "," FAULT("/mapping/filter_modes/",
				"the name of a dimension must not be empty")},
		{"{\"name\":\"n\",\"mapping\":{\"combos\":[\"a\",2,\"a\",\"\"]}}",
			FAULT("/mapping/combos/1", "must be a string") "," FAULT(
				"/mapping/combos/2",
				"is listed twice") "," FAULT("/mapping/combos/3",
				"the name of a dimension must not be empty")},
		{"{\"name\":\"n\",\"mapping\":{\"z\":{}},\"Name\":\"n\",\"a/~\":1}",
			FAULT("/mapping/z", "is no known field") "," FAULT("/Name",
				"is no known field") "," FAULT("/a~1~0", "is no known field")},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_false(read_body(fixture, text_from(cases[i].body)));
		assert_int_equal(fixture->response.status, 422);
		if (!text_equal(buffer_text(&fixture->response.faults), text_from(cases[i].faults)))
			fail_msg("%s\n%.*s\n%s", cases[i].body,
				TEXT_ARGUMENTS(buffer_text(&fixture->response.faults)),
				cases[i].faults);
	}
}

/* `count` times `item` with its number, between `open` and `close`. */
static struct text listed(
	struct arena *arena, const char *open, const char *item, size_t count, const char *close)
{
	struct buffer buffer;
	struct text text;

	buffer_init(&buffer, LIMIT_BODY);
	buffer_append_string(&buffer, open);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_append_byte(&buffer, ',');
		for (const char *at = item; *at; at++) {
			if (*at == '#')
				buffer_printf(&buffer, "%zu", i);
			else
				buffer_append_byte(&buffer, *at);
		}
	}
	buffer_append_string(&buffer, close);
	assert_false(buffer.failed);
	text = arena_text(arena, buffer_text(&buffer));
	buffer_free(&buffer);
	return text;
}

static void assert_fault(struct fixture *fixture, struct text body, const char *expected)
{
	struct text faults;

	assert_false(read_body(fixture, body));
	faults = buffer_text(&fixture->response.faults);
	assert_false(fixture->response.faults.failed);
	if (!text_ends_with(faults, text_from(expected)))
		fail_msg("%.*s\n%s", TEXT_ARGUMENTS(faults), expected);
}

/* The last that is allowed, and one more; and what would flood the answer. */
static void test_bounds(void **state)
{
	static const char *const modes = "{\"name\":\"n\",\"mapping\":{\"filter_modes\":{";
	static const char *const combos = "{\"name\":\"n\",\"mapping\":{\"combos\":[";
	struct fixture *fixture = *state;
	struct arena *arena = &fixture->arena;
	char wide[1024];

	memset(wide, 0, sizeof(wide));
	for (size_t i = 0; i < LIMIT_PRESET_NAME; i++)
		memcpy(wide + 2 * i, "\xc3\xa9", 2);
	assert_true(read_body(
		fixture, text_from(arena_printf(arena, "{\"name\":\"%s\",\"mapping\":{}}", wide))));
	assert_fault(fixture,
		text_from(arena_printf(arena, "{\"name\":\"%sx\",\"mapping\":{}}", wide)),
		FAULT("/name", "has 201 characters; at most 200 are allowed"));

	memset(wide, 'd', LIMIT_FILE_NAME);
	wide[LIMIT_FILE_NAME] = '\0';
	assert_true(
		read_body(fixture, text_from(arena_printf(arena,
					   "{\"name\":\"n\",\"mapping\":{\"x\":\"%s\"}}", wide))));
	assert_fault(fixture,
		text_from(
			arena_printf(arena, "{\"name\":\"n\",\"mapping\":{\"x\":\"%sd\"}}", wide)),
		FAULT("/mapping/x",
			"the name of a dimension has 256 characters; at most 255 are allowed"));

	assert_true(read_body(fixture, listed(arena, modes, "\"m#\":\"multi\"", 64, "}}}")));
	assert_fault(fixture, listed(arena, modes, "\"m#\":\"multi\"", 65, "}}}"),
		FAULT("/mapping/filter_modes", "has 65 dimensions; at most 64 are allowed"));
	assert_true(read_body(fixture, listed(arena, combos, "\"c#\"", 64, "]}}")));
	assert_fault(fixture, listed(arena, combos, "\"c#\"", 65, "]}}"),
		FAULT("/mapping/combos", "has 65 dimensions; at most 64 are allowed"));

	/* Together they are bounded too, so that what is answered may always be sent back. */
	assert_fault(fixture,
		listed(arena, listed(arena, modes, "\"m#\":\"multi\"", 64, "},\"combos\":[").at,
			"\"m6#\"", 5, "]}}"),
		FAULT("/mapping", "has 65 dimensions in filter_modes and combos together; "
				  "at most 64 are allowed"));

	assert_fault(fixture,
		listed(arena, "{\"name\":\"n\",\"mapping\":{},", "\"u#\":1", 50000, "}"),
		FAULT("/u19", "is no known field") "," FAULT("", "has 49980 more unknown fields"));
	assert_fault(fixture,
		listed(arena, "{\"name\":\"n\",\"mapping\":{},\"", "uuuuuuuuuuuuuuuu#", 40000,
			"\":1}"),
		"bytes long\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_accepted_mappings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_accepted_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bounds, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

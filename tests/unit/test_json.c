/* JSON as RFC 8259 has it: what is accepted and how it is read, what is refused and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/limits.h"

/* Parses a copy that ends where the memory does, so that reading past the end is seen. */
static const struct json *parse(
	struct arena *arena, struct text source, unsigned depth_limit, struct error *error)
{
	char *exact = malloc(source.length ? source.length : 1);
	const struct json *value;

	assert_non_null(exact);
	memcpy(exact, source.at, source.length);
	value = json_parse(arena, (struct text){exact, source.length}, depth_limit, error);
	free(exact);
	return value;
}

static const struct json *parse_string(struct arena *arena, const char *source)
{
	struct error error = {0};
	const struct json *value = parse(arena, text_from(source), LIMIT_JSON_DEPTH, &error);

	if (!value)
		fail_msg("%s: %s", source, error.message);
	return value;
}

static const struct {
	struct text source;
	const char *place;
} REFUSED[] = {
	{TEXT_INITIALIZER(""), "line 1, column 1:"},
	{TEXT_INITIALIZER("  \n "), "line 2, column 2:"},
	{TEXT_INITIALIZER("\xef\xbb\xbf{}"), "line 1, column 1:"},
	{TEXT_INITIALIZER("NaN"), "line 1, column 1: unexpected character"},
	{TEXT_INITIALIZER("[nan]"), "column 2: unexpected character"},
	{TEXT_INITIALIZER("Infinity"), "unexpected character"},
	{TEXT_INITIALIZER("-Infinity"), "column 2: a digit must follow the minus sign"},
	{TEXT_INITIALIZER("[1,-]"), "a digit must follow the minus sign"},
	{TEXT_INITIALIZER("TRUE"), "unexpected character"},
	{TEXT_INITIALIZER("tru"), "unexpected character"},
	{TEXT_INITIALIZER("nulls"), "column 5: unexpected character"},
	{TEXT_INITIALIZER("truefalse"), "unexpected character"},
	{TEXT_INITIALIZER("'a'"), "unexpected character"},
	{TEXT_INITIALIZER("{'a':1}"), "column 2: unexpected character"},
	{TEXT_INITIALIZER("{a:1}"), "unexpected character"},
	{TEXT_INITIALIZER("/* x */ 1"), "column 1: unexpected character"},
	{TEXT_INITIALIZER("// x\n1"), "unexpected character"},
	{TEXT_INITIALIZER("1 // x"), "column 3: unexpected character"},
	{TEXT_INITIALIZER("[1]\v"), "column 4: unexpected character"},
	{TEXT_INITIALIZER("\f1"), "unexpected character"},
	{TEXT_INITIALIZER("\xc2\xa0 1"), "unexpected character"},
	{TEXT_INITIALIZER("1\0"), "column 2: unexpected character"},
	{TEXT_INITIALIZER("[1]\0[2]"), "column 4: unexpected character"},
	{TEXT_INITIALIZER("+1"), "unexpected character"},
	{TEXT_INITIALIZER(".5"), "unexpected character"},
	{TEXT_INITIALIZER("01"), "column 1: a number must not begin with a zero"},
	{TEXT_INITIALIZER("-01"), "a number must not begin with a zero"},
	{TEXT_INITIALIZER("00"), "a number must not begin with a zero"},
	{TEXT_INITIALIZER("1."), "a digit must follow the decimal point"},
	{TEXT_INITIALIZER("1.e5"), "a digit must follow the decimal point"},
	{TEXT_INITIALIZER("1e"), "a digit must follow in the exponent"},
	{TEXT_INITIALIZER("1e+"), "a digit must follow in the exponent"},
	{TEXT_INITIALIZER("0x10"), "column 2: unexpected character"},
	{TEXT_INITIALIZER("1e400"), "too large"},
	{TEXT_INITIALIZER("[-1e400]"), "too large"},
	{TEXT_INITIALIZER("[1,]"), "column 4:"},
	{TEXT_INITIALIZER("[,1]"), "column 2:"},
	{TEXT_INITIALIZER("[1,,2]"), "column 4:"},
	{TEXT_INITIALIZER("[1 2]"), "column 4:"},
	{TEXT_INITIALIZER("[1"), "column 3:"},
	{TEXT_INITIALIZER("["), "column 2:"},
	{TEXT_INITIALIZER("]"), "column 1:"},
	{TEXT_INITIALIZER("[1]]"), "column 4:"},
	{TEXT_INITIALIZER("[1}"), "column 3:"},
	{TEXT_INITIALIZER("{]"), "column 2:"},
	{TEXT_INITIALIZER("{\"a\":1,}"), "column 8:"},
	{TEXT_INITIALIZER("{,}"), "column 2:"},
	{TEXT_INITIALIZER("{\"a\"}"), "column 5:"},
	{TEXT_INITIALIZER("{\"a\" 1}"), "column 6:"},
	{TEXT_INITIALIZER("{\"a\":}"), "column 6:"},
	{TEXT_INITIALIZER("{\"a\":1 \"b\":2}"), "column 8:"},
	{TEXT_INITIALIZER("{1:2}"), "column 2:"},
	{TEXT_INITIALIZER("[\"a\":1]"), "column 5:"},
	{TEXT_INITIALIZER("\"a\":1"), "column 4:"},
	{TEXT_INITIALIZER("{} {}"), "column 4:"},
	{TEXT_INITIALIZER("1 2"), "column 3:"},
	{TEXT_INITIALIZER("[1] 99999999999999999999"), "column 5:"},
	{TEXT_INITIALIZER("99999999999999999999 1"), "column 22:"},
	{TEXT_INITIALIZER("[99999999999999999999"), "column 22:"},
	{TEXT_INITIALIZER("\"a"), "column 3: the string does not end"},
	{TEXT_INITIALIZER("\"a\\"), "the string does not end"},
	{TEXT_INITIALIZER("\"\t\""), "column 2: a control character in a string"},
	{TEXT_INITIALIZER("\"a\nb\""), "line 1, column 3: a control character in a string"},
	{TEXT_INITIALIZER("\"\0\""), "a control character in a string"},
	{TEXT_INITIALIZER("\"\\x41\""), "unknown escape"},
	{TEXT_INITIALIZER("\"\\'\""), "unknown escape"},
	{TEXT_INITIALIZER("\"\\\0\""), "unknown escape"},
	{TEXT_INITIALIZER("\"\\u12\""), "four hexadecimal digits"},
	{TEXT_INITIALIZER("\"\\u00g0\""), "four hexadecimal digits"},
	{TEXT_INITIALIZER("\"\\ud800\""), "surrogate"},
	{TEXT_INITIALIZER("\"\\ud800x\""), "surrogate"},
	{TEXT_INITIALIZER("\"\\ud800\\n\""), "surrogate"},
	{TEXT_INITIALIZER("\"\\ud800\\ud800\""), "surrogate"},
	{TEXT_INITIALIZER("\"\\udc00\\ud800\""), "surrogate"},
	{TEXT_INITIALIZER("\"\\ud800\\u00\""), "surrogate"},
	{TEXT_INITIALIZER("\"\xff\""), "column 2: a byte that is not UTF-8"},
	{TEXT_INITIALIZER("\"\xed\xa0\x80\""), "not UTF-8"},
	{TEXT_INITIALIZER("\"\xc0\x80\""), "not UTF-8"},
	{TEXT_INITIALIZER("\"\xf4\x90\x80\x80\""), "not UTF-8"},
	{TEXT_INITIALIZER("\"\xe2\x82\""), "not UTF-8"},
	{TEXT_INITIALIZER("\"\xe2\x82"), "not UTF-8"},
	{TEXT_INITIALIZER("{\"a\\u0000\":1}"), "column 2: a key with a NUL character"},
	{TEXT_INITIALIZER("{\"a\":1,\"a\":2}"), "column 8: the object has the key \"a\" twice"},
	{TEXT_INITIALIZER("{\"a\":1,\"\\u0061\":2}"), "the same key twice"},
	{TEXT_INITIALIZER("{\"\":1,\"\":1}"), "the key \"\" twice"},
	{TEXT_INITIALIZER("[{\"a\":{}},\n {\"b\":{\"a\":{},\"c\":{\"a\":1},\"a\":{}}}]"),
		"line 2, column 27: the object has the key \"a\" twice"},
	{TEXT_INITIALIZER("[\"\xc3\xa9\xc3\xa9\",x]"), "line 1, column 7: unexpected character"},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(REFUSED) / sizeof(*REFUSED); i++) {
		struct arena arena;
		struct error error = {0};

		arena_init(&arena, LIMIT_REQUEST_MEMORY);
		if (parse(&arena, REFUSED[i].source, LIMIT_JSON_DEPTH, &error))
			fail_msg("accepted: %.*s", TEXT_ARGUMENTS(REFUSED[i].source));
		if (error.kind != ERROR_MALFORMED || strcmp(error.code, "invalid_json") != 0 ||
			!strstr(error.message, REFUSED[i].place))
			fail_msg("%.*s: %s, expected: %s", TEXT_ARGUMENTS(REFUSED[i].source),
				error.message, REFUSED[i].place);
		arena_free(&arena);
	}
}

static void test_numbers(void **state)
{
	static const struct {
		const char *source;
		enum json_value_type type;
		double number;
		int64_t integer;
		uint64_t natural;
	} cases[] = {
		{"0", JSON_INTEGER, 0, 0, 0},
		{"-0", JSON_INTEGER, 0, 0, 0},
		{"7", JSON_INTEGER, 7, 7, 7},
		{"-7", JSON_INTEGER, -7, -7, 0},
		{"9223372036854775807", JSON_INTEGER, 0x1p63, INT64_MAX, INT64_MAX},
		{"9223372036854775808", JSON_INTEGER, 0x1p63, INT64_MAX, (uint64_t)1 << 63},
		{"18446744073709551615", JSON_INTEGER, 0x1p64, INT64_MAX, UINT64_MAX},
		{"18446744073709551616", JSON_NUMBER, 0x1p64, 0, 0},
		{"-9223372036854775808", JSON_INTEGER, -0x1p63, INT64_MIN, 0},
		{"-9223372036854775809", JSON_NUMBER, -0x1p63, 0, 0},
		{"100000000000000000000", JSON_NUMBER, 1e20, 0, 0},
		{"0.5", JSON_NUMBER, 0.5, 0, 0},
		{"1.0", JSON_NUMBER, 1, 0, 0},
		{"1e2", JSON_NUMBER, 100, 0, 0},
		{"1E+2", JSON_NUMBER, 100, 0, 0},
		{"-1.25e-2", JSON_NUMBER, -0.0125, 0, 0},
		{" \t\r\n3 ", JSON_INTEGER, 3, 3, 3},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct json *value = parse_string(&arena, cases[i].source);

		if (value->type != cases[i].type || value->number != cases[i].number ||
			value->integer != cases[i].integer || value->natural != cases[i].natural)
			fail_msg("%s: type %d, %g, %lld, %llu", cases[i].source, (int)value->type,
				value->number, (long long)value->integer,
				(unsigned long long)value->natural);
	}
	arena_free(&arena);
}

static void test_strings(void **state)
{
	static const struct {
		const char *source;
		struct text value;
	} cases[] = {
		{"\"\"", TEXT_INITIALIZER("")},
		{"\"plain\"", TEXT_INITIALIZER("plain")},
		{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", TEXT_INITIALIZER("\"\\/\b\f\n\r\t")},
		{"\"\\u0041\\u00e9\\u20AC\"", TEXT_INITIALIZER("A\xc3\xa9\xe2\x82\xac")},
		{"\"\\ud83d\\ude00\"", TEXT_INITIALIZER("\xf0\x9f\x98\x80")},
		{"\"a\\u0000b\"", TEXT_INITIALIZER("a\0b")},
		{"\"\xf0\x9f\x98\x80\x7f\"", TEXT_INITIALIZER("\xf0\x9f\x98\x80\x7f")},
		{"\"/* no comment */ 'x' NaN\"", TEXT_INITIALIZER("/* no comment */ 'x' NaN")},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct json *value = parse_string(&arena, cases[i].source);

		assert_int_equal(value->type, JSON_STRING);
		if (!text_equal(value->string, cases[i].value))
			fail_msg(
				"%s: read as %.*s", cases[i].source, TEXT_ARGUMENTS(value->string));
		assert_int_equal(value->string.at[value->string.length], '\0');
	}
	arena_free(&arena);
}

static void test_tree(void **state)
{
	struct arena arena;
	const struct json *root;
	const struct json *list;
	const struct json *last;

	(void)state;
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	root = parse_string(&arena,
		"{\"z\": [true, null, 99999999999999999999, {\"k\\u00e9y\": false}], \"a\": {}}");
	assert_int_equal(root->type, JSON_OBJECT);
	assert_int_equal(root->count, 2);
	assert_true(text_equal(root->first->name, TEXT("z")));
	assert_true(text_equal(root->first->next->name, TEXT("a")));
	assert_null(root->first->next->next);
	assert_null(json_member(root, "b"));
	assert_int_equal(json_member(root, "a")->type, JSON_OBJECT);
	assert_int_equal(json_member(root, "a")->count, 0);
	assert_null(json_member(root, "a")->first);
	list = json_member(root, "z");
	assert_null(json_member(list, "z"));
	assert_int_equal(list->type, JSON_ARRAY);
	assert_int_equal(list->count, 4);
	assert_true(list->first->boolean);
	assert_int_equal(list->first->next->type, JSON_NULL);
	assert_true(list->first->next->next->number == 1e20);
	last = list->first->next->next->next;
	assert_null(last->next);
	assert_int_equal(json_member(last, "k\xc3\xa9y")->type, JSON_BOOL);
	assert_false(json_member(last, "k\xc3\xa9y")->boolean);
	assert_int_equal(parse_string(&arena, " null ")->type, JSON_NULL);
	arena_free(&arena);
}

/* True if the bytes from `start` to `end` of the source are `part`. */
static bool is_part(const char *source, size_t start, size_t end, const char *part)
{
	return text_equal((struct text){source + start, end - start}, text_from(part));
}

static void test_places(void **state)
{
	static const char SOURCE[] =
		" { \"\\u0061\" : [ -1.50 , \"\\n,]\" , {} , [ ] , null ] , \"b\":{\"c\":true}} ";
	static const char *const items[] = {"-1.50", "\"\\n,]\"", "{}", "[ ]", "null"};
	struct arena arena;
	const struct json *root;
	const struct json *item;

	(void)state;
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	root = parse_string(&arena, SOURCE);
	assert_int_equal(root->start, 1);
	assert_int_equal(root->end, sizeof(SOURCE) - 2);
	assert_true(is_part(
		SOURCE, root->first->name_start, root->first->name_start + 8, "\"\\u0061\""));
	item = root->first->first;
	for (size_t i = 0; i < sizeof(items) / sizeof(*items); i++, item = item->next)
		assert_true(is_part(SOURCE, item->start, item->end, items[i]));
	item = json_member(root, "b");
	assert_true(is_part(SOURCE, item->start, item->end, "{\"c\":true}"));
	assert_true(is_part(SOURCE, item->first->name_start, item->end, "\"c\":true}"));
	assert_true(is_part(SOURCE, item->first->start, item->first->end, "true"));
	arena_free(&arena);
}

/* A text of `count` times `part`, then `end`. */
static struct text repeated(struct arena *arena, const char *part, size_t count, const char *end)
{
	struct buffer buffer;
	struct text text;

	buffer_init(&buffer, (size_t)16 << 20);
	for (size_t i = 0; i < count; i++)
		buffer_append_string(&buffer, part);
	buffer_append_string(&buffer, end);
	text = arena_text(arena, buffer_text(&buffer));
	assert_false(buffer.failed);
	assert_non_null(text.at);
	buffer_free(&buffer);
	return text;
}

static void test_depth(void **state)
{
	struct arena arena;
	struct error error = {0};

	(void)state;
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	assert_non_null(parse(&arena, TEXT("[[[]]]"), 3, &error));
	assert_non_null(parse(&arena, TEXT("[[[1]]]"), 3, &error));
	assert_non_null(parse(&arena, TEXT("[[{\"a\":1}],[[]]]"), 3, &error));
	assert_non_null(parse(&arena, TEXT("1"), 0, &error));
	assert_null(parse(&arena, TEXT("[]"), 0, &error));
	assert_null(parse(&arena, TEXT("[[[]]]"), 2, &error));
	assert_int_equal(error.kind, ERROR_MALFORMED);
	assert_non_null(strstr(error.message, "column 3: arrays and objects are nested"));
	assert_null(parse(&arena, TEXT("{\"a\":{\"b\":[1]}}"), 2, &error));
	assert_null(parse(&arena, repeated(&arena, "[", 100000, ""), LIMIT_JSON_DEPTH, &error));
	assert_null(parse(&arena, repeated(&arena, "{\"a\":", 100000, "1"), 64, &error));
	arena_free(&arena);
}

/* The array is a value too. */
static void test_too_many_values(void **state)
{
	struct arena arena;
	struct error error = {0};
	const struct json *root;
	struct text rest;

	(void)state;
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	rest = repeated(&arena, ",1", LIMIT_JSON_VALUES - 2, "]");
	root = parse(&arena, text_from(arena_printf(&arena, "[1%s", rest.at)), 2, &error);
	assert_non_null(root);
	assert_int_equal(root->count, LIMIT_JSON_VALUES - 1);
	root = parse(&arena, text_from(arena_printf(&arena, "[1,1%s", rest.at)), 2, &error);
	assert_null(root);
	assert_non_null(strstr(error.message, "too many values"));
	arena_free(&arena);
}

static void test_no_memory(void **state)
{
	struct text source = TEXT("{\"a\":[1,2,3,{\"b\":\"text\"}],\"c\":{\"d\":null}}");
	bool parsed = false;

	(void)state;
	for (size_t limit = 0; !parsed; limit += 16) {
		struct arena arena;
		struct error error = {0};

		assert_true(limit < 65536);
		arena_init(&arena, limit);
		parsed = parse(&arena, source, LIMIT_JSON_DEPTH, &error) != NULL;
		if (!parsed)
			assert_int_equal(error.kind, ERROR_SYSTEM);
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_too_many_values),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

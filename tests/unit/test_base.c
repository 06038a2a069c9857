/* The base room's memory, text and time: arena, buffer, UTF-8, JSON writing, clock, UUID. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "base/uuid.h"

static void assert_text(struct text actual, struct text expected)
{
	if (!text_equal(actual, expected))
		fail_msg("\"%.*s\", expected \"%.*s\"", TEXT_ARGUMENTS(actual),
			TEXT_ARGUMENTS(expected));
}

static void test_arena_keeps_what_it_gave(void **state)
{
	struct arena arena;
	unsigned char *taken[200];

	(void)state;
	arena_init(&arena, (size_t)64 << 20);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 200; i++) {
			size_t size = i * i * 5;

			taken[i] = arena_alloc(&arena, size);
			assert_non_null(taken[i]);
			assert_int_equal((uintptr_t)taken[i] % _Alignof(max_align_t), 0);
			for (size_t k = 0; k < size; k++)
				assert_int_equal(taken[i][k], 0);
			memset(taken[i], (int)i, size);
		}
		for (size_t i = 0; i < 200; i++)
			for (size_t k = 0; k < i * i * 5; k++)
				assert_int_equal(taken[i][k], i);
		arena_reset(&arena);
		assert_true(arena.taken <= 16384);
	}
	arena_free(&arena);
	assert_int_equal(arena.taken, 0);
}

static void test_arena_limit(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 1000);
	assert_non_null(arena_alloc(&arena, 900));
	assert_null(arena_alloc(&arena, 900));
	assert_non_null(arena_alloc(&arena, 16));
	assert_null(arena_array(&arena, SIZE_MAX / 2, 4));
	assert_null(arena_alloc(&arena, SIZE_MAX));
	arena_reset(&arena);
	assert_non_null(arena_alloc(&arena, 900));
	arena_free(&arena);

	/* The limit holds over the chunks together, and all of it can be used. */
	arena_init(&arena, 20000);
	assert_non_null(arena_alloc(&arena, 16000));
	assert_non_null(arena_alloc(&arena, 3000));
	assert_null(arena_alloc(&arena, 3000));
	assert_true(arena.taken <= 20000);
	arena_free(&arena);
}

static void test_arena_strings_and_arrays(void **state)
{
	struct arena arena;
	int *numbers = NULL;
	size_t capacity = 0;

	(void)state;
	arena_init(&arena, (size_t)1 << 20);
	assert_string_equal(arena_copy(&arena, TEXT("a\0b")), "a");
	assert_text(arena_text(&arena, TEXT("a\0b")), TEXT("a\0b"));
	assert_string_equal(arena_copy(&arena, (struct text){NULL, 0}), "");
	assert_string_equal(arena_printf(&arena, "%s-%03d", "step", 7), "step-007");
	assert_int_equal(strlen(arena_printf(&arena, "%10000d", 1)), 10000);
	for (int i = 0; i < 1000; i++) {
		assert_true(arena_grow(&arena, &numbers, &capacity, (size_t)i, sizeof(*numbers)));
		numbers[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	arena_free(&arena);

	arena_init(&arena, 64);
	numbers = NULL;
	capacity = 0;
	assert_true(arena_grow(&arena, &numbers, &capacity, 0, sizeof(*numbers)));
	numbers[7] = 7;
	assert_false(arena_grow(&arena, &numbers, &capacity, capacity, sizeof(*numbers)));
	assert_int_equal(capacity, 8);
	assert_int_equal(numbers[7], 7);
	arena_free(&arena);
}

static void test_buffer(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 1000);
	assert_text(buffer_text(&buffer), TEXT(""));
	buffer_append_string(&buffer, "seed=");
	buffer_append_byte(&buffer, '4');
	buffer_printf(&buffer, "%d", 22);
	buffer_append(&buffer, (struct text){NULL, 0});
	assert_text(buffer_text(&buffer), TEXT("seed=422"));
	/* What fits to the last byte fits; one byte more fails, and so does all that follows. */
	buffer_printf(&buffer, "%992s", "x");
	assert_false(buffer.failed);
	assert_int_equal(buffer.length, 1000);
	buffer_append_byte(&buffer, 'x');
	assert_true(buffer.failed);
	assert_int_equal(buffer.length, 1000);
	buffer_free(&buffer);
	assert_false(buffer.failed);
	buffer_printf(&buffer, "%1001s", "x");
	assert_true(buffer.failed);
	buffer_append_byte(&buffer, 'x');
	assert_int_equal(buffer.length, 0);
	buffer_free(&buffer);

	buffer_init(&buffer, 0);
	buffer_append(&buffer, TEXT(""));
	assert_false(buffer.failed);
	buffer_append_byte(&buffer, 'x');
	assert_true(buffer.failed);
	buffer_free(&buffer);
}

static void test_buffer_grows(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, (size_t)1 << 20);
	for (int i = 0; i < 100000; i++)
		buffer_append_byte(&buffer, (char)('a' + i % 26));
	assert_int_equal(buffer.length, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(buffer.bytes[i], 'a' + i % 26);
	buffer_free(&buffer);
}

static void test_utf8_sequences(void **state)
{
	static const struct {
		struct text value;
		size_t length;
	} cases[] = {
		{TEXT_INITIALIZER(""), 0},
		{TEXT_INITIALIZER("\0"), 1},
		{TEXT_INITIALIZER("\x7f"), 1},
		{TEXT_INITIALIZER("\x80"), 0},
		{TEXT_INITIALIZER("\xc0\x80"), 0},
		{TEXT_INITIALIZER("\xc1\xbf"), 0},
		{TEXT_INITIALIZER("\xc2\x80"), 2},
		{TEXT_INITIALIZER("\xdf\xbf"), 2},
		{TEXT_INITIALIZER("\xc3"), 0},
		{TEXT_INITIALIZER("\xc3\x28"), 0},
		{TEXT_INITIALIZER("\xe0\x9f\xbf"), 0},
		{TEXT_INITIALIZER("\xe0\xa0\x80"), 3},
		{TEXT_INITIALIZER("\xed\x9f\xbf"), 3},
		{TEXT_INITIALIZER("\xed\xa0\x80"), 0},
		{TEXT_INITIALIZER("\xed\xbf\xbf"), 0},
		{TEXT_INITIALIZER("\xee\x80\x80"), 3},
		{TEXT_INITIALIZER("\xef\xbf\xbf"), 3},
		{TEXT_INITIALIZER("\xf0\x8f\xbf\xbf"), 0},
		{TEXT_INITIALIZER("\xf0\x90\x80\x80"), 4},
		{TEXT_INITIALIZER("\xf4\x8f\xbf\xbf"), 4},
		{TEXT_INITIALIZER("\xf4\x90\x80\x80"), 0},
		{TEXT_INITIALIZER("\xf5\x80\x80\x80"), 0},
		{TEXT_INITIALIZER("\xff"), 0},
		{TEXT_INITIALIZER("\xf0\x9f\x98"), 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(utf8_sequence(cases[i].value), cases[i].length);
		assert_int_equal(
			utf8_valid(cases[i].value), cases[i].length == cases[i].value.length);
	}
}

static void test_utf8_valid(void **state)
{
	(void)state;
	assert_true(utf8_valid(TEXT("a\0\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z")));
	assert_false(utf8_valid(TEXT("abc\xc3")));
	assert_false(utf8_valid(TEXT("ab\xff-")));
}

static void test_utf8_made_valid(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 1000);
	utf8_append_lossy(&buffer, TEXT("a\xff\xc3\xa9\xe2\x82z"));
	assert_text(buffer_text(&buffer), TEXT("a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbdz"));
	buffer.length = 0;
	utf8_append_latin1(&buffer, TEXT("caf\xe9 \x80\xff\x7f"));
	assert_text(buffer_text(&buffer), TEXT("caf\xc3\xa9 \xc2\x80\xc3\xbf\x7f"));
	buffer_free(&buffer);
}

static void test_utf8_cut_between_characters(void **state)
{
	static const struct text value = TEXT_INITIALIZER("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
	static const size_t lengths[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11, 11};
	char copy[8];

	(void)state;
	for (size_t limit = 0; limit < sizeof(lengths) / sizeof(*lengths); limit++)
		assert_int_equal(utf8_head(value, limit).length, lengths[limit]);
	assert_null(utf8_head((struct text){NULL, 0}, 3).at);
	utf8_copy(copy, sizeof(copy), value);
	assert_string_equal(copy, "a\xc3\xa9\xe2\x82\xac");
	utf8_copy(copy, sizeof(copy), (struct text){NULL, 0});
	assert_string_equal(copy, "");
}

static void test_utf8_fold(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool same;
	} cases[] = {
		{"Prompts BY cfg", "prompts by CFG", true},
		{"\xc3\x9c"
		 "BERSICHT",
			"\xc3\xbc"
			"bersicht",
			true},
		{"\xd0\x9f\xd0\xa0\xd0\x98", "\xd0\xbf\xd1\x80\xd0\xb8", true},
		{"\xce\xa3\xce\xaf\xcf\x82", "\xcf\x83\xce\x8a\xcf\x83", true},
		{"\xe5\x9b\xbe 1", "\xe5\x9b\xbe 1", true},
		{"a", "\xc3\xa4", false},
		{"a b", "a  b", false},
		{"", "", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buffer a;
		struct buffer b;

		buffer_init(&a, 1000);
		buffer_init(&b, 1000);
		utf8_append_folded(&a, text_from(cases[i].a));
		utf8_append_folded(&b, text_from(cases[i].b));
		assert_false(a.failed || b.failed);
		if (text_equal(buffer_text(&a), buffer_text(&b)) != cases[i].same)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
		buffer_free(&a);
		buffer_free(&b);
	}
}

static void test_utf8_classes(void **state)
{
	(void)state;
	assert_int_equal(utf8_count(TEXT("")), 0);
	assert_int_equal(utf8_count(TEXT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
	assert_text(utf8_trim(TEXT("")), TEXT(""));
	assert_text(utf8_trim(TEXT(" \t\n \xc2\xa0")), TEXT(""));
	assert_text(utf8_trim(TEXT("a")), TEXT("a"));
	assert_text(utf8_trim(TEXT("\r\n\xe3\x80\x80 a \xc3\xa9 \xef\xbb\xbf\xe2\x80\xa8")),
		TEXT("a \xc3\xa9"));
	assert_false(utf8_has_control(TEXT("plain \xc2\xa0\xe2\x80\xa7\xf0\x9f\x98\x80")));
	assert_true(utf8_has_control(TEXT("a\0")));
	assert_true(utf8_has_control(TEXT("a\x1f")));
	assert_true(utf8_has_control(TEXT("\x7f")));
	assert_true(utf8_has_control(TEXT("\xc2\x80")));
	assert_true(utf8_has_control(TEXT("\xc2\x9f")));
	assert_true(utf8_has_control(TEXT("\xe2\x80\xa8")));
}

static void test_json_writing(void **state)
{
	struct buffer buffer;
	struct json_writer out;

	(void)state;
	buffer_init(&buffer, 4096);
	json_writer_init(&out, &buffer);
	json_open_object(&out);
	json_key(&out, "list");
	json_open_array(&out);
	json_integer(&out, INT64_MIN);
	json_boolean(&out, false);
	json_null(&out);
	json_open_object(&out);
	json_close_object(&out);
	json_open_array(&out);
	json_close_array(&out);
	json_close_array(&out);
	json_key_text(&out, TEXT("k\"\xff"));
	json_text(&out, TEXT("\"\\/\n\r\t\x01\x1f\x7f\0\xc3\xa9\xff\xed\xa0\x80"));
	json_key(&out, "raw");
	json_raw(&out, TEXT("[1,2]"));
	json_key(&out, "last");
	json_string(&out, "");
	json_close_object(&out);
	assert_text(buffer_text(&buffer),
		TEXT("{\"list\":[-9223372036854775808,false,null,{},[]],\"k\\\"\xef\xbf\xbd\":"
		     "\"\\\"\\\\/\\n\\r\\t\\u0001\\u001f\x7f\\u0000\xc3\xa9\xef\xbf\xbd"
		     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",\"raw\":[1,2],\"last\":\"\"}"));
	buffer_free(&buffer);
}

static void test_clock(void **state)
{
	static const struct {
		int64_t milliseconds;
		const char *text;
	} cases[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{-1, "1969-12-31T23:59:59.999Z"},
		{951782400123, "2000-02-29T00:00:00.123Z"},
		{1769903999007, "2026-01-31T23:59:59.007Z"},
		{4102444800000, "2100-01-01T00:00:00.000Z"},
		{253402300799999, "9999-12-31T23:59:59.999Z"},
	};
	char text[CLOCK_TEXT_SIZE];
	int64_t before = clock_monotonic();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		clock_format(cases[i].milliseconds, text);
		assert_string_equal(text, cases[i].text);
	}
	/* Beyond the year 9999 the form has no room: still terminated, still a time. */
	clock_format(INT64_MAX / 2, text);
	assert_int_equal(strlen(text), CLOCK_TEXT_SIZE - 1);
	assert_true(clock_monotonic() >= before);
	assert_true(clock_now() > 1600000000000);
}

/* Published values of 64-bit FNV-1a. */
static void test_hash_stays_what_it_is(void **state)
{
	(void)state;
	assert_true(hash_text(HASH_START, TEXT("")) == HASH_START);
	assert_true(hash_text(HASH_START, TEXT("a")) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(hash_text(HASH_START, TEXT("foobar")) == UINT64_C(0x85944171f73967e8));
	assert_true(hash_text(hash_text(HASH_START, TEXT("foo")), TEXT("bar")) ==
		    hash_text(HASH_START, TEXT("foobar")));
}

static void test_uuid(void **state)
{
	char a[UUID_SIZE];
	char b[UUID_SIZE];

	(void)state;
	assert_true(uuid_make(a));
	assert_true(uuid_make(b));
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), 36);
	assert_int_equal(strspn(a, "0123456789abcdef-"), 36);
	assert_true(a[8] == '-' && a[13] == '-' && a[18] == '-' && a[23] == '-');
	assert_int_equal(a[14], '4');
	assert_non_null(strchr("89ab", a[19]));
}

static void test_error(void **state)
{
	struct error error = {0};
	char longer[2000];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_false(error_cause(&error, "%s", "old"));
	assert_false(error_set(&error, ERROR_CONFLICT, "name_taken", "%s", longer));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "name_taken");
	assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
	assert_string_equal(error.cause, "");
	assert_false(error_memory(&error));
	assert_int_equal(error.kind, ERROR_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena_keeps_what_it_gave),
		cmocka_unit_test(test_arena_limit),
		cmocka_unit_test(test_arena_strings_and_arrays),
		cmocka_unit_test(test_buffer),
		cmocka_unit_test(test_buffer_grows),
		cmocka_unit_test(test_utf8_sequences),
		cmocka_unit_test(test_utf8_valid),
		cmocka_unit_test(test_utf8_made_valid),
		cmocka_unit_test(test_utf8_cut_between_characters),
		cmocka_unit_test(test_utf8_fold),
		cmocka_unit_test(test_utf8_classes),
		cmocka_unit_test(test_json_writing),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_hash_stays_what_it_is),
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The metadata of safetensors files, whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "library/safetensors.h"

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)1 << 28);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* A file in memory: `length` as its first 8 bytes, then `rest`. */
static int make_file(uint64_t length, struct text rest)
{
	int descriptor = memfd_create("safetensors", MFD_CLOEXEC);
	unsigned char bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(length >> (8 * i));
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, bytes, sizeof(bytes)), sizeof(bytes));
	assert_int_equal(write(descriptor, rest.at, rest.length), rest.length);
	return descriptor;
}

static bool read_file(int descriptor, struct library_metadata *metadata, struct error *error)
{
	bool done;

	*metadata = (struct library_metadata){0};
	*error = (struct error){0};
	done = library_read_safetensors(&arena, descriptor, metadata, error);
	(void)close(descriptor);
	return done;
}

/* The metadata as "key=value|key=value". */
static const char *show(const struct library_metadata *metadata)
{
	const char *shown = "";

	for (size_t i = 0; i < metadata->keys.count; i++)
		shown = arena_printf(&arena, "%s%s%.*s=%.*s", shown, i ? "|" : "",
			TEXT_ARGUMENTS(metadata->keys.texts[i]),
			TEXT_ARGUMENTS(metadata->values[i]));
	return shown;
}

static void metadata_is_found_wherever_it_stands(void **state)
{
	static const struct {
		const char *header;
		const char *shown;
	} cases[] = {
		{"{}", ""},
		{"{ }  ", ""},
		{"{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", ""},
		{"{\"__metadata__\":{\"ss_steps\":\"4500\",\"b\":\"c\"}}", "ss_steps=4500|b=c"},
		{"{\"t\":{\"data_offsets\":[0,4]},\"__metadata__\":{\"a\":\"b\"}}", "a=b"},
		{"{ \"t\" : [ 1 , {} ] , \"__metadata__\" : { \"a\" : \"b\" } }", "a=b"},
		/* strings that look like structure */
		{"{\"x\":\"}]{[,:\\\"\\\\\",\"__metadata__\":{\"a\":\"}\\\"{\"}}", "a=}\"{"},
		{"{\"x\":{\"__metadata__\":{\"no\":\"no\"}},\"__metadata__\":{\"a\":\"b\"}}",
			"a=b"},
		{"{\"x\":true,\"y\":null,\"z\":-1.5e3,\"__metadata__\":{\"a\":\"b\"}}", "a=b"},
		/* values that are no strings are their JSON */
		{"{\"__metadata__\":{\"n\":5,\"o\":{\"a\": [1]},\"t\":true,\"z\":null}}",
			"n=5|o={\"a\": [1]}|t=true|z=null"},
		/* escapes and nested JSON strings */
		{"{\"__metadata__\":{\"ss_x\":\"{\\\"a\\\": 1}\",\"u\\u00e4\":\"\\ud83c\\udfa8\"}}",
			"ss_x={\"a\": 1}|u\xc3\xa4=\xf0\x9f\x8e\xa8"},
		/* the first of equal keys */
		{"{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\",\"\\u0061\":\"3\"}}", "a=1"},
		{"{\"__metadata__\":{\"a\":\"1\"},\"__metadata__\":{\"b\":\"2\"}}", "a=1"},
		{"{\"__metadata__\":{}}", ""},
		{"{\"__metadata__\":null}", ""},
		/* what follows is not looked at */
		{"{\"__metadata__\":{\"a\":\"b\"},\"t\":nonsense", "a=b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text header = text_from(cases[i].header);
		struct library_metadata metadata;
		struct error error;

		if (!read_file(make_file(header.length, header), &metadata, &error))
			fail_msg("%s: %s", cases[i].header, error.message);
		assert_string_equal(show(&metadata), cases[i].shown);
	}
}

static void what_is_damaged_is_refused(void **state)
{
	static const char *const headers[] = {"", "[]", "null", "\"x\"", "{", "{\"", "{\"a\"",
		"{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{\"a\":{}",
		"{\"a\":[{]", "{\"a\":\"\\", "{\"a\":}", "{,\"a\":1}", "{\"a\":1 \"b\":2}",
		"{\"__metadata__\":5}", "{\"__metadata__\":[]}", "{\"__metadata__\":\"x\"}",
		"{\"__metadata__\":{\"a\"}}", "{\"__metadata__\":{\"a\":\"\\x\"}}",
		"{\"__metadata__\":{\"a\":\"\xff\"}}", "{\"__metadata__\":{\"a\":\"\n\"}}",
		"{\"__metadata__\":{\"\\ud800\":\"a\"}}"};

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		struct text header = text_from(headers[i]);
		struct library_metadata metadata;
		struct error error;

		if (read_file(make_file(header.length, header), &metadata, &error))
			fail_msg("accepted: %s", headers[i]);
		assert_int_equal(error.kind, ERROR_DAMAGED);
		assert_string_equal(error.code, "damaged_file");
	}
}

static void lengths_are_checked_before_anything_is_read(void **state)
{
	static const struct {
		uint64_t length;
		const char *rest;
		const char *message;
	} cases[] = {
		{UINT64_C(1) << 63, "{}", "9223372036854775808 bytes long, more than 100 MiB"},
		{UINT64_MAX, "{}", "18446744073709551615 bytes long, more than 100 MiB"},
		{(100 << 20) + 1, "{}", "more than 100 MiB"},
		{100 << 20, "{}", "and the file has only 10"},
		{3, "{}", "3 bytes long, and the file has only 10"},
		{0, "{}", "not valid JSON"},
		{1, "{}", "not valid JSON"},
	};
	struct library_metadata metadata;
	struct error error;
	size_t before = arena.taken;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_false(read_file(
			make_file(cases[i].length, text_from(cases[i].rest)), &metadata, &error));
		assert_int_equal(error.kind, ERROR_DAMAGED);
		if (!strstr(error.message, cases[i].message))
			fail_msg("%s", error.message);
	}
	assert_int_equal(arena.taken, before);
}

static void files_shorter_than_a_length_are_damaged(void **state)
{
	struct library_metadata metadata;
	struct error error;

	(void)state;
	for (off_t size = 0; size < 8; size++) {
		int descriptor = make_file(2, TEXT("{}"));

		assert_int_equal(ftruncate(descriptor, size), 0);
		assert_false(read_file(descriptor, &metadata, &error));
		assert_int_equal(error.kind, ERROR_DAMAGED);
	}
}

static void a_header_of_great_size_is_passed_over(void **state)
{
	/* Deeply nested, and wide: neither costs memory. */
	size_t depth = 1000000;
	char *bytes = malloc(2 * depth + 100);
	struct library_metadata metadata;
	struct error error;
	size_t length = 0;
	size_t before = arena.taken;

	(void)state;
	assert_non_null(bytes);
	length += (size_t)sprintf(bytes, "{\"x\":");
	memset(bytes + length, '[', depth);
	memset(bytes + length + depth, ']', depth);
	length += 2 * depth;
	length += (size_t)sprintf(bytes + length, ",\"__metadata__\":{\"a\":\"b\"}}");
	assert_true(read_file(make_file(length, (struct text){bytes, length}), &metadata, &error));
	assert_string_equal(show(&metadata), "a=b");
	assert_true(arena.taken - before < 1 << 20);
	free(bytes);
}

static void too_many_keys_are_refused(void **state)
{
	size_t count = 65537;
	char *bytes = malloc(count * 16 + 100);
	struct library_metadata metadata;
	struct error error;
	size_t length = 0;

	(void)state;
	assert_non_null(bytes);
	length += (size_t)sprintf(bytes, "{\"__metadata__\":{");
	for (size_t i = 0; i < count; i++)
		length += (size_t)sprintf(bytes + length, "%s\"%zu\":1", i ? "," : "", i);
	length += (size_t)sprintf(bytes + length, "}}");
	assert_false(read_file(make_file(length, (struct text){bytes, length}), &metadata, &error));
	assert_int_equal(error.kind, ERROR_DAMAGED);
	assert_non_null(strstr(error.message, "65536 keys"));
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metadata_is_found_wherever_it_stands),
		cmocka_unit_test(what_is_damaged_is_refused),
		cmocka_unit_test(lengths_are_checked_before_anything_is_read),
		cmocka_unit_test(files_shorter_than_a_length_are_damaged),
		cmocka_unit_test(a_header_of_great_size_is_passed_over),
		cmocka_unit_test(too_many_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}

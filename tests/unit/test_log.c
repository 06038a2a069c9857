/* The log's lines as operators get them: form, escaping, levels, length. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

static int saved_stderr;
static FILE *captured;

static int capture(void **state)
{
	(void)state;
	captured = tmpfile();
	saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	return captured && saved_stderr >= 0 && dup2(fileno(captured), STDERR_FILENO) >= 0 ? 0 : 1;
}

static int release(void **state)
{
	(void)state;
	(void)dup2(saved_stderr, STDERR_FILENO);
	(void)close(saved_stderr);
	return fclose(captured);
}

/* What was written to stderr since the last call. */
static struct text written(void)
{
	static char bytes[4 * LIMIT_LOG_LINE];
	size_t length;

	rewind(captured);
	length = fread(bytes, 1, sizeof(bytes) - 1, captured);
	bytes[length] = '\0';
	assert_int_equal(ftruncate(fileno(captured), 0), 0);
	rewind(captured);
	return (struct text){bytes, length};
}

static void test_form(void **state)
{
	struct log_line line;
	struct error error;
	struct text output;

	(void)state;
	assert_int_equal(unsetenv("LOG_LEVEL"), 0);
	assert_true(log_open("catalog"));
	(void)error_set(&error, ERROR_SYSTEM, "internal_error", "It failed.");
	(void)error_cause(&error, "errno=5");
	log_begin(&line, LOG_WARN, "scan.finished");
	log_string(&line, "run", "qwen/a");
	log_string(&line, "empty", "");
	log_string(&line, "spaced", "a b");
	log_number(&line, "files", -144);
	log_error_fields(&line, &error);
	log_end(&line);
	output = written();
	assert_true(text_starts_with(output, TEXT("time=2")));
	assert_string_equal(strchr(output.at, ' '),
		" level=warn program=catalog event=scan.finished run=qwen/a empty=\"\" "
		"spaced=\"a b\" files=-144 code=internal_error message=\"It failed.\" "
		"cause=\"errno=5\"\n");
}

static void test_no_input_forges_a_line(void **state)
{
	static const struct {
		struct text value;
		const char *logged;
	} cases[] = {
		{TEXT_INITIALIZER("a\nlevel=error"), "v=\"a\\nlevel=error\"\n"},
		{TEXT_INITIALIZER("a\r\t\0\x1b[31m"), "v=\"a\\x0d\\x09\\x00\\x1b[31m\"\n"},
		{TEXT_INITIALIZER("\" x=\"y\\"), "v=\"\\\" x=\\\"y\\\\\"\n"},
		{TEXT_INITIALIZER("caf\xc3\xa9"), "v=\"caf\xc3\xa9\"\n"},
		{TEXT_INITIALIZER("\xff\xc3"), "v=\"\\xff\\xc3\"\n"},
		{TEXT_INITIALIZER("\xc2\x9b[31m\x7f"), "v=\"\\xc2\\x9b[31m\\x7f\"\n"},
		{TEXT_INITIALIZER("k=v"), "v=\"k=v\"\n"},
	};

	(void)state;
	assert_true(log_open("test"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct log_line line;
		struct text output;

		log_begin(&line, LOG_INFO, "e");
		log_text(&line, "v", cases[i].value);
		log_end(&line);
		output = written();
		assert_string_equal(strstr(output.at, "v="), cases[i].logged);
		assert_int_equal(strlen(output.at), output.length);
	}
}

static void test_level(void **state)
{
	struct log_line line;

	(void)state;
	assert_int_equal(setenv("LOG_LEVEL", "error", 1), 0);
	assert_true(log_open("test"));
	log_begin(&line, LOG_WARN, "e");
	log_string(&line, "k", "v");
	log_end(&line);
	assert_int_equal(written().length, 0);
	assert_int_equal(setenv("LOG_LEVEL", "loud", 1), 0);
	assert_false(log_open("test"));
	log_begin(&line, LOG_INFO, "e");
	log_end(&line);
	assert_true(written().length > 0);
	log_begin(&line, LOG_DEBUG, "e");
	log_end(&line);
	assert_int_equal(written().length, 0);
	assert_int_equal(unsetenv("LOG_LEVEL"), 0);
}

/* Every length around the limit: one line, never longer, quotes closed, the mark when cut. */
static void test_length(void **state)
{
	static char value[2 * LIMIT_LOG_LINE];

	(void)state;
	assert_true(log_open("test"));
	memset(value, 'x', sizeof(value));
	value[0] = ' ';
	for (size_t length = LIMIT_LOG_LINE - 200; length < LIMIT_LOG_LINE + 20; length++) {
		struct log_line line;
		struct text output;
		size_t quotes = 0;

		log_begin(&line, LOG_INFO, "e");
		log_text(&line, "first", (struct text){value, length});
		log_text(&line, "second", TEXT("a b"));
		log_end(&line);
		output = written();
		assert_true(output.length <= LIMIT_LOG_LINE);
		assert_ptr_equal(strchr(output.at, '\n'), output.at + output.length - 1);
		for (size_t i = 0; i < output.length; i++)
			quotes += output.at[i] == '"';
		assert_int_equal(quotes % 2, 0);
		if (text_ends_with(output, TEXT(" second=\"a b\"\n")))
			assert_true(length < LIMIT_LOG_LINE - 80);
		else
			assert_true(text_ends_with(output, TEXT(" cut=true\n")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_form, capture, release),
		cmocka_unit_test_setup_teardown(test_no_input_forges_a_line, capture, release),
		cmocka_unit_test_setup_teardown(test_level, capture, release),
		cmocka_unit_test_setup_teardown(test_length, capture, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

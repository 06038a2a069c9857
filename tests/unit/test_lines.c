/* Lines over pipes: a reader with bounds, an outbox that never blocks and never lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/line_reader.h"
#include "base/outbox.h"

#define PIPE_SIZE 4096

static int ends[2]; /* of a pipe that holds PIPE_SIZE bytes */

static int set_up(void **state)
{
	(void)state;
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0 ||
		fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE) != PIPE_SIZE)
		return 1;
	(void)signal(SIGPIPE, SIG_IGN);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)close(ends[0]);
	(void)close(ends[1]);
	return 0;
}

static void feed(const char *bytes)
{
	assert_int_equal(write(ends[1], bytes, strlen(bytes)), strlen(bytes));
}

/* Reads what is there and says what came of it: lines, `!` for one that was too long. */
static void assert_lines(struct line_reader *reader, const char *expected)
{
	char found[512] = "";
	struct text line;
	enum line_result result;

	while (line_reader_fill(reader, ends[0]) > 0)
		while ((result = line_reader_next(reader, &line)) != LINE_NONE) {
			size_t used = strlen(found);

			(void)snprintf(found + used, sizeof(found) - used, "%.*s|",
				result == LINE_READY ? (int)line.length : 1,
				result == LINE_READY ? line.at : "!");
		}
	assert_string_equal(found, expected);
}

static void test_lines_are_put_together(void **state)
{
	char bytes[8];
	struct line_reader reader;

	(void)state;
	line_reader_init(&reader, bytes, sizeof(bytes));
	feed("ab");
	assert_lines(&reader, "");
	feed("c\n\nde\nf");
	assert_lines(&reader, "abc||de|");
	feed("\n");
	assert_lines(&reader, "f|");
	feed("1234567\n");
	assert_lines(&reader, "1234567|");
}

static void test_a_line_that_is_too_long_is_passed_over(void **state)
{
	char bytes[8];
	struct line_reader reader;

	(void)state;
	line_reader_init(&reader, bytes, sizeof(bytes));
	feed("12345678\nab\n");
	assert_lines(&reader, "!|ab|");
	feed("123456789 123456789 123456789");
	assert_lines(&reader, "");
	feed("123\nc\n");
	assert_lines(&reader, "!|c|");
	feed("123456789 12345");
	assert_lines(&reader, "");
	line_reader_clear(&reader);
	feed("d\n");
	assert_lines(&reader, "d|");
}

static void test_the_end_and_errors_are_told(void **state)
{
	char bytes[8];
	struct line_reader reader;

	(void)state;
	line_reader_init(&reader, bytes, sizeof(bytes));
	assert_int_equal(line_reader_fill(&reader, ends[0]), -1);
	assert_int_equal(errno, EAGAIN);
	(void)close(ends[1]);
	ends[1] = -1;
	assert_int_equal(line_reader_fill(&reader, ends[0]), 0);
}

static size_t drain(char *into, size_t room)
{
	ssize_t count = read(ends[0], into, room);

	assert_true(count >= 0 || errno == EAGAIN);
	return count < 0 ? 0 : (size_t)count;
}

static void test_an_outbox_sends_in_order(void **state)
{
	char sent[64];
	struct outbox outbox;

	(void)state;
	outbox_init(&outbox, 64, TEXT("lost"));
	assert_true(outbox_is_empty(&outbox));
	assert_int_equal(outbox_stuck(&outbox), 0);
	outbox_put(&outbox, TEXT("one"));
	outbox_put(&outbox, TEXT(""));
	outbox_put(&outbox, TEXT("two"));
	assert_false(outbox_is_empty(&outbox));
	assert_true(outbox_send(&outbox, ends[1]));
	assert_true(outbox_is_empty(&outbox));
	assert_int_equal(drain(sent, sizeof(sent)), 9);
	assert_memory_equal(sent, "one\n\ntwo\n", 9);
	outbox_free(&outbox);
}

static void test_a_full_outbox_tells_of_the_loss(void **state)
{
	char sent[64];
	struct outbox outbox;

	(void)state;
	outbox_init(&outbox, 16, TEXT("lost"));
	outbox_put(&outbox, TEXT("1234567"));
	outbox_put(&outbox, TEXT("1234567"));
	outbox_put(&outbox, TEXT("8"));
	outbox_put(&outbox, TEXT("9"));
	assert_true(outbox_send(&outbox, ends[1]));
	assert_int_equal(drain(sent, sizeof(sent)), 7);
	assert_memory_equal(sent, "lost\n9\n", 7);
	outbox_put(&outbox, TEXT("a line that is longer than the outbox"));
	assert_true(outbox_send(&outbox, ends[1]));
	assert_int_equal(drain(sent, sizeof(sent)), 5);
	assert_memory_equal(sent, "lost\n", 5);
	outbox_free(&outbox);
}

/* A reader that has half a line gets its other half, whatever is lost after it. */
static void test_a_line_in_the_pipe_is_finished(void **state)
{
	char line[6000];
	char sent[8192];
	struct outbox outbox;
	size_t count;

	(void)state;
	memset(line, 'x', sizeof(line));
	outbox_init(&outbox, 8000, TEXT("lost"));
	outbox_put(&outbox, (struct text){line, sizeof(line)});
	assert_true(outbox_send(&outbox, ends[1]));
	assert_false(outbox_is_empty(&outbox));
	outbox_put(&outbox, TEXT("waits"));
	for (int i = 0; i < 2; i++)
		outbox_put(&outbox, (struct text){line, sizeof(line)});
	assert_true(outbox_stuck(&outbox) >= 0);
	count = drain(sent, sizeof(sent));
	assert_int_equal(count, PIPE_SIZE);
	assert_true(outbox_send(&outbox, ends[1]));
	count += drain(sent + count, sizeof(sent) - count);
	assert_true(outbox_is_empty(&outbox));
	assert_int_equal(count, sizeof(line) + strlen("\nlost\n"));
	assert_memory_equal(sent, line, sizeof(line));
	assert_memory_equal(sent + sizeof(line), "\nlost\n", strlen("\nlost\n"));
	outbox_free(&outbox);
}

static void test_a_reader_that_went_is_told(void **state)
{
	struct outbox outbox;

	(void)state;
	outbox_init(&outbox, 64, TEXT("lost"));
	outbox_put(&outbox, TEXT("x"));
	(void)close(ends[0]);
	ends[0] = -1;
	assert_false(outbox_send(&outbox, ends[1]));
	assert_int_equal(errno, EPIPE);
	outbox_free(&outbox);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines_are_put_together),
		TEST(test_a_line_that_is_too_long_is_passed_over),
		TEST(test_the_end_and_errors_are_told),
		TEST(test_an_outbox_sends_in_order),
		TEST(test_a_full_outbox_tells_of_the_loss),
		TEST(test_a_line_in_the_pipe_is_finished),
		TEST(test_a_reader_that_went_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

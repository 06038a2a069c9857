/* What /health says of the live feed, by what answers where websocketd should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../cgi/feed_check.h"
#include "../../cgi/runtime_socket.h"
#include "support.h"

#define UPGRADED "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x20"
#define FULL	 "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"

static char place[SUPPORT_PATH];

static int set_up(void **state)
{
	(void)state;
	support_directory_make(place);
	return setenv("RUNTIME_DIR", place, 1);
}

static int tear_down(void **state)
{
	(void)state;
	support_directory_remove(place);
	return 0;
}

static struct feed_state check_against(const char *answer)
{
	int listening = runtime_socket_listen("feed.sock");
	struct pollfd waiting = {listening, POLLIN, 0};
	struct feed_state state;
	char request[1024] = "";
	pid_t child;
	int status;

	assert_true(listening >= 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int socket = poll(&waiting, 1, -1) == 1 ? accept(listening, NULL, NULL) : -1;

		/* A whole request, as a browser's that nginx has let through. */
		if (recv(socket, request, sizeof(request) - 1, 0) <= 0 ||
			!strstr(request, "GET /?check ") || !strstr(request, "\r\n\r\n") ||
			!strstr(request, "Origin: http://feed.invalid\r\n") ||
			send(socket, answer, strlen(answer), MSG_NOSIGNAL) < 0)
			_exit(1);
		_exit(0);
	}
	state = feed_check();
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	(void)close(listening);
	return state;
}

static void assert_well(const char *answer)
{
	struct feed_state state = check_against(answer);

	assert_string_equal(state.check, "ok");
	assert_null(state.note);
}

static void assert_ill(const char *answer, const char *sentence)
{
	struct feed_state state = check_against(answer);

	assert_memory_equal(state.check, sentence, strlen(sentence));
	assert_null(state.note);
}

static void a_watcher_that_is_well(void **state)
{
	(void)state;
	assert_well(UPGRADED "{\"type\":\"check\",\"watcher\":\"idle\"}");
	assert_well(UPGRADED "{\"type\":\"check\",\"watcher\":\"inotify\"}");
	assert_well(UPGRADED "{\"type\":\"check\",\"watcher\":\"poll\"}");
	assert_well(FULL);
}

static void a_watcher_that_is_not(void **state)
{
	(void)state;
	assert_ill(
		UPGRADED "{\"type\":\"check\",\"watcher\":\"away\"}", "the watcher is not running");
	assert_ill(UPGRADED "{\"type\":\"check\",\"watcher\":\"busy\"}",
		"the watcher does not answer");
	assert_ill(UPGRADED "{\"type\":\"check\",\"watcher\":\"waiting\"}",
		"the watcher does not find sample_dir");
}

static void limits_are_a_note(void **state)
{
	struct feed_state told =
		check_against(UPGRADED "{\"type\":\"check\",\"watcher\":\"exhausted\"}");

	(void)state;
	assert_string_equal(told.check, "ok");
	assert_non_null(strstr(told.note, "inotify limits"));
	assert_non_null(strstr(told.note, "fs.inotify.max_user_watches"));
	assert_non_null(strstr(told.note, "fs.inotify.max_user_instances"));
}

static void a_websocketd_that_is_not(void **state)
{
	(void)state;
	assert_string_equal(feed_check().check,
		"websocketd is not running: new images show only after a reload of the page");
	/* What stands before it takes the connection. */
	assert_ill("", "websocketd does not answer");
	assert_ill("?", "websocketd does not answer");
	assert_ill("HTTP/1.1 502 Bad Gateway\r\n\r\n", "the feed does not answer");
	assert_ill(UPGRADED, "the feed does not answer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_watcher_that_is_well, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_watcher_that_is_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(limits_are_a_note, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_websocketd_that_is_not, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

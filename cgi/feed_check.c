#include "feed_check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "runtime_socket.h"

#define PATIENCE INT64_C(3000000000) /* longer than a feed's own */

#define UNSEEN ": new images show only after a reload of the page"

/* What a browser's request says once nginx has passed it on. The key is nobody's secret. */
static const struct text REQUEST = TEXT_INITIALIZER("GET /?check HTTP/1.1\r\n"
						    "Host: feed\r\n"
						    "Connection: Upgrade\r\n"
						    "Upgrade: websocket\r\n"
						    "Origin: http://feed.invalid\r\n"
						    "Sec-WebSocket-Version: 13\r\n"
						    "Sec-WebSocket-Key: "
						    "AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");

/* The port that the start script of websocketd wrote; 0 if there is none. */
static int read_port(void)
{
	const char *directory = getenv("RUNTIME_DIR");
	char path[LIMIT_PATH];
	struct buffer digits;
	long port = 0;

	(void)snprintf(path, sizeof(path), "%s/feed.port", directory ? directory : ".");
	buffer_init(&digits, 16);
	if (file_read_path(AT_FDCWD, path, &digits)) {
		buffer_append_byte(&digits, '\0');
		port = digits.failed ? 0 : strtol(digits.bytes, NULL, 10);
	}
	buffer_free(&digits);
	return port > 0 && port <= 65535 ? (int)port : 0;
}

/* Connects to websocketd, or to what stands before it; -1 if nobody is there. */
static int connect_feed(void)
{
	int port = read_port();
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = {htonl(INADDR_LOOPBACK)},
	};
	int descriptor;

	if (!port)
		return runtime_socket_connect("feed.sock");
	descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* On the loopback, connecting succeeds or fails at once. */
	if (descriptor < 0 ||
		connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return descriptor;
	(void)close(descriptor);
	return -1;
}

/*
 * Reads until the answer has its first message, ends, or takes too long. The message is short and
 * stands in the bytes as it is; they are terminated.
 */
static void read_answer(int feed, char *answer, size_t size)
{
	int64_t end = clock_monotonic() + PATIENCE;
	size_t length = 0;

	answer[0] = '\0';
	while (length + 1 < size && !memchr(answer, '}', length)) {
		struct pollfd waiting = {feed, POLLIN, 0};
		int64_t left = end - clock_monotonic();
		ssize_t got;

		if (left <= 0 || poll(&waiting, 1, (int)(left / 1000000) + 1) != 1)
			return;
		got = recv(feed, answer + length, size - 1 - length, 0);
		if (got <= 0)
			return;
		length += (size_t)got;
		answer[length] = '\0';
	}
}

static struct feed_state judge(struct text answer)
{
	static const struct {
		struct text part;
		struct feed_state state;
	} states[] = {
		{TEXT_INITIALIZER("\"watcher\":\"idle\""), {"ok", NULL}},
		{TEXT_INITIALIZER("\"watcher\":\"inotify\""), {"ok", NULL}},
		{TEXT_INITIALIZER("\"watcher\":\"poll\""), {"ok", NULL}},
		{TEXT_INITIALIZER("\"watcher\":\"exhausted\""),
			{"ok", "polling: the kernel's inotify limits are used up; changes show "
			       "after some seconds. To mend it, raise "
			       "fs.inotify.max_user_watches and fs.inotify.max_user_instances"}},
		{TEXT_INITIALIZER("\"watcher\":\"waiting\""),
			{"the watcher does not find sample_dir, and waits for it", NULL}},
		{TEXT_INITIALIZER("\"watcher\":\"busy\""),
			{"the watcher does not answer" UNSEEN, NULL}},
		{TEXT_INITIALIZER("\"watcher\":\"away\""),
			{"the watcher is not running" UNSEEN, NULL}},
		/* As many browsers as it serves at once. */
		{TEXT_INITIALIZER("HTTP/1.1 429 "), {"ok", NULL}},
		{TEXT_INITIALIZER("HTTP/1.1 "), {"the feed does not answer" UNSEEN, NULL}},
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (memmem(answer.at, answer.length, states[i].part.at, states[i].part.length))
			return states[i].state;
	return (struct feed_state){"websocketd does not answer" UNSEEN, NULL};
}

struct feed_state feed_check(void)
{
	int feed = connect_feed();
	char answer[1024];

	if (feed < 0)
		return (struct feed_state){"websocketd is not running" UNSEEN, NULL};
	answer[0] = '\0';
	if (send(feed, REQUEST.at, REQUEST.length, MSG_NOSIGNAL) == (ssize_t)REQUEST.length)
		read_answer(feed, answer, sizeof(answer));
	(void)close(feed);
	return judge(text_from(answer));
}

#include "watcher_state.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/line_reader.h"
#include "runtime_socket.h"

/* Waits for the answer's line; false if none comes. */
static bool hear(int watcher, int64_t end, struct line_reader *reader, struct text *line)
{
	while (line_reader_next(reader, line) != LINE_READY) {
		struct pollfd waiting = {watcher, POLLIN, 0};
		int64_t left = end - clock_monotonic();

		if (left <= 0)
			return false;
		if (poll(&waiting, 1, (int)(left / 1000000) + 1) == 1 &&
			line_reader_fill(reader, watcher) <= 0)
			return false;
	}
	return true;
}

void watcher_ask(char state[static WATCHER_STATE_SIZE], int64_t patience)
{
	const struct text request = TEXT("ping\n");
	const struct text answer = TEXT("pong ");
	int64_t end = clock_monotonic() + patience;
	int watcher = runtime_socket_connect("watcher.sock");
	struct line_reader reader;
	struct text line;
	char bytes[64];

	line_reader_init(&reader, bytes, sizeof(bytes));
	(void)snprintf(state, WATCHER_STATE_SIZE, "%s", watcher < 0 ? "away" : "busy");
	if (watcher < 0)
		return;
	/* A new socket has room for it. */
	if (send(watcher, request.at, request.length, MSG_NOSIGNAL) == (ssize_t)request.length &&
		hear(watcher, end, &reader, &line) && text_starts_with(line, answer)) {
		line = text_from_offset(line, answer.length);
		(void)snprintf(state, WATCHER_STATE_SIZE, "%.*s", TEXT_ARGUMENTS(line));
	}
	(void)close(watcher);
}

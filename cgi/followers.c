#include "followers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

#define OUTBOX_MOST ((size_t)1 << 20)
#define STUCK_AFTER INT64_C(10000000000) /* nanoseconds */

static void add(struct followers *followers, int descriptor)
{
	struct follower *follower =
		followers->count < FOLLOWERS_MOST ? calloc(1, sizeof(*follower)) : NULL;

	if (!follower) {
		(void)close(descriptor);
		return;
	}
	follower->socket = descriptor;
	line_reader_init(&follower->reader, follower->bytes, sizeof(follower->bytes));
	outbox_init(&follower->out, OUTBOX_MOST, TEXT("{\"type\":\"resync\"}"));
	followers->items[followers->count++] = follower;
}

void followers_accept(struct followers *followers, int listening)
{
	int descriptor;

	while ((descriptor = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		add(followers, descriptor);
}

void followers_read(struct follower *follower, followers_request *request, void *context)
{
	ssize_t length = line_reader_fill(&follower->reader, follower->socket);
	enum line_result result;
	struct text line;

	if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)) {
		follower->gone = true;
		return;
	}
	while ((result = line_reader_next(&follower->reader, &line)) != LINE_NONE) {
		if (result == LINE_READY)
			request(context, follower, line);
		else
			follower->gone = true;
	}
}

void followers_tell_one(struct follower *follower, struct text line)
{
	outbox_put(&follower->out, line);
}

void followers_tell(struct followers *followers, struct text line)
{
	for (size_t i = 0; i < followers->count; i++)
		if (followers->items[i]->ready)
			outbox_put(&followers->items[i]->out, line);
}

static bool is_concerned(const struct follower *follower, const uint64_t *runs, size_t run_count)
{
	if (!follower->ready)
		return false;
	for (size_t i = 0; follower->narrowed && i < run_count; i++)
		if (runs[i] == follower->run)
			return true;
	return !follower->narrowed;
}

void followers_tell_about(
	struct followers *followers, struct text line, const uint64_t *runs, size_t run_count)
{
	for (size_t i = 0; i < followers->count; i++)
		if (is_concerned(followers->items[i], runs, run_count))
			outbox_put(&followers->items[i]->out, line);
}

static void drop(struct follower *follower)
{
	(void)close(follower->socket);
	outbox_free(&follower->out);
	free(follower);
}

static void log_stuck(void)
{
	struct log_line line;

	log_begin(&line, LOG_WARN, "follower.stuck");
	log_string(&line, "message", "A feed took nothing for 10 s and was dropped.");
	log_end(&line);
}

void followers_send(struct followers *followers)
{
	size_t kept = 0;

	for (size_t i = 0; i < followers->count; i++) {
		struct follower *follower = followers->items[i];

		if (!outbox_send(&follower->out, follower->socket))
			follower->gone = true;
		if (!follower->gone && outbox_stuck(&follower->out) > STUCK_AFTER) {
			log_stuck();
			follower->gone = true;
		}
		if (follower->gone)
			drop(follower);
		else
			followers->items[kept++] = follower;
	}
	followers->count = kept;
}

bool followers_any(const struct followers *followers)
{
	for (size_t i = 0; i < followers->count; i++)
		if (followers->items[i]->follows)
			return true;
	return false;
}

void followers_close(struct followers *followers)
{
	for (size_t i = 0; i < followers->count; i++)
		drop(followers->items[i]);
	followers->count = 0;
}

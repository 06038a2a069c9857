/*
 * feed: one browser's live feed, a child of websocketd: lines on stdin are what the browser sends,
 * lines on stdout what it gets (docs/feed.md). It follows the watcher and passes on what that
 * tells; hello, heartbeat and the browser's requests are its own business. It keeps nothing:
 * whenever it ends, the browser connects again and reads everything anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/limits.h"
#include "base/line_reader.h"
#include "base/log.h"
#include "base/outbox.h"
#include "runtime_socket.h"
#include "watcher_state.h"

#define SECOND	       INT64_C(1000000000)
#define PATIENCE       (SECOND / 4) /* how long hello waits for the watcher to be ready */
#define HEARTBEAT      (20 * SECOND)
#define LATE	       (5 * SECOND)  /* how much later than that the watcher's tick may come */
#define RETRY	       SECOND	     /* between two attempts to reach the watcher */
#define STUCK	       (10 * SECOND) /* a browser that takes nothing for so long is dropped */
#define CHECK_PATIENCE (2 * SECOND)
#define OUT_MOST       ((size_t)1 << 20)
#define ERROR_ROOM     16384 /* errors are told while less than this waits: a flood gets no flood */

static const struct text RESYNC = TEXT_INITIALIZER("{\"type\":\"resync\"}");

struct feed {
	struct line_reader browser;
	struct outbox out;
	struct arena arena;

	int watcher; /* its socket; -1 without one */
	struct line_reader news;
	struct outbox requests;
	bool alive;	/* it tells us everything, and has shown so of late */
	int64_t try_at; /* to reach the watcher */

	bool run_due; /* the watcher has not been told of `run` yet */
	char run[20]; /* what the browser watches: an id or `*`; "" if it said nothing */
	bool greeted;
	int64_t greet_at;
	int64_t heartbeat_at;

	char browser_bytes[LIMIT_FEED_MESSAGE];
	char news_bytes[LIMIT_WATCH_LINE];
};

/* --- To the browser ----------------------------------------------------------------------------
 */

/* Says `type` with whether changes are being watched for at this moment. */
static void say(struct feed *feed, const char *type, bool with_version)
{
	char line[160];
	int length = snprintf(line, sizeof(line), "{\"type\":\"%s\"%s,\"watching\":%s}", type,
		with_version ? ",\"version\":\"" VERSION "\"" : "", feed->alive ? "true" : "false");

	outbox_put(&feed->out, (struct text){line, (size_t)length});
}

/* The watcher's tick sets the pace; without one, the feed itself does. */
static void plan_heartbeat(struct feed *feed)
{
	feed->heartbeat_at = clock_monotonic() + HEARTBEAT + (feed->alive ? LATE : 0);
}

static void say_hello(struct feed *feed)
{
	feed->greeted = true;
	plan_heartbeat(feed);
	say(feed, "hello", true);
}

static void say_heartbeat(struct feed *feed, bool alive)
{
	feed->alive = alive;
	plan_heartbeat(feed);
	say(feed, "heartbeat", false);
}

static void say_error(struct feed *feed, const char *code, const char *detail)
{
	struct buffer line;
	struct json_writer out;

	if (feed->out.waiting.length > ERROR_ROOM)
		return;
	buffer_init(&line, 2048);
	json_writer_init(&out, &line);
	json_open_object(&out);
	json_put_string(&out, "type", "error");
	json_put_string(&out, "code", code);
	json_put_string(&out, "detail", detail);
	json_close_object(&out);
	if (!line.failed)
		outbox_put(&feed->out, buffer_text(&line));
	buffer_free(&line);
}

/* --- To and from the watcher -------------------------------------------------------------------
 */

static void lose_watcher(struct feed *feed)
{
	(void)close(feed->watcher);
	feed->watcher = -1;
	feed->alive = false;
	feed->try_at = clock_monotonic() + RETRY;
	outbox_free(&feed->requests);
	if (feed->greeted)
		say_heartbeat(feed, false);
}

static void send_run(struct feed *feed)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "watch %s", feed->run);

	outbox_put(&feed->requests, (struct text){line, (size_t)length});
}

static void find_watcher(struct feed *feed)
{
	feed->watcher = runtime_socket_connect("watcher.sock");
	if (feed->watcher < 0) {
		feed->try_at = clock_monotonic() + RETRY;
		return;
	}
	line_reader_clear(&feed->news);
	if (feed->run[0])
		send_run(feed);
	feed->run_due = false;
	outbox_put(&feed->requests, TEXT("follow"));
}

static void take_news(struct feed *feed, struct text line)
{
	if (text_equal(line, TEXT("ready"))) {
		feed->alive = true;
		if (feed->greeted) {
			say_heartbeat(feed, true);
			/* Until now, it may have missed something. */
			outbox_put(&feed->out, RESYNC);
		} else {
			say_hello(feed);
		}
	} else if (text_equal(line, TEXT("tick"))) {
		say_heartbeat(feed, true);
	} else {
		outbox_put(&feed->out, line);
	}
}

static void hear_watcher(struct feed *feed)
{
	ssize_t length = line_reader_fill(&feed->news, feed->watcher);
	enum line_result result;
	struct text line;

	if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)) {
		lose_watcher(feed);
		return;
	}
	while ((result = line_reader_next(&feed->news, &line)) != LINE_NONE)
		take_news(feed, result == LINE_READY ? line : RESYNC);
}

/* --- From the browser --------------------------------------------------------------------------
 */

static bool is_run_id(struct text id)
{
	for (size_t i = 0; i < id.length; i++)
		if (!((id.at[i] >= '0' && id.at[i] <= '9') || (id.at[i] >= 'a' && id.at[i] <= 'f')))
			return false;
	return id.length == 16;
}

static void watch_run(struct feed *feed, const struct json *run)
{
	if (run && run->type == JSON_NULL) {
		(void)snprintf(feed->run, sizeof(feed->run), "*");
	} else if (!run || run->type != JSON_STRING) {
		say_error(feed, "invalid_message",
			"watch needs training_run_id: the id of a training run, or null for all.");
		return;
	} else if (!is_run_id(run->string)) {
		say_error(feed, "unknown_training_run",
			"There is no training run with that id; what is told stays as it was.");
		return;
	} else {
		(void)snprintf(feed->run, sizeof(feed->run), "%.*s", TEXT_ARGUMENTS(run->string));
	}
	feed->run_due = true;
}

static void take_message(struct feed *feed, struct text line)
{
	struct error error;
	const struct json *message = json_parse(&feed->arena, line, 8, &error);
	const struct json *type = json_member(message, "type");

	if (!message)
		say_error(feed, "invalid_message", error.message);
	else if (type && type->type == JSON_STRING && text_equal(type->string, TEXT("watch")))
		watch_run(feed, json_member(message, "training_run_id"));
	else
		say_error(feed, "invalid_message",
			"Messages are objects with a type; the one that is known is watch.");
	arena_reset(&feed->arena);
}

/* False when the browser is gone. */
static bool hear_browser(struct feed *feed)
{
	ssize_t length = line_reader_fill(&feed->browser, STDIN_FILENO);
	enum line_result result;
	struct text line;

	if (length <= 0)
		return length < 0 && (errno == EINTR || errno == EAGAIN);
	while ((result = line_reader_next(&feed->browser, &line)) != LINE_NONE) {
		if (result == LINE_READY)
			take_message(feed, line);
		else
			say_error(feed, "message_too_long", "Messages have at most 4095 bytes.");
	}
	return true;
}

/* --- The loop ----------------------------------------------------------------------------------
 */

static void do_what_is_due(struct feed *feed)
{
	int64_t now = clock_monotonic();

	if (feed->watcher < 0 && now >= feed->try_at)
		find_watcher(feed);
	if (!feed->greeted && now >= feed->greet_at)
		say_hello(feed);
	if (feed->greeted && now >= feed->heartbeat_at)
		say_heartbeat(feed, false);
	/* However many messages the browser sends, the last one counts. */
	if (feed->run_due && feed->watcher >= 0 && outbox_is_empty(&feed->requests)) {
		feed->run_due = false;
		send_run(feed);
	}
}

static int find_pause(const struct feed *feed)
{
	int64_t deadline = feed->greeted ? feed->heartbeat_at : feed->greet_at;
	int64_t left;

	if (feed->watcher < 0)
		deadline = clock_earlier(deadline, feed->try_at);
	if (!outbox_is_empty(&feed->out))
		deadline = clock_earlier(deadline, feed->out.taken_at + STUCK);
	left = deadline - clock_monotonic();
	/* Rounded up, or it would wake too early and wait for the rest. */
	return left <= 0 ? 0 : (int)(left / 1000000) + 1;
}

static int give_up(const char *message)
{
	struct log_line line;

	log_begin(&line, LOG_WARN, "feed.dropped");
	log_string(&line, "message", message);
	log_end(&line);
	return EXIT_FAILURE;
}

static int run(struct feed *feed)
{
	for (;;) {
		struct pollfd descriptors[3];

		do_what_is_due(feed);
		if (!outbox_send(&feed->out, STDOUT_FILENO))
			return EXIT_SUCCESS;
		if (outbox_stuck(&feed->out) >= STUCK)
			return give_up("The browser took nothing for 10 s.");
		if (feed->watcher >= 0 && !outbox_send(&feed->requests, feed->watcher))
			lose_watcher(feed);
		/* Hello is the first word; whatever the browser says waits for it. */
		descriptors[0] = (struct pollfd){feed->greeted ? STDIN_FILENO : -1, POLLIN, 0};
		descriptors[1] = (struct pollfd){feed->watcher,
			(short)(POLLIN | (outbox_is_empty(&feed->requests) ? 0 : POLLOUT)), 0};
		descriptors[2] = (struct pollfd){
			outbox_is_empty(&feed->out) ? -1 : STDOUT_FILENO, POLLOUT, 0};
		if (poll(descriptors, 3, find_pause(feed)) < 0 && errno != EINTR)
			return give_up(strerror(errno));
		if (descriptors[0].revents && !hear_browser(feed))
			return EXIT_SUCCESS;
		if (feed->watcher >= 0 && descriptors[1].revents)
			hear_watcher(feed);
	}
}

/* Asked whether the feed works (`/?check`), it says how the watcher is, and ends. */
static int answer_check(void)
{
	char state[WATCHER_STATE_SIZE];

	watcher_ask(state, CHECK_PATIENCE);
	return printf("{\"type\":\"check\",\"watcher\":\"%s\"}\n", state) > 0 && fflush(stdout) == 0
		       ? EXIT_SUCCESS
		       : EXIT_FAILURE;
}

/* A pipe or socket is ours alone; a terminal is shared with the shell and stays as it is. */
static void set_nonblocking(int descriptor)
{
	struct stat status;

	if (fstat(descriptor, &status) == 0 &&
		(S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
		(void)fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

int main(void)
{
	static struct feed feed = {.watcher = -1};
	const char *query = getenv("QUERY_STRING");
	pid_t parent = getppid();
	int status;

	/* Should websocketd be killed, no orphan stays. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return EXIT_FAILURE;
	(void)signal(SIGPIPE, SIG_IGN);
	/* websocketd reads stderr for its log, and may not be in a hurry. */
	set_nonblocking(STDERR_FILENO);
	set_nonblocking(STDOUT_FILENO);
	(void)log_open("feed");
	if (query && strcmp(query, "check") == 0)
		return answer_check();
	arena_init(&feed.arena, (size_t)1 << 20);
	line_reader_init(&feed.browser, feed.browser_bytes, sizeof(feed.browser_bytes));
	line_reader_init(&feed.news, feed.news_bytes, sizeof(feed.news_bytes));
	outbox_init(&feed.out, OUT_MOST, RESYNC);
	outbox_init(&feed.requests, 4096, TEXT("follow"));
	feed.greet_at = clock_monotonic() + PATIENCE;
	status = run(&feed);
	outbox_free(&feed.out);
	outbox_free(&feed.requests);
	arena_free(&feed.arena);
	return status;
}

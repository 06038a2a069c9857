/*
 * watcher: looks at the directories and the database for all feeds, which follow it over the socket
 * watcher.sock in RUNTIME_DIR (followers.h). There is one, however many browsers there are; while
 * nobody follows, it watches nothing.
 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/stop.h"
#include "database_news.h"
#include "followers.h"
#include "library/watch.h"
#include "runtime_socket.h"

#define SECOND	    INT64_C(1000000000)
#define TICK	    (20 * SECOND)
#define LINGER	    (60 * SECOND) /* a reloaded page finds the watch still there */
#define DESCRIPTORS (FOLLOWERS_MOST + 3)

struct watcher {
	const struct config *config;
	int listening;
	struct followers followers;
	struct library_watch *watch; /* NULL while nobody follows */
	int64_t opened_at;	     /* when its first look began; 0: that is done */
	struct database_news news;   /* open as long as `watch` is */
	int64_t tick_at;
	int64_t close_at; /* if nobody follows by then; INT64_MAX while somebody does */
};

/* --- What is told ------------------------------------------------------------------------------
 */

static void tell_files(void *context, struct text line, const uint64_t *runs, size_t run_count)
{
	struct watcher *watcher = context;

	if (runs)
		followers_tell_about(&watcher->followers, line, runs, run_count);
	else
		followers_tell(&watcher->followers, line);
}

static void tell_all(void *context, struct text line)
{
	struct watcher *watcher = context;

	followers_tell(&watcher->followers, line);
}

/* --- Watching as long as somebody follows ------------------------------------------------------
 */

static void log_watching(const struct watcher *watcher)
{
	struct log_line line;
	size_t directories;
	size_t files;

	library_watch_count(watcher->watch, &directories, &files);
	log_begin(&line, LOG_INFO, "watch.opened");
	log_string(&line, "method", library_watch_method(watcher->watch));
	log_number(&line, "directories", (int64_t)directories);
	log_number(&line, "files", (int64_t)files);
	log_number(&line, "took_ms", (clock_monotonic() - watcher->opened_at) / 1000000);
	log_end(&line);
}

static bool open_watch(struct watcher *watcher)
{
	watcher->opened_at = clock_monotonic();
	watcher->watch = library_watch_open(watcher->config, tell_files, watcher);
	if (!watcher->watch)
		return false;
	if (!database_news_open(&watcher->news, watcher->config)) {
		library_watch_close(watcher->watch);
		watcher->watch = NULL;
		return false;
	}
	watcher->tick_at = clock_monotonic() + TICK;
	return true;
}

/* True if nothing that happens is missed: the first look is done. */
static bool is_ready(struct watcher *watcher)
{
	if (!library_watch_is_ready(watcher->watch))
		return false;
	if (watcher->opened_at) {
		log_watching(watcher);
		watcher->opened_at = 0;
		/* What a first look at many files has taken and given back. */
		(void)malloc_trim(0);
	}
	return true;
}

static void close_watch(struct watcher *watcher)
{
	struct log_line line;

	library_watch_close(watcher->watch);
	watcher->watch = NULL;
	database_news_close(&watcher->news);
	(void)malloc_trim(0);
	log_begin(&line, LOG_INFO, "watch.closed");
	log_end(&line);
}

static void refuse_run(struct follower *follower)
{
	followers_tell_one(follower,
		TEXT("{\"type\":\"error\",\"code\":\"unknown_training_run\",\"detail\":"
		     "\"There is no training run with that id; what is told stays as it was.\"}"));
}

/* Opens the watch for the first follower, and tells those who are new that they miss nothing now.
 */
static bool serve_followers(struct watcher *watcher)
{
	int64_t now = clock_monotonic();

	if (!followers_any(&watcher->followers)) {
		if (watcher->close_at == INT64_MAX)
			watcher->close_at = now + LINGER;
		if (watcher->watch && now >= watcher->close_at)
			close_watch(watcher);
		return true;
	}
	watcher->close_at = INT64_MAX;
	if (!watcher->watch && !open_watch(watcher))
		return false;
	if (!is_ready(watcher))
		return true;
	for (size_t i = 0; i < watcher->followers.count; i++) {
		struct follower *follower = watcher->followers.items[i];

		if (follower->follows && !follower->ready) {
			follower->ready = true;
			followers_tell_one(follower, TEXT("ready"));
			/* What it asked for before there was a watch to ask. */
			if (follower->narrowed &&
				!library_watch_knows_run(watcher->watch, follower->run)) {
				follower->narrowed = false;
				refuse_run(follower);
			}
		}
	}
	return true;
}

/* Says which runs are looked at; all, if one follower is for all. Only polling asks for it. */
static bool prefer_runs(struct watcher *watcher)
{
	uint64_t runs[FOLLOWERS_MOST];
	size_t count = 0;

	if (!watcher->watch || !library_watch_polls(watcher->watch))
		return true;

	for (size_t i = 0; i < watcher->followers.count; i++) {
		const struct follower *follower = watcher->followers.items[i];

		if (follower->follows && !follower->narrowed)
			return library_watch_prefer(watcher->watch, NULL, 0);
		if (follower->follows)
			runs[count++] = follower->run;
	}
	return library_watch_prefer(watcher->watch, runs, count);
}

/* --- Requests ----------------------------------------------------------------------------------
 */

/* Confirms what `follower` is told of from here on; before it is ready, that is for "ready" to say.
 */
static void confirm(struct follower *follower, const char *run)
{
	char line[96];
	int length =
		snprintf(line, sizeof(line), "{\"type\":\"watched\",\"training_run_id\":%s}", run);

	if (follower->ready)
		followers_tell_one(follower, (struct text){line, (size_t)length});
}

static void narrow(struct watcher *watcher, struct follower *follower, struct text id)
{
	char quoted[32];
	uint64_t run;

	if (text_equal(id, TEXT("*"))) {
		follower->narrowed = false;
		confirm(follower, "null");
	} else if (library_watch_parse_run(id, &run) &&
		   (!watcher->watch || library_watch_knows_run(watcher->watch, run))) {
		follower->narrowed = true;
		follower->run = run;
		(void)snprintf(quoted, sizeof(quoted), "\"%.*s\"", TEXT_ARGUMENTS(id));
		confirm(follower, quoted);
	} else {
		refuse_run(follower);
	}
}

/* As watcher_state.h has it. */
static const char *state_of(const struct watcher *watcher)
{
	const char *method;

	if (!watcher->watch)
		return "idle";
	method = library_watch_method(watcher->watch);
	if (strcmp(method, "waiting") != 0 &&
		(library_watch_is_exhausted(watcher->watch) ||
			store_watch_is_exhausted(watcher->news.watch)))
		return "exhausted";
	return method;
}

static void answer_ping(const struct watcher *watcher, struct follower *follower)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "pong %s", state_of(watcher));

	followers_tell_one(follower, (struct text){line, (size_t)length});
}

static void take_request(void *context, struct follower *follower, struct text line)
{
	struct watcher *watcher = context;

	if (text_equal(line, TEXT("follow")))
		follower->follows = true;
	else if (text_equal(line, TEXT("ping")))
		answer_ping(watcher, follower);
	else if (text_starts_with(line, TEXT("watch ")))
		narrow(watcher, follower, text_from_offset(line, strlen("watch ")));
	else
		follower->gone = true;
}

/* --- The loop ----------------------------------------------------------------------------------
 */

/* The next moment at which something is due; INT64_MAX if nothing is. */
static int64_t find_deadline(const struct watcher *watcher)
{
	int64_t deadline = watcher->close_at;

	if (!watcher->watch)
		return INT64_MAX;
	if (followers_any(&watcher->followers))
		deadline = clock_earlier(watcher->tick_at, library_watch_deadline(watcher->watch));
	else
		deadline = clock_earlier(deadline, library_watch_deadline(watcher->watch));
	return clock_earlier(deadline, store_watch_deadline(watcher->news.watch));
}

/* Waits for the next thing to do. False if the process should end. */
static bool wait_for_work(
	struct watcher *watcher, struct pollfd *descriptors, const sigset_t *unblocked)
{
	size_t count = 3;
	int64_t left = find_deadline(watcher);
	struct timespec pause;
	int result;

	descriptors[0] = (struct pollfd){watcher->listening, POLLIN, 0};
	descriptors[1] = (struct pollfd){
		watcher->watch ? library_watch_descriptor(watcher->watch) : -1, POLLIN, 0};
	descriptors[2] = (struct pollfd){
		watcher->watch ? store_watch_descriptor(watcher->news.watch) : -1, POLLIN, 0};
	for (size_t i = 0; i < watcher->followers.count; i++) {
		const struct follower *follower = watcher->followers.items[i];
		bool waits = !outbox_is_empty(&follower->out);

		descriptors[count++] = (struct pollfd){
			follower->socket, (short)(POLLIN | (waits ? POLLOUT : 0)), 0};
		/* Time to see that it takes nothing. */
		if (waits)
			left = clock_earlier(left, clock_monotonic() + SECOND);
	}
	if (left != INT64_MAX) {
		left -= clock_monotonic();
		left = left < 0 ? 0 : left;
		pause = (struct timespec){left / SECOND, left % SECOND};
	}
	result = ppoll(descriptors, count, left == INT64_MAX ? NULL : &pause, unblocked);
	for (size_t i = 0; result < 0 && i < count; i++)
		descriptors[i].revents = 0;
	return !stop_requested();
}

static bool run_watch(struct watcher *watcher)
{
	int64_t now = clock_monotonic();
	bool due = now >= watcher->tick_at;

	if (!watcher->watch)
		return true;
	if (due) {
		watcher->tick_at = now + TICK;
		followers_tell(&watcher->followers, TEXT("tick"));
		store_watch_mend(watcher->news.watch);
	}
	database_news_take(&watcher->news, due || store_watch_descriptor(watcher->news.watch) < 0,
		tell_all, watcher);
	if (due && !library_watch_reconcile(watcher->watch))
		return false;
	return library_watch_run(watcher->watch);
}

/* One round. False without memory. */
static bool work(struct watcher *watcher, const struct pollfd *descriptors)
{
	for (size_t i = 0; i < watcher->followers.count; i++)
		if (descriptors[3 + i].revents & (POLLIN | POLLHUP | POLLERR))
			followers_read(watcher->followers.items[i], take_request, watcher);
	if (descriptors[0].revents)
		followers_accept(&watcher->followers, watcher->listening);
	if (!run_watch(watcher) || !serve_followers(watcher))
		return false;
	followers_send(&watcher->followers);
	return prefer_runs(watcher);
}

static int fail(const char *event, const char *message, int reason)
{
	struct log_line line;

	log_begin(&line, LOG_ERROR, event);
	log_string(&line, "message", message);
	if (reason)
		log_string(&line, "cause", strerror(reason));
	log_end(&line);
	return EXIT_FAILURE;
}

static int run(struct watcher *watcher)
{
	struct pollfd descriptors[DESCRIPTORS];
	sigset_t unblocked;

	stop_listen(&unblocked);
	while (wait_for_work(watcher, descriptors, &unblocked)) {
		if (work(watcher, descriptors))
			continue;
		/* Begun anew, everything is: the feeds hear that they may have missed something. */
		(void)fail("watch.failed", "No memory to go on watching; it begins anew.", 0);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

/* Opens what it needs and works until it is told to stop. */
static int serve(struct watcher *watcher)
{
	int status;

	watcher->close_at = INT64_MAX;
	watcher->listening = runtime_socket_listen("watcher.sock");
	if (watcher->listening < 0)
		return fail("socket.failed",
			"The socket watcher.sock in RUNTIME_DIR cannot be opened.", errno);
	status = run(watcher);
	followers_close(&watcher->followers);
	if (watcher->watch)
		close_watch(watcher);
	(void)close(watcher->listening);
	return status;
}

int main(void)
{
	struct arena arena;
	struct watcher *watcher;
	struct config *config;
	struct error error;
	int status;

	(void)log_open("watcher");
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	watcher = arena_alloc(&arena, sizeof(*watcher));
	if (!watcher || !config_load_default(&arena, &config, &error)) {
		status = fail("config.invalid", watcher ? error.message : "out of memory", 0);
	} else {
		watcher->config = config;
		status = serve(watcher);
	}
	arena_free(&arena);
	return status;
}

#include "store/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

/*
 * After an event: its bytes are in the log, and then come the wait for the disk and the index in
 * shared memory.
 */
#define FIRST_PAUSE INT64_C(1000000)
#define LAST_PAUSE  INT64_C(512000000)

/* Where the kernel gives no events. */
#define BLIND_PAUSE INT64_C(1000000000)

struct store_watch {
	char *directory;
	char *name; /* of the database file, in `directory` */
	int inotify;
	int number; /* the directory's; -1 while it is not watched */
	bool exhausted;
	int64_t again_at; /* monotonic; INT64_MAX: not before an event */
	int64_t again_pause;
};

/* The kernel has no more to give; said once. */
static void exhaust(struct store_watch *watch, const char *what, int reason)
{
	struct log_line line;

	if (watch->exhausted)
		return;
	watch->exhausted = true;
	log_begin(&line, LOG_WARN, "database.watch_exhausted");
	log_string(&line, "what", what);
	log_string(&line, "cause", strerror(reason));
	log_string(&line, "message",
		"The kernel's inotify limits are used up; the database is looked at once a second "
		"instead. To mend it, raise fs.inotify.max_user_watches and "
		"fs.inotify.max_user_instances and start again.");
	log_end(&line);
}

struct store_watch *store_watch_open(const char *path)
{
	struct store_watch *watch = calloc(1, sizeof(*watch));
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;

	if (!watch)
		return NULL;
	watch->directory = length ? strndup(path, length) : strdup("/");
	watch->name = strdup(slash ? slash + 1 : path);
	watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	watch->number = -1;
	watch->again_at = INT64_MAX;
	if (watch->inotify < 0)
		exhaust(watch, "instances", errno);
	if (!watch->directory || !watch->name) {
		store_watch_close(watch);
		return NULL;
	}
	store_watch_mend(watch);
	return watch;
}

void store_watch_close(struct store_watch *watch)
{
	if (!watch)
		return;
	if (watch->inotify >= 0)
		(void)close(watch->inotify);
	free(watch->directory);
	free(watch->name);
	free(watch);
}

int store_watch_descriptor(const struct store_watch *watch)
{
	return watch->number < 0 ? -1 : watch->inotify;
}

/*
 * The database file itself or one of its journals, which are called as it is and go on with `-`; or
 * the worker's lock, which its process writes when it takes it and closes when it ends.
 */
static bool concerns(const struct store_watch *watch, const struct inotify_event *event)
{
	struct text name = text_from(event->len ? event->name : "");
	struct text own = text_from(watch->name);

	if (event->mask & (IN_Q_OVERFLOW | IN_IGNORED | IN_UNMOUNT))
		return true;
	if (!text_starts_with(name, own))
		return false;
	name = text_from_offset(name, own.length);
	if (text_equal(name, TEXT(".worker")))
		return event->mask & (IN_MODIFY | IN_CLOSE_WRITE);
	if (event->mask & IN_CLOSE_WRITE)
		return false;
	return name.length == 0 || text_equal(name, TEXT("-wal")) ||
	       text_equal(name, TEXT("-journal"));
}

bool store_watch_is_exhausted(const struct store_watch *watch)
{
	return watch->exhausted;
}

bool store_watch_take(struct store_watch *watch)
{
	char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool woken = false;
	ssize_t length;

	/* Until it is empty: a commit is several events. */
	while (watch->inotify >= 0 && (length = read(watch->inotify, bytes, sizeof(bytes))) > 0) {
		for (ssize_t at = 0; at < length;) {
			const struct inotify_event *event = (const void *)(bytes + at);

			woken = woken || concerns(watch, event);
			if (event->mask & IN_IGNORED && event->wd == watch->number)
				watch->number = -1;
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	return woken;
}

bool store_watch_is_due(struct store_watch *watch)
{
	int64_t now = clock_monotonic();

	if (store_watch_take(watch))
		watch->again_pause = FIRST_PAUSE;
	else if (now >= watch->again_at)
		watch->again_pause *= 2;
	else
		return false;
	watch->again_at = watch->again_pause <= LAST_PAUSE ? now + watch->again_pause : INT64_MAX;
	return true;
}

int64_t store_watch_deadline(const struct store_watch *watch)
{
	if (store_watch_descriptor(watch) >= 0)
		return watch->again_at;
	return clock_earlier(watch->again_at, clock_monotonic() + BLIND_PAUSE);
}

void store_watch_mend(struct store_watch *watch)
{
	int number;

	if (watch->inotify < 0)
		return;
	/* The number of a directory that is watched already stays what it is. */
	number = inotify_add_watch(watch->inotify, watch->directory,
		IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_ONLYDIR);
	if (number < 0 && (errno == ENOSPC || errno == ENOMEM))
		exhaust(watch, "watches", errno);
	watch->exhausted = watch->exhausted && number < 0;
	if (number != watch->number && watch->number >= 0)
		(void)inotify_rm_watch(watch->inotify, watch->number);
	watch->number = number;
}

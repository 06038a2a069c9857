#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/file_system.h"
#include "base/limits.h"
#include "base/log.h"
#include "library/watch_internal.h"
#include "naming/checkpoint.h"
#include "naming/image.h"

#define EVENTS_AT_ONCE 4096 /* then others have their turn */

#define ROOT_MASK \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF)
#define PLACE_MASK     ROOT_MASK
#define DIRECTORY_MASK (IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)

/* --- Whether to use it -------------------------------------------------------------------------
 */

static const char *network_of(const char *path)
{
	int descriptor = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *name = descriptor < 0 ? NULL : file_system_network(descriptor);

	if (descriptor >= 0)
		(void)close(descriptor);
	return name;
}

static void log_polling(const struct library_watch *watch, const char *path, const char *reason)
{
	struct log_line line;

	log_begin(&line, LOG_INFO, "watch.polls");
	log_string(&line, "path", path);
	log_string(&line, "reason", reason);
	log_number(&line, "seconds", watch->config->watch_seconds);
	log_end(&line);
}

/* The kernel has no more to give: all is polled from now on, beginning with a new look at it all.
 */
static void exhaust(struct library_watch *watch, const char *what, int reason)
{
	struct log_line line;

	if (watch->exhausted)
		return;
	watch->exhausted = true;
	watch->restart_due = true;
	log_begin(&line, LOG_WARN, "watch.exhausted");
	log_string(&line, "what", what);
	log_string(&line, "cause", strerror(reason));
	log_string(&line, "message",
		"The kernel's inotify limits are used up; directories are looked at in turn "
		"instead. To mend it, raise fs.inotify.max_user_watches and "
		"fs.inotify.max_user_instances and start again.");
	log_end(&line);
}

/* Decides who is polled. */
static void choose(struct library_watch *watch)
{
	const struct config *config = watch->config;
	const char *network;

	watch->polls_samples = config->watch == CONFIG_WATCH_POLL || watch->exhausted;
	watch->polls_checkpoints = watch->polls_samples;
	if (config->watch != CONFIG_WATCH_AUTO || watch->polls_samples)
		return;
	network = network_of(config->sample_dir);
	if (network) {
		watch->polls_samples = true;
		log_polling(watch, config->sample_dir, network);
	}
	for (size_t i = 0; i < config->checkpoint_dir_count; i++) {
		network = network_of(config->checkpoint_dirs[i]);
		if (network) {
			watch->polls_checkpoints = true;
			log_polling(watch, config->checkpoint_dirs[i], network);
		}
	}
}

void library_watch_open_events(struct library_watch *watch)
{
	choose(watch);
	if (watch->polls_samples && watch->polls_checkpoints)
		return;
	watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->inotify < 0) {
		exhaust(watch, "instances", errno);
		watch->restart_due = false;
		choose(watch);
	}
}

void library_watch_close_events(struct library_watch *watch)
{
	if (watch->inotify >= 0)
		(void)close(watch->inotify);
	watch->inotify = -1;
	watch->root_watch = -1;
	watch->number_count = 0;
	free(watch->place_numbers);
	watch->place_numbers = NULL;
	watch->place_number_count = 0;
	for (size_t i = 0; i < watch->count; i++)
		watch->directories[i]->watch = -1;
}

/* --- Numbers -----------------------------------------------------------------------------------
 */

/* Where the number is, or belongs. */
static size_t find_number(const struct library_watch *watch, int number)
{
	size_t low = 0;
	size_t high = watch->number_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (watch->numbers[middle].watch < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct library_watch_directory *directory_of(const struct library_watch *watch, int number)
{
	size_t at = find_number(watch, number);

	return at < watch->number_count && watch->numbers[at].watch == number
		       ? watch->numbers[at].directory
		       : NULL;
}

static int compare_numbers(const void *left, const void *right)
{
	const int *a = left;
	const int *b = right;

	return (*a > *b) - (*a < *b);
}

static bool is_place(const struct library_watch *watch, int number)
{
	return watch->place_number_count &&
	       bsearch(&number, watch->place_numbers, watch->place_number_count, sizeof(int),
		       compare_numbers);
}

/* One directory may be watched for several reasons: its masks add up. */
static int add_watch(struct library_watch *watch, const char *path, uint32_t mask)
{
	int number = inotify_add_watch(
		watch->inotify, path, mask | IN_ONLYDIR | IN_EXCL_UNLINK | IN_MASK_ADD);

	if (number < 0 && (errno == ENOSPC || errno == ENOMEM))
		exhaust(watch, "watches", errno);
	return number;
}

void library_watch_add_root(struct library_watch *watch)
{
	int old = watch->root_watch;

	if (watch->inotify < 0 || watch->polls_samples)
		return;
	watch->root_watch = add_watch(watch, watch->config->sample_dir, ROOT_MASK);
	if (old >= 0 && old != watch->root_watch && !is_place(watch, old))
		(void)inotify_rm_watch(watch->inotify, old);
}

static void forget_number(struct library_watch *watch, int number)
{
	size_t at = find_number(watch, number);

	if (at == watch->number_count || watch->numbers[at].watch != number)
		return;
	watch->numbers[at].directory->watch = -1;
	watch->number_count--;
	memmove(watch->numbers + at, watch->numbers + at + 1,
		(watch->number_count - at) * sizeof(*watch->numbers));
}

void library_watch_remove_directory(
	struct library_watch *watch, struct library_watch_directory *directory)
{
	int number = directory->watch;

	if (number < 0)
		return;
	forget_number(watch, number);
	/* If it was deleted, the kernel has removed the watch already. */
	if (!is_place(watch, number))
		(void)inotify_rm_watch(watch->inotify, number);
}

/* Notes which directory the number stands for, be it new or that of another one so far. */
static bool put_number(
	struct library_watch *watch, int number, struct library_watch_directory *directory)
{
	size_t at = find_number(watch, number);

	if (at < watch->number_count && watch->numbers[at].watch == number) {
		watch->numbers[at].directory->watch = -1;
	} else {
		if (watch->number_count == watch->number_capacity) {
			size_t wanted = watch->number_capacity ? watch->number_capacity * 2 : 64;
			struct library_watch_number_of *numbers =
				realloc(watch->numbers, wanted * sizeof(*numbers));

			if (!numbers)
				return false;
			watch->numbers = numbers;
			watch->number_capacity = wanted;
		}
		memmove(watch->numbers + at + 1, watch->numbers + at,
			(watch->number_count - at) * sizeof(*watch->numbers));
		watch->number_count++;
	}
	watch->numbers[at] = (struct library_watch_number_of){number, directory};
	directory->watch = number;
	return true;
}

void library_watch_add_directory(
	struct library_watch *watch, struct library_watch_directory *directory)
{
	char path[LIMIT_PATH + LIMIT_FILE_NAME + 2];
	int number;

	if (watch->inotify < 0 || watch->polls_samples || watch->exhausted)
		return;
	(void)snprintf(path, sizeof(path), "%s/%s", watch->config->sample_dir, directory->name);
	number = add_watch(watch, path, DIRECTORY_MASK | IN_DONT_FOLLOW);
	if (number >= 0 && number == directory->watch)
		return;
	library_watch_remove_directory(watch, directory);
	if (number >= 0 && !put_number(watch, number, directory))
		watch->failed = true;
}

bool library_watch_add_places(struct library_watch *watch, struct library_watch_runs *runs)
{
	int *numbers;
	size_t count = 0;
	bool is_new = false;

	if (watch->inotify < 0 || watch->polls_checkpoints || watch->exhausted)
		return false;
	numbers = calloc(runs->place_count + 1, sizeof(*numbers));
	if (!numbers) {
		watch->failed = true;
		return false;
	}
	for (size_t i = 0; i < runs->place_count && !watch->exhausted; i++) {
		struct library_watched_place *place = &runs->places[i];

		place->watch = add_watch(watch, place->path, PLACE_MASK);
		if (place->watch < 0)
			continue;
		is_new = is_new || !is_place(watch, place->watch);
		numbers[count++] = place->watch;
	}
	qsort(numbers, count, sizeof(*numbers), compare_numbers);
	/* What is searched no longer is watched no longer. */
	for (size_t i = 0; i < watch->place_number_count; i++) {
		int old = watch->place_numbers[i];

		if (!bsearch(&old, numbers, count, sizeof(*numbers), compare_numbers) &&
			!directory_of(watch, old) && old != watch->root_watch)
			(void)inotify_rm_watch(watch->inotify, old);
	}
	free(watch->place_numbers);
	watch->place_numbers = numbers;
	watch->place_number_count = count;
	return is_new;
}

/* --- Events ------------------------------------------------------------------------------------
 */

static bool names_checkpoint(struct library_watch *watch, struct text name)
{
	struct naming_checkpoint parsed;
	enum naming_checkpoint_result result =
		naming_parse_checkpoint(&watch->scratch, TEXT(""), name, &parsed);

	arena_reset(&watch->scratch);
	return result != NAMING_OTHER_FILE;
}

/* In a directory with checkpoints. */
static void take_place_event(
	struct library_watch *watch, const struct inotify_event *event, struct text name)
{
	if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) ||
		(event->mask & IN_ISDIR && *name.at != '.') ||
		(name.length && names_checkpoint(watch, name)))
		watch->runs_due = true;
}

/* In sample_dir itself. */
static void take_root_event(
	struct library_watch *watch, const struct inotify_event *event, struct text name)
{
	if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) {
		watch->restart_due = true;
		return;
	}
	if (!(event->mask & IN_ISDIR))
		return;
	library_watch_refresh_runs(watch);
	if (event->mask & (IN_DELETE | IN_MOVED_FROM))
		library_watch_directory_went(watch, name);
	/* Also then: where two have changed places, another one stands there. */
	library_watch_directory_came(watch, name);
}

/* In a sample directory. */
static void take_file_event(struct library_watch *watch, const struct inotify_event *event,
	struct library_watch_directory *directory, struct text name)
{
	if (event->mask & IN_IGNORED)
		forget_number(watch, event->wd);
	/* What the first look has still to come to, it will see as it is then. */
	if (event->mask & (IN_ISDIR | IN_IGNORED) || naming_image_stem(name) == 0 ||
		directory->unread)
		return;
	library_watch_refresh_runs(watch);
	if (event->mask & (IN_DELETE | IN_MOVED_FROM))
		library_watch_lose(watch, directory, name);
	else
		library_watch_look(watch, directory, name, (event->mask & IN_CREATE) != 0);
}

static void take_event(struct library_watch *watch, const struct inotify_event *event)
{
	struct text name = text_from(event->len ? event->name : "");
	struct library_watch_directory *directory;

	if (event->mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) {
		watch->restart_due = true;
		return;
	}
	if (is_place(watch, event->wd))
		take_place_event(watch, event, name);
	if (event->wd == watch->root_watch)
		take_root_event(watch, event, name);
	directory = directory_of(watch, event->wd);
	if (directory)
		take_file_event(watch, event, directory, name);
}

void library_watch_take_events(struct library_watch *watch)
{
	char bytes[16 * 1024] __attribute__((aligned(__alignof__(struct inotify_event))));
	size_t taken = 0;

	while (watch->inotify >= 0 && taken < EVENTS_AT_ONCE) {
		ssize_t length = read(watch->inotify, bytes, sizeof(bytes));

		if (length <= 0)
			return;
		for (ssize_t at = 0; at < length && !watch->failed && !watch->restart_due;) {
			const struct inotify_event *event = (const void *)(bytes + at);

			take_event(watch, event);
			at += (ssize_t)(sizeof(*event) + event->len);
			taken++;
		}
		if (watch->failed || watch->restart_due)
			return;
	}
}

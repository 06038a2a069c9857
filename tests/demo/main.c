/*
 * demo-data: makes the training runs that a newcomer sees first, and paints for the simulated
 * ComfyUI.
 *
 * The data grows in DIRECTORY.partial, which becomes DIRECTORY once all of it is there. The file
 * demo-data.version in it holds the data's version then, and anything else while it is unfinished.
 */
#include "dataset.h"
#include "painter.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names the data's version; with it in place a directory is known to be ours. */
static const char marker[] = "demo-data.version";

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	interrupted = number;
}

static bool was_interrupted(void)
{
	return interrupted != 0;
}

struct paths {
	struct demo_text directory, partial, marker, partial_marker, parent;
};

static void free_paths(struct paths *paths)
{
	demo_text_free(&paths->directory);
	demo_text_free(&paths->partial);
	demo_text_free(&paths->marker);
	demo_text_free(&paths->partial_marker);
	demo_text_free(&paths->parent);
}

static struct paths make_paths(const char *directory)
{
	struct paths paths = {0};
	size_t length = strlen(directory);
	const char *slash;

	while (length > 1 && directory[length - 1] == '/')
		length--;
	demo_text_add(&paths.directory, "%.*s", (int)length, directory);
	demo_text_add(&paths.partial, "%s.partial", paths.directory.bytes);
	demo_text_add(&paths.marker, "%s/%s", paths.directory.bytes, marker);
	demo_text_add(&paths.partial_marker, "%s/%s", paths.partial.bytes, marker);
	slash = strrchr(paths.directory.bytes, '/');
	if (slash)
		demo_text_add(&paths.parent, "%.*s", (int)(slash - paths.directory.bytes + 1),
			paths.directory.bytes);
	else
		demo_text_add(&paths.parent, ".");
	return paths;
}

static bool is_complete(const struct paths *paths)
{
	char found[sizeof(DEMO_DATASET_VERSION) + 8] = "";
	FILE *file = fopen(paths->marker.bytes, "re");

	if (!file)
		return false;
	if (!fgets(found, sizeof(found), file))
		found[0] = '\0';
	fclose(file);
	return strcmp(found, DEMO_DATASET_VERSION "\n") == 0;
}

static bool is_empty(const char *path)
{
	DIR *directory = opendir(path);
	int entries = 0;

	if (!directory)
		return false;
	while (readdir(directory))
		entries++;
	closedir(directory);
	return entries <= 2;
}

/* Whether `path` is free, or holds what an earlier run left; never touch anything else. */
static bool is_ours(const char *path, const char *marker_path, struct demo_failure *failure)
{
	struct stat status;

	if (lstat(path, &status))
		return errno == ENOENT ||
		       demo_fail(failure, "cannot read %s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode) && (lstat(marker_path, &status) == 0 || is_empty(path)))
		return true;
	return demo_fail(failure,
		"%s exists and was not made by demo-data; remove it or name another directory",
		path);
}

static bool write_text(const char *path, const char *content, struct demo_failure *failure)
{
	return demo_file_write(path, content, strlen(content), failure);
}

static bool move(const char *from, const char *to, struct demo_failure *failure)
{
	return rename(from, to) == 0 ||
	       demo_fail(failure, "cannot rename %s to %s: %s", from, to, strerror(errno));
}

/* Puts new data in the place of an older version's and leaves alone what others keep beside it. The
 * marker tells that the directory is unfinished in between. */
static bool replace(const struct paths *paths, struct demo_failure *failure)
{
	static const char *const parts[] = {"checkpoints", "samples"};
	bool replaced = write_text(paths->marker.bytes, "unfinished\n", failure);

	for (size_t i = 0; replaced && i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct demo_text from = {0}, to = {0};

		demo_text_add(&from, "%s/%s", paths->partial.bytes, parts[i]);
		demo_text_add(&to, "%s/%s", paths->directory.bytes, parts[i]);
		replaced = demo_directory_remove(to.bytes, failure) &&
			   move(from.bytes, to.bytes, failure);
		demo_text_free(&from);
		demo_text_free(&to);
	}
	return replaced && move(paths->partial_marker.bytes, paths->marker.bytes, failure) &&
	       demo_directory_remove(paths->partial.bytes, failure);
}

static bool publish(const struct paths *paths, struct demo_failure *failure)
{
	/* Over nothing, or over an empty directory, one rename does it. */
	if (rename(paths->partial.bytes, paths->directory.bytes) == 0)
		return true;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return demo_fail(
			failure, "cannot rename %s: %s", paths->partial.bytes, strerror(errno));
	return replace(paths, failure);
}

static bool make(const struct paths *paths, struct demo_failure *failure)
{
	if (!is_ours(paths->directory.bytes, paths->marker.bytes, failure) ||
		!is_ours(paths->partial.bytes, paths->partial_marker.bytes, failure) ||
		!demo_directory_remove(paths->partial.bytes, failure) ||
		!demo_directory_make(paths->partial.bytes, failure))
		return false;

	bool made = write_text(paths->partial_marker.bytes, "unfinished\n", failure) &&
		    demo_dataset_make(paths->partial.bytes, was_interrupted, failure) &&
		    write_text(paths->partial_marker.bytes, DEMO_DATASET_VERSION "\n", failure) &&
		    publish(paths, failure);

	if (!made) {
		struct demo_failure ignored = {.message = ""};

		demo_directory_remove(paths->partial.bytes, &ignored);
	}
	return made;
}

/* Two stacks may start at once: the second waits for the first and finds the work done. Returns a
 * descriptor that holds the lock until it is closed, or -1. */
static int lock_parent(const struct paths *paths, struct demo_failure *failure)
{
	int lock;

	if (!demo_directory_make(paths->parent.bytes, failure))
		return -1;
	lock = open(paths->parent.bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
		return lock;
	if (lock >= 0 && errno == EWOULDBLOCK) {
		fputs("Waiting for another demo-data to finish.\n", stderr);
		while (flock(lock, LOCK_EX) && errno == EINTR && !interrupted)
			continue;
		return lock;
	}
	demo_fail(failure, "cannot lock %s: %s", paths->parent.bytes, strerror(errno));
	if (lock >= 0)
		close(lock);
	return -1;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	/* A file that outgrows a limit is a failed write like any other. */
	signal(SIGXFSZ, SIG_IGN);
}

static int run(const char *directory)
{
	struct demo_failure failure = {.message = ""};
	struct paths paths = make_paths(directory);
	int lock = lock_parent(&paths, &failure);
	bool done = lock >= 0 && !interrupted && (is_complete(&paths) || make(&paths, &failure));

	if (lock >= 0)
		close(lock);
	free_paths(&paths);
	if (!done && failure.message[0])
		fprintf(stderr, "demo-data: %s\n", failure.message);
	if (!done && interrupted) {
		/* Die of the signal, so that a calling shell or make knows. */
		signal(interrupted, SIG_DFL);
		raise(interrupted);
	}
	return done ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const char usage[] =
		"Usage: demo-data DIRECTORY\n"
		"       demo-data --painter\n"
		"\n"
		"Makes the demo of Checkpoint Sampler in DIRECTORY: checkpoints/ and samples/ of "
		"three\n"
		"training runs, about 400 MB. Does nothing if DIRECTORY holds the demo already.\n"
		"With --painter, paints what is asked for on standard input "
		"(tests/demo/painter.h).\n";

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--painter") == 0)
		return demo_painter_serve();
	if (argc != 2 || argv[1][0] == '-' || !argv[1][0]) {
		fputs(usage, stderr);
		return 2;
	}
	catch_signals();
	return run(argv[1]);
}

#include "file.h"

#include <errno.h>
#include <fts.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool demo_fail(struct demo_failure *failure, const char *format, ...)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	va_list arguments;

	pthread_mutex_lock(&lock);
	if (!failure->message[0]) {
		va_start(arguments, format);
		vsnprintf(failure->message, sizeof(failure->message), format, arguments);
		va_end(arguments);
	}
	pthread_mutex_unlock(&lock);
	return false;
}

static bool make_one(const char *path, struct demo_failure *failure)
{
	struct stat status;

	if (mkdir(path, 0777) == 0)
		return true;
	if (errno == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return true;
	return demo_fail(failure, "cannot make the directory %s: %s", path, strerror(errno));
}

bool demo_directory_make(const char *path, struct demo_failure *failure)
{
	char *copy = strdup(path);
	bool made = copy != NULL;

	if (!copy)
		return demo_fail(failure, "out of memory");
	for (char *slash = strchr(copy + 1, '/'); made && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		made = make_one(copy, failure);
		*slash = '/';
	}
	made = made && make_one(copy, failure);
	free(copy);
	return made;
}

bool demo_directory_remove(const char *path, struct demo_failure *failure)
{
	char *copy = strdup(path);
	char *roots[2] = {copy, NULL};
	FTS *walk = copy ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
	bool removed = true;

	for (FTSENT *entry; walk && removed && (entry = fts_read(walk));) {
		/* A directory comes twice, before and after what it holds. */
		if (entry->fts_info == FTS_D || (entry->fts_info == FTS_NS && !entry->fts_level))
			continue;
		if (remove(entry->fts_accpath) && errno != ENOENT)
			removed = demo_fail(
				failure, "cannot remove %s: %s", entry->fts_path, strerror(errno));
	}
	if (walk)
		fts_close(walk);
	else
		removed = demo_fail(failure, "cannot remove %s: %s", path, strerror(errno));
	free(copy);
	return removed;
}

bool demo_file_close(FILE *file, const char *path, struct demo_failure *failure)
{
	bool bad = ferror(file) != 0;
	int cause = errno;

	if (fclose(file)) {
		cause = errno;
		bad = true;
	}
	if (!bad)
		return true;
	if (cause == ENOSPC || cause == EDQUOT)
		return demo_fail(failure,
			"the disk is full: %s could not be written; the demo needs about "
			"400 MB",
			path);
	return demo_fail(failure, "cannot write %s: %s", path, strerror(cause));
}

bool demo_file_write(
	const char *path, const void *bytes, size_t length, struct demo_failure *failure)
{
	FILE *file = fopen(path, "wbe");

	if (!file)
		return demo_fail(failure, "cannot create %s: %s", path, strerror(errno));
	fwrite(bytes, 1, length, file);
	return demo_file_close(file, path, failure);
}

#include "store/worker_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

struct store_worker_lock {
	int descriptor;
};

/* Opens the file of the lock; -1 with ERROR_UNAVAILABLE. */
static int open_file(
	const char *database_path, int flags, char path[static LIMIT_PATH], struct error *error)
{
	int descriptor = -1;

	if (snprintf(path, LIMIT_PATH, "%s.worker", database_path) >= LIMIT_PATH)
		errno = ENAMETOOLONG;
	else
		descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (descriptor < 0)
		(void)error_set(error, ERROR_UNAVAILABLE, "unavailable",
			"The worker's lock %s.worker cannot be opened: %s.", database_path,
			strerror(errno));
	return descriptor;
}

/*
 * Who the file says holds the lock. The holder writes right after it has locked: for a moment it
 * may still be the one before.
 */
static bool refuse(int descriptor, const char *path, struct error *error)
{
	char holder[256];
	ssize_t length = pread(descriptor, holder, sizeof(holder), 0);
	struct text line = {holder, length > 0 ? (size_t)length : 0};

	for (size_t i = 0; i < line.length; i++)
		if (line.at[i] == '\n')
			line.length = i;
	return error_set(error, ERROR_CONFLICT, "worker_running",
		"Another worker is at work on this database: %.*s. It holds the lock %s.",
		TEXT_ARGUMENTS(line), path);
}

static void write_holder(int descriptor)
{
	char host[128] = "unknown";
	char now[CLOCK_TEXT_SIZE];

	(void)gethostname(host, sizeof(host) - 1);
	clock_format(clock_now(), now);
	/* For people; without it the lock holds all the same. */
	if (ftruncate(descriptor, 0) == 0)
		(void)dprintf(
			descriptor, "process %ld on %s since %s\n", (long)getpid(), host, now);
}

bool store_worker_lock(
	const char *database_path, struct store_worker_lock **lock, struct error *error)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[LIMIT_PATH];
	int descriptor = open_file(database_path, O_RDWR | O_CREAT, path, error);
	int fault;

	if (descriptor < 0)
		return false;
	*lock = malloc(sizeof(**lock));
	/* Locks of open files, not of processes: closing another descriptor does not end them. */
	if (*lock && fcntl(descriptor, F_OFD_SETLK, &whole) == 0) {
		(*lock)->descriptor = descriptor;
		write_holder(descriptor);
		return true;
	}
	fault = errno;
	if (!*lock)
		(void)error_memory(error);
	else if (fault == EAGAIN || fault == EACCES)
		(void)refuse(descriptor, path, error);
	else
		(void)error_set(error, ERROR_UNAVAILABLE, "unavailable",
			"The worker's lock %s cannot be locked: %s.", path, strerror(fault));
	free(*lock);
	*lock = NULL;
	(void)close(descriptor);
	return false;
}

void store_worker_unlock(struct store_worker_lock *lock)
{
	if (!lock)
		return;
	(void)close(lock->descriptor);
	free(lock);
}

void store_worker_beat(struct store_worker_lock *lock)
{
	/* Where it cannot be said, the worker works all the same. */
	(void)futimens(lock->descriptor, NULL);
}

bool store_worker_is_running(const char *database_path, struct error *error)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[LIMIT_PATH];
	int descriptor = open_file(database_path, O_RDONLY, path, error);
	struct stat status;
	int64_t silence;
	bool asked;

	if (descriptor < 0)
		return false;
	asked = fcntl(descriptor, F_OFD_GETLK, &whole) == 0 && fstat(descriptor, &status) == 0;
	(void)close(descriptor);
	silence = asked ? clock_now() / 1000 - status.st_mtim.tv_sec : 0;
	if (asked && whole.l_type != F_UNLCK && silence <= STORE_WORKER_SILENCE)
		return true;
	if (asked && whole.l_type != F_UNLCK)
		return error_set(error, ERROR_UNAVAILABLE, "unavailable",
			"The worker has not moved for %lld seconds.", (long long)silence);
	return error_set(error, ERROR_UNAVAILABLE, "unavailable", "The worker is not running.");
}

int64_t store_worker_seen_at(const char *database_path)
{
	char path[LIMIT_PATH];
	struct error error;
	struct stat status;
	int descriptor = open_file(database_path, O_RDONLY, path, &error);
	int64_t at = -1;

	if (descriptor < 0)
		return at;
	if (fstat(descriptor, &status) == 0)
		at = (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
	(void)close(descriptor);
	return at;
}

#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "store/connection.h"

static bool refuse(struct error *error, const char *path, int reason)
{
	(void)error_set(error, ERROR_UNAVAILABLE, "unavailable",
		"The copy of the database %s cannot be written: %s.", path, strerror(reason));
	return error_cause(error, "errno %d", reason);
}

static bool copy_into(struct store *store, const char *path, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_COPY);
	store_query_bind(&query, 1, text_from(path));
	(void)store_query_step(&query);
	return store_query_end(&query, error);
}

static bool sync_path(const char *path, int flags)
{
	int descriptor = open(path, flags | O_CLOEXEC);
	bool synced = descriptor >= 0 && fsync(descriptor) == 0;
	int reason = errno;

	if (descriptor >= 0)
		(void)close(descriptor);
	errno = reason;
	return synced;
}

static bool sync_directory_of(const char *path)
{
	char directory[LIMIT_PATH];
	char *slash;

	(void)snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	if (!slash)
		return sync_path(".", O_RDONLY | O_DIRECTORY);
	slash[slash == directory] = '\0';
	return sync_path(directory, O_RDONLY | O_DIRECTORY);
}

bool store_backup(struct store *store, const char *path, struct error *error)
{
	char part[LIMIT_PATH];
	bool done;

	if (snprintf(part, sizeof(part), "%s.part-%ld", path, (long)getpid()) >= (int)sizeof(part))
		return refuse(error, path, ENAMETOOLONG);
	if (unlink(part) != 0 && errno != ENOENT)
		return refuse(error, path, errno);
	done = copy_into(store, part, error);
	if (done && (!sync_path(part, O_RDONLY) ||
			    renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) != 0 ||
			    !sync_directory_of(path)))
		done = refuse(error, path, errno);
	if (!done)
		(void)unlink(part);
	return done;
}

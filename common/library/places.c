#include "library/places.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "naming/image.h"

/* The part of `path` below the directory `parent` ("" for itself), or NULL if it lies elsewhere. */
static const char *below(const char *path, const char *parent)
{
	size_t length = strlen(parent);

	if (strncmp(path, parent, length) != 0)
		return NULL;
	if (length && parent[length - 1] == '/')
		return path + length;
	return path[length] == '/'    ? path + length + 1
	       : path[length] == '\0' ? path + length
				      : NULL;
}

static int open_below(const char *parent, const char *path, int flags)
{
	int directory = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int descriptor;
	int reason;

	if (directory < 0)
		return -1;
	descriptor = file_open_beneath(directory, *path ? path : ".", flags, FILE_LINKS_REFUSED);
	reason = errno;
	(void)close(directory);
	errno = reason;
	return descriptor;
}

/* Opens the real path `path` if it lies below the configured directory `configured`. */
static int open_in(const char *configured, const char *path, int flags)
{
	char *parent = realpath(configured, NULL);
	const char *rest = parent ? below(path, parent) : NULL;
	int descriptor = -1;
	int reason = EXDEV;

	if (rest) {
		descriptor = open_below(parent, rest, flags);
		reason = errno;
	}
	free(parent);
	errno = reason;
	return descriptor;
}

int library_open_real(struct arena *arena, const struct config *config, const char *path, int flags,
	const char **real)
{
	char *resolved = realpath(path, NULL);
	int descriptor = -1;

	*real = NULL;
	if (!resolved)
		return -1;
	*real = arena_copy(arena, text_from(resolved));
	free(resolved);
	if (!*real) {
		errno = ENOMEM;
		return -1;
	}
	errno = EXDEV;
	for (size_t i = 0; descriptor < 0 && errno == EXDEV && i < config->checkpoint_dir_count;
		i++)
		descriptor = open_in(config->checkpoint_dirs[i], *real, flags);
	if (descriptor < 0 && errno == EXDEV)
		descriptor = open_in(config->sample_dir, *real, flags);
	return descriptor;
}

/* Says what errno means for somebody who asked for the file `path`. Returns -1. */
static int refuse(const char *path, struct error *error)
{
	int reason = errno;

	switch (reason) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case EISDIR:
		(void)error_set(error, ERROR_NOT_FOUND, "not_found", "There is no file %s.", path);
		return -1;
	case ELOOP:
	case EXDEV:
		(void)error_set(error, ERROR_FORBIDDEN, "outside_directories",
			"%s leads over a link, or out of the configured directories.", path);
		return -1;
	case EACCES:
	case EPERM:
		(void)error_set(error, ERROR_FORBIDDEN, "unreadable",
			"The service is not permitted to read %s.", path);
		return -1;
	default:
		(void)error_set(
			error, ERROR_UNAVAILABLE, "unavailable", "%s cannot be opened now.", path);
		(void)error_cause(error, "open: %s", strerror(reason));
		return -1;
	}
}

/* Passes the descriptor on if it is a regular file's. */
static int check_regular(int descriptor, const char *path, struct error *error)
{
	struct stat status;

	if (descriptor < 0)
		return refuse(path, error);
	if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
		return descriptor;
	(void)close(descriptor);
	errno = EISDIR;
	return refuse(path, error);
}

int library_open_checkpoint(struct arena *arena, const struct config *config, size_t directory,
	const char *path, struct error *error)
{
	const char *parent = config->checkpoint_dirs[directory];
	int descriptor = open_below(parent, path, O_RDONLY);
	const char *whole = arena_printf(arena, "%s/%s", parent, path);
	const char *real;

	if (descriptor < 0 && errno == ELOOP && whole)
		descriptor = library_open_real(arena, config, whole, O_RDONLY, &real);
	return check_regular(descriptor, path, error);
}

int library_open_image(const struct config *config, const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');

	if (naming_image_stem(text_from(slash ? slash + 1 : path)) == 0) {
		errno = ENOENT;
		return refuse(path, error);
	}
	return check_regular(open_below(config->sample_dir, path, O_RDONLY), path, error);
}

#include "library/places.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

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

int library_open_checkpoint(
	struct arena *arena, const struct config *config, size_t directory, const char *path)
{
	const char *parent = config->checkpoint_dirs[directory];
	int descriptor = open_below(parent, path, O_RDONLY);
	const char *whole;
	const char *real;

	if (descriptor >= 0 || errno != ELOOP)
		return descriptor;
	whole = arena_printf(arena, "%s/%s", parent, path);
	if (!whole) {
		errno = ENOMEM;
		return -1;
	}
	return library_open_real(arena, config, whole, O_RDONLY, &real);
}

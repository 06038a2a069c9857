#include "stack/templates.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

/* Opens a directory for reading; -1 with errno. */
static int open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The next name that is not hidden; NULL at the end, and with errno if it cannot be read. */
static const char *next_name(DIR *directory)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(directory);
	} while (entry && entry->d_name[0] == '.');
	return entry ? entry->d_name : NULL;
}

/* Copies one file; false with errno. */
static bool copy_file(int from, int to, const char *name)
{
	struct buffer content;
	bool good;

	buffer_init(&content, LIMIT_TEMPLATE);
	good = file_read_path(from, name, &content) &&
	       file_write_atomic(to, name, buffer_text(&content), false);
	buffer_free(&content);
	return good;
}

/* Copies all files of `from`; false with errno. */
static bool copy_files(DIR *from, int to, size_t *copied)
{
	const char *name;

	for (name = next_name(from); name; name = next_name(from)) {
		if (!copy_file(dirfd(from), to, name))
			return false;
		++*copied;
	}
	return errno == 0;
}

/* Opens the directory `path` as a stream; NULL with errno. */
static DIR *open_stream(const char *path)
{
	int descriptor = open_directory(path);
	DIR *stream = descriptor < 0 ? NULL : fdopendir(descriptor);

	if (!stream && descriptor >= 0)
		(void)close(descriptor);
	return stream;
}

static bool copy_if_empty(const char *templates, DIR *to, size_t *copied)
{
	DIR *from;
	bool good;
	int reason;

	if (next_name(to))
		return true;
	if (errno != 0)
		return false;
	from = open_stream(templates);
	if (!from)
		return false;
	good = copy_files(from, dirfd(to), copied);
	reason = errno;
	(void)closedir(from);
	errno = reason;
	return good;
}

bool stack_copy_templates(
	const char *root, const char *workflow_dir, size_t *copied, struct error *error)
{
	char templates[LIMIT_PATH];
	DIR *to = open_stream(workflow_dir);
	bool good = to != NULL;
	int reason;

	*copied = 0;
	(void)snprintf(templates, sizeof(templates), "%s/common/comfyui/templates", root);
	good = good && copy_if_empty(templates, to, copied);
	reason = errno;
	if (to)
		(void)closedir(to);
	if (good)
		return true;
	(void)error_set(error, ERROR_SYSTEM, "templates_not_copied",
		"workflow_dir: the workflow templates could not be put into %s: %s. Copy those you "
		"want from %s.",
		workflow_dir, strerror(reason), templates);
	return error_cause(error, "errno %d", reason);
}

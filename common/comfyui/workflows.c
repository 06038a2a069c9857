#include "comfyui/workflows.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

static bool is_template_name(struct text name)
{
	return name.length > 5 && name.length <= LIMIT_FILE_NAME && name.at[0] != '.' &&
	       text_ends_with(name, TEXT(".json")) && !memchr(name.at, '/', name.length) &&
	       !memchr(name.at, '\0', name.length);
}

static bool fail_directory(const char *workflow_dir, struct error *error)
{
	(void)error_set(error, ERROR_UNAVAILABLE, "unavailable",
		"workflow_dir: %s cannot be read: %s.", workflow_dir, strerror(errno));
	return error_cause(error, "opendir: %s", strerror(errno));
}

static int open_directory(const char *workflow_dir)
{
	return open(workflow_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* True for what may be a template: a file, a link, or what the file system does not tell. */
static bool is_candidate(int directory, const struct dirent *entry)
{
	struct stat status;

	if (!is_template_name(text_from(entry->d_name)) || entry->d_type == DT_DIR)
		return false;
	return fstatat(directory, entry->d_name, &status, 0) != 0 || !S_ISDIR(status.st_mode);
}

static int compare_names(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* Reads the names into the arena. Returns false with errno set. */
static bool read_names(DIR *directory, struct arena *arena, struct text **names, size_t *count)
{
	size_t capacity = 0;
	const struct dirent *entry;

	for (;;) {
		struct text name;

		errno = 0;
		entry = readdir(directory);
		if (!entry)
			return errno == 0;
		if (!is_candidate(dirfd(directory), entry))
			continue;
		name = arena_text(arena, text_from(entry->d_name));
		if (!name.at || !arena_grow(arena, names, &capacity, *count, sizeof(name))) {
			errno = ENOMEM;
			return false;
		}
		(*names)[(*count)++] = name;
	}
}

bool comfyui_workflows_list(const char *workflow_dir, struct arena *arena, struct text **names,
	size_t *count, struct error *error)
{
	int descriptor = open_directory(workflow_dir);
	DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
	bool good;

	*names = NULL;
	*count = 0;
	if (!directory) {
		(void)fail_directory(workflow_dir, error);
		if (descriptor >= 0)
			(void)close(descriptor);
		return false;
	}
	good = read_names(directory, arena, names, count) || fail_directory(workflow_dir, error);
	(void)closedir(directory);
	if (good && *count)
		qsort(*names, *count, sizeof(**names), compare_names);
	return good;
}

static bool fail_unreadable(struct error *error, const char *sentence)
{
	return error_set(error, ERROR_INVALID, "workflow_unreadable", "%s", sentence);
}

static bool fail_open(struct error *error, int failure)
{
	if (failure == ENOENT)
		return error_set(error, ERROR_NOT_FOUND, "not_found",
			"There is no workflow template of this name in workflow_dir.");
	if (failure == EXDEV || failure == ELOOP)
		return fail_unreadable(error,
			"The file is a link that leads out of workflow_dir or in a circle. Put a "
			"copy of the file there instead.");
	if (failure == EACCES || failure == EPERM)
		return fail_unreadable(error,
			"The file may not be read by the user that the service runs as. Give it "
			"read permission (chmod a+r).");
	(void)error_set(error, ERROR_INVALID, "workflow_unreadable", "The file cannot be read: %s.",
		strerror(failure));
	return false;
}

/* Tells the link to a file that is not there from no file. */
static bool fail_name(struct error *error, int directory, const char *path, int failure)
{
	struct stat status;

	if (failure != ENOENT || fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return fail_open(error, failure);
	return fail_unreadable(error,
		"The file is a link to one that is not there. Put a copy of the file there "
		"instead.");
}

/* Reads an open file whole. The buffer's maximum is that of a template. */
static bool read_file(int file, struct buffer *buffer, struct arena *arena, struct text *bytes,
	struct error *error)
{
	struct stat status;

	if (fstat(file, &status) != 0)
		return fail_open(error, errno);
	if (!S_ISREG(status.st_mode))
		return fail_unreadable(
			error, "It is no regular file. Put a copy of the file there instead.");
	if (status.st_size > (off_t)LIMIT_TEMPLATE || !file_read_all(file, buffer)) {
		if (status.st_size > (off_t)LIMIT_TEMPLATE || errno == EFBIG)
			return fail_unreadable(error,
				"The file is larger than 4 MiB, which no workflow of nodes is. "
				"Export the workflow again, without pictures or data in it.");
		return fail_open(error, errno);
	}
	*bytes = arena_text(arena, buffer_text(buffer));
	return bytes->at || error_memory(error);
}

bool comfyui_workflows_read(const char *workflow_dir, struct text name, struct arena *arena,
	struct text *bytes, struct error *error)
{
	char path[LIMIT_FILE_NAME + 1];
	struct buffer buffer;
	int directory;
	int file;
	bool good;

	*bytes = (struct text){NULL, 0};
	if (!is_template_name(name))
		return fail_open(error, ENOENT);
	memcpy(path, name.at, name.length);
	path[name.length] = '\0';
	directory = open_directory(workflow_dir);
	if (directory < 0)
		return fail_directory(workflow_dir, error);
	file = file_open_beneath(directory, path, O_RDONLY, FILE_LINKS_BENEATH);
	good = file >= 0 || fail_name(error, directory, path, errno);
	buffer_init(&buffer, LIMIT_TEMPLATE);
	if (good)
		good = read_file(file, &buffer, arena, bytes, error);
	buffer_free(&buffer);
	if (file >= 0)
		(void)close(file);
	(void)close(directory);
	return good;
}

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "config/config.h"

struct warnings {
	struct arena *arena;
	const char **items;
	size_t count;
	size_t capacity;
};

static bool warn(struct warnings *warnings, const char *message)
{
	if (!message)
		return false;
	if (warnings->count == warnings->capacity &&
		!arena_grow(warnings->arena, &warnings->items, &warnings->capacity, warnings->count,
			sizeof(*warnings->items)))
		return false;
	warnings->items[warnings->count++] = message;
	return true;
}

/* A sentence about what keeps a directory from being read. */
static bool check_readable(const char *key, const char *path, struct error *error)
{
	struct stat status;

	if (stat(path, &status) != 0 && errno == ENOENT)
		return error_set(error, ERROR_NOT_FOUND, "directory_missing",
			"%s: %s does not exist.", key, path);
	if (stat(path, &status) != 0)
		return error_set(error, ERROR_UNAVAILABLE, "directory_unreachable",
			"%s: %s cannot be reached: %s.", key, path, strerror(errno));
	if (!S_ISDIR(status.st_mode))
		return error_set(error, ERROR_INVALID, "no_directory", "%s: %s is not a directory.",
			key, path);
	if (faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS) != 0)
		return error_set(error, ERROR_FORBIDDEN, "directory_unreadable",
			"%s: %s cannot be read: %s.", key, path, strerror(errno));
	return true;
}

static bool warn_unusable(struct warnings *warnings, const char *key, const char *path)
{
	struct error error;

	return check_readable(key, path, &error) ||
	       warn(warnings, arena_copy(warnings->arena, text_from(error.message)));
}

bool config_check_readable(const struct config *config, struct error *error)
{
	for (size_t i = 0; i < config->checkpoint_dir_count; i++)
		if (!check_readable("checkpoint_dirs", config->checkpoint_dirs[i], error))
			return false;
	return check_readable("sample_dir", config->sample_dir, error);
}

bool config_check_writable(const struct config *config, struct error *error)
{
	const char *path = config->sample_dir;
	struct stat status;

	if (!check_readable("sample_dir", path, error))
		return false;
	if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0)
		return true;
	if (errno == EROFS)
		return error_set(error, ERROR_FORBIDDEN, "read_only",
			"sample_dir: %s is on a read-only file system, so no image can be "
			"generated. Mount it for writing, or leave out ComfyUI.",
			path);
	if (errno != EACCES || stat(path, &status) != 0)
		return error_set(error, ERROR_UNAVAILABLE, "directory_unwritable",
			"sample_dir: %s cannot be written: %s.", path, strerror(errno));
	return error_set(error, ERROR_FORBIDDEN, "directory_unwritable",
		"sample_dir: %s cannot be written by user %u, group %u: it belongs to user %u, "
		"group %u, with mode %04o.",
		path, geteuid(), getegid(), status.st_uid, status.st_gid, status.st_mode & 07777U);
}

/* A configured directory and where it really is (NULL: it cannot be reached). */
struct place {
	const char *key;
	const char *path;
	const char *real;
};

static bool find_place(struct arena *arena, const char *key, const char *path, struct place *place)
{
	char real[LIMIT_PATH];

	*place = (struct place){key, path, NULL};
	if (!realpath(path, real))
		return true;
	place->real = arena_copy(arena, text_from(real));
	return place->real != NULL;
}

/* True if the directory `inner` lies somewhere below `outer`. */
static bool lies_inside(const struct place *inner, const struct place *outer)
{
	size_t length = strcmp(outer->real, "/") ? strlen(outer->real) : 0;

	return strncmp(inner->real, outer->real, length) == 0 && inner->real[length] == '/' &&
	       inner->real[length + 1] != '\0';
}

/* Warns if one of two directories lies in the other, or both are the same. */
static bool warn_nested(
	struct warnings *warnings, const struct place *a, const struct place *b, const char *advice)
{
	const struct place *outer = a;
	const struct place *inner = b;

	if (!a->real || !b->real)
		return true;
	if (strcmp(a->real, b->real) == 0)
		return warn(warnings,
			arena_printf(warnings->arena,
				"%s: %s is the same directory as %s of %s; %s.", b->key, b->path,
				a->path, a->key, strcmp(a->key, b->key) ? advice : "name it once"));
	if (lies_inside(a, b)) {
		outer = b;
		inner = a;
	} else if (!lies_inside(b, a)) {
		return true;
	}
	return warn(warnings, arena_printf(warnings->arena, "%s: %s lies inside %s of %s; %s.",
				      inner->key, inner->path, outer->path, outer->key, advice));
}

bool config_warnings(
	struct arena *arena, const struct config *config, const char ***items, size_t *count)
{
	struct warnings warnings = {.arena = arena};
	size_t dirs = config->checkpoint_dir_count;
	struct place *places = arena_array(arena, dirs + 1, sizeof(*places));

	if (!places)
		return false;
	for (size_t i = 0; i <= dirs; i++) {
		const char *key = i < dirs ? "checkpoint_dirs" : "sample_dir";
		const char *path = i < dirs ? config->checkpoint_dirs[i] : config->sample_dir;

		if (!warn_unusable(&warnings, key, path) ||
			!find_place(arena, key, path, &places[i]))
			return false;
	}
	for (size_t i = 0; i <= dirs; i++)
		for (size_t other = 0; other < i; other++)
			if (!warn_nested(&warnings, &places[other], &places[i],
				    i < dirs ? "checkpoints in it are found under two names"
					     : "checkpoints and samples are better kept apart"))
				return false;
	*items = warnings.items;
	*count = warnings.count;
	return true;
}

static bool make(const char *key, const char *path, struct error *error)
{
	if (file_make_directories(path))
		return true;
	(void)error_set(error, ERROR_SYSTEM, "directory_failed",
		"%s: the directory %s cannot be created: %s.", key, path, strerror(errno));
	return false;
}

bool config_make_directories(const struct config *config, struct error *error)
{
	char directory[LIMIT_PATH];
	size_t length = (size_t)(strrchr(config->db_path, '/') - config->db_path);

	if (length >= sizeof(directory))
		return error_set(error, ERROR_INVALID, "path_too_long",
			"db_path: the path is longer than 4096 bytes.");
	memcpy(directory, config->db_path, length);
	directory[length] = '\0';
	return (length == 0 || make("db_path", directory, error)) &&
	       make("db_path", config->cache_dir, error);
}

bool config_make_workflow_dir(const struct config *config, struct error *error)
{
	return make("workflow_dir", config->workflow_dir, error);
}

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

static bool warn_unusable(struct warnings *warnings, const char *key, const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return warn(warnings,
			errno == ENOENT
				? arena_printf(warnings->arena, "%s: %s does not exist.", key, path)
				: arena_printf(warnings->arena, "%s: %s cannot be reached: %s.",
					  key, path, strerror(errno)));
	if (!S_ISDIR(status.st_mode))
		return warn(warnings,
			arena_printf(warnings->arena, "%s: %s is not a directory.", key, path));
	if (faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS) != 0)
		return warn(warnings, arena_printf(warnings->arena, "%s: %s cannot be read: %s.",
					      key, path, strerror(errno)));
	return true;
}

/* True if the real directory `inner` is `outer` or lies somewhere below it. */
static bool lies_within(const char *inner, const char *outer)
{
	size_t length = strcmp(outer, "/") ? strlen(outer) : 0;

	return strncmp(inner, outer, length) == 0 &&
	       (inner[length] == '/' || inner[length] == '\0');
}

/* Warns if the first of two directories is, or lies in, the second. */
static bool warn_nested(struct warnings *warnings, const char *key, const char *path,
	const char *outer_key, const char *outer, const char *consequence)
{
	char real[LIMIT_PATH];
	char real_outer[LIMIT_PATH];

	if (!realpath(path, real) || !realpath(outer, real_outer) || !lies_within(real, real_outer))
		return true;
	if (strcmp(real, real_outer) == 0)
		return warn(warnings, arena_printf(warnings->arena,
					      "%s: %s is the same directory as %s of %s; %s.", key,
					      path, outer, outer_key, consequence));
	return warn(warnings, arena_printf(warnings->arena, "%s: %s lies inside %s of %s; %s.", key,
				      path, outer, outer_key, consequence));
}

static bool warn_about_dir(struct warnings *warnings, const struct config *config, size_t index)
{
	const char *path = config->checkpoint_dirs[index];

	if (!warn_unusable(warnings, "checkpoint_dirs", path))
		return false;
	for (size_t other = 0; other < config->checkpoint_dir_count; other++) {
		const char *outer = config->checkpoint_dirs[other];
		char real[LIMIT_PATH];
		char real_outer[LIMIT_PATH];

		if (other == index)
			continue;
		/* Two entries for one directory are told of once, at the second. */
		if (other > index && realpath(path, real) && realpath(outer, real_outer) &&
			strcmp(real, real_outer) == 0)
			continue;
		if (!warn_nested(warnings, "checkpoint_dirs", path, "checkpoint_dirs", outer,
			    "checkpoints in it are found under two names"))
			return false;
	}
	return warn_nested(warnings, "checkpoint_dirs", path, "sample_dir", config->sample_dir,
		"checkpoints and samples are better kept apart");
}

bool config_warnings(
	struct arena *arena, const struct config *config, const char ***items, size_t *count)
{
	struct warnings warnings = {.arena = arena};

	for (size_t i = 0; i < config->checkpoint_dir_count; i++)
		if (!warn_about_dir(&warnings, config, i))
			return false;
	if (!warn_unusable(&warnings, "sample_dir", config->sample_dir))
		return false;
	for (size_t i = 0; i < config->checkpoint_dir_count; i++) {
		const char *outer = config->checkpoint_dirs[i];
		char real[LIMIT_PATH];
		char real_outer[LIMIT_PATH];

		/* One directory for both was told of above. */
		if (realpath(config->sample_dir, real) && realpath(outer, real_outer) &&
			strcmp(real, real_outer) == 0)
			continue;
		if (!warn_nested(&warnings, "sample_dir", config->sample_dir, "checkpoint_dirs",
			    outer, "it is not searched for checkpoints"))
			return false;
	}
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
	       make("db_path", config->cache_dir, error) &&
	       make("workflow_dir", config->workflow_dir, error);
}

#include "naming/exclude.h"

#include <fnmatch.h>
#include <string.h>

#include "base/limits.h"

static bool matches(const char *glob, const char *path, bool is_directory)
{
	char pattern[LIMIT_PATH];
	size_t length = strlen(glob);
	const char *name = strrchr(path, '/');
	bool whole_path;

	if (length == 0 || length >= sizeof(pattern))
		return false;
	memcpy(pattern, glob, length + 1);
	if (pattern[length - 1] == '/') {
		if (!is_directory)
			return false;
		pattern[length - 1] = '\0';
	}
	whole_path = strchr(pattern, '/') != NULL;
	return fnmatch(pattern[0] == '/' ? pattern + 1 : pattern,
		       whole_path || !name ? path : name + 1, FNM_PATHNAME) == 0;
}

bool naming_excluded(
	const char *const *globs, size_t glob_count, const char *path, bool is_directory)
{
	for (size_t i = 0; i < glob_count; i++)
		if (matches(globs[i], path, is_directory))
			return true;
	return false;
}

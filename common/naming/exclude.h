#ifndef NAMING_EXCLUDE_H
#define NAMING_EXCLUDE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True if one of the globs of the configuration's `exclude` keeps out what lies at `path` (relative
 * to its checkpoint directory). A glob that ends in `/` keeps out directories only; one with
 * another `/` is matched against the whole path, any other against the last component. `*` and `?`
 * stop at `/`.
 */
bool naming_excluded(
	const char *const *globs, size_t glob_count, const char *path, bool is_directory);

#endif

#include "store/store.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "store/connection.h"
#include "store/migrate.h"

static bool make_directory_of(const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');
	char directory[LIMIT_PATH];
	size_t length = slash ? (size_t)(slash - path) : 0;

	if (length == 0 || length >= sizeof(directory))
		return true;
	memcpy(directory, path, length);
	directory[length] = '\0';
	if (file_make_directories(directory))
		return true;
	(void)error_set(error, ERROR_UNAVAILABLE, "unavailable",
		"The directory of the database, %s, cannot be created: %s.", directory,
		strerror(errno));
	return false;
}

bool store_open(const char *path, enum store_durability durability, struct store **opened,
	struct error *error)
{
	struct store *store;

	if (!make_directory_of(path, error) || !store_connect(path, durability, &store, error))
		return false;
	if (!store_recognise(store, store_migration_count, error) ||
		!store_configure(store, durability, error) ||
		!store_migrate(store, store_migrations, store_migration_count, error)) {
		store_close(store);
		return false;
	}
	*opened = store;
	return true;
}

bool store_ready(const char *path, enum store_durability durability, struct store **store,
	struct error *error)
{
	if (*store && store_moved(*store)) {
		store_close(*store);
		*store = NULL;
	}
	return *store || store_open(path, durability, store, error);
}

bool store_check(struct store *store, struct error *error)
{
	struct store_query query;

	if (store_moved(store))
		return error_set(error, ERROR_UNAVAILABLE, "unavailable",
			"The database %s was moved or removed.", store_path(store));
	store_query_begin(&query, store, STORE_SCHEMA_COUNT);
	(void)store_query_step(&query);
	return store_query_end(&query, error);
}

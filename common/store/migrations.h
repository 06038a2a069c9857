#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

#include <stddef.h>

/* One file of migrations/, embedded by embed.sh. */
struct store_migration {
	unsigned version; /* 1, 2, …: what user_version is once it has been applied */
	const char *name; /* the file's */
	const char *sql;
};

/* All of them, in the order of their versions. */
extern const struct store_migration store_migrations[];
extern const size_t store_migration_count;

#endif

#ifndef LIBRARY_RUN_WARNINGS_H
#define LIBRARY_RUN_WARNINGS_H

#include "library/runs.h"

/*
 * What a person should know about a run, a sentence each. All return false only without memory.
 */

/*
 * `count` of the run's files are in several checkpoint directories with different sizes; `example`
 * is the name of one of them and `directory` the one it is taken from.
 */
bool library_warn_sizes(struct arena *arena, struct library_run *run, struct text example,
	size_t count, const char *directory);

/* Runs with equal file names share sample directories: each of them is told. */
bool library_warn_shared_samples(struct arena *arena, struct library_listing *listing);

#endif

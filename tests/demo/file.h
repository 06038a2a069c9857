/* Files and directories of the demo data. */
#ifndef DEMO_FILE_H
#define DEMO_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Where the first failure of several threads is kept, as one sentence for the user. */
struct demo_failure {
	char message[512];
};

/* Keeps the sentence if it is the first one; always returns false. Any thread may call it. */
__attribute__((format(printf, 2, 3))) bool demo_fail(
	struct demo_failure *failure, const char *format, ...);

/* Makes a directory and those above it that are missing. */
bool demo_directory_make(const char *path, struct demo_failure *failure);

/* Removes a directory and everything below it, following no link; one that is not there is fine. */
bool demo_directory_remove(const char *path, struct demo_failure *failure);

/* Ends the writing of a file; false with a message if anything of it did not reach the disk. */
bool demo_file_close(FILE *file, const char *path, struct demo_failure *failure);

/* Writes a whole file. */
bool demo_file_write(
	const char *path, const void *bytes, size_t length, struct demo_failure *failure);

#endif

#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <stddef.h>

#include "base/text.h"

/* What several unit tests share. A call that cannot do its work ends the program. */

/* Room for the path of a test's own directory. */
#define SUPPORT_PATH 256

/* Makes an empty directory for one test and writes its absolute path. */
void support_directory_make(char path[static SUPPORT_PATH]);

/* Writes a file at `path` below `directory`, and the directories that it lies in. */
void support_write(const char *directory, const char *path, struct text content);

/* Removes the directory and all in it, write-protected directories too. */
void support_directory_remove(const char *path);

#endif

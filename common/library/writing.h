#ifndef LIBRARY_WRITING_H
#define LIBRARY_WRITING_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * True if a file may still grow: it was written to in the last 10 seconds, or its time lies as near
 * in the future (a clock of another machine). One that has been quiet for longer is as it will
 * stay, and what is missing from it will not come.
 */
bool library_being_written(const struct stat *status);

#endif

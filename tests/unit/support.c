#include "support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void end_program(const char *what)
{
	perror(what);
	abort();
}

void support_directory_make(char path[static SUPPORT_PATH])
{
	const char *parent = getenv("TMPDIR");

	if (snprintf(path, SUPPORT_PATH, "%s/unit-XXXXXX", parent ? parent : "/tmp") >=
			SUPPORT_PATH ||
		!mkdtemp(path))
		end_program("mkdtemp");
}

static int unlock(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)place;
	return type == FTW_D || type == FTW_DNR ? chmod(path, 0700) : 0;
}

static int take_away(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void support_directory_remove(const char *path)
{
	if (nftw(path, unlock, 16, FTW_PHYS) != 0 ||
		nftw(path, take_away, 16, FTW_PHYS | FTW_DEPTH) != 0)
		end_program(path);
}

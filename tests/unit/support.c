#include "support.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

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

void support_write(const char *directory, const char *path, struct text content)
{
	char whole[4096];
	char *slash;
	int descriptor;

	if (snprintf(whole, sizeof(whole), "%s/%s", directory, path) >= (int)sizeof(whole))
		end_program(path);
	slash = strrchr(whole, '/');
	*slash = '\0';
	if (!file_make_directories(whole))
		end_program(whole);
	*slash = '/';
	descriptor = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (descriptor < 0 ||
		write(descriptor, content.at, content.length) != (ssize_t)content.length ||
		close(descriptor) != 0)
		end_program(whole);
}

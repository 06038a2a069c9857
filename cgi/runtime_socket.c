#include "runtime_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

/*
 * An address holds 107 bytes, a path up to 4095: so it leads over a descriptor of the directory,
 * which is returned.
 */
static int make_address(const char *name, struct sockaddr_un *address)
{
	const char *directory = getenv("RUNTIME_DIR");
	int descriptor = open(directory ? directory : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (descriptor >= 0)
		(void)snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s",
			descriptor, name);
	return descriptor;
}

/* Closes both, and keeps errno. */
static int fail(int descriptor, int other)
{
	int reason = errno;

	if (descriptor >= 0)
		(void)close(descriptor);
	(void)close(other);
	errno = reason;
	return -1;
}

int runtime_socket_listen(const char *name)
{
	struct sockaddr_un address;
	int directory = make_address(name, &address);
	int descriptor;

	if (directory < 0)
		return -1;
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return fail(-1, directory);
	/* What is there was left by a process that was killed: there is one of each service. */
	if (unlinkat(directory, name, 0) != 0 && errno != ENOENT)
		return fail(descriptor, directory);
	if (bind(descriptor, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
		listen(descriptor, BACKLOG) != 0)
		return fail(descriptor, directory);
	(void)close(directory);
	return descriptor;
}

int runtime_socket_connect(const char *name)
{
	struct sockaddr_un address;
	int directory = make_address(name, &address);
	int descriptor;

	if (directory < 0)
		return -1;
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return fail(-1, directory);
	if (connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) != 0)
		return fail(descriptor, directory);
	(void)close(directory);
	return descriptor;
}

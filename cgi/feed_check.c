#include "feed_check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "runtime_socket.h"

/* The port that the start script of websocketd wrote; 0 if there is none. */
static int read_port(void)
{
	const char *directory = getenv("RUNTIME_DIR");
	char path[LIMIT_PATH];
	struct buffer digits;
	int port = 0;

	(void)snprintf(path, sizeof(path), "%s/feed.port", directory ? directory : ".");
	buffer_init(&digits, 16);
	if (file_read_path(AT_FDCWD, path, &digits)) {
		buffer_append_byte(&digits, '\0');
		port = digits.failed ? 0 : (int)strtol(digits.bytes, NULL, 10);
	}
	buffer_free(&digits);
	return port;
}

static bool answers(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = {htonl(INADDR_LOOPBACK)},
	};
	int descriptor;
	bool connected;

	if (port <= 0 || port > 65535)
		return false;
	/* On the loopback, connecting succeeds or fails at once. */
	descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return false;
	connected = connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) == 0;
	(void)close(descriptor);
	return connected;
}

static bool socket_answers(const char *name)
{
	int descriptor = runtime_socket_connect(name);

	if (descriptor < 0)
		return false;
	(void)close(descriptor);
	return true;
}

const char *feed_check(void)
{
	int port = read_port();

	if (port ? !answers(port) : !socket_answers("feed.sock"))
		return "websocketd is not running: new images show only after a reload of the page";
	if (!socket_answers("watcher.sock"))
		return "the watcher is not running: new images show only after a reload of the "
		       "page";
	return "ok";
}

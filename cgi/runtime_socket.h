#ifndef CGI_RUNTIME_SOCKET_H
#define CGI_RUNTIME_SOCKET_H

/*
 * Unix sockets in RUNTIME_DIR, by name, however long the path of that directory is. The descriptors
 * are in non-blocking mode. Both return -1 with errno.
 */

int runtime_socket_listen(const char *name);

/* A socket of this machine answers at once or not at all: ECONNREFUSED, ENOENT, EAGAIN. */
int runtime_socket_connect(const char *name);

#endif

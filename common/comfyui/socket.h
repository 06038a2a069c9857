#ifndef COMFYUI_SOCKET_H
#define COMFYUI_SOCKET_H

#include <stdbool.h>

#include "base/error.h"
#include "comfyui/event.h"

/*
 * The WebSocket to ComfyUI. A thread of its own reads it whatever the process is doing: ComfyUI
 * sends to one client after the other, and a client that does not read stalls all (its issue
 * 15240). The thread also keeps a slow name server or TLS handshake away from the process, asks
 * for a pong every 20 s and gives the connection up when none came for 90 s more.
 *
 * It never reconnects by itself. It sends no Origin, offers no compression, follows no redirect.
 */
struct comfyui_socket;

/* Where to connect to. Strings must live as long as the socket. */
struct comfyui_socket_target {
	const char *host; /* a name or an address, IPv6 without brackets */
	int port;
	const char *path; /* "/ws", with whatever prefix a proxy wants before it */
	bool tls;
	bool insecure;	      /* with TLS: any certificate will do */
	const char *ca_file;  /* with TLS: NULL for the system's */
	const char **headers; /* "Name: value", to be sent with the handshake */
	size_t header_count;
};

/* Starts the thread; nothing is connected yet. ERROR_SYSTEM if the machine has none to give. */
bool comfyui_socket_open(const struct comfyui_socket_target *target, struct comfyui_socket **socket,
	struct error *error);

/* Disconnects and ends the thread. NULL is no socket, and fine. */
void comfyui_socket_close(struct comfyui_socket *socket);

/*
 * Connects under `client_id` (at most 63 characters of those a UUID has); an older connection is
 * closed first. CONNECTED or DISCONNECTED follows; of the older one nothing does.
 */
void comfyui_socket_connect(struct comfyui_socket *socket, const char *client_id);

/* Readable while there are events to take. */
int comfyui_socket_descriptor(const struct comfyui_socket *socket);

/* Takes the oldest event; false if there is none. */
bool comfyui_socket_take(struct comfyui_socket *socket, struct comfyui_event *event);

#endif

#ifndef COMFYUI_CLIENT_H
#define COMFYUI_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"
#include "comfyui/configured.h"
#include "config/config.h"

/*
 * HTTP to ComfyUI. What is asked and what the answers mean is calls.h; this is the way there: the
 * base URL, headers and TLS of the configuration, connections that are kept, time limits, bounds.
 * No redirect is followed, no proxy of the environment is used and no cookie kept. The program
 * ignores SIGPIPE: TLS may raise it.
 *
 * A client belongs to one thread. There are two ways to use it, which may be mixed:
 *
 *   comfyui_client_call     waits for the answer: for a program that serves one request at a time
 *   comfyui_client_start    returns at once; `done` is called from comfyui_client_drive, which the
 *                           program calls whenever comfyui_client_descriptor is readable. That
 *                           descriptor stands for all sockets and all time limits: there is nothing
 *                           else to wait for, and it is silent while nothing is in the air.
 */

struct comfyui_client;
struct comfyui_transfer;

/* What is sent. calls.h makes these; a field that is zero means none. */
struct comfyui_request {
	const char *target;  /* path and query below the base URL, percent-encoded: "/queue" */
	bool post;	     /* POST `body`, else GET */
	struct text body;    /* JSON; need not outlive the start */
	bool once;	     /* must not reach ComfyUI twice: a new connection, never tried again */
	bool to_file;	     /* the body of a 200 is written to `file`, at its present offset */
	int file;	     /* the caller's; must stay open until the end */
	unsigned timeout_ms; /* from start to end, connecting included */
	unsigned silence_ms; /* ends a transfer that gets no byte for so long; 0: no such limit */
	size_t limit;	     /* bytes of the answer's body */
};

/* What came back. */
struct comfyui_response {
	const char *base;	/* the base URL, for messages; lives as long as the client */
	int status;		/* HTTP's; 0: there was no answer */
	char content_type[128]; /* "" without one */
	char location[256];	/* where a redirect leads; "" without one */
	struct buffer body;	/* empty where it went to the file */
	size_t file_length;	/* bytes written to the file */
	int file_error;		/* the errno with which writing to the file failed, or 0 */
	bool sent;		/* some of the request may have reached ComfyUI */
	bool timed_out;		/* the time limit or the limit of silence ended it */
};

/*
 * Makes a client for the configured ComfyUI. `config` must outlive it. Connects to nothing yet.
 * Returns false as comfyui_is_configured does, or with ERROR_SYSTEM.
 */
bool comfyui_client_open(
	const struct config *config, struct comfyui_client **client, struct error *error);

/* Ends all transfers without calling back, and frees everything. NULL is allowed. */
void comfyui_client_close(struct comfyui_client *client);

/*
 * Asks and waits. True if a whole answer came, of whatever status: calls.h tells what it means.
 * Else false with ERROR_UNAVAILABLE `comfyui_unreachable`, whose message says what the user can do;
 * or ERROR_SYSTEM `file_not_written` with response->file_error, or no memory.
 * Either way the caller ends with comfyui_response_free.
 */
bool comfyui_client_call(struct comfyui_client *client, const struct comfyui_request *request,
	struct comfyui_response *response, struct error *error);

void comfyui_response_free(struct comfyui_response *response);

/*
 * Told once at the end of a transfer that was started and not cancelled; `error` is NULL where
 * comfyui_client_call would have returned true. Both are valid during the call only; to keep the
 * body, take `response->body` and put an empty buffer in its place. May start and cancel transfers,
 * not close the client.
 */
typedef void comfyui_done(
	void *context, struct comfyui_response *response, const struct error *error);

/*
 * Starts a transfer. NULL with the error if there is no memory. `done` is never called from within
 * this call.
 */
struct comfyui_transfer *comfyui_client_start(struct comfyui_client *client,
	const struct comfyui_request *request, comfyui_done *done, void *context,
	struct error *error);

/* Ends a transfer that has not been told of yet; `done` will not be called. */
void comfyui_client_cancel(struct comfyui_client *client, struct comfyui_transfer *transfer);

/* For poll or epoll (POLLIN, level-triggered): readable when comfyui_client_drive has work. */
int comfyui_client_descriptor(const struct comfyui_client *client);

/* Does what can be done without waiting, and calls back for every transfer that has ended. */
void comfyui_client_drive(struct comfyui_client *client);

#endif

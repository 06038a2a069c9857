#ifndef CGI_FOLLOWERS_H
#define CGI_FOLLOWERS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/line_reader.h"
#include "base/outbox.h"

/*
 * The feeds that follow the watcher, over a unix socket, in lines. A feed says
 *
 *   watch ID    tell me of files of that training run only
 *   watch *     tell me of all files; one that is ready hears that either was taken (`watched`)
 *   follow      from now on
 *
 *   ping        how are you? It follows nothing by that
 *
 * and hears lines of JSON that it passes on to its browser, and some that are for itself:
 *
 *   ready       whatever happens from now on will be told
 *   tick        the watcher is alive; every 20 seconds
 *   pong STATE  how it is (watcher_state.h)
 */

#define FOLLOWERS_MOST 256

struct follower {
	int socket;
	struct line_reader reader;
	char bytes[256];
	struct outbox out;
	bool follows;
	bool ready;    /* was told so */
	bool narrowed; /* to `run` */
	bool gone;     /* to be removed */
	uint64_t run;
};

struct followers {
	struct follower *items[FOLLOWERS_MOST];
	size_t count;
};

/* Takes all that wait on the listening socket; more than FOLLOWERS_MOST are turned away. */
void followers_accept(struct followers *followers, int listening);

/* Which of the followers' lines are acted upon by their owner. */
typedef void followers_request(void *context, struct follower *follower, struct text line);

/*
 * Reads from a follower, and hands out its lines. One that is gone, or does not follow the rules,
 * is marked as such.
 */
void followers_read(struct follower *follower, followers_request *request, void *context);

/* Puts a line for one, or for all that are ready. */
void followers_tell_one(struct follower *follower, struct text line);
void followers_tell(struct followers *followers, struct text line);

/* For those that are ready and watch all runs or one of these. */
void followers_tell_about(
	struct followers *followers, struct text line, const uint64_t *runs, size_t run_count);

/* Sends what waits, and removes who is gone or has taken nothing for long. */
void followers_send(struct followers *followers);

/* True if somebody follows. */
bool followers_any(const struct followers *followers);

void followers_close(struct followers *followers);

#endif

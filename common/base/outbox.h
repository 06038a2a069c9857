#ifndef BASE_OUTBOX_H
#define BASE_OUTBOX_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

/*
 * Lines on their way into a pipe or socket in non-blocking mode, whose reader may be slow. What
 * does not fit into the maximum is not kept: it and all that waits before it gives way to one line
 * that tells of the loss, so that the reader is never misled by a gap.
 */
struct outbox {
	struct buffer waiting;
	size_t sent;	  /* of `waiting` */
	bool in_a_line;	  /* what was sent last was part of a line */
	struct text loss; /* the line that tells of a loss, without its end */
	int64_t taken_at; /* clock_monotonic() when the reader last took something */
};

/*
 * An empty outbox that holds at most `maximum` bytes. `loss` must live as long as the outbox and be
 * far shorter than `maximum`.
 */
void outbox_init(struct outbox *outbox, size_t maximum, struct text loss);

void outbox_free(struct outbox *outbox);

/* True if nothing waits. */
bool outbox_is_empty(const struct outbox *outbox);

/* Adds a line, which holds no line break. */
void outbox_put(struct outbox *outbox, struct text line);

/* Writes as much as the descriptor takes. False with errno if it will never take anything again. */
bool outbox_send(struct outbox *outbox, int descriptor);

/* For how many nanoseconds something has been waiting of which the reader took nothing. */
int64_t outbox_stuck(const struct outbox *outbox);

#endif

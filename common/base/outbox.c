#include "base/outbox.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"

#define KEPT_CAPACITY 4096 /* memory that an empty outbox may hold on to */

void outbox_init(struct outbox *outbox, size_t maximum, struct text loss)
{
	*outbox = (struct outbox){.loss = loss};
	buffer_init(&outbox->waiting, maximum);
}

void outbox_free(struct outbox *outbox)
{
	buffer_free(&outbox->waiting);
	outbox->sent = 0;
	outbox->in_a_line = false;
}

bool outbox_is_empty(const struct outbox *outbox)
{
	return outbox->sent == outbox->waiting.length;
}

/* Moves what is still to be sent to the buffer's beginning. */
static void close_up(struct outbox *outbox)
{
	struct buffer *waiting = &outbox->waiting;

	if (outbox->sent == 0)
		return;
	waiting->length -= outbox->sent;
	memmove(waiting->bytes, waiting->bytes + outbox->sent, waiting->length);
	outbox->sent = 0;
}

static bool append(struct outbox *outbox, struct text line)
{
	char *place = buffer_reserve(&outbox->waiting, line.length + 1);

	if (!place)
		return false;
	memcpy(place, line.at, line.length);
	place[line.length] = '\n';
	outbox->waiting.length += line.length + 1;
	return true;
}

/* Gives up what waits, but for the rest of a line that is sent in part, and tells of the loss. */
static void lose(struct outbox *outbox)
{
	struct buffer *waiting = &outbox->waiting;
	size_t end = outbox->sent;

	if (outbox_is_empty(outbox))
		outbox->taken_at = clock_monotonic();
	if (outbox->in_a_line)
		while (waiting->bytes[end++] != '\n')
			continue;
	waiting->length = end;
	close_up(outbox);
	waiting->failed = false;
	/* Without memory even for this, `failed` stays, and outbox_send gives up. */
	(void)append(outbox, outbox->loss);
}

void outbox_put(struct outbox *outbox, struct text line)
{
	struct buffer *waiting = &outbox->waiting;

	if (outbox_is_empty(outbox))
		outbox->taken_at = clock_monotonic();
	/* Moving costs as much as what still waits, so it is done when that is the smaller part. */
	if (outbox->sent > waiting->length / 2 || waiting->maximum - waiting->length <= line.length)
		close_up(outbox);
	if (!append(outbox, line))
		lose(outbox);
}

bool outbox_send(struct outbox *outbox, int descriptor)
{
	struct buffer *waiting = &outbox->waiting;

	if (waiting->failed) {
		errno = ENOMEM;
		return false;
	}
	while (!outbox_is_empty(outbox)) {
		ssize_t taken = write(
			descriptor, waiting->bytes + outbox->sent, waiting->length - outbox->sent);

		if (taken < 0 && errno == EINTR)
			continue;
		if (taken < 0)
			return errno == EAGAIN;
		outbox->sent += (size_t)taken;
		outbox->in_a_line = waiting->bytes[outbox->sent - 1] != '\n';
		outbox->taken_at = clock_monotonic();
	}
	waiting->length = 0;
	outbox->sent = 0;
	if (waiting->capacity > KEPT_CAPACITY)
		buffer_free(waiting);
	return true;
}

int64_t outbox_stuck(const struct outbox *outbox)
{
	return outbox_is_empty(outbox) ? 0 : clock_monotonic() - outbox->taken_at;
}

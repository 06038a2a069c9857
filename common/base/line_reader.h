#ifndef BASE_LINE_READER_H
#define BASE_LINE_READER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"

/* Cuts what comes over a pipe or socket into lines of a bounded length. */
struct line_reader {
	char *bytes;
	size_t capacity;
	size_t length; /* bytes read and not yet given up */
	size_t given;  /* of them handed out as lines */
	bool too_long; /* in the middle of a line that did not fit */
};

enum line_result {
	LINE_READY,    /* a whole line, without its end */
	LINE_TOO_LONG, /* a line did not fit; its bytes are gone */
	LINE_NONE      /* no whole line is there yet: read on */
};

/* `bytes` is the caller's and holds the longest line with its end. */
void line_reader_init(struct line_reader *reader, char *bytes, size_t capacity);

/* Forgets what was read: for a new connection. */
void line_reader_clear(struct line_reader *reader);

/*
 * Reads once from the descriptor, after all lines that were there have been taken. Returns as
 * read(2): 0 at the end, -1 with errno.
 */
ssize_t line_reader_fill(struct line_reader *reader, int descriptor);

/* Takes the next line; it is valid until the next line_reader_fill. */
enum line_result line_reader_next(struct line_reader *reader, struct text *line);

#endif

#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/*
 * Bytes that grow, up to a maximum given at the start. An append that does not fit sets `failed`
 * and every later append does nothing, so that a writer checks once, at the end.
 */
struct buffer {
	char *bytes; /* not terminated */
	size_t length;
	size_t capacity;
	size_t maximum;
	bool failed;
};

/* An empty buffer that will hold at most `maximum` bytes; holds no memory until the first append.
 */
void buffer_init(struct buffer *buffer, size_t maximum);

/* Gives the memory back; the buffer is empty afterwards and may be used again. */
void buffer_free(struct buffer *buffer);

/*
 * Makes room for `more` bytes, to be written at bytes + length by the caller, who then adds to
 * `length`. Returns where, or NULL (and `failed` is set).
 */
char *buffer_reserve(struct buffer *buffer, size_t more);

void buffer_append(struct buffer *buffer, struct text value);
void buffer_append_byte(struct buffer *buffer, char byte);
void buffer_append_string(struct buffer *buffer, const char *string);
void buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What the buffer holds; valid until the next append. */
static inline struct text buffer_text(const struct buffer *buffer)
{
	return (struct text){buffer->bytes ? buffer->bytes : "", buffer->length};
}

#endif

#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A run of bytes that belongs to somebody else: not terminated, may hold any byte. */
struct text {
	const char *at;
	size_t length;
};

/* A string literal as a text. */
#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

/* The same where only a constant may stand: in a static table. */
#define TEXT_INITIALIZER(literal)              \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

/* printf's "%.*s" takes these two arguments. */
#define TEXT_ARGUMENTS(value) (int)(value).length, (value).at

/* The bytes of a C string before its terminator; NULL is the empty text. */
static inline struct text text_from(const char *string)
{
	return (struct text){string ? string : "", string ? strlen(string) : 0};
}

/* True if both hold the same bytes. */
static inline bool text_equal(struct text a, struct text b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* Order of bytes, shorter first where one begins the other: <0, 0 or >0. */
static inline int text_compare(struct text a, struct text b)
{
	size_t shared = a.length < b.length ? a.length : b.length;
	int order = shared ? memcmp(a.at, b.at, shared) : 0;

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

/* The part from offset `from` (at most the length) on. */
static inline struct text text_from_offset(struct text value, size_t from)
{
	return (struct text){value.at + from, value.length - from};
}

/* The first `length` bytes (at most the length). */
static inline struct text text_head(struct text value, size_t length)
{
	return (struct text){value.at, length};
}

/* True if `value` begins, or ends, with `part`. */
static inline bool text_starts_with(struct text value, struct text part)
{
	return value.length >= part.length && text_equal(text_head(value, part.length), part);
}

static inline bool text_ends_with(struct text value, struct text part)
{
	return value.length >= part.length &&
	       text_equal(text_from_offset(value, value.length - part.length), part);
}

#endif

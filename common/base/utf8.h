#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/text.h"

/*
 * The length in bytes (1 to 4) of the well-formed UTF-8 sequence that `value` begins with, or 0 if
 * it begins with none (or is empty). Overlong forms, surrogates and what lies above U+10FFFF are
 * not well-formed.
 */
size_t utf8_sequence(struct text value);

/* True if all of it is well-formed UTF-8. */
bool utf8_valid(struct text value);

/* Appends `value` with every byte that is not part of a well-formed sequence as U+FFFD. */
void utf8_append_lossy(struct buffer *buffer, struct text value);

/* Appends Latin-1 bytes as UTF-8. */
void utf8_append_latin1(struct buffer *buffer, struct text value);

#endif

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

/*
 * The first bytes of `value`, at most `limit` of them, cut between two characters: well-formed
 * UTF-8 stays so. `at` may be NULL where the length is 0.
 */
struct text utf8_head(struct text value, size_t limit);

/* Copies `value` into `to`, of `size` bytes (at least 1), cut as by utf8_head, and terminates it.
 */
void utf8_copy(char *to, size_t size, struct text value);

/* How many characters (code points) well-formed UTF-8 holds. */
size_t utf8_count(struct text value);

/* Well-formed UTF-8 without the white space (Unicode's) at both its ends. */
struct text utf8_trim(struct text value);

/*
 * True if well-formed UTF-8 holds a control character: U+0000 to U+001F, U+007F to U+009F, and the
 * separators of lines and paragraphs.
 */
bool utf8_has_control(struct text value);

/*
 * Appends well-formed UTF-8 in a form that is equal for texts that differ in upper and lower case
 * only, character by character as the C library knows them: `Ü` is `ü`, but `ß` is not `ss`.
 * For comparing and sorting, not for showing. Sets the buffer's `failed` also if the system has no
 * locale C.UTF-8.
 */
void utf8_append_folded(struct buffer *buffer, struct text value);

#endif

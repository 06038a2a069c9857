#ifndef NAMING_ASCII_H
#define NAMING_ASCII_H

#include <stdbool.h>

#include "base/text.h"

/* Character classes of ASCII, whatever the locale; bytes above 127 belong to none. */

static inline bool ascii_is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool ascii_is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static inline char ascii_lower(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return (char)(byte | 0x20);
	return byte;
}

/* True if `value` ends with `part` (which is in lower case), upper and lower case being the same.
 */
static inline bool ascii_ends_with(struct text value, struct text part)
{
	if (value.length < part.length)
		return false;
	for (size_t i = 0; i < part.length; i++)
		if (ascii_lower(value.at[value.length - part.length + i]) != part.at[i])
			return false;
	return true;
}

/* How many digits `value` ends with. */
static inline size_t ascii_trailing_digits(struct text value)
{
	size_t count = 0;

	while (count < value.length && ascii_is_digit(value.at[value.length - 1 - count]))
		count++;
	return count;
}

/* Digits without their leading zeros; "0" for zeros alone. */
static inline struct text ascii_without_zeros(struct text digits)
{
	while (digits.length > 1 && digits.at[0] == '0')
		digits = text_from_offset(digits, 1);
	return digits;
}

#endif

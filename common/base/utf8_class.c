#include "base/utf8.h"

#include <locale.h>
#include <stdint.h>
#include <wctype.h>

/* The code point of a well-formed sequence of `length` bytes. */
static uint32_t decode(const char *sequence, size_t length)
{
	const unsigned char *at = (const unsigned char *)sequence;
	uint32_t code = length == 1 ? at[0] : at[0] & (0x7fu >> length);

	for (size_t i = 1; i < length; i++)
		code = code << 6 | (at[i] & 0x3f);
	return code;
}

/* The first code point of well-formed UTF-8; `*value` moves past it. */
static uint32_t take(struct text *value)
{
	size_t length = utf8_sequence(*value);
	uint32_t code;

	length = length ? length : 1;
	code = decode(value->at, length);
	*value = text_from_offset(*value, length);
	return code;
}

static void append(struct buffer *buffer, uint32_t code)
{
	char bytes[4];
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = length; i-- > 1; code >>= 6)
		bytes[i] = (char)(0x80 | (code & 0x3f));
	bytes[0] = (char)(length == 1 ? code : (0xf00u >> length & 0xff) | code);
	buffer_append(buffer, (struct text){bytes, length});
}

static bool is_space(uint32_t code)
{
	return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
	       code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
	       code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000 ||
	       code == 0xfeff;
}

size_t utf8_count(struct text value)
{
	size_t count = 0;

	for (; value.length; count++)
		(void)take(&value);
	return count;
}

struct text utf8_trim(struct text value)
{
	struct text rest = value;
	size_t end = 0; /* after the last character that is no white space */

	while (rest.length) {
		bool space = is_space(take(&rest));

		if (!space)
			end = (size_t)(rest.at - value.at);
		else if (end == 0)
			value = rest;
	}
	return text_head(value, end);
}

bool utf8_has_control(struct text value)
{
	while (value.length) {
		uint32_t code = take(&value);

		if (code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 ||
			code == 0x2029)
			return true;
	}
	return false;
}

void utf8_append_folded(struct buffer *buffer, struct text value)
{
	locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);

	if (!unicode) {
		buffer->failed = true;
		return;
	}
	/* By way of upper case, so that both small sigmas become one. */
	while (value.length)
		append(buffer,
			(uint32_t)towlower_l(towupper_l((wint_t)take(&value), unicode), unicode));
	freelocale(unicode);
}

#include "base/utf8.h"

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t utf8_sequence(struct text value)
{
	const unsigned char *at = (const unsigned char *)value.at;
	size_t length;

	if (value.length == 0)
		return 0;
	if (at[0] < 0x80)
		return 1;
	length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	if (at[0] < 0xc2 || at[0] > 0xf4 || value.length < length)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (!is_continuation(value.at[i]))
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
		(at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

bool utf8_valid(struct text value)
{
	while (value.length) {
		size_t length = utf8_sequence(value);

		if (length == 0)
			return false;
		value = text_from_offset(value, length);
	}
	return true;
}

struct text utf8_head(struct text value, size_t limit)
{
	if (value.length <= limit)
		return value;
	while (limit && is_continuation(value.at[limit]))
		limit--;
	return text_head(value, limit);
}

void utf8_copy(char *to, size_t size, struct text value)
{
	value = utf8_head(value, size - 1);
	if (value.length)
		memcpy(to, value.at, value.length);
	to[value.length] = '\0';
}

void utf8_append_lossy(struct buffer *buffer, struct text value)
{
	while (value.length) {
		size_t length = utf8_sequence(value);

		if (length)
			buffer_append(buffer, text_head(value, length));
		else
			buffer_append(buffer, TEXT("\xef\xbf\xbd"));
		value = text_from_offset(value, length ? length : 1);
	}
}

void utf8_append_latin1(struct buffer *buffer, struct text value)
{
	for (size_t i = 0; i < value.length; i++) {
		unsigned char byte = (unsigned char)value.at[i];

		if (byte < 0x80) {
			buffer_append_byte(buffer, value.at[i]);
		} else {
			buffer_append_byte(buffer, (char)(0xc0 | byte >> 6));
			buffer_append_byte(buffer, (char)(0x80 | (byte & 0x3f)));
		}
	}
}

#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buffer_init(struct buffer *buffer, size_t maximum)
{
	*buffer = (struct buffer){.maximum = maximum};
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->bytes);
	buffer_init(buffer, buffer->maximum);
}

char *buffer_reserve(struct buffer *buffer, size_t more)
{
	size_t wanted = buffer->capacity ? buffer->capacity : 256;
	char *bytes;

	if (buffer->failed || more > buffer->maximum - buffer->length) {
		buffer->failed = true;
		return NULL;
	}
	if (buffer->capacity - buffer->length >= more && buffer->bytes)
		return buffer->bytes + buffer->length;
	while (wanted - buffer->length < more)
		wanted *= 2;
	if (wanted > buffer->maximum)
		wanted = buffer->maximum;
	/* One more than the capacity: the terminator that vsnprintf writes. */
	bytes = realloc(buffer->bytes, wanted + 1);
	if (!bytes) {
		buffer->failed = true;
		return NULL;
	}
	buffer->bytes = bytes;
	buffer->capacity = wanted;
	return bytes + buffer->length;
}

void buffer_append(struct buffer *buffer, struct text value)
{
	char *to = buffer_reserve(buffer, value.length);

	if (!to || value.length == 0)
		return;
	memcpy(to, value.at, value.length);
	buffer->length += value.length;
}

void buffer_append_byte(struct buffer *buffer, char byte)
{
	buffer_append(buffer, (struct text){&byte, 1});
}

void buffer_append_string(struct buffer *buffer, const char *string)
{
	buffer_append(buffer, text_from(string));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	char small[256];
	int length;
	char *to;

	va_start(arguments, format);
	length = vsnprintf(small, sizeof(small), format, arguments);
	va_end(arguments);
	if (length < 0) {
		buffer->failed = true;
		return;
	}
	if ((size_t)length < sizeof(small)) {
		buffer_append(buffer, (struct text){small, (size_t)length});
		return;
	}
	to = buffer_reserve(buffer, (size_t)length);
	if (!to)
		return;
	va_start(arguments, format);
	(void)vsnprintf(to, (size_t)length + 1, format, arguments);
	va_end(arguments);
	buffer->length += (size_t)length;
}

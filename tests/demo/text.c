#include "text.h"

#include "picture.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void demo_text_free(struct demo_text *text)
{
	free(text->bytes);
	*text = (struct demo_text){0};
}

static void make_room(struct demo_text *text, size_t more)
{
	size_t capacity = text->capacity ? text->capacity : 1024;
	char *bytes;

	if (text->length + more < text->capacity)
		return;
	while (capacity <= text->length + more)
		capacity *= 2;
	bytes = demo_allocate(capacity, 1);
	if (text->length)
		memcpy(bytes, text->bytes, text->length);
	free(text->bytes);
	text->bytes = bytes;
	text->capacity = capacity;
}

void demo_text_add(struct demo_text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	make_room(text, (size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(text->bytes + text->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	text->length += (size_t)length;
}

void demo_text_add_string(struct demo_text *text, const char *value)
{
	demo_text_add(text, "\"");
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if (c == '"' || c == '\\')
			demo_text_add(text, "\\%c", c);
		else if (c == '\n')
			demo_text_add(text, "\\n");
		else if (c < 0x20)
			demo_text_add(text, "\\u%04x", c);
		else
			demo_text_add(text, "%c", c);
	}
	demo_text_add(text, "\"");
}

void demo_text_add_encoded(struct demo_text *text, const char *value)
{
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if (isalnum(c) || strchr("-_.~", c))
			demo_text_add(text, "%c", c);
		else
			demo_text_add(text, "%%%02X", c);
	}
}

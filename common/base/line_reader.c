#include "base/line_reader.h"

#include <unistd.h>

void line_reader_init(struct line_reader *reader, char *bytes, size_t capacity)
{
	*reader = (struct line_reader){.bytes = bytes, .capacity = capacity};
}

void line_reader_clear(struct line_reader *reader)
{
	reader->length = 0;
	reader->given = 0;
	reader->too_long = false;
}

ssize_t line_reader_fill(struct line_reader *reader, int descriptor)
{
	ssize_t count;

	reader->length -= reader->given;
	memmove(reader->bytes, reader->bytes + reader->given, reader->length);
	reader->given = 0;
	if (reader->length == reader->capacity) {
		reader->too_long = true;
		reader->length = 0;
	}
	count = read(descriptor, reader->bytes + reader->length, reader->capacity - reader->length);
	if (count > 0)
		reader->length += (size_t)count;
	return count;
}

enum line_result line_reader_next(struct line_reader *reader, struct text *line)
{
	const char *start = reader->bytes + reader->given;
	const char *end = memchr(start, '\n', reader->length - reader->given);

	if (!end) {
		if (reader->too_long)
			reader->given = reader->length;
		return LINE_NONE;
	}
	*line = (struct text){start, (size_t)(end - start)};
	reader->given += line->length + 1;
	if (!reader->too_long)
		return LINE_READY;
	reader->too_long = false;
	return LINE_TOO_LONG;
}

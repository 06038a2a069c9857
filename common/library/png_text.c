#include "library/png_text.h"

#include <stdint.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "library/deflate.h"
#include "library/writing.h"

#define SIGNATURE    TEXT("\x89PNG\r\n\x1a\n")
#define KEYWORD_MAX  79
#define CHUNK_FRAME  12 /* length, type and checksum around a chunk's data */
#define LENGTH_LIMIT 0x7fffffff

struct png {
	struct arena *arena;
	int descriptor;
	struct library_metadata *metadata;
	struct error *error;
	struct buffer chunk;   /* type, data and checksum of the chunk in work */
	struct buffer content; /* inflated, or turned to UTF-8 */
};

static bool incomplete(const struct png *png)
{
	struct stat status;

	if (fstat(png->descriptor, &status) == 0 && !library_being_written(&status))
		return library_damaged(png->error, "it ends before the picture does");
	return error_set(png->error, ERROR_UNAVAILABLE, "file_incomplete",
		"The file ends before the picture does: it is still being written. Try again in a "
		"moment.");
}

static uint32_t big_endian(const char *bytes)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 8 | (unsigned char)bytes[i];
	return value;
}

/* The part of `*rest` before the next NUL byte; `*rest` becomes what follows it. */
static bool take_field(struct text *rest, struct text *field)
{
	const char *end = rest->length ? memchr(rest->at, '\0', rest->length) : NULL;

	if (!end)
		return false;
	*field = text_head(*rest, (size_t)(end - rest->at));
	*rest = text_from_offset(*rest, field->length + 1);
	return true;
}

/* Inflates `*text` into png->content. */
static bool inflate(struct png *png, struct text *text)
{
	switch (library_inflate(*text, &png->content)) {
	case LIBRARY_INFLATED:
		*text = buffer_text(&png->content);
		return true;
	case LIBRARY_INFLATE_DAMAGED:
		return library_damaged(png->error, "a compressed text in it cannot be unpacked");
	case LIBRARY_INFLATE_TOO_LONG:
		return library_damaged(png->error, "a text in it is longer than 32 MiB");
	case LIBRARY_INFLATE_MEMORY:
		break;
	}
	return error_memory(png->error);
}

/* A copy of the text in the arena, as UTF-8. */
static struct text keep(struct png *png, struct text text, bool is_latin1)
{
	struct buffer converted;
	struct text kept;

	if (!is_latin1)
		return arena_text(png->arena, text);
	buffer_init(&converted, 2 * LIMIT_PNG_TEXT);
	utf8_append_latin1(&converted, text);
	kept = converted.failed ? (struct text){NULL, 0}
				: arena_text(png->arena, buffer_text(&converted));
	buffer_free(&converted);
	return kept;
}

/* What stands between keyword and text of an iTXt chunk: compression, language, translated keyword.
 */
static bool take_international(struct text *rest, bool *is_compressed)
{
	struct text language;
	struct text translated;

	if (rest->length < 2 || (rest->at[0] != 0 && rest->at[0] != 1) || rest->at[1] != 0)
		return false;
	*is_compressed = rest->at[0] == 1;
	*rest = text_from_offset(*rest, 2);
	return take_field(rest, &language) && take_field(rest, &translated);
}

/* Takes the text out of a chunk of the type `type`. */
static bool take_text(struct png *png, const char *type, struct text data)
{
	struct text keyword;
	struct text text = data;
	bool is_latin1 = type[0] != 'i';
	bool is_compressed = type[0] == 'z';

	if (!take_field(&text, &keyword) || keyword.length == 0 || keyword.length > KEYWORD_MAX)
		return true;
	if (type[0] == 'z') {
		if (text.length == 0 || text.at[0] != 0)
			return true;
		text = text_from_offset(text, 1);
	}
	if (type[0] == 'i' && !take_international(&text, &is_compressed))
		return true;
	keyword = keep(png, keyword, true);
	if (!keyword.at)
		return error_memory(png->error);
	if (library_is_interned(&png->metadata->keys, keyword))
		return true;
	if (is_compressed && !inflate(png, &text))
		return false;
	text = keep(png, text, is_latin1);
	if (!text.at)
		return error_memory(png->error);
	return library_metadata_add(png->arena, png->metadata, keyword, text, png->error);
}

/* Reads the chunk whose length field stands at `offset`, and checks it. */
static bool read_text_chunk(struct png *png, const char *type, uint32_t length, off_t offset)
{
	size_t size = (size_t)length + 8;
	char *bytes;
	ssize_t got;

	if (length > LIMIT_PNG_TEXT)
		return library_damaged(png->error, "a text in it is longer than 32 MiB");
	png->chunk.length = 0;
	bytes = buffer_reserve(&png->chunk, size);
	if (!bytes)
		return error_memory(png->error);
	got = library_read_at(png->descriptor, bytes, size, offset + 4);
	if (got < 0)
		return library_read_failed(png->error);
	if ((size_t)got < size)
		return incomplete(png);
	if (library_crc32((struct text){bytes, size - 4}) != big_endian(bytes + size - 4))
		return library_damaged(png->error, "the checksum of a text in it is wrong");
	return take_text(png, type, (struct text){bytes + 4, length});
}

static bool is_type(const char *type, const char *wanted)
{
	return memcmp(type, wanted, 4) == 0;
}

static bool is_letters(const char *type)
{
	for (int i = 0; i < 4; i++)
		if (!((type[i] >= 'a' && type[i] <= 'z') || (type[i] >= 'A' && type[i] <= 'Z')))
			return false;
	return true;
}

static bool read_signature(struct png *png)
{
	char bytes[8];
	ssize_t got = library_read_at(png->descriptor, bytes, sizeof(bytes), 0);

	if (got < 0)
		return library_read_failed(png->error);
	if (!text_starts_with(SIGNATURE, (struct text){bytes, (size_t)got}))
		return library_damaged(png->error, "it is not a PNG");
	return (size_t)got == sizeof(bytes) || incomplete(png);
}

/* Walks over all chunks to the end chunk. */
static bool read_chunks(struct png *png)
{
	off_t offset = (off_t)SIGNATURE.length;

	for (int count = 0; count < LIMIT_PNG_CHUNKS; count++) {
		char head[8];
		const char *type = head + 4;
		ssize_t got = library_read_at(png->descriptor, head, sizeof(head), offset);
		uint32_t length;

		if (got < 0)
			return library_read_failed(png->error);
		if ((size_t)got < sizeof(head))
			return incomplete(png);
		length = big_endian(head);
		if (length > LENGTH_LIMIT || !is_letters(type) ||
			(count == 0 && !is_type(type, "IHDR")))
			return library_damaged(png->error, "it is not built as a PNG is");
		if (is_type(type, "IEND"))
			return true;
		if ((is_type(type, "tEXt") || is_type(type, "zTXt") || is_type(type, "iTXt")) &&
			!read_text_chunk(png, type, length, offset))
			return false;
		offset += (off_t)length + CHUNK_FRAME;
	}
	return library_damaged(png->error, "it consists of more than %d chunks", LIMIT_PNG_CHUNKS);
}

bool library_read_png_text(
	struct arena *arena, int descriptor, struct library_metadata *metadata, struct error *error)
{
	struct png png = {
		.arena = arena, .descriptor = descriptor, .metadata = metadata, .error = error};
	bool done;

	buffer_init(&png.chunk, LIMIT_PNG_TEXT + 8);
	buffer_init(&png.content, LIMIT_PNG_TEXT);
	done = read_signature(&png) && read_chunks(&png);
	buffer_free(&png.chunk);
	buffer_free(&png.content);
	return done;
}

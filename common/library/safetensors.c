#include "library/safetensors.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/limits.h"

#define KEYS_MAX 65536 /* trainers write about 60 */

/* What is left to read of a JSON text. */
struct cursor {
	const char *at;
	const char *end;
};

static void skip_space(struct cursor *cursor)
{
	while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t' ||
						   *cursor->at == '\n' || *cursor->at == '\r'))
		cursor->at++;
}

static bool take(struct cursor *cursor, char byte)
{
	if (cursor->at == cursor->end || *cursor->at != byte)
		return false;
	cursor->at++;
	return true;
}

/* Passes over a string; false if it does not end. */
static bool skip_string(struct cursor *cursor)
{
	if (!take(cursor, '"'))
		return false;
	while (cursor->at < cursor->end && *cursor->at != '"')
		cursor->at += *cursor->at == '\\' && cursor->end - cursor->at > 1 ? 2 : 1;
	return take(cursor, '"');
}

static bool skip_nested(struct cursor *cursor)
{
	size_t depth = 0;

	do {
		if (cursor->at == cursor->end)
			return false;
		if (*cursor->at == '"') {
			if (!skip_string(cursor))
				return false;
			continue;
		}
		if (*cursor->at == '{' || *cursor->at == '[')
			depth++;
		if (*cursor->at == '}' || *cursor->at == ']')
			depth--;
		cursor->at++;
	} while (depth);
	return true;
}

/* Passes over a value of any kind, which becomes `*value`; false if it does not end. */
static bool skip_value(struct cursor *cursor, struct text *value)
{
	const char *start = cursor->at;
	bool done = true;

	if (start == cursor->end)
		return false;
	if (*start == '"')
		done = skip_string(cursor);
	else if (*start == '{' || *start == '[')
		done = skip_nested(cursor);
	else
		while (cursor->at < cursor->end && !strchr(",}] \t\r\n", *cursor->at))
			cursor->at++;
	*value = (struct text){start, (size_t)(cursor->at - start)};
	return done && value->length > 0;
}

enum member { MEMBER, MEMBER_END, MEMBER_DAMAGED };

/* Reads one member of an object, whose `{` has been taken: key (with its quotes) and value. */
static enum member next_member(
	struct cursor *cursor, bool is_first, struct text *key, struct text *value)
{
	const char *start;

	skip_space(cursor);
	if (take(cursor, '}'))
		return MEMBER_END;
	if (!is_first && !take(cursor, ','))
		return MEMBER_DAMAGED;
	skip_space(cursor);
	start = cursor->at;
	if (!skip_string(cursor))
		return MEMBER_DAMAGED;
	*key = (struct text){start, (size_t)(cursor->at - start)};
	skip_space(cursor);
	if (!take(cursor, ':'))
		return MEMBER_DAMAGED;
	skip_space(cursor);
	return skip_value(cursor, value) ? MEMBER : MEMBER_DAMAGED;
}

static bool damaged_header(struct error *error)
{
	return library_damaged(error, "its header is not valid JSON");
}

/* The text of a JSON string. */
static bool decode(
	struct arena *arena, struct text source, struct text *decoded, struct error *error)
{
	const struct json *json = json_parse(arena, source, 1, error);

	if (!json || json->type != JSON_STRING)
		return !json && error->kind == ERROR_SYSTEM ? false : damaged_header(error);
	*decoded = json->string;
	return true;
}

static bool add_member(struct arena *arena, struct text key, struct text value,
	struct library_metadata *metadata, struct error *error)
{
	struct text name = TEXT("");
	struct text content = TEXT("");

	if (!decode(arena, key, &name, error))
		return false;
	if (value.at[0] != '"') {
		content = arena_text(arena, value);
		if (!content.at)
			return error_memory(error);
	} else if (!decode(arena, value, &content, error)) {
		return false;
	}
	return library_metadata_add(arena, metadata, name, content, error);
}

static bool parse_metadata(struct arena *arena, struct text object,
	struct library_metadata *metadata, struct error *error)
{
	struct cursor cursor = {object.at, object.at + object.length};
	struct text key;
	struct text value;

	if (text_equal(object, TEXT("null")))
		return true;
	if (object.length > LIMIT_METADATA)
		return library_damaged(error, "its __metadata__ is larger than 64 MiB");
	if (!take(&cursor, '{'))
		return library_damaged(error, "its __metadata__ is not an object");
	for (size_t count = 0; count < KEYS_MAX; count++) {
		switch (next_member(&cursor, count == 0, &key, &value)) {
		case MEMBER:
			if (!add_member(arena, key, value, metadata, error))
				return false;
			break;
		case MEMBER_END:
			return true;
		case MEMBER_DAMAGED:
			return damaged_header(error);
		}
	}
	return library_damaged(error, "its __metadata__ has more than %d keys", KEYS_MAX);
}

bool library_parse_safetensors(struct arena *arena, struct text header,
	struct library_metadata *metadata, struct error *error)
{
	struct cursor cursor = {header.at, header.at + header.length};
	struct text key;
	struct text value;

	if (!take(&cursor, '{'))
		return damaged_header(error);
	for (bool is_first = true;; is_first = false) {
		switch (next_member(&cursor, is_first, &key, &value)) {
		case MEMBER:
			if (text_equal(key, TEXT("\"__metadata__\"")))
				return parse_metadata(arena, value, metadata, error);
			break;
		case MEMBER_END:
			return true;
		case MEMBER_DAMAGED:
			return damaged_header(error);
		}
	}
}

/* Reads `size` bytes at `offset`, which must be there. */
static bool read_all(int descriptor, char *bytes, size_t size, off_t offset, struct error *error)
{
	ssize_t got = library_read_at(descriptor, bytes, size, offset);

	if (got < 0)
		return library_read_failed(error);
	return (size_t)got == size || library_damaged(error, "it ends in the middle of its header");
}

/* The header's length, if it can be true. */
static bool read_length(int descriptor, uint64_t *length, struct error *error)
{
	unsigned char bytes[8];
	struct stat status;

	*length = 0;
	if (!read_all(descriptor, (char *)bytes, sizeof(bytes), 0, error))
		return false;
	for (size_t i = sizeof(bytes); i-- > 0;)
		*length = *length << 8 | bytes[i];
	if (*length > LIMIT_SAFETENSORS_HEADER)
		return library_damaged(error,
			"its header claims to be %llu bytes long, more than 100 MiB",
			(unsigned long long)*length);
	if (fstat(descriptor, &status) != 0)
		return library_read_failed(error);
	if (*length > (uint64_t)status.st_size - sizeof(bytes))
		return library_damaged(error,
			"its header claims to be %llu bytes long, and the file has only %lld",
			(unsigned long long)*length, (long long)status.st_size);
	return true;
}

bool library_read_safetensors(
	struct arena *arena, int descriptor, struct library_metadata *metadata, struct error *error)
{
	uint64_t length;
	char *header;
	bool done;

	if (!read_length(descriptor, &length, error))
		return false;
	/* Not from the arena: it dies before the answer is made. */
	header = malloc(length ? length : 1);
	if (!header)
		return error_memory(error);
	done = read_all(descriptor, header, length, 8, error) &&
	       library_parse_safetensors(arena, (struct text){header, length}, metadata, error);
	free(header);
	return done;
}

#include "comfyui/json.h"

#include <stdint.h>

/* --- Mending ---------------------------------------------------------------------------------- */

/* The code unit of four hexadecimal digits, or -1. */
static int unit_at(struct text rest)
{
	int unit = 0;

	if (rest.length < 6 || rest.at[0] != '\\' || rest.at[1] != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		unsigned char byte = (unsigned char)rest.at[i];

		if (byte >= '0' && byte <= '9')
			unit = unit * 16 + byte - '0';
		else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
			unit = unit * 16 + (byte | 0x20) - 'a' + 10;
		else
			return -1;
	}
	return unit;
}

static bool is_high(int unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(int unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Writes over what is there. */
static void overwrite(char *at, struct text with)
{
	memcpy(at, with.at, with.length);
}

/* Mends the escape at `at`; returns its length. */
static size_t mend_escape(char *at, size_t length)
{
	struct text rest = {at, length};
	int unit = unit_at(rest);

	if (unit < 0)
		return length < 2 ? length : 2;
	if (is_high(unit) && is_low(unit_at(text_from_offset(rest, 6))))
		return 12;
	if (is_high(unit) || is_low(unit) || unit == 0)
		overwrite(at, TEXT("\\ufffd"));
	return 6;
}

/* Mends the word at `at`, outside strings; returns its length. */
static size_t mend_word(char *at, size_t length)
{
	static const struct text words[] = {TEXT_INITIALIZER("NaN"), TEXT_INITIALIZER("Infinity"),
		TEXT_INITIALIZER("-Infinity")};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!text_starts_with((struct text){at, length}, words[i]))
			continue;
		memset(at, ' ', words[i].length);
		overwrite(at, TEXT("{}"));
		return words[i].length;
	}
	return 1;
}

void comfyui_json_mend(char *bytes, size_t length)
{
	bool in_string = false;

	for (size_t i = 0; i < length;) {
		char byte = bytes[i];

		if (in_string && byte == '\\') {
			i += mend_escape(bytes + i, length - i);
		} else if (byte == '"') {
			in_string = !in_string;
			i++;
		} else if (!in_string && (byte == 'N' || byte == 'I' || byte == '-')) {
			i += mend_word(bytes + i, length - i);
		} else {
			i++;
		}
	}
}

/* --- Walking ---------------------------------------------------------------------------------- */

static bool fail(struct comfyui_items *items)
{
	items->failed = true;
	return false;
}

static bool is_punctuation(const struct comfyui_items *items, enum json_token token, char which)
{
	return token == JSON_TOKEN_PUNCTUATION &&
	       items->lexer.source.at[items->lexer.start] == which;
}

/* Passes over the value that begins with `token`, which was just read. */
static bool take_value(struct comfyui_items *items, enum json_token token)
{
	size_t start = items->lexer.start;
	size_t depth = 0;

	for (;;) {
		if (token == JSON_TOKEN_END || token == JSON_TOKEN_FAULT)
			return fail(items);
		if (is_punctuation(items, token, '{') || is_punctuation(items, token, '['))
			depth++;
		else if (is_punctuation(items, token, '}') || is_punctuation(items, token, ']'))
			depth = depth ? depth - 1 : SIZE_MAX;
		else if (depth == 0 && (token == JSON_TOKEN_PUNCTUATION || token == JSON_TOKEN_KEY))
			return fail(items);
		if (depth == SIZE_MAX)
			return fail(items);
		if (depth == 0)
			break;
		token = json_lexer_next(&items->lexer);
	}
	items->value = (struct text){items->lexer.source.at + start, items->lexer.at - start};
	return true;
}

static bool take_key(struct comfyui_items *items, enum json_token token)
{
	const struct json_lexer *lexer = &items->lexer;

	if (token != JSON_TOKEN_KEY)
		return fail(items);
	items->key =
		(struct text){lexer->source.at + lexer->start + 1, lexer->at - lexer->start - 2};
	token = json_lexer_next(&items->lexer);
	return is_punctuation(items, token, ':') || fail(items);
}

void comfyui_items_begin(struct comfyui_items *items, struct text source)
{
	enum json_token token;

	*items = (struct comfyui_items){.lexer = {.source = source}};
	token = json_lexer_next(&items->lexer);
	items->is_object = is_punctuation(items, token, '{');
	items->failed = !items->is_object && !is_punctuation(items, token, '[');
}

bool comfyui_items_next(struct comfyui_items *items)
{
	enum json_token token;

	if (items->failed || items->ended)
		return false;
	token = json_lexer_next(&items->lexer);
	if (is_punctuation(items, token, items->is_object ? '}' : ']')) {
		items->ended = true;
		return json_lexer_next(&items->lexer) != JSON_TOKEN_END && fail(items);
	}
	if (items->started) {
		if (!is_punctuation(items, token, ','))
			return fail(items);
		token = json_lexer_next(&items->lexer);
	}
	items->started = true;
	if (items->is_object) {
		if (!take_key(items, token))
			return false;
		token = json_lexer_next(&items->lexer);
	}
	return take_value(items, token);
}

struct text comfyui_json_member(struct text object, const char *key)
{
	struct text found = {NULL, 0};
	struct comfyui_items items;

	comfyui_items_begin(&items, object);
	while (comfyui_items_next(&items))
		if (items.is_object && text_equal(items.key, text_from(key)))
			found = items.value;
	return items.failed ? (struct text){NULL, 0} : found;
}

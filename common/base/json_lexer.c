#include "base/json_lexer.h"

#include <stdbool.h>

#include "base/utf8.h"

#define END_OF_SOURCE (-1)

static enum json_token fail(struct json_lexer *lexer, const char *fault)
{
	lexer->fault = fault;
	return JSON_TOKEN_FAULT;
}

/* The byte at the lexer's place, or END_OF_SOURCE. */
static int peek(const struct json_lexer *lexer)
{
	if (lexer->at >= lexer->source.length)
		return END_OF_SOURCE;
	return (unsigned char)lexer->source.at[lexer->at];
}

static void skip_white_space(struct json_lexer *lexer)
{
	for (int byte = peek(lexer); byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
		byte = peek(lexer))
		lexer->at++;
}

static size_t skip_digits(struct json_lexer *lexer)
{
	size_t from = lexer->at;

	while (peek(lexer) >= '0' && peek(lexer) <= '9')
		lexer->at++;
	return lexer->at - from;
}

/* True if the digits (no leading zero) exceed int64's range below zero, or uint64's above. */
static bool is_long(struct text digits, bool negative)
{
	struct text most = negative ? TEXT("9223372036854775808") : TEXT("18446744073709551615");

	if (digits.length != most.length)
		return digits.length > most.length;
	return text_compare(digits, most) > 0;
}

static enum json_token read_number(struct json_lexer *lexer)
{
	enum json_token token = JSON_TOKEN_INTEGER;
	bool negative = peek(lexer) == '-';
	bool zero;
	struct text digits;

	if (negative)
		lexer->at++;
	zero = peek(lexer) == '0';
	digits = text_from_offset(lexer->source, lexer->at);
	digits.length = skip_digits(lexer);
	if (digits.length == 0)
		return fail(lexer, "a digit must follow the minus sign");
	if (zero && digits.length > 1) {
		lexer->at = lexer->start;
		return fail(lexer, "a number must not begin with a zero");
	}
	if (is_long(digits, negative))
		token = JSON_TOKEN_LONG_INTEGER;
	if (peek(lexer) == '.') {
		token = JSON_TOKEN_NUMBER;
		lexer->at++;
		if (skip_digits(lexer) == 0)
			return fail(lexer, "a digit must follow the decimal point");
	}
	if (peek(lexer) == 'e' || peek(lexer) == 'E') {
		token = JSON_TOKEN_NUMBER;
		lexer->at++;
		if (peek(lexer) == '+' || peek(lexer) == '-')
			lexer->at++;
		if (skip_digits(lexer) == 0)
			return fail(lexer, "a digit must follow in the exponent");
	}
	return token;
}

/* The code unit of the four hexadecimal digits after `\u`, or -1. */
static int read_unit(struct json_lexer *lexer)
{
	int unit = 0;

	for (int i = 0; i < 4; i++) {
		int byte = peek(lexer);

		if (byte >= '0' && byte <= '9')
			unit = unit * 16 + byte - '0';
		else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
			unit = unit * 16 + (byte | 0x20) - 'a' + 10;
		else
			return -1;
		lexer->at++;
	}
	return unit;
}

/* Reads what follows a backslash. Returns a phrase if it is wrong; `*nul`: it stood for NUL. */
static const char *read_escape(struct json_lexer *lexer, bool *nul)
{
	int byte = peek(lexer);
	int unit;

	if (byte == END_OF_SOURCE)
		return "the string does not end";
	if (byte != 'u') {
		if (byte == 0 || !strchr("\"\\/bfnrt", byte))
			return "unknown escape in a string";
		lexer->at++;
		return NULL;
	}
	lexer->at++;
	unit = read_unit(lexer);
	if (unit < 0)
		return "\\u must be followed by four hexadecimal digits";
	*nul |= unit == 0;
	if (unit < 0xd800 || unit > 0xdfff)
		return NULL;
	if (unit > 0xdbff || peek(lexer) != '\\')
		return "a surrogate without its other half";
	lexer->at++;
	if (peek(lexer) != 'u')
		return "a surrogate without its other half";
	lexer->at++;
	unit = read_unit(lexer);
	if (unit < 0xdc00 || unit > 0xdfff)
		return "a surrogate without its other half";
	return NULL;
}

static enum json_token read_string(struct json_lexer *lexer)
{
	struct json_lexer ahead;
	bool nul = false;

	lexer->at++;
	for (int byte = peek(lexer); byte != '"'; byte = peek(lexer)) {
		size_t length = utf8_sequence(text_from_offset(lexer->source, lexer->at));
		const char *fault = NULL;

		if (byte == END_OF_SOURCE)
			fault = "the string does not end";
		else if (byte < 0x20)
			fault = "a control character in a string";
		else if (length == 0)
			fault = "a byte that is not UTF-8";
		if (fault)
			return fail(lexer, fault);
		lexer->at += length;
		if (byte == '\\')
			fault = read_escape(lexer, &nul);
		if (fault)
			return fail(lexer, fault);
	}
	lexer->at++;
	ahead = *lexer;
	skip_white_space(&ahead);
	if (peek(&ahead) != ':')
		return JSON_TOKEN_STRING;
	if (nul) {
		lexer->at = lexer->start;
		return fail(lexer, "a key with a NUL character");
	}
	return JSON_TOKEN_KEY;
}

static enum json_token read_literal(struct json_lexer *lexer)
{
	static const struct text literals[] = {
		{"true", 4},
		{"false", 5},
		{"null", 4},
	};
	struct text rest = text_from_offset(lexer->source, lexer->at);

	for (size_t i = 0; i < sizeof(literals) / sizeof(*literals); i++) {
		if (text_starts_with(rest, literals[i])) {
			lexer->at += literals[i].length;
			return JSON_TOKEN_LITERAL;
		}
	}
	return fail(lexer, "unexpected character");
}

enum json_token json_lexer_next(struct json_lexer *lexer)
{
	int byte;

	skip_white_space(lexer);
	lexer->start = lexer->at;
	byte = peek(lexer);
	switch (byte) {
	case END_OF_SOURCE:
		return JSON_TOKEN_END;
	case '{':
	case '}':
	case '[':
	case ']':
	case ',':
	case ':':
		lexer->at++;
		return JSON_TOKEN_PUNCTUATION;
	case '"':
		return read_string(lexer);
	default:
		return byte == '-' || (byte >= '0' && byte <= '9') ? read_number(lexer)
								   : read_literal(lexer);
	}
}

#ifndef BASE_JSON_LEXER_H
#define BASE_JSON_LEXER_H

#include "base/text.h"

enum json_token {
	JSON_TOKEN_END,
	JSON_TOKEN_FAULT,
	JSON_TOKEN_PUNCTUATION, /* one of {}[],: */
	JSON_TOKEN_LITERAL,	/* true, false or null */
	JSON_TOKEN_STRING,
	JSON_TOKEN_KEY,		/* a string that a colon follows */
	JSON_TOKEN_INTEGER,	/* no fraction, no exponent, within int64 or uint64 */
	JSON_TOKEN_NUMBER,	/* with a fraction or an exponent */
	JSON_TOKEN_LONG_INTEGER /* an integer beyond 64 bits */
};

/*
 * Reads the tokens of RFC 8259, exactly: strings of well-formed UTF-8 with whole escapes, numbers
 * of its grammar, its three literals and four kinds of white space. In which order they may stand
 * is not looked at.
 */
struct json_lexer {
	struct text source;
	size_t start;	   /* where the token begins */
	size_t at;	   /* where it ends; in a fault, the byte that is wrong */
	const char *fault; /* JSON_TOKEN_FAULT: what is wrong, a phrase */
};

/* Moves on to the next token. After JSON_TOKEN_END or JSON_TOKEN_FAULT there is none. */
enum json_token json_lexer_next(struct json_lexer *lexer);

#endif

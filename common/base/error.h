#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

/* What went wrong, in the terms a caller decides by. */
enum error_kind {
	ERROR_NONE,
	ERROR_MALFORMED, /* what came in cannot be parsed */
	ERROR_INVALID,	 /* it parses, and is not acceptable */
	ERROR_NOT_FOUND,
	ERROR_FORBIDDEN,   /* outside what may be touched */
	ERROR_CONFLICT,	   /* with the present state of things */
	ERROR_DAMAGED,	   /* a file that is not what its name says */
	ERROR_UNSUPPORTED, /* of a type that is not handled here */
	ERROR_UNAVAILABLE, /* may well work in a moment: try again */
	ERROR_SYSTEM	   /* ours or the machine's: no memory, no disk, a bug */
};

/*
 * An error travels as a value: `message` is a sentence for the user, `cause` what an operator needs
 * in the log (errno, library's words), `code` the stable snake_case word of the wire contract.
 */
struct error {
	enum error_kind kind;
	char code[40];
	char message[512];
	char cause[512];
};

/*
 * Fills `*error` and returns false, so that a function can end in `return error_set(...)`.
 * The cause is emptied. A message that does not fit is cut at its end.
 */
bool error_set(struct error *error, enum error_kind kind, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds the cause for the log; returns false. */
bool error_cause(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ERROR_SYSTEM `internal_error`, "out of memory"; returns false. */
bool error_memory(struct error *error);

#endif

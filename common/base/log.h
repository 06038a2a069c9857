#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

/*
 * The log is an interface for operators: one event per line on stderr, logfmt, UTC milliseconds:
 *
 *   time=2026-01-31T23:59:59.123Z level=info program=catalog event=scan.finished run=qwen/a
 * files=144
 *
 * Values with spaces, quotes or control characters are quoted and escaped, so that no input can
 * forge a line. No line passes LIMIT_LOG_LINE; a longer one is cut and ends in `cut=true`.
 */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_line {
	char bytes[LIMIT_LOG_LINE];
	size_t length;
	bool wanted; /* false: below the level, nothing will be written */
	bool cut;
};

/*
 * Names the program in every line. The level is the environment's LOG_LEVEL (debug, info, warn,
 * error), info without one. Returns false if LOG_LEVEL is none of these (info is then in force).
 */
bool log_open(const char *program);

/* Starts a line about `event`, a dotted lower-case name (`item.completed`). */
void log_begin(struct log_line *line, enum log_level level, const char *event);

void log_text(struct log_line *line, const char *key, struct text value);
void log_string(struct log_line *line, const char *key, const char *value);
void log_number(struct log_line *line, const char *key, int64_t value);

/* The code, message and cause of an error. */
void log_error_fields(struct log_line *line, const struct error *error);

/* Writes the line with a single write(2), so that lines of several processes never mix. */
void log_end(struct log_line *line);

#endif

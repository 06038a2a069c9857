#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

#define CUT_MARK " cut=true\n"

/* What a line holds at most before its end: the mark and a closing quote must still fit. */
#define LINE_ROOM (LIMIT_LOG_LINE - sizeof(CUT_MARK))

static const char *const LEVELS[] = {"debug", "info", "warn", "error"};

static const char *program_name = "-";
static enum log_level level_wanted = LOG_INFO;

bool log_open(const char *program)
{
	const char *wanted = getenv("LOG_LEVEL");

	program_name = program;
	level_wanted = LOG_INFO;
	if (!wanted || !*wanted)
		return true;
	for (size_t i = 0; i < sizeof(LEVELS) / sizeof(*LEVELS); i++) {
		if (strcmp(wanted, LEVELS[i]) == 0) {
			level_wanted = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static void put(struct log_line *line, struct text value)
{
	if (line->cut || line->length > LINE_ROOM || value.length > LINE_ROOM - line->length) {
		line->cut = true;
		return;
	}
	memcpy(line->bytes + line->length, value.at, value.length);
	line->length += value.length;
}

static void put_escaped(struct log_line *line, struct text value)
{
	while (value.length) {
		unsigned char byte = (unsigned char)*value.at;
		size_t length = utf8_sequence(value);
		/* U+0080 to U+009F, which terminals obey as they do escape sequences. */
		bool control = byte < 0x20 || byte == 0x7f ||
			       (byte == 0xc2 && length && (unsigned char)value.at[1] < 0xa0);
		char escape[8];

		if (byte == '"' || byte == '\\')
			(void)snprintf(escape, sizeof(escape), "\\%c", byte);
		else if (byte == '\n')
			(void)snprintf(escape, sizeof(escape), "\\n");
		else
			(void)snprintf(escape, sizeof(escape), "\\x%02x", byte);
		if (length == 0 || control || byte == '"' || byte == '\\') {
			put(line, text_from(escape));
			length = 1;
		} else {
			put(line, text_head(value, length));
		}
		value = text_from_offset(value, length);
	}
}

static bool needs_quotes(struct text value)
{
	for (size_t i = 0; i < value.length; i++) {
		unsigned char byte = (unsigned char)value.at[i];

		if (byte <= 0x20 || byte >= 0x7f || byte == '"' || byte == '=' || byte == '\\')
			return true;
	}
	return value.length == 0;
}

void log_begin(struct log_line *line, enum log_level level, const char *event)
{
	char now[CLOCK_TEXT_SIZE];

	line->length = 0;
	line->cut = false;
	line->wanted = level >= level_wanted;
	if (!line->wanted)
		return;
	clock_format(clock_now(), now);
	put(line, TEXT("time="));
	put(line, text_from(now));
	log_string(line, "level", LEVELS[level]);
	log_string(line, "program", program_name);
	log_string(line, "event", event);
}

void log_text(struct log_line *line, const char *key, struct text value)
{
	bool quoted;
	bool opened;

	if (!line->wanted)
		return;
	quoted = needs_quotes(value);
	put(line, TEXT(" "));
	put(line, text_from(key));
	put(line, quoted ? TEXT("=\"") : TEXT("="));
	opened = quoted && !line->cut;
	put_escaped(line, value);
	if (opened) {
		/* The place is kept free by put(). */
		line->bytes[line->length++] = '"';
	}
}

void log_string(struct log_line *line, const char *key, const char *value)
{
	log_text(line, key, text_from(value));
}

void log_number(struct log_line *line, const char *key, int64_t value)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%" PRId64, value);
	log_string(line, key, digits);
}

void log_error_fields(struct log_line *line, const struct error *error)
{
	log_string(line, "code", error->code);
	log_string(line, "message", error->message);
	if (error->cause[0])
		log_string(line, "cause", error->cause);
}

void log_end(struct log_line *line)
{
	struct text end = line->cut ? TEXT(CUT_MARK) : TEXT("\n");

	if (!line->wanted)
		return;
	memcpy(line->bytes + line->length, end.at, end.length);
	line->length += end.length;
	/* A log that cannot be written has nowhere to be reported. */
	while (write(STDERR_FILENO, line->bytes, line->length) < 0 && errno == EINTR)
		continue;
}

/* Text that grows as it is written, for names and JSON. */
#ifndef DEMO_TEXT_H
#define DEMO_TEXT_H

#include <stddef.h>

/* Starts zeroed; `bytes` ends with a NUL once anything was added. demo_text_free() frees it. */
struct demo_text {
	char *bytes;
	size_t length, capacity;
};

void demo_text_free(struct demo_text *text);

__attribute__((format(printf, 2, 3))) void demo_text_add(
	struct demo_text *text, const char *format, ...);

/* Adds a JSON string with its quotes; `value` is UTF-8. */
void demo_text_add_string(struct demo_text *text, const char *value);

/* Adds a value as a form encodes it: all but A-Z a-z 0-9 - _ . ~ as %XX. */
void demo_text_add_encoded(struct demo_text *text, const char *value);

#endif

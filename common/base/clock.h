#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* "2026-01-31T23:59:59.123Z" and its terminator. */
#define CLOCK_TEXT_SIZE 25

/* Milliseconds since 1970 in UTC; jumps when the machine's clock is set. */
int64_t clock_now(void);

/* Nanoseconds that only go forward; for measuring durations. */
int64_t clock_monotonic(void);

/* The earlier of two times. */
int64_t clock_earlier(int64_t a, int64_t b);

/* The time of a file in nanoseconds since 1970; one that is far beyond any clock wraps. */
int64_t clock_nanoseconds(struct timespec time);

/* Writes `milliseconds` since 1970 as RFC 3339 in UTC with milliseconds and `Z`. */
void clock_format(int64_t milliseconds, char text[static CLOCK_TEXT_SIZE]);

#endif

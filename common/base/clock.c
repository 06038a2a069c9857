#include "base/clock.h"

#include <stdio.h>

int64_t clock_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return clock_nanoseconds(now);
}

int64_t clock_earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t clock_nanoseconds(struct timespec time)
{
	return (int64_t)((uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec);
}

void clock_format(int64_t milliseconds, char text[static CLOCK_TEXT_SIZE])
{
	int64_t fraction = (milliseconds % 1000 + 1000) % 1000;
	time_t seconds = (time_t)((milliseconds - fraction) / 1000);
	struct tm parts = {0};
	char date[sizeof("2026-01-31T23:59:59")];

	if (!gmtime_r(&seconds, &parts) || strftime(date, sizeof(date), "%FT%T", &parts) == 0)
		(void)snprintf(date, sizeof(date), "1970-01-01T00:00:00");
	(void)snprintf(text, CLOCK_TEXT_SIZE, "%s.%03dZ", date, (int)fraction);
}

#include "progress.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static struct {
	pthread_mutex_t lock;
	const char *what;
	int total, done, shown;
	bool terminal;
} progress = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void show(void)
{
	enum { WIDTH = 30 };
	int percent = (int)(100L * progress.done / progress.total);
	char bar[WIDTH + 1];

	if (progress.terminal && percent != progress.shown) {
		for (int i = 0; i < WIDTH; i++)
			bar[i] = i * 100 < percent * WIDTH ? '#' : '.';
		bar[WIDTH] = '\0';
		fprintf(stderr, "\r%s  %s %3d %%", progress.what, bar, percent);
		fflush(stderr);
		progress.shown = percent;
	} else if (!progress.terminal && percent / 10 > progress.shown / 10) {
		fprintf(stderr, "%s: %d %%\n", progress.what, percent / 10 * 10);
		progress.shown = percent;
	}
}

void demo_progress_begin(const char *what, int total)
{
	progress.what = what;
	progress.total = total;
	progress.done = 0;
	progress.terminal = isatty(STDERR_FILENO) == 1;
	progress.shown = progress.terminal ? -1 : 0;
	show();
}

void demo_progress_add(int done)
{
	pthread_mutex_lock(&progress.lock);
	progress.done += done;
	show();
	pthread_mutex_unlock(&progress.lock);
}

void demo_progress_end(void)
{
	if (progress.terminal)
		fputc('\n', stderr);
}

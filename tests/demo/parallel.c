#include "parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS_MAX = 16 };

struct queue {
	void (*work)(void *context, int index);
	void *context;
	int count;
	atomic_int next;
};

static void *drain(void *argument)
{
	struct queue *queue = argument;

	for (;;) {
		int index = atomic_fetch_add(&queue->next, 1);

		if (index >= queue->count)
			return NULL;
		queue->work(queue->context, index);
	}
}

void demo_parallel(int count, void (*work)(void *context, int index), void *context)
{
	struct queue queue = {.work = work, .context = context, .count = count};
	pthread_t threads[THREADS_MAX];
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int wanted = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (int)cores;
	int started = 0;

	if (wanted > count)
		wanted = count;
	/* The calling thread works too, so a thread that cannot start only costs time. */
	while (started < wanted - 1 && pthread_create(&threads[started], NULL, drain, &queue) == 0)
		started++;
	drain(&queue);
	for (int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

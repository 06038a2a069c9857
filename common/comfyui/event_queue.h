#ifndef COMFYUI_EVENT_QUEUE_H
#define COMFYUI_EVENT_QUEUE_H

#include <pthread.h>

#include "base/error.h"
#include "comfyui/event.h"

/* Events that wait for their reader at most; steps and statuses that repeat count once. */
#define COMFYUI_EVENT_QUEUE_SIZE 256

/* Hands events from one thread to another. */
struct comfyui_event_queue {
	pthread_mutex_t mutex;
	int descriptor; /* readable while events wait */
	size_t first;
	size_t count;
	bool lost; /* some did not fit; told by a LOST once the others are taken */
	struct comfyui_event events[COMFYUI_EVENT_QUEUE_SIZE];
};

bool comfyui_event_queue_init(struct comfyui_event_queue *queue, struct error *error);
void comfyui_event_queue_free(struct comfyui_event_queue *queue);

/* Adds the event, unless the one before it may be replaced by it. Never waits for the reader. */
void comfyui_event_queue_put(struct comfyui_event_queue *queue, const struct comfyui_event *event);

/* Takes the oldest; false if there is none. */
bool comfyui_event_queue_take(struct comfyui_event_queue *queue, struct comfyui_event *event);

#endif

#include "comfyui/event_queue.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const struct comfyui_event LOST = {.type = COMFYUI_EVENT_LOST};

bool comfyui_event_queue_init(struct comfyui_event_queue *queue, struct error *error)
{
	queue->first = 0;
	queue->count = 0;
	queue->lost = false;
	queue->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (queue->descriptor < 0) {
		int reason = errno;

		(void)error_set(error, ERROR_SYSTEM, "internal_error",
			"The system has no resources left for the connection to ComfyUI.");
		return error_cause(error, "eventfd: %s", strerror(reason));
	}
	(void)pthread_mutex_init(&queue->mutex, NULL);
	return true;
}

void comfyui_event_queue_free(struct comfyui_event_queue *queue)
{
	(void)close(queue->descriptor);
	(void)pthread_mutex_destroy(&queue->mutex);
}

static struct comfyui_event *event_at(struct comfyui_event_queue *queue, size_t index)
{
	return &queue->events[(queue->first + index) % COMFYUI_EVENT_QUEUE_SIZE];
}

/* With the mutex held, and room for one. */
static void append(struct comfyui_event_queue *queue, const struct comfyui_event *event)
{
	if (queue->count && comfyui_event_supersedes(event, event_at(queue, queue->count - 1)))
		queue->count--;
	*event_at(queue, queue->count++) = *event;
}

void comfyui_event_queue_put(struct comfyui_event_queue *queue, const struct comfyui_event *event)
{
	ssize_t put;

	if (event->type == COMFYUI_EVENT_OTHER)
		return;
	(void)pthread_mutex_lock(&queue->mutex);
	/* What cannot be read back by asking, the state of the connection, always has its place. */
	if (event->type == COMFYUI_EVENT_CONNECTED || event->type == COMFYUI_EVENT_DISCONNECTED) {
		if (queue->count == COMFYUI_EVENT_QUEUE_SIZE)
			queue->count = 0;
		append(queue, event);
	} else if (queue->count < COMFYUI_EVENT_QUEUE_SIZE && !queue->lost) {
		append(queue, event);
	} else {
		queue->lost = true;
	}
	(void)pthread_mutex_unlock(&queue->mutex);
	/* It cannot overflow: a descriptor that is readable stays so. */
	put = write(queue->descriptor, &(uint64_t){1}, sizeof(uint64_t));
	(void)put;
}

bool comfyui_event_queue_take(struct comfyui_event_queue *queue, struct comfyui_event *event)
{
	bool taken;

	(void)pthread_mutex_lock(&queue->mutex);
	taken = queue->count > 0;
	if (taken) {
		*event = *event_at(queue, 0);
		queue->first = (queue->first + 1) % COMFYUI_EVENT_QUEUE_SIZE;
		queue->count--;
	} else if (queue->lost) {
		*event = LOST;
		queue->lost = false;
		taken = true;
	} else {
		/* Emptied under the mutex: an event put later makes it readable again. */
		uint64_t ignored;
		ssize_t got = read(queue->descriptor, &ignored, sizeof(ignored));

		(void)got;
	}
	(void)pthread_mutex_unlock(&queue->mutex);
	return taken;
}

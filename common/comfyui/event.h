#ifndef COMFYUI_EVENT_H
#define COMFYUI_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/* What ComfyUI's WebSocket tells, and what becomes of the connection itself. */
enum comfyui_event_type {
	COMFYUI_EVENT_OTHER,	    /* nothing that anybody here asks for */
	COMFYUI_EVENT_CONNECTED,    /* the socket is open */
	COMFYUI_EVENT_DISCONNECTED, /* it is not any more, or could not be opened: `message` */
	COMFYUI_EVENT_LOST,	    /* events were dropped: only asking tells what is true */
	COMFYUI_EVENT_STATUS,	    /* `value` prompts are in the queue */
	COMFYUI_EVENT_STARTED,	    /* the prompt is being executed */
	COMFYUI_EVENT_NODE,	    /* `node` is; prompt_id may be empty after a reconnect */
	COMFYUI_EVENT_PROGRESS,	    /* of `node`: `value` of `maximum` */
	COMFYUI_EVENT_PICTURE,	    /* `node` has made `picture` */
	COMFYUI_EVENT_SUCCEEDED,    /* executed; its history may not be there yet */
	COMFYUI_EVENT_FAILED,	    /* `message`; may also come of a prompt that goes on */
	COMFYUI_EVENT_INTERRUPTED,
	COMFYUI_EVENT_ENDED /* no longer in the queue, and in the history */
};

/* A file that ComfyUI has saved, as GET /view asks for it. */
struct comfyui_picture {
	char filename[256]; /* empty: there is none */
	char subfolder[512];
	char type[16];
};

/* One event. What does not fit into a field makes the field empty, never cut. */
struct comfyui_event {
	enum comfyui_event_type type;
	char prompt_id[64];
	char node[128];
	int64_t value;
	int64_t maximum;
	struct comfyui_picture picture;
	char message[256]; /* cut if need be */
};

/*
 * Reads a text frame. What is not JSON, or of a type that is not known here, is an OTHER: newer
 * versions and extensions send messages of their own. `arena` is used while parsing only.
 */
void comfyui_event_parse(struct arena *arena, struct text frame, struct comfyui_event *event);

/*
 * True if `later` says all that `earlier` does, so that a queue may keep only the later one:
 * progress of the same node, the status again.
 */
bool comfyui_event_supersedes(
	const struct comfyui_event *later, const struct comfyui_event *earlier);

#endif

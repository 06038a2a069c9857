#ifndef COMFYUI_CALLS_H
#define COMFYUI_CALLS_H

#include "base/arena.h"
#include "base/json.h"
#include "comfyui/client.h"

/*
 * What is asked of ComfyUI and what its answers mean; the transport is client.h's, so that a
 * program that waits and one that does not share all of this.
 *
 * comfyui_ask_… fills a request; its texts live in the arena. All return false without memory only.
 *
 * comfyui_read_… reads the answer of the call of that name, after the client said that one came; it
 * mends the body in place, and may be called again. Returns false with
 *   ERROR_UNAVAILABLE `comfyui_unreachable`  what answers is not ComfyUI (a proxy, a login page),
 *                                            or its answer makes no sense
 *   ERROR_UNAVAILABLE `comfyui_error`        ComfyUI itself failed on the call (HTTP 500)
 *   ERROR_SYSTEM                             no memory
 * unless the function says more. Texts live in the arena.
 */

/* --- GET /system_stats: is it there? -----------------------------------------------------------
 */

struct comfyui_system {
	struct text version; /* "0.3.64"; "unknown" where it does not say */
};

bool comfyui_ask_system(struct arena *arena, struct comfyui_request *request);
bool comfyui_read_system(struct arena *arena, struct comfyui_response *response,
	struct comfyui_system *system, struct error *error);

/* --- GET /object_info/{class}: which values may an input have? ----------------------------------
 */

struct comfyui_choices {
	bool has_class;	   /* ComfyUI knows the node class */
	bool has_input;	   /* the class has the input */
	bool is_list;	   /* the input is chosen from a list that ComfyUI tells */
	bool takes_others; /* names that are not in the list may do, too */
	struct text *values;
	size_t count;
};

/* Of an input that is a number; infinite where there is no bound. */
struct comfyui_range {
	double least;
	double most;
};

bool comfyui_ask_class(struct arena *arena, const char *class, struct comfyui_request *request);

/* What ComfyUI says of the class; `*description` is NULL if it does not know it. */
bool comfyui_read_class(struct arena *arena, struct comfyui_response *response, const char *class,
	const struct json **description, struct error *error);

/* As comfyui_read_choices, of such a description. False without memory. */
bool comfyui_class_choices(struct arena *arena, const struct json *description, const char *input,
	struct comfyui_choices *choices);

/* False if the input is no number. */
bool comfyui_class_range(
	const struct json *description, const char *input, struct comfyui_range *range);

/*
 * The values of the class's input, in ComfyUI's order, in either of the two forms it has for them.
 * What is no string, or no name that can be sent back as it came, is left out.
 */
bool comfyui_read_choices(struct arena *arena, struct comfyui_response *response, const char *class,
	const char *input, struct comfyui_choices *choices, struct error *error);

/* --- POST /prompt ------------------------------------------------------------------------------
 */

/*
 * `prompt`: the JSON object of nodes, sent as it is. `prompt_id`: a lower-case UUID version 4.
 * `information`: a JSON object whose members ComfyUI writes into the PNG, each as a text chunk
 * named by its key; empty for none.
 */
bool comfyui_ask_prompt(struct arena *arena, struct text prompt, const char *client_id,
	const char *prompt_id, struct text information, struct comfyui_request *request);

enum comfyui_refusal {
	COMFYUI_REFUSAL_NONE,
	COMFYUI_REFUSAL_MISSING_NODE, /* it has no such node class: no prompt of this template works
				       */
	COMFYUI_REFUSAL_VALUE,	      /* an input's value is not in its list: `input`, `value` */
	COMFYUI_REFUSAL_INVALID,      /* the prompt is wrong otherwise */
	COMFYUI_REFUSAL_EXCEPTION     /* checking it failed: another time it may not */
};

struct comfyui_submission {
	/*
	 * It is in the queue, under `prompt_id` (older servers give their own). With a refusal,
	 * too: then one of several outputs is missing, and the prompt is to be deleted.
	 */
	bool queued;
	struct text prompt_id;
	enum comfyui_refusal refusal;
	struct text message; /* ComfyUI's words in a sentence, with the node they are about */
	struct text node;    /* its id, as written in the prompt; empty if it is about none */
	struct text input;   /* of that node; empty if it is about none */
	struct text value;   /* of COMFYUI_REFUSAL_VALUE */
};

bool comfyui_read_submission(struct arena *arena, struct comfyui_response *response,
	struct comfyui_submission *submission, struct error *error);

/* --- GET /queue --------------------------------------------------------------------------------
 */

enum comfyui_queue_place { COMFYUI_NOT_QUEUED, COMFYUI_PENDING, COMFYUI_RUNNING };

/*
 * A prompt of ours. An older ComfyUI knows it under an id of its own, which we have not heard of if
 * its reply was lost: then what its file's name begins with tells that it is ours.
 */
struct comfyui_sought {
	struct text prompt_id;
	struct text file_prefix; /* of this submission alone; empty: known by the id alone */
	struct text
		item_prefix; /* of all submissions of its item; empty: the others do not matter */
};

struct comfyui_queue {
	enum comfyui_queue_place place; /* of the prompt that was asked for */
	struct text prompt_id;		/* under which it is there */
	struct text stray_id; /* of another submission of its item; empty: there is none */
	size_t running;	      /* prompts in all, everybody's */
	size_t pending;
	size_t ahead; /* prompts that come before it; 0 unless it is pending */
};

/*
 * Not queued and, asked *afterwards*, not in the history means really gone: deleted, or ComfyUI has
 * been restarted.
 */
bool comfyui_ask_queue(struct arena *arena, struct comfyui_request *request);
bool comfyui_read_queue(struct comfyui_response *response, const struct comfyui_sought *sought,
	struct comfyui_queue *queue, struct error *error);

/* --- GET /history/{id} -------------------------------------------------------------------------
 */

enum comfyui_outcome {
	COMFYUI_NO_HISTORY, /* unknown, or not at its end */
	COMFYUI_SUCCEEDED,
	COMFYUI_FAILED,
	COMFYUI_INTERRUPTED,
	COMFYUI_UNREADABLE /* what is told of it makes no sense */
};

/* A file that a node has made; all three texts go back to comfyui_ask_view as they are. */
struct comfyui_image {
	struct text filename;
	struct text subfolder;
	struct text type;
};

struct comfyui_history {
	enum comfyui_outcome outcome;
	struct text message;	      /* why it failed or is unreadable: a sentence */
	struct text error_type;	      /* "torch.OutOfMemoryError" */
	struct text traceback;	      /* Python's, as it prints it; may be empty */
	bool out_of_memory;	      /* of the graphics card */
	struct comfyui_image *images; /* of the node that was asked for */
	size_t image_count;
};

bool comfyui_ask_history(
	struct arena *arena, const char *prompt_id, struct comfyui_request *request);
/* `node`: the id, in the prompt, of the node whose images are wanted. What others made is not read.
 */
bool comfyui_read_history(struct arena *arena, struct comfyui_response *response,
	struct text prompt_id, struct text node, struct comfyui_history *history,
	struct error *error);

/* Of the same answer the files that all of its nodes have made, as far as they can be read. */
bool comfyui_read_files(struct arena *arena, struct comfyui_response *response,
	struct text prompt_id, struct comfyui_image **images, size_t *count, struct error *error);

/* --- GET /view ---------------------------------------------------------------------------------
 */

/*
 * The picture's bytes, at most LIMIT_PICTURE_FILE: to memory, or to `request->file` where the
 * caller sets `to_file` and `file`.
 */
bool comfyui_ask_view(
	struct arena *arena, const struct comfyui_image *image, struct comfyui_request *request);

/*
 * True if a picture came; a page of text is none. ERROR_NOT_FOUND `image_gone`: ComfyUI no longer
 * has it; ERROR_INVALID `image_refused`: it will never give it (a name with `..`).
 */
bool comfyui_read_view(const struct comfyui_response *response, struct error *error);

/* --- Without an answer: each is to be confirmed by asking for the queue --------------------------
 */

/* Takes a pending prompt out of the queue. */
bool comfyui_ask_delete(
	struct arena *arena, const char *prompt_id, struct comfyui_request *request);

/* Interrupts that prompt; an old ComfyUI whatever runs: ask for the queue first. */
bool comfyui_ask_interrupt(
	struct arena *arena, const char *prompt_id, struct comfyui_request *request);

/* Lets ComfyUI forget the models it has loaded and the results it has kept. */
bool comfyui_ask_free(struct arena *arena, struct comfyui_request *request);

/* Of any of the three. */
bool comfyui_read_nothing(const struct comfyui_response *response, struct error *error);

#endif

#ifndef WORKER_EXECUTOR_H
#define WORKER_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "comfyui/event.h"

/*
 * What the worker does next, decided without doing it: no file, no socket, no database, no clock.
 * The program around it asks executor_next what is to be done, does it, and tells how it went.
 *
 * Two items are leased at most. One is at ComfyUI; the other is either the next one, ready to be
 * submitted the moment the first has been rendered, or the one before, being fetched and saved.
 * ComfyUI never has more than one prompt of ours that it has not finished.
 *
 * ComfyUI's queue and then its history are the truth; the WebSocket's events only say when it is
 * worth asking. Times are clock_monotonic's nanoseconds: a machine's clock may be set meanwhile.
 */

#define EXECUTOR_SLOTS	2
#define EXECUTOR_CHORES 8

/* Room for a reason why there is no headway. */
#define EXECUTOR_REASON 512

/* How far a leased item is. */
enum executor_stage {
	EXECUTOR_EMPTY,	    /* no item */
	EXECUTOR_LEASED,    /* its prompt is to be made */
	EXECUTOR_LISTING,   /* the list that its checkpoint must be in is to be asked for */
	EXECUTOR_RENEWING,  /* a further attempt is to be recorded */
	EXECUTOR_READY,	    /* to be submitted; while busy, it is being submitted */
	EXECUTOR_UNSURE,    /* ComfyUI may have it: to be looked up */
	EXECUTOR_SUBMITTED, /* ComfyUI has it in its queue */
	EXECUTOR_RENDERED,  /* it ended there; how is to be asked for */
	EXECUTOR_FETCHING,  /* its picture is to be fetched */
	EXECUTOR_SALVAGING, /* history is lost: so is the file that it would have made */
	EXECUTOR_SAVING,    /* the picture is in memory */
	EXECUTOR_SAVED,	    /* the picture is in place; that is to be recorded */
	/* It ends without a picture, and that is to be recorded: */
	EXECUTOR_FAILING,
	EXECUTOR_SKIPPING,
	EXECUTOR_SKIPPING_CHECKPOINT, /* with all others of its checkpoint */
	EXECUTOR_FAILING_JOB,	      /* nothing of its job can be rendered */
	EXECUTOR_RELEASING	      /* it will be pending again */
};

/* Why an item ends without a picture: a stable word and a sentence. */
struct executor_fault {
	char code[40];
	char message[1024];
};

struct executor_slot {
	enum executor_stage stage;
	char item_id[40];
	char job_id[40];
	char prompt_id[64];   /* of the present attempt */
	char file_prefix[96]; /* likewise: what its picture's name begins with, and no other's */
	char save_node[128];
	bool salvageable; /* whose picture that name is, is certain */
	int64_t order;	  /* of work */
	bool busy;	  /* a request of it is under way */
	bool dropped;	  /* its job was deleted */
	bool stopping;	  /* its job is */
	bool free_first;  /* ComfyUI is to forget its models before this is submitted */
	bool freed_once;  /* that was done because its memory had run out */
	bool rematched;	  /* its checkpoint was matched anew after a refusal */
	bool remade;	  /* it is made again, since its picture was gone */
	bool may_arrive;  /* its submission was given up waiting for, and may be on its way still */
	bool left_queue;  /* looking up: it is not in the queue; the history comes next */
	bool withdraw;	  /* it is pending there and must not be rendered */
	bool interrupt;	  /* it is to be interrupted: it was seen running just now */
	bool abandoned;	  /* it ends, and ComfyUI may have its prompt still */
	bool heard;	  /* events of this prompt arrive on the connection there is */
	unsigned absent;  /* times in a row that neither queue nor history had it */
	unsigned lost;	  /* attempts that vanished from ComfyUI */
	unsigned failed_requests;
	size_t ahead;			/* prompts before it in ComfyUI's queue */
	int64_t asked_at;		/* when the last request of it began */
	int64_t posted_at;		/* when its submission began */
	int64_t started_at;		/* 0: not known to be executed */
	int64_t ended_at;		/* 0: not known to have ended */
	int64_t progress_at;		/* the last sign that it gets on */
	int64_t stalled_at;		/* when it was found to make none; 0: it was not */
	int64_t stalled_for;		/* how long it had made none by then */
	int64_t interrupted_at;		/* for that; 0: it was not */
	int64_t looked_at;		/* when queue or history were asked for last */
	int64_t retry_at;		/* when to ask (again) */
	int64_t pause;			/* between the last two times of asking */
	struct comfyui_picture picture; /* empty: not known yet */
	struct executor_fault fault;
};

/* A prompt of ours that nobody wants any more: it is to leave ComfyUI's queue. */
struct executor_chore {
	char prompt_id[64];	/* empty: there is none */
	char file_prefix[96];	/* known by it where ComfyUI gave it another id; may be empty */
	char recorded_id[64];	/* under which the database wants to hear of its end; empty: not */
	bool gone;		/* it has left the queue; that is to be recorded */
	bool may_arrive;	/* as of a slot */
	bool withdraw;		/* it was seen pending: it is to be deleted */
	bool interrupt;		/* it was seen running: it is to be interrupted */
	int64_t interrupted_at; /* 0: it was not */
	int64_t retry_at;
};

/* Trouble that is waited out. */
struct executor_trouble {
	bool present;
	int64_t since;
	int64_t retry_at;
	int64_t pause;
	int64_t longest; /* pause */
	char reason[EXECUTOR_REASON];
};

struct executor {
	int64_t now;   /* as of executor_at */
	int64_t stall; /* how long without progress is too long */
	uint32_t random;
	struct executor_slot slots[EXECUTOR_SLOTS];
	struct executor_chore chores[EXECUTOR_CHORES];
	bool chore_busy;
	bool has_work;			 /* there is an item to lease */
	bool quitting;			 /* nothing is begun any more */
	int64_t quit_at;		 /* since then */
	char last_job[40];		 /* whose item was submitted last */
	unsigned shortages;		 /* its items in a row for which there was no memory */
	struct executor_trouble comfyui; /* it does not answer */
	struct executor_trouble disk;	 /* pictures cannot be saved */
	struct executor_trouble store;	 /* the database cannot be written */
	/* The WebSocket: */
	bool connecting;
	bool connected;
	bool renamed; /* connect under a new id: ComfyUI may have struck the old one off */
	bool deaf;    /* it is open, and nothing came when something had to */
	int64_t renamed_at;
	int64_t heard_at;
	int64_t connect_at;
	int64_t connect_pause;
	bool probing;
	bool probe_wanted; /* whether ComfyUI is there, and which version, is to be asked */
	/* Why there is no headway, as was recorded last, and as what: */
	char told_reason[EXECUTOR_REASON];
	bool told_briefly;
};

enum executor_verb {
	EXECUTOR_CONNECT, /* open the WebSocket; `renamed`: under a new client id */
	EXECUTOR_PROBE,	  /* ask whether ComfyUI is there */
	EXECUTOR_WAIT,	  /* record `reason`, or that there is none (empty) */
	EXECUTOR_CLAIM,	  /* lease an item */
	EXECUTOR_PREPARE, /* make the prompt */
	EXECUTOR_LIST,	  /* ask for the list of checkpoints */
	EXECUTOR_RENEW,	  /* record a further attempt */
	EXECUTOR_FREE,	  /* let ComfyUI forget its models */
	EXECUTOR_SUBMIT,
	EXECUTOR_LOOK_QUEUE,
	EXECUTOR_LOOK_HISTORY,
	EXECUTOR_DELETE, /* take the prompt out of the queue */
	EXECUTOR_INTERRUPT,
	EXECUTOR_FETCH,
	EXECUTOR_SALVAGE, /* fetch the file that the attempt would have made */
	EXECUTOR_SAVE,
	EXECUTOR_COMPLETE, /* this and the following record how the item ended */
	EXECUTOR_FAIL,
	EXECUTOR_SKIP,
	EXECUTOR_SKIP_CHECKPOINT,
	EXECUTOR_FAIL_JOB,
	EXECUTOR_RELEASE,
	EXECUTOR_FORGET /* record that the chore is done */
};

struct executor_action {
	enum executor_verb verb;
	struct executor_slot *slot;   /* what it is about; NULL for the others, */
	struct executor_chore *chore; /* such as this */
	bool renamed;
	const char *reason;
	bool briefly; /* EXECUTOR_WAIT: as it does whenever others use the same ComfyUI */
};

/* `stall`: nanoseconds without progress; `random`: any number, for jitter. */
void executor_init(struct executor *executor, int64_t now, int64_t stall, uint32_t random);

/* It is `now`; to be said before anything is told or asked. */
void executor_at(struct executor *executor, int64_t now);

/*
 * The next thing to do. False: nothing, before executor_deadline or the next news. Each action is
 * to be done at once and its outcome told before the next is asked for; of one that takes a
 * request, it is enough that it was started, and its outcome is told when the answer is there.
 */
bool executor_next(struct executor *executor, struct executor_action *action);

/* When executor_next may have something to do without any news; INT64_MAX: never. */
int64_t executor_deadline(const struct executor *executor);

/* --- News from the database --------------------------------------------------------------------
 */

struct executor_item {
	const char *item_id;
	const char *job_id;
	const char *prompt_id;	 /* of the last attempt */
	const char *file_prefix; /* likewise */
	const char *save_node;	 /* the node whose picture is wanted */
	bool salvageable;	 /* no other node saves under the same prefix */
	int64_t order;
	bool stopping;
};

/* The slot that the next item will be in; NULL if both are taken. */
struct executor_slot *executor_free_slot(struct executor *executor);

/* False while the database is in trouble and is not to be tried. */
bool executor_can_store(const struct executor *executor);

/* There is, or is not, an item to be leased. */
void executor_tell_work(struct executor *executor, bool has_work);

/* An item was leased just now; ComfyUI has never heard of its attempt. */
struct executor_slot *executor_claimed(struct executor *executor, const struct executor_item *item);

/* An item under the lease of a worker that is no more: ComfyUI may have it. */
struct executor_slot *executor_resumed(struct executor *executor, const struct executor_item *item);

/* The job is to stop: after the item that is being rendered. */
void executor_tell_stopping(struct executor *executor, const char *job_id);

/* An attempt of a deleted job. False if there is no room: to be told again later. */
bool executor_tell_abandoned(
	struct executor *executor, const char *prompt_id, const char *file_prefix);

/* The process is to end: nothing is begun any more. */
void executor_quit(struct executor *executor);

/*
 * True if nothing that quitting waits for is under way. A database that refuses what is left to be
 * recorded is waited for two seconds: the next worker takes it over as after a crash.
 */
bool executor_is_quiet(const struct executor *executor);

/* A record could not be made: it and all others are tried again later. */
void executor_store_failed(struct executor *executor, const char *reason);

/* EXECUTOR_COMPLETE to RELEASE: recorded, or the item is not ours any more. */
void executor_recorded(struct executor *executor, struct executor_slot *slot);

/* EXECUTOR_RENEW: the further attempt. */
void executor_renewed(struct executor *executor, struct executor_slot *slot, const char *prompt_id,
	const char *file_prefix);

/* EXECUTOR_FORGET. */
void executor_forgotten(struct executor *executor, struct executor_chore *chore);

/* --- News of actions ---------------------------------------------------------------------------
 */

/* EXECUTOR_PREPARE: the prompt is made; or the list of checkpoints must be asked for first. */
void executor_prepared(struct executor *executor, struct executor_slot *slot);
void executor_needs_list(struct executor *executor, struct executor_slot *slot);

/* EXECUTOR_LIST: it is there. */
void executor_listed(struct executor *executor, struct executor_slot *slot);

/* The item ends without a picture; `stage` is one of EXECUTOR_FAILING to FAILING_JOB. */
void executor_ends(struct executor *executor, struct executor_slot *slot, enum executor_stage stage,
	const char *code, const char *message);

/* What became of a request that had no answer. */
enum executor_delivery {
	EXECUTOR_NOT_SENT,
	EXECUTOR_SENT, /* it may have reached ComfyUI; of EXECUTOR_FETCH: and counts as a try */
	EXECUTOR_MAY_ARRIVE /* the same, and it may reach ComfyUI later than what is asked next */
};

/*
 * A request had no answer, or not ComfyUI's. `slot` or `chore` says whose, neither: a probe's.
 */
void executor_unreachable(struct executor *executor, struct executor_slot *slot,
	struct executor_chore *chore, enum executor_delivery delivery, const char *reason);

/* ComfyUI itself failed on a request (HTTP 500), or answered what makes no sense. */
void executor_server_failed(struct executor *executor, struct executor_slot *slot,
	struct executor_chore *chore, const char *reason);

/* EXECUTOR_FREE. */
void executor_freed(struct executor *executor, struct executor_slot *slot);

/*
 * EXECUTOR_SUBMIT: it is in the queue under this id. With a fault, it must not be rendered there
 * and the item fails. Where it is not in the queue, executor_ends is told.
 */
void executor_submitted(struct executor *executor, struct executor_slot *slot,
	const char *prompt_id, const struct executor_fault *fault);

/* EXECUTOR_SUBMIT: the checkpoint is not in ComfyUI's list; matched anew once, then skipped. */
void executor_checkpoint_refused(
	struct executor *executor, struct executor_slot *slot, const char *message);

enum executor_place { EXECUTOR_NOWHERE, EXECUTOR_PENDING, EXECUTOR_RUNNING };

/*
 * EXECUTOR_LOOK_QUEUE, before executor_queue_seen: it is there under an id of ComfyUI's own; or so
 * is an attempt before it, which is to go.
 */
void executor_found_as(struct executor *executor, struct executor_slot *slot,
	struct executor_chore *chore, const char *prompt_id);
void executor_found_stray(struct executor *executor, const char *prompt_id);

/* EXECUTOR_LOOK_QUEUE: where in the queue it is, and after how many others. */
void executor_queue_seen(struct executor *executor, struct executor_slot *slot,
	struct executor_chore *chore, enum executor_place place, size_t ahead);

/* EXECUTOR_LOOK_HISTORY: nothing is known of it; or how it ended. */
void executor_history_absent(struct executor *executor, struct executor_slot *slot);
void executor_history_success(struct executor *executor, struct executor_slot *slot,
	const struct comfyui_picture *picture);
void executor_history_failed(struct executor *executor, struct executor_slot *slot,
	bool out_of_memory, const char *message);
void executor_history_interrupted(struct executor *executor, struct executor_slot *slot);

/* EXECUTOR_DELETE, INTERRUPT: answered; whether it worked, the queue will tell. */
void executor_cancelled(
	struct executor *executor, struct executor_slot *slot, struct executor_chore *chore);

/*
 * EXECUTOR_FETCH, SALVAGE: the whole picture is in memory; or it cannot be had. `gone`: ComfyUI has
 * it no more.
 */
void executor_fetched(struct executor *executor, struct executor_slot *slot);
void executor_fetch_failed(
	struct executor *executor, struct executor_slot *slot, bool gone, const char *message);

/* EXECUTOR_SAVE: the picture is in place; or cannot be put there until something is mended. */
void executor_saved(struct executor *executor, struct executor_slot *slot);
void executor_unwritable(struct executor *executor, const char *reason);

/* EXECUTOR_PROBE: answered. */
void executor_probed(struct executor *executor);

/* --- News from the WebSocket -------------------------------------------------------------------
 */

/* Returns the slot that the event is about, or NULL. */
struct executor_slot *executor_event(struct executor *executor, const struct comfyui_event *event);

#endif

#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/uuid.h"
#include "comfyui/calls.h"
#include "comfyui/client.h"
#include "comfyui/recipe.h"
#include "comfyui/socket.h"
#include "comfyui/template.h"
#include "config/config.h"
#include "executor.h"
#include "store/job_work.h"
#include "store/store.h"
#include "store/watch.h"
#include "store/worker_lock.h"

/*
 * The program around the executor: it does what that decides. executor.h is what to read first.
 */

/* What belongs to a slot of the executor, by the same index; lasts as long as its item. */
struct worker_item {
	struct arena arena;
	struct store_work work;
	struct store_attempt attempt; /* the present one */
	int64_t leased_at;	      /* monotonic */
	const char *output_path;      /* within sample_dir */
	struct buffer prompt;	      /* what is submitted */
	struct buffer information;    /* what ComfyUI is to write into the PNG */
	struct comfyui_node_ids samplers;
	/* In whose list the checkpoint must be; empty where the template has no place for it: */
	struct text list_class;
	struct text list_field;
	struct buffer picture; /* fetched, not yet saved */
	struct store_output output;
	struct comfyui_recipe recipe;
	char digest[COMFYUI_DIGEST_SIZE]; /* the recipe's */
	struct text traceback;	      /* of the present attempt, where ComfyUI reported an error */
	struct comfyui_image *copies; /* that ComfyUI keeps, and are to be removed */
	size_t copy_count;
	size_t copy_capacity;
};

/* Who asked: given to the client with each request, told again with the answer. */
struct worker_request {
	struct worker *worker;
	enum executor_verb verb;
	struct executor_slot *slot;
	struct executor_chore *chore;
	struct arena arena; /* of the answer */
};

/* The template of the job that was worked on last. */
struct worker_template {
	struct arena arena;
	char job_id[40]; /* empty: none */
	const struct comfyui_template *template;
};

/* The list of checkpoints that was asked for last. */
struct worker_choices {
	struct arena arena;
	struct text class_type; /* `at` NULL: none */
	struct text field;
	struct comfyui_choices choices;
	int64_t asked_at;
};

/* How a job gets on, for the log. */
struct worker_pace {
	char job_id[40];	     /* empty: none */
	char training_run_name[512]; /* cut if need be */
	int64_t total;
	int64_t ended;
	double seconds; /* of rendering an image, of late; 0: not known */
};

/* ComfyUI's state as it was recorded last. */
struct worker_state {
	bool known;
	bool connected;
	bool unrecorded;
	char version[64];
	char error[512];
};

struct worker {
	struct store_worker_lock *lock;
	const struct config *config;
	struct store *store; /* NULL while it cannot be opened */
	struct store_watch *watch;
	struct comfyui_client *client; /* NULL where no ComfyUI is configured; */
	struct comfyui_socket *socket; /* likewise */
	struct comfyui_socket_target target;
	char client_id[UUID_SIZE];
	struct executor executor;
	struct worker_item items[EXECUTOR_SLOTS];
	struct worker_request requests[EXECUTOR_SLOTS];
	struct worker_request chore_request;
	struct worker_request probe_request;
	struct worker_template template;
	struct worker_choices choices;
	struct worker_pace paces[EXECUTOR_SLOTS]; /* of the jobs in work, and those before them */
	struct worker_state state;
	char reported_reason[EXECUTOR_REASON]; /* why there is no headway, as was logged last */
	struct arena scratch;		       /* lasts for one action */
	/* The database's news: */
	int64_t version;      /* of the store when its orders were read; 0: never */
	bool orders_wanted;   /* they are to be read in any case */
	bool resumed;	      /* the leases of the worker before were taken over */
	int64_t told_trouble; /* of the database: since when it was in the one that was logged */
};

/* --- perform.c ---------------------------------------------------------------------------------
 */

/* Does what the executor decided. */
void worker_perform(struct worker *worker, const struct executor_action *action);

/* The item that belongs to the slot. */
struct worker_item *worker_item_of(struct worker *worker, const struct executor_slot *slot);

/* Frees what the item had. Nothing is left, for its texts lived in its arena. */
void worker_clear_item(struct worker_item *item);

/* The database answered with an error: waits where waiting helps, else lets go of the item. */
void worker_store_error(
	struct worker *worker, struct executor_slot *slot, const struct error *error);

/* --- prepare.c ---------------------------------------------------------------------------------
 */

/* EXECUTOR_PREPARE. */
void worker_prepare(struct worker *worker, struct executor_slot *slot);

/* The job's template; NULL with the error. */
const struct comfyui_template *worker_template_of(
	struct worker *worker, struct text job_id, struct error *error);

/*
 * True if the picture that is there already ends the item, before anything is rendered: as
 * completed if it was made by the same recipe, as skipped if it is not to be touched. A job's
 * launch decides the same; since then there may be other pictures.
 */
bool worker_picture_decides(struct worker *worker, struct executor_slot *slot);

/*
 * The same once the picture is in memory: whether another one has been put into its place that is
 * not to be touched. One that a crash left unrecorded is no other: its recipe or its bytes tell.
 * False with the error if the database does not say: then nothing may be written.
 */
bool worker_place_is_taken(
	struct worker *worker, const struct executor_slot *slot, bool *taken, struct error *error);

/*
 * Fills what an item that was leased takes beside its `work`, and what the executor is to be told.
 * False with the error: then the executor is told nothing, and the lease is taken over later.
 */
bool worker_begin_item(struct worker *worker, struct worker_item *item, struct executor_item *facts,
	struct error *error);

/* --- requests.c --------------------------------------------------------------------------------
 */

/* Starts the request of an action. */
void worker_request(struct worker *worker, const struct executor_action *action);

/* --- copies.c ----------------------------------------------------------------------------------
 */

/*
 * Notes all files of the slot's prompt that its history names and that lie under its attempt's
 * prefix, of a batch each, where comfyui.output_dir is configured. `arena`: of the answer.
 */
void worker_note_copies(struct worker *worker, const struct executor_slot *slot,
	struct arena *arena, struct comfyui_response *response);

/* Removes them and ComfyUI's copy of the picture, now that ours is safe; nothing else, ever. */
void worker_remove_copies(struct worker *worker, const struct executor_slot *slot);

/* --- orders.c ----------------------------------------------------------------------------------
 */

/*
 * Opens the database if need be, takes over leases, and reads what others want of the worker if
 * that may have changed; `anyhow`: in any case.
 */
void worker_take_orders(struct worker *worker, bool anyhow);

/* When to call it at the latest; INT64_MAX: not before the watch says so. */
int64_t worker_orders_deadline(const struct worker *worker);

/* Records what is known of ComfyUI, if that is news. `error` NULL: connected. */
void worker_set_state(struct worker *worker, struct text version, const char *error);

/* --- report.c ----------------------------------------------------------------------------------
 */

struct log_line;

void worker_report_item(struct worker *worker, const struct executor_slot *slot, const char *event);
void worker_report_end(struct worker *worker, const struct executor_slot *slot, const char *event);
void worker_report_wait(const struct worker *worker, const char *reason);
/* The slot's item was let go of: somebody else has ended it, or deleted its job. */
void worker_report_withdrawn(struct worker *worker, const struct executor_slot *slot);

/* The job of the slot's item was deleted; told once, with the first of its items. */
void worker_report_deleted(struct worker *worker, const struct executor_slot *slot);

/* What the recorded end of the slot's item has made of its job: it has ended, or stopped. */
void worker_report_job(struct worker *worker, const struct executor_slot *slot);

/* The same of jobs that were stopped or deleted while none of their items was in work. */
void worker_report_idle_jobs(struct worker *worker);

void worker_report_error(const char *event, const struct error *error);
void worker_report_state(const struct worker *worker);

/* An item of the slot's job was leased, or has ended, as far as the pace is concerned. */
void worker_pace_begin(struct worker *worker, const struct executor_slot *slot);
void worker_pace_end(struct worker *worker, const struct executor_slot *slot, int64_t count);

#endif

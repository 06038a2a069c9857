#ifndef STORE_JOB_WORK_H
#define STORE_JOB_WORK_H

#include "naming/output.h"
#include "store/job.h"

/*
 * Sample jobs as the worker sees them. To be called by the holder of the lock (worker_lock.h)
 * alone, with a store opened as STORE_DURABLE_HASTY: what a function has committed when it returns
 * is there after kill -9 and after a power cut. What is true after a crash at any point:
 *
 *   before store_work_claim returned    the item is pending, or leased with an attempt that was
 *                                       never submitted: ComfyUI does not know its prompt id
 *   after it, before the submission     the same
 *   after the submission                the item is leased; the attempt's prompt id is in ComfyUI's
 *                                       queue or history, unless ComfyUI was restarted
 *   after the picture was put in place  the item is leased still: look the prompt up again and put
 *                                       the same picture in place again, which changes nothing
 *   after store_work_complete returned  the item is completed
 *
 * So a new worker begins with store_work_leased and store_work_orders, and needs nothing else.
 * Items are leased in the order of work: the job that runs, then the others in the order in which
 * they were launched; within a job by checkpoint.
 *
 * A function that is given an item answers ERROR_NOT_FOUND `not_found` if its job was deleted
 * meanwhile (the attempt is then among store_work_orders.abandoned) and ERROR_CONFLICT
 * `not_leased` if the item is under no lease: then nothing was changed, and the worker lets go of
 * it. Ending a lease (complete, fail, skip, release, fail_job) also moves its job on, in the same
 * transaction: to paused if it is stopping and no other item of it is leased, to completed if none
 * is leased or pending.
 */

/* How many items may be leased at once: the one in work, and the next. */
#define STORE_WORK_LEASES 2

/* What is submitted to ComfyUI for an item. */
struct store_attempt {
	int64_t number;		 /* 1 is the item's first */
	struct text prompt_id;	 /* lower-case UUID v4 */
	struct text file_prefix; /* for save_image's filename_prefix; of this attempt alone */
};

/* A leased item with all that its picture takes. `at` is NULL for what there is not. */
struct store_work {
	struct text item_id;
	struct text job_id;
	int64_t number; /* in the order of work */
	bool stopping;	/* its job is */
	struct text training_run_name;
	struct text workflow_name;
	struct text workflow_digest;
	struct text vae;
	struct text clip;
	struct text shift; /* a number's digits */
	enum store_job_existing existing;
	int64_t width;
	int64_t height;
	struct text negative_prompt;
	struct text checkpoint_filename;
	struct text checkpoint_path;	/* within its checkpoint directory */
	int64_t checkpoint_size;	/* when the job was made */
	int64_t checkpoint_modified;	/* nanoseconds since 1970 */
	struct text comfyui_model_path; /* as store_work_set_model was given it */
	struct text prompt_text;
	struct naming_output output; /* the values of its name, which naming_append_output writes */
	int64_t total_items;	     /* of its job */
	int64_t ended_items;	     /* completed, failed or skipped, of its job */
	struct store_attempt *attempts; /* of this lease, oldest first */
	size_t attempt_count;
};

/*
 * Leases the next item and records its first attempt: one commit. `*claimed` is false if no job has
 * a pending item (jobs that are stopping have none). ERROR_CONFLICT `too_many_leases` if
 * STORE_WORK_LEASES are out. A pending job begins to run.
 */
bool store_work_claim(struct store *store, struct arena *arena, struct store_work *work,
	bool *claimed, struct error *error);

/* All leased items in the order of work. `works` has room for STORE_WORK_LEASES. */
bool store_work_leased(struct store *store, struct arena *arena, struct store_work *works,
	size_t *count, struct error *error);

/* The bytes of the template that a job was launched with. ERROR_NOT_FOUND `not_found`. */
bool store_work_template(struct store *store, struct text job_id, struct arena *arena,
	struct text *workflow, struct error *error);

/*
 * Records a further attempt for a leased item, to be called before it is submitted and after the
 * attempt before it is known to be gone from ComfyUI.
 */
bool store_work_attempt(struct store *store, struct text item_id, struct arena *arena,
	struct store_attempt *attempt, struct error *error);

/* An older ComfyUI gave the attempt an id of its own: that one is recorded in place of ours. */
bool store_work_adopt(struct store *store, struct text item_id, struct text prompt_id,
	struct text adopted_id, struct error *error);

/* Keeps under which name ComfyUI lists the checkpoint of a job. */
bool store_work_set_model(struct store *store, struct text job_id, struct text checkpoint_filename,
	struct text comfyui_model_path, struct error *error);

/*
 * Shows the sampler's step. To be called for every step that is heard of: it writes at most five
 * times a second, not durably, only for an item that is leased, and waits for nobody: while another
 * process writes, it fails at once.
 */
bool store_work_step(
	struct store *store, struct text item_id, int64_t step, int64_t steps, struct error *error);

/* A picture that is in place. */
struct store_output {
	struct text path;   /* within sample_dir */
	struct text recipe; /* its digest */
	int64_t size;
	int64_t modified; /* nanoseconds since 1970 */
};

/*
 * The item is completed: its picture is in place. `seconds`: how long ComfyUI rendered, for the
 * job's pace and estimate; below 0 where nothing was rendered. The job waits no more.
 */
bool store_work_complete(struct store *store, struct text item_id,
	const struct store_output *output, double seconds, struct error *error);

/*
 * Why an item ends without a picture. `code`: a stable word, may be empty; `message`: a sentence
 * for the user; `details`: such as a traceback, `at` may be NULL. What is over LIMIT_JOB_MESSAGE or
 * LIMIT_JOB_DETAILS is cut.
 */
struct store_fault {
	struct text code;
	struct text message;
	struct text details;
};

bool store_work_fail(struct store *store, struct text item_id, const struct store_fault *fault,
	struct error *error);
bool store_work_skip(struct store *store, struct text item_id, const struct store_fault *fault,
	struct error *error);

/*
 * Skips the item and all pending ones of its checkpoint: for one that ComfyUI cannot see. Another
 * one that is leased has its own end: ComfyUI may have rendered it already. `*count` is how many.
 */
bool store_work_skip_checkpoint(struct store *store, struct text item_id,
	const struct store_fault *fault, int64_t *count, struct error *error);

/*
 * The item is pending again and its attempts are forgotten: to be called once nothing of them is in
 * ComfyUI.
 */
bool store_work_release(struct store *store, struct text item_id, struct error *error);

/*
 * The item ends although ComfyUI may still have its last attempt, under this id: as failed, or with
 * `fault` NULL as pending again. The same commit puts the attempt among
 * store_work_orders.abandoned, so that whoever is the worker then ends it.
 */
bool store_work_abandon(struct store *store, struct text item_id, struct text prompt_id,
	const struct store_fault *fault, struct error *error);

/*
 * Nothing more of the job can run: it is failed with the message, its leases are released. What was
 * pending stays so, for a resume.
 */
bool store_work_fail_job(
	struct store *store, struct text job_id, struct text message, struct error *error);

/*
 * Says why no headway is made, on the job that is in work or would be next; `at` NULL: there is
 * headway. Writes only what changes, so that it may be called as often as one likes.
 */
bool store_work_wait(struct store *store, struct text reason, struct error *error);

/* What others want of the worker; to be read after each change of store_version. */
struct store_work_orders {
	bool has_work; /* an item could be leased, were there less than STORE_WORK_LEASES */
	struct store_attempt *abandoned; /* of jobs deleted, or by store_work_abandon: to be ended
					    in ComfyUI, then forgotten */
	size_t abandoned_count;
	struct text stopping[STORE_WORK_LEASES]; /* ids of stopping jobs that have leased items */
	size_t stopping_count;
};

bool store_work_orders(struct store *store, struct arena *arena, struct store_work_orders *orders,
	struct error *error);

/* An abandoned attempt is known to be gone from ComfyUI. */
bool store_work_forget(struct store *store, struct text prompt_id, struct error *error);

#endif

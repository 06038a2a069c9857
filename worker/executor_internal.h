#ifndef WORKER_EXECUTOR_INTERNAL_H
#define WORKER_EXECUTOR_INTERNAL_H

#include "executor.h"

/* Between the files of the executor. */

#define MILLISECOND INT64_C(1000000)
#define SECOND	    (1000 * MILLISECOND)

/* Pauses between two tries while something is in trouble, doubled from the first to the last. */
#define FIRST_RETRY (500 * MILLISECOND)
#define LAST_RETRY  (30 * SECOND)

/* The database is held by others for moments. */
#define LAST_STORE_RETRY (2 * SECOND)

/* Pauses between two looks at a prompt of which no event is heard, and where some are. */
#define FIRST_LOOK (200 * MILLISECOND)
#define LAST_LOOK  (3 * SECOND)
#define QUIET_LOOK (5 * SECOND)
#define LIVE_LOOK  (30 * SECOND)

/* After a submission, the socket must say something within this. */
#define DEAF_AFTER (3 * SECOND)

/* A deaf socket is connected anew at most so often. */
#define RENAME_PAUSE (60 * SECOND)

/* What is in the queue and comes next is begun within this by a ComfyUI that is well. */
#define IDLE_AFTER (60 * SECOND)

/* Ending waits no longer for nothing but a database that refuses what is to be recorded. */
#define QUIT_STORE_AFTER (2 * SECOND)

/* Stopping does not wait for a ComfyUI that has not answered for so long. */
#define AWAY_AFTER (10 * SECOND)

/* A submission that was given up waiting for has arrived within this, or never will. */
#define LATE_ARRIVAL (15 * SECOND)

/* Without progress, so much longer is waited where no progress could be heard of. */
#define UNHEARD_STALLS 4

/* An interrupted prompt that is in the queue after this does not react. */
#define HUNG_AFTER (30 * SECOND)

/* How long a history entry may be late after its prompt was said to have ended. */
#define LATE_HISTORY (10 * SECOND)

/*
 * Attempts of an item that may vanish, answers to it that may fail, tries to fetch its picture,
 * before it is given up.
 */
#define LOST_LIMIT   5
#define FAILED_LIMIT 5
#define FETCH_LIMIT  7

/*
 * Items in a row for which the graphics card's memory does not do, although it was freed: so it
 * will not for any of the job, and each takes minutes to find that out.
 */
#define SHORTAGE_LIMIT 5

/* Pauses between two tries to fetch a picture, and one that ComfyUI says it does not have. */
#define FIRST_FETCH	 SECOND
#define LAST_FETCH	 (8 * SECOND)
#define FIRST_GONE_FETCH FIRST_LOOK
#define LAST_GONE_FETCH	 SECOND

/* Begins, or goes on with, waiting trouble out: the pause doubles, with jitter. */
void executor_raise(
	struct executor *executor, struct executor_trouble *trouble, const char *reason);

/* A moment between half of `pause` and all of it from now. */
int64_t executor_later(struct executor *executor, int64_t pause);

/* True if the trouble forbids trying now. */
static inline bool executor_is_blocked(
	const struct executor *executor, const struct executor_trouble *trouble)
{
	return trouble->present && executor->now < trouble->retry_at;
}

/*
 * Puts a prompt among the chores; the same one again changes nothing but its id, where ComfyUI has
 * one of its own for it. `recorded`: the database wants to hear of its end. NULL without room.
 */
struct executor_chore *executor_add_chore(
	struct executor *executor, const char *prompt_id, const char *file_prefix, bool recorded);

/* The prompt of the slot's present attempt becomes a chore. False without room. */
bool executor_leave_to_chore(struct executor *executor, const struct executor_slot *slot);

/* A request of the slot is done. False if nobody wants to know any more. */
bool executor_settle(struct executor *executor, struct executor_slot *slot);

/* The same of a chore, which goes on after the pause. */
void executor_settle_chore(struct executor *executor, struct executor_chore *chore, int64_t pause);

/* Looks for the slot's prompt again after a pause that grows from FIRST_LOOK to LAST_LOOK. */
void executor_look_later(struct executor *executor, struct executor_slot *slot);

/* The item fails for something that ComfyUI, or the way to it, did again and again. */
void executor_fail_for_good(struct executor *executor, struct executor_slot *slot, const char *what,
	const char *reason);

/* What was seen running may have ended by the time ComfyUI answers again. */
void executor_forget_interrupts(struct executor *executor);

/* Without progress for how long the slot's prompt stalls. */
int64_t executor_patience(const struct executor *executor, const struct executor_slot *slot);

/* True if the chore's prompt does not leave ComfyUI's queue although it was interrupted. */
bool executor_is_hung(const struct executor *executor, const struct executor_chore *chore);

/* The slot goes on with another stage, at once. */
void executor_go_to(
	struct executor *executor, struct executor_slot *slot, enum executor_stage stage);

/* Its prompt has ended in ComfyUI, as of now unless it was known before. */
void executor_note_end(struct executor *executor, struct executor_slot *slot);

#endif

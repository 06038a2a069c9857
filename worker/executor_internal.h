#ifndef WORKER_EXECUTOR_INTERNAL_H
#define WORKER_EXECUTOR_INTERNAL_H

#include "executor.h"

/* Between the files of the executor. */

#define MILLISECOND INT64_C(1000000)
#define SECOND	    (1000 * MILLISECOND)

/* Pauses between two tries while something is in trouble, doubled from the first to the last. */
#define FIRST_RETRY (500 * MILLISECOND)
#define LAST_RETRY  (30 * SECOND)

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

/* Stopping does not wait for a ComfyUI that has been away for tries with this between them. */
#define AWAY_PAUSE (4 * SECOND)

/* An interrupted prompt that is in the queue after this does not react. */
#define HUNG_AFTER (30 * SECOND)

/* How long a history entry may be late after its prompt was said to have ended. */
#define LATE_HISTORY (10 * SECOND)

/* Attempts of an item that may vanish, answers to it that may fail, before it is given up. */
#define LOST_LIMIT   5
#define FAILED_LIMIT 5

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

/* Copies a string that is cut to the room there is, never within a character. */
void executor_copy(char *to, size_t size, const char *from);

/* Puts a prompt among the chores; the same one again changes nothing. False without room. */
bool executor_add_chore(struct executor *executor, const char *prompt_id, bool recorded);

/* True if the chore's prompt does not leave ComfyUI's queue although it was interrupted. */
bool executor_is_hung(const struct executor *executor, const struct executor_chore *chore);

/* The slot goes on with another stage, at once. */
void executor_go_to(
	struct executor *executor, struct executor_slot *slot, enum executor_stage stage);

/* Its prompt has ended in ComfyUI, as of now unless it was known before. */
void executor_note_end(struct executor *executor, struct executor_slot *slot);

#endif

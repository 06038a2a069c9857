#ifndef NAMING_CHECKPOINT_H
#define NAMING_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/* What the suffix of a checkpoint's file name counts. In training order. */
enum naming_kind {
	NAMING_STEP,
	NAMING_EPOCH,
	NAMING_FINAL /* no suffix */
};

/* The meaning of a checkpoint's file name. Texts live in the arena or point into the file name. */
struct naming_checkpoint {
	struct text file_name;
	struct text base; /* what the checkpoints of one run share */
	enum naming_kind kind;
	struct text number; /* the step or epoch: digits without leading zeros; empty if final */
	struct text suffix; /* all that was taken off the name but the extension; empty if final */
	struct text value;  /* in the `checkpoint` dimension; set by naming_set_values */
};

enum naming_checkpoint_result {
	NAMING_CHECKPOINT,	 /* `*checkpoint` is filled in */
	NAMING_OTHER_FILE,	 /* not a checkpoint: hidden, or not `.safetensors` */
	NAMING_CHECKPOINT_MEMORY /* the arena is exhausted */
};

/*
 * Takes a file name apart as docs/filesystem.md says (PRD 2.2): `.safetensors` in any case, then
 * the suffixes of the known trainers. `directory_name` is the name of the directory that holds the
 * file: the base of names that consist of nothing but a suffix of OneTrainer's form.
 */
enum naming_checkpoint_result naming_parse_checkpoint(struct arena *arena,
	struct text directory_name, struct text file_name, struct naming_checkpoint *checkpoint);

/* The step or epoch as an integer; false if there is none or it passes INT64_MAX. */
bool naming_checkpoint_number(const struct naming_checkpoint *checkpoint, int64_t *number);

/* Training order within a run: steps, then epochs, each by number; the final one last. */
int naming_compare_checkpoints(
	const struct naming_checkpoint *a, const struct naming_checkpoint *b);

/*
 * Gives each checkpoint of one run its value in the `checkpoint` dimension, unique in the run.
 * The checkpoints must be in training order, with file names that differ. False without memory.
 */
bool naming_set_values(
	struct arena *arena, struct naming_checkpoint *const *checkpoints, size_t count);

#define NAMING_RUN_ID_SIZE 17 /* 16 lower-case hexadecimal digits and the terminator */

/* The id of the run with that name: a function of the name alone (64-bit FNV-1a). */
void naming_run_id(struct text run_name, char id[static NAMING_RUN_ID_SIZE]);

#endif

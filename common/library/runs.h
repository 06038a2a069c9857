#ifndef LIBRARY_RUNS_H
#define LIBRARY_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/json_write.h"
#include "config/config.h"
#include "library/skipped.h"
#include "library/walk.h"
#include "naming/checkpoint.h"

struct library_checkpoint {
	struct naming_checkpoint naming; /* file name, terminated; value */
	size_t directory;		 /* index into the configuration's checkpoint_dirs */
	const char *path;		 /* relative to that directory */
	bool has_samples;		 /* sample_dir has a directory of the file's name */
};

struct library_run {
	char id[NAMING_RUN_ID_SIZE];
	struct text name;			 /* the directory and the base name */
	struct library_checkpoint **checkpoints; /* in training order, at least one */
	size_t checkpoint_count;
	bool has_samples; /* at least one checkpoint has */
	const char **warnings;
	size_t warning_count;
	size_t warning_capacity;
};

/* All training runs at this moment, sorted by name (bytes). */
struct library_listing {
	struct library_run *runs;
	size_t run_count;
	size_t excluded_count; /* files and directories that `exclude` kept out */
	struct library_skipped skipped;
	const struct library_place *places; /* the directories that were searched */
	size_t place_count;
};

/*
 * Reads the checkpoint directories and the names in sample_dir (PRD 2.2). A directory that is
 * missing or unreadable is an entry of `skipped`; false with an error only without memory.
 */
bool library_list_runs(struct arena *arena, const struct config *config,
	struct library_listing *listing, struct error *error);

/* The run with that id, or NULL with ERROR_NOT_FOUND. */
const struct library_run *library_find_run(
	const struct library_listing *listing, struct text id, struct error *error);

/*
 * The checkpoint with that file name in the run with the id `run_id`, in any run (the first by
 * name) if that is empty. NULL with ERROR_NOT_FOUND.
 */
const struct library_checkpoint *library_find_checkpoint(const struct library_listing *listing,
	struct text file_name, struct text run_id, struct error *error);

/* Which runs library_write_runs writes. */
enum library_run_filter {
	LIBRARY_ALL_RUNS,
	LIBRARY_RUNS_WITH_SAMPLES,
	LIBRARY_RUNS_WITHOUT_SAMPLES
};

/* Writes the runs as the wire contract's array of TrainingRun. */
void library_write_runs(struct json_writer *out, const struct library_listing *listing,
	enum library_run_filter filter);

#endif

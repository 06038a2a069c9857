#ifndef CGI_JOB_PLAN_H
#define CGI_JOB_PLAN_H

#include "comfyui/check.h"
#include "config/config.h"
#include "input.h"
#include "library/runs.h"
#include "store/job_create.h"

/* What a launch would be refused for: a sentence, about a field of the body. */
struct job_objection {
	const char *pointer;
	const char *sentence;
};

/* What launching a sample job would do, as things stand on the disk and in the database. */
struct job_plan {
	struct store_job_input job;		       /* complete if there are no objections */
	const struct library_checkpoint **checkpoints; /* the run's files, as job.checkpoints */
	const struct comfyui_template *template;
	/* What is put into it; of prompts and checkpoints nothing is said here. */
	struct comfyui_values values[COMFYUI_SETTING_COUNT];
	struct job_objection *objections;
	size_t objection_count;
	size_t objection_capacity;
	const char **warnings;
	size_t warning_count;
	size_t warning_capacity;
	size_t existing_same;  /* pictures that are there, made by the same recipe */
	size_t existing_other; /* made otherwise */
	size_t to_render;
};

/*
 * Notes an objection, or a warning. The sentence is in the arena; NULL is a lack of memory, which
 * is noted.
 */
void job_plan_object(struct input_reader *reader, struct job_plan *plan, const char *pointer,
	const char *sentence);
void job_plan_warn(struct input_reader *reader, struct job_plan *plan, const char *sentence);

#endif

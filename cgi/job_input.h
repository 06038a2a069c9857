#ifndef CGI_JOB_INPUT_H
#define CGI_JOB_INPUT_H

#include "http/http.h"
#include "input.h"
#include "store/job_existing.h"

/* A sample job as a client asks for it. `at` is NULL for what it does not name. */
struct job_input {
	struct text training_run_name;
	struct text sample_preset_id;
	struct text workflow_name;
	struct text vae;
	struct text clip;
	struct text shift; /* a number's shortest digits */
	enum store_job_existing existing;
	const struct json *checkpoint_filenames; /* strings that differ; NULL: all of the run */
};

/* Reads the request's body, and notes every fault of it at its JSON pointer. */
void job_input_read(struct input_reader *reader, const struct json *body, struct job_input *input);

#endif

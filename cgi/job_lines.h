#ifndef CGI_JOB_LINES_H
#define CGI_JOB_LINES_H

#include "base/clock.h"
#include "base/json_write.h"
#include "config/config.h"
#include "store/comfyui_state.h"
#include "store/job.h"

/* Sample jobs and ComfyUI's state as JSON of the wire contract: the feed's lines, the API's jobs.
 */

/* When they are told of, and what all of them have in common then. */
struct job_moment {
	int64_t now;	    /* milliseconds since 1970 */
	bool is_unattended; /* no worker is at work: */
	char reason[1024];  /* why jobs under way wait, */
	char since[CLOCK_TEXT_SIZE];
};

/* The present moment: looks whether the worker runs. */
void job_moment_take(struct job_moment *moment, const struct config *config);

/* A SampleJob, with its progress if asked for. */
void job_write(struct json_writer *out, const struct store_job *job, bool with_progress,
	const struct job_moment *moment);

/* A JobProgress. */
void job_write_progress_object(struct json_writer *out, const struct store_job_progress *progress,
	const struct job_moment *moment);

/* The feed's job_progress. */
void job_write_progress(struct json_writer *out, const struct store_job_progress *progress,
	const struct job_moment *moment);

/* It is pending or running. */
bool job_is_under_way(const struct store_job_progress *progress);

/* job_deleted */
void job_write_deleted(struct json_writer *out, struct text id);

/* comfyui_status */
void job_write_comfyui(struct json_writer *out, const struct store_comfyui_state *state);

#endif

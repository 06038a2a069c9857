#ifndef CGI_JOB_LINES_H
#define CGI_JOB_LINES_H

#include "base/json_write.h"
#include "store/comfyui_state.h"
#include "store/job.h"

/* Sample jobs and ComfyUI's state as JSON of the wire contract: the feed's lines, the API's jobs.
 */

/* A SampleJob, with its progress if asked for; `now` in milliseconds since 1970. */
void job_write(
	struct json_writer *out, const struct store_job *job, bool with_progress, int64_t now);

/* A JobProgress. */
void job_write_progress_object(
	struct json_writer *out, const struct store_job_progress *progress, int64_t now);

/* The feed's job_progress. */
void job_write_progress(
	struct json_writer *out, const struct store_job_progress *progress, int64_t now);

/* job_deleted */
void job_write_deleted(struct json_writer *out, struct text id);

/* comfyui_status */
void job_write_comfyui(struct json_writer *out, const struct store_comfyui_state *state);

#endif

#ifndef CGI_JOB_LINES_H
#define CGI_JOB_LINES_H

#include "base/json_write.h"
#include "store/comfyui_state.h"
#include "store/job.h"

/* What the feed tells of the database, as JSON of the wire contract's WebSocket. */

/* job_progress; `now` in milliseconds since 1970. */
void job_write_progress(
	struct json_writer *out, const struct store_job_progress *progress, int64_t now);

/* job_deleted */
void job_write_deleted(struct json_writer *out, struct text id);

/* comfyui_status */
void job_write_comfyui(struct json_writer *out, const struct store_comfyui_state *state);

#endif

#include "store/statement.h"

const char *const store_statements[STORE_STATEMENT_COUNT] = {
	[STORE_SCHEMA_COUNT] = "SELECT count(*) FROM sqlite_schema",
	[STORE_DATA_VERSION] = "PRAGMA data_version",
	[STORE_COPY] = "VACUUM INTO ?1",

	[STORE_PRESET_LIST] = "SELECT id, name, mapping, created_at, updated_at FROM presets"
			      " ORDER BY name_key",
	[STORE_PRESET_FIND] = "SELECT id, name, mapping, created_at, updated_at FROM presets"
			      " WHERE id = ?1",
	[STORE_PRESET_NAME_HOLDER] = "SELECT id, name FROM presets WHERE name_key = ?1",
	[STORE_PRESET_COUNT] = "SELECT count(*) FROM presets",
	[STORE_PRESET_CREATE] =
		"INSERT INTO presets (id, name, name_key, mapping, created_at, updated_at)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
	[STORE_PRESET_UPDATE] = "UPDATE presets"
				" SET name = ?2, name_key = ?3, mapping = ?4, updated_at = ?5"
				" WHERE id = ?1",
	[STORE_PRESET_DELETE] = "DELETE FROM presets WHERE id = ?1",

	[STORE_JOB_REVISION] = "SELECT value FROM sample_job_revision",
	[STORE_JOB_DELETED_SINCE] = "SELECT id FROM deleted_sample_jobs WHERE revision > ?1"
				    " ORDER BY revision",
	/* The item in work is the first of those that run: the next one may be leased already. */
	[STORE_JOB_CHANGED_SINCE] =
		"SELECT job.id, job.status, job.stopping, job.waiting_reason, job.waiting_since,"
		" job.total_items, job.completed_items, job.failed_items, job.skipped_items,"
		" job.total_checkpoints, job.completed_checkpoints, job.seconds_per_image,"
		" item.checkpoint_filename, checkpoint.completed_items, checkpoint.total_items,"
		" item.prompt_name, item.steps, item.cfg, item.sampler_name, item.scheduler,"
		" item.seed, item.sampler_step, item.sampler_steps"
		" FROM sample_jobs AS job"
		" LEFT JOIN sample_job_items AS item ON item.number ="
		" (SELECT min(number) FROM sample_job_items"
		" WHERE job_id = job.id AND status = 'running')"
		" LEFT JOIN sample_job_checkpoints AS checkpoint ON checkpoint.job_id = job.id"
		" AND checkpoint.checkpoint_filename = item.checkpoint_filename"
		" WHERE job.revision > ?1 ORDER BY job.revision",

	[STORE_COMFYUI_STATE] = "SELECT connected, ifnull(error, '') FROM comfyui_state",
};

#include "store/statement.h"

/*
 * Laid out by hand, as SQL: a clause a line, what goes on from the line before one deeper. Long
 * lists of columns stand in the order in which their readers number them.
 */
/* clang-format off */

#define SAMPLE_PRESET_COLUMNS \
	"id, name, prompts, negative_prompt, steps, cfgs, samplers, schedulers, seeds," \
	" width, height, images, created_at, updated_at"

/* The item in work is the first of those that run: the next one may be leased already. */
#define PROGRESS_COLUMNS \
	"job.id, job.status, job.stopping, job.waiting_reason, job.waiting_since," \
	" job.total_items, job.completed_items, job.failed_items, job.skipped_items," \
	" job.total_checkpoints, job.completed_checkpoints, job.seconds_per_image," \
	" item.checkpoint_filename, checkpoint.completed_items, checkpoint.total_items," \
	" item.prompt_name, item.steps, item.cfg, item.sampler_name, item.scheduler," \
	" item.seed, item.sampler_step, item.sampler_steps"
#define PROGRESS_TABLES \
	" FROM sample_jobs AS job" \
	" LEFT JOIN sample_job_items AS item ON item.number =" \
		" (SELECT min(number) FROM sample_job_items" \
			" WHERE job_id = job.id AND status = 'running')" \
	" LEFT JOIN sample_job_checkpoints AS checkpoint ON checkpoint.job_id = job.id" \
		" AND checkpoint.checkpoint_filename = item.checkpoint_filename"
#define JOB_COLUMNS \
	PROGRESS_COLUMNS "," \
	" job.training_run_name, job.sample_preset_id, job.sample_preset_name," \
	" job.workflow_name, job.vae, job.clip, job.shift, job.existing," \
	" job.error_message, job.created_at, job.updated_at"

/* Of the job whose id is ?1. */
#define HAS_ITEMS(status) \
	"EXISTS (SELECT 1 FROM sample_job_items WHERE job_id = ?1 AND status = '" status "')"
#define HAS_NO_ITEMS(status) "NOT " HAS_ITEMS(status)

const char *const store_statements[STORE_STATEMENT_COUNT] = {
	[STORE_SCHEMA_COUNT] = "SELECT count(*) FROM sqlite_schema",
	[STORE_DATA_VERSION] = "PRAGMA data_version",
	[STORE_COPY] = "VACUUM INTO ?1",

	[STORE_PRESET_LIST] =
		"SELECT id, name, mapping, created_at, updated_at FROM presets ORDER BY name_key",
	[STORE_PRESET_FIND] =
		"SELECT id, name, mapping, created_at, updated_at FROM presets WHERE id = ?1",
	[STORE_PRESET_NAME_HOLDER] = "SELECT id, name FROM presets WHERE name_key = ?1",
	[STORE_PRESET_COUNT] = "SELECT count(*) FROM presets",
	[STORE_PRESET_CREATE] =
		"INSERT INTO presets (id, name, name_key, mapping, created_at, updated_at)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
	[STORE_PRESET_UPDATE] =
		"UPDATE presets"
		" SET name = ?2, name_key = ?3, mapping = ?4, updated_at = ?5"
		" WHERE id = ?1",
	[STORE_PRESET_DELETE] = "DELETE FROM presets WHERE id = ?1",

	[STORE_SAMPLE_PRESET_LIST] =
		"SELECT " SAMPLE_PRESET_COLUMNS " FROM sample_presets ORDER BY name_key",
	[STORE_SAMPLE_PRESET_FIND] =
		"SELECT " SAMPLE_PRESET_COLUMNS " FROM sample_presets WHERE id = ?1",
	[STORE_SAMPLE_PRESET_NAME_HOLDER] =
		"SELECT id, name FROM sample_presets WHERE name_key = ?1",
	[STORE_SAMPLE_PRESET_COUNT] = "SELECT count(*) FROM sample_presets",
	[STORE_SAMPLE_PRESET_CREATE] =
		"INSERT INTO sample_presets (id, name, name_key, prompts, negative_prompt, steps,"
			" cfgs, samplers, schedulers, seeds, width, height, images, created_at,"
			" updated_at)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14)",
	[STORE_SAMPLE_PRESET_UPDATE] =
		"UPDATE sample_presets"
		" SET name = ?2, name_key = ?3, prompts = ?4, negative_prompt = ?5, steps = ?6,"
			" cfgs = ?7, samplers = ?8, schedulers = ?9, seeds = ?10, width = ?11,"
			" height = ?12, images = ?13, updated_at = ?14"
		" WHERE id = ?1",
	[STORE_SAMPLE_PRESET_DELETE] = "DELETE FROM sample_presets WHERE id = ?1",

	[STORE_JOB_REVISION] = "SELECT value FROM sample_job_revision",
	[STORE_JOB_DELETED_SINCE] =
		"SELECT id FROM deleted_sample_jobs WHERE revision > ?1 ORDER BY revision",
	[STORE_JOB_CHANGED_SINCE] =
		"SELECT " PROGRESS_COLUMNS PROGRESS_TABLES
		" WHERE job.revision > ?1"
		" ORDER BY job.revision",
	[STORE_JOB_LIST] =
		"SELECT " JOB_COLUMNS PROGRESS_TABLES " ORDER BY job.number DESC",
	[STORE_JOB_FIND] =
		"SELECT " JOB_COLUMNS PROGRESS_TABLES " WHERE job.id = ?1",
	[STORE_JOB_FAULTS] =
		"SELECT checkpoint_filename, error_code, error_message, error_details, count,"
			" (SELECT count(*) FROM sample_job_faults"
				" WHERE job_id = ?1 AND status = ?2)"
		" FROM sample_job_faults"
		" WHERE job_id = ?1 AND status = ?2"
		" ORDER BY first_number"
		" LIMIT ?3",
	[STORE_JOB_STOP_PENDING] =
		"UPDATE sample_jobs"
		" SET status = 'paused', waiting_reason = NULL, waiting_since = NULL,"
			" updated_at = ?2"
		" WHERE id = ?1 AND status = 'pending'",
	[STORE_JOB_STOP_RUNNING] =
		"UPDATE sample_jobs"
		" SET stopping = 1, updated_at = ?2"
		" WHERE id = ?1 AND status = 'running'",
	[STORE_JOB_RESUME] =
		"UPDATE sample_jobs"
		" SET status = 'pending', error_message = NULL, updated_at = ?2"
		" WHERE id = ?1 AND status IN ('paused', 'failed')",
	[STORE_JOB_RETRY] =
		"UPDATE sample_jobs"
		" SET status = 'pending', error_message = NULL, updated_at = ?2"
		" WHERE id = ?1 AND status IN ('completed', 'paused', 'failed')"
			" AND failed_items + skipped_items > 0",
	[STORE_JOB_RETRY_ITEMS] =
		"UPDATE sample_job_items"
		" SET status = 'pending', error_code = NULL, error_message = NULL, updated_at = ?2"
		" WHERE job_id = ?1 AND status IN ('failed', 'skipped')",
	[STORE_JOB_FORGET_FAULTS] = "DELETE FROM sample_job_faults WHERE job_id = ?1",
	/* A running job without a lease ends when nothing is left, or when it is to stop. */
	[STORE_JOB_SETTLE] =
		"UPDATE sample_jobs"
		" SET status = CASE"
				" WHEN " HAS_ITEMS("pending") " THEN 'paused'"
				" ELSE 'completed' END,"
			" stopping = 0, waiting_reason = NULL, waiting_since = NULL,"
			" updated_at = ?2"
		" WHERE id = ?1 AND status = 'running' AND " HAS_NO_ITEMS("running")
			" AND (stopping = 1 OR " HAS_NO_ITEMS("pending") ")",
	[STORE_JOB_SETTLE_PENDING] =
		"UPDATE sample_jobs"
		" SET status = 'completed', updated_at = ?2"
		" WHERE id = ?1 AND status = 'pending' AND " HAS_NO_ITEMS("pending"),
	[STORE_JOB_ABANDON] =
		"INSERT OR IGNORE INTO abandoned_attempts (prompt_id, file_prefix)"
		" SELECT attempt.prompt_id, attempt.file_prefix"
		" FROM sample_job_items AS item"
		" JOIN sample_job_attempts AS attempt ON attempt.item_number = item.number"
		" WHERE item.job_id = ?1 AND item.status = 'running'",
	[STORE_JOB_DELETE] = "DELETE FROM sample_jobs WHERE id = ?1",
	[STORE_JOB_PACE] =
		"SELECT seconds_per_image, mean_steps, width, height"
		" FROM sample_jobs"
		" WHERE workflow_name = ?1 AND seconds_per_image IS NOT NULL"
		" ORDER BY number DESC"
		" LIMIT 1",
	[STORE_JOB_COUNT] = "SELECT count(*) FROM sample_jobs",
	[STORE_JOB_CREATE] =
		"INSERT INTO sample_jobs (id, training_run_name, sample_preset_id,"
			" sample_preset_name, workflow_name, workflow_digest, vae, clip, shift,"
			" width, height, mean_steps, existing, status, total_items,"
			" completed_items, skipped_items, total_checkpoints,"
			" completed_checkpoints, created_at, updated_at)"
		" VALUES (?1, ?2, (SELECT id FROM sample_presets WHERE id = ?3), ?4, ?5, ?6, ?7,"
			" ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?20)",
	[STORE_JOB_CREATE_SOURCE] =
		"INSERT INTO sample_job_sources (job_id, negative_prompt, workflow)"
		" VALUES (?1, ?2, ?3)",
	[STORE_JOB_CREATE_PROMPT] =
		"INSERT INTO sample_job_prompts (job_id, name, text) VALUES (?1, ?2, ?3)",
	[STORE_JOB_CREATE_CHECKPOINT] =
		"INSERT INTO sample_job_checkpoints (job_id, checkpoint_filename, path, size,"
			" modified, total_items, completed_items)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[STORE_JOB_CREATE_ITEM] =
		"INSERT INTO sample_job_items (id, job_id, checkpoint_filename, prompt_name,"
			" steps, cfg, sampler_name, scheduler, seed, status, output_path,"
			" error_code, error_message, created_at, updated_at)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14)",
	[STORE_JOB_ADD_FAULT] =
		"INSERT INTO sample_job_faults (job_id, status, checkpoint_filename, error_code,"
			" error_message, error_details, first_number, count)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
		" ON CONFLICT DO UPDATE"
		" SET count = count + excluded.count,"
			" first_number = min(first_number, excluded.first_number)",

	[STORE_WORK_NEXT] =
		"SELECT"
			" (SELECT min(number) FROM sample_job_items"
				" WHERE job_id = job.id AND status = 'pending') AS next,"
			" job.id"
		" FROM sample_jobs AS job"
		" WHERE job.status IN ('pending', 'running') AND job.stopping = 0"
			" AND next IS NOT NULL"
		" ORDER BY job.status = 'running' DESC, job.number"
		" LIMIT 1",
	/* Left to itself, SQLite counts by the index that covers all items. */
	[STORE_WORK_LEASE_COUNT] =
		"SELECT count(*)"
		" FROM sample_job_items INDEXED BY sample_job_items_leased"
		" WHERE status = 'running'",
	[STORE_WORK_LEASE] =
		"UPDATE sample_job_items"
		" SET status = 'running',"
			" lease = (SELECT 1 + ifnull(max(lease), 0) FROM sample_job_items"
				" WHERE status = 'running'),"
			" updated_at = ?2"
		" WHERE number = ?1",
	[STORE_WORK_RUN_JOB] =
		"UPDATE sample_jobs"
		" SET status = 'running', updated_at = ?2"
		" WHERE id = ?1 AND status = 'pending'",
	[STORE_WORK_LIST] =
		"SELECT item.id, item.job_id, item.number, job.stopping, job.training_run_name,"
			" job.workflow_name, job.workflow_digest, job.vae, job.clip, job.shift,"
			" job.existing, job.width, job.height, source.negative_prompt,"
			" item.checkpoint_filename, checkpoint.path, checkpoint.size,"
			" checkpoint.modified, checkpoint.comfyui_model_path, prompt.text,"
			" item.prompt_name, item.steps, item.cfg, item.sampler_name,"
			" item.scheduler, item.seed, job.total_items,"
			" job.completed_items + job.failed_items + job.skipped_items"
		" FROM sample_job_items AS item"
		" JOIN sample_jobs AS job ON job.id = item.job_id"
		" JOIN sample_job_sources AS source ON source.job_id = item.job_id"
		" JOIN sample_job_checkpoints AS checkpoint ON checkpoint.job_id = item.job_id"
			" AND checkpoint.checkpoint_filename = item.checkpoint_filename"
		" JOIN sample_job_prompts AS prompt ON prompt.job_id = item.job_id"
			" AND prompt.name = item.prompt_name"
		" WHERE item.status = 'running' AND ?1 IN (0, item.number)"
		" ORDER BY item.lease",
	[STORE_WORK_ATTEMPTS] =
		"SELECT attempt, prompt_id, file_prefix"
		" FROM sample_job_attempts"
		" WHERE item_number = ?1"
		" ORDER BY attempt",
	[STORE_WORK_ATTEMPT_COUNT] =
		"UPDATE sample_job_items"
		" SET attempts = attempts + 1"
		" WHERE number = ?1"
		" RETURNING attempts",
	[STORE_WORK_CREATE_ATTEMPT] =
		"INSERT INTO sample_job_attempts (item_number, attempt, prompt_id, file_prefix,"
			" created_at)"
		" VALUES (?1, ?2, ?3, ?4, ?5)",
	[STORE_WORK_ADOPT] =
		"UPDATE sample_job_attempts"
		" SET prompt_id = ?3"
		" WHERE item_number = ?1 AND prompt_id = ?2",
	[STORE_WORK_FORGET_ATTEMPTS] = "DELETE FROM sample_job_attempts WHERE item_number = ?1",
	[STORE_WORK_TEMPLATE] = "SELECT workflow FROM sample_job_sources WHERE job_id = ?1",
	[STORE_WORK_SET_MODEL] =
		"UPDATE sample_job_checkpoints"
		" SET comfyui_model_path = ?3"
		" WHERE job_id = ?1 AND checkpoint_filename = ?2",
	/* The clock may jump: what counts is how far it is from the last write. */
	[STORE_WORK_STEP] =
		"UPDATE sample_job_items"
		" SET sampler_step = ?2, sampler_steps = ?3, progress_at = ?4"
		" WHERE id = ?1 AND status = 'running'"
			" AND (progress_at IS NULL OR abs(?4 - progress_at) >= ?5)",
	[STORE_WORK_FIND] =
		"SELECT number, job_id, checkpoint_filename, status"
		" FROM sample_job_items"
		" WHERE id = ?1",
	[STORE_WORK_END] =
		"UPDATE sample_job_items"
		" SET status = ?2, output_path = ?3, error_code = ?4, error_message = ?5,"
			" lease = NULL, sampler_step = NULL, sampler_steps = NULL,"
			" progress_at = NULL, updated_at = ?6"
		" WHERE number = ?1",
	[STORE_WORK_TOUCH_JOB] = "UPDATE sample_jobs SET updated_at = ?2 WHERE id = ?1",
	[STORE_WORK_PACE_JOB] =
		"UPDATE sample_jobs"
		" SET waiting_reason = NULL, waiting_since = NULL, updated_at = ?2,"
			" seconds_per_image = CASE"
				" WHEN ?3 < 0 THEN seconds_per_image"
				" WHEN seconds_per_image IS NULL THEN ?3"
				" ELSE 0.8 * seconds_per_image + 0.2 * ?3 END"
		" WHERE id = ?1",
	[STORE_WORK_UNFINISHED] =
		"SELECT number"
		" FROM sample_job_items"
		" WHERE job_id = ?1 AND checkpoint_filename = ?2"
			" AND (status = 'pending' OR number = ?3)"
		" ORDER BY number",
	[STORE_WORK_LEASED_OF_JOB] =
		"SELECT number FROM sample_job_items WHERE job_id = ?1 AND status = 'running'",
	[STORE_WORK_FAIL_JOB] =
		"UPDATE sample_jobs"
		" SET status = 'failed', stopping = 0, waiting_reason = NULL,"
			" waiting_since = NULL, error_message = ?3, updated_at = ?2"
		" WHERE id = ?1 AND status IN ('pending', 'running')",
	[STORE_WORK_JOB_AHEAD] =
		"SELECT number, waiting_reason,"
			" (SELECT count(*) FROM sample_jobs"
				" WHERE waiting_reason IS NOT NULL"
					" AND status IN ('pending', 'running'))"
		" FROM sample_jobs"
		" WHERE status IN ('pending', 'running')"
		" ORDER BY status = 'running' DESC, number"
		" LIMIT 1",
	[STORE_WORK_WAIT] =
		"UPDATE sample_jobs"
		" SET waiting_reason = ?2, waiting_since = ?3"
		" WHERE number = ?1 AND waiting_reason IS NOT ?2",
	[STORE_WORK_WAIT_NO_MORE] =
		"UPDATE sample_jobs"
		" SET waiting_reason = NULL, waiting_since = NULL"
		" WHERE waiting_reason IS NOT NULL AND status IN ('pending', 'running')"
			" AND number <> ?1",
	[STORE_WORK_ABANDON] =
		"INSERT OR IGNORE INTO abandoned_attempts (prompt_id, file_prefix)"
		" SELECT ?2, file_prefix"
		" FROM sample_job_attempts"
		" WHERE item_number = ?1"
		" ORDER BY attempt DESC"
		" LIMIT 1",
	[STORE_WORK_ABANDONED] = "SELECT prompt_id, file_prefix FROM abandoned_attempts",
	[STORE_WORK_FORGET] = "DELETE FROM abandoned_attempts WHERE prompt_id = ?1",
	[STORE_WORK_STOPPING] =
		"SELECT DISTINCT job.id"
		" FROM sample_job_items AS item"
		" JOIN sample_jobs AS job ON job.id = item.job_id"
		" WHERE item.status = 'running' AND job.stopping = 1",

	[STORE_OUTPUT_FIND] =
		"SELECT recipe FROM sample_outputs WHERE path = ?1 AND size = ?2 AND modified = ?3",
	[STORE_OUTPUT_RECORD] =
		"INSERT INTO sample_outputs (path, recipe, size, modified)"
		" VALUES (?1, ?2, ?3, ?4)"
		" ON CONFLICT DO UPDATE"
		" SET recipe = excluded.recipe, size = excluded.size, modified = excluded.modified",

	[STORE_COMFYUI_STATE] =
		"SELECT connected, ifnull(version, ''), ifnull(error, ''), checked_at"
		" FROM comfyui_state",
	[STORE_COMFYUI_SET_STATE] =
		"INSERT INTO comfyui_state (one, connected, version, error, checked_at)"
		" VALUES (1, ?1, ?2, ?3, ?4)"
		" ON CONFLICT DO UPDATE"
		" SET connected = excluded.connected, version = excluded.version,"
			" error = excluded.error, checked_at = excluded.checked_at",
};

/* clang-format on */

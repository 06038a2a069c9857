-- Sample presets, sample jobs and what they are made of (PRD 2.10, 2.11 and 7), and the state of
-- ComfyUI as the worker last saw it.
--
-- Times are RFC 3339 in UTC with milliseconds. Seeds, cfg and shift are text, exactly as they stand
-- in file names: a seed has up to 64 bits, and 0.1 is no binary fraction.

CREATE TABLE sample_presets (
	id              TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
	name            TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	name_key        TEXT NOT NULL UNIQUE CHECK (length(name_key) > 0),
	prompts         TEXT NOT NULL CHECK (prompts GLOB '[[]*]'),
	negative_prompt TEXT NOT NULL,
	steps           TEXT NOT NULL CHECK (steps GLOB '[[]*]'),
	cfgs            TEXT NOT NULL CHECK (cfgs GLOB '[[]*]'),
	samplers        TEXT NOT NULL CHECK (samplers GLOB '[[]*]'),
	schedulers      TEXT NOT NULL CHECK (schedulers GLOB '[[]*]'),
	seeds           TEXT NOT NULL CHECK (seeds GLOB '[[]*]'),
	width           INTEGER NOT NULL CHECK (width > 0),
	height          INTEGER NOT NULL CHECK (height > 0),
	images          INTEGER NOT NULL CHECK (images > 0), -- for each checkpoint
	created_at      TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z'),
	updated_at      TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;

-- A row is rewritten with each image: what is long stands in sample_job_sources.
CREATE TABLE sample_jobs (
	number                INTEGER PRIMARY KEY, -- in the order of creation, whatever the clock does
	id                    TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
	training_run_name     TEXT NOT NULL,
	sample_preset_id      TEXT REFERENCES sample_presets (id) ON DELETE SET NULL,
	sample_preset_name    TEXT NOT NULL,
	workflow_name         TEXT NOT NULL,
	workflow_digest       TEXT NOT NULL,
	vae                   TEXT,
	clip                  TEXT,
	shift                 TEXT,
	width                 INTEGER NOT NULL CHECK (width > 0),
	height                INTEGER NOT NULL CHECK (height > 0),
	mean_steps            REAL NOT NULL CHECK (mean_steps > 0),
	existing              TEXT NOT NULL CHECK (existing IN ('skip', 'update', 'replace')),
	status                TEXT NOT NULL
		CHECK (status IN ('pending', 'running', 'paused', 'completed', 'failed')),
	stopping              INTEGER NOT NULL DEFAULT 0
		CHECK (stopping = 0 OR (stopping = 1 AND status = 'running')),
	waiting_reason        TEXT
		CHECK (waiting_reason IS NULL OR status IN ('pending', 'running')),
	waiting_since         TEXT CHECK ((waiting_since IS NULL) = (waiting_reason IS NULL)),
	error_message         TEXT CHECK ((error_message IS NOT NULL) = (status = 'failed')),
	seconds_per_image     REAL CHECK (seconds_per_image >= 0), -- as measured of late
	-- Given when the job is made, then kept by the triggers below.
	total_items           INTEGER NOT NULL,
	completed_items       INTEGER NOT NULL DEFAULT 0,
	failed_items          INTEGER NOT NULL DEFAULT 0,
	skipped_items         INTEGER NOT NULL DEFAULT 0,
	total_checkpoints     INTEGER NOT NULL,
	completed_checkpoints INTEGER NOT NULL DEFAULT 0, -- all of whose items are completed
	revision              INTEGER NOT NULL DEFAULT 0,
	created_at            TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z'),
	updated_at            TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;

CREATE INDEX sample_jobs_by_revision ON sample_jobs (revision);
CREATE INDEX sample_jobs_by_preset ON sample_jobs (sample_preset_id);
CREATE INDEX sample_jobs_active ON sample_jobs (number) WHERE status IN ('pending', 'running');

-- The job's own copies, so that changing or deleting preset or template changes no job.
CREATE TABLE sample_job_sources (
	job_id          TEXT NOT NULL PRIMARY KEY REFERENCES sample_jobs (id) ON DELETE CASCADE,
	negative_prompt TEXT NOT NULL,
	workflow        TEXT NOT NULL
) STRICT;

CREATE TABLE sample_job_prompts (
	job_id TEXT NOT NULL REFERENCES sample_jobs (id) ON DELETE CASCADE,
	name   TEXT NOT NULL,
	text   TEXT NOT NULL,
	PRIMARY KEY (job_id, name)
) STRICT, WITHOUT ROWID;

-- One row for each checkpoint of a job; made before its items.
CREATE TABLE sample_job_checkpoints (
	job_id              TEXT NOT NULL REFERENCES sample_jobs (id) ON DELETE CASCADE,
	checkpoint_filename TEXT NOT NULL,
	path                TEXT NOT NULL, -- within its checkpoint directory
	size                INTEGER NOT NULL,
	modified            INTEGER NOT NULL, -- nanoseconds since 1970
	comfyui_model_path  TEXT, -- as ComfyUI lists it, once it was found there
	total_items         INTEGER NOT NULL,
	completed_items     INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (job_id, checkpoint_filename)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_job_items (
	number              INTEGER PRIMARY KEY, -- in the order of work
	id                  TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
	job_id              TEXT NOT NULL,
	checkpoint_filename TEXT NOT NULL,
	prompt_name         TEXT NOT NULL,
	steps               INTEGER NOT NULL CHECK (steps > 0),
	cfg                 TEXT NOT NULL,
	sampler_name        TEXT NOT NULL,
	scheduler           TEXT NOT NULL,
	seed                TEXT NOT NULL CHECK (seed NOT GLOB '*[^0-9]*' AND seed <> ''),
	-- 'running': under the lease of the worker that holds the lock.
	status              TEXT NOT NULL DEFAULT 'pending'
		CHECK (status IN ('pending', 'running', 'completed', 'failed', 'skipped')),
	lease               INTEGER, -- of leased items the order in which they were
	attempts            INTEGER NOT NULL DEFAULT 0, -- made so far; numbers the next one
	sampler_step        INTEGER, -- of the item in work
	sampler_steps       INTEGER,
	progress_at         INTEGER, -- milliseconds since 1970: when the step was written
	output_path         TEXT CHECK ((output_path IS NOT NULL) = (status = 'completed')),
	error_code          TEXT,
	error_message       TEXT
		CHECK ((error_message IS NOT NULL) = (status IN ('failed', 'skipped'))),
	created_at          TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z'),
	updated_at          TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'),
	FOREIGN KEY (job_id, checkpoint_filename)
		REFERENCES sample_job_checkpoints (job_id, checkpoint_filename) ON DELETE CASCADE
) STRICT;

CREATE INDEX sample_job_items_by_status ON sample_job_items (job_id, status, number);
CREATE INDEX sample_job_items_by_checkpoint ON sample_job_items (job_id, checkpoint_filename);
CREATE INDEX sample_job_items_leased ON sample_job_items (number) WHERE status = 'running';

-- What was, or is about to be, submitted to ComfyUI for a leased item. Written before the submission.
CREATE TABLE sample_job_attempts (
	item_number INTEGER NOT NULL REFERENCES sample_job_items (number) ON DELETE CASCADE,
	attempt     INTEGER NOT NULL CHECK (attempt > 0),
	prompt_id   TEXT NOT NULL UNIQUE,
	file_prefix TEXT NOT NULL UNIQUE,
	created_at  TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z'),
	PRIMARY KEY (item_number, attempt)
) STRICT, WITHOUT ROWID;

-- Attempts of jobs that were deleted: the worker still has to end them in ComfyUI.
CREATE TABLE abandoned_attempts (
	prompt_id   TEXT NOT NULL PRIMARY KEY,
	file_prefix TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Why items failed or were skipped, told once for all that say the same.
CREATE TABLE sample_job_faults (
	job_id              TEXT NOT NULL REFERENCES sample_jobs (id) ON DELETE CASCADE,
	status              TEXT NOT NULL CHECK (status IN ('failed', 'skipped')),
	checkpoint_filename TEXT NOT NULL,
	error_code          TEXT NOT NULL,
	error_message       TEXT NOT NULL,
	error_details       TEXT,             -- of the first of them
	first_number        INTEGER NOT NULL, -- the first item's
	count               INTEGER NOT NULL CHECK (count > 0),
	PRIMARY KEY (job_id, status, checkpoint_filename, error_code, error_message)
) STRICT, WITHOUT ROWID;

-- The pictures made here, by their path within sample_dir, with the recipe they were made by. Holds
-- as long as the file has this size and modification time.
CREATE TABLE sample_outputs (
	path     TEXT NOT NULL PRIMARY KEY,
	recipe   TEXT NOT NULL,
	size     INTEGER NOT NULL,
	modified INTEGER NOT NULL -- nanoseconds since 1970
) STRICT, WITHOUT ROWID;

-- Every change of a job, its items or its end has a number of its own, higher than all before it: a
-- reader asks for what is above the highest it has seen.
CREATE TABLE sample_job_revision (
	one   INTEGER PRIMARY KEY CHECK (one = 1),
	value INTEGER NOT NULL
) STRICT;
INSERT INTO sample_job_revision VALUES (1, 0);

-- The jobs deleted last.
CREATE TABLE deleted_sample_jobs (
	revision INTEGER PRIMARY KEY,
	id       TEXT NOT NULL
) STRICT;

CREATE TRIGGER sample_job_created AFTER INSERT ON sample_jobs
BEGIN
	UPDATE sample_job_revision SET value = value + 1;
	UPDATE sample_jobs SET revision = (SELECT value FROM sample_job_revision)
	WHERE number = NEW.number;
END;

CREATE TRIGGER sample_job_changed AFTER UPDATE ON sample_jobs WHEN NEW.revision = OLD.revision
BEGIN
	UPDATE sample_job_revision SET value = value + 1;
	UPDATE sample_jobs SET revision = (SELECT value FROM sample_job_revision)
	WHERE number = NEW.number;
END;

CREATE TRIGGER sample_job_deleted AFTER DELETE ON sample_jobs
BEGIN
	UPDATE sample_job_revision SET value = value + 1;
	INSERT INTO deleted_sample_jobs
	SELECT value, OLD.id FROM sample_job_revision;
	DELETE FROM deleted_sample_jobs
	WHERE revision <= (SELECT revision FROM deleted_sample_jobs
			   ORDER BY revision DESC LIMIT 1 OFFSET 1000);
END;

CREATE TRIGGER sample_job_checkpoint_changed AFTER UPDATE ON sample_job_checkpoints
WHEN (NEW.completed_items = NEW.total_items) <> (OLD.completed_items = OLD.total_items)
BEGIN
	UPDATE sample_jobs SET completed_checkpoints = completed_checkpoints
		+ (NEW.completed_items = NEW.total_items)
		- (OLD.completed_items = OLD.total_items)
	WHERE id = NEW.job_id;
END;

-- Also for a change that moves no count, such as a step of the sampler: it is a revision.
CREATE TRIGGER sample_job_item_changed AFTER UPDATE ON sample_job_items
BEGIN
	UPDATE sample_job_checkpoints SET
		completed_items = completed_items
			+ (NEW.status = 'completed') - (OLD.status = 'completed')
	WHERE job_id = NEW.job_id AND checkpoint_filename = NEW.checkpoint_filename
		AND (NEW.status = 'completed') <> (OLD.status = 'completed');
	UPDATE sample_jobs SET
		completed_items = completed_items
			+ (NEW.status = 'completed') - (OLD.status = 'completed'),
		failed_items = failed_items + (NEW.status = 'failed') - (OLD.status = 'failed'),
		skipped_items = skipped_items + (NEW.status = 'skipped') - (OLD.status = 'skipped')
	WHERE id = NEW.job_id;
END;

-- What the worker knows of ComfyUI; no row before it has looked.
CREATE TABLE comfyui_state (
	one        INTEGER PRIMARY KEY CHECK (one = 1),
	connected  INTEGER NOT NULL CHECK (connected IN (0, 1)),
	version    TEXT,
	error      TEXT,
	checked_at TEXT NOT NULL CHECK (checked_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;

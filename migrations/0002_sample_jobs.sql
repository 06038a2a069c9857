-- Sample presets, sample jobs and what they are made of (PRD 2.10, 2.11 and 7), and the state of
-- ComfyUI as the worker last saw it.
--
-- Times are RFC 3339 in UTC with milliseconds. Seeds and cfg are text, exactly as they stand in file
-- names: a seed has up to 64 bits, and 0.1 is no binary fraction.

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
	created_at      TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z'),
	updated_at      TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;

CREATE TABLE sample_jobs (
	number                INTEGER PRIMARY KEY, -- in the order of creation, whatever the clock does
	id                    TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
	training_run_name     TEXT NOT NULL,
	sample_preset_id      TEXT REFERENCES sample_presets (id) ON DELETE SET NULL,
	-- The job keeps its own copies, so that changing or deleting preset or template changes no job.
	sample_preset_name    TEXT NOT NULL,
	sample_preset         TEXT NOT NULL CHECK (sample_preset GLOB '{*}'),
	workflow_name         TEXT NOT NULL,
	workflow              TEXT NOT NULL,
	vae                   TEXT,
	clip                  TEXT,
	shift                 REAL,
	existing              TEXT NOT NULL CHECK (existing IN ('skip', 'update', 'replace')),
	status                TEXT NOT NULL
		CHECK (status IN ('pending', 'running', 'paused', 'completed', 'failed')),
	stopping              INTEGER NOT NULL DEFAULT 0 CHECK (stopping IN (0, 1)),
	waiting_reason        TEXT,
	waiting_since         TEXT CHECK ((waiting_since IS NULL) = (waiting_reason IS NULL)),
	error_message         TEXT,
	seconds_per_image     REAL CHECK (seconds_per_image >= 0), -- as measured of late
	-- Kept by the triggers below.
	total_items           INTEGER NOT NULL DEFAULT 0,
	completed_items       INTEGER NOT NULL DEFAULT 0,
	failed_items          INTEGER NOT NULL DEFAULT 0,
	skipped_items         INTEGER NOT NULL DEFAULT 0,
	total_checkpoints     INTEGER NOT NULL DEFAULT 0,
	completed_checkpoints INTEGER NOT NULL DEFAULT 0, -- all of whose items are completed
	revision              INTEGER NOT NULL DEFAULT 0,
	created_at            TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z'),
	updated_at            TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;

CREATE INDEX sample_jobs_by_revision ON sample_jobs (revision);
CREATE INDEX sample_jobs_by_preset ON sample_jobs (sample_preset_id);

-- One row for each checkpoint of a job; made before its items.
CREATE TABLE sample_job_checkpoints (
	job_id              TEXT NOT NULL REFERENCES sample_jobs (id) ON DELETE CASCADE,
	checkpoint_filename TEXT NOT NULL,
	total_items         INTEGER NOT NULL DEFAULT 0,
	completed_items     INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (job_id, checkpoint_filename)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_job_items (
	number              INTEGER PRIMARY KEY, -- in the order of work
	id                  TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
	job_id              TEXT NOT NULL,
	checkpoint_filename TEXT NOT NULL,
	comfyui_model_path  TEXT,
	prompt_name         TEXT NOT NULL,
	prompt_text         TEXT NOT NULL,
	steps               INTEGER NOT NULL CHECK (steps > 0),
	cfg                 TEXT NOT NULL,
	sampler_name        TEXT NOT NULL,
	scheduler           TEXT NOT NULL,
	seed                TEXT NOT NULL CHECK (seed NOT GLOB '*[^0-9]*' AND seed <> ''),
	status              TEXT NOT NULL DEFAULT 'pending'
		CHECK (status IN ('pending', 'running', 'completed', 'failed', 'skipped')),
	sampler_step        INTEGER, -- of the item in work
	sampler_steps       INTEGER,
	comfyui_prompt_id   TEXT,
	output_path         TEXT,
	error_message       TEXT,
	created_at          TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z'),
	updated_at          TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'),
	FOREIGN KEY (job_id, checkpoint_filename)
		REFERENCES sample_job_checkpoints (job_id, checkpoint_filename) ON DELETE CASCADE
) STRICT;

CREATE INDEX sample_job_items_by_status ON sample_job_items (job_id, status, number);
CREATE INDEX sample_job_items_by_checkpoint ON sample_job_items (job_id, checkpoint_filename);

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

CREATE TRIGGER sample_job_checkpoint_created AFTER INSERT ON sample_job_checkpoints
BEGIN
	UPDATE sample_jobs SET total_checkpoints = total_checkpoints + 1 WHERE id = NEW.job_id;
END;

CREATE TRIGGER sample_job_checkpoint_changed AFTER UPDATE ON sample_job_checkpoints
WHEN (NEW.completed_items = NEW.total_items) <> (OLD.completed_items = OLD.total_items)
	OR OLD.total_items = 0
BEGIN
	UPDATE sample_jobs SET completed_checkpoints =
		(SELECT count(*) FROM sample_job_checkpoints
		 WHERE job_id = NEW.job_id AND total_items > 0 AND completed_items = total_items)
	WHERE id = NEW.job_id;
END;

CREATE TRIGGER sample_job_item_created AFTER INSERT ON sample_job_items
BEGIN
	UPDATE sample_job_checkpoints SET
		total_items = total_items + 1,
		completed_items = completed_items + (NEW.status = 'completed')
	WHERE job_id = NEW.job_id AND checkpoint_filename = NEW.checkpoint_filename;
	UPDATE sample_jobs SET
		total_items = total_items + 1,
		completed_items = completed_items + (NEW.status = 'completed'),
		failed_items = failed_items + (NEW.status = 'failed'),
		skipped_items = skipped_items + (NEW.status = 'skipped')
	WHERE id = NEW.job_id;
END;

-- Also for a change that moves no count, such as a step of the sampler: it is a revision.
CREATE TRIGGER sample_job_item_changed AFTER UPDATE ON sample_job_items
BEGIN
	UPDATE sample_job_checkpoints SET
		completed_items = completed_items
			+ (NEW.status = 'completed') - (OLD.status = 'completed')
	WHERE job_id = NEW.job_id AND checkpoint_filename = NEW.checkpoint_filename
		AND NEW.status <> OLD.status;
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

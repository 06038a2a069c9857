-- Presets: named assignments of dimensions to the roles of the grid (PRD 2.7 and 7).

PRAGMA application_id = 0x43537072; -- "CSpr": tells our database from another program's

CREATE TABLE presets (
	id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
	name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	-- The name in the form of utf8_append_folded: equal for names that differ in case only. NOCASE
	-- would know the letters of ASCII alone.
	name_key   TEXT NOT NULL UNIQUE CHECK (length(name_key) > 0),
	-- Canonical, as GET answers it: a GET copies it as it is.
	mapping    TEXT NOT NULL CHECK (json_valid(mapping) AND json_type(mapping) = 'object'),
	-- RFC 3339 in UTC with milliseconds, so that their order as text is their order in time.
	created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z'),
	updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;

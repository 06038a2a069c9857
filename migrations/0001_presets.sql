-- Presets: named assignments of dimensions to the roles of the grid (PRD 2.7 and 7).

CREATE TABLE presets (
	id         TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
	name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	-- The name in the form of utf8_append_folded: equal for names that differ in case only. NOCASE
	-- would know the letters of ASCII alone.
	name_key   TEXT NOT NULL UNIQUE CHECK (length(name_key) > 0),
	-- JSON as GET answers it, which copies it. (json_valid is no function that a schema may call
	-- while trusted_schema is off.)
	mapping    TEXT NOT NULL CHECK (mapping GLOB '{*}'),
	-- RFC 3339 in UTC with milliseconds, so that their order as text is their order in time.
	created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z'),
	updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;

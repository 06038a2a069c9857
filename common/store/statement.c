#include "store/statement.h"

const char *const store_statements[STORE_STATEMENT_COUNT] = {
	[STORE_SCHEMA_COUNT] = "SELECT count(*) FROM sqlite_schema",
	[STORE_DATA_VERSION] = "PRAGMA data_version",

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
};

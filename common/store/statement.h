#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

/* Every statement the product runs on its tables, prepared once for each connection. */
enum store_statement {
	STORE_SCHEMA_COUNT,
	STORE_DATA_VERSION,
	STORE_COPY,
	STORE_PRESET_LIST,
	STORE_PRESET_FIND,
	STORE_PRESET_NAME_HOLDER,
	STORE_PRESET_COUNT,
	STORE_PRESET_CREATE,
	STORE_PRESET_UPDATE,
	STORE_PRESET_DELETE,
	STORE_JOB_REVISION,
	STORE_JOB_DELETED_SINCE,
	STORE_JOB_CHANGED_SINCE,
	STORE_COMFYUI_STATE,
	STORE_STATEMENT_COUNT
};

/* The SQL by statement. Parameters are numbered: ?1, ?2, … */
extern const char *const store_statements[STORE_STATEMENT_COUNT];

#endif

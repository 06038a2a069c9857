#include "program.h"

bool program_load_config(struct arena *arena, struct config **config, struct error *error)
{
	struct config_faults faults = {0};
	const char *path = config_default_path(arena);

	if (path && config_load(arena, path, config, &faults))
		return true;
	return error_set(error, ERROR_INVALID, "invalid_config", "%s",
		faults.count ? faults.messages[0] : "The configuration cannot be read.");
}

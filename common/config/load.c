#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "config/read.h"

const char *config_default_path(struct arena *arena)
{
	const char *named = getenv("CONFIG_PATH");
	char directory[LIMIT_PATH];

	if (!named || !*named)
		named = "config.yaml";
	if (*named == '/')
		return arena_copy(arena, text_from(named));
	if (!getcwd(directory, sizeof(directory)))
		return NULL;
	return arena_printf(arena, "%s/%s", strcmp(directory, "/") ? directory : "", named);
}

static bool read_file(struct config_reader *reader, struct buffer *source)
{
	if (file_read_path(AT_FDCWD, reader->path, source))
		return true;
	if (errno == ENOENT)
		return config_fault(reader, NULL, "",
			"there is no such file; copy config.example.yaml there and fill in your "
			"directories, or name another file in CONFIG_PATH");
	if (errno == EFBIG)
		return config_fault(reader, NULL, "", "longer than the %d bytes that are allowed",
			LIMIT_CONFIG);
	return config_fault(reader, NULL, "", "cannot be read: %s", strerror(errno));
}

bool config_load(
	struct arena *arena, const char *path, struct config **config, struct config_faults *faults)
{
	struct config_reader reader = {arena, path, {path, 0}, faults};
	struct buffer source;
	bool loaded;

	config_faults_init(faults);
	buffer_init(&source, LIMIT_CONFIG);
	loaded = read_file(&reader, &source) &&
		 config_parse(arena, path, buffer_text(&source), config, faults);
	buffer_free(&source);
	if (loaded &&
		!config_warnings(arena, *config, &(*config)->warnings, &(*config)->warning_count))
		return config_fault(&reader, NULL, "", "out of memory");
	return loaded;
}

bool config_load_default(struct arena *arena, struct config **config, struct error *error)
{
	struct config_faults faults = {0};
	const char *path = config_default_path(arena);

	if (path && config_load(arena, path, config, &faults))
		return true;
	return error_set(error, ERROR_INVALID, "invalid_config", "%s",
		faults.count ? faults.messages[0] : "The configuration cannot be read.");
}

/*
 * previews WIDTH DIRECTORY FILE...: makes a preview of each file into DIRECTORY, one after the
 * other on one core, as the program `previews` does, for comparing with other makers of thumbnails.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "library/preview.h"

static bool make(const char *path, unsigned width, const char *directory, struct error *error)
{
	struct library_picture_source source = {0};
	struct library_preview preview;
	struct buffer bytes;
	const char *slash = strrchr(path, '/');
	char target[LIMIT_PATH];
	bool done;

	buffer_init(&bytes, LIMIT_PICTURE_FILE);
	if (!file_read_path(AT_FDCWD, path, &bytes))
		return error_set(error, ERROR_SYSTEM, "unreadable", "%s cannot be read.", path);
	source.bytes = buffer_text(&bytes);
	done = library_preview_make(&source, width, &preview, error);
	buffer_free(&bytes);
	if (!done)
		return false;
	(void)snprintf(target, sizeof(target), "%s/%s%s", directory, slash ? slash + 1 : path,
		library_preview_extension(preview.type));
	done = file_write_atomic(AT_FDCWD, target, buffer_text(&preview.bytes), false) ||
	       error_set(error, ERROR_SYSTEM, "unwritable", "%s cannot be written.", target);
	buffer_free(&preview.bytes);
	return done;
}

int main(int argc, char **argv)
{
	struct error error = {0};

	if (argc < 4) {
		(void)fprintf(stderr, "usage: previews WIDTH DIRECTORY FILE...\n");
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		if (make(argv[i], (unsigned)strtoul(argv[1], NULL, 10), argv[2], &error))
			continue;
		(void)fprintf(stderr, "%s: %s (%s)\n", argv[i], error.message, error.cause);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

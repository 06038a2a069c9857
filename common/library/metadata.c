#include "library/metadata.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"

bool library_metadata_add(struct arena *arena, struct library_metadata *metadata, struct text key,
	struct text value, struct error *error)
{
	if (library_is_interned(&metadata->keys, key))
		return true;
	if (key.length + value.length > LIMIT_METADATA - metadata->bytes)
		return library_damaged(error, "it holds more than 64 MiB of text");
	if (!arena_grow(arena, &metadata->values, &metadata->capacity, metadata->keys.count,
		    sizeof(*metadata->values)))
		return error_memory(error);
	metadata->values[metadata->keys.count] = value;
	if (library_intern(arena, &metadata->keys, key) == LIBRARY_INTERN_MEMORY)
		return error_memory(error);
	metadata->bytes += key.length + value.length;
	return true;
}

void library_write_metadata(struct json_writer *out, const struct library_metadata *metadata,
	struct text prefix, bool beginning)
{
	json_open_object(out);
	for (size_t i = 0; i < metadata->keys.count; i++) {
		if (text_starts_with(metadata->keys.texts[i], prefix) != beginning)
			continue;
		json_key_text(out, metadata->keys.texts[i]);
		json_text(out, metadata->values[i]);
	}
	json_close_object(out);
}

bool library_damaged(struct error *error, const char *format, ...)
{
	char reason[400];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	return error_set(error, ERROR_DAMAGED, "damaged_file", "The file is damaged: %s.", reason);
}

ssize_t library_read_at(int descriptor, char *bytes, size_t size, off_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(descriptor, bytes + done, size - done, offset + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

bool library_read_failed(struct error *error)
{
	int reason = errno;

	(void)error_set(error, ERROR_UNAVAILABLE, "unavailable", "The file cannot be read now.");
	return error_cause(error, "pread: %s", strerror(reason));
}

#include "library/skipped.h"

#include "base/limits.h"

bool library_skip(
	struct arena *arena, struct library_skipped *skipped, struct text path, const char *reason)
{
	struct library_skipped_entry entry;

	skipped->count++;
	if (skipped->kept == LIMIT_SKIPPED)
		return true;
	entry.path = arena_text(arena, path);
	entry.reason = reason;
	if (!entry.path.at || !reason ||
		!arena_grow(arena, &skipped->entries, &skipped->capacity, skipped->kept,
			sizeof(*skipped->entries)))
		return false;
	skipped->entries[skipped->kept++] = entry;
	return true;
}

void library_write_skipped(struct json_writer *out, const struct library_skipped *skipped)
{
	json_open_array(out);
	for (size_t i = 0; i < skipped->kept; i++) {
		json_open_object(out);
		json_put_text(out, "path", skipped->entries[i].path);
		json_put_string(out, "reason", skipped->entries[i].reason);
		json_close_object(out);
	}
	json_close_array(out);
}

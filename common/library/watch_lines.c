#include <inttypes.h>
#include <stdio.h>

#include "base/json_write.h"
#include "library/scan.h"
#include "library/watch_internal.h"
#include "naming/image.h"

/* Begins a line `{"type":"TYPE"` in the watch's buffer. */
static void begin(struct library_watch *watch, struct json_writer *out, const char *type)
{
	watch->line.length = 0;
	json_writer_init(out, &watch->line);
	json_open_object(out);
	json_key(out, "type");
	json_string(out, type);
}

static void end(
	struct library_watch *watch, struct json_writer *out, const uint64_t *runs, size_t count)
{
	json_close_object(out);
	if (watch->line.failed)
		watch->failed = true;
	else
		watch->tell(watch->context, buffer_text(&watch->line), runs, count);
	arena_reset(&watch->scratch);
}

static void put_path(
	struct json_writer *out, const struct library_watch_directory *directory, struct text name)
{
	char path[LIBRARY_WATCH_PATH];

	json_key(out, "path");
	json_text(out, library_watch_path(path, directory, name));
}

static void put_runs(struct json_writer *out, const uint64_t *runs, size_t count)
{
	json_key(out, "training_run_ids");
	json_open_array(out);
	for (size_t i = 0; i < count; i++) {
		char id[NAMING_RUN_ID_SIZE];

		(void)snprintf(id, sizeof(id), "%016" PRIx64, runs[i]);
		json_string(out, id);
	}
	json_close_array(out);
}

static bool put_dimensions(struct library_watch *watch, struct json_writer *out,
	const struct text *checkpoint, struct text name)
{
	struct naming_image image;
	const char *reason;

	if (naming_parse_image(&watch->scratch, name, &image, &reason) != NAMING_IMAGE)
		return false;
	json_key(out, "dimensions");
	json_open_object(out);
	if (checkpoint) {
		json_key(out, "checkpoint");
		json_text(out, *checkpoint);
	}
	for (size_t i = 0; i < image.pair_count; i++) {
		json_key_text(out, image.pairs[i].key);
		json_text(out, image.pairs[i].value);
	}
	json_close_object(out);
	return true;
}

static void tell_added(struct library_watch *watch, const struct library_watch_directory *directory,
	const struct library_watch_file *file, const struct text *checkpoint, const uint64_t *runs,
	size_t count)
{
	struct text name = library_watch_name_text(&watch->names, file->name);
	char version[LIBRARY_VERSION_SIZE];
	struct json_writer out;

	begin(watch, &out, "image_added");
	put_path(&out, directory, name);
	if (!put_dimensions(watch, &out, checkpoint, name)) {
		watch->failed = true;
		return;
	}
	(void)library_image_version(file->modified, file->size, version);
	json_key(&out, "version");
	json_string(&out, version);
	put_runs(&out, runs, count);
	end(watch, &out, runs, count);
}

/* The ids of the members from `first` on that have the first one's value; NULL without memory. */
static uint64_t *same_value(
	struct library_watch *watch, const struct library_member *first, size_t most, size_t *count)
{
	uint64_t *ids = arena_array(&watch->scratch, most, sizeof(*ids));

	*count = 0;
	while (ids && *count < most && text_equal(first[*count].value, first->value)) {
		ids[*count] = first[*count].run;
		(*count)++;
	}
	watch->failed = watch->failed || !ids;
	return ids;
}

void library_watch_tell_added(struct library_watch *watch,
	const struct library_watch_directory *directory, const struct library_watch_file *file)
{
	const struct library_member *members = directory->members;
	const uint64_t none = 0;

	if (directory->member_count == 0)
		tell_added(watch, directory, file, NULL, &none, 0);
	/* Runs that share the directory may give the checkpoint different values. */
	for (size_t i = 0, count; i < directory->member_count; i += count) {
		const uint64_t *ids =
			same_value(watch, members + i, directory->member_count - i, &count);

		if (!ids)
			return;
		tell_added(watch, directory, file, &members[i].value, ids, count);
	}
}

static uint64_t *all_runs(
	struct library_watch *watch, const struct library_watch_directory *directory)
{
	uint64_t *ids = arena_array(&watch->scratch, directory->member_count + 1, sizeof(*ids));

	for (size_t i = 0; ids && i < directory->member_count; i++)
		ids[i] = directory->members[i].run;
	watch->failed = watch->failed || !ids;
	return ids;
}

void library_watch_tell_removed(
	struct library_watch *watch, const struct library_watch_directory *directory, uint32_t name)
{
	const uint64_t *ids = all_runs(watch, directory);
	struct json_writer out;

	if (!ids)
		return;
	begin(watch, &out, "image_removed");
	put_path(&out, directory, library_watch_name_text(&watch->names, name));
	put_runs(&out, ids, directory->member_count);
	end(watch, &out, ids, directory->member_count);
}

void library_watch_tell_directory(
	struct library_watch *watch, const struct library_watch_directory *directory)
{
	const uint64_t *ids = all_runs(watch, directory);
	struct json_writer out;

	if (!ids)
		return;
	begin(watch, &out, "directory_added");
	put_path(&out, directory, TEXT(""));
	end(watch, &out, ids, directory->member_count);
}

void library_watch_tell_runs_changed(struct library_watch *watch)
{
	struct json_writer out;

	begin(watch, &out, "training_runs_changed");
	end(watch, &out, NULL, 0);
}

void library_watch_tell_resync(struct library_watch *watch)
{
	struct json_writer out;

	begin(watch, &out, "resync");
	end(watch, &out, NULL, 0);
}

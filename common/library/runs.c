#include "library/runs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "library/run_warnings.h"

/* A file of the search with its meaning. */
struct found {
	const struct library_file *file;
	struct naming_checkpoint naming;
	struct text run_name;
};

/* The names of the sample directories, sorted by bytes. */
struct names {
	struct text *items;
	size_t count;
	size_t capacity;
};

static int compare_names(const void *left, const void *right)
{
	const struct text *a = left;
	const struct text *b = right;

	return text_compare(*a, *b);
}

static bool skip_sample(struct arena *arena, const struct config *config,
	struct library_listing *listing, const char *name, const char *reason)
{
	const char *path =
		arena_printf(arena, "%s%s%s", config->sample_dir, *name ? "/" : "", name);

	return path && library_skip(arena, &listing->skipped, text_from(path), reason);
}

static bool take_sample_name(struct arena *arena, const struct config *config,
	struct library_listing *listing, struct names *names, int parent,
	const struct dirent *entry)
{
	struct naming_checkpoint parsed;
	struct text name = text_from(entry->d_name);
	unsigned char type;

	if (naming_parse_checkpoint(arena, TEXT(""), name, &parsed) == NAMING_OTHER_FILE)
		return true;
	type = file_entry_type(parent, entry);
	if (type == DT_LNK)
		return skip_sample(arena, config, listing, entry->d_name,
			"a symbolic link; links below sample_dir are not followed");
	if (type != DT_DIR)
		return true;
	if (!arena_grow(
		    arena, &names->items, &names->capacity, names->count, sizeof(*names->items)))
		return false;
	names->items[names->count] = arena_text(arena, name);
	return names->items[names->count++].at != NULL;
}

/* Reads which sample directories there are: one directory read serves all checkpoints. */
static bool read_sample_names(struct arena *arena, const struct config *config,
	struct library_listing *listing, struct names *names)
{
	DIR *stream = opendir(config->sample_dir);
	bool done = true;

	if (!stream)
		return skip_sample(
			arena, config, listing, "", arena_copy(arena, text_from(strerror(errno))));
	while (done) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(stream);
		if (!entry && errno)
			done = skip_sample(arena, config, listing, "",
				arena_copy(arena, text_from(strerror(errno))));
		if (!entry)
			break;
		done = take_sample_name(arena, config, listing, names, dirfd(stream), entry);
	}
	(void)closedir(stream);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), compare_names);
	return done;
}

static bool has_name(const struct names *names, struct text name)
{
	return names->count &&
	       bsearch(&name, names->items, names->count, sizeof(*names->items), compare_names);
}

/* The name of the directory that holds the file. */
static struct text directory_name(const struct config *config, const struct library_file *file)
{
	struct text path = file->parent.length
				   ? file->parent
				   : text_from(config->checkpoint_dirs[file->directory]);
	const char *slash = memrchr(path.at, '/', path.length);

	return slash ? text_from_offset(path, (size_t)(slash - path.at) + 1) : path;
}

static bool find_meaning(struct arena *arena, const struct config *config,
	const struct library_file *file, struct found *found)
{
	struct text base;

	found->file = file;
	if (naming_parse_checkpoint(arena, directory_name(config, file), file->file_name,
		    &found->naming) != NAMING_CHECKPOINT)
		return false;
	base = found->naming.base;
	found->run_name = base;
	if (file->parent.length)
		found->run_name = text_from(arena_printf(
			arena, "%.*s/%.*s", TEXT_ARGUMENTS(file->parent), TEXT_ARGUMENTS(base)));
	return found->run_name.length > 0;
}

/* By run, in it by file name, of equal ones that of the first directory first. */
static int compare_found(const void *left, const void *right)
{
	const struct found *a = left;
	const struct found *b = right;
	int order = text_compare(a->run_name, b->run_name);

	if (!order)
		order = text_compare(a->naming.file_name, b->naming.file_name);
	return order ? order
		     : (a->file->directory > b->file->directory) -
			       (a->file->directory < b->file->directory);
}

static int compare_training_order(const void *left, const void *right)
{
	struct library_checkpoint *const *a = left;
	struct library_checkpoint *const *b = right;

	return naming_compare_checkpoints(&(*a)->naming, &(*b)->naming);
}

/* The size of a checkpoint file, or -1 if it cannot be told. */
static off_t file_size(
	struct arena *arena, const struct config *config, const struct library_file *file)
{
	const char *path =
		arena_printf(arena, "%s/%s", config->checkpoint_dirs[file->directory], file->path);
	struct stat status;

	return path && stat(path, &status) == 0 ? status.st_size : -1;
}

/* Sets the values, which need the checkpoints in training order. */
static bool set_values(struct arena *arena, struct library_run *run)
{
	struct naming_checkpoint **namings =
		arena_array(arena, run->checkpoint_count, sizeof(struct naming_checkpoint *));

	if (!namings)
		return false;
	qsort(run->checkpoints, run->checkpoint_count, sizeof(struct library_checkpoint *),
		compare_training_order);
	for (size_t i = 0; i < run->checkpoint_count; i++)
		namings[i] = &run->checkpoints[i]->naming;
	return naming_set_values(arena, namings, run->checkpoint_count);
}

/* Makes one run of files with one run name; of equal file names the first directory's is taken. */
static bool make_run(struct arena *arena, const struct config *config, const struct names *samples,
	const struct found *found, size_t count, struct library_run *run)
{
	size_t different = 0;
	const struct found *example = NULL;

	naming_run_id(found->run_name, run->id);
	run->name = found->run_name;
	run->checkpoints = arena_array(arena, count, sizeof(struct library_checkpoint *));
	if (!run->checkpoints)
		return false;
	for (size_t i = 0, first = 0; i < count; i++) {
		struct library_checkpoint *checkpoint;

		if (i > first &&
			text_equal(found[i].naming.file_name, found[first].naming.file_name)) {
			if (file_size(arena, config, found[i].file) !=
				file_size(arena, config, found[first].file)) {
				different++;
				example = &found[first];
			}
			continue;
		}
		first = i;
		checkpoint = arena_alloc(arena, sizeof(*checkpoint));
		if (!checkpoint)
			return false;
		checkpoint->naming = found[i].naming;
		checkpoint->directory = found[i].file->directory;
		checkpoint->path = found[i].file->path;
		checkpoint->has_samples = has_name(samples, found[i].naming.file_name);
		run->has_samples = run->has_samples || checkpoint->has_samples;
		run->checkpoints[run->checkpoint_count++] = checkpoint;
	}
	if (example && !library_warn_sizes(arena, run, example->naming.file_name, different,
			       config->checkpoint_dirs[example->file->directory]))
		return false;
	return set_values(arena, run);
}

static bool make_runs(struct arena *arena, const struct config *config, const struct names *samples,
	const struct library_files *files, struct library_listing *listing)
{
	struct found *found = arena_array(arena, files->count, sizeof(*found));

	listing->runs = arena_array(arena, files->count, sizeof(*listing->runs));
	if (!found || !listing->runs)
		return false;
	for (size_t i = 0; i < files->count; i++)
		if (!find_meaning(arena, config, &files->items[i], &found[i]))
			return false;
	qsort(found, files->count, sizeof(*found), compare_found);
	for (size_t i = 0, end; i < files->count; i = end) {
		for (end = i + 1;
			end < files->count && text_equal(found[i].run_name, found[end].run_name);)
			end++;
		if (!make_run(arena, config, samples, found + i, end - i,
			    &listing->runs[listing->run_count++]))
			return false;
	}
	return library_warn_shared_samples(arena, listing);
}

bool library_list_runs(struct arena *arena, const struct config *config,
	struct library_listing *listing, struct error *error)
{
	struct library_files files;
	struct names samples = {0};

	*listing = (struct library_listing){0};
	if (!library_walk(arena, config, &files))
		return error_memory(error);
	listing->skipped = files.skipped;
	listing->excluded_count = files.excluded;
	listing->places = files.places;
	listing->place_count = files.place_count;
	if (!read_sample_names(arena, config, listing, &samples) ||
		!make_runs(arena, config, &samples, &files, listing))
		return error_memory(error);
	return true;
}

const struct library_run *library_find_run(
	const struct library_listing *listing, struct text id, struct error *error)
{
	for (size_t i = 0; i < listing->run_count; i++)
		if (text_equal(text_from(listing->runs[i].id), id))
			return &listing->runs[i];
	(void)error_set(error, ERROR_NOT_FOUND, "not_found",
		"There is no training run with the id \"%.*s\".", TEXT_ARGUMENTS(id));
	return NULL;
}

const struct library_checkpoint *library_find_checkpoint(const struct library_listing *listing,
	struct text file_name, struct text run_id, struct error *error)
{
	for (size_t i = 0; i < listing->run_count; i++) {
		const struct library_run *run = &listing->runs[i];

		if (run_id.length && !text_equal(text_from(run->id), run_id))
			continue;
		for (size_t j = 0; j < run->checkpoint_count; j++)
			if (text_equal(run->checkpoints[j]->naming.file_name, file_name))
				return run->checkpoints[j];
	}
	(void)error_set(error, ERROR_NOT_FOUND, "not_found",
		"There is no checkpoint named \"%.*s\"%s.", TEXT_ARGUMENTS(file_name),
		run_id.length ? " in this training run" : "");
	return NULL;
}

static void write_checkpoint(struct json_writer *out, const struct library_checkpoint *checkpoint)
{
	int64_t number;

	json_open_object(out);
	json_put_text(out, "filename", checkpoint->naming.file_name);
	json_key(out, "step_number");
	if (naming_checkpoint_number(&checkpoint->naming, &number))
		json_integer(out, number);
	else
		json_null(out);
	json_put_text(out, "value", checkpoint->naming.value);
	json_put_boolean(out, "has_samples", checkpoint->has_samples);
	json_close_object(out);
}

static void write_run(struct json_writer *out, const struct library_run *run)
{
	json_open_object(out);
	json_put_string(out, "id", run->id);
	json_put_text(out, "name", run->name);
	json_put_integer(out, "checkpoint_count", (int64_t)run->checkpoint_count);
	json_put_boolean(out, "has_samples", run->has_samples);
	json_key(out, "checkpoints");
	json_open_array(out);
	for (size_t i = 0; i < run->checkpoint_count; i++)
		write_checkpoint(out, run->checkpoints[i]);
	json_close_array(out);
	json_key(out, "warnings");
	json_open_array(out);
	for (size_t i = 0; i < run->warning_count; i++)
		json_string(out, run->warnings[i]);
	json_close_array(out);
	json_close_object(out);
}

void library_write_runs(struct json_writer *out, const struct library_listing *listing,
	enum library_run_filter filter)
{
	json_open_array(out);
	for (size_t i = 0; i < listing->run_count; i++) {
		const struct library_run *run = &listing->runs[i];

		if (filter == LIBRARY_ALL_RUNS ||
			run->has_samples == (filter == LIBRARY_RUNS_WITH_SAMPLES))
			write_run(out, run);
	}
	json_close_array(out);
}

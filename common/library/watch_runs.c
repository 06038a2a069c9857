#include "library/watch_runs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "library/runs.h"
#include "library/watch.h"

bool library_watch_parse_run(struct text id, uint64_t *run)
{
	uint64_t value = 0;

	if (id.length != NAMING_RUN_ID_SIZE - 1)
		return false;
	for (size_t i = 0; i < id.length; i++) {
		char byte = id.at[i];

		if (byte >= '0' && byte <= '9')
			value = value << 4 | (uint64_t)(byte - '0');
		else if (byte >= 'a' && byte <= 'f')
			value = value << 4 | (uint64_t)(byte - 'a' + 10);
		else
			return false;
	}
	*run = value;
	return true;
}

static int compare_ids(const void *left, const void *right)
{
	const uint64_t *a = left;
	const uint64_t *b = right;

	return (*a > *b) - (*a < *b);
}

static int compare_members(const void *left, const void *right)
{
	const struct library_member *a = left;
	const struct library_member *b = right;
	int order = text_compare(a->file_name, b->file_name);

	if (!order)
		order = text_compare(a->value, b->value);
	return order ? order : compare_ids(&a->run, &b->run);
}

static bool copy_members(struct library_watch_runs *runs, const struct library_listing *listing)
{
	size_t count = 0;

	for (size_t i = 0; i < listing->run_count; i++)
		count += listing->runs[i].checkpoint_count;
	runs->members = arena_array(&runs->arena, count, sizeof(*runs->members));
	runs->ids = arena_array(&runs->arena, listing->run_count, sizeof(*runs->ids));
	if (!runs->members || !runs->ids)
		return false;
	for (size_t i = 0; i < listing->run_count; i++) {
		const struct library_run *run = &listing->runs[i];
		uint64_t id;

		if (!library_watch_parse_run(text_from(run->id), &id))
			return false;
		runs->ids[runs->id_count++] = id;
		for (size_t j = 0; j < run->checkpoint_count; j++) {
			const struct naming_checkpoint *naming = &run->checkpoints[j]->naming;
			struct library_member *member = &runs->members[runs->member_count++];

			member->run = id;
			member->file_name = arena_text(&runs->arena, naming->file_name);
			member->value = arena_text(&runs->arena, naming->value);
			if (!member->file_name.at || !member->value.at)
				return false;
		}
	}
	qsort(runs->ids, runs->id_count, sizeof(*runs->ids), compare_ids);
	qsort(runs->members, runs->member_count, sizeof(*runs->members), compare_members);
	return true;
}

static bool add_place(struct library_watch_runs *runs, const struct library_place *place)
{
	struct library_watched_place *copy = &runs->places[runs->place_count++];

	*copy = (struct library_watched_place){
		.device = place->device,
		.inode = place->inode,
		.modified = place->modified,
		.watch = -1,
	};
	copy->path = arena_copy(&runs->arena, text_from(place->path));
	return copy->path != NULL;
}

static bool has_place(const struct library_listing *listing, const char *path)
{
	for (size_t i = 0; i < listing->place_count; i++)
		if (strcmp(listing->places[i].path, path) == 0)
			return true;
	return false;
}

static bool copy_places(struct library_watch_runs *runs, const struct config *config,
	const struct library_listing *listing)
{
	size_t most = listing->place_count + config->checkpoint_dir_count;

	runs->places = arena_array(&runs->arena, most, sizeof(*runs->places));
	if (!runs->places)
		return false;
	for (size_t i = 0; i < listing->place_count; i++)
		if (!add_place(runs, &listing->places[i]))
			return false;
	/* A configured directory that is missing may come. */
	for (size_t i = 0; i < config->checkpoint_dir_count; i++) {
		struct library_place missing = {.path = config->checkpoint_dirs[i]};

		if (!has_place(listing, missing.path) && !add_place(runs, &missing))
			return false;
	}
	return true;
}

bool library_watch_read_runs(const struct config *config, struct library_watch_runs *runs)
{
	struct arena scratch;
	struct library_listing listing;
	struct error error;
	bool done;

	*runs = (struct library_watch_runs){0};
	arena_init(&runs->arena, LIMIT_WATCH_MEMORY);
	arena_init(&scratch, LIMIT_REQUEST_MEMORY);
	done = library_list_runs(&scratch, config, &listing, &error) &&
	       copy_members(runs, &listing) && copy_places(runs, config, &listing);
	arena_free(&scratch);
	if (!done)
		library_watch_free_runs(runs);
	return done;
}

void library_watch_free_runs(struct library_watch_runs *runs)
{
	arena_free(&runs->arena);
	*runs = (struct library_watch_runs){0};
}

static bool place_changed(const struct library_watched_place *place)
{
	/* Opened, not only looked at: on NFS that is what asks the server. */
	int descriptor = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat now = {0};
	bool readable = descriptor >= 0 && fstat(descriptor, &now) == 0;

	if (descriptor >= 0)
		(void)close(descriptor);
	if (!readable || place->inode == 0)
		return readable || place->inode != 0;
	return now.st_dev != place->device || now.st_ino != place->inode ||
	       now.st_mtim.tv_sec != place->modified.tv_sec ||
	       now.st_mtim.tv_nsec != place->modified.tv_nsec;
}

bool library_watch_runs_changed(const struct library_watch_runs *runs)
{
	for (size_t i = 0; i < runs->place_count; i++)
		if (place_changed(&runs->places[i]))
			return true;
	return false;
}

bool library_watch_members_equal(const struct library_member *a, size_t a_count,
	const struct library_member *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (compare_members(&a[i], &b[i]) != 0)
			return false;
	return true;
}

bool library_watch_runs_equal(
	const struct library_watch_runs *a, const struct library_watch_runs *b)
{
	return library_watch_members_equal(
		a->members, a->member_count, b->members, b->member_count);
}

const struct library_member *library_watch_members(
	const struct library_watch_runs *runs, struct text file_name, size_t *count)
{
	size_t low = 0;
	size_t high = runs->member_count;
	size_t end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (text_compare(runs->members[middle].file_name, file_name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	end = low;
	while (end < runs->member_count && text_equal(runs->members[end].file_name, file_name))
		end++;
	*count = end - low;
	return runs->members + low;
}

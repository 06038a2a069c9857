#include "library/run_warnings.h"

#include <stdlib.h>

static bool warn(struct arena *arena, struct library_run *run, const char *sentence)
{
	if (!sentence || !arena_grow(arena, &run->warnings, &run->warning_capacity,
				 run->warning_count, sizeof(*run->warnings)))
		return false;
	run->warnings[run->warning_count++] = sentence;
	return true;
}

bool library_warn_sizes(struct arena *arena, struct library_run *run, struct text example,
	size_t count, const char *directory)
{
	const char *sentence =
		count == 1
			? arena_printf(arena,
				  "%.*s is in several checkpoint directories with different sizes; "
				  "the one in %s is used.",
				  TEXT_ARGUMENTS(example), directory)
			: arena_printf(arena,
				  "%zu files, among them %.*s, are in several checkpoint "
				  "directories "
				  "with different sizes; those in %s are used.",
				  count, TEXT_ARGUMENTS(example), directory);

	return warn(arena, run, sentence);
}

/* A checkpoint and the index of its run. */
struct owned {
	struct text file_name;
	size_t run;
};

/* What a run shares with others. */
struct shared {
	size_t count;	    /* of its checkpoints */
	size_t other;	    /* the index of the first run they are shared with */
	bool more_than_one; /* such run */
};

static int compare_owned(const void *left, const void *right)
{
	const struct owned *a = left;
	const struct owned *b = right;
	int order = text_compare(a->file_name, b->file_name);

	return order ? order : (a->run > b->run) - (a->run < b->run);
}

/* Notes that the runs of `group`, which differ, have a file name in common. */
static void note_group(struct shared *shared, const struct owned *group, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct shared *own = &shared[group[i].run];
		size_t other = group[i == 0 ? 1 : 0].run;

		if (own->count && own->other != other)
			own->more_than_one = true;
		if (count > 2)
			own->more_than_one = true;
		if (!own->count)
			own->other = other;
		own->count++;
	}
}

static bool warn_shared(struct arena *arena, struct library_listing *listing, size_t index,
	const struct shared *shared)
{
	struct text other = listing->runs[shared->other].name;

	return warn(arena, &listing->runs[index],
		arena_printf(arena,
			"%zu %s the same file name as %s of \"%.*s\"%s: they share a sample "
			"directory, "
			"so images of one are shown for the other as well.",
			shared->count, shared->count == 1 ? "checkpoint has" : "checkpoints have",
			shared->count == 1 ? "one" : "checkpoints", TEXT_ARGUMENTS(other),
			shared->more_than_one ? " and of other runs" : ""));
}

bool library_warn_shared_samples(struct arena *arena, struct library_listing *listing)
{
	size_t total = 0;
	size_t count = 0;
	struct owned *owned;
	struct shared *shared;

	for (size_t i = 0; i < listing->run_count; i++)
		total += listing->runs[i].checkpoint_count;
	owned = arena_array(arena, total, sizeof(*owned));
	shared = arena_array(arena, listing->run_count, sizeof(*shared));
	if (!owned || !shared)
		return false;
	for (size_t i = 0; i < listing->run_count; i++)
		for (size_t j = 0; j < listing->runs[i].checkpoint_count; j++)
			owned[count++] = (struct owned){
				listing->runs[i].checkpoints[j]->naming.file_name, i};
	qsort(owned, count, sizeof(*owned), compare_owned);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1;
			end < count && text_equal(owned[i].file_name, owned[end].file_name);)
			end++;
		if (end - i > 1)
			note_group(shared, owned + i, end - i);
	}
	for (size_t i = 0; i < listing->run_count; i++)
		if (shared[i].count && !warn_shared(arena, listing, i, &shared[i]))
			return false;
	return true;
}

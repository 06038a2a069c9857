#include "library/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"
#include "library/claim.h"
#include "library/collect.h"
#include "library/scan_names.h"

/* An empty file may be one that its writer has only just created. */
#define EMPTY_SETTLED_NS (30 * LIBRARY_SETTLED_NS)

/* The files that claim one combination of dimensions in one directory. */
struct claim {
	size_t round; /* which directory this is about */
	struct library_claim files;
};

struct scan_work {
	struct arena *arena;
	struct library_scan *scan;
	int64_t now;
	struct library_scan_names names;
	struct claim *claims; /* by combination */
	size_t claim_count;
	size_t round;
	struct text *checkpoint_values; /* of the checkpoints that have images */
	size_t checkpoint_count;
};

size_t library_image_version(
	int64_t modified, uint64_t size, char version[static LIBRARY_VERSION_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	char reversed[LIBRARY_VERSION_SIZE];
	uint64_t parts[] = {size, (uint64_t)modified};
	size_t length = 0;

	for (int i = 0; i < 2; i++) {
		uint64_t rest = parts[i];

		if (i)
			reversed[length++] = '-';
		do {
			reversed[length++] = digits[rest & 15];
		} while (rest >>= 4);
	}
	for (size_t i = 0; i < length; i++)
		version[i] = reversed[length - 1 - i];
	version[length] = '\0';
	return length;
}

/* Notes a file of the directory, or the directory itself if `name` is empty. */
static bool skip_path(
	struct scan_work *work, const char *directory, struct text name, const char *reason)
{
	const char *path = directory;

	if (name.length && work->scan->skipped.kept < LIMIT_SKIPPED)
		path = arena_printf(work->arena, "%s/%.*s", directory, TEXT_ARGUMENTS(name));
	return path && library_skip(work->arena, &work->scan->skipped, text_from(path), reason);
}

/* Why a name cannot be an image whatever it is called; NULL if it can. */
static const char *unusable(struct scan_work *work, const struct library_entry *entry)
{
	switch ((enum library_entry_kind)entry->kind) {
	case LIBRARY_IMAGE_FILE:
		return entry->size ? NULL : "the file is empty";
	case LIBRARY_LINK:
		return "a symbolic link; links below sample_dir are not followed";
	case LIBRARY_SUBDIRECTORY:
		return "a directory; images are read only from the checkpoint's own directory";
	case LIBRARY_SPECIAL:
		return "not a regular file";
	case LIBRARY_UNREADABLE:
		return arena_copy(work->arena, text_from(strerror((int)entry->size)));
	}
	return "not a regular file";
}

static void note_age(struct scan_work *work, const struct library_entry *entry)
{
	int64_t quiet = entry->size ? LIBRARY_SETTLED_NS : EMPTY_SETTLED_NS;

	if (entry->kind == LIBRARY_IMAGE_FILE && entry->modified > work->now - quiet)
		work->scan->settled = false;
}

/* The claim on a combination in the directory in work. */
static struct claim *claim_of(struct scan_work *work, uint32_t combination)
{
	struct claim *claim;

	if (combination >= work->claim_count) {
		size_t wanted = work->claim_count ? work->claim_count : 256;
		struct claim *claims;

		while (wanted <= combination)
			wanted *= 2;
		claims = arena_array(work->arena, wanted, sizeof(*claims));
		if (!claims)
			return NULL;
		if (work->claim_count)
			memcpy(claims, work->claims, work->claim_count * sizeof(*claims));
		work->claims = claims;
		work->claim_count = wanted;
	}
	claim = &work->claims[combination];
	if (claim->round != work->round)
		*claim = (struct claim){.round = work->round};
	return claim;
}

static void enter_claim(struct claim *claim, const struct library_scan_name *name, struct text text,
	const struct library_entry *entry)
{
	const struct library_claimant claimant = {
		.file = entry,
		.name = text,
		.modified = entry->modified,
		.has_counter = name->has_counter,
		.counter = name->counter,
	};

	library_claim_enter(&claim->files, &claimant);
}

static char *put(char *to, struct text value)
{
	memcpy(to, value.at, value.length);
	return to + value.length;
}

/* What the images of one directory have in common. */
struct fragments {
	struct text head;  /* `{"relative_path":"DIRECTORY/` */
	struct text value; /* `","dimensions":{"checkpoint":"VALUE"` */
};

static bool write_image(struct scan_work *work, const struct fragments *common,
	const struct library_scan_name *name, const struct library_entry *entry)
{
	struct buffer *out = &work->scan->json;
	size_t longest = 1 + common->head.length + name->json.length + common->value.length +
			 name->dimensions.length + strlen("},\"version\":\"\"}") +
			 LIBRARY_VERSION_SIZE;
	char *start = buffer_reserve(out, longest);
	char *to = start;

	if (!start)
		return false;
	if (work->scan->images)
		*to++ = ',';
	to = put(to, common->head);
	to = put(to, name->json);
	to = put(to, common->value);
	to = put(to, name->dimensions);
	to = put(to, TEXT("},\"version\":\""));
	to += library_image_version(entry->modified, entry->size, to);
	to = put(to, TEXT("\"}"));
	out->length += (size_t)(to - start);
	work->scan->images++;
	return true;
}

static bool make_fragments(struct scan_work *work, const char *directory, struct text value,
	struct fragments *fragments)
{
	struct buffer *scratch = &work->names.scratch;

	buffer_append(scratch, TEXT("{\"relative_path\":"));
	json_append_string(scratch, text_from(directory));
	if (scratch->failed)
		return false;
	scratch->bytes[scratch->length - 1] = '/';
	fragments->head = arena_text(work->arena, buffer_text(scratch));
	scratch->length = 0;
	buffer_append(scratch, TEXT("\",\"dimensions\":{\"checkpoint\":"));
	json_append_string(scratch, value);
	fragments->value = arena_text(work->arena, buffer_text(scratch));
	scratch->length = 0;
	return !scratch->failed && fragments->head.at && fragments->value.at;
}

/* Decides which files stand for which combination; `numbers` gets each entry's name, by position.
 */
static bool enter_claims(
	struct scan_work *work, const struct library_collected *directory, uint32_t *numbers)
{
	for (size_t i = 0; i < directory->count; i++) {
		const struct library_entry *entry = &directory->entries[i];
		struct text text = library_entry_name(directory, entry);
		const char *reason = unusable(work, entry);
		const struct library_scan_name *name;
		struct claim *claim;

		numbers[i] = UINT32_MAX;
		note_age(work, entry);
		if (!reason) {
			name = library_scan_name(&work->names, text);
			if (!name)
				return false;
			reason = name->skipped;
			numbers[i] = reason ? UINT32_MAX : work->names.last;
		}
		if (reason) {
			if (!skip_path(work, directory->name, text, reason))
				return false;
			continue;
		}
		claim = claim_of(work, name->combination);
		if (!claim)
			return false;
		enter_claim(claim, name, text, entry);
	}
	return true;
}

static bool write_directory(
	struct scan_work *work, const struct library_collected *directory, struct text value)
{
	uint32_t *numbers = arena_array(work->arena, directory->count, sizeof(*numbers));
	size_t before = work->scan->images;
	struct fragments common;

	work->round++;
	work->scan->files += directory->count;
	if (!numbers || !make_fragments(work, directory->name, value, &common) ||
		!enter_claims(work, directory, numbers))
		return false;
	for (size_t i = 0; i < directory->count; i++) {
		struct library_scan_name *name;

		if (numbers[i] == UINT32_MAX)
			continue;
		name = &work->names.names[numbers[i]];
		if (library_claim_winner(&work->claims[name->combination].files) !=
			&directory->entries[i])
			continue;
		name->used = true;
		if (!write_image(work, &common, name, &directory->entries[i]))
			return false;
	}
	if (work->scan->images > before)
		work->checkpoint_values[work->checkpoint_count++] = value;
	if (directory->error)
		return directory->error != ENOMEM &&
		       skip_path(work, directory->name, TEXT(""),
			       arena_copy(work->arena, text_from(strerror(directory->error))));
	return !directory->cut || skip_path(work, directory->name, TEXT(""),
					  "more than 1,000,000 files in the run's sample "
					  "directories; the rest is left out");
}

static bool write_scan(struct scan_work *work, const struct library_run *run,
	const struct library_collected *directories)
{
	struct json_writer out;
	size_t next = 0;

	json_writer_init(&out, &work->scan->json);
	json_open_object(&out);
	json_key(&out, "images");
	json_open_array(&out);
	for (size_t i = 0; i < run->checkpoint_count; i++)
		if (run->checkpoints[i]->has_samples && !write_directory(work, &directories[next++],
								run->checkpoints[i]->naming.value))
			return false;
	json_close_array(&out);
	json_key(&out, "dimensions");
	if (!library_write_dimensions(
		    &work->names, work->checkpoint_values, work->checkpoint_count, &out))
		return false;
	json_key(&out, "skipped");
	library_write_skipped(&out, &work->scan->skipped);
	json_put_integer(&out, "skipped_count", (int64_t)work->scan->skipped.count);
	json_close_object(&out);
	return !work->scan->json.failed;
}

/* Reads the directories; a sample_dir that cannot be opened leaves them empty. */
static bool collect(struct scan_work *work, const struct config *config,
	struct library_collected *directories, size_t count)
{
	int sample_dir = open(config->sample_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (sample_dir < 0)
		return library_skip(work->arena, &work->scan->skipped,
			text_from(config->sample_dir),
			arena_copy(work->arena, text_from(strerror(errno))));
	library_collect(sample_dir, directories, count);
	(void)close(sample_dir);
	return true;
}

bool library_scan_run(struct arena *arena, const struct config *config,
	const struct library_run *run, int64_t now, struct library_scan *scan, struct error *error)
{
	struct scan_work work = {.arena = arena, .scan = scan, .now = now};
	struct library_collected *directories =
		arena_array(arena, run->checkpoint_count, sizeof(*directories));
	size_t count = 0;
	bool done;

	*scan = (struct library_scan){.settled = true};
	buffer_init(&scan->json, LIMIT_REPLY);
	work.checkpoint_values = arena_array(arena, run->checkpoint_count, sizeof(struct text));
	if (!directories || !work.checkpoint_values)
		return error_memory(error);
	library_scan_names_init(&work.names, arena);
	for (size_t i = 0; i < run->checkpoint_count; i++)
		if (run->checkpoints[i]->has_samples)
			directories[count++].name = run->checkpoints[i]->naming.file_name.at;
	done = collect(&work, config, directories, count) && write_scan(&work, run, directories);
	library_collected_free(directories, count);
	library_scan_names_free(&work.names);
	return done || error_memory(error);
}

#include "library/preview_get.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "library/places.h"
#include "library/preview_room.h"
#include "library/writing.h"

/* How long to wait for another process that makes the same preview. */
#define WAIT_MS 20000

/* One wish in work. */
struct get_work {
	struct arena *arena;
	const struct library_preview_wish *wish;
	struct library_preview_answer *answer;
	struct error *error;
	const char *cache_dir;
	struct library_preview_cache cache; /* its descriptors are -1 if there is none now */
	int descriptor;			    /* the image's */
	struct stat status;		    /* when its version was taken */
};

static bool has_cache(const struct get_work *work)
{
	return work->cache.directory >= 0;
}

/* True if the answer, or the reason for there being none, is kept; `*done` tells them apart. */
static bool is_kept(struct get_work *work, bool *done)
{
	struct library_preview_answer *answer = work->answer;

	*done = false;
	if (!has_cache(work))
		return false;
	if (library_preview_find(work->arena, &work->cache, &answer->key, &answer->type)) {
		answer->file = library_preview_file(work->arena, &answer->key, answer->type);
		*done = answer->file || error_memory(work->error);
		return true;
	}
	return library_preview_find_fault(work->arena, &work->cache, &answer->key, work->error);
}

static bool is_unchanged(const struct get_work *work)
{
	struct stat status;

	return fstat(work->descriptor, &status) == 0 &&
	       clock_nanoseconds(status.st_mtim) == clock_nanoseconds(work->status.st_mtim) &&
	       status.st_size == work->status.st_size;
}

static bool is_lasting(const struct error *error)
{
	return error->kind == ERROR_UNSUPPORTED || error->kind == ERROR_DAMAGED ||
	       error->kind == ERROR_INVALID;
}

/* Why there is no preview: of a file at rest, a lasting reason, to be remembered. Returns false. */
static bool settle_fault(struct get_work *work)
{
	struct error *error = work->error;

	if (strcmp(error->code, "file_incomplete") == 0 && !library_being_written(&work->status))
		(void)error_set(error, ERROR_DAMAGED, "damaged_file",
			"The file is damaged: it ends before the image does.");
	if (is_lasting(error) && !library_being_written(&work->status) && has_cache(work))
		(void)library_preview_keep_fault(
			work->arena, &work->cache, &work->answer->key, error);
	return false;
}

static bool read_image(struct get_work *work, struct buffer *bytes)
{
	uint64_t size = (uint64_t)work->status.st_size;

	buffer_init(bytes, LIMIT_PICTURE_FILE);
	if (size > LIMIT_PICTURE_FILE)
		return error_set(work->error, ERROR_INVALID, "picture_too_large",
			"The file is larger than %zu MiB, too large for a preview.",
			LIMIT_PICTURE_FILE >> 20);
	if (buffer_reserve(bytes, (size_t)size) && file_read_all(work->descriptor, bytes))
		return true;
	(void)error_set(
		work->error, ERROR_UNAVAILABLE, "unavailable", "The file cannot be read now.");
	return error_cause(work->error, "read: %s", strerror(errno));
}

static bool make_from(
	struct get_work *work, const struct buffer *bytes, struct library_preview *preview)
{
	const struct library_picture_source source = {.bytes = buffer_text(bytes),
		.is_abandoned = work->wish->is_abandoned,
		.context = work->wish->context};

	return library_preview_make(&source, work->wish->width, preview, work->error);
}

/* Out of a larger preview that is kept: a fraction of the work. False if there is none that will
 * do. */
static bool make_from_larger(struct get_work *work, struct library_preview *preview)
{
	struct library_preview_key key = work->answer->key;
	enum library_preview_type type;
	bool done = false;

	for (size_t i = LIBRARY_PREVIEW_WIDTHS; i > 0 && !done && has_cache(work); i--) {
		struct buffer bytes;
		const char *file;

		key.width = library_preview_widths[i - 1];
		if (key.width <= work->wish->width)
			break;
		if (!library_preview_find(work->arena, &work->cache, &key, &type))
			continue;
		buffer_init(&bytes, LIMIT_PICTURE_FILE);
		file = library_preview_file(work->arena, &key, type);
		done = file && file_read_path(work->cache.directory, file, &bytes) &&
		       make_from(work, &bytes, preview);
		buffer_free(&bytes);
	}
	return done;
}

static bool make_from_image(struct get_work *work, struct library_preview *preview)
{
	struct buffer bytes;
	bool done = read_image(work, &bytes) && make_from(work, &bytes, preview);

	buffer_free(&bytes);
	if (is_unchanged(work))
		return done;
	if (done)
		buffer_free(&preview->bytes);
	return error_set(work->error, ERROR_UNAVAILABLE, "file_incomplete",
		"The file is being written at this moment.");
}

static bool make_and_keep(struct get_work *work)
{
	struct library_preview_answer *answer = work->answer;
	int64_t began = clock_monotonic();
	struct library_preview preview = {0};

	if (!make_from_larger(work, &preview) && !make_from_image(work, &preview))
		return settle_fault(work);
	answer->was_made = true;
	answer->took_ns = clock_monotonic() - began;
	answer->type = preview.type;
	answer->bytes = preview.bytes;
	if (!has_cache(work))
		return true;
	if (!library_preview_keep(work->arena, &work->cache, &answer->key, &preview)) {
		answer->keep_error = errno;
		return true;
	}
	if (!work->wish->background &&
		library_preview_must_evict(&work->cache, LIBRARY_PREVIEWS_NOT_IN_USE))
		library_preview_evict_aside(
			work->cache_dir, work->cache.limit, LIBRARY_PREVIEWS_NOT_IN_USE);
	answer->file = library_preview_file(work->arena, &answer->key, answer->type);
	return true;
}

static bool overloaded(struct error *error)
{
	return error_set(error, ERROR_UNAVAILABLE, "overloaded",
		"Other previews are being made. Try again in a moment.");
}

/* Background work gives way: to other background work, and to what is kept already. */
static bool may_begin(struct get_work *work)
{
	if (!work->wish->background || !has_cache(work))
		return true;
	if (!library_preview_lock_background(&work->cache))
		return overloaded(work->error);
	if (library_preview_has_spare_room(&work->cache))
		return true;
	if (library_preview_must_evict(&work->cache, LIBRARY_PREVIEWS_UNUSED_TODAY))
		library_preview_evict_aside(
			work->cache_dir, work->cache.limit, LIBRARY_PREVIEWS_UNUSED_TODAY);
	return error_set(work->error, ERROR_UNAVAILABLE, "cache_full",
		"The cache of previews is full of those in use; this one can wait.");
}

static bool get(struct get_work *work)
{
	const struct library_preview_wish *wish = work->wish;
	bool done;

	if (is_kept(work, &done))
		return done;
	if (!may_begin(work))
		return false;
	if (has_cache(work)) {
		if (!library_preview_lock_image(
			    &work->cache, wish->path, WAIT_MS, wish->is_abandoned, wish->context))
			return overloaded(work->error);
		/* Whoever held the lock has made it, most likely. */
		if (is_kept(work, &done))
			return done;
	}
	if (wish->is_abandoned && wish->is_abandoned(wish->context))
		return error_set(work->error, ERROR_UNAVAILABLE, "abandoned",
			"Nobody waits for this any more.");
	return make_and_keep(work);
}

bool library_preview_get(struct arena *arena, const struct config *config,
	const struct library_preview_wish *wish, struct library_preview_answer *answer,
	struct error *error)
{
	struct get_work work = {.arena = arena,
		.wish = wish,
		.answer = answer,
		.error = error,
		.cache_dir = config->cache_dir};
	bool done = false;

	*answer =
		(struct library_preview_answer){.key = {.path = wish->path, .width = wish->width}};
	work.descriptor = library_open_image(config, wish->path, error);
	if (work.descriptor < 0)
		return false;
	if (library_preview_cache_open(&work.cache, config->cache_dir, wish->limit))
		library_preview_recover(arena, &work.cache, wish->boot);
	else
		answer->keep_error = errno;
	if (fstat(work.descriptor, &work.status) != 0) {
		(void)error_set(error, ERROR_UNAVAILABLE, "unavailable",
			"The file cannot be looked at now.");
	} else {
		(void)library_image_version(clock_nanoseconds(work.status.st_mtim),
			(uint64_t)work.status.st_size, answer->key.version);
		done = get(&work);
	}
	library_preview_cache_close(&work.cache);
	(void)close(work.descriptor);
	return done;
}

#include "library/answer.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "library/deflate.h"
#include "library/scan.h"
#include "library/scan_state.h"

#define EXAMPLES 5 /* skipped files named in the log line of a scan */

static int64_t now_in_nanoseconds(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return clock_nanoseconds(now);
}

static void set_etag(struct library_answer *answer, uint64_t fingerprint,
	const struct library_cache_identity *identity)
{
	(void)snprintf(answer->etag, sizeof(answer->etag),
		"W/\"%016" PRIx64 "-%08" PRIx32 "-%" PRIx32 "-%" PRIx64 "\"", fingerprint,
		identity->checksum, identity->content_length, identity->length);
}

static void log_scan(const struct library_run *run, const struct library_scan *scan,
	const char *cached, int64_t started)
{
	struct log_line line;

	log_begin(&line, LOG_INFO, "scan.finished");
	log_text(&line, "run", run->name);
	log_number(&line, "files", (int64_t)scan->files);
	log_number(&line, "images", (int64_t)scan->images);
	log_number(&line, "skipped", (int64_t)scan->skipped.count);
	log_number(&line, "took_ms", (clock_monotonic() - started) / 1000000);
	log_string(&line, "cached", cached);
	for (size_t i = 0; i < scan->skipped.kept && i < EXAMPLES; i++) {
		log_text(&line, "skipped_path", scan->skipped.entries[i].path);
		log_string(&line, "reason", scan->skipped.entries[i].reason);
	}
	log_end(&line);
}

/*
 * Leaves the answer in the cache if it can be trusted; returns what became of it, for the log. An
 * answer that cannot, but was asked for because the cached one is doubted, at least removes that
 * one.
 */
static const char *store(struct arena *arena, const struct config *config,
	const struct library_scan_state *state, bool is_settled, unsigned flags,
	struct library_answer *answer)
{
	if (!state->cacheable)
		return "never";
	if (!state->settled || !is_settled) {
		if (flags & LIBRARY_REFRESH)
			library_cache_drop(config->cache_dir, answer->cache_name);
		return "not_yet";
	}
	if (!library_cache_store(
		    arena, config->cache_dir, answer->cache_name, buffer_text(&answer->body)))
		return strerror(errno);
	buffer_free(&answer->body);
	return "yes";
}

/* Puts the answer into its final form: gzipped, and in the cache if it may be. */
static bool finish(struct arena *arena, const struct config *config,
	const struct library_scan_state *state, const struct library_scan *scan, unsigned flags,
	struct library_answer *answer, const char **cached)
{
	struct library_cache_identity identity;

	if (!library_gzip(buffer_text(&scan->json), &answer->body))
		return false;
	answer->is_gzipped = true;
	identity = library_gzip_identity(buffer_text(&answer->body));
	set_etag(answer, state->fingerprint, &identity);
	*cached = store(arena, config, state, scan->settled, flags, answer);
	if (answer->body.length)
		answer->cache_name[0] = '\0';
	return true;
}

static bool scan_and_finish(struct arena *arena, const struct config *config,
	const struct library_run *run, const struct library_scan_state *state, int64_t now,
	unsigned flags, struct library_answer *answer, struct error *error)
{
	int64_t started = clock_monotonic();
	const char *cached = "no";
	struct library_scan scan;
	bool done = library_scan_run(arena, config, run, now, &scan, error);

	if (done && (flags & LIBRARY_PLAIN)) {
		answer->body = scan.json;
		answer->cache_name[0] = '\0';
		buffer_init(&scan.json, 0);
	} else if (done) {
		done = finish(arena, config, state, &scan, flags, answer, &cached) ||
		       error_memory(error);
	}
	if (done)
		log_scan(run, &scan, cached, started);
	buffer_free(&scan.json);
	/* Back to the system with it: a scan's memory is of no use to the next request. */
	(void)malloc_trim(0);
	return done;
}

bool library_answer_scan(struct arena *arena, const struct config *config,
	const struct library_run *run, unsigned flags, struct library_answer *answer,
	struct error *error)
{
	int64_t now = now_in_nanoseconds();
	struct library_scan_state state;
	struct library_cache_identity identity;

	*answer = (struct library_answer){0};
	buffer_init(&answer->body, LIMIT_REPLY);
	library_read_scan_state(config, run, now, &state);
	library_cache_name(run->id, state.fingerprint, answer->cache_name);
	if (state.cacheable && !(flags & (LIBRARY_REFRESH | LIBRARY_PLAIN)) &&
		library_cache_find(config->cache_dir, answer->cache_name, &identity)) {
		set_etag(answer, state.fingerprint, &identity);
		return true;
	}
	return scan_and_finish(arena, config, run, &state, now, flags, answer, error);
}

#include "comfyui/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "comfyui/answer.h"

/* While another process asks, what was known before is used, up to these ages. */
#define STALE_MS	 600000
#define STALE_FAILURE_MS 30000

/* How long an answer that somebody else waits for is waited for. */
#define WAIT_MS	      3000
#define WAIT_STEP_MS  20
#define HEADER_LENGTH ((size_t)8192)

/* A question, and where its answer is kept. */
struct question {
	const struct comfyui_cache *cache;
	struct arena *arena;
	const char *name; /* "system", or "class " and the name of one */
	char key[24];	  /* of the files: a hash of the name and of whom it is put to */
	struct comfyui_request request;
	int64_t began;
	int64_t fresh_ms;
	bool refresh;
	bool is_list;
	int directory; /* -1: there is none that can be used */
};

/* What is known: an answer, or why there was none. */
struct entry {
	int64_t at;
	bool failed;
	struct text body;
	struct error error;
};

/* --- The files ---------------------------------------------------------------------------------
 */

/* "comfyui-cache 1 URL\nNAME\n": whose answer to what it is. */
static const char *header_of(const struct question *question)
{
	return arena_printf(question->arena, "comfyui-cache 1 %s\n%s\n",
		question->cache->config->comfyui.url, question->name);
}

/* "AT KIND CODE\n" and the answer, or for a failure the message. The source is terminated. */
static bool parse_entry(struct text source, struct entry *entry)
{
	const char *line = memchr(source.at, '\n', source.length);
	unsigned long kind;
	char *end;

	if (!line)
		return false;
	entry->at = strtoll(source.at, &end, 10);
	kind = *end == ' ' ? strtoul(end, &end, 10) : ULONG_MAX;
	if (kind > ERROR_SYSTEM || *end != ' ' || end > line)
		return false;
	(void)snprintf(entry->error.code, sizeof(entry->error.code), "%.*s", (int)(line - end - 1),
		end + 1);
	entry->body = text_from_offset(source, (size_t)(line - source.at) + 1);
	entry->failed = kind != ERROR_NONE;
	entry->error.kind = (enum error_kind)kind;
	(void)snprintf(entry->error.message, sizeof(entry->error.message), "%.*s",
		(int)(entry->body.length < sizeof(entry->error.message)
				? entry->body.length
				: sizeof(entry->error.message)),
		entry->body.at);
	return true;
}

/* Reads what is kept of the question; false if there is nothing. */
static bool read_entry(const struct question *question, struct entry *entry)
{
	const char *header = header_of(question);
	struct buffer buffer;
	struct text source;
	bool done = false;

	*entry = (struct entry){0};
	if (question->directory < 0 || !header)
		return false;
	buffer_init(&buffer, LIMIT_COMFYUI_CLASS + HEADER_LENGTH);
	if (file_read_path(question->directory, question->key, &buffer)) {
		source = arena_text(question->arena, buffer_text(&buffer));
		done = source.at && text_starts_with(source, text_from(header)) &&
		       parse_entry(text_from_offset(source, strlen(header)), entry);
	}
	buffer_free(&buffer);
	return done;
}

static void write_entry(const struct question *question, const struct entry *entry)
{
	const char *header = header_of(question);
	struct buffer buffer;

	if (question->directory < 0 || !header)
		return;
	buffer_init(&buffer, LIMIT_COMFYUI_CLASS + HEADER_LENGTH);
	buffer_append_string(&buffer, header);
	buffer_printf(&buffer, "%" PRId64 " %u %s\n", entry->at, (unsigned)entry->error.kind,
		entry->failed ? entry->error.code : "none");
	buffer_append(&buffer, entry->failed ? text_from(entry->error.message) : entry->body);
	/* Where it cannot be kept, the next one asks again. */
	if (!buffer.failed)
		(void)file_write_atomic(
			question->directory, question->key, buffer_text(&buffer), false);
	buffer_free(&buffer);
}

static int open_directory(const struct config *config)
{
	char path[LIMIT_PATH];

	if ((size_t)snprintf(path, sizeof(path), "%s/comfyui", config->cache_dir) >= sizeof(path) ||
		!file_make_directories(path))
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/*
 * Takes a lock that ends with the process that holds it: `*lock` is its descriptor. False if
 * another has it; where there can be no lock, nobody has it, and `*lock` is -1.
 */
static bool try_lock(const struct question *question, const char *name, int *lock)
{
	*lock = openat(question->directory, name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (*lock < 0 || flock(*lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return true;
	(void)close(*lock);
	*lock = -1;
	return false;
}

/* The right to ask: the question's lock and, for a list, one of the flights. */
struct flight {
	int lock;
	int seat;
};

static void end_flight(struct flight *flight)
{
	if (flight->seat >= 0)
		(void)close(flight->seat);
	if (flight->lock >= 0)
		(void)close(flight->lock);
}

static bool begin_flight(const struct question *question, struct flight *flight)
{
	char name[40];

	*flight = (struct flight){-1, -1};
	(void)snprintf(name, sizeof(name), "%s.lock", question->key);
	if (!try_lock(question, name, &flight->lock))
		return false;
	if (!question->is_list)
		return true;
	for (unsigned i = 0; i < COMFYUI_CACHE_FLIGHTS; i++) {
		(void)snprintf(name, sizeof(name), "seat-%u.lock", i);
		if (try_lock(question, name, &flight->seat))
			return true;
	}
	end_flight(flight);
	return false;
}

/* --- Asking ------------------------------------------------------------------------------------
 */

/*
 * Whether what is kept answers the question: it is young enough, and for a refresh it came after
 * the question. A time ahead of the clock says that the clock was set back.
 */
static bool answers(const struct question *question, const struct entry *entry)
{
	int64_t age = clock_now() - entry->at;

	if (age < 0 || (question->refresh && entry->at < question->began))
		return false;
	return age <= (entry->failed ? COMFYUI_CACHE_FAILURE_MS : question->fresh_ms);
}

/* Whether it will do while somebody else asks. */
static bool will_do(const struct question *question, const struct entry *entry)
{
	int64_t age = clock_now() - entry->at;

	return !question->refresh && age >= 0 &&
	       age <= (entry->failed ? STALE_FAILURE_MS : STALE_MS);
}

/* Asks ComfyUI itself. */
static void ask(const struct question *question, struct entry *entry)
{
	struct comfyui_response response;
	bool done;

	*entry = (struct entry){0};
	done = comfyui_client_call(
		       question->cache->client, &question->request, &response, &entry->error) &&
	       comfyui_answer_is_json(&response, 200, &entry->error);
	if (done) {
		entry->body = arena_text(question->arena, buffer_text(&response.body));
		done = entry->body.at || error_memory(&entry->error);
	}
	entry->failed = !done;
	entry->at = clock_now();
	comfyui_response_free(&response);
}

/*
 * Gets the answer from the files, from ComfyUI, or from whoever is asking it. Waits for others as
 * long as they may need for a short answer, then says so.
 */
static void find(const struct question *question, struct entry *entry)
{
	const struct timespec step = {.tv_nsec = WAIT_STEP_MS * 1000000L};
	int64_t end = clock_monotonic() + WAIT_MS * INT64_C(1000000);
	struct flight flight;

	for (;;) {
		bool known = read_entry(question, entry);

		if (known && answers(question, entry))
			return;
		if (question->directory < 0) {
			ask(question, entry);
			return;
		}
		if (begin_flight(question, &flight)) {
			/* Somebody may have had the answer between the look and the lock. */
			if (!read_entry(question, entry) || !answers(question, entry)) {
				ask(question, entry);
				write_entry(question, entry);
			}
			end_flight(&flight);
			return;
		}
		if (known && will_do(question, entry))
			return;
		if (clock_monotonic() > end)
			break;
		(void)nanosleep(&step, NULL);
	}
	*entry = (struct entry){.failed = true};
	(void)error_set(&entry->error, ERROR_UNAVAILABLE, "comfyui_unreachable",
		"ComfyUI has been asked and has not answered yet; it may be loading a model. Try "
		"again in a moment.");
}

/*
 * Fills `*response` with the answer to the question; its body is freed by the caller. False with
 * the error of whoever asked.
 */
static bool get(struct question *question, struct comfyui_response *response, int64_t *at,
	struct error *error)
{
	const struct config *config = question->cache->config;
	struct entry entry;

	question->began = clock_now();
	question->directory = open_directory(config);
	/* The header of the file tells collisions apart. */
	(void)snprintf(question->key, sizeof(question->key), "%016" PRIx64,
		hash_text(hash_text(HASH_START, text_from(config->comfyui.url)),
			text_from(question->name)));
	find(question, &entry);
	if (question->directory >= 0)
		(void)close(question->directory);
	*at = entry.at;
	*response = (struct comfyui_response){.base = config->comfyui.url, .status = 200};
	buffer_init(&response->body, LIMIT_COMFYUI_CLASS);
	if (entry.failed) {
		*error = entry.error;
		return false;
	}
	buffer_append(&response->body, entry.body);
	return !response->body.failed || error_memory(error);
}

bool comfyui_cache_system(const struct comfyui_cache *cache, struct arena *arena,
	struct comfyui_system *system, int64_t *checked_at, struct error *error)
{
	struct question question = {.cache = cache,
		.arena = arena,
		.name = "system",
		.fresh_ms = COMFYUI_CACHE_SYSTEM_MS};
	struct comfyui_response response;
	bool done;

	if (!comfyui_ask_system(arena, &question.request))
		return error_memory(error);
	done = get(&question, &response, checked_at, error) &&
	       comfyui_read_system(arena, &response, system, error);
	comfyui_response_free(&response);
	return done;
}

bool comfyui_cache_class(const struct comfyui_cache *cache, struct arena *arena, const char *class,
	bool refresh, const struct json **description, struct error *error)
{
	struct question question = {.cache = cache,
		.arena = arena,
		.name = arena_printf(arena, "class %s", class),
		.fresh_ms = COMFYUI_CACHE_LIST_MS,
		.refresh = refresh,
		.is_list = true};
	struct comfyui_response response;
	int64_t at;
	bool done;

	*description = NULL;
	if (!question.name || !comfyui_ask_class(arena, class, &question.request))
		return error_memory(error);
	done = get(&question, &response, &at, error) &&
	       comfyui_read_class(arena, &response, class, description, error);
	comfyui_response_free(&response);
	return done;
}

bool comfyui_cache_choices(const struct comfyui_cache *cache, struct arena *arena,
	const char *class, const char *input, bool refresh, struct comfyui_choices *choices,
	struct error *error)
{
	const struct json *description;

	return comfyui_cache_class(cache, arena, class, refresh, &description, error) &&
	       (comfyui_class_choices(arena, description, input, choices) || error_memory(error));
}

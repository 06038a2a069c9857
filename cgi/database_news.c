#include "database_news.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "job_lines.h"

static void log_failure(struct database_news *news, const struct error *error)
{
	struct log_line line;

	if (news->failing)
		return;
	news->failing = true;
	log_begin(&line, LOG_WARN, "database.unreadable");
	log_error_fields(&line, error);
	log_end(&line);
}

static uint64_t hash_state(const struct store_comfyui_state *state)
{
	return hash_text((state->known ? 1U : 0U) + (state->connected ? 2U : 0U), state->error);
}

/* Hands a finished line on; the buffer is empty afterwards. */
static void tell_line(struct database_news *news, database_news_tell *tell, void *context)
{
	if (news->line.failed)
		buffer_free(&news->line);
	else
		tell(context, buffer_text(&news->line));
	news->line.length = 0;
}

static void tell_job(struct database_news *news, const struct store_job_progress *progress,
	const struct job_moment *moment, database_news_tell *tell, void *context)
{
	struct json_writer out;

	json_writer_init(&out, &news->line);
	job_write_progress(&out, progress, moment);
	tell_line(news, tell, context);
}

static void tell_jobs(struct database_news *news, const struct store_job_changes *changes,
	const struct job_moment *moment, database_news_tell *tell, void *context)
{
	struct json_writer out;

	for (size_t i = 0; i < changes->deleted_count; i++) {
		json_writer_init(&out, &news->line);
		job_write_deleted(&out, changes->deleted[i]);
		tell_line(news, tell, context);
	}
	for (size_t i = 0; i < changes->changed_count; i++)
		tell_job(news, &changes->changed[i], moment, tell, context);
}

static void tell_comfyui(struct database_news *news, const struct store_comfyui_state *state,
	database_news_tell *tell, void *context)
{
	struct json_writer out;

	if (!state->known)
		return;
	json_writer_init(&out, &news->line);
	job_write_comfyui(&out, state);
	tell_line(news, tell, context);
}

/* Tells jobs under way anew where the worker came or went: they wait for it, or no longer. */
static bool read_worker(struct database_news *news, const struct job_moment *moment,
	database_news_tell *tell, void *context, struct error *error)
{
	struct store_job *jobs;
	size_t count;

	if (moment->is_unattended == news->is_unattended)
		return true;
	if (!store_ready(news->config->db_path, STORE_DURABLE_NORMAL, &news->store, error) ||
		!store_job_list(news->store, &news->arena, &jobs, &count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (job_is_under_way(&jobs[i].progress))
			tell_job(news, &jobs[i].progress, moment, tell, context);
	news->is_unattended = moment->is_unattended;
	return true;
}

/* Reads what has changed since `news->version`; `tell` NULL: only to know it. */
static bool read_news(struct database_news *news, const struct job_moment *moment,
	database_news_tell *tell, void *context, struct error *error)
{
	struct store_job_changes changes;
	struct store_comfyui_state state;
	uint64_t comfyui;
	int64_t version;

	if (!store_ready(news->config->db_path, STORE_DURABLE_NORMAL, &news->store, error) ||
		!store_version(news->store, &version, error))
		return false;
	if (version == news->version)
		return true;
	if (!store_job_changes(news->store, news->revision, &news->arena, &changes, error) ||
		!store_comfyui_state(news->store, &news->arena, &state, error))
		return false;
	news->version = version;
	comfyui = hash_state(&state);
	/* It could not be read before, or is another one now, a backup: nothing that was told
	 * holds.
	 */
	if (tell && (news->revision < 0 || changes.revision < news->revision)) {
		tell(context, TEXT("{\"type\":\"resync\"}"));
	} else if (tell) {
		tell_jobs(news, &changes, moment, tell, context);
		if (comfyui != news->comfyui)
			tell_comfyui(news, &state, tell, context);
	}
	news->revision = changes.revision;
	news->comfyui = comfyui;
	return true;
}

static void take(struct database_news *news, database_news_tell *tell, void *context)
{
	struct job_moment moment;
	struct error error;

	job_moment_take(&moment, news->config);
	if (read_news(news, &moment, tell, context, &error) &&
		(!tell || read_worker(news, &moment, tell, context, &error)))
		news->failing = false;
	else
		log_failure(news, &error);
	arena_reset(&news->arena);
}

bool database_news_open(struct database_news *news, const struct config *config)
{
	struct job_moment moment;

	job_moment_take(&moment, config);
	*news = (struct database_news){
		.config = config, .is_unattended = moment.is_unattended, .revision = -1};
	arena_init(&news->arena, LIMIT_REQUEST_MEMORY);
	buffer_init(&news->line, LIMIT_WATCH_LINE);
	/* Watched first, then read. */
	news->watch = store_watch_open(config->db_path);
	if (!news->watch)
		return false;
	take(news, NULL, NULL);
	store_watch_mend(news->watch);
	return true;
}

void database_news_close(struct database_news *news)
{
	store_watch_close(news->watch);
	store_close(news->store);
	arena_free(&news->arena);
	buffer_free(&news->line);
	*news = (struct database_news){0};
}

void database_news_take(
	struct database_news *news, bool anyhow, database_news_tell *tell, void *context)
{
	if (store_watch_is_due(news->watch) || anyhow)
		take(news, tell, context);
}

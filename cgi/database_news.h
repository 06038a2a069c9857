#ifndef CGI_DATABASE_NEWS_H
#define CGI_DATABASE_NEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "config/config.h"
#include "store/store.h"
#include "store/watch.h"

/*
 * What the watcher tells of the database: job_progress, job_deleted, comfyui_status. Woken by
 * store_watch, told apart by store_version: while nothing is committed and the worker neither comes
 * nor goes, nothing is read.
 */
struct database_news {
	const struct config *config;
	struct store *store;	   /* NULL while it cannot be opened */
	struct store_watch *watch; /* to be waited for by the caller */
	int64_t version;
	int64_t revision;   /* of the jobs, as told; below 0: nothing is known yet */
	uint64_t comfyui;   /* of its state, as told: a hash */
	bool is_unattended; /* by the worker, as told */
	bool failing;	    /* has been logged */
	struct arena arena;
	struct buffer line;
};

typedef void database_news_tell(void *context, struct text line);

/* Learns how things stand: only what comes later is news. False without memory. */
bool database_news_open(struct database_news *news, const struct config *config);

void database_news_close(struct database_news *news);

/*
 * Tells what was committed since the last time; looks only if it was woken, if it is due, or
 * `anyhow`.
 */
void database_news_take(
	struct database_news *news, bool anyhow, database_news_tell *tell, void *context);

#endif

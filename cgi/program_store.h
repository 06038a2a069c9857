#ifndef CGI_PROGRAM_STORE_H
#define CGI_PROGRAM_STORE_H

#include "config/config.h"
#include "http/http.h"
#include "store/store.h"

/* What outlives a request in a program that uses the database; the first member of its context. */
struct program {
	struct arena arena;
	struct config *config;
	enum store_durability durability;
	struct store *store; /* NULL while the database cannot be opened */
};

/*
 * Reads the configuration and opens the database, so that migrations run at the start. A database
 * that cannot be opened is told to the log and tried again by each request.
 */
bool program_open(struct program *program, enum store_durability durability, struct error *error);
void program_close(struct program *program);

/* The database, opened if it is not; on failure NULL, and the response says so. */
struct store *program_store(const struct http_request *request, struct http_response *response);

#endif

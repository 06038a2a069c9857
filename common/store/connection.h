#ifndef STORE_CONNECTION_H
#define STORE_CONNECTION_H

#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "store/statement.h"
#include "store/store.h"

/* Between the files of this room: SQLite, wrapped. Programs include store.h and the tables'
 * headers. */

/* What marks a database as ours in its header: "CSpr". */
#define STORE_APPLICATION_ID 0x43537072

/*
 * Opens the file at `path` without touching what is in it. Its directory must exist. Of
 * `durability` only how long a lock is waited for counts here.
 */
bool store_connect(const char *path, enum store_durability durability, struct store **store,
	struct error *error);

/*
 * Sets what holds for each connection (PRAGMAs) and checks that it took effect. On a network file
 * system, where processes cannot share the write-ahead log's memory, the journal is a rollback
 * journal, with a warning in the log.
 */
bool store_configure(struct store *store, enum store_durability durability, struct error *error);

/* Runs SQL that yields no rows of interest; several statements are fine. */
bool store_execute(struct store *store, const char *sql, struct error *error);

/* The number that a PRAGMA, or a SELECT of one value, answers. */
bool store_read_number(struct store *store, const char *sql, int64_t *number, struct error *error);

/*
 * Transactions. A writing one takes the write lock at once (BEGIN IMMEDIATE), so that it waits for
 * others where a later upgrade would fail. They do not nest: beginning a second one is a bug,
 * answered with ERROR_SYSTEM that names where the first began. After store_commit or
 * store_rollback, whatever they return, no transaction is open.
 */
enum store_access { STORE_READ, STORE_WRITE };

#define STORE_PLACE_OF_LINE(line) #line
#define STORE_PLACE(line)	  __FILE__ ":" STORE_PLACE_OF_LINE(line)
#define store_begin(store, access, error) \
	store_begin_at((store), (access), STORE_PLACE(__LINE__), (error))

bool store_begin_at(
	struct store *store, enum store_access access, const char *place, struct error *error);
bool store_commit(struct store *store, struct error *error);
void store_rollback(struct store *store);

/* Commits if `good`, else undoes; returns whether all went well. */
bool store_finish(struct store *store, bool good, struct error *error);

/*
 * One run of a statement:
 *
 *   store_query_begin(&query, store, STORE_PRESET_FIND);
 *   store_query_bind(&query, 1, id);
 *   if (store_query_step(&query))
 *           name = store_query_text(&query, 1, arena);
 *   return store_query_end(&query, error);
 *
 * A failure anywhere is remembered, makes the steps after it yield nothing, and is told by
 * store_query_end, which must always be called: it resets the statement, which would else hold its
 * read transaction open.
 */
struct store_query {
	struct store *store;
	struct sqlite3_stmt *statement;
	int result; /* SQLite's result code, extended */
};

void store_query_begin(
	struct store_query *query, struct store *store, enum store_statement statement);

/*
 * Binds a text; its bytes must stay until store_query_end. Parameters count from 1. NULL is bound
 * where `value.at` is NULL, and where nothing is bound.
 */
void store_query_bind(struct store_query *query, int parameter, struct text value);

void store_query_bind_number(struct store_query *query, int parameter, int64_t value);
void store_query_bind_real(struct store_query *query, int parameter, double value);

/* The present time, as the tables keep times. */
void store_query_bind_now(struct store_query *query, int parameter);

/* Moves to the next row; false if there is none. */
bool store_query_step(struct store_query *query);

/*
 * The same, with room in an array as arena_grow makes it, for what the caller makes of the row:
 *
 *   while (store_query_next(&query, arena, &items, &capacity, count, sizeof(*items)))
 *           items[count++] = read_row(&query, arena);
 */
bool store_query_next(struct store_query *query, struct arena *arena, void *items, size_t *capacity,
	size_t count, size_t size);

/* A column of the present row, from 0; the text (not NULL in the database) is copied. */
int64_t store_query_number(struct store_query *query, int column);
double store_query_real(struct store_query *query, int column);
bool store_query_is_null(struct store_query *query, int column);
struct text store_query_text(struct store_query *query, int column, struct arena *arena);

/* As store_query_text; `at` is NULL for NULL. */
struct text store_query_optional(struct store_query *query, int column, struct arena *arena);

bool store_query_end(struct store_query *query, struct error *error);

/* The number that a statement without parameters answers. */
bool store_query_answer(
	struct store *store, enum store_statement statement, int64_t *number, struct error *error);

/* Runs a statement that yields no rows, or whose rows are of no interest, to its end. */
bool store_query_run(struct store_query *query, struct error *error);

/*
 * Whether the commits that follow need not survive a power cut, on a store where they would, nor be
 * made at all while somebody else writes. Not within a transaction.
 */
bool store_relax(struct store *store, bool relaxed, struct error *error);

/*
 * Gives the connection memory for a transaction that touches very many rows, and takes it back. Not
 * within a transaction. It is a matter of speed alone: no failure is told.
 */
void store_enlarge(struct store *store, bool large);

/* The rowid that the last INSERT gave. */
int64_t store_inserted_row(struct store *store);

/* How many rows the last INSERT, UPDATE or DELETE touched. */
int64_t store_changed_rows(struct store *store);

/* Reads all of the database; false with the reason if any of it is damaged. */
bool store_is_whole(struct store *store, struct error *error);

/*
 * Replaces all that `store` holds by what `source` holds, in one step: others that have it open see
 * the old content or the new. Waits for them as any writer does.
 */
bool store_overwrite(struct store *store, struct store *source, struct error *error);

/* The path that the store was opened with. */
const char *store_path(const struct store *store);

#endif

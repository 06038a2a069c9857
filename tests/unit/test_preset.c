/* The presets table: what callers of common/store/preset.h rely on, alone and in a crowd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/log.h"
#include "store/preset.h"
#include "support.h"

struct fixture {
	char directory[SUPPORT_PATH];
	char path[SUPPORT_PATH + 32];
	struct arena arena;
	struct store *store;
	struct error error;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return 1;
	support_directory_make(fixture->directory);
	(void)snprintf(fixture->path, sizeof(fixture->path), "%s/app.db", fixture->directory);
	arena_init(&fixture->arena, (size_t)64 << 20);
	*state = fixture;
	return store_open(fixture->path, STORE_DURABLE_NORMAL, &fixture->store, &fixture->error)
		       ? 0
		       : 1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	store_close(fixture->store);
	arena_free(&fixture->arena);
	support_directory_remove(fixture->directory);
	free(fixture);
	return 0;
}

static bool try_create(struct fixture *fixture, const char *name, struct store_preset *preset)
{
	struct store_preset_input input = {text_from(name), TEXT("{\"combos\":[]}")};

	return store_preset_create(
		fixture->store, &input, &fixture->arena, preset, &fixture->error);
}

static struct store_preset create(struct fixture *fixture, const char *name)
{
	struct store_preset preset = {0};

	if (!try_create(fixture, name, &preset))
		fail_msg("%s: %s (%s)", name, fixture->error.message, fixture->error.cause);
	return preset;
}

static bool try_update(struct fixture *fixture, struct text id, const char *name,
	const char *mapping, struct store_preset *preset)
{
	struct store_preset_input input = {text_from(name), text_from(mapping)};

	return store_preset_update(
		fixture->store, id, &input, &fixture->arena, preset, &fixture->error);
}

static struct store_preset *list(struct fixture *fixture, size_t *count)
{
	struct store_preset *presets = NULL;

	if (!store_preset_list(fixture->store, &fixture->arena, &presets, count, &fixture->error))
		fail_msg("%s (%s)", fixture->error.message, fixture->error.cause);
	return presets;
}

static void assert_same(struct store_preset a, struct store_preset b)
{
	assert_string_equal(a.id.at, b.id.at);
	assert_string_equal(a.name.at, b.name.at);
	assert_string_equal(a.mapping.at, b.mapping.at);
	assert_string_equal(a.created_at.at, b.created_at.at);
	assert_string_equal(a.updated_at.at, b.updated_at.at);
}

static void test_life_of_a_preset(void **state)
{
	struct fixture *fixture = *state;
	struct store_preset made = create(fixture, "It's \"100%\"; DROP TABLE presets; --");
	struct store_preset changed;
	struct store_preset *presets;
	size_t count;

	assert_string_equal(made.name.at, "It's \"100%\"; DROP TABLE presets; --");
	assert_string_equal(made.mapping.at, "{\"combos\":[]}");
	assert_string_equal(made.created_at.at, made.updated_at.at);
	presets = list(fixture, &count);
	assert_int_equal(count, 1);
	assert_same(presets[0], made);

	/* The times have milliseconds: a later one differs. */
	(void)usleep(3000);
	assert_true(try_update(fixture, made.id, "Other", "{\"x\": \"cfg\"}", &changed));
	assert_string_equal(changed.id.at, made.id.at);
	assert_string_equal(changed.name.at, "Other");
	assert_string_equal(changed.mapping.at, "{\"x\": \"cfg\"}");
	assert_string_equal(changed.created_at.at, made.created_at.at);
	assert_true(strcmp(changed.updated_at.at, made.updated_at.at) > 0);
	presets = list(fixture, &count);
	assert_int_equal(count, 1);
	assert_same(presets[0], changed);

	assert_true(store_preset_delete(fixture->store, made.id, &fixture->error));
	(void)list(fixture, &count);
	assert_int_equal(count, 0);
}

static void test_unknown_ids(void **state)
{
	struct fixture *fixture = *state;
	struct store_preset preset;

	(void)create(fixture, "a");
	assert_false(store_preset_delete(fixture->store, TEXT("nosuch"), &fixture->error));
	assert_int_equal(fixture->error.kind, ERROR_NOT_FOUND);
	assert_string_equal(fixture->error.code, "not_found");
	assert_false(try_update(fixture, TEXT("nosuch"), "b", "{}", &preset));
	assert_int_equal(fixture->error.kind, ERROR_NOT_FOUND);
	/* Also with a name that another preset has: the preset itself comes first. */
	assert_false(try_update(fixture, TEXT("nosuch"), "a", "{}", &preset));
	assert_int_equal(fixture->error.kind, ERROR_NOT_FOUND);
}

static void test_names_are_unique_without_case(void **state)
{
	struct fixture *fixture = *state;
	struct store_preset first = create(fixture, "\xc3\x9c"
						    "bersicht A");
	struct store_preset second = create(fixture, "Ubersicht A");
	struct store_preset preset;
	size_t count;

	assert_false(try_create(fixture,
		"\xc3\xbc"
		"BERSICHT a",
		&preset));
	assert_int_equal(fixture->error.kind, ERROR_CONFLICT);
	assert_string_equal(fixture->error.code, "name_taken");
	assert_non_null(strstr(fixture->error.message, "\"\xc3\x9c"
						       "bersicht A\""));
	assert_false(try_update(fixture, second.id,
		"\xc3\xbc"
		"bersicht a",
		"{}", &preset));
	assert_string_equal(fixture->error.code, "name_taken");
	assert_true(try_update(fixture, first.id,
		"\xc3\xbc"
		"bersicht a",
		"{}", &preset));
	assert_string_equal(preset.name.at, "\xc3\xbc"
					    "bersicht a");
	assert_same(list(fixture, &count)[0], second);
	assert_int_equal(count, 2);
}

static void test_order(void **state)
{
	static const char *const shuffled[] = {"delta", "Alpha", "\xc3\x89pilogue", "charlie",
		"BRAVO", "\xc3\xa9toile", "alpha 2"};
	static const char *const sorted[] = {"Alpha", "alpha 2", "BRAVO", "charlie", "delta",
		"\xc3\x89pilogue", "\xc3\xa9toile"};
	struct fixture *fixture = *state;
	struct store_preset *presets;
	size_t count;

	for (size_t i = 0; i < sizeof(shuffled) / sizeof(*shuffled); i++)
		(void)create(fixture, shuffled[i]);
	presets = list(fixture, &count);
	assert_int_equal(count, sizeof(sorted) / sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		assert_string_equal(presets[i].name.at, sorted[i]);
}

static void test_at_most_so_many(void **state)
{
	struct fixture *fixture = *state;
	struct store_preset preset;
	char name[16];
	size_t count;

	for (int i = 0; i < LIMIT_PRESETS; i++) {
		(void)snprintf(name, sizeof(name), "n%d", i);
		(void)create(fixture, name);
	}
	assert_false(try_create(fixture, "one more", &preset));
	assert_int_equal(fixture->error.kind, ERROR_CONFLICT);
	assert_string_equal(fixture->error.code, "too_many_presets");
	preset = list(fixture, &count)[0];
	assert_int_equal(count, LIMIT_PRESETS);
	assert_true(try_update(fixture, preset.id, "renamed", "{}", &preset));
	assert_true(store_preset_delete(fixture->store, preset.id, &fixture->error));
	(void)create(fixture, "one more");
}

static void test_without_memory(void **state)
{
	struct fixture *fixture = *state;
	struct store_preset *presets;
	struct arena small;
	bool listed = false;
	size_t count;

	for (int i = 0; i < 20; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "n%d", i);
		(void)create(fixture, name);
	}
	for (size_t limit = 0; !listed; limit += 64) {
		assert_true(limit < 65536);
		arena_init(&small, limit);
		listed = store_preset_list(
			fixture->store, &small, &presets, &count, &fixture->error);
		if (!listed)
			assert_int_equal(fixture->error.kind, ERROR_SYSTEM);
		else
			assert_int_equal(count, 20);
		arena_free(&small);
	}
}

#define WRITERS 8
#define OWN	20
#define SHARED	20

/* Creates names of its own and names that every writer wants; its exit status is how many of those
 * it got. */
static int write_presets(struct fixture *fixture, int writer)
{
	struct store_preset preset;
	int won = 0;
	char name[32];

	if (!store_open(fixture->path, STORE_DURABLE_NORMAL, &fixture->store, &fixture->error))
		return 100;
	for (int i = 0; i < OWN; i++) {
		(void)snprintf(name, sizeof(name), "own %d %d", writer, i);
		if (!try_create(fixture, name, &preset))
			return 101;
		(void)snprintf(name, sizeof(name), "%s %d", writer % 2 ? "SHARED" : "shared", i);
		if (try_create(fixture, name, &preset))
			won++;
		else if (strcmp(fixture->error.code, "name_taken") != 0)
			return 102;
	}
	store_close(fixture->store);
	return won;
}

static void test_writers_in_a_crowd(void **state)
{
	struct fixture *fixture = *state;
	pid_t children[WRITERS];
	size_t count;
	int won = 0;

	store_close(fixture->store);
	fixture->store = NULL;
	for (int i = 0; i < WRITERS; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0)
			_exit(write_presets(fixture, i));
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) <= SHARED);
		won += WEXITSTATUS(status);
	}
	assert_int_equal(won, SHARED);
	assert_true(
		store_open(fixture->path, STORE_DURABLE_NORMAL, &fixture->store, &fixture->error));
	(void)list(fixture, &count);
	assert_int_equal(count, WRITERS * OWN + SHARED);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_life_of_a_preset),
		TEST(test_unknown_ids),
		TEST(test_names_are_unique_without_case),
		TEST(test_order),
		TEST(test_at_most_so_many),
		TEST(test_without_memory),
		TEST(test_writers_in_a_crowd),
	};

	(void)setenv("LOG_LEVEL", "error", 1);
	(void)log_open("test_preset");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

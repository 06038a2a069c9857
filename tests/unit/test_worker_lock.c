/* The lock that the one worker of a database holds, and its beat. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/worker_lock.h"
#include "support.h"

struct place {
	char directory[SUPPORT_PATH];
	char path[SUPPORT_PATH + 32];
	char file[SUPPORT_PATH + 64];
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return 1;
	support_directory_make(place->directory);
	(void)snprintf(place->path, sizeof(place->path), "%s/app.db", place->directory);
	(void)snprintf(place->file, sizeof(place->file), "%s.worker", place->path);
	*state = place;
	return 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;

	support_directory_remove(place->directory);
	free(place);
	return 0;
}

static void assert_not_running(const struct place *place, const char *why)
{
	struct error error = {0};

	assert_false(store_worker_is_running(place->path, &error));
	if (!strstr(error.message, why))
		fail_msg("%s, expected: %s", error.message, why);
}

static void test_second_one_is_told_who_holds_it(void **state)
{
	struct place *place = *state;
	struct store_worker_lock *first;
	struct store_worker_lock *second;
	struct error error = {0};
	char process[64];

	assert_not_running(place, "cannot be opened");
	assert_true(store_worker_lock(place->path, &first, &error));
	assert_true(store_worker_is_running(place->path, &error));
	assert_false(store_worker_lock(place->path, &second, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "worker_running");
	(void)snprintf(process, sizeof(process), "process %ld on ", (long)getpid());
	assert_non_null(strstr(error.message, process));
	store_worker_unlock(first);
	assert_not_running(place, "The worker is not running");
	assert_true(store_worker_lock(place->path, &second, &error));
	store_worker_unlock(second);
	store_worker_unlock(NULL);
}

static void test_a_killed_worker_holds_nothing(void **state)
{
	struct place *place = *state;
	struct store_worker_lock *lock;
	struct error error = {0};
	int ready[2];
	int status;
	pid_t child;
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (!store_worker_lock(place->path, &lock, &error) || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_true(store_worker_is_running(place->path, &error));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_not_running(place, "The worker is not running");
	assert_true(store_worker_lock(place->path, &lock, &error));
	store_worker_unlock(lock);
	assert_int_equal(close(ready[0]), 0);
	assert_int_equal(close(ready[1]), 0);
}

static void test_a_silent_worker_hangs(void **state)
{
	struct place *place = *state;
	struct store_worker_lock *lock;
	struct error error = {0};
	struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_sec = time(NULL)}};

	assert_true(store_worker_lock(place->path, &lock, &error));
	times[1].tv_sec -= STORE_WORKER_SILENCE - 5;
	assert_int_equal(utimensat(AT_FDCWD, place->file, times, 0), 0);
	assert_true(store_worker_is_running(place->path, &error));
	times[1].tv_sec -= 10;
	assert_int_equal(utimensat(AT_FDCWD, place->file, times, 0), 0);
	assert_not_running(place, "has not moved for 12");
	store_worker_beat(lock);
	assert_true(store_worker_is_running(place->path, &error));
	store_worker_unlock(lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_second_one_is_told_who_holds_it, make_place, remove_place),
		cmocka_unit_test_setup_teardown(
			test_a_killed_worker_holds_nothing, make_place, remove_place),
		cmocka_unit_test_setup_teardown(
			test_a_silent_worker_hangs, make_place, remove_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

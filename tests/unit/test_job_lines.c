/* What is told of jobs: the time left within an image, and who is to blame for a wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../cgi/job_lines.h"
#include "base/limits.h"

static struct store_job_progress running(void)
{
	return (struct store_job_progress){
		.id = TEXT("a"),
		.status = TEXT("running"),
		.total_items = 10,
		.completed_items = 4,
		.total_checkpoints = 1,
		.seconds_per_image = 20,
		.has_item = true,
		.item = {.cfg = TEXT("7"), .seed = TEXT("1")},
	};
}

static void assert_told(const struct store_job_progress *progress, const struct job_moment *moment,
	const char *expected, bool is_there)
{
	struct json_writer out;
	struct buffer line;
	const char *found;

	buffer_init(&line, LIMIT_WATCH_LINE);
	json_writer_init(&out, &line);
	job_write_progress(&out, progress, moment);
	buffer_append_byte(&line, '\0');
	assert_false(line.failed);
	found = strstr(line.bytes, expected);
	if (is_there != (found != NULL))
		fail_msg("%s in %s", expected, line.bytes);
	buffer_free(&line);
}

static void test_time_left_falls_with_each_step(void **state)
{
	struct job_moment moment = {.now = 1000};
	struct store_job_progress progress = running();

	(void)state;
	assert_told(&progress, &moment, "\"seconds_remaining\":120.000,", true);
	progress.item.sampler_steps = 20;
	assert_told(&progress, &moment, "\"seconds_remaining\":120.000,", true);
	progress.item.sampler_step = 5;
	assert_told(&progress, &moment, "\"seconds_remaining\":115.000,", true);
	assert_told(&progress, &moment,
		"\"estimated_completion_time\":\"1970-01-01T00:01:56.000Z\"", true);
	progress.item.sampler_step = 20;
	assert_told(&progress, &moment, "\"seconds_remaining\":100.000,", true);
	/* A node that counts past its own end. */
	progress.item.sampler_step = 25;
	assert_told(&progress, &moment, "\"seconds_remaining\":100.000,", true);
}

static void test_jobs_under_way_wait_for_a_worker(void **state)
{
	struct job_moment moment = {
		.is_unattended = true, .reason = "Nobody is there.", .since = "then"};
	struct store_job_progress progress = running();

	(void)state;
	progress.waiting_reason = TEXT("ComfyUI is away.");
	progress.waiting_since = TEXT("before");
	assert_told(&progress, &moment,
		"\"waiting\":{\"reason\":\"Nobody is there.\",\"since\":\"then\"}", true);
	progress.status = TEXT("pending");
	assert_told(&progress, &moment, "Nobody is there.", true);
	progress.status = TEXT("paused");
	progress.waiting_reason = (struct text){NULL, 0};
	assert_told(&progress, &moment, "waiting", false);
	progress = running();
	moment.is_unattended = false;
	assert_told(&progress, &moment, "waiting", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_left_falls_with_each_step),
		cmocka_unit_test(test_jobs_under_way_wait_for_a_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

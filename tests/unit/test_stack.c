/* How the web server's configuration comes about: addresses, URLs, templates, links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "base/file.h"
#include "base/limits.h"
#include "stack/listen.h"
#include "stack/render.h"
#include "stack/templates.h"
#include "support.h"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)1 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

typedef void writer(const struct config *config, struct buffer *out);

static const char *written(writer *write, const char *address, int port)
{
	struct config config = {.ip_address = address, .port = port};
	struct buffer out;
	const char *text;

	buffer_init(&out, LIMIT_PATH);
	write(&config, &out);
	text = arena_copy(&arena, buffer_text(&out));
	buffer_free(&out);
	return text;
}

static void test_listen_lines(void **state)
{
	(void)state;
	assert_string_equal(
		written(stack_listen_lines, "0.0.0.0", 8080), "\t\tlisten 0.0.0.0:8080;\n");
	assert_string_equal(
		written(stack_listen_lines, "10.1.2.3", 80), "\t\tlisten 10.1.2.3:80;\n");
	assert_string_equal(
		written(stack_listen_lines, "::", 81), "\t\tlisten [::]:81 ipv6only=off;\n");
	assert_string_equal(written(stack_listen_lines, "fe80::1", 81),
		"\t\tlisten [fe80::1]:81 ipv6only=on;\n");
	assert_int_equal(strncmp(written(stack_listen_lines, "localhost", 82),
				 "\t\tlisten 127.0.0.1:82;\n", 22),
		0);
}

static void test_urls(void **state)
{
	(void)state;
	assert_string_equal(
		written(stack_listen_urls, "127.0.0.1", 8080), "http://127.0.0.1:8080\n");
	assert_string_equal(
		written(stack_listen_urls, "localhost", 8080), "http://localhost:8080\n");
	assert_string_equal(written(stack_listen_urls, "10.1.2.3", 80), "http://10.1.2.3\n");
	assert_string_equal(written(stack_listen_urls, "fe80::1", 81), "http://[fe80::1]:81\n");
	assert_int_equal(
		strncmp(written(stack_listen_urls, "0.0.0.0", 8080), "http://localhost:8080\n", 22),
		0);
	assert_int_equal(
		strncmp(written(stack_listen_urls, "::", 80), "http://localhost\n", 17), 0);
}

static void test_probe_names_a_taken_port(void **state)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct config config = {.ip_address = "127.0.0.1", .path = "/c.yaml"};
	struct error error;

	(void)state;
	assert_int_equal(bind(listening, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listening, 1), 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &length), 0);
	config.port = ntohs(address.sin_port);
	assert_false(stack_listen_probe(&config, false, &error));
	assert_string_equal(error.message,
		arena_printf(&arena,
			"Port %d is taken by another program. Stop it, or choose another `port` in "
			"/c.yaml.",
			config.port));
	config.ip_address = "0.0.0.0";
	assert_false(stack_listen_probe(&config, true, &error));
	assert_non_null(strstr(error.message, " make run"));
	assert_int_equal(close(listening), 0);
	assert_true(stack_listen_probe(&config, false, &error));
	config.ip_address = "192.0.2.1";
	assert_false(stack_listen_probe(&config, false, &error));
	assert_string_equal(error.code, "address_unknown");
}

static void write_file(const char *directory, const char *name, const char *content)
{
	const char *path = arena_printf(&arena, "%s/%s", directory, name);

	assert_true(file_write_atomic(AT_FDCWD, path, text_from(content), false));
}

static const char *read_file(const char *directory, const char *name)
{
	struct buffer content;
	const char *text;

	buffer_init(&content, LIMIT_BODY);
	assert_true(
		file_read_path(AT_FDCWD, arena_printf(&arena, "%s/%s", directory, name), &content));
	text = arena_copy(&arena, buffer_text(&content));
	buffer_free(&content);
	return text;
}

static const char *link_target(const char *directory, const char *name)
{
	char *target = arena_alloc(&arena, LIMIT_PATH);

	assert_true(readlink(arena_printf(&arena, "%s/links/%s", directory, name), target,
			    LIMIT_PATH - 1) > 0);
	return target;
}

static void test_render(void **state)
{
	const char *hosts[] = {"a.example", ".b-c.example"};
	char directory[SUPPORT_PATH];
	const char *runtime;
	struct config config = {.ip_address = "127.0.0.1",
		.port = 81,
		.cache_dir = "/cache",
		.sample_dir = "/s $x;\"}"};
	struct error error;

	(void)state;
	support_directory_make(directory);
	runtime = arena_printf(&arena, "%s/deep/run", directory);
	assert_int_equal(mkdir(arena_printf(&arena, "%s/nginx", directory), 0777), 0);
	write_file(directory, "nginx/one.conf", "as it is: @listen@\n");
	write_file(directory, "nginx/two.conf.in", "@\n@none@@listen@<@allowed_hosts@> a@b.c @");
	write_file(directory, "nginx/notes.txt", "not for nginx");
	assert_true(stack_render(&config, directory, runtime, &error));
	assert_string_equal(read_file(runtime, "one.conf"), "as it is: @listen@\n");
	assert_string_equal(read_file(runtime, "two.conf"),
		"@\n@none@\t\tlisten 127.0.0.1:81;\n<(?!)> a@b.c @");
	assert_int_not_equal(access(arena_printf(&arena, "%s/notes.txt", runtime), F_OK), 0);
	assert_string_equal(link_target(runtime, "samples"), "/s $x;\"}");
	assert_string_equal(link_target(runtime, "cache"), "/cache");

	/* Once more, with another configuration, over what is there. */
	config.sample_dir = "/t";
	config.allowed_hosts = hosts;
	config.allowed_host_count = 2;
	assert_true(stack_render(&config, directory, runtime, &error));
	assert_string_equal(link_target(runtime, "samples"), "/t");
	assert_non_null(strstr(read_file(runtime, "two.conf"),
		"<(?:a\\.example|(?:[a-z0-9_-]+\\.)*b-c\\.example)>"));
	support_directory_remove(directory);
}

static void test_render_says_what_fails(void **state)
{
	struct config config = {
		.ip_address = "127.0.0.1", .port = 81, .cache_dir = "/cache", .sample_dir = "/s"};
	char directory[SUPPORT_PATH];
	struct error error;

	(void)state;
	support_directory_make(directory);
	assert_false(stack_render(&config, directory, directory, &error));
	assert_string_equal(error.message,
		arena_printf(&arena,
			"Cannot open the web server's templates in %s/nginx: No such file or "
			"directory.",
			directory));
	write_file(directory, "file", "");
	assert_false(stack_render(
		&config, directory, arena_printf(&arena, "%s/file/run", directory), &error));
	assert_non_null(strstr(error.message, "Not a directory"));
	support_directory_remove(directory);
}

static void test_templates(void **state)
{
	char root[SUPPORT_PATH];
	const char *workflows;
	struct error error;
	struct buffer content;
	size_t copied;

	(void)state;
	support_directory_make(root);
	workflows = arena_printf(&arena, "%s/mine", root);
	assert_int_equal(mkdir(workflows, 0777), 0);
	assert_false(stack_copy_templates(root, workflows, &copied, &error));
	assert_non_null(strstr(error.message, "common/comfyui/templates"));
	support_write(root, "common/comfyui/templates/a.json", TEXT("{}"));
	support_write(root, "common/comfyui/templates/b.json", TEXT("[1]"));
	assert_false(
		stack_copy_templates(root, arena_printf(&arena, "%s/none", root), &copied, &error));
	/* What is hidden is not the user's: a trash, a mark of the file manager. */
	support_write(workflows, ".hidden", TEXT(""));
	assert_true(stack_copy_templates(root, workflows, &copied, &error));
	assert_int_equal(copied, 2);
	buffer_init(&content, 100);
	assert_true(
		file_read_path(AT_FDCWD, arena_printf(&arena, "%s/b.json", workflows), &content));
	assert_true(text_equal(buffer_text(&content), TEXT("[1]")));
	buffer_free(&content);
	/* As soon as there is anything, nothing is added. */
	assert_int_equal(unlink(arena_printf(&arena, "%s/a.json", workflows)), 0);
	assert_true(stack_copy_templates(root, workflows, &copied, &error));
	assert_int_equal(copied, 0);
	assert_int_not_equal(access(arena_printf(&arena, "%s/a.json", workflows), F_OK), 0);
	support_directory_remove(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listen_lines),
		cmocka_unit_test(test_templates),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_probe_names_a_taken_port),
		cmocka_unit_test(test_render),
		cmocka_unit_test(test_render_says_what_fails),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * The client against a server that does what real ones do and should not: each connection is
 * answered by the script of its request's path.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "comfyui/client.h"

/* --- The server --------------------------------------------------------------------------------
 */

static int listener;
static int port;
static pthread_t accepting;
static atomic_int connections;
static atomic_int requests;
static char last_request[8192]; /* read after its answer has come */

static void put(int socket, const char *bytes)
{
	(void)!send(socket, bytes, strlen(bytes), MSG_NOSIGNAL);
}

static void put_answer(int socket, const char *status, const char *headers, const char *body)
{
	char answer[1024];

	(void)snprintf(answer, sizeof(answer), "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s",
		status, headers, strlen(body), body);
	put(socket, answer);
}

/* A megabyte in pieces, of which the length is not told before. */
static void put_endless(int socket)
{
	static char block[4096];

	memset(block, 'x', sizeof(block));
	put(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	for (unsigned i = 0; i < 256; i++)
		if (send(socket, block, sizeof(block), MSG_NOSIGNAL) < 0)
			return;
}

/* Answers one request; false if the connection is to be closed. */
static bool serve(int socket, const char *path)
{
	if (strcmp(path, "/ok") == 0)
		put_answer(socket, "200 OK", "Content-Type: application/json\r\n", "{\"a\":1}");
	else if (strcmp(path, "/refused") == 0)
		put_answer(socket, "400 Bad Request", "", "{\"error\":1}");
	else if (strcmp(path, "/moved") == 0)
		put_answer(socket, "302 Found", "Location: https://login.example/in\r\n", "");
	else if (strcmp(path, "/silent") == 0)
		return poll(&(struct pollfd){.fd = socket, .events = POLLIN}, 1, -1) < 0;
	else if (strcmp(path, "/cut") == 0 || strcmp(path, "/stops") == 0)
		put(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
	else if (strcmp(path, "/garbage") == 0)
		put(socket, "SSH-2.0-OpenSSH_9.2\r\n");
	else if (strcmp(path, "/declared") == 0)
		put(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n");
	else if (strcmp(path, "/endless") == 0)
		put_endless(socket);
	if (strcmp(path, "/stops") == 0)
		return poll(&(struct pollfd){.fd = socket, .events = POLLIN}, 1, -1) < 0;
	return strcmp(path, "/ok") == 0 || strcmp(path, "/refused") == 0;
}

static void *serve_connection(void *context)
{
	int socket = (int)(intptr_t)context;
	char request[sizeof(last_request)];

	for (;;) {
		size_t length = 0;
		size_t needed = 0;
		char path[128];

		do {
			ssize_t got =
				recv(socket, request + length, sizeof(request) - 1 - length, 0);
			const char *end;
			const char *declared;

			if (got <= 0) {
				(void)close(socket);
				return NULL;
			}
			length += (size_t)got;
			/* A handshake of TLS, to which servers answer so. */
			if (*request == 0x16) {
				put_answer(socket, "400 Bad Request", "", "");
				(void)shutdown(socket, SHUT_WR);
			}
			request[length] = '\0';
			end = strstr(request, "\r\n\r\n");
			declared = strstr(request, "Content-Length: ");
			if (end)
				needed = (size_t)(end - request) + 4 +
					 (declared ? strtoul(declared + 16, NULL, 10) : 0);
		} while (needed == 0 || length < needed);
		memcpy(last_request, request, length + 1);
		atomic_fetch_add(&requests, 1);
		if (sscanf(request, "%*s %127s", path) != 1 || !serve(socket, strrchr(path, '/'))) {
			(void)close(socket);
			return NULL;
		}
	}
}

static void *accept_connections(void *context)
{
	(void)context;
	for (;;) {
		int socket = accept(listener, NULL, NULL);
		pthread_t thread;

		if (socket < 0)
			return NULL;
		atomic_fetch_add(&connections, 1);
		if (pthread_create(&thread, NULL, serve_connection, (void *)(intptr_t)socket) != 0)
			abort();
		(void)pthread_detach(thread);
	}
}

static int start_server(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	/* What the environment says of proxies is not for us. */
	(void)setenv("http_proxy", "http://127.0.0.1:1", 1);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 ||
		listen(listener, 16) != 0 ||
		getsockname(listener, (struct sockaddr *)&address, &length) != 0)
		return -1;
	port = ntohs(address.sin_port);
	return pthread_create(&accepting, NULL, accept_connections, NULL);
}

static int stop_server(void **state)
{
	(void)state;
	(void)shutdown(listener, SHUT_RDWR);
	(void)close(listener);
	return pthread_join(accepting, NULL);
}

/* --- The client --------------------------------------------------------------------------------
 */

static struct arena arena;
static struct comfyui_client *client;
static struct comfyui_response response;
static struct error error;

static void open_client(const char *comfyui)
{
	struct config *config;
	struct config_faults faults;
	const char *source = arena_printf(
		&arena, "checkpoint_dirs: [/c]\nsample_dir: /s\ncomfyui: %s\n", comfyui);

	if (!config_parse(&arena, "/c.yaml", text_from(source), &config, &faults))
		fail_msg("%s", faults.messages[0]);
	comfyui_client_close(client);
	if (!comfyui_client_open(config, &client, &error))
		fail_msg("%s", error.message);
}

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)1 << 20);
	client = NULL;
	memset(&error, 0, sizeof(error));
	open_client(arena_printf(&arena, "{host: 127.0.0.1, port: %d}", port));
	atomic_store(&connections, 0);
	atomic_store(&requests, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	comfyui_client_close(client);
	arena_free(&arena);
	return 0;
}

static struct comfyui_request get(const char *target)
{
	return (struct comfyui_request){
		.target = target, .timeout_ms = 20000, .limit = 1000, .file = -1};
}

static bool call(const struct comfyui_request *request)
{
	memset(&error, 0, sizeof(error));
	comfyui_response_free(&response);
	return comfyui_client_call(client, request, &response, &error);
}

static bool call_path(const char *target)
{
	struct comfyui_request request = get(target);
	bool done = call(&request);

	comfyui_response_free(&response);
	return done;
}

/* The call fails, and the message tells of `part`. */
static void assert_unreachable(const struct comfyui_request *request, const char *part)
{
	assert_false(call(request));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.code, "comfyui_unreachable");
	if (!strstr(error.message, part))
		fail_msg("\"%s\" (%s) says nothing of \"%s\"", error.message, error.cause, part);
	comfyui_response_free(&response);
}

/* --- Waiting for one ---------------------------------------------------------------------------
 */

static void test_call(void **state)
{
	struct comfyui_request request = get("/ok");

	(void)state;
	assert_true(call(&request));
	assert_int_equal(response.status, 200);
	assert_string_equal(response.content_type, "application/json");
	assert_true(text_equal(buffer_text(&response.body), TEXT("{\"a\":1}")));
	assert_true(response.sent);
	assert_non_null(strstr(last_request, "GET /ok HTTP/1.1\r\n"));
	assert_null(strstr(last_request, "Origin:"));
	assert_null(strstr(last_request, "Accept-Encoding:"));
	request.target = "/refused";
	request.post = true;
	request.body = TEXT("{\"b\":2}");
	assert_true(call(&request));
	assert_int_equal(response.status, 400);
	assert_true(text_equal(buffer_text(&response.body), TEXT("{\"error\":1}")));
	assert_non_null(strstr(last_request, "POST /refused HTTP/1.1\r\n"));
	assert_non_null(strstr(last_request, "\r\n\r\n{\"b\":2}"));
	/* A redirect is an answer, and is not followed. */
	request = get("/moved");
	assert_true(call(&request));
	assert_int_equal(response.status, 302);
	assert_string_equal(response.location, "https://login.example/in");
	comfyui_response_free(&response);
}

static void test_headers_and_prefix(void **state)
{
	struct comfyui_request request = get("/ok");

	(void)state;
	open_client(arena_printf(&arena,
		"{url: 'http://127.0.0.1:%d/comfy/', headers: {Authorization: Basic eA==}}", port));
	assert_true(call(&request));
	comfyui_response_free(&response);
	assert_non_null(strstr(last_request, "GET /comfy/ok HTTP/1.1\r\n"));
	assert_non_null(strstr(last_request, "\r\nAuthorization: Basic eA==\r\n"));
}

static void test_connections_are_kept(void **state)
{
	struct comfyui_request once = get("/ok");

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		assert_true(call_path("/ok"));
	assert_int_equal(atomic_load(&connections), 1);
	assert_int_equal(atomic_load(&requests), 10);
	/* A kept connection that has just died would make curl send again. */
	once.once = true;
	assert_true(call(&once));
	comfyui_response_free(&response);
	assert_int_equal(atomic_load(&connections), 2);
}

static void test_no_answer(void **state)
{
	struct comfyui_request request = get("/silent");

	(void)state;
	request.timeout_ms = 200;
	assert_unreachable(&request, "gave no answer within 1 s");
	assert_true(response.timed_out);
	assert_true(response.sent);
	request = get("/cut");
	assert_unreachable(&request, "broke the connection off");
	assert_false(response.timed_out);
	request = get("/closes at once");
	request.target = "/close";
	assert_unreachable(&request, "broke the connection off");
	request = get("/garbage");
	assert_unreachable(&request, "does not speak HTTP");
	request = get("/stops");
	request.silence_ms = 1000;
	assert_unreachable(&request, "gave no answer");
	assert_true(response.timed_out);
}

/* A hang mostly begins on a connection that earlier calls have made and left. */
static void test_no_answer_on_a_kept_connection(void **state)
{
	struct comfyui_request request = get("/silent");

	(void)state;
	assert_true(call_path("/ok"));
	request.timeout_ms = 200;
	assert_unreachable(&request, "gave no answer within 1 s");
	assert_true(response.timed_out);
	assert_true(response.sent);
	assert_int_equal(atomic_load(&connections), 1);
	assert_true(call_path("/ok"));
	request = get("/stops");
	request.silence_ms = 1000;
	assert_unreachable(&request, "gave no answer within 1 s");
	assert_int_equal(atomic_load(&connections), 2);
}

static void test_no_connection(void **state)
{
	struct comfyui_request request = get("/ok");

	(void)state;
	open_client("{host: 127.0.0.1, port: 1}");
	assert_unreachable(&request, "Nothing listens at http://127.0.0.1:1; start ComfyUI,");
	assert_false(response.sent);
	open_client("{host: '::1', port: 1}");
	assert_unreachable(&request, "http://[::1]:1");
	open_client("{host: nowhere.invalid}");
	assert_unreachable(&request, "The name nowhere.invalid is not known");
	open_client(arena_printf(&arena, "{url: 'https://127.0.0.1:%d'}", port));
	assert_unreachable(&request, "http:// instead of https://");
	open_client(arena_printf(&arena, "{url: 'https://127.0.0.1:%d', ca_file: /nowhere}", port));
	assert_unreachable(&request, "comfyui.ca_file, /nowhere");
}

static void test_too_long(void **state)
{
	struct comfyui_request request = get("/declared");

	(void)state;
	assert_unreachable(&request, "more than is read");
	request.target = "/endless";
	assert_unreachable(&request, "more than is read");
}

static void test_not_configured(void **state)
{
	struct config config = {0};
	struct comfyui_client *none;

	(void)state;
	assert_false(comfyui_client_open(&config, &none, &error));
	assert_string_equal(error.code, "comfyui_not_configured");
	assert_null(none);
}

/* --- To a file ---------------------------------------------------------------------------------
 */

static void test_to_file(void **state)
{
	struct comfyui_request request = get("/ok");
	char bytes[16] = "";
	int pair[2];

	(void)state;
	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	request.to_file = true;
	request.file = pair[1];
	assert_true(call(&request));
	assert_int_equal(response.file_length, 7);
	assert_int_equal(response.body.length, 0);
	assert_int_equal(read(pair[0], bytes, sizeof(bytes)), 7);
	assert_string_equal(bytes, "{\"a\":1}");
	/* What comes instead of the file does not go into it. */
	request.target = "/refused";
	assert_true(call(&request));
	assert_int_equal(response.file_length, 0);
	assert_true(text_equal(buffer_text(&response.body), TEXT("{\"error\":1}")));
	request.target = "/endless";
	assert_unreachable(&request, "more than is read");
	assert_int_equal(close(pair[0]) | close(pair[1]), 0);
	/* A full disk is not ComfyUI's fault. */
	request = get("/ok");
	request.to_file = true;
	request.file = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_false(call(&request));
	assert_int_equal(error.kind, ERROR_SYSTEM);
	assert_string_equal(error.code, "file_not_written");
	assert_int_equal(response.file_error, ENOSPC);
	comfyui_response_free(&response);
	assert_int_equal(close(request.file), 0);
}

/* --- Several at once ---------------------------------------------------------------------------
 */

struct told {
	int times;
	int status; /* 0: it failed */
	struct comfyui_transfer *cancels;
	bool starts_another;
};

static void take(void *context, struct comfyui_response *answer, const struct error *failure)
{
	struct told *told = context;
	struct comfyui_request request = get("/ok");

	told->times++;
	told->status = failure ? 0 : answer->status;
	if (told->cancels)
		comfyui_client_cancel(client, told->cancels);
	if (told->starts_another) {
		told->starts_another = false;
		assert_non_null(comfyui_client_start(client, &request, take, told, &error));
	}
}

static struct comfyui_transfer *start(const char *target, unsigned timeout_ms, struct told *told)
{
	struct comfyui_request request = get(target);
	struct comfyui_transfer *transfer;

	request.timeout_ms = timeout_ms;
	transfer = comfyui_client_start(client, &request, take, told, &error);
	assert_non_null(transfer);
	return transfer;
}

/* Waits on the descriptor alone, as a program would, until the transfer has been told of. */
static void drive_until(const struct told *told, int times)
{
	struct pollfd readable = {.fd = comfyui_client_descriptor(client), .events = POLLIN};

	while (told->times < times) {
		assert_int_equal(poll(&readable, 1, 20000), 1);
		comfyui_client_drive(client);
	}
}

static void test_one_hangs_and_others_go_on(void **state)
{
	struct told slow = {0};
	struct told fast = {0};
	struct told failing = {0};

	(void)state;
	start("/silent", 60000, &slow);
	start("/cut", 20000, &failing);
	for (int i = 1; i <= 3; i++) {
		start("/ok", 20000, &fast);
		drive_until(&fast, i);
		assert_int_equal(fast.status, 200);
	}
	/* One that waits may be used beside those that do not. */
	assert_true(call_path("/ok"));
	drive_until(&failing, 1);
	assert_int_equal(failing.status, 0);
	assert_int_equal(slow.times, 0);
}

static void test_time_limit_of_one(void **state)
{
	struct told slow = {0};

	(void)state;
	start("/silent", 100, &slow);
	drive_until(&slow, 1);
	assert_int_equal(slow.status, 0);
}

static void test_nothing_to_do_is_silent(void **state)
{
	struct told told = {0};
	struct pollfd readable = {.fd = comfyui_client_descriptor(client), .events = POLLIN};

	(void)state;
	assert_int_equal(poll(&readable, 1, 0), 0);
	start("/ok", 20000, &told);
	drive_until(&told, 1);
	/* What curl still wants to be woken for is over soon. */
	for (unsigned i = 0; i < 10 && poll(&readable, 1, 50) == 1; i++)
		comfyui_client_drive(client);
	assert_int_equal(poll(&readable, 1, 300), 0);
}

static void test_cancel(void **state)
{
	struct told cancelled = {0};
	struct told told = {0};

	(void)state;
	comfyui_client_cancel(client, start("/ok", 20000, &cancelled));
	/* From within another's end, too; and there another may start. */
	told.cancels = start("/silent", 20000, &cancelled);
	told.starts_another = true;
	start("/ok", 20000, &told);
	drive_until(&told, 1);
	told.cancels = NULL;
	drive_until(&told, 2);
	assert_int_equal(told.status, 200);
	assert_int_equal(cancelled.times, 0);
}

/* The body of a request may go as soon as it has started. */
static void test_body_is_copied(void **state)
{
	struct comfyui_request request = get("/refused");
	struct told told = {0};
	char body[] = "{\"seed\":18446744073709551615}";

	(void)state;
	request.post = true;
	request.body = text_from(body);
	assert_non_null(comfyui_client_start(client, &request, take, &told, &error));
	memset(body, 'x', sizeof(body));
	drive_until(&told, 1);
	assert_non_null(strstr(last_request, "\r\n\r\n{\"seed\":18446744073709551615}"));
}

static void test_close_with_transfers(void **state)
{
	struct told told = {0};

	(void)state;
	start("/silent", 20000, &told);
	start("/ok", 20000, &told);
	comfyui_client_drive(client);
	comfyui_client_close(client);
	client = NULL;
	assert_int_equal(told.times, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_call, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_headers_and_prefix, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_connections_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_no_answer_on_a_kept_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_configured, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_to_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_hangs_and_others_go_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_time_limit_of_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_to_do_is_silent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_body_is_copied, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_close_with_transfers, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}

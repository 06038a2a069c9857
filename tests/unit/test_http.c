/* The http room without a transport: targets, routes, bodies, problems, headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/internal.h"

static void echo(struct http_request *request, struct http_response *response)
{
	struct text value = http_captured(request, "value");

	buffer_append(&response->body, value.at ? value : TEXT("none"));
}

static void echo_body(struct http_request *request, struct http_response *response)
{
	if (!json_member(request->json, "name"))
		http_fault(response, "/name", "is missing");
	if (!json_member(request->json, "size"))
		http_fault(response, "/size", "is missing, and \"%s\" too", "quoted");
	if (http_reject(response))
		return;
	response->status = 201;
	http_header(response, "Location", "/things/1");
	buffer_append(&response->body, request->body);
}

static void answer_busy(struct http_request *request, struct http_response *response)
{
	struct error error;

	(void)request;
	(void)error_set(&error, ERROR_UNAVAILABLE, "busy", "Try again.");
	http_fail(response, &error);
}

static void overflow(struct http_request *request, struct http_response *response)
{
	(void)request;
	http_header(response, "X-Bad", "a\r\nSet-Cookie: b");
}

static void tagged(struct http_request *request, struct http_response *response)
{
	if (!http_not_modified(request, response, "W/\"abc\""))
		buffer_append(&response->body, TEXT("fresh"));
}

static const struct http_route ROUTES[] = {
	{"GET", "/things", 0, echo},
	{"POST", "/things", HTTP_JSON_BODY, echo_body},
	{"GET", "/things/{value}", 0, echo},
	{"DELETE", "/things/{value}", 0, echo},
	{"GET", "/files/{value...}/metadata", 0, echo},
	{"GET", "/busy", 0, answer_busy},
	{"GET", "/overflow", 0, overflow},
	{"GET", "/tagged", 0, tagged},
};

static const struct http_program PROGRAM = {
	.name = "test", .routes = ROUTES, .route_count = sizeof(ROUTES) / sizeof(*ROUTES)};

static size_t read_text(void *source, char *bytes, size_t size)
{
	struct text *left = source;
	size_t part = left->length < size ? left->length : size;

	memcpy(bytes, left->at, part);
	*left = text_from_offset(*left, part);
	return part;
}

struct answer {
	struct arena arena;
	struct http_request request;
	struct http_response response;
	struct buffer head;
};

static void ask_with(struct answer *answer, struct http_input input, struct text body)
{
	arena_init(&answer->arena, LIMIT_REQUEST_MEMORY);
	memset(&answer->request, 0, sizeof(answer->request));
	answer->request.arena = &answer->arena;
	http_response_init(&answer->response);
	input.read = read_text;
	input.source = &body;
	input.content_type = input.content_type ? input.content_type : "application/json";
	input.if_none_match = input.if_none_match ? input.if_none_match : "";
	input.body_length = input.body_length ? input.body_length : "";
	http_handle(&PROGRAM, &input, &answer->request, &answer->response);
	buffer_init(&answer->head, 65536);
	http_response_head(&answer->response, &answer->head);
	buffer_append_byte(&answer->head, '\0');
	buffer_append_byte(&answer->response.body, '\0');
}

static void ask(struct answer *answer, const char *method, const char *target)
{
	ask_with(answer, (struct http_input){.method = method, .target = target}, TEXT(""));
}

static void done(struct answer *answer)
{
	buffer_free(&answer->head);
	http_response_free(&answer->response);
	arena_free(&answer->arena);
}

static void expect(const char *method, const char *target, int status, const char *part_of_body)
{
	struct answer answer;

	ask(&answer, method, target);
	if (answer.response.status != status || !strstr(answer.response.body.bytes, part_of_body))
		fail_msg("%s %s: %d %s", method, target, answer.response.status,
			answer.response.body.bytes);
	done(&answer);
}

static void routes_are_found(void **state)
{
	(void)state;
	expect("GET", "/things", 200, "none");
	expect("HEAD", "/things", 200, "none");
	expect("GET", "/things/a%20b%26+c", 200, "a b&+c");
	expect("GET", "/things/a?value=1", 200, "a");
	expect("GET", "/files/one.png/metadata", 200, "one.png");
	expect("GET", "/files/a/b%3D/c.png/metadata", 200, "a/b=/c.png");
	expect("GET", "/files/metadata", 404, "not_found");
	expect("GET", "/files/a/b/meta", 404, "not_found");
	expect("GET", "/nothing", 404, "\"code\":\"not_found\"");
	expect("GET", "/things/a/b", 404, "not_found");
}

static void wrong_methods_name_the_right_ones(void **state)
{
	struct answer answer;

	(void)state;
	ask(&answer, "PATCH", "/things");
	assert_int_equal(answer.response.status, 405);
	assert_non_null(strstr(answer.head.bytes, "Allow: GET, HEAD, POST\r\n"));
	assert_non_null(strstr(answer.head.bytes, "Content-Type: application/problem+json\r\n"));
	done(&answer);
	expect("get", "/things", 405, "method_not_allowed");
}

static void hostile_targets_are_refused(void **state)
{
	static const char *const TARGETS[] = {"", "things", "//things", "/things/", "/things//a",
		"/things/..", "/things/%2e%2e", "/things/%2E./x", "/things/.", "/things/a%2fb",
		"/things/%00", "/things/a%", "/things/a%2", "/things/a%zz", "/things\\a",
		"/%5c/../x", "/things?x=%00", "/things?x=%", "http://elsewhere/things"};

	(void)state;
	for (size_t i = 0; i < sizeof(TARGETS) / sizeof(*TARGETS); i++)
		expect("GET", TARGETS[i], 400, "\"code\":\"invalid_path\"");
}

static void long_targets_are_refused(void **state)
{
	static char target[LIMIT_TARGET + 3];

	(void)state;
	memset(target, 'a', sizeof(target) - 1);
	target[0] = '/';
	expect("GET", target, 400, "too long");
	for (size_t i = 0; i < 200; i += 2)
		memcpy(target + i, "/a", 2);
	target[200] = '\0';
	expect("GET", target, 400, "too many segments");
	memcpy(target, "/things?", 8);
	for (size_t i = 0; i < 40; i++)
		memcpy(target + 8 + 2 * i, "a&", 3);
	expect("GET", target, 400, "too many parameters");
}

static void queries_are_decoded(void **state)
{
	struct answer answer;

	(void)state;
	ask(&answer, "GET", "/things?has_samples=true&x=a+b%2B&&x=second&empty=&bare");
	assert_true(http_query_flag(&answer.request, "has_samples"));
	assert_true(http_query_flag(&answer.request, "bare"));
	assert_false(http_query_flag(&answer.request, "absent"));
	assert_true(text_equal(http_query(&answer.request, "x"), TEXT("a b+")));
	assert_null(http_query(&answer.request, "absent").at);
	assert_int_equal(answer.request.query_length, 5);
	done(&answer);
	ask(&answer, "GET", "/things?has_samples=false&refresh=0");
	assert_false(http_query_flag(&answer.request, "has_samples"));
	assert_false(http_query_flag(&answer.request, "refresh"));
	done(&answer);
}

static void expect_post(const char *content_type, const char *length, struct text body, int status,
	const char *part_of_body)
{
	struct answer answer;

	ask_with(&answer,
		(struct http_input){.method = "POST",
			.target = "/things",
			.content_type = content_type,
			.body_length = length},
		body);
	if (answer.response.status != status || !strstr(answer.response.body.bytes, part_of_body))
		fail_msg("%s: %d %s", body.at, answer.response.status, answer.response.body.bytes);
	done(&answer);
}

static void bodies_are_checked(void **state)
{
	static char huge[LIMIT_BODY + 2];

	(void)state;
	expect_post("application/json", "", TEXT("{\"name\":1,\"size\":2}"), 201, "{\"name\":1");
	expect_post(
		"Application/JSON; charset=utf-8", "", TEXT("{\"name\":1,\"size\":2}"), 201, "");
	expect_post(
		"text/plain", "", TEXT("{\"name\":1,\"size\":2}"), 415, "unsupported_media_type");
	expect_post("", "", TEXT("{}"), 415, "unsupported_media_type");
	expect_post("application/jsonx", "", TEXT("{}"), 415, "unsupported_media_type");
	expect_post("application/json", "", TEXT(""), 400, "invalid_json");
	expect_post("application/json", "", TEXT("{\"name\":"), 400, "invalid_json");
	expect_post("application/json", "", TEXT("{\"name\":NaN}"), 400, "invalid_json");
	expect_post("application/json", "1048577", TEXT("{}"), 413, "body_too_large");
	expect_post(
		"application/json", "99999999999999999999999", TEXT("{}"), 413, "body_too_large");
	memset(huge, ' ', sizeof(huge) - 1);
	expect_post("application/json", "", text_from(huge), 413, "body_too_large");
	huge[0] = '[';
	huge[1] = ']';
	expect_post("application/json", "", text_head(text_from(huge), LIMIT_BODY), 422, "/name");
}

static void every_fault_is_listed(void **state)
{
	(void)state;
	expect_post("application/json", "", TEXT("{}"), 422,
		"\"code\":\"invalid_body\",\"errors\":[{\"pointer\":\"/name\",\"detail\":\"is "
		"missing\"},"
		"{\"pointer\":\"/size\",\"detail\":\"is missing, and \\\"quoted\\\" too\"}]}");
}

static void errors_become_problems(void **state)
{
	struct answer answer;

	(void)state;
	ask(&answer, "GET", "/busy");
	assert_int_equal(answer.response.status, 503);
	assert_non_null(strstr(answer.head.bytes, "Retry-After: 1\r\n"));
	assert_string_equal(answer.response.body.bytes,
		"{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
		"\"detail\":\"Try again.\",\"code\":\"busy\"}");
	done(&answer);
}

static void a_header_cannot_be_split(void **state)
{
	struct answer answer;

	(void)state;
	ask(&answer, "GET", "/overflow");
	assert_int_equal(answer.response.status, 500);
	assert_null(strstr(answer.head.bytes, "Set-Cookie"));
	done(&answer);
}

static void etags_are_compared(void **state)
{
	static const struct {
		const char *if_none_match;
		int status;
	} CASES[] = {{"", 200}, {"\"abc\"", 304}, {"W/\"abc\"", 304}, {"\"x\", W/\"abc\"", 304},
		{"*", 304}, {"\"ab\"", 200}, {"\"abcd\"", 200}, {"abc", 200}, {"\"abc", 200},
		{"W/", 200}, {",,,", 200}, {"\"x\",\"abc\" , \"y\"", 304}};

	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
		struct answer answer;

		ask_with(&answer,
			(struct http_input){.method = "GET",
				.target = "/tagged",
				.if_none_match = CASES[i].if_none_match},
			TEXT(""));
		if (answer.response.status != CASES[i].status)
			fail_msg("If-None-Match %s: %d", CASES[i].if_none_match,
				answer.response.status);
		assert_non_null(strstr(answer.head.bytes, "ETag: W/\"abc\"\r\n"));
		assert_int_equal(answer.response.body.length, CASES[i].status == 304 ? 1 : 6);
		done(&answer);
	}
}

static void a_client_that_goes_is_noticed(void **state)
{
	struct http_request request = {0};
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	request.connection = ends[0];
	assert_int_equal(write(ends[1], "unread", 6), 6);
	assert_false(http_client_is_gone(&request));
	assert_int_equal(close(ends[1]), 0);
	assert_true(http_client_is_gone(&request));
	assert_int_equal(close(ends[0]), 0);
	request.connection = -1;
	assert_false(http_client_is_gone(&request));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_are_found),
		cmocka_unit_test(wrong_methods_name_the_right_ones),
		cmocka_unit_test(hostile_targets_are_refused),
		cmocka_unit_test(long_targets_are_refused),
		cmocka_unit_test(queries_are_decoded),
		cmocka_unit_test(bodies_are_checked),
		cmocka_unit_test(every_fault_is_listed),
		cmocka_unit_test(errors_become_problems),
		cmocka_unit_test(a_header_cannot_be_split),
		cmocka_unit_test(etags_are_compared),
		cmocka_unit_test(a_client_that_goes_is_noticed),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}

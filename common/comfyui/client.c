#include "comfyui/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/limits.h"
#include "comfyui/failure.h"

/* How long a connection may take to come about. */
#define CONNECT_MS 5000U

/* Connections are given up before ComfyUI gives them up (75 s and more). */
#define CONNECTION_AGE 45L

/* Of an answer that is no image: enough to tell what it is. */
#define LIMIT_REFUSAL ((size_t)64 * 1024)

struct comfyui_transfer {
	struct comfyui_client *client;
	struct comfyui_transfer *next;
	struct comfyui_transfer **link; /* what points to this one */
	CURL *easy;
	struct comfyui_request request;
	struct comfyui_response response;
	bool too_long;
	comfyui_done *done;
	void *context;
	char cause[CURL_ERROR_SIZE];
};

struct comfyui_client {
	const struct config_comfyui *config;
	CURLM *multi;
	CURL *spare; /* a handle that is used again */
	struct curl_slist *headers;
	struct comfyui_transfer *transfers;
	int events; /* an epoll of curl's sockets and the timer */
	int timer;
};

/* --- What curl wants to be told of ------------------------------------------------------------ */

static int set_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *known)
{
	struct comfyui_client *client = context;
	struct epoll_event event = {.data.fd = socket};

	(void)easy;
	(void)known;
	if (what == CURL_POLL_REMOVE) {
		(void)epoll_ctl(client->events, EPOLL_CTL_DEL, socket, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		event.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		event.events |= EPOLLOUT;
	if (epoll_ctl(client->events, EPOLL_CTL_MOD, socket, &event) == 0)
		return 0;
	return epoll_ctl(client->events, EPOLL_CTL_ADD, socket, &event) == 0 ? 0 : -1;
}

static int set_timer(CURLM *multi, long milliseconds, void *context)
{
	struct comfyui_client *client = context;
	struct itimerspec when = {0};

	(void)multi;
	if (milliseconds >= 0) {
		when.it_value.tv_sec = milliseconds / 1000;
		when.it_value.tv_nsec = milliseconds % 1000 * 1000000;
		if (milliseconds == 0)
			when.it_value.tv_nsec = 1; /* zero would disarm it */
	}
	return timerfd_settime(client->timer, 0, &when, NULL) == 0 ? 0 : -1;
}

static bool write_to_file(struct comfyui_transfer *transfer, const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(transfer->request.file, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			transfer->response.file_error = errno;
			return false;
		}
		transfer->response.file_length += (size_t)written;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

/* Returns anything but `length` to end the transfer. */
static size_t take_body(char *bytes, size_t size, size_t length, void *context)
{
	struct comfyui_transfer *transfer = context;
	struct buffer *body = &transfer->response.body;
	long status = 0;

	(void)size; /* always 1 */
	if (transfer->request.to_file) {
		(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
		if (status == 200) {
			transfer->too_long =
				length > transfer->request.limit - transfer->response.file_length;
			return !transfer->too_long && write_to_file(transfer, bytes, length)
				       ? length
				       : 0;
		}
		if (length > LIMIT_REFUSAL - body->length)
			return 0;
	}
	if (length > body->maximum - body->length) {
		transfer->too_long = true;
		return 0;
	}
	buffer_append(body, (struct text){bytes, length});
	return body->failed ? 0 : length;
}

/* --- The end of a transfer -------------------------------------------------------------------- */

/* What it was that did not happen in time. */
static enum comfyui_failure timeout_failure(CURL *easy)
{
	curl_off_t connected = 0;
	long local_port = 0;
	long sent = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected);
	(void)curl_easy_getinfo(easy, CURLINFO_LOCAL_PORT, &local_port);
	(void)curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
	/* A kept connection took no time to be made, and is seen by what was sent on it. */
	if (connected > 0 || sent > 0)
		return COMFYUI_FAILURE_SILENT;
	/* To curl, a connection is there when TLS is agreed upon. */
	return local_port > 0 ? COMFYUI_FAILURE_TLS : COMFYUI_FAILURE_UNCONNECTED;
}

static enum comfyui_failure connection_failure(CURL *easy)
{
	long reason = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &reason);
	if (reason == EHOSTUNREACH || reason == ENETUNREACH || reason == ENETDOWN)
		return COMFYUI_FAILURE_UNROUTABLE;
	return reason == ETIMEDOUT ? COMFYUI_FAILURE_UNCONNECTED : COMFYUI_FAILURE_REFUSED;
}

static enum comfyui_failure failure_of(const struct comfyui_transfer *transfer, CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return COMFYUI_FAILURE_UNRESOLVED;
	case CURLE_COULDNT_CONNECT:
		return connection_failure(transfer->easy);
	case CURLE_OPERATION_TIMEDOUT:
		return timeout_failure(transfer->easy);
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return COMFYUI_FAILURE_BROKEN_OFF;
	case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9, as curl takes what is no HTTP for */
	case CURLE_WEIRD_SERVER_REPLY:
		return COMFYUI_FAILURE_NOT_HTTP;
	case CURLE_SSL_CONNECT_ERROR:
		return COMFYUI_FAILURE_TLS;
	case CURLE_PEER_FAILED_VERIFICATION:
		return COMFYUI_FAILURE_TLS_UNTRUSTED;
	case CURLE_SSL_CACERT_BADFILE:
		return COMFYUI_FAILURE_CA_FILE_UNREADABLE;
	case CURLE_FILESIZE_EXCEEDED:
		return COMFYUI_FAILURE_TOO_LONG;
	default:
		return transfer->too_long ? COMFYUI_FAILURE_TOO_LONG : COMFYUI_FAILURE_OTHER;
	}
}

/* The limit that a transfer which came too late has passed, in milliseconds. */
static unsigned limit_passed(const struct comfyui_transfer *transfer)
{
	const struct comfyui_request *request = &transfer->request;
	enum comfyui_failure failure = timeout_failure(transfer->easy);
	curl_off_t took = 0;

	(void)curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &took);
	if (failure != COMFYUI_FAILURE_SILENT && request->timeout_ms > CONNECT_MS)
		return CONNECT_MS;
	if (request->silence_ms && took / 1000 < (curl_off_t)request->timeout_ms)
		return request->silence_ms;
	return request->timeout_ms;
}

static void copy_info(CURL *easy, CURLINFO what, char *to, size_t size)
{
	const char *value = NULL;

	(void)curl_easy_getinfo(easy, what, &value);
	(void)snprintf(to, size, "%s", value ? value : "");
}

/* Reads what curl knows of a transfer that has ended. True if a whole answer came. */
static bool conclude(struct comfyui_transfer *transfer, CURLcode code, struct error *error)
{
	struct comfyui_response *response = &transfer->response;
	long status = 0;
	long sent = 0;
	bool refused;

	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent);
	copy_info(transfer->easy, CURLINFO_CONTENT_TYPE, response->content_type,
		sizeof(response->content_type));
	copy_info(transfer->easy, CURLINFO_REDIRECT_URL, response->location,
		sizeof(response->location));
	response->status = (int)status;
	response->sent = sent > 0;
	response->timed_out = code == CURLE_OPERATION_TIMEDOUT;
	/* The page that comes instead of a file is not read to its end. */
	refused = transfer->request.to_file && status != 0 && status != 200 && !transfer->too_long;
	if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && refused && !response->body.failed))
		return true;
	if (response->body.failed || code == CURLE_OUT_OF_MEMORY)
		return error_memory(error);
	if (response->file_error)
		(void)error_set(error, ERROR_SYSTEM, "file_not_written",
			"The answer of ComfyUI cannot be written to the disk: %s.",
			strerror(response->file_error));
	else
		(void)comfyui_failure_explain(transfer->client->config, failure_of(transfer, code),
			limit_passed(transfer), error);
	return error_cause(error, "%s: curl %d, %s", transfer->request.target, (int)code,
		transfer->cause[0] ? transfer->cause : curl_easy_strerror(code));
}

/* Takes a transfer out of the client; its response is left to the caller. */
static void withdraw(struct comfyui_transfer *transfer)
{
	struct comfyui_client *client = transfer->client;

	(void)curl_multi_remove_handle(client->multi, transfer->easy);
	if (client->spare) {
		curl_easy_cleanup(transfer->easy);
	} else {
		curl_easy_reset(transfer->easy);
		client->spare = transfer->easy;
	}
	*transfer->link = transfer->next;
	if (transfer->next)
		transfer->next->link = transfer->link;
}

static void finish(struct comfyui_transfer *transfer, CURLcode code)
{
	struct error error = {0};
	bool done = conclude(transfer, code, &error);

	withdraw(transfer);
	transfer->done(transfer->context, &transfer->response, done ? NULL : &error);
	comfyui_response_free(&transfer->response);
	free(transfer);
}

void comfyui_response_free(struct comfyui_response *response)
{
	buffer_free(&response->body);
}

/* --- The start -------------------------------------------------------------------------------- */

/* True if every option was taken; curl refuses one only without memory. */
static bool set_options(struct comfyui_transfer *transfer)
{
	const struct config_comfyui *config = transfer->client->config;
	const struct comfyui_request *request = &transfer->request;
	CURL *easy = transfer->easy;
	char url[LIMIT_TARGET];
	bool good;

	good = (size_t)snprintf(url, sizeof(url), "%s%s", config->url, request->target) <
	       sizeof(url);
#define SET(option, value) (good = good && curl_easy_setopt(easy, option, value) == CURLE_OK)
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	/* A resolver that hangs is not waited for. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	SET(CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	SET(CURLOPT_LOW_SPEED_LIMIT, request->silence_ms ? 1L : 0L);
	SET(CURLOPT_LOW_SPEED_TIME, (long)(request->silence_ms + 999) / 1000);
	SET(CURLOPT_MAXAGE_CONN, CONNECTION_AGE);
	SET(CURLOPT_FRESH_CONNECT, request->once ? 1L : 0L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->limit);
	SET(CURLOPT_HTTPHEADER, transfer->client->headers);
	SET(CURLOPT_ERRORBUFFER, transfer->cause);
	SET(CURLOPT_PRIVATE, transfer);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, transfer);
	if (request->post) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
		SET(CURLOPT_COPYPOSTFIELDS, request->body.at);
	}
	if (config->ca_file)
		SET(CURLOPT_CAINFO, config->ca_file);
	if (config->insecure) {
		SET(CURLOPT_SSL_VERIFYPEER, 0L);
		SET(CURLOPT_SSL_VERIFYHOST, 0L);
	}
#undef SET
	return good;
}

static CURL *take_handle(struct comfyui_client *client)
{
	CURL *easy = client->spare;

	if (!easy)
		return curl_easy_init();
	client->spare = NULL;
	return easy;
}

struct comfyui_transfer *comfyui_client_start(struct comfyui_client *client,
	const struct comfyui_request *request, comfyui_done *done, void *context,
	struct error *error)
{
	struct comfyui_transfer *transfer = calloc(1, sizeof(*transfer));

	if (transfer) {
		transfer->client = client;
		transfer->request = *request;
		transfer->done = done;
		transfer->context = context;
		transfer->response.base = client->config->url;
		buffer_init(&transfer->response.body, request->limit);
		transfer->easy = take_handle(client);
	}
	if (!transfer || !transfer->easy || !set_options(transfer) ||
		curl_multi_add_handle(client->multi, transfer->easy) != CURLM_OK) {
		if (transfer && transfer->easy)
			curl_easy_cleanup(transfer->easy);
		free(transfer);
		(void)error_memory(error);
		return NULL;
	}
	transfer->link = &client->transfers;
	transfer->next = client->transfers;
	if (transfer->next)
		transfer->next->link = &transfer->next;
	client->transfers = transfer;
	return transfer;
}

void comfyui_client_cancel(struct comfyui_client *client, struct comfyui_transfer *transfer)
{
	(void)client;
	withdraw(transfer);
	comfyui_response_free(&transfer->response);
	free(transfer);
}

/* --- Driving ---------------------------------------------------------------------------------- */

int comfyui_client_descriptor(const struct comfyui_client *client)
{
	return client->events;
}

static void act(struct comfyui_client *client, const struct epoll_event *event)
{
	int running;
	int what = 0;
	uint64_t expired;

	if (event->data.fd == client->timer) {
		if (read(client->timer, &expired, sizeof(expired)) != sizeof(expired))
			return; /* it was set anew meanwhile */
		(void)curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
		return;
	}
	if (event->events & EPOLLIN)
		what |= CURL_CSELECT_IN;
	if (event->events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (event->events & (EPOLLERR | EPOLLHUP))
		what |= CURL_CSELECT_ERR;
	(void)curl_multi_socket_action(client->multi, event->data.fd, what, &running);
}

void comfyui_client_drive(struct comfyui_client *client)
{
	struct epoll_event events[16];
	int count = epoll_wait(client->events, events, sizeof(events) / sizeof(*events), 0);
	CURLMsg *message;
	int left;

	for (int i = 0; i < count; i++)
		act(client, &events[i]);
	while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct comfyui_transfer *transfer = NULL;

		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		finish(transfer, code);
	}
}

/* --- Waiting for one ---------------------------------------------------------------------------
 */

struct waiting {
	bool ended;
	bool good;
	struct comfyui_response *response;
	struct error *error;
};

static void take_answer(void *context, struct comfyui_response *response, const struct error *error)
{
	struct waiting *waiting = context;

	waiting->ended = true;
	waiting->good = !error;
	*waiting->response = *response;
	buffer_init(&response->body, 0);
	if (error)
		*waiting->error = *error;
}

bool comfyui_client_call(struct comfyui_client *client, const struct comfyui_request *request,
	struct comfyui_response *response, struct error *error)
{
	struct waiting waiting = {.response = response, .error = error};
	struct pollfd readable = {.fd = client->events, .events = POLLIN};

	*response = (struct comfyui_response){0};
	buffer_init(&response->body, 0);
	if (!comfyui_client_start(client, request, take_answer, &waiting, error))
		return false;
	while (!waiting.ended) {
		(void)poll(&readable, 1, -1); /* curl's timer ends it at the latest */
		comfyui_client_drive(client);
	}
	return waiting.good;
}

/* --- A client's life ---------------------------------------------------------------------------
 */

static bool add_header(struct comfyui_client *client, const char *header)
{
	struct curl_slist *longer = curl_slist_append(client->headers, header);

	if (longer)
		client->headers = longer;
	return longer != NULL;
}

static bool make_headers(struct comfyui_client *client)
{
	bool done = add_header(client, "Content-Type: application/json") &&
		    add_header(client, "Expect:") &&
		    add_header(client, "User-Agent: checkpoint-sampler/" VERSION);

	for (size_t i = 0; done && i < client->config->header_count; i++)
		done = add_header(client, client->config->headers[i]);
	return done;
}

static bool make_multi(struct comfyui_client *client)
{
	struct epoll_event event = {.events = EPOLLIN};

	client->multi = curl_multi_init();
	client->events = epoll_create1(EPOLL_CLOEXEC);
	client->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	event.data.fd = client->timer;
	return client->multi && client->events >= 0 && client->timer >= 0 &&
	       epoll_ctl(client->events, EPOLL_CTL_ADD, client->timer, &event) == 0 &&
	       curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, set_socket) == CURLM_OK &&
	       curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client) == CURLM_OK &&
	       curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK &&
	       curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client) == CURLM_OK &&
	       curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, 4L) == CURLM_OK;
}

bool comfyui_client_open(
	const struct config *config, struct comfyui_client **client, struct error *error)
{
	struct comfyui_client *new;

	*client = NULL;
	if (!comfyui_is_configured(config, error))
		return false;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_memory(error);
	new = calloc(1, sizeof(*new));
	if (!new) {
		curl_global_cleanup();
		return error_memory(error);
	}
	new->config = &config->comfyui;
	new->events = -1;
	new->timer = -1;
	if (!make_multi(new) || !make_headers(new)) {
		comfyui_client_close(new);
		return error_memory(error);
	}
	*client = new;
	return true;
}

void comfyui_client_close(struct comfyui_client *client)
{
	if (!client)
		return;
	for (struct comfyui_transfer *transfer = client->transfers, *next; transfer;
		transfer = next) {
		next = transfer->next;
		comfyui_client_cancel(client, transfer);
	}
	if (client->spare)
		curl_easy_cleanup(client->spare);
	if (client->multi)
		(void)curl_multi_cleanup(client->multi);
	curl_slist_free_all(client->headers);
	if (client->timer >= 0)
		(void)close(client->timer);
	if (client->events >= 0)
		(void)close(client->events);
	free(client);
	curl_global_cleanup();
}

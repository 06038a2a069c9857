/* The WebSocket, by libwebsockets: the only file that includes its header. */
#include "comfyui/socket.h"

#include <libwebsockets.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/utf8.h"
#include "comfyui/event_queue.h"

#define PING_SECONDS	20
#define HANG_UP_SECONDS (PING_SECONDS + 90)
#define CONNECT_SECONDS 20
#define THREAD_STACK	((size_t)512 * 1024)
#define RECEIVE_BUFFER	65536

/* A frame's memory is kept for the next one up to this; a larger one's is given back. */
#define KEPT_FRAME ((size_t)256 * 1024)

struct comfyui_socket {
	const struct comfyui_socket_target *target;
	struct lws_context *context;
	pthread_t thread;
	struct comfyui_event_queue events;

	pthread_mutex_t mutex; /* over what the process asks for: */
	bool stop;
	bool asked;
	char asked_id[64];

	/* The thread's own. */
	struct lws *connection;
	bool open;	      /* the handshake is done */
	bool closing;	      /* the connection is to end, and nobody wants to hear of it */
	bool stopping;	      /* `stop` was seen */
	bool wanted;	      /* connect when the connection before is gone */
	bool told_gone;	      /* the end of the connection was seen */
	char client_id[64];   /* to connect under */
	struct buffer frame;  /* what has come of it */
	bool skipping;	      /* the frame is binary or too long */
	struct arena parsing; /* lasts for one frame */
};

static void tell(struct comfyui_socket *socket, enum comfyui_event_type type, struct text message)
{
	struct comfyui_event event = {.type = type};

	utf8_copy(event.message, sizeof(event.message), message);
	comfyui_event_queue_put(&socket->events, &event);
}

/* --- Frames ------------------------------------------------------------------------------------
 */

static void finish_frame(struct comfyui_socket *socket)
{
	struct comfyui_event event;

	if (!socket->skipping && !socket->frame.failed) {
		comfyui_event_parse(&socket->parsing, buffer_text(&socket->frame), &event);
		comfyui_event_queue_put(&socket->events, &event);
	}
	if (socket->frame.failed || socket->frame.capacity > KEPT_FRAME)
		buffer_free(&socket->frame);
	socket->frame.length = 0;
	if (socket->parsing.taken > KEPT_FRAME)
		arena_free(&socket->parsing);
	else
		arena_reset(&socket->parsing);
}

/* A part of a frame, or of one of its fragments. */
static void receive(struct comfyui_socket *socket, struct lws *connection, struct text part)
{
	if (lws_is_first_fragment(connection)) {
		socket->frame.length = 0;
		socket->skipping = lws_frame_is_binary(connection) != 0;
	}
	if (!socket->skipping)
		buffer_append(&socket->frame, part);
	if (lws_is_final_fragment(connection) && lws_remaining_packet_payload(connection) == 0)
		finish_frame(socket);
}

/* --- The connection ----------------------------------------------------------------------------
 */

static void gone(struct comfyui_socket *socket, struct text reason)
{
	bool silent = socket->closing;

	socket->connection = NULL;
	socket->told_gone = true;
	socket->open = false;
	socket->closing = false;
	if (!silent)
		tell(socket, COMFYUI_EVENT_DISCONNECTED, reason);
}

static void connect_now(struct comfyui_socket *socket)
{
	const struct comfyui_socket_target *target = socket->target;
	bool bare_port = target->port == (target->tls ? 443 : 80);
	bool is_address = strchr(target->host, ':') != NULL;
	char path[1024];
	char host[300];
	struct lws_client_connect_info how = {
		.context = socket->context,
		.address = target->host,
		.port = target->port,
		.path = path,
		.host = host,
		.local_protocol_name = "comfyui",
		.alpn = "http/1.1",
		.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT,
		.pwsi = &socket->connection,
	};

	socket->wanted = false;
	socket->closing = false;
	if (target->tls)
		how.ssl_connection |= LCCSCF_USE_SSL;
	if (target->tls && target->insecure)
		how.ssl_connection |= LCCSCF_ALLOW_SELFSIGNED | LCCSCF_ALLOW_EXPIRED |
				      LCCSCF_ALLOW_INSECURE |
				      LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	(void)snprintf(path, sizeof(path), "%s?clientId=%s", target->path, socket->client_id);
	if (bare_port)
		(void)snprintf(host, sizeof(host), is_address ? "[%s]" : "%s", target->host);
	else
		(void)snprintf(host, sizeof(host), is_address ? "[%s]:%d" : "%s:%d", target->host,
			target->port);
	/*
	 * Of a failure there is mostly a callback, before this returns or later; not of one before
	 * there is a connection, such as for want of memory or of descriptors.
	 */
	socket->told_gone = false;
	if (!lws_client_connect_via_info(&how) && !socket->told_gone)
		gone(socket, TEXT("no connection could be made"));
}

/* Ends the connection as the protocol has it: a close frame, the other side's, and the end. */
static void begin_closing(struct comfyui_socket *socket)
{
	if (!socket->connection || socket->closing)
		return;
	socket->closing = true;
	if (socket->open)
		(void)lws_callback_on_writable(socket->connection);
}

/* Takes up what the process has asked for. */
static void take_requests(struct comfyui_socket *socket)
{
	bool asked;

	(void)pthread_mutex_lock(&socket->mutex);
	socket->stopping = socket->stop;
	asked = socket->asked;
	socket->asked = false;
	if (asked)
		memcpy(socket->client_id, socket->asked_id, sizeof(socket->client_id));
	(void)pthread_mutex_unlock(&socket->mutex);
	if (asked)
		socket->wanted = true;
	if (asked || socket->stopping)
		begin_closing(socket);
}

static bool add_headers(
	struct comfyui_socket *socket, struct lws *connection, unsigned char **at, size_t room)
{
	const struct comfyui_socket_target *target = socket->target;
	unsigned char *end = *at + room;

	for (size_t i = 0; i < target->header_count; i++) {
		struct text header = text_from(target->headers[i]);
		const char *colon = strchr(header.at, ':');
		size_t length = colon ? (size_t)(colon - header.at) + 1 : 0;
		const char *value = header.at + length;
		char name[256];

		/* libwebsockets wants the colon in the name. */
		if (!length || length >= sizeof(name))
			return false;
		(void)snprintf(name, sizeof(name), "%.*s", (int)length, header.at);
		while (*value == ' ')
			value++;
		if (lws_add_http_header_by_name(connection, (unsigned char *)name,
			    (const unsigned char *)value, (int)strlen(value), at, end))
			return false;
	}
	return true;
}

static int on_event(struct lws *connection, enum lws_callback_reasons reason, void *user, void *in,
	size_t length)
{
	struct lws_context *context = lws_get_context(connection);
	struct comfyui_socket *socket = context ? lws_context_user(context) : NULL;

	(void)user;
	/* There is always one; the call does not say so. */
	if (!socket)
		return 0;
	switch ((int)reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return add_headers(socket, connection, in, length) ? 0 : -1;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		socket->open = true;
		if (socket->closing)
			(void)lws_callback_on_writable(connection);
		else
			tell(socket, COMFYUI_EVENT_CONNECTED, TEXT(""));
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		receive(socket, connection, (struct text){in, length});
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (!socket->closing)
			break;
		lws_close_reason(connection, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
		return -1;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		gone(socket, in ? (struct text){in, length} : TEXT("no connection"));
		break;
	case LWS_CALLBACK_CLIENT_CLOSED:
		gone(socket, TEXT("ComfyUI closed the connection"));
		break;
	case LWS_CALLBACK_WSI_DESTROY:
		/* A connection that is killed in its handshake says nothing else. */
		if (connection == socket->connection)
			gone(socket, TEXT("the handshake was given up"));
		break;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		take_requests(socket);
		break;
	default:
		break;
	}
	return 0;
}

/* --- The thread --------------------------------------------------------------------------------
 */

static void *run(void *argument)
{
	struct comfyui_socket *socket = argument;

	/* Also what was asked for before the thread could be woken. */
	take_requests(socket);
	while (!socket->stopping || socket->connection) {
		/* In its handshake it is ended at once, which is not to be done in a callback. */
		if (socket->closing && !socket->open && socket->connection) {
			lws_set_timeout(
				socket->connection, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_SYNC);
			socket->connection = NULL;
			socket->closing = false;
			continue;
		}
		if (socket->wanted && !socket->connection && !socket->stopping)
			connect_now(socket);
		if (lws_service(socket->context, 0) < 0)
			break;
	}
	return NULL;
}

/* libwebsockets' own words, for those who look at the log that closely. */
static void log_words(int level, const char *words)
{
	struct log_line line;
	struct text text = text_from(words);

	(void)level;
	while (text.length && (text.at[text.length - 1] == '\n' || text.at[text.length - 1] == ' '))
		text.length--;
	log_begin(&line, LOG_DEBUG, "comfyui.socket");
	log_text(&line, "message", text);
	log_end(&line);
}

static struct lws_context *make_context(struct comfyui_socket *socket)
{
	static const struct lws_protocols protocols[] = {
		{"comfyui", on_event, 0, RECEIVE_BUFFER, 0, NULL, 0},
		{NULL, NULL, 0, 0, 0, NULL, 0}};
	static const lws_retry_bo_t idle = {
		.secs_since_valid_ping = PING_SECONDS,
		.secs_since_valid_hangup = HANG_UP_SECONDS,
	};
	struct lws_context_creation_info how = {
		.port = CONTEXT_PORT_NO_LISTEN,
		.protocols = protocols,
		.gid = -1,
		.uid = -1,
		.user = socket,
		.retry_and_idle_policy = &idle,
		.timeout_secs = CONNECT_SECONDS,
		.connect_timeout_secs = CONNECT_SECONDS,
		/* Else it makes tables for as many as the process may open. */
		.fd_limit_per_thread = 8,
		.pt_serv_buf_size = RECEIVE_BUFFER,
	};

	lws_set_log_level(LLL_ERR | LLL_WARN, log_words);
	if (socket->target->tls) {
		how.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		how.client_ssl_ca_filepath = socket->target->ca_file;
	}
	return lws_create_context(&how);
}

static bool start_thread(struct comfyui_socket *socket)
{
	pthread_attr_t attributes;
	sigset_t all;
	sigset_t before;
	bool done;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	(void)pthread_attr_setstacksize(&attributes, THREAD_STACK);
	/* Signals are the process's. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	done = pthread_create(&socket->thread, &attributes, run, socket) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attributes);
	return done;
}

static void free_socket(struct comfyui_socket *socket)
{
	if (socket->context)
		lws_context_destroy(socket->context);
	buffer_free(&socket->frame);
	arena_free(&socket->parsing);
	(void)pthread_mutex_destroy(&socket->mutex);
	comfyui_event_queue_free(&socket->events);
	free(socket);
}

bool comfyui_socket_open(const struct comfyui_socket_target *target, struct comfyui_socket **opened,
	struct error *error)
{
	struct comfyui_socket *socket = calloc(1, sizeof(*socket));

	if (!socket)
		return error_memory(error);
	if (!comfyui_event_queue_init(&socket->events, error)) {
		free(socket);
		return false;
	}
	(void)pthread_mutex_init(&socket->mutex, NULL);
	socket->target = target;
	buffer_init(&socket->frame, LIMIT_COMFYUI_FRAME);
	arena_init(&socket->parsing, LIMIT_COMFYUI_FRAME_MEMORY);
	socket->context = make_context(socket);
	if (!socket->context || !start_thread(socket)) {
		free_socket(socket);
		return error_set(error, ERROR_SYSTEM, "internal_error",
			"The system has no resources left for the connection to ComfyUI.");
	}
	*opened = socket;
	return true;
}

void comfyui_socket_close(struct comfyui_socket *socket)
{
	if (!socket)
		return;
	(void)pthread_mutex_lock(&socket->mutex);
	socket->stop = true;
	(void)pthread_mutex_unlock(&socket->mutex);
	lws_cancel_service(socket->context);
	(void)pthread_join(socket->thread, NULL);
	free_socket(socket);
}

void comfyui_socket_connect(struct comfyui_socket *socket, const char *client_id)
{
	(void)pthread_mutex_lock(&socket->mutex);
	(void)snprintf(socket->asked_id, sizeof(socket->asked_id), "%s", client_id);
	socket->asked = true;
	(void)pthread_mutex_unlock(&socket->mutex);
	lws_cancel_service(socket->context);
}

int comfyui_socket_descriptor(const struct comfyui_socket *socket)
{
	return socket->events.descriptor;
}

bool comfyui_socket_take(struct comfyui_socket *socket, struct comfyui_event *event)
{
	return comfyui_event_queue_take(&socket->events, event);
}

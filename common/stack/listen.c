#include "stack/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ADDRESS_TEXT INET6_ADDRSTRLEN

/* An address to listen on; at most two come of one configuration. */
struct endpoint {
	struct sockaddr_storage address;
	socklen_t length;
	char text[ADDRESS_TEXT];
	bool both_families; /* "::" takes IPv4 connections too */
};

static bool fill(struct endpoint *endpoint, const char *text, int port)
{
	struct sockaddr_in *four = (struct sockaddr_in *)&endpoint->address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&endpoint->address;

	*endpoint = (struct endpoint){0};
	(void)snprintf(endpoint->text, sizeof(endpoint->text), "%s", text);
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		endpoint->length = sizeof(*four);
		return true;
	}
	if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1)
		return false;
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t)port);
	endpoint->length = sizeof(*six);
	endpoint->both_families = IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr);
	return true;
}

/* Binds a socket as nginx does and closes it. Returns 0 or errno. */
static int try_bind(const struct endpoint *endpoint)
{
	int reuse = 1;
	int only_six = !endpoint->both_families;
	int descriptor =
		socket(endpoint->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	int reason = 0;

	if (descriptor < 0)
		return errno;
	if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse)) != 0 ||
		(endpoint->address.ss_family == AF_INET6 &&
			setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &only_six,
				sizeof(only_six)) != 0) ||
		bind(descriptor, (const struct sockaddr *)&endpoint->address, endpoint->length) !=
			0)
		reason = errno;
	(void)close(descriptor);
	return reason;
}

/* The endpoints that the configuration means; returns how many. */
static size_t endpoints(const struct config *config, struct endpoint out[2])
{
	struct endpoint any;

	if (strcmp(config->ip_address, "localhost") != 0)
		return fill(&out[0], config->ip_address, config->port) ? 1 : 0;
	(void)fill(&out[0], "127.0.0.1", config->port);
	(void)fill(&out[1], "::1", config->port);
	/* Whether this machine has IPv6 at all shows at a port of the system's choice. */
	(void)fill(&any, "::1", 0);
	return try_bind(&any) == 0 ? 2 : 1;
}

void stack_listen_lines(const struct config *config, struct buffer *out)
{
	struct endpoint list[2];
	size_t count = endpoints(config, list);

	for (size_t i = 0; i < count; i++) {
		bool six = list[i].address.ss_family == AF_INET6;

		buffer_printf(out, "\t\tlisten %s%s%s:%d%s;\n", six ? "[" : "", list[i].text,
			six ? "]" : "", config->port,
			!six			? ""
			: list[i].both_families ? " ipv6only=off"
						: " ipv6only=on");
	}
}

static bool refuse(const struct config *config, bool demo, const char *address, int reason,
	struct error *error)
{
	switch (reason) {
	case EADDRINUSE:
		if (demo)
			return error_set(error, ERROR_CONFLICT, "port_taken",
				"Port %d is taken by another program. Stop it, or choose another "
				"port: PORT=%d make run",
				config->port, config->port < 65535 ? config->port + 1 : 8080);
		return error_set(error, ERROR_CONFLICT, "port_taken",
			"Port %d is taken by another program. Stop it, or choose another `port` in "
			"%s.",
			config->port, config->path);
	case EACCES:
		return error_set(error, ERROR_FORBIDDEN, "port_forbidden",
			"You are not permitted to use port %d; ports from 1024 on are free to all. "
			"Choose another `port` in %s.",
			config->port, config->path);
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		return error_set(error, ERROR_INVALID, "address_unknown",
			"%s is not an address of this machine. Change `ip_address` in %s, for "
			"example to 0.0.0.0.",
			address, config->path);
	default:
		return error_set(error, ERROR_SYSTEM, "listen_failed",
			"Listening on %s, port %d, is not possible: %s.", address, config->port,
			strerror(reason));
	}
}

bool stack_listen_probe(const struct config *config, bool demo, struct error *error)
{
	struct endpoint list[2];
	size_t count = endpoints(config, list);

	for (size_t i = 0; i < count; i++) {
		int reason = try_bind(&list[i]);

		if (reason)
			return refuse(config, demo, list[i].text, reason, error);
	}
	return true;
}

/* Below the ports that systems give to outgoing connections. */
#define FEED_PORTS_FROM 20000
#define FEED_PORTS	10000

void stack_feed_port(const struct config *config, struct buffer *out)
{
	/* Never the configured port itself, which nobody has taken yet either. */
	int offset = (config->port + 1) % FEED_PORTS;

	for (int tried = 0; tried < FEED_PORTS; tried++) {
		struct endpoint endpoint;

		(void)fill(&endpoint, "127.0.0.1", FEED_PORTS_FROM + offset);
		if (try_bind(&endpoint) == 0)
			break;
		offset = (offset + 1) % FEED_PORTS;
	}
	buffer_printf(out, "%d", FEED_PORTS_FROM + offset);
}

/*
 * The address this machine has towards other networks. A datagram socket that is "connected" asks
 * the routing table and sends nothing. False if there is no route.
 */
static bool network_address(char text[static ADDRESS_TEXT])
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
	socklen_t length = sizeof(address);
	int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool found;

	if (descriptor < 0)
		return false;
	/* 192.0.2.0/24 is reserved for documentation and belongs to nobody. */
	(void)inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
	found = connect(descriptor, (const struct sockaddr *)&address, length) == 0 &&
		getsockname(descriptor, (struct sockaddr *)&address, &length) == 0 &&
		inet_ntop(AF_INET, &address.sin_addr, text, ADDRESS_TEXT) != NULL;
	(void)close(descriptor);
	return found;
}

static void put_url(struct buffer *out, const char *host, int port)
{
	bool six = strchr(host, ':') != NULL;

	buffer_printf(out, "http://%s%s%s", six ? "[" : "", host, six ? "]" : "");
	if (port != 80)
		buffer_printf(out, ":%d", port);
	buffer_append_byte(out, '\n');
}

void stack_listen_urls(const struct config *config, struct buffer *out)
{
	struct endpoint list[2];
	char network[ADDRESS_TEXT];
	bool local = strcmp(config->ip_address, "localhost") == 0 ||
		     strncmp(config->ip_address, "127.", 4) == 0 ||
		     strcmp(config->ip_address, "::1") == 0;
	bool every = strcmp(config->ip_address, "0.0.0.0") == 0 ||
		     (endpoints(config, list) == 1 && list[0].both_families);

	if (!local && !every) {
		put_url(out, config->ip_address, config->port);
		return;
	}
	put_url(out,
		every || strcmp(config->ip_address, "localhost") == 0 ? "localhost"
								      : config->ip_address,
		config->port);
	if (every && network_address(network))
		put_url(out, network, config->port);
}

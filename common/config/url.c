#include <ctype.h>
#include <strings.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "config/read.h"

/* Takes `length` bytes off the front of `*rest`. */
static struct text take(struct text *rest, size_t length)
{
	struct text taken = text_head(*rest, length);

	*rest = text_from_offset(*rest, length);
	return taken;
}

static bool take_word(struct text *rest, struct text word)
{
	if (rest->length < word.length || strncasecmp(rest->at, word.at, word.length) != 0)
		return false;
	(void)take(rest, word.length);
	return true;
}

/* A host name, an IPv4 address or an IPv6 address in brackets; without them in `*host`. */
static bool take_host(struct text *rest, struct text *host)
{
	const char *end;

	if (rest->length == 0)
		return false;
	if (*rest->at != '[') {
		size_t length = 0;

		while (length < rest->length && !strchr(":/", rest->at[length]))
			length++;
		*host = take(rest, length);
		return config_is_host(*host);
	}
	end = memchr(rest->at, ']', rest->length);
	if (!end)
		return false;
	*host = take(rest, (size_t)(end - rest->at) + 1);
	*host = (struct text){host->at + 1, host->length - 2};
	return memchr(host->at, ':', host->length) && config_is_host(*host);
}

/* ":" and a number, or nothing: then `*port` stays. */
static bool take_port(struct text *rest, int *port)
{
	long number = 0;

	if (rest->length == 0 || *rest->at != ':')
		return true;
	(void)take(rest, 1);
	while (rest->length && isdigit((unsigned char)*rest->at) && number <= 65535)
		number = number * 10 + (*take(rest, 1).at - '0');
	*port = (int)number;
	return number >= 1 && number <= 65535;
}

/*
 * Nothing, or a path of characters that stand in a URL as they are and of %XX, without `.` and `..`
 * as segments. Slashes at its end do not belong to it.
 */
static bool take_prefix(struct text rest, struct text *prefix)
{
	static const char plain[] = "-._~!$&'()*+,;=:@/";

	while (rest.length && rest.at[rest.length - 1] == '/')
		rest.length--;
	*prefix = rest;
	if (rest.length && *rest.at != '/')
		return false;
	for (size_t i = 0; i < rest.length; i++) {
		unsigned char byte = (unsigned char)rest.at[i];
		struct text after = text_from_offset(rest, i + 1);

		if (byte == '%' && (after.length < 2 || !isxdigit((unsigned char)after.at[0]) ||
					   !isxdigit((unsigned char)after.at[1])))
			return false;
		if (byte == 0 || byte >= 0x80 ||
			(byte != '%' && !isalnum(byte) && !strchr(plain, byte)))
			return false;
		if (byte == '/' && (after.length == 0 || *after.at == '/' || *after.at == '.'))
			return false;
	}
	return true;
}

bool config_make_url(struct arena *arena, struct config_comfyui *comfyui)
{
	bool brackets = strchr(comfyui->host, ':') != NULL;

	comfyui->url = arena_printf(arena, "%s://%s%s%s:%d%s", comfyui->secure ? "https" : "http",
		brackets ? "[" : "", comfyui->host, brackets ? "]" : "", comfyui->port,
		comfyui->prefix);
	return comfyui->url != NULL;
}

bool config_read_url(struct config_reader *reader, const struct yaml_node *node, const char *key,
	struct config_comfyui *comfyui)
{
	static const char allowed[] =
		"http:// or https://, a host, and where needed :port and /path "
		"(https://gpu.example.org/comfy); a password goes into headers";
	struct text rest = node->text;
	struct text host;
	struct text prefix;
	const char *text;

	if (!config_read_text(reader, node, key, allowed, &text))
		return false;
	comfyui->secure = take_word(&rest, TEXT("https://"));
	comfyui->port = comfyui->secure ? 443 : 80;
	if ((!comfyui->secure && !take_word(&rest, TEXT("http://"))) || !take_host(&rest, &host) ||
		!take_port(&rest, &comfyui->port) || !take_prefix(rest, &prefix) ||
		prefix.length > LIMIT_FILE_NAME)
		return config_fault_value(reader, node, key, allowed);
	comfyui->host = arena_copy(reader->arena, host);
	comfyui->prefix = arena_copy(reader->arena, prefix);
	if (!comfyui->host || !comfyui->prefix || !config_make_url(reader->arena, comfyui))
		return config_fault(reader, node, key, "out of memory");
	return true;
}

/* A token of RFC 9110. */
static bool is_header_name(struct text name)
{
	for (size_t i = 0; i < name.length; i++) {
		unsigned char byte = (unsigned char)name.at[i];

		if (byte == 0 || byte >= 0x80 ||
			(!isalnum(byte) && !strchr("!#$%&'*+-.^_`|~", byte)))
			return false;
	}
	return name.length > 0;
}

bool config_read_header(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char **value)
{
	static const char allowed[] = "a header's value in one line, in quotes if it has a colon";
	/* These belong to the connection, or would be taken for another site's page. */
	static const char *const own[] = {"Connection", "Content-Length", "Content-Type", "Expect",
		"Host", "Origin", "Sec-Fetch-Site", "Transfer-Encoding", "Upgrade"};
	struct text name = node->key->text;

	if (!is_header_name(name))
		return config_fault_value(reader, node->key, key, "the name of a header");
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (strcasecmp(name.at, own[i]) == 0)
			return config_fault_value(reader, node->key, key,
				"a header that this service does not set itself");
	/* Not the value itself: it may be a secret, and faults are logged. */
	if (node->kind != YAML_SCALAR || node->text.length == 0 ||
		node->text.length > LIMIT_LOG_LINE || utf8_has_control(node->text))
		return config_fault(reader, node, key,
			"%s has a value that is not allowed; allowed is "
			"%s",
			name.at, allowed);
	*value = arena_printf(reader->arena, "%s: %.*s", name.at, TEXT_ARGUMENTS(node->text));
	return *value || config_fault(reader, node, key, "out of memory");
}

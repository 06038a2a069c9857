#include "config/read.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"

/* How much of a wrong value a message repeats. */
#define SHOWN_BYTES ((size_t)60)

static const char OUT_OF_MEMORY[] = "out of memory";

void config_faults_init(struct config_faults *faults)
{
	faults->messages = faults->first;
	faults->count = 0;
	faults->capacity = 1;
}

bool config_fault(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char *format, ...)
{
	struct config_faults *faults = reader->faults;
	char what[LIMIT_PATH + 512];
	char place[64] = "";
	const char *message;
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	if (node)
		(void)snprintf(place, sizeof(place), "%u:%u:", node->line, node->column);
	message = arena_printf(
		reader->arena, "%s:%s %s%s%s", reader->path, place, key, *key ? ": " : "", what);
	if (faults->count == faults->capacity &&
		!arena_grow(reader->arena, &faults->messages, &faults->capacity, faults->count,
			sizeof(*faults->messages))) {
		/* With no room for one message more, the last one says so. */
		faults->messages[faults->count - 1] = OUT_OF_MEMORY;
		return false;
	}
	faults->messages[faults->count++] = message ? message : OUT_OF_MEMORY;
	return false;
}

static bool is_null(const struct yaml_node *node)
{
	return !node->quoted && (node->text.length == 0 || text_equal(node->text, TEXT("~")) ||
					text_equal(node->text, TEXT("null")) ||
					text_equal(node->text, TEXT("Null")) ||
					text_equal(node->text, TEXT("NULL")));
}

static bool is_boolean(const struct yaml_node *node)
{
	static const char *const words[] = {"true", "True", "TRUE", "false", "False", "FALSE"};

	for (size_t i = 0; !node->quoted && i < sizeof(words) / sizeof(*words); i++)
		if (text_equal(node->text, text_from(words[i])))
			return true;
	return false;
}

static bool has_control(struct text value)
{
	for (size_t i = 0; i < value.length; i++)
		if ((unsigned char)value.at[i] < 0x20 || value.at[i] == 0x7f)
			return true;
	return false;
}

const char *config_show(struct arena *arena, const struct yaml_node *node)
{
	const char *quote = node->quoted ? "\"" : "";
	struct buffer out;
	const char *shown;

	if (node->kind != YAML_SCALAR)
		return node->kind == YAML_LIST ? "a list" : "a mapping";
	if (is_null(node))
		return "nothing";
	buffer_init(&out, 4 * SHOWN_BYTES);
	for (struct text rest = node->text; rest.length;) {
		size_t length = utf8_sequence(rest);
		bool plain = length > 1 || (length == 1 && !has_control(text_head(rest, 1)));

		if (out.length >= SHOWN_BYTES) {
			buffer_append_string(&out, "…");
			break;
		}
		buffer_append(&out, plain ? text_head(rest, length) : TEXT("?"));
		rest = text_from_offset(rest, length ? length : 1);
	}
	shown = arena_printf(arena, "%s%.*s%s", quote, TEXT_ARGUMENTS(buffer_text(&out)), quote);
	buffer_free(&out);
	return shown ? shown : OUT_OF_MEMORY;
}

bool config_fault_value(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char *allowed)
{
	return config_fault(reader, node, key, "found %s; allowed is %s",
		config_show(reader->arena, node), allowed);
}

bool config_read_text(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char *allowed, const char **value)
{
	if (node->kind != YAML_SCALAR || is_null(node) || is_boolean(node) ||
		node->text.length == 0 || has_control(node->text))
		return config_fault_value(reader, node, key, allowed);
	*value = node->text.at;
	return true;
}

static bool read_number(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char *allowed, long most, int *value)
{
	long number = 0;

	if (node->kind != YAML_SCALAR || node->quoted || node->text.length == 0 ||
		node->text.length > 5 || *node->text.at == '0')
		return config_fault_value(reader, node, key, allowed);
	for (size_t i = 0; i < node->text.length; i++) {
		if (node->text.at[i] < '0' || node->text.at[i] > '9')
			return config_fault_value(reader, node, key, allowed);
		number = number * 10 + (node->text.at[i] - '0');
	}
	if (number > most)
		return config_fault_value(reader, node, key, allowed);
	*value = (int)number;
	return true;
}

bool config_read_port(
	struct config_reader *reader, const struct yaml_node *node, const char *key, int *value)
{
	return read_number(
		reader, node, key, "a whole number from 1 to 65535, without quotes", 65535, value);
}

bool config_read_seconds(
	struct config_reader *reader, const struct yaml_node *node, const char *key, int *value)
{
	return read_number(reader, node, key,
		"a whole number of seconds from 1 to 3600, without quotes", 3600, value);
}

bool config_read_minutes(
	struct config_reader *reader, const struct yaml_node *node, const char *key, int *value)
{
	return read_number(reader, node, key,
		"a whole number of minutes from 1 to 1440, without quotes", 1440, value);
}

bool config_read_boolean(
	struct config_reader *reader, const struct yaml_node *node, const char *key, bool *value)
{
	if (node->kind != YAML_SCALAR || !is_boolean(node))
		return config_fault_value(reader, node, key, "true or false, without quotes");
	*value = (*node->text.at | 0x20) == 't';
	return true;
}

bool config_read_watch(struct config_reader *reader, const struct yaml_node *node, const char *key,
	enum config_watch *value)
{
	static const char allowed[] = "auto, inotify or poll";

	if (node->kind == YAML_SCALAR && text_equal(node->text, TEXT("auto")))
		*value = CONFIG_WATCH_AUTO;
	else if (node->kind == YAML_SCALAR && text_equal(node->text, TEXT("inotify")))
		*value = CONFIG_WATCH_INOTIFY;
	else if (node->kind == YAML_SCALAR && text_equal(node->text, TEXT("poll")))
		*value = CONFIG_WATCH_POLL;
	else
		return config_fault_value(reader, node, key, allowed);
	return true;
}

/*
 * The path without empty and `.` segments and without a slash at its end; `..` stays, since what
 * lies before it may be a link.
 */
static char *tidy_path(struct arena *arena, struct text directory, struct text path)
{
	char *tidy = arena_alloc(arena, directory.length + path.length + 3);
	size_t used = 0;

	if (!tidy)
		return NULL;
	for (unsigned part = 0; part < 2; part++) {
		struct text rest = part == 0 ? directory : path;

		while (rest.length) {
			const char *slash = memchr(rest.at, '/', rest.length);
			struct text segment =
				text_head(rest, slash ? (size_t)(slash - rest.at) : rest.length);

			rest = text_from_offset(rest, segment.length + (slash ? 1 : 0));
			if (segment.length == 0 || text_equal(segment, TEXT(".")))
				continue;
			tidy[used++] = '/';
			memcpy(tidy + used, segment.at, segment.length);
			used += segment.length;
		}
	}
	if (used == 0)
		tidy[used++] = '/';
	tidy[used] = '\0';
	return tidy;
}

bool config_read_path(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char **value)
{
	struct text path = node->text;
	struct text directory = reader->directory;
	const char *read;

	if (!config_read_text(reader, node, key, "a path", &read))
		return false;
	if (*path.at == '~') {
		const char *home = getenv("HOME");

		if (path.length > 1 && path.at[1] != '/')
			return config_fault_value(reader, node, key,
				"a path; of home directories only your own, as ~/");
		if (!home || *home != '/')
			return config_fault_value(
				reader, node, key, "a path without ~, since HOME is not set");
		directory = text_from(home);
		path = text_from_offset(path, 1);
	} else if (*path.at == '/') {
		directory = TEXT("");
	}
	if (directory.length + path.length + 2 > LIMIT_PATH)
		return config_fault_value(reader, node, key, "a path shorter than 4096 bytes");
	*value = tidy_path(reader->arena, directory, path);
	return *value ? true : config_fault(reader, node, key, "%s", OUT_OF_MEMORY);
}

/* Letters, digits, '-', '_' and single dots between them; at most 253 bytes. */
static bool is_host_name(struct text name)
{
	if (name.length == 0 || name.length > 253)
		return false;
	for (size_t i = 0; i < name.length; i++) {
		unsigned char byte = (unsigned char)name.at[i];
		bool dot = byte == '.';

		if (dot && (i == 0 || i + 1 == name.length || name.at[i - 1] == '.'))
			return false;
		if (!dot && byte != '-' && byte != '_' && (byte >= 0x80 || !isalnum(byte)))
			return false;
	}
	return true;
}

static bool is_address(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

bool config_is_host(struct text host)
{
	char address[INET6_ADDRSTRLEN];

	if (is_host_name(host))
		return true;
	if (host.length >= sizeof(address))
		return false;
	memcpy(address, host.at, host.length);
	address[host.length] = '\0';
	return strlen(address) == host.length && is_address(address);
}

bool config_read_host(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char **value)
{
	static const char allowed[] = "a host name or IP address, without http:// and port";

	if (!config_read_text(reader, node, key, allowed, value))
		return false;
	if (config_is_host(node->text))
		return true;
	return config_fault_value(reader, node, key, allowed);
}

bool config_read_listen(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char **value)
{
	static const char allowed[] =
		"an address of this machine (0.0.0.0 for all, 127.0.0.1 for this machine alone, "
		"\"::\" for IPv6 too) or localhost";

	if (!config_read_text(reader, node, key, allowed, value))
		return false;
	if (strcmp(*value, "localhost") == 0 || is_address(*value))
		return true;
	return config_fault_value(reader, node, key, allowed);
}

bool config_read_allowed_host(struct config_reader *reader, const struct yaml_node *node,
	const char *key, const char **value)
{
	static const char allowed[] = "a host name (samples.example.org) or a suffix "
				      "(.example.org), without http:// and port";
	struct text name = node->text;
	char *lower;

	if (!config_read_text(reader, node, key, allowed, value))
		return false;
	if (name.length > 1 && *name.at == '.')
		name = text_from_offset(name, 1);
	if (!is_host_name(name))
		return config_fault_value(reader, node, key, allowed);
	lower = arena_copy(reader->arena, node->text);
	if (!lower)
		return config_fault(reader, node, key, "%s", OUT_OF_MEMORY);
	for (char *at = lower; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	*value = lower;
	return true;
}

bool config_read_pattern(struct config_reader *reader, const struct yaml_node *node,
	const char *key, const char **value)
{
	static const char allowed[] =
		"a pattern of a file or directory name, as *.bak or old-*/, of at most 255 bytes";

	if (!config_read_text(reader, node, key, allowed, value))
		return false;
	if (node->text.length > LIMIT_FILE_NAME || *node->text.at == '/')
		return config_fault_value(reader, node, key, allowed);
	return true;
}

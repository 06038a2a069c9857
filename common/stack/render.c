#include "stack/render.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "stack/listen.h"

/* A configuration of nginx, template or result; ours are a tenth of it. */
#define NGINX_FILE ((size_t)256 * 1024)

/* A regular expression that nothing fits. */
#define NEVER "(?!)"

static bool failed(struct error *error, const char *what, const char *path)
{
	int reason = errno;

	(void)error_set(
		error, ERROR_SYSTEM, "render_failed", "%s %s: %s.", what, path, strerror(reason));
	return error_cause(error, "errno %d", reason);
}

/* --- The values behind the @names@ ---------------------------------------------------------------
 */

/* Appends a host name, of letters, digits, '-', '_' and '.', as a regular expression for itself. */
static void put_name(struct buffer *out, struct text name)
{
	for (size_t i = 0; i < name.length; i++) {
		if (name.at[i] == '.')
			buffer_append_byte(out, '\\');
		buffer_append_byte(out, name.at[i]);
	}
}

static void put_allowed_hosts(const struct config *config, struct buffer *out)
{
	buffer_append_string(out, config->allowed_host_count ? "(?:" : NEVER);
	for (size_t i = 0; i < config->allowed_host_count; i++) {
		struct text name = text_from(config->allowed_hosts[i]);

		if (i)
			buffer_append_byte(out, '|');
		if (*name.at == '.') {
			buffer_append_string(out, "(?:[a-z0-9_-]+\\.)*");
			name = text_from_offset(name, 1);
		}
		put_name(out, name);
	}
	if (config->allowed_host_count)
		buffer_append_byte(out, ')');
}

static void put_machine_name(const struct config *config, struct buffer *out)
{
	char name[256];

	(void)config;
	if (gethostname(name, sizeof(name)) != 0)
		name[0] = '\0';
	name[sizeof(name) - 1] = '\0';
	for (char *at = name; *at; at++) {
		*at = (char)tolower((unsigned char)*at);
		if (!isalnum((unsigned char)*at) && !strchr("-_.", *at)) {
			name[0] = '\0';
			break;
		}
	}
	if (name[0])
		put_name(out, text_from(name));
	else
		buffer_append_string(out, NEVER);
}

/*
 * Started by root, nginx would let its workers be `nobody`, who can read neither the sockets nor
 * root's files: they stay what the rest of the stack is.
 */
static void put_user(const struct config *config, struct buffer *out)
{
	(void)config;
	if (geteuid() == 0)
		buffer_append_string(out, "user root root;");
}

/* As `auto`, but four at most: they wait for programs and disks, not for processors. */
static void put_workers(const struct config *config, struct buffer *out)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	(void)config;
	buffer_printf(out, "%ld", processors < 1 ? 1 : processors > 4 ? 4 : processors);
}

/* Where websocketd is: a port of this machine, or what FEED_SOCKET names in RUNTIME_DIR. */
static void put_feed(const struct config *config, struct buffer *out)
{
	const char *socket = getenv("FEED_SOCKET");

	if (socket && *socket) {
		buffer_printf(out, "unix:%s", socket);
		return;
	}
	buffer_append_string(out, "127.0.0.1:");
	stack_feed_port(config, out);
}

static const struct {
	const char *name;
	void (*put)(const struct config *config, struct buffer *out);
} VALUES[] = {
	{"user", put_user},
	{"workers", put_workers},
	{"listen", stack_listen_lines},
	{"machine_name", put_machine_name},
	{"allowed_hosts", put_allowed_hosts},
	{"feed", put_feed},
};

/* --- Files
 * ------------------------------------------------------------------------------------------ */

static bool put_value(const struct config *config, struct text name, struct buffer *out)
{
	for (size_t i = 0; i < sizeof(VALUES) / sizeof(*VALUES); i++) {
		if (!text_equal(name, text_from(VALUES[i].name)))
			continue;
		VALUES[i].put(config, out);
		return true;
	}
	return false;
}

/* Copies a template with each @name@ that has a value replaced; any other '@' stays. */
static void fill_in(const struct config *config, struct text template, struct buffer *out)
{
	while (template.length) {
		const char *at = memchr(template.at, '@', template.length);
		size_t plain = at ? (size_t)(at - template.at) : template.length;
		struct text name = text_from_offset(template, at ? plain + 1 : plain);
		const char *end = name.length ? memchr(name.at, '@', name.length) : NULL;

		buffer_append(out, text_head(template, plain));
		template = name;
		if (!at)
			return;
		name.length = end ? (size_t)(end - name.at) : 0;
		if (end && put_value(config, name, out))
			template = text_from_offset(template, name.length + 1);
		else
			buffer_append_byte(out, '@');
	}
}

static bool write_file(
	const struct config *config, int from, int to, const char *name, struct error *error)
{
	struct text target = text_from(name);
	bool template = text_ends_with(target, TEXT(".in"));
	struct buffer source;
	struct buffer result;
	char result_name[LIMIT_FILE_NAME + 1];
	bool done;

	buffer_init(&source, NGINX_FILE);
	buffer_init(&result, NGINX_FILE);
	(void)snprintf(result_name, sizeof(result_name), "%.*s",
		(int)(target.length - (template ? strlen(".in") : 0)), name);
	if (!file_read_path(from, name, &source)) {
		done = failed(error, "Cannot read the web server's template", name);
	} else {
		if (template)
			fill_in(config, buffer_text(&source), &result);
		else
			buffer_append(&result, buffer_text(&source));
		errno = ENOMEM;
		done = !result.failed &&
		       file_write_atomic(to, result_name, buffer_text(&result), false);
		if (!done)
			(void)failed(
				error, "Cannot write the web server's configuration", result_name);
	}
	buffer_free(&source);
	buffer_free(&result);
	return done;
}

static bool is_configuration(const char *name)
{
	struct text text = text_from(name);

	return *name != '.' &&
	       (text_ends_with(text, TEXT(".conf")) || text_ends_with(text, TEXT(".conf.in")));
}

static bool write_files(const struct config *config, const char *root, int to, struct error *error)
{
	char path[LIMIT_PATH];
	bool done = true;
	struct dirent *entry;
	DIR *directory;

	(void)snprintf(path, sizeof(path), "%s/nginx", root);
	directory = opendir(path);
	if (!directory)
		return failed(error, "Cannot open the web server's templates in", path);
	while (done && (entry = readdir(directory)) != NULL)
		if (is_configuration(entry->d_name))
			done = write_file(config, dirfd(directory), to, entry->d_name, error);
	(void)closedir(directory);
	return done;
}

/* Makes or changes a symbolic link in one step. */
static bool put_link(int at, const char *name, const char *target, struct error *error)
{
	char temporary[64];

	(void)snprintf(temporary, sizeof(temporary), "%s.%ld", name, (long)getpid());
	if (symlinkat(target, at, temporary) == 0) {
		if (renameat(at, temporary, at, name) == 0)
			return true;
		(void)failed(error, "Cannot make the link", name);
		(void)unlinkat(at, temporary, 0);
		return false;
	}
	return failed(error, "Cannot make the link", name);
}

static bool put_links(
	const struct config *config, const char *root, int runtime, struct error *error)
{
	char web[LIMIT_PATH];

	if ((size_t)snprintf(web, sizeof(web), "%s/web/dist", root) >= sizeof(web)) {
		errno = ENAMETOOLONG;
		return failed(error, "Cannot make a link to", root);
	}
	return put_link(runtime, "links/web", web, error) &&
	       put_link(runtime, "links/samples", config->sample_dir, error) &&
	       put_link(runtime, "links/cache", config->cache_dir, error);
}

bool stack_render(
	const struct config *config, const char *root, const char *runtime_dir, struct error *error)
{
	bool done;
	int runtime;

	if (!file_make_directories(runtime_dir))
		return failed(error, "Cannot make the directory", runtime_dir);
	runtime = open(runtime_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (runtime < 0)
		return failed(error, "Cannot open the directory", runtime_dir);
	if ((mkdirat(runtime, "links", 0777) != 0 && errno != EEXIST) ||
		(mkdirat(runtime, "temporary", 0700) != 0 && errno != EEXIST))
		done = failed(error, "Cannot make a directory in", runtime_dir);
	else
		done = put_links(config, root, runtime, error) &&
		       write_files(config, root, runtime, error);
	(void)close(runtime);
	return done;
}

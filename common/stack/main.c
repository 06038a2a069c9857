#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "config/config.h"
#include "stack/listen.h"
#include "stack/render.h"

/* checkpoint-sampler: what people and start scripts ask of an installation. */

static const char USAGE[] =
	"usage: checkpoint-sampler COMMAND\n"
	"\n"
	"  config        print the configuration in force, as YAML\n"
	"  check         say what is wrong with the configuration; status 1 if it cannot be used\n"
	"  url           print where the service can be opened, a line for each URL\n"
	"  render ROOT   make RUNTIME_DIR ready for the web server: nginx.conf and links to the\n"
	"                directories it serves. ROOT has nginx/ and web/dist/. Fails if the port\n"
	"                is taken.\n"
	"  --version\n"
	"\n"
	"The configuration is CONFIG_PATH, else ./config.yaml.\n";

static int say(const struct error *error)
{
	(void)fprintf(stderr, "%s\n", error->message);
	return EXIT_FAILURE;
}

static int put(struct buffer *out)
{
	bool written = !out->failed &&
		       fwrite(buffer_text(out).at, 1, out->length, stdout) == out->length &&
		       fflush(stdout) == 0;

	buffer_free(out);
	return written ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void warn(const struct config *config)
{
	for (size_t i = 0; i < config->warning_count; i++)
		(void)fprintf(stderr, "warning: %s\n", config->warnings[i]);
}

static int command_config(const struct config *config)
{
	struct buffer out;

	buffer_init(&out, 4 * (size_t)LIMIT_CONFIG);
	buffer_printf(&out, "# %s\n", config->path);
	config_print(config, &out);
	return put(&out);
}

static int command_check(const struct config *config)
{
	warn(config);
	return EXIT_SUCCESS;
}

static int command_url(const struct config *config)
{
	struct buffer out;

	buffer_init(&out, LIMIT_PATH);
	stack_listen_urls(config, &out);
	return put(&out);
}

static int command_render(const struct config *config, const char *root)
{
	const char *runtime_dir = getenv("RUNTIME_DIR");
	const char *demo = getenv("CHECKPOINT_SAMPLER_DEMO");
	struct error error;

	if (!runtime_dir || *runtime_dir != '/' || *root != '/') {
		(void)fputs("render needs absolute paths in RUNTIME_DIR and as ROOT.\n", stderr);
		return 2;
	}
	warn(config);
	if (!stack_listen_probe(config, demo && strcmp(demo, "1") == 0, &error) ||
		!config_make_directories(config, &error) ||
		!stack_render(config, root, runtime_dir, &error))
		return say(&error);
	return EXIT_SUCCESS;
}

static int run(const struct config *config, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "config") == 0)
		return command_config(config);
	if (argc == 2 && strcmp(argv[1], "check") == 0)
		return command_check(config);
	if (argc == 2 && strcmp(argv[1], "url") == 0)
		return command_url(config);
	return command_render(config, argv[2]);
}

static bool is_command(int argc, char **argv)
{
	if (argc == 3)
		return strcmp(argv[1], "render") == 0;
	return argc == 2 && (strcmp(argv[1], "config") == 0 || strcmp(argv[1], "check") == 0 ||
				    strcmp(argv[1], "url") == 0);
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct config *config;
	struct config_faults faults;
	const char *path;
	int status = EXIT_FAILURE;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return printf("checkpoint-sampler %s\n", VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return fputs(USAGE, stdout) < 0;
	if (!is_command(argc, argv)) {
		(void)fputs(USAGE, stderr);
		return 2;
	}
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	path = config_default_path(&arena);
	if (!path)
		(void)fputs("The working directory cannot be found.\n", stderr);
	else if (config_load(&arena, path, &config, &faults))
		status = run(config, argc, argv);
	else
		for (size_t i = 0; i < faults.count; i++)
			(void)fprintf(stderr, "%s\n", faults.messages[i]);
	arena_free(&arena);
	return status;
}

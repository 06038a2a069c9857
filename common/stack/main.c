#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "config/config.h"
#include "stack/listen.h"
#include "stack/render.h"
#include "stack/templates.h"
#include "store/backup.h"
#include "store/restore.h"
#include "store/worker_lock.h"

/* checkpoint-sampler: what people and start scripts ask of an installation. */

static const char USAGE[] =
	"usage: checkpoint-sampler COMMAND\n"
	"\n"
	"  config        print the configuration in force, as YAML\n"
	"  check         say what is wrong with the configuration; status 1 if it cannot be used\n"
	"  url           print where the service can be opened, a line for each URL\n"
	"  render ROOT   make RUNTIME_DIR ready for the web server: nginx.conf and links to the\n"
	"                directories it serves. ROOT has nginx/ and web/dist/. Fails if the port\n"
	"                is taken\n"
	"  templates ROOT\n"
	"                with ComfyUI, put workflow templates into an empty workflow_dir\n"
	"  samples       status 0 if sample_dir can be written; else say why not\n"
	"  backup FILE   copy the database into a new file, while everything runs\n"
	"  restore FILE  make the database what a backup holds; what it held is kept beside it\n"
	"  worker        status 0 if the worker is alive and can use the directories; else say\n"
	"                why not\n"
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

static int command_config(const struct config *config, const char *argument)
{
	struct buffer out;

	(void)argument;
	buffer_init(&out, 4 * (size_t)LIMIT_CONFIG);
	buffer_printf(&out, "# %s\n", config->path);
	config_print(config, &out);
	return put(&out);
}

static int command_check(const struct config *config, const char *argument)
{
	(void)argument;
	warn(config);
	return EXIT_SUCCESS;
}

static int command_url(const struct config *config, const char *argument)
{
	struct buffer out;

	(void)argument;
	buffer_init(&out, LIMIT_PATH);
	stack_listen_urls(config, &out);
	return put(&out);
}

/*
 * Whoever is to generate images finds templates to begin with. Without them everything else works,
 * and they may come later, with a drive that is not there yet.
 */
static int command_templates(const struct config *config, const char *root)
{
	struct error error;
	size_t copied = 0;
	bool good = config_make_workflow_dir(config, &error);

	if (!config->comfyui.enabled)
		return EXIT_SUCCESS;
	if (!good || !stack_copy_templates(root, config->workflow_dir, &copied, &error))
		(void)fprintf(stderr, "warning: %s\n", error.message);
	if (copied)
		(void)printf("%zu workflow templates to begin with were put into %s.\n", copied,
			config->workflow_dir);
	return EXIT_SUCCESS;
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
	if (!stack_listen_probe(config, demo && strcmp(demo, "1") == 0, &error) ||
		!config_make_directories(config, &error) ||
		!stack_render(config, root, runtime_dir, &error))
		return say(&error);
	return EXIT_SUCCESS;
}

static int command_samples(const struct config *config, const char *argument)
{
	struct error error;

	(void)argument;
	return config_check_writable(config, &error) ? EXIT_SUCCESS : say(&error);
}

/* Opening brings an old database to this version, as starting would. */
static int command_backup(const struct config *config, const char *file)
{
	struct store *store;
	struct error error;
	bool done;

	if (!store_open(config->db_path, STORE_DURABLE_NORMAL, &store, &error))
		return say(&error);
	done = store_backup(store, file, &error);
	store_close(store);
	if (!done)
		return say(&error);
	return printf("The database %s was copied to %s.\n", config->db_path, file) < 0;
}

static int command_restore(const struct config *config, const char *file)
{
	struct arena arena;
	const char *kept;
	struct error error;
	int status = EXIT_FAILURE;

	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	if (!store_restore(config->db_path, file, &arena, &kept, &error))
		(void)say(&error);
	else if (printf("The database %s now holds what %s holds.\n", config->db_path, file) >= 0 &&
		 (!kept || printf("What it held before is in %s.\n", kept) >= 0))
		status = EXIT_SUCCESS;
	arena_free(&arena);
	return status;
}

static int command_worker(const struct config *config, const char *argument)
{
	struct error error;

	(void)argument;
	if (store_worker_is_running(config->db_path, &error) &&
		config_check_readable(config, &error) &&
		(!config->comfyui.enabled || config_check_writable(config, &error)))
		return EXIT_SUCCESS;
	return say(&error);
}

static const struct command {
	const char *name;
	bool takes_argument;
	int (*run)(const struct config *config, const char *argument);
} COMMANDS[] = {
	{"config", false, command_config},
	{"check", false, command_check},
	{"url", false, command_url},
	{"render", true, command_render},
	{"templates", true, command_templates},
	{"samples", false, command_samples},
	{"backup", true, command_backup},
	{"restore", true, command_restore},
	{"worker", false, command_worker},
};

/* NULL if the arguments are no command. */
static const struct command *find_command(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(*COMMANDS); i++)
		if (argc == 2 + COMMANDS[i].takes_argument &&
			strcmp(argv[1], COMMANDS[i].name) == 0)
			return &COMMANDS[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct config *config;
	struct config_faults faults;
	const struct command *command = find_command(argc, argv);
	const char *path;
	int status = EXIT_FAILURE;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return printf("checkpoint-sampler %s\n", VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return fputs(USAGE, stdout) < 0;
	if (!command) {
		(void)fputs(USAGE, stderr);
		return 2;
	}
	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	path = config_default_path(&arena);
	if (!path)
		(void)fputs("The working directory cannot be found.\n", stderr);
	else if (config_load(&arena, path, &config, &faults))
		status = command->run(config, argc > 2 ? argv[2] : NULL);
	else
		for (size_t i = 0; i < faults.count; i++)
			(void)fprintf(stderr, "%s\n", faults.messages[i]);
	arena_free(&arena);
	return status;
}

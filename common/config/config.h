#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

/* How changes in the directories are noticed. */
enum config_watch {
	CONFIG_WATCH_AUTO,    /* by events where there are any, else by looking */
	CONFIG_WATCH_INOTIFY, /* by events */
	CONFIG_WATCH_POLL     /* by looking */
};

/*
 * Where ComfyUI is. The file names `host` and `port`, or one `url`; either way all of these are
 * set.
 */
struct config_comfyui {
	bool enabled;	  /* the file has the key `comfyui` */
	const char *url;  /* "http://localhost:8188", no slash at its end; never a password in it */
	bool secure;	  /* https and wss */
	const char *host; /* a name or an IP address, IPv6 without brackets */
	int port;	  /* 1 to 65535 */
	const char *prefix;   /* of every path: "" or as "/comfy", percent-encoded */
	const char **headers; /* "Name: value", to be sent with every request; may be secret */
	size_t header_count;
	const char *ca_file;	/* certificates to trust instead of the system's, or NULL */
	bool insecure;		/* no certificate is checked */
	const char *output_dir; /* ComfyUI's output directory as seen from here, or NULL */
	int stall_minutes;	/* without any progress until an image is given up; 1 to 1440 */
};

/*
 * The configuration file (PRD 4) as the programs see it. All strings live in the arena given to
 * config_load. All paths are absolute, without a trailing slash and without control characters:
 * relative ones are resolved against the directory of the file, `~/` against $HOME.
 */
struct config {
	const char *path; /* the file it came from */
	const char **checkpoint_dirs;
	size_t checkpoint_dir_count; /* at least 1 */
	const char *sample_dir;
	int port;		/* 1 to 65535 */
	const char *ip_address; /* an IPv4 or IPv6 address, or "localhost" */
	const char *db_path;
	const char *cache_dir; /* `cache` beside the database file; what is in it may be lost */
	const char *workflow_dir;
	struct config_comfyui comfyui;
	const char *
		*allowed_hosts; /* lower case: `name`, or `.suffix` for it and all names below */
	size_t allowed_host_count;
	const char **exclude; /* globs over names in checkpoint_dirs; one ending in `/` is for
				 directories */
	size_t exclude_count;
	enum config_watch watch;
	int watch_seconds; /* between two looks; 1 to 3600 */
	const char *
		*warnings; /* sentences about directories that are missing, unreadable or nested */
	size_t warning_count;
};

/* What is wrong with a file, as "FILE:LINE:COLUMN: KEY: what was found; what is allowed". */
struct config_faults {
	const char **messages;
	size_t count;
	size_t capacity;
	const char *first[1]; /* so that there is room for one fault even without memory */
};

/*
 * The absolute path of the configuration file: $CONFIG_PATH, else config.yaml in the working
 * directory. NULL without memory or without a working directory.
 */
const char *config_default_path(struct arena *arena);

/*
 * Reads the configuration file at `path` (absolute). Returns false if it cannot be used; `faults`
 * then has every fault (also: the file is missing, too long, no memory), `*config` is not to be
 * used. Directories that are missing or unreadable are warnings, not faults.
 */
bool config_load(struct arena *arena, const char *path, struct config **config,
	struct config_faults *faults);

/*
 * As config_load of the file at config_default_path, for programs that nobody watches being
 * started: ERROR_INVALID `invalid_config` with the first fault; `checkpoint-sampler config` tells
 * all.
 */
bool config_load_default(struct arena *arena, struct config **config, struct error *error);

/*
 * As config_load of a file at `path` that holds `source`; looks at no disk and gives no warnings.
 */
bool config_parse(struct arena *arena, const char *path, struct text source, struct config **config,
	struct config_faults *faults);

/*
 * What is wrong at this moment with the directories to read from: missing, unreadable, nested; a
 * sentence each. `config->warnings` has what it was when the file was loaded. Returns false only
 * without memory.
 */
bool config_warnings(
	struct arena *arena, const struct config *config, const char ***warnings, size_t *count);

/*
 * Whether the directories to read from can be read at this moment; else a sentence about the first
 * that cannot.
 */
bool config_check_readable(const struct config *config, struct error *error);

/*
 * Whether images can be put into sample_dir at this moment; else why not, with its owner where that
 * is the reason.
 */
bool config_check_writable(const struct config *config, struct error *error);

/* Writes the configuration in force, every key, as a file that config_load reads as the same. */
void config_print(const struct config *config, struct buffer *out);

/*
 * Creates the directories that the product itself writes to, where they are missing: the
 * database's, the cache. Returns false with a sentence naming the one that failed.
 */
bool config_make_directories(const struct config *config, struct error *error);

/* The same for workflow_dir, without which everything but generating images works. */
bool config_make_workflow_dir(const struct config *config, struct error *error);

#endif

#ifndef CONFIG_READ_H
#define CONFIG_READ_H

#include "config/config.h"
#include "config/yaml_tree.h"

/* Between the files of this room: one value of the file, read and checked. */

struct config_reader {
	struct arena *arena;
	const char *path;      /* of the file, absolute */
	struct text directory; /* of the file: where relative paths begin */
	struct config_faults *faults;
};

/* Empties the list of faults. */
void config_faults_init(struct config_faults *faults);

/* Notes a fault at `node` (NULL: in the file as a whole). Always returns false. */
bool config_fault(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A value as a message repeats it: shortened, and without anything that upsets a terminal. */
const char *config_show(struct arena *arena, const struct yaml_node *node);

/* Notes "found VALUE; ALLOWED". Always returns false. */
bool config_fault_value(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char *allowed);

/* Each reads `node` as what it is called, or notes a fault and returns false. */
bool config_read_text(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char *allowed, const char **value);
bool config_read_port(
	struct config_reader *reader, const struct yaml_node *node, const char *key, int *value);
bool config_read_path(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char **value);

/* As config_read_text, and the address of a machine to connect to: a name or an IP address. */
bool config_read_host(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char **value);

/* As config_read_text, and an address to listen on: IPv4, IPv6 or "localhost". */
bool config_read_listen(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char **value);

/* As config_read_text, and an entry of `allowed_hosts`, turned to lower case. */
bool config_read_allowed_host(struct config_reader *reader, const struct yaml_node *node,
	const char *key, const char **value);

/* The URL of ComfyUI: sets url, secure, host, port and prefix. */
bool config_read_url(struct config_reader *reader, const struct yaml_node *node, const char *key,
	struct config_comfyui *comfyui);

/* As config_read_host of what is no YAML value by itself. */
bool config_is_host(struct text host);

/* Sets `comfyui->url` by its other fields; false without memory. */
bool config_make_url(struct arena *arena, struct config_comfyui *comfyui);

/* A member of `comfyui.headers`, as "Name: value". */
bool config_read_header(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char **value);

bool config_read_boolean(
	struct config_reader *reader, const struct yaml_node *node, const char *key, bool *value);
bool config_read_minutes(
	struct config_reader *reader, const struct yaml_node *node, const char *key, int *value);
bool config_read_seconds(
	struct config_reader *reader, const struct yaml_node *node, const char *key, int *value);
bool config_read_watch(struct config_reader *reader, const struct yaml_node *node, const char *key,
	enum config_watch *value);

/* As config_read_text, and a pattern of `exclude`. */
bool config_read_pattern(struct config_reader *reader, const struct yaml_node *node,
	const char *key, const char **value);

#endif

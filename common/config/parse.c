#include <strings.h>

#include "base/limits.h"
#include "config/read.h"

/* The configuration that is being made of a file. */
struct loading {
	struct config_reader reader;
	struct config *config;
};

struct key {
	const char *name;
	void (*read)(struct loading *loading, const char *key, const struct yaml_node *node);
	const char *required; /* what to write, where the key may not be absent */
};

typedef bool read_item(struct config_reader *reader, const struct yaml_node *node, const char *key,
	const char **value);

static const char *const DEFAULT_EXCLUDE[] = {
	"*-state/", "checkpoint-*/", "backup/", "*-?\?\?\?\?-of-?\?\?\?\?.safetensors"};

/* Reads a list of strings; faults of several items are all noted. */
static void read_list(struct loading *loading, const char *key, const struct yaml_node *node,
	const char *allowed, read_item *read, const char ***items, size_t *count)
{
	size_t capacity = 0;

	*items = NULL;
	*count = 0;
	if (node->kind != YAML_LIST) {
		(void)config_fault_value(&loading->reader, node, key, allowed);
		return;
	}
	for (const struct yaml_node *item = node->first;
		item && loading->reader.faults->count < LIMIT_CONFIG_FAULTS; item = item->next) {
		const char *value;

		if (!read(&loading->reader, item, key, &value))
			continue;
		if (*count == LIMIT_CONFIG_LIST) {
			(void)config_fault(&loading->reader, item, key,
				"one entry too many; allowed are at most %d", LIMIT_CONFIG_LIST);
			return;
		}
		if (*count == capacity && !arena_grow(loading->reader.arena, items, &capacity,
						  *count, sizeof(**items))) {
			(void)config_fault(&loading->reader, item, key, "out of memory");
			return;
		}
		(*items)[(*count)++] = value;
	}
}

static void read_checkpoint_dirs(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	static const char allowed[] =
		"a list of directories, each on a line of its own after \"- \"";

	read_list(loading, key, node, allowed, config_read_path, &loading->config->checkpoint_dirs,
		&loading->config->checkpoint_dir_count);
	if (node->kind == YAML_LIST && !node->first)
		(void)config_fault(&loading->reader, node, key,
			"found an empty list; allowed is a list of at least one directory");
}

static void read_sample_dir(struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_path(&loading->reader, node, key, &loading->config->sample_dir);
}

static void read_port(struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_port(&loading->reader, node, key, &loading->config->port);
}

static void read_ip_address(struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_listen(&loading->reader, node, key, &loading->config->ip_address);
}

static void read_db_path(struct loading *loading, const char *key, const struct yaml_node *node)
{
	if (!config_read_path(&loading->reader, node, key, &loading->config->db_path))
		return;
	if (node->text.at[node->text.length - 1] == '/')
		(void)config_fault_value(
			&loading->reader, node, key, "the path of a file, without / at its end");
}

static void read_workflow_dir(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_path(&loading->reader, node, key, &loading->config->workflow_dir);
}

static void read_allowed_hosts(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	read_list(loading, key, node, "a list of host names, as [samples.example.org]",
		config_read_allowed_host, &loading->config->allowed_hosts,
		&loading->config->allowed_host_count);
}

static void read_exclude(struct loading *loading, const char *key, const struct yaml_node *node)
{
	read_list(loading, key, node, "a list of patterns, as [\"*.bak\", \"old-*/\"]",
		config_read_pattern, &loading->config->exclude, &loading->config->exclude_count);
}

static void read_watch(struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_watch(&loading->reader, node, key, &loading->config->watch);
}

static void read_watch_interval(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_seconds(&loading->reader, node, key, &loading->config->watch_seconds);
}

static void read_comfyui_host(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_host(&loading->reader, node, key, &loading->config->comfyui.host);
}

static void read_comfyui_port(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_port(&loading->reader, node, key, &loading->config->comfyui.port);
}

static void read_comfyui_url(struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_url(&loading->reader, node, key, &loading->config->comfyui);
}

/* Whether a header of the same name, in any case, is in the list. */
static bool has_header(const struct config_comfyui *comfyui, const char *header)
{
	size_t length = strcspn(header, ":") + 1;

	for (size_t i = 0; i < comfyui->header_count; i++)
		if (strncasecmp(comfyui->headers[i], header, length) == 0)
			return true;
	return false;
}

static void read_comfyui_headers(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	struct config_comfyui *comfyui = &loading->config->comfyui;
	size_t capacity = 0;

	if (node->kind != YAML_MAPPING) {
		(void)config_fault_value(&loading->reader, node, key,
			"headers, indented below it, as Authorization: Bearer abc");
		return;
	}
	for (const struct yaml_node *item = node->first;
		item && loading->reader.faults->count < LIMIT_CONFIG_FAULTS; item = item->next) {
		const char *header;

		if (!config_read_header(&loading->reader, item, key, &header))
			continue;
		if (has_header(comfyui, header))
			(void)config_fault(&loading->reader, item->key, key,
				"found %s a second time; allowed is once",
				config_show(loading->reader.arena, item->key));
		else if (comfyui->header_count == LIMIT_CONFIG_LIST)
			(void)config_fault(&loading->reader, item, key,
				"one entry too many; allowed are at most %d", LIMIT_CONFIG_LIST);
		else if (comfyui->header_count == capacity &&
			 !arena_grow(loading->reader.arena, &comfyui->headers, &capacity,
				 comfyui->header_count, sizeof(*comfyui->headers)))
			(void)config_fault(&loading->reader, item, key, "out of memory");
		else
			comfyui->headers[comfyui->header_count++] = header;
	}
}

static void read_comfyui_ca_file(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_path(&loading->reader, node, key, &loading->config->comfyui.ca_file);
}

static void read_comfyui_insecure(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_boolean(&loading->reader, node, key, &loading->config->comfyui.insecure);
}

static void read_comfyui_output_dir(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_path(&loading->reader, node, key, &loading->config->comfyui.output_dir);
}

static void read_comfyui_stall_minutes(
	struct loading *loading, const char *key, const struct yaml_node *node)
{
	(void)config_read_minutes(
		&loading->reader, node, key, &loading->config->comfyui.stall_minutes);
}

static void read_comfyui(struct loading *loading, const char *key, const struct yaml_node *node);

static const struct key COMFYUI_KEYS[] = {
	{"comfyui.host", read_comfyui_host, NULL},
	{"comfyui.port", read_comfyui_port, NULL},
	{"comfyui.url", read_comfyui_url, NULL},
	{"comfyui.headers", read_comfyui_headers, NULL},
	{"comfyui.ca_file", read_comfyui_ca_file, NULL},
	{"comfyui.insecure", read_comfyui_insecure, NULL},
	{"comfyui.output_dir", read_comfyui_output_dir, NULL},
	{"comfyui.stall_minutes", read_comfyui_stall_minutes, NULL},
	{NULL, NULL, NULL},
};

static const struct key KEYS[] = {
	{"checkpoint_dirs", read_checkpoint_dirs, "the list of directories with your checkpoints"},
	{"sample_dir", read_sample_dir, "the directory with your sample images"},
	{"port", read_port, NULL},
	{"ip_address", read_ip_address, NULL},
	{"db_path", read_db_path, NULL},
	{"workflow_dir", read_workflow_dir, NULL},
	{"comfyui", read_comfyui, NULL},
	{"allowed_hosts", read_allowed_hosts, NULL},
	{"exclude", read_exclude, NULL},
	{"watch", read_watch, NULL},
	{"watch_interval", read_watch_interval, NULL},
	{NULL, NULL, NULL},
};

/* The number of single-character changes that turn `a` into `b`; longer words count as far apart.
 */
static size_t distance(struct text a, struct text b)
{
	enum { LONGEST = 32 };
	size_t row[LONGEST + 1];

	if (a.length > LONGEST || b.length > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= b.length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.length; j++) {
			size_t changed = diagonal + (a.at[i - 1] != b.at[j - 1]);

			diagonal = row[j];
			row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			row[j] = row[j] < changed ? row[j] : changed;
		}
	}
	return row[b.length];
}

/* The name of a key within its own mapping. */
static struct text own_name(const struct key *key)
{
	const char *dot = strchr(key->name, '.');

	return text_from(dot ? dot + 1 : key->name);
}

/* "host, port or url": all of them, the first with the mapping it is in; NULL without memory. */
static const char *list_names(struct arena *arena, const struct key *keys)
{
	const char *names = keys->name;

	for (const struct key *key = keys + 1; names && key->name; key++)
		names = arena_printf(arena, "%s%s%.*s", names, key[1].name ? ", " : " or ",
			TEXT_ARGUMENTS(own_name(key)));
	return names;
}

static void refuse_unknown(
	struct loading *loading, const struct key *keys, const struct yaml_node *name)
{
	const struct key *nearest = NULL;
	size_t nearest_distance = 1 + name->text.length / 3;
	const char *shown;
	const char *names;

	for (const struct key *key = keys; key->name; key++) {
		size_t away = distance(name->text, own_name(key));

		if (away <= nearest_distance) {
			nearest = key;
			nearest_distance = away - (away != 0);
		}
	}
	shown = config_show(loading->reader.arena, name);
	if (nearest) {
		(void)config_fault(&loading->reader, name, shown, "unknown key; did you mean %s?",
			nearest->name);
		return;
	}
	names = list_names(loading->reader.arena, keys);
	(void)config_fault(&loading->reader, name, shown, "unknown key; allowed is %s",
		names ? names : "another");
}

/* The value of a mapping's key, or NULL. */
static const struct yaml_node *member(const struct yaml_node *mapping, const char *key)
{
	const struct yaml_node *node = mapping->first;

	while (node && !text_equal(node->key->text, text_from(key)))
		node = node->next;
	return node;
}

/* Whether the value before `node` in the same mapping, and which, has the same key. */
static const struct yaml_node *earlier(
	const struct yaml_node *mapping, const struct yaml_node *node)
{
	for (const struct yaml_node *other = mapping->first; other != node; other = other->next)
		if (text_equal(other->key->text, node->key->text))
			return other;
	return NULL;
}

static void read_keys(
	struct loading *loading, const struct yaml_node *mapping, const struct key *keys)
{
	for (const struct yaml_node *node = mapping->first;
		node && loading->reader.faults->count < LIMIT_CONFIG_FAULTS; node = node->next) {
		const struct yaml_node *first = earlier(mapping, node);
		const struct key *key = keys;

		while (key->name && !text_equal(own_name(key), node->key->text))
			key++;
		if (!key->name)
			refuse_unknown(loading, keys, node->key);
		else if (first)
			(void)config_fault(&loading->reader, node->key, key->name,
				"found a second time; allowed is once (first in line %u)",
				first->key->line);
		else
			key->read(loading, key->name, node);
	}
	for (const struct key *key = keys; key->name; key++)
		if (key->required && !member(mapping, key->name))
			(void)config_fault(&loading->reader, mapping, key->name,
				"not found; it is required: %s", key->required);
}

/* What single keys cannot tell: which of them go together. */
static void check_comfyui(struct loading *loading, const struct yaml_node *mapping)
{
	struct config_comfyui *comfyui = &loading->config->comfyui;
	const struct yaml_node *url = member(mapping, "url");
	const struct yaml_node *ca_file = member(mapping, "ca_file");
	const struct yaml_node *insecure = member(mapping, "insecure");

	if (url && (member(mapping, "host") || member(mapping, "port")))
		(void)config_fault(&loading->reader, url, "comfyui.url",
			"found beside host or port; allowed is one or the other");
	if (!comfyui->secure && (ca_file || comfyui->insecure))
		(void)config_fault(&loading->reader, ca_file ? ca_file : insecure,
			ca_file ? "comfyui.ca_file" : "comfyui.insecure",
			"found without https; allowed is it beside url: https://…");
	if (!url && !config_make_url(loading->reader.arena, comfyui))
		(void)config_fault(&loading->reader, mapping, "comfyui", "out of memory");
}

static void read_comfyui(struct loading *loading, const char *key, const struct yaml_node *node)
{
	loading->config->comfyui.enabled = true;
	if (node->kind == YAML_MAPPING) {
		size_t faults = loading->reader.faults->count;

		read_keys(loading, node, COMFYUI_KEYS);
		if (loading->reader.faults->count == faults)
			check_comfyui(loading, node);
	} else {
		(void)config_fault_value(&loading->reader, node, key,
			"host: and port:, indented below it, or {} for localhost:8188; without "
			"ComfyUI, "
			"leave the key out");
	}
}

/* What holds where the file says nothing. */
static bool set_defaults(struct loading *loading)
{
	struct config *config = loading->config;
	struct text directory = loading->reader.directory;
	struct arena *arena = loading->reader.arena;

	config->path = loading->reader.path;
	config->port = 8080;
	config->ip_address = "0.0.0.0";
	config->comfyui.host = "localhost";
	config->comfyui.port = 8188;
	config->comfyui.prefix = "";
	config->comfyui.stall_minutes = 15;
	config->watch_seconds = 2;
	config->db_path =
		arena_printf(arena, "%.*s/data/checkpoint-sampler.db", TEXT_ARGUMENTS(directory));
	config->workflow_dir = arena_printf(arena, "%.*s/workflows", TEXT_ARGUMENTS(directory));
	config->exclude_count = sizeof(DEFAULT_EXCLUDE) / sizeof(*DEFAULT_EXCLUDE);
	config->exclude = arena_array(arena, config->exclude_count, sizeof(*config->exclude));
	if (!config->db_path || !config->workflow_dir || !config->exclude)
		return false;
	memcpy(config->exclude, DEFAULT_EXCLUDE, sizeof(DEFAULT_EXCLUDE));
	return true;
}

static bool set_cache_dir(struct loading *loading)
{
	const char *slash = strrchr(loading->config->db_path, '/');

	loading->config->cache_dir = arena_printf(loading->reader.arena, "%.*s/cache",
		(int)(slash - loading->config->db_path), loading->config->db_path);
	return loading->config->cache_dir != NULL;
}

static const struct yaml_node *parse_text(struct loading *loading, struct text source)
{
	struct yaml_fault fault;
	struct yaml_node place = {0};
	const struct yaml_node *root = yaml_tree_parse(loading->reader.arena, source, &fault);

	if (!root) {
		place.line = fault.line;
		place.column = fault.column;
		(void)config_fault(&loading->reader, fault.line ? &place : NULL, "",
			"not valid: %s", fault.message);
		return NULL;
	}
	if (root->kind != YAML_MAPPING) {
		(void)config_fault_value(
			&loading->reader, root, "", "lines of the form \"key: value\"");
		return NULL;
	}
	return root;
}

bool config_parse(struct arena *arena, const char *path, struct text source, struct config **config,
	struct config_faults *faults)
{
	const char *slash = strrchr(path, '/');
	struct loading loading = {.reader = {arena, path, {path, 0}, faults}};
	const struct yaml_node *root;

	config_faults_init(faults);
	loading.reader.directory.length = slash ? (size_t)(slash - path) : 0;
	loading.config = arena_alloc(arena, sizeof(*loading.config));
	if (!loading.config || !set_defaults(&loading))
		return config_fault(&loading.reader, NULL, "", "out of memory");
	root = parse_text(&loading, source);
	if (!root)
		return false;
	read_keys(&loading, root, KEYS);
	if (faults->count == 0 && !set_cache_dir(&loading))
		return config_fault(&loading.reader, NULL, "", "out of memory");
	*config = loading.config;
	return faults->count == 0;
}

#include "base/json_write.h"
#include "config/config.h"

/* A JSON string is a YAML string, whatever it holds. */
static void put_string(struct buffer *out, const char *key, const char *value)
{
	buffer_append_string(out, key);
	json_append_string(out, text_from(value));
	buffer_append_byte(out, '\n');
}

static void put_list(struct buffer *out, const char *key, const char *const *items, size_t count)
{
	buffer_printf(out, "%s:%s\n", key, count ? "" : " []");
	for (size_t i = 0; i < count; i++)
		put_string(out, "  - ", items[i]);
}

static const char *const WATCH[] = {
	[CONFIG_WATCH_AUTO] = "auto",
	[CONFIG_WATCH_INOTIFY] = "inotify",
	[CONFIG_WATCH_POLL] = "poll",
};

void config_print(const struct config *config, struct buffer *out)
{
	put_list(out, "checkpoint_dirs", config->checkpoint_dirs, config->checkpoint_dir_count);
	put_string(out, "sample_dir: ", config->sample_dir);
	buffer_printf(out, "port: %d\n", config->port);
	put_string(out, "ip_address: ", config->ip_address);
	put_string(out, "db_path: ", config->db_path);
	put_string(out, "workflow_dir: ", config->workflow_dir);
	if (config->comfyui.enabled) {
		buffer_append_string(out, "comfyui:\n");
		put_string(out, "  host: ", config->comfyui.host);
		buffer_printf(out, "  port: %d\n", config->comfyui.port);
	}
	put_list(out, "allowed_hosts", config->allowed_hosts, config->allowed_host_count);
	put_list(out, "exclude", config->exclude, config->exclude_count);
	buffer_printf(out, "watch: %s\n", WATCH[config->watch]);
	buffer_printf(out, "watch_interval: %d\n", config->watch_seconds);
}

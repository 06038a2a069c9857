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

static void put_comfyui(struct buffer *out, const struct config_comfyui *comfyui)
{
	buffer_append_string(out, "comfyui:\n");
	put_string(out, "  url: ", comfyui->url);
	if (comfyui->header_count)
		buffer_append_string(out, "  headers:\n");
	for (size_t i = 0; i < comfyui->header_count; i++) {
		const char *header = comfyui->headers[i];
		size_t name = strcspn(header, ":");

		buffer_append_string(out, "    ");
		json_append_string(out, (struct text){header, name});
		put_string(out, ": ", header + name + strlen(": "));
	}
	if (comfyui->ca_file)
		put_string(out, "  ca_file: ", comfyui->ca_file);
	if (comfyui->insecure)
		buffer_append_string(out, "  insecure: true\n");
	if (comfyui->output_dir)
		put_string(out, "  output_dir: ", comfyui->output_dir);
	buffer_printf(out, "  stall_minutes: %d\n", comfyui->stall_minutes);
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
	if (config->comfyui.enabled)
		put_comfyui(out, &config->comfyui);
	put_list(out, "allowed_hosts", config->allowed_hosts, config->allowed_host_count);
	put_list(out, "exclude", config->exclude, config->exclude_count);
	buffer_printf(out, "watch: %s\n", WATCH[config->watch]);
	buffer_printf(out, "watch_interval: %d\n", config->watch_seconds);
}

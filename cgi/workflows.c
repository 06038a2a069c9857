#include "workflows.h"

#include "base/json_write.h"
#include "comfyui/workflows.h"

static void write_roles(
	struct json_writer *out, const char *key, const struct comfyui_node_ids *roles)
{
	json_key(out, key);
	json_open_object(out);
	for (int role = 0; role < COMFYUI_ROLE_COUNT; role++) {
		if (roles[role].count == 0)
			continue;
		json_key(out, comfyui_role_names[role]);
		json_open_array(out);
		for (size_t i = 0; i < roles[role].count; i++)
			json_text(out, roles[role].items[i]);
		json_close_array(out);
	}
	json_close_object(out);
}

static void write_sentences(
	struct json_writer *out, const char *key, const char **sentences, size_t count)
{
	json_key(out, key);
	json_open_array(out);
	for (size_t i = 0; i < count; i++)
		json_string(out, sentences[i]);
	json_close_array(out);
}

/* The members of a Workflow; the object stays open. */
static void write_members(
	struct json_writer *out, struct text name, const struct comfyui_template *template)
{
	json_put_text(out, "name", name);
	json_put_string(out, "validation_state", template->valid ? "valid" : "invalid");
	write_roles(out, "roles", template->roles);
	write_roles(out, "proposed_roles", template->proposed_roles);
	json_key(out, "parameters");
	json_open_array(out);
	for (int i = 0; i < COMFYUI_PARAMETER_COUNT; i++)
		if (template->valid && template->honours[i])
			json_string(out, comfyui_setting_names[i]);
	json_close_array(out);
	write_sentences(out, "warnings", template->warnings, template->warning_count);
	write_sentences(out, "errors", template->errors, template->error_count);
}

/* An invalid template of which no more is known than why. */
static const struct comfyui_template *unread(struct arena *arena, const char *reason)
{
	struct comfyui_template *template = arena_alloc(arena, sizeof(*template));
	const char **errors = arena_alloc(arena, sizeof(*errors));

	if (!template || !errors)
		return NULL;
	*errors = arena_copy(arena, text_from(reason));
	*template = (struct comfyui_template){.errors = errors, .error_count = 1};
	return *errors ? template : NULL;
}

/*
 * Reads a template; a file that cannot be read is an invalid one. NULL, and the error, if there is
 * none of the name, or it cannot be told.
 */
static const struct comfyui_template *read_template(
	const struct config *config, struct text name, struct arena *arena, struct error *error)
{
	const struct comfyui_template *template;
	struct text bytes;

	if (comfyui_workflows_read(config->workflow_dir, name, arena, &bytes, error))
		return comfyui_template_load(arena, bytes, error);
	if (error->kind != ERROR_INVALID)
		return NULL;
	template = unread(arena, error->message);
	if (!template)
		(void)error_memory(error);
	return template;
}

/* Writes the templates of the list; one at a time is in memory. */
static bool write_list(const struct config *config, struct json_writer *out,
	const struct text *names, size_t count, struct error *error)
{
	struct arena arena;
	bool good = true;

	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	for (size_t i = 0; i < count && good; i++) {
		const struct comfyui_template *template;

		arena_reset(&arena);
		if (i < LIMIT_TEMPLATES)
			template = read_template(config, names[i], &arena, error);
		else
			template = unread(&arena,
				"workflow_dir holds more than 500 templates; this one was not "
				"read. Move those you do not use elsewhere.");
		/* One that was removed meanwhile is not listed. */
		good = template || error->kind == ERROR_NOT_FOUND;
		if (!template)
			continue;
		json_open_object(out);
		write_members(out, names[i], template);
		json_close_object(out);
	}
	arena_free(&arena);
	return good;
}

void workflows_list(
	const struct config *config, struct http_request *request, struct http_response *response)
{
	struct text *names;
	size_t count;
	struct json_writer out;
	struct error error = {0};

	json_writer_init(&out, &response->body);
	json_open_array(&out);
	if (!comfyui_workflows_list(config->workflow_dir, request->arena, &names, &count, &error) ||
		!write_list(config, &out, names, count, &error)) {
		http_fail(response, &error);
		return;
	}
	json_close_array(&out);
	http_header(response, "Cache-Control", "no-store");
}

/* Adds the template's text with the proposed tags in it. */
static bool write_tagged(
	struct json_writer *out, const struct comfyui_template *template, struct error *error)
{
	struct buffer tagged;
	bool good;

	buffer_init(&tagged, 2 * LIMIT_TEMPLATE);
	good = comfyui_template_tag(template, &tagged, error);
	json_put_text(out, "tagged_workflow", buffer_text(&tagged));
	buffer_free(&tagged);
	return good;
}

void workflows_show(
	const struct config *config, struct http_request *request, struct http_response *response)
{
	struct text name = http_captured(request, "name");
	const struct comfyui_template *template;
	struct json_writer out;
	struct error error = {0};

	template = read_template(config, name, request->arena, &error);
	if (!template) {
		http_fail(response, &error);
		return;
	}
	json_writer_init(&out, &response->body);
	json_open_object(&out);
	write_members(&out, name, template);
	if (template->is_json) {
		json_put_raw(&out, "workflow", template->source);
	}
	if (template->is_json && http_query_flag(request, "tagged") &&
		!write_tagged(&out, template, &error)) {
		http_fail(response, &error);
		return;
	}
	json_close_object(&out);
	http_header(response, "Cache-Control", "no-store");
}

bool workflows_input(const struct config *config, struct arena *arena, struct text name,
	enum comfyui_setting setting, const char **class, const char **input, struct error *error)
{
	const struct comfyui_template *template = read_template(config, name, arena, error);

	if (!template)
		return false;
	if (!template->valid)
		return error_set(error, ERROR_INVALID, "invalid_workflow",
			"The workflow %.*s cannot be used: %s", TEXT_ARGUMENTS(name),
			template->errors[0]);
	if (!template->honours[setting])
		return error_set(error, ERROR_INVALID, "not_honoured",
			"The workflow %.*s has no place for the parameter %s.",
			TEXT_ARGUMENTS(name), comfyui_setting_names[setting]);
	*class = arena_copy(arena, template->places[setting].class_type);
	*input = arena_copy(arena, template->places[setting].field);
	return (*class && *input) || error_memory(error);
}

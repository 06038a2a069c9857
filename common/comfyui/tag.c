#include "base/json.h"
#include "base/limits.h"
#include "comfyui/template.h"

/* Text put in at a place of the source, in place of `skipped` bytes. */
struct insertion {
	size_t at;
	size_t skipped;
	bool in_meta; /* `_meta` is there, or has to come along */
	bool alone;   /* the object that it goes into is empty */
	const char *role;
};

static bool has_id(const struct comfyui_node_ids *ids, struct text id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (text_equal(ids->items[i], id))
			return true;
	return false;
}

static const char *proposed_role(const struct comfyui_template *template, struct text id)
{
	for (int role = 0; role < COMFYUI_ROLE_COUNT; role++)
		if (has_id(&template->proposed_roles[role], id))
			return comfyui_role_names[role];
	return NULL;
}

static struct insertion place(const struct json *node, const char *role)
{
	const struct json *meta = json_member(node, "_meta");
	const struct json *tag = json_member(meta, "cs_role");
	bool in_meta = meta && meta->type == JSON_OBJECT;
	const struct json *into = in_meta ? meta : node;

	/* An empty or unknown tag gives way, as does a `_meta` that is none. */
	if (tag)
		return (struct insertion){
			tag->name_start, tag->end - tag->name_start, true, true, role};
	if (meta && !in_meta)
		return (struct insertion){
			meta->name_start, meta->end - meta->name_start, false, true, role};
	return (struct insertion){into->start + 1, 0, in_meta, into->count == 0, role};
}

static void write_insertion(
	struct buffer *out, struct text source, const struct insertion *insertion)
{
	struct text space = text_from_offset(source, insertion->at);
	size_t length = 0;

	/* A member is put before the others, set off as they are. */
	while (!insertion->alone && length < space.length && strchr(" \t\r\n", space.at[length]))
		length++;
	buffer_append(out, text_head(space, length));
	buffer_printf(out,
		insertion->in_meta ? "\"cs_role\": \"%s\"%s" : "\"_meta\": {\"cs_role\": \"%s\"}%s",
		insertion->role, insertion->alone ? "" : ",");
}

bool comfyui_template_tag(
	const struct comfyui_template *template, struct buffer *tagged, struct error *error)
{
	struct text source = template->source;
	struct arena arena;
	const struct json *root;
	size_t at = 0;

	arena_init(&arena, LIMIT_REQUEST_MEMORY);
	root = json_parse(&arena, source, LIMIT_TEMPLATE_DEPTH, error);
	for (const struct json *node = root ? root->first : NULL; node; node = node->next) {
		const char *role = proposed_role(template, node->name);
		struct insertion insertion;

		if (!role)
			continue;
		insertion = place(node, role);
		buffer_append(tagged, (struct text){source.at + at, insertion.at - at});
		write_insertion(tagged, source, &insertion);
		at = insertion.at + insertion.skipped;
	}
	buffer_append(tagged, text_from_offset(source, at));
	arena_free(&arena);
	if (!root)
		return false;
	return !tagged->failed || error_memory(error);
}

#include "comfyui/graph.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"

#define WORDS_SHOWN 60 /* bytes of an id or class in a sentence */

struct notes {
	const char ***items;
	size_t *count;
	size_t *capacity;
};

__attribute__((format(printf, 3, 0))) static void note(
	struct comfyui_graph *graph, struct notes notes, const char *format, va_list arguments)
{
	char sentence[1024];
	const char *copy;

	if (graph->no_memory || *notes.count > LIMIT_TEMPLATE_FAULTS)
		return;
	if (*notes.count == LIMIT_TEMPLATE_FAULTS)
		(void)snprintf(sentence, sizeof(sentence), "There are more of them.");
	else
		(void)vsnprintf(sentence, sizeof(sentence), format, arguments);
	copy = arena_copy(graph->arena, text_from(sentence));
	if (!copy || !arena_grow(graph->arena, notes.items, notes.capacity, *notes.count,
			     sizeof(**notes.items))) {
		graph->no_memory = true;
		return;
	}
	(*notes.items)[(*notes.count)++] = copy;
}

void comfyui_graph_error(struct comfyui_graph *graph, const char *format, ...)
{
	struct comfyui_template *template = graph->template;
	struct notes notes = {&template->errors, &template->error_count, &graph->error_capacity};
	va_list arguments;

	va_start(arguments, format);
	note(graph, notes, format, arguments);
	va_end(arguments);
}

void comfyui_graph_warn(struct comfyui_graph *graph, const char *format, ...)
{
	struct comfyui_template *template = graph->template;
	struct notes notes = {
		&template->warnings, &template->warning_count, &graph->warning_capacity};
	va_list arguments;

	va_start(arguments, format);
	note(graph, notes, format, arguments);
	va_end(arguments);
}

struct text comfyui_graph_shorten(struct text value)
{
	return utf8_head(value, WORDS_SHOWN);
}

static const char *node_words(
	struct comfyui_graph *graph, const char *noun, const struct comfyui_node *node)
{
	struct text id = comfyui_graph_shorten(node->id);
	struct text class_type = comfyui_graph_shorten(node->class_type);
	const char *words = arena_printf(graph->arena, "%s %.*s (%.*s)", noun, TEXT_ARGUMENTS(id),
		TEXT_ARGUMENTS(class_type));

	graph->no_memory |= !words;
	return words ? words : "";
}

const char *comfyui_node_words(struct comfyui_graph *graph, const struct comfyui_node *node)
{
	return node_words(graph, "node", node);
}

const char *comfyui_node_subject(struct comfyui_graph *graph, const struct comfyui_node *node)
{
	return node_words(graph, "Node", node);
}

void comfyui_ids_add(struct comfyui_graph *graph, struct comfyui_node_ids *ids, struct text id)
{
	if (arena_grow(graph->arena, &ids->items, &ids->capacity, ids->count, sizeof(id)))
		ids->items[ids->count++] = id;
	else
		graph->no_memory = true;
}

void comfyui_graph_edit(struct comfyui_graph *graph, struct comfyui_edit edit)
{
	if (arena_grow(graph->arena, &graph->edits, &graph->edit_capacity, graph->edit_count,
		    sizeof(edit)))
		graph->edits[graph->edit_count++] = edit;
	else
		graph->no_memory = true;
}

const struct json *comfyui_node_input(const struct comfyui_node *node, const char *name)
{
	return json_member(node->inputs, name);
}

bool comfyui_is_link(const struct json *value)
{
	return value && value->type == JSON_ARRAY && value->count == 2 &&
	       value->first->type == JSON_STRING && value->first->next->type == JSON_INTEGER;
}

static int compare_ids(const void *a, const void *b)
{
	const struct comfyui_node_entry *left = a;
	const struct comfyui_node_entry *right = b;

	return text_compare(left->id, right->id);
}

struct comfyui_node *comfyui_graph_find(const struct comfyui_graph *graph, struct text id)
{
	struct comfyui_node_entry wanted = {.id = id};
	struct comfyui_node_entry *found = NULL;

	if (graph->count)
		found = bsearch(
			&wanted, graph->by_id, graph->count, sizeof(*graph->by_id), compare_ids);
	return found ? found->node : NULL;
}

struct comfyui_node *comfyui_graph_follow(
	const struct comfyui_graph *graph, const struct json *value)
{
	return comfyui_is_link(value) ? comfyui_graph_find(graph, value->first->string) : NULL;
}

void comfyui_graph_mark_needed(struct comfyui_graph *graph, struct comfyui_node *node)
{
	size_t *open =
		arena_array(graph->arena, graph->count, sizeof(*open)); /* each enters once */
	size_t count = 0;

	if (!open) {
		graph->no_memory = true;
		return;
	}
	if (!node->is_needed)
		open[count++] = (size_t)(node - graph->nodes);
	node->is_needed = true;
	while (count) {
		const struct comfyui_node *at = &graph->nodes[open[--count]];

		for (const struct json *input = at->inputs->first; input; input = input->next) {
			struct comfyui_node *from = comfyui_graph_follow(graph, input);

			if (comfyui_is_link(input) && !from)
				comfyui_graph_error(graph,
					"The input %.*s of %s comes from node %.*s, which is not "
					"in the file. Export the workflow from ComfyUI again.",
					TEXT_ARGUMENTS(comfyui_graph_shorten(input->name)),
					comfyui_node_words(graph, at),
					TEXT_ARGUMENTS(
						comfyui_graph_shorten(input->first->string)));
			if (!from || from->is_needed)
				continue;
			from->is_needed = true;
			open[count++] = (size_t)(from - graph->nodes);
		}
	}
}

static bool is_node(const struct json *value)
{
	return json_member(value, "class_type") || json_member(value, "inputs");
}

/* Says what the file is instead, where its members are no nodes. */
static void refuse_other_form(struct comfyui_graph *graph)
{
	const struct json *nodes = json_member(graph->root, "nodes");

	if (nodes && nodes->type == JSON_ARRAY) {
		comfyui_graph_error(graph,
			"This is the workflow as ComfyUI's editor saves it. Open it in ComfyUI, "
			"choose Workflow > Export (API), and put that file here.");
		return;
	}
	for (const struct json *item = graph->root->first; item; item = item->next) {
		if (item->type != JSON_OBJECT || !item->first || !is_node(item->first))
			continue;
		comfyui_graph_error(graph,
			"The nodes are wrapped in \"%.*s\". Keep only the object inside it: the "
			"file's own members must be the nodes.",
			TEXT_ARGUMENTS(comfyui_graph_shorten(item->name)));
		return;
	}
	comfyui_graph_error(graph,
		"The file holds no nodes. Build the workflow in ComfyUI, choose Workflow > Export "
		"(API), and put that file here.");
}

static void read_node(struct comfyui_graph *graph, const struct json *value)
{
	const struct json *class_type = json_member(value, "class_type");
	const struct json *inputs = json_member(value, "inputs");
	const struct json *title = json_member(json_member(value, "_meta"), "title");
	struct comfyui_node *node = &graph->nodes[graph->count];
	struct text id = comfyui_graph_shorten(value->name);

	if (!class_type || class_type->type != JSON_STRING || class_type->string.length == 0) {
		comfyui_graph_error(graph,
			"Node %.*s has no class_type. Export the workflow from ComfyUI again.",
			TEXT_ARGUMENTS(id));
		return;
	}
	if (!inputs || inputs->type != JSON_OBJECT) {
		comfyui_graph_error(graph,
			"Node %.*s has no inputs. Export the workflow from ComfyUI again.",
			TEXT_ARGUMENTS(id));
		return;
	}
	*node = (struct comfyui_node){
		.id = value->name,
		.class_type = class_type->string,
		.value = value,
		.inputs = inputs,
		.role = -1,
	};
	if (title && title->type == JSON_STRING)
		node->title = title->string;
	graph->by_id[graph->count++] = (struct comfyui_node_entry){node->id, node};
}

/* Leaves out top-level members that are no nodes: ComfyUI refuses a prompt that has any. */
static void leave_out_others(struct comfyui_graph *graph)
{
	const struct json *before = NULL;
	bool kept = false;

	for (const struct json *item = graph->root->first; item; before = item, item = item->next) {
		struct comfyui_edit edit = {.setting = -1};

		if (is_node(item)) {
			kept = true;
			continue;
		}
		/* With the comma before it, or, while no node has come, with the one after it. */
		edit.start = kept ? before->end : item->name_start;
		edit.end = kept || !item->next ? item->end : item->next->name_start;
		comfyui_graph_edit(graph, edit);
		comfyui_graph_warn(graph,
			"\"%.*s\" is no node; it is left out of what is sent to ComfyUI.",
			TEXT_ARGUMENTS(comfyui_graph_shorten(item->name)));
	}
}

void comfyui_graph_read(struct comfyui_graph *graph)
{
	bool has_nodes = false;

	if (graph->root->type != JSON_OBJECT) {
		comfyui_graph_error(graph, "The file holds no object. A template is an object "
					   "whose members are nodes: "
					   "choose Workflow > Export (API) in ComfyUI.");
		return;
	}
	for (const struct json *item = graph->root->first; item; item = item->next)
		has_nodes |= is_node(item);
	if (!has_nodes) {
		refuse_other_form(graph);
		return;
	}
	graph->nodes = arena_array(graph->arena, graph->root->count, sizeof(*graph->nodes));
	graph->by_id = arena_array(graph->arena, graph->root->count, sizeof(*graph->by_id));
	if (!graph->nodes || !graph->by_id) {
		graph->no_memory = true;
		return;
	}
	for (const struct json *item = graph->root->first; item; item = item->next)
		if (is_node(item))
			read_node(graph, item);
	qsort(graph->by_id, graph->count, sizeof(*graph->by_id), compare_ids);
	leave_out_others(graph);
}

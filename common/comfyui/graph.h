#ifndef COMFYUI_GRAPH_H
#define COMFYUI_GRAPH_H

#include "base/json.h"
#include "comfyui/template.h"

/* A template while it is loaded: its nodes, and what leads from one to the other. */

struct comfyui_node {
	struct text id;
	struct text class_type;
	const struct json *value; /* the node itself, as a member of the file */
	struct text title;	  /* `_meta.title`, empty without one */
	const struct json *inputs;
	int role;	/* an enum comfyui_role, or -1 */
	bool is_needed; /* the saved image depends on it */
};

/* Where to find a node by its id. */
struct comfyui_node_entry {
	struct text id;
	struct comfyui_node *node;
};

struct comfyui_graph {
	struct arena *arena;
	struct comfyui_template *template;
	const struct json *root;
	struct comfyui_node *nodes; /* in the file's order */
	size_t count;
	struct comfyui_node_entry *by_id; /* the same, ordered by id */
	size_t warning_capacity;
	size_t error_capacity;
	struct comfyui_edit *edits;
	size_t edit_count;
	size_t edit_capacity;
	bool no_memory; /* the template cannot be told; everything after it does nothing */
};

/*
 * What substitution does at a place of the source: bytes `start` to `end` give way to the setting,
 * or to nothing.
 */
struct comfyui_edit {
	size_t start;
	size_t end;
	int setting;	  /* an enum comfyui_setting, or -1: the bytes are left out */
	struct text node; /* whose tag asks for it */
};

/* Notes a sentence for the user. Beyond LIMIT_TEMPLATE_FAULTS only that there are more. */
void comfyui_graph_error(struct comfyui_graph *graph, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void comfyui_graph_warn(struct comfyui_graph *graph, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Finds the nodes of graph->root and orders them; what is no node is noted, and left out by edits.
 * Errors: the file is no API-format graph.
 */
void comfyui_graph_read(struct comfyui_graph *graph);

/* The node with that id, or NULL. */
struct comfyui_node *comfyui_graph_find(const struct comfyui_graph *graph, struct text id);

/* An input of the node, or NULL. */
const struct json *comfyui_node_input(const struct comfyui_node *node, const char *name);

/* True if the value is a link: `["<node id>", <output>]`. */
bool comfyui_is_link(const struct json *value);

/* The node that the link (or not: then NULL) leads to; NULL also if that is not in the file. */
struct comfyui_node *comfyui_graph_follow(
	const struct comfyui_graph *graph, const struct json *value);

/* Marks `node` and all it depends on as needed; notes links to nodes that are not there. */
void comfyui_graph_mark_needed(struct comfyui_graph *graph, struct comfyui_node *node);

/* The beginning of a text from the file, for a sentence. */
struct text comfyui_graph_shorten(struct text value);

/* "node 8 (KSampler)", shortened where the file has monstrous names. "" without memory. */
const char *comfyui_node_words(struct comfyui_graph *graph, const struct comfyui_node *node);

/* The same at the beginning of a sentence: "Node 8 (KSampler)". */
const char *comfyui_node_subject(struct comfyui_graph *graph, const struct comfyui_node *node);

/* Notes an edit of the source, in any order. */
void comfyui_graph_edit(struct comfyui_graph *graph, struct comfyui_edit edit);

/* Appends an id; sets no_memory without memory. */
void comfyui_ids_add(struct comfyui_graph *graph, struct comfyui_node_ids *ids, struct text id);

#endif

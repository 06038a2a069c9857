#include "comfyui/template.h"

#include <stdlib.h>

#include "base/limits.h"
#include "comfyui/graph.h"
#include "comfyui/propose.h"
#include "comfyui/roles.h"

/* Classes with the inputs of a node that saves, which leave no single picture to be fetched. */
static const struct {
	const char *class_type;
	const char *reason;
} NOT_SAVING[] = {
	{"PreviewImage", "keeps its picture in ComfyUI's temporary directory only"},
	{"SaveImageWebsocket", "sends its picture to ComfyUI's page and keeps no file"},
	{"SaveAnimatedPNG", "saves an animation"},
	{"SaveAnimatedWEBP", "saves an animation"},
	{"SaveWEBM", "saves a video"},
};

static bool has_class(const struct comfyui_node *node, const char *class_type)
{
	return text_equal(node->class_type, text_from(class_type));
}

static const char *why_not_saving(const struct comfyui_node *node)
{
	for (size_t i = 0; i < sizeof(NOT_SAVING) / sizeof(*NOT_SAVING); i++)
		if (has_class(node, NOT_SAVING[i].class_type))
			return NOT_SAVING[i].reason;
	if (!comfyui_node_input(node, "images") && !comfyui_node_input(node, "image"))
		return "takes no image";
	return NULL;
}

/* Finds the node whose picture is the result, and all it depends on. */
static void check_save_nodes(struct comfyui_graph *graph)
{
	struct comfyui_template *template = graph->template;

	for (size_t i = 0; i < graph->count; i++) {
		struct comfyui_node *node = &graph->nodes[i];
		const char *reason = why_not_saving(node);

		if (node->role != COMFYUI_SAVE_IMAGE)
			continue;
		if (reason)
			comfyui_graph_error(graph,
				"%s is tagged save_image, but it %s. Tag a SaveImage node.",
				comfyui_node_subject(graph, node), reason);
		/*
		 * Only what the first depends on counts: a setting that reaches no picture but
		 * another's would make equal pictures under different names.
		 */
		node->is_needed |= template->save_node.at != NULL;
		if (template->save_node.at)
			continue;
		template->save_node = node->id;
		comfyui_graph_mark_needed(graph, node);
	}
	if (!template->save_node.at) {
		comfyui_graph_error(graph,
			"No node is tagged save_image. In ComfyUI, let the title of the node that "
			"saves the image end in cs:save_image and export again, or write "
			"\"cs_role\": \"save_image\" into its _meta.");
		/* So that whatever else is wrong is told, too. */
		for (size_t i = 0; i < graph->count; i++)
			graph->nodes[i].is_needed = true;
	} else if (template->roles[COMFYUI_SAVE_IMAGE].count > 1) {
		comfyui_graph_warn(graph,
			"Several nodes are tagged save_image; the picture of node %.*s is kept.",
			TEXT_ARGUMENTS(comfyui_graph_shorten(template->save_node)));
	}
}

/* What works, but hardly as its user wants it. */
static void warn_of_waste(struct comfyui_graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct comfyui_node *node = &graph->nodes[i];
		const struct json *batch = comfyui_node_input(node, "batch_size");

		if (node->role == COMFYUI_LATENT_IMAGE && batch && batch->type == JSON_INTEGER &&
			batch->integer > 1)
			comfyui_graph_warn(graph,
				"The batch_size of %s is %lld: all of a batch is rendered, and the "
				"first picture kept. Set it to 1.",
				comfyui_node_words(graph, node), (long long)batch->integer);
		if (node->role < 0 && graph->template->save_node.at &&
			(has_class(node, "SaveImage") || has_class(node, "PreviewImage")))
			comfyui_graph_warn(graph,
				"%s is not tagged: what it shows is rendered with every image "
				"and not kept. Remove it from the workflow if it costs time.",
				comfyui_node_subject(graph, node));
	}
}

static int compare_edits(const void *a, const void *b)
{
	const struct comfyui_edit *left = a;
	const struct comfyui_edit *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return (left->setting > right->setting) - (left->setting < right->setting);
}

/* Puts the edits in order. A place that two settings share is an error, one that one has twice not.
 */
static void settle_edits(struct comfyui_graph *graph)
{
	struct comfyui_edit *edits = graph->edits;
	size_t count = 0;

	if (graph->edit_count)
		qsort(edits, graph->edit_count, sizeof(*edits), compare_edits);
	for (size_t i = 0; i < graph->edit_count; i++) {
		const struct comfyui_edit *before = count ? &edits[count - 1] : NULL;

		if (before && before->start == edits[i].start) {
			if (before->setting != edits[i].setting)
				comfyui_graph_error(graph,
					"%s (for node %.*s) and %s (for node %.*s) come from one "
					"and the same value. Give each a value of its own.",
					comfyui_setting_names[before->setting],
					TEXT_ARGUMENTS(comfyui_graph_shorten(before->node)),
					comfyui_setting_names[edits[i].setting],
					TEXT_ARGUMENTS(comfyui_graph_shorten(edits[i].node)));
			continue;
		}
		edits[count++] = edits[i];
	}
	graph->template->edits = edits;
	graph->template->edit_count = count;
}

static void read_graph(struct comfyui_graph *graph)
{
	comfyui_graph_read(graph);
	if (graph->no_memory || graph->count == 0)
		return;
	comfyui_roles_read_tags(graph);
	check_save_nodes(graph);
	comfyui_roles_bind(graph);
	warn_of_waste(graph);
	settle_edits(graph);
	comfyui_propose(graph);
}

/* What is wrong with bytes that JSON's grammar need not be asked about. */
static const char *refuse_bytes(struct text bytes)
{
	if (bytes.length > LIMIT_TEMPLATE)
		return "The file is larger than 4 MiB, which no workflow of nodes is. Export the "
		       "workflow again, without pictures or data in it.";
	if (text_starts_with(bytes, TEXT("\xff\xfe")) || text_starts_with(bytes, TEXT("\xfe\xff")))
		return "The file is UTF-16. Save it as UTF-8.";
	if (bytes.length == 0)
		return "The file is empty. Choose Workflow > Export (API) in ComfyUI, and put that "
		       "file here.";
	return NULL;
}

static const struct json *parse(struct comfyui_graph *graph)
{
	struct comfyui_template *template = graph->template;
	const char *refusal = refuse_bytes(template->source);
	const struct json *root;
	struct error error;

	if (refusal) {
		comfyui_graph_error(graph, "%s", refusal);
		return NULL;
	}
	root = json_parse(graph->arena, template->source, LIMIT_TEMPLATE_DEPTH, &error);
	if (!root && error.kind == ERROR_MALFORMED)
		comfyui_graph_error(
			graph, "%s Mend it there, or export it from ComfyUI again.", error.message);
	else if (!root)
		graph->no_memory = true;
	template->is_json = root != NULL;
	return root;
}

const struct comfyui_template *comfyui_template_load(
	struct arena *arena, struct text bytes, struct error *error)
{
	struct comfyui_template *template = arena_alloc(arena, sizeof(*template));
	struct comfyui_graph graph = {.arena = arena, .template = template};

	if (!template) {
		(void)error_memory(error);
		return NULL;
	}
	template->source = bytes;
	if (text_starts_with(bytes, TEXT("\xef\xbb\xbf")))
		template->source = text_from_offset(bytes, 3);
	graph.root = parse(&graph);
	if (graph.root)
		read_graph(&graph);
	if (graph.no_memory) {
		(void)error_memory(error);
		return NULL;
	}
	template->nodes = graph.nodes;
	template->node_count = graph.count;
	template->valid = template->error_count == 0;
	return template;
}

#include "comfyui/propose.h"

#include "comfyui/roles.h"

#define HOPS		 64 /* links followed along one input; more is a circle */
#define PROPOSED_AT_MOST 16 /* nodes for one role */

static bool is_open(const struct comfyui_graph *graph, enum comfyui_role role)
{
	return graph->template->roles[role].count == 0;
}

static void propose(
	struct comfyui_graph *graph, enum comfyui_role role, const struct comfyui_node *node)
{
	struct comfyui_node_ids *ids = &graph->template->proposed_roles[role];

	if (node && node->role < 0 && is_open(graph, role) && ids->count < PROPOSED_AT_MOST)
		comfyui_ids_add(graph, ids, node->id);
}

/* The node that the first of these inputs (a NULL ends them) that is a link leads to, or NULL. */
static struct comfyui_node *step(const struct comfyui_graph *graph, const struct comfyui_node *node,
	const char *const inputs[])
{
	struct comfyui_node *next = NULL;

	for (size_t i = 0; node && !next && inputs[i]; i++)
		next = comfyui_graph_follow(graph, comfyui_node_input(node, inputs[i]));
	return next;
}

typedef bool node_test(const struct comfyui_node *node);

/* The first node from `node` on, along the inputs, that passes the test, or NULL. */
static struct comfyui_node *walk(const struct comfyui_graph *graph, struct comfyui_node *node,
	const char *const inputs[], node_test *test)
{
	for (int hop = 0; node && hop < HOPS; hop++) {
		if (test(node))
			return node;
		node = step(graph, node, inputs);
	}
	return NULL;
}

static bool saves_image(const struct comfyui_node *node)
{
	return text_starts_with(node->class_type, TEXT("SaveImage")) &&
	       comfyui_node_input(node, "filename_prefix") &&
	       comfyui_is_link(comfyui_node_input(node, "images"));
}

static bool encodes_text(const struct comfyui_node *node)
{
	return comfyui_is_link(comfyui_node_input(node, "clip")) &&
	       comfyui_roles_field(node, COMFYUI_POSITIVE_PROMPT, COMFYUI_SET_POSITIVE_PROMPT);
}

/* A latent image of nothing, not one that is made of another. */
static bool is_empty_latent(const struct comfyui_node *node)
{
	return comfyui_node_input(node, "width") && comfyui_node_input(node, "height") &&
	       !comfyui_is_link(comfyui_node_input(node, "samples")) &&
	       !comfyui_is_link(comfyui_node_input(node, "pixels"));
}

static bool loads_model(const struct comfyui_node *node)
{
	return comfyui_roles_field(node, COMFYUI_UNET_LOADER, COMFYUI_SET_CHECKPOINT) != NULL;
}

static bool shifts(const struct comfyui_node *node)
{
	return comfyui_roles_field(node, COMFYUI_SHIFT, COMFYUI_SET_SHIFT) != NULL;
}

static bool loads_lora(const struct comfyui_node *node)
{
	return comfyui_node_input(node, "lora_name") != NULL;
}

static bool loads_clip(const struct comfyui_node *node)
{
	return comfyui_node_input(node, "clip_name") != NULL;
}

static bool loads_vae(const struct comfyui_node *node)
{
	return comfyui_node_input(node, "vae_name") != NULL;
}

static bool is_sampler(const struct comfyui_node *node)
{
	bool seeds = comfyui_node_input(node, "seed") || comfyui_node_input(node, "noise_seed");

	if (comfyui_is_link(comfyui_node_input(node, "sampler")) &&
		comfyui_is_link(comfyui_node_input(node, "sigmas")))
		return true;
	return seeds && comfyui_node_input(node, "steps") && comfyui_node_input(node, "cfg");
}

/* The text that the sampler's input `side` comes from; NULL if that is none. */
static struct comfyui_node *find_prompt(
	const struct comfyui_graph *graph, const struct comfyui_node *sampler, const char *side)
{
	const char *const inputs[] = {
		side, "conditioning", "conditioning_1", "conditioning_to", "guider", NULL};
	struct comfyui_node *node = step(graph, sampler, inputs);

	/* What is zeroed out says nothing, whatever text it comes from. */
	for (int hop = 0; node && hop < HOPS && !encodes_text(node); hop++)
		node = text_equal(node->class_type, TEXT("ConditioningZeroOut"))
			       ? NULL
			       : step(graph, node, inputs);
	return node && encodes_text(node) ? node : NULL;
}

static void warn_if_swapped(struct comfyui_graph *graph, const struct comfyui_node *node,
	enum comfyui_role other, const char *side, const struct comfyui_node *sampler)
{
	if (node && node->role == (int)other)
		comfyui_graph_warn(graph,
			"%s is tagged %s, but is what the input %s of %s comes from. Are the tags "
			"swapped?",
			comfyui_node_subject(graph, node), comfyui_role_names[other], side,
			comfyui_node_words(graph, sampler));
}

static void propose_prompts(struct comfyui_graph *graph, const struct comfyui_node *sampler)
{
	const struct comfyui_node *positive = find_prompt(graph, sampler, "positive");
	const struct comfyui_node *negative = find_prompt(graph, sampler, "negative");

	/* Where both come from one node, that is the positive one. */
	if (positive == negative)
		negative = NULL;
	else
		warn_if_swapped(graph, positive, COMFYUI_NEGATIVE_PROMPT, "positive", sampler);
	warn_if_swapped(graph, negative, COMFYUI_POSITIVE_PROMPT, "negative", sampler);
	propose(graph, COMFYUI_POSITIVE_PROMPT, positive);
	propose(graph, COMFYUI_NEGATIVE_PROMPT, negative);
}

static void propose_model(struct comfyui_graph *graph, struct comfyui_node *sampler)
{
	static const char *const inputs[] = {"model", "guider", NULL};
	struct comfyui_node *first = step(graph, sampler, inputs);
	struct comfyui_node *loader = walk(graph, first, inputs, loads_model);
	const struct comfyui_node *lora = walk(graph, first, inputs, loads_lora);

	propose(graph, COMFYUI_SHIFT, walk(graph, first, inputs, shifts));
	if (!is_open(graph, COMFYUI_LORA_LOADER) || !is_open(graph, COMFYUI_UNET_LOADER))
		return;
	propose(graph, COMFYUI_UNET_LOADER, loader);
	if (lora && lora->role < 0)
		comfyui_graph_warn(graph,
			"If the training run's files are LoRAs, tag %s lora_loader, and no node "
			"unet_loader.",
			comfyui_node_words(graph, lora));
}

static void propose_around(struct comfyui_graph *graph, struct comfyui_node *sampler)
{
	static const char *const latent[] = {"latent_image", "samples", "latent", NULL};
	static const char *const clip[] = {"clip", NULL};
	static const char *const guided[] = {"positive", "conditioning", "guider", NULL};
	struct comfyui_node *text;

	propose_prompts(graph, sampler);
	propose(graph, COMFYUI_LATENT_IMAGE,
		walk(graph, step(graph, sampler, latent), latent, is_empty_latent));
	propose_model(graph, sampler);
	text = walk(graph, step(graph, sampler, guided), guided, encodes_text);
	propose(graph, COMFYUI_CLIP_LOADER, walk(graph, text, clip, loads_clip));
}

/* Indexes of all that `start` depends on, itself included, the nearest first; NULL without memory.
 */
static size_t *upstream(
	struct comfyui_graph *graph, const struct comfyui_node *start, size_t *count)
{
	size_t *found = arena_array(graph->arena, graph->count, sizeof(*found));
	bool *seen = arena_array(graph->arena, graph->count, sizeof(*seen));

	*count = 0;
	if (!found || !seen) {
		graph->no_memory = true;
		return NULL;
	}
	found[(*count)++] = (size_t)(start - graph->nodes);
	seen[start - graph->nodes] = true;
	for (size_t at = 0; at < *count; at++) {
		const struct json *input = graph->nodes[found[at]].inputs->first;

		for (; input; input = input->next) {
			const struct comfyui_node *from = comfyui_graph_follow(graph, input);

			if (!from || seen[from - graph->nodes])
				continue;
			seen[from - graph->nodes] = true;
			found[(*count)++] = (size_t)(from - graph->nodes);
		}
	}
	return found;
}

static struct comfyui_node *find_save_node(struct comfyui_graph *graph)
{
	if (graph->template->save_node.at)
		return comfyui_graph_find(graph, graph->template->save_node);
	for (size_t i = 0; i < graph->count; i++)
		if (saves_image(&graph->nodes[i]) && graph->nodes[i].role < 0)
			return &graph->nodes[i];
	return NULL;
}

void comfyui_propose(struct comfyui_graph *graph)
{
	static const char *const vae[] = {"vae", NULL};
	struct comfyui_node *save = find_save_node(graph);
	struct comfyui_node *sampler = NULL;
	struct comfyui_node *decoder = NULL;
	const size_t *found;
	size_t count;

	if (!save || graph->no_memory)
		return;
	propose(graph, COMFYUI_SAVE_IMAGE, save);
	found = upstream(graph, save, &count);
	for (size_t i = 0; i < count; i++) {
		struct comfyui_node *node = &graph->nodes[found[i]];

		if (!decoder)
			decoder = step(graph, node, vae);
		if (!is_sampler(node))
			continue;
		propose(graph, COMFYUI_SAMPLER, node);
		if (!sampler)
			sampler = node;
	}
	propose(graph, COMFYUI_VAE_LOADER, decoder && loads_vae(decoder) ? decoder : NULL);
	if (sampler)
		propose_around(graph, sampler);
}

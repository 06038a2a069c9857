#include "comfyui.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { INPUTS_MAX = 4, WIDGETS_MAX = 7, NODES_MAX = 12 };

struct input {
	const char *name, *type;
	int from, slot; /* the node and its output that feed it */
};

/* A value typed into a node. One without a name is shown in the editor only. */
struct widget {
	const char *name;
	enum { NOTHING, STRING, NUMBER } kind;
	char number[24];
	const char *string;
};

struct node {
	int id;
	const char *class, *title;
	struct input inputs[INPUTS_MAX];
	struct widget widgets[WIDGETS_MAX];
	const char *outputs[3];
	int x, y, width, height;
};

struct graph {
	struct node nodes[NODES_MAX];
	int count;
};

static struct widget string(const char *name, const char *value)
{
	return (struct widget){.name = name, .kind = STRING, .string = value};
}

static struct widget number(const char *name, const char *value)
{
	struct widget widget = {.name = name, .kind = NUMBER};

	strncpy(widget.number, value, sizeof(widget.number) - 1);
	return widget;
}

static struct widget integer(const char *name, uint64_t value)
{
	struct widget widget = {.name = name, .kind = NUMBER};

	snprintf(widget.number, sizeof(widget.number), "%" PRIu64, value);
	return widget;
}

static void add(struct graph *graph, struct node node)
{
	graph->nodes[graph->count++] = node;
}

static void add_loaders(struct graph *graph, const struct demo_sampling *s)
{
	add(graph, (struct node){.id = 37,
			   .class = "UNETLoader",
			   .title = "Load Diffusion Model",
			   .widgets = {string("unet_name",
					       s->lora ? "qwen_image_fp8_e4m3fn.safetensors"
						       : s->checkpoint),
				   string("weight_dtype", "default")},
			   .outputs = {"MODEL"},
			   .x = -340,
			   .y = 40,
			   .width = 330,
			   .height = 82});
	if (s->lora)
		add(graph, (struct node){.id = 73,
				   .class = "LoraLoaderModelOnly",
				   .title = "LoraLoaderModelOnly",
				   .inputs = {{"model", "MODEL", 37, 0}},
				   .widgets = {string("lora_name", s->checkpoint),
					   number("strength_model", "1.0")},
				   .outputs = {"MODEL"},
				   .x = 30,
				   .y = 40,
				   .width = 330,
				   .height = 82});
	add(graph, (struct node){.id = 38,
			   .class = "CLIPLoader",
			   .title = "Load CLIP",
			   .widgets = {string("clip_name", "qwen_2.5_vl_7b_fp8_scaled.safetensors"),
				   string("type", "qwen_image"), string("device", "default")},
			   .outputs = {"CLIP"},
			   .x = -340,
			   .y = 180,
			   .width = 330,
			   .height = 106});
	add(graph, (struct node){.id = 39,
			   .class = "VAELoader",
			   .title = "Load VAE",
			   .widgets = {string("vae_name", "qwen_image_vae.safetensors")},
			   .outputs = {"VAE"},
			   .x = -340,
			   .y = 340,
			   .width = 330,
			   .height = 58});
}

static void add_texts(struct graph *graph, const struct demo_sampling *s)
{
	add(graph, (struct node){.id = 6,
			   .class = "CLIPTextEncode",
			   .title = "CLIP Text Encode (Positive Prompt)",
			   .inputs = {{"clip", "CLIP", 38, 0}},
			   .widgets = {string("text", s->positive)},
			   .outputs = {"CONDITIONING"},
			   .x = 390,
			   .y = 180,
			   .width = 420,
			   .height = 164});
	add(graph, (struct node){.id = 7,
			   .class = "CLIPTextEncode",
			   .title = "CLIP Text Encode (Negative Prompt)",
			   .inputs = {{"clip", "CLIP", 38, 0}},
			   .widgets = {string("text", s->negative)},
			   .outputs = {"CONDITIONING"},
			   .x = 390,
			   .y = 390,
			   .width = 420,
			   .height = 140});
}

static void add_sampler(struct graph *graph, const struct demo_sampling *s)
{
	uint64_t size = (uint64_t)s->size;

	add(graph, (struct node){.id = 58,
			   .class = "EmptySD3LatentImage",
			   .title = "EmptySD3LatentImage",
			   .widgets = {integer("width", size), integer("height", size),
				   integer("batch_size", 1)},
			   .outputs = {"LATENT"},
			   .x = 30,
			   .y = 560,
			   .width = 270,
			   .height = 106});
	add(graph, (struct node){.id = 66,
			   .class = "ModelSamplingAuraFlow",
			   .title = "ModelSamplingAuraFlow",
			   .inputs = {{"model", "MODEL", s->lora ? 73 : 37, 0}},
			   .widgets = {number("shift", "3.1")},
			   .outputs = {"MODEL"},
			   .x = 850,
			   .y = 20,
			   .width = 300,
			   .height = 58});
	add(graph, (struct node){.id = 3,
			   .class = "KSampler",
			   .title = "KSampler",
			   .inputs = {{"model", "MODEL", 66, 0}, {"positive", "CONDITIONING", 6, 0},
				   {"negative", "CONDITIONING", 7, 0},
				   {"latent_image", "LATENT", 58, 0}},
			   .widgets = {integer("seed", s->seed), string(NULL, "fixed"),
				   integer("steps", (uint64_t)s->steps), number("cfg", s->cfg),
				   string("sampler_name", s->sampler),
				   string("scheduler", s->scheduler), number("denoise", "1.0")},
			   .outputs = {"LATENT"},
			   .x = 850,
			   .y = 120,
			   .width = 300,
			   .height = 474});
}

static void add_output(struct graph *graph, const struct demo_sampling *s)
{
	add(graph, (struct node){.id = 8,
			   .class = "VAEDecode",
			   .title = "VAE Decode",
			   .inputs = {{"samples", "LATENT", 3, 0}, {"vae", "VAE", 39, 0}},
			   .outputs = {"IMAGE"},
			   .x = 1190,
			   .y = 20,
			   .width = 210,
			   .height = 46});
	add(graph, (struct node){.id = 60,
			   .class = "SaveImage",
			   .title = "Save Image",
			   .inputs = {{"images", "IMAGE", 8, 0}},
			   .widgets = {string("filename_prefix", s->prefix)},
			   .x = 1190,
			   .y = 120,
			   .width = 420,
			   .height = 470});
}

static struct graph make_graph(const struct demo_sampling *sampling)
{
	struct graph graph = {.count = 0};

	add_loaders(&graph, sampling);
	add_texts(&graph, sampling);
	add_sampler(&graph, sampling);
	add_output(&graph, sampling);
	return graph;
}

static void add_value(struct demo_text *json, const struct widget *widget)
{
	if (widget->kind == STRING)
		demo_text_add_string(json, widget->string);
	else
		demo_text_add(json, "%s", widget->number);
}

void demo_comfyui_prompt(const struct demo_sampling *sampling, struct demo_text *json)
{
	struct graph graph = make_graph(sampling);

	demo_text_add(json, "{");
	for (int i = 0; i < graph.count; i++) {
		const struct node *node = &graph.nodes[i];
		const char *comma = "";

		demo_text_add(json, "%s\"%d\": {\"inputs\": {", i ? ", " : "", node->id);
		for (int k = 0; k < WIDGETS_MAX && node->widgets[k].kind; k++) {
			if (!node->widgets[k].name)
				continue;
			demo_text_add(json, "%s\"%s\": ", comma, node->widgets[k].name);
			add_value(json, &node->widgets[k]);
			comma = ", ";
		}
		for (int k = 0; k < INPUTS_MAX && node->inputs[k].name; k++) {
			demo_text_add(json, "%s\"%s\": [\"%d\", %d]", comma, node->inputs[k].name,
				node->inputs[k].from, node->inputs[k].slot);
			comma = ", ";
		}
		demo_text_add(
			json, "}, \"class_type\": \"%s\", \"_meta\": {\"title\": ", node->class);
		demo_text_add_string(json, node->title);
		demo_text_add(json, "}}");
	}
	demo_text_add(json, "}");
}

/* Links are numbered in the order of the inputs they end in. */
static void add_links_from(struct demo_text *json, const struct graph *graph, int id, int slot)
{
	const char *comma = "";
	int link = 0;

	for (int i = 0; i < graph->count; i++)
		for (int k = 0; k < INPUTS_MAX && graph->nodes[i].inputs[k].name; k++) {
			const struct input *input = &graph->nodes[i].inputs[k];

			link++;
			if (input->from != id || input->slot != slot)
				continue;
			demo_text_add(json, "%s%d", comma, link);
			comma = ", ";
		}
}

static void add_drawn_node(struct demo_text *json, const struct graph *graph, int order, int *link)
{
	const struct node *node = &graph->nodes[order];

	demo_text_add(json,
		"{\"id\": %d, \"type\": \"%s\", \"pos\": [%d, %d], \"size\": [%d, %d], \"flags\": "
		"{}, \"order\": %d, \"mode\": 0, \"inputs\": [",
		node->id, node->class, node->x, node->y, node->width, node->height, order);
	for (int k = 0; k < INPUTS_MAX && node->inputs[k].name; k++)
		demo_text_add(json, "%s{\"name\": \"%s\", \"type\": \"%s\", \"link\": %d}",
			k ? ", " : "", node->inputs[k].name, node->inputs[k].type, ++*link);
	demo_text_add(json, "], \"outputs\": [");
	for (int k = 0; node->outputs[k]; k++) {
		demo_text_add(json,
			"%s{\"name\": \"%s\", \"type\": \"%s\", \"slot_index\": %d, \"links\": [",
			k ? ", " : "", node->outputs[k], node->outputs[k], k);
		add_links_from(json, graph, node->id, k);
		demo_text_add(json, "]}");
	}
	demo_text_add(json, "], \"title\": ");
	demo_text_add_string(json, node->title);
	demo_text_add(json,
		", \"properties\": {\"Node name for S&R\": \"%s\"}, \"widgets_values\": [",
		node->class);
	for (int k = 0; k < WIDGETS_MAX && node->widgets[k].kind; k++) {
		demo_text_add(json, "%s", k ? ", " : "");
		add_value(json, &node->widgets[k]);
	}
	demo_text_add(json, "]}");
}

void demo_comfyui_workflow(const struct demo_sampling *sampling, struct demo_text *json)
{
	struct graph graph = make_graph(sampling);
	int links = 0;
	int link = 0;
	int last_id = 0;

	demo_text_add(json,
		"{\"id\": \"5d1f3c52-90c4-4a0e-8d0c-6c1c2f9f7a11\", \"revision\": 0, \"nodes\": [");
	for (int i = 0; i < graph.count; i++) {
		demo_text_add(json, "%s", i ? ", " : "");
		add_drawn_node(json, &graph, i, &links);
		if (graph.nodes[i].id > last_id)
			last_id = graph.nodes[i].id;
	}
	demo_text_add(json, "], \"links\": [");
	for (int i = 0; i < graph.count; i++)
		for (int k = 0; k < INPUTS_MAX && graph.nodes[i].inputs[k].name; k++) {
			const struct input *input = &graph.nodes[i].inputs[k];

			demo_text_add(json, "%s[%d, %d, %d, %d, %d, \"%s\"]", link ? ", " : "",
				link + 1, input->from, input->slot, graph.nodes[i].id, k,
				input->type);
			link++;
		}
	demo_text_add(json,
		"], \"groups\": [], \"config\": {}, \"extra\": {\"ds\": {\"scale\": 0.75, "
		"\"offset\": [420, 180]}}, \"last_node_id\": %d, \"last_link_id\": %d, "
		"\"version\": 0.4}",
		last_id, links);
}

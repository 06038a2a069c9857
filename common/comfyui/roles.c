#include "comfyui/roles.h"

#include <ctype.h>
#include <stdlib.h>

#define HOPS 32 /* links followed in search of a value; more is a circle */

const char *const comfyui_role_names[COMFYUI_ROLE_COUNT] = {
	"unet_loader",
	"lora_loader",
	"clip_loader",
	"vae_loader",
	"sampler",
	"positive_prompt",
	"negative_prompt",
	"shift",
	"latent_image",
	"save_image",
};

const char *const comfyui_setting_names[COMFYUI_SETTING_COUNT] = {
	"checkpoint",
	"positive_prompt",
	"negative_prompt",
	"seed",
	"steps",
	"cfg",
	"sampler_name",
	"scheduler",
	"width",
	"height",
	"vae",
	"clip",
	"shift",
	"filename_prefix",
};

#define GROUPS ((size_t)5)
#define FIELDS ((size_t)4)

/*
 * What a role sets: of the groups, the first of which the node has any field, and of that all it
 * has. `carrier` is the input whose link leads on where a node has none of them.
 */
struct rule {
	enum comfyui_role role;
	enum comfyui_setting setting;
	const char *carrier;
	const char *groups[GROUPS][FIELDS];
};

#define PROMPT_FIELDS                                                                   \
	{                                                                               \
		{"text"}, {"text_g", "text_l"}, {"clip_l", "clip_g", "t5xxl", "llama"}, \
			{"prompt"}, {"value"},                                          \
	}

static const struct rule RULES[] = {
	{COMFYUI_UNET_LOADER, COMFYUI_SET_CHECKPOINT, NULL, {{"unet_name"}, {"ckpt_name"}}},
	{COMFYUI_LORA_LOADER, COMFYUI_SET_CHECKPOINT, NULL, {{"lora_name"}}},
	{COMFYUI_CLIP_LOADER, COMFYUI_SET_CLIP, NULL, {{"clip_name"}}},
	{COMFYUI_VAE_LOADER, COMFYUI_SET_VAE, NULL, {{"vae_name"}}},
	{COMFYUI_SAMPLER, COMFYUI_SET_SEED, "noise", {{"seed"}, {"noise_seed"}}},
	{COMFYUI_SAMPLER, COMFYUI_SET_STEPS, "sigmas", {{"steps"}}},
	{COMFYUI_SAMPLER, COMFYUI_SET_CFG, "guider", {{"cfg"}, {"cfg_conds"}}},
	{COMFYUI_SAMPLER, COMFYUI_SET_SAMPLER_NAME, "sampler", {{"sampler_name"}}},
	{COMFYUI_SAMPLER, COMFYUI_SET_SCHEDULER, "sigmas", {{"scheduler"}}},
	{COMFYUI_POSITIVE_PROMPT, COMFYUI_SET_POSITIVE_PROMPT, NULL, PROMPT_FIELDS},
	{COMFYUI_NEGATIVE_PROMPT, COMFYUI_SET_NEGATIVE_PROMPT, NULL, PROMPT_FIELDS},
	{COMFYUI_SHIFT, COMFYUI_SET_SHIFT, NULL, {{"shift"}, {"max_shift", "base_shift"}}},
	{COMFYUI_LATENT_IMAGE, COMFYUI_SET_WIDTH, NULL, {{"width"}}},
	{COMFYUI_LATENT_IMAGE, COMFYUI_SET_HEIGHT, NULL, {{"height"}}},
	{COMFYUI_SAVE_IMAGE, COMFYUI_SET_FILENAME_PREFIX, NULL, {{"filename_prefix"}}},
};
#define RULE_COUNT (sizeof(RULES) / sizeof(*RULES))

/* The group of the rule's fields that the node has; NULL if none. */
static const char *const *find_group(const struct rule *rule, const struct comfyui_node *node)
{
	for (size_t group = 0; group < GROUPS && rule->groups[group][0]; group++)
		for (size_t i = 0; i < FIELDS && rule->groups[group][i]; i++)
			if (comfyui_node_input(node, rule->groups[group][i]))
				return rule->groups[group];
	return NULL;
}

static const struct rule *find_rule(enum comfyui_role role, enum comfyui_setting setting)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (RULES[i].role == role && RULES[i].setting == setting)
			return &RULES[i];
	return NULL;
}

const struct json *comfyui_roles_field(
	const struct comfyui_node *node, enum comfyui_role role, enum comfyui_setting setting)
{
	const struct rule *rule = find_rule(role, setting);
	const char *const *group = rule ? find_group(rule, node) : NULL;

	for (size_t i = 0; group && i < FIELDS && group[i]; i++)
		if (comfyui_node_input(node, group[i]))
			return comfyui_node_input(node, group[i]);
	return NULL;
}

/* --- Tags ----------------------------------------------------------------------------------------
 */

static int role_of_name(struct text name)
{
	for (int role = 0; role < COMFYUI_ROLE_COUNT; role++)
		if (text_equal(name, text_from(comfyui_role_names[role])))
			return role;
	return -1;
}

/*
 * How many letters must be added, left out or changed to make one of the other; at most 255. None,
 * if it is the beginning of it.
 */
static unsigned distance(struct text from, const char *to)
{
	unsigned char row[33];
	size_t length = strlen(to);

	if (text_starts_with(text_from(to), from))
		return 0;
	if (from.length > 255 || length >= sizeof(row))
		return 255;
	for (size_t i = 0; i <= length; i++)
		row[i] = (unsigned char)i;
	for (size_t line = 0; line < from.length; line++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned char)(line + 1);
		for (size_t i = 0; i < length; i++) {
			unsigned changed = diagonal + (from.at[line] != to[i]);
			unsigned longer = (row[i] < row[i + 1] ? row[i] : row[i + 1]) + 1U;

			diagonal = row[i + 1];
			row[i + 1] = (unsigned char)(changed < longer ? changed : longer);
		}
	}
	return row[length];
}

static void warn_unknown(
	struct comfyui_graph *graph, const struct comfyui_node *node, struct text name)
{
	int nearest = 0;

	for (int role = 1; role < COMFYUI_ROLE_COUNT; role++)
		if (distance(name, comfyui_role_names[role]) <
			distance(name, comfyui_role_names[nearest]))
			nearest = role;
	comfyui_graph_warn(graph,
		"\"%.*s\" on %s is no role, the tag is ignored. The nearest role is %s.",
		TEXT_ARGUMENTS(comfyui_graph_shorten(name)), comfyui_node_words(graph, node),
		comfyui_role_names[nearest]);
}

static bool is_space(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_word(char byte)
{
	return byte == '_' || isalnum((unsigned char)byte) || (byte & 0x80);
}

/*
 * What stands behind `cs:` at the end of a title, in small letters; empty if the title ends
 * otherwise. `cs:` must begin a word of its own: "docs:x" is no tag.
 */
static struct text title_tag(struct comfyui_graph *graph, struct text title)
{
	struct text none = {"", 0};
	size_t end = title.length;
	size_t at;
	char *name;

	while (end && is_space(title.at[end - 1]))
		end--;
	at = end;
	while (at && is_word(title.at[at - 1]))
		at--;
	name = arena_copy(graph->arena, (struct text){title.at + at, end - at});
	if (!name) {
		graph->no_memory = true;
		return none;
	}
	for (char *byte = name; *byte; byte++)
		*byte = (char)tolower((unsigned char)*byte);
	end -= at;
	while (at && is_space(title.at[at - 1]))
		at--;
	if (end == 0 || at < 3 || title.at[at - 1] != ':' || (title.at[at - 2] | 0x20) != 's' ||
		(title.at[at - 3] | 0x20) != 'c' || (at > 3 && is_word(title.at[at - 4])))
		return none;
	return (struct text){name, end};
}

static void read_tag(struct comfyui_graph *graph, struct comfyui_node *node)
{
	const struct json *tag = json_member(json_member(node->value, "_meta"), "cs_role");
	struct text in_title = title_tag(graph, node->title);
	struct text name = in_title;

	if (tag && tag->type == JSON_STRING && tag->string.length)
		name = tag->string;
	else if (tag && tag->type != JSON_NULL && tag->type != JSON_STRING)
		comfyui_graph_error(graph,
			"The cs_role of %s is no string. Write \"cs_role\": \"sampler\", or "
			"another "
			"role.",
			comfyui_node_words(graph, node));
	if (name.length == 0)
		return;
	node->role = role_of_name(name);
	if (node->role < 0)
		warn_unknown(graph, node, name);
	else if (in_title.length && !text_equal(in_title, name))
		comfyui_graph_warn(graph,
			"The title of %s says cs:%.*s, its cs_role %.*s: the latter counts.",
			comfyui_node_words(graph, node),
			TEXT_ARGUMENTS(comfyui_graph_shorten(in_title)), TEXT_ARGUMENTS(name));
}

void comfyui_roles_read_tags(struct comfyui_graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		struct comfyui_node *node = &graph->nodes[i];

		read_tag(graph, node);
		if (node->role >= 0)
			comfyui_ids_add(graph, &graph->template->roles[node->role], node->id);
	}
}

/* --- Places --------------------------------------------------------------------------------------
 */

static bool is_scalar(const struct json *value)
{
	return value && value->type != JSON_ARRAY && value->type != JSON_OBJECT;
}

/*
 * The literal of a node that does nothing but hold one; NULL for others. Beside ComfyUI's own
 * primitives these are nodes with a single input that is called as the one it is for, or by a name
 * that stands for nothing but a value.
 */
static const struct json *primitive_value(const struct comfyui_node *node, const char *field)
{
	const char *const names[] = {field, "value", "string", "text", "number", "int", "float"};
	const struct json *only = node->inputs->count == 1 ? node->inputs->first : NULL;

	if (text_starts_with(node->class_type, TEXT("Primitive")))
		return comfyui_node_input(node, "value");
	for (size_t i = 0; only && i < sizeof(names) / sizeof(*names); i++)
		if (text_equal(only->name, text_from(names[i])))
			return only;
	return NULL;
}

/*
 * The literal that stands for an input: itself, or, where it is a link, that of the primitive it
 * comes from. NULL, and an error of the template, if it comes from anything else.
 */
static const struct json *find_literal(
	struct comfyui_graph *graph, const struct comfyui_node *node, const char *field)
{
	const struct json *value = comfyui_node_input(node, field);
	const struct comfyui_node *from = node;

	for (int hop = 0; hop < HOPS && comfyui_is_link(value); hop++) {
		from = comfyui_graph_follow(graph, value);
		/* A link to nowhere is told of elsewhere. */
		if (!from)
			return NULL;
		value = primitive_value(from, field);
	}
	if (is_scalar(value))
		return value;
	if (from != node)
		comfyui_graph_error(graph,
			"The input %s of %s comes from %s, which is not a plain value: it cannot "
			"be "
			"set. Type the value into the node itself in ComfyUI, or tag the node that "
			"holds it.",
			field, comfyui_node_words(graph, node), comfyui_node_words(graph, from));
	else
		comfyui_graph_error(graph,
			"The input %s of %s is neither a value nor a link. Type a value into the "
			"node in ComfyUI and export again.",
			field, comfyui_node_words(graph, node));
	return NULL;
}

/* Notes that `field` of `node` takes the setting, on behalf of the tagged node. */
static void bind_field(struct comfyui_graph *graph, const struct comfyui_node *tagged,
	const struct comfyui_node *node, enum comfyui_setting setting, const char *field)
{
	struct comfyui_place *place = &graph->template->places[setting];
	const struct json *literal = find_literal(graph, node, field);

	if (!literal)
		return;
	graph->template->honours[setting] = true;
	if (!place->class_type.length)
		*place = (struct comfyui_place){node->id, node->class_type, text_from(field)};
	else if (setting == COMFYUI_SET_CHECKPOINT &&
		 (!text_equal(place->class_type, node->class_type) ||
			 !text_equal(place->field, text_from(field))))
		comfyui_graph_error(graph,
			"Nodes %.*s and %.*s load models from different lists (%.*s and %.*s): no "
			"file is in both. Tag only one of them %s.",
			TEXT_ARGUMENTS(comfyui_graph_shorten(place->node)),
			TEXT_ARGUMENTS(comfyui_graph_shorten(node->id)),
			TEXT_ARGUMENTS(comfyui_graph_shorten(place->class_type)),
			TEXT_ARGUMENTS(comfyui_graph_shorten(node->class_type)),
			comfyui_role_names[tagged->role]);
	comfyui_graph_edit(graph, (struct comfyui_edit){.start = literal->start,
					  .end = literal->end,
					  .setting = (int)setting,
					  .node = tagged->id});
}

struct comfyui_node *comfyui_roles_follow_sampler(
	const struct comfyui_graph *graph, struct comfyui_node *node, enum comfyui_setting setting)
{
	const struct rule *rule = find_rule(COMFYUI_SAMPLER, setting);

	for (int hop = 0; hop < HOPS && node; hop++) {
		if (find_group(rule, node))
			return node;
		node = comfyui_graph_follow(graph, comfyui_node_input(node, rule->carrier));
	}
	return NULL;
}

/* Binds what one rule sets on the tagged node. Returns false if the node has no field for it. */
static bool bind_rule(
	struct comfyui_graph *graph, struct comfyui_node *tagged, const struct rule *rule)
{
	struct comfyui_node *node = tagged;
	const char *const *group;

	if (rule->carrier)
		node = comfyui_roles_follow_sampler(graph, tagged, rule->setting);
	group = node ? find_group(rule, node) : NULL;
	for (size_t i = 0; group && i < FIELDS && group[i]; i++)
		if (comfyui_node_input(node, group[i]))
			bind_field(graph, tagged, node, rule->setting, group[i]);
	return group != NULL;
}

/* The fields that the role could set, for a sentence: "text, text_g, text_l or prompt". */
static const char *field_words(struct comfyui_graph *graph, enum comfyui_role role)
{
	const char *words = "";
	const char *last = NULL;

	for (size_t i = 0; i < RULE_COUNT * GROUPS * FIELDS; i++) {
		const struct rule *rule = &RULES[i / (GROUPS * FIELDS)];
		const char *field = rule->groups[i / FIELDS % GROUPS][i % FIELDS];

		if (rule->role != role || !field)
			continue;
		if (last)
			words = arena_printf(
				graph->arena, "%s%s%s", words, *words ? ", " : "", last);
		if (!words)
			break;
		last = field;
	}
	words = words && *words ? arena_printf(graph->arena, "%s or %s", words, last) : last;
	graph->no_memory |= !words;
	return words ? words : "";
}

static void refuse_tag(struct comfyui_graph *graph, const struct comfyui_node *node)
{
	enum comfyui_role role = (enum comfyui_role)node->role;

	if (role == COMFYUI_CLIP_LOADER && comfyui_node_input(node, "clip_name1")) {
		comfyui_graph_warn(graph,
			"%s loads several text encoders; they stay as they are in the "
			"template, "
			"and the tag clip_loader sets nothing.",
			comfyui_node_subject(graph, node));
		return;
	}
	comfyui_graph_error(graph,
		"%s is tagged %s, but has no input %s. Move the tag to the node that has it.",
		comfyui_node_subject(graph, node), comfyui_role_names[role],
		field_words(graph, role));
}

static void bind_node(struct comfyui_graph *graph, struct comfyui_node *node)
{
	bool bound = false;

	for (size_t i = 0; i < RULE_COUNT; i++)
		if ((int)RULES[i].role == node->role)
			bound |= bind_rule(graph, node, &RULES[i]);
	if (!bound)
		refuse_tag(graph, node);
}

/* With LoRAs to compare, the model they go onto stays the template's. */
static bool stays(const struct comfyui_graph *graph, const struct comfyui_node *node)
{
	return node->role == COMFYUI_UNET_LOADER &&
	       graph->template->roles[COMFYUI_LORA_LOADER].count > 0;
}

void comfyui_roles_bind(struct comfyui_graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		struct comfyui_node *node = &graph->nodes[i];

		if (node->role < 0 || stays(graph, node))
			continue;
		if (node->is_needed)
			bind_node(graph, node);
		else
			comfyui_graph_warn(graph,
				"%s is tagged %s, but the saved image does not depend on it: "
				"it is left as it is.",
				comfyui_node_subject(graph, node), comfyui_role_names[node->role]);
	}
}

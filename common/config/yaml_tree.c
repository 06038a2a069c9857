#include "config/yaml_tree.h"

#include <assert.h>
#include <stdio.h>
#include <yaml.h>

/* A list or mapping that is still open, and where its next item goes. */
struct level {
	struct yaml_node *node;
	struct yaml_node **tail;
	struct yaml_node *key; /* of a mapping: read, its value is next */
};

struct builder {
	struct arena *arena;
	struct yaml_fault *fault;
	struct level levels[YAML_DEPTH];
	size_t depth;
	struct yaml_node *root;
	unsigned documents;
};

static bool refuse(struct yaml_fault *fault, yaml_mark_t mark, const char *message)
{
	fault->line = (unsigned)mark.line + 1;
	fault->column = (unsigned)mark.column + 1;
	(void)snprintf(fault->message, sizeof(fault->message), "%s", message);
	return false;
}

/* Puts a finished scalar, or a list or mapping that begins, where the text has it. */
static bool add(struct builder *builder, struct yaml_node *node, yaml_mark_t mark)
{
	struct level *level;

	if (builder->depth == 0) {
		builder->root = node;
		return true;
	}
	level = &builder->levels[builder->depth - 1];
	assert(level->node);
	if (level->node->kind == YAML_MAPPING && !level->key) {
		if (node->kind != YAML_SCALAR)
			return refuse(builder->fault, mark, "a key must be a plain word");
		level->key = node;
		return true;
	}
	node->key = level->key;
	level->key = NULL;
	*level->tail = node;
	level->tail = &node->next;
	return true;
}

static bool begin(struct builder *builder, const yaml_event_t *event, enum yaml_node_kind kind)
{
	struct yaml_node *node = arena_alloc(builder->arena, sizeof(*node));

	if (!node)
		return refuse(builder->fault, event->start_mark, "out of memory");
	node->kind = kind;
	node->line = (unsigned)event->start_mark.line + 1;
	node->column = (unsigned)event->start_mark.column + 1;
	if (kind == YAML_SCALAR) {
		node->text = arena_text(
			builder->arena, (struct text){(const char *)event->data.scalar.value,
						event->data.scalar.length});
		node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
		if (!node->text.at)
			return refuse(builder->fault, event->start_mark, "out of memory");
		return add(builder, node, event->start_mark);
	}
	if (builder->depth == YAML_DEPTH)
		return refuse(builder->fault, event->start_mark, "nested too deep");
	if (!add(builder, node, event->start_mark))
		return false;
	builder->levels[builder->depth++] = (struct level){node, &node->first, NULL};
	return true;
}

/* Anchors and tags, wherever they may stand. */
static bool has_extras(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor || event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor || event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor || event->data.mapping_start.tag;
	default:
		return false;
	}
}

static bool take(struct builder *builder, const yaml_event_t *event)
{
	if (has_extras(event))
		return refuse(builder->fault, event->start_mark,
			"anchors (&name) and tags (!name) are not allowed");
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return refuse(builder->fault, event->start_mark, "aliases (*name) are not allowed");
	case YAML_DOCUMENT_START_EVENT:
		if (builder->documents++)
			return refuse(builder->fault, event->start_mark,
				"a second document begins here (---); only one is allowed");
		return true;
	case YAML_SCALAR_EVENT:
		return begin(builder, event, YAML_SCALAR);
	case YAML_SEQUENCE_START_EVENT:
		return begin(builder, event, YAML_LIST);
	case YAML_MAPPING_START_EVENT:
		return begin(builder, event, YAML_MAPPING);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		builder->depth--;
		return true;
	default:
		return true;
	}
}

static bool syntax_fault(struct yaml_fault *fault, const yaml_parser_t *parser)
{
	const char *problem = parser->problem ? parser->problem : "out of memory";

	(void)refuse(fault, parser->problem_mark, problem);
	if (parser->error == YAML_READER_ERROR) {
		/* The reader knows an offset in bytes, no line. */
		fault->line = 0;
		(void)snprintf(fault->message, sizeof(fault->message), "%s (byte %zu)", problem,
			parser->problem_offset + 1);
	} else if (parser->context) {
		(void)snprintf(
			fault->message, sizeof(fault->message), "%s, %s", parser->context, problem);
	}
	return false;
}

static bool parse_events(yaml_parser_t *parser, struct builder *builder)
{
	yaml_event_type_t type = YAML_NO_EVENT;

	while (type != YAML_STREAM_END_EVENT) {
		yaml_event_t event;
		bool taken;

		if (!yaml_parser_parse(parser, &event))
			return syntax_fault(builder->fault, parser);
		type = event.type;
		taken = take(builder, &event);
		yaml_event_delete(&event);
		if (!taken)
			return false;
	}
	return true;
}

const struct yaml_node *yaml_tree_parse(
	struct arena *arena, struct text source, struct yaml_fault *fault)
{
	struct builder builder = {.arena = arena, .fault = fault};
	yaml_mark_t start = {0};
	yaml_parser_t parser;
	bool done;

	if (!yaml_parser_initialize(&parser)) {
		(void)refuse(fault, start, "out of memory");
		return NULL;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)source.at, source.length);
	done = parse_events(&parser, &builder);
	yaml_parser_delete(&parser);
	if (!done)
		return NULL;
	if (!builder.root) {
		builder.root = arena_alloc(arena, sizeof(*builder.root));
		if (!builder.root) {
			(void)refuse(fault, start, "out of memory");
			return NULL;
		}
		builder.root->kind = YAML_MAPPING;
		builder.root->line = 1;
		builder.root->column = 1;
	}
	return builder.root;
}

#ifndef CONFIG_YAML_TREE_H
#define CONFIG_YAML_TREE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

/* How deep the text may nest; a configuration needs 2. */
#define YAML_DEPTH 8

enum yaml_node_kind { YAML_SCALAR, YAML_LIST, YAML_MAPPING };

/* A value of a YAML text and where it stands. All of it lives in the arena. */
struct yaml_node {
	enum yaml_node_kind kind;
	unsigned line;		 /* from 1 */
	unsigned column;	 /* from 1, in characters */
	struct text text;	 /* YAML_SCALAR: UTF-8, terminated, may hold any character */
	bool quoted;		 /* YAML_SCALAR: written with quotes or as a block */
	struct yaml_node *key;	 /* the key, when this is a value of a mapping */
	struct yaml_node *first; /* of a list or mapping */
	struct yaml_node *next;	 /* in the same list or mapping */
};

/* Why a text is refused, and where (line 0: nowhere in particular). */
struct yaml_fault {
	unsigned line;
	unsigned column;
	char message[256];
};

/*
 * Parses one YAML document. Aliases, anchors, tags, a second document and nesting beyond YAML_DEPTH
 * are refused: a configuration needs none of them, and each can be turned against its reader.
 * Returns NULL with the fault. An empty text is an empty mapping.
 */
const struct yaml_node *yaml_tree_parse(
	struct arena *arena, struct text source, struct yaml_fault *fault);

#endif

#ifndef COMFYUI_ROLES_H
#define COMFYUI_ROLES_H

#include "comfyui/graph.h"

/* Gives each node its role by its tag; notes roles that are not known. */
void comfyui_roles_read_tags(struct comfyui_graph *graph);

/*
 * Finds, for each tagged node, the places that its role sets, and notes them as edits; says what
 * cannot be set. Needs the tags, and which nodes are needed.
 */
void comfyui_roles_bind(struct comfyui_graph *graph);

/*
 * The first of the node's own inputs that the role sets for `setting`, literal or link. NULL if it
 * has none; also if the role never sets that.
 */
const struct json *comfyui_roles_field(
	const struct comfyui_node *node, enum comfyui_role role, enum comfyui_setting setting);

/*
 * The node that has the inputs for `setting` of the sampler `node`: itself, or the first on the way
 * of its links (`noise`, `guider`, `sigmas`, `sampler`). NULL if there is none.
 */
struct comfyui_node *comfyui_roles_follow_sampler(
	const struct comfyui_graph *graph, struct comfyui_node *node, enum comfyui_setting setting);

#endif

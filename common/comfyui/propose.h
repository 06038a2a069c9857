#ifndef COMFYUI_PROPOSE_H
#define COMFYUI_PROPOSE_H

#include "comfyui/graph.h"

/*
 * Infers, for the roles that no node carries, which nodes could, from the classes and links of the
 * graph; fills the template's `proposed_roles`. Warns of tags that contradict them.
 */
void comfyui_propose(struct comfyui_graph *graph);

#endif

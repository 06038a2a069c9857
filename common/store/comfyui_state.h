#ifndef STORE_COMFYUI_STATE_H
#define STORE_COMFYUI_STATE_H

#include "base/arena.h"
#include "base/text.h"
#include "store/store.h"

/* What the worker last knew of ComfyUI. Texts live in the caller's arena. */
struct store_comfyui_state {
	bool known; /* false: it has not looked yet, and the rest says nothing */
	bool connected;
	struct text error; /* empty when connected */
};

bool store_comfyui_state(struct store *store, struct arena *arena,
	struct store_comfyui_state *state, struct error *error);

#endif

#ifndef STORE_COMFYUI_STATE_H
#define STORE_COMFYUI_STATE_H

#include "base/arena.h"
#include "base/text.h"
#include "store/store.h"

/* What the worker last knew of ComfyUI. Texts live in the caller's arena. */
struct store_comfyui_state {
	bool known; /* false: it has not looked yet, and the rest says nothing */
	bool connected;
	struct text version;	/* empty when not known */
	struct text error;	/* empty when connected */
	struct text checked_at; /* RFC 3339 in UTC */
};

bool store_comfyui_state(struct store *store, struct arena *arena,
	struct store_comfyui_state *state, struct error *error);

/* Records what the worker knows as of now; `checked_at` is set here. For the worker alone. */
bool store_comfyui_set_state(
	struct store *store, const struct store_comfyui_state *state, struct error *error);

#endif

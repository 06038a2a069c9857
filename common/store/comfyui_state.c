#include "store/comfyui_state.h"

#include "store/connection.h"

bool store_comfyui_state(struct store *store, struct arena *arena,
	struct store_comfyui_state *state, struct error *error)
{
	struct store_query query;

	*state = (struct store_comfyui_state){0};
	store_query_begin(&query, store, STORE_COMFYUI_STATE);
	state->known = store_query_step(&query);
	if (state->known) {
		state->connected = store_query_number(&query, 0) != 0;
		state->error = store_query_text(&query, 1, arena);
	}
	return store_query_end(&query, error);
}

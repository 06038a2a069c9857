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
		state->version = store_query_text(&query, 1, arena);
		state->error = store_query_text(&query, 2, arena);
		state->checked_at = store_query_text(&query, 3, arena);
	}
	return store_query_end(&query, error);
}

bool store_comfyui_set_state(
	struct store *store, const struct store_comfyui_state *state, struct error *error)
{
	struct store_query query;

	store_query_begin(&query, store, STORE_COMFYUI_SET_STATE);
	store_query_bind_number(&query, 1, state->connected);
	store_query_bind(&query, 2, state->version);
	store_query_bind(&query, 3, state->error);
	store_query_bind_now(&query, 4);
	return store_query_run(&query, error);
}

#ifndef CGI_PRESET_INPUT_H
#define CGI_PRESET_INPUT_H

#include "http/http.h"
#include "store/preset.h"

/*
 * Reads a preset from the request's body. Every fault of the body is noted at its JSON pointer.
 * Returns false when the response is complete: a 422 with the faults, or an error.
 *
 * `input->name` is trimmed. `input->mapping` is the mapping as a GET answers it: a dimension that
 * is only in `combos` has gained the mode `multi`, and `combos` lists the dimensions without a role
 * whose mode is not `hide`: those of the body's `combos` in its order, then those of its
 * `filter_modes`.
 */
bool preset_input_read(const struct http_request *request, struct http_response *response,
	struct store_preset_input *input);

#endif

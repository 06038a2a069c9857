#ifndef CGI_SAMPLE_PRESET_INPUT_H
#define CGI_SAMPLE_PRESET_INPUT_H

#include "http/http.h"
#include "store/sample_preset.h"

/*
 * Reads a sample preset from the request's body. Every fault of the body is noted at its JSON
 * pointer. Returns false when the response is complete: a 422 with the faults, or an error.
 *
 * Names are trimmed; seeds come out as integers, however they came in, and cfgs in their shortest
 * form. A set whose longest output file name would not fit into LIMIT_FILE_NAME bytes, or that
 * makes more than LIMIT_JOB_ITEMS images, is a fault.
 */
bool sample_preset_input_read(const struct http_request *request, struct http_response *response,
	struct store_sample_preset_input *input);

#endif

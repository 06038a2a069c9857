#ifndef LIBRARY_SAFETENSORS_H
#define LIBRARY_SAFETENSORS_H

#include "base/arena.h"
#include "base/error.h"
#include "library/metadata.h"

/*
 * Reads the `__metadata__` of an open safetensors file: 8 bytes with the header's length (little
 * endian), then the header, JSON. Nothing is allocated before the length is plausible for the file,
 * and nothing after the header is read. Values that are no strings are given as their JSON text.
 * False with ERROR_DAMAGED if the file is not what its name says; with ERROR_UNAVAILABLE if it
 * cannot be read.
 */
bool library_read_safetensors(struct arena *arena, int descriptor,
	struct library_metadata *metadata, struct error *error);

/*
 * As above for a header in memory. Only `__metadata__` is parsed; all else is passed over, at most
 * looked at as far as is needed to find it, so that a header of any size costs no more than reading
 * it.
 */
bool library_parse_safetensors(struct arena *arena, struct text header,
	struct library_metadata *metadata, struct error *error);

#endif

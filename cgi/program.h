#ifndef CGI_PROGRAM_H
#define CGI_PROGRAM_H

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"

/* What the FastCGI programs share beyond http/. */

/*
 * Reads the configuration into the arena. False with ERROR_INVALID `invalid_config` and the first
 * fault; `checkpoint-sampler config` tells all of them.
 */
bool program_load_config(struct arena *arena, struct config **config, struct error *error);

#endif

#ifndef COMFYUI_CONFIGURED_H
#define COMFYUI_CONFIGURED_H

#include "base/error.h"
#include "config/config.h"

/* False with ERROR_CONFLICT `comfyui_not_configured` if the file has no key `comfyui`. */
bool comfyui_is_configured(const struct config *config, struct error *error);

#endif

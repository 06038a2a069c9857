#ifndef CGI_SAMPLE_PRESETS_H
#define CGI_SAMPLE_PRESETS_H

#include "http/http.h"

/* Handlers of /api/sample-presets; their context begins with a struct program. */

http_handler sample_presets_list;
http_handler sample_presets_create;
http_handler sample_presets_update;
http_handler sample_presets_delete;

#endif

#ifndef STACK_RENDER_H
#define STACK_RENDER_H

#include "config/config.h"

/*
 * Makes `runtime_dir` ready for the web server: its configuration, made of the files in
 * `root`/nginx (those that end in `.in` with their @names@ replaced), the directory of its
 * temporary files, and under `links/` symbolic links to the app (`root`/web/dist), sample_dir and
 * the cache. Every file is put in place atomically. Returns false with a sentence and the cause.
 */
bool stack_render(const struct config *config, const char *root, const char *runtime_dir,
	struct error *error);

#endif

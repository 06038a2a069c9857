#ifndef CGI_FEED_CHECK_H
#define CGI_FEED_CHECK_H

/*
 * Whether the live feed works, for /health: "ok" or a sentence. Knocks at the watcher's socket and
 * at websocketd's port in RUNTIME_DIR, and goes away again; neither makes work of that.
 */
const char *feed_check(void);

#endif

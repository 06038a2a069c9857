#ifndef CGI_FEED_CHECK_H
#define CGI_FEED_CHECK_H

/* How the live feed is, for /health. */
struct feed_state {
	const char *check; /* "ok" or a sentence */
	const char *note; /* what is worth knowing of it and degrades nothing; NULL if nothing is */
};

/*
 * Asks for it on a browser's way: over websocketd and a feed, to the watcher, which is not made to
 * watch by that. Takes at most a few seconds.
 */
struct feed_state feed_check(void);

#endif

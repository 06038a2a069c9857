#ifndef CGI_WATCHER_STATE_H
#define CGI_WATCHER_STATE_H

#include <stdint.h>

/* Room for a state, terminated. */
#define WATCHER_STATE_SIZE 16

/*
 * Asks the watcher how it is, for at most `patience` nanoseconds. That wakes it for a moment and
 * makes it watch nothing. Its answer is a word:
 *
 *   idle       nobody follows it, and it watches nothing
 *   inotify    it watches by events
 *   poll       it looks at directories in turn
 *   exhausted  likewise, for the kernel has no more events to give
 *   waiting    sample_dir is missing
 *
 * and where there is none: `away` if it does not run, `busy` if it does not answer.
 */
void watcher_ask(char state[static WATCHER_STATE_SIZE], int64_t patience);

#endif

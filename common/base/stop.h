#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <signal.h>
#include <stdbool.h>

/*
 * How a program with a loop is ended: by SIGTERM, SIGINT, or SIGUSR1, which multiwatch passes on
 * when it is told to stop.
 *
 * From stop_listen on they are blocked but while the program waits with the mask `*while_waiting`
 * (ppoll): one that comes between the question whether to stop and the wait is not lost, and what
 * is in work is not cut. SIGPIPE is ignored.
 */
void stop_listen(sigset_t *while_waiting);

/* True once such a signal has come. */
bool stop_requested(void);

#endif

#ifndef LIBRARY_SCAN_STATE_H
#define LIBRARY_SCAN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "library/runs.h"

/*
 * What the answer to a scan depends on, at one moment: the run's checkpoints and the state of their
 * sample directories, whose modification times change when a name in them comes, goes or is
 * replaced.
 */
struct library_scan_state {
	uint64_t fingerprint;
	bool cacheable; /* equal fingerprints mean equal answers; never so on network drives */
	bool settled;	/* no directory changed in the LIBRARY_SETTLED_NS before `now` */
};

/* Looks at the directories, not into them. `now` in nanoseconds since 1970. */
void library_read_scan_state(const struct config *config, const struct library_run *run,
	int64_t now, struct library_scan_state *state);

#endif

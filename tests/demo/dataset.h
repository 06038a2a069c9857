/* What the demo consists of: its training runs, their checkpoints and their samples. */
#ifndef DEMO_DATASET_H
#define DEMO_DATASET_H

#include "file.h"

/* Counts up whenever the data changes, so that older data is made anew. */
#define DEMO_DATASET_VERSION "2"

/* Makes checkpoints/ and samples/ in an existing directory. Stops early, and answers false without
 * a message, once `cancelled` answers true. */
bool demo_dataset_make(
	const char *directory, bool (*cancelled)(void), struct demo_failure *failure);

#endif

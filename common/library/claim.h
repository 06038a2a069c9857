#ifndef LIBRARY_CLAIM_H
#define LIBRARY_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "naming/image.h"

/*
 * Which of several files of one directory stands for a combination of dimensions (PRD 2.4): the
 * highest batch counter; between equal counters, and between files without one, the newer file,
 * then the first name; between the best without a counter and the best with one the newer, if
 * equally old the one without. The scan and the watch decide by the same rule.
 */
struct library_claimant {
	const void *file; /* the caller's own */
	struct text name;
	int64_t modified;
	bool has_counter;
	struct text counter; /* its digits, if it has one */
};

/* The best so far; `file` is NULL where there is none. Start with all zeros. */
struct library_claim {
	struct library_claimant plain;	 /* without a batch counter */
	struct library_claimant counted; /* with one */
};

/* True if `a` goes before `b`, both having a counter or both having none. */
static inline bool library_claim_precedes(
	const struct library_claimant *a, const struct library_claimant *b)
{
	int order = a->has_counter ? naming_compare_counters(a->counter, b->counter) : 0;

	if (order)
		return order > 0;
	if (a->modified != b->modified)
		return a->modified > b->modified;
	return text_compare(a->name, b->name) < 0;
}

static inline void library_claim_enter(
	struct library_claim *claim, const struct library_claimant *claimant)
{
	struct library_claimant *best = claimant->has_counter ? &claim->counted : &claim->plain;

	if (!best->file || library_claim_precedes(claimant, best))
		*best = *claimant;
}

/* The file that stands for the combination; NULL if none was entered. */
static inline const void *library_claim_winner(const struct library_claim *claim)
{
	if (!claim->plain.file || !claim->counted.file)
		return claim->plain.file ? claim->plain.file : claim->counted.file;
	return claim->counted.modified > claim->plain.modified ? claim->counted.file
							       : claim->plain.file;
}

#endif

#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/text.h"

/* What a hash begins with; another number makes another family of hashes. */
#define HASH_START UINT64_C(0xcbf29ce484222325)

/*
 * 64-bit FNV-1a, going on from `hash`. It tells things apart that nobody chose for being alike; it
 * is no seal. Ids, fingerprints and recipes that are kept are made of it: it stays what it is.
 */
static inline uint64_t hash_text(uint64_t hash, struct text bytes)
{
	for (size_t i = 0; i < bytes.length; i++)
		hash = (hash ^ (unsigned char)bytes.at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

#endif

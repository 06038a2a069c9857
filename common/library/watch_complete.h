#ifndef LIBRARY_WATCH_COMPLETE_H
#define LIBRARY_WATCH_COMPLETE_H

#include <stdint.h>

enum library_completeness {
	LIBRARY_COMPLETE, /* its format says that this is the end */
	LIBRARY_PARTIAL,  /* its format says that more is to come */
	LIBRARY_UNKNOWN	  /* not of a format that could tell, or with more behind its end */
};

/*
 * Whether an image file of `size` bytes, as it is open on the descriptor, has its end already:
 * whoever was not told when its writer closed it can know by nothing else. Reads a few bytes.
 */
enum library_completeness library_image_completeness(int descriptor, uint64_t size);

#endif

#include "library/writing.h"

#include <stdint.h>

#include "base/clock.h"

#define QUIET_MS INT64_C(10000)

bool library_being_written(const struct stat *status)
{
	int64_t modified =
		(int64_t)status->st_mtim.tv_sec * 1000 + status->st_mtim.tv_nsec / 1000000;
	int64_t age = clock_now() - modified;

	return age <= QUIET_MS && age >= -QUIET_MS;
}

#ifndef STORE_JOB_EXISTING_H
#define STORE_JOB_EXISTING_H

#include <stdbool.h>

#include "base/text.h"

/* What a job does where a picture stands in an item's place already. */
enum store_job_existing {
	STORE_JOB_SKIP,	   /* leaves it */
	STORE_JOB_UPDATE,  /* replaces it if it was made by another recipe */
	STORE_JOB_REPLACE, /* replaces it */
	STORE_JOB_EXISTING_COUNT
};

/* Their names, in the database and in the API. */
extern const char *const store_job_existing_names[STORE_JOB_EXISTING_COUNT];

/* The one of that name; false if there is none. */
bool store_job_existing_parse(struct text name, enum store_job_existing *existing);

/* What becomes of an item. */
enum store_job_start {
	STORE_JOB_PENDING,  /* to be rendered */
	STORE_JOB_EXISTS,   /* completed: its picture is there */
	STORE_JOB_OCCUPIED, /* skipped: a picture made by another recipe is there */
	STORE_JOB_START_COUNT
};

/* Why an item is skipped whose place is occupied. */
#define STORE_JOB_OCCUPIED_CODE "exists_other_recipe"
#define STORE_JOB_OCCUPIED_MESSAGE                                                              \
	"A picture made by another recipe is there already. Launch again with \"Replace those " \
	"made otherwise\", or move the file away and try again."

/* What becomes of an item in whose place a picture is; `same`: one made by the item's recipe. */
enum store_job_start store_job_start_of(enum store_job_existing existing, bool same);

#endif

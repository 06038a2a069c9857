#ifndef CGI_JOB_CHECK_H
#define CGI_JOB_CHECK_H

#include "job_values.h"

/*
 * Objects to what the plan's template cannot do with these values, and warns of what has no effect
 * in it.
 */
void job_check_template(
	struct input_reader *reader, struct job_plan *plan, const struct job_list *lists);

#endif

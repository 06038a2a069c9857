#include "job_plan.h"

void job_plan_object(struct input_reader *reader, struct job_plan *plan, const char *pointer,
	const char *sentence)
{
	if (sentence && arena_grow(reader->arena, &plan->objections, &plan->objection_capacity,
				plan->objection_count, sizeof(*plan->objections)))
		plan->objections[plan->objection_count++] =
			(struct job_objection){pointer, sentence};
	else
		reader->no_memory = true;
}

void job_plan_warn(struct input_reader *reader, struct job_plan *plan, const char *sentence)
{
	if (sentence && arena_grow(reader->arena, &plan->warnings, &plan->warning_capacity,
				plan->warning_count, sizeof(*plan->warnings)))
		plan->warnings[plan->warning_count++] = sentence;
	else
		reader->no_memory = true;
}

/* See overdue.h. */
#include "pipeline/overdue.h"

bool overdue_look(struct overdue *o, int64_t since_us, int64_t step_us, int64_t limit_us)
{
	if (since_us != o->since_us)
		*o = (struct overdue){.since_us = since_us};
	else if (since_us)
		o->worked_us += step_us < OVERDUE_STEP_MAX_US ? step_us : OVERDUE_STEP_MAX_US;
	return since_us && o->worked_us >= limit_us;
}

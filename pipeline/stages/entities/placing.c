/* Cues of place, and what heads a place's name with "of" between. See placing.h. */
#include "pipeline/stages/entities/placing.h"

#include "pipeline/stages/entities/cues.h"

bool placing_is_before(const struct reading *r, size_t first)
{
	return cue_before(r, first, CUE_IN | CUE_PLACE_CALLED).n != 0;
}

bool placing_may_be_before(const struct reading *r, size_t first)
{
	return cue_before(r, first, CUE_IN | CUE_TO | CUE_PLACE_CALLED).n != 0;
}

bool placing_may_be_person(const struct reading *r, size_t first)
{
	return cue_before(r, first, CUE_IN | CUE_TO | CUE_PLACE_CALLED | CUE_ARTICLE).n == 0;
}

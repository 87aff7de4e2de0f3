#include "producer/sink.h"

#include "pipeline/base/check.h"

const char *publish_cause_word(enum publish_cause cause)
{
	static const char *const words[] = {
	        [CAUSE_NONE] = "none",     [CAUSE_ASKED] = "asked",     [CAUSE_GENERATION] = "generation",
	        [CAUSE_OUTAGE] = "outage", [CAUSE_REFUSAL] = "refusal", [CAUSE_BEGIN] = "begin",
	        [CAUSE_PROBE] = "probe",   [CAUSE_OTHER] = "other",
	};
	CHECK(cause < sizeof(words) / sizeof(*words));
	return words[cause];
}

/*
 * Any bytes at all are a rule file or are refused with a place; and what was taken finds and cuts without going outside
 * of a text.
 */
#include "pipeline/base/check.h"
#include "pipeline/stages/cleanup/rules.h"
#include "pipeline/story.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void fuzz_warn(void *arg, const char *words)
{
	(void)arg;
	CHECK(strstr(words, "fuzz:"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct feed feeds[] = {{.name = STR_INIT("antara")}, {.name = STR_INIT("default")}};
	struct rules_world world = {.feeds = feeds, .n_feeds = 2, .warn = fuzz_warn};
	struct phrase_hit hits[24];
	struct err err = {0};
	struct rules *rules = rules_parse(str_make(data, n), "fuzz", &world, &err);
	CHECK(!rules == err_is_set(&err));
	if (!rules) {
		CHECK(strstr(err.words, "fuzz:"));
		return 0;
	}
	struct str text = STR("Read also: the book.\nBaca juga: 关于 Zorvex greets — the end of it. ENDS");
	size_t found = phrases_find(rules_phrases(rules), text, 0, text.n, hits, 24);
	for (size_t i = 0; i < found; i++)
		CHECK(hits[i].start < hits[i].end && hits[i].end <= text.n);
	rules_close(rules);
	return 0;
}

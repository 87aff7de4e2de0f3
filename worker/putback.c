/*
 * Putting back: what a dead letter's headers say.
 */
#include "worker/putback.h"

#include "pipeline/base/check.h"
#include "pipeline/replay.h"

const char *putback_words(enum putback_kind kind)
{
	static const char *const words[PUTBACK_KIND_COUNT] = {
	        [PUTBACK_GOOD] = "good",
	        [PUTBACK_OTHER_REASON] = "of other reasons or stages, left for later",
	        [PUTBACK_OTHER_TIME] = "from another time, left for later",
	        [PUTBACK_TRIED] = "that have died as often as --attempts allows, left for somebody to look at",
	        [PUTBACK_STUB] = "stubs without a value: their bytes stand only where wiredesk-origin says",
	        [PUTBACK_NO_ORIGIN] = "without a wiredesk-origin header that can be read",
	        [PUTBACK_NO_INPUT] = "from topics that are no input of this configuration, left for later",
	};
	CHECK(kind < PUTBACK_KIND_COUNT);
	return words[kind];
}

static enum reason putback_reason(struct str word)
{
	for (int i = 0; i < REASON_COUNT; i++) {
		if (str_is(word, reason_word((enum reason)i)))
			return (enum reason)i;
	}
	return REASON_NONE;
}

/* Its index, or their number. */
static size_t putback_input(struct str topic, const struct strings *inputs)
{
	size_t i = 0;
	while (i < inputs->n && !str_eq(topic, inputs->items[i]))
		i++;
	return i;
}

struct putback_found {
	struct str origin;
	struct str stage; /* of the set that is being read: a set's stage stands before its reason */
	int64_t attempts;
	bool stub;
	bool wanted;
};

static bool putback_matches(struct str wanted, struct str is)
{
	return wanted.n == 0 || str_eq(wanted, is);
}

/* A reason: one set more. */
static void putback_look_reason(struct str reason, const struct putback_filter *filter, struct putback_found *found,
                                struct putback *out)
{
	if (out->n_parts++ == 0) {
		out->reason = putback_reason(reason);
		out->stage = found->stage;
	}
	if (putback_matches(filter->reason, reason) && putback_matches(filter->stage, found->stage))
		found->wanted = true;
	found->stage = STR("");
}

static void putback_look(const struct header *header, const struct putback_filter *filter, struct putback_found *found,
                         struct putback *out)
{
	if (str_is(header->name, "wiredesk-origin"))
		found->origin = header->value;
	else if (str_is(header->name, "wiredesk-stub"))
		found->stub = true;
	else if (str_is(header->name, "wiredesk-attempts"))
		options_parse_int(header->value, &found->attempts);
	else if (str_is(header->name, "wiredesk-stage"))
		found->stage = header->value;
	else if (str_is(header->name, "wiredesk-reason"))
		putback_look_reason(header->value, filter, found, out);
}

static bool putback_in_time(int64_t time_ms, const struct putback_filter *filter)
{
	if (!filter->since_ms && !filter->until_ms)
		return true;
	return time_ms >= 0 && time_ms >= filter->since_ms && (!filter->until_ms || time_ms < filter->until_ms);
}

/* The first that holds: what nobody can use is told before what is not wanted, and that before what can't be done. */
static enum putback_kind putback_judge(const struct putback_record *record, const struct strings *inputs,
                                       const struct putback_filter *filter, const struct putback_found *found,
                                       struct putback *out)
{
	if (!found->origin.p || !replay_parse_origin(found->origin, &out->origin) || out->n_parts == 0)
		return PUTBACK_NO_ORIGIN;
	out->input = putback_input(out->origin.topic, inputs);
	if (!found->wanted)
		return PUTBACK_OTHER_REASON;
	if (!putback_in_time(record->time_ms, filter))
		return PUTBACK_OTHER_TIME;
	if (found->stub)
		return PUTBACK_STUB;
	if (out->input == inputs->n)
		return PUTBACK_NO_INPUT;
	return filter->attempts && found->attempts >= filter->attempts ? PUTBACK_TRIED : PUTBACK_GOOD;
}

void putback_read(const struct putback_record *record, const struct strings *inputs,
                  const struct putback_filter *filter, struct putback *out)
{
	struct putback_found found = {0};
	*out = (struct putback){0};
	for (size_t i = 0; i < record->n_headers; i++)
		putback_look(&record->headers[i], filter, &found, out);
	out->kind = putback_judge(record, inputs, filter, &found, out);
}

bool putback_keeps(const struct header *header)
{
	static const char *const kept[] = {"wiredesk-origin", "wiredesk-part", "wiredesk-attempts",
	                                   "wiredesk-first-seen"};
	if (!str_starts(header->name, STR("wiredesk-")))
		return true;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		if (str_is(header->name, kept[i]))
			return true;
	}
	return false;
}

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
	        [PUTBACK_OTHER_REASON] = "of other reasons, left for later",
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
	bool stub;
	bool wanted;
};

static void putback_look(const struct header *header, struct str reason, struct putback_found *found,
                         struct putback *out)
{
	if (str_is(header->name, "wiredesk-origin")) {
		found->origin = header->value;
	} else if (str_is(header->name, "wiredesk-stub")) {
		found->stub = true;
	} else if (str_is(header->name, "wiredesk-reason")) {
		if (out->n_parts++ == 0)
			out->reason = putback_reason(header->value);
		found->wanted = found->wanted || str_eq(header->value, reason);
	}
}

void putback_read(const struct header *headers, size_t n_headers, const struct strings *inputs, struct str reason,
                  struct putback *out)
{
	struct putback_found found = {.wanted = reason.n == 0};
	*out = (struct putback){0};
	for (size_t i = 0; i < n_headers; i++)
		putback_look(&headers[i], reason, &found, out);
	bool readable = found.origin.p && replay_parse_origin(found.origin, &out->origin);
	if (readable)
		out->input = putback_input(out->origin.topic, inputs);
	if (!readable || out->n_parts == 0)
		out->kind = PUTBACK_NO_ORIGIN;
	else if (!found.wanted)
		out->kind = PUTBACK_OTHER_REASON;
	else if (found.stub)
		out->kind = PUTBACK_STUB;
	else if (out->input == inputs->n)
		out->kind = PUTBACK_NO_INPUT;
	else
		out->kind = PUTBACK_GOOD;
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

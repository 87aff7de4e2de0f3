/*
 * Words and endings of stories: the tables behind story.h's enums, and the few functions every stage calls.
 */
#include "pipeline/story.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"

#include <inttypes.h>
#include <stdarg.h>

#define WORDS_MAX 500

static const struct {
	const char *word;
	const char *meaning;
} reasons[REASON_COUNT] = {
#define REASON(id, word, meaning) [REASON_##id] = {word, meaning},
#include "pipeline/reasons.def"
#undef REASON
};

const char *const verdict_words[] = {
        [VERDICT_ORIGINAL - 1] = "original", [VERDICT_EXACT - 1] = "exact",     [VERDICT_SYNDICATED - 1] = "syndicated",
        [VERDICT_REVISION - 1] = "revision", [VERDICT_EXCERPT - 1] = "excerpt", [VERDICT_UNJUDGED - 1] = "unjudged",
        [VERDICT_UNJUDGED] = NULL,
};

const char *reason_word(enum reason reason)
{
	CHECK(reason < REASON_COUNT);
	return reasons[reason].word;
}

const char *reason_meaning(enum reason reason)
{
	CHECK(reason < REASON_COUNT);
	return reasons[reason].meaning;
}

const char *verdict_word(enum verdict verdict)
{
	CHECK(verdict <= VERDICT_UNJUDGED);
	return verdict == VERDICT_NONE ? "none" : verdict_words[verdict - 1];
}

static void ending_set(struct call *call, struct ending *end, enum outcome outcome, enum reason reason)
{
	CHECK(outcome == OUTCOME_DROP || outcome == OUTCOME_DEAD);
	CHECK(reason != REASON_NONE);
	if (end->outcome != OUTCOME_OPEN)
		return;
	*end = (struct ending){outcome, reason, call->stage, str_of(reason_meaning(reason))};
}

static void ending_words(struct call *call, struct ending *end, const char *format, va_list args)
{
	char words[WORDS_MAX];
	int n = vsnprintf(words, sizeof(words), format, args);
	CHECK(n >= 0);
	struct str cut = str_make(words, (size_t)n < sizeof(words) ? (size_t)n : sizeof(words) - 1);
	/* What was cut off may have taken half a character with it. */
	end->words = arena_copy(call->keep, str_slice(cut, 0, utf8_valid_length(cut)));
}

enum answer story_drop(struct call *call, struct story *st, enum reason reason)
{
	ending_set(call, &st->end, OUTCOME_DROP, reason);
	return ANSWER_DROP;
}

enum answer story_dead(struct call *call, struct story *st, enum reason reason, const char *format, ...)
{
	bool first = st->end.outcome == OUTCOME_OPEN;
	ending_set(call, &st->end, OUTCOME_DEAD, reason);
	if (first && format) {
		va_list args;
		va_start(args, format);
		ending_words(call, &st->end, format, args);
		va_end(args);
	}
	return ANSWER_DEAD;
}

enum answer message_drop(struct call *call, struct message *msg, enum reason reason)
{
	ending_set(call, &msg->end, OUTCOME_DROP, reason);
	return ANSWER_DROP;
}

enum answer message_dead(struct call *call, struct message *msg, enum reason reason, const char *format, ...)
{
	bool first = msg->end.outcome == OUTCOME_OPEN;
	ending_set(call, &msg->end, OUTCOME_DEAD, reason);
	if (first && format) {
		va_list args;
		va_start(args, format);
		ending_words(call, &msg->end, format, args);
		va_end(args);
	}
	return ANSWER_DEAD;
}

/* The last edit that begins at or before `at`, plus one; 0: none. */
static size_t edits_before(const struct edit *edits, size_t n, size_t at)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (edits[middle].at.start <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t edits_raw_at(const struct edit *edits, size_t n, size_t at)
{
	size_t before = edits_before(edits, n, at);
	if (!before)
		return at;
	const struct edit *edit = &edits[before - 1];
	return at < edit->at.end ? edit->raw.start : edit->raw.end + (at - edit->at.end);
}

struct range edits_raw(const struct edit *edits, size_t n, struct range at)
{
	return (struct range){edits_raw_at(edits, n, at.start), edits_raw_at(edits, n, at.end)};
}

struct range story_raw(const struct story *st, struct range at)
{
	struct range raw = edits_raw(st->cleanup.edits, st->cleanup.n_edits, at);
	return (struct range){raw.start + st->cleanup.text_at, raw.end + st->cleanup.text_at};
}

bool story_is_update(const struct story *st)
{
	return st->decode.is_correction || ((st->done & GROUP_CLEANUP) && st->cleanup.is_update);
}

struct str story_headline(const struct story *st)
{
	return st->done & GROUP_CLEANUP ? st->cleanup.headline : st->decode.headline;
}

struct str story_body(const struct story *st)
{
	return st->done & GROUP_CLEANUP ? st->cleanup.body : st->decode.body;
}

const char *story_control(const struct story *st)
{
	const char *said = st->done & GROUP_CLEANUP ? st->cleanup.control : NULL;
	return st->decode.control ? st->decode.control : said;
}

enum pub_status story_pub_status(const struct story *st)
{
	bool is_clean = st->done & GROUP_CLEANUP;
	if (st->decode.pub_status == PUB_CANCELED || (is_clean && st->cleanup.is_kill))
		return PUB_CANCELED;
	/* What the story's own date is past holds nobody. */
	bool is_past = (st->done & GROUP_CREDITS) && st->credits.embargo.state &&
	               strcmp(st->credits.embargo.state, "passed") == 0;
	return is_clean && st->cleanup.is_embargoed && !is_past ? PUB_WITHHELD : st->decode.pub_status;
}

struct str story_language(const struct story *st)
{
	if ((st->done & GROUP_LANGUAGE) && st->language.reliable)
		return str_of(st->language.tag);
	if (st->decode.language.n)
		return st->decode.language;
	return STR("und");
}

struct str message_header(const struct message *msg, const char *name)
{
	for (size_t i = msg->n_headers; i-- > 0;) {
		if (str_is(msg->headers[i].name, name))
			return msg->headers[i].value;
	}
	return (struct str){0};
}

struct str position_id(struct arena *a, const struct position *at, uint32_t part)
{
	return arena_printf(a, "%.*s/%.*s/%" PRId32 "/%" PRId64 "/%" PRIu32, STR_ARG(at->cluster), STR_ARG(at->topic),
	                    at->partition, at->offset, part);
}

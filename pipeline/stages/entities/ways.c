/* Best ways, forwards and backwards. See ways.h. */
#include "pipeline/stages/entities/ways.h"

#include "pipeline/base/check.h"

#include <string.h>

#define WAYS_LANES 4
#define WAYS_NEVER (-100000000) /* lower than any sum of a sentence */

/* The closed labels, ascending as labels: of equal ways the first is taken. */
static const struct {
	uint8_t kind, lane;
} ways_closed[WAYS_CLOSED] = {{WAYS_SINGLE, 0}, {WAYS_LAST, 1}, {WAYS_SINGLE, 1}, {WAYS_LAST, 2},
                              {WAYS_SINGLE, 2}, {WAYS_LAST, 3}, {WAYS_SINGLE, 3}};

/* Labels that may stand behind closed ones. */
static const struct {
	uint8_t kind, lane;
} ways_opening[WAYS_OPENING] = {{WAYS_SINGLE, 0}, {WAYS_SINGLE, 1}, {WAYS_SINGLE, 2}, {WAYS_SINGLE, 3},
                                {WAYS_BEGIN, 1},  {WAYS_BEGIN, 2},  {WAYS_BEGIN, 3}};

/* A kind's part of a type's four labels. */
static const uint8_t ways_parts[WAYS_KINDS] = {[WAYS_SINGLE] = LABEL_SINGLE,
                                               [WAYS_BEGIN] = LABEL_BEGIN,
                                               [WAYS_LAST] = LABEL_LAST,
                                               [WAYS_INSIDE] = LABEL_INSIDE};

/* The label of a lane of a kind; lane 0 counts as outside. */
static unsigned ways_label(unsigned kind, unsigned lane)
{
	return lane ? (lane - 1) * LABELS_OF_TYPE + ways_parts[kind] : LABEL_OUTSIDE;
}

static ways_lanes ways_all(int32_t value)
{
	return (ways_lanes){value, value, value, value};
}

/* Where the mask is set one, elsewhere the other. */
static ways_lanes ways_choose(ways_lanes mask, ways_lanes one, ways_lanes other)
{
	return (mask & one) | (~mask & other);
}

static ways_lanes ways_larger(ways_lanes one, ways_lanes other)
{
	return ways_choose(one > other, one, other);
}

/* --- grammar ----------------------------------------------------------------------------------------------------- */

/* From a label to those of a kind; the lane that is nobody's is never taken. */
static ways_lanes ways_read(const int16_t follows[TAGGER_LABELS][TAGGER_LABELS], unsigned from, unsigned kind)
{
	ways_lanes out = ways_all(WAYS_NEVER);
	for (unsigned lane = kind == WAYS_SINGLE ? 0 : 1; lane < WAYS_LANES; lane++)
		if (tagger_file_may_follow(from, ways_label(kind, lane)))
			out[lane] = follows[from][ways_label(kind, lane)];
	return out;
}

/* The same from all labels of a kind to one. */
static ways_lanes ways_read_back(const int16_t follows[TAGGER_LABELS][TAGGER_LABELS], unsigned kind, unsigned to)
{
	ways_lanes out = ways_all(WAYS_NEVER);
	for (unsigned lane = kind == WAYS_SINGLE ? 0 : 1; lane < WAYS_LANES; lane++)
		if (tagger_file_may_follow(ways_label(kind, lane), to))
			out[lane] = follows[ways_label(kind, lane)][to];
	return out;
}

void ways_read_grammar(const int16_t follows[TAGGER_LABELS][TAGGER_LABELS], struct ways_grammar *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned k = 0; k < WAYS_CLOSED; k++) {
		unsigned from = ways_label(ways_closed[k].kind, ways_closed[k].lane);
		out->closed_single[k] = ways_read(follows, from, WAYS_SINGLE);
		out->closed_begin[k] = ways_read(follows, from, WAYS_BEGIN);
	}
	for (unsigned k = 0; k < WAYS_OPENING; k++) {
		unsigned to = ways_label(ways_opening[k].kind, ways_opening[k].lane);
		out->to_opening[k][0] = ways_read_back(follows, WAYS_SINGLE, to);
		out->to_opening[k][1] = ways_read_back(follows, WAYS_LAST, to);
	}
	for (unsigned from = 0; from < 2; from++)
		for (unsigned to = 0; to < 2; to++)
			for (unsigned lane = 1; lane < WAYS_LANES; lane++)
				out->open[from][to][lane] = follows[ways_label(from ? WAYS_INSIDE : WAYS_BEGIN, lane)]
				                                   [ways_label(to ? WAYS_INSIDE : WAYS_LAST, lane)];
	for (unsigned kind = 0; kind < WAYS_KINDS; kind++)
		out->end[kind] = ways_read_back(follows, kind, LABEL_OUTSIDE);
	out->outside = follows[LABEL_OUTSIDE][LABEL_OUTSIDE];
}

/* --- forwards ---------------------------------------------------------------------------------------------------- */

typedef int16_t ways_short __attribute__((vector_size(16)));

static ways_short ways_interleave_low(ways_short a, ways_short b)
{
	return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

static ways_short ways_interleave_high(ways_short a, ways_short b)
{
	return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/* Of short numbers that stand twice each. */
static ways_lanes ways_widen(ways_short twice)
{
	return (ways_lanes)twice >> 16;
}

/* A row for each type becomes a lane for each. */
void ways_set_scores(struct ways_step *step, const int16_t scores[WAYS_SCORES])
{
	static const ways_short nobody = {0, 0, 0, 0, -1, -1, -1, -1};
	ways_short one, other;
	memcpy(&one, scores, sizeof(one));
	memcpy(&other, scores + WAYS_SCORES / 2, sizeof(other));
	one &= nobody;
	ways_short low = ways_interleave_low(one, other), high = ways_interleave_high(one, other);
	ways_short begin_inside = ways_interleave_low(low, high), last_single = ways_interleave_high(low, high);
	step->score[WAYS_BEGIN] = ways_widen(ways_interleave_low(begin_inside, begin_inside));
	step->score[WAYS_INSIDE] = ways_widen(ways_interleave_high(begin_inside, begin_inside));
	step->score[WAYS_LAST] = ways_widen(ways_interleave_low(last_single, last_single));
	step->score[WAYS_SINGLE] = ways_widen(ways_interleave_high(last_single, last_single));
}

/* Ways on from closed labels. */
static void ways_go_closed(const struct ways_grammar *g, const ways_lanes from[WAYS_KINDS], struct ways_step *step)
{
	ways_lanes single = ways_all(2 * WAYS_NEVER), begin = single;
	for (unsigned k = 0; k < WAYS_CLOSED; k++) {
		ways_lanes value = ways_all(from[ways_closed[k].kind][ways_closed[k].lane]);
		single = ways_larger(value + g->closed_single[k], single);
		begin = ways_larger(value + g->closed_begin[k], begin);
	}
	step->best[WAYS_SINGLE] = single + step->score[WAYS_SINGLE];
	step->best[WAYS_BEGIN] = begin + step->score[WAYS_BEGIN];
}

/* Ways on from open labels. */
static void ways_go_open(const struct ways_grammar *g, const ways_lanes from[WAYS_KINDS], struct ways_step *step)
{
	for (unsigned to = 0; to < 2; to++) {
		unsigned kind = to ? WAYS_INSIDE : WAYS_LAST;
		ways_lanes begin = from[WAYS_BEGIN] + g->open[0][to], inside = from[WAYS_INSIDE] + g->open[1][to];
		step->best[kind] = ways_larger(inside, begin) + step->score[kind];
	}
}

/* What stands before a stretch: outside. */
static void ways_begin(ways_lanes from[WAYS_KINDS])
{
	for (unsigned kind = 0; kind < WAYS_KINDS; kind++)
		from[kind] = ways_all(WAYS_NEVER);
	from[WAYS_SINGLE][0] = 0;
}

/* Which of the closed labels is the best to come from; of equal ones the first. */
struct ways_end {
	unsigned closed;
	int32_t score;
};

static struct ways_end ways_find_end(const struct ways_grammar *g, const ways_lanes last[WAYS_KINDS])
{
	struct ways_end end = {.score = 2 * WAYS_NEVER};
	for (unsigned k = 0; k < WAYS_CLOSED; k++) {
		unsigned kind = ways_closed[k].kind, lane = ways_closed[k].lane;
		int32_t score = last[kind][lane] + g->end[kind][lane];
		if (score > end.score)
			end = (struct ways_end){k, score};
	}
	return end;
}

bool ways_find(const struct ways_grammar *g, struct ways_step *steps, size_t n, int32_t *score)
{
	ways_lanes outside[WAYS_KINDS];
	const ways_lanes *from = outside;
	ways_begin(outside);
	for (size_t i = 0; i < n; i++) {
		ways_go_closed(g, from, &steps[i]);
		ways_go_open(g, from, &steps[i]);
		from = steps[i].best;
	}
	*score = ways_find_end(g, from).score;
	/* Of ways that are equal the one that is outside is taken, at each word. */
	return *score > (int32_t)n * g->outside + g->end[WAYS_SINGLE][0];
}

/* --- the best way ------------------------------------------------------------------------------------------------ */

struct ways_at {
	unsigned kind, lane;
};

/* The label before one, on the best way; from: ways up to there. */
static struct ways_at ways_before(const struct ways_grammar *g, const ways_lanes from[WAYS_KINDS], struct ways_at at)
{
	struct ways_end before = {.score = 2 * WAYS_NEVER};
	if (at.kind == WAYS_LAST || at.kind == WAYS_INSIDE) {
		unsigned to = at.kind == WAYS_INSIDE;
		bool inside = from[WAYS_INSIDE][at.lane] + g->open[1][to][at.lane] >
		              from[WAYS_BEGIN][at.lane] + g->open[0][to][at.lane];
		return (struct ways_at){inside ? WAYS_INSIDE : WAYS_BEGIN, at.lane};
	}
	const ways_lanes *grammar = at.kind == WAYS_SINGLE ? g->closed_single : g->closed_begin;
	for (unsigned k = 0; k < WAYS_CLOSED; k++) {
		int32_t score = from[ways_closed[k].kind][ways_closed[k].lane] + grammar[k][at.lane];
		if (score > before.score)
			before = (struct ways_end){k, score};
	}
	return (struct ways_at){ways_closed[before.closed].kind, ways_closed[before.closed].lane};
}

void ways_trace(const struct ways_grammar *g, const struct ways_step *steps, size_t n, uint8_t *labels)
{
	unsigned end = ways_find_end(g, steps[n - 1].best).closed;
	struct ways_at at = {ways_closed[end].kind, ways_closed[end].lane};
	for (size_t i = n; i-- > 0;) {
		labels[i] = (uint8_t)ways_label(at.kind, at.lane);
		if (i)
			at = ways_before(g, steps[i - 1].best, at);
	}
}

/* --- backwards --------------------------------------------------------------------------------------------------- */

static void ways_go_back(const struct ways_grammar *g, const struct ways_step *next, ways_lanes rest[WAYS_KINDS])
{
	ways_lanes on[WAYS_KINDS];
	for (unsigned kind = 0; kind < WAYS_KINDS; kind++)
		on[kind] = next->score[kind] + next->rest[kind];
	rest[WAYS_SINGLE] = rest[WAYS_LAST] = ways_all(2 * WAYS_NEVER);
	for (unsigned k = 0; k < WAYS_OPENING; k++) {
		ways_lanes value = ways_all(on[ways_opening[k].kind][ways_opening[k].lane]);
		rest[WAYS_SINGLE] = ways_larger(value + g->to_opening[k][0], rest[WAYS_SINGLE]);
		rest[WAYS_LAST] = ways_larger(value + g->to_opening[k][1], rest[WAYS_LAST]);
	}
	rest[WAYS_BEGIN] = ways_larger(g->open[0][0] + on[WAYS_LAST], g->open[0][1] + on[WAYS_INSIDE]);
	rest[WAYS_INSIDE] = ways_larger(g->open[1][0] + on[WAYS_LAST], g->open[1][1] + on[WAYS_INSIDE]);
}

void ways_find_rests(const struct ways_grammar *g, struct ways_step *steps, size_t n)
{
	memcpy(steps[n - 1].rest, g->end, sizeof(g->end));
	for (size_t i = n - 1; i-- > 0;)
		ways_go_back(g, &steps[i + 1], steps[i].rest);
}

int32_t ways_past(const struct ways_grammar *g, const struct ways_step *steps, size_t first, size_t last)
{
	return steps[first].best[WAYS_SINGLE][0] + steps[last].rest[WAYS_SINGLE][0] +
	       (int32_t)(last - first) * g->outside;
}

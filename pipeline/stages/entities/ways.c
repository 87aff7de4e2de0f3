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

void ways_read_grammar(const int16_t follows[TAGGER_LABELS][TAGGER_LABELS], struct ways_grammar *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned k = 0; k < WAYS_CLOSED; k++) {
		unsigned from = ways_label(ways_closed[k].kind, ways_closed[k].lane);
		out->closed_single[k] = ways_read(follows, from, WAYS_SINGLE);
		out->closed_begin[k] = ways_read(follows, from, WAYS_BEGIN);
	}
	for (unsigned from = 0; from < 2; from++)
		for (unsigned to = 0; to < 2; to++)
			for (unsigned lane = 1; lane < WAYS_LANES; lane++)
				out->open[from][to][lane] = follows[ways_label(from ? WAYS_INSIDE : WAYS_BEGIN, lane)]
				                                   [ways_label(to ? WAYS_INSIDE : WAYS_LAST, lane)];
	for (unsigned kind = 0; kind < WAYS_KINDS; kind++) {
		out->end[kind] = ways_all(WAYS_NEVER);
		for (unsigned lane = kind == WAYS_SINGLE ? 0 : 1; lane < WAYS_LANES; lane++)
			if (tagger_file_may_follow(ways_label(kind, lane), LABEL_OUTSIDE))
				out->end[kind][lane] = follows[ways_label(kind, lane)][LABEL_OUTSIDE];
	}
	out->outside = follows[LABEL_OUTSIDE][LABEL_OUTSIDE];
}

/* --- forwards ---------------------------------------------------------------------------------------------------- */

void ways_set_scores(struct ways_step *step, const int16_t scores[TAGGER_LABELS - 1])
{
	for (unsigned kind = 0; kind < WAYS_KINDS; kind++) {
		const int16_t *score = scores + ways_parts[kind] - 1;
		step->score[kind] = (ways_lanes){0, score[0], score[LABELS_OF_TYPE], score[2 * LABELS_OF_TYPE]};
	}
}

/* A way's number: kind and lane. */
static int32_t ways_number(unsigned kind, unsigned lane)
{
	return (int32_t)(kind * WAYS_LANES + lane);
}

/* Ways on from closed labels. */
static void ways_go_closed(const struct ways_grammar *g, const ways_lanes from[WAYS_KINDS], struct ways_step *step)
{
	ways_lanes single = ways_all(2 * WAYS_NEVER), begin = single, before_single = {0}, before_begin = {0};
	for (unsigned k = 0; k < WAYS_CLOSED; k++) {
		unsigned kind = ways_closed[k].kind, lane = ways_closed[k].lane;
		ways_lanes value = ways_all(from[kind][lane]), number = ways_all(ways_number(kind, lane));
		ways_lanes to_single = value + g->closed_single[k], to_begin = value + g->closed_begin[k];
		before_single = ways_choose(to_single > single, number, before_single);
		before_begin = ways_choose(to_begin > begin, number, before_begin);
		single = ways_larger(to_single, single);
		begin = ways_larger(to_begin, begin);
	}
	step->best[WAYS_SINGLE] = single + step->score[WAYS_SINGLE];
	step->best[WAYS_BEGIN] = begin + step->score[WAYS_BEGIN];
	step->before[WAYS_SINGLE] = before_single;
	step->before[WAYS_BEGIN] = before_begin;
}

/* Ways on from open labels. */
static void ways_go_open(const struct ways_grammar *g, const ways_lanes from[WAYS_KINDS], struct ways_step *step)
{
	static const ways_lanes lanes = {0, 1, 2, 3};
	for (unsigned to = 0; to < 2; to++) {
		unsigned kind = to ? WAYS_INSIDE : WAYS_LAST;
		ways_lanes begin = from[WAYS_BEGIN] + g->open[0][to], inside = from[WAYS_INSIDE] + g->open[1][to];
		step->best[kind] = ways_larger(inside, begin) + step->score[kind];
		step->before[kind] = lanes + ways_choose(inside > begin, ways_all(ways_number(WAYS_INSIDE, 0)),
		                                         ways_all(ways_number(WAYS_BEGIN, 0)));
	}
}

int32_t ways_find(const struct ways_grammar *g, struct ways_step *steps, size_t n, uint8_t *labels)
{
	ways_lanes outside[WAYS_KINDS];
	const ways_lanes *from = outside;
	for (unsigned kind = 0; kind < WAYS_KINDS; kind++)
		outside[kind] = ways_all(WAYS_NEVER);
	outside[WAYS_SINGLE][0] = 0;
	for (size_t i = 0; i < n; i++) {
		ways_go_closed(g, from, &steps[i]);
		ways_go_open(g, from, &steps[i]);
		from = steps[i].best;
	}
	int32_t best = 2 * WAYS_NEVER, way = 0;
	for (unsigned k = 0; k < WAYS_CLOSED; k++) {
		unsigned kind = ways_closed[k].kind, lane = ways_closed[k].lane;
		int32_t score = from[kind][lane] + g->end[kind][lane];
		way = score > best ? ways_number(kind, lane) : way;
		best = score > best ? score : best;
	}
	for (size_t i = n; i-- > 0;) {
		unsigned kind = (unsigned)way / WAYS_LANES, lane = (unsigned)way % WAYS_LANES;
		labels[i] = (uint8_t)ways_label(kind, lane);
		way = steps[i].before[kind][lane];
	}
	return best;
}

/* --- backwards --------------------------------------------------------------------------------------------------- */

static int32_t ways_largest(ways_lanes lanes)
{
	int32_t one = lanes[0] > lanes[1] ? lanes[0] : lanes[1], other = lanes[2] > lanes[3] ? lanes[2] : lanes[3];
	return one > other ? one : other;
}

static void ways_go_back(const struct ways_grammar *g, const struct ways_step *next, ways_lanes rest[WAYS_KINDS])
{
	ways_lanes on[WAYS_KINDS];
	for (unsigned kind = 0; kind < WAYS_KINDS; kind++)
		on[kind] = next->score[kind] + next->rest[kind];
	rest[WAYS_LAST] = ways_all(WAYS_NEVER);
	for (unsigned k = 0; k < WAYS_CLOSED; k++)
		rest[ways_closed[k].kind][ways_closed[k].lane] = ways_largest(
		        ways_larger(g->closed_single[k] + on[WAYS_SINGLE], g->closed_begin[k] + on[WAYS_BEGIN]));
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

/*
 * How it is told. Shared text is measured first. Where much is shared, facts decide whether it is the same story:
 *
 *  - Other numbers in most of the frames that both have: two bulletins, two matches, two market reports.
 *  - Another headline, and facts on both sides that the other side has not: two events of one press office.
 *  - The same headline within a day: one story, whatever was changed in it.
 *  - The earlier text almost whole under a new opening: news of the same event, whatever names the new lead brings.
 *  - A name in another's place, and hardly a word besides: the same story corrected, or one told in the same words; no
 *    copy.
 *
 * All-caps text has no names, and only its numbers count. The limits below were found on half of a development set and
 * scored on the other half (tests/quality/dedup).
 */
#include "pipeline/stages/dedup/likeness.h"

#include <string.h>

_Static_assert(SKETCH_MINIMA % 16 == 0, "minima are compared sixteen at a time");
_Static_assert(SKETCH_MINIMA / 16 <= 15 && SKETCH_MINIMA <= UINT8_MAX, "none of the sums runs over");

/* So much of the shorter text is shared where one is copied (likeness_limits say how much must be, for one story). */
#define LIKENESS_COPY_SHARE 0.8
/* … and so much of both, that nothing else was done to it. */
#define LIKENESS_NEAR_SHARE 0.9
/* Of so many numbers in common frames, at least, too few are the same: another event. */
#define LIKENESS_NUMBERS_MIN 4
/* A correction changes no more numbers than that; and so many that agree are sure. */
#define LIKENESS_CORRECTED_MAX 3
#define LIKENESS_NUMBERS_SURE  6
/* Facts that each side has for itself make two events: twice as many where one is marked as a new version; under the
 * same headline ("News in brief") so many times. */
#define LIKENESS_SERIES_FACTS 3
/* Numbers on both sides, in nearly the same text, that are a correction. */
#define LIKENESS_NUMBERS_CHANGED 2
/* The same headline: so many words at least, this share of them the same … */
#define LIKENESS_HEADLINE_WORDS_MIN 3
#define LIKENESS_HEADLINE_SAME      0.9
/* … or one is a part of the other, or so many words more than a beginning of it, which is this share of the shorter. */
#define LIKENESS_HEADLINE_BEGINNING_MIN 4
#define LIKENESS_HEADLINE_CUT_MIN       2
#define LIKENESS_HEADLINE_SHARE_MIN     0.75
#define LIKENESS_HEADLINE_AGE_MS        (INT64_C(24) * 3600 * 1000)
/* The lead of a longer story, where it is told by samples. */
#define LIKENESS_LEAD_SAMPLES   6
#define LIKENESS_LEAD_SHARE_MIN 0.3
/* Added text: so much longer, and so much of it new. */
#define LIKENESS_LONGER_MIN   1.25
#define LIKENESS_NEW_MIN      0.25
#define LIKENESS_NEW_SHINGLES 60
/* A new lead: of the minima of both openings no more are equal; so many new shingles, and with them stands nearly all
 * of the earlier story, or this share of either in the other, within a day. */
#define LIKENESS_OPENING_MAX   2
#define LIKENESS_LEAD_SHINGLES 20
#define LIKENESS_ALL_SHARE     0.93
#define LIKENESS_MOST_SHARE    0.7
#define LIKENESS_LEAD_NAMES    3
#define LIKENESS_LEAD_AGE_MS   (INT64_C(24) * 3600 * 1000)
/* One fact put in the place of another: not more shingles than it touches differ. */
#define LIKENESS_REPLACED_SHINGLES 10
/* A bulletin in capitals is the next one of the same event where so much of it stands, so many numbers are the same and
 * twice as many as have changed, within half a day. */
#define LIKENESS_BULLETIN_SHARE  0.9
#define LIKENESS_BULLETIN_AGE_MS (INT64_C(12) * 3600 * 1000)
/* A cut copy: so much of it stands in the other one, which is so much longer. */
#define LIKENESS_CUT_SHARE  0.85
#define LIKENESS_CUT_LENGTH 0.85
/* A part of another story under another headline, and marked as new: so much of the shorter text stands in the longer.
 */
#define LIKENESS_MARKED_SHARE 0.65
/* A quotation: a passage of so many shingles at least, this share of the one that quotes. */
#define LIKENESS_QUOTE_SHINGLES 12
#define LIKENESS_QUOTE_SHARE    0.08

/* --- shared text ------------------------------------------------------------------------------------------------ */

/* 1 in each half byte that is not 0. */
static uint64_t likeness_ones(uint64_t w)
{
	w |= w >> 2;
	w |= w >> 1;
	return w & UINT64_C(0x1111111111111111);
}

/* The sum of all half bytes, none of which is above 15. */
static int likeness_sum(uint64_t w)
{
	const uint64_t every_other = UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (int)(((w & every_other) + (w >> 4 & every_other)) * UINT64_C(0x0101010101010101) >> 56);
}

/* The share of shingles of either text that both have. Sixteen minima are compared at a time; of those that both have
 * and that differ, one in 15 is equal by chance. */
static double likeness_jaccard(const struct sketch_text *a, const struct sketch_text *b)
{
	uint64_t in_a = 0, in_b = 0, in_either = 0, differ = 0;
	for (size_t i = 0; i < sizeof(a->minima); i += sizeof(uint64_t)) {
		uint64_t x, y;
		memcpy(&x, a->minima + i, sizeof(x));
		memcpy(&y, b->minima + i, sizeof(y));
		in_a += likeness_ones(x);
		in_b += likeness_ones(y);
		in_either += likeness_ones(x | y);
		differ += likeness_ones(x ^ y);
	}
	int in_one = likeness_sum(in_either), in_both = likeness_sum(in_a) + likeness_sum(in_b) - in_one;
	int equal = in_one - likeness_sum(differ);
	if (!in_one)
		return 0;
	const double chance = 1.0 / SKETCH_MINIMUM_MAX;
	double same = (equal - chance * in_both) / (1 - chance);
	return same < 0 ? 0 : same / in_one;
}

/* Of the minima of both openings, how many are equal? Chance alone makes it a half of one. */
static int likeness_opening(const struct sketch_text *a, const struct sketch_text *b)
{
	int equal = 0;
	for (size_t i = 0; i < SKETCH_OPENING_MINIMA; i++) {
		unsigned x = sketch_minimum(a->opening, i);
		equal += x && x == sketch_minimum(b->opening, i);
	}
	return equal;
}

static void likeness_shares(const struct sketch_text *own, const struct sketch_text *other, struct likeness *out)
{
	double n = own->n_shingles, m = other->n_shingles, least = n < m ? n : m;
	double jaccard = likeness_jaccard(own, other), shared = jaccard / (1 + jaccard) * (n + m);
	if (shared > least)
		shared = least;
	out->own_share = shared / n;
	out->other_share = shared / m;
	out->share = shared / least;
}

/* --- facts ------------------------------------------------------------------------------------------------------ */

static bool likeness_has_number(const struct sketch_number *numbers, size_t n, uint16_t value)
{
	for (size_t i = 0; i < n; i++)
		if (numbers[i].value == value)
			return true;
	return false;
}

static bool likeness_has(const uint16_t *values, size_t n, uint16_t value)
{
	for (size_t i = 0; i < n; i++)
		if (values[i] == value)
			return true;
	return false;
}

/* Numbers of a that b has not, each value once; not words like "18th", which noise makes of others. The bits are of
 * those of which this is sure: of a full list nobody knows what stands behind its last frame. */
static int likeness_only_numbers(const struct sketch_text *a, const struct sketch_text *b, uint32_t *bits)
{
	int n = 0;
	uint16_t last = b->n_numbers == SKETCH_NUMBERS_MAX ? b->numbers[SKETCH_NUMBERS_MAX - 1].frame : UINT16_MAX;
	for (size_t i = 0; i < a->n_numbers; i++) {
		uint16_t value = a->numbers[i].value;
		bool is_only = !likeness_has_number(a->numbers, i, value) &&
		               !likeness_has_number(b->numbers, b->n_numbers, value);
		*bits |= (uint32_t)(is_only && a->numbers[i].frame <= last) << i;
		n += is_only && value < SKETCH_NUMBER_MIXED_MIN;
	}
	return n;
}

static int likeness_only_names(const struct sketch_text *a, const struct sketch_text *b, uint32_t *bits)
{
	int n = 0;
	for (size_t i = 0; i < a->n_names; i++) {
		bool is_only = !likeness_has(b->names, b->n_names, a->names[i]);
		*bits |= (uint32_t)is_only << i;
		n += is_only;
	}
	return n;
}

/* The numbers in one frame: those of a from i on, those of b from k on; both ascending by value. */
static void likeness_frame(const struct sketch_text *a, size_t *i, const struct sketch_text *b, size_t *k,
                           struct likeness *out)
{
	uint16_t frame = a->numbers[*i].frame;
	int only_a = 0, only_b = 0;
	for (;;) {
		bool in_a = *i < a->n_numbers && a->numbers[*i].frame == frame;
		bool in_b = *k < b->n_numbers && b->numbers[*k].frame == frame;
		if (!in_a && !in_b)
			break;
		if (in_a && in_b && a->numbers[*i].value == b->numbers[*k].value) {
			out->same++;
			(*i)++;
			(*k)++;
		} else if (in_a && (!in_b || a->numbers[*i].value < b->numbers[*k].value)) {
			only_a++;
			(*i)++;
		} else {
			only_b++;
			(*k)++;
		}
	}
	out->changed += only_a < only_b ? only_a : only_b;
}

static void likeness_frames(const struct sketch_text *a, const struct sketch_text *b, struct likeness *out)
{
	for (size_t i = 0, k = 0; i < a->n_numbers && k < b->n_numbers;) {
		if (a->numbers[i].frame < b->numbers[k].frame)
			i++;
		else if (a->numbers[i].frame > b->numbers[k].frame)
			k++;
		else
			likeness_frame(a, &i, b, &k, out);
	}
}

static void likeness_facts(const struct sketch_text *own, const struct sketch_text *other, struct likeness *out)
{
	likeness_frames(own, other, out);
	out->only_own = likeness_only_numbers(own, other, &out->own_numbers);
	out->only_other = likeness_only_numbers(other, own, &out->other_numbers);
	if ((own->flags | other->flags) & SKETCH_CAPITALS)
		return;
	out->only_own += likeness_only_names(own, other, &out->own_names);
	out->only_other += likeness_only_names(other, own, &out->other_names);
}

/* --- headlines -------------------------------------------------------------------------------------------------- */

static void likeness_headlines(const struct sketch_text *own, const struct sketch_text *other, struct likeness *out)
{
	size_t common = 0, beginning = 0, n = own->n_headline, m = other->n_headline, least = n < m ? n : m;
	for (size_t i = 0; i < n; i++)
		common += likeness_has(other->headline, m, own->headline[i]);
	while (beginning < least && own->headline[beginning] == other->headline[beginning])
		beginning++;
	out->headline = n + m ? (double)common / (double)(n + m - common) : 0;
	if (common < LIKENESS_HEADLINE_WORDS_MIN)
		return;
	size_t lengths_differ = n < m ? m - n : n - m;
	bool is_cut = beginning >= LIKENESS_HEADLINE_BEGINNING_MIN && lengths_differ >= LIKENESS_HEADLINE_CUT_MIN &&
	              (double)beginning >= LIKENESS_HEADLINE_SHARE_MIN * (double)least;
	out->same_headline = out->headline >= LIKENESS_HEADLINE_SAME ? HEADLINE_SAME
	                     : common == least || is_cut             ? HEADLINE_PART
	                                                             : HEADLINE_OTHER;
}

/* --- the relation ----------------------------------------------------------------------------------------------- */

static bool likeness_is_marked(const struct sketch_text *text)
{
	return text->flags & (SKETCH_UPDATE | SKETCH_CORRECTION);
}

static bool likeness_numbers_differ(const struct likeness *l)
{
	int numbers = l->same + l->changed;
	return numbers >= LIKENESS_NUMBERS_MIN && 100 * l->same < l->limits.same_numbers * numbers;
}

static bool likeness_has_facts(const struct likeness *l, int most)
{
	return l->only_own >= most && l->only_other >= most;
}

/* Is a text of n shingles short enough to be a part of one of m? */
static bool likeness_is_part(double n, double m, const struct likeness *l)
{
	return n <= l->limits.excerpt / 100.0 * m;
}

/* Under the same headline, on the same day: what must differ for it to be another story all the same? */
static bool likeness_is_other_of_series(const struct sketch_text *own, const struct sketch_text *other,
                                        const struct likeness *l)
{
	bool is_marked = likeness_is_marked(own) || likeness_is_marked(other);
	/* Without names half the facts are missing. */
	int facts_max = LIKENESS_SERIES_FACTS * l->limits.own_facts;
	facts_max = (own->flags | other->flags) & SKETCH_CAPITALS ? facts_max / 2 : facts_max;
	bool few_changed = l->changed <= LIKENESS_CORRECTED_MAX;
	bool numbers_differ = likeness_numbers_differ(l);
	if (l->share >= LIKENESS_COPY_SHARE)
		return numbers_differ && !few_changed;
	if (l->same_headline == HEADLINE_PART && l->changed && likeness_has_facts(l, l->limits.own_facts))
		return true;
	/* "Delays at the airport", twice a day: no number is where it was. */
	if (!l->same && l->changed > 1 && !is_marked && likeness_has_facts(l, l->limits.own_facts))
		return true;
	return numbers_differ || (!few_changed && l->same < 2 * l->changed) ||
	       (l->changed == LIKENESS_CORRECTED_MAX && l->same <= l->changed) ||
	       likeness_has_facts(l, is_marked ? 2 * facts_max : facts_max);
}

/* Old paragraphs under a new lead, and nothing in them has changed. What looks like another event's facts is news of
 * this one. */
static bool likeness_has_new_lead(const struct sketch_text *own, const struct sketch_text *other, int64_t age_ms,
                                  const struct likeness *l)
{
	if (l->changed || (1 - l->own_share) * own->n_shingles < LIKENESS_LEAD_SHINGLES ||
	    likeness_opening(own, other) > LIKENESS_OPENING_MAX)
		return false;
	/* A sentence that was dropped brings no name that the earlier one has not; a new one does. */
	bool has_news = l->own_names & ((1u << LIKENESS_LEAD_NAMES) - 1);
	bool has_most = has_news && l->own_share >= LIKENESS_MOST_SHARE && l->other_share >= LIKENESS_MOST_SHARE;
	return l->other_share >= LIKENESS_ALL_SHARE || (has_most && age_ms <= LIKENESS_LEAD_AGE_MS);
}

/* "GALE WARNING REMAINS IN EFFECT": the same bulletin some hours later, with other times and a few other figures. */
static bool likeness_is_next_bulletin(const struct sketch_text *own, const struct sketch_text *other, int64_t age_ms,
                                      const struct likeness *l)
{
	return own->flags & other->flags & SKETCH_CAPITALS && age_ms <= LIKENESS_BULLETIN_AGE_MS &&
	       l->share >= LIKENESS_BULLETIN_SHARE && l->same >= LIKENESS_NUMBERS_SURE && l->same >= 2 * l->changed;
}

/* Is there a name in the place of another: as many names that both have stand before the one as before the other? What
 * only fell out of a lead, since something was put before it, stands behind all of them. */
static bool likeness_has_other_name(const struct likeness *l)
{
	uint32_t places = 0;
	for (int i = 0, common = 0; i < SKETCH_NAMES_MAX; i++) {
		if (l->other_names >> i & 1)
			places |= 1u << common;
		else
			common++;
	}
	for (int i = 0, common = 0; i < SKETCH_NAMES_MAX; i++) {
		if (!(l->own_names >> i & 1))
			common++;
		else if (places >> common & 1)
			return true;
	}
	return false;
}

/* One name or number was put in the place of another, and hardly a word besides. */
static bool likeness_is_replaced(const struct sketch_text *own, const struct sketch_text *other,
                                 const struct likeness *l)
{
	if ((1 - l->own_share) * own->n_shingles > LIKENESS_REPLACED_SHINGLES ||
	    (1 - l->other_share) * other->n_shingles > LIKENESS_REPLACED_SHINGLES)
		return false;
	return (l->own_numbers && l->other_numbers) || likeness_has_other_name(l);
}

/* A copy that was cut: what it says stands in the other one, behind the lead, too, where a sketch has no names. */
static bool likeness_is_cut(const struct sketch_text *own, const struct sketch_text *other, const struct likeness *l)
{
	return own->n_shingles <= LIKENESS_CUT_LENGTH * other->n_shingles && l->own_share >= LIKENESS_CUT_SHARE &&
	       !l->changed && !l->own_numbers;
}

/* Is one a part of the other? A part that says other numbers in its few frames is one of the next bulletin. */
static bool likeness_is_part_of_other(const struct sketch_text *own, const struct sketch_text *other,
                                      const struct likeness *l)
{
	bool is_part = likeness_is_part(own->n_shingles, other->n_shingles, l) ||
	               likeness_is_part(other->n_shingles, own->n_shingles, l);
	if (!is_part || l->same_headline != HEADLINE_OTHER)
		return false;
	return 2 * l->changed > l->same;
}

static bool likeness_is_other_event(const struct sketch_text *own, const struct sketch_text *other, int64_t age_ms,
                                    const struct likeness *l)
{
	if (l->same_headline != HEADLINE_OTHER && age_ms <= LIKENESS_HEADLINE_AGE_MS)
		return likeness_is_other_of_series(own, other, l);
	if (l->has_new_lead || likeness_is_next_bulletin(own, other, age_ms, l))
		return false;
	if (likeness_numbers_differ(l) || likeness_is_part_of_other(own, other, l))
		return true;
	if (likeness_is_cut(own, other, l))
		return false;
	/* Names are lost to noise more easily than numbers: many that agree, and none that does not, outweigh them. */
	bool has_names = !((own->flags | other->flags) & SKETCH_CAPITALS);
	bool is_sure = l->same >= LIKENESS_NUMBERS_SURE && !l->changed && has_names;
	if (is_sure && !likeness_has_facts(l, LIKENESS_SERIES_FACTS * l->limits.own_facts))
		return false;
	bool is_marked = likeness_is_marked(own) || likeness_is_marked(other);
	return likeness_has_facts(l, is_marked ? 2 * l->limits.own_facts : l->limits.own_facts);
}

/* A copy of an update has its mark, too: only what the earlier one does not say of itself makes it one. */
static enum likeness_reason likeness_revision(const struct sketch_text *own, const struct sketch_text *other,
                                              const struct likeness *l)
{
	uint8_t marks = own->flags & (SKETCH_UPDATE | SKETCH_CORRECTION);
	if (marks & ~other->flags)
		return LIKENESS_MARK;
	/* A number may change its frame with it: "312 семей", "321 семья". */
	int only_here = __builtin_popcount(l->own_numbers), only_there = __builtin_popcount(l->other_numbers);
	bool numbers_differ = only_here >= LIKENESS_NUMBERS_CHANGED && only_there >= LIKENESS_NUMBERS_CHANGED;
	if (l->changed || likeness_is_replaced(own, other, l) ||
	    (numbers_differ && l->own_share >= LIKENESS_NEAR_SHARE && l->other_share >= LIKENESS_NEAR_SHARE))
		return LIKENESS_FACTS;
	if (l->has_new_lead)
		return LIKENESS_TEXT;
	bool is_longer = own->n_shingles >= LIKENESS_LONGER_MIN * other->n_shingles &&
	                 own->n_shingles >= other->n_shingles + LIKENESS_NEW_SHINGLES;
	return is_longer && l->own_share <= 1 - LIKENESS_NEW_MIN ? LIKENESS_TEXT : LIKENESS_NONE;
}

static double likeness_share_min(const struct likeness *l)
{
	return l->limits.same_text / 100.0;
}

static enum relation likeness_of_same(const struct sketch_text *own, const struct sketch_text *other, int64_t age_ms,
                                      struct likeness *l)
{
	double n = own->n_shingles, m = other->n_shingles;
	bool same_headline = l->same_headline != HEADLINE_OTHER && age_ms <= LIKENESS_HEADLINE_AGE_MS;
	bool is_sequel = same_headline || (likeness_is_marked(own) && l->share >= LIKENESS_MARKED_SHARE);
	if (likeness_is_part(n, m, l))
		return RELATION_EXCERPT;
	if ((likeness_is_part(m, n, l) || l->own_share < likeness_share_min(l)) && !is_sequel)
		return RELATION_CONTAINS;
	l->reason = likeness_revision(own, other, l);
	return l->reason ? RELATION_REVISION : RELATION_SYNDICATED;
}

/* May it be a quotation, if it is no copy? */
static bool likeness_is_passage(const struct sketch_text *own, const struct likeness *l)
{
	return l->own_share >= LIKENESS_QUOTE_SHARE && l->own_share * own->n_shingles >= LIKENESS_QUOTE_SHINGLES;
}

/* The lead of a long story is a small share of it, and measured badly; but its samples are all there. */
static bool likeness_is_lead(const struct sketch_text *own, const struct sketch_text *other, uint32_t shared,
                             const struct likeness *l)
{
	return likeness_is_part(own->n_shingles, other->n_shingles, l) && shared >= LIKENESS_LEAD_SAMPLES &&
	       l->share >= LIKENESS_LEAD_SHARE_MIN;
}

/* --- limits ----------------------------------------------------------------------------------------------------- */

static bool likeness_is_within(uint8_t value, uint8_t least, uint8_t most)
{
	return value >= least && value <= most;
}

bool likeness_limits_equal(const struct likeness_limits *a, const struct likeness_limits *b)
{
	return a->same_text == b->same_text && a->same_numbers == b->same_numbers && a->own_facts == b->own_facts &&
	       a->excerpt == b->excerpt;
}

bool likeness_limits_are_sound(const struct likeness_limits *l)
{
	if (likeness_limits_equal(l, &(struct likeness_limits){0}))
		return true;
	return likeness_is_within(l->same_text, LIKENESS_SAME_TEXT_MIN, LIKENESS_SAME_TEXT_MAX) &&
	       likeness_is_within(l->same_numbers, LIKENESS_SAME_NUMBERS_MIN, LIKENESS_SAME_NUMBERS_MAX) &&
	       likeness_is_within(l->own_facts, LIKENESS_OWN_FACTS_MIN, LIKENESS_OWN_FACTS_MAX) &&
	       likeness_is_within(l->excerpt, LIKENESS_EXCERPT_MIN, LIKENESS_EXCERPT_MAX);
}

struct likeness_limits likeness_limits_of(struct likeness_limits limits)
{
	return likeness_limits_equal(&limits, &LIKENESS_USUAL) ? (struct likeness_limits){0} : limits;
}

struct likeness_limits likeness_limits_full(struct likeness_limits limits)
{
	return limits.same_text ? limits : LIKENESS_USUAL;
}

/* --- the judgement ---------------------------------------------------------------------------------------------- */

/* False: they share too little for anything else to count. is_one: enough for one story. */
static bool likeness_shares_enough(const struct sketch_text *own, const struct sketch_text *other,
                                   const struct likeness_terms *terms, struct likeness *out, bool *is_one)
{
	*out = (struct likeness){.relation = RELATION_DIFFERENT,
	                         .limits = terms->limits.same_text ? terms->limits : LIKENESS_USUAL};
	*is_one = false;
	if (own->n_shingles < LIKENESS_SHINGLES_MIN || other->n_shingles < LIKENESS_SHINGLES_MIN)
		return false;
	likeness_shares(own, other, out);
	*is_one = out->share >= likeness_share_min(out) || likeness_is_lead(own, other, terms->shared, out);
	return *is_one || likeness_is_passage(own, out);
}

bool likeness_is_any(const struct sketch_text *own, const struct sketch_text *other, const struct likeness_terms *terms)
{
	struct likeness unused;
	bool is_one;
	return likeness_shares_enough(own, other, terms, &unused, &is_one);
}

void likeness_judge(const struct sketch_text *own, const struct sketch_text *other, const struct likeness_terms *terms,
                    struct likeness *out)
{
	bool is_one;
	if (!likeness_shares_enough(own, other, terms, out, &is_one))
		return;
	likeness_facts(own, other, out);
	likeness_headlines(own, other, out);
	out->has_new_lead = likeness_has_new_lead(own, other, terms->age_ms, out);
	if (is_one && !likeness_is_other_event(own, other, terms->age_ms, out))
		out->relation = likeness_of_same(own, other, terms->age_ms, out);
	else if (out->own_share < likeness_share_min(out) && likeness_is_passage(own, out) && !out->changed)
		out->relation = RELATION_CONTAINS;
}

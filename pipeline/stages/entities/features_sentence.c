/* Sentences: their words with the gazetteer's names, and the stretches of them that are labelled. See features.h. */
#include "pipeline/stages/entities/features_inside.h"

#include <string.h>

#define FEATURES_TITLE_WORDS 4 /* a shorter line with capitals is no title */

static void features_set_name(struct features_token *tokens, size_t n, uint16_t classes)
{
	for (size_t i = 0; i < n; i++) {
		tokens[i].classes = classes;
		tokens[i].part = n == 1 ? 4 : i == 0 ? 1 : i + 1 == n ? 3 : 2;
		tokens[i].flags |= FEATURES_CORE;
	}
}

static void features_describe(struct features_sentence *s)
{
	size_t n_alone = 0, n_small = 0, n_capital = 0, n_upper = 0;
	bool first = true;
	for (size_t i = 0; i < s->n; i++) {
		uint8_t flags = s->tokens[i].flags;
		n_alone += (flags & FEATURES_ALONE) != 0;
		n_small += (flags & FEATURES_SMALL) != 0;
		n_capital += (flags & FEATURES_CAPITAL) != 0;
		n_upper += (flags & FEATURES_UPPER) != 0;
		if (first && flags & (FEATURES_CORE | FEATURES_SMALL)) {
			s->tokens[i].flags |= FEATURES_FIRST;
			first = false;
		}
	}
	s->alone = 2 * n_alone > s->n;
	s->kind = FEATURES_CASE_USUAL;
	if (n_capital >= FEATURES_TITLE_WORDS && 5 * n_upper >= 4 * (n_capital + n_small))
		s->kind = FEATURES_CASE_CAPITALS;
	else if (n_capital >= FEATURES_TITLE_WORDS && 3 * n_small <= n_capital)
		s->kind = FEATURES_CASE_TITLE;
}

/* Names of the gazetteer that begin in the sentence; what stands out of it is not seen. */
static void features_set_names(const struct features_source *source, struct features_place *at,
                               struct features_sentence *s)
{
	for (; at->match < source->n_matches; at->match++) {
		const struct name_match *match = &source->matches[at->match];
		if (match->first >= s->first + s->n)
			break;
		size_t first = match->first < s->first ? 0 : match->first - s->first;
		if (match->first < s->first || match->n > s->n - first)
			continue;
		features_set_name(s->tokens + first, match->n, match->classes);
	}
}

bool features_next_sentence(const struct features_source *source, struct features_place *at,
                            struct features_sentence *s)
{
	const struct words *words = source->words;
	if (at->word >= words->n)
		return false;
	s->tokens = s->padded + FEATURES_EDGE;
	s->first = at->word;
	s->n = 0;
	memset(s->padded, 0, FEATURES_EDGE * sizeof(*s->padded));
	do
		features_look(source, at->word++, &s->tokens[s->n++]);
	while (s->n < FEATURES_SENTENCE_WORDS && at->word < words->n && !(words->at[at->word].flags & WORD_SENTENCE));
	memset(s->tokens + s->n, 0, FEATURES_EDGE * sizeof(*s->padded));
	features_set_names(source, at, s);
	features_describe(s);
	return true;
}

/* Signs that no name begins with, and those that none ends with. */
static const uint64_t features_no_beginnings = UINT64_C(1) << SHAPE_STOP | UINT64_C(1) << SHAPE_COMMA |
                                               UINT64_C(1) << SHAPE_COLON | UINT64_C(1) << SHAPE_HYPHEN |
                                               UINT64_C(1) << SHAPE_DASH | UINT64_C(1) << SHAPE_CLOSING |
                                               UINT64_C(1) << SHAPE_SLASH | UINT64_C(1) << SHAPE_END;
static const uint64_t features_no_ends = UINT64_C(1) << SHAPE_COMMA | UINT64_C(1) << SHAPE_COLON |
                                         UINT64_C(1) << SHAPE_HYPHEN | UINT64_C(1) << SHAPE_DASH |
                                         UINT64_C(1) << SHAPE_OPENING | UINT64_C(1) << SHAPE_SLASH |
                                         UINT64_C(1) << SHAPE_AND;

unsigned features_may(const struct features_token *token)
{
	unsigned shape = token->shape & (FEATURES_GLUED - 1);
	/* "the news agency Antara": the name is Antara. */
	bool is_common = (token->flags & (FEATURES_LONG | FEATURES_CORE)) == FEATURES_LONG;
	bool may_begin = !is_common && !(features_no_beginnings >> shape & 1);
	bool may_end = !(features_no_ends >> shape & 1);
	bool may_be_alone = may_begin && may_end && token->flags & FEATURES_CORE;
	return (may_begin ? FEATURES_MAY_BEGIN : 0) | (may_end ? FEATURES_MAY_END : 0) |
	       (may_be_alone ? FEATURES_MAY_BE_ALONE : 0);
}

size_t features_stretch(const struct features_sentence *s, size_t from, size_t *end)
{
	size_t begin = from;
	while (begin < s->n && !(s->tokens[begin].flags & FEATURES_CORE))
		begin++;
	if (begin == s->n) {
		*end = s->n;
		return s->n;
	}
	size_t last = begin;
	for (size_t i = begin; i < s->n && i - last <= (size_t)2 * FEATURES_NEAR; i++)
		if (s->tokens[i].flags & FEATURES_CORE)
			last = i;
	*end = last + FEATURES_NEAR + 1 < s->n ? last + FEATURES_NEAR + 1 : s->n;
	return begin - from < FEATURES_NEAR ? from : begin - FEATURES_NEAR;
}

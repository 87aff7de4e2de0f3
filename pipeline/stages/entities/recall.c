/* Looking for wanted runs of words between the mentions. See recall.h. */
#include "pipeline/stages/entities/recall.h"

#include "pipeline/stages/entities/bounds.h"
#include "pipeline/stages/entities/listed.h"

#define RECALL_LETTERS          3 /* of a surname that is looked for alone */
#define RECALL_CASELESS_LETTERS 4
#define RECALL_FOUND            2.0f /* margin of what was found because it is sure elsewhere */

/* A name to look for. */
struct wanted {
	uint32_t first, n; /* words where it stands for sure */
	enum name_type type;
	bool is_part; /* only a part of a person's full name stood there */
};

struct search {
	const struct reading *r;
	struct wanted *at;
	size_t n, most;
	struct slots by_key;   /* of whole runs */
	struct slots by_first; /* of their first words: how many words the longest has */
	struct slots by_stem;  /* surnames, where endings are written behind them; no keys: not there */
	struct slots small;    /* words that the body has with a small letter; made when first asked for */
};

static void recall_want(struct search *s, struct wanted wanted)
{
	uint64_t key = reading_run_key(s->r, wanted.first, wanted.n);
	bool begins = reading_is_capital(reading_word(s->r, wanted.first)) ||
	              reading_word(s->r, wanted.first)->kind == WORD_DIGITS;
	if (!key || !begins || s->n == s->most || wanted.n > GAZETTEER_NAME_WORDS)
		return;
	uint32_t *slot = slots_put(&s->by_key, key);
	if (!slot || *slot != SLOT_NONE)
		return;
	*slot = (uint32_t)s->n;
	s->at[s->n++] = wanted;
	uint32_t *longest = slots_put(&s->by_first, reading_key(s->r, wanted.first));
	uint32_t words = (uint32_t)reading_count_words(s->r, wanted.first, wanted.n);
	if (longest && (*longest == SLOT_NONE || *longest < words))
		*longest = words;
}

/* "Choe Son-hui", "Han Ji-won": of two parts only the second has a hyphen. Then the first is the family's. */
static bool recall_is_family_first(const struct reading *r, const uint32_t *parts, size_t n)
{
	return n == 2 && parts[1] - parts[0] == 1 && parts[2] - parts[1] == 3 && reading_is_hyphen(r, parts[1] + 1);
}

/* A surname alone is looked for too; in languages with endings, its stem. */
static void recall_want_surname(struct search *s, const struct mention *m)
{
	uint32_t parts[MENTION_PARTS_MAX + 1];
	size_t n = mention_parts(s->r, m, parts);
	if (n < 2)
		return;
	size_t family = recall_is_family_first(s->r, parts, n) ? 0 : n - 1;
	uint32_t first = parts[family], words = parts[family + 1] - first;
	const struct word *w = reading_word(s->r, first);
	size_t least = w->flags & WORD_CASELESS ? RECALL_CASELESS_LETTERS : RECALL_LETTERS;
	if (w->flags & WORD_ALONE || reading_letters(s->r, first) < least || reading_is_roman(s->r, first))
		return;
	recall_want(s, (struct wanted){first, words, NAME_IS_PERSON, true});
	uint64_t stem = s->by_stem.keys && words == 1 ? reading_stem(s->r, first) : 0;
	uint32_t *slot = stem ? slots_put(&s->by_stem, stem) : NULL;
	if (slot && *slot == SLOT_NONE)
		*slot = slots_get(&s->by_key, reading_run_key(s->r, first, 1));
}

static void recall_want_sure(struct search *s, const struct mentions *found, const struct surfaces *surfaces)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct mention *m = &found->at[i];
		const struct surface *surface = &surfaces->at[slots_get(&surfaces->by_key, m->key)];
		/* A user's own gazetteer found it wherever it stands. */
		if (surface->best < RECALL_SURE_MARGIN || m->own)
			continue;
		recall_want(s, (struct wanted){m->first, m->n, m->type, false});
	}
	for (size_t i = 0; i < found->n; i++)
		if (found->at[i].type == NAME_IS_PERSON && found->at[i].margin >= RECALL_SURE_MARGIN)
			recall_want_surname(s, &found->at[i]);
}

/* Does the body have the word with a small letter too? Then at a sentence's beginning its capital says nothing. */
static bool recall_is_small_elsewhere(struct search *s, size_t word)
{
	const struct reading *r = s->r;
	if (!s->small.keys) {
		s->small = slots_new(r->arena, r->words->n);
		for (size_t i = 0; i < r->words->n; i++) {
			if (words_is_small(reading_word(r, i)))
				*slots_put(&s->small, reading_key(r, i)) = 0;
		}
	}
	return slots_get(&s->small, reading_key(r, word)) != SLOT_NONE;
}

/* The same capitals as where it is sure: "White House" is not found in "a White house". */
static bool recall_same_capitals(const struct reading *r, const struct wanted *wanted, size_t first, size_t n)
{
	size_t i = wanted->first, j = first;
	while (i < wanted->first + wanted->n && j < first + n) {
		const struct word *a = reading_word(r, i), *b = reading_word(r, j);
		if (a->kind == WORD_SIGN || b->kind == WORD_SIGN) {
			i += a->kind == WORD_SIGN;
			j += b->kind == WORD_SIGN;
			continue;
		}
		/* Letters that are a short form with all of them large are another word in small ones. */
		if ((a->flags & ~b->flags) & (WORD_UPPER_FIRST | WORD_UPPER_ALL))
			return false;
		i++;
		j++;
	}
	return true;
}

static bool recall_fits(struct search *s, const struct wanted *wanted, size_t first, size_t n)
{
	const struct word *w = reading_word(s->r, first);
	if (!recall_same_capitals(s->r, wanted, first, n) || !bounds_fit(s->r, first, n))
		return false;
	/* A single character is a name by its neighbours only. */
	if (w->flags & WORD_ALONE && n < 2)
		return false;
	bool single = reading_count_words(s->r, first, n) == 1;
	/* A short word may be any. */
	if (single && w->flags & WORD_CASELESS && reading_letters(s->r, first) < RECALL_CASELESS_LETTERS)
		return false;
	if (single && w->flags & WORD_SENTENCE && !(w->flags & WORD_CASELESS))
		return !recall_is_small_elsewhere(s, first);
	return true;
}

/* Of another name, which the tagger did not mark: "Choe" in "Choe Ryong Hae". */
static bool recall_is_in_longer(const struct reading *r, const struct wanted *wanted, size_t first, size_t n)
{
	struct name_match run = {.first = (uint32_t)first, .n = (uint32_t)n};
	return wanted->is_part && listed_has_neighbour(r, &run);
}

/* The longest wanted run from a word on and before `end`; returns how many words, 0: none. */
static size_t recall_look(struct search *s, size_t first, size_t end, const struct wanted **wanted)
{
	const struct reading *r = s->r;
	uint32_t longest = slots_get(&s->by_first, reading_key(r, first)), words = 0;
	uint64_t key = 0;
	size_t best = 0;
	if (longest == SLOT_NONE)
		return 0;
	for (size_t i = first; i < end && words < longest; i++) {
		if (reading_word(r, i)->kind == WORD_SIGN) {
			if (!reading_joins(r, i))
				break;
			continue;
		}
		key = reading_join(key, reading_key(r, i));
		words++;
		uint32_t at = slots_get(&s->by_key, key);
		if (at == SLOT_NONE || !recall_fits(s, &s->at[at], first, i + 1 - first))
			continue;
		*wanted = &s->at[at];
		best = i + 1 - first;
	}
	return best && recall_is_in_longer(r, *wanted, first, best) ? 0 : best;
}

/* A surname with another ending than it has in the full name. */
static size_t recall_look_for_stem(struct search *s, size_t word, const struct wanted **wanted)
{
	const struct word *w = reading_word(s->r, word);
	uint64_t stem = w->flags & WORD_UPPER_FIRST ? reading_stem(s->r, word) : 0;
	uint32_t at = stem ? slots_get(&s->by_stem, stem) : SLOT_NONE;
	if (at == SLOT_NONE || !reading_same_but_ending(s->r, word, s->at[at].first) ||
	    !recall_fits(s, &s->at[at], word, 1) || recall_is_in_longer(s->r, &s->at[at], word, 1))
		return 0;
	*wanted = &s->at[at];
	return 1;
}

/* Looks between two mentions. */
static void recall_search(struct search *s, struct mentions *out, size_t from, size_t until)
{
	const struct wanted *wanted = NULL;
	for (size_t i = from; i < until;) {
		const struct word *w = reading_word(s->r, i);
		bool may = reading_is_capital(w) || w->kind == WORD_DIGITS;
		size_t n = may ? recall_look(s, i, until, &wanted) : 0;
		if (may && !n && s->by_stem.keys)
			n = recall_look_for_stem(s, i, &wanted);
		if (n)
			mentions_add(s->r, out,
			             (struct mention){.first = (uint32_t)i,
			                              .n = (uint32_t)n,
			                              .type = wanted->type,
			                              .evidence = EVIDENCE_SAME_NAME,
			                              .margin = RECALL_FOUND});
		i += n ? n : 1;
	}
}

struct mentions recall_mentions(const struct reading *r, const struct mentions *found, const struct surfaces *surfaces)
{
	size_t most = 2 * found->n + 1;
	struct search s = {.r = r,
	                   .at = arena_alloc(r->arena, most * sizeof(struct wanted)),
	                   .most = most,
	                   .by_key = slots_new(r->arena, most),
	                   .by_first = slots_new(r->arena, most)};
	struct mentions out = mentions_room(r);
	size_t from = 0;
	if (reading_has_endings(r))
		s.by_stem = slots_new(r->arena, most);
	out.cut = found->cut;
	recall_want_sure(&s, found, surfaces);
	for (size_t i = 0; i < found->n; i++) {
		recall_search(&s, &out, from, found->at[i].first);
		mentions_add(r, &out, found->at[i]);
		from = found->at[i].first + found->at[i].n;
	}
	recall_search(&s, &out, from, r->words->n);
	return out;
}

/* Comparing letters with words. See letters.h. */
#include "pipeline/stages/entities/letters.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/brackets.h"

#define LETTERS_LEAST 3
#define LETTERS_MOST  10
#define LETTERS_KEY   UINT64_C(0x14057b7ef767814f)

static bool letters_is_acronym(const struct reading *r, const struct mention *m)
{
	const struct word *w = &r->words->at[m->first];
	size_t letters = w->end_cp - w->start_cp;
	return m->n == 1 && w->flags & WORD_UPPER_ALL && letters <= LETTERS_MOST;
}

/* Is b in brackets right behind a? */
static bool letters_in_brackets(const struct reading *r, const struct mention *a, const struct mention *b)
{
	size_t open = a->first + a->n, close = b->first + b->n;
	if (b->first <= open || close >= r->words->n || !brackets_open(r, open))
		return false;
	size_t first, n = brackets_letters(r, open, &first);
	if (n && first == b->first && n == b->n)
		return true;
	return b->first == open + 1 && (reading_is_sign(r, close, ')') || str_is(words_text(r->words, close), "）"));
}

/* Where each character is a word: "发改委" has characters of "国家发展和改革委员会", in their order. */
static bool letters_are_characters(const struct reading *r, const struct mention *full, const struct mention *of)
{
	uint32_t at = full->first, end = full->first + full->n;
	if (of->n < 2 || of->n + 2 > full->n)
		return false;
	for (uint32_t i = of->first; i < of->first + of->n; i++, at++) {
		while (at < end && !str_eq(words_text(r->words, at), words_text(r->words, i)))
			at++;
		if (at == end || !(reading_word(r, i)->flags & WORD_ALONE))
			return false;
	}
	return true;
}

/* "Komisi Pemberantasan Korupsi (KPK)", "KPK (Komisi Pemberantasan Korupsi)". */
static bool letters_are_short_and_long(const struct reading *r, const struct mention *a, const struct mention *b)
{
	if (!letters_in_brackets(r, a, b))
		return false;
	if (letters_are_characters(r, a, b))
		return true;
	size_t first, n = brackets_letters(r, a->first + a->n, &first);
	bool letters = b->n == 1 || (n == b->n && first == b->first);
	if (letters && reading_count_words(r, a->first, a->n) > 1)
		return mention_abbreviates(r, b->first, b->n, a);
	return letters_is_acronym(r, a) && reading_count_words(r, b->first, b->n) > 1 &&
	       mention_abbreviates(r, a->first, 1, b);
}

/* Key of the first letters of words with capitals; 0: too few. */
static uint64_t letters_initials(const struct reading *r, const struct mention *m)
{
	uint64_t key = 0;
	size_t n = 0;
	for (size_t i = m->first; i < m->first + m->n; i++) {
		if (!(r->words->at[i].flags & WORD_UPPER_FIRST))
			continue;
		struct folded_word word = reading_fold(r, i);
		size_t at = 0;
		if (word.n)
			key = reading_join(key, utf8_next(str_make(word.p, word.n), &at));
		n++;
	}
	return n >= LETTERS_LEAST && n <= LETTERS_MOST ? naming_mix(key, LETTERS_KEY) : 0;
}

static uint64_t letters_key(const struct reading *r, const struct mention *m)
{
	struct folded_word word = reading_fold(r, m->first);
	struct str s = str_make(word.p, word.n);
	uint64_t key = 0;
	for (size_t at = 0; at < s.n;)
		key = reading_join(key, utf8_next(s, &at));
	return naming_mix(key, LETTERS_KEY);
}

void letters_join_bracketed(struct naming *g, uint32_t at)
{
	struct mention *a = &g->mentions->at[at], *b = &g->mentions->at[at + 1];
	if (a->type == NAME_IS_PERSON || b->type == NAME_IS_PERSON || (a->own && b->own) ||
	    !letters_are_short_and_long(g->r, a, b))
		return;
	if (b->own)
		a->type = b->type;
	else
		b->type = a->type;
	uint32_t one = naming_by_key(g, at), two = naming_by_key(g, at + 1);
	if (one == MENTION_NAMELESS || two == MENTION_NAMELESS)
		return;
	naming_same(g, one, two);
	struct mention *letters = b->n < a->n ? b : a;
	letters->evidence = EVIDENCE_SHORT_FORM;
}

#define LETTERS_MANY (SLOT_NONE - 1)

void letters_join_initials(struct naming *g)
{
	struct slots initials = slots_new(g->r->arena, g->names.n);
	for (uint32_t i = 0; i < g->names.n; i++) {
		const struct mention *m = &g->mentions->at[g->names.at[i].full];
		uint64_t key = m->type == NAME_IS_ORGANISATION && m->n > 1 ? letters_initials(g->r, m) : 0;
		uint32_t *slot = key ? slots_put(&initials, key) : NULL;
		if (slot)
			*slot = *slot == SLOT_NONE || *slot == naming_root(g, i) ? naming_root(g, i) : LETTERS_MANY;
	}
	for (uint32_t i = 0; i < g->names.n; i++) {
		struct mention *m = &g->mentions->at[g->names.at[i].full];
		bool letters = m->type == NAME_IS_ORGANISATION && letters_is_acronym(g->r, m);
		uint32_t name = letters ? slots_get(&initials, letters_key(g->r, m)) : SLOT_NONE;
		if (name == SLOT_NONE || name == LETTERS_MANY || naming_root(g, i) != i)
			continue;
		naming_same(g, name, i);
		m->evidence = EVIDENCE_SHORT_FORM;
	}
}

/*
 * Aho and Corasick's automaton over folded bytes, with its failure links worked into the table of transitions, so that
 * a byte costs one look-up. Bytes that no phrase has share one class. A transition says by a bit whether a phrase ends
 * where it leads, so that the states themselves are only looked at where one does. See phrases.h.
 */
#include "pipeline/stages/cleanup/phrases.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>

static const struct phrase phrases_table[] = {
#define PHRASE(language, kind, mode, text) {STR_INIT(text), language ":" text, PHRASE_##kind, PHRASE_##mode},
#include "pipeline/stages/cleanup/phrases.def"
#undef PHRASE
};

#define PHRASES_N     (sizeof(phrases_table) / sizeof(phrases_table[0]))
#define PHRASE_CHARS  128 /* a phrase has fewer; also the ring of starts */
#define PHRASE_FOLDED 512
#define PHRASE_ENDS   0x8000u /* bit of a transition: a phrase ends there */

struct phrases_state {
	uint16_t fail;
	uint16_t ends;     /* phrase that ends here, plus one */
	uint16_t chars;    /* its length in folded characters */
	uint16_t next_end; /* nearest state on the way of failures where one ends; 0: none */
};

/* What an ASCII byte is in a text, where it needs no folding of its own. */
enum { ASCII_OTHER, ASCII_BLANK, ASCII_NOTHING };

struct phrases {
	uint8_t class_of[256]; /* of a folded byte */
	uint8_t ascii_class[128], ascii_kind[128];
	size_t n_classes, n_states, room;
	uint16_t *next; /* [state * n_classes + class] */
	struct phrases_state *states;
	uint16_t *same; /* by phrase: the next one with the same words, plus one */
};

static void phrases_classify(struct phrases *p)
{
	char folded[PHRASE_FOLDED];
	p->n_classes = 1;
	p->room = 1;
	for (size_t i = 0; i < PHRASES_N; i++) {
		size_t n = fold_text(phrases_table[i].text, folded, sizeof(folded));
		CHECK(n && n + 4 < sizeof(folded));
		p->room += n;
		for (size_t j = 0; j < n; j++)
			if (!p->class_of[(unsigned char)folded[j]])
				p->class_of[(unsigned char)folded[j]] = (uint8_t)p->n_classes++;
	}
	CHECK(p->room < PHRASE_ENDS);
	for (uint32_t c = 0; c < 128; c++) {
		uint32_t f = fold_char(c).c[0];
		p->ascii_kind[c] = !f ? ASCII_NOTHING : f == ' ' ? ASCII_BLANK : ASCII_OTHER;
		p->ascii_class[c] = p->class_of[f & 0x7f];
	}
}

static void phrases_add(struct phrases *p, size_t i)
{
	char folded[PHRASE_FOLDED];
	size_t n = fold_text(phrases_table[i].text, folded, sizeof(folded));
	size_t state = 0;
	for (size_t j = 0; j < n; j++) {
		uint16_t *next = &p->next[state * p->n_classes + p->class_of[(unsigned char)folded[j]]];
		if (!*next)
			*next = (uint16_t)p->n_states++;
		state = *next;
	}
	size_t chars = utf8_count(str_make(folded, n));
	CHECK(chars < PHRASE_CHARS);
	uint16_t *ends = &p->states[state].ends;
	while (*ends)
		ends = &p->same[*ends - 1];
	*ends = (uint16_t)(i + 1);
	p->states[state].chars = (uint16_t)chars;
}

/* Breadth first: a state's failure is shorter than the state itself, so it is complete when it is copied from. */
static bool phrases_link(struct phrases *p)
{
	uint16_t *queue = malloc(p->n_states * sizeof(*queue));
	if (!queue)
		return false;
	size_t head = 0, tail = 0;
	for (size_t c = 0; c < p->n_classes; c++)
		if (p->next[c])
			queue[tail++] = p->next[c];
	while (head < tail) {
		size_t state = queue[head++];
		struct phrases_state *s = &p->states[state];
		s->next_end = p->states[s->fail].ends ? s->fail : p->states[s->fail].next_end;
		for (size_t c = 0; c < p->n_classes; c++) {
			uint16_t *next = &p->next[state * p->n_classes + c];
			uint16_t otherwise = p->next[s->fail * p->n_classes + c];
			if (*next) {
				p->states[*next].fail = otherwise;
				queue[tail++] = *next;
			} else {
				*next = otherwise;
			}
		}
	}
	free(queue);
	return true;
}

/* Afterwards: the states' numbers are final. */
static void phrases_flag(struct phrases *p)
{
	for (size_t i = 0; i < p->n_states * p->n_classes; i++) {
		const struct phrases_state *s = &p->states[p->next[i]];
		if (s->ends || s->next_end)
			p->next[i] |= PHRASE_ENDS;
	}
}

static bool phrases_compile(struct phrases *p)
{
	for (size_t i = 0; i < PHRASES_N; i++)
		phrases_add(p, i);
	if (!phrases_link(p))
		return false;
	phrases_flag(p);
	return true;
}

struct phrases *phrases_new(void)
{
	struct phrases *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	phrases_classify(p);
	p->next = calloc(p->room * p->n_classes, sizeof(*p->next));
	p->states = calloc(p->room, sizeof(*p->states));
	p->same = calloc(PHRASES_N, sizeof(*p->same));
	p->n_states = 1;
	if (p->next && p->states && p->same && phrases_compile(p))
		return p;
	phrases_free(p);
	return NULL;
}

void phrases_free(struct phrases *p)
{
	if (!p)
		return;
	free(p->next);
	free(p->states);
	free(p->same);
	free(p);
}

/* --- one pass --------------------------------------------------------------------------------------------------- */

struct phrases_search {
	const struct phrases *p;
	struct str text;
	size_t begin;
	size_t starts[PHRASE_CHARS]; /* where the last folded characters begin, by number */
	size_t n_chars;
	bool after_blank;
	struct phrase_hit *hits;
	size_t n, max;
};

/* Words end where no letter follows; scripts without blanks have no such ends. */
static bool phrases_is_word(const struct phrases_search *s, size_t start, size_t end)
{
	uint32_t first = fold_peek(s->text, start), before = start > s->begin ? fold_before(s->text, start) : 0;
	uint32_t last = fold_before(s->text, end), behind = fold_peek(s->text, end);
	bool opens = !fold_is_word_char(first) || !fold_is_blank_script(first) || !fold_is_word_char(before);
	bool closes = !fold_is_word_char(last) || !fold_is_blank_script(last) || !fold_is_word_char(behind);
	return opens && closes;
}

static void phrases_report(struct phrases_search *s, size_t state, size_t end)
{
	/* A mark that folds to nothing belongs to the word that it stands on. */
	while (end < s->text.n && !fold_char(fold_peek(s->text, end)).c[0])
		utf8_next(s->text, &end);
	if (!s->p->states[state].ends)
		state = s->p->states[state].next_end;
	for (; state; state = s->p->states[state].next_end) {
		size_t start = s->starts[(s->n_chars - s->p->states[state].chars) % PHRASE_CHARS];
		if (!phrases_is_word(s, start, end))
			continue;
		for (size_t i = s->p->states[state].ends; i && s->n < s->max; i = s->p->same[i - 1])
			s->hits[s->n++] = (struct phrase_hit){&phrases_table[i - 1], start, end};
	}
}

/* One folded character that begins at `start` in the text, of which `at` is the end. */
static size_t phrases_step(struct phrases_search *s, size_t state, uint32_t folded)
{
	char bytes[4];
	size_t n = utf8_write(bytes, folded);
	for (size_t j = 0; j < n; j++)
		state = s->p->next[(state & ~PHRASE_ENDS) * s->p->n_classes + s->p->class_of[(unsigned char)bytes[j]]];
	return state;
}

/* A character that is not ASCII; returns the state behind it. */
static size_t phrases_wide(struct phrases_search *s, size_t state, size_t *at)
{
	size_t start = *at;
	struct folded f = fold_char(utf8_next(s->text, at));
	for (size_t i = 0; i < 2 && f.c[i]; i++) {
		if (f.c[i] == ' ' && s->after_blank)
			continue;
		s->after_blank = f.c[i] == ' ';
		state = phrases_step(s, state, f.c[i]);
		s->starts[s->n_chars++ % PHRASE_CHARS] = start;
		if (state & PHRASE_ENDS)
			phrases_report(s, state & ~PHRASE_ENDS, *at);
	}
	return state;
}

size_t phrases_find(const struct phrases *p, struct str text, size_t at, size_t end, struct phrase_hit *hits,
                    size_t max)
{
	struct phrases_search s = {
	        .p = p, .text = str_slice(text, 0, end), .begin = at, .after_blank = true, .hits = hits, .max = max};
	size_t state = 0;
	while (at < end) {
		unsigned char c = (unsigned char)text.p[at];
		if (c >= 0x80) {
			state = phrases_wide(&s, state, &at);
			continue;
		}
		bool blank = p->ascii_kind[c] == ASCII_BLANK;
		if (p->ascii_kind[c] == ASCII_NOTHING || (blank && s.after_blank)) {
			at++;
			continue;
		}
		s.after_blank = blank;
		state = p->next[(state & ~PHRASE_ENDS) * p->n_classes + p->ascii_class[c]];
		s.starts[s.n_chars++ % PHRASE_CHARS] = at++;
		if (state & PHRASE_ENDS)
			phrases_report(&s, state & ~PHRASE_ENDS, at);
	}
	return s.n;
}

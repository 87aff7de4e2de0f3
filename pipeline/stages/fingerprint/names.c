/*
 * Capitalised words stand in groups: all that come between two other words. A single word that only begins a sentence
 * is no name; nor is the short word before one ("The North Star …").
 */
#include "pipeline/stages/fingerprint/names.h"

#include "pipeline/stages/fingerprint/shingles.h"
#include "pipeline/stages/fingerprint/step.h"
#include "pipeline/words/fold.h"

#include <stdbool.h>

#define NAMES_GROUP_MAX 10
/* A word of so many letters that begins a sentence is an article or a preposition. */
#define NAMES_SHORT 3
/* Capital letters throughout: so many of a hundred letters, once there are enough to tell. */
#define NAMES_CAPITALS_PERCENT 60
#define NAMES_LETTERS_MIN      40
/* Lines above the lead: so many at the most, and none longer. */
#define NAMES_HEAD_LINES 3
#define NAMES_HEAD_BYTES 48

struct names_word {
	uint64_t hash;
	const char *p;
	uint32_t n;      /* bytes */
	size_t letters;  /* 0: no word is at work */
	bool is_capital; /* it begins with a capital letter */
};

struct names {
	struct sketch_text *text;
	struct sketch_words *words;
	struct names_word group[NAMES_GROUP_MAX];
	size_t n_group;
	bool any_plain;       /* a word without a capital letter was met */
	bool begins_sentence; /* the next word does */
	bool first_begins;    /* the group's first word did */
	struct names_word word;
	size_t n_words, upper, lower;
};

static void names_keep(struct names *n, const struct names_word *word)
{
	uint16_t value = (uint16_t)(shingles_mix(word->hash) >> (64 - SKETCH_WORD_BITS));
	for (size_t i = 0; i < n->text->n_names; i++)
		if (n->text->names[i] == value)
			return;
	size_t at = n->text->n_names;
	if (at == SKETCH_NAMES_MAX)
		return;
	n->text->names[at] = value;
	n->words->names[at].p = word->p;
	n->words->names[at].n = word->n;
	n->text->n_names++;
}

static void names_end_group(struct names *n)
{
	bool skips = n->first_begins && (n->n_group == 1 || n->group[0].letters <= NAMES_SHORT);
	for (size_t i = skips; i < n->n_group; i++)
		names_keep(n, &n->group[i]);
	n->n_group = 0;
}

static void names_end_word(struct names *n)
{
	if (!n->word.letters)
		return;
	if (!n->word.is_capital) {
		names_end_group(n);
		n->any_plain = true;
	} else if (n->n_group < NAMES_GROUP_MAX) {
		if (!n->n_group)
			n->first_begins = n->begins_sentence;
		n->group[n->n_group++] = n->word;
	}
	n->begins_sentence = false;
	n->word.letters = 0;
	n->n_words++;
}

static void names_letter(struct names *n, uint32_t c, const char *p, size_t bytes)
{
	bool is_plain = c < 0x80, is_upper = is_plain ? c < 'a' : fold_is_upper(c);
	if (!n->word.letters)
		n->word = (struct names_word){.p = p, .is_capital = is_upper};
	n->word.letters++;
	n->word.n += (uint32_t)bytes;
	n->upper += is_upper;
	n->lower += is_plain ? c >= 'a' : fold_is_lower(c);
	if (is_plain) {
		n->word.hash = shingles_add(n->word.hash, c | 0x20);
		return;
	}
	struct folded folded = fold_char(c);
	for (size_t i = 0; i < 2 && folded.c[i]; i++)
		n->word.hash = shingles_add(n->word.hash, folded.c[i]);
}

/* A point behind one letter is an initial's. */
static bool names_ends_sentence(const struct names *n, uint32_t c)
{
	return (c == '.' && n->word.letters != 1) || c == '!' || c == '?' || c == '\n' || c == ':' || c == '"' ||
	       c == 0x201c || c == 0x201e || c == 0xab || c == 0x2013 || c == 0x2014;
}

/* "GENEVA (Northline) - …": a dateline that nobody took out. */
static void names_drop_dateline(struct names *n, uint32_t c, uint32_t next)
{
	bool is_dash = c == 0x2013 || c == 0x2014 || (c == '-' && next == ' ');
	if (!is_dash || n->any_plain)
		return;
	n->n_group = 0;
	n->begins_sentence = true;
}

/* Where the lead begins: behind short lines that are no sentences (a byline, an outlet, a place). */
static struct str names_lead(struct str body)
{
	for (int i = 0; i < NAMES_HEAD_LINES; i++) {
		size_t end = str_index(body, '\n', 0);
		struct str line = str_trim(str_slice(body, 0, end));
		uint32_t last = fold_before(line, line.n);
		bool is_sentence = line.n && !fold_is_word_char(last) && last != ')' && last != ',';
		if (end == body.n || line.n > NAMES_HEAD_BYTES || is_sentence)
			break;
		body = str_slice(body, end + 1, body.n);
	}
	return fold_cut(body, NAMES_LEAD_BYTES);
}

void names_read(struct str body, struct sketch_text *text, struct sketch_words *words)
{
	struct names n = {.text = text, .words = words, .begins_sentence = true};
	struct str lead = names_lead(body);
	for (size_t at = 0; at < lead.n && n.n_words < NAMES_LEAD_WORDS;) {
		size_t start = at;
		uint32_t c = step_next(lead, &at);
		if (fold_is_word_char(c) && (c < '0' || c > '9')) {
			names_letter(&n, c, lead.p + start, at - start);
			continue;
		}
		bool ends = names_ends_sentence(&n, c);
		names_end_word(&n);
		n.begins_sentence |= ends;
		names_drop_dateline(&n, c, fold_peek(lead, at));
	}
	names_end_word(&n);
	names_end_group(&n);
	size_t letters = n.upper + n.lower;
	if (letters < NAMES_LETTERS_MIN || n.upper * 100 < letters * NAMES_CAPITALS_PERCENT)
		return;
	text->flags |= SKETCH_CAPITALS;
	text->n_names = 0;
}

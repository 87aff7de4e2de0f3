/* Searching the table by a word; longer cues stand right behind their first word. See cues.h. */
#include "pipeline/stages/entities/cues.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/entities/forms.h"
#include "pipeline/words/fold.h"

#define CUES_TEXT_BYTES 96 /* no cue is longer, folded */
#define CUES_WORDS      24 /* of a script where each letter is one */
#define CUES_BEFORE     4  /* words of a cue before a name */

static const struct cues_row {
	struct str text;
	uint32_t kind;
	const char *languages;
} cues_rows[] = {
#define CUE(text, kind, languages) {STR_INIT(text), CUE_##kind, languages},
#include "pipeline/stages/entities/cues.def"
#undef CUE
};
#define CUES_ROWS (sizeof cues_rows / sizeof *cues_rows)
_Static_assert(CUES_ROWS < CUES_NONE, "a row is a short number");

/* The first row that is not before the text. */
static size_t cues_lower(struct str text)
{
	size_t from = 0, to = CUES_ROWS;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (str_compare(cues_rows[middle].text, text) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

uint16_t cues_row(struct str folded)
{
	size_t row = cues_lower(folded);
	return row < CUES_ROWS && str_starts(cues_rows[row].text, folded) ? (uint16_t)row : CUES_NONE;
}

struct str cues_text(size_t row)
{
	return row < CUES_ROWS ? cues_rows[row].text : (struct str){0};
}

/* How many words from one on are the text, folded; 0: they are not. */
static size_t cues_words(const struct reading *r, size_t first, struct str text)
{
	char folded[CUES_TEXT_BYTES];
	for (size_t n = 1; n <= CUES_WORDS && first + n <= r->words->n; n++) {
		struct str run = reading_name(r, first, n);
		if (run.n > CUES_TEXT_BYTES)
			return 0;
		struct str begin = str_make(folded, fold_text(run, folded, sizeof folded));
		/* More words make it no other beginning. */
		if (!str_starts(text, begin))
			return 0;
		if (begin.n == text.n)
			return n;
	}
	return 0;
}

bool cue_is_none(const struct reading *r, size_t word)
{
	return r->known && r->known->cues[word] == CUES_NONE;
}

static struct cue cues_find(const struct reading *r, size_t word)
{
	char folded[CUES_TEXT_BYTES];
	struct cue cue = {.n = 1};
	if (r->words->at[word].kind != WORD_LETTERS || cue_is_none(r, word))
		return cue;
	struct str text = reading_name(r, word, 1);
	if (text.n > CUES_TEXT_BYTES)
		return cue;
	bool alone = r->words->at[word].flags & WORD_ALONE;
	struct str key = str_make(folded, fold_text(text, folded, sizeof folded));
	for (size_t i = r->known ? r->known->cues[word] : cues_lower(key);
	     i < CUES_ROWS && str_starts(cues_rows[i].text, key); i++) {
		const struct cues_row *row = &cues_rows[i];
		bool longer = row->text.n > key.n;
		/* Blanks, hyphens and apostrophes stand before all letters. */
		if (longer && !alone && (unsigned char)row->text.p[key.n] > '-')
			break;
		size_t n = !reading_is_in(r, row->languages) ? 0 : longer ? cues_words(r, word, row->text) : 1;
		if (n < cue.n)
			continue;
		cue.kinds = n == cue.n ? cue.kinds | row->kind : row->kind;
		cue.n = (uint32_t)n;
	}
	return cue;
}

struct cue cue_at(const struct reading *r, size_t word)
{
	CHECK(word < r->words->n);
	if (!r->cues[word].n)
		r->cues[word] = cues_find(r, word);
	return r->cues[word];
}

uint32_t cue_kinds(const struct reading *r, struct str text)
{
	char folded[CUES_TEXT_BYTES];
	uint32_t kinds = 0;
	if (text.n > CUES_TEXT_BYTES)
		return 0;
	struct str key = str_make(folded, fold_text(text, folded, sizeof folded));
	for (size_t i = cues_lower(key); i < CUES_ROWS && str_eq(cues_rows[i].text, key); i++)
		if (reading_is_in(r, cues_rows[i].languages))
			kinds |= cues_rows[i].kind;
	return kinds;
}

struct cue cue_before(const struct reading *r, size_t word, uint32_t kinds)
{
	for (size_t n = 1; n <= CUES_BEFORE && n <= word; n++) {
		struct cue cue = cue_at(r, word - n);
		if (cue.n == n && cue.kinds & kinds)
			return cue;
	}
	return (struct cue){0};
}

/* Looking at the words before and behind a name. See cites.h. */
#include "pipeline/stages/entities/cites.h"

#include "pipeline/words/fold.h"

#define CITES_WINDOW_WORDS  10
#define CITES_WINDOW_BYTES  256
#define CITES_BETWEEN_WORDS 5 /* blanks between a phrase and the name */
#define CITES_BEHIND_WORDS  2

enum cites_kind { CITES_BEFORE, CITES_AFTER, CITES_NOUN };

struct cites_phrase {
	const char *languages;
	struct str words;
	enum cites_kind kind;
};

static const struct cites_phrase cites_phrases[] = {
#define CITE(languages, where, text) {languages, STR_INIT(text), CITES_##where},
#include "pipeline/stages/entities/cites.def"
#undef CITE
};

#define CITES_PHRASES (sizeof cites_phrases / sizeof *cites_phrases)
_Static_assert(CITES_PHRASES <= UINT16_MAX, "a row is a short number");

struct cites_window {
	char p[CITES_WINDOW_BYTES];
	size_t n;
};

/* The words before a mention, in its sentence. */
static struct cites_window cites_before(const struct reading *r, const struct mention *m)
{
	struct cites_window window = {.n = 0};
	size_t from = m->first;
	while (from && m->first - from < CITES_WINDOW_WORDS && !(r->words->at[from].flags & WORD_SENTENCE))
		from--;
	if (from < m->first) {
		struct str text = str_slice(r->words->text, r->words->at[from].start, r->words->at[m->first].start);
		window.n = fold_text(text, window.p, sizeof window.p);
	}
	return window;
}

/* Those behind it. */
static struct cites_window cites_behind(const struct reading *r, const struct mention *m)
{
	struct cites_window window = {.n = 0};
	size_t from = m->first + m->n, to = from;
	while (to < r->words->n && to - from < CITES_WINDOW_WORDS && !(r->words->at[to].flags & WORD_SENTENCE))
		to++;
	if (to > from) {
		struct str text = reading_text(r, from, to - from);
		window.n = fold_text(text, window.p, sizeof window.p);
	}
	return window;
}

static size_t cites_blanks(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

/* Do the words stand alone there? A script without blanks asks for nothing. */
static bool cites_is_whole(struct str text, size_t start, size_t end)
{
	uint32_t before = fold_before(text, start), behind = fold_peek(text, end);
	uint32_t first = fold_peek(text, start);
	if (!fold_is_blank_script(first))
		return true;
	return !(before && fold_is_word_char(before)) && !(behind && fold_is_word_char(behind));
}

/* Where the phrase stands last in the text, or -1. */
static ptrdiff_t cites_last(struct str text, struct str phrase)
{
	ptrdiff_t found = -1;
	for (size_t at = 0; at + phrase.n <= text.n;) {
		const char *hit = memmem(text.p + at, text.n - at, phrase.p, phrase.n);
		if (!hit)
			break;
		size_t start = (size_t)(hit - text.p);
		if (cites_is_whole(text, start, start + phrase.n))
			found = hit - text.p;
		at = start + 1;
	}
	return found;
}

static bool cites_says(const struct cites_phrase *phrase, struct str before, struct str behind)
{
	if (phrase->kind == CITES_AFTER) {
		const char *hit = memmem(behind.p, behind.n, phrase->words.p, phrase->words.n);
		if (!hit)
			return false;
		size_t start = (size_t)(hit - behind.p);
		return cites_is_whole(behind, start, start + phrase->words.n) &&
		       cites_blanks(str_slice(behind, 0, start)) < CITES_BEHIND_WORDS;
	}
	ptrdiff_t start = cites_last(before, phrase->words);
	size_t most = phrase->kind == CITES_NOUN ? 1 : CITES_BETWEEN_WORDS;
	return start >= 0 && cites_blanks(str_slice(before, (size_t)start + phrase->words.n, before.n)) <= most;
}

struct cites cites_of(const struct reading *r)
{
	struct cites cites = {.r = r, .rows = arena_alloc(r->arena, CITES_PHRASES * sizeof *cites.rows)};
	const char *languages = NULL;
	bool ours = false;
	for (size_t i = 0; i < CITES_PHRASES; i++) {
		/* Rows of one language stand together. */
		if (cites_phrases[i].languages != languages) {
			languages = cites_phrases[i].languages;
			ours = reading_is_in(r, languages);
		}
		if (ours)
			cites.rows[cites.n++] = (uint16_t)i;
	}
	return cites;
}

/* Does one of the phrases of the story's language say so? Nouns, or all that are none. */
static bool cites_one_says(const struct cites *cites, struct str before, struct str behind, bool nouns)
{
	for (size_t i = 0; i < cites->n; i++) {
		const struct cites_phrase *phrase = &cites_phrases[cites->rows[i]];
		if ((phrase->kind == CITES_NOUN) == nouns && cites_says(phrase, before, behind))
			return true;
	}
	return false;
}

bool cites_is_cited(const struct cites *cites, const struct mention *mention, bool is_media)
{
	struct cites_window before = cites_before(cites->r, mention), behind = cites_behind(cites->r, mention);
	struct str b = str_make(before.p, before.n), a = str_make(behind.p, behind.n);
	return (is_media || cites_one_says(cites, b, a, true)) && cites_one_says(cites, b, a, false);
}

/*
 * Words before a bracket are laid beside the letters in it. See brackets.h.
 *
 * Each letter is the beginning of a word, or goes on in the word before it; a small word of few letters may have none,
 * and so may the last word, and one within, where there are letters enough. The shortest name that has all letters is
 * it.
 */
#include "pipeline/stages/entities/brackets.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/bodies.h"
#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/listed.h"

#include <unicode/uchar.h>

#define BRACKETS_LETTERS_LEAST 2
#define BRACKETS_WORDS         (2 * BRACKETS_LETTERS_MOST + 2) /* before the bracket */
#define BRACKETS_SMALL         4                               /* letters of a word between others: of, dan, für */
#define BRACKETS_WORD_LEAST    4                               /* letters of "Istat" */
#define BRACKETS_SLACK         4                               /* letters from which on a word may have none */
#define BRACKETS_MARGIN        3.0f

bool brackets_open(const struct reading *r, size_t word)
{
	if (reading_word(r, word)->kind != WORD_SIGN)
		return false;
	return reading_is_sign(r, word, '(') || str_is(words_text(r->words, word), "（");
}

static bool brackets_is_quote(const struct reading *r, size_t word)
{
	static const char *const quotes[] = {"\"", "'", "“", "”", "„", "‘", "’", "«", "»"};
	struct str text = words_text(r->words, word);
	for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
		if (str_is(text, quotes[i]))
			return true;
	return false;
}

static bool brackets_is_close(const struct reading *r, size_t word)
{
	return reading_is_sign(r, word, ')') || reading_is_sign(r, word, ',') || reading_is_sign(r, word, ';') ||
	       str_is(words_text(r->words, word), "）");
}

/* Half of its letters at least are capitals, and the first is: "KPS", "GfB". */
static bool brackets_is_letters(const struct reading *r, size_t word)
{
	const struct word *w = reading_word(r, word);
	struct str text = words_text(r->words, word);
	size_t large = 0, all = 0;
	if (w->kind != WORD_LETTERS || !(w->flags & WORD_UPPER_FIRST) ||
	    reading_letters(r, word) > BRACKETS_LETTERS_MOST)
		return false;
	for (size_t at = 0; at < text.n; all++)
		large += u_isupper((UChar32)utf8_next(text, &at)) != 0;
	return 2 * large >= all;
}

/* Letters that are spoken, and written, as a word: "Istat". */
static bool brackets_is_word(const struct reading *r, size_t word)
{
	const struct word *w = reading_word(r, word);
	size_t n = reading_letters(r, word);
	return w->kind == WORD_LETTERS && (w->flags & (WORD_UPPER_FIRST | WORD_UPPER_ALL)) == WORD_UPPER_FIRST &&
	       n >= BRACKETS_WORD_LEAST && n <= BRACKETS_LETTERS_MOST;
}

size_t brackets_letters(const struct reading *r, size_t open, size_t *first)
{
	size_t at = open + 1, n = r->words->n;
	if (at < n && brackets_is_quote(r, at))
		at++;
	*first = at;
	if (at >= n || !(brackets_is_letters(r, at) || brackets_is_word(r, at)))
		return 0;
	at++;
	while (at + 1 < n && reading_is_hyphen(r, at) && brackets_is_letters(r, at + 1))
		at += 2;
	size_t words = at - *first;
	if (at < n && brackets_is_quote(r, at))
		at++;
	return at < n && brackets_is_close(r, at) ? words : 0;
}

/* --- the name before ---------------------------------------------------------------------------------------------- */

struct bracket {
	const struct reading *r;
	uint32_t letters[2 * BRACKETS_LETTERS_MOST]; /* in small */
	bool is_small[2 * BRACKETS_LETTERS_MOST];    /* as written: a small word's, "GfB" */
	size_t n;
	size_t end; /* word behind the name's last */
	/* What has been tried in vain: words before the end, letters taken, words that may miss. */
	bool failed[BRACKETS_WORDS + 1][2 * BRACKETS_LETTERS_MOST + 1][2];
};

static uint32_t brackets_fold(uint32_t c)
{
	return (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
}

/* The letters, in small. */
static void brackets_read(struct bracket *b, size_t first, size_t n)
{
	struct str text = reading_text(b->r, first, n);
	bool is_word = n == 1 && !brackets_is_letters(b->r, first);
	for (size_t at = 0; at < text.n && b->n < sizeof b->letters / sizeof *b->letters;) {
		uint32_t c = utf8_next(text, &at);
		if (!u_isalpha((UChar32)c))
			continue;
		b->is_small[b->n] = !is_word && u_islower((UChar32)c);
		b->letters[b->n++] = brackets_fold(c);
	}
}

/* How many of the letters from `from` on stand in the word in their order, the first as its first. */
static size_t brackets_taken(const struct bracket *b, size_t word, size_t from)
{
	struct str text = words_text(b->r->words, word);
	bool large = reading_word(b->r, word)->flags & WORD_UPPER_FIRST;
	size_t taken = 0;
	if (from < b->n && b->is_small[from] && large)
		return 0;
	for (size_t at = 0; at < text.n && from + taken < b->n;) {
		bool begins = at == 0;
		bool same = brackets_fold(utf8_next(text, &at)) == b->letters[from + taken];
		if (begins && !same)
			return 0;
		if (!begins && b->is_small[from + taken])
			return taken;
		taken += same;
	}
	return taken;
}

/* May the word have none of the letters? *slack goes down if it is a long one. */
static bool brackets_may_miss(const struct bracket *b, size_t word, size_t *slack)
{
	const struct word *w = reading_word(b->r, word);
	if (w->kind != WORD_LETTERS ||
	    (reading_letters(b->r, word) <= BRACKETS_SMALL && !(w->flags & WORD_UPPER_FIRST)))
		return true;
	if (!*slack || w->flags & WORD_UPPER_FIRST)
		return false;
	--*slack;
	return true;
}

/* Do the words from there to the bracket have all the letters? */
static bool brackets_fits(struct bracket *b, size_t word, size_t from, size_t slack)
{
	if (word == b->end)
		return from == b->n;
	bool *failed = &b->failed[b->end - word][from][slack];
	if (*failed)
		return false;
	size_t most = brackets_taken(b, word, from), left = slack;
	/* As few as may be: the words behind have theirs. */
	for (size_t taken = 1; taken <= most; taken++)
		if (brackets_fits(b, word + 1, from + taken, slack))
			return true;
	bool fits = brackets_may_miss(b, word, &left) && brackets_fits(b, word + 1, from, left);
	*failed = !fits;
	return fits;
}

/* What may stand within a name. */
static bool brackets_within(const struct reading *r, size_t word)
{
	const struct word *w = reading_word(r, word);
	return w->kind == WORD_LETTERS || reading_joins(r, word) || reading_is_sign(r, word, ',') ||
	       reading_is_sign(r, word, '/');
}

/* Where the name begins; b->end: none does. */
static size_t brackets_begin(struct bracket *b)
{
	size_t slack = b->n >= BRACKETS_SLACK ? 1 : 0;
	for (size_t i = b->end; i-- > 0 && b->end - i <= BRACKETS_WORDS;) {
		const struct word *w = reading_word(b->r, i);
		if (!brackets_within(b->r, i))
			return b->end;
		bool begins = w->kind == WORD_LETTERS && w->flags & WORD_UPPER_FIRST && b->end - i > 1;
		if (begins && brackets_taken(b, i, 0) && brackets_fits(b, i, 0, slack))
			return i;
		if (w->flags & WORD_SENTENCE)
			return b->end;
	}
	return b->end;
}

/* --- marks -------------------------------------------------------------------------------------------------------- */

struct bracketing {
	const struct reading *r;
	const struct marks *given;
	size_t next; /* the next mark that is not copied yet */
	struct marks out;
};

static void brackets_copy(struct bracketing *b, size_t until)
{
	for (; b->next < b->given->n && b->given->at[b->next].first + b->given->at[b->next].n <= until; b->next++)
		b->out.at[b->out.n++] = b->given->at[b->next];
}

/* The mark among those from `at` on that has a word of the run; NULL: none. */
static const struct tagged *brackets_mark_of(const struct bracketing *b, size_t at, size_t first, size_t end)
{
	for (; at < b->given->n && b->given->at[at].first < end; at++)
		if (b->given->at[at].first + b->given->at[at].n > first)
			return &b->given->at[at];
	return NULL;
}

/* A mark within the name, or with an article before it, or with the letters behind it; not a person's or a place's that
 * is just the name. */
static bool brackets_gives_way(const struct reading *r, const struct tagged *mark, size_t first, size_t end,
                               size_t letters_end)
{
	size_t mark_end = mark->first + mark->n;
	bool article = mark->first + 1 == first && reading_letters(r, mark->first) < BRACKETS_SMALL;
	bool both = mark->type == NAME_IS_ORGANISATION && mark_end <= letters_end + 1;
	/* "PT Sumber Air (SA)" is a company's whole name. */
	if (mark_end > end && mark->first < first && reading_word(r, mark->first)->flags & WORD_UPPER_ALL)
		return false;
	if ((mark_end > end && !both) || (mark->first < first && !article))
		return false;
	return mark->type == NAME_IS_ORGANISATION || mark_end < end || mark->first > first;
}

static void brackets_put(struct bracketing *b, size_t first, const struct bracket *of, size_t letters, size_t n_letters)
{
	const struct reading *r = b->r;
	size_t end = of->end;
	brackets_copy(b, first);
	const struct tagged *mark = brackets_mark_of(b, b->next, first, end);
	const struct tagged *beside = brackets_mark_of(b, b->next, letters, letters + 1);
	bool is_named =
	        (mark && mark->type == NAME_IS_ORGANISATION) || (beside && beside->type == NAME_IS_ORGANISATION);
	if (mark && !brackets_gives_way(r, mark, first, end, letters + n_letters))
		return;
	/* "Agence", "Bureau", "Police": gross domestic products have initials, too. */
	is_named |= (cue_at(r, first).kinds & (CUE_ORG_HEAD | CUE_ORG_WHOLE)) != 0;
	is_named |= cue_at(r, first).kinds & CUE_ORG_CALLED && bodies_may_be_head(r, first, end, first);
	is_named |=
	        cue_at(r, end - 1).kinds & (CUE_ORG_END | CUE_ORG_WEAK) && bodies_may_be_head(r, first, end, end - 1);
	is_named |= bodies_has_head(r, first, end);
	/* "GfB": letters of small words are written small in societies' names alone. */
	for (size_t i = 0; i < of->n; i++)
		is_named |= of->is_small[i];
	if (!is_named || listed_classes(r, first, end - first) & NAME_COUNTRY)
		return;
	struct tagged name = {(uint32_t)first, (uint32_t)(end - first), NAME_IS_ORGANISATION, BRACKETS_MARGIN, false};
	if (mark && mark->margin > name.margin)
		name.margin = mark->margin;
	while (b->next < b->given->n && b->given->at[b->next].first < end)
		b->next++;
	b->out.at[b->out.n++] = name;
	/* The letters are the same, whatever the tagger took them for. */
	while (b->next < b->given->n && b->given->at[b->next].first < letters + n_letters)
		b->next++;
	name.first = (uint32_t)letters;
	name.n = (uint32_t)n_letters;
	b->out.at[b->out.n++] = name;
}

struct marks brackets_mark(const struct reading *r, const struct marks *given)
{
	struct bracketing b = {.r = r, .given = given};
	b.out.at = arena_alloc(r->arena, (given->n + r->words->n + 1) * sizeof *b.out.at);
	for (size_t i = 2; i + 1 < r->words->n; i++) {
		size_t letters, n = brackets_open(r, i) ? brackets_letters(r, i, &letters) : 0;
		if (!n)
			continue;
		struct bracket one = {.r = r, .end = i};
		brackets_read(&one, letters, n);
		size_t first = one.n >= BRACKETS_LETTERS_LEAST ? brackets_begin(&one) : i;
		if (first == i)
			continue;
		bool after = !b.out.n || b.out.at[b.out.n - 1].first + b.out.at[b.out.n - 1].n <= first;
		if (after)
			brackets_put(&b, first, &one, letters, n);
	}
	brackets_copy(&b, r->words->n);
	return b.out;
}

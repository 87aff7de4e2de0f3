/* The table, folded once and found by its first character. See signals.h. */
#include "pipeline/words/signals.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#include <stdio.h>
#include <stdlib.h>

#define SIGNALS_BUCKETS    4096
#define SIGNALS_BEGIN      3    /* characters that tell a row's bucket */
#define SIGNALS_FOLDED_MAX 160  /* bytes of a row */
#define SIGNALS_TEXT_MAX   4096 /* bytes of a text that is searched */
#define SIGNALS_DIGITS_MAX 2
#define SIGNALS_LANGUAGES  24 /* bytes: of all languages that have the same words */

struct signals_row {
	const char *language;
	char languages[SIGNALS_LANGUAGES];
	enum signal_kind kind;
	enum signal_mode mode;
	struct str words;         /* folded */
	uint32_t last;            /* their last character */
	struct signals_row *next; /* of the bucket, or of the kind */
};

static const struct {
	const char *language, *words;
	enum signal_kind kind;
	enum signal_mode mode;
} signals_table[] = {
#define SIGNAL(language, kind, mode, words, seen) {language, words, SIGNAL_##kind, SIGNAL_##mode},
#include "pipeline/words/signals.def"
#undef SIGNAL
};

#define SIGNALS_ROWS (sizeof(signals_table) / sizeof(signals_table[0]))

struct signals {
	struct signals_row rows[SIGNALS_ROWS];
	struct signals_row *opening[SIGNALS_BUCKETS]; /* by the first characters */
	struct signals_row *kinds[SIGNAL_KINDS];      /* INSIDE and LAST */
	char text[SIGNALS_ROWS * SIGNALS_FOLDED_MAX];
};

/* By the first n characters of folded words: most lines begin as no row does. */
static size_t signals_bucket(const uint32_t *begin, size_t n)
{
	uint64_t key = 0;
	for (size_t i = 0; i < n; i++)
		key = key << 21 | begin[i];
	return key * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (SIGNALS_BUCKETS - 1);
}

static size_t signals_row_bucket(struct str words)
{
	uint32_t begin[SIGNALS_BEGIN];
	size_t n = 0;
	for (size_t at = 0; at < words.n && n < SIGNALS_BEGIN;)
		begin[n++] = utf8_next(words, &at);
	return signals_bucket(begin, n);
}

/* Puts the row before those of its list; what it shares with one of them it knows. */
static void signals_link(struct signals_row *row, struct signals_row **list)
{
	const struct signals_row *same = *list;
	while (same && !(same->mode == row->mode && str_eq(same->words, row->words)))
		same = same->next;
	int n = snprintf(row->languages, sizeof(row->languages), "%s%s%s", row->language, same ? " " : "",
	                 same ? same->languages : "");
	CHECK(n > 0 && (size_t)n < sizeof(row->languages));
	row->next = *list;
	*list = row;
}

/* From the last row to the first: of words that several languages have the table's first row is found. */
struct signals *signals_new(void)
{
	struct signals *signals = calloc(1, sizeof(*signals));
	char *at = signals ? signals->text : NULL;
	for (size_t i = SIGNALS_ROWS; signals && i-- > 0;) {
		struct signals_row *row = &signals->rows[i];
		size_t n = fold_text(str_of(signals_table[i].words), at, SIGNALS_FOLDED_MAX);
		*row = (struct signals_row){.language = signals_table[i].language,
		                            .kind = signals_table[i].kind,
		                            .mode = signals_table[i].mode,
		                            .words = str_make(at, n),
		                            .last = fold_before(str_make(at, n), n)};
		bool opens = row->mode != SIGNAL_INSIDE && row->mode != SIGNAL_LAST;
		signals_link(row,
		             opens ? &signals->opening[signals_row_bucket(row->words)] : &signals->kinds[row->kind]);
		at += n;
	}
	return signals;
}

void signals_free(struct signals *signals)
{
	free(signals);
}

/* --- one row ------------------------------------------------------------------------------------------------------ */

/* Behind the folded words at `at` of s, or 0: they do not stand there as words of their own. */
static size_t signals_match(struct str s, size_t at, struct str words)
{
	size_t w = 0;
	uint32_t last = 0;
	bool after_blank = false;
	while (w < words.n) {
		if (at >= s.n)
			return 0;
		struct folded f = fold_char(utf8_next(s, &at));
		for (size_t i = 0; i < 2 && f.c[i]; i++) {
			if (f.c[i] == ' ' && after_blank)
				continue;
			after_blank = f.c[i] == ' ';
			if (w >= words.n || utf8_next(words, &w) != f.c[i])
				return 0;
			last = f.c[i];
		}
	}
	bool blank_script = fold_is_blank_script(last);
	return blank_script && fold_is_word_char(last) && fold_is_word_char(fold_peek(s, at)) ? 0 : at;
}

/* --- around the words --------------------------------------------------------------------------------------------- */

static const char *const signals_before[] = {"【", "［", "〔", "《", "«", "“", "•", "+",
                                             "*",  "[",  "(",  "\"", "^", " ", "=", "#"};
static const char *const signals_behind[] = {":", "：", ")", "]", "】", "］", "〕", "）", "/", "》"};
static const char *const signals_dashes[] = {"-", "–", "—", "_"};

static size_t signals_one(struct str s, size_t at, const char *const *marks, size_t n)
{
	for (size_t i = 0; i < n && at < s.n; i++)
		if (marks[i][0] == s.p[at] && str_starts(str_slice(s, at, s.n), str_of(marks[i])))
			return at + strlen(marks[i]);
	return at;
}

#define SIGNALS_ONE(s, at, marks) signals_one(s, at, marks, sizeof(marks) / sizeof(marks[0]))

static size_t signals_blanks(struct str s, size_t at)
{
	while (at < s.n && fold_char(fold_peek(s, at)).c[0] == ' ')
		utf8_next(s, &at);
	return at;
}

/* One or two digits; or `at`. */
static size_t signals_number(struct str s, size_t at, int *number)
{
	int value = 0;
	size_t p = at, digits = 0;
	for (; p < s.n && digits <= SIGNALS_DIGITS_MAX && fold_digit(fold_peek(s, p)) >= 0; digits++)
		value = value * 10 + fold_digit(utf8_next(s, &p));
	if (!digits || digits > SIGNALS_DIGITS_MAX)
		return at;
	*number = value;
	return p;
}

/* "2. ", "2nd ", "2 " before the words; or `at`. */
static size_t signals_ordinal(struct str s, size_t at, int *number)
{
	static const char *const ends[] = {".", "st", "nd", "rd", "th", "ST", "ND", "RD", "TH", "º", "ª", "°"};
	size_t p = signals_number(s, at, number);
	if (p == at)
		return at;
	p = signals_blanks(s, SIGNALS_ONE(s, p, ends));
	return p;
}

static bool signals_says_nothing(struct str s)
{
	for (size_t at = 0; at < s.n;)
		if (fold_is_word_char(utf8_next(s, &at)))
			return false;
	return true;
}

/* What stands behind the words: a number, a mark, nothing. */
static void signals_finish(struct str s, struct signal_hit *hit)
{
	size_t at = signals_blanks(s, hit->end), blanks = at - hit->end;
	size_t number = signals_number(s, at, &hit->number);
	bool glued = number > at && fold_is_word_char(fold_peek(s, number));
	at = number > at && !glued ? signals_blanks(s, number) : at;
	size_t behind = SIGNALS_ONE(s, at, signals_behind);
	hit->is_large = fold_is_capitals(str_slice(s, hit->start, hit->end));
	if (behind == at && (hit->is_large || blanks || number > hit->end))
		behind = SIGNALS_ONE(s, at, signals_dashes);
	/* "KILL DEVIL-HILLS": a dash that joins words is no mark; "UPDATE 2-Harrow" is in capitals. */
	hit->is_marked = behind > at;
	while (hit->is_marked && behind < s.n && SIGNALS_ONE(s, behind, signals_behind) > behind)
		behind = SIGNALS_ONE(s, behind, signals_behind);
	hit->is_alone = signals_says_nothing(str_slice(s, hit->is_marked ? behind : at, s.n));
}

static bool signals_fits(const struct signal_hit *hit, bool is_note)
{
	switch (hit->mode) {
	case SIGNAL_HEAD:
		return is_note || hit->is_marked || hit->is_alone;
	case SIGNAL_ALONE:
		return hit->is_alone;
	default:
		return true;
	}
}

/* The first characters from `at` on as they fold, blanks in a row as one; how many. */
static size_t signals_begin(struct str line, size_t at, uint32_t begin[SIGNALS_BEGIN])
{
	size_t n = 0;
	while (n < SIGNALS_BEGIN && at < line.n) {
		struct folded f = fold_char(utf8_next(line, &at));
		for (size_t i = 0; i < 2 && f.c[i] && n < SIGNALS_BEGIN; i++)
			if (f.c[i] != ' ' || !n || begin[n - 1] != ' ')
				begin[n++] = f.c[i];
	}
	return n;
}

static bool signals_try_rows(const struct signals_row *row, struct str line, size_t at, bool is_note,
                             struct signal_hit *hit)
{
	bool found = hit->end > 0;
	for (; row; row = row->next) {
		size_t end = signals_match(line, at, row->words);
		struct signal_hit one = {
		        .kind = row->kind,
		        .mode = row->mode,
		        .language = row->language,
		        .languages = row->languages,
		        .start = at,
		        .end = end,
		};
		if (!end || (found && end <= hit->end))
			continue;
		signals_finish(line, &one);
		if (!signals_fits(&one, is_note))
			continue;
		*hit = one;
		found = true;
	}
	return found;
}

static bool signals_try(const struct signals *signals, struct str line, size_t at, bool is_note, struct signal_hit *hit)
{
	uint32_t begin[SIGNALS_BEGIN];
	struct signal_hit best = {0};
	/* Nothing of the table begins with what is not seen. */
	if (!fold_char(fold_peek(line, at)).c[0])
		return false;
	/* Rows may be shorter than what tells their bucket. */
	for (size_t n = signals_begin(line, at, begin); n; n--)
		signals_try_rows(signals->opening[signals_bucket(begin, n)], line, at, is_note, &best);
	if (best.end)
		*hit = best;
	return best.end > 0;
}

bool signals_open(const struct signals *signals, struct str line, bool is_note, struct signal_hit *hit)
{
	size_t at = 0;
	if (!signals)
		return false;
	/* A bracket may be a part of the words: "(Corrects …". */
	for (size_t next = at; at < line.n; at = next) {
		if (signals_try(signals, line, at, is_note, hit))
			return true;
		next = SIGNALS_ONE(line, at, signals_before);
		if (next == at)
			break;
	}
	int number = 0;
	size_t behind = signals_ordinal(line, at, &number);
	if (behind == at || !signals_try(signals, line, behind, is_note, hit))
		return false;
	hit->number = hit->number ? hit->number : number;
	return true;
}

/* Does the line's last character end one of the rows? One that folds to nothing does not tell. */
static bool signals_may_close(const struct signals_row *row, struct str line)
{
	struct folded last = fold_char(fold_before(line, line.n));
	uint32_t c = last.c[1] ? last.c[1] : last.c[0];
	for (; row && c; row = row->next)
		if (row->mode == SIGNAL_LAST && row->last == c)
			return true;
	return !c;
}

bool signals_close(const struct signals *signals, struct str line, enum signal_kind kind)
{
	char folded[2 * SIGNALS_FOLDED_MAX];
	if (!signals)
		return false;
	while (line.n && !fold_is_word_char(fold_before(line, line.n))) {
		line.n--;
		while (line.n && ((unsigned char)line.p[line.n] & 0xc0) == 0x80)
			line.n--;
	}
	if (!signals_may_close(signals->kinds[kind], line))
		return false;
	struct str last = fold_last(line, SIGNALS_FOLDED_MAX);
	struct str text = {folded, fold_text(last, folded, sizeof(folded))};
	for (const struct signals_row *row = signals->kinds[kind]; row; row = row->next)
		if (row->mode == SIGNAL_LAST && str_ends(text, row->words))
			return true;
	return false;
}

/* A word's beginning; scripts without blanks have none. */
static bool signals_begins(struct str text, size_t at)
{
	uint32_t first = fold_peek(text, at);
	return !fold_is_blank_script(first) || !fold_is_word_char(fold_before(text, at));
}

bool signals_hold(const struct signals *signals, struct str text, enum signal_kind kind)
{
	char folded[SIGNALS_TEXT_MAX], lines[SIGNALS_TEXT_MAX / 2];
	if (!signals)
		return false;
	text = fold_cut(text, sizeof(lines));
	for (size_t i = 0; i < text.n; i++)
		lines[i] = text.p[i] >= 0 && text.p[i] < ' ' ? ' ' : text.p[i]; /* phrases go on in the next line */
	struct str in = {folded, fold_text(str_make(lines, text.n), folded, sizeof(folded))};
	for (const struct signals_row *row = signals->kinds[kind]; row; row = row->next) {
		if (row->mode != SIGNAL_INSIDE)
			continue;
		for (size_t at = 0; at + row->words.n <= in.n; at++) {
			const char *hit = memmem(in.p + at, in.n - at, row->words.p, row->words.n);
			if (!hit)
				break;
			at = (size_t)(hit - in.p);
			if (signals_begins(in, at))
				return true;
		}
	}
	return false;
}

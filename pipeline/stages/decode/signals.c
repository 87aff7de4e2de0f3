#include "pipeline/stages/decode/signals.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* Of the longest row, folded, and what may stand behind it. */
#define SIGNALS_WORD_BYTES 64
/* Of capitals between the word and the mark behind it: "CORRECTION ET MISE À JOUR -". */
#define SIGNALS_MORE_BYTES 40
/* "UPDATE 2-CORRECTED-…" */
#define SIGNALS_PREFIXES_MAX 3

/* --- codes -------------------------------------------------------------------------------------------------------- */

/* "stat:canceled", "http://cv.iptc.org/newscodes/pubstatusg2/canceled": only the last word counts. */
static struct str signals_last_word(struct str s)
{
	s = str_trim(s);
	for (size_t i = s.n; i > 0; i--) {
		if (s.p[i - 1] == ':' || s.p[i - 1] == '/')
			return str_slice(s, i, s.n);
	}
	return s;
}

void draft_signal(struct draft *draft, struct str signal)
{
	static const struct {
		const char *word, *control; /* NULL: none of its own, it updates */
		bool corrects;
	} rows[] = {
	        {"correction", NULL, true},
	        {"corrected", NULL, true},
	        {"corrects", NULL, true},
	        {"rectify", NULL, true},
	        {"update", NULL, false},
	        {"updated", NULL, false},
	        {"replace", NULL, false},
	        {"writethru", NULL, false},
	        {"writethrough", NULL, false},
	        {"kill", "kill", false},
	        {"cancel", "kill", false},
	        {"canceled", "kill", false},
	        {"cancelled", "kill", false},
	        {"retraction", "kill", false},
	        {"withdrawal", "withdrawal", false},
	        {"withdraw", "withdrawal", false},
	        {"withdrawn", "withdrawal", false},
	        {"test", "test", false},
	        {"advisory", "advisory", false},
	};
	struct str word = signals_last_word(signal);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!str_is_fold(word, rows[i].word))
			continue;
		draft->is_correction |= !rows[i].control;
		if (rows[i].corrects && !draft->correction_signal.n)
			draft->correction_signal = str_trim(signal);
		if (!draft->control)
			draft->control = rows[i].control;
	}
}

/* --- words that correct ------------------------------------------------------------------------------------------- */

static const struct {
	struct str word;
	bool stem;
} signals_corrections[] = {
#define WORD(word) {STR_INIT(word), false},
#define STEM(word) {STR_INIT(word), true},
#include "pipeline/stages/decode/signals.def"
#undef WORD
#undef STEM
};

/* The first byte of each, so that most are passed over without a look at the row. */
static const char signals_openings[] = {
#define WORD(word) word[0],
#define STEM(word) word[0],
#include "pipeline/stages/decode/signals.def"
#undef WORD
#undef STEM
};

/* Behind the word that s begins with, in any case; 0: it does not. */
static size_t signals_match(struct str s, struct str word)
{
	size_t at = 0;
	for (size_t w = 0; w < word.n;) {
		struct folded want = fold_char(utf8_next(word, &w)), have = {{0}};
		while (at < s.n && !have.c[0])
			have = fold_char(utf8_next(s, &at));
		if (want.c[0] != have.c[0] || want.c[1] != have.c[1])
			return 0;
	}
	return at;
}

static bool signals_is_inside(struct str s, size_t at)
{
	uint32_t next = fold_peek(s, at);
	return fold_is_word_char(next) && fold_is_blank_script(next);
}

/* The folded first character of s, as bytes in `room`. Words of tables begin with theirs as it is folded, so that most
 * of them are passed over by a look at it. */
static struct str signals_first(struct str s, char room[4])
{
	struct folded first = {{0}};
	for (size_t at = 0; at < s.n && !first.c[0];)
		first = fold_char(utf8_next(s, &at));
	return str_make(room, first.c[0] ? utf8_write(room, first.c[0]) : 0);
}

static bool signals_opens(struct str word, struct str first)
{
	return word.p[0] == first.p[0] && str_starts(word, first);
}

/* The row at or behind `at` whose word begins with that byte, or their count. */
static size_t signals_row(size_t at, char first)
{
	const char *hit = memchr(signals_openings + at, first, COUNT(signals_openings) - at);
	return hit ? (size_t)(hit - signals_openings) : COUNT(signals_openings);
}

/* Behind the word for a correction that s begins with; 0: none. */
static size_t signals_correction(struct str s)
{
	char room[4];
	struct str first = signals_first(s, room);
	size_t i = first.n ? signals_row(0, *first.p) : COUNT(signals_corrections);
	for (; i < COUNT(signals_corrections); i = signals_row(i + 1, *first.p)) {
		if (!signals_opens(signals_corrections[i].word, first))
			continue;
		size_t end = signals_match(s, signals_corrections[i].word);
		if (!end || (!signals_corrections[i].stem && signals_is_inside(s, end)))
			continue;
		while (end < s.n && signals_is_inside(s, end))
			utf8_next(s, &end);
		return end;
	}
	return 0;
}

/* --- headlines ---------------------------------------------------------------------------------------------------- */

/* What desks put before a headline in capitals. Words that cancel more than stories ("WITHDRAWN: …", a film called
 * "Kill") are cleanup's to judge, which reads the text for evidence. */
static const struct {
	struct str words;
	const char *signal;
} signals_prefixes[] = {
        {STR_INIT("MANDATORY KILL"), "kill"}, {STR_INIT("KILL NOTICE"), "kill"},  {STR_INIT("UPDATED"), "update"},
        {STR_INIT("UPDATE"), "update"},       {STR_INIT("REFILE"), "correction"},
};

/* A dash, a colon, or the bracket that was opened before the words: behind it; 0: none stands there. */
static size_t signals_mark(struct str s, size_t at, bool *dash)
{
	static const struct {
		struct str mark;
		bool dash;
	} rows[] = {{STR_INIT("-"), true},   {STR_INIT("–"), true},   {STR_INIT("—"), true},   {STR_INIT(":"), false},
	            {STR_INIT("："), false}, {STR_INIT("】"), false}, {STR_INIT("］"), false}, {STR_INIT("]"), false},
	            {STR_INIT(")"), false},  {STR_INIT("）"), false}};
	while (at < s.n && s.p[at] == ' ')
		at++;
	for (size_t i = 0; i < COUNT(rows); i++) {
		*dash = rows[i].dash;
		if (str_starts(str_slice(s, at, s.n), rows[i].mark))
			return at + rows[i].mark.n;
	}
	return 0;
}

/* The same with a number of the version or more capitals between: "UPDATE 2-", "CORRECTION ET MISE À JOUR -". */
static size_t signals_mark_further(struct str s, size_t at)
{
	struct str more = fold_cut(str_slice(s, at, s.n), SIGNALS_MORE_BYTES);
	bool dash;
	for (size_t i = 0; i < more.n;) {
		size_t behind = signals_mark(s, at + i, &dash);
		if (behind)
			return behind;
		uint32_t c = utf8_next(more, &i);
		if (fold_is_lower(c) || (fold_is_word_char(c) && !fold_is_upper(c) && fold_digit(c) < 0))
			return 0;
	}
	return 0;
}

/* A headline that is in capitals as a whole says nothing by them. */
static bool signals_is_plain(struct str rest)
{
	return str_trim(rest).n > 0 && !fold_is_capitals(rest);
}

/* "Correction: …" with a colon; "CORRECTED-…" and "CORRECTION ET MISE À JOUR - …" as capitals are enough. */
static size_t signals_corrected(struct draft *draft, struct str s)
{
	bool dash = false;
	size_t end = signals_correction(s), behind = end ? signals_mark(s, end, &dash) : 0;
	struct str word = str_slice(s, 0, end);
	if (end && (!behind || dash)) {
		behind = fold_is_capitals(word) ? signals_mark_further(s, end) : 0;
		if (behind && !signals_is_plain(str_slice(s, behind, s.n)))
			return 0;
	}
	if (!behind)
		return 0;
	draft->is_correction = true;
	if (!draft->correction.n)
		draft->correction = word;
	return behind;
}

/* One prefix: behind its mark; 0: there is none. */
static size_t signals_prefix(struct draft *draft, struct str s)
{
	for (size_t i = 0; i < COUNT(signals_prefixes); i++) {
		struct str words = signals_prefixes[i].words;
		bool begins = str_starts(s, words) && !signals_is_inside(s, words.n);
		size_t behind = begins ? signals_mark_further(s, words.n) : 0;
		if (!behind || !str_trim(str_slice(s, behind, s.n)).n)
			continue;
		draft_signal(draft, str_of(signals_prefixes[i].signal));
		return behind;
	}
	return signals_corrected(draft, s);
}

void signals_headline(struct draft *draft, struct str headline)
{
	static const struct str opened[] = {STR_INIT("("),  STR_INIT("["), STR_INIT("【"), STR_INIT("［"),
	                                    STR_INIT("（"), STR_INIT("/"), STR_INIT("*")};
	for (int n = 0; n < SIGNALS_PREFIXES_MAX; n++) {
		headline = str_trim(headline);
		for (size_t i = 0; i < COUNT(opened); i++) {
			while (str_starts(headline, opened[i]))
				headline = str_slice(headline, opened[i].n, headline.n);
		}
		size_t behind = signals_prefix(draft, headline);
		if (!behind)
			return;
		headline = str_slice(headline, behind, headline.n);
	}
}

/* --- notes -------------------------------------------------------------------------------------------------------- */

/* "UPDATES with quotes", "Adds background": what is new in English, which agencies of all countries write to desks. */
static bool signals_says_update(struct str s)
{
	static const struct str words[] = {STR_INIT("updates"),  STR_INIT("updated"), STR_INIT("update"),
	                                   STR_INIT("recasts"),  STR_INIT("recast"),  STR_INIT("refiles"),
	                                   STR_INIT("refile"),   STR_INIT("adds"),    STR_INIT("add"),
	                                   STR_INIT("ajoute"),   STR_INIT("neu:"),    STR_INIT("actualise"),
	                                   STR_INIT("actualiza")};
	char room[4];
	struct str first = signals_first(s, room);
	for (size_t i = 0; first.n && i < COUNT(words); i++) {
		size_t end = signals_opens(words[i], first) ? signals_match(s, words[i]) : 0;
		if (end && !signals_is_inside(s, end))
			return true;
	}
	return false;
}

/* Where the next sentence begins: behind a stop, a colon or a bracket, and the end of a line. */
static size_t signals_next_sentence(struct str s, size_t at)
{
	for (; at < s.n; at++) {
		char c = s.p[at], next = at + 1 < s.n ? s.p[at + 1] : ' ';
		if (((c == '.' || c == ':' || c == ';') && next == ' ') || c == '(' || c == '\n')
			return at + 1;
	}
	return s.n;
}

static void signals_sentence(struct draft *draft, struct str sentence, struct str line)
{
	if (signals_correction(sentence)) {
		draft->is_correction = true;
		if (!draft->correction.n)
			draft->correction = line;
	}
	draft->is_correction |= signals_says_update(sentence);
}

void signals_notes(struct draft *draft, struct str notes)
{
	for (size_t at = 0, line_at = 0; at < notes.n; at = signals_next_sentence(notes, at)) {
		while (at < notes.n && str_is_space(notes.p[at]))
			at++;
		if (at && notes.p[at - 1] == '\n')
			line_at = at;
		struct str line = str_slice(notes, line_at, str_index(notes, '\n', at));
		signals_sentence(draft, str_slice(line, at - line_at, line.n), str_trim(line));
	}
}

void signals_reason(struct draft *draft, struct str note)
{
	static const char *const additions[] = {"neu:", "new:", "nouveau:", "nuovo:", "nuevo:"};
	bool adds = signals_says_update(note);
	for (size_t i = 0; i < COUNT(additions); i++)
		adds |= str_starts_fold(note, additions[i]);
	draft->is_correction = true;
	if (!adds && !draft->correction.n)
		draft->correction = str_trim(note);
}

/*
 * From marks to mentions, in four passes: the tagger's marks are trimmed and set right by what the gazetteer is sure
 * of; what it is sure of beside them is added; the same words get the same type; names that are sure are looked for in
 * the rest of the words. See mentions.h.
 */
#include "pipeline/stages/entities/mentions.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/marks.h"
#include "pipeline/stages/entities/placing.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>

#define MENTIONS_SURE_MARGIN   1.5f /* so sure that it is looked for elsewhere */
#define MENTIONS_OWN_MARGIN    5.0f /* so sure that the same words elsewhere do not change its type */
#define MENTIONS_PLACE_MARGIN  2.5f /* so sure of an organisation that a word of place before it changes nothing */
#define MENTIONS_FORENAME      1.5f /* more, of a person whose first word is a forename of the list */
#define MENTIONS_LISTED        3.0f /* margin of what only the gazetteer found */
#define MENTIONS_FOUND         2.0f /* margin of what was found because it is sure elsewhere */
#define MENTIONS_RUN_WORDS     GAZETTEER_NAME_WORDS
#define MENTIONS_TITLE_BYTES   64
#define MENTIONS_ENTRIES       4
#define MENTIONS_BIG_CITY      100000
#define MENTIONS_ACRONYM_LEAST 3

const char *evidence_word(enum evidence evidence)
{
	static const char *const words[] = {[EVIDENCE_TAGGER] = "tagger",
	                                    [EVIDENCE_GAZETTEER] = "gazetteer",
	                                    [EVIDENCE_FULL_NAME] = "full-name",
	                                    [EVIDENCE_SHORT_FORM] = "short-form",
	                                    [EVIDENCE_SAME_NAME] = "same-name"};
	return words[evidence];
}

/* --- words ------------------------------------------------------------------------------------------------------ */

static const struct word *mentions_word(const struct reading *r, size_t i)
{
	return &r->words->at[i];
}

static bool mentions_is_capital(const struct word *w)
{
	return w->kind == WORD_LETTERS && w->flags & (WORD_UPPER_FIRST | WORD_CASELESS);
}

/* Does the run have a word that could be a name's: with a capital, or of a script without? */
static bool mentions_has_capital(const struct reading *r, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		if (mentions_is_capital(mentions_word(r, i)))
			return true;
	return false;
}

static size_t mentions_letters(const struct reading *r, size_t word)
{
	return mentions_word(r, word)->end_cp - mentions_word(r, word)->start_cp;
}

size_t mention_parts(const struct reading *r, const struct mention *mention, uint32_t parts[MENTION_PARTS_MAX + 1])
{
	size_t n = 0;
	for (uint32_t i = mention->first; i < mention->first + mention->n; i++) {
		bool begins = i == mention->first || mentions_word(r, i)->flags & WORD_SPACE_BEFORE;
		if (!begins)
			continue;
		if (n == MENTION_PARTS_MAX)
			break;
		parts[n++] = i;
	}
	parts[n] = mention->first + mention->n;
	return n;
}

bool mention_abbreviates(const struct reading *r, size_t letters, const struct mention *full)
{
	struct folded_word folded = reading_fold(r, letters);
	struct str s = str_make(folded.p, folded.n);
	size_t at = 0;
	bool begun = false;
	if (!s.n)
		return false;
	uint32_t next = utf8_next(s, &at);
	for (size_t i = full->first; i < full->first + full->n; i++) {
		struct folded_word word = reading_fold(r, i);
		struct str w = str_make(word.p, word.n);
		for (size_t j = 0; j < w.n;) {
			bool starts = j == 0;
			if (utf8_next(w, &j) != next || !(begun || starts))
				continue;
			begun = true;
			if (at == s.n)
				return true;
			next = utf8_next(s, &at);
		}
	}
	return false;
}

/* --- trimming --------------------------------------------------------------------------------------------------- */

static int mentions_compare_title(const void *key, const void *row)
{
	return str_compare(*(const struct str *)key, *(const struct str *)row);
}

static bool mentions_is_title(const struct reading *r, size_t word)
{
	static const struct str titles[] = {
#define TITLE(text) STR_INIT(text),
#include "pipeline/stages/entities/titles.def"
#undef TITLE
	};
	char folded[MENTIONS_TITLE_BYTES];
	struct str text = words_text(r->words, word);
	if (text.n > sizeof folded / 2)
		return false;
	struct str key = str_make(folded, fold_text(text, folded, sizeof folded));
	return bsearch(&key, titles, sizeof titles / sizeof *titles, sizeof *titles, mentions_compare_title) != NULL;
}

bool mention_has_title(const struct reading *r, const struct mention *mention)
{
	size_t at = mention->first;
	if (at > 1 && reading_is_sign(r, at - 1, '.'))
		at--;
	return at && mentions_is_title(r, at - 1);
}

/* Is the sign part of names, within them? */
static bool mentions_joins(const struct reading *r, size_t word)
{
	return reading_is_hyphen(r, word) || reading_is_apostrophe(r, word) || reading_is_sign(r, word, '.') ||
	       reading_is_sign(r, word, '&') || str_is(words_text(r->words, word), "\u00b7") ||
	       str_is(words_text(r->words, word), "\u30fb");
}

static bool mentions_has_sign(const struct reading *r, const struct mention *m, char sign)
{
	for (size_t i = m->first; i < m->first + m->n; i++)
		if (reading_is_sign(r, i, sign))
			return true;
	return false;
}

/* "Putin's", "U.S.", "Yahoo!": of what stands behind a name only the full stop of an abbreviation is its own. */
static void mentions_trim_end(const struct reading *r, struct mention *m)
{
	while (m->n) {
		size_t last = m->first + m->n - 1;
		bool possessive =
		        m->n > 2 && str_is(words_text(r->words, last), "s") && reading_is_apostrophe(r, last - 1);
		if (possessive) {
			m->n -= 2;
			continue;
		}
		if (mentions_word(r, last)->kind != WORD_SIGN)
			return;
		if (reading_is_sign(r, last, ')') && mentions_has_sign(r, m, '('))
			return;
		bool stop = m->n > 3 && reading_is_sign(r, last, '.') && reading_is_sign(r, last - 2, '.');
		if (stop)
			return;
		m->n--;
	}
}

static void mentions_trim_start(const struct reading *r, struct mention *m)
{
	while (m->n && mentions_word(r, m->first)->kind == WORD_SIGN) {
		m->first++;
		m->n--;
	}
}

/* A person's name ends before the first sign that is no part of names. */
static void mentions_cut_person(const struct reading *r, struct mention *m)
{
	for (size_t i = m->first; i < m->first + m->n; i++)
		if (mentions_word(r, i)->kind == WORD_SIGN && !mentions_joins(r, i))
			m->n = (uint32_t)i - m->first;
}

/* "Presiden Vladimir Putin", "Dr. Ada Moreau". What is only a title stays whole, to be dropped elsewhere. */
static void mentions_trim_titles(const struct reading *r, struct mention *m)
{
	struct mention rest = *m;
	while (rest.n > 1 && mentions_is_title(r, rest.first)) {
		rest.first++;
		rest.n--;
		mentions_trim_start(r, &rest);
	}
	if (rest.n && mentions_has_capital(r, rest.first, rest.n))
		*m = rest;
}

/* "Wali Kota Surabaya" is the mayor (wali kota) of Surabaya, not the guardian of Kota Surabaya. */
static void mentions_trim_mayor(const struct reading *r, struct mention *m)
{
	bool mayor = m->n > 1 && m->first && str_is(words_text(r->words, m->first), "Kota") &&
	             str_is(words_text(r->words, m->first - 1), "Wali");
	m->first += mayor;
	m->n -= mayor;
}

/* "Selon Marchand": a word that begins a sentence with a capital, and says whom it cites. */
static void mentions_trim_opener(const struct reading *r, struct mention *m)
{
	static const char *const openers[] = {"Selon",      "Menurut",     "Laut",    "Seg\u00fan",  "Segundo",
	                                      "Secondo",    "Volgens",     "Enligt",  "Prema",       "Podle",
	                                      "Pod\u013ea", "Wed\u0142ug", "Conform", "If\u00f8lge", "Potrivit",
	                                      "Zdaniem",    "Kata",        "Sagt",    "According"};
	if (m->n < 2 || !(mentions_word(r, m->first)->flags & WORD_SENTENCE))
		return;
	for (size_t i = 0; i < sizeof openers / sizeof *openers; i++) {
		if (!str_is(words_text(r->words, m->first), openers[i]))
			continue;
		m->first++;
		m->n--;
		return;
	}
}

static bool mentions_trim(const struct reading *r, struct mention *m)
{
	mentions_trim_start(r, m);
	mentions_trim_end(r, m);
	mentions_trim_mayor(r, m);
	mentions_trim_opener(r, m);
	if (m->type == NAME_IS_PERSON && m->n) {
		mentions_cut_person(r, m);
		mentions_trim_titles(r, m);
		mentions_trim_end(r, m);
		if (m->n == 1 && mentions_is_title(r, m->first))
			return false;
	}
	return m->n && mentions_has_capital(r, m->first, m->n);
}

/* --- what the gazetteer is sure of ------------------------------------------------------------------------------ */

/* The likeliest thing that a name stands for in this language; its classes are 0 where there is none. */
static struct name_entry mentions_entry(const struct reading *r, uint32_t name)
{
	struct name_entry entry = {0};
	if (r->gazetteer && name != UINT32_MAX)
		gazetteer_entries(r->gazetteer, name, r->language, &entry, 1);
	return entry;
}

/* The first match that ends behind a word; `from` goes up only, so all calls together are linear. */
static const struct name_match *mentions_match_at(const struct reading *r, size_t *from, size_t word)
{
	while (*from < r->n_matches && r->matches[*from].first + r->matches[*from].n <= word)
		(*from)++;
	return *from < r->n_matches ? &r->matches[*from] : NULL;
}

static bool mentions_all_capitals(const struct reading *r, const struct name_match *match)
{
	for (size_t i = match->first; i < match->first + match->n; i++) {
		const struct word *w = mentions_word(r, i);
		if (w->kind == WORD_LETTERS && mentions_letters(r, i) > 3 && !mentions_is_capital(w))
			return false;
	}
	return mentions_is_capital(mentions_word(r, match->first));
}

/* Does a word with a capital stand right before or behind it? Then it may be a part of a longer name. */
static bool mentions_has_neighbour(const struct reading *r, const struct name_match *match)
{
	size_t behind = match->first + match->n;
	const struct word *first = mentions_word(r, match->first);
	bool before = match->first && !(first->flags & WORD_SENTENCE) &&
	              mentions_word(r, match->first - 1)->flags & WORD_UPPER_FIRST &&
	              !(mentions_word(r, match->first - 1)->flags & WORD_SENTENCE) &&
	              !mentions_is_title(r, match->first - 1);
	bool after = behind < r->words->n && mentions_word(r, behind)->flags & WORD_UPPER_FIRST &&
	             !(mentions_word(r, behind)->flags & WORD_SENTENCE);
	return before || after;
}

static bool mentions_is_acronym(const struct reading *r, const struct name_match *match)
{
	return match->n == 1 && mentions_word(r, match->first)->flags & WORD_UPPER_ALL;
}

/* A text in capitals, or a script without, tells no names by them. */
static bool mentions_in_capitals(const struct reading *r, const struct name_match *match)
{
	size_t from = match->first > 4 ? match->first - 4 : 0, to = match->first + match->n + 4, upper = 0, words = 0;
	for (size_t i = from; i < to && i < r->words->n; i++) {
		const struct word *w = mentions_word(r, i);
		bool inside = i >= match->first && i < match->first + match->n;
		if (inside || w->kind != WORD_LETTERS || mentions_letters(r, i) < 2)
			continue;
		words++;
		upper += (w->flags & WORD_UPPER_ALL) != 0;
	}
	return words && 2 * upper > words;
}

static bool mentions_is_sure_place(const struct reading *r, const struct name_match *match,
                                   const struct name_entry *entry)
{
	bool alone = match->n == 1, caseless = mentions_word(r, match->first)->flags & WORD_CASELESS;
	if (match->classes & (NAME_FORENAME | NAME_SURNAME | NAME_DEMONYM))
		return false;
	/* The list does not say of every language that it calls a country so; letters mean another in each. */
	bool country = entry->classes & NAME_COUNTRY && !(match->classes & ~NAME_COUNTRY);
	if (entry->is_alternative && (!country || mentions_is_acronym(r, match)))
		return false;
	/* Of a word that begins a sentence the capital says nothing; letters have more than one. */
	bool begins = alone && mentions_word(r, match->first)->flags & WORD_SENTENCE && !mentions_is_acronym(r, match);
	if (entry->classes & NAME_COUNTRY)
		return caseless ? mentions_letters(r, match->first) * match->n > 1
		                : !begins || !(match->classes & ~NAME_PLACES);
	bool known = entry->classes & (NAME_CAPITAL | NAME_CITY) && entry->weight >= MENTIONS_BIG_CITY;
	return known && !(match->classes & ~NAME_PLACES) && !begins;
}

static bool mentions_is_sure_organisation(const struct name_match *match, const struct name_entry *entry)
{
	uint16_t bodies = NAME_BODY | NAME_MEDIA;
	if (entry->is_alternative || !(entry->classes & bodies) || match->classes & ~(bodies | NAME_ACRONYM))
		return false;
	return match->n > 1 || match->classes & NAME_ACRONYM;
}

/* Does the list leave no doubt? Then *type is what it is. */
static bool mentions_is_sure(const struct reading *r, const struct name_match *match, enum name_type *type)
{
	uint16_t any = NAME_COUNTRY | NAME_CAPITAL | NAME_CITY | NAME_BODY | NAME_MEDIA | NAME_PERSON;
	if (!(match->classes & any) || !mentions_all_capitals(r, match))
		return false;
	struct name_entry entry = mentions_entry(r, match->name);
	bool acronym = mentions_is_acronym(r, match);
	if (acronym && (mentions_in_capitals(r, match) || mentions_has_neighbour(r, match)))
		return false;
	if (mentions_is_sure_place(r, match, &entry)) {
		*type = NAME_IS_PLACE;
		return !(acronym && entry.is_alternative) &&
		       (match->n > 1 || acronym || !mentions_has_neighbour(r, match));
	}
	if (mentions_is_sure_organisation(match, &entry)) {
		*type = NAME_IS_ORGANISATION;
		return !acronym || mentions_letters(r, match->first) >= MENTIONS_ACRONYM_LEAST;
	}
	*type = NAME_IS_PERSON;
	return match->n > 1 && entry.classes & NAME_PERSON && entry.uri[0] && !mentions_has_neighbour(r, match);
}

/* --- collecting ------------------------------------------------------------------------------------------------- */

struct collecting {
	const struct reading *r;
	struct mentions found;
	size_t at_match;
};

static void mentions_add(struct collecting *c, struct mention m)
{
	if (c->found.n == MENTIONS_MAX) {
		c->found.cut = true;
		return;
	}
	const struct mention *before = c->found.n ? &c->found.at[c->found.n - 1] : NULL;
	CHECK(!before || before->first + before->n <= m.first);
	m.key = reading_run_key(c->r, m.first, m.n);
	m.name = MENTION_NAMELESS;
	if (m.key)
		c->found.at[c->found.n++] = m;
}

static struct mention *mentions_room(const struct reading *r)
{
	size_t most = r->words->n < MENTIONS_MAX ? r->words->n : MENTIONS_MAX;
	return arena_alloc(r->arena, most * sizeof(struct mention));
}

/* Sure names of the list that end before a word and overlap nothing found so far. */
static void mentions_add_listed(struct collecting *c, size_t until)
{
	const struct reading *r = c->r;
	for (; c->at_match < r->n_matches; c->at_match++) {
		const struct name_match *match = &r->matches[c->at_match];
		const struct mention *before = c->found.n ? &c->found.at[c->found.n - 1] : NULL;
		enum name_type type;
		if (match->first + match->n > until)
			return;
		if (before && before->first + before->n > match->first)
			continue;
		if (mentions_is_sure(r, match, &type))
			mentions_add(c, (struct mention){.first = match->first,
			                                 .n = match->n,
			                                 .type = type,
			                                 .evidence = EVIDENCE_GAZETTEER,
			                                 .margin = MENTIONS_LISTED});
	}
}

/* A country's government, or its minister of something, is no name of an organisation; the country is a place. */
static bool mentions_is_government(const struct reading *r, size_t word)
{
	static const char *const governments[] = {"pemerintah",   "government",    "regierung",     "bundesregierung",
	                                          "gouvernement", "gobierno",      "governo",       "regering",
	                                          "regeringen",   "regjeringen",   "hallitus",      "vlada",
	                                          "vláda",        "rząd",          "kormány",       "hükümeti",
	                                          "guvernul",     "menteri",       "minister",      "ministre",
	                                          "ministro",     "ministra",      "ministar",      "министр",
	                                          "міністр",      "правительство", "правительства", "уряд",
	                                          "kerajaan"};
	char folded[MENTIONS_TITLE_BYTES];
	struct str text = words_text(r->words, word);
	if (text.n > sizeof folded / 2)
		return false;
	struct str key = str_make(folded, fold_text(text, folded, sizeof folded));
	for (size_t i = 0; i < sizeof governments / sizeof *governments; i++)
		if (str_is(key, governments[i]))
			return true;
	return false;
}

/* "Pemerintah Korea Utara"; "Menteri Luar Negeri Korea Utara" of which the title's end was marked. */
static bool mentions_is_office(const struct reading *r, const struct mention *m)
{
	return mentions_is_government(r, m->first) || (m->first && mentions_is_government(r, m->first - 1));
}

/* A name of two words of which the first is a forename of the list is a person's the more surely. */
static void mentions_bear_out(struct mention *m, const struct name_match *match)
{
	bool forename = m->n > 1 && match->first == m->first && match->n < m->n && match->classes & NAME_FORENAME;
	bool only = !(match->classes & (NAME_COUNTRY | NAME_CAPITAL | NAME_ORGANISATIONS));
	/* Nor is "Pilar Undurraga" an organisation's, if the tagger was not sure. */
	if (forename && only && m->n == 2 && m->type == NAME_IS_ORGANISATION && m->margin < MENTIONS_SURE_MARGIN)
		m->type = NAME_IS_PERSON;
	if (forename && m->type == NAME_IS_PERSON)
		m->margin += MENTIONS_FORENAME;
}

/* "The port of Valencia", "from Valencia", which the tagger took for the club: a city of the list, by its own name. */
static void mentions_bear_out_place(const struct reading *r, struct mention *m, const struct name_match *match)
{
	bool whole = match->first == m->first && match->n == m->n;
	if (!whole || m->type != NAME_IS_ORGANISATION || m->margin >= MENTIONS_PLACE_MARGIN ||
	    match->classes & (NAME_ORGANISATIONS & ~NAME_CLUB) || !placing_is_before(r, m->first))
		return;
	struct name_entry entry = mentions_entry(r, match->name);
	if (entry.classes & NAME_PLACES && !entry.is_alternative && entry.weight >= MENTIONS_BIG_CITY)
		m->type = NAME_IS_PLACE;
}

/* The mention becomes the match. */
static void mentions_become(const struct reading *r, struct mention *m, const struct name_match *match)
{
	enum name_type type;
	if (!mentions_is_sure(r, match, &type))
		return;
	m->first = match->first;
	m->n = match->n;
	m->type = type;
}

/* Where the mention is a part of a match, or ends in one that names its country; matches from `at` on. */
static void mentions_settle(const struct reading *r, struct mention *m, size_t at)
{
	uint32_t end = m->first + m->n;
	const struct name_match *match = &r->matches[at];
	if (m->first >= match->first && end <= match->first + match->n && match->n > m->n) {
		mentions_become(r, m, match);
		return;
	}
	if (m->type != NAME_IS_ORGANISATION || !mentions_is_office(r, m))
		return;
	while (at < r->n_matches && r->matches[at].first + r->matches[at].n < end)
		at++;
	match = &r->matches[at];
	if (at < r->n_matches && match->first + match->n == end && match->first > m->first &&
	    match->classes & NAME_COUNTRY)
		mentions_become(r, m, match);
}

/* "Korea Utara-Rusia": two names of the list with a hyphen between them. The second stays in *m. */
static bool mentions_split(struct collecting *c, struct mention *m, size_t from)
{
	const struct reading *r = c->r;
	const struct name_match *one = mentions_match_at(r, &from, m->first);
	const struct name_match *two = one && from + 1 < r->n_matches ? &r->matches[from + 1] : NULL;
	bool tiled = m->type != NAME_IS_PERSON && two && one->first == m->first &&
	             two->first == one->first + one->n + 1 && two->first + two->n == m->first + m->n &&
	             reading_is_hyphen(r, two->first - 1);
	if (!tiled || !(one->classes & two->classes & (NAME_COUNTRY | NAME_CAPITAL)))
		return false;
	m->type = NAME_IS_PLACE;
	m->n = one->n;
	mentions_add(c, *m);
	m->first = two->first;
	m->n = two->n;
	return true;
}

/* Where a single word stands in brackets; 0: not there. */
static size_t mentions_bracketed(const struct reading *r, size_t open)
{
	bool there = open + 2 < r->words->n && reading_is_sign(r, open, '(') && reading_is_sign(r, open + 2, ')') &&
	             mentions_word(r, open + 1)->flags & WORD_UPPER_FIRST;
	return there ? open + 1 : 0;
}

/* "Komisi Pemberantasan Korupsi (KPK)" as one mark: the letters are a mention of their own. */
static void mentions_part_letters(const struct reading *r, struct mention *m)
{
	if (m->n < 5)
		return;
	struct mention full = *m;
	full.n -= 3;
	size_t letters = mentions_bracketed(r, full.first + full.n);
	if (letters && mention_abbreviates(r, letters, &full))
		*m = full;
}

/* The letters in brackets behind a name that has been added, unless they are marked too. */
static void mentions_add_letters(struct collecting *c, const struct mention *full, uint32_t next)
{
	size_t letters = mentions_bracketed(c->r, full->first + full->n);
	bool fits = letters && letters < next && full->n > 1 && full->type == NAME_IS_ORGANISATION &&
	            mention_abbreviates(c->r, letters, full);
	if (fits)
		mentions_add(c, (struct mention){.first = (uint32_t)letters,
		                                 .n = 1,
		                                 .type = NAME_IS_ORGANISATION,
		                                 .evidence = EVIDENCE_SHORT_FORM,
		                                 .margin = full->margin});
}

/* "Rusia Vladimir Putin": a country before a full name is no first name. It becomes a mention of its own. */
static void mentions_split_country(struct collecting *c, struct mention *m, const struct name_match *match)
{
	bool leads = m->type == NAME_IS_PERSON && match->first == m->first && match->n + 1 < m->n &&
	             match->classes & NAME_COUNTRY && !(match->classes & (NAME_FORENAME | NAME_SURNAME));
	bool parted = leads && mentions_word(c->r, m->first + match->n)->flags & WORD_SPACE_BEFORE;
	if (!parted || mentions_entry(c->r, match->name).is_alternative)
		return;
	mentions_add(c, (struct mention){.first = m->first,
	                                 .n = match->n,
	                                 .type = NAME_IS_PLACE,
	                                 .evidence = EVIDENCE_GAZETTEER,
	                                 .margin = MENTIONS_LISTED});
	m->first += match->n;
	m->n -= match->n;
}

/* "The Harbour Board"; but "The Hague", which the list has so. */
static void mentions_trim_article(const struct reading *r, struct mention *m, const struct name_match *match)
{
	bool article = m->n > 1 &&
	               (str_is(words_text(r->words, m->first), "The") || str_is(words_text(r->words, m->first), "the"));
	bool listed = match && match->first == m->first && match->n > 1;
	if (!article || listed)
		return;
	m->first++;
	m->n--;
}

static void mentions_collect(struct collecting *c, const struct tagged *tagged, size_t n_tagged)
{
	size_t at = 0;
	for (size_t i = 0; i < n_tagged; i++) {
		struct mention m = {.first = tagged[i].first,
		                    .n = tagged[i].n,
		                    .type = tagged[i].type,
		                    .evidence = EVIDENCE_TAGGER,
		                    .margin = tagged[i].margin};
		uint32_t done = c->found.n ? c->found.at[c->found.n - 1].first + c->found.at[c->found.n - 1].n : 0;
		if (!mentions_trim(c->r, &m) || m.first < done)
			continue;
		const struct name_match *match = mentions_match_at(c->r, &at, m.first);
		if (match && match->first < m.first + m.n && match->first >= done) {
			mentions_bear_out(&m, match);
			mentions_bear_out_place(c->r, &m, match);
			mentions_settle(c->r, &m, at);
		}
		mentions_trim_article(c->r, &m, match);
		mentions_add_listed(c, m.first);
		if (match && match->first >= done)
			mentions_split_country(c, &m, match);
		mentions_split(c, &m, at);
		mentions_part_letters(c->r, &m);
		mentions_add(c, m);
		mentions_add_letters(c, &m, i + 1 < n_tagged ? tagged[i + 1].first : UINT32_MAX);
	}
	mentions_add_listed(c, c->r->words->n);
}

/* --- one surface, one type -------------------------------------------------------------------------------------- */

struct surface {
	float weight[NAME_IS_PLACE + 1];
	float best;
	uint32_t first, n; /* words of the first mention */
	enum name_type type;
	bool has_full_person; /* a person is named in full */
};

struct surfaces {
	struct surface *at;
	size_t n;
	struct slots by_key;
};

static struct surface *mentions_surface(struct surfaces *s, const struct mention *m)
{
	uint32_t *slot = slots_put(&s->by_key, m->key);
	CHECK(slot);
	if (*slot == SLOT_NONE) {
		*slot = (uint32_t)s->n;
		s->at[s->n++] = (struct surface){.first = m->first, .n = m->n};
	}
	return &s->at[*slot];
}

/* A country is a place, also where it acts; so is a capital. A body or an outlet of several words is just that. */
static void mentions_weigh_listed(const struct reading *r, struct surface *surface)
{
	uint32_t name = r->gazetteer ? gazetteer_find(r->gazetteer, r->words, surface->first, surface->n) : UINT32_MAX;
	struct name_entry entry = mentions_entry(r, name);
	float *weight = surface->weight;
	bool country = entry.classes & NAME_COUNTRY && surface->n + !entry.is_alternative > 1;
	if (country || (entry.classes & (NAME_COUNTRY | NAME_CAPITAL) && !entry.is_alternative)) {
		bool acts = weight[NAME_IS_ORGANISATION] > 0 && weight[NAME_IS_PERSON] <= weight[NAME_IS_ORGANISATION];
		weight[NAME_IS_PLACE] += acts ? weight[NAME_IS_ORGANISATION] + 1 : 1;
	} else if (entry.classes & (NAME_MEDIA | NAME_BODY) && !entry.is_alternative) {
		/* "Gedung Putih": a house, and a body that acts. */
		weight[NAME_IS_ORGANISATION] += surface->n > 1 ? weight[NAME_IS_PLACE] + 1 : 2;
	}
}

static void mentions_agree(const struct reading *r, struct mentions *found, struct surfaces *s)
{
	for (size_t i = 0; i < found->n; i++) {
		struct surface *surface = mentions_surface(s, &found->at[i]);
		surface->weight[found->at[i].type] += found->at[i].margin;
		if (found->at[i].margin > surface->best)
			surface->best = found->at[i].margin;
	}
	for (size_t i = 0; i < s->n; i++) {
		struct surface *surface = &s->at[i];
		mentions_weigh_listed(r, surface);
		for (int t = NAME_IS_PERSON; t <= NAME_IS_PLACE; t++)
			if (surface->weight[t] > surface->weight[surface->type])
				surface->type = (enum name_type)t;
	}
	for (size_t i = 0; i < found->n; i++) {
		const struct surface *surface = mentions_surface(s, &found->at[i]);
		bool own = found->at[i].type == NAME_IS_PERSON && found->at[i].margin >= MENTIONS_OWN_MARGIN;
		if (!own)
			found->at[i].type = surface->type;
	}
}

/* --- what was passed over --------------------------------------------------------------------------------------- */

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

static size_t mentions_count_words(const struct reading *r, size_t first, size_t n)
{
	size_t words = 0;
	for (size_t i = first; i < first + n; i++)
		words += mentions_word(r, i)->kind != WORD_SIGN;
	return words;
}

static void mentions_want(struct search *s, struct wanted wanted)
{
	uint64_t key = reading_run_key(s->r, wanted.first, wanted.n);
	bool begins = mentions_is_capital(mentions_word(s->r, wanted.first)) ||
	              mentions_word(s->r, wanted.first)->kind == WORD_DIGITS;
	if (!key || !begins || s->n == s->most || wanted.n > MENTIONS_RUN_WORDS)
		return;
	uint32_t *slot = slots_put(&s->by_key, key);
	if (!slot || *slot != SLOT_NONE)
		return;
	*slot = (uint32_t)s->n;
	s->at[s->n++] = wanted;
	uint32_t *longest = slots_put(&s->by_first, reading_key(s->r, wanted.first));
	uint32_t words = (uint32_t)mentions_count_words(s->r, wanted.first, wanted.n);
	if (longest && (*longest == SLOT_NONE || *longest < words))
		*longest = words;
}

/* "Choe Son-hui", "Han Ji-won": of two parts only the second has a hyphen. Then the first is the family's. */
static bool mentions_is_family_first(const struct reading *r, const uint32_t *parts, size_t n)
{
	return n == 2 && parts[1] - parts[0] == 1 && parts[2] - parts[1] == 3 && reading_is_hyphen(r, parts[1] + 1);
}

/* A surname alone is looked for too; in languages with endings, its stem. */
static void mentions_want_surname(struct search *s, const struct mention *m)
{
	uint32_t parts[MENTION_PARTS_MAX + 1];
	size_t n = mention_parts(s->r, m, parts);
	if (n < 2)
		return;
	size_t family = mentions_is_family_first(s->r, parts, n) ? 0 : n - 1;
	uint32_t first = parts[family], words = parts[family + 1] - first;
	bool caseless = mentions_word(s->r, first)->flags & WORD_CASELESS;
	if (caseless || mentions_letters(s->r, first) < 3)
		return;
	mentions_want(s, (struct wanted){first, words, NAME_IS_PERSON, true});
	uint64_t stem = s->by_stem.keys && words == 1 ? reading_stem(s->r, first) : 0;
	uint32_t *slot = stem ? slots_put(&s->by_stem, stem) : NULL;
	if (slot && *slot == SLOT_NONE)
		*slot = slots_get(&s->by_key, reading_run_key(s->r, first, 1));
}

static void mentions_want_sure(struct search *s, const struct mentions *found, const struct surfaces *surfaces)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct mention *m = &found->at[i];
		const struct surface *surface = &surfaces->at[slots_get(&surfaces->by_key, m->key)];
		if (surface->best < MENTIONS_SURE_MARGIN)
			continue;
		mentions_want(s, (struct wanted){m->first, m->n, m->type, false});
	}
	for (size_t i = 0; i < found->n; i++)
		if (found->at[i].type == NAME_IS_PERSON && found->at[i].margin >= MENTIONS_SURE_MARGIN)
			mentions_want_surname(s, &found->at[i]);
}

/* Does the body have the word with a small letter too? Then at a sentence's beginning its capital says nothing. */
static bool mentions_is_small_elsewhere(struct search *s, size_t word)
{
	const struct reading *r = s->r;
	if (!s->small.keys) {
		s->small = slots_new(r->arena, r->words->n);
		for (size_t i = 0; i < r->words->n; i++) {
			const struct word *w = mentions_word(r, i);
			if (w->kind == WORD_LETTERS && !(w->flags & (WORD_UPPER_FIRST | WORD_CASELESS)))
				*slots_put(&s->small, reading_key(r, i)) = 0;
		}
	}
	return slots_get(&s->small, reading_key(r, word)) != SLOT_NONE;
}

/* The same capitals as where it is sure: "White House" is not found in "a White house". */
static bool mentions_same_capitals(const struct reading *r, const struct wanted *wanted, size_t first, size_t n)
{
	size_t i = wanted->first, j = first;
	while (i < wanted->first + wanted->n && j < first + n) {
		const struct word *a = mentions_word(r, i), *b = mentions_word(r, j);
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

static bool mentions_fits(struct search *s, const struct wanted *wanted, size_t first, size_t n)
{
	const struct word *w = mentions_word(s->r, first);
	if (!mentions_same_capitals(s->r, wanted, first, n))
		return false;
	/* A single character is a name by its neighbours only. */
	if (w->flags & WORD_ALONE && n < 2)
		return false;
	bool single = mentions_count_words(s->r, first, n) == 1;
	if (single && w->flags & WORD_SENTENCE && !(w->flags & WORD_CASELESS))
		return !mentions_is_small_elsewhere(s, first);
	return true;
}

/* Of another name, which the tagger did not mark: "Choe" in "Choe Ryong Hae". */
static bool mentions_is_in_longer(const struct reading *r, const struct wanted *wanted, size_t first, size_t n)
{
	struct name_match run = {.first = (uint32_t)first, .n = (uint32_t)n};
	return wanted->is_part && mentions_has_neighbour(r, &run);
}

/* The longest wanted run from a word on and before `end`; returns how many words, 0: none. */
static size_t mentions_look(struct search *s, size_t first, size_t end, const struct wanted **wanted)
{
	const struct reading *r = s->r;
	uint32_t longest = slots_get(&s->by_first, reading_key(r, first)), words = 0;
	uint64_t key = 0;
	size_t best = 0;
	if (longest == SLOT_NONE)
		return 0;
	for (size_t i = first; i < end && words < longest; i++) {
		if (mentions_word(r, i)->kind == WORD_SIGN) {
			if (!mentions_joins(r, i))
				break;
			continue;
		}
		key = reading_join(key, reading_key(r, i));
		words++;
		uint32_t at = slots_get(&s->by_key, key);
		if (at == SLOT_NONE || !mentions_fits(s, &s->at[at], first, i + 1 - first))
			continue;
		*wanted = &s->at[at];
		best = i + 1 - first;
	}
	return best && mentions_is_in_longer(r, *wanted, first, best) ? 0 : best;
}

/* A surname with another ending than it has in the full name. */
static size_t mentions_look_for_stem(struct search *s, size_t word, const struct wanted **wanted)
{
	const struct word *w = mentions_word(s->r, word);
	uint64_t stem = w->flags & WORD_UPPER_FIRST ? reading_stem(s->r, word) : 0;
	uint32_t at = stem ? slots_get(&s->by_stem, stem) : SLOT_NONE;
	if (at == SLOT_NONE || !reading_same_but_ending(s->r, word, s->at[at].first) ||
	    !mentions_fits(s, &s->at[at], word, 1) || mentions_is_in_longer(s->r, &s->at[at], word, 1))
		return 0;
	*wanted = &s->at[at];
	return 1;
}

/* Looks between two mentions. */
static void mentions_search(struct search *s, struct collecting *c, size_t from, size_t until)
{
	const struct wanted *wanted = NULL;
	for (size_t i = from; i < until;) {
		const struct word *w = mentions_word(s->r, i);
		bool may = mentions_is_capital(w) || w->kind == WORD_DIGITS;
		size_t n = may ? mentions_look(s, i, until, &wanted) : 0;
		if (may && !n && s->by_stem.keys)
			n = mentions_look_for_stem(s, i, &wanted);
		if (n)
			mentions_add(c, (struct mention){.first = (uint32_t)i,
			                                 .n = (uint32_t)n,
			                                 .type = wanted->type,
			                                 .evidence = EVIDENCE_SAME_NAME,
			                                 .margin = MENTIONS_FOUND});
		i += n ? n : 1;
	}
}

static struct mentions mentions_recall(const struct reading *r, const struct mentions *found,
                                       const struct surfaces *surfaces)
{
	size_t most = 2 * found->n + 1;
	struct search s = {.r = r,
	                   .at = arena_alloc(r->arena, most * sizeof(struct wanted)),
	                   .most = most,
	                   .by_key = slots_new(r->arena, most),
	                   .by_first = slots_new(r->arena, most)};
	struct collecting c = {.r = r};
	size_t from = 0;
	if (reading_has_endings(r))
		s.by_stem = slots_new(r->arena, most);
	c.found.at = mentions_room(r);
	c.found.cut = found->cut;
	mentions_want_sure(&s, found, surfaces);
	for (size_t i = 0; i < found->n; i++) {
		mentions_search(&s, &c, from, found->at[i].first);
		mentions_add(&c, found->at[i]);
		from = found->at[i].first + found->at[i].n;
	}
	mentions_search(&s, &c, from, r->words->n);
	return c.found;
}

struct mentions mentions_find(const struct reading *r, const struct tagged *tagged, size_t n_tagged, struct str place)
{
	struct collecting c = {.r = r};
	c.found.at = mentions_room(r);
	struct marks marks = marks_add(r, tagged, n_tagged, place);
	mentions_collect(&c, marks.at, marks.n);
	struct surfaces surfaces = {.at = arena_alloc(r->arena, (c.found.n + 1) * sizeof(struct surface)),
	                            .by_key = slots_new(r->arena, c.found.n + 1)};
	mentions_agree(r, &c.found, &surfaces);
	return mentions_recall(r, &c.found, &surfaces);
}

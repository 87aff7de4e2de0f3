/*
 * From marks to mentions, in four passes: the tagger's marks are trimmed and set right by what the gazetteer is sure
 * of; what it is sure of beside them is added; the same words get the same type; names that are sure are looked for in
 * the rest of the words. See mentions.h.
 */
#include "pipeline/stages/entities/mentions.h"

#include "pipeline/stages/entities/brackets.h"
#include "pipeline/stages/entities/caseless.h"
#include "pipeline/stages/entities/heads.h"
#include "pipeline/stages/entities/listed.h"
#include "pipeline/stages/entities/own.h"
#include "pipeline/stages/entities/people.h"
#include "pipeline/stages/entities/placing.h"
#include "pipeline/stages/entities/recall.h"
#include "pipeline/stages/entities/surfaces.h"
#include "pipeline/stages/entities/title.h"
#include "pipeline/stages/entities/trim.h"
#include "pipeline/words/fold.h"

#define MENTIONS_PLACE_MARGIN 2.5f /* so sure of an organisation that a word of place before it changes nothing */
#define MENTIONS_UNSURE       2.0f /* not sure of an organisation, where the first of two words is a forename */
#define MENTIONS_FORENAME     1.5f /* more, of a person whose first word is a forename of the list */
#define MENTIONS_LISTED       3.0f /* margin of what only the gazetteer found */
#define MENTIONS_YEAR_DIGITS  4
#define MENTIONS_INITIALS     4  /* before a surname */
#define MENTIONS_WORD_BYTES   64 /* of a word that is compared with those of governments, folded */

struct collecting {
	const struct reading *r;
	struct mentions found;
	size_t at_match;
};

/* "The 2019 European Parliament election": a year and the name behind it are an event's. */
static bool mentions_is_event(const struct reading *r, size_t word)
{
	const struct word *year = word ? reading_word(r, word - 1) : NULL;
	return year && year->kind == WORD_DIGITS && year->end - year->start == MENTIONS_YEAR_DIGITS &&
	       !(reading_word(r, word)->flags & WORD_SENTENCE);
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
		if (!mentions_is_event(r, match->first) && listed_is_sure(r, match, &type))
			mentions_add(c->r, &c->found,
			             (struct mention){.first = match->first,
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
	char folded[MENTIONS_WORD_BYTES];
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
	if (forename && only && m->n == 2 && m->type == NAME_IS_ORGANISATION && m->margin < MENTIONS_UNSURE)
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
	struct name_entry entry = listed_entry(r, match->name);
	if (entry.classes & NAME_PLACES && !entry.is_alternative && entry.weight >= LISTED_BIG_CITY)
		m->type = NAME_IS_PLACE;
}

/* The mention becomes the match. */
static void mentions_become(const struct reading *r, struct mention *m, const struct name_match *match)
{
	enum name_type type;
	if (!listed_is_sure(r, match, &type))
		return;
	/* "Datuk Seri Anwar Ibrahim" is in the list, too. */
	if (type == NAME_IS_PERSON && match->first < m->first && title_is_one(r, match->first))
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
	const struct name_match *one = listed_match_at(r, &from, m->first);
	const struct name_match *two = one && from + 1 < r->n_matches ? &r->matches[from + 1] : NULL;
	bool tiled = m->type != NAME_IS_PERSON && two && one->first == m->first &&
	             two->first == one->first + one->n + 1 && two->first + two->n == m->first + m->n &&
	             reading_is_hyphen(r, two->first - 1);
	if (!tiled || !(one->classes & two->classes & (NAME_COUNTRY | NAME_CAPITAL)))
		return false;
	m->type = NAME_IS_PLACE;
	m->n = one->n;
	mentions_add(c->r, &c->found, *m);
	m->first = two->first;
	m->n = two->n;
	return true;
}

/* Where a single word stands in brackets; 0: not there. */
static size_t mentions_bracketed(const struct reading *r, size_t open)
{
	bool there = open + 2 < r->words->n && reading_is_sign(r, open, '(') && reading_is_sign(r, open + 2, ')') &&
	             reading_word(r, open + 1)->flags & WORD_UPPER_FIRST;
	return there ? open + 1 : 0;
}

/* The letters in brackets behind a name, which may be several words: "(PDI-P)"; *n is 0: not there. */
static size_t mentions_letters_behind(const struct reading *r, const struct mention *full, size_t *n)
{
	size_t open = full->first + full->n, first = 0;
	*n = open + 2 < r->words->n && brackets_open(r, open) ? brackets_letters(r, open, &first) : 0;
	if (*n || open + 2 >= r->words->n)
		return first;
	first = mentions_bracketed(r, open);
	*n = first != 0;
	return first;
}

/* "Komisi Pemberantasan Korupsi (KPK)" as one mark: the letters are a mention of their own. */
static void mentions_part_letters(const struct reading *r, struct mention *m)
{
	if (m->n < 5)
		return;
	struct mention full = *m;
	full.n -= 3;
	size_t letters = mentions_bracketed(r, full.first + full.n);
	if (letters && mention_abbreviates(r, letters, 1, &full))
		*m = full;
}

/* The letters in brackets behind a name that has been added, unless they are marked too. */
static void mentions_add_letters(struct collecting *c, const struct mention *full, uint32_t next)
{
	size_t n, letters = mentions_letters_behind(c->r, full, &n);
	bool fits = n && letters + n <= next && full->n > 1 && full->type == NAME_IS_ORGANISATION &&
	            mention_abbreviates(c->r, letters, n, full);
	if (fits)
		mentions_add(c->r, &c->found,
		             (struct mention){.first = (uint32_t)letters,
		                              .n = (uint32_t)n,
		                              .type = NAME_IS_ORGANISATION,
		                              .evidence = EVIDENCE_SHORT_FORM,
		                              .margin = full->margin});
}

/* "Rusia Vladimir Putin": a country before a full name is no first name. It becomes a mention of its own. */
static void mentions_split_country(struct collecting *c, struct mention *m, const struct name_match *match)
{
	bool leads = m->type == NAME_IS_PERSON && match->first == m->first && match->n + 1 < m->n &&
	             match->classes & NAME_COUNTRY && !(match->classes & (NAME_FORENAME | NAME_SURNAME));
	bool parted = leads && reading_word(c->r, m->first + match->n)->flags & WORD_SPACE_BEFORE;
	if (!parted || listed_entry(c->r, match->name).is_alternative)
		return;
	mentions_add(c->r, &c->found,
	             (struct mention){.first = m->first,
	                              .n = match->n,
	                              .type = NAME_IS_PLACE,
	                              .evidence = EVIDENCE_GAZETTEER,
	                              .margin = MENTIONS_LISTED});
	m->first += match->n;
	m->n -= match->n;
}

/* A single letter that is no forename's: "M. Dupont", "D. Pedro", "S. Pietro". */
static bool mentions_is_address(const struct reading *r, size_t word)
{
	static const struct {
		const char *letter, *languages;
	} addresses[] = {{"M", "fr oc"}, {"D", "es pt gl"}, {"S", "it"}, {"G", "sl"}, {"H", "nl"}};
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
		if (str_is(words_text(r->words, word), addresses[i].letter) && reading_is_in(r, addresses[i].languages))
			return true;
	return title_is_one(r, word);
}

/* A letter with its full stop, right before a word of the same sentence. */
static bool mentions_is_initial(const struct reading *r, size_t word)
{
	return reading_word(r, word)->flags & WORD_UPPER_FIRST && reading_letters(r, word) == 1 &&
	       reading_is_sign(r, word + 1, '.') && !(reading_word(r, word + 1)->flags & WORD_SPACE_BEFORE) &&
	       !(reading_word(r, word + 2)->flags & WORD_SENTENCE) && !mentions_is_address(r, word);
}

/* "A. Jokinen", of which the surname was marked. */
static void mentions_take_initials(const struct reading *r, struct mention *m, uint32_t done)
{
	uint32_t first = m->first, least = first > MENTIONS_INITIALS * 2 ? first - MENTIONS_INITIALS * 2 : 0;
	while (m->type == NAME_IS_PERSON && first >= done + 2 && first >= least + 2 &&
	       mentions_is_initial(r, first - 2))
		first -= 2;
	/* "U.S." is no forename. */
	if (first == m->first || listed_classes(r, first, m->first - first))
		return;
	m->n += m->first - first;
	m->first = first;
}

static void mentions_collect(struct collecting *c, const struct tagged *tagged, size_t n_tagged)
{
	size_t at = 0;
	for (size_t i = 0; i < n_tagged; i++) {
		struct mention m = {.first = tagged[i].first,
		                    .n = tagged[i].n,
		                    .type = tagged[i].type,
		                    .evidence = tagged[i].by_context ? EVIDENCE_CONTEXT : EVIDENCE_TAGGER,
		                    .margin = tagged[i].margin};
		uint32_t done = c->found.n ? c->found.at[c->found.n - 1].first + c->found.at[c->found.n - 1].n : 0;
		if (!trim_mention(c->r, &m) || m.first < done)
			continue;
		mentions_take_initials(c->r, &m, done);
		const struct name_match *match = listed_match_at(c->r, &at, m.first);
		if (match && match->first < m.first + m.n && match->first >= done) {
			mentions_bear_out(&m, match);
			mentions_bear_out_place(c->r, &m, match);
			mentions_settle(c->r, &m, at);
		}
		trim_article(c->r, &m, match);
		mentions_add_listed(c, m.first);
		if (match && match->first >= done)
			mentions_split_country(c, &m, match);
		mentions_split(c, &m, at);
		mentions_part_letters(c->r, &m);
		mentions_add(c->r, &c->found, m);
		mentions_add_letters(c, &m, i + 1 < n_tagged ? tagged[i + 1].first : UINT32_MAX);
	}
	mentions_add_listed(c, c->r->words->n);
}

struct mentions mentions_find(const struct reading *r, const struct marks *tagged, const struct marks_known *known)
{
	struct collecting c = {.r = r, .found = mentions_room(r)};
	struct marks none = {0}, marks = marks_add(r, caseless_is_unlearned(r) ? &none : tagged, known);
	marks = heads_mark(r, &marks);
	marks = people_mark(r, &marks);
	marks = caseless_mark(r, &marks);
	marks = brackets_mark(r, &marks);
	mentions_collect(&c, marks.at, marks.n);
	own_claim(r, &c.found);
	struct surfaces surfaces = surfaces_agree(r, &c.found);
	return recall_mentions(r, &c.found, &surfaces);
}

/* Cutting words off at both ends. See trim.h. */
#include "pipeline/stages/entities/trim.h"

#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/title.h"

static bool trim_has_sign(const struct reading *r, const struct mention *m, char sign)
{
	for (size_t i = m->first; i < m->first + m->n; i++)
		if (reading_is_sign(r, i, sign))
			return true;
	return false;
}

/* A word whose full stop belongs to the name: "Zrt.", "Inc.", in many languages "Mikuláš I.", of a person "Mustafa S."
 */
static bool trim_is_short(const struct reading *r, const struct mention *m, size_t word)
{
	static const char *const forms[] = {"Inc", "Ltd",  "Co", "Corp", "Bros", "Jr",  "Sr",  "Zrt",
	                                    "Kft", "Nyrt", "Bt", "Rt",   "Tbk",  "Cia", "Ltda"};
	static const char ordinals[] = "cs sk hu de da nb nn no fi et hr sr bs sl pl lv is";
	struct str text = words_text(r->words, word);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (str_is(text, forms[i]))
			return true;
	if (m->type != NAME_IS_PERSON)
		return false;
	bool initial = reading_letters(r, word) == 1 && reading_word(r, word)->flags & WORD_UPPER_FIRST;
	return initial || (reading_is_roman(r, word) && reading_is_in(r, ordinals));
}

/* "Putin's", "U.S.", "Yahoo!": of what stands behind a name only the full stop of an abbreviation is its own. */
static void trim_end(const struct reading *r, struct mention *m)
{
	while (m->n) {
		size_t last = m->first + m->n - 1;
		bool possessive =
		        m->n > 2 && str_is(words_text(r->words, last), "s") && reading_is_apostrophe(r, last - 1);
		if (possessive) {
			m->n -= 2;
			continue;
		}
		if (reading_word(r, last)->kind != WORD_SIGN)
			return;
		if (reading_is_sign(r, last, ')') && trim_has_sign(r, m, '('))
			return;
		bool stop = m->n > 1 && reading_is_sign(r, last, '.');
		if (stop &&
		    ((m->n > 3 && reading_is_sign(r, last - 2, '.')) || (m->n > 2 && trim_is_short(r, m, last - 1))))
			return;
		m->n--;
	}
}

static void trim_start(const struct reading *r, struct mention *m)
{
	while (m->n && reading_word(r, m->first)->kind == WORD_SIGN) {
		m->first++;
		m->n--;
	}
}

/* A person's name ends before the first sign that is no part of names. */
static void trim_after_person(const struct reading *r, struct mention *m)
{
	for (size_t i = m->first; i < m->first + m->n; i++)
		if (reading_word(r, i)->kind == WORD_SIGN && !reading_joins(r, i))
			m->n = (uint32_t)i - m->first;
}

/* "Presiden Vladimir Putin", "Dr. Ada Moreau". What is only a title stays whole, to be dropped elsewhere. */
static void trim_titles(const struct reading *r, struct mention *m)
{
	struct mention rest = *m;
	while (rest.n > 1 && title_is_one(r, rest.first)) {
		rest.first++;
		rest.n--;
		trim_start(r, &rest);
	}
	if (rest.n && reading_has_capital(r, rest.first, rest.n))
		*m = rest;
}

/* "Wali Kota Surabaya" is the mayor (wali kota) of Surabaya, not the guardian of Kota Surabaya. */
static void trim_mayor(const struct reading *r, struct mention *m)
{
	bool mayor = m->n > 1 && m->first && str_is(words_text(r->words, m->first), "Kota") &&
	             str_is(words_text(r->words, m->first - 1), "Wali");
	m->first += mayor;
	m->n -= mayor;
}

/* "Selon Marchand": a word that begins a sentence with a capital, and says whom it cites. */
static void trim_opener(const struct reading *r, struct mention *m)
{
	bool opens = m->n && reading_word(r, m->first)->flags & WORD_SENTENCE && cue_at(r, m->first).kinds & CUE_OPENER;
	m->first += opens;
	m->n -= opens;
}

bool trim_mention(const struct reading *r, struct mention *m)
{
	trim_start(r, m);
	trim_end(r, m);
	trim_mayor(r, m);
	trim_opener(r, m);
	if (m->type == NAME_IS_PERSON && m->n) {
		trim_after_person(r, m);
		trim_titles(r, m);
		trim_end(r, m);
		if (m->n == 1 && title_is_one(r, m->first))
			return false;
	}
	return m->n && reading_has_capital(r, m->first, m->n);
}

void trim_article(const struct reading *r, struct mention *m, const struct name_match *match)
{
	bool article = m->n > 1 &&
	               (str_is(words_text(r->words, m->first), "The") || str_is(words_text(r->words, m->first), "the"));
	bool listed = match && match->first == m->first && match->n > 1;
	if (!article || listed)
		return;
	m->first++;
	m->n--;
}

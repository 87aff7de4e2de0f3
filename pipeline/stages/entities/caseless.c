/* Reading the words between the marks. See caseless.h. */
#include "pipeline/stages/entities/caseless.h"

#include "pipeline/stages/entities/calendar.h"
#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/listed.h"
#include "pipeline/stages/entities/title.h"

#define CASELESS_MARGIN      2.0f
#define CASELESS_RUN_LETTERS 14 /* of a forename or a surname; a clause is longer */
#define CASELESS_SKIPPED     6  /* words between a title and a name */
#define CASELESS_BODY_WORDS  4  /* of an organisation's name behind its first */

struct caseless {
	const struct reading *r;
	const struct calendar *calendar;
	bool is_arabic;
	size_t until; /* the words that may be read end there */
	struct marks out;
};

/* "al-": the article, which adjectives have, and many surnames. */
static bool caseless_has_article(const struct caseless *c, size_t word)
{
	return str_starts(reading_name(c->r, word, 1), STR("ال"));
}

/* A word that goes on with the one before it, and that is neither a particle nor a day of the week. */
static bool caseless_goes_on(const struct caseless *c, size_t word)
{
	if (word >= c->until)
		return false;
	const struct word *w = reading_word(c->r, word);
	return w->kind == WORD_LETTERS && !(w->flags & WORD_SENTENCE) && !(cue_at(c->r, word).kinds & CUE_STOP) &&
	       !calendar_is_day(c->calendar, c->r, word, 1);
}

static bool caseless_is_title(const struct caseless *c, size_t word)
{
	return title_is_one(c->r, word) || (c->is_arabic && title_is_text(reading_name(c->r, word, 1)));
}

static uint16_t caseless_classes(const struct caseless *c, size_t word)
{
	return listed_classes(c->r, word, 1);
}

static bool caseless_is_particle(const struct caseless *c, size_t word)
{
	static const char *const particles[] = {"بن", "ابن", "آل", "أبو", "ابو", "عبد", "ولد", "بنت", "أم"};
	for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
		if (str_is(words_text(c->r->words, word), particles[i]))
			return true;
	return false;
}

/* A word that may be a part of a person's name. */
static bool caseless_is_part(const struct caseless *c, size_t word)
{
	return caseless_goes_on(c, word) && reading_letters(c->r, word) > 1 && !caseless_is_title(c, word) &&
	       !(cue_at(c->r, word).kinds & (CUE_SKIP | CUE_ORG_CASELESS));
}

/* Where an Arabic name ends that begins at a word; the word itself: it is none. */
static size_t caseless_arabic_end(const struct caseless *c, size_t first)
{
	size_t second = first + 1;
	if (!caseless_is_part(c, first) || caseless_has_article(c, first) || !caseless_is_part(c, second))
		return first;
	second += caseless_is_particle(c, first) && caseless_is_part(c, second + 1);
	second += caseless_is_particle(c, second) && caseless_is_part(c, second + 1);
	uint16_t persons = NAME_FORENAME | NAME_SURNAME | NAME_PERSON;
	bool listed = (caseless_classes(c, first) | caseless_classes(c, second)) & persons;
	if (!listed && !caseless_has_article(c, second))
		return first;
	bool third = !caseless_has_article(c, second) && caseless_is_part(c, second + 1) &&
	             caseless_has_article(c, second + 1) && caseless_classes(c, second) & persons;
	return second + 1 + third;
}

/* Where the name begins behind a title, or a verb: past adjectives and countries, and what else may be skipped. */
static size_t caseless_behind(const struct caseless *c, size_t title, uint32_t skip)
{
	size_t at = title + 1;
	for (size_t n = 0; n < CASELESS_SKIPPED && caseless_goes_on(c, at); n++, at++) {
		bool belongs = caseless_has_article(c, at) || caseless_is_title(c, at) ||
		               cue_at(c->r, at).kinds & skip || caseless_classes(c, at) & NAME_COUNTRY;
		if (!belongs)
			break;
	}
	return at;
}

static void caseless_put(struct caseless *c, size_t first, size_t end, enum name_type type)
{
	c->out.at[c->out.n++] = (struct tagged){(uint32_t)first, (uint32_t)(end - first), type, CASELESS_MARGIN, true};
}

/* "هيئة تحرير الشام": one word, and the words with an article behind it. */
static size_t caseless_body_end(const struct caseless *c, size_t first)
{
	size_t at = first + 1;
	if (caseless_goes_on(c, at) && !caseless_has_article(c, at))
		at++;
	size_t articles = at;
	while (c->is_arabic && at < first + CASELESS_BODY_WORDS && caseless_goes_on(c, at) &&
	       caseless_has_article(c, at))
		at++;
	return at > articles || !c->is_arabic ? at : first;
}

/* "اسکندر مومنی وزیر کشور": two or three words that begin a sentence, and a title behind them. */
static size_t caseless_opening_end(const struct caseless *c, size_t first)
{
	const struct word *w = reading_word(c->r, first);
	if (c->is_arabic || !(w->flags & WORD_SENTENCE) || w->kind != WORD_LETTERS || caseless_is_title(c, first) ||
	    cue_at(c->r, first).kinds)
		return first;
	size_t at = first + 1;
	while (at < first + 4 && caseless_is_part(c, at))
		at++;
	return at > first + 1 && at < first + 4 && caseless_goes_on(c, at) && caseless_is_title(c, at) ? at : first;
}

/* A name that begins at a word, or behind it; returns where to go on. */
static size_t caseless_read(struct caseless *c, size_t at)
{
	size_t end = caseless_opening_end(c, at), first = at;
	enum name_type type = NAME_IS_PERSON;
	if (end == at && cue_at(c->r, at).kinds & CUE_ORG_CASELESS) {
		end = caseless_body_end(c, at);
		type = NAME_IS_ORGANISATION;
	}
	if (end == at && cue_at(c->r, at).kinds & CUE_SAID) {
		first = caseless_behind(c, at, 0);
		bool told = first > at + 1 || (first < c->until && caseless_classes(c, first) & NAME_FORENAME);
		end = told && first < c->until ? caseless_arabic_end(c, first) : first;
		type = NAME_IS_PERSON;
	}
	if (end == first && caseless_is_title(c, at)) {
		first = caseless_behind(c, at, CUE_SKIP);
		end = c->is_arabic && first < c->until ? caseless_arabic_end(c, first) : first;
		type = NAME_IS_PERSON;
	}
	if (end == first)
		return at + 1;
	caseless_put(c, first, end, type);
	return end;
}

/*
 * Thai and its like, where letters run on without blanks. Behind a title a person's name is two runs, with a blank
 * between.
 */
static size_t caseless_run_end(const struct caseless *c, size_t first)
{
	const struct reading *r = c->r;
	size_t end = first;
	while (end < c->until && end < first + CASELESS_RUN_LETTERS && reading_word(r, end)->kind == WORD_LETTERS &&
	       !(reading_word(r, end)->flags & (end == first ? WORD_SENTENCE : WORD_SENTENCE | WORD_SPACE_BEFORE)))
		end++;
	return end;
}

/* A name behind a title that stands at a word; returns where to go on. */
static size_t caseless_read_runs(struct caseless *c, size_t at)
{
	const struct reading *r = c->r;
	struct cue cue = cue_at(r, at);
	size_t first = at + cue.n, middle = cue.kinds & CUE_TITLE ? caseless_run_end(c, first) : first;
	size_t end = middle > first + 1 ? caseless_run_end(c, middle) : middle;
	if (end <= middle + 1 || middle == first + CASELESS_RUN_LETTERS || end == middle + CASELESS_RUN_LETTERS ||
	    reading_word(r, first)->flags & WORD_SPACE_BEFORE)
		return at + cue.n;
	caseless_put(c, first, end, NAME_IS_PERSON);
	return end;
}

bool caseless_is_unlearned(const struct reading *r)
{
	return reading_is_in(r, "th lo km my");
}

struct marks caseless_mark(const struct reading *r, const struct marks *given)
{
	bool runs = caseless_is_unlearned(r);
	struct caseless c = {.r = r, .calendar = calendar_of(r), .is_arabic = reading_is_in(r, "ar")};
	size_t at = 0;
	if (!runs && !reading_is_in(r, "ar fa"))
		return *given;
	c.out.at = arena_alloc(r->arena, (given->n + r->words->n + 1) * sizeof *c.out.at);
	for (size_t i = 0; i <= given->n; i++) {
		c.until = i < given->n ? given->at[i].first : r->words->n;
		while (at < c.until)
			at = runs ? caseless_read_runs(&c, at) : caseless_read(&c, at);
		if (i == given->n)
			break;
		/* "كان" is Cannes, and "was". */
		if (given->at[i].n == 1 && cue_at(r, given->at[i].first).kinds & CUE_STOP)
			continue;
		c.out.at[c.out.n++] = given->at[i];
		at = given->at[i].first + given->at[i].n;
	}
	return c.out;
}

/* One walk over the marks and the words between them. See people.h. */
#include "pipeline/stages/entities/people.h"

#include "pipeline/stages/entities/calendar.h"
#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/listed.h"
#include "pipeline/stages/entities/placing.h"
#include "pipeline/stages/entities/title.h"

#define PEOPLE_MARGIN        2.0f /* of a name behind a title */
#define PEOPLE_PLACED        2.0f /* at most, of a place that the tagger took for a person */
#define PEOPLE_STRANGER_TO   2.6f /* so sure of a person that "to" before it changes nothing */
#define PEOPLE_STRANGER_IN   6.0f /* the same of "in" */
#define PEOPLE_WORDS_MOST    4
#define PEOPLE_LETTERS_LEAST 2

struct peopling {
	const struct reading *r;
	const struct calendar *calendar;
	struct marks out;
};

/* A word of a person's name, with nothing but a blank or a hyphen before it where it is not the first. */
static bool people_is_part(const struct peopling *p, size_t word, bool first)
{
	const struct reading *r = p->r;
	if (word >= r->words->n)
		return false;
	const struct word *w = reading_word(r, word);
	bool shape = w->kind == WORD_LETTERS && w->flags & WORD_UPPER_FIRST && !(w->flags & WORD_SENTENCE) &&
	             reading_letters(r, word) >= PEOPLE_LETTERS_LEAST;
	if (!shape || (first && !(w->flags & WORD_SPACE_BEFORE)))
		return false;
	return !(w->flags & WORD_UPPER_ALL) && !title_is_one(r, word) && !cue_at(r, word).kinds &&
	       !calendar_is_day(p->calendar, r, word, 1) && !calendar_is_month(p->calendar, r, word, 1);
}

/* The end of a name of two words or more that begins at a word and before `end`; the word itself: there is none. */
static size_t people_end(const struct peopling *p, size_t first, size_t end)
{
	size_t at = first, parts = 0;
	while (at < end && parts < PEOPLE_WORDS_MOST && people_is_part(p, at, !parts)) {
		parts++;
		at++;
		if (at + 1 < end && reading_is_hyphen(p->r, at) && people_is_part(p, at + 1, false))
			at += 2;
	}
	return parts > 1 ? at : first;
}

static bool people_is_titled(const struct reading *r, size_t word)
{
	return word && title_is_before(r, word) && !(reading_word(r, word)->flags & WORD_SENTENCE);
}

/* Names behind titles in the words between two marks. */
static void people_between(struct peopling *p, size_t from, size_t until)
{
	/* "Menteri Tenaga Kerja": there the office itself has capitals. */
	if (reading_is_in(p->r, "id ms"))
		return;
	for (size_t i = from; i < until; i++) {
		/* No name begins with another word; the look at what stands before it is the dear one. */
		if (!(reading_word(p->r, i)->flags & WORD_UPPER_FIRST) || !people_is_titled(p->r, i))
			continue;
		size_t end = people_end(p, i, until);
		if (end == i || listed_classes(p->r, i, 1) & NAME_COUNTRY)
			continue;
		p->out.at[p->out.n++] =
		        (struct tagged){(uint32_t)i, (uint32_t)(end - i), NAME_IS_PERSON, PEOPLE_MARGIN, true};
		i = end - 1;
	}
}

/* "Moira" before the mark "Tulloch": a forename of the list. */
static void people_complete(const struct peopling *p, struct tagged *mark, size_t least)
{
	const struct reading *r = p->r;
	size_t before = mark->first - 1;
	bool near = mark->type == NAME_IS_PERSON && mark->first > least &&
	            reading_word(r, mark->first)->flags & WORD_SPACE_BEFORE &&
	            !(reading_word(r, mark->first)->flags & WORD_SENTENCE);
	if (!near || mark->n > 2)
		return;
	const struct word *w = reading_word(r, before);
	bool shape = w->kind == WORD_LETTERS && w->flags & WORD_UPPER_FIRST &&
	             !(w->flags & (WORD_UPPER_ALL | WORD_SENTENCE)) && r->words->text.p[w->end] == ' ' &&
	             !title_is_one(r, before) && !cue_at(r, before).kinds;
	if (!shape)
		return;
	uint16_t classes = listed_classes(r, before, 1);
	/* "Başkanı Resul Emrah Şahan": Turkish puts nothing between a title and a name. */
	bool titled = reading_is_in(r, "tr az") && people_is_titled(r, before);
	if ((!(classes & NAME_FORENAME) && !titled) || classes & NAME_COUNTRY)
		return;
	mark->first--;
	mark->n++;
}

/* "the ferry to Hald": of one word, in no list of persons, no title before it. */
static void people_place(const struct peopling *p, struct tagged *mark)
{
	const struct reading *r = p->r;
	bool alone = mark->type == NAME_IS_PERSON && mark->n == 1 &&
	             !(reading_word(r, mark->first)->flags & (WORD_CASELESS | WORD_UPPER_ALL));
	if (!alone || title_is_before(r, mark->first))
		return;
	bool in = placing_is_before(r, mark->first);
	uint16_t persons = in ? NAME_FORENAME : NAME_FORENAME | NAME_SURNAME | NAME_PERSON;
	if (mark->margin >= (in ? PEOPLE_STRANGER_IN : PEOPLE_STRANGER_TO) ||
	    listed_classes(r, mark->first, 1) & persons || !placing_may_be_before(r, mark->first))
		return;
	mark->type = NAME_IS_PLACE;
	mark->by_context = true;
	if (mark->margin > PEOPLE_PLACED)
		mark->margin = PEOPLE_PLACED;
}

struct marks people_mark(const struct reading *r, const struct marks *given)
{
	struct peopling p = {.r = r, .calendar = calendar_of(r)};
	size_t from = 0;
	p.out.at = arena_alloc(r->arena, (given->n + r->words->n + 1) * sizeof *p.out.at);
	for (size_t i = 0; i < given->n; i++) {
		struct tagged mark = given->at[i];
		people_complete(&p, &mark, from);
		people_place(&p, &mark);
		people_between(&p, from, mark.first);
		p.out.at[p.out.n++] = mark;
		from = mark.first + mark.n;
	}
	people_between(&p, from, r->words->n);
	return p.out;
}

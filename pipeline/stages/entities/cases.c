/*
 * Trying the endings of each case. A nominative is sure if the list has it as a person; it is good if the list has the
 * forename so and not as written, or if no nominative ends as both words do (instrumental, dative). See cases.h.
 */
#include "pipeline/stages/entities/cases.h"

#include "pipeline/stages/entities/listed.h"

#define CASES_WORD_BYTES 64
#define CASES_STEM_BYTES 3 /* left of a word without its ending, at least */

enum cases_part { CASES_FORENAME, CASES_SURNAME };

static const struct cases_row {
	const char *languages, *name;
	enum cases_part part;
	struct str written, listed;
	bool is_mans;   /* no woman has a surname that ends so */
	bool is_womans; /* women have, in the nominative */
} cases_rows[] = {
#define CASE(languages, name, part, written, listed)                                                                   \
	{languages, name, CASES_##part, STR_INIT(written), STR_INIT(listed), false, false},
#define CASE_MAN(languages, name, part, written, listed)                                                               \
	{languages, name, CASES_##part, STR_INIT(written), STR_INIT(listed), true, false},
#define CASE_WOMAN(languages, name, part, written, listed)                                                             \
	{languages, name, CASES_##part, STR_INIT(written), STR_INIT(listed), false, true},
#include "pipeline/stages/entities/cases.def"
#undef CASE
#undef CASE_MAN
#undef CASE_WOMAN
};
#define CASES_ROWS (sizeof cases_rows / sizeof *cases_rows)

struct cases {
	const struct reading *r;
	struct str forename, surname; /* as written */
	bool is_forename, is_surname; /* the list has them as written */
	struct str good;              /* the best so far */
};

static uint16_t cases_classes(const struct reading *r, struct str text)
{
	return listed_classes_of(r, reading_find_text(r, text));
}

/* The word with the row's ending instead of its own; empty: it does not end so. */
static struct str cases_replace(const struct reading *r, struct str word, const struct cases_row *row)
{
	if (!str_ends(word, row->written) || word.n < row->written.n + CASES_STEM_BYTES || word.n > CASES_WORD_BYTES)
		return (struct str){0};
	struct str stem = str_slice(word, 0, word.n - row->written.n);
	return arena_printf(r->arena, "%.*s%.*s", STR_ARG(stem), STR_ARG(row->listed));
}

static bool cases_same(const struct cases_row *a, const struct cases_row *b)
{
	return strcmp(a->languages, b->languages) == 0 && strcmp(a->name, b->name) == 0;
}

/* Both words without the endings of one case. True: the list has that person. */
static bool cases_try(struct cases *c, const struct cases_row *row, struct str forename, struct str surname)
{
	struct str full = arena_printf(c->r->arena, "%.*s %.*s", STR_ARG(forename), STR_ARG(surname));
	if (cases_classes(c->r, full) & NAME_PERSON) {
		c->good = full;
		return true;
	}
	bool known = cases_classes(c->r, forename) & NAME_FORENAME;
	bool only = str_is(str_of(row->name), "ins.m") || str_is(str_of(row->name), "dat.m");
	/* "Jana Novotného", "Ivana Horvata": a woman's surname does not end so. */
	bool man = known &&
	           (row->is_mans || (!row->is_womans && !c->is_surname && cases_classes(c->r, surname) & NAME_SURNAME));
	if (!c->good.n && (man || (!c->is_forename && (known || only))))
		c->good = full;
	return false;
}

/* All surnames' rows of the forename's case. */
static bool cases_try_surnames(struct cases *c, size_t row, struct str forename)
{
	for (size_t i = row; i < CASES_ROWS && cases_same(&cases_rows[i], &cases_rows[row]); i++) {
		if (cases_rows[i].part != CASES_SURNAME)
			continue;
		struct str surname = cases_replace(c->r, c->surname, &cases_rows[i]);
		if (surname.n && cases_try(c, &cases_rows[i], forename, surname))
			return true;
	}
	return false;
}

struct str cases_nominative(const struct reading *r, const struct mention *person)
{
	uint32_t parts[MENTION_PARTS_MAX + 1];
	if (mention_parts(r, person, parts) != 2)
		return (struct str){0};
	struct cases c = {.r = r,
	                  .forename = reading_text(r, parts[0], parts[1] - parts[0]),
	                  .surname = reading_text(r, parts[1], parts[2] - parts[1])};
	c.is_forename = cases_classes(r, c.forename) & NAME_FORENAME;
	c.is_surname = cases_classes(r, c.surname) & NAME_SURNAME;
	for (size_t i = 0; i < CASES_ROWS; i++) {
		const struct cases_row *row = &cases_rows[i];
		if (row->part != CASES_FORENAME || !reading_is_in(r, row->languages))
			continue;
		struct str forename = cases_replace(r, c.forename, row);
		if (forename.n && cases_try_surnames(&c, i, forename))
			break;
	}
	return c.good;
}

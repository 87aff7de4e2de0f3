/* Merging marks of the text with the tagger's. See marks.h. */
#include "pipeline/stages/entities/marks.h"

#include "pipeline/words/fold.h"

#define MARKS_PLACE_BYTES  200
#define MARKS_PLACE_MARGIN 5.0f
#define MARKS_JOINED_WORDS 4 /* of a person's name that the tagger marked as two */

struct marking {
	const struct reading *r;
	const struct tagged *tagged;
	size_t n_tagged, next; /* the next mark that is not copied yet */
	struct marks out;
};

static const struct word *marks_word(const struct reading *r, size_t i)
{
	return &r->words->at[i];
}

/* Copies the marks that end before a word. */
static void marks_copy(struct marking *m, size_t until)
{
	for (; m->next < m->n_tagged && m->tagged[m->next].first + m->tagged[m->next].n <= until; m->next++)
		m->out.at[m->out.n++] = m->tagged[m->next];
}

static const struct tagged *marks_next(const struct marking *m)
{
	return m->next < m->n_tagged ? &m->tagged[m->next] : NULL;
}

/* A mark instead of the tagger's that it overlaps. */
static void marks_put(struct marking *m, struct tagged mark)
{
	const struct tagged *last = m->out.n ? &m->out.at[m->out.n - 1] : NULL;
	if (last && last->first + last->n > mark.first)
		return;
	while (marks_next(m) && marks_next(m)->first < mark.first + mark.n)
		m->next++;
	m->out.at[m->out.n++] = mark;
}

/* --- the dateline's place ---------------------------------------------------------------------------------------- */

/* How many words from `first` on are the same as all of `place`; 0: they are not. */
static size_t marks_same_run(const struct reading *r, size_t first, const struct reading *place)
{
	size_t n = place->words->n;
	if (!n || first + n > r->words->n || !(marks_word(r, first)->flags & (WORD_UPPER_FIRST | WORD_CASELESS)))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (reading_key(r, first + i) != reading_key(place, i))
			return 0;
	return n;
}

/* Not where the tagger marked a longer name which holds it; but a person is not named so. */
static void marks_put_known(struct marking *m, size_t first, size_t n, enum name_type type)
{
	marks_copy(m, first);
	const struct tagged *mark = marks_next(m);
	bool held = mark && mark->first <= first && mark->first + mark->n >= first + n && mark->n > n;
	if (!held || mark->type == NAME_IS_PERSON)
		marks_put(m, (struct tagged){(uint32_t)first, (uint32_t)n, type, MARKS_PLACE_MARGIN});
}

/* --- names in two ------------------------------------------------------------------------------------------------ */

/* "Michael" and "Jordan Hale", marked as two persons: nothing stands between two of a person's names but a blank. */
static bool marks_are_one_person(const struct reading *r, const struct tagged *a, const struct tagged *b)
{
	const struct word *last = marks_word(r, a->first + a->n - 1), *next = marks_word(r, b->first);
	bool persons = a->type == NAME_IS_PERSON && b->type == NAME_IS_PERSON;
	bool near = a->first + a->n == b->first && next->start == last->end + 1 && r->words->text.p[last->end] == ' ' &&
	            !(next->flags & WORD_SENTENCE);
	return persons && near && a->n == 1 && a->n + b->n <= MARKS_JOINED_WORDS && next->flags & WORD_UPPER_FIRST;
}

static void marks_join_persons(const struct reading *r, struct marks *marks)
{
	size_t kept = 0;
	for (size_t i = 0; i < marks->n; i++) {
		struct tagged *last = kept ? &marks->at[kept - 1] : NULL;
		if (!last || !marks_are_one_person(r, last, &marks->at[i])) {
			marks->at[kept++] = marks->at[i];
			continue;
		}
		last->n += marks->at[i].n;
		if (marks->at[i].margin > last->margin)
			last->margin = marks->at[i].margin;
	}
	marks->n = kept;
}

struct marks marks_add(const struct reading *r, const struct marks *tagged, const struct marks_known *known)
{
	struct words place = words_split(fold_cut(known->place, MARKS_PLACE_BYTES), r->arena);
	struct words source = words_split(fold_cut(known->source, MARKS_PLACE_BYTES), r->arena);
	struct reading of_place = reading_start(&place, r->gazetteer, r->language, r->arena);
	struct reading of_source = reading_start(&source, r->gazetteer, r->language, r->arena);
	struct marking m = {.r = r, .tagged = tagged->at, .n_tagged = tagged->n};
	m.out.at = arena_alloc(r->arena, (tagged->n + r->words->n + 1) * sizeof *m.out.at);
	for (size_t i = 0; i < r->words->n;) {
		size_t n = marks_same_run(r, i, &of_place);
		size_t n_source = n ? 0 : marks_same_run(r, i, &of_source);
		if (n)
			marks_put_known(&m, i, n, NAME_IS_PLACE);
		else if (n_source)
			marks_put_known(&m, i, n = n_source, NAME_IS_ORGANISATION);
		i += n ? n : 1;
	}
	marks_copy(&m, r->words->n);
	marks_join_persons(r, &m.out);
	return m.out;
}

/* Where in a document words with capitals stand, and how many have them. See features.h. */
#include "pipeline/stages/entities/features_inside.h"

#define FEATURES_HABIT_WORDS 24 /* fewer do not tell a text's habit */

/* A word with a capital; before, behind: in its sentence, else nothing. */
static void features_document_add(struct features_document *d, uint32_t i, const struct features_token *t,
                                  const struct features_token *before, const struct features_token *behind)
{
	uint32_t *place = features_document_find(d, features_same(t));
	if (*place == 0) {
		if (2 * d->n > d->mask)
			return;
		*place = (uint32_t)++d->n;
		d->seen[*place - 1].same = features_same(t);
		d->seen[*place - 1].n = 0;
	}
	struct features_seen *seen = &d->seen[*place - 1];
	if (seen->n == FEATURES_SEEN)
		return;
	seen->at[seen->n] = i;
	seen->before[seen->n] = before->lower;
	seen->behind[seen->n] = behind->lower;
	seen->shape_before[seen->n] = before->shape;
	seen->shape_behind[seen->n] = behind->shape;
	seen->inside[seen->n] = before->shape != SHAPE_EDGE;
	seen->listed_before[seen->n] = before->listed;
	seen->listed_behind[seen->n] = behind->listed;
	seen->capital_before[seen->n] = before->flags & FEATURES_CAPITAL;
	seen->capital_behind[seen->n] = behind->flags & FEATURES_CAPITAL;
	seen->n++;
}

static struct features_document *features_document_room(const struct features_source *source, size_t n_words,
                                                        struct arena *arena)
{
	struct features_document *d = ARENA_NEW(arena, struct features_document);
	size_t room = 16, most = 16, n_capitals = 0;
	for (size_t i = 0; i < n_words; i++)
		n_capitals += (source->known[i].flags & FEATURES_CAPITAL) != 0;
	/* Few words have capitals; where many have, those that find no place are not remembered. */
	while (most < n_words / 2)
		most *= 2;
	while (room < most && room < 2 * n_capitals + 2)
		room *= 2;
	d->seen = arena_alloc(arena, (room / 2 + 1) * sizeof *d->seen);
	d->table = ARENA_ARRAY(arena, uint32_t, room);
	d->mask = room - 1;
	return d;
}

/* How many of a text's words within sentences have capitals: German has more of them than others, and a text without
 * any small letters says nothing by them. 0: it is too short to tell. */
static uint8_t features_habit(size_t n_small, size_t n_capital)
{
	static const uint8_t percent[] = {12, 22, 50};
	size_t n = n_small + n_capital;
	uint8_t habit = 1;
	if (n < FEATURES_HABIT_WORDS)
		return 0;
	for (size_t i = 0; i < sizeof percent; i++)
		habit += 100 * n_capital >= percent[i] * n;
	return habit;
}

struct features_document *features_document_new(const struct features_source *source, struct arena *arena)
{
	const struct word *words = source->words->at;
	size_t n = source->words->n < FEATURES_DOCUMENT_WORDS ? source->words->n : FEATURES_DOCUMENT_WORDS;
	struct features_document *d = features_document_room(source, n, arena);
	size_t n_small = 0, n_capital = 0, at;
	for (size_t i = 0; i < n; i++) {
		const struct features_token *t = &source->known[i];
		bool is_first = i == 0 || words[i].flags & WORD_SENTENCE;
		if (t->flags & FEATURES_SMALL) {
			uint64_t bit = features_small_bit(t->lower, &at);
			d->small[at] |= bit;
			n_small += !is_first;
		} else if (t->flags & FEATURES_CAPITAL) {
			struct features_token before = {0}, behind = {0};
			n_capital += !is_first && !(t->flags & FEATURES_UPPER);
			if (!is_first)
				features_look(source, i - 1, &before);
			if (i + 1 < n && !(words[i + 1].flags & WORD_SENTENCE))
				features_look(source, i + 1, &behind);
			if (t->lower)
				features_document_add(d, (uint32_t)i, t, &before, &behind);
		}
	}
	d->habit = features_habit(n_small, n_capital);
	return d;
}

/* The context of a word in its sentence, as keys. See features.h. */
#include "pipeline/stages/entities/features_inside.h"

#define FEATURES_RUN   3 /* other words of a run of capitals on each side */
#define FEATURES_REACH 8 /* how far the nearest small word is looked for */

struct features_view {
	const struct features_sentence *s;
	size_t i;
	const struct features_token *t; /* of this word; its neighbours may be read, two on each side */
	struct features_context *out;
};

static void features_add(struct features_view *v, uint64_t key)
{
	if (v->out->n < FEATURES_CONTEXT_MAX)
		v->out->at[v->out->n++] = key;
}

static void features_add_shapes(struct features_view *v)
{
	const struct features_token *t = v->t;
	uint64_t shape = t->shape;
	features_add(v, features_key(KIND_SHAPE, shape));
	features_add(v, features_key2(KIND_SHAPES_BEFORE, t[-1].shape, shape));
	features_add(v, features_key2(KIND_SHAPES_BEHIND, shape, t[1].shape));
	features_add(v, features_key3(KIND_SHAPES_AROUND, t[-1].shape, shape, t[1].shape));
	features_add(v, features_key3(KIND_SHAPES_TWO_BEFORE, t[-2].shape, t[-1].shape, shape));
	features_add(v, features_key3(KIND_SHAPES_TWO_BEHIND, shape, t[1].shape, t[2].shape));
	if (v->s->kind != FEATURES_CASE_USUAL)
		features_add(v, features_key2(KIND_CASE, v->s->kind, shape));
	if (t->flags & FEATURES_FIRST)
		features_add(v, features_key2(KIND_FIRST, shape, v->s->kind));
	uint64_t habit = v->s->document ? v->s->document->habit : 0;
	if (!habit || !(t->flags & FEATURES_CAPITAL))
		return;
	features_add(v, features_key3(KIND_HABIT, habit, shape, (t->flags & FEATURES_FIRST) != 0));
	features_add(v, features_key3(KIND_HABIT_BEFORE, habit, t[-1].shape, shape));
}

static void features_add_near(struct features_view *v)
{
	const struct features_token *t = v->t;
	features_add(v, features_key2(KIND_WORD_BEFORE_SHAPE, t[-1].lower, t->shape));
	features_add(v, features_key2(KIND_WORD_BEHIND_SHAPE, t[1].lower, t->shape));
	if (!v->s->alone)
		return;
	features_add(v, features_key2(KIND_FAR_BEFORE, t[-2].lower, t[-1].lower));
	features_add(v, features_key2(KIND_FAR_BEHIND, t[1].lower, t[2].lower));
	features_add(v, features_key2(KIND_CONTEXT_PAIR, t[-1].lower, t[1].lower));
}

static void features_add_pairs(struct features_view *v)
{
	const struct features_token *t = v->t;
	features_add(v, features_key2(KIND_PAIR_BEFORE, t[-1].lower, t->lower));
	features_add(v, features_key2(KIND_PAIR_BEHIND, t->lower, t[1].lower));
	if (!v->s->alone)
		return;
	features_add(v, features_key3(KIND_THREE_AROUND, t[-1].lower, t->lower, t[1].lower));
	features_add(v, features_key3(KIND_THREE_BEFORE, t[-2].lower, t[-1].lower, t->lower));
	features_add(v, features_key3(KIND_THREE_BEHIND, t->lower, t[1].lower, t[2].lower));
}

/* The nearest words without capitals say what is spoken of: "presiden Amerika Serikat Joe Biden di …". */
static void features_add_small(struct features_view *v)
{
	const struct features_token *t = v->t;
	size_t before = v->i < FEATURES_REACH ? v->i : FEATURES_REACH;
	size_t behind = v->s->n - 1 - v->i < FEATURES_REACH ? v->s->n - 1 - v->i : FEATURES_REACH;
	for (size_t k = 1; k <= before; k++)
		if (t[-(ptrdiff_t)k].flags & FEATURES_SMALL) {
			features_add(v, features_key2(KIND_SMALL_BEFORE, t[-(ptrdiff_t)k].lower, t->shape));
			break;
		}
	for (size_t k = 1; k <= behind; k++)
		if (t[k].flags & FEATURES_SMALL) {
			features_add(v, features_key2(KIND_SMALL_BEHIND, t[k].lower, t->shape));
			break;
		}
}

/* Is the word part of a run of capitals, or a sign that stands glued in one: "Jong-Un", "O'Neill", "J. Doe"? */
static bool features_is_in_run(const struct features_token *t)
{
	unsigned shape = t->shape & (FEATURES_GLUED - 1);
	return t->flags & FEATURES_CAPITAL ||
	       (t->shape > FEATURES_GLUED &&
	        (shape == SHAPE_HYPHEN || shape == SHAPE_APOSTROPHE || shape == SHAPE_STOP));
}

/* What the list says of the other words of a run: a forename before this one, a town behind it. */
static void features_add_run_listed(struct features_view *v, size_t before, size_t behind)
{
	const struct features_token *t = v->t;
	unsigned sorts_before = 0, sorts_behind = 0;
	for (size_t k = 1; k <= before; k++)
		sorts_before |= t[-(ptrdiff_t)k].listed;
	for (size_t k = 1; k <= behind; k++)
		sorts_behind |= t[k].listed;
	if (sorts_before)
		features_add(v, features_key2(KIND_RUN_LISTED, sorts_before, t->listed));
	if (sorts_behind)
		features_add(v, features_key2(KIND_RUN_LISTED_BEHIND, sorts_behind, t->listed));
}

/* Adds the capitals before or behind the word, and counts the words up to them. */
static size_t features_add_side(struct features_view *v, enum features_kind kind, ptrdiff_t step, size_t most)
{
	size_t n = 0;
	for (; n < FEATURES_RUN && n < most; n++) {
		const struct features_token *other = v->t + step * (ptrdiff_t)(n + 1);
		if (!features_is_in_run(other))
			break;
		if (other->flags & FEATURES_CAPITAL)
			features_add(v, features_key(kind, other->lower));
	}
	return n;
}

static void features_add_run(struct features_view *v)
{
	if (!(v->t->flags & FEATURES_CAPITAL) || v->s->kind != FEATURES_CASE_USUAL)
		return;
	size_t before = features_add_side(v, KIND_RUN_BEFORE, -1, v->i);
	size_t behind = features_add_side(v, KIND_RUN_BEHIND, 1, v->s->n - 1 - v->i);
	features_add(v, features_key3(KIND_RUN_PLACE, before, behind, v->t->shape));
	features_add_run_listed(v, before, behind);
}

static uint64_t features_name(const struct features_token *t)
{
	return (uint64_t)t->classes << 3 | t->part;
}

/* Names of the list with endings. */
static void features_add_endings(struct features_view *v)
{
	const struct features_token *t = v->t;
	if (t->ending) {
		features_add(v, features_key2(KIND_LISTED, t->listed, t->ending));
		features_add(v, features_key3(KIND_LISTED_SHAPES, t->listed, t[-1].shape, t[1].shape));
	}
	if (t[-1].ending)
		features_add(v, features_key2(KIND_LISTED_BEFORE, t[-1].listed, t->shape));
	if (t[1].ending)
		features_add(v, features_key2(KIND_LISTED_BEHIND, t[1].listed, t->shape));
}

static void features_add_classes(struct features_view *v)
{
	const struct features_token *t = v->t;
	if (t[-1].part)
		features_add(v, features_key2(KIND_CLASSES_BEFORE, features_name(&t[-1]), t->shape));
	if (t[1].part)
		features_add(v, features_key2(KIND_CLASSES_BEHIND, features_name(&t[1]), t->shape));
	if (!t->part)
		return;
	if (t[-1].part)
		features_add(v, features_key2(KIND_CLASSES_PAIR, features_name(&t[-1]), features_name(t)));
	if (t[1].part)
		features_add(v, features_key2(KIND_CLASSES_PAIR_BEHIND, features_name(t), features_name(&t[1])));
	for (unsigned left = t->classes; left; left &= left - 1)
		features_add(v, features_key2(KIND_CLASS, (unsigned)__builtin_ctz(left), t->part));
	features_add(v, features_key(KIND_CLASSES, features_name(t)));
	features_add(v, features_key2(KIND_CLASSES_SHAPE, features_name(t), t->shape));
	features_add(v, features_key3(KIND_CLASSES_SHAPES, features_name(t), t[-1].shape, t[1].shape));
}

/* Where the name stands elsewhere, and what the list says of the capitals beside it there. */
static void features_add_one_seen(struct features_view *v, const struct features_seen *seen, uint32_t k)
{
	bool before = v->t[-1].flags & FEATURES_CAPITAL, behind = v->t[1].flags & FEATURES_CAPITAL;
	features_add(v, features_key(KIND_SEEN_BEFORE, seen->before[k]));
	features_add(v, features_key(KIND_SEEN_BEHIND, seen->behind[k]));
	features_add(v, features_key2(KIND_SEEN_SHAPES, seen->shape_before[k], seen->shape_behind[k]));
	if (seen->capital_before[k])
		features_add(v, features_key2(KIND_SEEN_LISTED_BEFORE, seen->listed_before[k], before));
	if (seen->capital_behind[k])
		features_add(v, features_key2(KIND_SEEN_LISTED_BEHIND, seen->listed_behind[k], behind));
	if (!seen->capital_before[k] && !seen->capital_behind[k])
		features_add(v, features_key2(KIND_SEEN_ALONE, before, behind));
}

static void features_add_seen(struct features_view *v)
{
	const struct features_token *t = v->t;
	const struct features_document *d = v->s->document;
	size_t at;
	if (!(t->flags & FEATURES_CAPITAL) || !d)
		return;
	uint64_t bit = features_small_bit(t->lower, &at);
	if (d->small[at] & bit)
		features_add(v, features_key2(KIND_SEEN_SMALL, t->shape, (t->flags & FEATURES_FIRST) != 0));
	uint32_t number = *features_document_find(d, features_same(t));
	const struct features_seen *seen = number ? &d->seen[number - 1] : NULL;
	bool inside = false;
	for (uint32_t k = 0; seen && k < seen->n; k++) {
		if (seen->at[k] == v->s->first + v->i)
			continue;
		features_add_one_seen(v, seen, k);
		inside |= seen->inside[k];
	}
	if (inside)
		features_add(v, features_key2(KIND_SEEN_INSIDE, t->shape, (t->flags & FEATURES_FIRST) != 0));
}

/* Models are made of keys in this order. */
void features_context(const struct features_sentence *s, size_t i, unsigned parts, struct features_context *out)
{
	struct features_view v = {.s = s, .i = i, .t = s->tokens + i, .out = out};
	out->n = 0;
	if (parts & FEATURES_OF_SHAPES)
		features_add_shapes(&v);
	out->n_shapes = out->n;
	if (parts & FEATURES_OF_WORDS) {
		features_add_near(&v);
		if (!s->alone)
			features_add_small(&v);
		features_add_run(&v);
	}
	out->first_name = out->n;
	if (parts & FEATURES_OF_NAMES) {
		features_add_endings(&v);
		features_add_classes(&v);
	}
	out->n_names = out->n - out->first_name;
	if (parts & FEATURES_OF_WORDS) {
		if (v.t->part)
			features_add(&v, features_key2(KIND_CLASSES_WORD_BEFORE, features_name(v.t), v.t[-1].lower));
		features_add_seen(&v);
	}
	out->n_plain = out->n;
	if (parts & FEATURES_OF_WORDS)
		features_add_pairs(&v);
}

uint64_t features_shapes(const struct features_sentence *s, size_t i)
{
	const struct features_token *t = s->tokens + i;
	uint64_t number = (uint64_t)(t->flags & FEATURES_FIRST) << 8 | (uint64_t)s->kind << 1 | 1;
	for (int k = -FEATURES_EDGE; k <= FEATURES_EDGE; k++)
		number = number << 8 | t[k].shape;
	return number ^ (uint64_t)(s->document ? s->document->habit : 0) << 56;
}

uint64_t features_names(const struct features_sentence *s, size_t i)
{
	const struct features_token *t = s->tokens + i;
	if (!(t[-1].part | t->part | t[1].part | t[-1].ending | t->ending | t[1].ending))
		return 0;
	uint64_t names = features_name(&t[-1]) << 40 ^ features_name(t) << 20 ^ features_name(&t[1]);
	uint64_t shapes = (uint64_t)t[-1].shape << 16 | (uint64_t)t->shape << 8 | t[1].shape;
	uint64_t listed = (uint64_t)t[-1].listed << 32 | (uint64_t)t->listed << 16 | t[1].listed;
	uint64_t endings = (uint64_t)t[-1].ending << 32 | (uint64_t)t->ending << 16 | t[1].ending;
	uint64_t number = features_mix(features_mix(features_mix(features_mix(0, names), shapes), listed), endings);
	return number ? number : 1;
}

/*
 * The table of phrases, and a desk's own, to a tree. See phrases_inside.h.
 */
#include "pipeline/stages/cleanup/phrases_inside.h"

#include "pipeline/base/check.h"

#include <stdlib.h>

static const struct phrase phrases_table[] = {
#define PHRASE(language, named, how, words)                                                                            \
	{.text = STR_INIT(words), .rule = language ":" words, .kind = PHRASE_##named, .mode = PHRASE_##how},
#include "pipeline/stages/cleanup/phrases.def"
#undef PHRASE
};

#define PHRASES_N     (sizeof(phrases_table) / sizeof(phrases_table[0]))
#define PHRASE_FOLDED 512

const struct phrase *phrases_at(const struct phrases *p, size_t i)
{
	return i < PHRASES_N ? &phrases_table[i] : &p->own[i - PHRASES_N];
}

const struct phrase *phrases_built_in(size_t *n)
{
	*n = PHRASES_N;
	return phrases_table;
}

/* A phrase as it is compared. */
struct phrases_folded {
	struct str bytes;
	size_t number;
};

/* The phrases below one state: [from, to) of the sorted ones, which begin alike. */
struct phrases_range {
	uint32_t from, to;
};

struct phrases_build {
	struct phrases *p;
	char *bytes;
	size_t n_bytes;
	struct phrases_folded *sorted;
	size_t n;
	struct phrases_range *ranges; /* by state */
};

static int phrases_compare(const void *a, const void *b)
{
	const struct phrases_folded *x = a, *y = b;
	int order = str_compare(x->bytes, y->bytes);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static bool phrases_fold(struct phrases_build *b)
{
	char folded[PHRASE_FOLDED];
	for (size_t i = 0; i < b->n; i++)
		b->n_bytes += fold_text(phrases_at(b->p, i)->text, folded, sizeof(folded));
	CHECK(b->n_bytes < UINT32_MAX);
	b->bytes = malloc(b->n_bytes + 1);
	b->sorted = calloc(b->n, sizeof(*b->sorted));
	if (!b->bytes || !b->sorted)
		return false;
	for (size_t i = 0, at = 0; i < b->n; i++) {
		size_t n = fold_text(phrases_at(b->p, i)->text, folded, sizeof(folded));
		CHECK(n && n + 4 < sizeof(folded) && at + n <= b->n_bytes);
		memcpy(b->bytes + at, folded, n);
		b->sorted[i] = (struct phrases_folded){str_make(b->bytes + at, n), i};
		CHECK(utf8_count(b->sorted[i].bytes) <= PHRASE_CHARS_MAX);
		at += n;
	}
	qsort(b->sorted, b->n, sizeof(*b->sorted), phrases_compare);
	return true;
}

static void phrases_classify(struct phrases *p, const char *bytes, size_t n)
{
	p->n_classes = 1;
	for (size_t i = 0; i < n; i++)
		if (!p->class_of[(unsigned char)bytes[i]])
			p->class_of[(unsigned char)bytes[i]] = (uint8_t)p->n_classes++;
	for (uint32_t c = 0; c < 128; c++) {
		uint32_t f = fold_char(c).c[0];
		p->ascii_kind[c] = !f ? ASCII_NOTHING : f == ' ' ? ASCII_BLANK : ASCII_OTHER;
		p->ascii_class[c] = p->class_of[f & 0x7f];
	}
}

/* What ends in a state: the first ones of its phrases, as they are sorted, which have no more bytes. */
static void phrases_end(struct phrases_build *b, uint32_t state, size_t depth)
{
	struct phrases_range *range = &b->ranges[state];
	uint32_t *ends = &b->p->states[state].ends;
	for (; range->from < range->to && b->sorted[range->from].bytes.n == depth; range->from++) {
		*ends = (uint32_t)b->sorted[range->from].number + 1;
		ends = &b->p->same[*ends - 1];
	}
}

static void phrases_add_child(struct phrases_build *b, uint32_t parent, size_t depth, struct phrases_range range)
{
	struct phrases *p = b->p;
	uint32_t state = (uint32_t)p->n_states++;
	uint8_t class = p->class_of[(unsigned char)b->sorted[range.from].bytes.p[depth]];
	p->by[state] = class;
	b->ranges[state] = range;
	phrases_end(b, state, depth + 1);
	if (!parent)
		p->first[class] = state;
	p->states[parent].n_children++;
}

static int phrases_compare_class(const void *a, const void *b)
{
	const uint8_t *x = a, *y = b;
	return *x - *y;
}

/* The children of a state, in the order of their classes. */
static void phrases_add_children(struct phrases_build *b, uint32_t parent, size_t depth)
{
	struct phrases *p = b->p;
	struct phrases_range range = b->ranges[parent], by_class[256] = {0};
	uint8_t classes[256];
	size_t n = 0;
	for (uint32_t i = range.from; i < range.to; i++) {
		uint8_t class = p->class_of[(unsigned char)b->sorted[i].bytes.p[depth]];
		if (by_class[class].to == 0) {
			by_class[class].from = i;
			classes[n++] = class;
		}
		by_class[class].to = i + 1;
	}
	qsort(classes, n, 1, phrases_compare_class);
	p->states[parent].children = (uint32_t)p->n_states;
	for (size_t i = 0; i < n; i++)
		phrases_add_child(b, parent, depth, by_class[classes[i]]);
}

/* Breadth first, so that states are numbered by their depth. */
static void phrases_grow(struct phrases_build *b)
{
	struct phrases *p = b->p;
	size_t end_of_depth = 1, depth = 0;
	p->n_states = 1;
	b->ranges[0] = (struct phrases_range){0, (uint32_t)b->n};
	for (uint32_t state = 0; state < p->n_states; state++) {
		if (state == end_of_depth) {
			end_of_depth = p->n_states;
			depth++;
		}
		phrases_add_children(b, state, depth);
	}
}

/* Does it say something in the middle of a line that does not begin with one? */
static bool phrases_is_inside(const struct phrase *phrase)
{
	return phrase->kind == PHRASE_CAPTION || phrase->kind == PHRASE_KEEP;
}

static bool phrases_filter(struct phrases_build *b, int filter)
{
	bool *firsts = calloc(PHRASE_PLANE, sizeof(*firsts));
	for (size_t i = 0; firsts && i < b->n; i++) {
		struct str folded = b->sorted[i].bytes;
		uint32_t first = fold_peek(folded, 0);
		if (filter == FILTER_INSIDE && !phrases_is_inside(phrases_at(b->p, b->sorted[i].number)))
			continue;
		phrases_let_in(&b->p->filters[filter], folded);
		if (first < PHRASE_PLANE)
			firsts[first] = true;
	}
	if (firsts)
		phrases_let_in_first(b->p, firsts, filter);
	free(firsts);
	return firsts != NULL;
}

static bool phrases_compile(struct phrases_build *b)
{
	struct phrases *p = b->p;
	size_t room = b->n_bytes + 1;
	phrases_classify(p, b->bytes, b->n_bytes);
	p->states = calloc(room, sizeof(*p->states));
	p->by = calloc(room, sizeof(*p->by));
	p->same = calloc(b->n, sizeof(*p->same));
	b->ranges = calloc(room, sizeof(*b->ranges));
	if (!p->states || !p->by || !p->same || !b->ranges)
		return false;
	phrases_grow(b);
	CHECK(p->n_states <= room);
	struct phrases_state *states = realloc(p->states, p->n_states * sizeof(*p->states));
	p->states = states ? states : p->states;
	phrases_know_characters(p);
	return phrases_filter(b, FILTER_ALL) && phrases_filter(b, FILTER_INSIDE);
}

struct phrases *phrases_new(const struct phrase *own, size_t n_own)
{
	struct phrases *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->own = own;
	for (size_t i = 0; i < n_own; i++)
		p->has_keeps = p->has_keeps || own[i].kind == PHRASE_KEEP;
	struct phrases_build build = {.p = p, .n = PHRASES_N + n_own};
	bool done = phrases_fold(&build) && phrases_compile(&build);
	free(build.bytes);
	free(build.sorted);
	free(build.ranges);
	if (done)
		return p;
	phrases_free(p);
	return NULL;
}

void phrases_free(struct phrases *p)
{
	if (!p)
		return;
	free(p->by);
	free(p->states);
	free(p->same);
	free(p);
}

/*
 * Rules beside each other. Sorted by their folded words, doubles stand side by side, and what begins another stands
 * before it: one way through the list, with those in hand that the current one begins with.
 */
#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/rules_inside.h"
#include "pipeline/story.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>

#define ODD_DEPTH_MAX (RULES_WORDS_MAX * 4) /* rules of which each begins the next */

struct odd {
	struct rule *rule;
	const struct phrase *phrase;
};

static int odd_compare(const void *a, const void *b)
{
	const struct odd *x = a, *y = b;
	int order = str_compare(x->rule->folded, y->rule->folded);
	return order ? order : (x->rule->line > y->rule->line) - (x->rule->line < y->rule->line);
}

/* Is there a source whose stories both are for? */
static bool odd_meet(const struct odd *a, const struct odd *b)
{
	return !a->phrase->feed || !b->phrase->feed || a->phrase->feed == b->phrase->feed;
}

/* Does every line that `b` finds, at its beginning, belong to `a` too? Both are of the same words, or a's begin b's. */
static bool odd_hides(const struct odd *a, const struct odd *b)
{
	bool same_stories = !a->phrase->feed || a->phrase->feed == b->phrase->feed;
	bool keeps = b->phrase->kind == PHRASE_KEEP && a->phrase->kind != PHRASE_KEEP;
	enum phrase_mode mode = b->phrase->mode;
	return same_stories && !keeps && a->phrase->mode == PHRASE_START && mode != PHRASE_LAST &&
	       mode != PHRASE_INSIDE && mode != PHRASE_PREFIX && mode != PHRASE_BLOCK;
}

static void odd_hidden(struct rules *r, const struct odd *hidden, const struct odd *by)
{
	rules_error(r, hidden->rule->line, hidden->rule->words_column,
	            "never used: line %zu finds every line that begins like this one; take one of them out",
	            by->rule->line);
}

static void odd_same(struct rules *r, const struct odd *first, const struct odd *second)
{
	const struct odd *low = first->rule->line < second->rule->line ? first : second;
	const struct odd *high = low == first ? second : first;
	if (!odd_meet(low, high))
		return;
	if (low->phrase->mode == high->phrase->mode && low->phrase->feed == high->phrase->feed)
		rules_error(r, high->rule->line, high->rule->words_column,
		            "line %zu has the same words and the same mode%s; take one of them out", low->rule->line,
		            low->phrase->kind == high->phrase->kind ? "" : ", and says something else");
	else if (low->phrase->mode == high->phrase->mode)
		rules_warn(r, high->rule->line, "line %zu has the same words, for other stories too", low->rule->line);
	else if (odd_hides(low, high))
		odd_hidden(r, high, low);
	else if (odd_hides(high, low))
		odd_hidden(r, low, high);
}

static bool odd_begins(struct str words, struct str longer)
{
	if (words.n >= longer.n || !str_starts(longer, words))
		return false;
	uint32_t last = fold_before(words, words.n), next = fold_peek(longer, words.n);
	return !fold_is_word_char(last) || !fold_is_word_char(next) || !fold_is_blank_script(last);
}

static void odd_overlaps(struct rules *r, const struct odd *all)
{
	const struct odd *open[ODD_DEPTH_MAX];
	size_t depth = 0;
	for (size_t i = 0; i < r->n; i++) {
		while (depth && !str_starts(all[i].rule->folded, open[depth - 1]->rule->folded))
			depth--;
		for (size_t k = depth; k-- > 0;) {
			if (str_eq(open[k]->rule->folded, all[i].rule->folded)) {
				odd_same(r, open[k], &all[i]);
			} else if (odd_begins(open[k]->rule->folded, all[i].rule->folded) &&
			           odd_hides(open[k], &all[i])) {
				odd_hidden(r, &all[i], open[k]);
				break;
			}
		}
		if (depth < ODD_DEPTH_MAX)
			open[depth++] = &all[i];
	}
}

/* The table has words for several languages several times; once is enough. */
static void odd_is_built_in(struct rules *r, const struct odd *own, const struct phrase *phrase)
{
	bool same = own->phrase->kind == phrase->kind && own->phrase->mode == phrase->mode;
	if (same && !own->rule->is_built_in)
		rules_warn(r, own->rule->line, "built in already, as '%s'", phrase->rule);
	own->rule->is_built_in = own->rule->is_built_in || same;
}

/* Built-in phrases of the same words. */
static void odd_built_in(struct rules *r, const struct odd *all)
{
	char bytes[2048];
	size_t n;
	const struct phrase *table = phrases_built_in(&n);
	for (size_t i = 0; i < n && r->n; i++) {
		size_t folded = fold_text(table[i].text, bytes, sizeof(bytes));
		struct rule like = {.folded = str_make(bytes, folded)};
		size_t low = 0, high = r->n;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (str_compare(all[middle].rule->folded, like.folded) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < r->n && str_eq(all[low].rule->folded, like.folded); low++)
			odd_is_built_in(r, &all[low], &table[i]);
	}
}

/* One word with which any sentence may begin. */
static void odd_single(struct rules *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct phrase *p = &r->phrases[i];
		bool open = p->mode == PHRASE_START || p->mode == PHRASE_INSIDE;
		struct str folded = r->items[i].folded;
		if (open && p->kind != PHRASE_KEEP && str_index(folded, ' ', 0) == folded.n &&
		    fold_is_blank_script(fold_peek(folded, 0)) && utf8_count(folded) < 12)
			rules_warn(r, r->items[i].line,
			           "a single word, with which a writer's sentence may begin; more words, or mode "
			           "'label' or 'whole', are safer");
	}
}

void rules_find_odd(struct rules *r)
{
	struct odd *all = ARENA_ARRAY(&r->arena, struct odd, r->n + 1);
	for (size_t i = 0; i < r->n; i++)
		all[i] = (struct odd){&r->items[i], &r->phrases[i]};
	qsort(all, r->n, sizeof(*all), odd_compare);
	odd_overlaps(r, all);
	odd_built_in(r, all);
	odd_single(r);
}

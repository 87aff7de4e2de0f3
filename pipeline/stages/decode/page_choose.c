/*
 * Which blocks of a page are the article.
 *
 * A block is worth its weight when it looks like text (a paragraph, a sentence, few links), and costs something when it
 * looks like anything else. The article is the box whose blocks are worth most in sum: a larger box would add more that
 * is no text than text. Names of elements (hints.def) take boxes out of the sum, unless most of the page's text is in
 * one: then the name was wrong. Text that the page's own data have as the article's is evidence above all that.
 * Where little of the page's text is left in the end, all is done again with less trust in names.
 *
 * No language is known here: characters are weighed by what a character of its script says, and sentences are told by
 * the marks that end them.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/stages/decode/page_choice.h"

#define WINDOW_BYTES    24         /* of folded text that is looked up at once */
#define WINDOWS_BITS    (1U << 18) /* of the filter over a body's windows */
#define FOLD_BYTES      128
#define STANDFIRST_MOST 600 /* of what looks like text; where there is more, it is not a standfirst alone */
#define POOR_BLOCKS     60  /* of a page without text that is kept whole */
#define INHERITED       (PAGE_OUTSIDE_HINTS | PAGE_PICTURE_HINTS | HINT_META | HINT_BY | HINT_LEAD | HINT_HEAD)

/* --- evidence --------------------------------------------------------------------------------------------------- */

static uint32_t choose_window(const char *p)
{
	return (uint32_t)digest_xxh64(str_make(p, WINDOW_BYTES)) % WINDOWS_BITS;
}

static bool choose_has_window(const struct page_choice *c, const char *p)
{
	uint32_t bit = choose_window(p);
	return c->windows[bit / 8] >> bit % 8 & 1;
}

static bool choose_is_evident(const struct page_choice *c, struct str text)
{
	char head[FOLD_BYTES], tail[FOLD_BYTES];
	size_t n = page_fold(text, head, FOLD_BYTES);
	struct str end = str_slice(text, text.n > FOLD_BYTES ? text.n - FOLD_BYTES : 0, text.n);
	size_t m = page_fold(end, tail, FOLD_BYTES);
	return n >= WINDOW_BYTES && m >= WINDOW_BYTES && choose_has_window(c, head) &&
	       choose_has_window(c, tail + m - WINDOW_BYTES);
}

/* Which blocks stand in the article's text as the page's data have it? */
static void choose_evidence(struct page_choice *c)
{
	struct page *page = c->page;
	struct arena *tmp = page->d->call->tmp;
	struct str body = page->facts.body;
	if (body.n < 200)
		return;
	char *folded = arena_alloc(tmp, body.n);
	size_t n = page_fold(body, folded, body.n);
	c->windows = arena_calloc(tmp, WINDOWS_BITS / 8, 1);
	for (size_t i = 0; i + WINDOW_BYTES <= n; i++) {
		uint32_t bit = choose_window(folded + i);
		c->windows[bit / 8] |= (uint8_t)(1 << bit % 8);
	}
	for (size_t i = 0; i < page->n_blocks; i++) {
		struct page_block *b = &page->blocks[i];
		b->evident = b->kind != BLOCK_HEADING && choose_is_evident(c, b->text);
		c->evident_weight += b->evident ? b->weight : 0;
	}
	for (size_t i = 0; i < body.n; i++)
		c->body_weight += ((unsigned char)body.p[i] & 0xc0) != 0x80;
}

/* --- worth ------------------------------------------------------------------------------------------------------ */

static int32_t choose_cost(const struct page_block *b)
{
	int32_t w = b->weight < 80 ? (int32_t)b->weight : 80;
	if (page_percent_linked(b) > 50)
		return -8 - w / 4;
	if (b->kind == BLOCK_TEXT)
		return -3;
	return b->kind == BLOCK_ITEM ? -2 : 0;
}

/* Is what the data have all of it, and not its beginning? Then it ends as text does, and little more of the kind stands
 * among it. */
static bool choose_is_whole(const struct page_choice *c)
{
	const struct page *page = c->page;
	uint64_t other = 0, since = 0;
	uint32_t box = 0; /* of the last of them */
	if (c->body_weight < 500 || (uint64_t)c->evident_weight * 10 < (uint64_t)c->body_weight * 7 ||
	    str_ends(page->facts.body, STR("...")) || str_ends(page->facts.body, STR("\xe2\x80\xa6")))
		return false;
	for (size_t i = 0; i < page->n_blocks; i++) {
		const struct page_block *b = &page->blocks[i];
		uint64_t good = (uint64_t)page_good(b);
		if (b->evident) {
			other += box ? since : 0;
			since = 0;
			box = b->box;
		} else if (b->box == box) {
			/* It would have been text, too. */
			other += good;
		} else {
			since += good;
		}
	}
	return other * 2 < c->evident_weight;
}

/* Sums of `part` over boxes, each with those in it. Boxes stand behind those that they are in. */
#define CHOOSE_SUM_UP(page, part)                                                                                      \
	for (size_t i = (page)->n_boxes - 1; i > 0; i--)                                                               \
	(page)->boxes[(page)->boxes[i].parent].part += (page)->boxes[i].part

/* Does the article's headline stand in it, with text behind it? */
static bool choose_has_headline(const struct page_choice *c, const struct page_box *box)
{
	return c->h1_is_sure && c->h1 >= box->first_block && c->h1 + 1 < box->end_block && !(box->hints & HINT_HIDDEN);
}

/* How much of what looks like text is in comments; those in comments are counted with the outer ones. */
static int32_t choose_comments(const struct page_choice *c)
{
	const struct page *page = c->page;
	bool *within = ARENA_ARRAY(page->d->call->tmp, bool, page->n_boxes);
	int32_t good = 0;
	for (size_t i = 1; i < page->n_boxes; i++) {
		const struct page_box *box = &page->boxes[i];
		bool is_comment = (box->hints & HINT_COMMENT) && !choose_has_headline(c, box) &&
		                  box->good < page->boxes[0].good * 9 / 10;
		good += is_comment && !within[box->parent] ? box->good : 0;
		within[i] = is_comment || within[box->parent];
	}
	return good;
}

static void choose_weigh_good(struct page_choice *c)
{
	struct page *page = c->page;
	for (size_t i = 0; i < page->n_blocks; i++) {
		const struct page_block *b = &page->blocks[i];
		page->boxes[b->box].good += page_good(b);
		page->boxes[b->box].evident += b->evident ? b->weight : 0;
		page->boxes[b->box].weight += b->weight;
	}
	CHOOSE_SUM_UP(page, good);
	CHOOSE_SUM_UP(page, evident);
	CHOOSE_SUM_UP(page, weight);
	c->total = page->boxes[0].good - choose_comments(c);
	if (c->total < 1)
		c->total = 1;
}

/* The smallest box around a block that holds text of an article. */
static uint32_t choose_around(const struct page *page, uint32_t block)
{
	uint32_t at = page->blocks[block].box;
	while (at && (page->boxes[at].leaf || page->boxes[at].good < 100))
		at = page->boxes[at].parent;
	return at;
}

/* Two headlines and more in one box, with text among them, are sub-headings. */
static void choose_count_h1(struct page_choice *c)
{
	const struct page *page = c->page;
	c->many_h1 = false;
	if (c->h1 == page->n_blocks)
		return;
	const struct page_box *own = &page->boxes[c->own];
	size_t found = 0;
	for (uint32_t i = own->first_block; i < own->end_block; i++) {
		const struct page_block *b = &page->blocks[i];
		found += b->kind == BLOCK_HEADING && b->level == 1 && &page->boxes[choose_around(page, i)] == own;
	}
	c->many_h1 = found > 2;
}

/* Another headline with a text of its own, beside the article and its headline, begins another article. */
static void choose_find_others(struct page_choice *c)
{
	struct page *page = c->page;
	if (c->h1 == page->n_blocks || page->blocks[c->h1].level != 1 || !c->h1_is_sure)
		return;
	const struct page_box *own = &page->boxes[c->own];
	if (c->many_h1)
		return;
	for (uint32_t i = 0; i < page->n_blocks; i++) {
		if (page->blocks[i].kind != BLOCK_HEADING || page->blocks[i].level != 1 || i == c->h1)
			continue;
		struct page_box *other = &page->boxes[choose_around(page, i)];
		bool apart = other->end_block <= own->first_block || other->first_block >= own->end_block;
		if (apart && own->good * 2 >= other->good)
			other->hints |= HINT_OTHER;
	}
}

/* Is there so much text in it, and so little else, that its name must mean something else? */
static bool choose_is_prose(const struct page_choice *c, const struct page_box *box)
{
	if (box->hints & (HINT_HIDDEN | HINT_OTHER))
		return false;
	if (box->hints & HINT_COMMENT)
		return c->trust == PAGE_TRUST_LEAST && (int64_t)box->good * 10 >= (int64_t)c->page->boxes[0].good * 6;
	int32_t least = c->trust == PAGE_TRUST_LEAST ? 120 : 250;
	return box->good >= least && (int64_t)box->good * 100 >= (int64_t)box->weight * 60;
}

/* Does it stand apart from a text under the article's headline? Then it is not the article, however much is in it. */
static bool choose_is_apart(const struct page_choice *c, const struct page_box *box)
{
	const struct page_box *own = &c->page->boxes[c->own];
	if (!c->h1_is_sure || c->evident_weight)
		return false;
	if (box->end_block > own->first_block && box->first_block < own->end_block)
		return false;
	/* An element means what it is. A name may be of anything, and the text apart from its headline and standfirst.
	 */
	if (box->tag == TAG_ASIDE || (box->hints & (HINT_COMMENT | HINT_FOOT)))
		return own->good >= box->good / (own->hints & (HINT_ARTICLE | HINT_TEXT) ? 4 : 2);
	return own->good >= box->good / (own->good > STANDFIRST_MOST ? 2 : 1);
}

/* Is most of the page's text in it, so that its name or element was no hint at all? */
static bool choose_is_wrong(const struct page_choice *c, const struct page_box *box)
{
	int64_t good = box->good, total = c->total;
	if (c->evident_weight && (uint64_t)box->evident * 2 >= c->evident_weight)
		return true;
	if (box->hints & HINT_ASKS)
		return good * 10 >= (int64_t)c->page->boxes[0].good * 8;
	if ((box->hints & HINT_OTHER) && c->trust == PAGE_TRUST_MOST)
		return false;
	if ((box->hints & PAGE_OUTSIDE_HINTS) && choose_is_apart(c, box))
		return false;
	if (c->trust != PAGE_TRUST_MOST)
		return choose_is_prose(c, box);
	if (box->hints & HINT_COMMENT)
		return good * 10 >= (int64_t)c->page->boxes[0].good * 9;
	if (choose_has_headline(c, box))
		return good * 10 >= total;
	if (box->hints & (HINT_BODY_PROPERTY | HINT_TEXT | HINT_ARTICLE))
		return good * 10 >= total * 3;
	return good * 2 >= total;
}

static void choose_inherit(struct page_choice *c)
{
	struct page *page = c->page;
	for (size_t i = 1; i < page->n_boxes; i++) {
		struct page_box *box = &page->boxes[i];
		if ((box->hints & INHERITED) && choose_is_wrong(c, box))
			box->hints &= ~(uint32_t)(INHERITED);
		box->hints |= page->boxes[box->parent].hints & INHERITED;
	}
}

static void choose_weigh_value(struct page_choice *c)
{
	struct page *page = c->page;
	for (size_t i = 0; i < page->n_blocks; i++) {
		const struct page_block *b = &page->blocks[i];
		struct page_box *box = &page->boxes[b->box];
		int32_t good = page_good(b);
		if (b->evident)
			box->value += (int32_t)b->weight * 3 / 2;
		else if (c->whole)
			box->value += good > 0 ? -1 : choose_cost(b);
		else if (box->hints & (PAGE_OUTSIDE_HINTS | PAGE_PICTURE_HINTS))
			box->value -= good / 4 < 60 ? good / 4 : 60;
		else
			box->value += good > 0 ? good : choose_cost(b);
	}
	CHOOSE_SUM_UP(page, value);
}

/* --- the box ---------------------------------------------------------------------------------------------------- */

static int64_t choose_worth(const struct page_box *box)
{
	int64_t worth = (int64_t)box->value * 100;
	if (box->hints & HINT_BODY_PROPERTY)
		return worth * 16 / 10;
	if (box->hints & HINT_TEXT)
		return worth * 13 / 10;
	return box->hints & HINT_ARTICLE ? worth * 11 / 10 : worth;
}

static void choose_root(struct page_choice *c)
{
	const struct page *page = c->page;
	int64_t best = 0;
	c->root = 0;
	for (uint32_t i = 0; i < page->n_boxes; i++) {
		const struct page_box *box = &page->boxes[i];
		if (box->leaf || (box->hints & (PAGE_OUTSIDE_HINTS | PAGE_PICTURE_HINTS)))
			continue;
		if (choose_worth(box) >= best && box->value > 0) {
			best = choose_worth(box);
			c->root = i;
		}
	}
}

/* --- trust ------------------------------------------------------------------------------------------------------ */

/* Chooses as if nothing had been chosen before. */
static void choose_article(struct page_choice *c, enum page_trust trust)
{
	struct page *page = c->page;
	c->trust = trust;
	c->has_text = false;
	for (size_t i = 0; i < page->n_boxes; i++) {
		page->boxes[i].hints = page->boxes[i].names;
		page->boxes[i].good = page->boxes[i].value = 0;
		page->boxes[i].evident = page->boxes[i].weight = 0;
	}
	for (size_t i = 0; i < page->n_blocks; i++)
		page->blocks[i].kept = false;
	choose_weigh_good(c);
	c->own = c->h1 < page->n_blocks ? choose_around(page, c->h1) : 0;
	page_find_ways(c);
	page_find_media(c);
	choose_count_h1(c);
	choose_find_others(c);
	choose_inherit(c);
	choose_weigh_value(c);
	choose_root(c);
	page_bound(c);
	page_keep_blocks(c);
}

/* What has been chosen with some trust. */
struct attempt {
	enum page_trust trust;
	int64_t kept;  /* how much of it looks like text */
	bool is_prose; /* there are not as many ways to other pages in it as it has paragraphs */
	uint32_t first, last;
	uint32_t below; /* blocks between the headline and it */
};

static struct attempt choose_attempt(struct page_choice *c, enum page_trust trust)
{
	const struct page *page = c->page;
	struct attempt a = {.trust = trust};
	size_t texts = 0, ways = 0;
	if (c->trust != trust)
		choose_article(c, trust);
	for (uint32_t i = 0; i < page->n_blocks; i++) {
		const struct page_block *b = &page->blocks[i];
		a.kept += b->kept ? page_good(b) : 0;
		texts += b->kept && page_good(b) >= 80;
		ways += i >= c->first && i <= c->last && page_percent_linked(b) > 60 && b->weight >= 15;
	}
	a.first = c->first;
	a.last = c->last;
	a.is_prose = c->has_text && ways <= texts;
	a.below = c->h1_is_sure && c->has_text && c->first > c->h1 ? c->first - c->h1 : (uint32_t)page->n_blocks;
	return a;
}

static bool choose_is_better(const struct attempt *a, const struct attempt *than)
{
	if (!a->is_prose || a->kept < 250)
		return false;
	if (!than->kept)
		return true;
	bool more = a->first <= than->first && a->last >= than->last;
	int64_t times = more || a->below < than->below ? 2 : than->kept < 800 ? 3 : 6;
	return a->kept >= than->kept * times;
}

/* Where little of the page's text is left, names may have led astray. */
static void choose_doubt(struct page_choice *c)
{
	struct attempt best = choose_attempt(c, PAGE_TRUST_MOST);
	if (c->evident_weight || best.kept * 2 >= c->page->boxes[0].good)
		return;
	for (enum page_trust trust = PAGE_TRUST_SMALL; trust <= PAGE_TRUST_LEAST; trust++) {
		struct attempt next = choose_attempt(c, trust);
		if (choose_is_better(&next, &best))
			best = next;
	}
	if (c->trust != best.trust)
		choose_article(c, best.trust);
}

/* Does the text in the page's data break off in a sentence, where a reader is to go on on the page? */
static bool choose_is_cut_off(const struct page *page)
{
	struct str body = str_trim(page->facts.body);
	return str_ends(body, STR("\xe2\x80\xa6")) || str_ends(body, STR("..."));
}

/* Is what the page shows a part of what its data have, and next to nothing else? A reader is to pay for the rest. */
static bool choose_is_part(const struct page_choice *c)
{
	const struct page *page = c->page;
	uint64_t kept = 0, evident = 0;
	for (size_t i = 0; i < page->n_blocks; i++) {
		const struct page_block *b = &page->blocks[i];
		kept += b->kept ? b->weight : 0;
		evident += b->kept && b->evident ? b->weight : 0;
	}
	/* Captions that the data have, too, are on the page. */
	uint64_t least = (uint64_t)c->body_weight * 7;
	return c->body_weight >= 500 && !choose_is_cut_off(page) && kept * 10 < least &&
	       (uint64_t)c->evident_weight * 10 < least && evident * 10 >= kept * 7;
}

/* Where no line looks like text: a page of few lines is the story (a flash, a table of results), of a larger one (a
 * film, a form) it is what its data say of it. False: the text is in page->facts.body. */
static bool choose_of_poor(struct page_choice *c)
{
	struct page *page = c->page;
	c->root = 0;
	if (page->n_blocks <= POOR_BLOCKS && (page_keep_poor(c, false) || page_keep_poor(c, true)))
		return true;
	if (page->facts.body.n || page_line_weight(page->facts.description) < PAGE_LEAD_WEIGHT)
		return !page->facts.body.n;
	page->facts.body = page->facts.description;
	return false;
}

static bool choose_page(struct page_choice *c)
{
	struct page *page = c->page;
	choose_evidence(c);
	if (c->body_weight >= 300 && (uint64_t)c->evident_weight * 10 < (uint64_t)c->body_weight * 4 &&
	    !choose_is_cut_off(page))
		return false;
	c->whole = choose_is_whole(c);
	choose_article(c, PAGE_TRUST_MOST);
	choose_doubt(c);
	if (choose_is_part(c))
		return false;
	if (!c->has_text && (c->body_weight >= 300 || !choose_of_poor(c)))
		return false;
	page_find_by(c);
	page->from = page->boxes[c->root].first_block;
	page->to = page->boxes[c->root].end_block;
	if (c->h1 < page->from && c->h1_is_sure)
		page->from = c->h1;
	return true;
}

bool page_choose(struct page *page)
{
	struct page_choice c = {.page = page};
	CHECK(page->n_boxes > 0);
	page_find_headline(&c);
	bool on_page = choose_page(&c);
	page_find_day(&c);
	return on_page;
}

/*
 * What stands right beside the text that is sure: a standfirst above it, half a sentence before it, a signature or a
 * list behind it, and paragraphs of the same name in other boxes.
 */
#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/page_choice.h"
#include "pipeline/words/fold.h"

#define LEAD_BLOCKS  40  /* above the text in which a standfirst is looked for */
#define FAR_BLOCKS   200 /* between a sure headline and the text */
#define LEADS_MAX    3
#define TEASER_LONG  200
#define TEASER_LEADS 600 /* the same as below, where its name says standfirst, too */
#define TEASER_REST  60  /* weight of what else is in the box of a standfirst */
#define PLACE_UP     16
#define FIRST_WEIGHT 25 /* of a line above the sure text that goes along with it */

uint32_t page_box_of(const struct page *page, const struct page_block *b)
{
	return page->boxes[b->box].leaf ? page->boxes[b->box].parent : b->box;
}

/* Do they stand in one box, or in boxes of one? */
bool page_are_near(const struct page *page, const struct page_block *a, const struct page_block *b)
{
	uint32_t one = page_box_of(page, a), two = page_box_of(page, b);
	uint32_t above_one = page->boxes[one].parent, above_two = page->boxes[two].parent;
	return one == two || one == above_two || above_one == two || above_one == above_two;
}

bool page_is_time(const struct page_block *b)
{
	size_t digits = 0;
	if (b->weight >= 150 || b->link_bytes || b->sentence)
		return false;
	for (size_t at = 0; at < b->text.n;)
		digits += fold_digit(utf8_next(b->text, &at)) >= 0;
	return digits >= 5 && digits <= 20;
}

/* "See also:", of what was not text. */
static bool edges_announces(const struct page_block *b)
{
	return b->weight < 40 && (str_ends(b->text, STR(":")) || str_ends(b->text, STR("?")));
}

static bool edges_is_place(const struct page_box *box)
{
	switch (box->tag) {
	case TAG_UL:
	case TAG_OL:
	case TAG_DL:
	case TAG_BLOCKQUOTE:
	case TAG_TABLE:
	case TAG_TD:
	case TAG_TH:
		return false;
	default:
		return !box->leaf;
	}
}

/* A box around nothing but a table or a list. */
static bool edges_is_wrapper(const struct page *page, uint32_t inner)
{
	const struct page_box *box = &page->boxes[inner], *around = &page->boxes[box->parent];
	return !box->leaf && around->first_block == box->first_block && around->end_block == box->end_block;
}

/* The box that a line stands in: its paragraph, list, table or quote is none. */
static uint32_t edges_place(const struct page *page, const struct page_block *b)
{
	uint32_t at = b->box, up = PLACE_UP;
	bool wrapper = false;
	while (at && up-- && (wrapper || !edges_is_place(&page->boxes[at]))) {
		wrapper = edges_is_wrapper(page, at);
		at = page->boxes[at].parent;
	}
	return at;
}

/* A line beside sure text that does not look like text by itself: an item, a row, a signature, half a sentence. */
static bool edges_goes_along(const struct page_choice *c, const struct page_block *b, const struct page_block *sure)
{
	/* Behind the text, a link in what is no sentence is an invitation. */
	uint32_t linked_most = b->sentence ? 50 : b < sure ? 20 : 1;
	if (page_hints(c, b) & (PAGE_OUTSIDE_HINTS | PAGE_PICTURE_HINTS | HINT_META | HINT_BY | HINT_HEAD))
		return false;
	if (b->kind == BLOCK_HEADING || (b->kind == BLOCK_ROW && b < sure) || (b->kind == BLOCK_TEXT && c->paragraphs))
		return false;
	return page_percent_linked(b) < linked_most && edges_place(c->page, b) == edges_place(c->page, sure);
}

/* The line behind `at` that goes along with the sure text, or behind a sub-heading of its own; `at`: there is none. */
static uint32_t edges_next(const struct page_choice *c, uint32_t at, const struct page_block *sure)
{
	const struct page *page = c->page;
	uint32_t end = page->boxes[c->root].end_block, next = at + 1;
	if (next < end && page->blocks[next].kind == BLOCK_HEADING && page->blocks[next].level > 1 &&
	    !page->blocks[next].link_bytes && !(page_hints(c, &page->blocks[next]) & PAGE_OUTSIDE_HINTS) &&
	    edges_place(page, &page->blocks[next]) == edges_place(page, sure))
		next++;
	return next < end && edges_goes_along(c, &page->blocks[next], sure) ? next : at;
}

/* Lines right before and behind the sure text, in its own box. */
void page_stretch(struct page_choice *c)
{
	const struct page *page = c->page;
	const struct page_box *root = &page->boxes[c->root];
	const struct page_block *first = &page->blocks[c->first], *last = &page->blocks[c->last];
	uint32_t sure = c->last;
	for (uint32_t next; (next = edges_next(c, c->last, last)) != c->last;)
		c->last = next;
	while (c->last > sure && edges_announces(&page->blocks[c->last]))
		c->last--;
	while (c->first > root->first_block && c->first - 1 != c->h1 &&
	       edges_goes_along(c, &page->blocks[c->first - 1], first) && !page_is_time(&page->blocks[c->first - 1]) &&
	       page->blocks[c->first - 1].weight >= FIRST_WEIGHT)
		c->first--;
}

bool page_is_lead(const struct page_choice *c, const struct page_block *b)
{
	if (b->weight < 25 || page_percent_linked(b) > 40 || page_is_headline(c, b))
		return false;
	if ((b->kind == BLOCK_HEADING && b->level == 1) || (b->weight < PAGE_LEAD_WEIGHT && page_is_time(b)))
		return false;
	if (page_hints(c, b) & (PAGE_OUTSIDE_HINTS | PAGE_PICTURE_HINTS | HINT_META | HINT_BY))
		return false;
	return (page_hints(c, b) & HINT_LEAD) || page_is_same(b->text, c->page->facts.description);
}

/* Is the block by nothing but a name beside the text ("teaser"), where some call a standfirst so, and in a box with
 * little else in it? */
static bool edges_is_teaser(const struct page_choice *c, const struct page_block *b)
{
	const struct page *page = c->page;
	uint32_t at = b->box, up = PLACE_UP;
	uint32_t rest = page_hints(c, b) & HINT_LEAD ? TEASER_LEADS : TEASER_REST;
	/* A way to another page is short, or all of it is a link. */
	bool leads_away = b->link_bytes && (b->weight < TEASER_LONG || page_percent_linked(b) > 10);
	if ((page_hints(c, b) & PAGE_OUTSIDE_HINTS) != HINT_ASIDE || leads_away)
		return false;
	while (at && up-- && !(page->boxes[at].names & HINT_ASIDE))
		at = page->boxes[at].parent;
	return page->boxes[at].tag != TAG_ASIDE && page->boxes[at].weight < b->weight + rest;
}

/* A paragraph below a sure headline is a standfirst, whatever its name. */
bool page_stands_below(const struct page_choice *c, const struct page_block *b, uint32_t at)
{
	uint32_t not_text = PAGE_OUTSIDE_HINTS | PAGE_PICTURE_HINTS | HINT_META | HINT_BY;
	bool teaser = edges_is_teaser(c, b);
	if (teaser)
		not_text &= ~(uint32_t)HINT_ASIDE;
	if (!c->h1_is_sure || at <= c->h1 || (page_hints(c, b) & not_text) || page_is_headline(c, b))
		return false;
	if (teaser && b->kind != BLOCK_HEADING)
		return b->weight >= PAGE_LEAD_WEIGHT;
	if (b->kind == BLOCK_HEADING)
		return b->level > 1 && b->weight >= PAGE_LEAD_WEIGHT && page_percent_linked(b) < 20;
	return b->kind == BLOCK_PARAGRAPH && b->sentence && b->weight >= PAGE_LEAD_WEIGHT &&
	       page_percent_linked(b) < 30;
}

/* Above the article's box, and below the headline where that is known. */
static void edges_lead(struct page_choice *c)
{
	struct page *page = c->page;
	uint32_t end = page->boxes[c->root].first_block, at = end > LEAD_BLOCKS ? end - LEAD_BLOCKS : 0;
	if (c->h1 < end && (c->h1 + 1 > at || (c->h1_is_sure && end - c->h1 < FAR_BLOCKS)))
		at = c->h1 + 1;
	const struct page_block *before = NULL;
	for (uint32_t kept = 0; at < end && kept < LEADS_MAX; at++) {
		struct page_block *b = &page->blocks[at];
		if (!page_is_lead(c, b) && !page_stands_below(c, b, at))
			continue;
		if (before && !page_are_near(page, before, b))
			break;
		b->kept = true;
		before = b;
		kept++;
	}
}

/* Is the paragraph by its own name one of an article's text? */
static bool edges_is_named(const struct page *page, const struct page_block *b)
{
	const struct page_box *box = &page->boxes[b->box];
	return b->kind == BLOCK_PARAGRAPH && box->leaf && (box->names & HINT_TEXT);
}

/* Where paragraphs of the text have a name of their own, those of that name in other boxes are of it, too. */
static void edges_named(struct page_choice *c)
{
	struct page *page = c->page;
	const struct page_box *root = &page->boxes[c->root];
	uint64_t named = 0, all = 0;
	for (uint32_t i = root->first_block; i < root->end_block; i++) {
		const struct page_block *b = &page->blocks[i];
		all += b->kept ? b->weight : 0;
		named += b->kept && edges_is_named(page, b) ? b->weight : 0;
	}
	for (uint32_t i = 0; i < page->n_blocks && named * 2 > all && !c->whole; i++) {
		struct page_block *b = &page->blocks[i];
		if ((i < root->first_block || i >= root->end_block) && edges_is_named(page, b) &&
		    !(page_hints(c, b) & (PAGE_OUTSIDE_HINTS | PAGE_PICTURE_HINTS)) && page_percent_linked(b) < 50)
			b->kept = true;
	}
}

void page_keep_edges(struct page_choice *c)
{
	edges_lead(c);
	edges_named(c);
}

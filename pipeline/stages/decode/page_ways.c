/*
 * Ways to other pages: lists of links, boxes under a headline that is a link, and rows of cards (a link and a few words
 * of what is behind it). What is found is as if its name had said so.
 */
#include "pipeline/stages/decode/page_choice.h"

#define CARD_BLOCKS   6   /* and not more */
#define CARDS_IN_ROW  3   /* and more */
#define CARD_UP       8   /* boxes around a link that are looked at */
#define CARD_GOOD     400 /* text of one, at most */
#define WAY_WEIGHT    15  /* of a link that says where it leads */
#define OWN_TEXT      100 /* of a box, beside sections in it */
#define LIST_BLOCKS   300
#define LINKED_MOSTLY 70
#define LINKED_ITEM   60

static bool ways_is_link(const struct page_block *b)
{
	return page_percent_linked(b) >= LINKED_MOSTLY;
}

/* Lists most of whose lines are links. */
static void ways_lists(struct page *page)
{
	for (size_t i = 1; i < page->n_boxes; i++) {
		struct page_box *box = &page->boxes[i];
		uint32_t linked = 0, n = box->end_block - box->first_block;
		if ((box->tag != TAG_UL && box->tag != TAG_OL) || n > LIST_BLOCKS)
			continue;
		for (uint32_t b = box->first_block; b < box->end_block; b++)
			linked += page_percent_linked(&page->blocks[b]) > LINKED_ITEM;
		if (linked * 10 >= n * 6)
			box->hints |= HINT_JUNK;
	}
}

/* What text stands in a box and in none in it. */
static int64_t ways_own_text(const struct page *page, uint32_t at)
{
	const struct page_box *box = &page->boxes[at];
	int64_t own = 0;
	for (uint32_t i = box->first_block; i < box->end_block; i++)
		own += page_box_of(page, &page->blocks[i]) == at ? page_good(&page->blocks[i]) : 0;
	return own;
}

/* Boxes in one, each under a headline that is a link. */
struct row {
	uint32_t boxes;
	int64_t good;
	int64_t own; /* of the box that they are in, and in none in it */
	bool known;
};

/* Are they what the text is about, in a text that leads from one to the next: things tried, news of a week? */
static bool ways_are_sections(const struct page_choice *c, struct row *row, uint32_t parent)
{
	if (row->boxes < CARDS_IN_ROW || row->good * 3 < c->total)
		return false;
	if (!row->known)
		row->own = ways_own_text(c->page, parent);
	row->known = true;
	return row->own >= OWN_TEXT;
}

/* The box that the headline is of, where there is more around it; 0: it is no link. */
static uint32_t ways_headed(const struct page_choice *c, size_t block)
{
	const struct page_block *b = &c->page->blocks[block];
	if (b->kind != BLOCK_HEADING || !ways_is_link(b) || block == c->h1)
		return 0;
	uint32_t at = page_box_of(c->page, b);
	return c->page->boxes[at].good < c->total / 2 ? at : 0;
}

/* Small boxes under a headline that is a link. */
static void ways_headlines(struct page_choice *c)
{
	struct page *page = c->page;
	struct row *rows = ARENA_ARRAY(page->d->call->tmp, struct row, page->n_boxes);
	for (size_t i = 0; i < page->n_blocks; i++) {
		uint32_t at = ways_headed(c, i);
		rows[page->boxes[at].parent].boxes += at > 0;
		rows[page->boxes[at].parent].good += at ? page->boxes[at].good : 0;
	}
	for (size_t i = 0; i < page->n_blocks; i++) {
		uint32_t at = ways_headed(c, i), parent = page->boxes[at].parent;
		if (at && ways_are_sections(c, &rows[parent], parent))
			page->blocks[i].link_bytes = 0;
		else if (at && page->boxes[at].good < c->total / 5)
			page->boxes[at].hints |= HINT_JUNK;
	}
}

static bool ways_is_way(const struct page_block *b)
{
	return ways_is_link(b) && b->weight >= WAY_WEIGHT && b->kind != BLOCK_ROW;
}

/* A few lines, of which one is a link. */
static bool ways_may_be_card(const struct page *page, const struct page_box *box)
{
	uint32_t links = 0;
	if (box->end_block - box->first_block > CARD_BLOCKS)
		return false;
	for (uint32_t i = box->first_block; i < box->end_block; i++)
		links += ways_is_way(&page->blocks[i]);
	return links == 1;
}

/* The largest box around a link that may be a card, and holds some text; 0: there is none. */
static uint32_t ways_card(const struct page *page, uint32_t block)
{
	uint32_t at = page_box_of(page, &page->blocks[block]);
	if (!at || !ways_may_be_card(page, &page->boxes[at]))
		return 0;
	for (int up = 0; up < CARD_UP; up++) {
		uint32_t parent = page->boxes[at].parent;
		if (!parent || !ways_may_be_card(page, &page->boxes[parent]))
			break;
		at = parent;
	}
	return page->boxes[at].good > 0 && page->boxes[at].good < CARD_GOOD ? at : 0;
}

/* Cards that stand in one box, unless most of the page's text is in them. */
static void ways_cards(struct page_choice *c)
{
	struct page *page = c->page;
	struct arena *tmp = page->d->call->tmp;
	uint32_t *card_of = arena_calloc(tmp, page->n_blocks + 1, sizeof *card_of);
	uint32_t *cards = arena_calloc(tmp, page->n_boxes, sizeof *cards),
	         *good = arena_calloc(tmp, page->n_boxes, sizeof *good);
	for (uint32_t i = 0; i < page->n_blocks; i++) {
		uint32_t card = ways_is_way(&page->blocks[i]) ? ways_card(page, i) : 0;
		if (!card)
			continue;
		card_of[i] = card;
		cards[page->boxes[card].parent]++;
		good[page->boxes[card].parent] += (uint32_t)page->boxes[card].good;
	}
	for (uint32_t i = 0; i < page->n_blocks; i++) {
		uint32_t row = card_of[i] ? page->boxes[card_of[i]].parent : 0;
		if (card_of[i] && cards[row] >= CARDS_IN_ROW && (int64_t)good[row] * 2 < c->total)
			page->boxes[card_of[i]].hints |= HINT_JUNK;
	}
}

void page_find_ways(struct page_choice *c)
{
	ways_lists(c->page);
	ways_headlines(c);
	ways_cards(c);
}

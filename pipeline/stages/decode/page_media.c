/*
 * Small boxes around a picture, a film or a form, whatever their names: a caption, a way to another page with its
 * picture, who writes with a portrait, a letter to subscribe to, a poll. Found by what is in them and how little of it
 * is text; where much of the page's text stands in such boxes (a gallery, a list of things with pictures) they are the
 * article.
 */
#include "pipeline/stages/decode/page_choice.h"

#define CAPTION_BLOCKS 3   /* and not more: what it shows, who took it */
#define CAPTION_WEIGHT 300 /* at most */
#define FIRST_GOOD     25
#define FIRST_WEIGHT   200
#define FORM_BLOCKS    8
#define FORM_WEIGHT    600
#define MEDIA_UP       12 /* boxes around a picture or a field that are looked at */
#define LINKED         60
#define WAY_WEIGHT     10   /* of a link that says where it leads */
#define ROWS           4096 /* of boxes of one kind in one box that are told apart */
#define MEDIA_MOST     4    /* one part in so many of the page's text may stand in such boxes */

/* Blocks that a caption has none of: headings, quotes, and what the page's data have as text. */
static bool media_is_text(const struct page_choice *c, const struct page_box *box)
{
	for (uint32_t i = box->first_block; i < box->end_block; i++) {
		const struct page_block *b = &c->page->blocks[i];
		if (b->kind == BLOCK_HEADING || b->kind == BLOCK_QUOTE || b->evident || i == c->h1)
			return true;
	}
	return false;
}

/* The largest small box around the picture's; 0: the first one with text in it is no caption, or an item of a list. */
static uint32_t media_caption(const struct page_choice *c, uint32_t at)
{
	const struct page *page = c->page;
	uint32_t found = 0;
	for (int up = 0; at && up < MEDIA_UP; at = page->boxes[at].parent, up++) {
		const struct page_box *box = &page->boxes[at];
		uint32_t n = box->end_block - box->first_block;
		if (box->tag == TAG_UL || box->tag == TAG_OL || box->tag == TAG_DL)
			return 0;
		if (!n)
			continue;
		/* It has its caption where captions belong. */
		if (page->boxes[at].names & PAGE_PICTURE_HINTS)
			break;
		if (n > CAPTION_BLOCKS || box->weight > CAPTION_WEIGHT || media_is_text(c, box))
			break;
		found = at;
	}
	return found;
}

/* The same of a form's field: what it is about stands beside it, under a heading of its own. */
static uint32_t media_form(const struct page_choice *c, uint32_t at)
{
	const struct page *page = c->page;
	uint32_t found = 0;
	for (int up = 0; at && up < MEDIA_UP; at = page->boxes[at].parent, up++) {
		const struct page_box *box = &page->boxes[at];
		bool holds_h1 = c->h1 >= box->first_block && c->h1 < box->end_block;
		if (box->end_block - box->first_block > FORM_BLOCKS || box->weight > FORM_WEIGHT || holds_h1 ||
		    box->evident)
			break;
		found = box->end_block > box->first_block ? at : found;
	}
	return found;
}

/* Lines of names and dates are read where they stand, a standfirst is the article's, and so is what stands beside a
 * caption that is called so: a step and what it looks like. */
static bool media_is_other(const struct page *page, uint32_t at)
{
	const struct page_box *box = &page->boxes[at];
	for (uint32_t i = at; i < page->n_boxes && page->boxes[i].first_block < box->end_block; i++) {
		if (page->boxes[i].names & (HINT_BY | HINT_META | HINT_LEAD | HINT_CAPTION))
			return true;
	}
	for (uint32_t i = box->first_block; i < box->end_block; i++) {
		if (page_is_same(page->blocks[i].text, page->facts.description))
			return true;
	}
	return false;
}

/* A way to another page has a link of some length beside its picture. */
static uint32_t media_hint(const struct page *page, uint32_t at)
{
	const struct page_box *box = &page->boxes[at];
	for (uint32_t i = box->first_block; i < box->end_block; i++) {
		if (page_percent_linked(&page->blocks[i]) > LINKED && page->blocks[i].weight >= WAY_WEIGHT)
			return HINT_JUNK;
	}
	return HINT_CAPTION;
}

static void media_find(struct page_choice *c, uint32_t *of)
{
	const struct page *page = c->page;
	for (uint32_t i = 1; i < page->n_boxes; i++) {
		const struct page_box *box = &page->boxes[i];
		uint32_t form = box->fields ? media_form(c, i) : 0, caption = box->media == 1 ? media_caption(c, i) : 0;
		if (form)
			of[form] = HINT_ASKS;
		else if (caption)
			of[caption] = HINT_CAPTION;
	}
	/* Once a box, however many pictures have led to it. */
	for (uint32_t i = 1; i < page->n_boxes; i++) {
		if (of[i] == HINT_CAPTION)
			of[i] = media_is_other(page, i) ? 0 : media_hint(page, i);
	}
}

/* The first text below the headline, of some length, may be the article's first paragraph beside its picture. */
static void media_drop_first(const struct page_choice *c, uint32_t *of)
{
	const struct page *page = c->page;
	uint32_t first = c->h1 < page->n_blocks ? c->h1 + 1 : 0;
	while (first < page->n_blocks && page_good(&page->blocks[first]) < FIRST_GOOD)
		first++;
	for (uint32_t i = 1; i < page->n_boxes; i++) {
		const struct page_box *box = &page->boxes[i];
		if (of[i] == HINT_CAPTION && box->first_block <= first && first < box->end_block &&
		    box->weight > FIRST_WEIGHT)
			of[i] = 0;
	}
}

static size_t media_row(const struct page_box *box)
{
	return (box->parent * 2654435761U ^ box->sign) % ROWS;
}

/* Where others of its kind beside it hold text, it does, too: a section that has a picture. */
static void media_drop_sections(const struct page *page, uint32_t *of)
{
	int64_t *others = ARENA_ARRAY(page->d->call->tmp, int64_t, ROWS);
	for (uint32_t i = 1; i < page->n_boxes; i++)
		others[media_row(&page->boxes[i])] += of[i] ? 0 : page->boxes[i].good;
	for (uint32_t i = 1; i < page->n_boxes; i++) {
		if (of[i] == HINT_CAPTION && others[media_row(&page->boxes[i])] > 0)
			of[i] = 0;
	}
}

void page_find_media(struct page_choice *c)
{
	struct page *page = c->page;
	uint32_t *of = arena_calloc(page->d->call->tmp, page->n_boxes, sizeof *of);
	int64_t good[2] = {0}; /* in captions and ways, in forms */
	media_find(c, of);
	media_drop_sections(page, of);
	media_drop_first(c, of);
	for (uint32_t i = 1; i < page->n_boxes; i++)
		good[of[i] == HINT_ASKS] += of[i] ? page->boxes[i].good : 0;
	for (uint32_t i = 1; i < page->n_boxes; i++) {
		if (of[i] && good[of[i] == HINT_ASKS] * MEDIA_MOST <= c->total)
			page->boxes[i].hints |= of[i];
	}
}

/*
 * Captions of a page's pictures to `renditions`: what a picture shows is no text of the article, and no reason to lose
 * it either. A caption is of the last picture before it in the smallest box that holds both, else of the next one.
 */
#include "pipeline/base/json.h"
#include "pipeline/stages/decode/draft.h"
#include "pipeline/stages/decode/hints.h"
#include "pipeline/stages/decode/html.h"
#include "pipeline/stages/decode/page.h"
#include "pipeline/stages/decode/xml.h"

#include <stdio.h>

#define BOXES_UP      4    /* from a caption to the box that holds its picture, too */
#define CAPTION_BYTES 2000 /* of one picture */
#define CAPTIONS_MAX  50   /* of a page */
#define NOT_OF_IT     (HINT_OTHER | HINT_JUNK | HINT_COMMENT | HINT_HIDDEN | HINT_FOOT | HINT_ASKS)

void page_pictures_add(struct page *page, const struct markup *m, uint32_t box)
{
	/* Where a script sets the address once the picture comes into view, `src` is a placeholder. */
	static const char *const names[] = {"data-src", "data-original", "data-lazy-src", "src"};
	struct str address = {0};
	for (size_t i = 0; i < sizeof names / sizeof *names && !address.n; i++)
		address = str_trim(markup_attribute(m, names[i]));
	if (!address.n || str_starts(address, STR("data:")) || page->n_pictures == PAGE_PICTURES_MAX)
		return;
	if (page->n_pictures == page->pictures_room)
		page->pictures =
		        arena_grow(page->d->call->tmp, page->pictures, &page->pictures_room, sizeof *page->pictures);
	page->pictures[page->n_pictures++] =
	        (struct page_picture){.address = address, .box = box, .block = (uint32_t)page->n_blocks};
}

/* The picture in this box that a block is the caption of; NULL: there is none in it. */
static const struct page_picture *pictures_in(const struct page *page, uint32_t box, uint32_t block)
{
	const struct page_box *around = &page->boxes[box];
	const struct page_picture *before = NULL;
	for (size_t i = 0; i < page->n_pictures; i++) {
		const struct page_picture *p = &page->pictures[i];
		if (p->box < box || p->block < around->first_block || p->block > around->end_block)
			continue;
		if (p->block > block)
			return before ? before : p;
		before = p;
	}
	return before;
}

static const struct page_picture *pictures_of(const struct page *page, uint32_t block)
{
	uint32_t box = page->blocks[block].box;
	for (int up = 0; box && up < BOXES_UP; up++, box = page->boxes[box].parent) {
		const struct page_picture *found = pictures_in(page, box, block);
		if (found)
			return found;
	}
	return NULL;
}

static bool pictures_is_caption(const struct page *page, uint32_t block)
{
	const struct page_block *b = &page->blocks[block];
	uint32_t hints = page->boxes[b->box].hints;
	return !b->kept && b->kind != BLOCK_HEADING && (hints & (HINT_CAPTION | HINT_FIGURE)) && !(hints & NOT_OF_IT) &&
	       b->weight >= 8 && b->weight < CAPTION_BYTES / 4;
}

/* An address for the whole world, or what it is on the page's own site. */
static struct str pictures_address(const struct page *page, struct str address)
{
	struct arena *tmp = page->d->call->tmp;
	struct str of_page = page->facts.canonical.n ? page->facts.canonical : page->facts.url;
	size_t scheme = str_index(of_page, ':', 0), host = scheme + 3;
	if (str_index(address, '&', 0) < address.n)
		address = html_to_text(address, tmp, page->d->call->keep);
	if (!str_starts(address, STR("/")) || host >= of_page.n)
		return address;
	size_t end = str_starts(address, STR("//")) ? scheme + 1 : str_index(of_page, '/', host);
	char *out = arena_alloc(tmp, end + address.n);
	memcpy(out, of_page.p, end);
	memcpy(out + end, address.p, address.n);
	return str_make(out, end + address.n);
}

struct caption {
	const struct page_picture *picture;
	char title[CAPTION_BYTES];
	size_t n;
	unsigned int number;
};

static void pictures_put(const struct page *page, struct json *j, struct caption *caption)
{
	char name[24];
	if (!caption->n)
		return;
	int n = snprintf(name, sizeof name, "picture-%u", ++caption->number);
	struct xml_rendition rendition = {.name = str_make(name, (size_t)n),
	                                  .title = str_make(caption->title, caption->n)};
	if (caption->picture)
		rendition.href = pictures_address(page, caption->picture->address);
	xml_list_rendition(j, &rendition);
	caption->n = 0;
}

/* Lines of one picture (what it shows, who took it) are one caption. */
static void pictures_join(struct caption *caption, struct str line)
{
	if (caption->n + 1 + line.n > CAPTION_BYTES)
		return;
	if (caption->n)
		caption->title[caption->n++] = ' ';
	memcpy(caption->title + caption->n, line.p, line.n);
	caption->n += line.n;
}

void page_pictures_pass(const struct page *page, struct story *st)
{
	struct decode_local *local = page->d->call->local;
	struct caption *caption = arena_calloc(page->d->call->tmp, 1, sizeof *caption);
	buf_clear(&local->json);
	struct json j = json_start(&local->json);
	json_open_array(&j);
	for (uint32_t i = page->from; i < page->to && caption->number < CAPTIONS_MAX; i++) {
		if (!pictures_is_caption(page, i))
			continue;
		const struct page_picture *picture = pictures_of(page, i);
		/* A name alone says little: "credit", "photo". */
		if (!picture && !(page->boxes[page->blocks[i].box].hints & HINT_FIGURE))
			continue;
		if (picture != caption->picture || !picture)
			pictures_put(page, &j, caption);
		caption->picture = picture;
		pictures_join(caption, page->blocks[i].text);
	}
	pictures_put(page, &j, caption);
	json_close(&j);
	if (buf_view(&local->json).n > 2)
		draft_pass(page->d, st, "renditions", buf_view(&local->json));
}

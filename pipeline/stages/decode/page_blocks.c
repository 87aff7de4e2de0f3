/*
 * Which blocks of the article's box stay. Between the first and the last that are surely text nearly all do, outside of
 * them next to nothing does, but for what page_edges.c takes along.
 */
#include "pipeline/base/digest.h"
#include "pipeline/stages/decode/page_choice.h"

#define SEEN_MAX       4096 /* texts that are told apart when they come again; a power of two */
#define PULLED_MAX     50   /* quotes that are looked for in the text */
#define PULLED_WEIGHT  40
#define PULLED_BYTES   1000
#define ANNOUNCES_MOST 40 /* weight of a line above a list of links that is theirs */
#define SUB_WEIGHT     20 /* of a sub-heading right above it */
#define LONG_GOOD      60 /* of lines above and below one that heads them */
#define LINKED_AWAY    70 /* of a line that leads away, whatever the page's data say */
#define WAYS_APART     4  /* links in a row that part one text from another */

uint32_t page_percent_linked(const struct page_block *b)
{
	return (uint32_t)((uint64_t)b->link_bytes * 100 / b->text.n);
}

int32_t page_good(const struct page_block *b)
{
	uint32_t linked = page_percent_linked(b), w = b->weight < 20000 ? b->weight : 20000, good = 0;
	if (linked > 50 && !b->evident)
		return 0;
	switch (b->kind) {
	case BLOCK_PARAGRAPH:
	case BLOCK_QUOTE:
		good = b->sentence ? (w >= 15 ? w : 0) : w >= 50 ? w * 7 / 10 : w >= 25 ? w * 3 / 10 : 0;
		break;
	case BLOCK_TEXT:
	case BLOCK_ROW:
		good = b->sentence ? (w >= 25 ? w * 9 / 10 : 0) : w >= 80 ? w / 2 : 0;
		break;
	case BLOCK_ITEM:
		good = b->sentence ? (w >= 30 ? w * 6 / 10 : 0) : w >= 80 ? w * 4 / 10 : 0;
		break;
	default:
		return 0;
	}
	return (int32_t)(good * (100 - linked) / 100);
}

uint32_t page_hints(const struct page_choice *c, const struct page_block *b)
{
	return c->page->boxes[b->box].hints;
}

/* Text of the article by the page's data, which may have captions and ways to other pages among it. */
static bool blocks_is_evident(const struct page_choice *c, const struct page_block *b)
{
	uint32_t hints = page_hints(c, b);
	if (!b->evident || (hints & HINT_COMMENT))
		return false;
	return (hints & PAGE_PICTURE_HINTS) != PAGE_PICTURE_HINTS &&
	       !(page_percent_linked(b) > LINKED_AWAY && ((hints & HINT_JUNK) || !b->sentence));
}

/* Surely text of the article: the first and the last of these are its bounds. */
static bool blocks_is_sure(const struct page_choice *c, const struct page_block *b)
{
	if (b->evident || c->whole)
		return blocks_is_evident(c, b);
	if (page_hints(c, b) & (PAGE_OUTSIDE_HINTS | PAGE_PICTURE_HINTS | HINT_META | HINT_BY | HINT_HEAD))
		return false;
	/* First paragraphs are those with most links. */
	uint32_t linked_most = b->kind == BLOCK_PARAGRAPH && b->weight >= 80 ? 50 : 35;
	bool is_text = b->sentence || (b->kind == BLOCK_PARAGRAPH && b->weight >= 150);
	return b->kind != BLOCK_HEADING && b->kind != BLOCK_ROW && is_text && page_good(b) >= 25 &&
	       page_percent_linked(b) < linked_most;
}

/* Behind a list of ways to other pages, in another box, begins what is not of this article any more. */
static void blocks_cut(struct page_choice *c, int64_t total)
{
	const struct page *page = c->page;
	int64_t before = 0;
	uint32_t last = c->last, sure = c->first, ways = 0;
	for (uint32_t i = c->first; c->has_text && !c->whole && i <= last; i++) {
		const struct page_block *b = &page->blocks[i];
		ways += page_percent_linked(b) > 60 && b->weight >= 15;
		if (!blocks_is_sure(c, b))
			continue;
		if (ways >= WAYS_APART && before * 10 >= total * 6 && !page_are_near(page, b, &page->blocks[sure])) {
			c->last = sure;
			return;
		}
		before += b->weight;
		sure = i;
		ways = 0;
	}
}

/* Where the text may begin: below a sure headline, if most of the sure text is there; what is above it is a notice. */
static uint32_t blocks_begin(const struct page_choice *c, const struct page_box *root)
{
	const struct page *page = c->page;
	int64_t above = 0, below = 0;
	if (!c->h1_is_sure || c->h1 < root->first_block || c->h1 >= root->end_block)
		return root->first_block;
	for (uint32_t i = root->first_block; i < root->end_block; i++) {
		const struct page_block *b = &page->blocks[i];
		*(i < c->h1 ? &above : &below) += blocks_is_sure(c, b) && !b->evident ? b->weight : 0;
		if (i < c->h1 && b->evident)
			return root->first_block;
	}
	return below > above * 2 ? c->h1 : root->first_block;
}

void page_bound(struct page_choice *c)
{
	const struct page *page = c->page;
	const struct page_box *root = &page->boxes[c->root];
	int64_t in_paragraphs = 0, in_text = 0;
	c->first = root->end_block;
	c->last = root->first_block;
	for (uint32_t i = blocks_begin(c, root); i < root->end_block; i++) {
		const struct page_block *b = &page->blocks[i];
		if (!blocks_is_sure(c, b))
			continue;
		*(b->kind == BLOCK_TEXT ? &in_text : &in_paragraphs) += b->weight;
		c->first = c->has_text ? c->first : i;
		c->last = i;
		c->has_text = true;
	}
	c->paragraphs = in_paragraphs * 10 > (in_paragraphs + in_text) * 6;
	blocks_cut(c, in_paragraphs + in_text);
	if (c->has_text && !c->whole)
		page_stretch(c);
}

/* "(Editing by ...)" */
static bool blocks_is_bracketed(const struct page_block *b)
{
	return str_starts(b->text, STR("(")) || str_starts(b->text, STR("[")) ||
	       str_starts(b->text, STR("\xef\xbc\x88")) || str_starts(b->text, STR("\xe3\x80\x90"));
}

/* Lines right above and below the text that say who made it and when, where the page's data do not: others read them.
 */
static bool blocks_keeps_credit(const struct page_choice *c, const struct page_block *b, uint32_t at)
{
	const struct page_facts *f = &c->page->facts;
	if (b->kind == BLOCK_HEADING || b->link_bytes)
		return false;
	if (at + 1 == c->first)
		return !f->published.n && !f->n_times && page_is_time(b);
	return at == c->last + 1 && b->weight < 120 && blocks_is_bracketed(b);
}

/* Above the first sure text, below the headline: a standfirst by its length, or the first sub-heading. */
static bool blocks_heads_first(const struct page_choice *c, const struct page_block *b, uint32_t at)
{
	bool below = c->h1 == c->page->n_blocks || at > c->h1;
	if (!c->has_text || !below || page_percent_linked(b) >= 20)
		return false;
	return b->weight >= PAGE_LEAD_WEIGHT || (at + 1 == c->first && b->weight >= SUB_WEIGHT);
}

/* A line of its own between long ones of the same box, where there is no mark-up to speak of: a sub-heading. */
static bool blocks_is_between(const struct page_choice *c, const struct page_block *b)
{
	const struct page_block *all = c->page->blocks, *before = b - 1, *behind = b + 1;
	if (b == all || behind == all + c->page->n_blocks || b->link_bytes || b->weight < 4)
		return false;
	return before->box == b->box && behind->box == b->box && page_good(before) >= LONG_GOOD &&
	       page_good(behind) >= LONG_GOOD;
}

/* A block between the first and the last that are surely text. */
static bool blocks_keeps_inside(const struct page_choice *c, const struct page_block *b)
{
	uint32_t linked = page_percent_linked(b);
	switch (b->kind) {
	case BLOCK_TEXT:
		if (c->paragraphs)
			return b->weight >= 60 && b->sentence && linked < 30;
		return ((b->weight >= 25 || b->sentence) && linked < 50) || blocks_is_between(c, b);
	case BLOCK_ROW:
		return linked < 40;
	case BLOCK_ITEM:
		return linked < 50;
	default:
		return linked < (b->sentence ? 65 : 50);
	}
}

static bool blocks_keeps(const struct page_choice *c, const struct page_block *b, uint32_t at)
{
	uint32_t hints = page_hints(c, b);
	if (b->evident)
		return blocks_is_evident(c, b);
	if (hints & PAGE_OUTSIDE_HINTS)
		return at < c->first && c->has_text && page_stands_below(c, b, at);
	if (blocks_keeps_credit(c, b, at))
		return true;
	if ((hints & PAGE_PICTURE_HINTS) && b->kind != BLOCK_ROW)
		return false;
	if ((hints & (HINT_META | HINT_BY)) && b->weight < 120)
		return false;
	if (b->kind == BLOCK_HEADING)
		return at < c->last && (at > c->first || blocks_heads_first(c, b, at)) &&
		       (b->level > 1 || c->many_h1) && page_percent_linked(b) < 60 && !page_is_headline(c, b);
	if (page_is_headline(c, b))
		return false;
	if (at < c->first)
		return page_is_lead(c, b) || (b->kind == BLOCK_ITEM && b->weight >= 30 && page_percent_linked(b) < 20);
	if (at > c->last)
		return false;
	return blocks_keeps_inside(c, b);
}

/* Above a list of links a sub-heading is theirs. */
static bool blocks_heads_junk(const struct page_choice *c, size_t at)
{
	const struct page *page = c->page;
	if (at + 1 >= page->n_blocks || page->blocks[at + 1].kept)
		return false;
	const struct page_block *next = &page->blocks[at + 1];
	return next->kind == BLOCK_ITEM && page_percent_linked(next) > 50;
}

/* A few words above a list of links are theirs, too: "More on this". */
static bool blocks_announces_junk(const struct page_choice *c, size_t at)
{
	const struct page_block *b = &c->page->blocks[at];
	/* "There are several kinds of these:" is a sentence of the writer's. */
	bool few = b->weight < (b->sentence ? ANNOUNCES_MOST / 2 : ANNOUNCES_MOST) && !b->link_bytes && !b->evident;
	bool line = b->kind == BLOCK_PARAGRAPH || b->kind == BLOCK_TEXT;
	return few && line && (!b->sentence || str_ends(b->text, STR(":"))) && blocks_heads_junk(c, at);
}

/* Sub-headings without text behind them go. */
static void blocks_drop_headings(struct page_choice *c)
{
	struct page *page = c->page;
	uint8_t below = 0; /* text has been seen under headings of this level or a lower one */
	for (size_t i = page->n_blocks; i-- > 0;) {
		struct page_block *b = &page->blocks[i];
		if (b->kept && blocks_announces_junk(c, i))
			b->kept = false;
		if (!b->kept)
			continue;
		/* A standfirst may be marked up as a heading. */
		if (b->kind != BLOCK_HEADING || (i < c->first && b->weight >= PAGE_LEAD_WEIGHT)) {
			below = 7;
			continue;
		}
		b->kept = b->level < below && !blocks_heads_junk(c, i);
		below = b->kept ? b->level : below;
	}
}

/* What stands on the page twice, as for narrow and wide screens, is kept once; in one box it is the writer's refrain.
 */
static void blocks_drop_repeats(struct page_choice *c)
{
	struct page *page = c->page;
	uint64_t *seen = ARENA_ARRAY(page->d->call->tmp, uint64_t, SEEN_MAX);
	uint32_t *boxes = ARENA_ARRAY(page->d->call->tmp, uint32_t, SEEN_MAX);
	size_t n = 0;
	for (size_t i = 0; i < page->n_blocks && n < SEEN_MAX / 2; i++) {
		struct page_block *b = &page->blocks[i];
		if (!b->kept || b->weight < 30)
			continue;
		uint64_t hash = digest_xxh64(b->text) | 1;
		size_t at = hash / 2 % SEEN_MAX;
		while (seen[at] && seen[at] != hash)
			at = (at + 1) % SEEN_MAX;
		uint32_t box = page_box_of(page, b);
		if (seen[at])
			b->kept = boxes[at] == box;
		else
			n++;
		seen[at] = hash;
		boxes[at] = box;
	}
}

/* In a <blockquote>, or in a box in one. */
static bool blocks_is_quoted(const struct page *page, const struct page_block *b)
{
	uint32_t at = b->box;
	for (int up = 0; at && up < 3; up++, at = page->boxes[at].parent) {
		if (page->boxes[at].tag == TAG_BLOCKQUOTE)
			return true;
	}
	return false;
}

/* All kept text that is no quote, folded, a NUL byte behind each line. */
static struct str blocks_fold_all(const struct page *page)
{
	size_t room = 0, n = 0;
	for (size_t i = 0; i < page->n_blocks; i++)
		room += page->blocks[i].kept ? page->blocks[i].text.n + 1 : 0;
	char *out = arena_alloc(page->d->call->tmp, room);
	for (size_t i = 0; i < page->n_blocks; i++) {
		const struct page_block *b = &page->blocks[i];
		if (!b->kept || blocks_is_quoted(page, b))
			continue;
		n += page_fold(b->text, out + n, b->text.n);
		out[n++] = 0;
	}
	return str_make(out, n);
}

/* Quotes whose words stand in the text, too, are pulled out of it to be seen. */
static void blocks_drop_pulled(struct page_choice *c)
{
	struct page *page = c->page;
	struct str all = {0};
	size_t looked_at = 0;
	for (size_t i = 0; i < page->n_blocks && looked_at < PULLED_MAX; i++) {
		struct page_block *b = &page->blocks[i];
		char words[PULLED_BYTES];
		if (!b->kept || !blocks_is_quoted(page, b) || b->weight < PULLED_WEIGHT || b->text.n > PULLED_BYTES)
			continue;
		if (!looked_at++)
			all = blocks_fold_all(page);
		size_t n = page_fold(b->text, words, sizeof words);
		b->kept = !n || !memmem(all.p, all.n, words, n);
	}
}

/* A standfirst that the text begins with again is no standfirst. */
void page_keep_blocks(struct page_choice *c)
{
	struct page *page = c->page;
	const struct page_box *root = &page->boxes[c->root];
	for (uint32_t i = root->first_block; i < root->end_block; i++)
		page->blocks[i].kept = blocks_keeps(c, &page->blocks[i], i);
	page_keep_edges(c);
	for (size_t i = 0; i < page->n_blocks; i++) {
		if (blocks_is_evident(c, &page->blocks[i]))
			page->blocks[i].kept = true;
	}
	blocks_drop_repeats(c);
	blocks_drop_pulled(c);
	blocks_drop_headings(c);
}

bool page_keep_poor(struct page_choice *c, bool all)
{
	struct page *page = c->page;
	uint32_t not_text = PAGE_OUTSIDE_HINTS | (all ? 0 : PAGE_PICTURE_HINTS | HINT_META | HINT_BY);
	bool found = false;
	for (size_t i = 0; i < page->n_blocks; i++) {
		struct page_block *b = &page->blocks[i];
		b->kept = !(page_hints(c, b) & not_text) && (all || page_percent_linked(b) <= 50) && i != c->h1 &&
		          !page_is_headline(c, b);
		found |= b->kept;
	}
	return found;
}

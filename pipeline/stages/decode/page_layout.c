/*
 * Mark-up to blocks and boxes, in one pass. The open elements are a stack of bounded depth; end tags that nobody
 * writes (p, li, td, …) are implied by what may not stand in them, those that nobody has opened are left out, and what
 * is wrongly nested ends with what holds it. So a page's mistakes cost a box, never the rest.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/stages/decode/hints.h"
#include "pipeline/stages/decode/page.h"
#include "pipeline/stages/decode/prose.h"

#define DEPTH_MAX   512
#define WORDS_BYTES 60 /* of a span that is a few words of its sentence */

struct level {
	uint32_t box;
	uint16_t container; /* depth of the innermost element that has a box of its own by its tag */
	uint16_t list;      /* of the innermost list, cell or table */
	uint16_t cell;      /* of the innermost cell or table */
	uint16_t table;
	uint8_t kind, heading;
	bool own_box;
};

struct layout {
	struct page *page;
	const struct hints *hints;
	struct markup m;
	struct prose prose;
	/* The open elements; level 0 is the page. Level i is of tags[i]. */
	uint32_t depth;
	uint8_t tags[DEPTH_MAX];
	struct level levels[DEPTH_MAX];
	/* The block that is being written. */
	size_t block_at;
	uint32_t link_bytes;
	uint8_t kind, heading;
	uint32_t box;
	/* Inside <a href>, and since where this block is. */
	bool link;
	uint32_t link_depth;
	size_t link_at;
	bool link_author, path_author;
	bool below_h1; /* a headline has been seen */
	bool data;     /* the script that has begun holds data */
};

/* --- blocks ------------------------------------------------------------------------------------------------------- */

static void layout_add_block(struct layout *l, struct str text)
{
	struct page *page = l->page;
	if (!text.n || page->n_blocks == PAGE_BLOCKS_MAX)
		return;
	if (page->n_blocks == page->blocks_room)
		page->blocks = arena_grow(page->d->call->tmp, page->blocks, &page->blocks_room, sizeof *page->blocks);
	uint32_t weight = page_line_weight(text);
	page->blocks[page->n_blocks++] = (struct page_block){
	        .text = text,
	        .box = l->box,
	        .link_bytes = l->link_bytes < text.n ? l->link_bytes : (uint32_t)text.n,
	        .weight = weight,
	        .kind = l->kind,
	        .level = l->heading,
	        .sentence = page_line_is_sentence(text, weight),
	};
}

/* A browser would begin a new line here. */
static void layout_break(struct layout *l)
{
	struct prose *p = &l->prose;
	if (l->link && p->n > l->link_at)
		l->link_bytes += (uint32_t)(p->n - l->link_at);
	if (p->n > l->block_at)
		layout_add_block(l, page_line_trim(str_make(p->out + l->block_at, p->n - l->block_at)));
	l->block_at = l->link_at = p->n;
	l->link_bytes = 0;
	p->space = p->line = false;
}

static void layout_text(struct layout *l, struct str text, bool raw)
{
	const struct level *level = &l->levels[l->depth];
	if (l->prose.n == l->block_at) {
		l->kind = level->kind;
		l->heading = level->heading;
		/* A row is of its table, not of its first cell. */
		l->box = level->kind == BLOCK_ROW ? l->levels[level->table].box : level->box;
	}
	if (raw)
		prose_put_words(&l->prose, text);
	else
		prose_put_text(&l->prose, text);
	/* What a block begins with is not set off from the block before. */
	if (l->prose.n == l->block_at)
		l->prose.space = l->prose.line = false;
}

/* --- boxes -------------------------------------------------------------------------------------------------------- */

/* What elements of one kind have in common; classes behind the first one tell them apart. */
static uint32_t layout_sign(const struct layout *l, enum tag tag)
{
	struct str names = str_trim(markup_attribute(&l->m, "class"));
	size_t n = 0;
	while (n < names.n && !str_is_space(names.p[n]))
		n++;
	return (uint32_t)digest_xxh64(str_slice(names, 0, n)) ^ (uint32_t)tag << 24;
}

/* A box for the element that has been opened, where there is room. */
static uint32_t layout_add_box(struct layout *l, enum tag tag, uint32_t hints, bool leaf)
{
	struct page *page = l->page;
	uint32_t parent = l->levels[l->depth].box;
	if (page->n_boxes == PAGE_BOXES_MAX)
		return parent;
	if (page->n_boxes == page->boxes_room)
		page->boxes = arena_grow(page->d->call->tmp, page->boxes, &page->boxes_room, sizeof *page->boxes);
	page->boxes[page->n_boxes] = (struct page_box){.parent = parent,
	                                               .first_block = (uint32_t)page->n_blocks,
	                                               .end_block = (uint32_t)page->n_blocks,
	                                               .names = hints,
	                                               .tag = (uint8_t)tag,
	                                               .sign = layout_sign(l, tag),
	                                               .leaf = leaf};
	return (uint32_t)page->n_boxes++;
}

/* --- open elements ------------------------------------------------------------------------------------------------ */

static void layout_pop_to(struct layout *l, uint32_t depth)
{
	layout_break(l);
	while (l->depth > depth) {
		const struct level *level = &l->levels[l->depth];
		if (level->own_box)
			l->page->boxes[level->box].end_block = (uint32_t)l->page->n_blocks;
		if (l->tags[l->depth] == TAG_PRE)
			l->prose.pre -= l->prose.pre > 0;
		l->depth--;
	}
	if (l->depth < l->link_depth)
		l->link = false;
}

/* The depth of the innermost open element of that tag above `least`; 0: there is none. */
static uint32_t layout_find(const struct layout *l, enum tag tag, uint32_t least)
{
	const uint8_t *hit = l->depth > least ? memrchr(l->tags + least + 1, (int)tag, l->depth - least) : NULL;
	return hit ? (uint32_t)(hit - l->tags) : 0;
}

static void layout_end(struct layout *l, enum tag tag, uint32_t least)
{
	uint32_t depth = layout_find(l, tag, least);
	if (depth)
		layout_pop_to(l, depth - 1);
}

/* What may not hold the element that is about to begin ends here. */
static void layout_imply_ends(struct layout *l, enum tag tag)
{
	layout_end(l, TAG_P, l->levels[l->depth].container);
	uint32_t list = l->levels[l->depth].list, table = l->levels[l->depth].table;
	switch (tag) {
	case TAG_LI:
		layout_end(l, TAG_LI, list);
		break;
	case TAG_DT:
	case TAG_DD:
		layout_end(l, TAG_DT, list);
		layout_end(l, TAG_DD, list);
		break;
	case TAG_TR:
		layout_end(l, TAG_TR, table);
		break;
	case TAG_TBODY:
	case TAG_TFOOT:
		layout_end(l, TAG_TR, table);
		layout_end(l, TAG_THEAD, table);
		layout_end(l, TAG_TBODY, table);
		break;
	default:
		break;
	}
}

enum part { PART_NONE, PART_LINE, PART_LEAF, PART_CONTAINER };

/* What an element is to the layout: nothing, a line of text, one that has a box if its names say something, a box. */
static enum part layout_part(enum tag tag)
{
	switch (tag) {
	case TAG_BODY:
	case TAG_DIV:
	case TAG_SECTION:
	case TAG_ARTICLE:
	case TAG_MAIN:
	case TAG_ASIDE:
	case TAG_HEADER:
	case TAG_FOOTER:
	case TAG_NAV:
	case TAG_FIGURE:
	case TAG_FIGCAPTION:
	case TAG_UL:
	case TAG_OL:
	case TAG_DL:
	case TAG_TABLE:
	case TAG_TD:
	case TAG_TH:
	case TAG_CAPTION:
	case TAG_FORM:
	case TAG_FIELDSET:
	case TAG_BLOCKQUOTE:
	case TAG_DETAILS:
	case TAG_DIALOG:
	case TAG_CENTER:
	case TAG_ADDRESS:
		return PART_CONTAINER;
	case TAG_SPAN:
		return PART_LEAF;
	default:
		return tag_rows[tag].shape == SHAPE_BLOCK || tag_rows[tag].shape == SHAPE_PRE ? PART_LINE : PART_NONE;
	}
}

static void layout_kind(struct level *level, enum tag tag)
{
	if (tag >= TAG_H1 && tag <= TAG_H6) {
		level->kind = BLOCK_HEADING;
		level->heading = (uint8_t)(tag - TAG_H1 + 1);
		return;
	}
	switch (tag) {
	case TAG_SPAN:
	case TAG_A:
		return;
	case TAG_P:
	case TAG_PRE:
		level->kind = BLOCK_PARAGRAPH;
		return;
	case TAG_LI:
	case TAG_DD:
	case TAG_DT:
		level->kind = BLOCK_ITEM;
		return;
	case TAG_BLOCKQUOTE:
		level->kind = BLOCK_QUOTE;
		return;
	case TAG_TR:
	case TAG_TD:
	case TAG_TH:
		level->kind = BLOCK_ROW;
		return;
	default:
		level->kind = BLOCK_TEXT;
	}
}

static void layout_barriers(struct level *level, enum tag tag, uint16_t depth)
{
	bool cell = tag == TAG_TD || tag == TAG_TH || tag == TAG_CAPTION;
	if (layout_part(tag) == PART_CONTAINER)
		level->container = depth;
	if (cell || tag == TAG_TABLE)
		level->cell = depth;
	if (cell || tag == TAG_TABLE || tag == TAG_UL || tag == TAG_OL || tag == TAG_DL)
		level->list = depth;
	if (tag == TAG_TABLE)
		level->table = depth;
}

/* Ends the cell that is open, without a new line where all its text was in one. */
static void layout_end_cell(struct layout *l)
{
	uint32_t table = l->levels[l->depth].table;
	uint32_t td = layout_find(l, TAG_TD, table), th = layout_find(l, TAG_TH, table);
	uint32_t depth = td > th ? td : th;
	if (!depth)
		return;
	if (depth < l->depth || l->kind != BLOCK_ROW) {
		layout_pop_to(l, depth - 1);
		return;
	}
	l->page->boxes[l->levels[depth].box].end_block = (uint32_t)l->page->n_blocks;
	l->depth--;
	l->prose.space = true;
}

/* Cells of a row are one line, unless they hold lines of their own. */
static void layout_begin_cell(struct layout *l)
{
	layout_end(l, TAG_P, l->levels[l->depth].container);
	layout_end_cell(l);
	if (l->prose.n == l->block_at || l->kind != BLOCK_ROW)
		layout_break(l);
}

static void layout_push(struct layout *l, enum tag tag, uint32_t hints, bool has_box)
{
	if (l->depth + 1 == DEPTH_MAX)
		return;
	struct level level = l->levels[l->depth];
	uint16_t depth = (uint16_t)(l->depth + 1);
	level.own_box = has_box;
	if (has_box)
		level.box = layout_add_box(l, tag, hints, layout_part(tag) != PART_CONTAINER);
	/* Without a room for a box of its own it is its parent's. */
	level.own_box = has_box && level.box != l->levels[l->depth].box;
	layout_kind(&level, tag);
	layout_barriers(&level, tag, depth);
	l->depth = depth;
	l->tags[depth] = (uint8_t)tag;
	l->levels[depth] = level;
	if (tag == TAG_PRE)
		l->prose.pre++;
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

/* Does the address say that somebody is at it who writes? */
static bool layout_is_authors(struct str address)
{
	static const char *const paths[] = {"/author",   "/autor",    "/auteur",    "/perfil/",   "/profil/",
	                                    "/profile/", "/people/",  "/staff/",    "/reporter",  "/journalist",
	                                    "/redakt",   "/skribent", "/forfatter", "/avtor",     "/yazar",
	                                    "/by/",      "/penulis",  "/firma/",    "/giornalist"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (page_has(address, paths[i]))
			return true;
	}
	return false;
}

/* A headline that leads to its own page, or to itself, is no way to another page. */
static bool layout_leads_here(const struct layout *l, struct str address)
{
	const struct page_facts *facts = &l->page->facts;
	struct str here = facts->canonical.n ? facts->canonical : facts->url;
	if (l->levels[l->depth].kind != BLOCK_HEADING)
		return false;
	/* A part of the page, as the entries of a live blog are. */
	address = str_slice(address, 0, str_index(address, '#', 0));
	if (!address.n || str_eq(address, facts->canonical) || str_eq(address, facts->url))
		return true;
	return address.n > 1 && address.p[0] == '/' && address.p[1] != '/' && str_ends(here, address);
}

static void layout_open_link(struct layout *l)
{
	struct str address = markup_attribute(&l->m, "href");
	if (!address.n || layout_leads_here(l, address))
		return;
	l->path_author = l->below_h1 && !l->page->facts.path_author.n && layout_is_authors(address);
	l->link_author = page_has(markup_attribute(&l->m, "rel"), "author") && !l->page->facts.link_author.n;
	l->link = true;
	l->link_depth = l->depth;
	l->link_at = l->prose.n;
}

static void layout_close_link(struct layout *l)
{
	if (!l->link)
		return;
	if (l->prose.n > l->link_at)
		l->link_bytes += (uint32_t)(l->prose.n - l->link_at);
	if (l->link_author && l->prose.n > l->link_at)
		l->page->facts.link_author = str_trim(str_make(l->prose.out + l->link_at, l->prose.n - l->link_at));
	if (l->path_author && l->prose.n > l->link_at) {
		l->page->facts.path_author = str_trim(str_make(l->prose.out + l->link_at, l->prose.n - l->link_at));
		l->page->facts.path_block = (uint32_t)l->page->n_blocks;
	}
	l->link = l->link_author = l->path_author = false;
}

static void layout_new_line(struct layout *l)
{
	/* A cell with lines of its own is no cell of numbers. */
	if (l->levels[l->depth].kind == BLOCK_ROW) {
		l->levels[l->depth].kind = BLOCK_TEXT;
		l->kind = BLOCK_TEXT;
	}
	layout_break(l);
}

/* Elements with no text of the page in them. */
static bool layout_is_skipped(enum tag tag)
{
	return tag == TAG_NOSCRIPT || tag == TAG_SVG || tag == TAG_SELECT || tag == TAG_TEMPLATE || tag == TAG_OBJECT ||
	       tag == TAG_BUTTON || tag == TAG_CANVAS || tag == TAG_AUDIO || tag == TAG_VIDEO || tag == TAG_RT ||
	       tag == TAG_RP;
}

static void layout_count(uint16_t *count)
{
	*count += *count < UINT16_MAX;
}

/* Something that a visitor fills in; a checkbox opens and closes what is on the page, too. */
static bool layout_is_field(const struct layout *l)
{
	static const char *const types[] = {"email", "text", "tel", "radio"};
	struct str type = markup_attribute(&l->m, "type");
	bool is_field = !type.n;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		is_field |= markup_is_name(type, types[i]);
	return is_field;
}

/* Those that hold facts or no text. False: it is another one. */
static bool layout_open_special(struct layout *l, enum tag tag)
{
	struct page_facts *facts = &l->page->facts;
	switch (tag) {
	case TAG_META:
	case TAG_LINK:
		page_facts_meta(facts, &l->m);
		return true;
	case TAG_HTML:
		facts->language = markup_attribute(&l->m, "lang");
		if (!facts->language.n)
			facts->language = markup_attribute(&l->m, "xml:lang");
		return true;
	case TAG_SCRIPT:
		l->data = page_has(markup_attribute(&l->m, "type"), "ld+json");
		return true;
	case TAG_TIME:
		page_facts_time(facts, &l->m, (uint32_t)l->page->n_blocks);
		return true;
	case TAG_IMG:
		page_pictures_add(l->page, &l->m, l->levels[l->depth].box);
		layout_count(&l->page->boxes[l->levels[l->depth].box].media);
		return true;
	case TAG_INPUT:
	case TAG_TEXTAREA:
		if (layout_is_field(l))
			layout_count(&l->page->boxes[l->levels[l->depth].box].fields);
		return false;
	case TAG_BR:
	case TAG_HR:
		layout_new_line(l);
		return true;
	case TAG_A:
		layout_close_link(l);
		layout_open_link(l);
		return true;
	case TAG_VIDEO:
	case TAG_IFRAME:
		layout_count(&l->page->boxes[l->levels[l->depth].box].media);
		break;
	default:
		break;
	}
	if (layout_is_skipped(tag) && !l->m.is_empty)
		markup_skip(&l->m);
	return layout_is_skipped(tag);
}

/* Names that a span must have to be more than a part of its line. */
#define HINTS_OF_SPANS (HINT_JUNK | HINT_HIDDEN | HINT_COMMENT | HINT_CAPTION)

/* A few words in a sentence that has begun: no box of their own, whatever they are called. */
static bool layout_is_in_sentence(const struct layout *l)
{
	struct str rest = str_slice(l->m.in, l->m.at, l->m.at + WORDS_BYTES);
	return l->prose.n > l->block_at && l->levels[l->depth].kind == BLOCK_PARAGRAPH && rest.n &&
	       memmem(rest.p, rest.n, "</span>", sizeof "</span>" - 1);
}

static void layout_open_span(struct layout *l, uint32_t hints)
{
	bool has_box = hints & HINTS_OF_SPANS, in_sentence = has_box && layout_is_in_sentence(l);
	if (in_sentence && (hints & HINT_HIDDEN) && !l->m.is_empty) {
		markup_skip(&l->m);
		return;
	}
	if (has_box && !in_sentence)
		layout_break(l);
	layout_push(l, TAG_SPAN, hints, has_box && !in_sentence);
}

static void layout_open(struct layout *l)
{
	enum tag tag = l->m.tag;
	if (layout_open_special(l, tag))
		return;
	enum part part = layout_part(tag);
	if (part == PART_NONE) {
		/* An element of the page's own. */
		if (tag == TAG_OTHER && memchr(l->m.text.p, '-', l->m.text.n))
			layout_break(l);
		return;
	}
	uint32_t hints = page_element_hints(l->hints, &l->m);
	l->below_h1 |= tag == TAG_H1;
	if (hints & HINT_META)
		page_facts_property(&l->page->facts, &l->m);
	if (tag == TAG_SPAN) {
		layout_open_span(l, hints);
		return;
	}
	if (tag == TAG_TD || tag == TAG_TH) {
		layout_begin_cell(l);
	} else {
		layout_break(l);
		layout_imply_ends(l, tag);
	}
	layout_push(l, tag, hints, part == PART_CONTAINER || hints);
}

static void layout_close(struct layout *l)
{
	enum tag tag = l->m.tag;
	const struct level *top = &l->levels[l->depth];
	if (tag == TAG_A) {
		layout_close_link(l);
		return;
	}
	if (tag == TAG_SPAN) {
		uint32_t depth = layout_find(l, TAG_SPAN, top->container);
		if (depth && l->levels[depth].own_box)
			layout_pop_to(l, depth - 1);
		else if (depth)
			l->depth = depth - 1;
		return;
	}
	if (tag == TAG_TD || tag == TAG_TH) {
		layout_end_cell(l);
		return;
	}
	if (tag == TAG_BODY || tag == TAG_HTML || tag == TAG_HEAD)
		return;
	if (layout_part(tag) == PART_NONE) {
		if (tag == TAG_OTHER && memchr(l->m.text.p, '-', l->m.text.n))
			layout_break(l);
		return;
	}
	layout_break(l);
	bool of_table = tag == TAG_TABLE || tag == TAG_TR || tag == TAG_TBODY || tag == TAG_THEAD || tag == TAG_TFOOT ||
	                tag == TAG_CAPTION;
	uint32_t least = of_table ? top->table : top->cell;
	if (least && tag == TAG_TABLE)
		least--;
	layout_end(l, tag, least);
}

static void layout_raw(struct layout *l)
{
	struct page_facts *facts = &l->page->facts;
	if (l->m.tag == TAG_OTHER)
		layout_text(l, l->m.text, true);
	else if (l->m.tag == TAG_SCRIPT && l->data && facts->n_ld < PAGE_LD_MAX)
		facts->ld[facts->n_ld++] = str_trim(l->m.text);
	l->data = false;
}

static void layout_token(struct layout *l)
{
	switch (l->m.kind) {
	case MARKUP_TEXT:
		if (l->m.tag == TAG_OTHER)
			layout_text(l, l->m.text, false);
		else if (l->m.tag == TAG_TITLE && !l->page->facts.title.n)
			l->page->facts.title = l->m.text;
		break;
	case MARKUP_RAW:
		layout_raw(l);
		break;
	case MARKUP_OPEN:
		layout_open(l);
		break;
	case MARKUP_CLOSE:
		layout_close(l);
		break;
	}
}

void page_layout(struct page *page, struct str text)
{
	const struct decode_shared *shared = page->d->call->shared;
	struct arena *tmp = page->d->call->tmp;
	struct layout *l = arena_alloc(tmp, sizeof *l);
	*l = (struct layout){.page = page, .hints = &shared->hints, .m = markup_start(text)};
	l->prose = (struct prose){.out = arena_alloc(tmp, text.n), .no_hyphens = true};
	l->levels[0].box = layout_add_box(l, TAG_HTML, 0, false);
	l->levels[0].own_box = true;
	while (markup_next(&l->m)) {
		layout_token(l);
		CHECK(l->prose.n <= text.n);
	}
	layout_pop_to(l, 0);
	page->boxes[0].end_block = (uint32_t)page->n_blocks;
}

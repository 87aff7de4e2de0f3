/*
 * A web page on its way to be a story: what it says of itself, its text as a row of blocks, and the boxes that hold
 * them. No tree: a box knows its parent and the first and the last of its blocks, so nothing is nested, whatever the
 * page does.
 *
 *     page_layout.c    mark-up → boxes and blocks, and where the facts are
 *     page_lines.c     what a line says by its characters
 *     page_names.c     what an element's names hint at
 *     page_facts.c     meta, link, JSON-LD → facts
 *     page_choose.c    which blocks are the article (page_choice.h says how that is divided)
 *     page_pictures.c  captions
 *     page.c           the format: facts and blocks → a draft
 */
#ifndef WIREDESK_DECODE_PAGE_H
#define WIREDESK_DECODE_PAGE_H

#include "pipeline/stages/decode/decode.h"
#include "pipeline/stages/decode/markup.h"

/* A page with more of them than these is read to its end, but what is more is part of the last box or left out. */
#define PAGE_BOXES_MAX    100000
#define PAGE_BLOCKS_MAX   200000
#define PAGE_LD_MAX       16
#define PAGE_PICTURES_MAX 500
#define PAGE_TIMES_MAX    20
#define PAGE_TEXT_BYTES   500 /* of a fact; more is no name or headline */

enum block_kind { BLOCK_TEXT, BLOCK_PARAGRAPH, BLOCK_HEADING, BLOCK_ITEM, BLOCK_QUOTE, BLOCK_ROW };

/* A line of the page's text, between two places where a browser would begin a new one. */
struct page_block {
	struct str text;
	uint32_t box;
	uint32_t link_bytes; /* of text that is a link */
	uint32_t weight;     /* characters, by what a character of its script says */
	uint8_t kind;        /* enum block_kind */
	uint8_t level;       /* of a heading */
	bool sentence;       /* ends as sentences do */
	bool evident;        /* the page's own data have it as text of the article */
	bool kept;
};

struct page_box {
	uint32_t parent;
	uint32_t first_block, end_block; /* of it and of all boxes in it */
	uint32_t names;                  /* hints of its own */
	uint32_t hints;                  /* the same, and once chosen those that it has from boxes around it */
	uint8_t tag;                     /* enum tag */
	bool leaf;                       /* a paragraph, a heading: no place for an article */
	uint32_t sign;                   /* the same for elements of one kind: by tag and first class */
	uint16_t media;                  /* pictures and films that stand in it, and in no box in it */
	uint16_t fields;                 /* the same of a form's fields */
	uint32_t evident;                /* weight of its evident blocks */
	uint32_t weight;                 /* of all its blocks */
	int32_t good;                    /* how much in it looks like an article's text */
	int32_t value;                   /* the same, less what looks like anything else */
};

struct page_picture {
	struct str address; /* as written */
	uint32_t box;
	uint32_t block; /* the one behind it */
};

/* A <time>. */
struct page_time {
	struct str value;
	uint32_t block; /* the one that it stands in, or the one behind it */
};

/* As written, references unread, until page_facts has read them. */
struct page_facts {
	struct str language, locale;
	struct str canonical, url;
	struct str headline, og_title, title, site;
	struct str description;
	struct str author, link_author;
	struct str path_author; /* by where a link leads, below a headline */
	uint32_t path_block;
	struct str published, modified;
	struct page_time times[PAGE_TIMES_MAX]; /* the page's first ones */
	size_t n_times;
	struct str publisher, copyright;
	struct str body; /* the article's text in the page's data */
	struct str ld[PAGE_LD_MAX];
	size_t n_ld;
	bool has_article; /* data of an article were found */
};

struct page {
	struct decode *d;
	struct page_facts facts;
	struct page_box *boxes; /* a box stands behind the one that it is in; the first is the page */
	struct page_block *blocks;
	size_t n_boxes, boxes_room;
	size_t n_blocks, blocks_room;
	struct page_picture *pictures;
	size_t n_pictures, pictures_room;
	/* Once chosen. */
	struct str headline, by;
	uint32_t from, to; /* blocks between which the article is, with its headline and pictures */
};

/* Fills boxes, blocks, and facts as written. */
void page_layout(struct page *page, struct str text);

/* Without white space at either end, of any script. */
struct str page_line_trim(struct str s);
/* Characters, by what one of their script says. */
uint32_t page_line_weight(struct str s);
/* Does it end as sentences do, or is it of some length in a script that ends none? */
bool page_line_is_sentence(struct str s, uint32_t weight);

struct hints;
/* Bits of enum hint for the element whose start tag this is. */
uint32_t page_element_hints(const struct hints *table, const struct markup *m);
/* Does a value hold the word anywhere? */
bool page_has(struct str value, const char *word);

/* A <meta>. */
void page_facts_meta(struct page_facts *facts, const struct markup *m);
/* A <time>, in or before that block. */
void page_facts_time(struct page_facts *facts, const struct markup *m, uint32_t block);
/* An element whose `itemprop` may say that it is a fact. */
void page_facts_property(struct page_facts *facts, const struct markup *m);
/* Reads the data that the page holds, and references in all facts. */
void page_facts_read(struct page *page);

/* Marks the blocks of the article's text as kept, and finds the headline. False: the text is in page->facts.body. */
bool page_choose(struct page *page);

/* An <img> in that box. */
void page_pictures_add(struct page *page, const struct markup *m, uint32_t box);
/* Captions of the article's pictures become `renditions` of the part. */
void page_pictures_pass(const struct page *page, struct story *st);

/* Letters and digits of s in small letters, at most `most` bytes, at out: what two spellings of a text share. */
size_t page_fold(struct str s, char *out, size_t most);
/* Do they say the same, or does the longer one begin as the shorter one, of some length? */
bool page_is_same(struct str a, struct str b);

#endif

/*
 * What the parts of choosing the article share; for page_choose.c and those that it names.
 *
 *     page_choose.c    evidence, what boxes are worth, and which one is the article's
 *     page_ways.c      boxes that are ways to other pages
 *     page_media.c     small boxes around pictures and forms
 *     page_blocks.c    what a block is worth, and which ones of the box stay
 *     page_edges.c     what stands right beside the text that is sure
 *     page_head.c      headline and byline
 *     page_fold.c      texts that are the same
 */
#ifndef WIREDESK_DECODE_PAGE_CHOICE_H
#define WIREDESK_DECODE_PAGE_CHOICE_H

#include "pipeline/stages/decode/hints.h"
#include "pipeline/stages/decode/page.h"

#define PAGE_OUTSIDE_HINTS (HINT_OTHER | HINT_JUNK | HINT_COMMENT | HINT_HIDDEN | HINT_FOOT | HINT_ASIDE | HINT_ASKS)
#define PAGE_LEAD_WEIGHT   50 /* of a line that is long enough for a standfirst, without a name that says so */
#define PAGE_PICTURE_HINTS (HINT_CAPTION | HINT_FIGURE)

/* How far names and elements are believed when they say that a box is not of the article. */
enum page_trust {
	PAGE_TRUST_MOST,  /* unless most of the page's text is in it */
	PAGE_TRUST_SMALL, /* if there is little text in it */
	PAGE_TRUST_LEAST, /* the same, of comments and what is hidden, too */
};

struct page_choice {
	struct page *page;
	uint8_t *windows; /* filter over the folded text that the page's data have as the article's */
	uint32_t evident_weight, body_weight;
	bool whole;           /* the page's data have all of the article's text */
	int32_t total;        /* good text of the page, comments not counted */
	uint32_t root;        /* the article's box */
	uint32_t first, last; /* of its blocks: the first and the last that are surely text */
	bool has_text;
	bool paragraphs; /* its text is in paragraphs */
	uint32_t h1;     /* block of the headline on the page, or n_blocks */
	uint32_t own;    /* the smallest box around it that holds text */
	bool h1_is_sure; /* the page's data or title say the same */
	bool many_h1;    /* in the article's box: sub-headings, too */
	enum page_trust trust;
};

/* Of a block's text, in links. */
uint32_t page_percent_linked(const struct page_block *b);
/* Gives a hint to boxes that are ways to other pages: lists of links, cards. */
void page_find_ways(struct page_choice *c);
/* Gives a hint to small boxes around a picture, a film or a form. */
void page_find_media(struct page_choice *c);
/* How much like an article's text, whatever the names around it say. */
int32_t page_good(const struct page_block *b);
/* Of the box that it is in. */
uint32_t page_hints(const struct page_choice *c, const struct page_block *b);
/* Finds the first and the last block of the box that are surely text. */
void page_bound(struct page_choice *c);
/* Marks what stays, in the box and above it. */
void page_keep_blocks(struct page_choice *c);

/* On a page without sure text: keeps what may be some, or, if asked to, captions and links, too. False: nothing is. */
bool page_keep_poor(struct page_choice *c, bool all);

/* The box that a block stands in, where its paragraph or heading has one of its own. */
uint32_t page_box_of(const struct page *page, const struct page_block *b);
/* Do they stand in one box, or in boxes of one? */
bool page_are_near(const struct page *page, const struct page_block *a, const struct page_block *b);
/* A line with a date or an hour, and no links? */
bool page_is_time(const struct page_block *b);
/* By its name or the page's data a standfirst? */
bool page_is_lead(const struct page_choice *c, const struct page_block *b);
/* A standfirst because it stands right below a sure headline, whatever its name? */
bool page_stands_below(const struct page_choice *c, const struct page_block *b, uint32_t at);
/* Takes lines right before and behind the sure text, in its own box, into its bounds. */
void page_stretch(struct page_choice *c);
/* Marks a standfirst above the box, and paragraphs outside of it that have the name of those in it. */
void page_keep_edges(struct page_choice *c);

/* Finds the headline, and where it stands on the page. */
void page_find_headline(struct page_choice *c);
bool page_is_headline(const struct page_choice *c, const struct page_block *b);
/* Finds who wrote it, near the text. */
void page_find_by(struct page_choice *c);
/* Finds when it was published, near the headline, where the page's data do not say so. */
void page_find_day(struct page_choice *c);

/* Does the text begin with all of the other? */
bool page_starts_as(struct str text, struct str head);

#endif

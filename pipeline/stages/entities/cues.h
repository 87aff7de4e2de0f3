/*
 * Cues: words that tell what a name beside them is: "University of", "río", "GmbH", "typhoon", "near". What is known of
 * a word holds in the story's language only.
 */
#ifndef WIREDESK_ENTITIES_CUES_H
#define WIREDESK_ENTITIES_CUES_H

#include "pipeline/stages/entities/reading.h"

enum cue_kind {
	/* Begins an organisation's name: with a capital; in any case; with a capital, lower-case words following. */
	CUE_ORG_OF = 1 << 0,     /* "Ministerio de Salud", "Universität Graz" */
	CUE_ORG_ANY = 1 << 1,    /* "ministère de la Santé" */
	CUE_ORG_LOW = 1 << 2,    /* "Министерство иностранных дел" */
	CUE_ORG_VI = 1 << 3,     /* "Bộ Công an": capitals and small letters take turns */
	CUE_ORG_CALLED = 1 << 4, /* stands before it and is no part of it: "the exporter" */
	CUE_ORG_END = 1 << 5,    /* its last word: "Police", "Bakanlığı" */
	CUE_PLACE_OF = 1 << 6,   /* the same for places */
	CUE_PLACE_ANY = 1 << 7,
	CUE_PLACE_VI = 1 << 8,
	CUE_PLACE_CALLED = 1 << 9,
	CUE_PLACE_END = 1 << 10,
	CUE_STORM = 1 << 11,    /* what follows is neither a person's nor a place's name */
	CUE_SITE = 1 << 12,     /* as CUE_PLACE_ANY: streets and buildings, which may also be said to be of a city */
	CUE_THING = 1 << 13,    /* the same, unless the list knows the name: ships, films */
	CUE_IN = 1 << 15,       /* hardly ever stands before a person, or a club */
	CUE_TO = 1 << 16,       /* stands before places more often than before persons of whom nothing is known */
	CUE_OPENER = 1 << 17,   /* "Theo": according to */
	CUE_LINK = 1 << 18,     /* a small word within names: "of the", "de la", "für" */
	CUE_ORG_WEAK = 1 << 19, /* the same as CUE_ORG_END, of a name that the tagger marked */
	CUE_ARTICLE = 1 << 21,  /* does not stand before persons */
	CUE_STOP = 1 << 22,     /* in a script without capitals: no part of names */
	CUE_SKIP = 1 << 23,     /* the same: may stand between a title and a name: "مجلس" */
	CUE_ORG_CASELESS = 1 << 24, /* the same: begins an organisation's name: "وزارة" */
	CUE_PLACE_WHOLE = 1 << 25,  /* is a place's name itself: regions that the list does not have */
	CUE_SAID = 1 << 26,         /* in a script without capitals: a verb of saying, which stands before who said */
	CUE_ORG_WHOLE = 1 << 27, /* is an organisation's name itself: parliaments, parties, ministries by short names */
	CUE_ORG_LETTERS = 1 << 28, /* the same with two capitals at least */
	CUE_AND = 1 << 29,         /* between two names */
	CUE_SURNAME = 1 << 30,     /* begins a person's name of two words or more with capitals */
	CUE_TITLE = 1 << 14,       /* where letters run on: stands before a person's name, which is two runs of them */
	CUE_PLACE_AFTER = 1 << 20, /* stands behind a place's name and is no part of it: "नदी" */
};
#define CUE_ORG_HEAD   (CUE_ORG_OF | CUE_ORG_ANY | CUE_ORG_LOW | CUE_ORG_VI)
#define CUE_PLACE_HEAD (CUE_PLACE_OF | CUE_PLACE_ANY | CUE_PLACE_VI | CUE_SITE)

/* The longest cue that begins with a word; none: kinds are 0, of one word. Looked up once for each word. */
struct cue {
	uint32_t kinds;
	uint32_t n; /* words, at least 1 */
};
struct cue cue_at(const struct reading *r, size_t word);
/* Is it known without a look that no cue begins with the word? Of most words it is. */
bool cue_is_none(const struct reading *r, size_t word);

/* Where in the table cues are that begin with a folded word, whatever the language; CUES_NONE: nowhere. */
#define CUES_NONE UINT16_MAX
uint16_t cues_row(struct str folded);

/* The table's texts, in their order; empty behind the last. */
struct str cues_text(size_t row);

/* Of a text of one word, not folded. */
uint32_t cue_kinds(const struct reading *r, struct str text);

/* The same of one of these kinds that ends right before the word. */
struct cue cue_before(const struct reading *r, size_t word, uint32_t kinds);

#endif

/*
 * A draft: what a format says of a story, as it was written. Each format's reader fills one (an empty value is one that
 * the format does not say); draft_fill alone knows what of it may stand in a story: times that exist, statuses and
 * signals that mean something, addresses that are addresses. So a rule is made once for all formats.
 *
 * Values are views of memory that lives as long as the batch (call->keep, or the message).
 */
#ifndef WIREDESK_DECODE_DRAFT_H
#define WIREDESK_DECODE_DRAFT_H

#include "pipeline/stages/decode/decode.h"

/* Lists of things with a name and an address. Of the record's lists of the same name. */
enum draft_list {
	DRAFT_SUBJECTS,
	DRAFT_GENRES,
	DRAFT_PEOPLE,
	DRAFT_ORGANISATIONS,
	DRAFT_PLACES,
	DRAFT_INFO_SOURCES,
	DRAFT_LISTS
};

struct draft_thing {
	struct draft_thing *next;
	struct str name;    /* for people */
	struct str uri;     /* an absolute address, else it is not used */
	struct str literal; /* a code that is no address */
	struct str role;    /* rel: what it is to the story */
};

struct draft {
	const char *basis; /* by what the format was told, for the record and a person; NULL: not said */

	/* Text. text is what ranges of the record point into; where it is empty, body. */
	struct str text, headline, title, body;
	bool headline_is_first_line, has_paragraphs; /* see story.h */

	/* Who it is. uri is kept where it is an address of any letters, guid where it is one in ASCII; else what there
	 * is counts within its source. Both to the letter. */
	struct str uri, guid, version;
	struct str target; /* the id of the story that this one cancels, replaces or goes on from */

	/* Points in time; see moments.h. published is the version's where that is not said, else the first. */
	struct str version_created, first_created, published, embargoed_until;

	struct str status;   /* "usable", "stat:canceled", an address that ends so; any case */
	struct str language; /* a tag */
	struct str urgency;  /* a digit, 1 to 9 */
	struct str slugline, located, ed_note, copyright;
	struct str by; /* "Von Nora Teasdale, dpa": the word before the names goes, and an agency behind them */
	/* As it stands before the text ("Berlin (dpa) - "), where a format keeps it apart: it is put back, and cleanup
	 * reads all datelines in one way. Without a dash it goes into the record as it is. */
	struct str dateline;
	const char *type; /* ninjs' word (picture, video, …); NULL: text */

	/* draft_signal and signals.h set these. correction: what says that an earlier version was wrong, a note or the
	 * words before the headline; else the signal that says it. */
	bool is_correction, is_partial;
	struct str correction, correction_signal;
	const char *control; /* as decode.control of the story */

	struct draft_thing *first[DRAFT_LISTS], *last[DRAFT_LISTS];
	uint32_t n[DRAFT_LISTS];
};

/* A signal as NewsML-G2 and ninjs have it, by its last word: "sig:correction", "update", "kill". Others are ignored. */
void draft_signal(struct draft *draft, struct str signal);

/* The names of a byline: without the word that says "by", and without the houses they write for (", dpa", "/TT"). */
struct str draft_names(struct str by);

/* Adds a copy of the thing to a list, in order; one with neither a name nor an address nor a code is left out. At most
 * 500 of a list are kept. */
void draft_add(struct decode *d, struct draft *draft, enum draft_list list, const struct draft_thing *thing);

/* Adds a subject by its number among IPTC's subject codes (eight digits; a leading zero may be lost), else by its name
 * or a code of the sender's own; and the Media Topic of its first level, once. */
void draft_add_subject_code(struct decode *d, struct draft *draft, struct str code, struct str name);

/*
 * Gives a property of ninjs 3.0 as finished JSON ("renditions", "altIds", "rightsInfo", …). What is no JSON of the
 * shape that ninjs 3.0 gives it is left out, with a warning in the record.
 */
void draft_pass(struct decode *d, struct story *st, const char *property, struct str json);

/* Makes the part of it; signals that its headline begins with ("KILL - …") count as said. format: the record's word.
 * Does not end the part: whether it holds a story is the reader's to say (draft_is_empty). */
void draft_fill(struct decode *d, struct story *st, const char *format, const struct draft *draft);

/* Does the filled part hold neither headline nor text nor a signal to other stories? */
bool draft_is_empty(const struct story *st);

#endif

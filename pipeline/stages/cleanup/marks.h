/*
 * What is found while a text is read: what is to go, and the pieces that say something. Ranges are of the text
 * that is read. Pure functions, any thread.
 */
#ifndef WIREDESK_CLEANUP_MARKS_H
#define WIREDESK_CLEANUP_MARKS_H

#include "pipeline/stages/cleanup/lines.h"
#include "pipeline/stages/cleanup/phrases.h"
#include "pipeline/story.h"

#define MARKS_PIECES_MAX 256

struct marks {
	struct arena *a;
	struct str text;
	const struct phrases *phrases;
	const struct feed *feed; /* where the story is from */
	const struct signals *signals;
	struct str given; /* the headline that stands outside of the text; empty: none */
	struct line *lines;
	size_t n_lines;
	size_t headline;       /* number of its line; n_lines: it has none */
	size_t headline_start; /* behind an agency's marks and its name */
	size_t headline_end;   /* without the tag of a version */
	size_t body;           /* number of the first line of the body, n_lines: none */
	size_t lead; /* number of the line that a dateline may open: the body's first, or behind what stands above it */
	struct piece *pieces;
	size_t n_pieces;
	struct removal dateline, endmark; /* parts of lines; kind NULL: none */
	struct range source;              /* the dateline's, without region; empty: none */
	struct range agency;              /* the first one that is named elsewhere; empty: none */
	struct glue glue;
	struct range correction; /* what says that the story corrects another; empty: none */
	bool has_correction_note;
	bool is_update; /* a later version of a story */
	bool is_kill, is_embargoed, is_partial;
};

/* Keeps a piece, without blanks at its ends; an empty one, or one too many, is not kept. */
void marks_piece(struct marks *m, enum piece_kind kind, struct range at, struct range label);

/* Notes an agency's name outside of a dateline. */
void marks_agency(struct marks *m, struct range at);

static inline struct str marks_text(const struct marks *m, struct range at)
{
	return str_slice(m->text, at.start, at.end);
}

/* What stands in a line, without blanks at its ends. */
static inline struct str marks_line(const struct marks *m, const struct line *line)
{
	return str_slice(m->text, line->start, line->end);
}

#endif

/* Keeping what is found. See marks.h. */
#include "pipeline/stages/cleanup/marks.h"

void marks_piece(struct marks *m, enum piece_kind kind, struct range at, struct range label)
{
	const char *p = m->text.p;
	while (at.start < at.end && (p[at.start] == ' ' || p[at.start] == '\t'))
		at.start++;
	while (at.end > at.start && (p[at.end - 1] == ' ' || p[at.end - 1] == '\t'))
		at.end--;
	if (at.start < at.end && m->n_pieces < MARKS_PIECES_MAX)
		m->pieces[m->n_pieces++] = (struct piece){kind, at, label};
}

void marks_agency(struct marks *m, struct range at)
{
	if (m->agency.end == m->agency.start)
		m->agency = at;
}

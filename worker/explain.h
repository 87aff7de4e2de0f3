/*
 * The sink of `wiredesk explain`: for a person, story by story and stage by stage, what was seen, changed, removed and
 * why, and what became of it.
 *
 * It reads the stories of the batch and nothing else, so what it says is what the worker did. Nothing is transactional:
 * text is written as batches come.
 */
#ifndef WIREDESK_EXPLAIN_H
#define WIREDESK_EXPLAIN_H

#include "pipeline/plan.h"
#include "producer/sink.h"

struct explain_options {
	int fd;                   /* borrowed */
	bool colour;              /* escape sequences of ANSI terminals */
	const struct plan *plan;  /* borrowed; open, for as long as the sink lives */
	const char *const *files; /* message i came from files[i]; NULL: messages have numbers only */
	size_t n_files;
};

struct sink *explain_new(const struct explain_options *options);

/* --- inside ------------------------------------------------------------------------------------------------------ */

struct explain_text;

/* What a stage made of a story: a section, from explain_stages.c. */
void explain_stage(struct explain_text *t, const struct stage *stage, const struct story *st);

/* What credits made of a story: the rows of its section. */
void explain_credits(struct explain_text *t, const struct story *st);

/* Rows for a verdict's evidence, from explain_dedup.c. */
void explain_dedup_evidence(struct explain_text *t, struct str evidence);

/* "  name      ", padded, for the rows of a section. */
void explain_row(struct explain_text *t, const char *name);
/* The end of a row: plain again, and a line feed. */
void explain_end(struct explain_text *t);
/* A row with a story's own words; none when there are none. */
void explain_value(struct explain_text *t, const char *name, struct str value);

#endif

/*
 * Learning from a feed: lines, and beginnings and ends of lines, that many stories of one source have at like places.
 *
 * Looked at is what cleanup leaves, so that what rules take out already is not found again. What repeats is no
 * boilerplate yet; told apart is by how it repeats:
 *
 *   copies and versions   of a story repeat all of it: stories count that differ in headline and first paragraph
 *   a table's head        stands above rows of numbers, a list's label beside other labels: neither is offered
 *   a writer's sentence   (background, "did not respond to a request") is offered only where it closes three in ten of
 * a source's stories, or tells where to look or to write a subhead             stands between paragraphs: there only
 * what holds a link is offered, or a label with ever other headlines behind it
 *
 * Memory is bounded: of SUGGEST_ENTRIES_MAX entries those that came least often make room.
 */
#ifndef WIREDESK_SUGGEST_H
#define WIREDESK_SUGGEST_H

#include "pipeline/base/buf.h"
#include "pipeline/story.h"

#define SUGGEST_ENTRIES_MAX 100000

struct suggest_options {
	const struct feed *feeds;
	size_t n_feeds;
	uint64_t least; /* stories that must have it */
};

struct suggest;

struct suggest *suggest_new(const struct suggest_options *options);
void suggest_free(struct suggest **suggest);

/* A story that cleanup has read. */
void suggest_learn(struct suggest *s, const struct story *st);

/* Lines of a rule file (rules.h), each tried, those that most stories have first. Returns how many rules. */
size_t suggest_write(struct suggest *s, struct buf *out);

uint64_t suggest_stories(const struct suggest *s);

#endif

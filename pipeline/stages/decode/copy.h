/*
 * What people put around the text of a story when they send it as a mail, or agencies as plain text: lines that say
 * what is its headline and who wrote it, a head of codes, a signature, a lawyer's paragraph. Views are of the text or
 * of the arena.
 */
#ifndef WIREDESK_DECODE_COPY_H
#define WIREDESK_DECODE_COPY_H

#include "pipeline/stages/decode/draft.h"

/* "Headline: …", "Slug: …", "By …" above the text: into the draft; returns the text behind them. Only where the first
 * line with words is such a one. */
struct str copy_take_labels(struct draft *draft, struct str text);

/* Without what mails say of themselves at their end ("This email may contain …", "Sent from my …"), and without a
 * signature that begins with the author's or the sender's name. */
struct str copy_unsign(struct str text, struct str author, struct str sender);

/*
 * The head of a press release ("Source: …", "MEDIA RELEASE …", headline) or of a bulletin (a product's code, more
 * codes, headline): true, and the draft has source, headline, slug and body.
 */
bool copy_take_head(struct decode *d, struct draft *draft, struct str text);

#endif

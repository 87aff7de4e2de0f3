/* A block is told by its first line and holds no sentence of the writer's. See blocks.h. */
#include "pipeline/stages/cleanup/blocks.h"

#include "pipeline/stages/cleanup/scan.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

#define BLOCK_LINES_MAX 16 /* before the end of the text */
#define LINE_SHORT_MAX  120
#define ABOUT_BYTES_MAX 90
#define ABOUT_LINES_MAX 4

/* A block's first line is short and opens with a phrase; others are not worth a look into the table. */
static bool blocks_scan(struct scan *s, struct marks *m, size_t i)
{
	if (m->lines[i].end - m->lines[i].start > ABOUT_BYTES_MAX)
		return false;
	if (!scan_may_open(m, &m->lines[i]))
		return false;
	scan_line(s, m, &m->lines[i]);
	return s->n_hits > 0;
}

/* The phrase that opens the line, with nothing but a colon or some words behind it. */
static const struct phrase_hit *blocks_opens(const struct scan *s, enum phrase_kind kind)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->phrase->kind == kind && hit->phrase->mode == PHRASE_BLOCK && scan_opens(s, hit))
			return hit;
	}
	return NULL;
}

static bool blocks_is_address(struct str s)
{
	size_t digits = 0;
	for (size_t i = 0; i < s.n; i++)
		digits += s.p[i] >= '0' && s.p[i] <= '9';
	return digits >= 6 || shape_has_link(s);
}

/* Down to `end` there are short lines alone, no sentences, and one of them is an address. */
static bool blocks_is_contacts(const struct marks *m, size_t i, size_t end)
{
	/* The last line may be gone as an address of its own. */
	const char *below = end < m->n_lines ? m->lines[end].kind : NULL;
	bool address = below && strcmp(below, "contact") == 0;
	for (; i < end; i++) {
		struct str words = marks_line(m, &m->lines[i]);
		bool reaches = blocks_is_address(words);
		if (words.n > LINE_SHORT_MAX || (shape_is_sentence(words) && words.n > LINE_SHORT_MAX / 4 && !reaches))
			return false;
		address |= reaches;
	}
	return address;
}

/* Down to `end` there are short lines alone, no sentences. */
static bool blocks_is_list(const struct marks *m, size_t i, size_t end)
{
	for (i++; i < end; i++)
		if (m->lines[i].end - m->lines[i].start > LINE_SHORT_MAX ||
		    shape_is_sentence(marks_line(m, &m->lines[i])))
			return false;
	return true;
}

static bool blocks_has_name(struct str s)
{
	for (size_t at = 0; at < s.n; at = str_index(s, ' ', at) + 1)
		if (!fold_is_lower(fold_peek(s, at)) && fold_is_word_char(fold_peek(s, at)))
			return true;
	return false;
}

/* "About Harlow Dairy" and a few paragraphs. */
static bool blocks_is_about(const struct scan *s, const struct phrase_hit *hit, size_t lines)
{
	struct str words = str_trim(scan_from(s, hit->end));
	return lines >= 2 && lines <= 1 + ABOUT_LINES_MAX && blocks_has_name(words) && !shape_is_sentence(words);
}

static size_t blocks_cut_from(struct marks *m, size_t i, size_t end, const char *kind, const char *rule)
{
	for (size_t j = i; j < end; j++)
		lines_cut(&m->lines[j], kind, rule);
	return i;
}

/* Contacts or keywords that begin in this line. */
static const char *blocks_kind(const struct scan *s, size_t i, size_t end, const char **rule)
{
	const struct phrase_hit *contact = blocks_opens(s, PHRASE_CONTACT), *tags = blocks_opens(s, PHRASE_TAGS);
	if (contact && shape_says_nothing(scan_from(s, contact->end)) && blocks_is_contacts(s->m, i, end))
		return *rule = contact->phrase->rule, "contact";
	if (tags && shape_says_nothing(scan_from(s, tags->end)) && blocks_is_list(s->m, i, end))
		return *rule = tags->phrase->rule, "promo";
	return NULL;
}

/* Is it a service that hands out what companies say of themselves? */
static bool blocks_is_release(struct str source)
{
	static const char *const names[] = {
	        "ots",           "prnewswire",    "pr newswire",    "business wire", "globe newswire",
	        "globenewswire", "accesswire",    "newsfile corp.", "eqs",           "cnw",
	        "pts",           "media outreach"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (fold_equal(source, str_of(names[i])))
			return true;
	return false;
}

size_t blocks_cut(struct marks *m, size_t least, size_t end)
{
	size_t from = end > least + BLOCK_LINES_MAX ? end - BLOCK_LINES_MAX : least, found = end;
	struct scan s;
	for (size_t i = from; i < found; i++) {
		const char *rule = NULL, *kind = blocks_scan(&s, m, i) ? blocks_kind(&s, i, end, &rule) : NULL;
		if (kind)
			found = blocks_cut_from(m, i, end, kind, rule);
	}
	/* What a company says of itself stands before its contacts. */
	if (found == end && !blocks_is_release(marks_text(m, m->source)))
		return found;
	for (size_t i = from; i < found; i++) {
		const struct phrase_hit *about = blocks_scan(&s, m, i) ? blocks_opens(&s, PHRASE_ABOUT) : NULL;
		if (about && blocks_is_about(&s, about, found - i))
			found = blocks_cut_from(m, i, found, "advisory", about->phrase->rule);
	}
	return found;
}

/*
 * "ZCZC … NNNN": the frame of teleprinter networks, which some agencies put around plain text until today. Between them
 * a head whose lines begin with a sign (AAP's), then the text as it is; a table stays a table.
 *
 *     ZCZC AAP
 *     %A                 routing
 *     #Slug
 *     $Headline          one capital there is a code
 *     :(PLACE)           or a headline where '$' has none
 *     ^Headline           in AAP's older dialect
 *     &source  *priority  @region  =  +
 *     The text.
 *     NNNN
 */
#include "pipeline/stages/decode/tape.h"

bool zczc_is(const struct decode *d, struct str text, const struct walk *w)
{
	(void)d;
	(void)w;
	struct str first = tape_first_line(text);
	return str_starts(first, STR("ZCZC")) && (first.n == 4 || first.p[4] == ' ');
}

static bool zczc_is_head(struct str s)
{
	return s.n && strchr("%#$:&*@=+^", s.p[0]);
}

/* "YY RFG TDR", "HH TDCom": codes of desks behind the first line. */
static bool zczc_is_routing(struct str s)
{
	return s.n >= 4 && s.n <= 60 && s.p[0] == s.p[1] && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[2] == ' ';
}

static bool zczc_has_letter(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z')
			return true;
	}
	return false;
}

static void zczc_head(struct draft *draft, struct str s, struct str *second)
{
	struct str words = str_trim(str_slice(s, 1, s.n));
	switch (s.p[0]) {
	case '#':
		draft->slugline = words;
		tape_version(draft, words);
		break;
	case '$':
	case '^':
		if (words.n > 1)
			draft->headline = words;
		break;
	case ':':
		if (words.n > 2 && words.p[0] == '(' && words.p[words.n - 1] == ')')
			draft->located = str_slice(words, 1, words.n - 1);
		else if (!second->n && zczc_has_letter(words))
			*second = words;
		break;
	}
}

/* The line behind the text: its end, or NNNN. */
static size_t zczc_end(const struct tape *tape)
{
	size_t end = tape->n;
	while (end && (!tape->lines[end - 1].words.n || str_is(tape->lines[end - 1].words, "NNNN")))
		end--;
	return end;
}

static bool zczc_frame(struct decode *d, struct str text, struct walk w)
{
	struct tape tape = tape_read(d, text);
	struct tape_text body = tape_text_new(d, text);
	struct draft draft = {0};
	struct str second = {0};
	size_t at = 0, end = zczc_end(&tape);
	while (at < end && !tape.lines[at].words.n)
		at++;
	struct story *st = decode_part(d, w.bytes);
	if (!st)
		return false;
	for (at += at < end; at < end && (zczc_is_head(tape.lines[at].words) || zczc_is_routing(tape.lines[at].words));
	     at++)
		zczc_head(&draft, tape.lines[at].words, &second);
	for (; at < end; at++)
		tape_text_row(&body, tape.lines[at].words);
	if (!draft.headline.n)
		draft.headline = second.n ? second : draft.slugline;
	draft.headline_is_first_line = !draft.headline.n;
	draft.body = tape_text_keep(d, &body);
	draft_fill(d, st, "plain-text", &draft);
	if (draft_is_empty(st))
		story_drop(d->call, st, REASON_NO_STORY);
	return true;
}

static bool zczc_is_bare(char c)
{
	return (unsigned char)c <= ' ' || c == TAPE_DEL;
}

/* Is the last line of it NNNN? */
static bool zczc_is_ended(struct str text)
{
	while (text.n && zczc_is_bare(text.p[text.n - 1]))
		text.n--;
	return text.n > 4 && str_ends(text, STR("NNNN")) && zczc_is_bare(text.p[text.n - 5]);
}

/* A ZCZC behind a line NNNN. */
static size_t zczc_next(const struct decode *d, struct str text, const struct walk *w)
{
	const char *end = text.p + text.n;
	(void)d;
	(void)w;
	for (const char *p = text.p + 4; text.n > 4 && (p = memmem(p, (size_t)(end - p), "ZCZC", 4)); p += 4) {
		if (zczc_is_ended(str_make(text.p, (size_t)(p - text.p))))
			return (size_t)(p - text.p);
	}
	return text.n;
}

enum took zczc_read(struct decode *d, struct str text, struct walk w)
{
	static const struct tape_frames frames = {zczc_next, zczc_frame};
	return str_starts(tape_first_line(text), STR("ZCZC")) ? tape_read_frames(d, text, w, &frames) : TOOK_NOT;
}

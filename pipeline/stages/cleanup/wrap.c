/*
 * A line was broken by a width where the next line's first word would have gone over it. The width is found from lines
 * that end in the middle of a sentence: in a text that was wrapped most lines do, in one that was not, lines end with
 * sentences. Some lines may be wider: what a desk has put before or around a text that came wrapped. See wrap.h.
 */
#include "pipeline/stages/cleanup/wrap.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>

#define WRAP_WIDTH_MIN  45
#define WRAP_WIDTH_MAX  90
#define WRAP_LINE_MAX   150 /* characters of a line that was wrapped and had a dateline put before it */
#define WRAP_SPREAD     10  /* characters by which the widest line is wider than most */
#define WRAP_NEARLY     12
#define WRAP_BREAKS_MIN 3
#define WRAP_LINES_MAX  20000

struct wrap_line {
	size_t start, end, next; /* without and with its break */
	size_t width;            /* characters */
	enum { TABLE_UNKNOWN, TABLE_NO, TABLE_YES } is_table;
};

struct wrap_text {
	struct arena *tmp;
	struct str text;
	struct wrap_line *lines;
	size_t n, width;
};

/* --- lines ------------------------------------------------------------------------------------------------------ */

static size_t wrap_count(struct str text)
{
	size_t n = 0;
	for (size_t at = 0; at < text.n && n <= WRAP_LINES_MAX; at = str_index(text, '\n', at) + 1)
		n++;
	return n;
}

static void wrap_split(struct wrap_text *t)
{
	for (size_t at = 0; at < t->text.n;) {
		struct wrap_line *line = &t->lines[t->n++];
		size_t feed = str_index(t->text, '\n', at);
		*line = (struct wrap_line){.start = at, .end = feed, .next = feed + 1};
		/* Nothing else: what is written over with blanks later must be noted nowhere. */
		while (line->end > at && (t->text.p[line->end - 1] == ' ' || t->text.p[line->end - 1] == '\r'))
			line->end--;
		struct str words = str_slice(t->text, at, line->end);
		bool fits = words.n <= 4 * WRAP_LINE_MAX;
		line->width = fits ? utf8_count(words) : words.n;
		at = line->next;
	}
}

static struct str wrap_words(const struct wrap_text *t, size_t i)
{
	return str_slice(t->text, t->lines[i].start, t->lines[i].end);
}

/* Columns: blanks in a row, or mostly digits. */
static bool wrap_has_columns(struct str s)
{
	size_t digits = 0;
	bool blanks = false;
	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++)
		digits += s.p[i] >= '0' && s.p[i] <= '9';
	for (size_t i = 1; i < s.n; i++)
		blanks |= s.p[i] == '\t' || (s.p[i] == ' ' && s.p[i - 1] == ' ');
	return blanks || 4 * digits > s.n;
}

static bool wrap_is_table(const struct wrap_text *t, size_t i)
{
	struct wrap_line *line = &t->lines[i];
	if (line->is_table == TABLE_UNKNOWN)
		line->is_table = wrap_has_columns(wrap_words(t, i)) ? TABLE_YES : TABLE_NO;
	return line->is_table == TABLE_YES;
}

/* May line i and the one behind it be one paragraph? */
static bool wrap_may_go_on(const struct wrap_text *t, size_t i)
{
	const struct wrap_line *line = &t->lines[i], *next = line + 1;
	return i + 1 < t->n && line->width >= WRAP_WIDTH_MIN && line->width <= WRAP_LINE_MAX && next->width &&
	       next->width <= WRAP_LINE_MAX && !strchr(" \t", t->text.p[next->start]) && !wrap_is_table(t, i) &&
	       !wrap_is_table(t, i + 1);
}

/* Does line i end in the middle of a sentence? Scripts without blanks are broken anywhere. */
static bool wrap_is_within(const struct wrap_text *t, size_t i)
{
	struct str words = wrap_words(t, i);
	uint32_t last = fold_before(words, words.n);
	return (fold_is_word_char(last) && fold_is_blank_script(last)) || last == ',' || last == '-';
}

/* A list has a capital in each line. */
static bool wrap_opens_small(const struct wrap_text *t, size_t i)
{
	return !fold_is_upper(fold_peek(t->text, t->lines[i].start));
}

/* --- the width -------------------------------------------------------------------------------------------------- */

static int wrap_compare(const void *a, const void *b)
{
	const size_t *x = a, *y = b;
	return (*x < *y) - (*x > *y);
}

/* The widest line that goes on within a sentence, but for those that are much wider than most; 0: there are too few. */
static size_t wrap_width(const struct wrap_text *t)
{
	size_t *widths = ARENA_ARRAY(t->tmp, size_t, t->n), n = 0;
	for (size_t i = 1; i + 1 < t->n; i++)
		if (wrap_is_within(t, i) && wrap_opens_small(t, i + 1) && wrap_may_go_on(t, i))
			widths[n++] = t->lines[i].width;
	qsort(widths, n, sizeof(*widths), wrap_compare);
	for (size_t i = 0; i < n && n >= WRAP_BREAKS_MIN; i++)
		if (widths[i] <= WRAP_WIDTH_MAX && widths[i] <= widths[n / 2] + WRAP_SPREAD)
			return widths[i];
	return 0;
}

/* Would the next line's first word have gone over the width? Within a sentence nearly is enough. */
static bool wrap_breaks(const struct wrap_text *t, size_t i)
{
	const struct wrap_line *line = &t->lines[i], *next = line + 1;
	if (!wrap_may_go_on(t, i))
		return false;
	if (wrap_is_within(t, i) && wrap_opens_small(t, i + 1))
		return line->width + WRAP_NEARLY >= t->width;
	if (line->width > t->width)
		return false;
	size_t blank = str_index(t->text, ' ', next->start);
	struct str word = str_slice(t->text, next->start, blank < next->end ? blank : next->end);
	return line->width + 1 + utf8_count(word) > t->width;
}

/* Three breaks at least, most of them in the middle of a sentence. */
static bool wrap_is_sure(const struct wrap_text *t)
{
	size_t breaks = 0, within = 0, small = 0;
	for (size_t i = 1; i < t->n; i++) {
		if (!wrap_breaks(t, i))
			continue;
		breaks++;
		within += wrap_is_within(t, i);
		small += wrap_opens_small(t, i + 1);
	}
	return breaks >= WRAP_BREAKS_MIN && 10 * within >= 7 * breaks && 2 * small >= breaks;
}

struct str wrap_undo(struct arena *keep, struct arena *tmp, struct str text)
{
	struct wrap_text t = {.tmp = tmp, .text = text};
	size_t n = wrap_count(text), first = 0;
	if (n <= WRAP_BREAKS_MIN || n > WRAP_LINES_MAX)
		return text;
	t.lines = ARENA_ARRAY(tmp, struct wrap_line, n + 1);
	wrap_split(&t);
	t.width = wrap_width(&t);
	if (!t.width || !wrap_is_sure(&t))
		return text;
	char *out = arena_alloc(keep, text.n);
	memcpy(out, text.p, text.n);
	while (t.lines[first].start == t.lines[first].end)
		first++;
	for (size_t i = first + 1; i < t.n; i++)
		if (wrap_breaks(&t, i))
			memset(out + t.lines[i].end, ' ', t.lines[i].next - t.lines[i].end);
	return str_make(out, text.n);
}

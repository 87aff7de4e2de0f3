/*
 * Two columns of words. A word is what stands between white space; one that is wider than a column is cut into pieces.
 */
#include "worker/columns.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#include <stdint.h>
#include <stdlib.h>
#include <unicode/uchar.h>

#define COLUMNS_WORD 200 /* folded bytes by which words are compared */
#define COLUMNS_HEAD 3   /* lines of a name or a headline */

struct columns_words {
	uint64_t hashes[COLUMNS_WORDS_MAX];
	size_t n;
};

struct column {
	struct str text;
	size_t at;                          /* what is shown so far */
	const struct columns_words *others; /* NULL: nothing is marked */
};

/* --- words -------------------------------------------------------------------------------------------------------- */

/* Of the word without the marks around it. */
static uint64_t columns_hash(struct str word)
{
	char folded[COLUMNS_WORD];
	size_t start = 0, end = 0;
	for (size_t at = 0; at < word.n;) {
		size_t from = at;
		if (!fold_is_word_char(utf8_next(word, &at)))
			continue;
		start = end ? start : from;
		end = at;
	}
	if (end)
		word = str_slice(word, start, end);
	return digest_xxh64(str_make(folded, fold_text(word, folded, sizeof(folded))));
}

static struct str columns_word(struct str text, size_t *at)
{
	while (*at < text.n && str_is_space(text.p[*at]))
		(*at)++;
	size_t start = *at;
	while (*at < text.n && !str_is_space(text.p[*at]))
		(*at)++;
	return str_slice(text, start, *at);
}

static int columns_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void columns_read(struct columns_words *words, struct str text)
{
	size_t at = 0;
	for (struct str word; words->n < COLUMNS_WORDS_MAX && (word = columns_word(text, &at)).n;)
		words->hashes[words->n++] = columns_hash(word);
	qsort(words->hashes, words->n, sizeof(*words->hashes), columns_order);
}

static bool columns_is_shared(const struct columns_words *others, struct str word)
{
	if (!others)
		return true;
	uint64_t hash = columns_hash(word);
	return bsearch(&hash, others->hashes, others->n, sizeof(hash), columns_order) != NULL;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static size_t columns_cells(uint32_t c)
{
	int width = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
	int category = u_charType((UChar32)c);
	if (category == U_NON_SPACING_MARK || category == U_ENCLOSING_MARK || category == U_FORMAT_CHAR)
		return 0;
	return width == U_EA_FULLWIDTH || width == U_EA_WIDE ? 2 : 1;
}

/* The beginning of a word that takes at most so many cells; *cells is what it takes. */
static struct str columns_piece(struct str word, size_t room, size_t *cells)
{
	*cells = 0;
	for (size_t at = 0; at < word.n;) {
		size_t start = at, more = columns_cells(utf8_next(word, &at));
		if (*cells + more > room)
			return str_slice(word, 0, start);
		*cells += more;
	}
	return word;
}

static void columns_put(struct explain_text *t, struct str piece, bool is_shared)
{
	if (!is_shared)
		explain_text_ink(t, INK_WARN);
	if (!is_shared && !t->colour)
		explain_text_say(t, "[");
	explain_text_line(t, piece, SIZE_MAX);
	if (!is_shared && !t->colour)
		explain_text_say(t, "]");
	explain_text_ink(t, INK_PLAIN);
}

/* One line of the column, filled up with blanks. False: nothing was left to show. */
static bool columns_line(struct explain_text *t, struct column *c)
{
	size_t used = 0;
	for (;;) {
		size_t after = c->at, cells;
		struct str word = columns_word(c->text, &after);
		if (!word.n) {
			c->at = after;
			break;
		}
		bool is_shared = columns_is_shared(c->others, word);
		size_t marks = is_shared || t->colour ? 0 : 2, gap = used ? 1 : 0;
		struct str piece = columns_piece(word, COLUMNS_WIDTH - marks, &cells);
		if (used + gap + cells + marks > COLUMNS_WIDTH)
			break;
		explain_text_say(t, "%*s", (int)gap, "");
		columns_put(t, piece, is_shared);
		used += gap + cells + marks;
		c->at = (size_t)(piece.p + piece.n - c->text.p);
	}
	explain_text_say(t, "%*s", (int)(COLUMNS_WIDTH - used), "");
	return used > 0;
}

static void columns_rows(struct explain_text *t, struct column *left, struct column *right, size_t most)
{
	for (size_t n = 0; n < most; n++) {
		size_t start = t->out->n;
		bool any = columns_line(t, left);
		explain_text_say(t, " | ");
		any |= columns_line(t, right);
		if (!any) {
			t->out->n = start;
			return;
		}
		while (t->out->p[t->out->n - 1] == ' ')
			t->out->n--;
		buf_putc(t->out, '\n');
	}
	if (left->at < left->text.n || right->at < right->text.n)
		explain_text_say(t, "%-*s | %s\n", COLUMNS_WIDTH, left->at < left->text.n ? "..." : "",
		                 right->at < right->text.n ? "..." : "");
}

/* The same part of both texts; marked: words that the other part has not. */
static void columns_part(struct explain_text *t, struct str left, struct str right, size_t most)
{
	struct columns_words *words = calloc(2, sizeof(*words));
	CHECK(words);
	columns_read(&words[0], left);
	columns_read(&words[1], right);
	struct column a = {.text = left, .others = &words[1]}, b = {.text = right, .others = &words[0]};
	columns_rows(t, &a, &b, most);
	free(words);
}

void columns_show(struct explain_text *t, const struct columns_text *left, const struct columns_text *right)
{
	struct column a = {.text = left->name}, b = {.text = right->name};
	columns_rows(t, &a, &b, COLUMNS_HEAD);
	columns_part(t, left->headline, right->headline, COLUMNS_HEAD);
	columns_part(t, left->body, right->body, COLUMNS_LINES);
}

/*
 * What repeats in a feed. See suggest.h.
 */
#include "worker/suggest.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/rules.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

#define SUGGEST_INDEX       (1 << 18)
#define SUGGEST_FEEDS_MAX   256
#define SUGGEST_LINES_MAX   2000
#define SUGGEST_LINE_BYTES  200 /* longer ones are paragraphs */
#define SUGGEST_LABEL_BYTES 40
#define SUGGEST_LABEL_WORDS 5
#define SUGGEST_START_WORDS 4
#define SUGGEST_SIGN_BYTES  40
#define SUGGEST_TAIL_LINES  3
#define SUGGEST_TOLD_MAX    200
#define SUGGEST_BITS        512

enum suggest_form { FORM_LINE, FORM_LABEL, FORM_START, FORM_SIGN };

struct suggest_entry {
	uint64_t key;
	uint32_t feed;
	enum suggest_form form;
	uint32_t last_story;
	uint32_t n, tail, head, sentence, link, rows, listed, digits;
	uint64_t stories[SUGGEST_BITS / 64]; /* by headline and first paragraph */
	uint64_t rests;                      /* by what stands behind a label */
	char language[12];
	char words[SUGGEST_LINE_BYTES + 1], example[SUGGEST_LINE_BYTES + 1];
};

struct suggest {
	struct suggest_options with;
	struct suggest_entry *entries;
	size_t n;
	uint32_t *index; /* entry plus one, open addressing */
	uint64_t n_stories, of_feed[SUGGEST_FEEDS_MAX];
};

/* --- counting --------------------------------------------------------------------------------------------------- */

struct suggest *suggest_new(const struct suggest_options *options)
{
	struct suggest *s = calloc(1, sizeof(*s));
	CHECK(s);
	s->with = *options;
	s->entries = calloc(SUGGEST_ENTRIES_MAX, sizeof(*s->entries));
	s->index = calloc(SUGGEST_INDEX, sizeof(*s->index));
	CHECK(s->entries && s->index);
	return s;
}

void suggest_free(struct suggest **suggest)
{
	struct suggest *s = *suggest;
	*suggest = NULL;
	if (!s)
		return;
	free(s->entries);
	free(s->index);
	free(s);
}

static uint32_t *suggest_slot(struct suggest *s, uint64_t key)
{
	size_t at = key % SUGGEST_INDEX;
	while (s->index[at] && s->entries[s->index[at] - 1].key != key)
		at = (at + 1) % SUGGEST_INDEX;
	return &s->index[at];
}

/* Those that came least often go, until a quarter is free. */
static void suggest_make_room(struct suggest *s)
{
	for (uint32_t least = 1; s->n > SUGGEST_ENTRIES_MAX / 4 * 3; least *= 2) {
		size_t kept = 0;
		for (size_t i = 0; i < s->n; i++)
			if (s->entries[i].n > least)
				s->entries[kept++] = s->entries[i];
		s->n = kept;
	}
	memset(s->index, 0, SUGGEST_INDEX * sizeof(*s->index));
	for (size_t i = 0; i < s->n; i++)
		*suggest_slot(s, s->entries[i].key) = (uint32_t)i + 1;
}

static double suggest_distinct(const uint64_t *bits, size_t n)
{
	size_t set = 0;
	for (size_t i = 0; i < n / 64; i++)
		set += (size_t)__builtin_popcountll(bits[i]);
	return set == n ? INFINITY : -(double)n * log(1 - (double)set / (double)n);
}

/* How many different stories have it; copies count once. */
static double suggest_count(const struct suggest_entry *e)
{
	double distinct = suggest_distinct(e->stories, SUGGEST_BITS);
	return distinct < e->n ? distinct : e->n;
}

/* --- looking at stories ------------------------------------------------------------------------------------------- */

/* One story on its way. */
struct suggest_story {
	struct suggest *s;
	uint32_t feed;
	uint64_t signature;
	const char *language;
	struct str lines[SUGGEST_LINES_MAX];
	size_t n;
};

static uint64_t suggest_hash(struct str words, uint64_t seed)
{
	char folded[1024];
	return XXH3_64bits_withSeed(folded, fold_text(fold_cut(words, 500), folded, sizeof(folded)), seed);
}

/* Numbers in columns. */
static bool suggest_is_row(struct str line)
{
	size_t digits = 0, letters = 0;
	for (size_t at = 0; at < line.n && at < SUGGEST_LINE_BYTES;) {
		uint32_t c = utf8_next(line, &at);
		digits += fold_digit(c) >= 0;
		letters += fold_is_word_char(c);
	}
	return str_index(line, '\t', 0) < line.n || str_index(line, '|', 0) < line.n ||
	       (digits * 4 >= letters && letters);
}

/* Where the colon of a label stands, or the line's end. */
static size_t suggest_colon(struct str line)
{
	size_t words = 1;
	for (size_t at = 0; at < line.n && at < SUGGEST_LABEL_BYTES;) {
		size_t from = at;
		uint32_t c = fold_char(utf8_next(line, &at)).c[0];
		words += c == ' ';
		if (c == ':' && from && words <= SUGGEST_LABEL_WORDS + 1)
			return from;
	}
	return line.n;
}

static void suggest_copy(char *out, struct str words)
{
	words = fold_cut(words, SUGGEST_LINE_BYTES);
	for (size_t i = 0; i < words.n; i++)
		out[i] = (unsigned char)words.p[i] < ' ' ? ' ' : words.p[i];
	out[words.n] = 0;
}

static struct suggest_entry *suggest_entry(struct suggest_story *t, enum suggest_form form, struct str words,
                                           struct str line)
{
	struct suggest *s = t->s;
	uint64_t key = suggest_hash(words, (uint64_t)t->feed << 8 | form);
	uint32_t *slot = suggest_slot(s, key);
	if (*slot)
		return &s->entries[*slot - 1];
	if (s->n == SUGGEST_ENTRIES_MAX) {
		suggest_make_room(s);
		slot = suggest_slot(s, key);
	}
	struct suggest_entry *e = &s->entries[s->n];
	*slot = (uint32_t)++s->n;
	*e = (struct suggest_entry){.key = key, .feed = t->feed, .form = form};
	suggest_copy(e->words, words);
	suggest_copy(e->example, form == FORM_SIGN ? words : line);
	snprintf(e->language, sizeof(e->language), "%s", t->language);
	return e;
}

/* An entry of a list, or a label beside other labels. */
static bool suggest_is_listed(const struct suggest_story *t, size_t i)
{
	struct str line = t->lines[i];
	return strchr("*-", line.p[0]) || str_starts(line, STR("•")) ||
	       (i > 0 && suggest_colon(t->lines[i - 1]) < t->lines[i - 1].n) ||
	       (i + 1 < t->n && suggest_colon(t->lines[i + 1]) < t->lines[i + 1].n);
}

/* rest: what stands behind the words in their line. */
static void suggest_add(struct suggest_story *t, enum suggest_form form, size_t i, struct str words, struct str rest)
{
	struct str line = t->lines[i], whole = form == FORM_LABEL ? rest : line;
	if (words.n < 2 || words.n > SUGGEST_LINE_BYTES || shape_says_nothing(words))
		return;
	struct suggest_entry *e = suggest_entry(t, form, words, line);
	if (e->last_story == t->s->n_stories)
		return;
	e->last_story = (uint32_t)t->s->n_stories;
	e->n++;
	e->tail += i > 0 && i + SUGGEST_TAIL_LINES >= t->n;
	e->head += i == 0;
	e->sentence += shape_is_sentence(whole);
	e->link += shape_has_link(line);
	e->rows += i + 1 < t->n && suggest_is_row(t->lines[i + 1]);
	e->listed += suggest_is_listed(t, i);
	e->digits += shape_has_digit(rest);
	e->stories[t->signature % SUGGEST_BITS / 64] |= (uint64_t)1 << (t->signature % 64);
	e->rests |= (uint64_t)1 << (suggest_hash(rest, 1) % 64);
}

/* The first words of a line, up to a number or an address, or nothing: too few, or hardly more stands behind them. */
static struct str suggest_start(struct str line)
{
	size_t at = 0, words = 0;
	while (at < line.n && words < SUGGEST_START_WORDS) {
		size_t end = str_index(line, ' ', at);
		struct str word = str_slice(line, at, end);
		if (shape_has_digit(word) || shape_has_link(word))
			break;
		words += word.n > 0;
		at = end + 1;
	}
	bool good = words + 1 >= SUGGEST_START_WORDS && at < line.n;
	return good ? str_trim(str_slice(line, 0, at)) : STR("");
}

/* What stands behind the last sentence of a line. */
static struct str suggest_sign(struct str line)
{
	struct str end = fold_last(line, SUGGEST_SIGN_BYTES + 4);
	size_t best = end.n;
	for (size_t at = 0; at < end.n;) {
		uint32_t c = utf8_next(end, &at);
		size_t behind = shape_blanks(end, at);
		if (shape_is_sentence_end(c) && behind < end.n && (behind > at || c == 0x3002))
			best = behind;
	}
	struct str sign = str_slice(end, best, end.n);
	return end.n < line.n && !shape_is_sentence(sign) ? sign : STR("");
}

static void suggest_line(struct suggest_story *t, size_t i)
{
	struct str line = t->lines[i];
	if (i + 1 == t->n)
		suggest_add(t, FORM_SIGN, i, suggest_sign(line), STR(""));
	if (line.n > SUGGEST_LINE_BYTES)
		return;
	size_t colon = suggest_colon(line);
	if (!suggest_is_row(line) || shape_has_link(line) || memmem(line.p, line.n, "©", strlen("©")))
		suggest_add(t, FORM_LINE, i, line, STR(""));
	if (colon < line.n) {
		size_t behind = colon;
		utf8_next(line, &behind);
		struct str rest = str_trim(str_slice(line, behind, line.n));
		if (rest.n)
			suggest_add(t, FORM_LABEL, i, str_trim(str_slice(line, 0, colon)), rest);
	}
	struct str start = suggest_start(line);
	if (start.n && i > 0 && i + SUGGEST_TAIL_LINES >= t->n)
		suggest_add(t, FORM_START, i, start, str_slice(line, start.n, line.n));
}

static uint32_t suggest_feed(const struct suggest *s, const struct story *st)
{
	for (size_t i = 0; i < s->with.n_feeds && i < SUGGEST_FEEDS_MAX - 1; i++)
		if (&s->with.feeds[i] == st->msg->feed)
			return (uint32_t)i;
	return SUGGEST_FEEDS_MAX - 1;
}

void suggest_learn(struct suggest *s, const struct story *st)
{
	static _Thread_local struct suggest_story t;
	struct str body = st->cleanup.body;
	bool told = st->done & GROUP_LANGUAGE && st->language.reliable;
	s->n_stories++;
	t.s = s;
	t.feed = suggest_feed(s, st);
	t.language = told ? st->language.tag : "*";
	t.n = 0;
	for (size_t at = 0; at < body.n && t.n < SUGGEST_LINES_MAX;) {
		size_t end = str_index(body, '\n', at);
		struct str line = str_trim(str_slice(body, at, end));
		if (line.n)
			t.lines[t.n++] = line;
		at = end + 1;
	}
	s->of_feed[t.feed]++;
	if (t.n < 2)
		return;
	t.signature = suggest_hash(t.lines[0], suggest_hash(st->cleanup.headline, 0));
	for (size_t i = 0; i < t.n; i++)
		suggest_line(&t, i);
}

uint64_t suggest_stories(const struct suggest *s)
{
	return s->n_stories;
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

static bool suggest_mostly(uint32_t n, const struct suggest_entry *e, uint32_t percent)
{
	return (uint64_t)n * 100 >= (uint64_t)e->n * percent;
}

static double suggest_share(const struct suggest *s, const struct suggest_entry *e)
{
	return suggest_count(e) / (double)s->of_feed[e->feed];
}

static bool suggest_is_boilerplate(const struct suggest *s, const struct suggest_entry *e)
{
	double share = suggest_share(s, e);
	bool tail = suggest_mostly(e->tail, e, 80), head = suggest_mostly(e->head, e, 80);
	bool sentence = suggest_mostly(e->sentence, e, 20), link = suggest_mostly(e->link, e, 80);
	if (suggest_count(e) < (double)s->with.least - 0.5 || share < 0.02 || suggest_mostly(e->rows, e, 50))
		return false;
	switch (e->form) {
	case FORM_LABEL:
		return !sentence && !suggest_mostly(e->listed, e, 30) && !suggest_mostly(e->digits, e, 30) &&
		       suggest_distinct(&e->rests, 64) >= (e->n < 40 ? e->n / 2.0 : 20);
	case FORM_START:
		return tail && !suggest_mostly(e->listed, e, 30) &&
		       (link || (share >= 0.3 && !suggest_mostly(e->digits, e, 50))) &&
		       suggest_distinct(&e->rests, 64) >= 3;
	case FORM_SIGN:
		return true;
	default:
		return link || (tail && (!sentence || share >= 0.3)) || (head && !sentence && share >= 0.1);
	}
}

static const char *suggest_kind(const struct suggest_entry *e)
{
	struct str words = str_of(e->words);
	if (memmem(words.p, words.n, "©", strlen("©")) || memmem(words.p, words.n, "(c)", 3) ||
	    memmem(words.p, words.n, "opyright", 8))
		return "copyright";
	bool tail = suggest_mostly(e->tail, e, 80);
	if (e->form == FORM_SIGN ||
	    (e->form == FORM_LINE && tail && words.n <= SUGGEST_SIGN_BYTES && !suggest_mostly(e->link, e, 50)))
		return "endmark";
	return "promo";
}

static const char *suggest_mode(const struct suggest_entry *e)
{
	if (e->form == FORM_LABEL)
		return "label";
	if (e->form == FORM_START || utf8_count(str_of(e->words)) > RULES_WORDS_MAX)
		return "start";
	return e->form == FORM_SIGN || suggest_mostly(e->tail, e, 80) ? "last" : "start";
}

/* The words as a rule has them: whole words, not too many, without the stop at their end. */
static struct str suggest_words(const struct suggest_entry *e)
{
	struct str words = str_of(e->words);
	if (utf8_count(words) > RULES_WORDS_MAX) {
		size_t at = 0;
		for (int i = 0; i < RULES_WORDS_MAX; i++)
			utf8_next(words, &at);
		while (at > 0 && words.p[at - 1] != ' ')
			at--;
		words = str_slice(words, 0, at);
	}
	while (words.n && strchr(". ", words.p[words.n - 1]))
		words.n--;
	return words;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

struct suggest_hint {
	char words[200]; /* what a reader of rule files finds odd */
};

static void suggest_hear(void *arg, const char *words)
{
	struct suggest_hint *hint = arg;
	const char *said = strstr(words, ": ");
	snprintf(hint->words, sizeof(hint->words), "%s", said ? said + 2 : words);
}

/* Would a rule file be taken that had just this rule? */
static bool suggest_is_rule(struct suggest *s, struct str line, struct suggest_hint *hint)
{
	struct err err = {0};
	struct rules_world world = {
	        .feeds = s->with.feeds, .n_feeds = s->with.n_feeds, .warn = suggest_hear, .warn_arg = hint};
	struct rules *rules = rules_parse(line, "suggested", &world, &err);
	rules_close(rules);
	return rules != NULL;
}

static int suggest_compare(const void *a, const void *b)
{
	const struct suggest_entry *const *x = a, *const *y = b;
	if ((*x)->feed != (*y)->feed)
		return (*x)->feed < (*y)->feed ? -1 : 1;
	double m = suggest_count(*x), n = suggest_count(*y);
	if (m != n)
		return m < n ? 1 : -1;
	return (*x)->form != (*y)->form ? ((*x)->form > (*y)->form) - ((*x)->form < (*y)->form)
	                                : strcmp((*x)->words, (*y)->words);
}

/* Is it a part of what is told already, in about as many stories? */
static bool suggest_is_told(struct suggest_entry *const *told, size_t n, const struct suggest_entry *e)
{
	for (size_t i = 0; i < n; i++) {
		struct str one = str_of(told[i]->words), other = str_of(e->words);
		bool same_feed = told[i]->feed == e->feed;
		if (same_feed && (str_starts(one, other) || str_starts(other, one) || str_ends(one, other)))
			return true;
	}
	return false;
}

static void suggest_section(struct suggest *s, uint32_t feed, struct buf *out)
{
	bool named = feed < s->with.n_feeds && !str_is(s->with.feeds[feed].name, "default");
	buf_printf(out, "%s# %llu stories%s%s\n[%s]\n", out->n ? "\n" : "", (unsigned long long)s->of_feed[feed],
	           named ? " of " : "", named ? s->with.feeds[feed].name.p : "",
	           named ? s->with.feeds[feed].name.p : "*");
}

static bool suggest_rule(struct suggest *s, const struct suggest_entry *e, struct buf *line)
{
	struct suggest_hint hint = {""};
	struct str words = suggest_words(e);
	double n = suggest_count(e);
	buf_clear(line);
	buf_printf(line, "%s\t%s\t%s\t%.*s\t%s\tin %.0f stories, %.0f %%", e->language, suggest_kind(e),
	           suggest_mode(e), STR_ARG(words), e->example, n, 100 * suggest_share(s, e));
	if (!suggest_is_rule(s, buf_view(line), &hint))
		return false;
	if (hint.words[0])
		buf_printf(line, "; %s", hint.words);
	buf_putc(line, '\n');
	return true;
}

size_t suggest_write(struct suggest *s, struct buf *out)
{
	struct suggest_entry **sorted = calloc(s->n + 1, sizeof(*sorted));
	struct suggest_entry *told[SUGGEST_TOLD_MAX];
	struct buf line;
	size_t n = 0, n_told = 0;
	CHECK(sorted);
	buf_init(&line, 8192);
	for (size_t i = 0; i < s->n; i++)
		if (suggest_is_boilerplate(s, &s->entries[i]))
			sorted[n++] = &s->entries[i];
	qsort(sorted, n, sizeof(*sorted), suggest_compare);
	for (size_t i = 0; i < n && n_told < SUGGEST_TOLD_MAX; i++) {
		if (suggest_is_told(told, n_told, sorted[i]) || !suggest_rule(s, sorted[i], &line))
			continue;
		if (!n_told || told[n_told - 1]->feed != sorted[i]->feed)
			suggest_section(s, sorted[i]->feed, out);
		told[n_told++] = sorted[i];
		buf_str(out, buf_view(&line));
	}
	buf_free(&line);
	free(sorted);
	return n_told;
}

/*
 * One pass over a text: places at which a phrase may begin are asked of the filter, and walked from where it does not
 * say no. See phrases.h, phrases_inside.h.
 */
#include "pipeline/stages/cleanup/phrases_inside.h"

#include "pipeline/base/check.h"

#include <endian.h>

#define PHRASE_FEW     8 /* children that are looked through one by one */
#define PHRASE_EACH    UINT64_C(0x0101010101010101)
#define PHRASE_HIGHEST (0x80 * PHRASE_EACH)

bool phrases_has_keeps(const struct phrases *p)
{
	return p->has_keeps;
}

/* The child by this class, or 0. */
static uint32_t phrases_child(const struct phrases *p, uint32_t state, uint8_t class)
{
	if (!state)
		return p->first[class];
	const struct phrases_state *s = &p->states[state];
	const uint8_t *by = p->by + s->children;
	size_t low = 0, high = s->n_children;
	while (high - low > PHRASE_FEW) {
		size_t middle = low + (high - low) / 2;
		if (by[middle] <= class)
			low = middle;
		else
			high = middle;
	}
	for (; low < high; low++)
		if (by[low] == class)
			return s->children + (uint32_t)low;
	return 0;
}

struct phrases_search {
	const struct phrases *p;
	int filter;
	struct str text;
	bool only_asks, may_be; /* where a phrase may begin, it is not walked on, but noted */
	struct phrase_hit *hits;
	size_t n, max;
	const struct phrase_hit *late; /* the last of a desk's own for which there was no room, or NULL */
	struct phrase_hit late_hit;
};

static bool phrases_is_before(const struct phrase_hit *a, const struct phrase_hit *b)
{
	return a->end != b->end ? a->end < b->end : a->start <= b->start;
}

/* What finds no room: of a desk's own the last one is remembered. */
static void phrases_crowd_out(struct phrases_search *s, struct phrase_hit hit)
{
	if (!hit.phrase->is_own || (s->late && phrases_is_before(&hit, s->late)))
		return;
	s->late_hit = hit;
	s->late = &s->late_hit;
}

/* Phrases are found in the order of their starts, and told in that of their ends. */
static void phrases_hit(struct phrases_search *s, struct phrase_hit hit)
{
	size_t at = s->n;
	while (at && !phrases_is_before(&s->hits[at - 1], &hit))
		at--;
	if (at == s->max) {
		phrases_crowd_out(s, hit);
		return;
	}
	if (s->n == s->max)
		phrases_crowd_out(s, s->hits[--s->n]);
	memmove(s->hits + at + 1, s->hits + at, (s->n++ - at) * sizeof(hit));
	s->hits[at] = hit;
}

/* Words end where no letter follows; scripts without blanks have no such ends. end: behind the marks on the word. */
static bool phrases_closes(struct str text, size_t word_end, size_t end)
{
	uint32_t last = fold_before(text, word_end);
	return !fold_is_word_char(last) || !fold_is_blank_script(last) || !fold_is_word_char(fold_peek(text, end));
}

static void phrases_report(struct phrases_search *s, uint32_t state, size_t start, size_t end)
{
	/* A mark that folds to nothing belongs to the word that it stands on. */
	size_t word_end = end;
	while (end < s->text.n && !fold_char(fold_peek(s->text, end)).c[0])
		utf8_next(s->text, &end);
	if (!phrases_closes(s->text, word_end, end))
		return;
	for (size_t i = s->p->states[state].ends; i; i = s->p->same[i - 1])
		phrases_hit(s, (struct phrase_hit){phrases_at(s->p, i - 1), start, end});
}

/* A folded character that is not ASCII, or a blank among such; returns the state behind it, or 0. */
static uint32_t phrases_step(const struct phrases *p, uint32_t state, uint32_t folded)
{
	char bytes[4];
	size_t n = utf8_write(bytes, folded);
	for (size_t i = 0; i < n && (i == 0 || state); i++)
		state = phrases_child(p, state, p->class_of[(unsigned char)bytes[i]]);
	return state;
}

/* A character of the text that is not ASCII; returns the state behind it, or 0. */
static uint32_t phrases_wide(struct phrases_search *s, uint32_t state, size_t start, size_t *at, bool *after_blank)
{
	struct folded f = fold_char(utf8_next(s->text, at));
	for (size_t i = 0; i < 2 && f.c[i]; i++) {
		if (f.c[i] == ' ' && *after_blank)
			continue;
		*after_blank = f.c[i] == ' ';
		if (!(state = phrases_step(s->p, state, f.c[i])))
			return 0;
		if (s->p->states[state].ends)
			phrases_report(s, state, start, *at);
	}
	return state;
}

/* Tells all phrases that begin at `start`. */
static void phrases_walk(struct phrases_search *s, size_t start)
{
	const struct phrases *p = s->p;
	uint32_t state = 0;
	bool after_blank = false;
	for (size_t at = start; at < s->text.n;) {
		unsigned char c = (unsigned char)s->text.p[at];
		if (c >= 0x80) {
			size_t before = at;
			uint32_t next = phrases_wide(s, state, start, &at, &after_blank);
			if (!next)
				return;
			CHECK(at > before);
			state = next;
			continue;
		}
		at++;
		bool blank = p->ascii_kind[c] == ASCII_BLANK;
		if (p->ascii_kind[c] == ASCII_NOTHING || (blank && after_blank))
			continue;
		after_blank = blank;
		if (!(state = phrases_child(p, state, p->ascii_class[c])))
			return;
		if (p->states[state].ends)
			phrases_report(s, state, start, at);
	}
}

/* The key of what begins at some place, while it is folded. */
struct phrases_key {
	uint64_t bytes; /* the first one lowest */
	size_t n;       /* more than fit are left out */
	bool after_blank;
};

static void phrases_key_add(struct phrases_key *k, uint64_t bytes, size_t n)
{
	k->bytes |= bytes << 8 * k->n;
	k->n += n;
	k->after_blank = false;
}

static void phrases_key_blank(struct phrases_key *k)
{
	if (!k->after_blank)
		phrases_key_add(k, ' ', 1);
	k->after_blank = true;
}

/* Any character, as it folds. */
static void phrases_key_fold(struct phrases_key *k, uint32_t c)
{
	struct folded f = fold_char(c);
	for (size_t i = 0; i < 2 && f.c[i] && k->n < PHRASE_KEY_BYTES; i++) {
		char bytes[4];
		if (f.c[i] == ' ')
			phrases_key_blank(k);
		else
			phrases_key_add(k, phrases_key(bytes, utf8_write(bytes, f.c[i])), utf8_write(bytes, f.c[i]));
	}
}

/* Characters of three bytes that fold to themselves: of India, Korea, China and Japan. */
static bool phrases_is_itself(uint32_t c)
{
	return (c > 0x3000 && c < 0xa640) || (c >= 0xac00 && c < 0xfb00) || (c >= 0x0900 && c < 0x0958) ||
	       (c >= 0x0960 && c < 0x10a0);
}

/* The key of what folds to eight bytes from `at` on, if there is so much. */
static uint64_t phrases_fold_key(const struct phrases *p, struct str text, size_t at)
{
	struct phrases_key k = {0};
	while (at < text.n && k.n < PHRASE_KEY_BYTES) {
		const unsigned char *b = (const unsigned char *)text.p + at;
		uint32_t c = utf8_next(text, &at);
		if (c >= PHRASE_TWO_BYTES) {
			if (phrases_is_itself(c))
				phrases_key_add(&k, b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16, 3);
			else
				phrases_key_fold(&k, c);
		} else if (p->folds[c] == ' ') {
			phrases_key_blank(&k);
		} else if (p->folds[c] == PHRASE_FOLDS_LONG) {
			phrases_key_fold(&k, c);
		} else if (p->folds[c]) {
			phrases_key_add(&k, p->folds[c], p->folds[c] < 0x100 ? 1 : 2);
		}
	}
	return k.bytes;
}

/* Do eight bytes of text fold to themselves, but for capitals: ASCII without controls and without two blanks? */
static bool phrases_is_plain(uint64_t key)
{
	uint64_t delete = key ^ 0x7f * PHRASE_EACH, blank = key ^ ' ' * PHRASE_EACH;
	uint64_t odd = key | (key - ' ' * PHRASE_EACH) | (delete - PHRASE_EACH), two = blank | blank >> 8;
	/* Of seven pairs none is 0; the eighth byte has no pair. */
	uint64_t pairs = (two - PHRASE_EACH) & ~two & (PHRASE_HIGHEST >> 8);
	return !(odd & PHRASE_HIGHEST) && !pairs;
}

static void phrases_take(struct phrases_search *s, size_t at)
{
	if (s->only_asks)
		s->may_be = true;
	else
		phrases_walk(s, at);
}

/* Tells all phrases that begin at `at`, with a character that may begin one. */
static void phrases_try(struct phrases_search *s, size_t at)
{
	const struct phrases_filter *f = &s->p->filters[s->filter];
	uint64_t key = phrases_fold_key(s->p, s->text, at);
	if (phrases_may_look(f, key) && (phrases_may_begin_long(f, key) || phrases_may_be_short(f, key, 1)))
		phrases_take(s, at);
}

/* The eight bytes at `at`, the first one lowest; zeros behind the end. */
static uint64_t phrases_eight(struct str s, size_t at)
{
	uint64_t eight = 0;
	size_t left = s.n - at;
	if (left >= sizeof(eight))
		memcpy(&eight, s.p + at, sizeof(eight));
	else
		memcpy(&eight, s.p + at, left);
	return le64toh(eight);
}

/* 0x80 for each byte that is at least `least`, of bytes of ASCII. */
static uint64_t phrases_least(uint64_t small, uint8_t least)
{
	return (small + (0x80u - least) * PHRASE_EACH) & PHRASE_HIGHEST;
}

/* 0x80 for each byte that is a letter or a digit of ASCII. */
static uint64_t phrases_letters(uint64_t eight)
{
	uint64_t small = eight & ~PHRASE_HIGHEST, lower = small | PHRASE_SMALL;
	uint64_t letters = phrases_least(lower, 'a') & ~phrases_least(lower, 'z' + 1);
	uint64_t digits = phrases_least(small, '0') & ~phrases_least(small, '9' + 1);
	return (letters | digits) & ~eight;
}

/* May what stands at `at`, behind a word of ASCII, belong to it: a letter with a mark, or what is not seen? */
static bool phrases_is_mixed(const struct phrases *p, struct str text, size_t at)
{
	unsigned char c = at < text.n ? (unsigned char)text.p[at] : ' ';
	return c >= 0x80 || p->ascii_kind[c] == ASCII_NOTHING;
}

/* Of text that begins as a phrase does, by its first eight bytes: do eight more agree, where they fold to themselves?
 */
static bool phrases_may_be_long(const struct phrases_search *s, size_t at, uint64_t key)
{
	const struct phrases_filter *f = &s->p->filters[s->filter];
	if (s->text.n - at < 2 * PHRASE_KEY_BYTES || phrases_is_set(f->middling, phrases_bit(key, PHRASE_KEY_BYTES)))
		return true;
	uint64_t first = phrases_eight(s->text, at), second = phrases_eight(s->text, at + PHRASE_KEY_BYTES);
	if (!phrases_is_plain(first) || !phrases_is_plain(second) || (first >> 56 == ' ' && (second & 0xff) == ' '))
		return true;
	return phrases_is_set(f->doubles, phrases_double_bit(first, second));
}

/* The same of what begins with a letter of ASCII. */
static void phrases_try_word(struct phrases_search *s, size_t at)
{
	const struct phrases_filter *f = &s->p->filters[s->filter];
	uint64_t key = phrases_eight(s->text, at), others = ~phrases_letters(key) & PHRASE_HIGHEST;
	size_t word = others ? (size_t)__builtin_ctzll(others) / 8 : PHRASE_KEY_BYTES, bit = phrases_bit(key, word);
	if (word < PHRASE_KEY_BYTES && phrases_is_mixed(s->p, s->text, at + word)) {
		phrases_try(s, at);
		return;
	}
	if (!phrases_is_set(f->words, bit))
		return;
	if (s->text.n - at < PHRASE_KEY_BYTES || !phrases_is_plain(key))
		key = phrases_fold_key(s->p, s->text, at);
	if ((phrases_may_begin_long(f, key) && phrases_may_be_long(s, at, key)) ||
	    (phrases_is_set(f->brief, bit) && phrases_may_be_short(f, key, word)))
		phrases_take(s, at);
}

/* May a phrase begin with the word of ASCII at `at`, by its first letters? */
static bool phrases_may_open_word(const struct phrases_search *s, size_t at)
{
	const unsigned char *b = (const unsigned char *)s->text.p + at;
	const uint8_t *fives = s->p->fives;
	if (s->text.n - at < 3)
		return true;
	return phrases_is_set(s->p->filters[s->filter].threes, phrases_three(fives[b[0]], fives[b[1]], fives[b[2]]));
}

/* Tries what begins in eight bytes of ASCII: words, and marks that are no blanks. in_word: one goes on into them. */
static void phrases_small(struct phrases_search *s, size_t at, uint64_t eight, bool *in_word)
{
	uint64_t letters = phrases_letters(eight), blanks = ~phrases_least(eight ^ ' ' * PHRASE_EACH, 1);
	uint64_t words = letters & ~(letters << 8 | (*in_word ? 0x80 : 0));
	uint64_t begin = words | (~letters & ~blanks & PHRASE_HIGHEST);
	const bool *small = s->p->filters[s->filter].small;
	for (; begin; begin &= begin - 1) {
		size_t i = (size_t)__builtin_ctzll(begin) / 8;
		if (letters >> 8 * i & 0x80) {
			if (phrases_may_open_word(s, at + i))
				phrases_try_word(s, at + i);
		} else if (small[(unsigned char)s->text.p[at + i]]) {
			phrases_try(s, at + i);
		}
	}
	*in_word = letters >> 63;
}

/* Tries one character, of ASCII or of four bytes. */
static size_t phrases_one(struct phrases_search *s, size_t at, bool *in_word)
{
	const struct phrases_filter *f = &s->p->filters[s->filter];
	size_t start = at;
	uint32_t c = utf8_next(s->text, &at);
	bool is_letter = fold_is_word_char(c), opens = !is_letter || !*in_word || !fold_is_blank_script(c);
	if (c < 0x80 && is_letter && opens && f->small[c])
		phrases_try_word(s, start);
	else if (opens && (c >= 0x80 ? phrases_is_set(f->farther, fold_char(c).c[0] % PHRASE_FARTHER)
	                             : !is_letter && f->small[c]))
		phrases_try(s, start);
	*in_word = is_letter;
	return at;
}

/* The character of two or three bytes at *at, which moves past it, as it folds to one; 0: another, or it folds to none
 * such. */
static uint32_t phrases_fold_wide(const struct phrases *p, struct str text, size_t *at)
{
	const unsigned char *b = (const unsigned char *)text.p + *at;
	if (text.n - *at < 3 || b[0] < 0xc0 || b[0] >= 0xf0)
		return 0;
	if (b[0] < 0xe0) {
		uint16_t fold = p->folds[(b[0] & 0x1f) << 6 | (b[1] & 0x3f)];
		*at += 2;
		return fold < 0x100 || fold == PHRASE_FOLDS_LONG ? 0 : fold;
	}
	uint32_t c = (b[0] & 0x0fu) << 12 | (b[1] & 0x3fu) << 6 | (b[2] & 0x3f);
	*at += 3;
	return phrases_is_itself(c) ? b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 : 0;
}

/* May a phrase begin with the two characters at `at`? Of others than such as fold to themselves nothing is known. */
static bool phrases_may_open_two(const struct phrases_search *s, size_t at)
{
	uint32_t first = phrases_fold_wide(s->p, s->text, &at), second;
	if (!first || !(second = phrases_fold_wide(s->p, s->text, &at)))
		return true;
	const uint64_t *twos = s->p->filters[s->filter].twos;
	return phrases_is_set(twos, phrases_two(first, second)) || phrases_is_set(twos, phrases_two(first, 0));
}

/* The same of characters of two and three bytes in a row, and single blanks among them. */
static size_t phrases_pass_wide(struct phrases_search *s, size_t at, bool *in_word)
{
	const struct phrases_block *blocks = s->p->blocks;
	const unsigned char *b = (const unsigned char *)s->text.p;
	bool word = *in_word;
	while (at < s->text.n && !s->may_be && (b[at] == ' ' || (b[at] >= 0x80 && b[at] < 0xf0))) {
		size_t n = b[at] == ' ' ? 1 : b[at] < 0xe0 ? 2 : 3, number = b[at] & 0x1f;
		if (n == 1) {
			word = false;
			at++;
			continue;
		}
		CHECK(s->text.n - at >= n);
		number = n == 2 ? number : (b[at] & 0x0fu) << 6 | (b[at + 1] & 0x3f);
		const struct phrases_block *block = &blocks[number];
		uint64_t bit = UINT64_C(1) << (b[at + n - 1] & 0x3f);
		bool opens = block->first[s->filter] & bit && !(word && block->glued & bit);
		word = block->letters & bit;
		if (opens && phrases_may_open_two(s, at))
			phrases_try(s, at);
		at += n;
	}
	*in_word = word;
	return at;
}

/* Tries all places at which a phrase may begin. */
static void phrases_pass(struct phrases_search *s, size_t at)
{
	for (bool in_word = false; at < s->text.n && !s->may_be;) {
		unsigned char byte = (unsigned char)s->text.p[at];
		uint64_t eight;
		if (byte >= 0x80 && byte < 0xf0) {
			at = phrases_pass_wide(s, at, &in_word);
		} else if (s->text.n - at < sizeof(eight) || ((eight = phrases_eight(s->text, at)) & PHRASE_HIGHEST)) {
			at = phrases_one(s, at, &in_word);
		} else {
			phrases_small(s, at, eight, &in_word);
			at += sizeof(eight);
		}
	}
}

size_t phrases_find(const struct phrases *p, struct str text, size_t at, size_t end, struct phrase_hit *hits,
                    size_t max)
{
	struct phrases_search s = {
	        .p = p, .filter = FILTER_ALL, .text = str_slice(text, 0, end), .hits = hits, .max = max};
	phrases_pass(&s, at);
	if (s.late && s.max)
		hits[max - 1] = *s.late;
	return s.n;
}

bool phrases_may_open(const struct phrases *p, struct str text, size_t at, size_t end)
{
	struct phrases_search s = {.p = p, .filter = FILTER_ALL, .text = str_slice(text, 0, end), .only_asks = true};
	bool in_word = false;
	if (at < end && (unsigned char)text.p[at] < 0x80)
		phrases_one(&s, at, &in_word);
	else if (at < end && phrases_may_open_two(&s, at))
		phrases_try(&s, at);
	return s.may_be;
}

bool phrases_may_hold(const struct phrases *p, struct str text, size_t at, size_t end)
{
	struct phrases_search s = {.p = p, .filter = FILTER_INSIDE, .text = str_slice(text, 0, end), .only_asks = true};
	phrases_pass(&s, at);
	return s.may_be;
}

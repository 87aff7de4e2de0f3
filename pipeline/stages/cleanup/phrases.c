/*
 * A tree of the phrases' folded bytes, walked from where a phrase may begin: at a word, at a mark, at each character of
 * a script without blanks. Most such places are told by a filter to be no beginning: a set of bits that knows the first
 * bytes of all phrases, which stays in the processor's nearest cache and whose answer, unlike a walk, does not wait for
 * memory. So time hardly grows with the number of phrases; what a text can make it pay is a walk of PHRASE_CHARS_MAX
 * steps from each of its words. Bytes that no phrase has share one class. See phrases.h.
 */
#include "pipeline/stages/cleanup/phrases.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#include <endian.h>
#include <stdlib.h>

static const struct phrase phrases_table[] = {
#define PHRASE(language, named, how, words)                                                                            \
	{.text = STR_INIT(words), .rule = language ":" words, .kind = PHRASE_##named, .mode = PHRASE_##how},
#include "pipeline/stages/cleanup/phrases.def"
#undef PHRASE
};

#define PHRASES_N           (sizeof(phrases_table) / sizeof(phrases_table[0]))
#define PHRASE_FOLDED       512
#define PHRASE_FEW          8  /* children that are looked through one by one */
#define PHRASE_KEY_BYTES    8  /* that the filter knows of a phrase */
#define PHRASE_FILTER_BITS  17 /* of a hash of fewer */
#define PHRASE_KEY_BITS     20 /* of a hash of them: of many phrases, too, few are taken for another */
#define PHRASE_KEY_WORDS    ((1 << PHRASE_KEY_BITS) / 64)
#define PHRASE_FILTER_WORDS ((1 << PHRASE_FILTER_BITS) / 64)
#define PHRASE_THREES       (1 << 15) /* of three bytes, five bits of each */
#define PHRASE_TWOS         (1 << 16) /* of a hash of two characters */
#define PHRASE_FARTHER      4096      /* bits for the first characters behind the plane */
#define PHRASE_PLANE        0x10000   /* characters of up to three bytes */
#define PHRASE_TWO_BYTES    0x800     /* characters of up to two */
#define PHRASE_FOLDS_LONG   0xffff
#define PHRASE_EACH         UINT64_C(0x0101010101010101)
#define PHRASE_HIGHEST      (0x80 * PHRASE_EACH)
#define PHRASE_SMALL        (0x20 * PHRASE_EACH) /* makes capitals of ASCII small; what it does to others matters not */

struct phrases_state {
	uint32_t children; /* number of the first; they stand side by side, in the order of their classes */
	uint32_t ends;     /* phrase that ends here, plus one */
	uint32_t n_children;
};

/* What an ASCII byte is in a text, where it needs no folding of its own. */
enum { ASCII_OTHER, ASCII_BLANK, ASCII_NOTHING };

/* What phrases begin with (see below). */
struct phrases_filter {
	uint64_t words[PHRASE_FILTER_WORDS], brief[PHRASE_FILTER_WORDS];
	uint64_t looks[PHRASE_FILTER_WORDS], middling[PHRASE_FILTER_WORDS];
	uint64_t keys[PHRASE_KEY_WORDS], doubles[PHRASE_KEY_WORDS];
	uint64_t farther[PHRASE_FARTHER / 64];
	uint64_t threes[PHRASE_THREES / 64], twos[PHRASE_TWOS / 64];
	uint8_t lengths[256]; /* by first byte: bit n, if a phrase has n bytes, fewer than a key */
	bool small[128];      /* by byte of ASCII */
};

enum { FILTER_ALL, FILTER_INSIDE, FILTERS }; /* inside: of those that say something within a line */

/* Of 64 characters side by side, a bit each. */
struct phrases_block {
	uint64_t letters;        /* words are made of them */
	uint64_t glued;          /* of those: behind another letter they begin no word */
	uint64_t first[FILTERS]; /* a phrase begins with what they fold to */
};

struct phrases {
	uint8_t class_of[256]; /* of a folded byte */
	uint8_t ascii_class[128], ascii_kind[128];
	size_t n_classes, n_states;
	struct phrases_filter filters[FILTERS];
	struct phrases_block blocks[PHRASE_PLANE / 64];
	uint8_t fives[256];               /* what a byte of a text is to `threes` */
	uint16_t folds[PHRASE_TWO_BYTES]; /* to one character of up to two bytes: those, the first one lowest; 0: to
	                                     nothing */
	uint32_t first[256];              /* by class: the child of the first state, or 0 */
	struct phrases_state *states;
	uint8_t *by;    /* by state: the class that leads there */
	uint32_t *same; /* by phrase: the next one with the same words, plus one */
	const struct phrase *own;
	bool has_keeps;
};

static const struct phrase *phrases_at(const struct phrases *p, size_t i)
{
	return i < PHRASES_N ? &phrases_table[i] : &p->own[i - PHRASES_N];
}

const struct phrase *phrases_built_in(size_t *n)
{
	*n = PHRASES_N;
	return phrases_table;
}

bool phrases_has_keeps(const struct phrases *p)
{
	return p->has_keeps;
}

/* --- building --------------------------------------------------------------------------------------------------- */

/* A phrase as it is compared. */
struct phrases_folded {
	struct str bytes;
	size_t number;
};

/* The phrases below one state: [from, to) of the sorted ones, which begin alike. */
struct phrases_range {
	uint32_t from, to;
};

struct phrases_build {
	struct phrases *p;
	char *bytes;
	size_t n_bytes;
	struct phrases_folded *sorted;
	size_t n;
	struct phrases_range *ranges; /* by state */
};

static int phrases_compare(const void *a, const void *b)
{
	const struct phrases_folded *x = a, *y = b;
	int order = str_compare(x->bytes, y->bytes);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static bool phrases_fold(struct phrases_build *b)
{
	char folded[PHRASE_FOLDED];
	for (size_t i = 0; i < b->n; i++)
		b->n_bytes += fold_text(phrases_at(b->p, i)->text, folded, sizeof(folded));
	CHECK(b->n_bytes < UINT32_MAX);
	b->bytes = malloc(b->n_bytes + 1);
	b->sorted = calloc(b->n, sizeof(*b->sorted));
	if (!b->bytes || !b->sorted)
		return false;
	for (size_t i = 0, at = 0; i < b->n; i++) {
		size_t n = fold_text(phrases_at(b->p, i)->text, folded, sizeof(folded));
		CHECK(n && n + 4 < sizeof(folded) && at + n <= b->n_bytes);
		memcpy(b->bytes + at, folded, n);
		b->sorted[i] = (struct phrases_folded){str_make(b->bytes + at, n), i};
		CHECK(utf8_count(b->sorted[i].bytes) <= PHRASE_CHARS_MAX);
		at += n;
	}
	qsort(b->sorted, b->n, sizeof(*b->sorted), phrases_compare);
	return true;
}

static void phrases_classify(struct phrases *p, const char *bytes, size_t n)
{
	p->n_classes = 1;
	for (size_t i = 0; i < n; i++)
		if (!p->class_of[(unsigned char)bytes[i]])
			p->class_of[(unsigned char)bytes[i]] = (uint8_t)p->n_classes++;
	for (uint32_t c = 0; c < 128; c++) {
		uint32_t f = fold_char(c).c[0];
		p->ascii_kind[c] = !f ? ASCII_NOTHING : f == ' ' ? ASCII_BLANK : ASCII_OTHER;
		p->ascii_class[c] = p->class_of[f & 0x7f];
	}
}

/* --- the filter ------------------------------------------------------------------------------------------------- */

/*
 * Sets of bits. A word of ASCII is asked for its first letters, of `threes`, and then of `words`, which knows the first
 * words of phrases, or eight bytes of them. All else is asked for its first character, of `blocks`, for the first two,
 * of `twos`, and then of `looks`, which knows the first two characters of most phrases, and one of those that are
 * shorter. What is in these is asked of `keys`, which knows eight bytes, or all of shorter phrases, which must end
 * where a word does: `lengths` and `brief` know where there are such. `doubles` knows sixteen bytes, and `middling`
 * eight of those that have fewer than sixteen.
 */

/* The first bytes as a number, the first one lowest; zeros behind a text that ends. */
static uint64_t phrases_key(const char *bytes, size_t n)
{
	uint64_t key = 0;
	for (size_t i = 0; i < n && i < PHRASE_KEY_BYTES; i++)
		key |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
	return key;
}

/* The bit that stands for the first n bytes of a key. */
static uint64_t phrases_hash(uint64_t key, size_t n)
{
	return ((key | PHRASE_SMALL) << 8 * (PHRASE_KEY_BYTES - n)) * UINT64_C(0x9e3779b97f4a7c15);
}

static size_t phrases_bit(uint64_t key, size_t n)
{
	return phrases_hash(key, n) >> (64 - PHRASE_FILTER_BITS);
}

static size_t phrases_key_bit(uint64_t key, size_t n)
{
	return phrases_hash(key, n) >> (64 - PHRASE_KEY_BITS);
}

/* The same for two keys, one behind the other. */
static size_t phrases_double_bit(uint64_t key, uint64_t behind)
{
	uint64_t both = phrases_hash(key, PHRASE_KEY_BYTES) >> 7 ^ (behind | PHRASE_SMALL);
	return phrases_hash(both * UINT64_C(0xff51afd7ed558ccd), PHRASE_KEY_BYTES) >> (64 - PHRASE_KEY_BITS);
}

static void phrases_set(uint64_t *filter, size_t bit)
{
	filter[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool phrases_is_set(const uint64_t *filter, size_t bit)
{
	return filter[bit / 64] >> bit % 64 & 1;
}

/* Length of the word of ASCII that s begins with. */
static size_t phrases_word(struct str s)
{
	size_t n = 0;
	while (n < s.n && (unsigned char)s.p[n] < 0x80 && fold_is_word_char((unsigned char)s.p[n]))
		n++;
	return n;
}

/* How many bytes `looks` knows of what begins with this byte: of most phrases; of those that are shorter. */
static size_t phrases_look_bytes(unsigned char first)
{
	return first < 0xe0 ? 4 : 6;
}

static size_t phrases_short_bytes(unsigned char first)
{
	return first < 0xe0 ? 2 : 3;
}

static void phrases_let_in_look(struct phrases_filter *f, struct str folded, uint64_t key)
{
	unsigned char byte = (unsigned char)folded.p[0];
	size_t look = phrases_look_bytes(byte), brief = phrases_short_bytes(byte);
	if (folded.n >= look)
		phrases_set(f->looks, phrases_bit(key, look));
	else if (folded.n >= brief)
		phrases_set(f->looks, phrases_bit(key, brief));
	for (uint64_t behind = 0; folded.n < brief && behind < 256; behind++)
		phrases_set(f->looks, phrases_bit(key | behind << 8, brief));
}

/* A letter or a digit is told from another; what ends a word is one; of what may belong to it nothing is known. */
enum { FIVE_END, FIVE_DIGIT = 27, FIVE_UNKNOWN = 31, FIVES };

static uint8_t phrases_five(uint32_t c)
{
	if (c >= 0x80 || !fold_ascii(c))
		return FIVE_UNKNOWN;
	if (c >= '0' && c <= '9')
		return FIVE_DIGIT;
	return fold_is_word_char(c) ? (uint8_t)(c & 0x1f) : FIVE_END;
}

static size_t phrases_three(size_t first, size_t second, size_t third)
{
	return first | second << 5 | third << 10;
}

/* A phrase that begins with a word of ASCII; all that is not known is let in with it. */
static void phrases_let_in_three(struct phrases_filter *f, struct str folded)
{
	size_t word = phrases_word(folded), first = phrases_five((unsigned char)folded.p[0]);
	size_t second = word > 1 ? phrases_five((unsigned char)folded.p[1]) : FIVE_END;
	for (size_t five = 0; five < FIVES; five++) {
		phrases_set(f->threes, phrases_three(first, FIVE_UNKNOWN, five));
		if (word < 2)
			phrases_set(f->threes, phrases_three(first, FIVE_END, five));
	}
	if (word > 1) {
		size_t third = word > 2 ? phrases_five((unsigned char)folded.p[2]) : FIVE_END;
		phrases_set(f->threes, phrases_three(first, second, third));
		phrases_set(f->threes, phrases_three(first, second, FIVE_UNKNOWN));
	}
}

/* The bit of two characters, each as its bytes make a number. */
static size_t phrases_two(uint64_t first, uint64_t second)
{
	return (first | second << 24) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - 16);
}

/* A phrase that begins with two characters beyond ASCII, or is one: behind that there may be any other. */
static void phrases_let_in_two(struct phrases_filter *f, struct str folded)
{
	size_t second = 0, end;
	utf8_next(folded, &second);
	end = second;
	if (second < folded.n)
		utf8_next(folded, &end);
	bool is_one = second == folded.n, are_two = end - second > 1 && end - second < 4;
	if (second > 1 && second < 4 && (is_one || are_two))
		phrases_set(f->twos,
		            phrases_two(phrases_key(folded.p, second), phrases_key(folded.p + second, end - second)));
}

static void phrases_let_in(struct phrases_filter *f, struct str folded)
{
	uint64_t key = phrases_key(folded.p, folded.n);
	size_t word = phrases_word(folded), n = folded.n < PHRASE_KEY_BYTES ? folded.n : PHRASE_KEY_BYTES;
	uint32_t first = fold_peek(folded, 0);
	if (first < 0x80)
		f->small[first] = f->small[fold_is_lower(first) ? first - 'a' + 'A' : first] = true;
	word = word < PHRASE_KEY_BYTES ? word : PHRASE_KEY_BYTES;
	if (word)
		phrases_set(f->words, phrases_bit(key, word));
	if (word)
		phrases_let_in_three(f, folded);
	if (word && n < PHRASE_KEY_BYTES)
		phrases_set(f->brief, phrases_bit(key, word));
	if (n < PHRASE_KEY_BYTES)
		f->lengths[key & 0xff] |= (uint8_t)(1u << n);
	phrases_let_in_two(f, folded);
	phrases_set(f->farther, first % PHRASE_FARTHER);
	phrases_set(f->keys, phrases_key_bit(key, n));
	if (folded.n >= 2 * PHRASE_KEY_BYTES)
		phrases_set(f->doubles, phrases_double_bit(key, phrases_key(folded.p + PHRASE_KEY_BYTES,
		                                                            folded.n - PHRASE_KEY_BYTES)));
	else if (n == PHRASE_KEY_BYTES)
		phrases_set(f->middling, phrases_bit(key, PHRASE_KEY_BYTES));
	phrases_let_in_look(f, folded, key);
}

static bool phrases_may_look(const struct phrases_filter *f, uint64_t key)
{
	unsigned char first = key & 0xff;
	return phrases_is_set(f->looks, phrases_bit(key, phrases_look_bytes(first))) ||
	       phrases_is_set(f->looks, phrases_bit(key, phrases_short_bytes(first)));
}

/* Does a word of ASCII go on from byte n - 1 of the key to byte n? */
static bool phrases_goes_on(uint64_t key, size_t n)
{
	uint32_t last = key >> 8 * (n - 1) & 0xff, behind = key >> 8 * n & 0xff;
	return last < 0x80 && behind < 0x80 && fold_is_word_char(last) && fold_is_word_char(behind);
}

/* May all of the key be a phrase's beginning? */
static bool phrases_may_begin_long(const struct phrases_filter *f, uint64_t key)
{
	return phrases_is_set(f->keys, phrases_key_bit(key, PHRASE_KEY_BYTES));
}

/* May it begin with a phrase that is shorter? word: how many of the bytes are its first word's, at least. */
static bool phrases_may_be_short(const struct phrases_filter *f, uint64_t key, size_t word)
{
	unsigned char first = key & 0xff;
	for (unsigned left = f->lengths[fold_ascii(first)] & ~0u << word; left; left &= left - 1) {
		size_t n = (size_t)__builtin_ctz(left);
		if (!phrases_goes_on(key, n) && phrases_is_set(f->keys, phrases_key_bit(key, n)))
			return true;
	}
	return false;
}

/* --- characters ------------------------------------------------------------------------------------------------- */

/* UTF-8 of a character as a number, the first byte lowest. */
static uint16_t phrases_fold_of(uint32_t c)
{
	struct folded f = fold_char(c);
	char bytes[4] = {0};
	if (f.c[1] || f.c[0] >= PHRASE_TWO_BYTES)
		return PHRASE_FOLDS_LONG;
	size_t n = f.c[0] ? utf8_write(bytes, f.c[0]) : 0;
	return (uint16_t)phrases_key(bytes, n);
}

static void phrases_let_in_first(struct phrases *p, const bool *firsts, int filter)
{
	for (uint32_t c = 0x80; c < PHRASE_PLANE; c++) {
		uint32_t first = fold_char(c).c[0];
		if (first && first < PHRASE_PLANE && firsts[first])
			p->blocks[c / 64].first[filter] |= UINT64_C(1) << c % 64;
	}
}

static void phrases_know_characters(struct phrases *p)
{
	for (uint32_t c = 0x80; c < PHRASE_PLANE; c++) {
		struct phrases_block *block = &p->blocks[c / 64];
		uint64_t letter = fold_is_word_char(c);
		block->letters |= letter << c % 64;
		block->glued |= (letter && fold_is_blank_script(c) ? UINT64_C(1) : 0) << c % 64;
	}
	for (uint32_t c = 0; c < PHRASE_TWO_BYTES; c++)
		p->folds[c] = phrases_fold_of(c);
	for (uint32_t c = 0; c < 256; c++)
		p->fives[c] = phrases_five(c);
}

/* --- the tree --------------------------------------------------------------------------------------------------- */

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

/* What ends in a state: the first ones of its phrases, as they are sorted, which have no more bytes. */
static void phrases_end(struct phrases_build *b, uint32_t state, size_t depth)
{
	struct phrases_range *range = &b->ranges[state];
	uint32_t *ends = &b->p->states[state].ends;
	for (; range->from < range->to && b->sorted[range->from].bytes.n == depth; range->from++) {
		*ends = (uint32_t)b->sorted[range->from].number + 1;
		ends = &b->p->same[*ends - 1];
	}
}

static void phrases_add_child(struct phrases_build *b, uint32_t parent, size_t depth, struct phrases_range range)
{
	struct phrases *p = b->p;
	uint32_t state = (uint32_t)p->n_states++;
	uint8_t class = p->class_of[(unsigned char)b->sorted[range.from].bytes.p[depth]];
	p->by[state] = class;
	b->ranges[state] = range;
	phrases_end(b, state, depth + 1);
	if (!parent)
		p->first[class] = state;
	p->states[parent].n_children++;
}

static int phrases_compare_class(const void *a, const void *b)
{
	const uint8_t *x = a, *y = b;
	return *x - *y;
}

/* The children of a state, in the order of their classes. */
static void phrases_add_children(struct phrases_build *b, uint32_t parent, size_t depth)
{
	struct phrases *p = b->p;
	struct phrases_range range = b->ranges[parent], by_class[256] = {0};
	uint8_t classes[256];
	size_t n = 0;
	for (uint32_t i = range.from; i < range.to; i++) {
		uint8_t class = p->class_of[(unsigned char)b->sorted[i].bytes.p[depth]];
		if (by_class[class].to == 0) {
			by_class[class].from = i;
			classes[n++] = class;
		}
		by_class[class].to = i + 1;
	}
	qsort(classes, n, 1, phrases_compare_class);
	p->states[parent].children = (uint32_t)p->n_states;
	for (size_t i = 0; i < n; i++)
		phrases_add_child(b, parent, depth, by_class[classes[i]]);
}

/* Breadth first, so that states are numbered by their depth. */
static void phrases_grow(struct phrases_build *b)
{
	struct phrases *p = b->p;
	size_t end_of_depth = 1, depth = 0;
	p->n_states = 1;
	b->ranges[0] = (struct phrases_range){0, (uint32_t)b->n};
	for (uint32_t state = 0; state < p->n_states; state++) {
		if (state == end_of_depth) {
			end_of_depth = p->n_states;
			depth++;
		}
		phrases_add_children(b, state, depth);
	}
}

/* Does it say something in the middle of a line that does not begin with one? */
static bool phrases_is_inside(const struct phrase *phrase)
{
	return phrase->kind == PHRASE_CAPTION || phrase->kind == PHRASE_KEEP;
}

static bool phrases_filter(struct phrases_build *b, int filter)
{
	bool *firsts = calloc(PHRASE_PLANE, sizeof(*firsts));
	for (size_t i = 0; firsts && i < b->n; i++) {
		struct str folded = b->sorted[i].bytes;
		uint32_t first = fold_peek(folded, 0);
		if (filter == FILTER_INSIDE && !phrases_is_inside(phrases_at(b->p, b->sorted[i].number)))
			continue;
		phrases_let_in(&b->p->filters[filter], folded);
		if (first < PHRASE_PLANE)
			firsts[first] = true;
	}
	if (firsts)
		phrases_let_in_first(b->p, firsts, filter);
	free(firsts);
	return firsts != NULL;
}

static bool phrases_compile(struct phrases_build *b)
{
	struct phrases *p = b->p;
	size_t room = b->n_bytes + 1;
	phrases_classify(p, b->bytes, b->n_bytes);
	p->states = calloc(room, sizeof(*p->states));
	p->by = calloc(room, sizeof(*p->by));
	p->same = calloc(b->n, sizeof(*p->same));
	b->ranges = calloc(room, sizeof(*b->ranges));
	if (!p->states || !p->by || !p->same || !b->ranges)
		return false;
	phrases_grow(b);
	CHECK(p->n_states <= room);
	struct phrases_state *states = realloc(p->states, p->n_states * sizeof(*p->states));
	p->states = states ? states : p->states;
	phrases_know_characters(p);
	return phrases_filter(b, FILTER_ALL) && phrases_filter(b, FILTER_INSIDE);
}

struct phrases *phrases_new(const struct phrase *own, size_t n_own)
{
	struct phrases *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->own = own;
	for (size_t i = 0; i < n_own; i++)
		p->has_keeps = p->has_keeps || own[i].kind == PHRASE_KEEP;
	struct phrases_build build = {.p = p, .n = PHRASES_N + n_own};
	bool done = phrases_fold(&build) && phrases_compile(&build);
	free(build.bytes);
	free(build.sorted);
	free(build.ranges);
	if (done)
		return p;
	phrases_free(p);
	return NULL;
}

void phrases_free(struct phrases *p)
{
	if (!p)
		return;
	free(p->by);
	free(p->states);
	free(p->same);
	free(p);
}

/* --- one pass --------------------------------------------------------------------------------------------------- */

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

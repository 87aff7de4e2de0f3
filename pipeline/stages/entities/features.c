/*
 * Keys are hashes of a kind of feature and its values. See features.h.
 */
#include "pipeline/stages/entities/features.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <unicode/uchar.h>

#define FEATURES_AFFIX       5 /* letters of the longest beginning and end that count */
#define FEATURES_SHALLOW     3 /* letters of those that new words are known by */
#define FEATURES_INNER       4 /* letters of a piece from the middle */
#define FEATURES_PARTICLE    5 /* letters of a small word that a name may begin with */
#define FEATURES_RUN         3 /* other words of a run of capitals on each side */
#define FEATURES_REACH       8 /* how far the nearest small word is looked for */
#define FEATURES_SEEN        3 /* places in a document that are kept a word */
#define FEATURES_SMALL_BITS  16384
#define FEATURES_GLUED       64 /* added to the shape of a word without white space before it */
#define FEATURES_TITLE_WORDS 4  /* a shorter line with capitals is no title */

enum features_shape {
	SHAPE_EDGE,
	SHAPE_SMALL_ONE,
	SHAPE_SMALL,
	SHAPE_CAPITAL_ONE,
	SHAPE_CAPITAL,
	SHAPE_UPPER_TWO,
	SHAPE_UPPER_FEW,
	SHAPE_UPPER_MANY,
	SHAPE_SMALL_MIXED,
	SHAPE_CAPITAL_MIXED,
	SHAPE_CASELESS,
	SHAPE_DIGIT,
	SHAPE_DIGITS_TWO,
	SHAPE_DIGITS_FOUR,
	SHAPE_DIGITS,
	SHAPE_HAN,
	SHAPE_HIRAGANA,
	SHAPE_KATAKANA,
	SHAPE_HANGUL,
	SHAPE_OTHER_ALONE,
	SHAPE_STOP,
	SHAPE_COMMA,
	SHAPE_COLON,
	SHAPE_HYPHEN,
	SHAPE_DASH,
	SHAPE_APOSTROPHE,
	SHAPE_QUOTE,
	SHAPE_OPENING,
	SHAPE_CLOSING,
	SHAPE_AND,
	SHAPE_SLASH,
	SHAPE_END,
	SHAPE_SIGN,
};

/* Kinds of features; a number once given stays, as models are made of them. */
enum features_kind {
	KIND_LOWER = 1,
	KIND_EXACT,
	KIND_BEGIN,
	KIND_END,
	KIND_INNER,
	KIND_NEAR_END,
	KIND_SHAPE,
	KIND_SHAPES_BEFORE,
	KIND_SHAPES_BEHIND,
	KIND_SHAPES_AROUND,
	KIND_SHAPES_TWO_BEFORE,
	KIND_SHAPES_TWO_BEHIND,
	KIND_CASE,
	KIND_FIRST,
	KIND_PAIR_BEFORE,
	KIND_PAIR_BEHIND,
	KIND_WORD_BEFORE_SHAPE,
	KIND_WORD_BEHIND_SHAPE,
	KIND_SMALL_BEFORE,
	KIND_SMALL_BEHIND,
	KIND_RUN_BEFORE,
	KIND_RUN_BEHIND,
	KIND_RUN_PLACE,
	KIND_CLASS,
	KIND_CLASSES,
	KIND_CLASSES_SHAPE,
	KIND_CLASSES_SHAPES,
	KIND_CLASSES_BEFORE,
	KIND_CLASSES_BEHIND,
	KIND_CLASSES_WORD_BEFORE,
	KIND_SEEN_BEFORE,
	KIND_SEEN_BEHIND,
	KIND_SEEN_SHAPES,
	KIND_SEEN_SMALL,
	KIND_SEEN_INSIDE,
	KIND_FAR_BEFORE,
	KIND_FAR_BEHIND,
	KIND_THREE_AROUND,
	KIND_THREE_BEFORE,
	KIND_THREE_BEHIND,
	KIND_CONTEXT_PAIR,
};

static uint64_t features_mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 over the golden ratio */
	return hash ^ hash >> 32;
}

static uint64_t features_key(enum features_kind kind, uint64_t a)
{
	return features_mix(features_mix(UINT64_C(0x51afd7ed558ccd25), (uint64_t)kind), a);
}

static uint64_t features_key2(enum features_kind kind, uint64_t a, uint64_t b)
{
	return features_mix(features_key(kind, a), b);
}

static uint64_t features_key3(enum features_kind kind, uint64_t a, uint64_t b, uint64_t c)
{
	return features_mix(features_key2(kind, a, b), c);
}

/* --- a word by itself -------------------------------------------------------------------------------------------- */

/* The first letters of a word, as they stand and in lower case. */
struct features_letters {
	uint32_t exact[FEATURES_LETTERS], lower[FEATURES_LETTERS];
	size_t n;
	unsigned n_upper;
};

static uint32_t features_lower(uint32_t c)
{
	if (c < 0x80)
		return c - 'A' < 26 ? c | 0x20 : c;
	return (uint32_t)u_tolower((UChar32)c);
}

static void features_read(struct str text, bool digits, struct features_letters *out)
{
	out->n = 0;
	out->n_upper = 0;
	for (size_t at = 0; at < text.n && out->n < FEATURES_LETTERS;) {
		unsigned char byte = (unsigned char)text.p[at];
		uint32_t c = byte < 0x80 ? (at++, byte) : utf8_next(text, &at);
		if (digits)
			c = '0';
		uint32_t lower = features_lower(c);
		out->n_upper += lower != c;
		out->exact[out->n] = c;
		out->lower[out->n++] = lower;
	}
}

static uint64_t features_hash(const uint32_t *letters, size_t n)
{
	uint64_t hash = n;
	for (size_t i = 0; i < n; i++)
		hash = features_mix(hash, letters[i]);
	return hash;
}

static enum features_shape features_alone_shape(uint32_t c)
{
	if (c >= 0xac00 && c <= 0xd7ff)
		return SHAPE_HANGUL;
	if (c >= 0x3041 && c <= 0x309f)
		return SHAPE_HIRAGANA;
	if ((c >= 0x30a0 && c <= 0x30ff) || (c >= 0x31f0 && c <= 0x31ff) || (c >= 0xff66 && c <= 0xff9f))
		return SHAPE_KATAKANA;
	return c >= 0x2e80 ? SHAPE_HAN : SHAPE_OTHER_ALONE;
}

static enum features_shape features_letters_shape(const struct word *word, const struct features_letters *letters)
{
	size_t n = letters->n;
	if (word->flags & WORD_ALONE)
		return features_alone_shape(letters->exact[0]);
	if (word->flags & WORD_CASELESS)
		return SHAPE_CASELESS;
	if (word->flags & WORD_UPPER_ALL)
		return n == 2 ? SHAPE_UPPER_TWO : n <= 4 ? SHAPE_UPPER_FEW : SHAPE_UPPER_MANY;
	if (word->flags & WORD_UPPER_FIRST)
		return n == 1 ? SHAPE_CAPITAL_ONE : letters->n_upper > 1 ? SHAPE_CAPITAL_MIXED : SHAPE_CAPITAL;
	if (letters->n_upper)
		return SHAPE_SMALL_MIXED;
	return n == 1 ? SHAPE_SMALL_ONE : SHAPE_SMALL;
}

/* Signs beyond ASCII that stand for one of ASCII; SHAPE_EDGE: none of them. */
static enum features_shape features_wide_sign_shape(uint32_t c)
{
	switch (c) {
	case 0x060c:
	case 0x3001:
	case 0xff0c:
		return SHAPE_COMMA;
	case 0xff1a:
	case 0xff1b:
		return SHAPE_COLON;
	case 0x2010:
	case 0x2011:
	case 0xb7:
	case 0x30fb:
		return SHAPE_HYPHEN;
	case 0x2013:
	case 0x2014:
		return SHAPE_DASH;
	case 0x2019:
		return SHAPE_APOSTROPHE;
	case 0x2026:
	case 0x3002:
	case 0xff01:
	case 0xff1f:
		return SHAPE_END;
	default:
		return SHAPE_EDGE;
	}
}

/* What sort of sign it is in any script. */
static enum features_shape features_usual_sign_shape(uint32_t c)
{
	switch (u_charType((UChar32)c)) {
	case U_INITIAL_PUNCTUATION:
	case U_FINAL_PUNCTUATION:
		return SHAPE_QUOTE;
	case U_START_PUNCTUATION:
		return SHAPE_OPENING;
	case U_END_PUNCTUATION:
		return SHAPE_CLOSING;
	default:
		return SHAPE_SIGN;
	}
}

static enum features_shape features_sign_shape(uint32_t c)
{
	static const uint8_t ascii[128] = {
	        ['.'] = SHAPE_STOP,   [','] = SHAPE_COMMA,       [':'] = SHAPE_COLON, [';'] = SHAPE_COLON,
	        ['-'] = SHAPE_HYPHEN, ['\''] = SHAPE_APOSTROPHE, ['&'] = SHAPE_AND,   ['/'] = SHAPE_SLASH,
	        ['!'] = SHAPE_END,    ['?'] = SHAPE_END,         ['"'] = SHAPE_QUOTE,
	};
	enum features_shape shape = c < 0x80 ? (enum features_shape)ascii[c] : features_wide_sign_shape(c);
	return shape != SHAPE_EDGE ? shape : features_usual_sign_shape(c);
}

static enum features_shape features_shape(const struct word *word, const struct features_letters *letters)
{
	if (word->kind == WORD_LETTERS)
		return features_letters_shape(word, letters);
	if (word->kind == WORD_SIGN)
		return features_sign_shape(letters->exact[0]);
	return letters->n == 1   ? SHAPE_DIGIT
	       : letters->n == 2 ? SHAPE_DIGITS_TWO
	       : letters->n == 4 ? SHAPE_DIGITS_FOUR
	                         : SHAPE_DIGITS;
}

static uint8_t features_flags(const struct word *word, const struct features_letters *letters)
{
	unsigned flags = 0;
	if (word->kind != WORD_LETTERS)
		return 0;
	if (letters->n_upper || word->flags & WORD_CASELESS)
		flags |= FEATURES_CORE;
	if (word->flags & WORD_UPPER_FIRST)
		flags |= FEATURES_CORE | FEATURES_CAPITAL;
	if (!flags)
		flags |= letters->n > FEATURES_PARTICLE ? FEATURES_SMALL | FEATURES_LONG : FEATURES_SMALL;
	if (word->flags & WORD_ALONE)
		flags |= FEATURES_ALONE;
	if (word->flags & WORD_UPPER_ALL)
		flags |= FEATURES_UPPER;
	return (uint8_t)flags;
}

void features_word(const struct words *words, size_t i, struct features_word *out)
{
	const struct word *word = &words->at[i];
	struct features_letters letters;
	features_read(words_text(words, i), word->kind == WORD_DIGITS, &letters);
	out->lower = features_hash(letters.lower, letters.n);
	out->shape = (uint8_t)features_shape(word, &letters);
	out->flags = features_flags(word, &letters);
}

static void features_put(struct features_keys *out, unsigned place, bool deep, uint64_t key)
{
	CHECK(out->n < FEATURES_WORD_KEYS);
	out->place[out->n] = (uint8_t)place;
	out->deep[out->n] = deep;
	out->at[out->n++] = features_mix(key, place);
}

/* Beginnings as they stand, ends and pieces of the middle in lower case. */
static void features_put_pieces(struct features_keys *out, const struct features_letters *l, bool capital)
{
	size_t n = l->n;
	for (size_t k = 1; k <= FEATURES_AFFIX && k < n; k++) {
		features_put(out, 2, k > FEATURES_SHALLOW, features_key(KIND_BEGIN, features_hash(l->exact, k)));
		features_put(out, 2, k > FEATURES_SHALLOW, features_key(KIND_END, features_hash(l->lower + n - k, k)));
	}
	for (size_t k = 1; capital && k + FEATURES_INNER < n && k < 14; k++)
		features_put(out, 2, true, features_key(KIND_INNER, features_hash(l->lower + k, FEATURES_INNER)));
}

void features_word_keys(const struct words *words, size_t i, struct features_keys *out)
{
	const struct word *word = &words->at[i];
	struct features_letters letters;
	features_read(words_text(words, i), word->kind == WORD_DIGITS, &letters);
	uint64_t lower = features_hash(letters.lower, letters.n);
	out->n = 0;
	for (unsigned place = 0; place < FEATURES_PLACES; place++)
		features_put(out, place, place == FEATURES_EDGE, features_key(KIND_LOWER, lower));
	if (letters.n_upper) {
		uint64_t exact = features_hash(letters.exact, letters.n);
		for (unsigned place = 1; place + 1 < FEATURES_PLACES; place++)
			features_put(out, place, place == FEATURES_EDGE, features_key(KIND_EXACT, exact));
	}
	if (word->kind != WORD_LETTERS || word->flags & WORD_ALONE)
		return;
	features_put_pieces(out, &letters, word->flags & WORD_UPPER_FIRST);
	if (letters.n > 4) {
		uint64_t end = features_key(KIND_NEAR_END, features_hash(letters.lower + letters.n - 3, 3));
		features_put(out, 1, false, end);
		features_put(out, 3, false, end);
	}
}

/* --- a word in its sentence -------------------------------------------------------------------------------------- */

static void features_look(const struct features_source *source, size_t i, struct features_token *out)
{
	struct features_word word;
	source->look(source->self, i, &word);
	*out = (struct features_token){.lower = word.lower, .shape = word.shape, .flags = word.flags};
	if (!(source->words->at[i].flags & WORD_SPACE_BEFORE))
		out->shape += FEATURES_GLUED;
}

static void features_set_name(struct features_token *tokens, size_t n, uint16_t classes)
{
	for (size_t i = 0; i < n; i++) {
		tokens[i].classes = classes;
		tokens[i].part = n == 1 ? 4 : i == 0 ? 1 : i + 1 == n ? 3 : 2;
		tokens[i].flags |= FEATURES_CORE;
	}
}

static void features_describe(struct features_sentence *s)
{
	size_t n_alone = 0, n_small = 0, n_capital = 0, n_upper = 0;
	bool first = true;
	for (size_t i = 0; i < s->n; i++) {
		uint8_t flags = s->tokens[i].flags;
		n_alone += (flags & FEATURES_ALONE) != 0;
		n_small += (flags & FEATURES_SMALL) != 0;
		n_capital += (flags & FEATURES_CAPITAL) != 0;
		n_upper += (flags & FEATURES_UPPER) != 0;
		if (first && flags & (FEATURES_CORE | FEATURES_SMALL)) {
			s->tokens[i].flags |= FEATURES_FIRST;
			first = false;
		}
	}
	s->alone = 2 * n_alone > s->n;
	s->kind = FEATURES_CASE_USUAL;
	if (n_capital >= FEATURES_TITLE_WORDS && 5 * n_upper >= 4 * (n_capital + n_small))
		s->kind = FEATURES_CASE_CAPITALS;
	else if (n_capital >= FEATURES_TITLE_WORDS && 3 * n_small <= n_capital)
		s->kind = FEATURES_CASE_TITLE;
}

/* Names of the gazetteer that begin in the sentence; what stands out of it is not seen. */
static void features_set_names(const struct features_source *source, struct features_place *at,
                               struct features_sentence *s)
{
	for (; at->match < source->n_matches; at->match++) {
		const struct name_match *match = &source->matches[at->match];
		if (match->first >= s->first + s->n)
			break;
		size_t first = match->first < s->first ? 0 : match->first - s->first;
		if (match->first < s->first || match->n > s->n - first)
			continue;
		features_set_name(s->tokens + first, match->n, match->classes);
	}
}

bool features_next_sentence(const struct features_source *source, struct features_place *at,
                            struct features_sentence *s)
{
	const struct words *words = source->words;
	if (at->word >= words->n)
		return false;
	s->tokens = s->padded + FEATURES_EDGE;
	s->first = at->word;
	s->n = 0;
	memset(s->padded, 0, FEATURES_EDGE * sizeof(*s->padded));
	do
		features_look(source, at->word++, &s->tokens[s->n++]);
	while (s->n < FEATURES_SENTENCE_WORDS && at->word < words->n && !(words->at[at->word].flags & WORD_SENTENCE));
	memset(s->tokens + s->n, 0, FEATURES_EDGE * sizeof(*s->padded));
	features_set_names(source, at, s);
	features_describe(s);
	return true;
}

bool features_may_begin(const struct features_token *token)
{
	/* "the news agency Antara": the name is Antara. */
	if (token->flags & FEATURES_LONG && !(token->flags & FEATURES_CORE))
		return false;
	switch (token->shape & (FEATURES_GLUED - 1)) {
	case SHAPE_STOP:
	case SHAPE_COMMA:
	case SHAPE_COLON:
	case SHAPE_HYPHEN:
	case SHAPE_DASH:
	case SHAPE_CLOSING:
	case SHAPE_SLASH:
	case SHAPE_END:
		return false;
	default:
		return true;
	}
}

bool features_may_end(const struct features_token *token)
{
	switch (token->shape & (FEATURES_GLUED - 1)) {
	case SHAPE_COMMA:
	case SHAPE_COLON:
	case SHAPE_HYPHEN:
	case SHAPE_DASH:
	case SHAPE_OPENING:
	case SHAPE_SLASH:
	case SHAPE_AND:
		return false;
	default:
		return true;
	}
}

bool features_may_be_alone(const struct features_token *token)
{
	return token->flags & FEATURES_CORE;
}

size_t features_stretch(const struct features_sentence *s, size_t from, size_t *end)
{
	size_t begin = from;
	while (begin < s->n && !(s->tokens[begin].flags & FEATURES_CORE))
		begin++;
	if (begin == s->n) {
		*end = s->n;
		return s->n;
	}
	size_t last = begin;
	for (size_t i = begin; i < s->n && i - last <= (size_t)2 * FEATURES_NEAR; i++)
		if (s->tokens[i].flags & FEATURES_CORE)
			last = i;
	*end = last + FEATURES_NEAR + 1 < s->n ? last + FEATURES_NEAR + 1 : s->n;
	return begin - from < FEATURES_NEAR ? from : begin - FEATURES_NEAR;
}

/* --- a word in its document -------------------------------------------------------------------------------------- */

struct features_seen {
	uint64_t lower; /* 0: a free place */
	uint32_t n;
	uint32_t at[FEATURES_SEEN];
	uint64_t before[FEATURES_SEEN], behind[FEATURES_SEEN];
	uint8_t shape_before[FEATURES_SEEN], shape_behind[FEATURES_SEEN];
	bool inside[FEATURES_SEEN]; /* not at a sentence's beginning */
};

struct features_document {
	struct features_seen *seen;
	size_t mask, n;
	uint64_t small[FEATURES_SMALL_BITS / 64]; /* bits for words that stand somewhere without a capital */
};

/* The word's place, or the free one where it would be. */
static struct features_seen *features_document_find(const struct features_document *d, uint64_t lower)
{
	size_t at = lower >> 7 & d->mask;
	while (d->seen[at].lower && d->seen[at].lower != lower)
		at = (at + 1) & d->mask;
	return &d->seen[at];
}

static uint64_t features_small_bit(uint64_t lower, size_t *at)
{
	*at = (lower >> 20) % (FEATURES_SMALL_BITS / 64);
	return UINT64_C(1) << (lower >> 40 & 63);
}

static void features_document_add(struct features_document *d, uint32_t i, const struct features_token three[3])
{
	const struct features_token *t = &three[1];
	if (t->flags & FEATURES_SMALL) {
		size_t at;
		uint64_t bit = features_small_bit(t->lower, &at);
		d->small[at] |= bit;
		return;
	}
	if (!(t->flags & FEATURES_CAPITAL) || t->lower == 0)
		return;
	struct features_seen *seen = features_document_find(d, t->lower);
	if (seen->lower == 0) {
		if (2 * d->n > d->mask)
			return;
		d->n++;
		seen->lower = t->lower;
	}
	if (seen->n == FEATURES_SEEN)
		return;
	seen->at[seen->n] = i;
	seen->before[seen->n] = three[0].lower;
	seen->behind[seen->n] = three[2].lower;
	seen->shape_before[seen->n] = three[0].shape;
	seen->shape_behind[seen->n] = three[2].shape;
	seen->inside[seen->n] = three[0].shape != SHAPE_EDGE;
	seen->n++;
}

static struct features_document *features_document_room(size_t n_words, struct arena *arena)
{
	struct features_document *d = ARENA_NEW(arena, struct features_document);
	size_t room = 16;
	/* Few words have capitals; those that find no place are not remembered. */
	while (room < n_words / 2)
		room *= 2;
	d->seen = ARENA_ARRAY(arena, struct features_seen, room);
	d->mask = room - 1;
	return d;
}

struct features_document *features_document_new(const struct features_source *source, struct arena *arena)
{
	static const struct features_token edge;
	const struct word *words = source->words->at;
	size_t n = source->words->n < FEATURES_DOCUMENT_WORDS ? source->words->n : FEATURES_DOCUMENT_WORDS;
	struct features_document *d = features_document_room(n, arena);
	struct features_token three[3] = {edge, edge, edge};
	for (size_t i = 0; i < n; i++) {
		if (i == 0)
			features_look(source, i, &three[1]);
		bool last = i + 1 == n || words[i + 1].flags & WORD_SENTENCE;
		struct features_token next = edge;
		if (i + 1 < n)
			features_look(source, i + 1, &next);
		three[2] = last ? edge : next;
		features_document_add(d, (uint32_t)i, three);
		three[0] = last ? edge : three[1];
		three[1] = next;
	}
	return d;
}

/* --- context ----------------------------------------------------------------------------------------------------- */

struct features_view {
	const struct features_sentence *s;
	size_t i;
	const struct features_token *t; /* of this word; its neighbours may be read, two on each side */
	struct features_context *out;
};

static void features_add(struct features_view *v, uint64_t key)
{
	if (v->out->n < FEATURES_CONTEXT_MAX)
		v->out->at[v->out->n++] = key;
}

static void features_add_shapes(struct features_view *v)
{
	const struct features_token *t = v->t;
	uint64_t shape = t->shape;
	features_add(v, features_key(KIND_SHAPE, shape));
	features_add(v, features_key2(KIND_SHAPES_BEFORE, t[-1].shape, shape));
	features_add(v, features_key2(KIND_SHAPES_BEHIND, shape, t[1].shape));
	features_add(v, features_key3(KIND_SHAPES_AROUND, t[-1].shape, shape, t[1].shape));
	features_add(v, features_key3(KIND_SHAPES_TWO_BEFORE, t[-2].shape, t[-1].shape, shape));
	features_add(v, features_key3(KIND_SHAPES_TWO_BEHIND, shape, t[1].shape, t[2].shape));
	if (v->s->kind != FEATURES_CASE_USUAL)
		features_add(v, features_key2(KIND_CASE, v->s->kind, shape));
	if (t->flags & FEATURES_FIRST)
		features_add(v, features_key2(KIND_FIRST, shape, v->s->kind));
}

static void features_add_near(struct features_view *v)
{
	const struct features_token *t = v->t;
	features_add(v, features_key2(KIND_WORD_BEFORE_SHAPE, t[-1].lower, t->shape));
	features_add(v, features_key2(KIND_WORD_BEHIND_SHAPE, t[1].lower, t->shape));
	if (!v->s->alone)
		return;
	features_add(v, features_key2(KIND_FAR_BEFORE, t[-2].lower, t[-1].lower));
	features_add(v, features_key2(KIND_FAR_BEHIND, t[1].lower, t[2].lower));
	features_add(v, features_key2(KIND_CONTEXT_PAIR, t[-1].lower, t[1].lower));
}

static void features_add_pairs(struct features_view *v)
{
	const struct features_token *t = v->t;
	features_add(v, features_key2(KIND_PAIR_BEFORE, t[-1].lower, t->lower));
	features_add(v, features_key2(KIND_PAIR_BEHIND, t->lower, t[1].lower));
	if (!v->s->alone)
		return;
	features_add(v, features_key3(KIND_THREE_AROUND, t[-1].lower, t->lower, t[1].lower));
	features_add(v, features_key3(KIND_THREE_BEFORE, t[-2].lower, t[-1].lower, t->lower));
	features_add(v, features_key3(KIND_THREE_BEHIND, t->lower, t[1].lower, t[2].lower));
}

/* The nearest words without capitals say what is spoken of: "presiden Amerika Serikat Joe Biden di …". */
static void features_add_small(struct features_view *v)
{
	const struct features_token *t = v->t;
	size_t before = v->i < FEATURES_REACH ? v->i : FEATURES_REACH;
	size_t behind = v->s->n - 1 - v->i < FEATURES_REACH ? v->s->n - 1 - v->i : FEATURES_REACH;
	for (size_t k = 1; k <= before; k++)
		if (t[-(ptrdiff_t)k].flags & FEATURES_SMALL) {
			features_add(v, features_key2(KIND_SMALL_BEFORE, t[-(ptrdiff_t)k].lower, t->shape));
			break;
		}
	for (size_t k = 1; k <= behind; k++)
		if (t[k].flags & FEATURES_SMALL) {
			features_add(v, features_key2(KIND_SMALL_BEHIND, t[k].lower, t->shape));
			break;
		}
}

/* Is the word part of a run of capitals, or a sign that stands glued in one: "Jong-Un", "O'Neill", "J. Doe"? */
static bool features_is_in_run(const struct features_token *t)
{
	unsigned shape = t->shape & (FEATURES_GLUED - 1);
	return t->flags & FEATURES_CAPITAL ||
	       (t->shape > FEATURES_GLUED &&
	        (shape == SHAPE_HYPHEN || shape == SHAPE_APOSTROPHE || shape == SHAPE_STOP));
}

static void features_add_run(struct features_view *v)
{
	const struct features_token *t = v->t;
	size_t before = 0, behind = 0;
	if (!(t->flags & FEATURES_CAPITAL) || v->s->kind != FEATURES_CASE_USUAL)
		return;
	for (; before < FEATURES_RUN && before < v->i; before++) {
		const struct features_token *other = t - before - 1;
		if (!features_is_in_run(other))
			break;
		if (other->flags & FEATURES_CAPITAL)
			features_add(v, features_key(KIND_RUN_BEFORE, other->lower));
	}
	for (; behind < FEATURES_RUN && v->i + behind + 1 < v->s->n; behind++) {
		const struct features_token *other = t + behind + 1;
		if (!features_is_in_run(other))
			break;
		if (other->flags & FEATURES_CAPITAL)
			features_add(v, features_key(KIND_RUN_BEHIND, other->lower));
	}
	features_add(v, features_key3(KIND_RUN_PLACE, before, behind, t->shape));
}

static uint64_t features_name(const struct features_token *t)
{
	return (uint64_t)t->classes << 3 | t->part;
}

static void features_add_classes(struct features_view *v)
{
	const struct features_token *t = v->t;
	if (t[-1].part)
		features_add(v, features_key2(KIND_CLASSES_BEFORE, features_name(&t[-1]), t->shape));
	if (t[1].part)
		features_add(v, features_key2(KIND_CLASSES_BEHIND, features_name(&t[1]), t->shape));
	if (!t->part)
		return;
	for (unsigned left = t->classes; left; left &= left - 1)
		features_add(v, features_key2(KIND_CLASS, (unsigned)__builtin_ctz(left), t->part));
	features_add(v, features_key(KIND_CLASSES, features_name(t)));
	features_add(v, features_key2(KIND_CLASSES_SHAPE, features_name(t), t->shape));
	features_add(v, features_key3(KIND_CLASSES_SHAPES, features_name(t), t[-1].shape, t[1].shape));
	features_add(v, features_key2(KIND_CLASSES_WORD_BEFORE, features_name(t), t[-1].lower));
}

static void features_add_seen(struct features_view *v)
{
	const struct features_token *t = v->t;
	const struct features_document *d = v->s->document;
	size_t at;
	if (!(t->flags & FEATURES_CAPITAL) || !d)
		return;
	uint64_t bit = features_small_bit(t->lower, &at);
	if (d->small[at] & bit)
		features_add(v, features_key2(KIND_SEEN_SMALL, t->shape, (t->flags & FEATURES_FIRST) != 0));
	const struct features_seen *seen = features_document_find(d, t->lower);
	bool inside = false;
	for (uint32_t k = 0; seen->lower && k < seen->n; k++) {
		if (seen->at[k] == v->s->first + v->i)
			continue;
		features_add(v, features_key(KIND_SEEN_BEFORE, seen->before[k]));
		features_add(v, features_key(KIND_SEEN_BEHIND, seen->behind[k]));
		features_add(v, features_key2(KIND_SEEN_SHAPES, seen->shape_before[k], seen->shape_behind[k]));
		inside |= seen->inside[k];
	}
	if (inside)
		features_add(v, features_key2(KIND_SEEN_INSIDE, t->shape, (t->flags & FEATURES_FIRST) != 0));
}

void features_context(const struct features_sentence *s, size_t i, struct features_context *out)
{
	struct features_view v = {.s = s, .i = i, .t = s->tokens + i, .out = out};
	out->n = 0;
	features_add_shapes(&v);
	out->n_shapes = out->n;
	features_add_near(&v);
	if (!s->alone)
		features_add_small(&v);
	features_add_run(&v);
	features_add_classes(&v);
	features_add_seen(&v);
	out->n_plain = out->n;
	features_add_pairs(&v);
}

uint64_t features_shapes(const struct features_sentence *s, size_t i)
{
	const struct features_token *t = s->tokens + i;
	uint64_t number = (uint64_t)(t->flags & FEATURES_FIRST) << 8 | (uint64_t)s->kind << 1 | 1;
	for (int k = -FEATURES_EDGE; k <= FEATURES_EDGE; k++)
		number = number << 8 | t[k].shape;
	return number;
}

/*
 * What phrases begin with, as sets of bits. See phrases_inside.h.
 */
#include "pipeline/stages/cleanup/phrases_inside.h"

static void phrases_set(uint64_t *filter, size_t bit)
{
	filter[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* Length of the word of ASCII that s begins with. */
static size_t phrases_word(struct str s)
{
	size_t n = 0;
	while (n < s.n && (unsigned char)s.p[n] < 0x80 && fold_is_word_char((unsigned char)s.p[n]))
		n++;
	return n;
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

void phrases_let_in(struct phrases_filter *f, struct str folded)
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

void phrases_let_in_first(struct phrases *p, const bool *firsts, int filter)
{
	for (uint32_t c = 0x80; c < PHRASE_PLANE; c++) {
		uint32_t first = fold_char(c).c[0];
		if (first && first < PHRASE_PLANE && firsts[first])
			p->blocks[c / 64].first[filter] |= UINT64_C(1) << c % 64;
	}
}

void phrases_know_characters(struct phrases *p)
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

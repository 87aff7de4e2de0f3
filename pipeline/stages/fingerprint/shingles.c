/*
 * Shingles. See shingles.h.
 *
 * Hashes are our own and written down here, since sketches of different versions and machines are compared: 64 bits,
 * multiply and shift. A sample is the upper half of a shingle's hash; classes and minima are taken from a second hash,
 * so that the two say different things of the same text.
 */
#include "pipeline/stages/fingerprint/shingles.h"

#include "pipeline/base/check.h"
#include "pipeline/base/str.h"
#include "pipeline/stages/fingerprint/step.h"
#include "pipeline/words/fold.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#define SHINGLES_PRIME  UINT64_C(0x9e3779b97f4a7c15)
#define SHINGLES_SECOND UINT64_C(0xd6e8feb86659fd93)
#define SHINGLES_START  UINT64_C(0x57ed2701af652295)
/* Stands in a frame for any number, and for the ends of the text. */
#define SHINGLES_NUMBER    UINT64_C(0x2545f4914f6cdd1d)
#define SHINGLES_EDGE      UINT64_C(0x94d049bb133111eb)
#define SHINGLES_COPYRIGHT 0xa9
/* A point or comma before so many digits, and no more, only groups them. */
#define SHINGLES_GROUP 3

uint64_t shingles_mix(uint64_t x)
{
	x ^= x >> 32;
	x *= SHINGLES_SECOND;
	x ^= x >> 29;
	x *= SHINGLES_PRIME;
	return x ^ x >> 32;
}

uint64_t shingles_add(uint64_t word, uint32_t c)
{
	word = (word ^ c) * SHINGLES_PRIME;
	return word ^ word >> 31;
}

/* --- the word at work ------------------------------------------------------------------------------------------- */

/* Letters go in eight bytes at a time, of UTF-8 and from its beginning on. */
static uint64_t shingles_add_eight(uint64_t word, uint64_t bytes)
{
	word = (word ^ bytes) * SHINGLES_PRIME;
	return word ^ word >> 29;
}

static void shingles_hold(struct shingles *s, uint64_t bytes, unsigned bits)
{
	unsigned before = s->held_bits;
	s->held |= bytes << before;
	s->held_bits += bits;
	if (s->held_bits < 64)
		return;
	s->word = shingles_add_eight(s->word, s->held);
	s->held_bits -= 64;
	s->held = s->held_bits ? bytes >> (bits - s->held_bits) : 0;
}

static void shingles_release(struct shingles *s)
{
	if (s->held_bits)
		s->word = shingles_add_eight(s->word, s->held);
	s->held = s->held_bits = 0;
}

static uint64_t shingles_hash_letters(const char *word)
{
	struct shingles s = {.word = SHINGLES_START};
	for (; *word; word++)
		shingles_hold(&s, (unsigned char)*word, 8);
	shingles_release(&s);
	return s.word;
}

void shingles_begin(struct shingles *s, struct shingles_classes *classes)
{
	memset(s, 0, offsetof(struct shingles, facts));
	s->classes = classes;
	s->lead.room = SKETCH_LEAD_SAMPLES_MAX;
	s->whole.room = SKETCH_WHOLE_SAMPLES_MAX;
	s->copyright = shingles_hash_letters("copyright");
	s->all_end = UINT32_MAX;
	memset(s->minima, 0xff, sizeof(s->minima));
	memset(s->opening, 0xff, sizeof(s->opening));
}

/* --- what is kept ----------------------------------------------------------------------------------------------- */

static void shingles_keep(struct shingles_least *least, uint32_t hash)
{
	if (least->n == least->room && hash >= least->hashes[least->n - 1])
		return;
	uint32_t at = least->n;
	while (at && least->hashes[at - 1] > hash)
		at--;
	if (at && least->hashes[at - 1] == hash)
		return;
	least->n += least->n < least->room;
	for (uint32_t i = least->n - 1; i > at; i--)
		least->hashes[i] = least->hashes[i - 1];
	least->hashes[at] = hash;
}

/* One-permutation hashing: the upper half says which class, the lower one how small. */
static void shingles_minimum(uint32_t *minima, size_t n, uint64_t hash)
{
	uint32_t *least = &minima[(hash >> 32) * n >> 32];
	if ((uint32_t)hash < *least)
		*least = (uint32_t)hash;
}

/* No room: the larger half goes. One word repeated for ever is one hash, and ends here as none. */
static void shingles_make_room(struct shingles *s)
{
	while (s->n_all == SKETCH_SHINGLES_MAX) {
		s->all_end /= 2;
		s->n_all = 0;
		for (size_t i = 0; i < SKETCH_SHINGLES_MAX; i++)
			if (s->all[i] < s->all_end)
				s->all[s->n_all++] = s->all[i];
	}
}

static void shingles_keep_all(struct shingles *s, uint32_t hash)
{
	if (hash >= s->all_end)
		return;
	s->all[s->n_all++] = hash;
	if (s->n_all == SKETCH_SHINGLES_MAX)
		shingles_make_room(s);
}

static void shingles_found(struct shingles *s, uint64_t hash)
{
	uint64_t second = hash * SHINGLES_SECOND;
	shingles_minimum(s->minima, SKETCH_MINIMA, second);
	shingles_keep(&s->whole, (uint32_t)(hash >> 32));
	shingles_keep_all(s, (uint32_t)(hash >> 32));
	if (s->n < SHINGLES_LEAD)
		shingles_keep(&s->lead, (uint32_t)(hash >> 32));
	if (s->n < SHINGLES_OPENING)
		shingles_minimum(s->opening, SKETCH_OPENING_MINIMA, second);
	s->n++;
}

static uint32_t shingles_rank(struct sketch_number fact)
{
	return (uint32_t)fact.frame << 16 | fact.value;
}

/* Among the smallest by frame, then value, each once. */
static void shingles_keep_number(struct shingles *s, const struct shingles_number *number)
{
	size_t at = s->n_numbers;
	uint32_t rank = shingles_rank(number->fact);
	while (at && shingles_rank(s->numbers[at - 1].fact) > rank)
		at--;
	if (at == SKETCH_NUMBERS_MAX || (at && shingles_rank(s->numbers[at - 1].fact) == rank))
		return;
	s->n_numbers += s->n_numbers < SKETCH_NUMBERS_MAX;
	for (size_t i = s->n_numbers - 1; i > at; i--)
		s->numbers[i] = s->numbers[i - 1];
	s->numbers[at] = *number;
}

/* --- words ------------------------------------------------------------------------------------------------------ */

/* The word behind a number completes its frame. */
static void shingles_frame(struct shingles *s, uint64_t after)
{
	if (!s->number_is_due)
		return;
	s->number_is_due = false;
	s->due.fact.frame = (uint16_t)shingles_mix(s->due_before + 3 * after);
	shingles_keep_number(s, &s->due);
	if (s->n_facts < SKETCH_FACTS_MAX)
		s->facts[s->n_facts++] = s->due.fact;
}

static uint16_t shingles_value(const struct shingles *s, uint64_t hash)
{
	if (!s->has_letter && s->plain < SKETCH_NUMBER_PLAIN_MAX)
		return (uint16_t)s->plain;
	uint32_t from = s->has_letter ? SKETCH_NUMBER_MIXED_MIN : SKETCH_NUMBER_PLAIN_MAX;
	uint32_t end = s->has_letter ? SKETCH_NUMBER_MAX + 1 : SKETCH_NUMBER_MIXED_MIN;
	return (uint16_t)(from + (shingles_mix(hash) >> 32) % (end - from));
}

static void shingles_number(struct shingles *s, uint64_t hash)
{
	s->number_is_due = true;
	s->due_before = s->last_is_number ? SHINGLES_NUMBER
	                : s->n_words      ? s->last[(s->n_words - 1) % SHINGLES_LAST]
	                                  : SHINGLES_EDGE;
	s->due.fact.value = shingles_value(s, hash);
	s->digits[s->n_digits < SKETCH_NUMBER_BYTES ? s->n_digits : SKETCH_NUMBER_BYTES] = 0;
	memcpy(s->due.text, s->digits, sizeof(s->due.text));
}

/* A sum, whose parts are found side by side; each word counts by its place. */
static uint64_t shingles_combine(const struct shingles *s, size_t words)
{
	static const uint64_t factors[SHINGLES_CHARACTERS] = {
	        1,
	        SHINGLES_PRIME,
	        SHINGLES_SECOND,
	        UINT64_C(0xbf58476d1ce4e5b9),
	        UINT64_C(0x94d049bb133111eb),
	        UINT64_C(0x2545f4914f6cdd1d),
	};
	uint64_t hash = SHINGLES_START;
	for (size_t i = 0; i < words; i++)
		hash += s->last[(s->n_words - 1 - i) % SHINGLES_LAST] * factors[i];
	return shingles_mix(hash);
}

/* A word is complete: `words` of them make a shingle. */
static void shingles_word(struct shingles *s, uint64_t hash, size_t words, bool is_number)
{
	shingles_frame(s, is_number ? SHINGLES_NUMBER : hash);
	if (is_number && !s->is_copyright)
		shingles_number(s, hash);
	s->is_copyright = hash == s->copyright;
	s->last_is_number = is_number;
	s->last[s->n_words++ % SHINGLES_LAST] = hash;
	if (s->n_words >= words)
		shingles_found(s, shingles_combine(s, words));
}

/* The last point or comma was no grouping: it is a part of the number. */
static void shingles_point(struct shingles *s)
{
	s->word = s->joint_word;
	s->plain = SKETCH_NUMBER_PLAIN_MAX;
}

static void shingles_show(struct shingles *s, char c)
{
	if (s->n_digits < SKETCH_NUMBER_BYTES)
		s->digits[s->n_digits++] = c;
}

static void shingles_end_word(struct shingles *s)
{
	s->joint = 0;
	if (!s->in_word)
		return;
	s->in_word = false;
	shingles_release(s);
	/* "18th", "100m": a number, too. */
	bool is_number = !s->has_letter || s->begins_with_digit;
	if (is_number && s->has_joint && s->since_joint != SHINGLES_GROUP)
		shingles_point(s);
	shingles_word(s, s->word, SHINGLES_WORDS, is_number);
}

static void shingles_begin_word(struct shingles *s)
{
	if (s->in_word)
		return;
	s->in_word = true;
	s->word = SHINGLES_START;
	s->has_letter = s->has_joint = false;
	s->since_joint = s->n_digits = s->plain = 0;
}

/* "12," and now a digit: the number goes on. Behind the second point or comma the first was between groups. */
static void shingles_join(struct shingles *s)
{
	if (s->has_joint && s->since_joint != SHINGLES_GROUP)
		shingles_point(s);
	shingles_show(s, s->joint);
	s->joint_word = shingles_add(s->word, '.');
	s->has_joint = true;
	s->since_joint = 0;
	s->joint = 0;
}

static void shingles_digit(struct shingles *s, uint32_t c)
{
	if (s->joint)
		shingles_join(s);
	if (!s->in_word)
		s->begins_with_digit = true;
	shingles_begin_word(s);
	shingles_release(s);
	shingles_show(s, (char)c);
	s->word = shingles_add(s->word, c);
	s->plain = s->plain < SKETCH_NUMBER_PLAIN_MAX ? s->plain * 10 + (c - '0') : s->plain;
	if (!s->has_joint)
		return;
	s->joint_word = shingles_add(s->joint_word, c);
	s->since_joint++;
}

/* Its bytes, the first the lowest. */
static void shingles_letter(struct shingles *s, const char *p, size_t n)
{
	uint64_t bytes = 0;
	if (s->joint)
		shingles_end_word(s);
	if (!s->in_word)
		s->begins_with_digit = false;
	shingles_begin_word(s);
	s->has_letter = true;
	for (size_t i = 0; i < n; i++)
		bytes |= (uint64_t)(unsigned char)p[i] << 8 * i;
	shingles_hold(s, bytes, 8 * (unsigned)n);
}

static void shingles_break(struct shingles *s, uint32_t c)
{
	bool joins = s->in_word && !s->has_letter && !s->joint && (c == '.' || c == ',');
	if (joins)
		s->joint = (char)c;
	else
		shingles_end_word(s);
}

/* --- classes of characters -------------------------------------------------------------------------------------- */

/* A digit: its value and SHINGLES_DIGIT. */
enum shingles_class { SHINGLES_UNKNOWN, SHINGLES_BREAK, SHINGLES_LETTER, SHINGLES_ALONE, SHINGLES_DIGIT = 16 };

static uint8_t shingles_find_class(uint32_t c)
{
	if (!fold_is_word_char(c))
		return SHINGLES_BREAK;
	int32_t digit = u_charDigitValue((UChar32)c);
	if (digit >= 0)
		return (uint8_t)(SHINGLES_DIGIT + digit);
	return fold_is_blank_script(c) ? SHINGLES_LETTER : SHINGLES_ALONE;
}

static uint8_t shingles_class(const struct shingles *s, uint32_t c)
{
	if (c > 0xffff)
		return shingles_find_class(c);
	uint8_t **page = &s->classes->pages[c >> 8];
	if (!*page && !(*page = calloc(256, 1)))
		check_panic("out of memory");
	uint8_t *class = &(*page)[c & 0xff];
	if (*class == SHINGLES_UNKNOWN)
		*class = shingles_find_class(c);
	return *class;
}

void shingles_classes_free(struct shingles_classes *classes)
{
	for (size_t i = 0; i < 256; i++)
		free(classes->pages[i]);
}

/* --- characters ------------------------------------------------------------------------------------------------- */

/* No ASCII; where it ends. */
static size_t shingles_other(struct shingles *s, struct str text, size_t at)
{
	size_t start = at;
	uint32_t c = step_next(text, &at);
	uint8_t class = shingles_class(s, c);
	if (class == SHINGLES_LETTER) {
		shingles_letter(s, text.p + start, at - start);
	} else if (class == SHINGLES_ALONE) {
		shingles_end_word(s);
		shingles_word(s, shingles_add(SHINGLES_START, c), SHINGLES_CHARACTERS, false);
	} else if (class == SHINGLES_BREAK) {
		shingles_break(s, c);
		s->is_copyright |= c == SHINGLES_COPYRIGHT;
	} else {
		shingles_digit(s, '0' + (uint32_t)(class - SHINGLES_DIGIT));
	}
	return at;
}

static bool shingles_is_ascii_letter(unsigned char c)
{
	return (unsigned char)(c - 'a') < 26;
}

/* How many of eight bytes, from the first on, are ASCII letters in lower case. */
static unsigned shingles_letters_of(uint64_t w)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = 0x80 * each;
	uint64_t low = w & ~high, from_a = low + (0x80 - 'a') * each, behind_z = low + (0x7f - 'z') * each;
	uint64_t others = ~(from_a & ~behind_z & ~w) & high;
	return others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
}

/* The ASCII letters that begin at `at`: the loop that most text goes through. */
static size_t shingles_letters(struct shingles *s, const char *p, size_t at, size_t n)
{
	shingles_letter(s, p + at++, 1);
	for (uint64_t w; at + sizeof(w) <= n;) {
		memcpy(&w, p + at, sizeof(w));
		w = le64toh(w);
		unsigned letters = shingles_letters_of(w);
		if (letters)
			shingles_hold(s, letters < 8 ? w & ((UINT64_C(1) << 8 * letters) - 1) : w, 8 * letters);
		at += letters;
		if (letters < 8)
			return at;
	}
	for (; at < n && shingles_is_ascii_letter((unsigned char)p[at]); at++)
		shingles_hold(s, (unsigned char)p[at], 8);
	return at;
}

void shingles_take(struct shingles *s, const char *p, size_t n)
{
	struct str text = str_make(p, n);
	for (size_t at = 0; at < n;) {
		unsigned char c = (unsigned char)p[at];
		if (shingles_is_ascii_letter(c)) {
			at = shingles_letters(s, p, at, n);
		} else if (c >= 0x80) {
			at = shingles_other(s, text, at);
		} else {
			at++;
			if (c >= '0' && c <= '9')
				shingles_digit(s, c);
			else
				shingles_break(s, c);
		}
	}
}

/* --- the end ---------------------------------------------------------------------------------------------------- */

/* Those of the whole that are not of the lead come behind it. */
static void shingles_copy_samples(const struct shingles *s, struct sketch *sketch)
{
	size_t n = s->lead.n;
	memcpy(sketch->samples, s->lead.hashes, n * sizeof(*sketch->samples));
	sketch->n_lead_samples = (uint8_t)n;
	for (size_t i = 0, j = 0; i < s->whole.n; i++) {
		while (j < s->lead.n && s->lead.hashes[j] < s->whole.hashes[i])
			j++;
		if (j == s->lead.n || s->lead.hashes[j] != s->whole.hashes[i])
			sketch->samples[n++] = s->whole.hashes[i];
	}
	sketch->n_samples = (uint8_t)n;
}

static void shingles_cut_minima(const uint32_t *minima, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < n; i++)
		if (minima[i] != UINT32_MAX)
			sketch_set_minimum(out, i, 1 + (unsigned)(shingles_mix(minima[i]) >> 32) % SKETCH_MINIMUM_MAX);
}

void shingles_end(struct shingles *s, struct sketch *sketch, struct sketch_words *words)
{
	shingles_end_word(s);
	shingles_frame(s, SHINGLES_EDGE);
	shingles_copy_samples(s, sketch);
	shingles_cut_minima(s->minima, SKETCH_MINIMA, sketch->text.minima);
	shingles_cut_minima(s->opening, SKETCH_OPENING_MINIMA, sketch->text.opening);
	for (size_t i = 0; i < s->n_numbers; i++) {
		sketch->text.numbers[i] = s->numbers[i].fact;
		memcpy(words->numbers[i], s->numbers[i].text, sizeof(words->numbers[i]));
	}
	sketch->text.n_numbers = (uint8_t)s->n_numbers;
	/* Few different ones are known one by one: a word that is repeated for ever is one shingle. */
	uint64_t n = s->whole.n < s->whole.room ? s->whole.n : s->n;
	sketch->text.n_shingles = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/*
 * Shingles. See shingles.h.
 *
 * Hashes are our own and written down here, since sketches of different versions and machines are compared: 64 bits,
 * multiply and shift. A sample is the upper half of a shingle's hash; classes and minima are taken from a second hash,
 * so that the two say different things of the same text.
 */
#include "pipeline/stages/fingerprint/shingles.h"

#include "pipeline/base/str.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#include <unicode/uchar.h>

#define SHINGLES_PRIME  UINT64_C(0x9e3779b97f4a7c15)
#define SHINGLES_SECOND UINT64_C(0xd6e8feb86659fd93)
#define SHINGLES_START  UINT64_C(0x51ed270b9f652295)
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

void shingles_begin(struct shingles *s)
{
	*s = (struct shingles){.lead.room = SKETCH_LEAD_SAMPLES_MAX, .whole.room = SKETCH_WHOLE_SAMPLES_MAX};
	memset(s->minima, 0xff, sizeof(s->minima));
	s->copyright = SHINGLES_START;
	for (const char *c = "copyright"; *c; c++)
		s->copyright = shingles_add(s->copyright, (unsigned char)*c);
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

static void shingles_found(struct shingles *s, uint64_t hash)
{
	uint64_t second = hash * SHINGLES_SECOND;
	/* The upper half says which class, the lower one how small. */
	uint32_t *least = &s->minima[(second >> 32) * SKETCH_MINIMA >> 32];
	uint32_t value = (uint32_t)second;
	if (value < *least)
		*least = value;
	shingles_keep(&s->whole, (uint32_t)(hash >> 32));
	if (s->n < SHINGLES_LEAD)
		shingles_keep(&s->lead, (uint32_t)(hash >> 32));
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
}

static uint16_t shingles_value(const struct shingles *s, uint64_t hash)
{
	if (s->plain < SKETCH_NUMBER_PLAIN_MAX)
		return (uint16_t)s->plain;
	return (uint16_t)(SKETCH_NUMBER_PLAIN_MAX +
	                  (shingles_mix(hash) >> 32) % (SKETCH_NUMBER_MAX + 1 - SKETCH_NUMBER_PLAIN_MAX));
}

static void shingles_number(struct shingles *s, uint64_t hash)
{
	s->number_is_due = true;
	s->due_before = s->last_is_number ? SHINGLES_NUMBER : s->n_words ? s->last[0] : SHINGLES_EDGE;
	s->due.fact.value = shingles_value(s, hash);
	s->digits[s->n_digits < SKETCH_NUMBER_BYTES ? s->n_digits : SKETCH_NUMBER_BYTES] = 0;
	memcpy(s->due.text, s->digits, sizeof(s->due.text));
}

static uint64_t shingles_combine(const struct shingles *s, size_t words)
{
	uint64_t hash = SHINGLES_START;
	for (size_t i = words; i; i--)
		hash = (hash ^ s->last[i - 1]) * SHINGLES_PRIME + (hash >> 47);
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
	for (size_t i = SHINGLES_CHARACTERS - 1; i; i--)
		s->last[i] = s->last[i - 1];
	s->last[0] = hash;
	s->n_words++;
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
	bool is_number = !s->has_letter;
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
	shingles_begin_word(s);
	shingles_show(s, (char)c);
	s->word = shingles_add(s->word, c);
	s->plain = s->plain < SKETCH_NUMBER_PLAIN_MAX ? s->plain * 10 + (c - '0') : s->plain;
	if (!s->has_joint)
		return;
	s->joint_word = shingles_add(s->joint_word, c);
	s->since_joint++;
}

static void shingles_letter(struct shingles *s, uint32_t c)
{
	if (s->joint)
		shingles_end_word(s);
	shingles_begin_word(s);
	s->has_letter = true;
	s->word = shingles_add(s->word, c);
}

static void shingles_break(struct shingles *s, uint32_t c)
{
	bool joins = s->in_word && !s->has_letter && !s->joint && (c == '.' || c == ',');
	if (joins)
		s->joint = (char)c;
	else
		shingles_end_word(s);
}

/* Letters that most text is made of, told without asking ICU: Latin, Cyrillic, Hangul. */
static bool shingles_is_plain_letter(uint32_t c)
{
	return (c >= 0xc0 && c <= 0x24f && c != 0xd7 && c != 0xf7) || (c >= 0x400 && c <= 0x481) ||
	       (c >= 0xac00 && c <= 0xd7a3);
}

static void shingles_other(struct shingles *s, uint32_t c)
{
	if (shingles_is_plain_letter(c)) {
		shingles_letter(s, c);
		return;
	}
	if (!fold_is_word_char(c)) {
		shingles_break(s, c);
		s->is_copyright |= c == SHINGLES_COPYRIGHT;
		return;
	}
	int32_t digit = u_charDigitValue((UChar32)c);
	if (digit >= 0) {
		shingles_digit(s, '0' + (uint32_t)digit);
	} else if (fold_is_blank_script(c)) {
		shingles_letter(s, c);
	} else {
		shingles_end_word(s);
		shingles_word(s, shingles_add(SHINGLES_START, c), SHINGLES_CHARACTERS, false);
	}
}

static bool shingles_is_ascii_letter(unsigned char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* The ASCII letters that begin at `at`: the loop that most text goes through. */
static size_t shingles_letters(struct shingles *s, const char *p, size_t at, size_t n)
{
	shingles_letter(s, (unsigned char)p[at++]);
	uint64_t word = s->word;
	while (at < n && shingles_is_ascii_letter((unsigned char)p[at]))
		word = shingles_add(word, (unsigned char)p[at++]);
	s->word = word;
	return at;
}

void shingles_take(struct shingles *s, const char *p, size_t n)
{
	struct str text = str_make(p, n);
	for (size_t at = 0; at < n;) {
		unsigned char c = (unsigned char)p[at];
		if (c >= 0x80) {
			shingles_other(s, utf8_next(text, &at));
			continue;
		}
		if (shingles_is_ascii_letter(c)) {
			at = shingles_letters(s, p, at, n);
			continue;
		}
		at++;
		if (c >= '0' && c <= '9')
			shingles_digit(s, c);
		else
			shingles_break(s, c);
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

void shingles_end(struct shingles *s, struct sketch *sketch, struct sketch_words *words)
{
	shingles_end_word(s);
	shingles_frame(s, SHINGLES_EDGE);
	shingles_copy_samples(s, sketch);
	for (size_t i = 0; i < SKETCH_MINIMA; i++)
		if (s->minima[i] != UINT32_MAX)
			sketch_set_minimum(&sketch->text, i,
			                   1 + (unsigned)(shingles_mix(s->minima[i]) >> 32) % SKETCH_MINIMUM_MAX);
	for (size_t i = 0; i < s->n_numbers; i++) {
		sketch->text.numbers[i] = s->numbers[i].fact;
		memcpy(words->numbers[i], s->numbers[i].text, sizeof(words->numbers[i]));
	}
	sketch->text.n_numbers = (uint8_t)s->n_numbers;
	/* Few different ones are known one by one: a word that is repeated for ever is one shingle. */
	uint64_t n = s->whole.n < s->whole.room ? s->whole.n : s->n;
	sketch->text.n_shingles = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

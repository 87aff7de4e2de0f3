/*
 * Sketches in few bytes. See packed.h.
 *
 *     0  numbers: how many; flags in the upper three bits
 *     1  names: how many
 *     2  words of the headline: how many
 *     3  shingles, 7 bits a byte, the lowest first
 *        minima and those of the opening, as they are
 *        numbers: frame 16 bits, value 12; then names and headline, 12 bits each; the lowest bits first
 */
#include "pipeline/stages/dedup/packed.h"

#include <string.h>

#define PACKED_FLAGS_AT 5
_Static_assert(SKETCH_NUMBERS_MAX < 1 << PACKED_FLAGS_AT, "the number of numbers stands below the flags");
_Static_assert(SKETCH_CAPITALS << PACKED_FLAGS_AT <= UINT8_MAX, "the flags stand in what is left of the byte");
_Static_assert(SKETCH_NUMBER_MAX >> SKETCH_WORD_BITS == 0, "a number's value is as long as a word");

/* Bits that wait for a whole byte. */
struct packed_target {
	uint8_t *p;
	uint64_t held;
	unsigned n;
};

static void packed_put(struct packed_target *b, uint32_t value, unsigned bits)
{
	b->held |= (uint64_t)value << b->n;
	for (b->n += bits; b->n >= 8; b->n -= 8) {
		*b->p++ = (uint8_t)b->held;
		b->held >>= 8;
	}
}

static void packed_put_words(struct packed_target *b, const uint16_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		packed_put(b, words[i] & ((1u << SKETCH_WORD_BITS) - 1), SKETCH_WORD_BITS);
}

size_t packed_write(const struct sketch_text *t, uint8_t out[PACKED_BYTES_MAX])
{
	uint8_t *p = out;
	*p++ = (uint8_t)(t->n_numbers | t->flags << PACKED_FLAGS_AT);
	*p++ = t->n_names;
	*p++ = t->n_headline;
	uint32_t shingles = t->n_shingles;
	for (; shingles > 0x7f; shingles >>= 7)
		*p++ = (uint8_t)(shingles | 0x80);
	*p++ = (uint8_t)shingles;
	memcpy(p, t->minima, sizeof(t->minima));
	p += sizeof(t->minima);
	memcpy(p, t->opening, sizeof(t->opening));
	struct packed_target b = {.p = p + sizeof(t->opening)};
	for (size_t i = 0; i < t->n_numbers; i++)
		packed_put(&b, t->numbers[i].frame | (t->numbers[i].value & SKETCH_NUMBER_MAX) << 16,
		           PACKED_NUMBER_BITS);
	packed_put_words(&b, t->names, t->n_names);
	packed_put_words(&b, t->headline, t->n_headline);
	if (b.n)
		packed_put(&b, 0, 8 - b.n);
	return (size_t)(b.p - out);
}

/* What is left to read begins at a half byte: so many of them behind p. All fields are of whole half bytes. */
struct packed_source {
	const uint8_t *p;
	size_t half;
};
_Static_assert(SKETCH_WORD_BITS == 12 && PACKED_NUMBER_BITS == 28, "words lie in two bytes, numbers in four");

static void packed_take_words(struct packed_source *s, uint16_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++, s->half += SKETCH_WORD_BITS / 4) {
		const uint8_t *p = s->p + s->half / 2;
		words[i] = (uint16_t)((p[0] | p[1] << 8) >> s->half % 2 * 4 & ((1 << SKETCH_WORD_BITS) - 1));
	}
}

static void packed_take_numbers(struct packed_source *s, struct sketch_number *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++, s->half += PACKED_NUMBER_BITS / 4) {
		const uint8_t *p = s->p + s->half / 2;
		uint32_t bytes = p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
		uint32_t number = bytes >> s->half % 2 * 4;
		numbers[i] = (struct sketch_number){(uint16_t)number, number >> 16 & SKETCH_NUMBER_MAX};
	}
}

/* What stands before the minima. */
static const uint8_t *packed_read_head(const uint8_t *p, struct sketch_text *out)
{
	out->n_numbers = *p & ((1 << PACKED_FLAGS_AT) - 1);
	out->flags = *p++ >> PACKED_FLAGS_AT;
	out->n_names = *p++;
	out->n_headline = *p++;
	out->n_shingles = 0;
	for (unsigned shift = 0;; shift += 7) {
		out->n_shingles |= (uint32_t)(*p & 0x7f) << shift;
		if (*p++ <= 0x7f)
			return p;
	}
}

static size_t packed_bits(const struct sketch_text *t)
{
	return (size_t)t->n_numbers * PACKED_NUMBER_BITS + (size_t)(t->n_names + t->n_headline) * SKETCH_WORD_BITS;
}

size_t packed_read(const uint8_t *from, struct sketch_text *out)
{
	const uint8_t *p = packed_read_head(from, out);
	memcpy(out->minima, p, sizeof(out->minima));
	p += sizeof(out->minima);
	memcpy(out->opening, p, sizeof(out->opening));
	struct packed_source s = {.p = p + sizeof(out->opening)};
	packed_take_numbers(&s, out->numbers, out->n_numbers);
	packed_take_words(&s, out->names, out->n_names);
	packed_take_words(&s, out->headline, out->n_headline);
	return (size_t)(s.p - from) + (s.half + 1) / 2;
}

size_t packed_bytes(const uint8_t *from)
{
	struct sketch_text head;
	const uint8_t *p = packed_read_head(from, &head);
	return (size_t)(p - from) + sizeof(head.minima) + sizeof(head.opening) + (packed_bits(&head) + 7) / 8;
}

void packed_read_minima(const uint8_t *from, struct sketch_text *out)
{
	const uint8_t *p = packed_read_head(from, out);
	memcpy(out->minima, p, sizeof(out->minima));
}

bool packed_is_sound(const uint8_t *p, size_t n)
{
	struct sketch_text head;
	size_t shingle_bytes = 1;
	while (shingle_bytes < 5 && p[2 + shingle_bytes] > 0x7f)
		shingle_bytes++;
	if (p[2 + shingle_bytes] > 0x7f)
		return false;
	packed_read_head(p, &head);
	return head.n_numbers <= SKETCH_NUMBERS_MAX && head.n_names <= SKETCH_NAMES_MAX &&
	       head.n_headline <= SKETCH_HEADLINE_MAX && packed_bytes(p) <= n;
}

/* A table of names, and numbers. See references.h. */
#include "pipeline/words/references.h"

#define REFERENCE_MAX_BYTES 16
#define DIGITS_MAX          8

struct references_row {
	const char *name;
	uint32_t character;
};

static const struct references_row references_rows[] = {
#define REFERENCE(name, character) {#name, character},
#include "pipeline/words/references.def"
#undef REFERENCE
};

static uint32_t references_named(struct str name)
{
	size_t low = 0, high = sizeof references_rows / sizeof *references_rows;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_compare(name, str_of(references_rows[middle].name));
		if (order == 0)
			return references_rows[middle].character;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}

static bool references_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int references_digit(char c, bool hex)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (hex && references_is_letter(c) && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

/* Windows-1252's bytes 80 to 9f, which are written as numbers although Unicode has control characters there. */
static uint32_t references_windows(uint32_t c)
{
	static const uint16_t meant[32] = {0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
	                                   0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
	                                   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	                                   0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
	return c >= 0x80 && c < 0xa0 ? meant[c - 0x80] : c;
}

/* From the '#' on. */
static size_t references_number(struct str s, uint32_t *character)
{
	size_t at = 1;
	bool hex = at < s.n && (s.p[at] | 32) == 'x';
	at += hex;
	uint32_t value = 0;
	size_t first = at;
	for (int digit; at < s.n && at - first < DIGITS_MAX && (digit = references_digit(s.p[at], hex)) >= 0; at++)
		value = value * (hex ? 16 : 10) + (uint32_t)digit;
	value = references_windows(value);
	if (at == first || !value || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*character = value;
	return at + (at < s.n && s.p[at] == ';');
}

size_t references_read(struct str s, size_t at, uint32_t *character)
{
	struct str rest = str_slice(s, at + 1, at + 1 + REFERENCE_MAX_BYTES);
	if (rest.n && rest.p[0] == '#') {
		size_t length = references_number(rest, character);
		return length ? 1 + length : 0;
	}
	size_t end = 0;
	while (end < rest.n && (references_is_letter(rest.p[end]) || references_digit(rest.p[end], false) >= 0))
		end++;
	*character = end && end < rest.n && rest.p[end] == ';' ? references_named(str_slice(rest, 0, end)) : 0;
	return *character ? end + 2 : 0;
}

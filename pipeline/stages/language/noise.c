/*
 * Counting kinds of tokens: plain words, those in small letters among them, numbers, and what only machines write. See
 * noise.h.
 */
#include "pipeline/stages/language/noise.h"

#include "pipeline/base/utf8.h"

#include <unicode/uchar.h>

/* A name, or a result's two sides: not more words than that. */
#define NOISE_FEW_WORDS 3

/* A long link says no more than a short one. */
#define NOISE_CODE_BYTES 24
/* So many numbers among names are results. */
#define NOISE_NUMBERS 2

struct noise_counts {
	size_t words, small, capitals; /* plain words; those that begin with a small letter; all in capitals */
	size_t numbers, codes;
	size_t separated; /* tokens with a comma, a colon or the like behind them, or the last of a line */
	size_t word_bytes, code_bytes;
};

struct noise_token {
	size_t letters, capitals, digits, marks;
	bool is_small, has_inner_capital, is_ascii;
};

/* What stands in words of machines only. */
static bool noise_is_mark(uint32_t c)
{
	return c < 0x80 && strchr("_={}<>\\/@#|[]*&%$+~^`;", (int)c) && c;
}

static void noise_read_letter(struct noise_token *token, uint32_t c, bool *was_small)
{
	bool is_capital = c < 0x80 ? c <= 'Z' : u_isupper((UChar32)c);
	token->is_small |= token->letters == 0 && token->digits == 0 && !is_capital;
	token->has_inner_capital |= is_capital && *was_small;
	token->capitals += is_capital;
	token->letters++;
	*was_small = !is_capital;
}

static struct noise_token noise_read(struct str word)
{
	struct noise_token token = {.is_ascii = true};
	bool was_small = false;
	for (size_t at = 0; at < word.n;) {
		uint32_t c = (unsigned char)word.p[at] < 0x80 ? (uint32_t)word.p[at++] : utf8_next(word, &at);
		token.is_ascii &= c < 0x80;
		bool is_letter = c < 0x80 ? (c | 0x20) - 'a' < 26 : u_isalpha((UChar32)c);
		if (is_letter)
			noise_read_letter(&token, c, &was_small);
		else if (c < 0x80 ? c - '0' < 10 : u_isdigit((UChar32)c))
			token.digits++;
		else if (noise_is_mark(c) && at < word.n)
			token.marks++;
	}
	return token;
}

static void noise_count(struct noise_counts *counts, struct str word)
{
	struct noise_token token = noise_read(word);
	if (word.n && strchr(",;:|", word.p[word.n - 1]))
		counts->separated++;
	if (token.letters + token.digits == 0)
		return;
	/* Machines write ASCII; a sentence of Japanese has no spaces, and digits in it. */
	bool is_code = token.is_ascii && token.letters &&
	               (token.marks > 1 || (token.digits && token.digits + token.marks > 1));
	if (token.digits >= token.letters && !is_code) {
		counts->numbers++;
	} else if (is_code || (token.has_inner_capital && token.marks)) {
		counts->codes++;
		counts->code_bytes += word.n < NOISE_CODE_BYTES ? word.n : NOISE_CODE_BYTES;
	} else {
		counts->words++;
		counts->word_bytes += word.n;
		counts->small += token.is_small;
		counts->capitals += token.letters > 1 && token.capitals == token.letters;
	}
}

static struct noise_counts noise_count_all(struct str text)
{
	struct noise_counts counts = {0};
	for (size_t at = 0; at < text.n;) {
		size_t end = at;
		while (end < text.n && (unsigned char)text.p[end] > ' ')
			end++;
		if (end > at)
			noise_count(&counts, str_slice(text, at, end));
		counts.separated += end > at && end < text.n && (text.p[end] == '\n' || text.p[end] == '\t');
		at = end + 1;
	}
	return counts;
}

struct noise_found noise_find(struct str text)
{
	struct noise_counts counts = noise_count_all(text);
	size_t tokens = counts.words + counts.numbers + counts.codes;
	/* Scripts without case, and text all in capitals, have no names that show. */
	bool has_names = counts.small == 0 && counts.capitals * 2 < counts.words;
	if (counts.code_bytes > counts.word_bytes)
		return (struct noise_found){"code", true};
	if (counts.numbers * 2 >= tokens && counts.small * 3 < tokens)
		return (struct noise_found){"table", true};
	if (has_names && counts.numbers >= NOISE_NUMBERS && counts.numbers * 4 >= tokens)
		return (struct noise_found){"table", true};
	if (counts.numbers * 4 >= tokens && counts.small * 8 < tokens)
		return (struct noise_found){"table", false};
	if (has_names && counts.words && (counts.words <= NOISE_FEW_WORDS || counts.separated * 3 >= counts.words))
		return (struct noise_found){"names", false};
	return (struct noise_found){0};
}

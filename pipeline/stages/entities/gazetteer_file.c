/*
 * Hashes of words and of runs of words; the reader and the maker must agree on them to the bit.
 *
 * Folding is simple case folding, with the dotted and dotless i of Turkish taken for one (ISTANBUL, İstanbul), and one
 * apostrophe and one hyphen for their kinds. Accents stay.
 */
#include "pipeline/stages/entities/gazetteer_file.h"

#include "pipeline/base/utf8.h"

#include <unicode/uchar.h>
#include <xxhash.h>

#define GAZETTEER_FILE_PROCLITIC_BYTES 8 /* of a word that may have one: four letters */
#define GAZETTEER_FILE_ALIF            "\xd8\xa7"
#define GAZETTEER_FILE_LAM             "\xd9\x84"

uint32_t gazetteer_file_fold(uint32_t c)
{
	if (c >= 0x2e80 && c < 0xa640) /* Han, Kana, Hangul's beginning and neighbours: no case there */
		return c;
	switch (c) {
	case 0x130: /* capital dotted i */
	case 0x131: /* small dotless i */
		return 'i';
	case 0x2bc: /* letter apostrophe */
	case 0x2018:
	case 0x2019:
		return '\'';
	case 0x2010:
	case 0x2011:
	case 0x2013:
		return '-';
	default:
		return (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
	}
}

/* Length of the folded beginning that is ASCII. */
static size_t gazetteer_file_fold_ascii(struct str word, char *out)
{
	size_t i = 0;
	for (; i < word.n && !((unsigned char)word.p[i] & 0x80); i++)
		out[i] = (char)(word.p[i] | (word.p[i] >= 'A' && word.p[i] <= 'Z' ? 0x20 : 0));
	return i;
}

uint64_t gazetteer_file_word(struct str word)
{
	char folded[GAZETTEER_FILE_WORD_BYTES * 4]; /* folding may lengthen a character to four bytes at the most */
	if (word.n > GAZETTEER_FILE_WORD_BYTES)
		return 0;
	size_t at = gazetteer_file_fold_ascii(word, folded), n = at;
	while (at < word.n)
		n += utf8_write(&folded[n], gazetteer_file_fold(utf8_next(word, &at)));
	uint64_t hash = XXH3_64bits(folded, n);
	return hash ? hash : 1;
}

uint64_t gazetteer_file_join(uint64_t before, uint64_t word)
{
	uint64_t joined = (before * UINT64_C(0xff51afd7ed558ccd) ^ word) * UINT64_C(0xc4ceb9fe1a85ec53);
	return joined ^ joined >> 29;
}

size_t gazetteer_file_proclitic(struct str word)
{
	static const struct str letters[] = {STR_INIT("\xd9\x88"), STR_INIT("\xd9\x81"), STR_INIT("\xd8\xa8"),
	                                     STR_INIT("\xd9\x83"), STR_INIT(GAZETTEER_FILE_LAM)};
	for (size_t i = 0; i < sizeof letters / sizeof *letters && word.n >= GAZETTEER_FILE_PROCLITIC_BYTES; i++)
		if (str_starts(word, letters[i]))
			return letters[i].n;
	return 0;
}

struct str gazetteer_file_article(struct str word, char *out, size_t room)
{
	const struct str alif = STR(GAZETTEER_FILE_ALIF), two_lams = STR(GAZETTEER_FILE_LAM GAZETTEER_FILE_LAM);
	if (!gazetteer_file_proclitic(word) || !str_starts(word, two_lams) || word.n > room)
		return (struct str){0};
	memcpy(out, word.p, word.n);
	memcpy(out, alif.p, alif.n);
	return str_make(out, word.n);
}

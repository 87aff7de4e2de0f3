/* Words and signs without a blank between them and the run. See bounds.h. */
#include "pipeline/stages/entities/bounds.h"

#include "pipeline/base/utf8.h"

#define BOUNDS_ENDING_LETTERS 3 /* "EU-ban", "NATO-nun": a case, and no other word */

static bool bounds_is_glued(const struct reading *r, size_t word)
{
	return word < r->words->n && !(reading_word(r, word)->flags & WORD_SPACE_BEFORE);
}

static bool bounds_is_one_of(const struct reading *r, size_t word, const char *const *texts, size_t n)
{
	for (size_t i = 0; word < r->words->n && i < n; i++)
		if (str_is(words_text(r->words, word), texts[i]))
			return true;
	return false;
}

/* --- words of letters -------------------------------------------------------------------------------------------- */

/* Signs that addresses are made of, and names are not. */
static bool bounds_is_of_address(const struct reading *r, size_t word)
{
	static const char *const signs[] = {"=", "_", "@", "?", "&", "\\"};
	return bounds_is_one_of(r, word, signs, sizeof signs / sizeof *signs);
}

/* "r/Calgary", but not "FOTO/Antara". */
static bool bounds_is_path(const struct reading *r, size_t slash)
{
	const struct word *before = slash && bounds_is_glued(r, slash) ? reading_word(r, slash - 1) : NULL;
	return reading_is_sign(r, slash, '/') && (!before || words_is_small(before) || before->kind == WORD_SIGN);
}

static bool bounds_begins(const struct reading *r, size_t first)
{
	if (!first || !bounds_is_glued(r, first))
		return true;
	return reading_word(r, first - 1)->kind == WORD_SIGN && !bounds_is_of_address(r, first - 1) &&
	       !bounds_is_path(r, first - 1);
}

/* "EU-länderna", in German "DFB-Pokalfinale": a compound, of which the name is a part. */
static bool bounds_is_compound(const struct reading *r, size_t hyphen)
{
	size_t next = hyphen + 1;
	if (!reading_is_hyphen(r, hyphen) || !bounds_is_glued(r, next) || reading_word(r, next)->kind != WORD_LETTERS)
		return false;
	return words_is_small(reading_word(r, next)) ? reading_letters(r, next) > BOUNDS_ENDING_LETTERS
	                                             : reading_is_in(r, "de");
}

static bool bounds_ends(const struct reading *r, size_t end)
{
	if (!bounds_is_glued(r, end))
		return true;
	const struct word *next = reading_word(r, end);
	if (next->flags & WORD_ALONE)
		return true;
	return next->kind == WORD_SIGN && !bounds_is_of_address(r, end) && !bounds_is_compound(r, end);
}

/* --- scripts in which each character is a word ------------------------------------------------------------------- */

static uint32_t bounds_letter(const struct reading *r, size_t word)
{
	size_t at = 0;
	return utf8_next(words_text(r->words, word), &at);
}

/* Katakana and its long mark; its middle dot parts words. */
static bool bounds_is_katakana(const struct reading *r, size_t word)
{
	uint32_t letter = bounds_letter(r, word);
	return letter >= 0x30a1 && letter <= 0x30fe && letter != 0x30fb;
}

static bool bounds_is_hangul(const struct reading *r, size_t word)
{
	uint32_t letter = bounds_letter(r, word);
	return letter >= 0xac00 && letter <= 0xd7a3;
}

static bool bounds_fit_katakana(const struct reading *r, size_t first, size_t end)
{
	bool before = first && bounds_is_glued(r, first) && bounds_is_katakana(r, first - 1);
	bool behind = bounds_is_glued(r, end) && bounds_is_katakana(r, end);
	return !(before && bounds_is_katakana(r, first)) && !(behind && bounds_is_katakana(r, end - 1));
}

/* A name begins behind a blank or a sign, has none within, and ends before one, or before a particle. */
static bool bounds_fit_hangul(const struct reading *r, size_t first, size_t end)
{
	static const char *const particles[] = {"에", "의", "은", "는", "이", "가", "을", "를", "로",
	                                        "으", "도", "와", "과", "만", "까", "부", "측", "산"};
	for (size_t i = first + 1; i < end; i++)
		if (!bounds_is_glued(r, i))
			return false;
	bool begins = !first || !bounds_is_glued(r, first) || reading_word(r, first - 1)->kind == WORD_SIGN;
	return begins && (!bounds_is_glued(r, end) || reading_word(r, end)->kind == WORD_SIGN ||
	                  bounds_is_one_of(r, end, particles, sizeof particles / sizeof *particles));
}

/* "四川队" is a team, "印度人" are its people, and behind "日本国内" stands no country called so. */
static bool bounds_fit_han(const struct reading *r, size_t end)
{
	static const char *const others[] = {"话", "話", "队", "隊", "菜", "籍", "语", "語", "路", "街",
	                                     "戏", "剧", "人", "裔", "系", "史", "製", "制", "产", "産"};
	static const char *const lands[] = {"国", "國"}, *const sides[] = {"内", "內", "外"};
	if (!bounds_is_glued(r, end))
		return true;
	return !bounds_is_one_of(r, end, others, sizeof others / sizeof *others) &&
	       !(bounds_is_one_of(r, end - 1, lands, 2) && bounds_is_one_of(r, end, sides, 3));
}

bool bounds_fit(const struct reading *r, size_t first, size_t n)
{
	size_t end = first + n;
	if (!(reading_word(r, first)->flags & WORD_ALONE))
		return bounds_begins(r, first) && bounds_ends(r, end);
	if (bounds_is_hangul(r, first))
		return bounds_fit_hangul(r, first, end);
	return bounds_fit_katakana(r, first, end) && bounds_fit_han(r, end);
}

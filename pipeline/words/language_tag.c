#include "pipeline/words/language_tag.h"

#include "pipeline/base/check.h"
#include "pipeline/base/options.h"

#include <unicode/uloc.h>
#include <unicode/ustring.h>

#define TAG_MAX_BYTES  35
#define NAME_MAX_BYTES 64

static bool language_tag_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool language_tag_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char language_tag_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char language_tag_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* The bit of a code of two or three letters in lower case; -1 for anything else. */
static int language_tag_bit(struct str code)
{
	if (code.n != 2 && code.n != 3)
		return -1;
	int bit = 0;
	for (size_t i = 0; i < code.n; i++) {
		if (code.p[i] < 'a' || code.p[i] > 'z')
			return -1;
		bit = bit * 26 + (code.p[i] - 'a');
	}
	return code.n == 2 ? bit : 26 * 26 + bit;
}

static void language_tag_know(struct language_codes *codes, const char *code)
{
	int bit = language_tag_bit(str_of(code));
	if (bit >= 0)
		codes->known[bit / 8] |= (uint8_t)(1 << bit % 8);
}

void language_codes_fill(struct language_codes *codes)
{
	memset(codes, 0, sizeof *codes);
	for (const char *const *code = uloc_getISOLanguages(); *code; code++) {
		language_tag_know(codes, *code);
		language_tag_know(codes, uloc_getISO3Language(*code));
	}
	static const char *const nothing[] = {"und", "mul", "mis", "zxx"};
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		int bit = language_tag_bit(str_of(nothing[i]));
		codes->known[bit / 8] &= (uint8_t) ~(1 << bit % 8);
	}
}

static bool language_tag_all(struct str s, bool (*is)(char))
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is(s.p[i]))
			return false;
	}
	return true;
}

static bool language_tag_is_alnum(char c)
{
	return language_tag_is_letter(c) || language_tag_is_digit(c);
}

/* A subtag behind the first: letters and digits, 1 to 8 of them. Spelled small, but Script and REGION as is the custom.
 */
static void language_tag_spell(char *p, size_t n, bool extension)
{
	for (size_t i = 0; i < n; i++)
		p[i] = language_tag_lower(p[i]);
	if (extension || !language_tag_all(str_make(p, n), language_tag_is_letter))
		return;
	if (n == 2 || n == 4)
		p[0] = language_tag_upper(p[0]);
	if (n == 2)
		p[1] = language_tag_upper(p[1]);
}

/* Checks and spells the tag in place. */
static bool language_tag_fix(const struct language_codes *codes, char *p, size_t n)
{
	bool extension = false; /* behind a singleton (en-x-…) everything is small */
	for (size_t start = 0; start <= n;) {
		size_t end = start;
		while (end < n && p[end] != '-' && p[end] != '_')
			end++;
		struct str subtag = str_make(p + start, end - start);
		if (subtag.n < 1 || subtag.n > 8 || !language_tag_all(subtag, language_tag_is_alnum))
			return false;
		language_tag_spell(p + start, subtag.n, start == 0 || extension);
		if (start == 0) {
			int bit = language_tag_bit(subtag);
			if (bit < 0 || !(codes->known[bit / 8] & 1 << bit % 8))
				return false;
		}
		extension |= start > 0 && subtag.n == 1;
		if (end < n)
			p[end] = '-';
		start = end + 1;
	}
	return true;
}

struct str language_tag_read(const struct language_codes *codes, struct str written, struct arena *a)
{
	char room[TAG_MAX_BYTES];
	written = str_trim(written);
	if (written.n < 2 || written.n > sizeof room)
		return (struct str){0};
	memcpy(room, written.p, written.n);
	if (!language_tag_fix(codes, room, written.n))
		return (struct str){0};
	return arena_copy(a, str_make(room, written.n));
}

/* A language's English name in small letters; empty when it has none that is short. */
static void language_tag_name(const char *code, char name[NAME_MAX_BYTES])
{
	UChar wide[NAME_MAX_BYTES];
	UErrorCode status = U_ZERO_ERROR;
	name[0] = 0;
	int32_t n = uloc_getDisplayLanguage(code, "en", wide, NAME_MAX_BYTES, &status);
	if (U_SUCCESS(status))
		u_strToUTF8(name, NAME_MAX_BYTES, &n, wide, n, &status);
	if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
		name[0] = 0;
	for (char *p = name; *p; p++)
		*p = language_tag_lower(*p);
}

bool language_tag_guess(struct str written, char tag[LANGUAGE_TAG_GUESS_BYTES])
{
	const char *const *codes = uloc_getISOLanguages();
	size_t n = 0;
	while (codes[n])
		n++;
	char(*names)[NAME_MAX_BYTES] = calloc(n + 1, sizeof *names), small[NAME_MAX_BYTES];
	const char **list = calloc(n + 1, sizeof *list);
	CHECK(names && list);
	for (size_t i = 0; i < n; i++) {
		language_tag_name(codes[i], names[i]);
		list[i] = names[i];
	}
	written = str_slice(str_trim(written), 0, sizeof small);
	for (size_t i = 0; i < written.n; i++)
		small[i] = language_tag_lower(written.p[i]);
	const char *nearest = options_nearest(str_make(small, written.n), list);
	if (nearest)
		snprintf(tag, LANGUAGE_TAG_GUESS_BYTES, "%s", codes[(size_t)(nearest - names[0]) / sizeof *names]);
	free(names);
	free(list);
	return nearest != NULL;
}

#include "pipeline/stages/decode/charset_guess.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/charset_wide.h"

#define SAID_WITHIN 2048
/* Fewer bytes beyond ASCII than these are too few to tell an East Asian charset by. */
#define FEW_BYTES 6

/* --- what the bytes say ------------------------------------------------------------------------------------------- */

static bool charset_is_name(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || strchr("-_:.", c);
}

/* The name behind a key at `at`: ` = "utf-8"`, `=utf-8`. */
static struct str charset_value(struct str s, size_t at)
{
	while (at < s.n && str_is_space(s.p[at]))
		at++;
	if (at == s.n || s.p[at] != '=')
		return (struct str){0};
	for (at++; at < s.n && (str_is_space(s.p[at]) || s.p[at] == '"' || s.p[at] == '\''); at++)
		;
	size_t end = at;
	while (end < s.n && charset_is_name(s.p[end]))
		end++;
	return str_slice(s, at, end);
}

struct str charset_said(struct str bytes)
{
	struct str s = str_trim(str_slice(bytes, 0, bytes.n < SAID_WITHIN ? bytes.n : SAID_WITHIN));
	if (!s.n || s.p[0] != '<')
		return (struct str){0};
	if (str_starts(s, STR("<?xml"))) {
		struct str declaration = str_slice(s, 0, str_index(s, '>', 0));
		size_t at = str_find_fold(declaration, "encoding", 0);
		if (at < declaration.n)
			return charset_value(declaration, at + strlen("encoding"));
	}
	for (size_t at = str_find_fold(s, "<meta", 0); at < s.n; at = str_find_fold(s, "<meta", at + 1)) {
		struct str tag = str_slice(s, at, str_index(s, '>', at));
		size_t key = str_find_fold(tag, "charset", 0);
		if (key < tag.n)
			return charset_value(tag, key + strlen("charset"));
	}
	return (struct str){0};
}

const char *charset_escaped(struct str bytes)
{
	static const struct {
		const char *escape, *name;
	} rows[] = {
	        {"\x1b$B", "iso-2022-jp"},  {"\x1b$@", "iso-2022-jp"},  {"\x1b(J", "iso-2022-jp"},
	        {"\x1b$)C", "iso-2022-kr"}, {"\x1b$)A", "iso-2022-cn"},
	};
	const char *escape = bytes.n ? memchr(bytes.p, 0x1b, bytes.n) : NULL;
	for (size_t i = 0; escape && i < sizeof rows / sizeof *rows; i++) {
		if (memmem(escape, bytes.n - (size_t)(escape - bytes.p), rows[i].escape, strlen(rows[i].escape)))
			return rows[i].name;
	}
	return NULL;
}

/* --- what they look like ------------------------------------------------------------------------------------------ */

/* Bytes that are counted at once: as many as a byte can count. */
#define BLOCK 255

/* Sums and bits, not branches: a compiler looks at many bytes at once then. */
static unsigned char charset_is_letter(unsigned char c)
{
	return (unsigned char)((c | 32) - 'a') <= 'z' - 'a';
}

/* White space is none. */
static unsigned char charset_is_control(unsigned char c)
{
	return (c < ' ') & !((unsigned char)(c - '\t') <= '\r' - '\t');
}

bool charset_may_be_text(struct str bytes)
{
	size_t controls = 0, letters = 0;
	if (bytes.n && memchr(bytes.p, 0, bytes.n))
		return false;
	for (size_t at = 0; at < bytes.n; at += BLOCK) {
		unsigned char some = 0, more = 0;
		size_t n = bytes.n - at < BLOCK ? bytes.n - at : BLOCK;
		for (size_t i = 0; i < n; i++) {
			unsigned char c = (unsigned char)bytes.p[at + i];
			some += charset_is_control(c);
			more += charset_is_letter(c) | (c >= 0xc0);
		}
		controls += some;
		letters += more;
	}
	/* Tapes have some control bytes in each line. */
	return letters >= 3 && controls * 8 <= bytes.n;
}

/* Bytes beyond ASCII, no more than are few. */
static size_t charset_high(struct str bytes)
{
	size_t high = 0;
	for (size_t at = utf8_ascii_end(bytes, 0); at < bytes.n && high < FEW_BYTES; at = utf8_ascii_end(bytes, at + 1))
		high++;
	return high;
}

void charset_guess(struct converters *converters, struct str bytes, const char *names[2])
{
	double wide_fits = 0, narrow_fits;
	const char *wide = charset_high(bytes) >= FEW_BYTES ? charset_wide_guess(converters, bytes, &wide_fits) : NULL;
	names[0] = wide;
	names[1] = NULL;
	if (wide_fits >= WIDE_FITS_WELL)
		return;
	const char *narrow = charset_bytes_guess(converters->tables, bytes, &narrow_fits);
	bool is_wide = wide_fits >= WIDE_FITS && wide_fits > narrow_fits;
	names[is_wide] = narrow;
	names[!is_wide] = wide;
}

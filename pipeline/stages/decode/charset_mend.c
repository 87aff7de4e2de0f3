#include "pipeline/stages/decode/charset_mend.h"

#include "pipeline/base/utf8.h"

/* Windows-1252 from 0x80 to 0x9f; 0: none. From 0xa0 on it is Unicode's own. */
static const uint16_t charset_1252[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                          0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                          0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                          0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

/* The bytes of a character that begins at `at`, where a byte beyond ASCII is; *whole: nothing of it is missing. */
static size_t charset_sequence(struct str s, size_t at, bool *whole)
{
	unsigned char lead = (unsigned char)s.p[at];
	size_t n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2, found = 1;
	*whole = at + n <= s.n && utf8_is_valid(str_slice(s, at, at + n));
	if (*whole || lead < 0xc2 || lead > 0xf4)
		return *whole ? n : 1;
	while (found < n - 1 && at + found < s.n && ((unsigned char)s.p[at + found] & 0xc0) == 0x80)
		found++;
	return found;
}

/* Pieces are judged for themselves: a line, the string of a field, what stands between tags. */
static size_t charset_piece_end(struct str s, size_t at)
{
	while (at < s.n && !strchr("\n\"<>", s.p[at]))
		at++;
	return at < s.n ? at + 1 : at;
}

static void charset_count(struct str s, size_t *whole, size_t *loose)
{
	*whole = *loose = 0;
	for (size_t at = utf8_ascii_end(s, 0); at < s.n; at = utf8_ascii_end(s, at)) {
		bool is_whole;
		at += charset_sequence(s, at, &is_whole);
		++*(is_whole ? whole : loose);
	}
}

bool charset_is_utf8_damaged(struct str bytes, size_t most)
{
	size_t whole, loose;
	charset_count(bytes, &whole, &loose);
	return whole > loose || loose <= most;
}

/* --- single bytes ------------------------------------------------------------------------------------------------- */

static void charset_put(struct buf *out, uint32_t c)
{
	char room[4];
	buf_put(out, room, utf8_write(room, c));
}

/* Bytes of no whole character. */
static void charset_mend_torn(struct str torn, bool as_windows, struct buf *out, size_t *lost)
{
	for (size_t i = 0; as_windows && i < torn.n; i++) {
		unsigned char byte = (unsigned char)torn.p[i];
		uint32_t c = byte >= 0xa0 ? byte : charset_1252[byte - 0x80];
		charset_put(out, c ? c : 0xfffd);
		*lost += !c;
	}
	if (as_windows)
		return;
	charset_put(out, 0xfffd);
	++*lost;
}

static void charset_mend_piece(struct str s, struct buf *out, size_t *lost)
{
	size_t whole, loose, at = 0;
	charset_count(s, &whole, &loose);
	for (size_t end = utf8_ascii_end(s, 0); end < s.n; end = utf8_ascii_end(s, at)) {
		bool is_whole;
		size_t n = charset_sequence(s, end, &is_whole);
		buf_str(out, str_slice(s, at, is_whole ? end + n : end));
		at = end + n;
		if (!is_whole)
			charset_mend_torn(str_slice(s, end, at), whole == 0, out, lost);
	}
	buf_str(out, str_slice(s, at, s.n));
}

void charset_mend_bytes(struct str bytes, struct buf *out, size_t *lost)
{
	*lost = 0;
	for (size_t at = 0, end; at < bytes.n; at = end) {
		end = charset_piece_end(bytes, at);
		charset_mend_piece(str_slice(bytes, at, end), out, lost);
	}
}

/* --- written twice ------------------------------------------------------------------------------------------------ */

/* The byte that Windows-1252 has for a character; those that it lacks went through as they were. -1: none. */
static int charset_byte(uint32_t c)
{
	for (int i = 0; i < 32; i++) {
		if (c == charset_1252[i] || (c == 0x80U + (uint32_t)i && !charset_1252[i]))
			return 0x80 + i;
	}
	return c >= 0xa0 && c <= 0xff ? (int)c : -1;
}

/* The run of characters beyond ASCII at `at`, as bytes into out, if there is one. False: not all have one, or they are
 * no UTF-8; what is in out then is worth nothing. */
static bool charset_run(struct str s, size_t *at, struct buf *out)
{
	char whole[4];
	size_t n = 0;
	bool sound = true;
	while (*at < s.n && (unsigned char)s.p[*at] >= 0x80) {
		int byte = charset_byte(utf8_next(s, at));
		sound = sound && byte >= 0;
		if (!sound)
			continue;
		whole[n++] = (char)byte;
		unsigned char lead = (unsigned char)whole[0];
		size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
		if (n < wanted)
			continue;
		sound = utf8_is_valid(str_make(whole, n));
		if (out)
			buf_put(out, whole, n);
		n = 0;
	}
	return sound && n == 0;
}

static bool charset_is_double_piece(struct str s)
{
	size_t runs = 0;
	for (size_t at = utf8_ascii_end(s, 0); at < s.n; at = utf8_ascii_end(s, at)) {
		if (!charset_run(s, &at, NULL))
			return false;
		runs++;
	}
	return runs > 0;
}

/* A character that a byte of UTF-8's beginning became (U+00C2 to U+00F4), and another beyond ASCII right behind it. */
bool charset_is_double(struct str text)
{
	const char *end = text.p + text.n;
	for (const char *p = text.p; p && p + 2 < end; p++) {
		p = memchr(p, 0xc3, (size_t)(end - p));
		if (!p || p + 2 >= end)
			return false;
		unsigned char second = (unsigned char)p[1], third = (unsigned char)p[2];
		if (second >= 0x82 && second <= 0xb4 && third >= 0xc2 && third <= 0xe2) {
			/* The piece around it has the last word. */
			size_t at = (size_t)(p - text.p), start = at;
			while (start && !strchr("\n\"<>", text.p[start - 1]))
				start--;
			size_t piece_end = charset_piece_end(text, at);
			if (charset_is_double_piece(str_slice(text, start, piece_end)))
				return true;
			p = text.p + piece_end - 1;
		}
	}
	return false;
}

void charset_mend_double(struct str text, struct buf *out)
{
	for (size_t start = 0, end; start < text.n; start = end) {
		end = charset_piece_end(text, start);
		struct str piece = str_slice(text, start, end);
		if (!charset_is_double_piece(piece)) {
			buf_str(out, piece);
			continue;
		}
		size_t done = 0;
		for (size_t at = utf8_ascii_end(piece, 0); at < piece.n; at = utf8_ascii_end(piece, at)) {
			buf_str(out, str_slice(piece, done, at));
			charset_run(piece, &at, out);
			done = at;
		}
		buf_str(out, str_slice(piece, done, piece.n));
	}
}

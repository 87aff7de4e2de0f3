#include "pipeline/stages/decode/mail.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/decode/envelope.h"

#include <strings.h>

/* Behind the line that begins at `at`. */
static size_t mail_line_end(struct str s, size_t at)
{
	size_t end = str_index(s, '\n', at);
	return end < s.n ? end + 1 : s.n;
}

/* --- header fields ------------------------------------------------------------------------------------------------ */

static bool mail_is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] == ':' || s.p[i] >= 0x7f)
			return false;
	}
	return s.n > 0 && s.n <= 76;
}

static bool mail_is_empty(struct str line)
{
	return str_trim(line).n == 0;
}

/* A line that begins with white space belongs to the one before. */
static size_t mail_field_end(struct str mail, size_t at)
{
	size_t end = mail_line_end(mail, at);
	while (end < mail.n && (mail.p[end] == ' ' || mail.p[end] == '\t')) {
		size_t next = mail_line_end(mail, end);
		if (mail_is_empty(str_slice(mail, end, next)))
			break;
		end = next;
	}
	return end;
}

bool mail_head_read(struct str mail, struct mail_head *head)
{
	size_t at = 0;
	head->n = 0;
	while (at < mail.n && mail_is_empty(str_slice(mail, at, mail_line_end(mail, at))))
		at = mail_line_end(mail, at);
	size_t limit = at + MAIL_HEAD_BYTES;
	while (at < mail.n && at < limit) {
		if (mail_is_empty(str_slice(mail, at, mail_line_end(mail, at)))) {
			head->body = str_slice(mail, mail_line_end(mail, at), mail.n);
			return head->n > 0;
		}
		size_t end = mail_field_end(mail, at), colon = str_index(mail, ':', at);
		if (colon >= end || !mail_is_name(str_slice(mail, at, colon)))
			return false;
		if (head->n < MAIL_FIELDS_MAX)
			head->fields[head->n++] = (struct mail_field){str_slice(mail, at, colon),
			                                              str_trim(str_slice(mail, colon + 1, end))};
		at = end;
	}
	head->body = str_slice(mail, at, at);
	return head->n > 0 && at >= mail.n;
}

static const struct mail_field *mail_find(const struct mail_head *head, const char *name)
{
	for (size_t i = 0; i < head->n; i++) {
		if (str_is_fold(head->fields[i].name, name))
			return &head->fields[i];
	}
	return NULL;
}

bool mail_has_field(const struct mail_head *head, const char *name)
{
	return mail_find(head, name) != NULL;
}

struct str mail_field(const struct mail_head *head, const char *name, struct arena *a)
{
	const struct mail_field *field = mail_find(head, name);
	if (!field)
		return (struct str){0};
	if (!memchr(field->value.p, '\n', field->value.n))
		return field->value;
	char *out = arena_alloc(a, field->value.n);
	size_t n = 0;
	for (size_t i = 0; i < field->value.n; i++) {
		char c = field->value.p[i];
		if (c != '\n' && c != '\r')
			out[n++] = c == '\t' ? ' ' : c;
	}
	return str_make(out, n);
}

struct str mail_value(struct str field)
{
	return str_trim(str_slice(field, 0, str_index(field, ';', 0)));
}

/* --- parameters --------------------------------------------------------------------------------------------------- */

struct parameter {
	struct str name, value; /* value without its quotes, backslashes in it still there */
};

/* Behind the parameter that begins at the ';' at `at`. */
static size_t mail_parameter_next(struct str field, size_t at, struct parameter *p)
{
	size_t start = at + 1, sign = start;
	while (sign < field.n && field.p[sign] != '=' && field.p[sign] != ';')
		sign++;
	p->name = str_trim(str_slice(field, start, sign));
	p->value = (struct str){0};
	if (sign == field.n || field.p[sign] == ';')
		return sign;
	do
		sign++;
	while (sign < field.n && str_is_space(field.p[sign]));
	if (sign < field.n && field.p[sign] == '"') {
		size_t end = sign + 1;
		while (end < field.n && field.p[end] != '"')
			end += field.p[end] == '\\' ? 2 : 1;
		p->value = str_slice(field, sign + 1, end);
		return str_index(field, ';', end);
	}
	size_t end = str_index(field, ';', sign);
	p->value = str_trim(str_slice(field, sign, end));
	return end;
}

static int mail_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	char small = (char)(c | 32);
	return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/* Of the pieces of a parameter: which one is it, and are its bytes written as %XX? -1: it is another's. */
static int mail_piece_number(struct str written, const char *name, bool *encoded)
{
	size_t n = strlen(name);
	if (!str_starts_fold(written, name))
		return -1;
	written = str_slice(written, n, written.n);
	*encoded = str_ends(written, STR("*"));
	if (*encoded)
		written.n--;
	if (!written.n)
		return 0;
	if (written.p[0] != '*' || written.n < 2 || written.n > 3)
		return -1;
	int number = 0;
	for (size_t i = 1; i < written.n; i++) {
		if (written.p[i] < '0' || written.p[i] > '9')
			return -1;
		number = number * 10 + written.p[i] - '0';
	}
	return number;
}

static size_t mail_put_piece(char *out, struct str value, bool encoded, bool first)
{
	size_t n = 0, at = 0;
	if (encoded && first) {
		/* charset'language'bytes */
		size_t one = str_index(value, '\'', 0), two = str_index(value, '\'', one + 1);
		at = two < value.n ? two + 1 : 0;
	}
	for (; at < value.n; at++) {
		char c = value.p[at];
		if (encoded && c == '%' && at + 2 < value.n && mail_hex(value.p[at + 1]) >= 0 &&
		    mail_hex(value.p[at + 2]) >= 0) {
			c = (char)(mail_hex(value.p[at + 1]) * 16 + mail_hex(value.p[at + 2]));
			at += 2;
		} else if (!encoded && c == '\\' && at + 1 < value.n) {
			c = value.p[++at];
		}
		out[n++] = c;
	}
	return n;
}

struct str mail_parameter(struct str field, const char *name, struct arena *a)
{
	char *out = arena_alloc(a, field.n);
	size_t n = 0;
	int next = 0;
	for (size_t at = str_index(field, ';', 0); at < field.n;) {
		struct parameter p;
		bool encoded = false;
		at = mail_parameter_next(field, at, &p);
		if (mail_piece_number(p.name, name, &encoded) != next)
			continue;
		n += mail_put_piece(out + n, p.value, encoded, next == 0);
		next++;
	}
	return str_trim(str_make(out, n));
}

/* --- transfer encodings ------------------------------------------------------------------------------------------- */

/* What of it can be read: mails are cut and mended on their way. */
static struct str mail_unbase64(struct str s, struct arena *a)
{
	struct str bytes;
	envelope_base64(s, a, &bytes);
	return bytes;
}

/* word: as RFC 2047 has it, with '_' for a blank. */
static struct str mail_unquote(struct str s, bool word, struct arena *a)
{
	char *out = arena_alloc(a, s.n);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '=' && i + 2 < s.n && mail_hex(s.p[i + 1]) >= 0 && mail_hex(s.p[i + 2]) >= 0) {
			out[n++] = (char)(mail_hex(s.p[i + 1]) * 16 + mail_hex(s.p[i + 2]));
			i += 2;
			continue;
		}
		if (c == '=' && !word) {
			/* A line that goes on, with blanks that some gateway added. */
			size_t end = i + 1;
			while (end < s.n && (s.p[end] == ' ' || s.p[end] == '\t' || s.p[end] == '\r'))
				end++;
			if (end == s.n || s.p[end] == '\n') {
				i = end;
				continue;
			}
		}
		out[n++] = word && c == '_' ? ' ' : c;
	}
	return str_make(out, n);
}

struct str mail_untransfer(struct str body, struct str encoding, struct arena *a)
{
	if (str_is_fold(encoding, "base64"))
		return mail_unbase64(body, a);
	return str_is_fold(encoding, "quoted-printable") ? mail_unquote(body, false, a) : body;
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

/* The next line that is the boundary, from the beginning of a line at `at` on: where it begins, or the end. */
static size_t mail_boundary(struct str body, struct str boundary, size_t at, bool *last)
{
	*last = true;
	while (at < body.n) {
		struct str line = str_slice(body, at, mail_line_end(body, at));
		if (line.n >= 2 + boundary.n && line.p[0] == '-' && line.p[1] == '-' &&
		    str_starts(str_slice(line, 2, line.n), boundary)) {
			struct str tail = str_trim(str_slice(line, 2 + boundary.n, line.n));
			if (!tail.n || str_is(tail, "--")) {
				*last = tail.n > 0;
				return at;
			}
		}
		at += line.n;
	}
	return body.n;
}

bool mail_part_next(struct str body, struct str boundary, size_t *at, struct str *part)
{
	bool last;
	size_t start = *at ? *at : mail_boundary(body, boundary, 0, &last);
	if (!boundary.n || start >= body.n)
		return false;
	if (!*at && last)
		return false;
	start = mail_line_end(body, start);
	size_t end = mail_boundary(body, boundary, start, &last);
	*part = str_slice(body, start, end);
	/* The line feed before a boundary is the boundary's. */
	if (end < body.n && str_ends(*part, STR("\n")))
		part->n -= part->n > 1 && part->p[part->n - 2] == '\r' ? 2 : 1;
	*at = last ? body.n : end;
	return true;
}

/* --- encoded words ------------------------------------------------------------------------------------------------ */

struct word {
	struct str charset, text;
	char encoding;
	size_t end;
};

#define WORD_MAX_BYTES 2000 /* the standard has 75 */

/* "=?charset?Q?text?=" at `at`. */
static bool mail_word(struct str s, size_t at, struct word *word)
{
	s = str_slice(s, 0, at + WORD_MAX_BYTES);
	if (!str_starts(str_slice(s, at, s.n), STR("=?")))
		return false;
	size_t one = str_index(s, '?', at + 2), two = str_index(s, '?', one + 1);
	if (two >= s.n || two != one + 2)
		return false;
	size_t end = str_index(s, '?', two + 1);
	/* A '?' of the text that should have been written as =3F. */
	while (end + 1 < s.n && s.p[end + 1] != '=')
		end = str_index(s, '?', end + 1);
	if (end + 1 >= s.n)
		return false;
	word->charset = str_slice(s, at + 2, one);
	/* RFC 2231 puts a language behind it. */
	word->charset = str_slice(word->charset, 0, str_index(word->charset, '*', 0));
	word->encoding = (char)(s.p[one + 1] | 32);
	word->text = str_slice(s, two + 1, end);
	word->end = end + 2;
	return word->charset.n && (word->encoding == 'q' || word->encoding == 'b');
}

static size_t mail_blanks(struct str s, size_t at)
{
	while (at < s.n && str_is_space(s.p[at]))
		at++;
	return at;
}

static size_t mail_take_word(const struct word *word, char *out, struct arena *a)
{
	struct str bytes = word->encoding == 'b' ? mail_unbase64(word->text, a) : mail_unquote(word->text, true, a);
	memcpy(out, bytes.p, bytes.n);
	return bytes.n;
}

bool mail_piece_next(struct str field, size_t *at, struct mail_piece *piece, struct arena *a)
{
	struct word word;
	size_t start = *at;
	if (start >= field.n)
		return false;
	if (!mail_word(field, start, &word)) {
		size_t end = start + 1;
		/* Where "=?" begins no word it is text; it is looked at once. */
		while (end < field.n && !(field.p[end] == '=' && mail_word(field, end, &word)))
			end++;
		*piece = (struct mail_piece){.bytes = str_slice(field, start, end)};
		*at = end;
		return true;
	}
	char *out = arena_alloc(a, field.n - start);
	size_t n = 0;
	piece->charset = word.charset;
	for (bool more = true; more;) {
		n += mail_take_word(&word, out + n, a);
		*at = word.end;
		/* White space between two words is nobody's. */
		more = mail_word(field, mail_blanks(field, word.end), &word);
		if (more && !(word.charset.n == piece->charset.n &&
		              strncasecmp(word.charset.p, piece->charset.p, word.charset.n) == 0)) {
			*at = mail_blanks(field, *at);
			more = false;
		}
	}
	piece->bytes = str_make(out, n);
	return true;
}

/* --- text --------------------------------------------------------------------------------------------------------- */

struct str mail_unreturn(struct str text, struct arena *a)
{
	if (!text.n || !memchr(text.p, '\r', text.n))
		return text;
	char *out = arena_alloc(a, text.n);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\r' || i + 1 == text.n || text.p[i + 1] != '\n')
			out[n++] = text.p[i];
	}
	return str_make(out, n);
}

static struct str mail_cut_line(struct str line)
{
	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	return line;
}

struct str mail_unflow(struct str text, bool delete_space, struct arena *a)
{
	char *out = arena_alloc(a, text.n);
	size_t n = 0;
	for (size_t at = 0, end; at < text.n; at = end) {
		end = mail_line_end(text, at);
		struct str line = mail_cut_line(str_slice(text, at, end));
		bool signs = str_is(line, "-- ");
		bool flows = !signs && str_ends(line, STR(" "));
		size_t feed = end - at - line.n;
		if (str_starts(line, STR(" ")))
			line = str_slice(line, 1, line.n);
		if (flows && delete_space && line.n)
			line.n--;
		memcpy(out + n, line.p, line.n);
		n += line.n;
		if (!flows && feed)
			out[n++] = '\n';
	}
	return str_make(out, n);
}

struct str mail_unsign(struct str text)
{
	size_t lines_behind = 0;
	for (size_t end = text.n; end > 0;) {
		const char *feed = end > 1 ? memrchr(text.p, '\n', end - 1) : NULL;
		size_t start = feed ? (size_t)(feed - text.p) + 1 : 0;
		struct str line = mail_cut_line(str_slice(text, start, end));
		/* Its blank is lost on many ways. */
		if (str_is(line, "-- ") || (str_is(line, "--") && lines_behind <= 10))
			return str_slice(text, 0, start);
		if (lines_behind++ == 100)
			break;
		end = start;
	}
	return text;
}

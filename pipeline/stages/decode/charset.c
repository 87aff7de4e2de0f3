/*
 * Marks first, then what the source says, then UTF-8 where the bytes are that, then what they say, and what they look
 * like. Only what was converted or mended is copied.
 */
#include "pipeline/stages/decode/charset.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/charset_guess.h"
#include "pipeline/stages/decode/charset_mend.h"

/* Some lost characters are damage that is said; more of them are another charset, and a sixth of all is no text. */
static size_t charset_lost_most(struct str in)
{
	size_t some = 2 + in.n / 200, sixth = in.n / 6;
	return some < sixth ? some : sixth;
}

static void charset_note(struct charset_notes *notes, const char *word)
{
	for (size_t i = 0; i < notes->n; i++) {
		if (!strcmp(notes->words[i], word))
			return;
	}
	CHECK(notes->n < CHARSET_NOTES_MAX);
	notes->words[notes->n++] = word;
}

void charset_notes_add(struct charset_notes *notes, const struct charset_notes *more)
{
	for (size_t i = 0; i < more->n; i++)
		charset_note(notes, more->words[i]);
}

/* Reads the bytes from the mark on. */
static enum reason charset_use(struct call *call, struct converters *converters, struct converter *converter,
                               struct str in, struct charset_text *out)
{
	size_t skip = out->mark_bytes;
	struct str bytes = str_slice(in, skip, in.n);
	/* The record is written when the converter may have another's place. */
	out->charset = arena_copy(call->keep, str_make(converter->name, strlen(converter->name) + 1)).p;
	out->converted = true;
	out->mark_bytes = 0;
	size_t lost = converters_run(converters, converter, bytes, charset_lost_most(bytes), &out->fault_at);
	if (lost > charset_lost_most(bytes)) {
		out->fault_at += skip;
		return REASON_BAD_CHARSET;
	}
	if (converters->out.overflow)
		return REASON_LIMIT_STORY;
	/* Which byte of the message a NUL in the converted text came from is not known. */
	if (memchr(buf_view(&converters->out).p, 0, converters->out.n))
		return REASON_NOT_TEXT;
	if (lost)
		charset_note(&out->notes, "bytes-lost");
	out->text = arena_copy(call->keep, buf_view(&converters->out));
	return REASON_NONE;
}

/* UTF-8 in which some bytes are none. */
static enum reason charset_mend(struct call *call, struct converters *converters, struct str in,
                                struct charset_text *out)
{
	size_t lost, nul = str_index(in, 0, 0);
	out->fault_at = nul < in.n ? nul : out->fault_at;
	if (nul < in.n || !charset_is_utf8_damaged(in, charset_lost_most(in)))
		return REASON_NOT_TEXT;
	buf_clear(&converters->mended);
	charset_mend_bytes(in, &converters->mended, &lost);
	if (lost > charset_lost_most(in))
		return REASON_NOT_TEXT;
	if (converters->mended.overflow)
		return REASON_LIMIT_STORY;
	charset_note(&out->notes, lost ? "bytes-lost" : "charset-mixed");
	out->charset = "UTF-8";
	out->converted = true;
	out->mark_bytes = 0;
	out->text = arena_copy(call->keep, str_slice(buf_view(&converters->mended), 0, converters->mended.n));
	return REASON_NONE;
}

static enum reason charset_utf8(struct str in, struct charset_text *out)
{
	out->charset = "UTF-8";
	out->text = in;
	out->fault_at = utf8_valid_length(in);
	if (out->fault_at == in.n)
		out->fault_at = str_index(in, 0, 0);
	return out->fault_at == in.n ? REASON_NONE : REASON_NOT_TEXT;
}

/* UTF-8 because somebody says so: whole, or damaged. */
static enum reason charset_utf8_said(struct call *call, struct converters *converters, struct str in,
                                     struct charset_text *out)
{
	enum reason reason = charset_utf8(in, out);
	if (!reason || !in.p[out->fault_at])
		return reason;
	struct charset_text mended = *out;
	mended.mark_bytes = 0;
	if (charset_mend(call, converters, str_slice(in, out->mark_bytes, in.n), &mended))
		return REASON_NOT_TEXT;
	*out = mended;
	return REASON_NONE;
}

/* A byte order mark's charset: index of the converter, CONVERTER_OF_FEEDS for UTF-8, -1 for none. */
static int charset_mark(struct str in, size_t *mark_bytes)
{
	static const struct {
		struct str mark;
		int converter;
	} marks[] = {
	        /* The longer ones first: that of UTF-32LE begins as UTF-16LE's does. */
	        {STR_INIT("\xff\xfe\0\0"), CONVERTER_UTF32LE},  {STR_INIT("\0\0\xfe\xff"), CONVERTER_UTF32BE},
	        {STR_INIT("\xef\xbb\xbf"), CONVERTER_OF_FEEDS}, {STR_INIT("\xff\xfe"), CONVERTER_UTF16LE},
	        {STR_INIT("\xfe\xff"), CONVERTER_UTF16BE},
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (str_starts(in, marks[i].mark)) {
			*mark_bytes = marks[i].mark.n;
			return marks[i].converter;
		}
	}
	return -1;
}

/*
 * UTF-16 without a mark: of the first units two in five or more have a zero byte on one side and none has one on the
 * other. True of all scripts that use Latin digits, blanks and punctuation a lot, and of no 8-bit charset.
 */
static int charset_pattern(struct str in)
{
	size_t n = in.n < 1024 ? in.n & ~(size_t)1 : 1024, zeros[2] = {0};
	if (in.n % 2 || n < 4)
		return -1;
	for (size_t i = 0; i < n; i++)
		zeros[i % 2] += in.p[i] == 0;
	if (!zeros[0] && zeros[1] * 5 >= n)
		return CONVERTER_UTF16LE;
	if (!zeros[1] && zeros[0] * 5 >= n)
		return CONVERTER_UTF16BE;
	return -1;
}

static enum reason charset_forced(struct call *call, const struct charset_ask *ask, struct converters *converters,
                                  struct charset_text *out)
{
	out->basis = "declared";
	if (converters_is_utf8(ask->forced)) {
		enum reason reason = charset_utf8_said(call, converters, ask->bytes, out);
		return reason && ask->bytes.p[out->fault_at] ? REASON_BAD_CHARSET : reason;
	}
	struct converter *converter = converters_find(converters, ask->forced);
	CHECK(converter);
	return charset_use(call, converters, converter, ask->bytes, out);
}

/* A reading on trial: *out stays as it was where it fails. */
static bool charset_try(struct call *call, struct converters *converters, const char *basis, struct str name,
                        struct str in, struct charset_text *out)
{
	struct converter *converter = converters_get(converters, name);
	struct charset_text tried = {.basis = basis};
	if (!converter || charset_use(call, converters, converter, in, &tried))
		return false;
	*out = tried;
	return true;
}

/* Bytes that are no UTF-8: what they say, what they are but for some damage, what they look like. */
static enum reason charset_other(struct call *call, const struct charset_ask *ask, struct converters *converters,
                                 struct charset_text *out)
{
	struct str in = ask->bytes, said = ask->declared.n ? ask->declared : charset_said(in);
	bool mostly = charset_is_utf8_damaged(in, 0);
	if (!charset_may_be_text(in))
		return REASON_NOT_TEXT;
	if (!mostly && !converters_is_utf8(said) && charset_try(call, converters, "declared", said, in, out))
		return REASON_NONE;
	out->basis = "valid-utf8";
	if (mostly && !charset_utf8_said(call, converters, in, out))
		return REASON_NONE;
	const char *names[] = {NULL, NULL, "windows-1252"};
	charset_guess(converters, in, names);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i] && charset_try(call, converters, "detected", str_of(names[i]), in, out))
			return REASON_NONE;
	}
	return REASON_NOT_TEXT;
}

static enum reason charset_find_reading(struct call *call, const struct charset_ask *ask, struct converters *converters,
                                        struct charset_text *out)
{
	*out = (struct charset_text){.basis = "bom"};
	int converter = charset_mark(ask->bytes, &out->mark_bytes);
	if (converter == CONVERTER_OF_FEEDS)
		return charset_utf8_said(call, converters, ask->bytes, out);
	if (converter >= 0)
		return charset_use(call, converters, &converters->items[converter], ask->bytes, out);
	if (ask->forced.n)
		return charset_forced(call, ask, converters, out);
	const char *escaped = charset_escaped(ask->bytes);
	if (escaped && charset_try(call, converters, "escapes", str_of(escaped), ask->bytes, out))
		return REASON_NONE;
	out->basis = "valid-utf8";
	enum reason reason = charset_utf8(ask->bytes, out);
	if (!reason)
		return reason;
	if ((converter = charset_pattern(ask->bytes)) < 0)
		return ask->bytes.p[out->fault_at] ? charset_other(call, ask, converters, out) : reason;
	out->basis = "utf-16-pattern";
	return charset_use(call, converters, &converters->items[converter], ask->bytes, out);
}

/* Is a zero byte a character of its own in this charset, and not a half of one? */
static bool charset_has_bytes(struct converters *converters, struct str forced)
{
	const struct converter *converter =
	        forced.n && !converters_is_utf8(forced) ? converters_find(converters, forced) : NULL;
	return !converter || !converter->icu || ucnv_getMinCharSize(converter->icu) == 1;
}

/* Some NUL bytes in mark-up are damage, as they are to a browser; anywhere else they are no text. The bytes without
 * them, or none. */
static struct str charset_drop_nul(struct call *call, const struct charset_ask *ask, struct converters *converters)
{
	struct str in = ask->bytes, out = {0};
	size_t found = 0, mark_bytes, n = 0;
	int mark = charset_mark(in, &mark_bytes);
	struct str text = str_trim(mark == CONVERTER_OF_FEEDS ? str_slice(in, mark_bytes, in.n) : in);
	if (!str_starts(text, STR("<")))
		return out;
	for (size_t i = 0; i < in.n; i++)
		found += in.p[i] == 0;
	if (!found || found > charset_lost_most(in) || (mark >= 0 && mark != CONVERTER_OF_FEEDS) ||
	    charset_pattern(in) >= 0 || !charset_has_bytes(converters, ask->forced))
		return out;
	char *kept = arena_alloc(call->keep, in.n - found);
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i])
			kept[n++] = in.p[i];
	}
	return str_make(kept, n);
}

enum reason charset_read(struct call *call, const struct charset_ask *ask, struct converters *converters,
                         struct charset_text *out)
{
	enum reason reason = charset_find_reading(call, ask, converters, out);
	struct charset_ask again = *ask;
	if (reason == REASON_NOT_TEXT && (again.bytes = charset_drop_nul(call, ask, converters)).n) {
		struct charset_text tried;
		if (!charset_find_reading(call, &again, converters, &tried)) {
			*out = tried;
			reason = REASON_NONE;
			out->converted = true;
			charset_note(&out->notes, "bytes-lost");
		}
	}
	if (reason || !charset_is_double(out->text))
		return reason;
	buf_clear(&converters->mended);
	charset_mend_double(str_slice(out->text, out->mark_bytes, out->text.n), &converters->mended);
	if (converters->mended.overflow)
		return REASON_LIMIT_STORY;
	charset_note(&out->notes, "charset-doubled");
	out->text = arena_copy(call->keep, buf_view(&converters->mended));
	out->converted = true;
	out->mark_bytes = 0;
	return REASON_NONE;
}

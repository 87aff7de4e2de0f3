/* Marks first, then what the source says, then what the bytes are. Only a converter's result is copied. */
#include "pipeline/stages/decode/charset.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <strings.h>
#include <unicode/ucnv.h>

struct charset_handle {
	char name[UCNV_MAX_CONVERTER_NAME_LENGTH];
	UConverter *converter;
};

/* Recognised by their marks or their pattern, in this order. */
enum { HANDLE_UTF16LE, HANDLE_UTF16BE, HANDLE_UTF32LE, HANDLE_UTF32BE, HANDLE_FEEDS };
static const char *const charset_recognised[] = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"};

/* No charset needs more: three bytes of UTF-8 a byte, with room for those that make two characters of one byte. */
#define GROWTH_MAX 8

/*
 * What is said and what is meant. Those who write ISO-8859-1 or ASCII send Windows-1252 (curly quotes, dashes, euro),
 * GB2312 means GB18030: the larger set holds the smaller one unchanged.
 */
static const struct {
	const char *said, *meant;
} charset_aliases[] = {
        {"iso-8859-1", "windows-1252"},
        {"iso8859-1", "windows-1252"},
        {"latin1", "windows-1252"},
        {"latin-1", "windows-1252"},
        {"us-ascii", "windows-1252"},
        {"ascii", "windows-1252"},
        {"cp1252", "windows-1252"},
        {"iso-8859-9", "windows-1254"},
        {"tis-620", "windows-874"},
        {"gb2312", "gb18030"},
        {"gbk", "gb18030"},
};

static const char *charset_meant(struct str said, char name[UCNV_MAX_CONVERTER_NAME_LENGTH])
{
	for (size_t i = 0; i < sizeof charset_aliases / sizeof *charset_aliases; i++) {
		const char *alias = charset_aliases[i].said;
		if (said.n == strlen(alias) && strncasecmp(said.p, alias, said.n) == 0)
			return charset_aliases[i].meant;
	}
	if (said.n >= UCNV_MAX_CONVERTER_NAME_LENGTH)
		return NULL;
	memcpy(name, said.p, said.n);
	name[said.n] = 0;
	return name;
}

static bool charset_is_utf8(struct str name)
{
	return (name.n == 5 && strncasecmp(name.p, "utf-8", 5) == 0) ||
	       (name.n == 4 && strncasecmp(name.p, "utf8", 4) == 0);
}

static bool charset_is_known(struct str said)
{
	char room[UCNV_MAX_CONVERTER_NAME_LENGTH];
	const char *name = charset_meant(said, room);
	UErrorCode status = U_ZERO_ERROR;
	UConverter *converter = name ? ucnv_open(name, &status) : NULL;
	ucnv_close(converter);
	return converter && U_SUCCESS(status);
}

/* All that ICU calls its converters by, and ours; names is as long as it must be. */
static void charset_list(const char ***names, size_t *n)
{
	size_t room = 2 + sizeof charset_aliases / sizeof *charset_aliases;
	for (int32_t i = 0; i < ucnv_countAvailable(); i++) {
		UErrorCode status = U_ZERO_ERROR;
		room += ucnv_countAliases(ucnv_getAvailableName(i), &status);
	}
	*names = calloc(room, sizeof **names);
	CHECK(*names);
	*n = 0;
	(*names)[(*n)++] = "utf-8"; /* first, for among names as near as each other the first is told */
	for (size_t i = 0; i < sizeof charset_aliases / sizeof *charset_aliases; i++)
		(*names)[(*n)++] = charset_aliases[i].said;
	for (int32_t i = 0; i < ucnv_countAvailable(); i++) {
		UErrorCode status = U_ZERO_ERROR;
		const char *converter = ucnv_getAvailableName(i);
		for (uint16_t k = 0; k < ucnv_countAliases(converter, &status); k++)
			(*names)[(*n)++] = ucnv_getAlias(converter, k, &status);
	}
	CHECK(*n < room);
}

bool charset_check(const struct feed *feed, struct err *err)
{
	if (!feed->charset.n || charset_is_utf8(feed->charset) || charset_is_known(feed->charset))
		return true;
	const char **names;
	size_t n;
	charset_list(&names, &n);
	err_set(err, "%s: source '%.*s': unknown charset '%.*s'; give a name that IANA lists, or leave it out%s",
	        node_where_of(feed->node, "charset", "sources"), STR_ARG(feed->name), STR_ARG(feed->charset),
	        options_hint(feed->charset, names));
	free(names);
	return false;
}

static struct charset_handle *charset_find(struct charset_handles *handles, struct str said)
{
	char room[UCNV_MAX_CONVERTER_NAME_LENGTH];
	const char *name = charset_meant(said, room);
	for (size_t i = 0; name && i < handles->n; i++) {
		if (strcasecmp(handles->items[i].name, name) == 0)
			return &handles->items[i];
	}
	return NULL;
}

/* The list has room: one for each source and those that are recognised. */
static bool charset_add(struct charset_handles *handles, struct str said)
{
	char room[UCNV_MAX_CONVERTER_NAME_LENGTH];
	const char *name = charset_meant(said, room);
	UErrorCode status = U_ZERO_ERROR;
	UConverter *converter = name ? ucnv_open(name, &status) : NULL;
	if (!converter || U_FAILURE(status))
		return false;
	ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
	CHECK(U_SUCCESS(status));
	struct charset_handle *handle = &handles->items[handles->n++];
	handle->converter = converter;
	snprintf(handle->name, sizeof handle->name, "%s", name);
	return true;
}

static bool charset_open_all(struct charset_handles *handles, const struct stage_env *env, struct err *err)
{
	handles->items = calloc(HANDLE_FEEDS + env->n_feeds, sizeof *handles->items);
	CHECK(handles->items);
	buf_init(&handles->out, (size_t)env->limits.message_bytes * GROWTH_MAX);
	for (size_t i = 0; i < HANDLE_FEEDS; i++) {
		if (!charset_add(handles, str_of(charset_recognised[i])))
			return err_set(err, "cannot open ICU's converter '%s'", charset_recognised[i]);
	}
	for (size_t i = 0; i < env->n_feeds; i++) {
		const struct feed *feed = &env->feeds[i];
		if (!feed->charset.n || charset_is_utf8(feed->charset) || charset_find(handles, feed->charset))
			continue;
		if (!charset_add(handles, feed->charset))
			return err_set(err, "cannot open ICU's converter for charset '%.*s' of source '%.*s'",
			               STR_ARG(feed->charset), STR_ARG(feed->name));
	}
	return true;
}

void charset_close(struct charset_handles *handles)
{
	for (size_t i = 0; i < handles->n; i++)
		ucnv_close(handles->items[i].converter);
	free(handles->items);
	buf_free(&handles->out);
	*handles = (struct charset_handles){0};
}

bool charset_open(struct charset_handles *handles, const struct stage_env *env, struct err *err)
{
	bool opened = charset_open_all(handles, env, err);
	if (!opened)
		charset_close(handles);
	return opened;
}

/*
 * Half a pair waits in *lead for its other half: UTF-7 and the like write unit by unit, also across the end of a
 * buffer. False: a half stays alone.
 */
static bool charset_append(struct buf *out, const UChar *units, size_t n, UChar *lead)
{
	if (!buf_reserve(out, 3 * n + 1))
		return true; /* the overflow is asked for at the end */
	char *to = out->p + out->n;
	for (size_t i = 0; i < n; i++) {
		uint32_t c = units[i];
		if (*lead ? !U16_IS_TRAIL(c) : U16_IS_TRAIL(c))
			return false;
		if (U16_IS_LEAD(c)) {
			*lead = units[i];
			continue;
		}
		to += utf8_write(to, *lead ? (uint32_t)U16_GET_SUPPLEMENTARY(*lead, c) : c);
		*lead = 0;
	}
	out->n = (size_t)(to - out->p);
	return true;
}

/* How many bytes the converter read and refused. */
static size_t charset_refused(UConverter *converter)
{
	char bad[32];
	int8_t n = sizeof bad;
	UErrorCode status = U_ZERO_ERROR;
	ucnv_getInvalidChars(converter, bad, &n, &status);
	return U_SUCCESS(status) ? (size_t)n : 0;
}

/* The whole input into handles->out. False: at *fault_at it has no meaning in this charset. */
static bool charset_convert(struct charset_handles *handles, UConverter *converter, struct str in, size_t *fault_at)
{
	UChar units[2048], lead = 0;
	const char *from = in.p, *end = in.p + in.n;
	buf_clear(&handles->out);
	ucnv_reset(converter);
	for (;;) {
		UErrorCode status = U_ZERO_ERROR;
		UChar *to = units;
		ucnv_toUnicode(converter, &to, units + sizeof units / sizeof *units, &from, end, NULL, true, &status);
		bool sound = charset_append(&handles->out, units, (size_t)(to - units), &lead);
		if (sound && status == U_BUFFER_OVERFLOW_ERROR)
			continue;
		if (sound && U_SUCCESS(status) && !lead)
			return true;
		*fault_at = (size_t)(from - in.p) - (U_FAILURE(status) ? charset_refused(converter) : 0);
		return false;
	}
}

/* Reads the message's bytes from skip on. */
static enum reason charset_use(struct call *call, struct charset_handles *handles, struct charset_handle *handle,
                               struct str in, struct charset_text *out)
{
	size_t skip = out->mark_bytes;
	out->charset = handle->name;
	out->converted = true;
	out->mark_bytes = 0;
	if (!charset_convert(handles, handle->converter, str_slice(in, skip, in.n), &out->fault_at)) {
		out->fault_at += skip;
		return REASON_BAD_CHARSET;
	}
	if (handles->out.overflow)
		return REASON_LIMIT_STORY;
	/* Which byte of the message a NUL in the converted text came from is not known. */
	if (memchr(buf_view(&handles->out).p, 0, handles->out.n))
		return REASON_NOT_TEXT;
	out->text = arena_copy(call->keep, buf_view(&handles->out));
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

/* A byte order mark's charset: index of the handle, HANDLE_FEEDS for UTF-8, -1 for none. */
static int charset_mark(struct str in, size_t *mark_bytes)
{
	static const struct {
		struct str mark;
		int handle;
	} marks[] = {
	        /* The longer ones first: that of UTF-32LE begins as UTF-16LE's does. */
	        {STR_INIT("\xff\xfe\0\0"), HANDLE_UTF32LE}, {STR_INIT("\0\0\xfe\xff"), HANDLE_UTF32BE},
	        {STR_INIT("\xef\xbb\xbf"), HANDLE_FEEDS},   {STR_INIT("\xff\xfe"), HANDLE_UTF16LE},
	        {STR_INIT("\xfe\xff"), HANDLE_UTF16BE},
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (str_starts(in, marks[i].mark)) {
			*mark_bytes = marks[i].mark.n;
			return marks[i].handle;
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
		return HANDLE_UTF16LE;
	if (!zeros[1] && zeros[0] * 5 >= n)
		return HANDLE_UTF16BE;
	return -1;
}

static enum reason charset_declared(struct call *call, const struct message *msg, struct charset_handles *handles,
                                    struct charset_text *out)
{
	out->basis = "declared";
	if (charset_is_utf8(msg->feed->charset)) {
		enum reason reason = charset_utf8(msg->value, out);
		return reason && msg->value.p[out->fault_at] ? REASON_BAD_CHARSET : reason;
	}
	struct charset_handle *handle = charset_find(handles, msg->feed->charset);
	CHECK(handle);
	return charset_use(call, handles, handle, msg->value, out);
}

enum reason charset_read(struct call *call, const struct message *msg, struct charset_handles *handles,
                         struct charset_text *out)
{
	*out = (struct charset_text){.basis = "bom"};
	int handle = charset_mark(msg->value, &out->mark_bytes);
	if (handle == HANDLE_FEEDS)
		return charset_utf8(msg->value, out);
	if (handle >= 0)
		return charset_use(call, handles, &handles->items[handle], msg->value, out);
	if (msg->feed->charset.n)
		return charset_declared(call, msg, handles, out);
	out->basis = "valid-utf8";
	enum reason reason = charset_utf8(msg->value, out);
	if (!reason || (handle = charset_pattern(msg->value)) < 0)
		return reason;
	out->basis = "utf-16-pattern";
	return charset_use(call, handles, &handles->items[handle], msg->value, out);
}

#include "pipeline/stages/decode/converters.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/charset_6937.h"

#include <strings.h>

static const char *const converters_recognised[] = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"};

/* Of names that stories give: more than there are charsets that anybody still sends. */
#define CONVERTERS_OF_STORIES 64

/* No charset needs more: three bytes of UTF-8 a byte, with room for those that make two characters of one byte. */
#define GROWTH_MAX 8

/*
 * What is said and what is meant. Those who write ISO-8859-1 or ASCII send Windows-1252 (curly quotes, dashes, euro),
 * GB2312 means GB18030, EUC-KR Windows-949: the larger set holds the smaller one unchanged. Looked up by the standard's
 * spelling, so that "l1" and "cp819" mean it, too; and what ICU has no standard's spelling for, as it is said.
 */
static const struct {
	const char *said, *meant;
} converters_aliases[] = {
        {"iso-8859-1", "windows-1252"},
        {"us-ascii", "windows-1252"},
        {"iso-8859-9", "windows-1254"},
        {"tis-620", "windows-874"},
        {"iso-8859-11", "windows-874"},
        {"gb2312", "GB18030"},
        {"gbk", "GB18030"},
        {"x-gbk", "GB18030"},
        {"euc-kr", "windows-949"},
        {"ksc_5601", "windows-949"},
        {"cp949", "windows-949"},
};

/* The one spelling of a charset's name, so that a record does not hang on who named it first: MIME's, else IANA's, else
 * as it is said. */
static const char *converters_standard(const char *name)
{
	static const char *const standards[] = {"MIME", "IANA"};
	for (size_t i = 0; i < sizeof standards / sizeof *standards; i++) {
		UErrorCode status = U_ZERO_ERROR;
		const char *standard = ucnv_getStandardName(name, standards[i], &status);
		if (standard && U_SUCCESS(status))
			return standard;
	}
	return name;
}

static const char *converters_meant(struct str said, char name[UCNV_MAX_CONVERTER_NAME_LENGTH])
{
	if (charset_is_6937(said))
		return CHARSET_6937;
	if (said.n >= UCNV_MAX_CONVERTER_NAME_LENGTH)
		return NULL;
	memcpy(name, said.p, said.n);
	name[said.n] = 0;
	const char *standard = converters_standard(name);
	for (size_t i = 0; i < sizeof converters_aliases / sizeof *converters_aliases; i++) {
		if (strcasecmp(standard, converters_aliases[i].said) == 0)
			return converters_aliases[i].meant;
	}
	return standard;
}

bool converters_is_utf8(struct str name)
{
	return str_is_fold(name, "utf-8") || str_is_fold(name, "utf8");
}

/* Of ICU, or none where the charset is ours. False: ICU does not know the name. */
static bool converters_make(struct converter *converter, const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	converter->icu = charset_is_6937(str_of(name)) ? NULL : ucnv_open(name, &status);
	if (U_FAILURE(status))
		return false;
	if (converter->icu)
		ucnv_setToUCallBack(converter->icu, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
	CHECK(U_SUCCESS(status));
	converter->single = converter->icu ? charset_single_new(converter->icu) : NULL;
	snprintf(converter->name, sizeof converter->name, "%s", name);
	return true;
}

static void converters_end(struct converter *converter)
{
	ucnv_close(converter->icu);
	free(converter->single);
}

static bool converters_know(struct str said)
{
	char room[UCNV_MAX_CONVERTER_NAME_LENGTH];
	const char *name = converters_meant(said, room);
	struct converter converter = {.icu = NULL, .single = NULL};
	bool known = name && converters_make(&converter, name);
	converters_end(&converter);
	return known;
}

/* All that ICU calls its converters by, and ours; names is as long as it must be. */
static void converters_list(const char ***names, size_t *n)
{
	size_t room = 3 + sizeof converters_aliases / sizeof *converters_aliases;
	for (int32_t i = 0; i < ucnv_countAvailable(); i++) {
		UErrorCode status = U_ZERO_ERROR;
		room += ucnv_countAliases(ucnv_getAvailableName(i), &status);
	}
	*names = calloc(room, sizeof **names);
	CHECK(*names);
	*n = 0;
	(*names)[(*n)++] = "utf-8"; /* first, for among names as near as each other the first is told */
	(*names)[(*n)++] = CHARSET_6937;
	for (size_t i = 0; i < sizeof converters_aliases / sizeof *converters_aliases; i++)
		(*names)[(*n)++] = converters_aliases[i].said;
	for (int32_t i = 0; i < ucnv_countAvailable(); i++) {
		UErrorCode status = U_ZERO_ERROR;
		const char *converter = ucnv_getAvailableName(i);
		for (uint16_t k = 0; k < ucnv_countAliases(converter, &status); k++)
			(*names)[(*n)++] = ucnv_getAlias(converter, k, &status);
	}
	CHECK(*n < room);
}

bool converters_check(const struct feed *feed, struct err *err)
{
	if (!feed->charset.n || converters_is_utf8(feed->charset) || converters_know(feed->charset))
		return true;
	const char **names;
	size_t n;
	converters_list(&names, &n);
	err_set(err, "%s: source '%.*s': unknown charset '%.*s'; give a name that IANA lists, or leave it out%s",
	        node_where_of(feed->node, "charset", "sources"), STR_ARG(feed->name), STR_ARG(feed->charset),
	        options_hint(feed->charset, names));
	free(names);
	return false;
}

static struct converter *converters_remembered(struct converters *converters, struct str said)
{
	for (size_t i = 0; i < converters->n_said; i++) {
		const struct converters_said *known = &converters->said[i];
		if (known->n == said.n && memcmp(known->name, said.p, said.n) == 0)
			return &converters->items[known->item];
	}
	return NULL;
}

/* Long names are found by the long way each time. */
static struct converter *converters_remember(struct converters *converters, struct str said,
                                             struct converter *converter)
{
	if (said.n > CONVERTERS_SAID_BYTES)
		return converter;
	struct converters_said *known = &converters->said[converters->next_said];
	converters->next_said = (converters->next_said + 1) % CONVERTERS_SAID_MAX;
	converters->n_said += converters->n_said < CONVERTERS_SAID_MAX;
	*known = (struct converters_said){.n = (uint8_t)said.n, .item = (uint32_t)(converter - converters->items)};
	memcpy(known->name, said.p, said.n);
	return converter;
}

struct converter *converters_find(struct converters *converters, struct str said)
{
	char room[UCNV_MAX_CONVERTER_NAME_LENGTH];
	struct converter *found = converters_remembered(converters, said);
	if (found)
		return found;
	const char *name = converters_meant(said, room);
	for (size_t i = 0; name && i < converters->n; i++) {
		if (strcasecmp(converters->items[i].name, name) == 0)
			return converters_remember(converters, said, &converters->items[i]);
	}
	return NULL;
}

/* A place for a new one: that of the one which was longest not asked for, where there is no other. */
static struct converter *converters_place(struct converters *converters)
{
	if (converters->n < converters->room)
		return &converters->items[converters->n++];
	size_t oldest = converters->n_stay;
	for (size_t i = oldest; i < converters->n; i++) {
		if (converters->items[i].asked < converters->items[oldest].asked)
			oldest = i;
	}
	converters_end(&converters->items[oldest]);
	for (size_t i = 0; i < converters->n_said; i++) {
		struct converters_said *known = &converters->said[i];
		if (known->item == oldest)
			known->n = 0;
	}
	return &converters->items[oldest];
}

static struct converter *converters_add(struct converters *converters, struct str said)
{
	char room[UCNV_MAX_CONVERTER_NAME_LENGTH];
	const char *name = converters_meant(said, room);
	struct converter made = {.icu = NULL, .single = NULL};
	if (!name || !converters_make(&made, name))
		return NULL;
	struct converter *converter = converters_place(converters);
	*converter = made;
	return converters_remember(converters, said, converter);
}

struct converter *converters_get(struct converters *converters, struct str said)
{
	if (!said.n)
		return NULL;
	struct converter *converter = converters_find(converters, said);
	converter = converter ? converter : converters_add(converters, said);
	if (converter)
		converter->asked = ++converters->asked;
	return converter;
}

static bool converters_open_all(struct converters *converters, const struct stage_env *env, struct err *err)
{
	converters->room = CONVERTER_OF_FEEDS + env->n_feeds + CONVERTERS_OF_STORIES;
	converters->items = calloc(converters->room, sizeof *converters->items);
	CHECK(converters->items);
	buf_init(&converters->out, (size_t)env->limits.message_bytes * GROWTH_MAX);
	buf_init(&converters->mended, (size_t)env->limits.message_bytes * GROWTH_MAX);
	for (size_t i = 0; i < CONVERTER_OF_FEEDS; i++) {
		if (!converters_add(converters, str_of(converters_recognised[i])))
			return err_set(err, "cannot open ICU's converter '%s'", converters_recognised[i]);
	}
	for (size_t i = 0; i < env->n_feeds; i++) {
		const struct feed *feed = &env->feeds[i];
		if (!feed->charset.n || converters_is_utf8(feed->charset) || converters_find(converters, feed->charset))
			continue;
		if (!converters_add(converters, feed->charset))
			return err_set(err, "cannot open ICU's converter for charset '%.*s' of source '%.*s'",
			               STR_ARG(feed->charset), STR_ARG(feed->name));
	}
	converters->n_stay = converters->n;
	return true;
}

void converters_close(struct converters *converters)
{
	for (size_t i = 0; i < converters->n; i++)
		converters_end(&converters->items[i]);
	free(converters->items);
	buf_free(&converters->out);
	buf_free(&converters->mended);
	*converters = (struct converters){0};
}

bool converters_open(struct converters *converters, const struct charset_bytes *tables, const struct stage_env *env,
                     struct err *err)
{
	converters->tables = tables;
	bool opened = converters_open_all(converters, env, err);
	if (!opened)
		converters_close(converters);
	return opened;
}

/*
 * Half a pair waits in *lead for its other half: UTF-7 and the like write unit by unit, also across the end of a
 * buffer. Returns how many halves stayed alone; each is written as U+FFFD.
 */
static size_t converters_append(struct buf *out, const UChar *units, size_t n, UChar *lead)
{
	size_t alone = 0;
	if (!buf_reserve(out, 6 * n + 3))
		return 0; /* the overflow is asked for at the end */
	char *to = out->p + out->n;
	for (size_t i = 0; i < n; i++) {
		uint32_t c = units[i];
		bool pair = *lead && U16_IS_TRAIL(c);
		if (*lead && !pair) {
			to += utf8_write(to, 0xfffd);
			alone++;
			*lead = 0;
		}
		if (U16_IS_LEAD(c)) {
			*lead = units[i];
			continue;
		}
		bool half = U16_IS_TRAIL(c) && !pair;
		alone += half;
		to += utf8_write(to, pair ? (uint32_t)U16_GET_SUPPLEMENTARY(*lead, c) : half ? 0xfffd : c);
		*lead = 0;
	}
	out->n = (size_t)(to - out->p);
	return alone;
}

/* How many bytes the converter read and refused. */
static size_t converters_refused(UConverter *converter)
{
	char bad[32];
	int8_t n = sizeof bad;
	UErrorCode status = U_ZERO_ERROR;
	ucnv_getInvalidChars(converter, bad, &n, &status);
	return U_SUCCESS(status) ? (size_t)n : 0;
}

static size_t converters_run_icu(struct buf *out, UConverter *converter, struct str in, size_t most, size_t *fault_at)
{
	UChar units[2048], lead = 0, lost_unit = 0xfffd;
	const char *from = in.p, *end = in.p + in.n;
	size_t lost = 0;
	ucnv_reset(converter);
	for (bool more = true; more && lost <= most;) {
		UErrorCode status = U_ZERO_ERROR;
		UChar *to = units;
		ucnv_toUnicode(converter, &to, units + sizeof units / sizeof *units, &from, end, NULL, true, &status);
		size_t before = lost, at = (size_t)(from - in.p);
		lost += converters_append(out, units, (size_t)(to - units), &lead);
		bool refused = U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR;
		more = status == U_BUFFER_OVERFLOW_ERROR || (refused && from < end);
		at -= refused ? converters_refused(converter) : 0;
		if (refused)
			ucnv_resetToUnicode(converter);
		if (refused || (!more && lead)) {
			lead = 0;
			converters_append(out, &lost_unit, 1, &lead);
			lost++;
		}
		if (!before && lost)
			*fault_at = at;
	}
	return lost;
}

size_t converters_run(struct converters *converters, struct converter *converter, struct str in, size_t most,
                      size_t *fault_at)
{
	buf_clear(&converters->out);
	if (!converter->icu)
		return charset_6937_convert(in, &converters->out, fault_at);
	if (converter->single)
		return charset_single_convert(converter->single, in, &converters->out, fault_at);
	return converters_run_icu(&converters->out, converter->icu, in, most, fault_at);
}

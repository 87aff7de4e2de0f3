#include "pipeline/stages/decode/charset_wide.h"

#include "pipeline/base/utf8.h"

#include <stdlib.h>
#include <uchar.h>

#define SAMPLE_BYTES     1024
#define CHARACTERS_LEAST 3
/* One byte in so many may be damaged, or the sample's torn end. */
#define DAMAGE 32

/* The characters that text has most of, in code point order: 220 each of Chinese in simplified and traditional forms,
 * 120 of Japanese, and 200 syllables of Korean. They are more than half of a page. */
static const char16_t wide_frequent[] =
        u"一三上下不与世业东两並个中为主之也了事二于亚些产人什今他代以们任会但位体何作你使來保個們做克入內全兩"
        u"公兰关其内军出分列別利到制前力加动動化北区區十华南単即历原去县及发受变口只可台史司各合同名后否员味和"
        u"員問嗎回因国图國在地场城基場境士変外多大天奥她好如子学學它安定実客家實对対將對小尔就尼属山州工己已巴"
        u"市布常平年并府度建开式当形彼很後得從德心必思性情想意應成我或战所手才技拉提政教数數文斯新方於日时明是"
        u"時更最會月有期本机来果格業樣機權次正此歴比民気水沒河治法活海灣点為無然物特现現球理環生用由电界當発發"
        u"百的目直相盾省看真矛知示社私种科程種立站第等管类系結給統絶經线经统维罗美考者而联能自與花著行術表被裡"
        u"西要見観解言話該說請論識議變讓设该语象買資質赛起路身車车过运这进這通進過道選還那部都里重金镇長长開間"
        u"関關间队阿限院電需非面題食马體高麼點"
        u"가각간같개거건것게결경계고공과관교구국권그금기까나난날남내너네년노는니다단달당대더데도동되된두드든들"
        u"때또라람래러레려력로록르른를름리마만많말매며면명모무문물미바반받발방버번법보부분불비사산상생서선성세"
        u"소속수스습시식신실심아안않알았야약양어없었에여역연였영예오올와요용우운원위유으은을음의이인일입있자작"
        u"장재저적전정제조종좋주중지직진질집차처체치카크키타태터통트포표프피필하학한할함합항해했행형호화회후히";

enum wide_language { WIDE_CHINESE, WIDE_JAPANESE, WIDE_KOREAN };

static const struct wide_charset {
	const char *name;
	enum wide_language language;
	/* First and last byte of a pair; what stands alone beyond ASCII. Both 0: nothing. */
	uint8_t lead[4], trail[6], alone[2];
} wide_charsets[] = {
        {"GB18030", WIDE_CHINESE, {0x81, 0xfe}, {0x40, 0x7e, 0x80, 0xfe, 0x30, 0x39}, {0}},
        {"Big5", WIDE_CHINESE, {0xa1, 0xf9}, {0x40, 0x7e, 0xa1, 0xfe}, {0}},
        {"Shift_JIS", WIDE_JAPANESE, {0x81, 0x9f, 0xe0, 0xfc}, {0x40, 0x7e, 0x80, 0xfc}, {0xa1, 0xdf}},
        {"EUC-JP", WIDE_JAPANESE, {0x8e, 0x8f, 0xa1, 0xfe}, {0xa1, 0xfe}, {0}},
        {"windows-949", WIDE_KOREAN, {0x81, 0xfe}, {0x41, 0x5a, 0x61, 0x7a, 0x81, 0xfe}, {0}},
};

/* From the first byte beyond ASCII on. */
static struct str wide_sample(struct str bytes)
{
	size_t at = utf8_ascii_end(bytes, 0);
	return str_slice(bytes, at, bytes.n - at > SAMPLE_BYTES ? at + SAMPLE_BYTES : bytes.n);
}

static bool wide_is_in(uint8_t c, const uint8_t *ranges, size_t n)
{
	for (size_t i = 0; i < n; i += 2) {
		if (ranges[i] && c >= ranges[i] && c <= ranges[i + 1])
			return true;
	}
	return false;
}

/* Are the bytes whole characters of the charset, but for some damage? */
static bool wide_may_be(const struct wide_charset *charset, struct str sample)
{
	size_t damaged = 0, most = 1 + sample.n / DAMAGE;
	for (size_t i = 0; i < sample.n && damaged <= most; i++) {
		uint8_t c = (uint8_t)sample.p[i], next = i + 1 < sample.n ? (uint8_t)sample.p[i + 1] : 0;
		if (c < 0x80 || wide_is_in(c, charset->alone, sizeof charset->alone))
			continue;
		if (wide_is_in(c, charset->lead, sizeof charset->lead) &&
		    wide_is_in(next, charset->trail, sizeof charset->trail))
			i++;
		else
			damaged++;
	}
	return damaged <= most;
}

static int wide_compare(const void *a, const void *b)
{
	char16_t x = *(const char16_t *)a, y = *(const char16_t *)b;
	return (x > y) - (x < y);
}

static bool wide_is_frequent(uint32_t c)
{
	char16_t key = (char16_t)c;
	return bsearch(&key, wide_frequent, sizeof wide_frequent / sizeof *wide_frequent - 1, sizeof key, wide_compare);
}

/* How much the character speaks for text of the language: 1 wholly, below 0 against it. */
static double wide_weight(uint32_t c, enum wide_language language)
{
	bool kana = c >= 0x3041 && c <= 0x30fe, hangul = c >= 0xac00 && c <= 0xd7a3, hanzi = c >= 0x4e00 && c <= 0x9fff;
	if ((c >= 0x3001 && c <= 0x3011) || (c >= 0xff01 && c <= 0xff5e) || (c >= 0x2014 && c <= 0x2026) || c == 0x00b7)
		return 1;
	if ((hanzi && language != WIDE_KOREAN) || (hangul && language == WIDE_KOREAN))
		return wide_is_frequent(c) ? 1 : .5;
	if (kana || hangul)
		return kana && language == WIDE_JAPANESE ? 1 : -.5;
	if (c == 0xfffd || (c >= 0xe000 && c <= 0xf8ff))
		return -4;
	return hanzi ? 0 : -1;
}

/* How well the converted text reads as the language. */
static double wide_score(struct str text, enum wide_language language)
{
	double sum = 0, n = 0, own = 0;
	for (size_t at = 0; at < text.n;) {
		uint32_t c = utf8_next(text, &at);
		if (c < 0x80)
			continue;
		sum += wide_weight(c, language);
		own += c >= 0x3041 && c <= 0x30fe;
		n++;
	}
	/* No Japanese is without kana for long. */
	if (language == WIDE_JAPANESE && own * 8 < n)
		sum -= n / 2;
	return n < CHARACTERS_LEAST ? 0 : sum / n;
}

const char *charset_wide_guess(struct converters *converters, struct str bytes, double *fits)
{
	struct str sample = wide_sample(bytes);
	const char *best = NULL;
	*fits = 0;
	for (size_t i = 0; i < sizeof wide_charsets / sizeof *wide_charsets; i++) {
		const struct wide_charset *charset = &wide_charsets[i];
		size_t fault_at;
		struct converter *converter =
		        wide_may_be(charset, sample) ? converters_get(converters, str_of(charset->name)) : NULL;
		if (!converter)
			continue;
		converters_run(converters, converter, sample, sample.n, &fault_at);
		double score = wide_score(buf_view(&converters->out), charset->language);
		if (score > *fits) {
			*fits = score;
			best = charset->name;
		}
	}
	return best;
}

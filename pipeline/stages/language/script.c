/*
 * Which script is a text written in? See script.h.
 *
 * Letters are counted by ICU's script property; a letter that several scripts share counts for none. Japanese is
 * written in kanji and kana together, so Han counts for it as soon as some kana stand among it; Korean likewise with
 * Hangul. Names of firms and products stand in Latin letters in text of all scripts ("iPhone 16", "OpenAI"): Latin
 * words with a capital count for a quarter against another script.
 */
#include "pipeline/stages/language/script.h"

#include "pipeline/base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

/* Characters that only one of the two Chinese orthographies has, among the most frequent ones. Ascending. */
static const char script_simplified[] =
        "东业两个为义书产们会关军动务区华单卫发变叶听员响国图团场坏声处备头学实对导将尔层岁师币带帮应开张总战"
        "报拥择损换据斗时术机权条来极构标样档桥检欢气没济温游湾灭点热爱现电疗监盘确离种积称笔类红约级纪线组经结给统继续"
        "维网罗"
        "职联脑脸艺节药营虑见观规视觉议记讲许论设证评识诉词译试话该说请读谁调谈谢财责货质贸费资赛赢车转轮软较输达过还这"
        "进远"
        "连选邮邓郑释里钟钱铁银错长门闭问间闻队际陆险难页顶项顺须顾预领频题额风飞马驾验鱼鲁鸟黄龙";
static const char script_traditional[] =
        "並來個們備傳僅億兒兩勞動務勢區協單參員問國圍園圖團場報壓壞夢奪婦學實將專對導層屬島帶幫幣幾廠廣廳張強從復愛慮應"
        "態戰戲據擁擇擊損換數斷於時書會東條業極構樂標樣機檔檢權歐歡歲殺氣沒決測溫湾準灣為無熱營爭爾現環當療發監盤確種稱"
        "積筆"
        "範約級紀紅納純組統經結給維網線總績續罷職聯聲聽脫與華萬葉處術衛裝裡見規視親觀觸計討記許設話該說誰課調談請論證識"
        "議護"
        "變讓負財貨責貿費資賣質趙車軍輪輸轉農這進運過達遠選還邊郵鄧鄭醫釋錢錯鍾鐵長門開間關隊階際陸險隨難電響頁項順須預"
        "領頭題"
        "額願顧風飛馬駕驗魯鳥點黨龍";

/* Of this many letters of Latin words with a capital one counts. */
#define SCRIPT_NAME_LETTERS 4
/* A character of Chinese, Japanese or Korean says as much as so many letters. */
#define SCRIPT_EAST_ASIAN_LETTERS 2

struct script_counts {
	size_t letters[USCRIPT_CODE_LIMIT];
	size_t all;
	size_t simplified, traditional;
};

static bool script_holds(const char *characters, uint32_t c)
{
	char bytes[5] = {0};
	utf8_write(bytes, c);
	return strstr(characters, bytes) != NULL;
}

static void script_count_han(struct script_counts *counts, uint32_t c)
{
	/* A few hundred tell as well as all. */
	if (counts->letters[USCRIPT_HAN] > 400)
		return;
	counts->simplified += script_holds(script_simplified, c);
	counts->traditional += script_holds(script_traditional, c);
}

static void script_count(struct script_counts *counts, uint32_t c)
{
	UErrorCode code = U_ZERO_ERROR;
	/* Vowel signs are letters, too: a word of Hindi has as many as one of English. */
	if (!(U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_M_MASK)))
		return;
	UScriptCode script = uscript_getScript((UChar32)c, &code);
	if (U_FAILURE(code) || script <= USCRIPT_INHERITED || script >= USCRIPT_CODE_LIMIT)
		return;
	counts->letters[script]++;
	counts->all++;
	if (script == USCRIPT_HAN)
		script_count_han(counts, c);
}

static void script_count_text(struct script_counts *counts, struct str text)
{
	for (size_t at = 0; at < text.n;) {
		char c = text.p[at];
		if ((unsigned char)c >= 0x80) {
			script_count(counts, utf8_next(text, &at));
			continue;
		}
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		counts->letters[USCRIPT_LATIN] += is_letter;
		counts->all += is_letter;
		at++;
	}
}

/* ASCII letters in words that have a capital; digits are parts of words, and what is not ASCII ends none. */
static size_t script_name_letters(struct str text)
{
	size_t names = 0, letters = 0;
	bool has_capital = false;
	for (size_t at = 0; at <= text.n; at++) {
		char c = at < text.n ? text.p[at] : ' ';
		bool is_capital = c >= 'A' && c <= 'Z';
		if (is_capital || (c >= 'a' && c <= 'z')) {
			letters++;
			has_capital |= is_capital;
		} else if ((unsigned char)c < 0x80 && !(c >= '0' && c <= '9')) {
			names += has_capital ? letters : 0;
			letters = 0;
			has_capital = false;
		}
	}
	return names;
}

/* Han, kana, Hangul and bopomofo are one writing system or another. Moves their counts to it. */
static const char *script_join_east_asian(struct script_counts *counts)
{
	size_t *letters = counts->letters;
	size_t han = letters[USCRIPT_HAN];
	size_t kana = letters[USCRIPT_HIRAGANA] + letters[USCRIPT_KATAKANA];
	size_t hangul = letters[USCRIPT_HANGUL];
	letters[USCRIPT_HIRAGANA] = letters[USCRIPT_KATAKANA] = letters[USCRIPT_HANGUL] = 0;
	letters[USCRIPT_HAN] = han + kana + hangul + letters[USCRIPT_BOPOMOFO];
	letters[USCRIPT_BOPOMOFO] = 0;
	/* Kana among Chinese are a quoted name; in Japanese every particle is written in them. */
	if (kana > hangul && kana * 20 > han)
		return "Jpan";
	if (hangul * 10 > han)
		return "Kore";
	if (counts->simplified == counts->traditional)
		return "Hani";
	return counts->simplified > counts->traditional ? "Hans" : "Hant";
}

struct script_found script_find(struct str text)
{
	struct script_counts counts = {0};
	script_count_text(&counts, text);
	if (counts.all == 0)
		return (struct script_found){0};
	const char *east_asian = script_join_east_asian(&counts);
	size_t latin = counts.letters[USCRIPT_LATIN], names = latin < counts.all ? script_name_letters(text) : 0;
	size_t discount = names - names / SCRIPT_NAME_LETTERS;
	int best = 0;
	counts.letters[USCRIPT_LATIN] -= discount;
	for (int script = 1; script < USCRIPT_CODE_LIMIT; script++)
		if (counts.letters[script] > counts.letters[best])
			best = script;
	if (best == USCRIPT_LATIN || counts.letters[best] == 0)
		return (struct script_found){"Latn", latin, (double)latin / (double)counts.all};
	size_t letters = counts.letters[best], others = counts.all - discount - letters;
	size_t weighed = best == USCRIPT_HAN ? letters * SCRIPT_EAST_ASIAN_LETTERS : letters;
	return (struct script_found){.name = best == USCRIPT_HAN ? east_asian : uscript_getShortName((UScriptCode)best),
	                             .letters = letters,
	                             .share = (double)weighed / (double)(weighed + others)};
}

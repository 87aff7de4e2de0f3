/*
 * Words that are in every text: a rule of them would take writers' sentences. Too few letters, marks alone, or nothing
 * but the small words with which sentences of many languages begin.
 */
#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/rules.h"
#include "pipeline/words/fold.h"

#define RUNAWAY_LETTERS_MIN 3 /* of a script with blanks between words */
#define RUNAWAY_SIGNS_MIN   2 /* of one without */

/* Articles, prepositions, pronouns, conjunctions; sorted by nothing but language. */
static const char *const runaway_words[] = {
        "a an the in on at of to for from by with and or but as if it he she they we you i his her its their this that "
        "these those there here is are was were be been has have had will would can could not no more than when while "
        "after before who what where how all one two new said says also",
        "der die das den dem des ein eine einen einem einer und oder aber in im an am auf aus bei mit nach von vom zu "
        "zum zur für über unter um er sie es wir ihr ich ist sind war waren hat haben wird werden nicht auch als wie "
        "wenn dass doch noch nur so da",
        "le la les un une des du de d l et ou mais en dans sur sous par pour avec sans au aux à il elle ils elles on "
        "nous vous je ce cet cette ces est sont était a ont qui que quand comme ne pas plus se son sa ses",
        "el la los las un una unos unas y o pero en de del al a por para con sin sobre entre que se su sus lo es son "
        "fue era ha han no más como cuando este esta estos estas",
        "o os as um uma uns umas e ou mas em no na nos nas de do da dos das ao à por para com sem sobre que se seu sua "
        "é são foi era não mais como quando este esta isso ele ela",
        "il lo la i gli le un uno una e o ma in nel nella di del della dei a al alla da dal dalla con su per tra fra "
        "che si suo sua è sono era ha hanno non più come quando questo questa",
        "de het een en of maar in op aan van voor met bij uit naar door over tot is zijn was waren heeft hebben niet "
        "ook als dat die dit deze er hij zij ze we je ik om te",
        "yang dan di ke dari dengan untuk pada dalam oleh itu ini ia dia mereka kami kita saya adalah akan telah sudah "
        "tidak juga atau tetapi karena sebagai bahwa para sebuah",
        "в во на с со к ко у о об от до из за по под над при для и или но а да не ни что как так это этот эта эти он "
        "она оно они мы вы я его ее их был была было были есть будет если когда",
        "у в на з із до від за по під над при для і й та або але не ні що як так це цей ця ці він вона воно вони ми ви "
        "я його її їх був була було були є буде якщо коли",
        "w we na z ze do od za po pod nad przy dla i a o u lub ale nie że jak tak to ten ta te on ona ono oni my wy ja "
        "się jest są był była było były będzie jeśli gdy co",
        "v ve na s se k ke u o od do z ze za po pod nad při pro i a nebo ale ne že jak tak to ten ta ti on ona ono oni "
        "my vy já je jsou byl byla bylo byly bude když co",
        "i u na s sa k o od do iz za po pod nad pri je su bio bila bilo bili će da ne ali ili kako što koji koja koje "
        "on ona ono oni mi vi ja se to taj ta ovo",
        "ve ile bir bu şu o da de ki ne için gibi daha en çok ama veya olarak olan oldu değil var yok ben sen biz siz "
        "onlar her",
        "en ett den det de och eller men i på av till från med för om vid under över är var har hade som att inte ut "
        "upp han hon vi ni jag sig sin",
        "og en et den det de i på av til fra med for om ved under over er var har hadde som at ikke han hun vi jeg seg "
        "sin eller men der",
        "ja on oli ovat ei se he hän me te minä että kun jos mutta tai myös kuin niin joka",
        "a az egy és vagy de hogy nem is meg ki be le fel el ha mint csak már még ő ők mi ti én volt van",
        "și sau dar în la de din cu pe pentru un o al a ai ale că nu este sunt era au fost se care mai el ea ei",
        "και ή αλλά σε στο στη στην στον από με για ο η το οι τα τον την του της των ένα μια δεν να θα που ότι είναι "
        "ως",
        "و في من إلى على عن مع أن إن لا ما هو هي هم كان كانت قد لم لن هذا هذه التي الذي بعد قبل",
        "و در از به با که را این آن است بود شد می برای تا هم یا اما بر او",
        "ו של את על עם אל מן זה זו הוא היא הם לא כי גם או אבל אם יש אין היה",
        "और का की के में से को पर है हैं था थे थी यह वह वे हम ने भी नहीं कि एक तो हो इस उस",
        "ও এবং এর এই সেই যে না তা তার তিনি আমি একটি করে হয় থেকে জন্য সঙ্গে",
        "và của là có không cho trong với các những một này đó khi đã sẽ được tại ở từ để ông bà",
        "na ya wa za la kwa katika ni si hii hiyo huo yake wake lakini au pia kama baada kabla",
        "ang ng sa na at ay mga si ni kay para ito iyon siya sila hindi isang",
        "i la el els les un una de del dels a al amb per en que és són no més com",
        "そして また この その あの しかし これ それ する した です ます から まで",
        "的 了 和 是 在 他 她 我 这 那 有 也 就 不 与 对 這 與 對 將 将 一",
        "그 이 저 것 수 등 및 또 그는 그녀는 이는 있다 했다 한다",
        "และ ที่ ใน ของ เป็น การ ได้ ว่า จะ ไม่ มี ให้ กับ",
};

/* The word [*at, …) of words with blanks between them; *at moves behind it. */
static struct str runaway_next(struct str words, size_t *at)
{
	while (*at < words.n && words.p[*at] == ' ')
		++*at;
	size_t from = *at;
	*at = str_index(words, ' ', from);
	return str_slice(words, from, *at);
}

static bool runaway_is_small(struct str word)
{
	for (size_t i = 0; i < sizeof(runaway_words) / sizeof(runaway_words[0]); i++) {
		struct str list = str_of(runaway_words[i]);
		for (size_t at = 0; at < list.n;) {
			struct str small = runaway_next(list, &at);
			if (small.n && fold_equal(small, word))
				return true;
		}
	}
	return false;
}

/* Without the marks at its ends. */
static struct str runaway_core(struct str word)
{
	size_t start = 0, end = word.n;
	while (start < end && !fold_is_word_char(fold_peek(word, start)))
		utf8_next(word, &start);
	word = str_slice(word, start, end);
	while (word.n && !fold_is_word_char(fold_before(word, word.n)))
		do
			word.n--;
		while (word.n && ((unsigned char)word.p[word.n] & 0xc0) == 0x80);
	return word;
}

static bool runaway_are_small(struct str words)
{
	for (size_t at = 0; at < words.n;) {
		struct str word = runaway_core(runaway_next(words, &at));
		if (word.n && !runaway_is_small(word))
			return false;
	}
	return true;
}

static bool runaway_is_alone(enum phrase_mode mode)
{
	return mode == PHRASE_WHOLE || mode == PHRASE_LAST || mode == PHRASE_LIST;
}

const char *rules_runaway(struct str words, enum phrase_mode mode)
{
	size_t letters = 0, signs = 0;
	for (size_t at = 0; at < words.n;) {
		uint32_t c = utf8_next(words, &at);
		if (fold_is_word_char(c) && fold_is_blank_script(c))
			letters++;
		else if (fold_is_word_char(c))
			signs++;
	}
	if (runaway_is_alone(mode))
		return NULL;
	if (!letters && !signs)
		return "no letter or digit is in it, so that it stands in nearly every text";
	if (mode != PHRASE_LABEL && letters < RUNAWAY_LETTERS_MIN && signs < RUNAWAY_SIGNS_MIN)
		return "it is so short that writers' lines begin with it or have it";
	if (mode == PHRASE_LABEL && letters < 2 && !signs)
		return "it is a single letter, which writers' lines begin with";
	if (mode != PHRASE_LABEL && runaway_are_small(words))
		return "all of its words are such as most sentences have";
	return NULL;
}

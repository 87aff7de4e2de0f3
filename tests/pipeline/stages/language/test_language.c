/*
 * Languages: sentences of our own in many of them, what cannot be told, and what the source's word is worth.
 */
#include "tests/pipeline/stages/fixture.h"

#include "pipeline/stages/language/model.h"
#include "pipeline/stages/language/script.h"

extern const struct stage stage_language;

static struct story *judge(struct fixture *f, const char *headline, const char *body)
{
	struct story *st = fixture_story(f, headline, body);
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	return st;
}

static const struct {
	const char *tag, *script, *text;
} sentences[] = {
        {"en", "Latn", "The harbour was closed for two days because of the storm, but the ferries are running again."},
        {"de", "Latn", "Der Hafen war wegen des Sturms zwei Tage lang geschlossen, nun fahren die Fähren wieder."},
        {"fr", "Latn", "Le port était fermé depuis deux jours à cause de la tempête, mais les bateaux repartent."},
        {"es", "Latn", "El puerto estuvo cerrado dos días por la tormenta, pero los barcos ya salen otra vez."},
        {"pt", "Latn", "O porto esteve fechado dois dias por causa da tempestade, mas os barcos já não esperam."},
        {"it", "Latn",
         "Il porto è rimasto chiuso due giorni per la tempesta, ma ora i traghetti sono di nuovo in mare."},
        {"ca", "Latn",
         "El port ha estat tancat dos dies per la tempesta, però els vaixells ja tornen a sortir amb gent."},
        {"ro", "Latn", "Portul a fost închis două zile din cauza furtunii, dar navele pleacă din nou și se întorc."},
        {"nl", "Latn", "De haven was twee dagen gesloten vanwege de storm, maar de veerboten varen weer zoals altijd."},
        {"af", "Latn",
         "Die hawe was twee dae lank gesluit weens die storm, maar die bote vaar nou weer en almal is bly."},
        {"sv", "Latn", "Hamnen var stängd i två dagar på grund av stormen, men nu går färjorna igen som de ska."},
        {"da", "Latn",
         "Havnen var lukket i to dage på grund af stormen, men nu sejler færgerne igen efter planen, siger de."},
        {"nb", "Latn",
         "Havnen var stengt i to dager på grunn av stormen, men nå går fergene igjen etter planen, sier de."},
        {"nn", "Latn",
         "Hamna var stengd i to dagar på grunn av stormen, men no går ferjene att, seier dei som ikkje såg noko."},
        {"is", "Latn", "Höfnin var lokuð í tvo daga vegna óveðurs en nú sigla ferjurnar aftur og það er gott."},
        {"fi", "Latn",
         "Satama oli kaksi päivää suljettuna myrskyn takia, mutta nyt lautat kulkevat taas ja kaikki on hyvin."},
        {"et", "Latn", "Sadam oli tormi tõttu kaks päeva suletud, kuid nüüd sõidavad praamid jälle ja kõik on korras."},
        {"lv", "Latn", "Osta vētras dēļ bija slēgta divas dienas, bet tagad prāmji atkal iet un visi ir priecīgi."},
        {"lt", "Latn",
         "Uostas dėl audros buvo uždarytas dvi dienas, bet dabar keltai vėl plaukia ir visi yra patenkinti."},
        {"pl", "Latn",
         "Port był zamknięty przez dwa dni z powodu sztormu, ale promy już pływają i wszystko jest dobrze."},
        {"cs", "Latn", "Přístav byl kvůli bouři dva dny zavřený, ale lodě už zase jezdí a všechno je v pořádku."},
        {"sk", "Latn", "Prístav bol pre búrku dva dni zatvorený, ale lode už zase chodia a všetko je v poriadku."},
        {"sl", "Latn",
         "Pristanišče je bilo zaradi neurja dva dni zaprto, vendar ladje že spet vozijo in vse je v redu."},
        {"hr", "Latn",
         "Luka je zbog oluje bila zatvorena dva dana, no vrijeme je sada lijepo i brodovi ponovno plove gdje treba."},
        {"sr", "Latn",
         "Luka je zbog oluje bila zatvorena dva dana, ali vreme je sada lepo i svi znaju šta treba i gde."},
        {"sr", "Cyrl", "Лука је због олује била затворена два дана, али време је сада лепо и сви знају шта треба."},
        {"hu", "Latn",
         "A kikötő a vihar miatt két napig zárva volt, de a hajók már újra járnak, és minden rendben van."},
        {"sq", "Latn", "Porti ishte i mbyllur për dy ditë për shkak të stuhisë, por tani anijet po lundrojnë përsëri."},
        {"tr", "Latn",
         "Liman fırtına nedeniyle iki gün kapalıydı, ama şimdi vapurlar yeniden çalışıyor ve her şey yolunda."},
        {"az", "Latn",
         "Liman fırtına səbəbindən iki gün bağlı idi, lakin indi gəmilər yenə üzür və hər şey qaydasındadır."},
        {"id", "Latn",
         "Pelabuhan ditutup dua hari karena badai, tetapi kapal sudah bisa berlayar lagi saat ini, ujar dia."},
        {"ms", "Latn",
         "Pelabuhan ditutup dua hari kerana ribut, manakala kapal boleh belayar semula selepas itu, kata beliau."},
        {"tl", "Latn",
         "Isinara ang daungan nang dalawang araw dahil sa bagyo, ngunit bumibiyahe na muli ang mga barko."},
        {"vi", "Latn", "Cảng đã đóng cửa hai ngày vì bão, nhưng bây giờ các chuyến phà lại hoạt động như thường lệ."},
        {"sw", "Latn",
         "Bandari ilifungwa kwa siku mbili kwa sababu ya dhoruba, lakini sasa meli zimeanza safari zake tena."},
        {"cy", "Latn", "Roedd y porthladd ar gau am ddau ddiwrnod oherwydd y storm, ond mae'r llongau yn mynd eto."},
        {"ga", "Latn",
         "Bhí an calafort dúnta ar feadh dhá lá mar gheall ar an stoirm, ach tá na báid ag seoladh arís."},
        {"eo", "Latn",
         "La haveno estis fermita dum du tagoj pro la ŝtormo, sed nun la ŝipoj denove veturas kaj ĉio estas en ordo."},
        {"ru", "Cyrl", "Порт был закрыт два дня из-за шторма, но сейчас паромы снова ходят по расписанию."},
        {"uk", "Cyrl", "Порт був закритий два дні через шторм, але зараз пороми знову ходять за розкладом."},
        {"be", "Cyrl", "Порт быў зачынены два дні праз шторм, але цяпер паромы зноў ходзяць паводле раскладу."},
        {"bg", "Cyrl", "Пристанището беше затворено два дни заради бурята, но сега фериботите отново се движат."},
        {"mk", "Cyrl",
         "Пристаништето беше затворено два дена поради невремето, но сега бродовите пак пловат и сѐ ќе биде добро."},
        {"kk", "Cyrl", "Порт дауылға байланысты екі күн жабық болды, бірақ қазір кемелер қайтадан жүреді."},
        {"ar", "Arab", "أغلق الميناء يومين بسبب العاصفة، لكن السفن عادت إلى العمل من جديد في المدينة."},
        {"fa", "Arab",
         "بندر به دلیل توفان دو روز بسته بود اما اکنون کشتی‌ها دوباره "
         "کار "
         "می‌کنند."},
        {"ur", "Arab", "طوفان کی وجہ سے بندرگاہ دو دن بند رہی لیکن اب جہاز دوبارہ چل رہے ہیں۔"},
        {"he", "Hebr", "הנמל היה סגור יומיים בגלל הסערה, אבל עכשיו הספינות שוב יוצאות לדרך."},
        {"yi", "Hebr", "דער פּאָרט איז געווען פאַרמאַכט צוויי טעג צוליב דעם שטורעם, אָבער איצט פאָרן די שיפן ווידער."},
        {"hi", "Deva", "तूफान के कारण बंदरगाह दो दिन बंद रहा, लेकिन अब जहाज फिर से चल रहे हैं।"},
        {"mr", "Deva", "वादळामुळे बंदर दोन दिवस बंद होते, पण आता जहाजे पुन्हा सुरू झाली आहेत आणि सर्व ठीक आहे."},
        {"ne", "Deva", "आँधीका कारण बन्दरगाह दुई दिन बन्द थियो तर अहिले जहाजहरू फेरि चल्न थालेका छन् र सबै ठीक छ।"},
        {"bn", "Beng", "ঝড়ের কারণে বন্দর দুই দিন বন্ধ ছিল, কিন্তু এখন জাহাজ আবার চলছে এবং সব ঠিক আছে।"},
        {"am", "Ethi", "ወደቡ በአውሎ ነፋስ ምክንያት ለሁለት ቀን ተዘግቶ ነበር ግን አሁን መርከቦች እንደገና ይሠራሉ እና ሁሉም ደህና ነው።"},
        {"el", "Grek", "Το λιμάνι ήταν κλειστό δύο ημέρες λόγω της καταιγίδας."},
        {"hy", "Armn", "Նավահանգիստը փոթորկի պատճառով երկու օր փակ էր։"},
        {"ka", "Geor", "პორტი ქარიშხლის გამო ორი დღე დაკეტილი იყო."},
        {"th", "Thai", "ท่าเรือปิดสองวันเพราะพายุ แต่ตอนนี้เรือกลับมาวิ่งแล้ว"},
        {"ko", "Kore", "폭풍 때문에 항구가 이틀 동안 문을 닫았지만 지금은 배가 다시 다닌다. 北韓"},
        {"ja", "Jpan", "嵐のため港は二日間閉鎖されたが、現在は船が再び運航している。"},
        {"zh", "Hans", "由于风暴，港口关闭了两天，但现在渡轮又开航了。"},
        {"zh", "Hant", "由於風暴，港口關閉了兩天，但現在渡輪又開航了。"},
        {"ta", "Taml", "புயல் காரணமாக துறைமுகம் இரண்டு நாட்கள் மூடப்பட்டது."},
        {"my", "Mymr", "မုန်တိုင်းကြောင့် ဆိပ်ကမ်းကို နှစ်ရက် ပိတ်ထားသည်။"},
};

static void a_sentence_in_each_of_many_languages_is_told(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		struct story *st = judge(f, "", sentences[i].text);
		if (strcmp(st->language.tag, sentences[i].tag) != 0)
			fail_msg("%s is taken for %s", sentences[i].tag, st->language.tag);
		assert_string_equal(st->language.script, sentences[i].script);
		assert_true(st->language.confidence >= 0.5 && st->language.confidence <= 1);
		assert_null(st->language.reason);
	}
	fixture_free(f);
}

static void capitals_and_missing_marks_change_nothing(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	static const struct {
		const char *tag, *text;
	} rows[] = {
	        {"de", "DER HAFEN WAR WEGEN DES STURMS ZWEI TAGE GESCHLOSSEN, NUN FAHREN DIE FÄHREN WIEDER NACH PLAN."},
	        {"ru", "ПОРТ БЫЛ ЗАКРЫТ ДВА ДНЯ ИЗ-ЗА ШТОРМА, НО СЕЙЧАС ПАРОМЫ СНОВА ХОДЯТ ПО РАСПИСАНИЮ."},
	        {"fr",
	         "Le port etait ferme depuis deux jours a cause de la tempete, mais les bateaux sont deja repartis."},
	        {"cs", "Pr\u030ci\u0301stav byl kvu\u030ali bour\u030ci dva dny zavr\u030ceny\u0301, ale lode\u030c "
	               "uz\u030c jezdi\u0301."},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(judge(f, "", rows[i].text)->language.tag, rows[i].tag);
	fixture_free(f);
}

static void a_long_plain_story_is_reliable_and_names_the_runner_up(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	struct story *st =
	        judge(f, "Pelabuhan Dibuka Lagi Setelah Badai",
	              "Pemerintah kota mengatakan pelabuhan sudah bisa digunakan lagi setelah dua hari ditutup karena "
	              "badai.\nSejumlah kapal yang sebelumnya tidak dapat berlayar akan berangkat pada hari ini, ujar "
	              "seorang pejabat kepada wartawan.\nMenurut dia, tidak ada korban, namun beberapa rumah warga "
	              "rusak. Bantuan akan diberikan oleh provinsi kepada mereka yang membutuhkan.");
	assert_string_equal(st->language.tag, "id");
	assert_string_equal(st->language.script, "Latn");
	assert_true(st->language.reliable);
	assert_true(st->language.confidence >= 0.9 && st->language.confidence <= 0.99);
	assert_string_equal(st->language.runner_up, "ms");
	fixture_free(f);
}

static void what_cannot_be_told_says_why(void **state)
{
	(void)state;
	static const struct {
		const char *text, *reason, *script;
	} rows[] = {
	        {"", "no-letters", NULL},
	        {"12.30 – 14.00 €, 50 %", "no-letters", NULL},
	        {"FLASH", "too-short", "Latn"},
	        {"Да", "too-short", "Cyrl"},
	        {"α = 5", "too-short", "Grek"},
	        {"Xqzwv brtplk zzgrh qwpfx mnbvc xzlkj hgfds qqrrt wvxzq kjhgf plmkz", "unknown", "Latn"},
	        {"ᚠᚢᚦᚨᚱᚲᚷᚹᚺᚾᛁᛃᛇᛈᛉᛊᛏᛒᛖᛗᛚ", "unknown", "Runr"},
	};
	struct fixture *f = fixture_new(&stage_language, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct story *st = judge(f, "", rows[i].text);
		assert_string_equal(st->language.tag, "und");
		assert_string_equal(st->language.reason, rows[i].reason);
		assert_false(st->language.reliable);
		assert_true(st->language.confidence == 0);
		assert_null(st->language.runner_up);
		if (rows[i].script)
			assert_string_equal(st->language.script, rows[i].script);
		else
			assert_null(st->language.script);
	}
	fixture_free(f);
}

static struct story *judge_expecting(struct fixture *f, const struct feed *feed, const char *text)
{
	struct story *st = fixture_story(f, "", text);
	struct message *msg = ARENA_NEW(&f->keep, struct message);
	*msg = *st->msg;
	msg->feed = feed;
	st->msg = msg;
	fixture_run(f, st);
	return st;
}

static void what_the_source_expects_decides_between_neighbours_only(void **state)
{
	(void)state;
	static struct str malay[] = {STR_INIT("ms-MY")}, indonesian[] = {STR_INIT("id")},
	                  others[] = {STR_INIT("idx"), STR_INIT("msx")};
	static const struct feed ms = {.expect = malay, .n_expect = 1}, id = {.expect = indonesian, .n_expect = 1};
	static const struct feed idx = {.expect = others, .n_expect = 1}, msx = {.expect = others + 1, .n_expect = 1};
	struct fixture *f = fixture_new(&stage_language, NULL);
	const char *either = "Dia makan nasi di rumah dengan ibu dan ayah yang baik.";
	assert_string_equal(judge_expecting(f, &ms, either)->language.tag, "ms");
	assert_string_equal(judge_expecting(f, &id, either)->language.tag, "id");
	const char *plain = judge(f, "", either)->language.tag;
	assert_string_equal(judge_expecting(f, &idx, either)->language.tag, plain);
	assert_string_equal(judge_expecting(f, &msx, either)->language.tag, plain);
	assert_string_equal(judge_expecting(f, &ms, sentences[0].text)->language.tag, "en");
	fixture_free(f);
}

static void two_scripts_in_one_text_lower_the_confidence(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	struct story *st = judge(f, "Το λιμάνι ήταν κλειστό δύο", "The harbour was closed");
	assert_string_equal(st->language.tag, "el");
	assert_true(st->language.confidence < 0.7);
	assert_false(st->language.reliable);
	st = judge(f, "Порт был закрыт два дня, но сейчас паромы снова ходят", "The harbour was closed for two days");
	assert_string_equal(st->language.tag, "ru");
	assert_true(st->language.confidence < 0.7);
	fixture_free(f);
}

static void the_language_of_a_mixed_text_is_that_of_its_greater_part(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	struct story *st = judge(f, "Пожар в порту", sentences[0].text);
	assert_string_equal(st->language.tag, "en");
	fixture_free(f);
}

/* Whatever it is made of: it ends, and what it says is in its range. */
static void any_text_is_answered(void **state)
{
	(void)state;
	static char room[70000];
	struct fixture *f = fixture_new(&stage_language, NULL);
	uint64_t random = 12345;
	for (int round = 0; round < 300; round++) {
		size_t n = 0;
		uint32_t base = 0;
		while (n + 4 < (round % 10 ? 400 : sizeof(room))) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			if (random >> 60 == 0)
				base = (uint32_t)(random >> 33) % 0x1f000;
			uint32_t c = base + (uint32_t)(random >> 40) % 0x80;
			if (c >= 0xd800 && c < 0xe000)
				c = 'a';
			n += utf8_write(room + n, c ? c : ' ');
		}
		struct story *st = fixture_story(f, "", "");
		st->decode.body = str_make(room, n);
		fixture_run(f, st);
		assert_non_null(st->language.tag);
		assert_true(st->language.confidence >= 0 && st->language.confidence <= 1);
		assert_int_equal(strcmp(st->language.tag, "und") == 0, st->language.reason != NULL);
		arena_reset(&f->keep);
	}
	fixture_free(f);
}

/* --- the tables -------------------------------------------------------------------------------------------------- */

static void no_language_stands_twice_and_each_tag_has_one_name(void **state)
{
	(void)state;
	size_t n;
	const struct language *rows = model_languages(&n);
	for (size_t i = 0; i < n; i++) {
		assert_true(rows[i].name[0] != 0);
		assert_int_equal(strlen(rows[i].script), 4);
		for (size_t k = 0; k < i; k++)
			assert_false(strcmp(rows[i].tag, rows[k].tag) == 0 &&
			             strcmp(rows[i].script, rows[k].script) == 0);
	}
}

static const struct {
	const char *tag, *script, *words;
} features[] = {
#define FEATURES(tag, script, words, letters, triples) {tag, script, words},
#include "pipeline/stages/language/features.def"
#undef FEATURES
};
#define N_FEATURES (sizeof(features) / sizeof(features[0]))

static bool has_features(const struct language *row)
{
	for (size_t f = 0; f < N_FEATURES; f++)
		if (strcmp(features[f].tag, row->tag) == 0 && strcmp(features[f].script, row->script) == 0)
			return true;
	return false;
}

static void languages_that_share_a_script_have_features_and_others_need_none(void **state)
{
	(void)state;
	size_t n;
	const struct language *rows = model_languages(&n);
	for (size_t i = 0; i < n; i++) {
		size_t sharing = 0;
		for (size_t k = 0; k < n; k++)
			sharing += strcmp(rows[i].script, rows[k].script) == 0;
		if (has_features(&rows[i]) != (sharing > 1))
			fail_msg("%s in %s: %zu languages, features or not", rows[i].tag, rows[i].script, sharing);
	}
}

/* A word that stands twice in a row would count by its second, lower rank in nobody's eyes. */
static void no_row_lists_a_word_twice(void **state)
{
	(void)state;
	for (size_t f = 0; f < N_FEATURES; f++) {
		struct str words = str_of(features[f].words);
		for (size_t at = 0; at < words.n; at = str_index(words, ' ', at) + 1) {
			struct str word = str_slice(words, at, str_index(words, ' ', at));
			assert_true(word.n > 0);
			for (size_t later = at + word.n + 1; later < words.n;
			     later = str_index(words, ' ', later) + 1) {
				struct str other = str_slice(words, later, str_index(words, ' ', later));
				if (str_eq(word, other))
					fail_msg("%s lists '%.*s' twice", features[f].tag, STR_ARG(word));
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_sentence_in_each_of_many_languages_is_told),
	        cmocka_unit_test(capitals_and_missing_marks_change_nothing),
	        cmocka_unit_test(a_long_plain_story_is_reliable_and_names_the_runner_up),
	        cmocka_unit_test(what_cannot_be_told_says_why),
	        cmocka_unit_test(what_the_source_expects_decides_between_neighbours_only),
	        cmocka_unit_test(two_scripts_in_one_text_lower_the_confidence),
	        cmocka_unit_test(the_language_of_a_mixed_text_is_that_of_its_greater_part),
	        cmocka_unit_test(any_text_is_answered),
	        cmocka_unit_test(no_language_stands_twice_and_each_tag_has_one_name),
	        cmocka_unit_test(languages_that_share_a_script_have_features_and_others_need_none),
	        cmocka_unit_test(no_row_lists_a_word_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

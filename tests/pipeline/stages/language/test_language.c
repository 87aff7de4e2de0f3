/*
 * Languages: sentences of our own in many of them, what cannot be told, and what the source's word is worth.
 */
#include "tests/pipeline/stages/fixture.h"

#include "pipeline/stages/language/model.h"
#include "pipeline/stages/language/model_file.h"
#include "pipeline/stages/language/reader.h"

#include <xxhash.h>

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
        {"sr-Latn", "Latn",
         "Luka je zbog oluje bila zatvorena dva dana, ali vreme je sada lepo i svi znaju šta treba i gde."},
        {"sr-Cyrl", "Cyrl",
         "Лука је због олује била затворена два дана, али време је сада лепо и сви знају шта треба."},
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
        {"zh-Hans", "Hans", "由于风暴，港口关闭了两天，但现在渡轮又开航了。"},
        {"zh-Hant", "Hant", "由於風暴，港口關閉了兩天，但現在渡輪又開航了。"},
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

/* Hmong and Choctaw are not in the model. */
static void what_is_in_no_language_that_is_known_is_not_reliable(void **state)
{
	(void)state;
	static const char *texts[] = {"Tsoom fwv tau tshaj tawm tias lawv yuav pab cov neeg ua liaj ua teb uas raug "
	                              "dej nyab rau lub hlis dhau los.",
	                              "Hattak okla moma yat atta akosh nana aiithana micha im anukfila yat "
	                              "ittilawashke, yohmi kia okla mat ik "
	                              "ithano kiyo."};
	struct fixture *f = fixture_new(&stage_language, NULL);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_false(judge(f, "", texts[i])->language.reliable);
	fixture_free(f);
}

static void two_short_words_are_told_but_never_reliable(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	struct story *st = judge(f, "", "mais qu'");
	assert_string_equal(st->language.reason ? st->language.reason : "", "");
	assert_false(st->language.reliable);
	st = judge(f, "", "Это мы");
	assert_string_equal(st->language.tag, "ru");
	assert_false(st->language.reliable);
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

static void what_is_no_language_though_it_has_letters_says_why(void **state)
{
	(void)state;
	static const struct {
		const char *reason, *text;
	} rows[] = {
	        {"table", "Arsenal 2-1 Chelsea\nLiverpool 0-0 Everton\nLeeds United 3-2 Burnley"},
	        {"table", "Gold 2345.50 +0.3%\nBrent 81.20 -1.1%\nUSD/IDR 15,870 +0.1%\nPalm oil 3,905"},
	        {"names", "Anna Schmidt, Peter Müller, John Smith, Maria Garcia"},
	        {"code", "ERR_CONN_0x8004 id=3f9a2b77c0de4411 http://a.example/x?y=1&z=2 see"},
	};
	struct fixture *f = fixture_new(&stage_language, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct story *st = judge(f, "", rows[i].text);
		assert_string_equal(st->language.tag, "und");
		assert_string_equal(st->language.reason, rows[i].reason);
	}
	assert_string_equal(judge(f, "", "Five Things To Know About The 2024 Election In Ohio")->language.tag, "en");
	assert_string_equal(judge(f, "", "PRESIDENT SAYS 3 KILLED AND 12 INJURED IN BLAST")->language.tag, "en");
	fixture_free(f);
}

static void a_story_in_two_languages_says_who_has_which_part(void **state)
{
	(void)state;
	static const char english[] =
	        "The harbour was closed for two days because of the storm, but the ferries are running "
	        "again, the port authority said on Monday.\n";
	static const char german[] =
	        "Der Hafen war wegen des Sturms zwei Tage lang geschlossen, nun fahren die Fähren wieder, "
	        "wie die Behörde am Montag mitteilte.\n";
	static const char russian[] =
	        "Порт был закрыт два дня из-за шторма, но сейчас паромы снова ходят по расписанию.";
	struct fixture *f = fixture_new(&stage_language, NULL);
	char text[2000];
	snprintf(text, sizeof text, "%s%s%s%s", english, english, german, russian);
	struct story *st = judge(f, "", text);
	assert_string_equal(st->language.tag, "en");
	assert_int_equal(st->language.n_parts, 3);
	const struct language_part *parts = st->language.parts;
	size_t in_english = 2 * strlen(english), in_german = strlen(german) - 2; /* two letters of two bytes */
	assert_string_equal(parts[0].tag, "en");
	assert_int_equal(parts[0].start, 0);
	assert_int_equal(parts[0].end, in_english);
	assert_string_equal(parts[1].tag, "de");
	assert_int_equal(parts[1].start, in_english);
	assert_int_equal(parts[1].end, in_english + in_german);
	assert_string_equal(parts[2].tag, "ru");
	assert_true(fabs(parts[0].share + parts[1].share + parts[2].share - 1) < 1e-9);
	snprintf(text, sizeof text, "%s%s%s%s", english, english, english, english);
	assert_int_equal(judge(f, "", text)->language.n_parts, 0);
	fixture_free(f);
}

/* Both scripts have as many letters, which leaves all of the story in doubt, but none of its parts. */
static void a_story_in_two_languages_is_in_another_than_the_declared_one_if_its_main_one_is(void **state)
{
	(void)state;
	static const char both[] =
	        "The harbour was closed for two days because of the storm, but the ferries are running again.\n"
	        "Порт был закрыт два дня из-за шторма, но сейчас паромы снова ходят по расписанию, да.";
	struct fixture *f = fixture_new(&stage_language, NULL);
	static const char *const declared[] = {"en-GB", "de"};
	for (size_t i = 0; i < 2; i++) {
		struct story *st = fixture_story(f, "", both);
		st->decode.language = str_of(declared[i]);
		fixture_run(f, st);
		assert_int_equal(st->language.n_parts, 2);
		assert_string_equal(st->language.tag, "en");
		assert_true(st->language.reliable);
		assert_int_equal(st->language.is_not_declared, i == 1);
	}
	fixture_free(f);
}

static void a_variety_and_another_declared_language_are_named(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	struct story *st = fixture_story(f, "", sentences[1].text);
	st->decode.language = str_of("en-GB");
	fixture_run(f, st);
	assert_string_equal(st->language.tag, "de");
	assert_string_equal(st->language.iso639, "deu");
	assert_true(st->language.is_not_declared);
	st = fixture_story(f, "", sentences[1].text);
	st->decode.language = str_of("de-AT");
	fixture_run(f, st);
	assert_false(st->language.is_not_declared);
	fixture_free(f);
}

static void latin_letters_that_look_cyrillic_are_read_as_such(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	/* a, e, o, c, p and x are Latin here. */
	const char *mixed = "Лукa je збoг oлуjе билa зaтвoрeнa двa дaнa, aли врeмe je сaдa лeпo и сви знajу гдe трeбa.";
	assert_string_equal(judge(f, "", mixed)->language.tag, "sr-Cyrl");
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

static char warned[1000];

static void remember_warning(void *arg, const char *words)
{
	assert_ptr_equal(arg, warned);
	snprintf(warned, sizeof warned, "%s", words);
}

static struct str expected_tag;
static struct feed expecting = {.name = STR_INIT("desk"), .expect = &expected_tag, .n_expect = 1};

static void with_expecting_source(struct stage_env *env)
{
	env->feeds = &expecting;
	env->n_feeds = 1;
	env->warn = remember_warning;
	env->warn_arg = warned;
}

static void what_is_no_language_cannot_be_expected(void **state)
{
	(void)state;
	static const struct {
		const char *tag, *words;
	} rows[] = {{"english!!", "source 'desk' expects 'english!!', which is no language"},
	            {"english!!", "did you mean 'en'?"},
	            {"en--US", "which is no language"},
	            {"und", "which is no language"},
	            {"", "which is no language"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		expected_tag = str_of(rows[i].tag);
		struct fixture *f = fixture_open(&stage_language, with_expecting_source, NULL);
		assert_false(f->is_open);
		assert_has(f->err.words, rows[i].words);
		fixture_free(f);
	}
}

static void a_language_that_the_model_does_not_know_is_a_warning(void **state)
{
	(void)state;
	static const struct {
		const char *tag;
		bool is_known;
	} rows[] = {{"en", true}, {"pt-BR", true}, {"EN-us", true}, {"eng", false}, {"tlh", false}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		expected_tag = str_of(rows[i].tag);
		warned[0] = 0;
		fixture_free(fixture_checked(fixture_open(&stage_language, with_expecting_source, NULL)));
		if (rows[i].is_known)
			assert_string_equal(warned, "");
		else
			assert_has(warned, "which the model of languages does not know");
	}
}

static void what_the_source_expects_decides_between_neighbours_only(void **state)
{
	(void)state;
	static struct str malay[] = {STR_INIT("ms-MY")}, indonesian[] = {STR_INIT("id")},
	                  others[] = {STR_INIT("idx"), STR_INIT("msx")};
	static const struct feed ms = {.expect = malay, .n_expect = 1}, id = {.expect = indonesian, .n_expect = 1};
	static const struct feed idx = {.expect = others, .n_expect = 1}, msx = {.expect = others + 1, .n_expect = 1};
	struct fixture *f = fixture_new(&stage_language, NULL);
	const char *either = "Mereka tinggal di sebuah rumah kecil di tepi sungai.";
	assert_string_equal(judge_expecting(f, &ms, either)->language.tag, "ms");
	assert_string_equal(judge_expecting(f, &id, either)->language.tag, "id");
	const char *plain = judge(f, "", either)->language.tag;
	assert_string_equal(judge_expecting(f, &idx, either)->language.tag, plain);
	assert_string_equal(judge_expecting(f, &msx, either)->language.tag, plain);
	assert_string_equal(judge_expecting(f, &ms, sentences[0].text)->language.tag, "en");
	fixture_free(f);
}

/* A text that either of two languages could be, and what is known beside it. */
static const char *either_language = "Mereka tinggal di sebuah rumah kecil di tepi sungai.";

static double indonesian_odds(struct fixture *f, struct story *st)
{
	fixture_run(f, st);
	assert_true(strcmp(st->language.tag, "id") == 0 || strcmp(st->language.tag, "ms") == 0);
	double p = st->language.confidence;
	return strcmp(st->language.tag, "id") == 0 ? p / (1 - p) : (1 - p) / p;
}

static void zone_dateline_and_declared_language_move_the_odds_of_neighbours(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	double plain = indonesian_odds(f, fixture_story(f, "", either_language));
	struct story *st = fixture_story(f, "", either_language);
	st->credits.zone = "Asia/Makassar";
	assert_true(indonesian_odds(f, st) > 3 * plain);
	st->credits.zone = "Asia/Kuala_Lumpur";
	assert_true(indonesian_odds(f, st) < plain / 3);
	st->credits.zone = "Etc/GMT";
	assert_true(fabs(indonesian_odds(f, st) / plain - 1) < 0.01);
	st = fixture_story(f, "", either_language);
	st->credits.place.name = str_of("KUPANG, NTT");
	assert_true(indonesian_odds(f, st) > 3 * plain);
	st->credits.place.name = str_of("Nowhere");
	assert_true(fabs(indonesian_odds(f, st) / plain - 1) < 0.01);
	st->credits.place.name = (struct str){0};
	st->decode.located = str_of("Kuching");
	assert_true(indonesian_odds(f, st) < plain / 3);
	st = fixture_story(f, "", either_language);
	st->decode.language = str_of("ms-MY");
	assert_true(indonesian_odds(f, st) < plain / 3);
	fixture_free(f);
}

static void the_zone_of_the_source_stands_in_for_the_text_s(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	static const struct feed desk = {.zone = STR_INIT("Asia/Kuala_Lumpur")};
	double plain = indonesian_odds(f, fixture_story(f, "", either_language));
	struct story *st = fixture_story(f, "", either_language);
	struct message *msg = ARENA_NEW(&f->keep, struct message);
	*msg = *st->msg;
	msg->feed = &desk;
	st->msg = msg;
	assert_true(indonesian_odds(f, st) < plain / 3);
	st->credits.zone = "Asia/Jakarta";
	assert_true(indonesian_odds(f, st) > 3 * plain);
	fixture_free(f);
}

/* All that can be known speaks for another language. */
static void nothing_beside_the_text_stands_against_what_it_says(void **state)
{
	(void)state;
	static struct str expected[] = {STR_INIT("ms")};
	static const struct feed feed = {.expect = expected, .n_expect = 1, .zone = STR_INIT("Asia/Kuala_Lumpur")};
	static const struct {
		const char *tag, *text;
	} rows[] = {
	        {"id", "Menurut dia, polisi mengatakan korban kecelakaan dibawa ke rumah sakit karena luka-luka. "
	               "Pelaku sudah ditangkap pada Jumat sore, kata juru bicara kepolisian kepada wartawan."},
	        {"en", "The harbour was closed for two days because of the storm, but the ferries are running again."},
	        {"pt", "O porto esteve fechado dois dias por causa da tempestade, mas os barcos já não esperam."}};
	struct fixture *f = fixture_new(&stage_language, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct story *st = fixture_story(f, "", rows[i].text);
		struct message *msg = ARENA_NEW(&f->keep, struct message);
		*msg = *st->msg;
		msg->feed = &feed;
		st->msg = msg;
		st->decode.language = str_of("ms");
		st->credits.zone = "Asia/Kuala_Lumpur";
		st->credits.place.name = str_of("Kuala Lumpur");
		fixture_run(f, st);
		assert_string_equal(st->language.tag, rows[i].tag);
	}
	fixture_free(f);
}

static void a_place_says_nothing_of_languages_that_are_not_near(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	const char *text = "Storm closes port";
	double alone = judge(f, "", text)->language.confidence;
	struct story *st = fixture_story(f, "", text);
	st->credits.place.name = str_of("Lisboa");
	st->credits.zone = "Europe/Lisbon";
	fixture_run(f, st);
	assert_string_equal(st->language.tag, judge(f, "", text)->language.tag);
	assert_true(fabs(st->language.confidence - alone) < 1e-9);
	fixture_free(f);
}

/* A list of players is like many languages; who declares its language knows better. Sentences stand against it. */
static void a_declared_language_makes_another_one_less_sure_where_the_text_leaves_a_doubt(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	static const char list[] =
	        "Halbfinale Viktoria Hruncakova; Katie Boulter - Rebecca Sramkova; Olivia Nicholls/Heather "
	        "Watson - Viktoria Hruncakova/Tereza Mihalikova; Emma Raducanu; Danielle Collins - Anna Danilina";
	static const char report[] =
	        "The council voted on Monday to close the harbour for repairs that will take until "
	        "the end of the year, and told the owners of the ferries to use the other one.";
	struct story *st = judge(f, "", list);
	double alone = st->language.confidence;
	const char *tag = st->language.tag;
	assert_string_not_equal(tag, "de");
	st = fixture_story(f, "", list);
	st->decode.language = str_of("de");
	fixture_run(f, st);
	assert_string_equal(st->language.tag, tag);
	assert_true(st->language.confidence < alone);
	assert_false(st->language.reliable);
	st = fixture_story(f, "", report);
	st->decode.language = str_of("de");
	fixture_run(f, st);
	assert_string_equal(st->language.tag, "en");
	assert_true(st->language.reliable && st->language.is_not_declared);
	fixture_free(f);
}

static void names_in_latin_letters_do_not_make_a_text_latin(void **state)
{
	(void)state;
	static const struct {
		const char *tag, *text;
	} rows[] = {{"zh-Hans", "台积电（TSMC）周二宣布，将与 NVIDIA、Apple 合作开发 CoWoS 先进封装。"},
	            {"ko", "삼성전자는 Galaxy S25 Ultra에 Snapdragon 8 Elite를 탑재한다고 밝혔다."},
	            {"el", "Η Microsoft και η OpenAI ανακοίνωσαν συνεργασία για το ChatGPT στην Ευρώπη."},
	            {"ar", "أعلنت شركة OpenAI عن نموذجها الجديد GPT-5 بالتعاون مع Microsoft و Oracle"}};
	struct fixture *f = fixture_new(&stage_language, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct story *st = judge(f, "", rows[i].text);
		assert_string_equal(st->language.tag, rows[i].tag);
		assert_true(st->language.reliable);
	}
	assert_string_equal(judge(f, "", "SHOHEI OHTANI (大谷翔平) HITS TWO HOMERS AS DODGERS BEAT CUBS")->language.tag,
	                    "en");
	fixture_free(f);
}

static void indonesian_and_malay_news_are_told_by_their_own_words(void **state)
{
	(void)state;
	static const struct {
		const char *tag, *text;
	} rows[] = {{"id", "Polisi menangkap tiga tersangka pencurian mobil"},
	            {"ms", "Polis tahan tiga suspek kes curi kereta"},
	            {"id", "Harga bensin naik karena rupiah melemah, kata gubernur bank sentral."},
	            {"ms", "Harga petrol naik kerana ringgit lemah, kata gabenor bank pusat."},
	            {"id", "Korban kecelakaan dibawa ke rumah sakit pada Jumat sore."},
	            {"ms", "Mangsa kemalangan dibawa ke hospital pada petang Jumaat."}};
	struct fixture *f = fixture_new(&stage_language, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(judge(f, "", rows[i].text)->language.tag, rows[i].tag);
	fixture_free(f);
}

/* Croatian, Bosnian and Serbian write this alike; where it was written decides then. */
static void what_neighbours_share_is_in_doubt_until_its_place_is_known(void **state)
{
	(void)state;
	static const char *shared = "Policija je danas privela dvojicu osumnjičenih za pljačku banke u centru grada.";
	static const struct {
		const char *tag, *place;
	} rows[] = {{"hr", "Zagreb"}, {"sr-Latn", "BEOGRAD"}};
	struct fixture *f = fixture_new(&stage_language, NULL);
	assert_false(judge(f, "", shared)->language.reliable);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct story *st = fixture_story(f, "", shared);
		st->credits.place.name = str_of(rows[i].place);
		fixture_run(f, st);
		assert_string_equal(st->language.tag, rows[i].tag);
	}
	fixture_free(f);
}

/* Hong Kong's and Taiwan's news is written in standard Chinese. */
static void cantonese_is_told_by_its_own_characters(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	assert_string_equal(judge(f, "", "佢哋尋日喺屋企食飯，唔知點解冇人嚟。")->language.tag, "yue");
	assert_string_equal(judge(f, "", "警方今日下午在灣仔拘捕兩名男子，懷疑他們與上月的劫案有關。")->language.tag,
	                    "zh-Hant");
	fixture_free(f);
}

static void two_scripts_in_one_text_lower_the_confidence(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	struct story *st = judge(f, "Το λιμάνι ήταν κλειστό δύο", "The harbour was closed");
	assert_string_equal(st->language.tag, "el");
	assert_true(st->language.confidence < 0.75);
	assert_false(st->language.reliable);
	st = judge(f, "Порт был закрыт два дня, но сейчас паромы снова ходят", "The harbour was closed for two days");
	assert_string_equal(st->language.tag, "ru");
	assert_true(st->language.confidence < 0.75);
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

/* What is cheap to send must not be dear to read, and nothing in it may leave the bounds of a word. */
static void a_megabyte_of_hostile_text_is_answered(void **state)
{
	(void)state;
	static const char *const units[] = {"a",
	                                    "a\xcc\x81",
	                                    "'a",
	                                    "\xcc\x81",
	                                    "\xe6\xbc\xa2",
	                                    "\xf0\x9f\x98\x80",
	                                    "\xe2\x80\x99",
	                                    "ab ",
	                                    "\xd0\xb0",
	                                    "\xe0\xa4\x95\xe0\xa5\x8d"};
	enum { BYTES = 1 << 20 };
	char *room = malloc(BYTES);
	struct fixture *f = fixture_new(&stage_language, NULL);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t n = strlen(units[i]), at = 0;
		for (; at + n <= BYTES; at += n)
			memcpy(room + at, units[i], n);
		struct story *st = fixture_story(f, "", "");
		st->decode.body = str_make(room, at);
		assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
		assert_non_null(st->language.tag);
	}
	free(room);
	fixture_free(f);
}

static void a_long_story_is_judged_by_beginning_middle_and_end(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_language, NULL);
	enum { LINES = 4000 };
	char *room = malloc(LINES * 200);
	size_t n = 0;
	/* One sentence of English first, then German for most of a megabyte. */
	for (size_t i = 0; i < LINES; i++)
		n += (size_t)snprintf(room + n, 200, "%s\n", sentences[i ? 1 : 0].text);
	struct story *st = fixture_story(f, "", "");
	st->decode.body = str_make(room, n);
	fixture_run(f, st);
	assert_string_equal(st->language.tag, "de");
	free(room);
	fixture_free(f);
}

/* --- the model's file --------------------------------------------------------------------------------------------- */

#define MODEL_PATH WD_SOURCE_DIR "/pipeline/stages/language/languages.model"

struct copy {
	char folder[64], path[128];
	unsigned char *bytes;
	size_t n;
	struct model_file_head *head;
};

static void copy_read(struct copy *copy)
{
	snprintf(copy->folder, sizeof(copy->folder), "/tmp/wiredesk-language-XXXXXX");
	assert_non_null(mkdtemp(copy->folder));
	snprintf(copy->path, sizeof(copy->path), "%s/languages.model", copy->folder);
	FILE *file = fopen(MODEL_PATH, "rb");
	assert_non_null(file);
	copy->bytes = malloc(MODEL_FILE_BYTES_MAX);
	copy->n = fread(copy->bytes, 1, MODEL_FILE_BYTES_MAX, file);
	copy->head = (struct model_file_head *)(void *)copy->bytes;
	fclose(file);
	assert_true(copy->n > sizeof(*copy->head));
}

static void copy_free(struct copy *copy)
{
	unlink(copy->path);
	rmdir(copy->folder);
	free(copy->bytes);
}

/* Writes the first n bytes of the copy and opens them; NULL with err set where that fails. */
static struct model *copy_open(const struct copy *copy, size_t n, struct err *err)
{
	FILE *file = fopen(copy->path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(copy->bytes, 1, n, file), n);
	fclose(file);
	err_clear(err);
	return model_open(copy->path, err);
}

static void copy_sign(struct copy *copy)
{
	copy->head->checksum = 0;
	copy->head->checksum = XXH3_64bits(copy->bytes, copy->n);
}

static void assert_refused(const struct copy *copy, size_t n, const char *why)
{
	struct err err;
	assert_null(copy_open(copy, n, &err));
	assert_non_null(strstr(err.words, copy->path));
	if (!strstr(err.words, why))
		fail_msg("'%s' does not say '%s'", err.words, why);
}

static void a_missing_model_keeps_the_stage_from_opening(void **state)
{
	(void)state;
	struct err err = {0};
	assert_null(model_open("/nowhere/languages.model", &err));
	assert_non_null(strstr(err.words, "'/nowhere/languages.model': No such file"));
	err_clear(&err);
	assert_null(model_open("/tmp", &err));
	assert_non_null(strstr(err.words, "'/tmp' is no file"));
}

static void a_damaged_model_is_refused_by_name(void **state)
{
	(void)state;
	struct copy copy;
	struct err err;
	copy_read(&copy);
	struct model *model = copy_open(&copy, copy.n, &err);
	assert_non_null(model);
	model_close(&model);
	assert_refused(&copy, 0, "0 bytes");
	assert_refused(&copy, sizeof(*copy.head) - 1, "bytes");
	assert_refused(&copy, copy.n / 2, "checksum");
	for (size_t at = sizeof(*copy.head); at < copy.n; at += copy.n / 7) {
		copy.bytes[at] ^= 0x10;
		assert_refused(&copy, copy.n, "checksum");
		copy.bytes[at] ^= 0x10;
	}
	copy.head->version++;
	assert_refused(&copy, copy.n, "version");
	copy.bytes[0] ^= 1;
	assert_refused(&copy, copy.n, "no model of languages");
	copy_free(&copy);
}

/* The list of which a slot tells; its check is of no interest here. */
static void slot_set(struct model_file_slot *slot, uint32_t list)
{
	memset(slot->bytes, 0, sizeof(slot->bytes));
	memcpy(slot->bytes, &list, 3);
}

/* A checksum says that a file is what somebody wrote, not that it is right. */
static void a_model_whose_parts_do_not_fit_is_refused_though_its_checksum_is_right(void **state)
{
	(void)state;
	struct copy copy;
	copy_read(&copy);
	struct model_file_head head = *copy.head;
	struct model_file_group *groups = (struct model_file_group *)(void *)(copy.head + 1), group = groups[0];
	struct model_file_label *labels = (struct model_file_label *)(void *)(groups + head.n_groups),
	                        label = labels[0];
	uint16_t *units = (uint16_t *)(void *)(copy.bytes + copy.n) - head.n_units;
	struct model_file_slot *slot = (struct model_file_slot *)(void *)units - ((size_t)1 << head.slots_log2);
	while (model_file_slot_list(model_file_slot_bits(slot)) == 0)
		slot++;

#define REFUSED(change, restore)                                                                                       \
	do {                                                                                                           \
		change;                                                                                                \
		copy_sign(&copy);                                                                                      \
		assert_refused(&copy, copy.n, "do not fit");                                                           \
		restore;                                                                                               \
	} while (0)
	REFUSED(copy.head->n_units--, *copy.head = head);
	REFUSED(copy.head->n_words--, *copy.head = head);
	REFUSED(copy.head->n_words = 0, *copy.head = head);
	REFUSED(copy.head->n_words = UINT32_MAX, *copy.head = head);
	REFUSED(copy.head->slots_log2 = 60, *copy.head = head);
	REFUSED(copy.head->n_labels = UINT32_MAX, *copy.head = head);
	REFUSED(copy.head->n_groups = 70000, *copy.head = head);
	REFUSED(groups[0].n_labels = 256, groups[0] = group);
	REFUSED(groups[0].n_labels = 0, groups[0] = group);
	REFUSED(groups[0].first_label = UINT32_MAX, groups[0] = group);
	REFUSED(memset(groups[0].script, 'A', sizeof(groups[0].script)), groups[0] = group);
	REFUSED(memset(labels[0].tag, 'a', sizeof(labels[0].tag)), labels[0] = label);
	REFUSED(labels[0].first_with_tag = 1, labels[0] = label);
	struct model_file_slot before = *slot;
	uint32_t at = model_file_slot_list(model_file_slot_bits(slot));
	REFUSED(slot_set(slot, head.n_units), *slot = before);
	/* A list that is longer than any group, and one that would end behind the file. */
	uint16_t *list = units + at, length = *list;
	REFUSED(*list = MODEL_LABELS_MAX + 1, *list = length);
	units[head.n_units - 1] = MODEL_FILE_DENSE;
	REFUSED(slot_set(slot, head.n_units - 1), *slot = before);
	units[head.n_units - 1] = 0;
	copy_sign(&copy);
	struct err err;
	struct model *model = copy_open(&copy, copy.n, &err);
	assert_non_null(model);
	model_close(&model);
	copy_free(&copy);
}

static void probabilities_sum_to_one_and_stand_at_one_label_a_tag(void **state)
{
	(void)state;
	struct err err = {0};
	struct model *model = model_open(MODEL_PATH, &err);
	assert_non_null(model);
	size_t arab = model_group(model, "Arab"), n = model_group_labels(model, arab), with_mass = 0;
	struct model_answer answer;
	struct model_sums sums = {0};
	model_read(model, arab, str_of("أغلق الميناء يومين بسبب العاصفة"), &sums);
	model_judge(model, arab, &sums, &answer);
	double sum = 0;
	for (size_t l = 0; l < n; l++) {
		sum += answer.probability[l];
		with_mass += strcmp(model_tag(model, arab, l), "ar") == 0 && answer.probability[l] > 0;
	}
	assert_true(fabs(sum - 1) < 1e-9);
	assert_int_equal(with_mass, 1);
	assert_int_equal(model_group(model, "Runr"), SIZE_MAX);
	model_close(&model);
}

static double probability_of(const struct model *model, size_t group, const struct model_sums *sums, const char *tag)
{
	struct model_answer answer;
	double p = 0;
	model_judge(model, group, sums, &answer);
	for (size_t l = 0; l < model_group_labels(model, group); l++)
		p += strcmp(model_tag(model, group, l), tag) == 0 ? answer.probability[l] : 0;
	return p;
}

static void words_that_are_usual_in_a_language_speak_for_it_once_each(void **state)
{
	(void)state;
	struct err err = {0};
	struct model *model = model_open(MODEL_PATH, &err);
	assert_non_null(model);
	size_t latin = model_group(model, "Latn");
	struct model_sums sums;
	model_clear(&sums);
	model_read(model, latin, str_of("Ferjene ligg ved kai, seier reiarlaget"), &sums);
	assert_int_equal(sums.words.n, 6);
	double with_words = probability_of(model, latin, &sums, "nn");
	sums.words.n = 0;
	double without = probability_of(model, latin, &sums, "nn");
	assert_true(with_words > without + .01);
	model_clear(&sums);
	model_read(model, latin, str_of("Oslo, OSLO og Bergen, Oslo"), &sums);
	model_read(model, latin, str_of("Bergen"), &sums);
	assert_int_equal(sums.words.n, 3);
	assert_int_equal(sums.words.small, 2); /* "og" is no name */
	char many[8 * 2 * USUAL_WORDS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < 2 * USUAL_WORDS_MAX; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, "w%c%cx ", (char)('a' + i / 26),
		                      (char)('a' + i % 26));
	model_read(model, latin, str_make(many, n), &sums);
	assert_int_equal(sums.words.n, USUAL_WORDS_MAX);
	model_close(&model);
}

static size_t read_word(const struct reader *reader, const char *text, size_t *at, char *out)
{
	uint16_t word[READER_WORD_MAX];
	size_t n = reader_next_word(reader, str_of(text), at, word), bytes = 0;
	for (size_t i = 0; i < n; i++)
		bytes += utf8_write(out + bytes, word[i]);
	out[bytes] = 0;
	return n;
}

static void words_are_lower_case_joined_and_keep_inner_apostrophes(void **state)
{
	(void)state;
	struct reader *reader = reader_new();
	static const char *const words[] = {"l'été", "mae'r", "год", "don't", "x"};
	const char *text = "— 12 L\u2019E\u0301te\u0301, 'mae'r' (\u0413\u041e\u0414) don''t don't x'";
	size_t at = 0, met = 0;
	char word[4 * READER_WORD_MAX + 1];
	while (read_word(reader, text, &at, word) > 0 && met < 5) {
		if (strcmp(word, "don") == 0 || strcmp(word, "t") == 0)
			continue;
		assert_string_equal(word, words[met++]);
	}
	assert_int_equal(met, 5);
	reader_free(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_sentence_in_each_of_many_languages_is_told),
	        cmocka_unit_test(capitals_and_missing_marks_change_nothing),
	        cmocka_unit_test(a_long_plain_story_is_reliable_and_names_the_runner_up),
	        cmocka_unit_test(what_is_in_no_language_that_is_known_is_not_reliable),
	        cmocka_unit_test(two_short_words_are_told_but_never_reliable),
	        cmocka_unit_test(what_cannot_be_told_says_why),
	        cmocka_unit_test(what_is_no_language_though_it_has_letters_says_why),
	        cmocka_unit_test(a_story_in_two_languages_says_who_has_which_part),
	        cmocka_unit_test(a_story_in_two_languages_is_in_another_than_the_declared_one_if_its_main_one_is),
	        cmocka_unit_test(a_variety_and_another_declared_language_are_named),
	        cmocka_unit_test(latin_letters_that_look_cyrillic_are_read_as_such),
	        cmocka_unit_test(what_is_no_language_cannot_be_expected),
	        cmocka_unit_test(a_language_that_the_model_does_not_know_is_a_warning),
	        cmocka_unit_test(what_the_source_expects_decides_between_neighbours_only),
	        cmocka_unit_test(zone_dateline_and_declared_language_move_the_odds_of_neighbours),
	        cmocka_unit_test(the_zone_of_the_source_stands_in_for_the_text_s),
	        cmocka_unit_test(nothing_beside_the_text_stands_against_what_it_says),
	        cmocka_unit_test(a_place_says_nothing_of_languages_that_are_not_near),
	        cmocka_unit_test(a_declared_language_makes_another_one_less_sure_where_the_text_leaves_a_doubt),
	        cmocka_unit_test(names_in_latin_letters_do_not_make_a_text_latin),
	        cmocka_unit_test(cantonese_is_told_by_its_own_characters),
	        cmocka_unit_test(indonesian_and_malay_news_are_told_by_their_own_words),
	        cmocka_unit_test(what_neighbours_share_is_in_doubt_until_its_place_is_known),
	        cmocka_unit_test(two_scripts_in_one_text_lower_the_confidence),
	        cmocka_unit_test(the_language_of_a_mixed_text_is_that_of_its_greater_part),
	        cmocka_unit_test(any_text_is_answered),
	        cmocka_unit_test(a_megabyte_of_hostile_text_is_answered),
	        cmocka_unit_test(a_long_story_is_judged_by_beginning_middle_and_end),
	        cmocka_unit_test(a_missing_model_keeps_the_stage_from_opening),
	        cmocka_unit_test(a_damaged_model_is_refused_by_name),
	        cmocka_unit_test(a_model_whose_parts_do_not_fit_is_refused_though_its_checksum_is_right),
	        cmocka_unit_test(probabilities_sum_to_one_and_stand_at_one_label_a_tag),
	        cmocka_unit_test(words_that_are_usual_in_a_language_speak_for_it_once_each),
	        cmocka_unit_test(words_are_lower_case_joined_and_keep_inner_apostrophes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

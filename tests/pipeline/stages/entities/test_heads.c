/* What words beside a name say that it is: cues, heads, people. The tagger's marks are given in the text (desk.h). */
#include "tests/pipeline/stages/entities/desk.h"

#include "pipeline/stages/entities/cases.h"
#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/title.h"
#include "pipeline/words/fold.h"

#include <time.h>

static void holds_tables_that_are_folded_and_in_order(void **state)
{
	static const char *const cues[] = {
#define CUE(text, kind, languages) text,
#include "pipeline/stages/entities/cues.def"
#undef CUE
	};
	static const char *const titles[] = {
#define TITLE(text) text,
#include "pipeline/stages/entities/titles.def"
#undef TITLE
	};
	(void)state;
	for (size_t i = 1; i < sizeof cues / sizeof *cues; i++)
		assert_true(strcmp(cues[i - 1], cues[i]) <= 0);
	for (size_t i = 0; i < sizeof cues / sizeof *cues; i++) {
		char folded[128];
		assert_true(str_is(str_make(folded, fold_text(str_of(cues[i]), folded, sizeof folded)), cues[i]));
	}
	for (size_t i = 1; i < sizeof titles / sizeof *titles; i++)
		assert_true(strcmp(titles[i - 1], titles[i]) < 0);
}

static void makes_organisations_of_names_that_begin_with_a_word_of_theirs(void **state)
{
	desk_assert(state, "fr", "Selon le ministère de la Santé, tout va bien.", "O:ministère de la Santé");
	desk_assert(state, "es", "La Universidad de <Lerida>L abre.", "O:Universidad de Lerida");
	desk_assert(state, "ru", "Об этом сообщило Министерство иностранных дел.", "O:Министерство иностранных дел");
	desk_assert(state, "vi", "Hôm nay Bộ Y tế họp.", "O:Bộ Y tế");
	desk_assert(state, "pl", "Wtedy <Uniwersytet Zielony>P rozpoczął.", "O:Uniwersytet Zielony");
	desk_assert(state, "en", "He said the ministry of magic met.", "");
}

static void leaves_a_name_behind_an_organisation_alone(void **state)
{
	desk_assert(state, "id", "Ketua Umum <Partai Maju>O <Suhardi Santoso>P hadir.",
	            "O:Partai Maju | P:Suhardi Santoso");
}

static void makes_organisations_of_names_that_end_with_a_word_of_theirs(void **state)
{
	desk_assert(state, "en", "Then Halder Biotech Inc fell.", "O:Halder Biotech Inc");
	desk_assert(state, "tr", "Dün Yeni Gelir Bakanlığı açıkladı.", "O:Yeni Gelir Bakanlığı");
	/* A word that is common is none by itself. */
	desk_assert(state, "en", "It was Great Service there.", "");
}

static void makes_places_of_names_with_a_word_of_place(void **state)
{
	desk_assert(state, "en", "Crews on the Straits of Merrow voted.", "L:Straits of Merrow");
	desk_assert(state, "fr", "Le long du canal de <Bourgogne>L.", "L:canal de Bourgogne");
	desk_assert(state, "en", "The <Skeena River>P rose.", "L:Skeena River");
	desk_assert(state, "en", "The River Board met.", "");
	desk_assert(state, "en", "The <Lake Office>O met.", "O:Lake Office");
}

static void takes_what_a_company_is_called_for_one(void **state)
{
	desk_assert(state, "en", "Shares of kelp exporter Norrin fell.", "O:Norrin");
	desk_assert(state, "ru", "Тогда компания «Синий кит» выросла.", "O:Синий кит");
	desk_assert(state, "en", "Then union President <Ada Moreau>P spoke.", "P:Ada Moreau");
}

static void takes_a_storm_for_nobody(void **state)
{
	desk_assert(state, "en", "Storm <Kathleen>P came. On Monday <Kathleen>P left.", "");
	desk_assert(state, "es", "El huracán <Otis>P llegó.", "");
	/* A ship's name that is a place stays. */
	desk_assert(state, "en", "The ship <Germany>L sank. The ship <Halvor>P sank.", "L:Germany");
	desk_assert(state, "ru", "Так сказал <Роман Коноплев>P вчера.", "P:Роман Коноплев");
}

static void finds_persons_behind_titles(void **state)
{
	desk_assert(state, "en", "So Chief Executive Moira Tulloch said.", "P:Moira Tulloch");
	desk_assert(state, "en", "So Chief Executive Moira <Tulloch>P said.", "P:Moira Tulloch");
	desk_assert(state, "ro", "<Președintele Klaus Iohannis>P a spus.", "P:Klaus Iohannis");
	desk_assert(state, "vi", "<Theo>P chị <Lê Thị Ngân>P, tốt.", "P:Lê Thị Ngân");
	desk_assert(state, "id", "Menteri Tenaga Kerja hadir.", "");
}

static void takes_strangers_behind_words_of_place_for_places(void **state)
{
	desk_assert(state, "en", "The ferry to <Quorn>P was late.", "L:Quorn");
	desk_assert(state, "it", "I traghetti per <Quorn>P sono fermi.", "L:Quorn");
	desk_assert(state, "en", "She spoke to <Michael>P today.", "P:Michael");
	desk_assert(state, "en", "They came from <Quorn>P. Then <Ada Quorn>P spoke.",
	            "P:Quorn = Ada Quorn | P:Ada Quorn");
}

static void parts_a_proclitic_from_an_arabic_name(void **state)
{
	desk_assert(state, "ar", "بين سوريا ولبنان وإسرائيل.", "L:سوريا | L:لبنان | L:إسرائيل");
	/* "وليد" is a name; nothing is parted from it. */
	desk_assert(state, "ar", "قال <وليد جنبلاط>P أمس.", "P:وليد جنبلاط");
}

static void finds_arabic_persons_behind_titles_and_verbs_of_saying(void **state)
{
	desk_assert(state, "ar", "وقالت المشرفة نجلاء الشاذلي إن المكتبة تحمل كتبا.", "P:نجلاء الشاذلي");
	desk_assert(state, "ar", "ورافق وزير الخارجية أسعد الشيباني أمس.", "P:أسعد الشيباني");
	desk_assert(state, "ar", "قال رئيس الوزراء أمس إن ذلك صحيح.", "");
}

static void finds_arabic_organisations_by_their_first_word(void **state)
{
	desk_assert(state, "ar", "أعلنت هيئة تحرير الشام ذلك.", "O:هيئة تحرير الشام");
	desk_assert(state, "ar", "أعلنت وزارة الصحة الأربعاء ذلك.", "O:وزارة الصحة");
}

static void finds_persian_persons_before_titles(void **state)
{
	desk_assert(state, "fa", "اسکندر مومنی وزیر کشور اعلام کرد.", "P:اسکندر مومنی");
	desk_assert(state, "fa", "در این حادثه وزیر کشور اعلام کرد.", "");
}

static void knows_regions_and_bodies_by_themselves(void **state)
{
	desk_assert(state, "zh", "<云南大理古城>L今天开放。", "L:云南 | L:大理古城");
	desk_assert(state, "zh", "<大理古城>L管委会说。", "O:大理古城管委会");
	desk_assert(state, "zh", "一家<日本>L公司说。", "L:日本");
	desk_assert(state, "zh", "班次只到奮起湖。", "L:奮起湖");
	desk_assert(state, "ko", "어제 전북 전주에서.", "L:전북");
	desk_assert(state, "de", "Die CDU sprach mit der spd.", "O:CDU");
	desk_assert(state, "de", "ALLE REDEN VON DER CDU HEUTE WIEDER", "");
}

static void takes_a_building_for_a_place_and_its_city_for_one(void **state)
{
	desk_assert(state, "it", "Il museo di <Torino>L riapre.", "L:Torino");
	desk_assert(state, "it", "Il faro della <Vittoria>L riapre.", "L:faro della Vittoria");
}

static void marks_thai_persons_behind_titles_only(void **state)
{
	desk_assert(state, "th", "<ที่นายสุริยะ จึงรุ่งเรือง กล่าว>P", "P:สุริยะ จึงรุ่งเรือง");
	desk_assert(state, "th", "<นายกรัฐมนตรี กล่าวว่า>P", "");
}

static void parts_two_organisations_that_were_marked_as_one(void **state)
{
	desk_assert(state, "pl", "Wtedy <Ministerstwo Zdrowia i Policja>O prowadzą.",
	            "O:Ministerstwo Zdrowia | O:Policja");
	desk_assert(state, "pl", "Wtedy <Prawo i Zdrowie>O prowadzi.", "O:Prawo i Zdrowie");
}

static void finds_vietnamese_persons_by_their_family_names(void **state)
{
	desk_assert(state, "vi", "Sau đó Trần Thanh Mẫn phát biểu.", "P:Trần Thanh Mẫn");
	desk_assert(state, "vi", "Sau đó Bộ Nội vụ Phạm Thị Thanh Trà phát biểu.",
	            "O:Bộ Nội vụ | P:Phạm Thị Thanh Trà");
}

static void finds_towns_of_the_list_behind_words_of_place(void **state)
{
	desk_assert(state, "es", "Hubo daños en Utiel y la España de hoy.", "L:Utiel | L:España");
	desk_assert(state, "es", "Hubo daños y Utiel calla.", "");
}

static void names_persons_and_places_in_the_nominative(void **state)
{
	struct desk *desk = *state;
	const struct reading *r = &desk->reading;
	desk_read(desk, "ru", "Он встретил <Сергея Иванова>P и <Стивеном Уиткоффом>P и <Александра Беглова>P.");
	assert_true(str_is(cases_nominative(r, &desk->mentions.at[0]), "Сергей Иванов"));
	assert_true(str_is(cases_nominative(r, &desk->mentions.at[1]), "Стивен Уиткофф"));
	/* A woman may be called so. */
	assert_true(!cases_nominative(r, &desk->mentions.at[2]).n);
	desk_read(desk, "cs", "Jednal s <Petrem Fialou>P, viděl <Jana Novotného>P a <Petr Fiala>P.");
	assert_true(str_is(cases_nominative(r, &desk->mentions.at[0]), "Petr Fiala"));
	assert_true(str_is(cases_nominative(r, &desk->mentions.at[1]), "Jan Novotný"));
	assert_true(!cases_nominative(r, &desk->mentions.at[2]).n);
	desk_read(desk, "uk", "Вибух у <Києві>L.");
	assert_string_equal(desk_id(desk, "Києві"), "703448/");
	assert_true(str_is(desk->names.at[0].link.base, "Київ"));
}

/* Marks of the dateline's place that no cue makes anything of: each cue would walk over all that stand before it. */
static void marks_and_cues_that_mean_harm_are_read_in_linear_time(void **state)
{
	enum { TIMES = 80000, ROOM = 16 };
	static const struct {
		const char *language, *first, *second;
	} cases[] = {
	        {"id", "Lima, ", "Bank, "},
	        {"en", "bank Lima, ", ""},
	};
	struct desk *desk = *state;
	char *text = malloc(TIMES * ROOM);
	assert_non_null(text);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *end = text;
		for (size_t k = 0; k < TIMES; k++)
			end = stpcpy(end, cases[i].first);
		for (size_t k = 0; k < TIMES; k++)
			end = stpcpy(end, cases[i].second);
		desk->place = STR("LIMA");
		clock_t begin = clock();
		desk_read(desk, cases[i].language, text);
		assert_true(clock() - begin < 3 * CLOCKS_PER_SEC);
	}
	free(text);
}

#define HEADS_TEST(f) cmocka_unit_test_setup_teardown(f, desk_set_up, desk_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(holds_tables_that_are_folded_and_in_order),
	        HEADS_TEST(makes_organisations_of_names_that_begin_with_a_word_of_theirs),
	        HEADS_TEST(leaves_a_name_behind_an_organisation_alone),
	        HEADS_TEST(makes_organisations_of_names_that_end_with_a_word_of_theirs),
	        HEADS_TEST(makes_places_of_names_with_a_word_of_place),
	        HEADS_TEST(takes_what_a_company_is_called_for_one),
	        HEADS_TEST(takes_a_storm_for_nobody),
	        HEADS_TEST(finds_persons_behind_titles),
	        HEADS_TEST(takes_strangers_behind_words_of_place_for_places),
	        HEADS_TEST(names_persons_and_places_in_the_nominative),
	        HEADS_TEST(parts_a_proclitic_from_an_arabic_name),
	        HEADS_TEST(marks_thai_persons_behind_titles_only),
	        HEADS_TEST(parts_two_organisations_that_were_marked_as_one),
	        HEADS_TEST(finds_vietnamese_persons_by_their_family_names),
	        HEADS_TEST(finds_towns_of_the_list_behind_words_of_place),
	        HEADS_TEST(finds_arabic_persons_behind_titles_and_verbs_of_saying),
	        HEADS_TEST(finds_arabic_organisations_by_their_first_word),
	        HEADS_TEST(finds_persian_persons_before_titles),
	        HEADS_TEST(knows_regions_and_bodies_by_themselves),
	        HEADS_TEST(takes_a_building_for_a_place_and_its_city_for_one),
	        HEADS_TEST(marks_and_cues_that_mean_harm_are_read_in_linear_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

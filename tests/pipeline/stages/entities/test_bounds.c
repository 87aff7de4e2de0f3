/* What is glued to a name of the list, or to one that is sure elsewhere, may say that it is only a part of a word. */
#include "tests/pipeline/stages/entities/desk.h"

static void finds_no_name_of_the_list_in_a_korean_word(void **state)
{
	/* "-ga" is a particle: Riga and Ghana stand in many words that way. */
	desk_assert(state, "ko", "삼성인의 스토리가 담겼습니다.", "");
	desk_assert(state, "ko", "보도가 나왔다.", "");
	desk_assert(state, "ko", "해파리 피해 예방을 위해", "");
	desk_assert(state, "ko", "회담에서 우크라이나 보안국은", "L:우크라이나");
	desk_assert(state, "ko", "회담에서 우크라이나는", "L:우크라이나");
}

static void finds_no_name_of_the_list_in_a_run_of_katakana(void **state)
{
	desk_assert(state, "ja", "足首に巻くスタイルでのジャンプ", "");
	desk_assert(state, "ja", "移籍ウインドーで報じられた", "");
	desk_assert(state, "ja", "新しいアルバムを発表した", "");
	desk_assert(state, "ja", "彼はタイで生まれた", "L:タイ");
}

static void finds_no_country_in_what_its_people_and_language_are_called(void **state)
{
	desk_assert(state, "zh-Hans", "他建立保障印度人民的政府", "");
	desk_assert(state, "zh-Hans", "最高的德国人。", "");
	desk_assert(state, "ja", "<日本>Lは国である。日本語を話す。", "L:日本");
	desk_assert(state, "ja", "機種は<日本>L国内で売られた。", "L:日本");
}

static void leaves_the_first_part_of_a_compound_to_the_tagger(void **state)
{
	desk_assert(state, "sv", "Hittills har 17 av EU-länderna euron som valuta.", "");
	desk_assert(state, "nb", "Det var <Gaddafi>P9 som kom. Drap på Gaddafi-tilhengere ble meldt.", "P:Gaddafi");
	desk_assert(state, "de", "Im DFB-Pokalfinale siegte der Klub.", "");
	desk_assert(state, "de", "Die CDU-Vorsitzende sprach.", "");
	desk_assert(state, "de", "Das sagte der Chef von <Intel>O9. Die Hälfte des Intel-Geschäfts fiel weg.",
	            "O:Intel");
	/* An ending is no part of a compound. */
	desk_assert(state, "hu", "A döntés az EU-ban született.", "O:EU");
	desk_assert(state, "de", "Das wünschen die <EU>O-Beamten.", "O:EU");
}

static void finds_no_name_in_an_address_or_a_mark(void **state)
{
	desk_assert(state, "en", "See https://www.example.org/r/Calgary/comments for more.", "");
	desk_assert(state, "en", "It goes to search?q=Turkey+Nightclub and back.", "");
	desk_assert(state, "en", "It runs four channels, NATO1 and NATO2.", "");
	desk_assert(state, "id", "FOTO/Indonesia memanas.", "L:Indonesia");
}

static void keeps_the_stop_that_belongs_to_a_name(void **state)
{
	desk_assert(state, "hu", "A <BKV Zrt.>O egy újat készített.", "O:BKV Zrt.");
	desk_assert(state, "de", "Getötet wurde <Mustafa S.>P am Sonntag.", "P:Mustafa S.");
	desk_assert(state, "sk", "Cár <Mikuláš I.>P vyhlásil vojnu.", "P:Mikuláš I.");
	desk_assert(state, "en", "It was <Halder Inc.>O of <Leeds>L that fell.", "O:Halder Inc. | L:Leeds");
	desk_assert(state, "en", "He met <Ada Moreau.>P", "P:Ada Moreau");
	desk_assert(state, "en", "She met <Henry IV.>P", "P:Henry IV");
}

static void looks_for_no_number_and_no_letter_as_a_surname(void **state)
{
	desk_assert(state, "en", "King <Charles III>P9 spoke. III of the act was read.", "P:Charles III");
	desk_assert(state, "en", "There <Ali Y>P9 spoke. In part Y of the act it says so.", "P:Ali Y");
}

static void finds_no_small_word_of_a_script_without_capitals_again(void **state)
{
	desk_assert(state, "hi", "यह <का>L9 है। राम का घर।", "L:का");
}

static void takes_no_small_word_before_a_word_of_place_for_one(void **state)
{
	desk_assert(state, "hi", "यह भारत का एक जिला है।", "");
	desk_assert(state, "hi", "वह नर्मदा नदी में नहाया।", "L:नर्मदा");
}

static void leaves_an_event_that_begins_with_its_year_alone(void **state)
{
	desk_assert(state, "en", "She won in the 2019 European Parliament election.", "");
	desk_assert(state, "en", "She sat in the European Parliament from then on.", "O:European Parliament");
}

static void leaves_a_body_and_its_place_apart_that_were_marked_apart(void **state)
{
	desk_assert(state, "pt", "Diz o <Ministério das Relações Exteriores>O do <Canadá>L, segundo o jornal.",
	            "O:Ministério das Relações Exteriores | L:Canadá");
}

#define BOUNDS_TEST(f) cmocka_unit_test_setup_teardown(f, desk_set_up, desk_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        BOUNDS_TEST(finds_no_name_of_the_list_in_a_korean_word),
	        BOUNDS_TEST(finds_no_name_of_the_list_in_a_run_of_katakana),
	        BOUNDS_TEST(finds_no_country_in_what_its_people_and_language_are_called),
	        BOUNDS_TEST(leaves_the_first_part_of_a_compound_to_the_tagger),
	        BOUNDS_TEST(finds_no_name_in_an_address_or_a_mark),
	        BOUNDS_TEST(keeps_the_stop_that_belongs_to_a_name),
	        BOUNDS_TEST(looks_for_no_number_and_no_letter_as_a_surname),
	        BOUNDS_TEST(finds_no_small_word_of_a_script_without_capitals_again),
	        BOUNDS_TEST(takes_no_small_word_before_a_word_of_place_for_one),
	        BOUNDS_TEST(leaves_an_event_that_begins_with_its_year_alone),
	        BOUNDS_TEST(leaves_a_body_and_its_place_apart_that_were_marked_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

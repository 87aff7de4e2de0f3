/*
 * Names: what names the same, what the story's own full names decide, and what stays unsaid.
 */
#include "tests/pipeline/stages/entities/desk.h"

#include <time.h>

static void gives_a_surname_to_the_person_named_in_full_before(void **state)
{
	desk_assert(state, "en", "<Nora Teasdale>P spoke. <Teasdale>P left.",
	            "P:Nora Teasdale | P:Teasdale = Nora Teasdale");
}

static void gives_a_surname_to_the_person_named_in_full_after(void **state)
{
	desk_assert(state, "en", "<Teasdale>P wins, aides to <Nora Teasdale>P said.",
	            "P:Teasdale = Nora Teasdale | P:Nora Teasdale");
}

static void prefers_a_person_named_in_full_to_a_country_of_that_name(void **state)
{
	desk_assert(state, "pt", "<Luís Montenegro>P falou. <Montenegro>O disse que sim. <Montenegro>L saiu.",
	            "P:Luís Montenegro | P:Montenegro = Luís Montenegro | P:Montenegro = Luís Montenegro");
	desk_assert(state, "pt", "<Ana Valadão>P falou em <Montenegro>L.", "P:Ana Valadão | L:Montenegro");
}

static void gives_a_surname_of_two_to_the_one_named_last(void **state)
{
	desk_assert(state, "en", "<Arno Vell>P and <Mira Vell>P met. <Vell>P said no. <Arno Vell>P rose. <Vell>P sat.",
	            "P:Arno Vell | P:Mira Vell | P:Vell = Mira Vell | P:Arno Vell | P:Vell = Arno Vell");
}

static void gives_a_family_name_that_stands_first_to_its_person(void **state)
{
	desk_assert(state, "id", "<Choe Son-hui>P datang. <Choe>P bertemu <Han>P.",
	            "P:Choe Son-hui | P:Choe = Choe Son-hui | P:Han");
}

static void prefers_a_surname_to_a_first_name(void **state)
{
	desk_assert(state, "en", "<James Orbell>P met <Tom James>P. <James>P was late.",
	            "P:James Orbell | P:Tom James | P:James = Tom James");
}

static void takes_two_spellings_of_capitals_and_hyphens_for_one_name(void **state)
{
	desk_assert(state, "id", "<Kim Jong-Un>P pergi. <Kim Jong-un>P pulang. <Kim Jong Un>P dan <Kim Jong-un>P.",
	            "P:Kim Jong-Un = Kim Jong-un | P:Kim Jong-un | P:Kim Jong Un = Kim Jong-un | P:Kim Jong-un");
}

static void gives_a_longer_form_of_a_name_to_all_its_mentions(void **state)
{
	desk_assert(state, "en", "<Ada Moreau>P came. <Ada B. Moreau>P, 40, stayed.",
	            "P:Ada Moreau = Ada B. Moreau | P:Ada B. Moreau");
}

static void keeps_two_middle_names_apart(void **state)
{
	desk_assert(state, "en", "<Ada B. Moreau>P met <Ada C. Moreau>P.", "P:Ada B. Moreau | P:Ada C. Moreau");
}

static void leaves_titles_out_of_names(void **state)
{
	desk_assert(state, "id", "<Presiden Vladimir Putin>P dan <Dr. Sari Lestari>P.",
	            "P:Vladimir Putin | P:Sari Lestari");
	desk_assert(state, "de", "<Bundeskanzlerin Erika Sommerfeld>P kam.", "P:Erika Sommerfeld");
}

static void begins_a_name_with_the_initials_before_it(void **state)
{
	desk_assert(state, "de", "Es war A. <Kaltenmoser>P, der kam.", "P:A. Kaltenmoser");
	desk_assert(state, "en", "It was A. B. <Kaltenmoser>P who came.", "P:A. B. Kaltenmoser");
	desk_assert(state, "en", "Said the U.S. <Kaltenmoser>P now.", "L:U.S. | P:Kaltenmoser");
	desk_assert(state, "fr", "Selon M. <Kaltenmoser>P, tout va bien.", "P:Kaltenmoser");
	desk_assert(state, "en", "They came to plan A, <Kaltenmoser>P said.", "P:Kaltenmoser");
}

static void leaves_the_possessive_out_of_names(void **state)
{
	desk_assert(state, "en", "<Nora Teasdale's>P plan and <Vell’s>P.", "P:Nora Teasdale | P:Vell");
}

static void parts_a_country_from_the_person_behind_it(void **state)
{
	desk_assert(state, "id", "Presiden <Rusia Vladimir Putin>P tiba.", "L:Rusia | P:Vladimir Putin");
}

static void knows_names_with_other_endings_where_a_language_writes_them(void **state)
{
	desk_assert(state, "hr", "<Mirko Plavić>P govori. Susret s <Mirkom Plavićem>P. Za <Plavića>P glasa.",
	            "P:Mirko Plavić | P:Mirkom Plavićem = Mirko Plavić | P:Plavića = Mirko Plavić");
	desk_assert(state, "hr", "<Ivan Horvat>P i <Ivana Horvat>P.", "P:Ivan Horvat | P:Ivana Horvat");
	desk_assert(state, "en", "<Mirko Plavic>P met <Mirkom Plavicem>P.", "P:Mirko Plavic | P:Mirkom Plavicem");
}

static void finds_a_surname_that_the_tagger_passed_over(void **state)
{
	desk_assert(state, "en", "<Nora Teasdale>P spoke. Later Teasdale left. Old Teasdale Rules are void.",
	            "P:Nora Teasdale | P:Teasdale = Nora Teasdale");
}

static void finds_no_surname_in_a_word_that_begins_a_sentence(void **state)
{
	desk_assert(state, "en", "<Nora Marsh>P spoke. Marsh gas is a marsh thing.", "P:Nora Marsh");
	desk_assert(state, "en", "<Nora Marsh>P spoke. Marsh left.", "P:Nora Marsh | P:Marsh = Nora Marsh");
}

static void finds_a_sure_name_again_with_the_same_capitals_only(void **state)
{
	desk_assert(state, "en",
	            "The <Lake Office>O closed. It was the Lake Office, not a lake office nor a Lake office.",
	            "O:Lake Office | O:Lake Office");
}

static void makes_a_mark_of_another_kind_what_the_story_says_it_is(void **state)
{
	desk_assert(state, "id", "<Choe Son-hui>P datang. <Choe>O1 bertemu.", "P:Choe Son-hui | P:Choe = Choe Son-hui");
}

static void joins_letters_in_brackets_to_the_name_before_them(void **state)
{
	desk_assert(state, "id", "<Komisi Pemantauan Sungai>O (KPS) rapat. Kata <KPS>O, air naik.",
	            "O:Komisi Pemantauan Sungai | O:KPS = Komisi Pemantauan Sungai | O:KPS = Komisi Pemantauan Sungai");
	desk_assert(state, "id", "<Komisi Pemantauan Sungai>O (KPS) rapat.",
	            "O:Komisi Pemantauan Sungai | O:KPS = Komisi Pemantauan Sungai");
	desk_assert(state, "id", "<Komisi Pemantauan Sungai (KPS)>O rapat. <KPS>O diam.",
	            "O:Komisi Pemantauan Sungai | O:KPS = Komisi Pemantauan Sungai | O:KPS = Komisi Pemantauan Sungai");
	desk_assert(state, "id", "<KPS>O (<Komisi Pemantauan Sungai>O) rapat.",
	            "O:KPS = Komisi Pemantauan Sungai | O:Komisi Pemantauan Sungai");
}

static void joins_no_letters_that_do_not_fit(void **state)
{
	desk_assert(state, "en", "<River Watch Board>O (<XQZ>O) met.", "O:River Watch Board | O:XQZ");
}

static void letters_in_brackets_say_how_far_the_name_before_them_goes(void **state)
{
	desk_assert(state, "fr", "La Société nationale des chemins de fer français (<SNCF>O) ferme.",
	            "O:Société nationale des chemins de fer français | "
	            "O:SNCF = Société nationale des chemins de fer français");
	desk_assert(state, "es", "<El Banco Central Europeo>O (<BCE>P1) sube.",
	            "O:Banco Central Europeo | O:BCE = Banco Central Europeo");
	desk_assert(state, "en", "<Harbour Trade Union>O1 (“<HTU>O”), the oldest",
	            "O:Harbour Trade Union | O:HTU = Harbour Trade Union");
	desk_assert(state, "id", "<Partai Demokrasi Indonesia Perjuangan>O (PDI-P) rapat.",
	            "O:Partai Demokrasi Indonesia Perjuangan | O:PDI-P = Partai Demokrasi Indonesia Perjuangan");
	desk_assert(state, "zh", "<国家发展和改革委员会>O（<发改委>O）说",
	            "O:国家发展和改革委员会 | O:发改委 = 国家发展和改革委员会");
	/* What nothing calls an organisation is none by its initials; and a country is a place. */
	desk_assert(state, "en", "The Gross Domestic Product (GDP) rose.", "");
	desk_assert(state, "en", "The <United Arab Emirates>L (<UAE>L) won.",
	            "L:United Arab Emirates | L:UAE = United Arab Emirates");
}

static void initials_and_a_word_for_a_body_make_an_organisation_in_any_language(void **state)
{
	desk_assert(state, "ru", "Приехал Союз озерных капитанов (СОК).",
	            "O:Союз озерных капитанов | O:СОК = Союз озерных капитанов");
	desk_assert(state, "sr", "Каже Републички савез рибара (РСР).",
	            "O:Републички савез рибара | O:РСР = Републички савез рибара");
	desk_assert(state, "fi", "Kertoi Jokien Kalastajaliitto (JK).",
	            "O:Jokien Kalastajaliitto | O:JK = Jokien Kalastajaliitto");
	desk_assert(state, "it", "Per l'Istituto regionale di statistica (Irstat) sale.",
	            "O:Istituto regionale di statistica | O:Irstat = Istituto regionale di statistica");
	desk_assert(state, "de", "<Der Bund der Bootsbauer (BdB)>O klagt.",
	            "O:Bund der Bootsbauer | O:BdB = Bund der Bootsbauer");
	/* The word stands where it is not what the name is of. */
	desk_assert(state, "en", "The State of the Union (SOTU) was long. The Council Tax Refund (CTR) too.", "");
	desk_assert(state, "es", "Firmaron el Tratado de la Unión Fluvial (TUF).", "");
	desk_assert(state, "en", "The Gross Tonnage Output (Gross) fell.", "");
}

static void letters_and_words_that_mean_harm_are_read_in_linear_time(void **state)
{
	struct desk *desk = *state;
	enum { PIECES = 2000 };
	const char *piece =
	        "Aaaaaaaaaaaa Aaaaaaaaaaaa a Aaaaaaaaaaaa a Aaaaaaaaaaaa Aaaaaaaaaaaa a Aaaaaaaaaaab (AAAAAAAAAC) ";
	char *text = malloc(PIECES * strlen(piece) + 1);
	assert_non_null(text);
	for (size_t i = 0; i < PIECES; i++)
		memcpy(text + i * strlen(piece), piece, strlen(piece) + 1);
	desk_read(desk, "en", text);
	free(text);
}

/* Keys of one place in every table that a story could know beforehand. */
static void keys_that_mean_harm_are_found_in_linear_time(void **state)
{
	enum { KEYS = 100000 };
	struct desk *desk = *state;
	struct slots slots = slots_new(&desk->arena, KEYS);
	clock_t begin = clock();
	for (uint32_t i = 0; i < KEYS; i++)
		*slots_put(&slots, (uint64_t)(i + 1) << 40) = i;
	for (uint32_t i = 0; i < KEYS; i++)
		assert_int_equal(slots_get(&slots, (uint64_t)(i + 1) << 40), i);
	assert_int_equal(slots_get(&slots, 1), SLOT_NONE);
	assert_null(slots_put(&slots, 1));
	assert_true(clock() - begin < CLOCKS_PER_SEC);
}

static void joins_initials_of_just_one_name(void **state)
{
	desk_assert(state, "en", "The <River Watch Board>O met. <RWB>O agreed.",
	            "O:River Watch Board | O:RWB = River Watch Board");
	desk_assert(state, "en", "The <River Watch Board>O and <Red Water Bank>O met. <RWB>O agreed.",
	            "O:River Watch Board | O:Red Water Bank | O:RWB");
}

static void takes_a_country_and_its_letters_for_one(void **state)
{
	desk_assert(state, "id", "<Amerika Serikat>L diam. <AS>O1 dan <Rusia>L bicara.",
	            "L:Amerika Serikat | L:AS = Amerika Serikat | L:Rusia");
	assert_string_equal(desk_id(*state, "AS"), "Q30");
}

static void takes_two_names_with_a_hyphen_between_for_two(void **state)
{
	desk_assert(state, "id", "Hubungan <Korea Utara-Rusia>L mesra.", "L:Korea Utara | L:Rusia");
}

static void takes_the_country_out_of_its_government(void **state)
{
	desk_assert(state, "id", "<Pemerintah Korea Utara>O menyambut.", "L:Korea Utara");
}

static void names_nothing_by_what_two_names_share(void **state)
{
	desk_assert(state, "id", "<Korea Utara>L dan <Korea Selatan>L, rakyat <Korea>L.",
	            "L:Korea Utara | L:Korea Selatan");
}

static void makes_a_country_a_place_also_where_it_acts(void **state)
{
	desk_assert(state, "id", "<Rusia>O menolak.", "L:Rusia");
}

static void finds_a_country_that_the_tagger_passed_over(void **state)
{
	desk_assert(state, "id", "Tentara masuk ke Korea Utara lewat Ukraina.", "L:Korea Utara | L:Ukraina");
	desk_assert(state, "zh", "金正恩访问俄罗斯。", "P:金正恩 | L:俄罗斯");
}

static void finds_the_place_of_the_dateline_whatever_was_marked(void **state)
{
	struct desk *desk = *state;
	desk->place = STR("Vila do Sal");
	desk_assert(state, "pt", "Uma oficina em <Vila>L do <Sal>P reabriu. O <Clube Vila do Sal>O e Vila do Sal.",
	            "L:Vila do Sal | O:Clube Vila do Sal | L:Vila do Sal");
}

static void finds_a_name_whose_initials_stand_in_brackets_behind_it(void **state)
{
	desk_assert(state, "en", "The River and Harbour Board (RHB) met. A Small Dog ran (RHB).",
	            "O:River and Harbour Board | O:RHB = River and Harbour Board | O:RHB = River and Harbour Board");
	desk_assert(state, "en", "The River Board (RHB) met.", "");
	desk_assert(state, "de",
	            "Die Gesellschaft für Badewesen (GfB) lobte. Die Gesellschaft zum Badewesen (GfB) auch.",
	            "O:Gesellschaft für Badewesen | O:GfB = Gesellschaft für Badewesen | O:GfB = Gesellschaft für "
	            "Badewesen");
}

static void takes_two_persons_with_nothing_but_a_blank_between_for_one(void **state)
{
	desk_assert(state, "en", "Then <Michael>P <Jordan Hale>P spoke.", "P:Michael Jordan Hale");
	desk_assert(state, "en", "Then <Michael>P, <Jordan Hale>P spoke.", "P:Michael | P:Jordan Hale");
	desk_assert(state, "en", "Then came <Michael>P\n<Jordan Hale>P spoke.", "P:Michael | P:Jordan Hale");
}

static void takes_a_city_behind_a_word_of_place_for_no_club(void **state)
{
	desk_assert(state, "en", "The port of <Valencia>O2 is full. He came from <Valencia>O2.",
	            "L:Valencia | L:Valencia");
	desk_assert(state, "en", "The coach left <Valencia>O2.", "O:Valencia");
	desk_assert(state, "en", "The coach came from <Valencia>O3.", "O:Valencia");
}

static void leaves_the_article_out_of_names_but_where_the_list_has_it(void **state)
{
	desk_assert(state, "en", "<The Lake Office>O and <The Hague>L agreed.", "O:Lake Office | L:The Hague");
}

static void links_places_with_endings_and_names_them_as_listed(void **state)
{
	struct desk *desk = *state;
	desk_read(desk, "hr", "Gosti iz <Srbije>L i <Južne Koreje>L u <Rijeci>L.");
	assert_string_equal(desk_id(desk, "Srbije"), "Q403");
	assert_string_equal(desk_id(desk, "Južne Koreje"), "Q884");
	assert_string_equal(desk_id(desk, "Rijeci"), "3191648/");
	assert_str(desk->names.at[desk->mentions.at[0].name].link.base, "Srbija");
	desk_read(desk, "fi", "<Ruotsista>L.");
	assert_string_equal(desk_id(desk, "Ruotsista"), "Q34");
	desk_read(desk, "en", "<Srbije>L.");
	assert_string_equal(desk_id(desk, "Srbije"), "");
}

static void links_no_place_that_might_be_another(void **state)
{
	/* Islands north of Scotland; a town of that name lies in South Africa. */
	desk_read(*state, "en", "Storms hit <Orkney>L.");
	assert_string_equal(desk_id(*state, "Orkney"), "");
	/* A victory; a town of that name lies in Sicily. */
	desk_read(*state, "it", "Torna la <Vittoria>L.");
	assert_string_equal(desk_id(*state, "Vittoria"), "");
}

static void links_countries_cities_and_people(void **state)
{
	desk_read(*state, "id", "<Vladimir Putin>P di <Moskow>L, <Kiev>L, <Pyongyang>L dan <Ukraina>L.");
	assert_string_equal(desk_id(*state, "Vladimir Putin"), "Q7747");
	assert_string_equal(desk_id(*state, "Moskow"), "524901/");
	assert_string_equal(desk_id(*state, "Kiev"), "703448/");
	assert_string_equal(desk_id(*state, "Pyongyang"), "1871859/");
	assert_string_equal(desk_id(*state, "Ukraina"), "Q212");
}

static void links_no_person_by_a_surname_alone(void **state)
{
	desk_read(*state, "en", "<Putin>P spoke.");
	assert_string_equal(desk_id(*state, "Putin"), "");
}

static void tells_cities_of_one_name_apart_by_the_story(void **state)
{
	desk_read(*state, "en", "Police in <Valencia>L, <Venezuela>L, said so.");
	assert_string_equal(desk_id(*state, "Valencia"), "3625549/");
	desk_read(*state, "en", "Police in <Valencia>L, <Spain>L, said so.");
	assert_string_equal(desk_id(*state, "Valencia"), "2509954/");
}

/* --- a story that means harm ------------------------------------------------------------------------------------- */

/* So many words that a square of them would take minutes. */
static void reads_a_million_bytes_of_names_in_a_moment(void **state)
{
	static const char *const units[] = {"Nora Teasdale ", "A B C D E F G H. ",
	                                    "Teasdale. ",     "AS (AS) ",
	                                    "Korea Utara-",   "Nora-Nora-Nora-",
	                                    "(KPS) ",         "北京",
	                                    "O'O'",           "B. "};
	struct desk *desk = *state;
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		size_t n = strlen(units[u]), times = 1000000 / n;
		char *text = malloc(n * times);
		for (size_t i = 0; i < times; i++)
			memcpy(text + i * n, units[u], n);
		desk->words = words_split(str_make(text, n * times), &desk->arena);
		struct tagged *tagged = arena_alloc(&desk->arena, (desk->words.n + 1) * sizeof *tagged);
		size_t n_tagged = 0;
		for (uint32_t i = 0; i + 2 <= desk->words.n; i += 2)
			tagged[n_tagged++] = (struct tagged){i, 2, (enum name_type)(i / 2 % 3), 3.0f};
		desk->reading = reading_start(&desk->words, desk->gazetteer, STR("hr"), &desk->arena);
		desk->mentions =
		        mentions_find(&desk->reading, &(struct marks){tagged, n_tagged}, &(struct marks_known){0});
		desk->names = names_find(&desk->reading, &desk->mentions, &desk->dateline);
		assert_true(desk->mentions.n <= MENTIONS_MAX && desk->names.n <= NAMES_MAX);
		arena_reset(&desk->arena);
		free(text);
	}
}

/* Thousands of different people with one surname, one stem, one pair of ends. */
static void reads_thousands_of_namesakes_in_a_moment(void **state)
{
	struct desk *desk = *state;
	struct str text = STR("");
	char *out = arena_alloc(&desk->arena, 200000), name[64];
	size_t n = 0;
	for (unsigned i = 0; i < 5000; i++) {
		int m = snprintf(name, sizeof name, "Petar%c%c%c Petrovic%c. ", 'a' + i % 26, 'a' + i / 26 % 26,
		                 'a' + i / 676, 'a' + i % 3);
		memcpy(out + n, name, (size_t)m);
		n += (size_t)m;
	}
	text = str_make(out, n);
	desk->words = words_split(text, &desk->arena);
	struct tagged *tagged = arena_alloc(&desk->arena, desk->words.n * sizeof *tagged);
	size_t n_tagged = 0;
	for (uint32_t i = 0; i + 3 <= desk->words.n; i += 3)
		tagged[n_tagged++] = (struct tagged){i, 2, NAME_IS_PERSON, 3.0f};
	desk->reading = reading_start(&desk->words, desk->gazetteer, STR("hr"), &desk->arena);
	desk->mentions = mentions_find(&desk->reading, &(struct marks){tagged, n_tagged}, &(struct marks_known){0});
	desk->names = names_find(&desk->reading, &desk->mentions, &desk->dateline);
	assert_int_equal(desk->mentions.n, MENTIONS_MAX);
	assert_true(desk->mentions.cut && desk->names.cut);
	assert_int_equal(desk->names.n, NAMES_MAX);
}

int main(void)
{
#define NAMES_TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
	const struct CMUnitTest tests[] = {
	        NAMES_TEST(gives_a_surname_to_the_person_named_in_full_before),
	        NAMES_TEST(gives_a_surname_to_the_person_named_in_full_after),
	        NAMES_TEST(prefers_a_person_named_in_full_to_a_country_of_that_name),
	        NAMES_TEST(gives_a_surname_of_two_to_the_one_named_last),
	        NAMES_TEST(gives_a_family_name_that_stands_first_to_its_person),
	        NAMES_TEST(prefers_a_surname_to_a_first_name),
	        NAMES_TEST(takes_two_spellings_of_capitals_and_hyphens_for_one_name),
	        NAMES_TEST(gives_a_longer_form_of_a_name_to_all_its_mentions),
	        NAMES_TEST(keeps_two_middle_names_apart),
	        NAMES_TEST(leaves_titles_out_of_names),
	        NAMES_TEST(begins_a_name_with_the_initials_before_it),
	        NAMES_TEST(leaves_the_possessive_out_of_names),
	        NAMES_TEST(parts_a_country_from_the_person_behind_it),
	        NAMES_TEST(knows_names_with_other_endings_where_a_language_writes_them),
	        NAMES_TEST(finds_a_surname_that_the_tagger_passed_over),
	        NAMES_TEST(finds_no_surname_in_a_word_that_begins_a_sentence),
	        NAMES_TEST(finds_a_sure_name_again_with_the_same_capitals_only),
	        NAMES_TEST(makes_a_mark_of_another_kind_what_the_story_says_it_is),
	        NAMES_TEST(joins_letters_in_brackets_to_the_name_before_them),
	        NAMES_TEST(joins_no_letters_that_do_not_fit),
	        NAMES_TEST(letters_in_brackets_say_how_far_the_name_before_them_goes),
	        NAMES_TEST(initials_and_a_word_for_a_body_make_an_organisation_in_any_language),
	        NAMES_TEST(keys_that_mean_harm_are_found_in_linear_time),
	        NAMES_TEST(letters_and_words_that_mean_harm_are_read_in_linear_time),
	        NAMES_TEST(joins_initials_of_just_one_name),
	        NAMES_TEST(takes_a_country_and_its_letters_for_one),
	        NAMES_TEST(takes_two_names_with_a_hyphen_between_for_two),
	        NAMES_TEST(takes_the_country_out_of_its_government),
	        NAMES_TEST(names_nothing_by_what_two_names_share),
	        NAMES_TEST(makes_a_country_a_place_also_where_it_acts),
	        NAMES_TEST(finds_a_country_that_the_tagger_passed_over),
	        NAMES_TEST(finds_the_place_of_the_dateline_whatever_was_marked),
	        NAMES_TEST(finds_a_name_whose_initials_stand_in_brackets_behind_it),
	        NAMES_TEST(takes_two_persons_with_nothing_but_a_blank_between_for_one),
	        NAMES_TEST(takes_a_city_behind_a_word_of_place_for_no_club),
	        NAMES_TEST(leaves_the_article_out_of_names_but_where_the_list_has_it),
	        NAMES_TEST(links_places_with_endings_and_names_them_as_listed),
	        NAMES_TEST(links_no_place_that_might_be_another),
	        NAMES_TEST(links_countries_cities_and_people),
	        NAMES_TEST(links_no_person_by_a_surname_alone),
	        NAMES_TEST(tells_cities_of_one_name_apart_by_the_story),
	        NAMES_TEST(reads_a_million_bytes_of_names_in_a_moment),
	        NAMES_TEST(reads_thousands_of_namesakes_in_a_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The list of names: what is found in a text and what is not, what a name may stand for, and files that are no list.
 */
#include "tests/harness.h"

#include "pipeline/base/arena.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/gazetteer_file.h"

#include <unistd.h>
#include <xxhash.h>

#define LIST_PATH WD_SOURCE_DIR "/pipeline/stages/entities/names.gazetteer"

struct desk {
	struct arena arena;
	struct gazetteer *gazetteer;
};

static int set_up(void **state)
{
	static struct desk desk;
	struct err err = {0};
	arena_init(&desk.arena, 0, 0);
	desk.gazetteer = gazetteer_open(LIST_PATH, &err);
	*state = &desk;
	return desk.gazetteer ? 0 : -1;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;
	gazetteer_close(&desk->gazetteer);
	arena_free(&desk->arena);
	return 0;
}

/* The names of some classes in a text, with bars between them. */
static const char *names_in(void **state, unsigned classes, const char *text)
{
	struct desk *desk = *state;
	struct name_match found[64];
	struct str line = STR("");
	struct words words = words_split(str_of(text), &desk->arena);
	size_t n = gazetteer_match(desk->gazetteer, &words, found, 64);
	for (size_t i = 0; i < n; i++) {
		if (!(found[i].classes & classes))
			continue;
		struct str name = str_slice(words.text, words.at[found[i].first].start,
		                            words.at[found[i].first + found[i].n - 1].end);
		line = arena_printf(&desk->arena, "%.*s%s%.*s", STR_ARG(line), line.n ? "|" : "", STR_ARG(name));
	}
	return line.n ? line.p : "";
}

/* What a name stands for first of all; its uri is empty if it is unknown. */
static struct name_entry first_entry(void **state, const char *language, const char *name)
{
	struct desk *desk = *state;
	struct name_entry entry = {0};
	struct words words = words_split(str_of(name), &desk->arena);
	uint32_t number = gazetteer_find(desk->gazetteer, &words, 0, words.n);
	if (number != UINT32_MAX)
		gazetteer_entries(desk->gazetteer, number, str_of(language), &entry, 1);
	return entry;
}

#define GEONAMES(number) "https://sws.geonames.org/" #number "/"
#define WIKIDATA(number) "http://www.wikidata.org/entity/Q" #number

static void names_are_found_in_a_text_longest_first(void **state)
{
	assert_string_equal(names_in(state, NAME_PLACES,
	                             "Rapat di New York City dihadiri wakil Korea Utara, Rusia dan AS di Moskow."),
	                    "New York City|Korea Utara|Rusia|AS|Moskow");
	assert_string_equal(names_in(state, NAME_BODY, "Juru bicara Gedung Putih menolak."), "Gedung Putih");
	assert_string_equal(names_in(state, NAME_PERSON, "Presiden Vladimir Putin bertemu Kim Jong-Un."),
	                    "Vladimir Putin|Kim Jong-Un");
}

static void small_letters_are_no_name_and_capitals_are_any(void **state)
{
	assert_string_equal(names_in(state, NAME_PLACES, "a new york minute; he told us, georgia"), "");
	assert_string_equal(names_in(state, NAME_PLACES, "NEW YORK - RUSSIA AND GERMANY"), "NEW YORK|RUSSIA|GERMANY");
	assert_string_equal(names_in(state, NAME_BODY, "Unhcr or unhcr, says UNHCR."), "UNHCR");
	assert_string_equal(names_in(state, NAME_COUNTRY, "Us too, said the US."), "US");
	assert_string_equal(names_in(state, NAME_COUNTRY, "Usa is a forename, USA is not."), "USA");
	assert_string_equal(names_in(state, NAME_PLACES, "New york in Hong kong"), "");
	assert_string_equal(names_in(state, NAME_PLACES, "DİYARBAKIR, Diyarbakır, DIYARBAKIR"),
	                    "DİYARBAKIR|Diyarbakır|DIYARBAKIR");
}

static void a_name_does_not_run_over_a_line(void **state)
{
	assert_string_equal(names_in(state, NAME_COUNTRY, "Korea\nUtara"), "");
	assert_string_equal(names_in(state, NAME_COUNTRY, "Korea Utara"), "Korea Utara");
}

static void scripts_without_spaces_and_with_glued_words_have_names_too(void **state)
{
	assert_string_equal(names_in(state, NAME_PLACES, "中国和美国在北京会谈"), "中国|美国|北京");
	assert_string_equal(names_in(state, NAME_PLACES, "アメリカ合衆国と東京"), "アメリカ合衆国|東京");
	assert_string_equal(names_in(state, NAME_COUNTRY, "미국과 러시아는"), "미국|러시아");
	assert_string_equal(names_in(state, NAME_COUNTRY, "สหรัฐอเมริกาและประเทศไทย"), "สหรัฐอเมริกา|ไทย");
	assert_string_equal(names_in(state, NAME_COUNTRY, "قال في مصر وروسيا"), "مصر|وروسيا");
}

static void countries_have_wikidata_ids_by_any_of_their_names(void **state)
{
	static const struct {
		const char *language, *name, *uri;
	} rows[] = {
	        {"id", "Korea Utara", WIKIDATA(423)},
	        {"id", "AS", WIKIDATA(30)},
	        {"en", "US", WIKIDATA(30)},
	        {"en", "U.S.", WIKIDATA(30)},
	        {"en", "UK", WIKIDATA(145)},
	        {"hr", "SAD", WIKIDATA(30)},
	        {"ru", "США", WIKIDATA(30)},
	        {"pt", "EUA", WIKIDATA(30)},
	        {"de", "Vereinigte Staaten", WIKIDATA(30)},
	        {"en", "Georgia", WIKIDATA(230)},
	        {"en", "Jordan", WIKIDATA(810)},
	        {"", "Indonesia", WIKIDATA(252)},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct name_entry entry = first_entry(state, rows[i].language, rows[i].name);
		assert_string_equal(entry.uri, rows[i].uri);
		assert_true(entry.classes & NAME_COUNTRY);
	}
}

static void cities_have_geonames_ids_by_the_names_of_many_languages(void **state)
{
	static const struct {
		const char *language, *name, *uri;
	} rows[] = {
	        {"id", "Pyongyang", GEONAMES(1871859)}, {"id", "Moskow", GEONAMES(524901)},
	        {"de", "Moskau", GEONAMES(524901)},     {"ru", "Москва", GEONAMES(524901)},
	        {"id", "Kiev", GEONAMES(703448)},       {"en", "Kyiv", GEONAMES(703448)},
	        {"id", "Seoul", GEONAMES(1835848)},     {"en", "Mecca", GEONAMES(104515)},
	        {"en", "Makkah", GEONAMES(104515)},     {"en", "Paris", GEONAMES(2988507)},
	        {"en", "London", GEONAMES(2643743)},    {"en", "Washington", GEONAMES(4140963)},
	        {"en", "New York", GEONAMES(5128581)},  {"en", "Birmingham", GEONAMES(2655603)},
	        {"en", "Venice", GEONAMES(3164603)},    {"en", "New Delhi", GEONAMES(1261481)},
	        {"hu", "Bécs", GEONAMES(2761369)},      {"zh", "华盛顿", GEONAMES(4140963)},
	        {"tr", "LONDRA", GEONAMES(2643743)},    {"id", "Bandung", GEONAMES(1650357)},
	        {"en", "San José", GEONAMES(3621849)},  {"en", "Lyons", GEONAMES(2996944)},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(first_entry(state, rows[i].language, rows[i].name).uri, rows[i].uri);
}

static void the_likelier_thing_stands_before_the_rarer(void **state)
{
	/* A state of twenty million, not the towns in Colombia, Cuba and Uruguay. */
	assert_string_equal(first_entry(state, "en", "Florida").uri, GEONAMES(4155751));
	assert_string_equal(first_entry(state, "es", "Florida").uri, GEONAMES(4155751));
	/* The island, not the city in India. */
	assert_string_equal(first_entry(state, "id", "Bali").country, "ID");
	/* Not Casablanca, whose name it is in translation, nor the town in Tennessee. */
	assert_string_equal(first_entry(state, "en", "White House").uri, WIKIDATA(35525));
	assert_string_equal(first_entry(state, "es", "Casa Blanca").uri, WIKIDATA(35525));
}

static void a_name_of_another_language_says_so(void **state)
{
	assert_false(first_entry(state, "de", "Wien").is_alternative);
	assert_false(first_entry(state, "de", "Deutschland").is_alternative);
	assert_true(first_entry(state, "id", "Deutschland").is_alternative);
	assert_false(first_entry(state, "", "Deutschland").is_alternative);
	assert_true(first_entry(state, "en", "Saigon").is_alternative);
	/* AS is short for the United States in Indonesian, and many a company and party elsewhere. */
	assert_true(first_entry(state, "id", "AS").classes & NAME_COUNTRY);
	assert_false(first_entry(state, "nb", "AS").classes & NAME_COUNTRY);
}

static void people_and_bodies_have_wikidata_ids(void **state)
{
	static const struct {
		const char *language, *name, *uri;
		enum name_class class;
	} rows[] = {
	        {"id", "Vladimir Putin", WIKIDATA(7747), NAME_PERSON},
	        {"de", "Wladimir Putin", WIKIDATA(7747), NAME_PERSON},
	        {"ru", "Владимир Путин", WIKIDATA(7747), NAME_PERSON},
	        {"zh", "普京", WIKIDATA(7747), NAME_PERSON},
	        {"id", "Kim Jong-Un", WIKIDATA(56226), NAME_PERSON},
	        {"id", "Choe Son-hui", WIKIDATA(50382875), NAME_PERSON},
	        {"en", "Sergey Lavrov", WIKIDATA(58217), NAME_PERSON},
	        {"en", "DONALD TRUMP", WIKIDATA(22686), NAME_PERSON},
	        {"id", "Gedung Putih", WIKIDATA(35525), NAME_BODY},
	        {"de", "Weiße Haus", WIKIDATA(35525), NAME_BODY},
	        {"ar", "الأمم المتحدة", WIKIDATA(1065), NAME_BODY},
	        {"id", "PBB", WIKIDATA(1065), NAME_BODY},
	        {"ru", "НАТО", WIKIDATA(7184), NAME_BODY},
	        {"de", "CDU", WIKIDATA(49762), NAME_PARTY},
	        {"pt", "CDU", WIKIDATA(572998), NAME_PARTY},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct name_entry entry = first_entry(state, rows[i].language, rows[i].name);
		assert_string_equal(entry.uri, rows[i].uri);
		assert_true(entry.classes & rows[i].class);
	}
	assert_true(first_entry(state, "en", "Reuters").classes & NAME_MEDIA);
	assert_true(first_entry(state, "en", "Johnson").classes & NAME_SURNAME);
	assert_int_equal(first_entry(state, "en", "Xyzzyqux Blorbo").classes, 0);
}

static void entries_are_in_order_and_no_more_than_asked_for(void **state)
{
	struct desk *desk = *state;
	struct name_entry entries[8];
	struct words words = words_split(STR("San Antonio"), &desk->arena);
	uint32_t name = gazetteer_find(desk->gazetteer, &words, 0, words.n);
	assert_int_not_equal(name, UINT32_MAX);
	assert_int_equal(gazetteer_entries(desk->gazetteer, name, STR("en"), entries, 0), 0);
	assert_int_equal(gazetteer_entries(desk->gazetteer, name, STR("en"), entries, 3), 3);
	assert_true(entries[0].classes & NAME_CITY);
	assert_string_equal(entries[0].country, "US");
	assert_true(entries[0].weight > 1000000);
}

static void a_country_is_called_by_its_usual_name_in_a_language(void **state)
{
	struct desk *desk = *state;
	static const struct {
		const char *country, *language, *name;
	} rows[] = {
	        {"US", "id", "Amerika Serikat"},
	        {"US", "de", "Vereinigte Staaten"},
	        {"KP", "en", "North Korea"},
	        {"CN", "zh-Hant", "中國"},
	        {"CN", "zh-Hans-CN", "中国"},
	        {"RS", "sr-Latn", "Srbija"},
	        {"RS", "sr", "Србија"},
	        {"HK", "en", "Hong Kong"},
	        {"DE", "PT-br", "Alemanha"},
	        {"DE", "xx", ""},
	        {"QQ", "en", ""},
	        {"DE", "", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str language = str_of(rows[i].language);
		assert_str(gazetteer_country_name(desk->gazetteer, rows[i].country, language), rows[i].name);
	}
}

static void no_run_of_words_is_longer_than_a_name(void **state)
{
	struct desk *desk = *state;
	static const char *const beginnings[] = {"New San ", "of the ", "大中", "U.", "Al-"};
	struct words words = {0};
	for (size_t b = 0; b < sizeof(beginnings) / sizeof(beginnings[0]); b++) {
		size_t length = strlen(beginnings[b]), times = ((size_t)1 << 20) / length;
		char *text = arena_alloc(&desk->arena, length * times);
		for (size_t i = 0; i < times; i++)
			memcpy(text + i * length, beginnings[b], length);
		words = words_split(str_make(text, length * times), &desk->arena);
		struct name_match *found = ARENA_ARRAY(&desk->arena, struct name_match, words.n);
		size_t n = gazetteer_match(desk->gazetteer, &words, found, words.n);
		for (size_t i = 0; i < n; i++)
			assert_true(found[i].n <= GAZETTEER_NAME_WORDS);
	}
	struct name_match found[1];
	assert_int_equal(gazetteer_find(desk->gazetteer, &words, 0, words.n), UINT32_MAX);
	assert_int_equal(gazetteer_find(desk->gazetteer, &words, 0, 0), UINT32_MAX);
	assert_int_equal(gazetteer_match(desk->gazetteer, &words, found, 0), 0);
}

/* --- files that are no list ------------------------------------------------------------------------------------ */

struct copy {
	char path[64];
	char *bytes;
	size_t n;
};

static struct copy copy_list(void)
{
	struct copy copy = {.path = "/tmp/wiredesk-names-XXXXXX"};
	FILE *file = fopen(LIST_PATH, "rb");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	copy.n = (size_t)ftell(file);
	rewind(file);
	copy.bytes = malloc(copy.n);
	assert_non_null(copy.bytes);
	assert_int_equal(fread(copy.bytes, 1, copy.n, file), copy.n);
	fclose(file);
	int fd = mkstemp(copy.path);
	assert_true(fd >= 0);
	close(fd);
	return copy;
}

/* Writes so many bytes of the copy; opening it must fail with these words and name the file. */
static void assert_refused(struct copy *copy, size_t n, const char *words)
{
	struct err err = {0};
	FILE *file = fopen(copy->path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(copy->bytes, 1, n, file), n);
	fclose(file);
	assert_null(gazetteer_open(copy->path, &err));
	assert_has(err.words, words);
	assert_has(err.words, copy->path);
}

static void seal(struct copy *copy)
{
	struct gazetteer_file_head *head = (struct gazetteer_file_head *)copy->bytes;
	head->checksum = 0;
	head->checksum = XXH3_64bits(copy->bytes, copy->n);
}

static void a_damaged_list_is_refused_by_name(void **state)
{
	(void)state;
	struct copy copy = copy_list();
	struct gazetteer_file_head *head = (struct gazetteer_file_head *)copy.bytes;
	assert_refused(&copy, 0, "damaged: it has 0 bytes");
	assert_refused(&copy, 71, "damaged: it has 71 bytes");
	assert_refused(&copy, copy.n - 1, "its checksum is another");
	copy.bytes[copy.n / 2] ^= 1;
	assert_refused(&copy, copy.n, "its checksum is another");
	copy.bytes[copy.n / 2] ^= 1;
	head->version = 99;
	assert_refused(&copy, copy.n, "has version 99");
	head->magic[0] = 'x';
	assert_refused(&copy, copy.n, "is no list of names");
	unlink(copy.path);
	free(copy.bytes);
}

static void parts_that_do_not_fit_together_are_refused_though_the_checksum_is_right(void **state)
{
	(void)state;
	struct copy copy = copy_list();
	struct gazetteer_file_head *head = (struct gazetteer_file_head *)copy.bytes;
	struct gazetteer_file_head whole = *head;
	uint32_t *const fields[] = {&head->n_filter, &head->n_sets,  &head->n_objects,   &head->n_linked,
	                            &head->n_links,  &head->n_slots, &head->n_languages, &head->n_countries,
	                            &head->n_names,  &head->n_text};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		static const uint32_t values[] = {0, 1, 254, UINT32_MAX};
		for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			*fields[i] = values[v];
			seal(&copy);
			assert_refused(&copy, copy.n, "its parts do not fit together");
			*head = whole;
		}
	}
	unlink(copy.path);
	free(copy.bytes);
}

static void a_table_that_would_be_searched_for_ever_is_refused(void **state)
{
	(void)state;
	struct copy copy = copy_list();
	const struct gazetteer_file_head *head = (const struct gazetteer_file_head *)copy.bytes;
	size_t at = sizeof(*head) + head->n_filter * sizeof(uint64_t) +
	            head->n_sets * sizeof(struct gazetteer_file_set) +
	            head->n_objects * sizeof(struct gazetteer_file_object) + (head->n_linked + 1) * sizeof(uint32_t) +
	            head->n_links * sizeof(uint32_t);
	for (size_t i = 0; i < head->n_slots; i++)
		memcpy(copy.bytes + at + i * sizeof(uint32_t), &(uint32_t){1U << GAZETTEER_FILE_CHECK_BITS}, 4);
	seal(&copy);
	assert_refused(&copy, copy.n, "its parts do not fit together");
	unlink(copy.path);
	free(copy.bytes);
}

static void a_missing_list_and_a_folder_are_refused_by_name(void **state)
{
	(void)state;
	struct err err = {0};
	assert_null(gazetteer_open("/nowhere/names.gazetteer", &err));
	assert_string_equal(err.words,
	                    "cannot open the list of names '/nowhere/names.gazetteer': No such file or directory");
	err_clear(&err);
	assert_null(gazetteer_open("/tmp", &err));
	assert_string_equal(err.words, "the list of names '/tmp' is no file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_are_found_in_a_text_longest_first),
	        cmocka_unit_test(small_letters_are_no_name_and_capitals_are_any),
	        cmocka_unit_test(a_name_does_not_run_over_a_line),
	        cmocka_unit_test(scripts_without_spaces_and_with_glued_words_have_names_too),
	        cmocka_unit_test(countries_have_wikidata_ids_by_any_of_their_names),
	        cmocka_unit_test(cities_have_geonames_ids_by_the_names_of_many_languages),
	        cmocka_unit_test(the_likelier_thing_stands_before_the_rarer),
	        cmocka_unit_test(a_name_of_another_language_says_so),
	        cmocka_unit_test(people_and_bodies_have_wikidata_ids),
	        cmocka_unit_test(entries_are_in_order_and_no_more_than_asked_for),
	        cmocka_unit_test(a_country_is_called_by_its_usual_name_in_a_language),
	        cmocka_unit_test(no_run_of_words_is_longer_than_a_name),
	        cmocka_unit_test(a_damaged_list_is_refused_by_name),
	        cmocka_unit_test(parts_that_do_not_fit_together_are_refused_though_the_checksum_is_right),
	        cmocka_unit_test(a_table_that_would_be_searched_for_ever_is_refused),
	        cmocka_unit_test(a_missing_list_and_a_folder_are_refused_by_name),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * A user's own gazetteer from rows to what is found in a text: what is refused and where, what a name stands for, in
 * which case and in which words it is found, and files that are none.
 */
#include "tests/harness.h"

#include "pipeline/base/arena.h"
#include "pipeline/stages/entities/gazetteer_file.h"
#include "pipeline/stages/entities/own_build_inside.h"
#include "pipeline/stages/entities/own_file.h"
#include "pipeline/stages/entities/own_list.h"
#include "pipeline/stages/entities/own_rows.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

struct desk {
	struct arena arena;
	char folder[64], path[128];
	char said[8192];
	struct own_build_counts counts;
	struct own_lists lists;
	struct words words;
};

static int set_up(void **state)
{
	static struct desk desk;
	memset(&desk, 0, sizeof desk);
	arena_init(&desk.arena, 0, 0);
	snprintf(desk.folder, sizeof desk.folder, "/tmp/wiredesk-own-XXXXXX");
	*state = &desk;
	return mkdtemp(desk.folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;
	while (desk->lists.n)
		own_list_close(&desk->lists.at[--desk->lists.n]);
	unlink(desk->path);
	rmdir(desk->folder);
	arena_free(&desk->arena);
	return 0;
}

static void say(void *arg, bool is_error, const char *words)
{
	struct desk *desk = arg;
	size_t n = strlen(desk->said);
	snprintf(desk->said + n, sizeof desk->said - n, "%s%s\n", is_error ? "" : "warning: ", words);
}

/* Rows to a file; false: something is wrong with them, which desk->said says. */
static bool build_text(struct desk *desk, const char *file, struct str rows)
{
	struct own_build_options options = {.base = STR(""), .say = say, .arg = desk};
	struct own_build *build = own_build_new(&options);
	struct err err = {0};
	desk->said[0] = 0;
	snprintf(desk->path, sizeof desk->path, "%s/desk.gazetteer", desk->folder);
	own_rows_read_text(build, file, rows);
	bool good = own_build_end(build);
	if (good && !own_build_write(build, desk->path, "desk", &err))
		fail_msg("%s", err.words);
	desk->counts = own_build_count(build);
	own_build_free(&build);
	return good;
}

static void build(struct desk *desk, const char *rows)
{
	struct err err = {0};
	if (!build_text(desk, "desk.tsv", str_of(rows)))
		fail_msg("%s", desk->said);
	while (desk->lists.n)
		own_list_close(&desk->lists.at[--desk->lists.n]);
	desk->lists.at[0] = own_list_open(desk->path, &err);
	if (!desk->lists.at[0])
		fail_msg("%s", err.words);
	desk->lists.n = 1;
}

/* What is found in a text: "name=id", with bars between. */
static const char *found(struct desk *desk, const char *language, const char *text)
{
	struct own_match at[64];
	struct str line = STR("");
	desk->words = words_split(str_of(text), &desk->arena);
	struct gazetteer_word *known = ARENA_ARRAY(&desk->arena, struct gazetteer_word, desk->words.n + 1);
	for (size_t i = 0; i < desk->words.n; i++)
		known[i].hash = gazetteer_file_word(words_text(&desk->words, i));
	size_t n = own_lists_match(&desk->lists, &desk->words, known, str_of(language), at, 64);
	for (size_t i = 0; i < n; i++) {
		struct own_thing thing;
		const struct word *words = desk->words.at;
		struct str name = str_slice(desk->words.text, words[at[i].first].start + at[i].cut,
		                            words[at[i].first + at[i].n - 1].end);
		enum own_answer answer = own_match_decide(&at[i], &desk->words, str_of(language), -1, &thing);
		struct str id = answer == OWN_IS_ONE ? thing.uri : answer == OWN_IS_AMBIGUOUS ? STR("?") : STR("??");
		line = arena_printf(&desk->arena, "%.*s%s%.*s=%.*s", STR_ARG(line), line.n ? " | " : "", STR_ARG(name),
		                    STR_ARG(id));
	}
	return line.n ? line.p : "";
}

static void finds_names_and_aliases_the_longest_first(void **state)
{
	build(*state, "Alpha Works\torganisation\turn:a\tAW Holding|Alpha\n"
	              "Alpha Works North\torganisation\turn:b\n");
	assert_string_equal(found(*state, "en", "Alpha Works North sold Alpha to AW Holding; Alpha Works did not."),
	                    "Alpha Works North=urn:b | Alpha=urn:a | AW Holding=urn:a | Alpha Works=urn:a");
	assert_string_equal(found(*state, "en", "Alpha\nWorks"), "Alpha=urn:a"); /* a name does not go over lines */
}

static void a_name_is_whole_words(void **state)
{
	build(*state, "Ford\torganisation\turn:f\nM3\tplace\turn:m\nBild\torganisation\turn:b\n"
	              "アイ\torganisation\turn:k\n삼성\torganisation\turn:s\n北京\tplace\turn:p\n");
	assert_string_equal(found(*state, "en", "Fordham, Ford's, (Ford) and Afford"), "Ford=urn:f | Ford=urn:f");
	assert_string_equal(found(*state, "en", "M3x, xM3, 53 and M3."), "M3=urn:m");
	assert_string_equal(found(*state, "de", "www.Bild.de, @Bild, Bild-Leser"), "Bild=urn:b");
	assert_string_equal(found(*state, "ja", "アイルランドとアイの"), "アイ=urn:k");
	assert_string_equal(found(*state, "ko", "삼성이 대삼성을"), "삼성=urn:s");
	assert_string_equal(found(*state, "zh", "他在北京说"), "北京=urn:p");
}

static void capitals_of_a_name_stand_in_the_text(void **state)
{
	build(*state, "Nora Teasdale\tperson\turn:n\nadidas\torganisation\turn:a\nBio\torganisation\turn:b\n"
	              "WHO\torganisation\turn:w\nthe daily crane\torganisation\turn:d\niPhone\torganisation\turn:i\n");
	assert_string_equal(found(*state, "en", "nora teasdale, Nora teasdale, NORA TEASDALE"), "NORA TEASDALE=urn:n");
	assert_string_equal(found(*state, "en", "Adidas ADIDAS adidas"), "adidas=urn:a");
	assert_string_equal(found(*state, "en", "bio BIO Bio"), "Bio=urn:b");
	assert_string_equal(found(*state, "en", "Who, who and WHO"), "WHO=urn:w");
	assert_string_equal(found(*state, "en", "AND WHO IS IT?"), "");
	assert_string_equal(found(*state, "en", "The Daily Crane, the daily crane"),
	                    "The Daily Crane=urn:d | the daily crane=urn:d");
	assert_string_equal(found(*state, "en", "Iphone IPHONE iPhone"), "iPhone=urn:i");
}

static void one_name_of_several_things_is_none_of_them_unless_the_language_tells(void **state)
{
	build(*state, "Spring Hill\tplace\turn:1\nSpring Hill\tplace\turn:2\n"
	              "Mercury\tplace\turn:3\nMercury\torganisation\turn:4\n"
	              "Astra Linien\torganisation\turn:5\t\tde\nAstra Linien\torganisation\turn:6\t\tsv\n"
	              "Same Hall\tplace\turn:7\nSame Hall\tplace\n");
	assert_string_equal(found(*state, "en", "Spring Hill"), "Spring Hill=?");
	assert_string_equal(found(*state, "en", "Mercury"), "Mercury=??");
	assert_string_equal(found(*state, "de-AT", "Astra Linien"), "Astra Linien=urn:5");
	assert_string_equal(found(*state, "sv", "Astra Linien"), "Astra Linien=urn:6");
	assert_string_equal(found(*state, "en", "Astra Linien"), "Astra Linien=?");
	assert_string_equal(found(*state, "en", "Same Hall"), "Same Hall=urn:7");
}

static void the_type_that_is_known_tells_things_apart(void **state)
{
	struct desk *desk = *state;
	build(desk, "Mercury\tplace\turn:3\nMercury\torganisation\turn:4\n");
	struct own_match match = own_lists_find(&desk->lists, STR("Mercury"), STR("en"), &desk->arena, &desk->words);
	struct own_thing thing;
	assert_int_equal(match.n, 1);
	assert_int_equal(own_match_decide(&match, &desk->words, STR("en"), NAME_IS_ORGANISATION, &thing), OWN_IS_ONE);
	assert_str(thing.uri, "urn:4");
	assert_str(thing.name, "Mercury");
}

/* Of a name with hundreds of things all are looked at, also where each has it in several languages. */
static void the_last_of_many_things_is_one_as_the_first_is(void **state)
{
	struct desk *desk = *state;
	struct str rows = STR("");
	for (int i = 0; i < 300; i++)
		rows = arena_printf(&desk->arena, "%.*sSpring Hill\t%s\turn:%d\t\ten\nSpring Hill\t%s\turn:%d\t\tde\n",
		                    STR_ARG(rows), i < 299 ? "place" : "organisation", i,
		                    i < 299 ? "place" : "organisation", i);
	build(desk, rows.p);
	assert_string_equal(desk->said, "");
	struct own_match match =
	        own_lists_find(&desk->lists, STR("Spring Hill"), STR("en"), &desk->arena, &desk->words);
	struct own_thing thing;
	assert_int_equal(own_match_decide(&match, &desk->words, STR("en"), NAME_IS_ORGANISATION, &thing), OWN_IS_ONE);
	assert_str(thing.uri, "urn:299");
	assert_int_equal(own_match_decide(&match, &desk->words, STR("en"), -1, &thing), OWN_IS_ANYTHING);
	assert_int_equal(own_match_decide(&match, &desk->words, STR("en"), NAME_IS_PLACE, &thing), OWN_IS_AMBIGUOUS);
}

static void a_name_of_more_things_than_can_be_told_apart_is_cut_with_a_warning(void **state)
{
	struct desk *desk = *state;
	struct str rows = STR("");
	for (int i = 0; i < 520; i++)
		rows = arena_printf(&desk->arena, "%.*sSpring Hill\tplace\turn:%d\n", STR_ARG(rows), i);
	build(desk, rows.p);
	assert_string_equal(desk->said, "warning: more than 512 things are called 'Spring Hill'; the others are left "
	                                "out\n");
	assert_int_equal(desk->counts.names, 512);
}

static void short_names_with_a_language_are_looked_for_in_that_alone(void **state)
{
	build(*state, "AS\tplace\tQ30\t\tid\nDie Zeit\torganisation\turn:z\t\tde\n");
	assert_string_equal(found(*state, "id", "AS"), "AS=http://www.wikidata.org/entity/Q30");
	assert_string_equal(found(*state, "no", "AS"), "");
	assert_string_equal(found(*state, "fr", "Die Zeit"), "Die Zeit=urn:z");
}

static void an_id_has_a_name_in_each_language_and_other_ids_may_stand_for_it(void **state)
{
	struct desk *desk = *state;
	build(desk, "name\ttype\tid\tlanguage\talias-of\n"
	            "Jakarta Raya\tplace\turn:j\tid\n"
	            "Greater Jakarta\tplace\turn:j\ten\n"
	            "Old Batavia\t\turn:old\t\turn:older\n"
	            "Older Batavia\t\turn:older\t\turn:j\n");
	assert_string_equal(found(desk, "en", "Jakarta Raya, Old Batavia, Older Batavia"),
	                    "Jakarta Raya=urn:j | Old Batavia=urn:j | Older Batavia=urn:j");
	struct own_match match =
	        own_lists_find(&desk->lists, STR("Old Batavia"), STR("en"), &desk->arena, &desk->words);
	struct own_thing thing;
	assert_int_equal(own_match_decide(&match, &desk->words, STR("en"), -1, &thing), OWN_IS_ONE);
	assert_str(thing.name, "Greater Jakarta");
	own_match_decide(&match, &desk->words, STR("fr"), -1, &thing);
	assert_str(thing.name, "");
}

/* What a thing is called in a story: by script and country, too, where the list tells them apart. */
static void a_title_is_that_of_the_storys_script_or_country(void **state)
{
	static const struct {
		const char *language, *name;
	} cases[] = {{"zh-Hans", "北京大学"},    {"zh-Hant", "北京大學"},
	             {"zh-Hant-TW", "北京大學"}, {"ZH-HANT", "北京大學"},
	             {"zh", "北京大学"},         {"zh-SG", "北京大学"},
	             {"pt-BR", "Time do Rio"},   {"pt-PT", "Equipa do Rio"},
	             {"pt-AO", "Rio"},           {"pt", "Rio"},
	             {"en", "Rio Team"},         {"fr", "Rio Team"}};
	struct desk *desk = *state;
	build(desk, "北京大学\torganisation\turn:a\tRio Works\tzh-Hans\n"
	            "北京大學\torganisation\turn:a\t\tzh-Hant\n"
	            "Equipa do Rio\torganisation\turn:a\t\tpt-PT\n"
	            "Time do Rio\torganisation\turn:a\t\tpt-BR\n"
	            "Rio\torganisation\turn:a\t\tpt\n"
	            "Rio Team\torganisation\turn:a\n");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str language = str_of(cases[i].language);
		struct own_match match =
		        own_lists_find(&desk->lists, STR("Rio Works"), language, &desk->arena, &desk->words);
		struct own_thing thing;
		assert_int_equal(own_match_decide(&match, &desk->words, language, -1, &thing), OWN_IS_ONE);
		assert_str(thing.name, cases[i].name);
	}
}

static void arabic_letters_before_a_name_are_cut_off(void **state)
{
	build(*state, "شركة النيل\torganisation\turn:n\nالأمم المتحدة\torganisation\turn:u\nلبنان\tplace\turn:l\n");
	assert_string_equal(found(*state, "ar", "قالت شركة النيل وشركة النيل"), "شركة النيل=urn:n | شركة النيل=urn:n");
	/* The article's alif is swallowed; what begins with a lam of its own has lost nothing. */
	assert_string_equal(found(*state, "ar", "قال للأمم المتحدة وللبنان، والأمم المتحدة للبنان"),
	                    "للأمم المتحدة=urn:u | الأمم المتحدة=urn:u | لبنان=urn:l");
	assert_string_equal(found(*state, "ar", "للنيل"), "");
}

static void json_lines_are_rows_too(void **state)
{
	struct desk *desk = *state;
	assert_true(build_text(desk, "x.jsonl",
	                       STR("\xef\xbb\xbf{\"name\":\"Caf\\u00e9 Rio\",\"type\":\"place\",\"id\":\"geonames:7\","
	                           "\"aliases\":[\"Rio\"],\"language\":null}\r\n\n# a remark\n")));
	struct err err = {0};
	desk->lists.at[desk->lists.n++] = own_list_open(desk->path, &err);
	assert_string_equal(found(desk, "pt", "Café Rio"), "Café Rio=https://sws.geonames.org/7/");
	assert_string_equal(found(desk, "pt", "Rio, rio"), "Rio=https://sws.geonames.org/7/");
}

static void rows_that_are_wrong_are_said_with_their_place(void **state)
{
	static const struct {
		const char *file, *rows, *said;
	} cases[] = {
	        {"a.tsv", "\tperson\turn:a\n", "a.tsv:1:1: the name is empty"},
	        {"a.tsv", "A B\tpersn\n",
	         "a.tsv:1:5: unknown type 'persn'; types are person, organisation, place; did you mean 'person'?"},
	        {"a.tsv", "A B\n", "a.tsv:1: there is no type"},
	        {"a.tsv", "Ärzte\tplace\tlocal\n", "a.tsv:1:13: the id 'local' is no address"},
	        {"a.tsv", "A B\tplace\tgeonames:\n", "a.tsv:1:11: the id 'geonames:' is no address"},
	        {"a.tsv", "A B\tplace\tgeonames:Berlin\n", "a.tsv:1:11: the id 'geonames:Berlin' is no address"},
	        {"a.tsv", "A B\tplace\tgeonames:12/34\n", "a.tsv:1:11: the id 'geonames:12/34' is no address"},
	        {"a.tsv", "A B\tplace\tQ\n", "a.tsv:1:11: the id 'Q' is no address"},
	        {"a.tsv", "A B\tplace\turn:a\tB|\n", "a.tsv:1:19: the alias is empty"},
	        {"a.tsv", "A B\tplace\turn:a\t\tenglish\n", "a.tsv:1:18: 'english' is no language"},
	        {"a.tsv", "Ada B\tperson\turn:a\nAda B\tplace\turn:a\n",
	         "a.tsv:2:7: the id 'urn:a' is a place here and a person in a.tsv:1"},
	        {"a.tsv", "Ada\tperson\turn:a\nBea\tperson\turn:a\n",
	         "a.tsv:2:1: the id 'urn:a' is called 'Bea' here and 'Ada' in a.tsv:1; make one of them an alias"},
	        {"a.tsv", "A B\tplace\turn:a\t\t\t\tmore\n", "a.tsv:1:20: there are more columns than 6"},
	        {"a.tsv", "name\tkind\nA B\tplace\n", "a.tsv:1:6: there is no such column"},
	        {"a.tsv", "name\tid\talias-of\nA B\turn:a\turn:b\nC D\turn:b\turn:a\n",
	         "is an alias of itself, by way of others"},
	        {"a.tsv", "name\tid\talias-of\nA B\turn:a\turn:a\n", "a.tsv:2: the id 'urn:a' is an alias of itself"},
	        {"a.tsv", "name\talias-of\nA B\turn:b\n",
	         "a.tsv:2: an alias of 'urn:b', but there is no row with that id"},
	        {"a.tsv", "A \xff\tplace\n", "a.tsv:1:3: this is no UTF-8"},
	        {"a.tsv", "A\u202eB\tplace\n", "a.tsv:1:1: the name 'A?B' has a control character"},
	        {"a.tsv", "# nothing\n", "there is no name in what was given"},
	        {"a.json", "{\"name\":\"A B\",\"type\":\"place\"", "a.json:1:29: this is no JSON"},
	        {"a.json", "[1]", "a.json:1: a row is one object"},
	        {"a.json", "{\"nme\":\"A\"}",
	         "a.json:1:2: unknown key; keys are name, type, id, aliases, language, alias-of; did you mean 'name'?"},
	        {"a.json", "{\"name\":\"A\",\"name\":\"B\"}", "a.json:1:13: the key 'name' stands twice"},
	        {"a.json", "{\"name\":7}", "a.json:1:9: 'name' must be a string"},
	        {"a.json", "{\"name\":\"\\ud800\"}", "half of a pair of surrogates"},
	        {"a.json", "{\"name\":\"A B\",\"type\":\"place\",\"aliases\":[\"C\",1]}",
	         "a.json:1:45: 'aliases' must be a string, or an array"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct desk *desk = *state;
		if (build_text(desk, cases[i].file, str_of(cases[i].rows)))
			fail_msg("'%s' was taken", cases[i].rows);
		if (!strstr(desk->said, cases[i].said))
			fail_msg("'%s' gave '%s', not '%s'", cases[i].rows, desk->said, cases[i].said);
	}
}

static void numbers_of_wikidata_and_geonames_are_no_names_with_a_base(void **state)
{
	struct desk *desk = *state;
	struct own_build_options options = {.base = STR("https://desk.example/"), .say = say, .arg = desk};
	struct own_build *build = own_build_new(&options);
	own_rows_read_text(build, "a.tsv", STR("A B\tplace\tgeonames:Berlin\nC D\tplace\tlocal\n"));
	own_build_free(&build);
	assert_non_null(strstr(desk->said, "a.tsv:1:11: the id 'geonames:Berlin' is no address"));
	assert_null(strstr(desk->said, "a.tsv:2"));
}

static void names_that_nothing_is_found_by_are_left_out_with_a_warning(void **state)
{
	struct desk *desk = *state;
	build(desk, "Good Name\tplace\turn:g\nX\tplace\turn:x\n2020\tplace\turn:y\n京\tplace\turn:z\n");
	assert_non_null(strstr(desk->said, "warning: desk.tsv:2:1: the name 'X' is a single letter"));
	assert_non_null(strstr(desk->said, "warning: desk.tsv:3:1: the name '2020' has no letter"));
	assert_non_null(strstr(desk->said, "warning: desk.tsv:4:1: the name '京' is a single letter"));
	assert_string_equal(found(desk, "en", "X in 2020 in 京, Good Name"), "Good Name=urn:g");
}

static void a_line_of_ten_megabytes_costs_no_memory_and_one_error(void **state)
{
	const size_t n = 10000000;
	char *rows = malloc(n + 64);
	assert_non_null(rows);
	memset(rows, 'M', n);
	size_t end = n + (size_t)snprintf(rows + n, 64, "\tplace\nGood Name\tplace\n");
	assert_false(build_text(*state, "a.tsv", str_make(rows, end)));
	assert_string_equal(((struct desk *)*state)->said, "a.tsv:1: the line is longer than 1048576 bytes\n");
	free(rows);
}

/* A line as long as may be, all of it one thing again and again: seconds would be the square of it. */
static void a_line_costs_no_more_than_its_length(void **state)
{
	static const struct {
		const char *file, *begin, *again, *said;
	} cases[] = {
	        {"a.tsv", "A B\tplace\turn:a", "\t", ""},
	        {"a.tsv", "name", "\t", "a.tsv:1:6: there is no such column"},
	        {"a.tsv", "name", "\tnam", "a.tsv:1:6: there is no such column"},
	};
	struct desk *desk = *state;
	char *rows = malloc(OWN_ROWS_LINE_BYTES);
	assert_non_null(rows);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = strlen(cases[i].begin), step = strlen(cases[i].again);
		memcpy(rows, cases[i].begin, n);
		for (; n + step <= OWN_ROWS_LINE_BYTES; n += step)
			memcpy(rows + n, cases[i].again, step);
		clock_t begin = clock();
		build_text(desk, cases[i].file, str_make(rows, n));
		assert_true(clock() - begin < CLOCKS_PER_SEC);
		assert_true(str_starts(str_of(desk->said), str_of(cases[i].said)));
	}
	free(rows);
}

static void an_unknown_column_is_one_error_and_not_one_a_row(void **state)
{
	struct desk *desk = *state;
	assert_false(build_text(desk, "a.tsv", STR("name\tkind\tid\nA B\tplace\turn:a\nC D\tplace\turn:c\n")));
	assert_string_equal(desk->said, "a.tsv:1:6: there is no such column; columns are name, type, id, aliases, "
	                                "language, alias-of\n");
}

static void the_same_rows_give_the_same_bytes(void **state)
{
	struct desk *desk = *state;
	static char first[65536], second[65536];
	const char *rows = "A B\tplace\turn:a\tC D|E F\tid\nA B\tperson\turn:b\nG H\tplace\n";
	size_t n[2];
	for (int i = 0; i < 2; i++) {
		build(desk, rows);
		FILE *file = fopen(desk->path, "rb");
		assert_non_null(file);
		n[i] = fread(i ? second : first, 1, sizeof first, file);
		fclose(file);
	}
	assert_int_equal(n[0], n[1]);
	assert_memory_equal(first, second, n[0]);
}

static void who_has_a_list_open_keeps_it_when_another_takes_its_place(void **state)
{
	struct desk *desk = *state;
	build(desk, "Old Name\tplace\turn:old\n");
	struct own_lists old = desk->lists;
	desk->lists.n = 0;
	build(desk, "New Name\tplace\turn:new\n");
	assert_string_equal(found(desk, "en", "Old Name, New Name"), "New Name=urn:new");
	struct own_lists fresh = desk->lists;
	desk->lists = old;
	assert_string_equal(found(desk, "en", "Old Name, New Name"), "Old Name=urn:old");
	own_list_close(&desk->lists.at[0]);
	desk->lists = fresh;
}

/* A disk that is full in the midst of it; the head, which is written last, would have room again. */
static void a_file_that_could_not_be_written_leaves_the_old_one_in_its_place(void **state)
{
	struct desk *desk = *state;
	struct own_build_options options = {.base = STR(""), .say = say, .arg = desk};
	struct rlimit all, little;
	struct err err = {0};
	build(desk, "Old Name\tplace\turn:old\n");
	struct own_build *build = own_build_new(&options);
	for (int i = 0; i < 2000; i++)
		own_rows_read_text(build, "a.tsv", arena_printf(&desk->arena, "New Name%d\tplace\n", i));
	assert_true(own_build_end(build));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
	little = (struct rlimit){.rlim_cur = 20000, .rlim_max = all.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	bool wrote = own_build_write(build, desk->path, "desk", &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	signal(SIGXFSZ, SIG_DFL);
	own_build_free(&build);
	assert_false(wrote);
	assert_non_null(strstr(err.words, "File too large"));
	struct own_list *old = own_list_open(desk->path, &err);
	assert_non_null(old);
	own_list_close(&old);
}

static void a_file_that_nobody_could_read_is_not_written(void **state)
{
	struct desk *desk = *state;
	struct own_build_options options = {.base = STR(""), .say = say, .arg = desk};
	struct err err = {0};
	build(desk, "Old Name\tplace\turn:old\n");
	struct own_build *build = own_build_new(&options);
	own_rows_read_text(build, "a.tsv", STR("New Name\tplace\n"));
	assert_true(own_build_end(build));
	/* More text than a test can give it. */
	size_t n_text = build->n_text;
	build->n_text = OWN_FILE_BYTES_MAX;
	assert_false(own_build_write(build, desk->path, "desk", &err));
	build->n_text = n_text;
	own_build_free(&build);
	assert_non_null(strstr(err.words, "make several files of it"));
	assert_string_equal(found(desk, "en", "Old Name"), "Old Name=urn:old");
}

/* Every byte of it changed, and every length cut. */
static void a_file_that_is_damaged_is_refused(void **state)
{
	struct desk *desk = *state;
	struct stat st;
	build(desk, "A B\tplace\turn:a\n");
	assert_int_equal(stat(desk->path, &st), 0);
	char *bytes = malloc((size_t)st.st_size);
	FILE *file = fopen(desk->path, "r+b");
	assert_true(bytes && file && fread(bytes, 1, (size_t)st.st_size, file) == (size_t)st.st_size);
	for (long i = 0; i < st.st_size; i++) {
		struct err err = {0};
		fseek(file, i, SEEK_SET);
		fputc(bytes[i] ^ 0x20, file);
		fflush(file);
		assert_null(own_list_open(desk->path, &err));
		assert_true(err_is_set(&err));
		fseek(file, i, SEEK_SET);
		fputc(bytes[i], file);
		fflush(file);
	}
	for (long n = st.st_size - 1; n >= 0; n -= 7) {
		struct err err = {0};
		assert_int_equal(ftruncate(fileno(file), n), 0);
		assert_null(own_list_open(desk->path, &err));
	}
	fclose(file);
	free(bytes);
}

/* A file's parts, to be changed where they lie. */
struct forged {
	struct own_file_head *head;
	struct own_file_slot *slots;
	struct own_file_link *links;
	struct own_file_title *titles;
};

static void change_nothing(struct forged *f)
{
	(void)f;
}

/* All slots look at the first link, and no name ends before the last. */
static void run_all_links_together(struct forged *f)
{
	for (size_t i = 0; i < f->head->n_slots; i++)
		f->slots[i].first = f->slots[i].first != 0;
	for (size_t i = 0; i + 1 < f->head->n_links; i++)
		f->links[i].rule &= (uint8_t)~OWN_LAST;
}

static void run_all_titles_together(struct forged *f)
{
	for (size_t i = 0; i + 1 < f->head->n_titles; i++)
		f->titles[i].is_last = 0;
}

static void look_into_the_midst_of_a_name(struct forged *f)
{
	for (size_t i = 0; i < f->head->n_slots; i++)
		f->slots[i].first += f->slots[i].first != 0;
}

static void turn_the_things_of_a_name_round(struct forged *f)
{
	f->links[0].object = 1;
	f->links[1].object = 0;
}

/* Half of the block stands at the table's end, and it goes on at the beginning. */
static void put_slots_in_one_block(struct forged *f)
{
	enum { BLOCK = 1500 };
	size_t n = f->head->n_slots;
	memset(f->slots, 0, n * sizeof *f->slots);
	for (size_t i = 0; i < BLOCK; i++)
		f->slots[(n - BLOCK / 2 + i) % n].first = 1;
}

/* Changes the file that was built and gives it the checksum that it has then; is it still taken? */
static bool is_taken(struct desk *desk, void (*change)(struct forged *f))
{
	struct stat st;
	struct err err = {0};
	assert_int_equal(stat(desk->path, &st), 0);
	char *bytes = malloc((size_t)st.st_size);
	FILE *file = fopen(desk->path, "r+b");
	assert_true(bytes && file && fread(bytes, 1, (size_t)st.st_size, file) == (size_t)st.st_size);
	struct own_file_head *head = (struct own_file_head *)(void *)bytes;
	struct forged f = {.head = head};
	f.slots = (void *)(bytes + sizeof *head + head->n_filter * sizeof(uint64_t));
	f.links = (void *)(f.slots + head->n_slots);
	f.titles = (void *)((char *)(f.links + head->n_links) + head->n_objects * sizeof(struct own_file_object));
	change(&f);
	head->checksum = 0;
	head->checksum = XXH3_64bits(bytes, (size_t)st.st_size);
	rewind(file);
	assert_int_equal(fwrite(bytes, 1, (size_t)st.st_size, file), st.st_size);
	fclose(file);
	free(bytes);
	struct own_list *list = own_list_open(desk->path, &err);
	bool taken = list;
	own_list_close(&list);
	return taken;
}

/* Rows of as many names as may make trouble. */
__attribute__((format(printf, 3, 0))) static struct str many(struct desk *desk, const char *head, const char *format)
{
	enum { MANY = 5000, ROOM = 64 };
	char *rows = arena_alloc(&desk->arena, MANY * ROOM);
	size_t n = (size_t)snprintf(rows, ROOM, "%s", head);
	for (int i = 0; i < MANY; i++) {
		struct str row = arena_printf(&desk->arena, format, i);
		memcpy(rows + n, row.p, row.n);
		n += row.n;
	}
	return str_make(rows, n);
}

/* What a word costs is bounded by what a name, a thing and a place in the table may have; whoever wrote the file. */
static void a_file_that_would_be_searched_without_end_is_refused(void **state)
{
	struct desk *desk = *state;
	struct str of_one = many(desk, "name\ttype\tid\talias-of\nA B\tplace\turn:a\n", "Name%d\t\t\turn:a\n");
	struct str of_each = many(desk, "", "Name%d\tplace\n");
	static const struct {
		bool of_each, taken;
		void (*change)(struct forged *f);
	} cases[] = {{false, true, change_nothing},
	             {true, true, change_nothing},
	             {false, false, run_all_links_together},
	             {true, false, run_all_titles_together},
	             {true, false, put_slots_in_one_block}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(build_text(desk, "a.tsv", cases[i].of_each ? of_each : of_one));
		assert_int_equal(is_taken(desk, cases[i].change), cases[i].taken);
	}
	static const char two[] = "A B\tplace\turn:1\nA B\tplace\turn:2\n";
	assert_true(build_text(desk, "a.tsv", str_of(two)));
	assert_false(is_taken(desk, look_into_the_midst_of_a_name));
	assert_true(build_text(desk, "a.tsv", str_of(two)));
	assert_false(is_taken(desk, turn_the_things_of_a_name_round));
}

/* A name beside ten thousand others is still found, and no other run of words is taken for one. */
static void many_names_are_all_found(void **state)
{
	struct desk *desk = *state;
	enum { MANY = 10000 };
	char *rows = malloc(MANY * 64), text[64], expected[96];
	size_t n = 0;
	assert_non_null(rows);
	for (int i = 0; i < MANY; i++)
		n += (size_t)snprintf(rows + n, 64, "Ab%c%c Name%d\tplace\turn:%d\n", 'a' + i % 26, 'a' + i / 26 % 26,
		                      i, i);
	build(desk, rows);
	for (int i = 0; i < MANY; i += 7) {
		snprintf(text, sizeof text, "Ab%c%c Name%d", 'a' + i % 26, 'a' + i / 26 % 26, i);
		snprintf(expected, sizeof expected, "%s=urn:%d", text, i);
		assert_string_equal(found(desk, "en", text), expected);
		snprintf(text, sizeof text, "Ab%c%c Name%d", 'a' + i % 26, 'a' + i / 26 % 26, i + 1);
		assert_string_equal(found(desk, "en", text), "");
	}
	free(rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(finds_names_and_aliases_the_longest_first),
	        TEST(a_name_is_whole_words),
	        TEST(capitals_of_a_name_stand_in_the_text),
	        TEST(one_name_of_several_things_is_none_of_them_unless_the_language_tells),
	        TEST(the_type_that_is_known_tells_things_apart),
	        TEST(the_last_of_many_things_is_one_as_the_first_is),
	        TEST(a_name_of_more_things_than_can_be_told_apart_is_cut_with_a_warning),
	        TEST(short_names_with_a_language_are_looked_for_in_that_alone),
	        TEST(an_id_has_a_name_in_each_language_and_other_ids_may_stand_for_it),
	        TEST(a_title_is_that_of_the_storys_script_or_country),
	        TEST(arabic_letters_before_a_name_are_cut_off),
	        TEST(json_lines_are_rows_too),
	        TEST(rows_that_are_wrong_are_said_with_their_place),
	        TEST(numbers_of_wikidata_and_geonames_are_no_names_with_a_base),
	        TEST(names_that_nothing_is_found_by_are_left_out_with_a_warning),
	        TEST(a_line_of_ten_megabytes_costs_no_memory_and_one_error),
	        TEST(a_line_costs_no_more_than_its_length),
	        TEST(an_unknown_column_is_one_error_and_not_one_a_row),
	        TEST(the_same_rows_give_the_same_bytes),
	        TEST(who_has_a_list_open_keeps_it_when_another_takes_its_place),
	        TEST(a_file_that_could_not_be_written_leaves_the_old_one_in_its_place),
	        TEST(a_file_that_nobody_could_read_is_not_written),
	        TEST(a_file_that_is_damaged_is_refused),
	        TEST(a_file_that_would_be_searched_without_end_is_refused),
	        TEST(many_names_are_all_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The stage as a whole, with the model and the list that it ships: what it writes into a story, its options, files that
 * are not there, and stories that mean harm.
 */
#include "tests/pipeline/stages/fixture.h"

extern const struct stage stage_entities;

#define STORY                                                                                                          \
	"Presiden Rusia Vladimir Putin tiba di Pyongyang, Korea Utara, pada hari Minggu.\n"                            \
	"Putin bertemu Kim Jong-un di istana. Menurut kantor berita KCNA, Kim Jong-Un menyambut Putin.\n"              \
	"AS dan Korea Selatan tidak berkomentar."

static struct story *indonesian(struct fixture *f, const char *body)
{
	struct story *st = fixture_story(f, "", body);
	st->decode.language = STR("id");
	return st;
}

static const struct entity_name *named(const struct story *st, const char *name)
{
	for (size_t i = 0; i < st->entities.n_names; i++)
		if (str_is(st->entities.names[i].name, name))
			return &st->entities.names[i];
	return NULL;
}

static size_t times(const struct story *st, const struct entity_name *name)
{
	size_t n = 0;
	for (size_t i = 0; i < st->entities.n_entities; i++)
		n += &st->entities.names[st->entities.entities[i].name] == name;
	return n;
}

/* Every mention is what the body says there, by bytes and by code points; mentions ascend; names are each there once.
 */
static void assert_sound(const struct story *st)
{
	struct str body = story_body(st);
	size_t at = 0, cp = 0;
	for (size_t i = 0; i < st->entities.n_entities; i++) {
		const struct entity *entity = &st->entities.entities[i];
		size_t start = (size_t)(entity->text.p - body.p);
		assert_true(start >= at && start + entity->text.n <= body.n);
		cp += utf8_count(str_slice(body, at, start));
		assert_int_equal(cp, entity->start);
		cp += utf8_count(entity->text);
		assert_int_equal(cp, entity->end);
		at = start + entity->text.n;
		assert_true(entity->text.n > 0 && entity->name < st->entities.n_names);
		assert_true(entity->confidence >= 0 && entity->confidence <= 1);
	}
	for (size_t i = 0; i < st->entities.n_names; i++) {
		assert_true(st->entities.names[i].name.n > 0);
		assert_true(times(st, &st->entities.names[i]) > 0);
	}
}

static void names_people_organisations_and_places_each_once(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_entities, NULL);
	struct story *st = indonesian(f, STORY);
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	assert_sound(st);
	const struct entity_name *putin = named(st, "Vladimir Putin"), *kim = named(st, "Kim Jong-un");
	assert_non_null(putin);
	assert_int_equal(putin->type, ENTITY_PERSON);
	assert_str(putin->uri, "http://www.wikidata.org/entity/Q7747");
	assert_int_equal(times(st, putin), 3);
	assert_non_null(kim);
	assert_int_equal(times(st, kim), 2);
	assert_non_null(named(st, "Amerika Serikat"));
	assert_str(named(st, "Amerika Serikat")->uri, "http://www.wikidata.org/entity/Q30");
	assert_str(st->entities.names[0].name, "Rusia");
	assert_str(st->entities.names[1].name, "Vladimir Putin");
	assert_null(st->entities.warning);
	fixture_free(f);
}

static void marks_an_agency_that_the_body_cites(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_entities, NULL);
	struct story *st = indonesian(f, STORY);
	fixture_run(f, st);
	assert_non_null(named(st, "KCNA"));
	assert_true(named(st, "KCNA")->is_quoted);
	const struct named credit = {.name = STR("KCNA")};
	st->credits.sources = &credit;
	st->credits.n_sources = 1;
	st->done |= GROUP_CREDITS;
	fixture_run(f, st);
	assert_false(named(st, "KCNA")->is_quoted);
	fixture_free(f);
}

static void marks_the_place_of_the_dateline(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_entities, NULL);
	struct story *st = indonesian(f, STORY);
	st->credits.place.name = STR("Pyongyang");
	st->done |= GROUP_CREDITS;
	fixture_run(f, st);
	assert_true(named(st, "Pyongyang")->is_dateline);
	assert_false(named(st, "Rusia")->is_dateline);
	fixture_free(f);
}

/* The first name, of a story with such a dateline. */
static const char *uri_under_dateline(struct fixture *f, const char *dateline, const char *place, const char *body)
{
	static char uri[64];
	struct story *st = fixture_story(f, "", body);
	st->decode.language = STR("en");
	st->credits.dateline.name = str_of(dateline);
	st->credits.place = (struct named){.name = str_of(place), .label = str_of(place)};
	st->credits.source = STR("Merrow");
	st->done |= GROUP_CREDITS;
	fixture_run(f, st);
	const struct entity_name *name = named(st, place);
	assert_non_null(name);
	assert_true(name->is_dateline);
	snprintf(uri, sizeof uri, "%.*s", STR_ARG(name->uri));
	return uri;
}

static void takes_a_dateline_that_says_no_more_than_its_name_for_the_capital(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_entities, NULL);
	const char *body = "Senators met in Washington on Monday. The talks in Washington went on.";
	const char *capital = "https://sws.geonames.org/4140963/";
	assert_string_equal(uri_under_dateline(f, "Washington (Merrow) - ", "Washington", body), capital);
	assert_string_equal(uri_under_dateline(f, "Washington, March 3 (Merrow) - ", "Washington", body), capital);
	assert_string_equal(uri_under_dateline(f, "Washington, Merrow - ", "Washington", body), capital);
	assert_string_equal(uri_under_dateline(f, "Washington, Pa. (Merrow) - ", "Washington", body), "");
	fixture_free(f);
}

static void gives_no_day_of_the_week_as_a_name(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_entities, NULL);
	struct story *st = fixture_story(f, "",
	                                 "وزیر امور خارجه ایران دوشنبه گفت که مذاکرات با روسیه و تاجیکستان ادامه دارد. "
	                                 "دوشنبه شب هیئت ایرانی به مسکو رفت.");
	st->decode.language = STR("fa");
	fixture_run(f, st);
	assert_non_null(named(st, "تاجیکستان"));
	assert_null(named(st, "دوشنبه"));
	/* A story from there means the town. */
	st->credits.place.name = STR("دوشنبه");
	st->done |= GROUP_CREDITS;
	fixture_run(f, st);
	assert_non_null(named(st, "دوشنبه"));
	fixture_free(f);
}

static void gives_names_in_capitals_in_normal_case(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_entities, NULL);
	struct story *st = indonesian(f, "VLADIMIR PUTIN tiba di PYONGYANG hari ini, kata KCNA kemarin.");
	fixture_run(f, st);
	assert_non_null(named(st, "Vladimir Putin"));
	assert_str(named(st, "Vladimir Putin")->uri, "http://www.wikidata.org/entity/Q7747");
	assert_null(named(st, "VLADIMIR PUTIN"));
	fixture_free(f);
}

static void gives_only_the_types_that_are_wanted(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_entities, "types", "[person]", "lists", "false", NULL);
	struct story *st = indonesian(f, STORY);
	fixture_run(f, st);
	assert_sound(st);
	assert_int_equal(st->entities.n_names, 2);
	assert_null(named(st, "Rusia"));
	assert_false(st->entities.listed);
	fixture_free(f);
}

static void leaves_out_what_is_not_sure_enough(void **state)
{
	(void)state;
	struct fixture *all = fixture_new(&stage_entities, "min-confidence", "0", NULL);
	struct fixture *none = fixture_new(&stage_entities, "min-confidence", "1", NULL);
	struct story *st = indonesian(all, STORY);
	fixture_run(all, st);
	assert_true(st->entities.n_entities > 0);
	fixture_run(none, st);
	assert_int_equal(st->entities.n_entities, 0);
	fixture_free(all);
	fixture_free(none);
}

static void refuses_a_type_that_does_not_exist(void **state)
{
	(void)state;
	struct fixture *f = fixture_open(&stage_entities, NULL, "types", "[persons]", NULL);
	assert_false(f->is_open);
	assert_has(f->err.words, "persons");
	fixture_free(f);
}

static void no_data_here(struct stage_env *env)
{
	env->data_dir = STR("/nowhere");
}

static void names_the_file_that_is_not_there(void **state)
{
	(void)state;
	struct fixture *f = fixture_open(&stage_entities, no_data_here, NULL);
	assert_false(f->is_open);
	assert_has(f->err.words, "/nowhere/entities/names.gazetteer");
	fixture_free(f);
}

static void finds_nothing_in_nothing(void **state)
{
	(void)state;
	static const char *const bodies[] = {"", " ", "\n", ".", "a", "A", "12", "\u0301", "()", "-", "北", "'s"};
	struct fixture *f = fixture_new(&stage_entities, "min-confidence", "0", NULL);
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct story *st = indonesian(f, bodies[i]);
		assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
		assert_sound(st);
	}
	fixture_free(f);
}

/* A story of the pieces in some order; the order comes from `seed`. */
static char *mixed(uint64_t seed, size_t least)
{
	static const char *const pieces[] = {
	        "Putin", "Vladimir ", " ",       "Kim Jong-un", "\n",      "(KPK) ",  "Komisi Pemberantasan Korupsi ",
	        "AS",    "U.S. ",     "Korea ",  "Utara",       "-",       "'s ",     "\u2019",
	        "北京",  "Москве ",   "الرئيس ", "e\u0301",     ". ",      ", ",      "KCNA ",
	        "said ", "menurut ",  "Dr. ",    "JAKARTA ",    "a\u00ad", "ſtadt ",  "İstanbul",
	        "von ",  "der ",      "(",       ")",           "“",       "O'Neill", "al-Assad "};
	char *text = malloc(least + 64);
	size_t n = 0;
	while (n < least) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
		const char *piece = pieces[(seed >> 33) % (sizeof pieces / sizeof *pieces)];
		memcpy(text + n, piece, strlen(piece));
		n += strlen(piece);
	}
	text[n] = 0;
	return text;
}

static void cuts_every_mention_out_of_the_body_whatever_the_body_is(void **state)
{
	(void)state;
	static const char *const languages[] = {"id", "en", "hr", "ru", "zh", "tr", "und"};
	struct fixture *f = fixture_new(&stage_entities, "min-confidence", "0", NULL);
	for (uint64_t seed = 1; seed <= 300; seed++) {
		char *text = mixed(seed, 1 + seed % 7 * 150);
		struct story *st = fixture_story(f, "", text);
		st->decode.language = str_of(languages[seed % (sizeof languages / sizeof *languages)]);
		st->credits.place.name = seed % 3 ? STR("Jakarta") : STR("Korea Utara");
		st->done |= GROUP_CREDITS;
		fixture_run(f, st);
		assert_sound(st);
		arena_reset(&f->keep);
		free(text);
	}
	fixture_free(f);
}

static void reads_a_story_of_a_million_bytes(void **state)
{
	(void)state;
	static const char *const units[] = {
	        "Putin ", "Vladimir Putin (KPK). ", "A", "A ", "北京", "Korea Utara-", "a. A ", "\n", "((((", "Москве ",
	        "O'"};
	struct fixture *f = fixture_new(&stage_entities, NULL);
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		size_t n = strlen(units[u]), count = 1000000 / n;
		char *text = malloc(n * count + 1);
		for (size_t i = 0; i < count; i++)
			memcpy(text + i * n, units[u], n);
		text[n * count] = 0;
		struct story *st = indonesian(f, text);
		assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
		assert_true(st->entities.n_entities <= 4096 && st->entities.n_names <= 1000);
		arena_reset(&f->keep);
		free(text);
	}
	char *text = mixed(7, 1000000);
	struct story *st = indonesian(f, text);
	fixture_run(f, st);
	assert_sound(st);
	assert_string_equal(st->entities.warning, "entities-cut");
	arena_reset(&f->keep);
	free(text);
	fixture_free(f);
}

static void takes_an_unknown_word_behind_a_word_of_place_for_a_place(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_entities, NULL);
	struct story *st = fixture_story(f, "", "The ferry to Halvor was late.");
	st->decode.language = STR("en");
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	assert_int_equal(st->entities.n_names, 1);
	assert_int_equal(st->entities.names[0].type, ENTITY_PLACE);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_people_organisations_and_places_each_once),
	        cmocka_unit_test(marks_an_agency_that_the_body_cites),
	        cmocka_unit_test(marks_the_place_of_the_dateline),
	        cmocka_unit_test(takes_a_dateline_that_says_no_more_than_its_name_for_the_capital),
	        cmocka_unit_test(gives_no_day_of_the_week_as_a_name),
	        cmocka_unit_test(gives_names_in_capitals_in_normal_case),
	        cmocka_unit_test(gives_only_the_types_that_are_wanted),
	        cmocka_unit_test(leaves_out_what_is_not_sure_enough),
	        cmocka_unit_test(takes_an_unknown_word_behind_a_word_of_place_for_a_place),
	        cmocka_unit_test(refuses_a_type_that_does_not_exist),
	        cmocka_unit_test(names_the_file_that_is_not_there),
	        cmocka_unit_test(finds_nothing_in_nothing),
	        cmocka_unit_test(cuts_every_mention_out_of_the_body_whatever_the_body_is),
	        cmocka_unit_test(reads_a_story_of_a_million_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

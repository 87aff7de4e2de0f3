/* What is remembered of words is what is found out of them. */
#include "tests/harness.h"

#include "pipeline/stages/entities/calendar.h"
#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/forms.h"
#include "pipeline/stages/entities/reading.h"
#include "pipeline/stages/entities/title.h"

#define LIST_PATH WD_SOURCE_DIR "/pipeline/stages/entities/names.gazetteer"

struct desk {
	struct arena arena;
	struct gazetteer *gazetteer;
	struct forms *forms;
};

static int set_up(void **state)
{
	static struct desk desk;
	struct err err = {0};
	arena_init(&desk.arena, 0, 0);
	desk.gazetteer = gazetteer_open(LIST_PATH, &err);
	*state = &desk;
	if (!desk.gazetteer)
		return -1;
	desk.forms = forms_new(desk.gazetteer);
	return 0;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;
	forms_free(&desk->forms);
	gazetteer_close(&desk->gazetteer);
	arena_free(&desk->arena);
	return 0;
}

static const char *const texts[] = {
        "Presiden Joko Widodo said the Ministry of Foreign Affairs (MFA) in New York is no city of 3 o'clock.",
        "Министерство иностранных дел России, президент Владимир Путин в Москве; МОСКВА и Москва.",
        "وزارة الخارجية ورئيس الجمهورية في القاهرة وبيروت",
        "習近平在北京說：美國總統拜登。東京都知事、大阪。 서울시장은 부산에",
        "วุฒิสภา แพทองธาร ชินวัตร กระทรวงมหาดไทย นายกรัฐมนตรี",
        "İstanbul ISTANBUL ıstanbul Łódź ŁÓDŹ łódź U.S. 12 2024 al-Qaida de la Cruz — … ß",
        "प्रधानमंत्री नरेन्द्र मोदी नई दिल्ली में",
};

static void assert_known(struct desk *desk, const struct words *words)
{
	struct known_words known = forms_read(desk->forms, words, &desk->arena);
	for (size_t i = 0; i < words->n; i++) {
		struct str text = words_text(words, i);
		struct features_token word;
		features_word(words, i, desk->gazetteer, &word);
		assert_true(known.features[i].lower == word.lower);
		assert_int_equal(known.features[i].shape, word.shape);
		assert_int_equal(known.features[i].flags, word.flags);
		assert_int_equal(known.features[i].stem, word.stem);
		assert_int_equal(known.features[i].listed, word.listed);
		assert_int_equal(known.features[i].ending, word.ending);
		assert_true(known.keys[i] == reading_hash(text));
		assert_int_equal(known.flags[i] & FORM_IS_TITLE, title_is_text(text) ? FORM_IS_TITLE : 0);
		uint32_t name = known.listed[i].begins ? known.listed[i].name : UINT32_MAX;
		if (name != UINT32_MAX)
			assert_int_equal(name, gazetteer_find(desk->gazetteer, words, i, 1));
		for (size_t n = 0; n <= 3 && n <= words->n - i; n++)
			assert_int_equal(gazetteer_find_known(desk->gazetteer, words, known.listed, i, n),
			                 gazetteer_find(desk->gazetteer, words, i, n));
	}
}

static void knows_of_a_word_what_is_found_out_of_it(void **state)
{
	struct desk *desk = *state;
	for (int time = 0; time < 2; time++)
		for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
			struct words words = words_split(str_of(texts[t]), &desk->arena);
			assert_known(desk, &words);
		}
}

/* As many words as all but crowd out the ones before, and then those again. */
static void forgets_words_but_nothing_of_them(void **state)
{
	struct desk *desk = *state;
	struct words words = words_split(str_of(texts[0]), &desk->arena);
	assert_known(desk, &words);
	for (size_t from = 0; from < 3 * TAGGER_MEMORY_WORDS; from += 1000) {
		char text[16 * 1000], *end = text;
		for (size_t i = from; i < from + 1000; i++)
			end += snprintf(end, 16, "x%zx y ", i);
		struct arena_mark mark = arena_mark(&desk->arena);
		struct words others = words_split(str_make(text, (size_t)(end - text)), &desk->arena);
		assert_known(desk, &others);
		arena_rewind(&desk->arena, mark);
	}
	assert_known(desk, &words);
}

static void gives_each_word_a_place_of_the_tagger(void **state)
{
	struct desk *desk = *state;
	struct words words = words_split(STR("one two one three two one"), &desk->arena);
	for (int time = 0; time < 2; time++) {
		struct known_words known = forms_read(desk->forms, &words, &desk->arena);
		for (size_t i = 0; i < words.n; i++) {
			assert_true(known.places[i] < TAGGER_MEMORY_WORDS);
			for (size_t k = 0; k < i; k++)
				assert_int_equal(known.places[i] == known.places[k],
				                 str_eq(words_text(&words, i), words_text(&words, k)));
		}
	}
}

static void tells_each_word_that_may_be_a_date(void **state)
{
	struct desk *desk = *state;
	struct str text;
	size_t n = 0;
	for (struct calendar_place at = {0}; calendar_next(&at, &text);) {
		struct words words = words_split(text, &desk->arena);
		if (words.n != 1)
			continue;
		struct known_words known = forms_read(desk->forms, &words, &desk->arena);
		assert_true(known.flags[0] & FORM_MAY_BE_DATE);
		n++;
	}
	assert_true(n > 1000);
	struct words words = words_split(STR("Vladimir"), &desk->arena);
	assert_false(forms_read(desk->forms, &words, &desk->arena).flags[0] & FORM_MAY_BE_DATE);
}

static struct features_token look_up(struct desk *desk, const char *text)
{
	struct words words = words_split(str_of(text), &desk->arena);
	struct features_token word;
	assert_int_equal(words.n, 1);
	features_word(&words, 0, desk->gazetteer, &word);
	return word;
}

static void takes_endings_off_names_of_the_list(void **state)
{
	static const struct {
		const char *name, *form;
		unsigned sort;
	} forms[] = {{"Zagreb", "Zagrebu", FEATURES_LAND},
	             {"Bruxelles", "Bruxellesben", FEATURES_LAND},
	             {"Kristina", "Kristinu", FEATURES_FORENAME},
	             {"Лондон", "Лондоном", FEATURES_LAND}};
	struct desk *desk = *state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct features_token name = look_up(desk, forms[i].name), form = look_up(desk, forms[i].form);
		assert_int_equal(name.ending, 0);
		assert_int_not_equal(form.ending, 0);
		assert_true(name.listed & form.listed & forms[i].sort);
		assert_int_equal(name.stem, form.stem);
	}
	assert_int_equal(look_up(desk, "Zagreb").ending, 0);
	assert_int_equal(look_up(desk, "zagrebu").listed, 0);
	assert_int_equal(look_up(desk, "Xqzwvkpt").listed, 0);
	assert_int_equal(look_up(desk, "ZAGREBU").ending, 0);
}

static void knows_the_cues_that_begin_with_a_word(void **state)
{
	static const char *const languages[] = {"en", "id", "ru", "zh", "ja", "ko", "th", "hi", "pt"};
	struct desk *desk = *state;
	size_t n = 0;
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
		for (size_t l = 0; l < sizeof languages / sizeof *languages; l++) {
			struct words words = words_split(str_of(texts[t]), &desk->arena);
			struct known_words known = forms_read(desk->forms, &words, &desk->arena);
			struct str language = str_of(languages[l]);
			struct reading plain = reading_start(&words, desk->gazetteer, language, &desk->arena);
			struct reading knowing = reading_start(&words, desk->gazetteer, language, &desk->arena);
			reading_know(&knowing, &known);
			for (size_t i = 0; i < words.n; i++) {
				struct cue one = cue_at(&plain, i), other = cue_at(&knowing, i);
				assert_int_equal(one.kinds, other.kinds);
				assert_int_equal(one.n, other.n);
				n += one.kinds != 0;
			}
		}
	assert_true(n > 10);
}

static void matches_known_words_as_it_does_others(void **state)
{
	struct desk *desk = *state;
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
		struct name_match one[64], other[64];
		struct words words = words_split(str_of(texts[t]), &desk->arena);
		struct known_words known = forms_read(desk->forms, &words, &desk->arena);
		size_t n = gazetteer_match(desk->gazetteer, &words, one, 64);
		assert_int_equal(gazetteer_match_known(desk->gazetteer, &words, known.listed, other, 64), n);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(one[i].first, other[i].first);
			assert_int_equal(one[i].n, other[i].n);
			assert_int_equal(one[i].name, other[i].name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(knows_of_a_word_what_is_found_out_of_it),
	        cmocka_unit_test(forgets_words_but_nothing_of_them),
	        cmocka_unit_test(gives_each_word_a_place_of_the_tagger),
	        cmocka_unit_test(tells_each_word_that_may_be_a_date),
	        cmocka_unit_test(takes_endings_off_names_of_the_list),
	        cmocka_unit_test(knows_the_cues_that_begin_with_a_word),
	        cmocka_unit_test(matches_known_words_as_it_does_others),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

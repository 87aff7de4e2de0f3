/*
 * Words: what is one, where sentences begin, and that offsets always cut the body where they say.
 */
#include "tests/harness.h"

#include "pipeline/base/arena.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/words.h"

static int set_up(void **state)
{
	static struct arena arena;
	arena_init(&arena, 0, 0);
	*state = &arena;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

/* The words with a bar between them, where a sentence begins two, and a plus before one without white space. */
static const char *shown(struct arena *arena, struct words words)
{
	struct str line = STR("");
	for (size_t i = 0; i < words.n; i++) {
		uint8_t flags = words.at[i].flags;
		const char *mark = flags & WORD_SENTENCE ? " || " : flags & WORD_SPACE_BEFORE ? " | " : " + ";
		struct str word = words_text(&words, i);
		line = arena_printf(arena, "%.*s%s%.*s", STR_ARG(line), mark, STR_ARG(word));
	}
	return line.p;
}

static void assert_split(void **state, const char *body, const char *expected)
{
	struct words words = words_split(str_of(body), *state);
	assert_string_equal(shown(*state, words), expected);
}

/* Every offset is where it must be: words ascend, code points are counted, and nothing visible is left out. */
static void assert_sound(struct words words)
{
	size_t at = 0, cp = 0;
	for (size_t i = 0; i < words.n; i++) {
		const struct word *word = &words.at[i];
		assert_true(word->start >= at && word->end > word->start && word->end <= words.text.n);
		cp += utf8_count(str_slice(words.text, at, word->start));
		assert_int_equal(cp, word->start_cp);
		cp += utf8_count(words_text(&words, i));
		assert_int_equal(cp, word->end_cp);
		at = word->end;
	}
}

static void splits_letters_digits_and_signs(void **state)
{
	assert_split(state, "G20 pays 1,250 dollars (about 9%).",
	             " || G + 20 | pays | 1 + , + 250 | dollars | ( + about | 9 + % + ) + .");
}

static void lets_hyphens_and_apostrophes_be_words(void **state)
{
	assert_split(state, "Jong-un l'Italia O’Neill", " || Jong + - + un | l + ' + Italia | O + ’ + Neill");
}

static void keeps_marks_with_their_letters(void **state)
{
	/* e with a combining acute; Hindi vowel signs; Persian with a non-joiner inside; a soft hyphen. */
	assert_split(state, "Jose\u0301 a", " || Jose\u0301 | a");
	assert_split(state, "दिल्ली में", " || दिल्ली | में");
	assert_split(state, "می\u200cرود so\u00adft", " || می\u200cرود | so\u00adft");
}

static void takes_characters_one_by_one_where_words_do_not_stand_alone(void **state)
{
	assert_split(state, "北京3月", " || 北 + 京 + 3 + 月");
	assert_split(state, "กรุงเทพ", " || ก + รุ + ง + เ + ท + พ");
	assert_split(state, "東京タワー", " || 東 + 京 + タ + ワ + ー");
	assert_split(state, "서울에서 온", " || 서 + 울 + 에 + 서 | 온");
}

static void begins_sentences_behind_their_ends(void **state)
{
	assert_split(state, "He left. She said: “No!” Then rain… It fell?",
	             " || He | left + . || She | said + : | “ + No + ! + ” || Then | rain + … || It | fell + ?");
	assert_split(state, "Gone... but not lost.", " || Gone + . + . + . | but | not | lost + .");
	assert_split(state, "他走了。“我”說。好", " || 他 + 走 + 了 + 。 + “ || 我 + ” + 說 + 。 || 好");
	assert_split(state, "ذهب؟ نعم", " || ذهب + ؟ || نعم");
}

static void begins_no_sentence_behind_initials_numbers_and_titles(void **state)
{
	assert_split(state, "J. Doe, Dr. Roe", " || J + . | Doe + , | Dr + . | Roe");
	assert_split(state, "U.S. Navy am 21. Januar", " || U + . + S + . | Navy | am | 21 + . | Januar");
	assert_split(state, "In 2024. Then", " || In | 2024 + . || Then");
	assert_split(state, "an example.com page", " || an | example + . + com | page");
}

static void begins_a_sentence_with_each_line(void **state)
{
	struct words words = words_split(STR("one two\nthree\r\n\n four"), *state);
	assert_int_equal(words.n, 4);
	assert_int_equal(words.at[1].flags, WORD_SPACE_BEFORE);
	assert_int_equal(words.at[2].flags, WORD_SPACE_BEFORE | WORD_SENTENCE | WORD_PARAGRAPH);
	assert_int_equal(words.at[3].flags, WORD_SPACE_BEFORE | WORD_SENTENCE | WORD_PARAGRAPH);
}

static void says_what_letters_a_word_has(void **state)
{
	static const struct {
		const char *text;
		unsigned flags;
	} cases[] = {
	        {"small", 0},
	        {"Large", WORD_UPPER_FIRST},
	        {"KCNA", WORD_UPPER_FIRST | WORD_UPPER_ALL},
	        {"A", WORD_UPPER_FIRST},
	        {"iPhone", 0},
	        {"Élan", WORD_UPPER_FIRST},
	        {"ОТАН", WORD_UPPER_FIRST | WORD_UPPER_ALL},
	        {"Ǆep", WORD_UPPER_FIRST},
	        {"القاهرة", WORD_CASELESS},
	        {"თბილისი", WORD_CASELESS},
	        {"京", WORD_CASELESS | WORD_ALONE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct words words = words_split(str_of(cases[i].text), *state);
		assert_int_equal(words.n, 1);
		assert_int_equal(words.at[0].kind, WORD_LETTERS);
		assert_int_equal(words.at[0].flags & ~(unsigned)(WORD_SPACE_BEFORE | WORD_SENTENCE | WORD_PARAGRAPH),
		                 cases[i].flags);
	}
}

static void finds_no_word_where_nothing_is_visible(void **state)
{
	assert_int_equal(words_split(STR(""), *state).n, 0);
	assert_int_equal(words_split((struct str){NULL, 0}, *state).n, 0);
	assert_int_equal(words_split(STR(" \t\n\u00a0\u3000\u2028\u200b\ufeff"), *state).n, 0);
}

/* A megabyte of anything is split in one pass, and stays within 64 times its size. */
static void bears_a_megabyte_of_one_thing(void **state)
{
	static const char *const units[] = {"a",  "A",  "\u0301", ".",  "\"",  ". ", "1",
	                                    "京", "a ", "J. ",    "\n", "(A)", "😀",  "。」"};
	struct arena *arena = *state;
	enum { BYTES = 1 << 20 };
	char *text = malloc(BYTES);
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t unit = strlen(units[i]), n = BYTES / unit * unit;
		for (size_t at = 0; at < n; at += unit)
			memcpy(text + at, units[i], unit);
		arena_reset(arena);
		struct words words = words_split(str_make(text, n), arena);
		assert_true(words.n <= n);
		assert_true(arena->used_bytes <= (size_t)64 * BYTES);
		assert_sound(words);
	}
	free(text);
}

static void cuts_offsets_of_mixed_scripts_where_words_are(void **state)
{
	struct words words = words_split(STR("Ünal — 北京; Київ\u0301 «да». नई दिल्ली! 😀 g̃x\n\u0301x"), *state);
	assert_true(words.n > 12);
	assert_sound(words);
	/* A mark without a letter is a sign of its own. */
	assert_int_equal(words.at[words.n - 2].kind, WORD_SIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(splits_letters_digits_and_signs, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(lets_hyphens_and_apostrophes_be_words, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(keeps_marks_with_their_letters, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(takes_characters_one_by_one_where_words_do_not_stand_alone, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(begins_sentences_behind_their_ends, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(begins_no_sentence_behind_initials_numbers_and_titles, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(begins_a_sentence_with_each_line, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(says_what_letters_a_word_has, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(finds_no_word_where_nothing_is_visible, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(bears_a_megabyte_of_one_thing, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(cuts_offsets_of_mixed_scripts_where_words_are, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

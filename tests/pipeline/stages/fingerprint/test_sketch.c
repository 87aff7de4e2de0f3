/*
 * Sketches: what two texts share, which numbers and names are kept, what a headline says of its story.
 */
#include "tests/pipeline/stages/fixture.h"

#include "pipeline/sketch.h"
#include "pipeline/stages/fingerprint/headline.h"
#include "pipeline/words/fold.h"

#include <stdio.h>

extern const struct stage stage_fingerprint;

static const struct sketch *sketch_of(struct fixture *f, const char *headline, const char *body)
{
	struct story *st = fixture_story(f, headline, body);
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	assert_non_null(st->fingerprint.sketch);
	return st->fingerprint.sketch;
}

static bool has_sample(const struct sketch *s, uint32_t sample)
{
	for (size_t i = 0; i < s->n_samples; i++)
		if (s->samples[i] == sample)
			return true;
	return false;
}

static int count_shared(const struct sketch *a, const struct sketch *b)
{
	int n = 0;
	for (size_t i = 0; i < a->n_samples; i++)
		n += has_sample(b, a->samples[i]);
	return n;
}

static int count_minima(const struct sketch *a, const struct sketch *b)
{
	int n = 0;
	for (size_t i = 0; i < SKETCH_MINIMA; i++)
		n += sketch_minimum(a->text.minima, i) &&
		     sketch_minimum(a->text.minima, i) == sketch_minimum(b->text.minima, i);
	return n;
}

/* "word0 word1 …", words from `from` to `to`. */
static const char *words(char room[8000], int from, int to)
{
	size_t n = 0;
	for (int i = from; i < to; i++)
		n += (size_t)snprintf(room + n, 8000 - n, "w%d ", i);
	return room;
}

static void a_part_shares_samples_with_the_whole(void **state)
{
	(void)state;
	static char whole[8000], lead[8000], other[8000];
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	const struct sketch *a = sketch_of(f, "", words(whole, 0, 400)), *b = sketch_of(f, "", words(lead, 0, 80)),
	                    *c = sketch_of(f, "", words(other, 1000, 1400));
	assert_int_equal(a->text.n_shingles, 398);
	assert_int_equal(a->n_lead_samples, SKETCH_LEAD_SAMPLES_MAX);
	assert_true(a->n_samples <= SKETCH_SAMPLES_MAX);
	for (size_t i = 0; i < a->n_lead_samples; i++)
		assert_true(has_sample(b, a->samples[i]));
	assert_true(count_shared(a, b) >= SKETCH_LEAD_SAMPLES_MAX);
	assert_int_equal(count_shared(a, c), 0);
	/* Of so many shingles hardly a class has none. */
	assert_in_range(count_minima(a, a), SKETCH_MINIMA - 6, SKETCH_MINIMA);
	/* One in 15 by chance. */
	assert_in_range(count_minima(a, c), 0, 16);
	fixture_free(f);
}

static void white_space_case_and_punctuation_do_not_count(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	const struct sketch *
	        a = sketch_of(f, "", "The gate, \"opened\" today - four years after the great storm of the north."),
	       *b = sketch_of(f, "", "the GATE opened\ntoday four years\u00a0after the gr\u00adeat storm of the north");
	assert_int_equal(a->n_samples, b->n_samples);
	assert_int_equal(count_shared(a, b), a->n_samples);
	fixture_free(f);
}

static void scripts_without_blanks_are_sampled_by_characters(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	const struct sketch *a = sketch_of(f, "", "海港小镇月湾镇星期二启用了新的防洪闸门"),
	                    *b = sketch_of(f, "", "据报道，海港小镇月湾镇星期二启用了新的防洪闸门。"),
	                    *c = sketch_of(f, "", "หนังสือพิมพ์รายวัน");
	assert_int_equal(a->text.n_shingles, 14);
	assert_int_equal(count_shared(a, b), a->n_samples);
	assert_true(c->text.n_shingles > 8);
	fixture_free(f);
}

static bool has_number(const struct sketch *s, uint16_t value)
{
	for (size_t i = 0; i < s->text.n_numbers; i++)
		if (s->text.numbers[i].value == value)
			return true;
	return false;
}

static void numbers_are_read_in_every_form(void **state)
{
	(void)state;
	static const struct {
		const char *body;
		uint16_t value;
		bool is_there;
	} rows[] = {
	        {"there were 312 families", 312, true},
	        {"about 1,800 people came", 1800, true},
	        {"rund 1.800 Gäste kamen", 1800, true},
	        {"it cost ٤٧ million", 47, true},
	        {"it cost ４７ million", 47, true},
	        {"up 12.5 percent", 125, false},
	        {"up 12.5 percent", 12, false},
	        {"flight BA2490 landed", 2490, false},
	        {"the 3rd of them", 3, false},
	        {"ends with 77.", 77, true},
	        {"Copyright 2021 somebody", 2021, false},
	        {"© 2021 somebody", 2021, false},
	        {"in 2021 somebody", 2021, true},
	};
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sketch *s = sketch_of(f, "", rows[i].body);
		if (has_number(s, rows[i].value) != rows[i].is_there)
			fail_msg("'%s': %u is%s there", rows[i].body, rows[i].value, rows[i].is_there ? " not" : "");
	}
	fixture_free(f);
}

static void a_word_of_digits_and_letters_is_a_fact_without_a_plain_value(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	const struct sketch *a = sketch_of(f, "", "on the 18th floor"), *b = sketch_of(f, "", "on the 19th floor"),
	                    *c = sketch_of(f, "", "on the BA18 floor");
	assert_int_equal(a->text.n_numbers, 1);
	assert_int_equal(a->text.numbers[0].frame, b->text.numbers[0].frame);
	assert_int_not_equal(a->text.numbers[0].value, b->text.numbers[0].value);
	assert_true(a->text.numbers[0].value >= SKETCH_NUMBER_MIXED_MIN);
	assert_int_equal(c->text.n_numbers, 0);
	fixture_free(f);
}

static void the_opening_is_of_the_first_words_alone(void **state)
{
	(void)state;
	static char whole[8000], longer[8000], later[8000];
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	const struct sketch *a = sketch_of(f, "", words(whole, 0, 30)), *b = sketch_of(f, "", words(longer, 0, 400)),
	                    *c = sketch_of(f, "", words(later, 30, 400));
	int equal = 0;
	assert_memory_equal(a->text.opening, b->text.opening, sizeof(a->text.opening));
	for (size_t i = 0; i < SKETCH_OPENING_MINIMA; i++)
		equal += sketch_minimum(a->text.opening, i) == sketch_minimum(c->text.opening, i);
	assert_in_range(equal, 0, 3);
	fixture_free(f);
}

static void a_number_keeps_its_frame_and_its_words(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	struct story *a = fixture_story(f, "", "it cost 4,700,000.5 euros"),
	             *b = fixture_story(f, "", "it cost 31 euros");
	fixture_run(f, a);
	fixture_run(f, b);
	const struct sketch_text *x = &a->fingerprint.sketch->text, *y = &b->fingerprint.sketch->text;
	assert_int_equal(x->n_numbers, 1);
	assert_int_equal(x->numbers[0].frame, y->numbers[0].frame);
	assert_true(x->numbers[0].value >= SKETCH_NUMBER_PLAIN_MAX);
	assert_string_equal(a->fingerprint.words->numbers[0], "4,700,000.5");
	assert_string_equal(b->fingerprint.words->numbers[0], "31");
	fixture_free(f);
}

static void assert_names(struct fixture *f, const char *body, const char *expected)
{
	char found[500] = "";
	struct story *st = fixture_story(f, "", body);
	fixture_run(f, st);
	for (size_t i = 0; i < st->fingerprint.sketch->text.n_names; i++)
		snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s%.*s", i ? " " : "",
		         (int)st->fingerprint.words->names[i].n, st->fingerprint.words->names[i].p);
	assert_string_equal(found, expected);
}

static void names_of_the_lead_are_its_capitalised_words(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	assert_names(f, "The mayor of Marrow Point, Ellen Hartwick, said so. Nobody believed it.",
	             "Marrow Point Ellen Hartwick");
	assert_names(f, "GENEVA (Northline) - The mayor of Dunmore said so.", "Dunmore");
	assert_names(f, "By Our Correspondent\nThe mayor of Dunmore said that it was so.", "Dunmore");
	assert_names(f, "The North Star sank off Calder on Monday.", "North Star Calder Monday");
	assert_names(f, "WIND WARNING FOR THE COAST OF DUNMORE AND ALL HARBOURS NEAR CALDER TONIGHT", "");
	struct story *st =
	        fixture_story(f, "", "WIND WARNING FOR THE COAST OF DUNMORE AND ALL HARBOURS NEAR CALDER TONIGHT");
	fixture_run(f, st);
	assert_true(st->fingerprint.sketch->text.flags & SKETCH_CAPITALS);
	fixture_free(f);
}

static void headlines_say_that_a_story_is_a_new_version(void **state)
{
	(void)state;
	static const struct {
		const char *headline;
		uint8_t flags;
		const char *rest;
	} rows[] = {
	        {"UPDATE 2-Gate opens", SKETCH_UPDATE, "Gate opens"},
	        {"Update: Gate opens", SKETCH_UPDATE, "Gate opens"},
	        {"3rd Writethru: Gate opens", SKETCH_UPDATE, "Gate opens"},
	        {"(Adds details, quotes) Gate opens", SKETCH_UPDATE, "Gate opens"},
	        {"CORRECTED-UPDATE 1-Gate opens", SKETCH_CORRECTION | SKETCH_UPDATE, "Gate opens"},
	        {"RALAT: Gerbang dibuka", SKETCH_CORRECTION, "Gerbang dibuka"},
	        {"Berichtigung - Wehr eingeweiht", SKETCH_CORRECTION, "Wehr eingeweiht"},
	        {"(Neu: mehr Details) Wehr eingeweiht", SKETCH_UPDATE, "Wehr eingeweiht"},
	        {"Rectificatif : la vanne ouvre", SKETCH_CORRECTION, "la vanne ouvre"},
	        {"【更正】新闸门启用", SKETCH_CORRECTION, "新闸门启用"},
	        {"更正：新闸门启用", SKETCH_CORRECTION, "新闸门启用"},
	        {"تصحيح: افتتاح البوابة", SKETCH_CORRECTION, "افتتاح البوابة"},
	        {"ИСПРАВЛЕНИЕ: затвор открыт", SKETCH_CORRECTION, "затвор открыт"},
	        {"새 수문 개통(종합)", SKETCH_UPDATE, "새 수문 개통"},
	        {"Update on the gate expected", 0, "Update on the gate expected"},
	        {"Corrections officers strike", 0, "Corrections officers strike"},
	        {"Neu in Dunum: Werkzeug", 0, "Neu in Dunum: Werkzeug"},
	        {"2024: a year of gates", 0, "2024: a year of gates"},
	        {"", 0, ""},
	        {"(", 0, "("},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str rest;
		uint8_t flags = headline_marks(str_of(rows[i].headline), &rest);
		if (flags != rows[i].flags || !str_is(rest, rows[i].rest))
			fail_msg("'%s': flags %u, rest '%.*s'", rows[i].headline, flags, STR_ARG(rest));
	}
}

static void the_table_of_marks_is_written_as_it_is_compared(void **state)
{
	(void)state;
	static const char *const marks[] = {
#define MARK(kind, word) word,
#include "pipeline/stages/fingerprint/marks.def"
#undef MARK
	};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		char folded[200];
		size_t n = fold_text(str_of(marks[i]), folded, sizeof(folded));
		if (!str_is(str_make(folded, n), marks[i]))
			fail_msg("'%s' is folded to '%.*s'", marks[i], (int)n, folded);
	}
}

static void the_headline_counts_without_marks_and_outlet(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	static const char body[] = "a body";
	const struct sketch_text *a = &sketch_of(f, "Gate of Marrow Point opens", body)->text,
	                         *b = &sketch_of(f, "UPDATE 3-GATE OF MARROW POINT OPENS | Northline Wire", body)->text;
	assert_int_equal(a->n_headline, 5);
	assert_int_equal(b->n_headline, 5);
	assert_memory_equal(a->headline, b->headline, 5 * sizeof(a->headline[0]));
	assert_int_equal(b->flags, SKETCH_UPDATE);
	fixture_free(f);
}

/* A megabyte of what is worst for each part: one word, numbers alone, capitals alone, brackets, points, marks. */
static void hostile_text_is_bounded(void **state)
{
	(void)state;
	static const char *const patterns[] = {"a ",         "1,", "1 2,3.4 ", "Aa ",      "((((", "....",
	                                       "1.2.3.4.5.", "字", "A.B. ",    "update: ", "é́"};
	static char room[1000001];
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
		size_t length = strlen(patterns[p]), n = 0;
		for (; n + length < sizeof(room); n += length)
			memcpy(room + n, patterns[p], length);
		room[n] = 0;
		const struct sketch *s = sketch_of(f, room, room);
		assert_true(s->n_samples <= SKETCH_SAMPLES_MAX && s->text.n_numbers <= SKETCH_NUMBERS_MAX);
		assert_true(s->text.n_names <= SKETCH_NAMES_MAX && s->text.n_headline <= SKETCH_HEADLINE_MAX);
	}
	assert_int_equal(sketch_of(f, "", "again again again again again again again again again")->text.n_shingles, 1);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_part_shares_samples_with_the_whole),
	        cmocka_unit_test(white_space_case_and_punctuation_do_not_count),
	        cmocka_unit_test(scripts_without_blanks_are_sampled_by_characters),
	        cmocka_unit_test(numbers_are_read_in_every_form),
	        cmocka_unit_test(a_word_of_digits_and_letters_is_a_fact_without_a_plain_value),
	        cmocka_unit_test(the_opening_is_of_the_first_words_alone),
	        cmocka_unit_test(a_number_keeps_its_frame_and_its_words),
	        cmocka_unit_test(names_of_the_lead_are_its_capitalised_words),
	        cmocka_unit_test(headlines_say_that_a_story_is_a_new_version),
	        cmocka_unit_test(the_table_of_marks_is_written_as_it_is_compared),
	        cmocka_unit_test(the_headline_counts_without_marks_and_outlet),
	        cmocka_unit_test(hostile_text_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

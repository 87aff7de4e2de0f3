/*
 * What two sketches have to do with each other: each rule at its limit.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/likeness.h"

#define HOUR_MS (INT64_C(3600) * 1000)

/* A text of 300 shingles of which `shared` parts in 96 of the minima are those of all others made here. */
static struct sketch_text text_of(int shared, uint8_t own)
{
	struct sketch_text t = {.n_shingles = 300};
	for (int i = 0; i < SKETCH_MINIMA; i++)
		sketch_set_minimum(t.minima, (size_t)i, i < shared * SKETCH_MINIMA / 96 ? 7 : own);
	return t;
}

static void add_number(struct sketch_text *t, uint16_t frame, uint16_t value)
{
	t->numbers[t->n_numbers++] = (struct sketch_number){frame, value};
}

static void add_names(struct sketch_text *t, uint16_t first, int n)
{
	for (int i = 0; i < n; i++)
		t->names[t->n_names++] = (uint16_t)(first + i);
}

static void set_headline(struct sketch_text *t, uint16_t first, int n)
{
	for (int i = 0; i < n; i++)
		t->headline[i] = (uint16_t)(first + i);
	t->n_headline = (uint8_t)n;
}

static enum relation relation_of(const struct sketch_text *own, const struct sketch_text *other)
{
	struct likeness l;
	likeness_judge(own, other, &(struct likeness_terms){HOUR_MS}, &l);
	return l.relation;
}

static enum likeness_reason reason_of(const struct sketch_text *own, const struct sketch_text *other)
{
	struct likeness l;
	likeness_judge(own, other, &(struct likeness_terms){HOUR_MS}, &l);
	return l.relation == RELATION_REVISION ? l.reason : LIKENESS_NONE;
}

static void the_same_text_is_syndicated_and_another_is_different(void **state)
{
	(void)state;
	struct sketch_text a = text_of(96, 1), b = text_of(0, 1), c = text_of(0, 2);
	struct likeness l;
	likeness_judge(&a, &a, &(struct likeness_terms){0}, &l);
	assert_int_equal(l.relation, RELATION_SYNDICATED);
	assert_true(l.share > 0.99);
	assert_int_equal(relation_of(&b, &c), RELATION_DIFFERENT);
	a.n_shingles = 11;
	assert_int_equal(relation_of(&a, &a), RELATION_DIFFERENT);
}

static void half_of_a_text_must_be_shared(void **state)
{
	(void)state;
	/* 39 of 96 parts, of which some agree by chance: a third of all shingles, half of either text. */
	struct sketch_text a = text_of(39, 1), b = text_of(39, 2), c = text_of(35, 3), d = text_of(35, 4);
	assert_int_equal(relation_of(&a, &b), RELATION_SYNDICATED);
	assert_int_not_equal(relation_of(&c, &d), RELATION_SYNDICATED);
}

static void a_changed_number_in_its_frame_is_a_revision(void **state)
{
	(void)state;
	struct sketch_text a = text_of(96, 1), b = text_of(96, 1);
	for (uint16_t i = 0; i < 8; i++) {
		add_number(&a, i, i);
		add_number(&b, i, i == 3 ? 99 : i);
	}
	assert_int_equal(reason_of(&b, &a), LIKENESS_FACTS);
	/* One that is gone says nothing. */
	b.numbers[3] = (struct sketch_number){3, 3};
	b.n_numbers--;
	assert_int_equal(relation_of(&b, &a), RELATION_SYNDICATED);
}

static void other_numbers_in_the_same_frames_are_another_event(void **state)
{
	(void)state;
	struct sketch_text a = text_of(90, 1), b = text_of(90, 2);
	for (uint16_t i = 0; i < 10; i++) {
		add_number(&a, i, i);
		add_number(&b, i, (uint16_t)(i < 3 ? i : i + 500));
	}
	assert_int_equal(relation_of(&b, &a), RELATION_DIFFERENT);
	set_headline(&a, 0, 8);
	set_headline(&b, 0, 8);
	assert_int_equal(relation_of(&b, &a), RELATION_DIFFERENT);
}

static void names_on_both_sides_are_another_event_unless_the_headline_is_the_same(void **state)
{
	(void)state;
	struct sketch_text a = text_of(90, 1), b = text_of(90, 2);
	struct likeness l;
	add_names(&a, 0, 5);
	add_names(&b, 2, 5);
	set_headline(&a, 0, 8);
	set_headline(&b, 4, 8);
	assert_int_equal(relation_of(&b, &a), RELATION_DIFFERENT);
	/* A correction may name twice as many. */
	b.flags = SKETCH_CORRECTION;
	assert_int_equal(relation_of(&b, &a), RELATION_REVISION);
	b.flags = 0;
	set_headline(&b, 0, 8);
	assert_int_equal(relation_of(&b, &a), RELATION_SYNDICATED);
	likeness_judge(&b, &a, &(struct likeness_terms){25 * HOUR_MS}, &l);
	assert_int_equal(l.relation, RELATION_DIFFERENT);
	/* In capitals names are none. */
	set_headline(&b, 4, 8);
	b.flags = SKETCH_CAPITALS;
	b.n_names = 0;
	assert_int_equal(relation_of(&b, &a), RELATION_SYNDICATED);
}

static void a_mark_makes_a_revision_once(void **state)
{
	(void)state;
	struct sketch_text plain = text_of(96, 1), marked = text_of(96, 1);
	marked.flags = SKETCH_UPDATE;
	assert_int_equal(reason_of(&marked, &plain), LIKENESS_MARK);
	assert_int_equal(relation_of(&marked, &marked), RELATION_SYNDICATED);
	assert_int_equal(relation_of(&plain, &marked), RELATION_SYNDICATED);
}

static void a_short_part_is_an_excerpt_and_the_whole_contains_it(void **state)
{
	(void)state;
	struct sketch_text whole = text_of(34, 1), part = text_of(34, 2);
	part.n_shingles = 100;
	assert_int_equal(relation_of(&part, &whole), RELATION_EXCERPT);
	assert_int_equal(relation_of(&whole, &part), RELATION_CONTAINS);
	/* Under the same headline the whole is the story gone on. */
	set_headline(&whole, 0, 6);
	set_headline(&part, 0, 6);
	assert_int_equal(reason_of(&whole, &part), LIKENESS_TEXT);
}

static void limits_move_the_lines(void **state)
{
	(void)state;
	struct sketch_text a = text_of(48, 1), b = text_of(48, 2), part = text_of(34, 2), whole = text_of(34, 1);
	struct likeness l;
	const struct likeness_limits same = {80, 40, 2, 48}, excerpt = {50, 40, 2, 25}, facts = {50, 40, 3, 48};
	likeness_judge(&b, &a, &(struct likeness_terms){HOUR_MS, 0, {0}}, &l);
	assert_int_equal(l.relation, RELATION_SYNDICATED);
	likeness_judge(&b, &a, &(struct likeness_terms){HOUR_MS, 0, same}, &l);
	assert_int_not_equal(l.relation, RELATION_SYNDICATED);
	part.n_shingles = 100;
	likeness_judge(&part, &whole, &(struct likeness_terms){HOUR_MS, 0, excerpt}, &l);
	assert_int_not_equal(l.relation, RELATION_EXCERPT);
	add_names(&a, 100, 2);
	add_names(&b, 200, 2);
	assert_int_equal(relation_of(&b, &a), RELATION_DIFFERENT);
	likeness_judge(&b, &a, &(struct likeness_terms){HOUR_MS, 0, facts}, &l);
	assert_int_not_equal(l.relation, RELATION_DIFFERENT);
}

static void the_lead_of_a_long_story_is_told_by_its_samples(void **state)
{
	(void)state;
	struct sketch_text whole = text_of(12, 1), lead = text_of(12, 2);
	struct likeness l;
	whole.n_shingles = 700;
	lead.n_shingles = 100;
	likeness_judge(&lead, &whole, &(struct likeness_terms){0, 8}, &l);
	assert_int_equal(l.relation, RELATION_EXCERPT);
	likeness_judge(&lead, &whole, &(struct likeness_terms){0, 2}, &l);
	assert_int_not_equal(l.relation, RELATION_EXCERPT);
}

static void facts_that_only_one_side_has_are_named(void **state)
{
	(void)state;
	struct sketch_text a = text_of(96, 1), b = text_of(96, 1);
	struct likeness l;
	add_number(&a, 1, 10);
	add_number(&a, 2, 20);
	add_number(&b, 1, 10);
	add_number(&b, 2, 21);
	add_names(&b, 5, 2);
	likeness_judge(&b, &a, &(struct likeness_terms){0}, &l);
	assert_int_equal(l.own_numbers, 2);
	assert_int_equal(l.other_numbers, 2);
	assert_int_equal(l.own_names, 3);
	assert_int_equal(l.only_own, 3);
	assert_int_equal(l.only_other, 1);
	assert_int_equal(l.same, 1);
	assert_int_equal(l.changed, 1);
}

/* The same 80 of 100 shingles under another opening. */
static void old_paragraphs_under_a_new_lead_are_a_revision(void **state)
{
	(void)state;
	struct sketch_text a = text_of(90, 1), b = text_of(90, 2);
	memset(a.opening, 0x11, sizeof(a.opening));
	memset(b.opening, 0x22, sizeof(b.opening));
	add_names(&a, 0, 8);
	add_names(&b, 100, 2);
	add_names(&b, 2, 6);
	b.n_shingles = 380;
	assert_int_equal(reason_of(&b, &a), LIKENESS_TEXT);
	/* Under the old opening these are the names of another event. */
	memset(b.opening, 0x11, sizeof(b.opening));
	assert_int_equal(relation_of(&b, &a), RELATION_DIFFERENT);
	/* And so where a number has changed. */
	memset(b.opening, 0x22, sizeof(b.opening));
	add_number(&a, 1, 5);
	add_number(&b, 1, 6);
	assert_int_equal(relation_of(&b, &a), RELATION_DIFFERENT);
}

static void one_name_in_the_place_of_another_is_a_revision(void **state)
{
	(void)state;
	struct sketch_text a = text_of(96, 1), b = text_of(96, 1);
	add_names(&a, 0, 5);
	add_names(&b, 0, 5);
	b.names[2] = 99;
	assert_int_equal(reason_of(&b, &a), LIKENESS_FACTS);
	/* One that was put before the others, and one that fell out behind them, say nothing. */
	b.n_names = 0;
	add_names(&b, 99, 1);
	add_names(&b, 0, 4);
	assert_int_equal(relation_of(&b, &a), RELATION_SYNDICATED);
}

static void a_full_list_of_numbers_does_not_tell_what_it_left_out(void **state)
{
	(void)state;
	struct sketch_text a = text_of(96, 1), b = text_of(96, 1);
	for (uint16_t i = 0; i < SKETCH_NUMBERS_MAX; i++) {
		add_number(&a, (uint16_t)(10 + i), (uint16_t)(10 + i));
		add_number(&b, (uint16_t)(9 + i), (uint16_t)(9 + i));
	}
	assert_int_equal(relation_of(&b, &a), RELATION_SYNDICATED);
}

static void the_next_bulletin_of_an_event_is_a_revision_for_half_a_day(void **state)
{
	(void)state;
	struct sketch_text a = text_of(90, 1), b = text_of(90, 2);
	struct likeness l;
	a.flags = b.flags = SKETCH_CAPITALS;
	for (uint16_t i = 0; i < 10; i++) {
		add_number(&a, i, i);
		add_number(&b, i, (uint16_t)(i < 3 ? i + 500 : i));
	}
	assert_int_equal(reason_of(&b, &a), LIKENESS_FACTS);
	likeness_judge(&b, &a, &(struct likeness_terms){13 * HOUR_MS}, &l);
	assert_int_equal(l.relation, RELATION_DIFFERENT);
}

static void only_what_shares_hardly_anything_is_not_worth_judging(void **state)
{
	(void)state;
	const struct likeness_terms terms = {HOUR_MS};
	int n_any = 0;
	for (int shared = 0; shared <= 96; shared++) {
		struct sketch_text own = text_of(shared, 3), other = text_of(shared, 11);
		struct likeness l;
		likeness_judge(&own, &other, &terms, &l);
		bool is_any = likeness_is_any(&own, &other, &terms);
		assert_true(is_any || (l.relation == RELATION_DIFFERENT && 100 * l.share < LIKENESS_USUAL.same_text));
		n_any += is_any;
	}
	assert_in_range(n_any, 60, 96);
}

/* The brief of tonight's bulletin has the words of last night's, and its few numbers are others. */
static void a_part_with_other_numbers_is_one_of_another_bulletin(void **state)
{
	(void)state;
	struct sketch_text whole = text_of(96, 1), part = text_of(96, 1);
	part.n_shingles = 60;
	/* Of what is corrected, facts are lost in numbers. */
	whole.flags = SKETCH_CORRECTION;
	for (uint16_t i = 0; i < 3; i++) {
		add_number(&whole, i, i);
		add_number(&part, i, (uint16_t)(i < 1 ? i : i + 500));
	}
	assert_int_equal(relation_of(&part, &whole), RELATION_DIFFERENT);
	assert_int_not_equal(relation_of(&whole, &part), RELATION_REVISION);
	/* Half as many as agree may be a correction's. */
	part.numbers[1].value = 1;
	assert_int_equal(relation_of(&part, &whole), RELATION_EXCERPT);
	/* Under the same headline it is this one's. */
	part.numbers[1].value = 501;
	set_headline(&whole, 0, 8);
	set_headline(&part, 0, 8);
	assert_int_equal(relation_of(&part, &whole), RELATION_EXCERPT);
}

/* What marks itself as new replaces a short one only where it has nearly all of it. */
static void a_marked_story_with_some_words_of_a_short_one_is_no_version_of_it(void **state)
{
	(void)state;
	struct sketch_text whole = text_of(24, 1), part = text_of(24, 2);
	struct likeness l;
	whole.n_shingles = 200;
	part.n_shingles = 60;
	whole.flags = SKETCH_UPDATE;
	likeness_judge(&whole, &part, &(struct likeness_terms){HOUR_MS}, &l);
	assert_true(l.share > 0.65);
	assert_int_equal(l.relation, RELATION_REVISION);
	whole = text_of(20, 1);
	part = text_of(20, 2);
	whole.n_shingles = 200;
	part.n_shingles = 60;
	whole.flags = SKETCH_UPDATE;
	likeness_judge(&whole, &part, &(struct likeness_terms){HOUR_MS}, &l);
	assert_true(l.share > 0.5 && l.share < 0.65);
	assert_int_not_equal(l.relation, RELATION_REVISION);
}

/* A cut copy's lead has names of the other one's later paragraphs, which its sketch has not. */
static void names_of_a_cut_copy_make_no_other_event(void **state)
{
	(void)state;
	struct sketch_text whole = text_of(96, 1), cut = text_of(96, 1);
	add_names(&whole, 0, 10);
	add_names(&cut, 5, 10);
	set_headline(&whole, 0, 8);
	set_headline(&cut, 20, 8);
	assert_int_equal(relation_of(&cut, &whole), RELATION_DIFFERENT);
	cut.n_shingles = 250;
	assert_int_equal(relation_of(&cut, &whole), RELATION_SYNDICATED);
	add_number(&cut, 3, 7);
	assert_int_equal(relation_of(&cut, &whole), RELATION_DIFFERENT);
}

/* "Delays at the airport", in the morning and in the evening. */
static void a_series_of_which_no_number_stays_is_several_stories(void **state)
{
	(void)state;
	struct sketch_text a = text_of(60, 1), b = text_of(60, 2);
	set_headline(&a, 0, 4);
	set_headline(&b, 0, 4);
	for (uint16_t i = 0; i < 2; i++) {
		add_number(&a, i, i);
		add_number(&b, i, (uint16_t)(i + 500));
	}
	assert_int_equal(relation_of(&b, &a), RELATION_DIFFERENT);
	b.numbers[1].value = 1;
	assert_int_equal(relation_of(&b, &a), RELATION_REVISION);
	/* An update of the same says so. */
	b.numbers[1].value = 501;
	b.flags = SKETCH_UPDATE;
	assert_int_equal(relation_of(&b, &a), RELATION_REVISION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_same_text_is_syndicated_and_another_is_different),
	        cmocka_unit_test(half_of_a_text_must_be_shared),
	        cmocka_unit_test(a_changed_number_in_its_frame_is_a_revision),
	        cmocka_unit_test(other_numbers_in_the_same_frames_are_another_event),
	        cmocka_unit_test(names_on_both_sides_are_another_event_unless_the_headline_is_the_same),
	        cmocka_unit_test(a_mark_makes_a_revision_once),
	        cmocka_unit_test(a_short_part_is_an_excerpt_and_the_whole_contains_it),
	        cmocka_unit_test(limits_move_the_lines),
	        cmocka_unit_test(the_lead_of_a_long_story_is_told_by_its_samples),
	        cmocka_unit_test(facts_that_only_one_side_has_are_named),
	        cmocka_unit_test(old_paragraphs_under_a_new_lead_are_a_revision),
	        cmocka_unit_test(one_name_in_the_place_of_another_is_a_revision),
	        cmocka_unit_test(a_full_list_of_numbers_does_not_tell_what_it_left_out),
	        cmocka_unit_test(the_next_bulletin_of_an_event_is_a_revision_for_half_a_day),
	        cmocka_unit_test(only_what_shares_hardly_anything_is_not_worth_judging),
	        cmocka_unit_test(a_part_with_other_numbers_is_one_of_another_bulletin),
	        cmocka_unit_test(a_marked_story_with_some_words_of_a_short_one_is_no_version_of_it),
	        cmocka_unit_test(names_of_a_cut_copy_make_no_other_event),
	        cmocka_unit_test(a_series_of_which_no_number_stays_is_several_stories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

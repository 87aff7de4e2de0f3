/*
 * What a source repeats is offered; what repeats for another reason is not.
 */
#include "tests/harness.h"

#include "pipeline/base/arena.h"
#include "worker/suggest.h"

#include <stdarg.h>

static const struct feed feeds[] = {{.name = STR_INIT("antara")}, {.name = STR_INIT("default")}};

struct feeder {
	struct suggest *suggest;
	struct arena arena;
	struct message msg;
	int n;
};

static int make(void **state)
{
	struct feeder *f = calloc(1, sizeof(*f));
	f->suggest = suggest_new(&(struct suggest_options){.feeds = feeds, .n_feeds = 2, .least = 5});
	f->msg.feed = &feeds[0];
	arena_init(&f->arena, 0, 0);
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct feeder *f = *state;
	suggest_free(&f->suggest);
	arena_free(&f->arena);
	free(f);
	return 0;
}

/* A story of its own, with this line behind `above` paragraphs and before `below`. */
static void feed(struct feeder *f, const char *line, int above, int below)
{
	struct str body =
	        arena_printf(&f->arena, "The council of town %d met in the hall, and %d voted.", f->n, f->n * 7);
	for (int i = 1; i < above; i++)
		body = arena_printf(&f->arena, "%s\nIts member %d said so to %d of them.", body.p, f->n * 31 + i, i);
	body = arena_printf(&f->arena, "%s\n%s", body.p, line);
	for (int i = 0; i < below; i++)
		body = arena_printf(&f->arena, "%s\nThen %d went away with %d others.", body.p, f->n * 17 + i, i + 2);
	struct story st = {.msg = &f->msg, .done = GROUP_DECODE | GROUP_CLEANUP};
	st.cleanup.headline = arena_printf(&f->arena, "Town %d votes", f->n++);
	st.cleanup.body = body;
	suggest_learn(f->suggest, &st);
}

static struct str offered(struct feeder *f)
{
	struct buf out;
	buf_init(&out, 1 << 20);
	suggest_write(f->suggest, &out);
	struct str text = arena_copy(&f->arena, buf_view(&out));
	buf_free(&out);
	return text;
}

static void assert_offers(struct feeder *f, const char *words)
{
	assert_has(offered(f).p, words);
}

static void assert_offers_nothing(struct feeder *f)
{
	assert_string_equal(offered(f).p, "");
}

static void a_line_that_closes_many_stories_is_offered_for_its_source(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 10; i++)
		feed(f, "Tim Zorvex peliput", 3, 0);
	for (int i = 0; i < 10; i++)
		feed(f, "", 3, 2);
	assert_offers(
	        f, "# 20 stories of antara\n[antara]\n*\tendmark\tlast\tTim Zorvex peliput\tTim Zorvex peliput\tin 10 "
	           "stories, 50 %");
}

static void a_label_with_ever_other_headlines_is_offered(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 12; i++) {
		static const char *const words[] = {"Harbour", "Storm", "Bridge", "Court", "Grain", "Railway"};
		char line[100];
		snprintf(line, sizeof(line), "Zie ook bij ons: %s of the %s day", words[i % 6], words[i / 2]);
		feed(f, line, 2, 2);
	}
	assert_offers(f, "*\tpromo\tlabel\tZie ook bij ons\tZie ook bij ons: Harbour");
}

static void copies_of_one_story_count_once(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 30; i++) {
		f->n = 1;
		feed(f, "Tim Zorvex peliput", 3, 0);
	}
	assert_offers_nothing(f);
}

static void a_head_of_a_table_is_not_offered(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 20; i++)
		feed(f, "Team W L Pct\nAjax 3 4 .444", 3, 0);
	assert_null(strstr(offered(f).p, "Team W L"));
}

static void a_subhead_between_paragraphs_is_not_offered(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 20; i++)
		feed(f, "Background", 2, 4);
	assert_offers_nothing(f);
}

static void a_sentence_that_a_writer_repeats_is_not_offered(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 6; i++)
		feed(f, "The ministry did not respond to a request for comment.", 3, 0);
	for (int i = 0; i < 30; i++)
		feed(f, "", 3, 2);
	assert_offers_nothing(f);
}

static void a_sentence_that_tells_where_to_look_is_offered(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 6; i++)
		feed(f, "Sign up for our letter at https://zorvex.example today.", 3, 0);
	for (int i = 0; i < 30; i++)
		feed(f, "", 3, 2);
	assert_offers(f, "Sign up for our letter at https://zorvex.example today\t");
}

static void labels_beside_each_other_are_a_list(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 20; i++) {
		char line[100];
		snprintf(line, sizeof(line), "Home side: Alder and Birch %c\nGuests: Cedar and Dogwood %c", 'a' + i,
		         'b' + i);
		feed(f, line, 2, 2);
	}
	assert_offers_nothing(f);
}

static void a_label_in_an_entry_of_a_list_is_not_offered(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 20; i++) {
		char line[100];
		snprintf(line, sizeof(line), "* Other impacts: Icing on bridge %c", 'a' + i);
		feed(f, line, 2, 3);
	}
	assert_offers_nothing(f);
}

static void memory_is_bounded_and_what_comes_often_stays(void **state)
{
	struct feeder *f = *state;
	for (int i = 0; i < 30000; i++) {
		feed(f, i % 3 ? "" : "Tim Zorvex peliput", 4, 0);
		arena_reset(&f->arena);
	}
	assert_offers(f, "Tim Zorvex peliput");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(a_line_that_closes_many_stories_is_offered_for_its_source, make,
	                                        unmake),
	        cmocka_unit_test_setup_teardown(a_label_with_ever_other_headlines_is_offered, make, unmake),
	        cmocka_unit_test_setup_teardown(copies_of_one_story_count_once, make, unmake),
	        cmocka_unit_test_setup_teardown(a_head_of_a_table_is_not_offered, make, unmake),
	        cmocka_unit_test_setup_teardown(a_subhead_between_paragraphs_is_not_offered, make, unmake),
	        cmocka_unit_test_setup_teardown(a_sentence_that_a_writer_repeats_is_not_offered, make, unmake),
	        cmocka_unit_test_setup_teardown(a_sentence_that_tells_where_to_look_is_offered, make, unmake),
	        cmocka_unit_test_setup_teardown(labels_beside_each_other_are_a_list, make, unmake),
	        cmocka_unit_test_setup_teardown(a_label_in_an_entry_of_a_list_is_not_offered, make, unmake),
	        cmocka_unit_test_setup_teardown(memory_is_bounded_and_what_comes_often_stays, make, unmake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

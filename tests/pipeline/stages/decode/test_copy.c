/* What people put around a story's text: labels, signatures, heads of codes. */
#include "tests/pipeline/stages/decode/open_desk.h"

#include "pipeline/stages/decode/copy.h"

static void labels_above_the_text_are_read(void **state)
{
	struct draft draft = {0};
	(void)state;
	struct str rest = copy_take_labels(
	        &draft, STR("SDA\n\nHeadline: Ferry stops\n\nAbstract: It stops.\n\nGol PGA\nBy Ada Holm\n\n"
	                    "HOLT, March 10 (KNS) - The ferry stopped."));
	assert_true(str_is(draft.headline, "Ferry stops"));
	assert_true(str_is(draft.slugline, "Gol PGA"));
	assert_true(str_is(draft_names(draft.by), "Ada Holm"));
	assert_true(str_is(rest, "HOLT, March 10 (KNS) - The ferry stopped."));
}

static void text_without_labels_stays(void **state)
{
	static const char *const rows[] = {"The ferry stopped.", "Summary: it stopped.\nThe ferry.",
	                                   "Note: By Ada Holm", ""};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct draft draft = {0};
		assert_true(str_is(copy_take_labels(&draft, str_of(rows[i])), rows[i]));
		assert_int_equal(draft.headline.n + draft.by.n + draft.slugline.n, 0);
	}
}

static void signatures_and_lawyers_go(void **state)
{
	(void)state;
	assert_true(
	        str_is(copy_unsign(STR("It stopped.\n\nAda Holm\nFerry Writer\nPh: 555 0100\n\nThis email may contain "
	                               "information\nthat is confidential."),
	                           STR("By Ada Holm"), STR("Ada")),
	               "It stopped."));
	assert_true(str_is(copy_unsign(STR("It stopped.\nSent from my iPhone"), STR(""), STR("")), "It stopped."));
}

static void what_ends_a_story_stays(void **state)
{
	static const char *const rows[] = {
	        "It stopped.\nThis message was clear, the captain said.",
	        "It stopped.\nAda Holm",
	        "This email may contain confidential matters.",
	        "It stopped.\nThis \xc3\xa9lan is confidential, he said.",
	        "It stopped.\nNotic\xc3\xa9 is confidential.",
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(str_is(copy_unsign(str_of(rows[i]), STR("Ada Holm"), STR("")), rows[i]));
}

static void a_press_release_has_a_head(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "Source: Kite Works\r\nMEDIA RELEASE PR1\r\nKites of Holt Fly\r\nHigher\r\n\r\nHOLT, Feb. 2, 2025 "
	        "/Kite-Net/ --\r\n\r\nThe kites flew.\r\n");
	assert_true(str_is(st->decode.headline, "Kites of Holt Fly Higher"));
	assert_true(str_starts(st->decode.body, STR("HOLT, Feb. 2")));
	assert_true(str_has_fold(st->decode.given.info_sources, "Kite Works"));
}

static void a_bulletin_has_codes_above_its_headline(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "IDY21020\n40:2:1:04:55S\nSECURITE\nSea Warning for Holt Bay\nIssued by an office\n\nIt blows.\n");
	assert_true(str_is(st->decode.headline, "Sea Warning for Holt Bay"));
	assert_true(str_is(st->decode.slugline, "IDY21020"));
}

static void a_source_line_alone_is_no_head(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, "Source: a report\nThe ferry stopped on Monday.\n");
	assert_true(st->decode.headline_is_first_line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(labels_above_the_text_are_read),
	        cmocka_unit_test(text_without_labels_stays),
	        cmocka_unit_test(signatures_and_lawyers_go),
	        cmocka_unit_test(what_ends_a_story_stays),
	        cmocka_unit_test_setup_teardown(a_press_release_has_a_head, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_bulletin_has_codes_above_its_headline, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_source_line_alone_is_no_head, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

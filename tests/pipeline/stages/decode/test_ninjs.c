/* ninjs 1, 2 and 3: what tells it, the main texts by role, status and signals, what goes through. */
#include "tests/pipeline/stages/decode/open_desk.h"

static struct str passed(const struct story *st, const char *key)
{
	for (size_t i = 0; i < st->decode.n_passed; i++) {
		if (str_is(st->decode.passed[i].key, key))
			return st->decode.passed[i].json;
	}
	return (struct str){0};
}

static void ninjs_3_is_read(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "{\"uri\":\"urn:example:bees-1\",\"type\":\"text\",\"version\":\"1\",\"versionCreated\":\"2025-03-"
	        "09T08:00:00+01:00\","
	        "\"firstCreated\":\"2025-03-09T07:00:00Z\",\"pubStatus\":\"usable\",\"language\":\"en\",\"urgency\":3,"
	        "\"headlines\":[{\"role\":\"main\",\"value\":\"Bees prefer blue\"}],\"by\":\"A "
	        "B\",\"located\":\"Halle\","
	        "\"edNote\":\"e\",\"copyrightNotice\":\"c\",\"title\":\"t\",\"slugline\":\"BEES\","
	        "\"bodies\":[{\"role\":\"main\",\"contentType\":\"text/html\",\"value\":\"<p>One.</p><p>Two.</p>\"}]}");
	assert_string_equal(st->decode.format, "ninjs");
	assert_str(st->decode.uri, "urn:example:bees-1");
	assert_str(st->decode.headline, "Bees prefer blue");
	assert_str(st->decode.text, "One.\nTwo.");
	assert_str(st->decode.version, "1");
	assert_str(st->decode.version_created, "2025-03-09T08:00:00+01:00");
	assert_str(st->decode.first_created, "2025-03-09T07:00:00Z");
	assert_str(st->decode.language, "en");
	assert_str(st->decode.by, "A B");
	assert_str(st->decode.located, "Halle");
	assert_str(st->decode.ed_note, "e");
	assert_str(st->decode.copyright, "c");
	assert_str(st->decode.title, "t");
	assert_str(st->decode.slugline, "BEES");
	assert_int_equal(st->decode.urgency, 3);
	assert_int_equal(st->decode.pub_status, PUB_USABLE);
	assert_null(st->decode.control);
	assert_null(st->decode.type);
	assert_int_equal(st->decode.n_warnings, 0);
}

static void headlines_or_bodies_are_enough_to_be_ninjs(void **state)
{
	(void)state;
	assert_string_equal(desk_text(&desk, "{\"headlines\":[{\"value\":\"H\"}]}")->decode.format, "ninjs");
	assert_string_equal(desk_text(&desk, "{\"bodies\":[{\"value\":\"B\"}]}")->decode.format, "ninjs");
	assert_string_equal(desk_text(&desk, "{\"bodies\":\"B\"}")->decode.format, "ninjs");
	assert_string_equal(desk_text(&desk, "{\"headlines\":[\"H\"],\"language\":\"\"}")->decode.format, "ninjs");
	assert_string_equal(desk_text(&desk, "{\"uri\":\"u\",\"body_text\":\"B\"}")->decode.format, "ninjs");
	assert_string_equal(
	        desk_text(&desk, "{\"uri\":\"u\",\"versioncreated\":\"?\",\"headline\":\"H\"}")->decode.format,
	        "ninjs");
	assert_string_equal(desk_text(&desk, "{\"body_text\":\"B\"}")->decode.format, "json");
	assert_string_equal(desk_text(&desk, "{\"uri\":\"u\",\"body\":\"B\"}")->decode.format, "json");
}

static void ninjs_1_is_read(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "{\"uri\":\"http://ninjs.example.com/"
	               "1\",\"type\":\"picture\",\"versioncreated\":\"2013-07-09T10:37:00Z\",\"byline\":\"P S\","
	               "\"headline\":\"H\",\"body_text\":\"B\",\"pubstatus\":\"usable\",\"embargoed\":\"2013-07-10T00:"
	               "00:00Z\","
	               "\"representationtype\":\"incomplete\",\"ednote\":\"e\",\"copyrightholder\":\"AP\","
	               "\"usageterms\":\"u\"}");
	assert_string_equal(st->decode.format, "ninjs");
	assert_str(st->decode.by, "P S");
	assert_str(st->decode.headline, "H");
	assert_str(st->decode.text, "B");
	assert_str(st->decode.embargoed_until, "2013-07-10T00:00:00Z");
	assert_str(st->decode.ed_note, "e");
	assert_string_equal(st->decode.type, "picture");
	assert_true(st->decode.is_partial);
	assert_str(passed(st, "copyrightHolder"), "\"AP\"");
	assert_str(passed(st, "usageTerms"), "\"u\"");
}

static void the_main_text_is_found_by_role_then_kind_then_place(void **state)
{
	(void)state;
	static const struct {
		const char *bodies, *body;
	} rows[] = {
	        {"[{\"role\":\"caption\",\"value\":\"c\"},{\"role\":\"main\",\"value\":\"m\"}]", "m"},
	        {"[{\"role\":\"caption\",\"value\":\"c\"},{\"value\":\"v\"}]", "v"},
	        {"[{\"contentType\":\"text/html\",\"value\":\"<i>h</i>\"},{\"contentType\":\"text/"
	         "plain\",\"value\":\"p\"}]",
	         "p"},
	        {"[{\"role\":\"main\",\"contenttype\":\"text/html\",\"value\":\"<i>h</i>\"},{\"value\":\"p\"}]", "h"},
	        {"[{\"role\":\"MAIN\",\"value\":\" "
	         "\"},{\"role\":\"x\",\"value\":\"1\"},{\"role\":\"y\",\"value\":\"2\"}]",
	         "1"},
	        {"[{\"role\":\"main\",\"value\":7},{\"role\":\"x\",\"value\":\"1\"}]", "1"},
	        {"[null,5,[],{},{\"value\":\"ok\"}]", "ok"},
	        {"[{\"contentType\":\"text/plain\",\"value\":\"<p>literal</p>\"}]", "<p>literal</p>"},
	        {"[{\"value\":\"<p>a</p><p>b</p>\"}]", "a\nb"},
	        {"{\"value\":\"no list\"}", "no list"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[300];
		snprintf(text, sizeof text, "{\"headlines\":[{\"value\":\"H\"}],\"bodies\":%s}", rows[i].bodies);
		assert_str(desk_text(&desk, text)->decode.body, rows[i].body);
	}
}

static void what_is_missing_is_looked_for_elsewhere(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, "{\"headlines\":[],\"title\":\"T\",\"bodies\":[],\"body_html\":\"<p>x</p>\"}");
	assert_str(st->decode.headline, "T");
	assert_str(st->decode.body, "x");
	st = desk_text(&desk, "{\"uri\":\"u:1\",\"versioncreated\":\"\",\"description_text\":\"D\"}");
	assert_str(st->decode.body, "D");
	assert_true(desk_has_warning(st, "body-from-description"));
}

static void a_canceled_story_is_a_kill_with_or_without_text(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "{\"uri\":\"urn:x:1\",\"versioncreated\":\"2025-02-11T09:23:00Z\",\"pubstatus\":\"canceled\"}");
	assert_int_equal(st->decode.pub_status, PUB_CANCELED);
	assert_string_equal(st->decode.control, "kill");
	assert_str(st->decode.text, "");
	st = desk_text(&desk, "{\"headlines\":[{\"value\":\"H\"}],\"pubStatus\":\"stat:Canceled\"}");
	assert_string_equal(st->decode.control, "kill");
}

static void withheld_is_a_withdrawal_or_an_embargo(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, "{\"headlines\":[{\"value\":\"H\"}],\"pubStatus\":\"withheld\"}");
	assert_int_equal(st->decode.pub_status, PUB_WITHHELD);
	assert_string_equal(st->decode.control, "withdrawal");
	st = desk_text(&desk, "{\"headlines\":[{\"value\":\"H\"}],\"pubStatus\":\"withheld\",\"embargoedUntil\":\"2025-"
	                      "03-10T11:00:00Z\"}");
	assert_int_equal(st->decode.pub_status, PUB_WITHHELD);
	assert_null(st->decode.control);
	assert_str(st->decode.embargoed_until, "2025-03-10T11:00:00Z");
	st = desk_text(&desk, "{\"headlines\":[{\"value\":\"H\"}],\"pubStatus\":\"commissioned\"}");
	assert_int_equal(st->decode.pub_status, PUB_USABLE);
	assert_true(desk_has_warning(st, "pub-status-unknown"));
}

static void signals_mark_corrections_and_control_copy(void **state)
{
	(void)state;
	assert_true(desk_text(&desk, "{\"headlines\":[\"H\"],\"signal\":\"sig:correction\"}")->decode.is_correction);
	assert_true(desk_text(&desk, "{\"headlines\":[\"H\"],\"signals\":[\"x\",{\"uri\":\"http://cv.iptc.org/"
	                             "newscodes/signal/update\"}]}")
	                    ->decode.is_correction);
	assert_false(desk_text(&desk, "{\"headlines\":[\"H\"],\"signals\":[\"newscontent\"]}")->decode.is_correction);
	assert_string_equal(desk_text(&desk, "{\"headlines\":[\"H\"],\"signals\":[\"test\"]}")->decode.control, "test");
	assert_string_equal(desk_text(&desk, "{\"headlines\":[\"H\"],\"type\":\"advisory\"}")->decode.control,
	                    "advisory");
}

static void other_properties_go_through_to_the_letter(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, "{\"headlines\":[\"H\"],\"subjects\":[ "
	                         "{\"name\":\"Fl\\u00fcsse\",\"uri\":\"http:\\/\\/x.org\\/1\",\"confidence\":90} ],"
	                         "\"genres\":[{\"name\":\"Feature\"}],\"expires\":\"2030-01-01T00:00:00Z\","
	                         "\"rightsInfo\":{\"linkedRights\":\"http://r/\"},"
	                         "\"renditions\":[{\"name\":\"r\",\"width\":800,\"duration\":1.250}],"
	                         "\"associations\":[{\"name\":\"a\",\"uri\":\"urn:x:2\",\"associations\":[{\"name\":"
	                         "\"b\",\"uri\":\"urn:x:3\"}]}]}");
	assert_str(passed(st, "subjects"),
	           "[ {\"name\":\"Fl\\u00fcsse\",\"uri\":\"http:\\/\\/x.org\\/1\",\"confidence\":90} ]");
	assert_str(passed(st, "genres"), "[{\"name\":\"Feature\"}]");
	assert_str(passed(st, "expires"), "\"2030-01-01T00:00:00Z\"");
	assert_str(passed(st, "rightsInfo"), "{\"linkedRights\":\"http://r/\"}");
	assert_str(passed(st, "renditions"), "[{\"name\":\"r\",\"width\":800,\"duration\":1.250}]");
	assert_int_not_equal(st->decode.given.associations.n, 0);
	assert_int_equal(st->decode.n_passed, 5);
	assert_int_equal(st->decode.n_warnings, 0);
}

static void what_goes_through_fits_on_one_line(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, "{\"headlines\":[\"H\"],\"subjects\":[\n  {\n\t\"name\": \"a \\\" b\\\\\" } ]}");
	assert_str(passed(st, "subjects"), "[{\"name\":\"a \\\" b\\\\\"}]");
}

static void what_would_make_the_record_invalid_does_not_go_through(void **state)
{
	(void)state;
	static const char *const values[] = {
	        "\"subjects\":[{\"name\":1}]",
	        "\"subjects\":[{\"code\":\"x\"}]",
	        "\"subjects\":\"x\"",
	        "\"subjects\":[{\"uri\":\"no uri\"}]",
	        "\"subjects\":[{\"confidence\":101}]",
	        "\"subjects\":[{\"confidence\":-1}]",
	        "\"subjects\":[{\"confidence\":1.5}]",
	        "\"subjects\":[{\"name\":\"a\",\"name\":\"b\"}]",
	        "\"renditions\":[{\"href\":\"http://x\"}]",
	        "\"renditions\":[{\"name\":\"a\",\"contenttype\":\"b\"}]",
	        "\"renditions\":[{\"name\":\"a\",\"duration\":1e400}]",
	        "\"expires\":\"tomorrow\"",
	        "\"rightsInfo\":{}",
	        "\"rightsInfo\":{\"linkedRights\":\"http://a\",\"encodedRights\":\"b\"}",
	        "\"associations\":[{\"name\":\"a\"}]",
	        "\"associations\":{\"a\":{}}",
	        "\"descriptions\":[{\"role\":\"x\"}]",
	        "\"eventDetails\":{\"dates\":{\"startDate\":\"2024-01-01T00:00:00Z\",\"expectedStartDate\":\"2024\"}}",
	        "\"plannedCoverage\":[{\"type\":\"rumour\"}]",
	        "\"profile\":7"};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char text[300];
		snprintf(text, sizeof text, "{\"headlines\":[\"H\"],%s}", values[i]);
		const struct story *st = desk_text(&desk, text);
		if (st->decode.n_passed || !st->decode.n_warnings)
			fail_msg("went through: %s", values[i]);
		assert_memory_equal(st->decode.warnings[0], "not-passed: ", 12);
	}
}

static void events_may_be_dated_as_far_as_is_known(void **state)
{
	(void)state;
	static const char *const dates[] = {"2024", "2024-05", "2024-05-01", "2024-05-01T10:00:00",
	                                    "2024-05-01T10:00:00.5+01:00"};
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		char text[200];
		snprintf(text, sizeof text,
		         "{\"headlines\":[\"H\"],\"eventDetails\":{\"dates\":{\"expectedStartDate\":\"%s\"}}}",
		         dates[i]);
		assert_int_equal(desk_text(&desk, text)->decode.n_passed, 1);
	}
}

static void lists_that_stages_add_to_are_given_without_brackets(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "{\"headlines\":[\"H\"],\"people\":[ {\"name\":\"A\"},{\"name\":\"B\"} ],\"altIds\":[],"
	               "\"infoSources\":[{\"name\":\"dpa\",\"role\":\"source\"}],\"places\":[{\"geo\":1}]}");
	assert_str(st->decode.given.people, "{\"name\":\"A\"},{\"name\":\"B\"}");
	assert_str(st->decode.given.info_sources, "{\"name\":\"dpa\",\"role\":\"source\"}");
	assert_int_equal(st->decode.given.alt_ids.n, 0);
	assert_int_equal(st->decode.given.places.n, 0);
	assert_true(desk_has_warning(st, "not-passed: places"));
	assert_int_equal(st->decode.n_passed, 0);
}

static void an_object_that_is_no_ninjs_hands_nothing_through(void **state)
{
	(void)state;
	assert_int_equal(desk_text(&desk, "{\"title\":\"T\",\"subjects\":[{\"name\":\"n\"}]}")->decode.n_passed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ninjs_3_is_read),
	        cmocka_unit_test(headlines_or_bodies_are_enough_to_be_ninjs),
	        cmocka_unit_test(ninjs_1_is_read),
	        cmocka_unit_test(the_main_text_is_found_by_role_then_kind_then_place),
	        cmocka_unit_test(what_is_missing_is_looked_for_elsewhere),
	        cmocka_unit_test(a_canceled_story_is_a_kill_with_or_without_text),
	        cmocka_unit_test(withheld_is_a_withdrawal_or_an_embargo),
	        cmocka_unit_test(signals_mark_corrections_and_control_copy),
	        cmocka_unit_test(other_properties_go_through_to_the_letter),
	        cmocka_unit_test(what_goes_through_fits_on_one_line),
	        cmocka_unit_test(what_would_make_the_record_invalid_does_not_go_through),
	        cmocka_unit_test(events_may_be_dated_as_far_as_is_known),
	        cmocka_unit_test(lists_that_stages_add_to_are_given_without_brackets),
	        cmocka_unit_test(an_object_that_is_no_ninjs_hands_nothing_through),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

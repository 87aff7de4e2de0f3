/* XML that is nobody's standard. All texts are made up. */
#include "tests/pipeline/stages/decode/open_desk.h"

#include "pipeline/base/utf8.h"

static void a_sender_who_is_known_has_rows_of_his_own(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "<RBNews xmlns:i=\"urn:x\"><NewsID>9a69</NewsID><strapline>NU/X</strapline><headline i:nil=\"true\"/>"
	        "<town>Haag</town><origin>/ritzau/</origin><version>1</version><content>&lt;p&gt;Et.&lt;/"
	        "p&gt;&lt;p&gt;To.&lt;/p&gt;"
	        "</content><Priority>3</Priority><IPTCList><int>4000000</int><int>11001000</int></IPTCList>"
	        "<Annuleret>false</Annuleret><Korrektion>true</Korrektion><byLine>Peder Poulsen</byLine></RBNews>");
	assert_string_equal(st->decode.format, "xml");
	assert_str(st->decode.guid, "9a69");
	assert_str(st->decode.headline, "");
	assert_str(st->decode.body, "Et.\nTo.");
	assert_str(st->decode.located, "Haag");
	assert_str(st->decode.by, "Peder Poulsen");
	assert_int_equal(st->decode.urgency, 3);
	assert_true(st->decode.is_correction);
	assert_null(st->decode.control);
	assert_has(st->decode.passed[0].json.p, "subjectcode/04000000");
	assert_has(st->decode.passed[0].json.p, "subjectcode/11001000");
	assert_has(
	        st->decode.passed[0].json.p,
	        "{\"name\":\"politics and government\",\"uri\":\"http://cv.iptc.org/newscodes/mediatopic/11000000\"");
}

static void a_lead_stands_before_the_body(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "<release id=\"7\" lang=\"no\"><body>&lt;p&gt;To.&lt;/p&gt;</body><leadtext>Ett.</leadtext>"
	               "<title>Tittel</title></release>");
	assert_str(st->decode.headline, "Tittel");
	assert_str(st->decode.body, "Ett.\nTo.");
	assert_str(st->decode.guid, "7");
	assert_str(st->decode.language, "no");
}

static void anybodys_xml_is_read_under_the_usual_names(void **state)
{
	(void)state;
	desk_give(&desk, STR("<?xml version=\"1.0\"?><export><meta><count>2</count></meta><article "
	                     "id=\"1\"><Title>One</Title><Text><p>A.</p><p>B.</p></Text>"
	                     "<Author>Nora Teasdale</Author></article><article "
	                     "id=\"2\"><Title>Two</Title><Text>C.</Text></article></export>"));
	assert_int_equal(desk.msg.n_parts, 2);
	assert_str(desk.msg.parts[0]->decode.headline, "One");
	assert_str(desk.msg.parts[0]->decode.body, "A.\nB.");
	assert_str(desk.msg.parts[0]->decode.by, "Nora Teasdale");
	assert_str(desk.msg.parts[1]->decode.body, "C.");
}

/* What says on what ground a format was recognised is shown in the record: text, wherever it is cut. */
static void an_elements_long_name_is_cut_between_characters(void **state)
{
	static const char *const names[] = {"éééééééééééééééééééééééé", "aéééééééééééééééééééééééé"};
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char text[400];
		snprintf(text, sizeof(text), "<%s><title>Bees</title><body>Bees fly.</body></%s>", names[i], names[i]);
		const struct story *st = desk_text(&desk, text);
		assert_str(st->decode.headline, "Bees");
		assert_true(utf8_is_valid(str_of(st->decode.format_basis)));
	}
}

static void an_envelope_around_a_known_format_is_opened(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "<s:Envelope xmlns:s=\"urn:s\"><s:Body><nitf><body><body.head><hedline><hl1>H</hl1></hedline>"
	               "</body.head><body.content><p>B.</p></body.content></body></nitf></s:Body></s:Envelope>");
	assert_string_equal(st->decode.format, "nitf");
	assert_str(st->decode.body, "B.");
}

static void xml_that_says_nothing_known_is_a_dead_letter_with_its_root(void **state)
{
	(void)state;
	desk_assert_dead(&desk, STR("<Response Status=\"OK\"><Match ID=\"1\"/></Response>"), REASON_BAD_FORMAT,
	                 "'Response'");
	desk_assert_dead(&desk, STR("<?xml version=\"1.0\"?>\n<Response><Match></Response>"), REASON_BAD_XML,
	                 "line 2, column 18");
}

static void what_only_looks_like_xml_is_text(void **state)
{
	(void)state;
	static const char *const texts[] = {"<Editors> please note the change.",
	                                    "<a word in brackets> and more",
	                                    "<",
	                                    "<<<",
	                                    "5 < 6",
	                                    "<headline missing"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		desk_give(&desk, str_of(texts[i]));
		assert_int_equal(desk.msg.end.outcome, OUTCOME_OPEN);
		if (desk.msg.n_parts)
			assert_string_equal(desk.msg.parts[0]->decode.format, "plain-text");
	}
}

static void a_source_may_force_a_format(void **state)
{
	(void)state;
	struct desk forced;
	desk_open(&forced, "", "xml");
	assert_string_equal(
	        desk_text(&forced, "<rss><channel><item><title>T</title></item></channel></rss>")->decode.format,
	        "rss");
	desk_assert_dead(&forced, STR("plain text"), REASON_BAD_FORMAT, "format that its source says");
	desk_assert_dead(&forced, STR("<a"), REASON_BAD_XML, "line 1, column 3");
	desk_close(&forced);
	desk_open(&forced, "", "nitf");
	desk_assert_dead(&forced, STR("<rss/>"), REASON_BAD_FORMAT, "format that its source says");
	desk_close(&forced);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_sender_who_is_known_has_rows_of_his_own),
	        cmocka_unit_test(a_lead_stands_before_the_body),
	        cmocka_unit_test(anybodys_xml_is_read_under_the_usual_names),
	        cmocka_unit_test(an_elements_long_name_is_cut_between_characters),
	        cmocka_unit_test(an_envelope_around_a_known_format_is_opened),
	        cmocka_unit_test(xml_that_says_nothing_known_is_a_dead_letter_with_its_root),
	        cmocka_unit_test(what_only_looks_like_xml_is_text),
	        cmocka_unit_test(a_source_may_force_a_format),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

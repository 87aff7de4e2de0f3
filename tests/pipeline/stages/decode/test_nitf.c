/* NITF. All texts are made up. */
#include "tests/pipeline/stages/decode/open_desk.h"

static const struct story *nitf(const char *head, const char *body_head, const char *content)
{
	char text[8000];
	snprintf(text, sizeof text,
	         "<!DOCTYPE nitf SYSTEM \"http://x.example/nitf-3-3.dtd\">\n<nitf "
	         "baselang=\"en-GB\"><head>%s</head><body>"
	         "<body.head>%s</body.head><body.content>%s</body.content><body.end/></body></nitf>",
	         head, body_head, content);
	return desk_text(&desk, text);
}

static void a_document_is_a_story_with_its_fields(void **state)
{
	(void)state;
	const struct story *st = nitf(
	        "<title>1 SLUG</title><meta name=\"anpa-keyword\" content=\"Flood\"/>"
	        "<tobject><tobject.property tobject.property.type=\"Current\"/>"
	        "<tobject.subject tobject.subject.refnum=\"03000000\" tobject.subject.type=\"Disaster\"/></tobject>"
	        "<docdata management-status=\"usable\"><doc-id regsrc=\"KNS\" id-string=\"kns.flood.1\"/><urgency "
	        "ed-urg=\"2\"/>"
	        "<date.issue norm=\"2025-02-11T09:23:00Z\"/><du-key key=\"K\" version=\"4\"/><ed-msg info=\"Adds "
	        "quotes\"/>"
	        "<key-list><keyword key=\"river\"/></key-list><doc.copyright holder=\"KNS\" year=\"2025\"/></docdata>",
	        "<hedline><hl1>Flood cuts off Holt</hl1><hl2>Sub</hl2></hedline>"
	        "<byline>By <person>Nora Teasdale</person><byttl>Correspondent</byttl></byline>"
	        "<distributor>Kite News</distributor><dateline><location><city>Holt</city></location></dateline>",
	        "<p lede=\"true\">First<br/>line.</p><p/><media media-type=\"image\"><media-reference "
	        "source=\"http://k.example/1.jpg\""
	        " mime-type=\"image/jpeg\"/><media-caption>Caption</media-caption></media><hl2>Sub-head</hl2>"
	        "<ul><li>item</li></ul><table><tr><th>A</th><td>1</td></tr></table>");
	assert_string_equal(st->decode.format, "nitf");
	assert_str(st->decode.guid, "kns.flood.1");
	assert_str(st->decode.version, "4");
	assert_str(st->decode.version_created, "2025-02-11T09:23:00Z");
	assert_str(st->decode.language, "en-GB");
	assert_str(st->decode.headline, "Flood cuts off Holt");
	assert_str(st->decode.slugline, "Flood");
	assert_str(st->decode.by, "Nora Teasdale");
	assert_str(st->decode.located, "Holt");
	assert_str(st->decode.ed_note, "Adds quotes");
	assert_str(st->decode.body, "First\nline.\nSub-head\nitem\nA 1");
	assert_int_equal(st->decode.urgency, 2);
	assert_has(st->decode.given.info_sources.p, "Kite News");
}

static void a_cancel_is_a_kill(void **state)
{
	(void)state;
	const struct story *st = nitf("<docdata management-status=\"canceled\" "
	                              "management-doc-idref=\"kns.flood.1\"><doc-id id-string=\"2\"/></docdata>",
	                              "<hedline><hl1>KILL</hl1></hedline>", "<p>Kill.</p>");
	assert_string_equal(st->decode.control, "kill");
	assert_str(st->decode.given.alt_ids, "{\"role\":\"management-doc-idref\",\"value\":\"kns.flood.1\"}");
}

static void what_is_embargoed_is_until_its_release(void **state)
{
	(void)state;
	const struct story *st =
	        nitf("<docdata management-status=\"embargoed\"><date.release norm=\"2025-03-10T11:00:00Z\"/></docdata>",
	             "<hedline><hl1>H</hl1></hedline>", "<p>B.</p>");
	assert_str(st->decode.embargoed_until, "2025-03-10T11:00:00Z");
	assert_int_equal(st->decode.pub_status, PUB_WITHHELD);
}

static void a_document_without_a_headline_has_its_title(void **state)
{
	(void)state;
	assert_str(nitf("<title>1 SOCCER</title>", "", "<pre>Line one\nline two</pre>")->decode.headline, "1 SOCCER");
	assert_str(desk.msg.parts[0]->decode.body, "Line one\nline two");
	assert_false(desk.msg.parts[0]->decode.has_paragraphs);
}

static void lines_that_a_wire_broke_are_one_paragraph(void **state)
{
	(void)state;
	const struct story *st = nitf(
	        "", "<hedline><hl1>H</hl1></hedline>",
	        "<p>   HOLT, Feb 11 KNS - The river has risen by two metres in <br />one night, which nobody who lives "
	        "there had seen before, <br />the mayor said.</p><p>Call:<br/>Nora<br/>Femi</p>");
	assert_str(st->decode.body,
	           "HOLT, Feb 11 KNS - The river has risen by two metres in one night, which nobody who lives "
	           "there had seen before, the mayor said.\nCall:\nNora\nFemi");
}

static void an_abstract_stands_in_for_a_body(void **state)
{
	(void)state;
	const struct story *st = nitf("", "<hedline><hl1>H</hl1></hedline><abstract><p>Short.</p></abstract>", "");
	assert_str(st->decode.body, "Short.");
	assert_true(desk_has_warning(st, "body-from-description"));
}

static void a_document_that_says_nothing_is_no_story(void **state)
{
	(void)state;
	desk_assert_no_story(&desk,
	                     STR("<nitf><head><title></title></head><body><body.head><hedline></hedline></body.head>"
	                         "<body.content></body.content></body></nitf>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_document_is_a_story_with_its_fields),
	        cmocka_unit_test(a_cancel_is_a_kill),
	        cmocka_unit_test(what_is_embargoed_is_until_its_release),
	        cmocka_unit_test(a_document_without_a_headline_has_its_title),
	        cmocka_unit_test(lines_that_a_wire_broke_are_one_paragraph),
	        cmocka_unit_test(an_abstract_stands_in_for_a_body),
	        cmocka_unit_test(a_document_that_says_nothing_is_no_story),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

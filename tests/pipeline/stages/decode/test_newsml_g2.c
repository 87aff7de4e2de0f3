/* NewsML-G2: items, messages and packages. All texts are made up. */
#include "tests/pipeline/stages/decode/open_desk.h"

#define NAR  "xmlns=\"http://iptc.org/std/nar/2006-10-01/\""
#define ITEM "<newsItem " NAR " guid=\"urn:newsml:kns.example:20250211:K1\" version=\"3\" xml:lang=\"de\">"

/* An item with this metadata of itself and its content, and this in its content set. */
static const struct story *item(const char *meta, const char *content, const char *set)
{
	char text[8000];
	snprintf(text, sizeof text,
	         "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n" ITEM
	         "<catalogRef href=\"http://x.example/c.xml\"/>"
	         "<itemMeta>%s</itemMeta><contentMeta>%s</contentMeta><contentSet>%s</contentSet></newsItem>",
	         meta, content, set);
	return desk_text(&desk, text);
}

#define XHTML(body)                                                                                                    \
	"<inlineXML contenttype=\"application/xhtml+xml\"><html xmlns=\"http://www.w3.org/1999/xhtml\"><head>"         \
	"<title>T</title></head><body>" body "</body></html></inlineXML>"

/* What is handed through under that name; empty: nothing. */
static struct str passed(const struct story *st, const char *key)
{
	for (size_t i = 0; i < st->decode.n_passed; i++) {
		if (str_is(st->decode.passed[i].key, key))
			return st->decode.passed[i].json;
	}
	return STR("");
}

static void an_item_is_a_story_with_its_fields(void **state)
{
	(void)state;
	const struct story *st =
	        item("<itemClass qcode=\"ninat:text\"/><provider literal=\"kns.example\"/>"
	             "<versionCreated>2025-02-11T09:22:00Z</versionCreated><firstCreated>2025-02-11T09:14:00+01:00</"
	             "firstCreated>"
	             "<pubStatus qcode=\"stat:usable\"/><edNote>Pictures follow</edNote>",
	             "<urgency>3</urgency><located><name>Holt</name></located><language tag=\"en\"/>"
	             "<slugline>FLOOD/</slugline><headline>  Flood cuts\n off Holt</headline><by>By Nora Teasdale</by>",
	             XHTML("<p>First.</p><p>Second &amp; last.</p>"));
	assert_string_equal(st->decode.format, "newsml-g2");
	assert_str(st->decode.uri, "urn:newsml:kns.example:20250211:K1");
	assert_str(st->decode.version, "3");
	assert_str(st->decode.version_created, "2025-02-11T09:22:00Z");
	assert_str(st->decode.first_created, "2025-02-11T09:14:00+01:00");
	assert_str(st->decode.language, "en");
	assert_str(st->decode.headline, "Flood cuts off Holt");
	assert_str(st->decode.slugline, "FLOOD/");
	assert_str(st->decode.by, "Nora Teasdale");
	assert_str(st->decode.located, "Holt");
	assert_str(st->decode.ed_note, "Pictures follow");
	assert_str(st->decode.body, "First.\nSecond & last.");
	assert_int_equal(st->decode.urgency, 3);
	assert_int_equal(st->decode.pub_status, PUB_USABLE);
	assert_true(st->decode.has_paragraphs);
	assert_has(st->decode.given.info_sources.p, "kns.example");
}

static void a_cancelled_item_is_a_kill_whatever_the_prefix(void **state)
{
	(void)state;
	const struct story *st = item("<pubStatus qcode=\"st:Canceled\"/>", "<headline>Kill</headline>", "");
	assert_int_equal(st->decode.pub_status, PUB_CANCELED);
	assert_string_equal(st->decode.control, "kill");
}

static void a_signal_or_a_note_says_that_it_corrects(void **state)
{
	(void)state;
	assert_true(item("<signal qcode=\"sig:correction\"/>", "<headline>H</headline>", "")->decode.is_correction);
	assert_true(item("<signal qcode=\"edStat:U\"/>", "<headline>H</headline>", "")->decode.is_correction);
	assert_true(item("<edNote role=\"x:correctionnote\">c</edNote>", "<headline>H</headline>", "")
	                    ->decode.is_correction);
	assert_false(item("<signal qcode=\"edStat:N\"/>", "<headline>H</headline>", "")->decode.is_correction);
}

static void an_embargo_is_kept(void **state)
{
	(void)state;
	const struct story *st =
	        item("<embargoed>2025-03-10T11:00:00Z</embargoed>", "<headline>H</headline>", XHTML("<p>B.</p>"));
	assert_str(st->decode.embargoed_until, "2025-03-10T11:00:00Z");
	assert_null(st->decode.control);
}

static void codes_are_addresses_by_the_catalogues_that_are_known(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, ITEM
	                  "<catalog><scheme alias=\"own\" uri=\"http://kns.example/cv/\"/></catalog>"
	                  "<contentMeta><headline>H</headline>"
	                  "<subject qcode=\"medtop:20000151\"><name xml:lang=\"en\">flood</name>"
	                  "<name xml:lang=\"de\">Flut</name></subject>"
	                  "<subject qcode=\"own:7\"/><subject qcode=\"N2:GB\"/>"
	                  "<subject type=\"cpnat:person\" uri=\"http://kns.example/p/1\"><name>Ann Lee</name></subject>"
	                  "<subject type=\"cpnat:geoArea\" literal=\"x\"><name>Holt</name></subject>"
	                  "<keyword>water</keyword><genre qcode=\"genre:Current\"/>"
	                  "</contentMeta></newsItem>");
	assert_str(passed(st, "subjects"),
	           "[{\"name\":\"Flut\",\"uri\":\"http://cv.iptc.org/newscodes/mediatopic/20000151\","
	           "\"rel\":\"about\"},{\"uri\":\"http://kns.example/cv/7\",\"rel\":\"about\"},"
	           "{\"literal\":\"N2:GB\",\"rel\":\"about\"},{\"name\":\"water\",\"rel\":\"keyword\"}]");
	assert_str(passed(st, "genres"), "[{\"uri\":\"http://cv.iptc.org/newscodes/genre/Current\"}]");
	assert_str(st->decode.given.people,
	           "{\"name\":\"Ann Lee\",\"uri\":\"http://kns.example/p/1\",\"rel\":\"about\"}");
	assert_str(st->decode.given.places, "{\"name\":\"Holt\",\"literal\":\"x\",\"rel\":\"about\"}");
}

static void the_main_headline_is_the_one_that_is_no_other(void **state)
{
	(void)state;
	const struct story *st = item("",
	                              "<headline/><headline role=\"x:subtitle\">Sub</headline>"
	                              "<headline rank=\"3\">Kicker</headline><headline rank=\"1\">Main</headline>",
	                              "");
	assert_str(st->decode.headline, "Main");
	assert_str(st->decode.title, "Sub");
}

static void heads_notepads_and_captions_are_not_of_the_body(void **state)
{
	(void)state;
	const struct story *st =
	        item("", "<headline>H one</headline>",
	             XHTML("<header><h1>H one</h1><ul class=\"slugline\"><li>x</li></ul><p class=\"byline\">Von Grete "
	                   "Hollerbach, dpa</p></header>"
	                   "<section class=\"main\"><p class=\"teaser\">Teaser.</p><p><span>Holt <span>(dpa)</span> - "
	                   "</span>Body.</p>"
	                   "<figure><figcaption>Caption</figcaption></figure><ul><li>a</li><li>b</li></ul>"
	                   "<table><tr><td>1</td><td>2</td></tr></table></section><section "
	                   "class=\"notepad\"><p>secret</p></section>"));
	assert_str(st->decode.body, "Holt (dpa) - Body.\na\nb\n1 2");
	assert_str(st->decode.by, "Grete Hollerbach");
	st = item("", "<headline>H one</headline>", XHTML("<h1>H one</h1><p>Body.</p>"));
	assert_str(st->decode.body, "Body.");
}

static void a_wires_lines_in_one_paragraph_are_paragraphs_again(void **state)
{
	(void)state;
	const struct story *st =
	        item("", "<headline>H</headline>",
	             XHTML("<p>(Adds detail)\n    * Bullet one of this made up story\n    * Bullet two\n\n"
	                   "    HOLT, Feb 11 (KNS) - The river rose by two metres in one\nnight, which nobody who "
	                   "lives there had seen before,\n"
	                   "said the mayor.\n    Help is on its way.\nA    1   2\nB    3   4</p>"));
	assert_str(st->decode.body, "(Adds detail)\n* Bullet one of this made up story\n* Bullet two\n"
	                            "HOLT, Feb 11 (KNS) - The river rose by two metres in one night, which nobody who "
	                            "lives there had seen before, "
	                            "said the mayor.\nHelp is on its way.\nA 1 2\nB 3 4");
}

static void text_may_be_escaped_html_or_plain(void **state)
{
	(void)state;
	const struct story *st = item(
	        "", "<headline>H</headline>",
	        "<inlineData contenttype=\"text/plain\">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</inlineData>");
	assert_str(st->decode.body, "One.\nTwo.");
	st = item("", "<headline>H</headline>", "<inlineData contenttype=\"text/plain\">One.\nTwo.</inlineData>");
	assert_str(st->decode.body, "One.\nTwo.");
}

static void nitf_inside_completes_the_item(void **state)
{
	(void)state;
	const struct story *st =
	        item("", "<headline>Outer</headline>",
	             "<inlineXML><nitf><body><body.head><hedline><hl1>Inner</hl1></hedline>"
	             "<byline>By <person>Femi Adewale</person><byttl>KNS</byttl></byline></body.head>"
	             "<body.content><block><p>Text.</p></block></body.content></body></nitf></inlineXML>");
	assert_str(st->decode.headline, "Outer");
	assert_str(st->decode.by, "Femi Adewale");
	assert_str(st->decode.body, "Text.");
}

static void a_picture_has_its_caption_and_its_renditions(void **state)
{
	(void)state;
	const struct story *st = item(
	        "<itemClass qcode=\"icls:picture\"/>",
	        "<headline>H</headline><description role=\"drol:caption\">Caption.</description>",
	        "<remoteContent rendition=\"rnd:highRes\" href=\"http://kns.example/1.jpg\" contenttype=\"image/jpeg\""
	        " width=\"640\" height=\"480\" size=\"1000\"/><remoteContent href=\"1.jpg\"/>");
	assert_string_equal(st->decode.type, "picture");
	assert_str(st->decode.body, "Caption.");
	assert_true(desk_has_warning(st, "body-from-description"));
	assert_str(passed(st, "renditions"),
	           "[{\"name\":\"highRes\",\"href\":\"http://kns.example/1.jpg\",\"contentType\":"
	           "\"image/jpeg\",\"width\":640,\"height\":480,\"sizeInBytes\":1000}]");
}

static void a_message_holds_several_items_of_several_kinds(void **state)
{
	(void)state;
	desk_give(&desk, STR("<newsMessage " NAR "><header><sent>2025</sent></header><itemSet>"
	                     "<newsItem guid=\"urn:a:1\"><contentMeta><headline>One</headline></contentMeta></newsItem>"
	                     "<conceptItem guid=\"urn:a:2\"/><planningItem guid=\"urn:a:3\"/>"
	                     "<packageItem guid=\"urn:a:4\"><itemMeta><itemClass "
	                     "qcode=\"ninat:composite\"/><title>Top</title></itemMeta>"
	                     "<groupSet><group><itemRef "
	                     "residref=\"urn:a:1\"><title>One</title></itemRef></group></groupSet></packageItem>"
	                     "<newsItem guid=\"urn:a:5\"/></itemSet></newsMessage>"));
	assert_int_equal(desk.msg.n_parts, 5);
	assert_str(desk.msg.parts[0]->decode.uri, "urn:a:1");
	desk_assert_part(&desk, 1, REASON_NO_STORY);
	desk_assert_part(&desk, 2, REASON_NO_STORY);
	assert_str(desk.msg.parts[3]->decode.headline, "Top");
	assert_string_equal(desk.msg.parts[3]->decode.type, "composite");
	assert_str(desk.msg.parts[3]->decode.given.associations, "{\"name\":\"One\",\"uri\":\"urn:a:1\"}");
	desk_assert_part(&desk, 4, REASON_NO_STORY);
}

static void what_is_not_well_formed_is_a_dead_letter_with_its_place(void **state)
{
	(void)state;
	desk_assert_dead(&desk, STR(ITEM "\n<itemMeta></contentMeta></newsItem>"), REASON_BAD_XML, "line 2, column 11");
	desk_assert_dead(&desk, STR("<!DOCTYPE x [<!ENTITY a \"b\">]>" ITEM "&a;</newsItem>"), REASON_BAD_XML,
	                 "entities");
}

static void too_deep_is_a_dead_letter(void **state)
{
	(void)state;
	char text[2000] = ITEM;
	for (int i = 0; i < 70; i++)
		memcpy(text + strlen(text), "<group>", sizeof "<group>");
	desk_assert_dead(&desk, str_of(text), REASON_LIMIT_DEPTH, "limits.depth");
}

static void prose_that_looks_like_it_stays_text(void **state)
{
	(void)state;
	assert_string_equal(desk_text(&desk, "newsItem is the root of NewsML-G2.")->decode.format, "plain-text");
	assert_string_equal(desk_text(&desk, "<newsItems> are what we want.")->decode.format, "plain-text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_item_is_a_story_with_its_fields),
	        cmocka_unit_test(a_cancelled_item_is_a_kill_whatever_the_prefix),
	        cmocka_unit_test(a_signal_or_a_note_says_that_it_corrects),
	        cmocka_unit_test(an_embargo_is_kept),
	        cmocka_unit_test(codes_are_addresses_by_the_catalogues_that_are_known),
	        cmocka_unit_test(the_main_headline_is_the_one_that_is_no_other),
	        cmocka_unit_test(heads_notepads_and_captions_are_not_of_the_body),
	        cmocka_unit_test(a_wires_lines_in_one_paragraph_are_paragraphs_again),
	        cmocka_unit_test(text_may_be_escaped_html_or_plain),
	        cmocka_unit_test(nitf_inside_completes_the_item),
	        cmocka_unit_test(a_picture_has_its_caption_and_its_renditions),
	        cmocka_unit_test(a_message_holds_several_items_of_several_kinds),
	        cmocka_unit_test(what_is_not_well_formed_is_a_dead_letter_with_its_place),
	        cmocka_unit_test(too_deep_is_a_dead_letter),
	        cmocka_unit_test(prose_that_looks_like_it_stays_text),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

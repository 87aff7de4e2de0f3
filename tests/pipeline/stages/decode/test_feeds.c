/* RSS and Atom. All texts are made up. */
#include "tests/pipeline/stages/decode/open_desk.h"

/* The only item of an RSS feed. */
static const struct story *rss(const char *item)
{
	char text[4000];
	snprintf(text, sizeof text,
	         "<?xml version=\"1.0\"?><rss version=\"2.0\" "
	         "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
	         "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:media=\"http://search.yahoo.com/mrss/\"><channel>"
	         "<title>Echo</title><language>en-gb</language><copyright>(c) "
	         "Echo</copyright><item>%s</item></channel></rss>",
	         item);
	return desk_text(&desk, text);
}

static const struct story *atom(const char *entry)
{
	char text[4000];
	snprintf(text, sizeof text,
	         "<feed xmlns=\"http://www.w3.org/2005/Atom\" "
	         "xml:lang=\"de\"><title>Dienst</title><author><name>Kleinpresse</name></author>"
	         "<entry>%s</entry></feed>",
	         entry);
	return desk_text(&desk, text);
}

static void an_item_is_a_story_with_its_fields(void **state)
{
	(void)state;
	const struct story *st = rss(
	        "<media:title>Wrong</media:title><title>Tram &amp;amp; bus &#8211; vote</title>"
	        "<link>https://echo.example/1</link><guid isPermaLink=\"false\">echo-17</guid>"
	        "<dc:date>2025-02-11T07:05:00Z</dc:date><dc:creator><![CDATA[Nora Teasdale]]></dc:creator>"
	        "<category>Transport</category><description>Short.</description>"
	        "<content:encoded><![CDATA[<p>One &ndash; two.</p><script>x()</script><p>Three.</p>"
	        "<p>The post <a href=\"x\">Tram</a> appeared first on <a href=\"y\">Echo</a>.</p>]]></content:encoded>"
	        "<media:content url=\"https://echo.example/t.jpg\" type=\"image/jpeg\"/>");
	assert_string_equal(st->decode.format, "rss");
	assert_str(st->decode.headline, "Tram & bus \xe2\x80\x93 vote");
	assert_str(st->decode.guid, "echo-17");
	assert_str(st->decode.version_created, "2025-02-11T07:05:00Z");
	assert_str(st->decode.by, "Nora Teasdale");
	assert_str(st->decode.body, "One \xe2\x80\x93 two.\nThree.");
	assert_str(st->decode.language, "en-GB");
	assert_str(st->decode.copyright, "(c) Echo");
	assert_has(st->decode.passed[0].json.p, "https://echo.example/t.jpg");
}

static void an_items_link_stands_in_for_its_guid(void **state)
{
	(void)state;
	assert_str(rss("<title>T</title><link>https://echo.example/1</link>")->decode.uri, "https://echo.example/1");
}

static void the_description_is_the_text_where_there_is_no_other(void **state)
{
	(void)state;
	assert_str(rss("<title>T</title><description>&lt;p&gt;One &lt;b&gt;two&lt;/b&gt;&lt;/p&gt;</description>")
	                   ->decode.body,
	           "One two");
	assert_str(rss("<title>T</title><description>Plain & simple</description>")->decode.body, "Plain & simple");
	assert_true(desk_has_warning(desk.msg.parts[0], "xml-mended"));
	assert_str(rss("<title>T</title><body xmlns=\"http://www.w3.org/1999/xhtml\"><p>X</p></body>")->decode.body,
	           "X");
}

static void empty_lines_part_paragraphs_of_what_has_no_other(void **state)
{
	(void)state;
	assert_str(rss("<title>T</title><content:encoded><![CDATA[One "
	               "<b>two</b>.\n\nThree.\n<h2>Four</h2>\nFive.]]></content:encoded>")
	                   ->decode.body,
	           "One two.\nThree.\nFour\nFive.");
}

static void an_address_is_no_author(void **state)
{
	(void)state;
	assert_str(rss("<title>T</title><author>nora@echo.example (Nora Teasdale)</author>")->decode.by,
	           "Nora Teasdale");
	assert_str(rss("<title>T</title><author>nora@echo.example</author>")->decode.by, "");
}

static void items_of_rss_1_stand_beside_the_channel(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\" "
	        "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel rdf:about=\"c\"><dc:language>fr</dc:language>"
	        "</channel><item rdf:about=\"http://x.example/1\"><title>T</title></item></rdf:RDF>");
	assert_str(st->decode.uri, "http://x.example/1");
	assert_str(st->decode.language, "fr");
}

static void each_item_is_a_part(void **state)
{
	(void)state;
	desk_give(&desk, STR("<rss><channel><item><title>A</title></item><item><guid>g</guid></item><item><title>B</"
	                     "title></item></channel></rss>"));
	assert_int_equal(desk.msg.n_parts, 3);
	assert_str(desk.msg.parts[0]->decode.headline, "A");
	desk_assert_part(&desk, 1, REASON_NO_STORY);
	assert_str(desk.msg.parts[2]->decode.headline, "B");
	desk_assert_no_story(&desk, STR("<rss version=\"2.0\"><channel><title>none</title></channel></rss>"));
}

static void a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes(void **state)
{
	(void)state;
	desk_give(&desk, STR("<rss><channel><item><title>A</title><description>x <br> "
	                     "y</description></item><item><title>B</ti"));
	assert_int_equal(desk.msg.n_parts, 2);
	assert_str(desk.msg.parts[0]->decode.body, "x\ny");
	assert_str(desk.msg.parts[1]->decode.headline, "B");
	assert_true(desk_has_warning(desk.msg.parts[0], "xml-damaged"));
}

static void an_entry_is_a_story_with_its_fields(void **state)
{
	(void)state;
	const struct story *st =
	        atom("<title type=\"html\">Ernte &lt;b&gt;gut&lt;/b&gt;</title><id>tag:kpd.example,2025:4</id>"
	             "<link rel=\"enclosure\" href=\"https://kpd.example/a.mp3\" type=\"audio/mpeg\" length=\"10\"/>"
	             "<published>2025-02-10T09:12:00+01:00</published><updated>2025-02-10T10:58:00+01:00</updated>"
	             "<author><name>Grete Hollerbach</name></author><summary>Kurz.</summary>"
	             "<content type=\"xhtml\"><div "
	             "xmlns=\"http://www.w3.org/1999/xhtml\"><p>Eins.</p><p>Zwei&#160;Tonnen.</p></div></content>");
	assert_string_equal(st->decode.format, "atom");
	assert_str(st->decode.headline, "Ernte gut");
	assert_str(st->decode.uri, "tag:kpd.example,2025:4");
	assert_str(st->decode.version_created, "2025-02-10T10:58:00+01:00");
	assert_str(st->decode.first_created, "2025-02-10T09:12:00+01:00");
	assert_str(st->decode.by, "Grete Hollerbach");
	assert_str(st->decode.body, "Eins.\nZwei\xc2\xa0Tonnen.");
	assert_str(st->decode.language, "de");
	assert_has(st->decode.passed[0].json.p, "a.mp3");
}

static void content_is_what_its_type_says(void **state)
{
	(void)state;
	assert_str(atom("<content type=\"html\">a &lt;b&gt;c&lt;/b&gt;</content>")->decode.body, "a c");
	assert_str(atom("<content type=\"text\">a &lt;b&gt; c</content>")->decode.body, "a <b> c");
	assert_str(atom("<title>T</title><content type=\"image/png\">aGFsbG8=</content>")->decode.body, "");
	assert_str(atom("<title>T</title><summary>s</summary>")->decode.body, "s");
	assert_str(desk.msg.parts[0]->decode.by, "Kleinpresse");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_item_is_a_story_with_its_fields),
	        cmocka_unit_test(an_items_link_stands_in_for_its_guid),
	        cmocka_unit_test(the_description_is_the_text_where_there_is_no_other),
	        cmocka_unit_test(empty_lines_part_paragraphs_of_what_has_no_other),
	        cmocka_unit_test(an_address_is_no_author),
	        cmocka_unit_test(items_of_rss_1_stand_beside_the_channel),
	        cmocka_unit_test(each_item_is_a_part),
	        cmocka_unit_test(a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes),
	        cmocka_unit_test(an_entry_is_a_story_with_its_fields),
	        cmocka_unit_test(content_is_what_its_type_says),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

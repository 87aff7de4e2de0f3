/* The index over XML: what is well-formed, what is milder than that, and what is refused. */
#include "tests/harness.h"

#include "pipeline/stages/decode/xml_doc.h"

static struct arena a;
static struct xml_doc doc;
static char *copy;

static int set_up(void **state)
{
	(void)state;
	arena_init(&a, 0, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&a);
	free(copy);
	return 0;
}

static enum xml_doc_fault read_text(struct str text, bool forgiving)
{
	/* A block of just that size, so that a sanitizer sees each read beyond it. */
	free(copy);
	copy = malloc(text.n ? text.n : 1);
	memcpy(copy, text.p, text.n);
	struct xml_doc_ask ask = {.text = str_make(copy, text.n), .depth_limit = 8, .forgiving = forgiving};
	return xml_doc_read(&a, &ask, &doc);
}

static void assert_read(const char *text)
{
	enum xml_doc_fault fault = read_text(str_of(text), false);
	if (fault != XML_DOC_OK)
		print_error("%s: %s at %zu\n", text, doc.fault, doc.fault_at);
	assert_int_equal(fault, XML_DOC_OK);
}

static void assert_fault(const char *text, size_t at)
{
	if (read_text(str_of(text), false) != XML_DOC_NOT_XML)
		print_error("read as XML: %s\n", text);
	assert_int_equal(read_text(str_of(text), false), XML_DOC_NOT_XML);
	if (doc.fault_at != at)
		print_error("%s: %s at %zu\n", text, doc.fault, doc.fault_at);
	assert_int_equal(doc.fault_at, at);
}

static void elements_attributes_and_text_are_found(void **state)
{
	(void)state;
	assert_read("<?xml version=\"1.0\"?><!-- c --><a x='1' y=\"2\">one<b/><c>two</c><b>three</b></a>\n");
	assert_str(xml_name(&doc, 0), "a");
	assert_str(xml_attribute(&doc, 0, "x", &a), "1");
	assert_str(xml_attribute(&doc, 0, "y", &a), "2");
	assert_null(xml_attribute(&doc, 0, "z", &a).p);
	assert_str(xml_inner(&doc, 0, &a), "onetwothree");
	uint32_t b = xml_child(&doc, 0, "b");
	assert_true(b && !xml_has_elements(&doc, b));
	assert_str(xml_inner(&doc, xml_again(&doc, 0, b), &a), "three");
	assert_str(xml_raw(&doc, xml_child(&doc, 0, "c")), "<c>two</c>");
	assert_int_equal(xml_child(&doc, 0, "d"), 0);
	assert_false(doc.mended || doc.damaged);
}

static void a_path_leads_to_an_element_by_any_way(void **state)
{
	(void)state;
	assert_read("<r><m><x/></m><m><e>there</e></m></r>");
	assert_str(xml_inner(&doc, xml_find(&doc, 0, "m/e"), &a), "there");
	assert_int_equal(xml_find(&doc, 0, "m/e/x"), 0);
	assert_str(xml_inner(&doc, xml_descendant(&doc, 0, "e"), &a), "there");
}

static void references_and_cdata_are_what_they_stand_for(void **state)
{
	(void)state;
	assert_read("<a t='&lt;&#65;'>R&amp;D &#x2013; <![CDATA[<b>&amp;]]></a>");
	assert_str(xml_attribute(&doc, 0, "t", &a), "<A");
	assert_str(xml_inner(&doc, 0, &a), "R&D \xe2\x80\x93 <b>&amp;");
	assert_false(doc.mended);
}

static void a_bare_ampersand_and_names_of_html_are_read_and_told(void **state)
{
	(void)state;
	assert_read("<a>AT&T&nbsp;&euro;5</a>");
	assert_str(xml_inner(&doc, 0, &a), "AT&T\xc2\xa0\xe2\x82\xac"
	                                   "5");
	assert_true(doc.mended);
}

static void a_line_has_single_blanks(void **state)
{
	(void)state;
	assert_read("<a>\n  One <b>two</b>\n\tthree  </a>");
	assert_str(xml_line(&doc, 0, &a), "One two three");
	assert_read("<a>plain words</a>");
	assert_str(xml_line(&doc, 0, &a), "plain words");
	assert_read("<a> </a>");
	assert_str(xml_line(&doc, 0, &a), "");
}

static void namespaces_are_known_by_their_address_or_their_usual_prefix(void **state)
{
	(void)state;
	assert_read("<n:newsItem xmlns:n='http://iptc.org/std/nar/2006-10-01/' xmlns='http://www.w3.org/1999/xhtml'>"
	            "<p/><x:y xmlns:x='urn:else'><p xmlns=''/></x:y><dc:date/><who:knows/></n:newsItem>");
	assert_str(xml_name(&doc, 0), "newsItem");
	assert_int_equal(doc.tokens[0].space, XML_SPACE_NAR);
	assert_int_equal(doc.tokens[xml_child(&doc, 0, "p")].space, XML_SPACE_XHTML);
	uint32_t y = xml_child(&doc, 0, "y");
	assert_int_equal(doc.tokens[y].space, XML_SPACE_OTHER);
	assert_int_equal(doc.tokens[xml_child(&doc, y, "p")].space, XML_SPACE_NONE);
	assert_int_equal(doc.tokens[xml_child(&doc, 0, "date")].space, XML_SPACE_DC);
	assert_int_equal(doc.tokens[xml_child(&doc, 0, "knows")].space, XML_SPACE_OTHER);
}

static void what_is_not_well_formed_is_told_with_its_place(void **state)
{
	(void)state;
	assert_fault("", 0);
	assert_fault("text", 0);
	assert_fault("<a>", 3);
	assert_fault("<a><b></a>", 6);
	assert_fault("<a></b></a>", 3);
	assert_fault("<a/><b/>", 4);
	assert_fault("<a/>text", 4);
	assert_fault("text<a/>", 0);
	assert_fault("<a x=1/>", 3);
	assert_fault("<a x/>", 3);
	assert_fault("<a x='1/>", 6);
	assert_fault("<a x='<'/>", 6);
	assert_fault("<a x='1'y='2'/>", 8);
	assert_fault("<a x='1' x='2'/>", 9);
	assert_fault("<a>5 < 6</a>", 5);
	assert_fault("<a><!-- c</a>", 3);
	assert_fault("<a><![CDATA[c</a>", 3);
	assert_fault("<a", 2);
	assert_fault("<a></a", 6);
	assert_fault("<![CDATA[c]]><a/>", 0);
	assert_fault("<!DOCTYPE a", 0);
	assert_fault("<a><!DOCTYPE a></a>", 3);
}

static void a_document_type_is_skipped_and_one_with_entities_refused(void **state)
{
	(void)state;
	assert_read("<!DOCTYPE nitf SYSTEM \"http://x.example/nitf>.dtd\"><nitf/>");
	assert_read("<!DOCTYPE a [ <!ELEMENT a (#PCDATA)> <!-- ] ' --> <?p ]?> <!ATTLIST a b CDATA ']'> ]><a/>");
	struct str bomb = STR("<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;'>]><a>&c;</a>");
	assert_int_equal(read_text(bomb, false), XML_DOC_ENTITIES);
	assert_int_equal(read_text(bomb, true), XML_DOC_ENTITIES);
	assert_str(xml_doc_root_name(bomb), "a");
}

static void limits_hold(void **state)
{
	(void)state;
	assert_read("<a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a>");
	assert_int_equal(read_text(STR("<a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a>"), false),
	                 XML_DOC_TOO_DEEP);
	char text[8000] = "<a";
	size_t n = 2;
	for (int i = 0; i < 257; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, " a%d='b'", i);
	n += (size_t)snprintf(text + n, sizeof text - n, "/>");
	assert_int_equal(read_text(str_make(text, n), false), XML_DOC_TOO_LARGE);
}

static void a_forgiving_reader_closes_and_ignores(void **state)
{
	(void)state;
	assert_int_equal(read_text(STR("<r><i><t>one<br></t></i></x><i><t>5 < 6 & 7</t><p q=r s>cut"), true),
	                 XML_DOC_OK);
	assert_true(doc.damaged);
	assert_int_equal(doc.fault_at, 16);
	uint32_t first = xml_child(&doc, 0, "i"), second = xml_again(&doc, 0, first);
	assert_str(xml_inner(&doc, first, &a), "one");
	assert_str(xml_inner(&doc, xml_child(&doc, second, "t"), &a), "5 < 6 & 7");
	assert_str(xml_inner(&doc, xml_child(&doc, second, "p"), &a), "cut");
	assert_int_equal(read_text(STR("no element"), true), XML_DOC_NOT_XML);
}

static void the_roots_name_is_known_before_the_rest_is_read(void **state)
{
	(void)state;
	assert_str(xml_doc_root_name(STR(" <?xml version='1.0'?>\n<!-- <b> --><!DOCTYPE x><n:newsItem guid='")),
	           "n:newsItem");
	assert_str(xml_doc_root_name(STR("\v\f<rss")), "rss");
	assert_str(xml_doc_root_name(STR("<rss")), "rss");
	assert_str(xml_doc_root_name(STR("text <rss>")), "");
	assert_str(xml_doc_root_name(STR("<")), "");
	assert_str(xml_doc_root_name(STR("<5 is less than <a>")), "");
}

static void lines_and_columns_are_counted_from_one(void **state)
{
	(void)state;
	size_t line, column;
	xml_doc_position(STR("a\n\xc3\xa4x"), 4, &line, &column);
	assert_int_equal(line, 2);
	assert_int_equal(column, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(elements_attributes_and_text_are_found),
	        cmocka_unit_test(a_path_leads_to_an_element_by_any_way),
	        cmocka_unit_test(references_and_cdata_are_what_they_stand_for),
	        cmocka_unit_test(a_bare_ampersand_and_names_of_html_are_read_and_told),
	        cmocka_unit_test(a_line_has_single_blanks),
	        cmocka_unit_test(namespaces_are_known_by_their_address_or_their_usual_prefix),
	        cmocka_unit_test(what_is_not_well_formed_is_told_with_its_place),
	        cmocka_unit_test(a_document_type_is_skipped_and_one_with_entities_refused),
	        cmocka_unit_test(limits_hold),
	        cmocka_unit_test(a_forgiving_reader_closes_and_ignores),
	        cmocka_unit_test(the_roots_name_is_known_before_the_rest_is_read),
	        cmocka_unit_test(lines_and_columns_are_counted_from_one),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

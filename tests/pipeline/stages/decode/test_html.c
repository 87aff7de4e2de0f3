/* Mark-up to paragraphs. */
#include "tests/harness.h"

#include "pipeline/stages/decode/html.h"

static struct arena keep, tmp;

static int set_up(void **state)
{
	(void)state;
	arena_init(&keep, 0, 0);
	arena_init(&tmp, 0, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&keep);
	arena_free(&tmp);
	return 0;
}

static struct str text_of(const char *markup)
{
	size_t n = strlen(markup);
	char *copy = malloc(n);
	memcpy(copy, markup, n);
	struct str text = html_to_text(str_make(copy, n), &tmp, &keep);
	free(copy);
	return text;
}

static void blocks_become_lines(void **state)
{
	(void)state;
	assert_str(text_of("<p>One.</p>\n<p>Two <b>bold</b> words.</p>"), "One.\nTwo bold words.");
	assert_str(text_of("One<br/>two<BR>three"), "One\ntwo\nthree");
	assert_str(text_of("<ul><li>a</li><li>b</li></ul>"), "a\nb");
	assert_str(text_of("<table><tr><td>a</td><td>1</td></tr><tr><th>b</th><td>2</td></tr></table>"), "a 1\nb 2");
	assert_str(text_of("<p></p><p> </p><p>x</p>"), "x");
}

static void white_space_is_folded_but_in_pre(void **state)
{
	(void)state;
	assert_str(text_of("  a \n\t b<i> c</i> "), "a b c");
	assert_str(text_of("<pre>a  b\nc</pre>d"), "a  b\nc\nd");
}

static void names_of_characters_become_characters(void **state)
{
	(void)state;
	assert_str(text_of("&amp;&lt;b&gt;&quot;&apos;&nbsp;&eacute;&Eacute;&mdash;&euro;"),
	           "&<b>\"'\xc2\xa0\xc3\xa9\xc3\x89\xe2\x80\x94\xe2\x82\xac");
	assert_str(text_of("&#8211;&#x2013;&#X2014;&#147;&#233"),
	           "\xe2\x80\x93\xe2\x80\x93\xe2\x80\x94\xe2\x80\x9c\xc3\xa9");
	assert_str(text_of("AT&T &unknown; & &; &#; &#x; &#0; &#xd800; &#99999999;"),
	           "AT&T &unknown; & &; &#; &#x; &#0; &#xd800; &#99999999;");
	assert_str(text_of("&amp;amp;"), "&amp;");
}

static void scripts_styles_and_comments_go_with_what_is_in_them(void **state)
{
	(void)state;
	assert_str(text_of("a<script>if (1 < 2) alert('x')</script>b"), "a b");
	assert_str(text_of("<style>p{}</style><p>x</p><SCRIPT src='y'></script >"), "x");
	assert_str(text_of("a<!-- <p>no</p> -->b<!DOCTYPE html>c<?xml version='1'?>d"), "abcd");
	assert_str(text_of("<script>no </scripting> no</script>yes"), "yes");
	assert_str(text_of("<![CDATA[1 < 2]]>"), "1 < 2");
}

static void signs_that_are_no_tags_stay(void **state)
{
	(void)state;
	assert_str(text_of("5 < 6 and 7 > 6"), "5 < 6 and 7 > 6");
	assert_str(text_of("a <"), "a <");
	assert_str(text_of("tail <p"), "tail <p");
	assert_str(text_of("</ b"), "</ b");
}

static void a_quote_hides_what_ends_a_tag_only_if_it_is_closed(void **state)
{
	(void)state;
	assert_str(text_of("<a title=\"1 > 0\">x</a>"), "x");
	assert_str(text_of("<a title='1>0'>x</a>"), "x");
	assert_str(text_of("<a title=\"open>x"), "x");
	assert_str(text_of("<p>it's</p><p>fine</p>"), "it's\nfine");
}

static void time_is_linear_whatever_the_markup_does(void **state)
{
	(void)state;
	static const char *const seeds[] = {"<",  "<a ", "<a '", "<a \"",  "<!--",   "<![CDATA[", "<script>",
	                                    "</", "&",   "&#",   "<pre>",  "<p>",    "<a \">",    "&amp;",
	                                    "\n", "<!",  "<?",   "<a '\"", "<svg/>", "</script"};
	for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
		size_t seed = strlen(seeds[i]), n = 1000000 / seed * seed;
		char *markup = malloc(n);
		for (size_t at = 0; at < n; at += seed)
			memcpy(markup + at, seeds[i], seed);
		struct str text = html_to_text(str_make(markup, n), &tmp, &keep);
		assert_true(text.n <= n);
		free(markup);
		arena_reset(&tmp);
		arena_reset(&keep);
	}
}

static void every_beginning_is_read_safely(void **state)
{
	(void)state;
	const char *whole =
	        "<p a=\"b\" c='d'>x &amp; y &#8211; &eacute;<!-- c --><script>s</script><![CDATA[z]]><br/></p>";
	for (size_t n = 0; n <= strlen(whole); n++) {
		char *copy = malloc(n);
		memcpy(copy, whole, n);
		assert_true(html_to_text(str_make(copy, n), &tmp, &keep).n <= n);
		free(copy);
	}
}

static void markup_is_told_from_text(void **state)
{
	(void)state;
	assert_true(html_is_likely(STR(" <p>x</p>\n")));
	assert_true(html_is_likely(STR("<!-- c --><div>x</div>")));
	assert_false(html_is_likely(STR("x <p>y</p>")));
	assert_false(html_is_likely(STR("<5 is small>")));
	assert_false(html_is_likely(STR("")));
	assert_true(html_has_blocks(STR("<p>a</p><p>b</p>")));
	assert_false(html_has_blocks(STR("<b>a</b>")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(blocks_become_lines),
	        cmocka_unit_test(white_space_is_folded_but_in_pre),
	        cmocka_unit_test(names_of_characters_become_characters),
	        cmocka_unit_test(scripts_styles_and_comments_go_with_what_is_in_them),
	        cmocka_unit_test(signs_that_are_no_tags_stay),
	        cmocka_unit_test(a_quote_hides_what_ends_a_tag_only_if_it_is_closed),
	        cmocka_unit_test(time_is_linear_whatever_the_markup_does),
	        cmocka_unit_test(every_beginning_is_read_safely),
	        cmocka_unit_test(markup_is_told_from_text),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* Web pages: what they say of themselves, and the article in them. */
#include "tests/pipeline/stages/decode/open_desk.h"

#define ONE        "<p>The ferry to Skarholm stopped on Monday, and nobody on the island was surprised by that.</p>"
#define TWO        "<p>Its engine, built in 1964, had been mended four times since the spring, the harbour office said.</p>"
#define THREE      "<p>A new ship is ordered. It will not come before the end of next year, by all accounts.</p>"
#define TEXT_ONE   "The ferry to Skarholm stopped on Monday, and nobody on the island was surprised by that."
#define TEXT_TWO   "Its engine, built in 1964, had been mended four times since the spring, the harbour office said."
#define TEXT_THREE "A new ship is ordered. It will not come before the end of next year, by all accounts."
#define FOUR       "The nets are dry. The boats are not, and that is how it has always been here. "
#define FIVE       "And one more sentence, to be on the safe side, since the other text has some. "
#define ALL        TEXT_ONE "\n" TEXT_TWO "\n" TEXT_THREE

static struct str body_of(const char *page)
{
	return desk_text(&desk, page)->decode.body;
}

static struct str body_in(const char *before, const char *inside, const char *behind)
{
	static char page[8192];
	snprintf(page, sizeof page,
	         "<!DOCTYPE html><html><head><title>Ferry stops | The Lantern</title></head><body>%s%s%s</body></html>",
	         before, inside, behind);
	return body_of(page);
}

/* --- which text is a page ----------------------------------------------------------------------------------------- */

static void a_page_is_told_by_its_first_element(void **state)
{
	static const char *const pages[] = {"<!doctype HTML>" ONE, "\n<!-- saved --><html>" ONE "</html>", "<body>" ONE,
	                                    "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0\">"
	                                    "<html xmlns=\"http://www.w3.org/1999/xhtml\">" ONE "</html>",
	                                    "<div class=x>" ONE "</div>"};
	static const char *const others[] = {"<5 per cent of all ferries run late", "<newsItem is a root", "<p",
	                                     "a <b>b</b>"};
	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		assert_string_equal(desk_text(&desk, pages[i])->decode.format, "html");
		assert_str(desk.msg.parts[0]->decode.body, TEXT_ONE);
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_string_not_equal(desk_text(&desk, others[i])->decode.format, "html");
}

static void xml_with_an_article_in_it_is_no_page(void **state)
{
	(void)state;
	desk_give(&desk, STR("<?xml version=\"1.0\"?><article>" ONE "</article>"));
	for (size_t i = 0; i < desk.msg.n_parts; i++)
		assert_false(desk.msg.parts[i]->decode.format && !strcmp(desk.msg.parts[i]->decode.format, "html"));
}

static void a_few_words_are_a_story_where_they_are_all_there_is(void **state)
{
	(void)state;
	assert_str(body_of("<html><body><p>Ferry aground off Skarholm</p></body></html>"),
	           "Ferry aground off Skarholm");
	assert_str(body_of("<html><body><h1>Ferry aground</h1><nav><a href=/>Home</a></nav><div>Skarholm: nobody "
	                   "hurt</div><div>More follows</div></body></html>"),
	           "Skarholm: nobody hurt\nMore follows");
	assert_str(body_of("<html><body><table><tr><td>Skarholm<td>3<tr><td>Inland<td>1</table></body></html>"),
	           "Skarholm 3\nInland 1");
	assert_str(body_of("<html><body><a href=/ferry>Ferry aground off Skarholm</a></body></html>"),
	           "Ferry aground off Skarholm");
}

static void a_page_without_text_is_what_its_data_say_of_it(void **state)
{
	static char page[8192];
	size_t n = (size_t)snprintf(page, sizeof page,
	                            "<!DOCTYPE html><meta name=description content='" TEXT_ONE
	                            "'><body><h1>Ferry aground</h1>");
	(void)state;
	for (int i = 0; i < 80; i++)
		n += (size_t)snprintf(page + n, sizeof page - n, "<div>Part %d</div>", i);
	assert_str(body_of(page), TEXT_ONE);
}

static void a_page_without_text_is_no_story(void **state)
{
	(void)state;
	desk_assert_no_story(&desk,
	                     STR("<html><body><nav><a href=/>Home</a></nav><script>x = 1</script></body></html>"));
}

/* --- facts -------------------------------------------------------------------------------------------------------- */

static void facts_are_read_from_tags(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "<html lang=sv><head><title>x</title><link rel=canonical href='https://lantern.example/a?b=1&amp;c=2'>"
	        "<meta property='og:title' content='Ferry &quot;Maud&quot; stops - The Lantern'>"
	        "<meta property='og:site_name' content='The Lantern'>"
	        "<meta name=author content=\"Ada Holm\"><meta property='article:published_time' "
	        "content='2025-03-01T08:00:00+01:00'>"
	        "<meta property='article:modified_time' content='2025-03-01T09:00:00+01:00'></head><body>" ONE);
	assert_str(st->decode.headline, "Ferry \"Maud\" stops");
	assert_str(st->decode.uri, "https://lantern.example/a?b=1&c=2");
	assert_str(st->decode.by, "Ada Holm");
	assert_str(st->decode.language, "sv");
	assert_str(st->decode.first_created, "2025-03-01T08:00:00+01:00");
	assert_str(st->decode.version_created, "2025-03-01T09:00:00+01:00");
}

static void the_day_may_be_a_line_beside_the_headline(void **state)
{
	static const struct {
		const char *line, *day;
	} rows[] = {
	        {"<p class=meta>Published on 4 March 2024 by Ada Holm</p>", "2024-03-04"},
	        {"<div>04.03.2024 | Inland</div>", "2024-03-04"},
	        {"<div>2024-03-04 10:05 Skarholm</div>", "2024-03-04T10:05"},
	        {"<div>4 \u043c\u0430\u0440\u0442\u0430 2024, 10:05</div>", "2024-03-04T10:05"},
	        {"<div>03/04/2024</div>", ""},
	        {"<div class=comment>4 March 2024</div>", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		body_in("<h1>Ferry stops</h1>", rows[i].line, "<div>Skarholm</div><div>" ONE TWO "</div>");
		assert_str(desk.msg.parts[0]->decode.published.name, rows[i].day);
	}
	/* What the page's data say comes first. */
	body_in("<meta name=date content=2024-03-05><h1>Ferry stops</h1>", "<div>4 March 2024</div>",
	        "<div>" ONE TWO "</div>");
	assert_str(desk.msg.parts[0]->decode.published.name, "2024-03-05");
	body_in("<script type='application/ld+json'>{\"@graph\":[{\"@type\":\"WebPage\",\"datePublished\":"
	        "\"2024-03-06\"}]}</script>",
	        "<div>4 March 2024</div>", "<div>" ONE TWO "</div>");
	assert_str(desk.msg.parts[0]->decode.published.name, "2024-03-06");
}

static void the_day_is_that_of_the_time_nearest_to_the_headline(void **state)
{
	(void)state;
	body_in("<title>Ferry stops</title>",
	        "<div><a href=/a>Elsewhere</a> <time datetime=2024-02-01>1.2.</time></div><h1>Ferry stops</h1>",
	        "<div><time datetime=2024-03-04>Monday</time></div>" ONE TWO
	        "<p><time datetime=2024-03-09>now</time></p>");
	assert_str(desk.msg.parts[0]->decode.published.name, "2024-03-04");
	/* A line of the headline's comes before a time that stands elsewhere. */
	body_in("<title>Ferry stops</title>", "<h1>Ferry stops</h1><div>5 March 2024</div>",
	        ONE TWO "<ul><li><a href=/a>Elsewhere</a> <time datetime=2024-02-01>1.2.</time></li></ul>");
	assert_str(desk.msg.parts[0]->decode.published.name, "2024-03-05");
	body_in("", "<h1>Ferry stops</h1><span itemprop=datePublished content=2024-03-06>6.3.</span>", ONE TWO);
	assert_str(desk.msg.parts[0]->decode.published.name, "2024-03-06");
}

static void the_day_may_be_in_the_address(void **state)
{
	(void)state;
#define AT(path) "<link rel=canonical href=\"https://lantern.example/" path "\">"
	body_in(AT("news/2024/03/04/ferry"), "<h1>Ferry stops</h1>", ONE TWO);
	assert_str(desk.msg.parts[0]->decode.published.name, "2024-03-04");
	assert_str(desk.msg.parts[0]->decode.published.label, "2024/03/04");
	body_in(AT("2024-03-04-ferry.html"), "<h1>Ferry stops</h1>", ONE TWO);
	assert_str(desk.msg.parts[0]->decode.published.name, "2024-03-04");
	body_in(AT("2024/13/04/ferry"), "<h1>Ferry stops</h1>", ONE TWO);
	assert_str(desk.msg.parts[0]->decode.published.name, "");
	body_in(AT("1234/56-78-90/20240304"), "<h1>Ferry stops</h1>", ONE TWO);
	assert_str(desk.msg.parts[0]->decode.published.name, "");
	/* What the page says comes first. */
	body_in(AT("2024/03/04/ferry"), "<h1>Ferry stops</h1><div>5 March 2024</div><div>Skarholm</div>", ONE TWO);
	assert_str(desk.msg.parts[0]->decode.published.name, "2024-03-05");
	body_in(AT("2024/03/04/ferry"), "<h1>Ferry stops</h1><div>5 March 2024</div>", ONE TWO);
	assert_str(desk.msg.parts[0]->decode.published.name, "");
}

static void data_of_an_article_come_before_tags(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "<html><head><meta property='og:title' content='Other'><script type='application/ld+json'>"
	        "{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"WebSite\",\"name\":\"No\"},"
	        "{\"@id\":\"#ada\",\"@type\":\"Person\",\"name\":\"Ada Holm\"},"
	        "{\"@type\":[\"NewsArticle\"],\"headline\":\"Ferry &amp; "
	        "ice\",\"datePublished\":\"2025-03-01T08:00:00Z\","
	        "\"author\":[{\"@id\":\"#ada\"},{\"@type\":\"Person\",\"name\":\"Per Lind\"},\"https://x.example/p\"],"
	        "\"publisher\":{\"name\":\"The "
	        "Lantern\"},\"inLanguage\":\"en\",\"url\":\"https://lantern.example/ferry\"}]}"
	        "</script></head><body><h1>Ferry and ice</h1>" ONE);
	assert_str(st->decode.headline, "Ferry & ice");
	assert_str(st->decode.by, "Ada Holm, Per Lind");
	assert_str(st->decode.version_created, "2025-03-01T08:00:00Z");
	assert_str(st->decode.language, "en");
	assert_str(st->decode.uri, "https://lantern.example/ferry");
	assert_str(st->decode.given.info_sources, "{\"name\":\"The Lantern\"}");
}

static void data_that_are_nearly_json_are_read(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, "<html><script type='application/ld+json'>//<![CDATA[\n"
	                         "{\"@type\":\"NewsArticle\",\"headline\":\"Two\nlines\"};\n//]]></script>"
	                         "<body>" ONE);
	assert_str(st->decode.headline, "Two lines");
}

static void the_headline_is_the_one_on_the_page_where_no_data_say_it(void **state)
{
	(void)state;
	assert_str(desk_text(&desk, "<html><title>Ferry stops | The Lantern</title><body><h1>Ferry stops</h1>" ONE)
	                   ->decode.headline,
	           "Ferry stops");
	assert_str(desk_text(&desk, "<html><title>Ferry stops today | The Lantern</title><body>" ONE)->decode.headline,
	           "Ferry stops today");
	assert_str(desk_text(&desk, "<html><title>Ferry stops_The Lantern</title><body><div>Ferry stops</div>" ONE)
	                   ->decode.headline,
	           "Ferry stops");
}

static void the_author_may_be_a_line_of_that_name(void **state)
{
	(void)state;
	assert_str(desk_text(&desk, "<html><body><h1>Ferry</h1><div class='article-author'>By Ada Holm</div>" ONE TWO)
	                   ->decode.by,
	           "Ada Holm");
}

static void the_author_may_be_a_link(void **state)
{
	(void)state;
	assert_str(desk_text(&desk, "<html><body><h1>Ferry</h1><a rel='author' href=/a>Ada <b>Holm</b></a>" ONE TWO)
	                   ->decode.by,
	           "Ada Holm");
}

/* --- the article -------------------------------------------------------------------------------------------------- */

static void the_author_may_be_a_link_to_where_authors_are(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "<html><body><h1>Ferry stops</h1><p>By <a href=\"/perfil/7-nora\">Nora Teasdale</a></p>" ONE TWO THREE
	        "<p><a href=/authors/x>Somebody Else</a></p></body></html>");
	assert_str(st->decode.by, "Nora Teasdale");
}

static void a_title_is_cut_where_the_page_shows_it_cut(void **state)
{
	(void)state;
	assert_str(
	        desk_text(&desk,
	                  "<html><head><meta property=og:title content=\"The ferry stops - and nobody is surprised\">"
	                  "</head><body><h1>The ferry stops - and nobody is surprised</h1>" ONE TWO)
	                ->decode.headline,
	        "The ferry stops - and nobody is surprised");
	assert_str(desk_text(&desk,
	                     "<html><head><meta property=og:title content=\"Lantern | The ferry stops for good now\">"
	                     "</head><body><h1>The ferry stops for good now</h1>" ONE TWO)
	                   ->decode.headline,
	           "The ferry stops for good now");
}

static void what_is_around_the_text_goes(void **state)
{
	(void)state;
	assert_str(
	        body_in("<header><nav><ul><li><a href=/a>News</a><li><a href=/b>Sport</a></ul></nav></header>"
	                "<div class=content><h1>Ferry stops</h1><p class=byline>By Ada Holm, in Skarholm for a "
	                "week.</p>",
	                ONE TWO THREE,
	                "</div><div id=comments><p>I was on it, and I can tell you that it was not the engine. It was "
	                "the captain, who had forgotten the tide again.</p><p>Nonsense, it was the engine, as always, "
	                "and everybody here knows that well enough by now.</p></div>"
	                "<footer><p>The Lantern is printed on Skarholm since 1921. All rights reserved.</p></footer>"),
	        ALL);
}

static void what_is_in_the_text_and_not_of_it_goes(void **state)
{
	(void)state;
	assert_str(
	        body_in("<article>",
	                ONE
	                "<figure><img src=a.jpg><figcaption>The ferry on a good day. Photo: Per "
	                "Lind</figcaption></figure>" TWO "<div class='related-articles'><h3>Read also</h3><p>The "
	                "bridge that nobody wanted was opened last "
	                "week.</p></div>"
	                "<p><strong>Read also:</strong> <a href=/b>The bridge that nobody wanted</a></p>"
	                "<div class='newsletter-signup'><p>Our letter comes every morning. Sign up, it costs "
	                "nothing.</p></div>"
	                "<aside><p>Skarholm has 214 inhabitants and two shops, one of them a bakery.</p></aside>" THREE,
	                "</article>"),
	        ALL);
}

static void sub_headings_lists_quotes_and_tables_stay(void **state)
{
	(void)state;
	assert_str(body_in("<article>",
	                   ONE "<h2>The engine</h2>" TWO
	                       "<ul><li>Mended in March, at sea</li><li>Mended in May</li></ul>"
	                       "<blockquote>It sounds like a bag of spoons.</blockquote>"
	                       "<table><tr><th>Year<th>Trips<tr><td>2023<td>704</table>" THREE "<h2>More</h2>",
	                   "</article>"),
	           TEXT_ONE "\nThe engine\n" TEXT_TWO "\nMended in March, at sea\nMended in May\n"
	                    "It sounds like a bag of spoons.\nYear Trips\n2023 704\n" TEXT_THREE);
}

static void the_standfirst_is_taken_along(void **state)
{
	(void)state;
	assert_str(
	        body_in("<header><h1>Ferry stops</h1><p class='article-standfirst'>An island waits, and waits well</p>"
	                "</header><div class='article-body'>",
	                ONE TWO THREE, "</div>"),
	        "An island waits, and waits well\n" ALL);
}

static void lines_that_end_in_br_are_paragraphs(void **state)
{
	(void)state;
	assert_str(body_in("<div id=menu><a href=/>Start</a> | <a href=/s>Sport</a></div><div>",
	                   TEXT_ONE "<br><br>" TEXT_TWO "<br/>" TEXT_THREE, "</div>"),
	           ALL);
}

static void a_name_that_would_take_most_of_the_text_out_was_no_hint(void **state)
{
	(void)state;
	assert_str(body_in("<div class='share-and-comments sidebar'>", ONE TWO THREE, "</div>"), ALL);
	assert_str(body_in("<form id=aspnetForm><div class='has-sidebar no-comments'>", ONE TWO THREE, "</div></form>"),
	           ALL);
}

static void a_name_is_no_hint_where_text_is_under_the_headline_and_nowhere_else(void **state)
{
	static const char notes[] =
	        "<ul><li><a href=/1>What the harbour says</a><li><a href=/2>What the island says</a>"
	        "<li><a href=/3>What the ferry says</a><li><a href=/4>What they all say</a></ul>"
	        "<div><div><div><p>" FOUR "</p></div></div></div>";
	(void)state;
	assert_str(body_in("<h1>Ferry stops</h1>", "<div class=recommend-box>" ONE TWO THREE "</div>", notes), ALL);
}

static void what_is_asked_of_a_visitor_is_no_text(void **state)
{
	(void)state;
	assert_str(
	        body_in("", ONE TWO THREE, "<div id=cookie-layer><p>" FOUR FIVE FOUR FIVE FOUR FIVE FOUR "</p></div>"),
	        ALL);
	assert_str(body_in("", ONE TWO, "<form><p>" FOUR FIVE FOUR FIVE "</p></form>"), TEXT_ONE "\n" TEXT_TWO);
}

static void another_article_behind_a_list_of_links_is_left_out(void **state)
{
	(void)state;
	assert_str(body_in("<div><h1>Ferry stops</h1><div><div>", ONE TWO THREE,
	                   "</div></div><div><div><a href=/1>What the harbour says</a><br><a href=/2>What the island "
	                   "says</a><br>"
	                   "<a href=/3>What the ferry says</a><br><a href=/4>What they all say</a></div>"
	                   "<div><div><p>" FOUR "</p></div></div></div></div>"),
	           ALL);
}

static void a_first_paragraph_may_begin_with_the_headline(void **state)
{
	(void)state;
	assert_str(body_of("<html><title>The ferry to Skarholm stopped on Monday, and nobody on the island was</title>"
	                   "<body><h1>The ferry to Skarholm stopped on Monday, and nobody on the island was</h1>"
	                   "<p>" TEXT_ONE " " TEXT_TWO "</p>" THREE),
	           TEXT_ONE " " TEXT_TWO "\n" TEXT_THREE);
}

static void headlines_in_one_box_are_sub_headings(void **state)
{
	(void)state;
	assert_str(body_in("<article><h1>Ferry stops</h1>", ONE "<h1>The engine</h1>" TWO "<h1>The ship</h1>" THREE,
	                   "</article>"),
	           TEXT_ONE "\nThe engine\n" TEXT_TWO "\nThe ship\n" TEXT_THREE);
}

static void captions_are_renditions(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "<!doctype html><html><head><title>Ferry stops</title><link rel=canonical "
	        "href=\"https://lantern.example/2026/ferry\"></head><body><h1>Ferry stops</h1><article>"
	        "<figure><img src=\"data:image/gif;base64,AA\" data-src=\"/i/ferry.jpg?a=1&amp;b=2\">"
	        "<figcaption>The ferry in its harbour.<span class=credit>Photo: N. "
	        "Teasdale</span></figcaption></figure>" ONE TWO
	        "<div class=image><img src=\"//img.example/2.jpg\"><p class=caption>The \"new\" one</p></div>" THREE
	        "</article><div class=related><figure><img src=\"https://img.example/3.jpg\"><figcaption>Another "
	        "ferry, elsewhere"
	        "</figcaption></figure></div></body></html>");
	assert_str(st->decode.body, ALL);
	assert_int_equal(st->decode.n_passed, 1);
	assert_str(
	        st->decode.passed[0].json,
	        "[{\"name\":\"picture-1\",\"href\":\"https://lantern.example/i/ferry.jpg?a=1&b=2\","
	        "\"title\":\"The ferry in its harbour. Photo: N. Teasdale\"},"
	        "{\"name\":\"picture-2\",\"href\":\"https://img.example/2.jpg\",\"title\":\"The \\\"new\\\" one\"}]");
}

static void a_live_feed_beside_the_article_is_not_it(void **state)
{
	(void)state;
	assert_str(body_in("<meta property='og:title' content='Ferry stops'><main><article><h1>Ferry stops</h1>",
	                   "<div>" ONE TWO THREE "</div>",
	                   "</article><aside><div><p>" FOUR "</p></div><div><p>" FIVE FOUR "</p></div><div><p>" FIVE
	                   "</p></div><div><p>" FIVE FIVE "</p></div><div><p>" FOUR FIVE FOUR
	                   "</p></div></aside></main>"),
	           ALL);
}

static void names_of_the_whole_page_and_of_headings_say_nothing(void **state)
{
	(void)state;
	assert_str(body_of("<html><body class='single comments-closed' id=related>" ONE
	                   "<h2 id=the-related-links>The engine</h2>" TWO "</body></html>"),
	           TEXT_ONE "\nThe engine\n" TEXT_TWO);
}

static void captions_in_the_data_are_captions(void **state)
{
	static const char data[] =
	        "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"articleBody\":\"" TEXT_ONE
	        " The ferry in its harbour, as it was when it was new. " TEXT_TWO
	        " Ferries of the north and of the south " TEXT_THREE "\"}</script>";
	(void)state;
	assert_str(body_in(data,
	                   ONE "<figure><img src=/a.jpg><figcaption>The ferry in its harbour, as it was when it was "
	                       "new.</figcaption></figure>" TWO
	                       "<div class=related><a href=/b>Ferries of the north and of the south</a></div>" THREE,
	                   ""),
	           ALL);
	/* A way to another page is one whatever its box is called. */
	assert_str(body_in(data, ONE TWO "<p><a href=/b>Ferries of the north and of the south</a></p>" THREE, ""), ALL);
}

static void what_stands_twice_is_kept_once(void **state)
{
	(void)state;
	assert_str(body_in("<div>", ONE TWO "<div>" ONE "</div>" THREE, "</div>"), ALL);
	/* In one box it is the writer's, as in a song. */
	assert_str(body_in("<div>", ONE TWO ONE, "</div>"), TEXT_ONE "\n" TEXT_TWO "\n" TEXT_ONE);
}

static void text_of_scripts_without_blanks_is_weighed_by_its_characters(void **state)
{
	(void)state;
	assert_str(body_of("<html><body><div><a href=1>首页</a><a "
	                   "href=2>地方</a></div><div><p>柳溪镇古桥修复工程十日完工。</p>"
	                   "<p>工程师贺兰亭说，石料取自原址，工期二百一十天。</p></div><div>相关新闻<a "
	                   "href=3>镇里的第二座桥</a></div>"),
	           "柳溪镇古桥修复工程十日完工。\n工程师贺兰亭说，石料取自原址，工期二百一十天。");
}

static void text_that_is_only_in_the_pages_data_is_taken_from_there(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "<html><head><script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":"
	               "\"Ferry stops\",\"articleBody\":\"" TEXT_ONE "\\n" TEXT_TWO "\\n" TEXT_THREE " " TEXT_ONE
	               "\"}</script></head><body><div id=app></div><p>Please enable scripts to "
	               "read this page.</p></body></html>");
	assert_str(st->decode.body, ALL " " TEXT_ONE);
	assert_true(desk_has_warning(st, "body-from-page-data"));
}

static void the_pages_data_tell_text_from_its_neighbours(void **state)
{
	(void)state;
	assert_str(body_of("<html><head><script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"articleBody\":"
	                   "\"" TEXT_ONE " " TEXT_TWO " " TEXT_THREE " " FOUR FOUR FOUR "\"}</script></head><body>"
	                   "<div class=teaser>" ONE TWO THREE "<p>" FOUR FOUR FOUR "</div>"
	                   "<div><p>Another text on this page, which is long enough to be taken for the article.</p>"
	                   "<p>It goes on for a while, says nothing about ships, and ends without saying anything.</p>"
	                   "<p>There is one more paragraph of it, so that it is as long as the article, or longer.</p>"
	                   "<p>" FIVE FIVE FIVE FIVE FIVE FIVE FIVE FIVE "</p></div>"),
	           ALL "\n" FOUR FOUR "The nets are dry. The boats are not, and that is how it has always been here.");
}

static void hidden_text_and_soft_hyphens_go(void **state)
{
	(void)state;
	assert_str(body_in("<div>",
	                   "<p hidden>Please turn on your scripts, or you will not see the whole of this text.</p>"
	                   "<p>The fer&shy;ry to Skar\xc2\xadholm stopped on Monday, and nobody was surprised.</p>" TWO,
	                   "</div>"),
	           "The ferry to Skarholm stopped on Monday, and nobody was surprised.\n" TEXT_TWO);
}

/* --- bad input ---------------------------------------------------------------------------------------------------- */

static void tags_that_nobody_closed_cost_no_text(void **state)
{
	(void)state;
	assert_str(body_of("<html><body><div><p>" TEXT_ONE "<p>" TEXT_TWO "<p>" TEXT_THREE), ALL);
	assert_str(body_of("<html><body><div></div></div></span></p><b><i><p>" TEXT_ONE "</i></b><div>" TEXT_TWO
	                   "</p><p>" TEXT_THREE "</table>"),
	           ALL);
	assert_str(body_of("<html><body><button><svg>" ONE TWO THREE), ALL);
}

static struct str repeated(const char *head, const char *piece, size_t times, const char *tail)
{
	size_t n = strlen(piece), at = strlen(head);
	char *out = malloc(at + n * times + strlen(tail) + 1);
	memcpy(out, head, at);
	for (size_t i = 0; i < times; i++, at += n)
		memcpy(out + at, piece, n);
	memcpy(out + at, tail, strlen(tail));
	return str_make(out, at + strlen(tail));
}

/* Time would tell what is not linear; that it ends at all is what is asserted. */
static void hostile_pages_end(void **state)
{
	static const struct {
		const char *head, *piece;
		size_t times;
		const char *tail;
	} pages[] = {
	        {"<html><body><p", " a=b", 1000000, ">" TEXT_ONE},
	        {"<html><body>", "<div>", 1000000, ONE},
	        {"<html><body>", "<span class=ad>", 300000, ONE},
	        {"<html><body>", "<td>", 1000000, ONE},
	        {"<html><body>", "<a href=x>", 500000, ONE},
	        {"<html><body>", "<svg>", 1000000, ONE},
	        {"<html><body>", "<!--", 1000000, ONE},
	        {"<html><body><script>", "<!--<script>", 500000, "</script>" ONE},
	        {"<html>", "<", 15000000, ONE},
	        {"<html>", "</b>", 3000000, ONE},
	        {"<html><body><div>", "<p></div>", 1000000, ONE},
	        {"<html><body><p class='", "ad ", 2000000, "'>" TEXT_ONE},
	        {"<html><body>", "&", 5000000, ONE},
	        {"<html><body>", "<h1>a</h1><ul><li>", 300000, ONE},
	        {"<html><script type='application/ld+json'>", "[", 1000000, "</script>" ONE},
	        {"<html>", "<script type='application/ld+json'>{}</script>", 100000, ONE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct str page = repeated(pages[i].head, pages[i].piece, pages[i].times, pages[i].tail);
		desk_give(&desk, page);
		assert_int_equal(desk.answer, ANSWER_KEEP);
		free((void *)(uintptr_t)page.p);
	}
}

static void every_beginning_of_a_page_is_read_safely(void **state)
{
	static const char page[] =
	        "<!DOCTYPE html><html lang=en><head><title>A &amp; B</title><meta name=author content='X'>"
	        "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":\"h\"}</script></head>"
	        "<body><!-- c --><table><tr><td>a<br>b</td></tr></table><pre> x\n y</pre><p class=\"lead x\">" TEXT_ONE
	        "</p><![CDATA[ d ]]><a rel=author href='q'>N</a></body></html>";
	(void)state;
	for (size_t n = 1; n <= sizeof page - 1; n++)
		desk_give(&desk, str_make(page, n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(a_page_is_told_by_its_first_element, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(xml_with_an_article_in_it_is_no_page, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_page_without_text_is_no_story, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_few_words_are_a_story_where_they_are_all_there_is, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_page_without_text_is_what_its_data_say_of_it, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_live_feed_beside_the_article_is_not_it, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(names_of_the_whole_page_and_of_headings_say_nothing, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(captions_in_the_data_are_captions, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(facts_are_read_from_tags, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(the_day_may_be_a_line_beside_the_headline, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(the_day_is_that_of_the_time_nearest_to_the_headline, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(the_day_may_be_in_the_address, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(data_of_an_article_come_before_tags, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(data_that_are_nearly_json_are_read, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(the_headline_is_the_one_on_the_page_where_no_data_say_it, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(the_author_may_be_a_line_of_that_name, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(the_author_may_be_a_link, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(the_author_may_be_a_link_to_where_authors_are, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_title_is_cut_where_the_page_shows_it_cut, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(what_is_around_the_text_goes, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(what_is_in_the_text_and_not_of_it_goes, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(sub_headings_lists_quotes_and_tables_stay, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(the_standfirst_is_taken_along, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(lines_that_end_in_br_are_paragraphs, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_name_that_would_take_most_of_the_text_out_was_no_hint, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(a_name_is_no_hint_where_text_is_under_the_headline_and_nowhere_else,
	                                        set_up, tear_down),
	        cmocka_unit_test_setup_teardown(what_is_asked_of_a_visitor_is_no_text, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(another_article_behind_a_list_of_links_is_left_out, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_first_paragraph_may_begin_with_the_headline, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(headlines_in_one_box_are_sub_headings, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(captions_are_renditions, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(what_stands_twice_is_kept_once, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(text_of_scripts_without_blanks_is_weighed_by_its_characters, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(text_that_is_only_in_the_pages_data_is_taken_from_there, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(the_pages_data_tell_text_from_its_neighbours, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(hidden_text_and_soft_hyphens_go, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(tags_that_nobody_closed_cost_no_text, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(hostile_pages_end, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(every_beginning_of_a_page_is_read_safely, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

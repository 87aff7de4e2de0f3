/* Web pages: what stands right above, behind and beside the text. */
#include "tests/pipeline/stages/decode/open_desk.h"

#define ONE        "<p>The ferry to Skarholm stopped on Monday, and nobody on the island was surprised by that.</p>"
#define TWO        "<p>Its engine, built in 1964, had been mended four times since the spring, the harbour office said.</p>"
#define TEXT_ONE   "The ferry to Skarholm stopped on Monday, and nobody on the island was surprised by that."
#define TEXT_TWO   "Its engine, built in 1964, had been mended four times since the spring, the harbour office said."
#define STANDFIRST "After sixty years and four new engines the islanders take to their own boats again"
#define BOTH       TEXT_ONE "\n" TEXT_TWO

static struct str body_in(const char *head, const char *inside)
{
	static char page[8192];
	snprintf(page, sizeof page,
	         "<!DOCTYPE html><html><head><title>Ferry stops for good | The Lantern</title>%s</head>"
	         "<body><nav><a href=/>Home</a></nav>%s</body></html>",
	         head, inside);
	return desk_text(&desk, page)->decode.body;
}

#define PAGE(inside) body_in("", inside)
#define H1           "<h1>Ferry stops for good</h1>"

static void a_heading_long_enough_for_a_standfirst_is_one(void **state)
{
	(void)state;
	assert_str(PAGE("<article>" H1 "<h2>" STANDFIRST "</h2>" ONE TWO "</article>"), STANDFIRST "\n" BOTH);
	/* Another sub-heading below it does not make it one without text. */
	assert_str(PAGE("<article>" H1 "<h2>" STANDFIRST "</h2><h2>A last voyage in spring</h2>" ONE TWO "</article>"),
	           STANDFIRST "\nA last voyage in spring\n" BOTH);
	/* A way to another page, and a word of the page's own, are none. */
	assert_str(PAGE("<article>" H1 "<h2><a href=/b>" STANDFIRST "</a></h2>" ONE TWO "</article>"), BOTH);
	assert_str(PAGE("<article>" H1 "<h3>Inland</h3>" ONE TWO "</article>"), BOTH);
}

static void a_paragraph_between_headline_and_text_needs_no_name(void **state)
{
	(void)state;
	assert_str(PAGE("<main><div class=a>" H1 "<div><p>" STANDFIRST ".</p></div></div><div class=b>" ONE TWO
	                "</div></main>"),
	           STANDFIRST ".\n" BOTH);
	/* Some call it a teaser. That word and a link, or the element, mean another page, unless it is long. */
	assert_str(PAGE("<main>" H1 "<div class=teaser><p>" TEXT_TWO " " STANDFIRST
	                ", as <a href=/x>we</a> said in spring."
	                "</p></div><div class=b>" ONE TWO "</div></main>"),
	           TEXT_TWO " " STANDFIRST ", as we said in spring.\n" BOTH);
	assert_str(PAGE("<main>" H1 "<div class=teaser>" STANDFIRST "</div><div class=b>" ONE TWO "</div></main>"),
	           STANDFIRST "\n" BOTH);
	assert_str(
	        PAGE("<main>" H1 "<div class=teaser><p>" STANDFIRST ".</p></div><div class=b>" ONE TWO "</div></main>"),
	        STANDFIRST ".\n" BOTH);
	assert_str(PAGE("<main>" H1 "<div class=teaser><p>" STANDFIRST
	                ". <a href=/x>So it is</a></p></div><div class=b>" ONE TWO "</div></main>"),
	           BOTH);
	assert_str(PAGE("<main>" H1 "<aside><p>" STANDFIRST ".</p></aside><div class=b>" ONE TWO "</div></main>"),
	           BOTH);
}

static void tables_and_lists_below_the_text_are_of_it_with_their_headings(void **state)
{
	(void)state;
	assert_str(PAGE("<article>" H1 "<div>" ONE TWO "<h2>Ferries</h2><table><tr><td>Maud<td>1964<tr><td>Ada<td>2001"
	                "</table><h2>Harbours</h2><ul><li>Skarholm</ul></div></article>"),
	           BOTH "\nFerries\nMaud 1964\nAda 2001\nHarbours\nSkarholm");
	/* A box around nothing but the table is none of its own. */
	assert_str(PAGE("<article>" H1 "<div>" ONE TWO
	                "<div class=x><table><tr><td>Maud<td>1964</table></div></div></article>"),
	           BOTH "\nMaud 1964");
	/* Not what is in another box, and no heading of links. */
	assert_str(PAGE("<article>" H1 "<div>" ONE TWO "<h2>More</h2><ul><li><a href=/a>Ferries</a></ul></div><div>"
	                "<h2>Ferries</h2><table><tr><td>Maud<td>1964</table></div></article>"),
	           BOTH);
}

static void lines_beside_the_text_go_along_with_it(void **state)
{
	(void)state;
	assert_str(PAGE("<article>" H1 "<div><p>Skarholm, at the old quay in the rain</p>" ONE TWO
	                "<ul><li>Line one</li><li>Line two</li></ul><p>Reporting by Ada Holm</p></div></article>"),
	           "Skarholm, at the old quay in the rain\n" BOTH "\nLine one\nLine two\nReporting by Ada Holm");
	/* What announces something else, dates, links and other boxes do not. */
	assert_str(body_in("<meta property='article:published_time' content='2025-03-02T07:08:00Z'>",
	                   "<article>" H1 "<div><p>2 March 2025, 07:08</p>" ONE TWO
	                   "<p>Read more:</p><p><a href=/x>Ferries of the north</a></p><p>Share it</p></div>"
	                   "<div><p>The Lantern of Skarholm</p></div></article>"),
	           BOTH);
}

static void paragraphs_that_have_the_texts_name_are_of_it_in_any_box(void **state)
{
	(void)state;
	assert_str(PAGE(H1
	                "<div><section><p class=story-text>" TEXT_ONE "</p></section></div>"
	                "<div><aside><p>Buy the paper of the islands now, it is cheap and good.</p></aside></div>"
	                "<div><section><div class=story-text><p class=story-text>" TEXT_TWO
	                "</p><p class=story-text>A new ship is ordered, and it will be here by the end of the year, or "
	                "so the harbour office says.</p></div></section></div>"),
	           BOTH "\nA new ship is ordered, and it will be here by the end of the year, or so the harbour office "
	                "says.");
}

static void a_headline_that_leads_to_its_own_page_is_no_way_out(void **state)
{
	static const char head[] = "<link rel=canonical href='https://lantern.example/ferry'>";
	(void)state;
	assert_str(body_in(head, "<article>" H1 ONE
	                         "<h2><a href='https://lantern.example/ferry'>The engine</a></h2>" TWO "</article>"),
	           TEXT_ONE "\nThe engine\n" TEXT_TWO);
	assert_str(PAGE("<article>" H1 ONE "<div><h2><a href='#engine'>The engine</a></h2>" TWO "</div></article>"),
	           TEXT_ONE "\nThe engine\n" TEXT_TWO);
	/* Entries of a live blog lead to themselves. */
	assert_str(body_in(head, "<article>" H1 ONE "<div><h2><a href='/ferry#entry-7'>The engine</a></h2>" TWO
	                         "</div></article>"),
	           TEXT_ONE "\nThe engine\n" TEXT_TWO);
}

#define CARD(n) "<div><div><a href=/" n ">Ferries of the north, part " n "</a></div><p>" TEXT_ONE " " n ".</p></div>"

static void a_line_between_long_ones_heads_what_is_below_it(void **state)
{
	(void)state;
	assert_str(PAGE(H1 "<div>" TEXT_ONE "<br><b>The engine</b><br>" TEXT_TWO "<br>" TEXT_ONE " " TEXT_TWO "</div>"),
	           TEXT_ONE "\nThe engine\n" TEXT_TWO "\n" TEXT_ONE " " TEXT_TWO);
	/* Not what is in a box of its own. */
	assert_str(PAGE(H1 "<div>" TEXT_ONE "<div>Notice</div>" TEXT_TWO "<br>" TEXT_ONE " " TEXT_TWO "</div>"),
	           BOTH "\n" TEXT_ONE " " TEXT_TWO);
}

static void a_few_words_of_a_sentence_stay_in_it(void **state)
{
	(void)state;
	assert_str(
	        PAGE("<article>" H1 "<p>The ferry to <span class=tags>Skarholm</span> stopped on Monday, and nobody on "
	             "the island<span class=sr-only> (all of it)</span> was surprised by that.</p>" TWO "</article>"),
	        BOTH);
}

static void a_notice_above_the_headline_is_no_text(void **state)
{
	(void)state;
	assert_str(PAGE("<div><p>The shop of this paper is closed for a day, and we are sorry.</p></div><div>" H1
	                "</div><div>" ONE "</div><div>" TWO "</div>"),
	           BOTH);
}

static void cards_in_a_row_are_ways_to_other_pages(void **state)
{
	(void)state;
	assert_str(PAGE("<main>" H1 "<div>" ONE TWO "<p>" TEXT_TWO " " TEXT_TWO "</p><p>" TEXT_ONE " " TEXT_ONE
	                "</p></div><div>" CARD("1") CARD("2") CARD("3") "</div></main>"),
	           BOTH "\n" TEXT_TWO " " TEXT_TWO "\n" TEXT_ONE " " TEXT_ONE);
}

#define DATA(body)                                                                                                     \
	"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"articleBody\":\"" body "\"}</script>"
#define LONG TEXT_ONE " " TEXT_TWO " " TEXT_ONE " " TEXT_TWO

static void data_that_break_off_do_not_stand_for_the_text(void **state)
{
	(void)state;
	assert_str(body_in(DATA("Something quite different is told here of the island and its boats. " LONG "\u2026"),
	                   "<article>" H1
	                   "<p>The harbour of the island is old.</p><p>Nobody knows how old it is, or who built it, "
	                   "and when that may have been.</p></article>"),
	           "The harbour of the island is old.\nNobody knows how old it is, or who built it, and when that may "
	           "have been.");
	/* Better than nothing. */
	assert_str(body_in(DATA(LONG "..."), "<div id=root></div>"), LONG "...");
}

static void data_of_which_the_page_shows_a_part_are_the_text(void **state)
{
	(void)state;
	assert_str(body_in(DATA(LONG " " LONG " The end of it."),
	                   "<article>" H1 ONE TWO "<p>Subscribe to read on</p></article>"),
	           LONG " " LONG " The end of it.");
}

static void mark_up_in_the_data_may_have_been_escaped_twice(void **state)
{
	(void)state;
	assert_str(body_in(DATA("&lt;p class=text&gt;" LONG
	                        "&lt;/p&gt;&lt;p&gt;A d&amp;eacute;j&amp;agrave; vu.&lt;/p&gt;"),
	                   "<div id=root></div>"),
	           LONG "\nA d\xc3\xa9j\xc3\xa0 vu.");
}

static void what_says_how_a_word_is_read_is_no_text(void **state)
{
	(void)state;
	assert_str(PAGE("<article><h1>渡し船が止まる</h1><p>島への<ruby>渡<rp>(</rp><rt>わた</rt><rp>)</rp></"
	                "ruby>し船が月曜日に止まり、"
	                "島の人たちは誰も驚かなかったと港の事務所が話した。</"
	                "p><p>新しい船は来年の末より前には来ない見込みだという。</p>"
	                "</article>"),
	           "島への渡し船が月曜日に止まり、島の人たちは誰も驚かなかったと港の事務所が話した。\n"
	           "新しい船は来年の末より前には来ない見込みだという。");
}

static void a_few_words_above_a_list_of_links_are_theirs(void **state)
{
	(void)state;
#define LINKS "<ul><li><a href=/a>Islanders row again</a></li></ul>"
	assert_str(PAGE("<article>" H1 ONE "<p>More on this</p>" LINKS TWO "</article>"), BOTH);
	assert_str(PAGE("<article>" H1 ONE "<p>See also:</p>" LINKS TWO "</article>"), BOTH);
	assert_str(PAGE("<article>" H1 ONE "<p>These islands have none, either:</p>" LINKS TWO "</article>"),
	           TEXT_ONE "\nThese islands have none, either:\n" TEXT_TWO);
}

static void a_quote_that_is_pulled_out_of_the_text_is_there_once(void **state)
{
	(void)state;
	assert_str(PAGE("<article>" H1 ONE
	                "<blockquote><p>\"Had been mended four times since the spring\"</p></blockquote>" TWO
	                "</article>"),
	           BOTH);
	assert_str(PAGE("<article>" H1 ONE "<blockquote><p>\"It had been mended once too often.\"</p></blockquote>" TWO
	                "</article>"),
	           TEXT_ONE "\n\"It had been mended once too often.\"\n" TEXT_TWO);
}

static void boxes_under_links_are_sections_of_a_text_that_leads_to_them(void **state)
{
	(void)state;
#define SECTION(text) "<div><h3><a href=/x>Islanders row</a></h3><p>" text "</p></div>"
#define ROW           "Islanders row\n"
	assert_str(PAGE("<article>" H1 ONE TWO SECTION(LONG) SECTION(TEXT_TWO " " LONG)
	                        SECTION(TEXT_ONE " " LONG) "</article>"),
	           BOTH "\n" ROW LONG "\n" ROW TEXT_TWO " " LONG "\n" ROW TEXT_ONE " " LONG);
	/* One or two are ways to other pages, and so are more of them with little text. */
	assert_str(
	        PAGE("<article>" H1 ONE SECTION(TEXT_ONE) TWO "<p>" LONG "</p><p>" LONG " " TEXT_TWO "</p></article>"),
	        BOTH "\n" LONG "\n" LONG " " TEXT_TWO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(a_heading_long_enough_for_a_standfirst_is_one, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_paragraph_between_headline_and_text_needs_no_name, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(tables_and_lists_below_the_text_are_of_it_with_their_headings, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(lines_beside_the_text_go_along_with_it, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(paragraphs_that_have_the_texts_name_are_of_it_in_any_box, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(a_headline_that_leads_to_its_own_page_is_no_way_out, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_line_between_long_ones_heads_what_is_below_it, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_few_words_of_a_sentence_stay_in_it, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_notice_above_the_headline_is_no_text, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(cards_in_a_row_are_ways_to_other_pages, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_few_words_above_a_list_of_links_are_theirs, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_quote_that_is_pulled_out_of_the_text_is_there_once, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(boxes_under_links_are_sections_of_a_text_that_leads_to_them, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(data_that_break_off_do_not_stand_for_the_text, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(data_of_which_the_page_shows_a_part_are_the_text, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(mark_up_in_the_data_may_have_been_escaped_twice, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(what_says_how_a_word_is_read_is_no_text, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Web pages: small boxes around pictures, films and forms, by what is in them and not by their names. */
#include "tests/pipeline/stages/decode/open_desk.h"

#define ONE      "The ferry to Skarholm stopped on Monday, and nobody on the island was surprised by that."
#define TWO      "Its engine, built in 1964, had been mended four times since the spring, the harbour office said."
#define THREE    "A new ship will not come before the end of next year, said Ada Holm, who runs the office."
#define LONG     THREE " " TWO
#define BODY     "<p>" ONE "</p><p>" TWO "</p>"
#define REST     "<p>" LONG "</p><p>" THREE " " ONE "</p>"
#define ALL      ONE "\n" TWO "\n" LONG "\n" THREE " " ONE
#define SHOWS    "The old ferry in its harbour, where it has been since Monday."
#define IMG      "<img src=https://lantern.example/ferry.jpg>"
#define IN(text) ONE "\n" TWO "\n" text "\n" LONG "\n" THREE " " ONE

static const struct story *story(const char *inside)
{
	static char page[8192];
	snprintf(page, sizeof page,
	         "<!DOCTYPE html><html><head><title>Ferry stops for good | The Lantern</title></head>"
	         "<body><nav><a href=/>Home</a></nav><main><h1>Ferry stops for good</h1>%s</main></body></html>",
	         inside);
	return desk_text(&desk, page);
}

static struct str body(const char *inside)
{
	return story(inside)->decode.body;
}

static void a_small_box_around_a_picture_is_its_caption(void **state)
{
	(void)state;
	assert_str(body(BODY "<div><div>" IMG "</div><div class=x1>" SHOWS "</div></div>" REST), ALL);
	assert_str(body(BODY "<div>" IMG "<p>" SHOWS "</p></div>" REST), ALL);
	assert_str(body(BODY "<div><a href=/i/ferry.jpg>" IMG "</a><span>" SHOWS "</span></div>" REST), ALL);
	assert_str(body(BODY "<div><iframe src=/f></iframe><p>" SHOWS "</p></div>" REST), ALL);
}

static void a_caption_without_a_name_is_a_rendition(void **state)
{
	(void)state;
	const struct story *st = story(BODY "<div>" IMG "<p>" SHOWS "</p></div>" REST);
	assert_int_equal(st->decode.n_passed, 1);
	assert_str(st->decode.passed[0].json,
	           "[{\"name\":\"picture-1\",\"href\":\"https://lantern.example/ferry.jpg\",\"title\":\"" SHOWS "\"}]");
}

static void a_picture_with_a_link_and_a_few_words_is_a_way_to_another_page(void **state)
{
	(void)state;
	assert_str(body(BODY "<div><a href=/b>" IMG "<span>Islanders row again</span></a><p>" SHOWS "</p></div>" REST),
	           ALL);
}

static void text_beside_a_picture_is_text_where_others_of_its_kind_hold_it(void **state)
{
	(void)state;
	assert_str(body("<section class=s><p>" ONE "</p></section><section class=s><p>" TWO "</p></section>"
	                "<section class='s wide'>" IMG "<p>" SHOWS "</p></section>"
	                "<section class=s><p>" LONG "</p></section><section class=s><p>" THREE " " ONE
	                "</p></section>"),
	           IN(SHOWS));
}

static void text_beside_a_picture_is_text_where_it_is_headed_quoted_or_listed(void **state)
{
	(void)state;
	assert_str(body(BODY "<div><h2>The ship</h2>" IMG "<p>" SHOWS "</p></div>" REST), IN("The ship\n" SHOWS));
	assert_str(body(BODY "<div>" IMG "<blockquote>" SHOWS "</blockquote></div>" REST), IN(SHOWS));
	assert_str(
	        body(BODY "<div><p>" SHOWS "</p><div>" IMG "</div><figcaption>Where it is now</figcaption></div>" REST),
	        IN(SHOWS));
	assert_str(body(BODY "<ul><li><div>" IMG "<span>" SHOWS "</span></div></li></ul>" REST), IN(SHOWS));
}

static void a_story_that_is_all_beside_its_picture_is_one(void **state)
{
	(void)state;
	assert_str(body("<div>" IMG "<p>" SHOWS "</p></div>"), SHOWS);
	assert_str(body("<div><div>" IMG "</div><p>" ONE "</p></div><div><div>" IMG "</div><p>" TWO "</p></div>"),
	           ONE "\n" TWO);
}

static void a_first_paragraph_beside_a_picture_is_one(void **state)
{
	(void)state;
	assert_str(body("<div>" IMG "<p>" THREE " " TWO " " SHOWS "</p></div>" BODY REST),
	           THREE " " TWO " " SHOWS "\n" ALL);
}

static void what_stands_beside_a_forms_field_asks_something(void **state)
{
	(void)state;
	assert_str(
	        body(BODY "<div><h3>The morning letter</h3><p>" SHOWS "</p><div><input type=email></div></div>" REST),
	        ALL);
	assert_str(body(BODY "<div><p>" SHOWS "</p><input type=radio name=a>Yes<input type=radio name=a>No</div>" REST),
	           ALL);
	/* A story all the same where a visitor may answer, or where the page is in a form. */
	assert_str(body("<p>" SHOWS "</p><textarea></textarea>"), SHOWS);
	assert_str(body("<form><input type=hidden name=v>" BODY REST "</form>"), ALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_small_box_around_a_picture_is_its_caption),
	        cmocka_unit_test(a_caption_without_a_name_is_a_rendition),
	        cmocka_unit_test(a_picture_with_a_link_and_a_few_words_is_a_way_to_another_page),
	        cmocka_unit_test(text_beside_a_picture_is_text_where_others_of_its_kind_hold_it),
	        cmocka_unit_test(text_beside_a_picture_is_text_where_it_is_headed_quoted_or_listed),
	        cmocka_unit_test(a_story_that_is_all_beside_its_picture_is_one),
	        cmocka_unit_test(a_first_paragraph_beside_a_picture_is_one),
	        cmocka_unit_test(what_stands_beside_a_forms_field_asks_something),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

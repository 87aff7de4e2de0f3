/*
 * Cleanup: what stays, what goes, and that each cut is accounted for.
 */
#include "tests/pipeline/stages/fixture.h"

extern const struct stage stage_cleanup;

static struct story *clean_text(struct fixture *f, const char *text)
{
	struct story *st = fixture_text(f, arena_copy(&f->keep, str_of(text)));
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	return st;
}

static struct story *clean_parts(struct fixture *f, const char *headline, const char *body)
{
	struct story *st = fixture_story(f, headline, body);
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	return st;
}

static void assert_removed(const struct story *st, size_t i, const char *kind, size_t start, size_t end)
{
	assert_true(i < st->cleanup.n_removed);
	assert_string_equal(st->cleanup.removed[i].kind, kind);
	assert_int_equal(st->cleanup.removed[i].at.start, start);
	assert_int_equal(st->cleanup.removed[i].at.end, end);
}

static void the_first_line_of_plain_text_is_the_headline(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_text(f, "A headline\nFirst.\nSecond.");
	assert_str(st->cleanup.headline, "A headline");
	assert_str(st->cleanup.body, "First.\nSecond.");
	assert_int_equal(st->cleanup.n_removed, 1);
	assert_removed(st, 0, "headline", 0, 11);
	fixture_free(f);
}

static void empty_lines_before_it_are_not_the_headline(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_text(f, "\r\n \t\r\n  A\x01 headline \r\n\r\nFirst.\r\n");
	assert_str(st->cleanup.headline, "A headline");
	assert_str(st->cleanup.body, "First.");
	/* The line, its blanks, its control and both bytes of its end are one removal. */
	assert_int_equal(st->cleanup.n_removed, 1);
	assert_removed(st, 0, "headline", 6, 22);
	fixture_free(f);
}

static void a_text_of_one_line_is_headline_and_text(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_text(f, " Only this ");
	assert_str(st->cleanup.headline, "Only this");
	assert_str(st->cleanup.body, "Only this");
	assert_int_equal(st->cleanup.n_removed, 0);
	st = clean_text(f, "URGENT\nTrain halted by swans\n-30-");
	assert_str(st->cleanup.headline, "Train halted by swans");
	assert_str(st->cleanup.body, "Train halted by swans");
	assert_int_equal(st->cleanup.n_removed, 2);
	st = clean_text(f, "HOLM (Sable) - The ferry sank.");
	assert_str(st->cleanup.headline, "The ferry sank.");
	assert_str(st->cleanup.body, "The ferry sank.");
	fixture_free(f);
}

static void a_text_without_letters_is_empty(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_text(f, " \x02\r\n\t");
	assert_str(st->cleanup.headline, "");
	assert_str(st->cleanup.body, "");
	assert_int_equal(st->cleanup.n_removed, 1);
	assert_removed(st, 0, "control", 1, 2);
	st = clean_text(f, "");
	assert_int_equal(st->cleanup.n_removed + st->cleanup.headline.n + st->cleanup.body.n, 0);
	fixture_free(f);
}

static void a_first_line_that_is_a_paragraph_is_no_headline(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_text(f, "HOLM, June 3 (Sable) - The ferry sank.\nNobody was on it.");
	assert_str(st->cleanup.headline, "");
	assert_str(st->cleanup.body, "The ferry sank.\nNobody was on it.");
	char text[800];
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 0;
	text[700] = '\n';
	st = clean_text(f, text);
	assert_str(st->cleanup.headline, "");
	assert_int_equal(st->cleanup.body.n, 799);
	fixture_free(f);
}

/* --- what stands for something else ------------------------------------------------------------------------------- */

static void assert_edit(const struct story *st, size_t i, const char *value, size_t start, size_t end)
{
	assert_true(i < st->cleanup.n_edits);
	struct range at = st->cleanup.edits[i].at, raw = story_raw(st, at);
	assert_str(str_slice(st->cleanup.text, at.start, at.end), value);
	assert_int_equal(raw.start, start);
	assert_int_equal(raw.end, end);
}

static void character_references_are_read_and_noted(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st =
	        clean_text(f, "Fish &amp; chips\nA &#8211; b&nbsp;c &amp;quot;d&quot; &x; AT&T &#x2019;\nTwo.");
	assert_str(st->cleanup.headline, "Fish & chips");
	assert_str(st->cleanup.body, "A \u2013 b c \"d\" &x; AT&T \u2019\nTwo.");
	assert_int_equal(st->cleanup.n_edits, 6);
	assert_edit(st, 0, "&", 5, 10);
	assert_edit(st, 1, "\u2013", 19, 26);
	assert_edit(st, 3, "\"", 36, 46);
	assert_removed(st, 0, "headline", 0, 17);
	assert_int_equal(st->cleanup.n_removed, 1);
	fixture_free(f);
}

static void what_is_removed_behind_a_reference_has_its_place_in_the_raw_text(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_text(f, "Head\nOne &amp; two.\nRead also: Q&amp;A\nThree.&shy;");
	assert_str(st->cleanup.body, "One & two.\nThree.");
	assert_removed(st, 1, "promo", 20, 39);
	assert_removed(st, 2, "control", 45, 50);
	fixture_free(f);
}

static void sequences_of_terminals_go_whole(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_text(f, "\x1b[1;31mHead\x1b[0m\nA \x1b]0;title\abold\x1b(B word \x1b stays [1m.\nB.");
	assert_str(st->cleanup.headline, "Head");
	assert_str(st->cleanup.body, "A bold word stays [1m.\nB.");
	assert_removed(st, 1, "control", 18, 28);
	assert_removed(st, 2, "control", 32, 35);
	assert_removed(st, 3, "control", 41, 42);
	st = clean_text(f, "Head\n\x1b[1mRead also:\x1b[0m Another\nText.");
	assert_str(st->cleanup.body, "Text.");
	fixture_free(f);
}

static void references_beyond_the_limit_stay_with_a_warning(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	char *text = arena_alloc(&f->keep, 5 * 5000 + 1);
	for (size_t i = 0; i < 5000; i++)
		memcpy(text + 5 * i, "&amp;", 5);
	text[5 * 5000] = 0;
	struct story *st = clean_parts(f, "", text);
	assert_int_equal(st->cleanup.n_edits, 4096);
	assert_int_equal(st->cleanup.body.n, 4096 + 5 * (5000 - 4096));
	assert_non_null(st->cleanup.warning);
	fixture_free(f);
}

/* --- versions ----------------------------------------------------------------------------------------------------- */

static void a_story_that_corrects_another_says_so(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words;
	} rows[] = {
	        {"CORRECTED-Tram line to open\nText.\nTwo.", "CORRECTED"},
	        {"CORRECTED: Tram line to open\nText.\nTwo.", "CORRECTED"},
	        {"(Corrects date in paragraph 2)\nTram line\nText.\nTwo.", "(Corrects date in paragraph 2)"},
	        {"Ralat: Jalur Trem Dibuka\nText.\nTwo.", "Ralat"},
	        {"KORREKTUR: Tram fährt\nText.\nTwo.", "KORREKTUR"},
	        {"Tram line\nText.\nTwo.\nCorrection: An earlier version gave a wrong date.",
	         "Correction: An earlier version gave a wrong date."},
	        {"[정정] 전차 개통\nText.\nTwo.", "정정"},
	        {"【更正】电车开通\nText.\nTwo.", "更正"},
	        {"تصحيح: افتتاح الترام\nText.\nTwo.", "تصحيح"},
	};
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct story *st = clean_text(f, rows[i].text);
		struct range at = st->cleanup.correction;
		assert_str(str_slice(st->decode.text, at.start, at.end), rows[i].words);
		assert_true(story_is_update(st));
	}
	fixture_free(f);
}

static void a_later_version_is_an_update_and_no_correction(void **state)
{
	(void)state;
	static const char *const texts[] = {
	        "UPDATE 2-Tram line to open\nText.\nTwo.", "Tram line, 2nd Ld-Writethru\nText.\nTwo.",
	        "(Adds quotes)\nTram line\nText.\nTwo.", "1st lead\nTram line\nText.\nTwo."};
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct story *st = clean_text(f, texts[i]);
		assert_true(story_is_update(st));
		assert_int_equal(st->cleanup.correction.end, 0);
	}
	assert_false(story_is_update(clean_text(f, "Correction fluid maker grows\nText.\nTwo.")));
	assert_false(story_is_update(clean_text(f, "Update on the tram line\nText.\nTwo.")));
	fixture_free(f);
}

static void a_headline_of_its_own_is_trimmed_and_kept_on_one_line(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_parts(f, " A\r\n  headline\u00a0here\x7f ", "  First.  \n\n\nSecond line. ");
	assert_str(st->cleanup.headline, "A headline here");
	assert_str(st->cleanup.body, "First.\nSecond line.");
	assert_int_equal(st->cleanup.n_removed, 0);
	fixture_free(f);
}

static void every_kind_of_line_end_and_blank_is_understood(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_parts(f, "", "a\nb\r\nc\rd\u2028e\u2029f\xc2\x85g\vh\fi");
	assert_str(st->cleanup.body, "a\nb\nc\nd\ne\nf\ng\nh\ni");
	st = clean_parts(f, "", "a \t b\u00a0\u00a0c\u2003d\u3000e\u202ff\u205fg\u1680h\u200ai");
	assert_str(st->cleanup.body, "a b c d e f g h i");
	assert_int_equal(st->cleanup.n_removed, 0);
	fixture_free(f);
}

static void controls_are_taken_out_and_noted_neighbours_as_one(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_parts(f, "",
	                               "\ufeff\x02"
	                               "one\x7ftwo\xc2\x81\xc2\x9f three\x1b\nso\u00adft\u200b\u2060");
	assert_str(st->cleanup.body, "onetwo three\nsoft");
	assert_int_equal(st->cleanup.n_removed, 6);
	assert_removed(st, 0, "control", 0, 4);
	assert_removed(st, 1, "control", 7, 8);
	assert_removed(st, 2, "control", 11, 15);
	assert_removed(st, 3, "control", 21, 22);
	assert_removed(st, 4, "control", 25, 27);
	assert_removed(st, 5, "control", 29, 35);
	fixture_free(f);
}

static void separators_do_not_let_words_grow_together(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_parts(f, "", "one\x1etwo \x1f three");
	assert_str(st->cleanup.body, "one two three");
	assert_int_equal(st->cleanup.n_removed, 2);
	assert_removed(st, 0, "control", 3, 4);
	fixture_free(f);
}

static void direction_is_kept_only_where_letters_run_from_right_to_left(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_parts(f, "", "left\u200e to \u202eright\u202c, \u061calways");
	assert_str(st->cleanup.body, "left to right, always");
	assert_int_equal(st->cleanup.n_removed, 4);
	const char *hebrew = "\u05e9\u05dc\u05d5\u05dd (GDP)\u200f 5%";
	st = clean_parts(f, "", hebrew);
	assert_str(st->cleanup.body, hebrew);
	assert_int_equal(st->cleanup.n_removed, 0);
	fixture_free(f);
}

static void what_spells_words_stays(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	/* Persian with a joiner that is not seen, an emoji family, Khmer with its word breaks, a flag made of tags. */
	static const char *const texts[] = {"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
	                                    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
	                                    "\u1797\u17b6\u179f\u17b6\u200b\u1781\u17d2\u1798\u17c2\u179a",
	                                    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
	                                    "e\u0301 \u2013 \u201cquoted\u201d \ufb01 \u00b5 \uffe6"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct story *st = clean_parts(f, "", texts[i]);
		assert_str(st->cleanup.body, texts[i]);
		assert_int_equal(st->cleanup.n_removed, 0);
	}
	fixture_free(f);
}

static void ranges_point_into_the_text_behind_a_byte_order_mark(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = fixture_text(f, STR("\xef\xbb\xbfHead\nBo\x03"
	                                       "dy\n"));
	st->decode.body = str_slice(st->decode.text, 3, st->decode.text.n);
	fixture_run(f, st);
	assert_str(st->cleanup.headline, "Head");
	assert_str(st->cleanup.body, "Body");
	assert_int_equal(st->cleanup.n_removed, 2);
	assert_removed(st, 0, "headline", 3, 8);
	assert_removed(st, 1, "control", 10, 11);
	fixture_free(f);
}

static void more_controls_than_are_noted_go_with_a_warning(void **state)
{
	(void)state;
	static char text[20001];
	for (size_t i = 0; i < 20000; i++)
		text[i] = i % 2 ? '\x01' : 'x';
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_parts(f, "", text);
	assert_int_equal(st->cleanup.body.n, 10000);
	assert_int_equal(st->cleanup.n_removed, 4096);
	assert_string_equal(st->cleanup.warning, "controls-not-noted");
	assert_null(clean_parts(f, "", "x\x01x")->cleanup.warning);
	fixture_free(f);
}

/* --- wrapped text ------------------------------------------------------------------------------------------------- */

static void lines_that_a_width_has_made_are_one_paragraph(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	struct story *st = clean_text(f, "Ferry returns after nine winters in the yard of Holm, says harbour\n"
	                                 "\n"
	                                 "HOLM (Sable) - The old ferry of Holm sailed again on Monday, nine\r\n"
	                                 "winters after a storm had thrown it onto the rocks below the light\n"
	                                 "house, and nobody could say who had paid for it.\n"
	                                 "\n"
	                                 "   The mayor was on board. He had brought a basket of apples with\n"
	                                 "him and gave one to each child, as his mother had done.\n"
	                                 "   It sails daily.\n");
	assert_str(st->cleanup.headline, "Ferry returns after nine winters in the yard of Holm, says harbour");
	assert_str(
	        st->cleanup.body,
	        "The old ferry of Holm sailed again on Monday, nine winters after a storm had thrown it onto the rocks "
	        "below the light house, and nobody could say who had paid for it.\n"
	        "The mayor was on board. He had brought a basket of apples with him and gave one to each child, as his "
	        "mother had done.\nIt sails daily.");
	assert_removed(st, 1, "dateline", 68, 83);
	fixture_free(f);
}

static void short_paragraphs_lists_and_tables_keep_their_lines(void **state)
{
	(void)state;
	static const char *const bodies[] = {"The ferry sailed again on Monday after nine winters in the yard.\n"
	                                     "Nobody could say who had paid for it, and nobody asked the man.\n"
	                                     "The mayor was on board and he had brought a basket of apples too.\n"
	                                     "It sails daily from the old harbour to the island and then back.",
	                                     "Old ferry returns to Holm after nine winters and one long summer\n"
	                                     "Mayor of Holm brings apples to children who came to the harbour\n"
	                                     "Island shop opens again as boats bring the first summer visitors\n"
	                                     "Storm warning for the whole coast between Holm and Brackenford",
	                                     "Holm Rovers          12  7  3  2   24:11   24 points  home 4 away 3\n"
	                                     "Brackenford Town     12  7  2  3   20:12   23 points  home 5 away 2\n"
	                                     "Ashmead Athletic     12  6  3  3   18:14   21 points  home 4 away 2\n"
	                                     "Saltmarsh United     12  2  3  7   11:26    9 points  home 1 away 1"};
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct story *st = clean_text(f, arena_printf(&f->keep, "Head\n%s", bodies[i]).p);
		size_t lines = 0;
		for (size_t at = 0; at < st->cleanup.body.n; at++)
			lines += st->cleanup.body.p[at] == '\n';
		assert_int_equal(lines, 3);
	}
	fixture_free(f);
}

/* --- what holds for every text ------------------------------------------------------------------------------------ */

static uint64_t random_state = 7;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % n;
}

static struct str random_text(struct arena *a)
{
	static const uint32_t odd[] = {'\n',   '\r',   ' ',    '\t',   0x01,    0x1e,   0x7f,   0x85,
	                               0x90,   0xa0,   0xad,   0x200b, 0x200d,  0x200e, 0x2028, 0x202e,
	                               0x2060, 0x3000, 0x0e01, 0xfeff, 0x1f600, 0x0c,   0x00e9, 0x0628};
	size_t characters = random_below(200);
	char *text = arena_alloc(a, 4 * characters + 1);
	size_t n = 0;
	for (size_t i = 0; i < characters; i++) {
		uint32_t c = random_below(3) ? 'a' + random_below(26) : odd[random_below(sizeof(odd) / sizeof(odd[0]))];
		n += utf8_write(text + n, c);
	}
	return str_make(text, n);
}

static bool is_white(uint32_t c)
{
	return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xa0 || c == 0x2028 || c == 0x3000;
}

/* All characters of s but white space, in order. */
static struct str without_white(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		if (!is_white(c))
			n += utf8_write(out + n, c);
	}
	return str_make(out, n);
}

static void raw_text_is_what_stays_and_what_was_removed_and_white_space(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	for (int round = 0; round < 3000; round++) {
		struct story *st = fixture_text(f, random_text(&f->keep));
		st->decode.headline_is_first_line = random_below(2);
		fixture_run(f, st);
		struct str text = st->decode.text, body = st->cleanup.body;
		char *left = arena_alloc(&f->keep, text.n + 1);
		size_t n = 0, at = 0;
		for (size_t i = 0; i <= st->cleanup.n_removed; i++) {
			bool last = i == st->cleanup.n_removed;
			struct range cut = last ? (struct range){text.n, text.n} : st->cleanup.removed[i].at;
			assert_true(cut.start >= at && cut.end >= cut.start && cut.end <= text.n);
			assert_true(last || cut.end > cut.start);
			memcpy(left + n, text.p + at, cut.start - at);
			n += cut.start - at;
			at = cut.end;
		}
		struct str expected = without_white(&f->keep, str_make(left, n));
		struct str stays = without_white(&f->keep, body);
		assert_true(str_eq(expected, stays));
		assert_true(utf8_is_valid(body) && utf8_is_valid(st->cleanup.headline));
		assert_true(str_eq(body, str_trim(body)));
		for (size_t i = 1; i < body.n; i++)
			assert_false(str_is_space(body.p[i]) && str_is_space(body.p[i - 1]));
		arena_reset(&f->keep);
	}
	fixture_free(f);
}

static void a_headline_over_again_above_the_text_goes(void **state)
{
	(void)state;
	static const struct {
		const char *headline, *body, *clean;
		size_t removed;
	} rows[] = {
	        {"Ferry returns", "Ferry returns\nHOLM (Sable) - It sailed on Monday.\nTwo.",
	         "It sailed on Monday.\nTwo.", 2},
	        {" Ferry returns ", "FERRY RETURNS\n\nIt sailed on Monday.", "It sailed on Monday.", 1},
	        {"Ferry returns", "Ferry returns on Monday\nIt sailed.", "Ferry returns on Monday\nIt sailed.", 0},
	        {"Ferry returns", "It sailed.\nFerry returns\nTwo.", "It sailed.\nFerry returns\nTwo.", 0},
	        {"Ferry returns", "Ferry returns", "Ferry returns", 0}, /* there is nothing else to read */
	        {"", "\nIt sailed.\nTwo.", "It sailed.\nTwo.", 0},
	};
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct story *st = fixture_story(f, rows[i].headline, rows[i].body);
		st->decode.text = st->decode.body;
		assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
		assert_str(st->cleanup.body, rows[i].clean);
		assert_int_equal(st->cleanup.n_removed, rows[i].removed);
		if (rows[i].removed)
			assert_string_equal(st->cleanup.removed[0].rule, "repeated");
	}
	fixture_free(f);
}

static void cleaning_clean_text_changes_nothing(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_cleanup, NULL);
	for (int round = 0; round < 1000; round++) {
		struct story *st = fixture_story(f, "", "");
		st->decode.body = st->decode.text = random_text(&f->keep);
		fixture_run(f, st);
		struct story *again = fixture_story(f, "", "");
		again->decode.body = again->decode.text = st->cleanup.body;
		fixture_run(f, again);
		assert_true(str_eq(again->cleanup.body, st->cleanup.body));
		arena_reset(&f->keep);
	}
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_first_line_of_plain_text_is_the_headline),
	        cmocka_unit_test(empty_lines_before_it_are_not_the_headline),
	        cmocka_unit_test(a_text_of_one_line_is_headline_and_text),
	        cmocka_unit_test(a_text_without_letters_is_empty),
	        cmocka_unit_test(a_first_line_that_is_a_paragraph_is_no_headline),
	        cmocka_unit_test(character_references_are_read_and_noted),
	        cmocka_unit_test(what_is_removed_behind_a_reference_has_its_place_in_the_raw_text),
	        cmocka_unit_test(sequences_of_terminals_go_whole),
	        cmocka_unit_test(references_beyond_the_limit_stay_with_a_warning),
	        cmocka_unit_test(a_story_that_corrects_another_says_so),
	        cmocka_unit_test(a_later_version_is_an_update_and_no_correction),
	        cmocka_unit_test(a_headline_of_its_own_is_trimmed_and_kept_on_one_line),
	        cmocka_unit_test(every_kind_of_line_end_and_blank_is_understood),
	        cmocka_unit_test(controls_are_taken_out_and_noted_neighbours_as_one),
	        cmocka_unit_test(separators_do_not_let_words_grow_together),
	        cmocka_unit_test(direction_is_kept_only_where_letters_run_from_right_to_left),
	        cmocka_unit_test(what_spells_words_stays),
	        cmocka_unit_test(ranges_point_into_the_text_behind_a_byte_order_mark),
	        cmocka_unit_test(more_controls_than_are_noted_go_with_a_warning),
	        cmocka_unit_test(lines_that_a_width_has_made_are_one_paragraph),
	        cmocka_unit_test(short_paragraphs_lists_and_tables_keep_their_lines),
	        cmocka_unit_test(raw_text_is_what_stays_and_what_was_removed_and_white_space),
	        cmocka_unit_test(a_headline_over_again_above_the_text_goes),
	        cmocka_unit_test(cleaning_clean_text_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

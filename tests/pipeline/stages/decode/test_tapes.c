/* Teleprinter formats: ANPA 1312, IPTC 7901, and the frame of ZCZC and NNNN. */
#include "tests/pipeline/stages/decode/open_desk.h"

#define ANPA_HEAD "\x16\x16\x01W2870\x1f_asian\r\nr l\x13\x11 BC-LT--Orchard-Theft 1stLd-Writethru   11-13 1049\r\n"

static void an_anpa_story_is_read_field_by_field(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, ANPA_HEAD "\x02^BC-LT--Orchard Theft, 1st Ld-Writethru,466<\r\n"
	                                                    "^Orchard loses every last pear overnight<\r\n"
	                                                    "^AP Photo XNP101, XNP102<\r\n"
	                                                    "^Eds: Adds quote.<\r\n"
	                                                    "^By NORA TEASDALE and JO LINDQVIST=\r\n"
	                                                    "^Associated Press=\r\n"
	                                                    "\t   PEARTREE, Ohio (AP) _ Every pear is gone, said \r\n"
	                                                    "the owner, ``even the unripe ones.''\r\n"
	                                                    " \r\n"
	                                                    "\t   Police were told.\r\n"
	                                                    "\r\n"
	                                                    "\t   \x03"
	                                                    "AP-WF-11-13-13 1509GMT<\r\n\r\n\x0c\r\n\x04");
	assert_string_equal(st->decode.format, "anpa1312");
	assert_str(st->decode.headline, "Orchard loses every last pear overnight");
	assert_str(st->decode.slugline, "BC-LT--Orchard Theft, 1st Ld-Writethru");
	assert_str(st->decode.by, "NORA TEASDALE and JO LINDQVIST");
	assert_str(st->decode.ed_note, "Eds: Adds quote.");
	assert_str(st->decode.body,
	           "PEARTREE, Ohio (AP) \xe2\x80\x94 Every pear is gone, said the owner, \"even the unripe ones.\"\n"
	           "Police were told.");
	assert_str(st->decode.version_created, "2013-11-13T15:09:00Z");
	assert_str(st->decode.guid, "W2870-2013-11-13");
	assert_int_equal(st->decode.urgency, 5);
	assert_true(st->decode.is_correction);
	assert_null(st->decode.control);
}

static void an_anpa_kill_is_one(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, "\x16\x16\x01k0042\x1f-----\r\nf k\x13\x11 BC-Orchard-Theft KILL   02-11 0031\r\n"
	                         "\x02^BC-Orchard-Theft, KILL,20<\r\n\t   PEARTREE (KNS) _ Please kill.\r\n\t   "
	                         "\x03KNS-02-11-25 0923GMT<");
	assert_string_equal(st->decode.control, "kill");
	assert_int_equal(st->decode.pub_status, PUB_CANCELED);
	assert_int_equal(st->decode.urgency, 1);
}

static void an_anpa_table_keeps_its_rows(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "\x16\x01s0284\x1f-----\r\nr s\x14\x12 BC-Glance   08-18\r\n\x02^BC-Glance<\r\n^Glance=\r\n"
	               "\x08Tampa\x10"
	               "Bay\x1f\x1e 73\x1e\x1e 52\x1e\x1e .584\r\n\x08Oak{\x1f 72\r\n\x03KNS-08-18-19 2017GMT<");
	assert_str(st->decode.headline, "Glance");
	assert_str(st->decode.body, "Tampa Bay\t73\t52\t.584\nOak\xc2\xbd\t72");
}

static void blanks_in_a_row_and_controls_between_words_are_one_blank(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, ANPA_HEAD "\x02^Pears gone<\r\n"
	                                                    "\t   Every   pear \t is \x0e\x0f gone.  \x0e \r\n"
	                                                    "\t   Even  \x7f  the \x0eunripe\x0f ones.\r\n"
	                                                    "\x03"
	                                                    "AP-WF-11-13-13 1509GMT<\r\n");
	assert_str(st->decode.body, "Every pear is gone.\nEven the unripe ones.");
}

/* Lines are looked at in pieces: none of them may let one through. */
static void a_control_or_a_second_blank_is_found_at_every_place_of_a_line(void **state)
{
	(void)state;
	for (size_t n = 1; n < 90; n++) {
		for (size_t rest = 1; rest < 90; rest += 1 + n / 8) {
			char p[200], bytes[700], want[300];
			memset(p, 'p', sizeof p);
			size_t size = (size_t)snprintf(bytes, sizeof bytes,
			                               ANPA_HEAD "\x02^Pears gone<\r\n\t   %.*s  %.*s\x0f%.*s", (int)n,
			                               p, (int)rest, p, (int)n, p);
			size_t most = (size_t)snprintf(want, sizeof want, "%.*s %.*s", (int)n, p, (int)(rest + n), p);
			const struct story *st = desk_story(&desk, str_make(bytes, size));
			assert_int_equal(st->decode.body.n, most);
			assert_memory_equal(st->decode.body.p, want, most);
		}
	}
}

static void kyodos_variant_of_anpa_ends_its_headline_with_a_plus(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "\x01"
	               "a0105KNS\x1fkoko-\r\nu s\x14\x12 BC-Chess   09-12 0344\r\n\x02"
	               "BC-Chess\r\n"
	               "Chess: Moriyama takes the cup+\r\n     KOBE, Japan, Dec. 9 KNS - Moriyama took it \r\n"
	               "on Sunday.\r\n     She is nine.\r\n==KNS\r\n\x03KWS-21:37-09-12-18\x04");
	assert_str(st->decode.slugline, "BC-Chess");
	assert_str(st->decode.headline, "Chess: Moriyama takes the cup");
	assert_str(st->decode.body, "KOBE, Japan, Dec. 9 KNS - Moriyama took it on Sunday.\nShe is nine.");
	assert_true(desk_has_warning(st, "time-without-zone"));
	desk.feed.zone = STR("Asia/Tokyo");
	st = desk_text(&desk, "\x01"
	                      "a0105KNS\x1fkoko-\r\nu s\x14\x12 BC-Chess   09-12 0344\r\n\x02"
	                      "BC-Chess\r\nA+\r\n     B.\r\n\x03KWS-21:37-09-12-18\x04");
	desk.feed.zone = STR("");
	assert_str(st->decode.version_created, "2018-12-09T21:37:00+09:00");
}

static void an_iptc_7901_story_is_read_field_by_field(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        "\x01"
	        "eca0003 3 i 380  kns 0045\r\n\r\nHarbourland/migration/\r\n\x02REFILE\r\n1ST LEAD\r\n"
	        "Harbourland joins list of countries\r\nwith an orchard law\r\nBy Nora Teasdale, dpa =\r\n\r\n"
	        "Tidemouth (kns) - Harbourland is joining a growing number of countries\r\nthat count pears.\r\n\r\n"
	        "   The count starts today.\r\n   It ends in May.\r\n\r\n# Notebook\r\n\r\n## Editorial contacts\r\n- "
	        "Editing by: Jo\r\n\r\n"
	        "kns nt jl\r\n\r\n\x03"
	        "212322 GMT Nov 18\r\n\x7f\r\n\x7f\x04");
	assert_string_equal(st->decode.format, "iptc7901");
	assert_str(st->decode.headline, "Harbourland joins list of countries with an orchard law");
	assert_str(st->decode.slugline, "Harbourland/migration");
	assert_str(st->decode.by, "Nora Teasdale");
	assert_str(st->decode.body,
	           "Tidemouth (kns) - Harbourland is joining a growing number of countries that count pears.\n"
	           "The count starts today.\nIt ends in May.");
	assert_str(st->decode.ed_note, "# Notebook\n## Editorial contacts\n- Editing by: Jo");
	assert_str(st->decode.version_created, "2018-11-21T23:22:00Z");
	assert_int_equal(st->decode.urgency, 3);
	assert_true(st->decode.is_correction);
}

static void an_iptc_7901_story_without_its_control_bytes_is_one_still(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, "eca00075 3 i 510    kns 1003\n\n/politics/Harbourland/\n2ND "
	                                          "LEAD\nTop court: pears count\nBy Nora Teasdale  =\n \n"
	                                          "Tidemouth (kns) - Pears count.\n\n101137 GMT Dez 18\n");
	assert_string_equal(st->decode.format, "iptc7901");
	assert_str(st->decode.slugline, "politics/Harbourland");
	assert_str(st->decode.headline, "Top court: pears count");
	assert_str(st->decode.by, "Nora Teasdale");
	assert_str(st->decode.body, "Tidemouth (kns) - Pears count.");
	assert_str(st->decode.version_created, "2018-12-10T11:37:00Z");
}

static void a_frame_of_zczc_and_nnnn_is_taken_off(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, "ZCZC KNS\r\n%A\r\n#Orchard_BC1\r\n$Orchard loses "
	                                          "pears\r\n:(PEARTREE)\r\n&KNS\\x\r\n*07000000\r\n@OH\r\n"
	                                          "Every pear is gone.\n\n   Police were told.\r\n\r\nNNNN\r\n");
	assert_str(st->decode.headline, "Orchard loses pears");
	assert_str(st->decode.slugline, "Orchard_BC1");
	assert_str(st->decode.located, "PEARTREE");
	assert_str(st->decode.body, "Every pear is gone.\n\nPolice were told.");
	/* A code is no headline, and a date none either. */
	st = desk_text(&desk, "\rZCZC\r#Betting\r$T\r:11/2/2017\r2.90 Hipparchus\r4.20 Bottino\rNNNN");
	assert_str(st->decode.headline, "Betting");
	assert_str(st->decode.body, "2.90 Hipparchus\n4.20 Bottino");
}

/* Four million lines: who looked for the line feed behind them all at each of them would read 16 TB. */
static void a_tape_whose_lines_end_in_a_carriage_return_alone_is_read_in_one_go(void **state)
{
	(void)state;
	static char bytes[8000000];
	size_t n = (size_t)snprintf(bytes, sizeof(bytes), "\rZCZC\r#Orchard\r$Orchard loses pears\r");
	for (; n + 8 < sizeof(bytes); n += 2)
		memcpy(bytes + n, "p\r", 2);
	n += (size_t)snprintf(bytes + n, sizeof(bytes) - n, "NNNN\r");
	const struct story *st = desk_story(&desk, str_make(bytes, n));
	assert_str(st->decode.headline, "Orchard loses pears");
	assert_in_range(st->decode.body.n, sizeof(bytes) - 100, sizeof(bytes));
}

static void text_that_begins_alike_is_plain_text(void **state)
{
	(void)state;
	static const char *const texts[] = {
	        "abc12 3 pears and 4 apples were sold on Monday",
	        "ZCZCZ is a band",
	        "\001SHDRACE: CANTERBURY\0376\037N\r\n1. Montauk",
	        "Room101 4 u 2 know",
	        "W2870 is a road",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_string_equal(desk_text(&desk, texts[i])->decode.format, "plain-text");
}

static void a_frame_without_a_story_is_dropped(void **state)
{
	(void)state;
	desk_assert_no_story(&desk, STR("ZCZC KNS\r\nNNNN\r\n"));
	desk_assert_no_story(&desk, STR("\x01"
	                                "eca0003 3 i 380  kns 0045\r\n\x02=\r\n\x03"
	                                "212322 GMT Nov 18\r\n"));
}

#define ANPA_FRAME(number, day)                                                                                        \
	"\x16\x16\x01W" number "\x1f_asian\r\nr l\x13\x11 BC-Pears   11-13 1049\r\n\x02^Headline " number              \
	"<\r\n\t   Text " number ".\r\n\x03"                                                                           \
	"AP-WF-11-" day "-13 1509GMT<\r\n"
#define IPTC_FRAME(number)                                                                                             \
	"\x01"                                                                                                         \
	"eca" number " 4 i 211  dpa 061\r\n\r\nPears/\r\n\x02Headline " number " =\r\n\r\nText " number                \
	".\r\n\x03\r\n1311" number " GMT Nov 13\r\n"
#define ZCZC_FRAME(number) "ZCZC AAP\r\n$Headline " number "\r\nText " number ".\r\nNNNN\r\n"

static void each_frame_of_a_message_is_a_story(void **state)
{
	static const struct {
		const char *message, *headlines[2], *bodies[2], *guids[2];
	} rows[] = {
	        {ANPA_FRAME("2870", "13") ANPA_FRAME("2871", "14"),
	         {"Headline 2870", "Headline 2871"},
	         {"Text 2870.", "Text 2871."},
	         {"W2870-2013-11-13", "W2871-2013-11-14"}},
	        {IPTC_FRAME("37") IPTC_FRAME("38"),
	         {"Headline 37", "Headline 38"},
	         {"Text 37.", "Text 38."},
	         {"eca37/131137", "eca38/131138"}},
	        {ZCZC_FRAME("one") "\r\n" ZCZC_FRAME("two"),
	         {"Headline one", "Headline two"},
	         {"Text one.", "Text two."},
	         {"", ""}},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		desk_give(&desk, str_of(rows[i].message));
		assert_int_equal(desk.msg.n_parts, 2);
		for (size_t k = 0; k < 2; k++) {
			const struct story *st = desk.msg.parts[k];
			assert_int_equal(st->end.outcome, OUTCOME_OPEN);
			assert_str(st->decode.headline, rows[i].headlines[k]);
			assert_str(st->decode.body, rows[i].bodies[k]);
			assert_true(str_starts(st->decode.guid, str_of(rows[i].guids[k])));
		}
		assert_false(str_eq(desk.msg.parts[0]->decode.uri, desk.msg.parts[1]->decode.uri));
	}
}

static void what_begins_no_frame_stays_in_the_one_before(void **state)
{
	(void)state;
	assert_str(desk_text(&desk, ANPA_FRAME("2870", "13") "\x01no service\r\n")->decode.body, "Text 2870.");
	assert_str(desk_text(&desk, IPTC_FRAME("37") "\x01no service\r\n")->decode.body, "Text 37.");
	const struct story *st =
	        desk_text(&desk, "ZCZC AAP\r\n$Head\r\nZCZC begins it,\r\nNNNN ends it: ZCZC\r\nNNNN\r\n");
	assert_str(st->decode.body, "ZCZC begins it,\nNNNN ends it: ZCZC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(an_anpa_story_is_read_field_by_field),
	        cmocka_unit_test(an_anpa_kill_is_one),
	        cmocka_unit_test(an_anpa_table_keeps_its_rows),
	        cmocka_unit_test(blanks_in_a_row_and_controls_between_words_are_one_blank),
	        cmocka_unit_test(a_control_or_a_second_blank_is_found_at_every_place_of_a_line),
	        cmocka_unit_test(kyodos_variant_of_anpa_ends_its_headline_with_a_plus),
	        cmocka_unit_test(an_iptc_7901_story_is_read_field_by_field),
	        cmocka_unit_test(an_iptc_7901_story_without_its_control_bytes_is_one_still),
	        cmocka_unit_test(a_frame_of_zczc_and_nnnn_is_taken_off),
	        cmocka_unit_test(a_tape_whose_lines_end_in_a_carriage_return_alone_is_read_in_one_go),
	        cmocka_unit_test(text_that_begins_alike_is_plain_text),
	        cmocka_unit_test(a_frame_without_a_story_is_dropped),
	        cmocka_unit_test(each_frame_of_a_message_is_a_story),
	        cmocka_unit_test(what_begins_no_frame_stays_in_the_one_before),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

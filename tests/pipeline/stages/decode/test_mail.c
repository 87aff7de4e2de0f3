/* E-mails: what they are made of, and the story in them. */
#include "tests/pipeline/stages/decode/open_desk.h"

#include "pipeline/stages/decode/mail.h"

#define HEAD                                                                                                           \
	"From: \"Ada Holm\" <ada@lantern.example>\r\nTo: wire@lantern.example\r\nSubject: Ferry stops\r\n"             \
	"Date: Mon, 10 Feb 2025 12:00:00 +0300\r\nMessage-ID: <1@lantern.example>\r\nMIME-Version: 1.0\r\n"

/* --- pieces ------------------------------------------------------------------------------------------------------- */

static struct str decoded(const char *body, const char *encoding)
{
	return mail_untransfer(str_of(body), str_of(encoding), &desk.keep);
}

static void transfer_encodings_are_taken_off(void **state)
{
	(void)state;
	assert_str(decoded("RmVycnkg\r\nc3RvcHM=\r\n", "Base64"), "Ferry stops");
	assert_str(decoded("Rg==RmU=\nRmVy", "base64"), "FFeFer");
	assert_str(decoded("R m!V y", "base64"), "Fer");
	assert_str(decoded("a=3Db=\r\nc= \nd =E9=4", "quoted-printable"), "a=bcd \xe9=4");
	assert_str(decoded("a=3D", "8bit"), "a=3D");
}

static struct str parameter(const char *field, const char *name)
{
	return mail_parameter(str_of(field), name, &desk.keep);
}

static void parameters_are_read_quoted_plain_and_in_pieces(void **state)
{
	(void)state;
	assert_str(parameter("text/plain; charset=utf-8", "charset"), "utf-8");
	assert_str(parameter("text/plain ; x=y; CHARSET = \"koi8-r\" ;z", "charset"), "koi8-r");
	assert_str(parameter("a; name=\"a;b\\\"c\"", "name"), "a;b\"c");
	assert_str(parameter("a; name*=utf-8'de'%C3%A4.txt", "name"), "\xc3\xa4.txt");
	assert_str(parameter("a; name*0=\"one\"; name*1*=%20two; name*2=three", "name"), "one twothree");
	assert_str(parameter("a; filename=x", "name"), "");
	assert_str(parameter("a; name=\"unclosed", "name"), "unclosed");
}

static void a_boundary_ends_a_line(void **state)
{
	static const char body[] = "preamble\r\n--b\r\none\r\n--bb\r\n--b \r\n\r\n--b--\r\n--b\r\nno";
	(void)state;
	struct str part;
	size_t at = 0;
	assert_true(mail_part_next(str_of(body), STR("b"), &at, &part));
	assert_str(part, "one\r\n--bb");
	assert_true(mail_part_next(str_of(body), STR("b"), &at, &part));
	assert_str(part, "");
	assert_false(mail_part_next(str_of(body), STR("b"), &at, &part));
}

static void lines_that_were_broken_are_one_again(void **state)
{
	(void)state;
	assert_str(mail_unflow(STR("one \ntwo\n three \n-- \nx\n"), false, &desk.keep), "one two\nthree -- \nx\n");
	assert_str(mail_unflow(STR("on \r\ne\r\n"), true, &desk.keep), "one\n");
}

/* --- the story ---------------------------------------------------------------------------------------------------- */

static void a_mail_is_a_story(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, HEAD "\r\nThe ferry stopped.\r\n\r\nNobody cared.\r\n-- \r\nAda\r\n");
	assert_string_equal(st->decode.format, "rfc822");
	assert_str(st->decode.headline, "Ferry stops");
	assert_str(st->decode.by, "Ada Holm");
	assert_str(st->decode.guid, "1@lantern.example");
	assert_str(st->decode.version_created, "2025-02-10T12:00:00+03:00");
	assert_str(st->decode.body, "The ferry stopped.\n\nNobody cared.");
	assert_int_equal(st->decode.n_warnings, 0);
}

static void text_with_names_and_values_is_no_mail(void **state)
{
	static const char *const texts[] = {
	        "From: the harbour\n\nThe ferry stopped.",
	        "Place: Skarholm\nDate: Monday\nPrice: 3\n\nThe ferry stopped.",
	        "Subject: ferry\nThe ferry stopped.\n\nNobody cared.", "Headline: Ferry stops\n\nText",
	        "From: A\nWeather: fine\nWind: none\nTide: high\nDate: Monday\nSubject: tides\n\nText"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_string_equal(desk_text(&desk, texts[i])->decode.format, "plain-text");
}

static void encoded_words_are_read(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, "From: =?koi8-r?B?98XT1ME=?= <desk@vesta.example>\nTo: a\nMIME-Version: 1.0\n"
	               "Subject: =?utf-8?Q?F=C3=A4hre?= =?UTF-8?B?IGg=?=\n =?utf-8?q?=C3=A4lt_an?= (2)\n\ntext");
	assert_str(st->decode.headline, "F\xc3\xa4hre h\xc3\xa4lt an (2)");
	assert_str(st->decode.by, "\xd0\x92\xd0\xb5\xd1\x81\xd1\x82\xd0\xb0");
	/* A character that is broken into two words. */
	assert_str(desk_text(&desk, "From: a\nMessage-ID: <b>\nSubject: =?utf-8?Q?=C3?=\n =?utf-8?Q?=A4?= =?no\n\ntext")
	                   ->decode.headline,
	           "\xc3\xa4 =?no");
}

/* Of a subject that never ends the beginning is read, in whole words and characters. */
static void an_endless_field_is_cut_between_words(void **state)
{
	static const char *const words[] = {"\xc3\xa4", "x\xc3\xa4", "=?utf-8?Q?=C3=A4?= ", "\xe6\xb8\xaf", "ab "};
	(void)state;
	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		struct buf text;
		buf_init(&text, 8192);
		buf_printf(&text, "From: a\r\nTo: b\r\nMIME-Version: 1.0\r\nSubject: ");
		while (text.n < 6000)
			buf_str(&text, str_of(words[w]));
		buf_printf(&text, "\r\nMessage-ID: <b>\r\n\r\nText.");
		struct str headline = desk_story(&desk, buf_view(&text))->decode.headline;
		assert_in_range(headline.n, 300, 4000);
		assert_null(memmem(headline.p, headline.n, "\xef\xbf\xbd", 3));
		assert_null(memmem(headline.p, headline.n, "=?", 2));
		buf_free(&text);
	}
}

static void plain_text_comes_before_markup(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, HEAD "Content-Type: multipart/mixed;\r\n boundary=\"a\"\r\n\r\n--a\r\n"
	                              "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
	                              "Content-Type: text/html\r\n\r\n<p>No</p>\r\n--b\r\n"
	                              "Content-Type: text/plain; charset=iso-8859-1\r\n"
	                              "Content-Transfer-Encoding: quoted-printable\r\n\r\nThe caf=E9=\r\n closed.\r\n"
	                              "--b--\r\n--a\r\nContent-Type: image/png; name=x.png\r\n"
	                              "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--a--\r\n");
	assert_str(st->decode.body, "The caf\xc3\xa9 closed.");
	assert_true(desk_has_warning(st, "attachments-left: 1"));
}

static void markup_is_read_where_there_is_no_plain_text(void **state)
{
	(void)state;
	assert_str(
	        desk_text(&desk, HEAD "Content-Type: text/html; charset=utf-8\r\n\r\n<p>One</p><p>Two &amp; three</p>")
	                ->decode.body,
	        "One\nTwo & three");
}

static void each_part_is_in_its_own_charset(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, HEAD "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
	                              "Content-Type: text/plain; charset=koi8-r\r\n\r\n\xf7\xc5\xd3\xd4\xc1\r\n--a\r\n"
	                              "Content-Type: text/plain; charset=windows-1252\r\n\r\ncaf\xe9\r\n--a--\r\n");
	assert_str(st->decode.body, "\xd0\x92\xd0\xb5\xd1\x81\xd1\x82\xd0\xb0\ncaf\xc3\xa9");
}

/* Damage of three kinds in one part. */
static void a_part_may_be_damaged_in_each_way_there_is(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk,
	        HEAD "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	             "<p>one=00 two three four five six</p>\n<p>caf=E9 bar</p>\n"
	             "<p>=C3=83=C2=A9t=C3=83=C2=A9 again and again</p>\n<p>=C3=A9 =C3=A9 fine</p>\n");
	assert_str(st->decode.body, "one two three four five six\ncaf\xc3\xa9 bar\n\xc3\xa9t\xc3\xa9 again and again\n"
	                            "\xc3\xa9 \xc3\xa9 fine");
	assert_true(desk_has_warning(st, "bytes-lost"));
	assert_true(desk_has_warning(st, "charset-mixed"));
	assert_true(desk_has_warning(st, "charset-doubled"));
}

static void damage_is_said_of_the_first_part_too(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, HEAD "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
	                    "Content-Type: text/plain; charset=utf-8\r\n\r\ncaf\xe9\n\xc3\xa9t\xc3\xa9\r\n--a\r\n"
	                    "Content-Type: text/plain; charset=utf-8\r\n\r\nSound.\r\n--a--\r\n");
	assert_str(st->decode.body, "caf\xc3\xa9\n\xc3\xa9t\xc3\xa9\nSound.");
	assert_true(desk_has_warning(st, "charset-mixed"));
}

static void what_forwards_and_answers_is_no_part_of_the_headline(void **state)
{
	static const struct {
		const char *subject, *more, *headline;
	} rows[] = {
	        {"Fwd: FW: Ferry", "", "Ferry"},
	        {"Re: Ferry", "", "Re: Ferry"},
	        {"Re: AW: Ferry", "In-Reply-To: <0@x>\n", "Ferry"},
	        {"TR: Ferry", "", "TR: Ferry"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char mail[500];
		snprintf(mail, sizeof mail, "From: a@b.example\nMessage-ID: <1@b>\n%sSubject: %s\n\ntext", rows[i].more,
		         rows[i].subject);
		assert_str(desk_text(&desk, mail)->decode.headline, rows[i].headline);
	}
}

static void json_in_a_mail_is_the_story(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, HEAD "\r\n{\"headline\":\"Ice\r\non the fjord\",\"body\":\"It is thick.\"}\r\n");
	assert_string_equal(st->decode.format, "json");
	assert_str(st->decode.headline, "Ice on the fjord");
	assert_str(st->decode.body, "It is thick.");
	assert_str(st->decode.guid, "1@lantern.example");
	assert_str(st->decode.version_created, "2025-02-10T12:00:00+03:00");
}

static void a_form_sends_its_values_as_lists(void **state)
{
	(void)state;
	const struct story *st = desk_text(
	        &desk, HEAD "\r\n{\"Headline\":[\"Ice\"],\"Slugline\":[\"ice\"],\"Body\":[\"It is thick.\"]}\r\n");
	assert_str(st->decode.headline, "Ice");
	assert_str(st->decode.slugline, "ice");
	assert_str(st->decode.body, "It is thick.");
}

static void news_that_is_attached_makes_parts_of_its_own(void **state)
{
	(void)state;
	desk_give(&desk,
	          STR(HEAD
	              "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nSee the attachments.\r\n--a\r\n"
	              "Content-Type: application/json; name=n.json\r\nContent-Disposition: attachment\r\n\r\n"
	              "{\"headline\":\"Ice\",\"body\":\"It is thick.\"}\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n"
	              "From: b@b.example\r\nMessage-ID: <2@b>\r\nSubject: Thaw\r\n\r\nIt is thin.\r\n--a--\r\n"));
	assert_int_equal(desk.msg.n_parts, 3);
	assert_str(desk.msg.parts[0]->decode.body, "See the attachments.");
	assert_str(desk.msg.parts[1]->decode.headline, "Ice");
	assert_str(desk.msg.parts[2]->decode.headline, "Thaw");
	assert_str(desk.msg.parts[2]->decode.body, "It is thin.");
}

static void what_is_nearly_json_is_the_mails_text(void **state)
{
	(void)state;
	const struct story *st = desk_text(&desk, HEAD "\r\n{\"Headline\":[\"Ice\"], the rest was cut}\r\n");
	assert_string_equal(st->decode.format, "rfc822");
	assert_str(st->decode.headline, "Ferry stops");
	assert_int_equal(st->decode.text_kind, TEXT_DECODED);
}

/* --- bad input ---------------------------------------------------------------------------------------------------- */

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

/* Memory is as much as the mail, not as much as all of its beginnings. */
static void two_hundred_texts_are_joined_once(void **state)
{
	static const char head[] = HEAD "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
	static const char part[] = "\r\n--a\r\nContent-Type: text/plain\r\n\r\n";
	enum { TEXT = 10000, PARTS = 199 };
	(void)state;
	char *text = malloc(sizeof part + TEXT);
	memcpy(text, part, sizeof part - 1);
	memset(text + sizeof part - 1, 'x', TEXT);
	text[sizeof part - 1 + TEXT] = 0;
	struct str mail = repeated(head, text, PARTS, "\r\n--a--\r\n");
	const struct story *st = desk_story(&desk, mail);
	assert_true(st->decode.body.n >= PARTS * TEXT);
	assert_in_range(arena_held_bytes(&desk.keep), st->decode.body.n, 12 * st->decode.body.n);
	free((void *)(uintptr_t)mail.p);
	free(text);
}

static void hostile_mails_end(void **state)
{
	static const struct {
		const char *head, *piece;
		size_t times;
		const char *tail;
	} mails[] = {
	        {HEAD, "X: y\r\n", 1000000, "\r\ntext"},
	        {HEAD "X:", " y\r\n", 1000000, "\r\ntext"},
	        {HEAD "Content-Type: multipart/mixed; boundary=a\r\n\r\n", "--a\r\n\r\n", 1000000, "text"},
	        {HEAD "Content-Type: multipart/mixed; boundary=a\r\n\r\n",
	         "--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n", 100000, "text"},
	        {HEAD "Content-Type: text/plain", ";a=b", 60000, "\r\n\r\ntext"},
	        {"From: a\r\nMessage-ID: <a>\r\nSubject: ", "=?a?q?", 40000, "\r\n\r\ntext"},
	        {"From: a\r\nMessage-ID: <a>\r\nSubject: ", "=?x?q?=41?= a ", 15000, "\r\n\r\ntext"},
	        {HEAD "Content-Transfer-Encoding: quoted-printable\r\n\r\n", "=", 10000000, "text"},
	        {HEAD "Content-Transfer-Encoding: base64\r\n\r\n", "YWFh=", 2000000, ""},
	        {HEAD "\r\n", "\n", 10000000, "text"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
		struct str mail = repeated(mails[i].head, mails[i].piece, mails[i].times, mails[i].tail);
		desk_give(&desk, mail);
		assert_int_equal(desk.answer, ANSWER_KEEP);
		free((void *)(uintptr_t)mail.p);
	}
}

static void every_beginning_of_a_mail_is_read_safely(void **state)
{
	static const char mail[] =
	        HEAD "Content-Type: multipart/mixed; boundary=\"a\"\r\n\r\nx\r\n--a\r\n"
	             "Content-Type: text/plain; charset*=utf-8''utf-8; format=flowed\r\n"
	             "Content-Transfer-Encoding: quoted-printable\r\n\r\na=\r\nb=C3=A4 \r\n-- \r\n"
	             "--a\r\nContent-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	             "eyJib2R5IjoieCJ9\r\n--a--\r\n";
	(void)state;
	for (size_t n = 1; n <= sizeof mail - 1; n++)
		desk_give(&desk, str_make(mail, n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(transfer_encodings_are_taken_off, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(parameters_are_read_quoted_plain_and_in_pieces, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_boundary_ends_a_line, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(lines_that_were_broken_are_one_again, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_mail_is_a_story, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(text_with_names_and_values_is_no_mail, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(encoded_words_are_read, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(an_endless_field_is_cut_between_words, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(plain_text_comes_before_markup, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(markup_is_read_where_there_is_no_plain_text, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(each_part_is_in_its_own_charset, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_part_may_be_damaged_in_each_way_there_is, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(damage_is_said_of_the_first_part_too, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(what_forwards_and_answers_is_no_part_of_the_headline, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(json_in_a_mail_is_the_story, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(a_form_sends_its_values_as_lists, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(news_that_is_attached_makes_parts_of_its_own, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(what_is_nearly_json_is_the_mails_text, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(two_hundred_texts_are_joined_once, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(hostile_mails_end, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(every_beginning_of_a_mail_is_read_safely, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

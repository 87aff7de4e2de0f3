/* Bytes to text: marks, forced charsets, UTF-16 without a mark, and bytes that are no text. */
#include "tests/pipeline/stages/decode/desk.h"

#include "pipeline/base/buf.h"

#include <unicode/ucnv.h>

#define BYTES(literal) str_make(literal, sizeof(literal) - 1)

static void valid_utf8_is_taken_as_it_is(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	const struct story *st = desk_text(&d, "Caf\xc3\xa9 reopens");
	assert_string_equal(st->decode.charset, "UTF-8");
	assert_string_equal(st->decode.charset_basis, "valid-utf8");
	assert_int_equal(st->decode.text_kind, TEXT_MESSAGE);
	assert_ptr_equal(st->decode.text.p, d.msg.value.p);
	assert_ptr_equal(st->decode.body.p, d.msg.value.p);
	desk_close(&d);
}

static void a_mark_stays_in_the_text_that_ranges_point_into_and_leaves_the_body(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	const struct story *st = desk_text(&d, "\xef\xbb\xbfText");
	assert_string_equal(st->decode.charset_basis, "bom");
	assert_int_equal(st->decode.text_kind, TEXT_MESSAGE);
	assert_int_equal(st->decode.text.n, 7);
	assert_str(st->decode.body, "Text");
	st = desk_text(&d, "\xef\xbb\xbf {\"headline\":\"H\",\"body\":\"B\"}");
	assert_string_equal(st->decode.format, "json");
	desk_close(&d);
}

static void utf16_and_utf32_are_known_by_their_marks(void **state)
{
	(void)state;
	static const struct {
		struct str bytes;
		const char *charset;
	} rows[] = {
	        {STR_INIT("\xff\xfeH\0\xe9\0=\xd8\0\xde"), "UTF-16LE"},
	        {STR_INIT("\xfe\xff\0H\0\xe9\xd8=\xde\0"), "UTF-16BE"},
	        {STR_INIT("\xff\xfe\0\0H\0\0\0\xe9\0\0\0\0\xf6\x01\0"), "UTF-32LE"},
	        {STR_INIT("\0\0\xfe\xff\0\0\0H\0\0\0\xe9\0\x01\xf6\0"), "UTF-32BE"},
	};
	struct desk d;
	desk_open(&d, "", "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct story *st = desk_story(&d, rows[i].bytes);
		assert_str(st->decode.text, "H\xc3\xa9\xf0\x9f\x98\x80");
		assert_str(st->decode.body, "H\xc3\xa9\xf0\x9f\x98\x80");
		assert_string_equal(st->decode.charset, rows[i].charset);
		assert_string_equal(st->decode.charset_basis, "bom");
		assert_int_equal(st->decode.text_kind, TEXT_DECODED);
	}
	desk_close(&d);
}

static void utf16_without_a_mark_is_known_by_its_pattern(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	const struct story *st = desk_story(&d, BYTES("W\0o\0r\0d\0\xe9\0"));
	assert_str(st->decode.text, "Word\xc3\xa9");
	assert_string_equal(st->decode.charset, "UTF-16LE");
	assert_string_equal(st->decode.charset_basis, "utf-16-pattern");
	st = desk_story(&d, BYTES("\0{\0\"\0t\0i\0t\0l\0e\0\"\0:\0\"\0T\0\"\0}"));
	assert_string_equal(st->decode.charset, "UTF-16BE");
	assert_string_equal(st->decode.format, "json");
	assert_str(st->decode.headline, "T");
	desk_close(&d);
}

/* U+FFFD, of which the record says how it came. */
#define LOST "\xef\xbf\xbd"

static void assert_lost(struct desk *d, struct str bytes, const char *text)
{
	const struct story *st = desk_story(d, bytes);
	assert_str(st->decode.body, text);
	assert_true(desk_has_warning(st, "bytes-lost"));
	assert_int_equal(st->decode.text_kind, TEXT_DECODED);
}

static void a_torn_utf16_text_is_read_as_far_as_it_goes(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	assert_lost(&d, BYTES("\xff\xfeH\0i\0\x3d\xd8x\0"), "Hi" LOST "x");
	assert_lost(&d, BYTES("\xff\xfeT\0o\0w\0n\0x"), "Town" LOST);
	desk_assert_dead(&d, BYTES("\xff\xfeH\0\0\0x\0"), REASON_NOT_TEXT, "NUL");
	desk_assert_dead(&d, BYTES("\xff\xfe\x3d\xd8\x3d\xd8x\0"), REASON_BAD_CHARSET, "is not valid in UTF-16LE");
	desk_close(&d);
}

static void lone_bad_bytes_are_marked_and_kill_no_story(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	assert_lost(&d, BYTES("D\xc3\xa9j\xc3\xa0 cut off \xe2\x82"), "D\xc3\xa9j\xc3\xa0 cut off " LOST);
	assert_lost(&d,
	            BYTES("\xef\xbb\xbf"
	                  "d\xc3\xa9j\xc3\xa0 \xff"),
	            "d\xc3\xa9j\xc3\xa0 " LOST);
	desk_assert_dead(&d, BYTES("\xed\xa0\x80"), REASON_NOT_TEXT, "byte 0");
	desk_assert_dead(&d, BYTES("\xc0\xaf"), REASON_NOT_TEXT, "byte 0");
	desk_assert_dead(&d, BYTES("a NUL \0 byte"), REASON_NOT_TEXT, "byte 6 of the message is NUL");
	desk_assert_dead(&d, BYTES("\xef\xbb\xbf\xff"), REASON_NOT_TEXT, "byte 3");
	desk_assert_dead(&d, BYTES("\x89PN\x01\x02\x03\x04\x05\xff\xd8"), REASON_NOT_TEXT, "byte 0");
	desk_close(&d);
}

static void lone_nul_bytes_in_mark_up_go_and_kill_no_story(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	assert_lost(&d, BYTES("<!doctype html><p>The ferry \0stopped on Monday, and nobody was surprised by that.</p>"),
	            "The ferry stopped on Monday, and nobody was surprised by that.");
	assert_lost(
	        &d,
	        BYTES("\xef\xbb\xbf<html><p>The ferry \0stopped on Monday: d\xc3\xa9j\xc3\xa0 vu on the island.</p>"),
	        "The ferry stopped on Monday: d\xc3\xa9j\xc3\xa0 vu on the island.");
	assert_lost(
	        &d,
	        BYTES("<html><meta charset=windows-1252><p>The ferry \0stopped on Monday: d\xe9j\xe0 vu.</p></html>"),
	        "The ferry stopped on Monday: d\xc3\xa9j\xc3\xa0 vu.");
	desk_assert_dead(&d, BYTES("<html>\0\0\0\0<p>No text.</p>"), REASON_NOT_TEXT, "byte 6 of the message is NUL");
	desk_close(&d);
}

static void a_few_bytes_of_another_charset_are_read_in_their_own_piece(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "", "");
	const struct story *st =
	        desk_story(&d, BYTES("{\"headline\":\"Caf\xe9 \x93neu\x94\",\"body_text\":\"Gr\xc3\xbc\xc3\x9f"
	                             "e aus K\xc3\xb6ln, sch\xc3\xb6n\"}"));
	assert_str(st->decode.headline, "Caf\xc3\xa9 \xe2\x80\x9cneu\xe2\x80\x9d");
	assert_str(st->decode.body, "Gr\xc3\xbc\xc3\x9f"
	                            "e aus K\xc3\xb6ln, sch\xc3\xb6n");
	assert_true(desk_has_warning(st, "charset-mixed"));
	assert_false(desk_has_warning(st, "bytes-lost"));
	desk_close(&d);
}

static void text_that_was_encoded_twice_is_mended_where_that_is_certain(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *text;
		bool mended;
	} rows[] = {
	        {"S\xc3\x83\xc2\xa3o Paulo", "S\xc3\xa3o Paulo", true},
	        {"it\xc3\xa2\xe2\x82\xac\xe2\x84\xa2s", "it\xe2\x80\x99s", true},
	        {"\xc3\x90\xc5\xb8\xc3\x90\xc2\xb5\xc3\x91\xe2\x82\xac\xc3\x90\xc2\xbc\xc3\x91\xc5\x92",
	         "\xd0\x9f\xd0\xb5\xd1\x80\xd0\xbc\xd1\x8c", true},
	        /* Its other letter is whole: no reading makes sense of both. */
	        {"S\xc3\x83\xc2\xa3o, caf\xc3\xa9", "S\xc3\x83\xc2\xa3o, caf\xc3\xa9", false},
	        {"\xe2\x80\x9dVI L\xc3\x85\xe2\x80\x9d", "\xe2\x80\x9dVI L\xc3\x85\xe2\x80\x9d", false},
	        {"S\xc3\x83\xc2\xa3o\ncaf\xc3\xa9", "S\xc3\xa3o\ncaf\xc3\xa9", true},
	};
	struct desk d;
	desk_open(&d, "", "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct story *st = desk_text(&d, rows[i].bytes);
		assert_str(st->decode.body, rows[i].text);
		assert_int_equal(desk_has_warning(st, "charset-doubled"), rows[i].mended);
		assert_int_equal(st->decode.text_kind, rows[i].mended ? TEXT_DECODED : TEXT_MESSAGE);
	}
	desk_close(&d);
}

static void what_a_document_says_is_read_where_it_is_no_utf8(void **state)
{
	(void)state;
	static const struct {
		struct str bytes;
		const char *charset, *basis, *has;
	} rows[] = {
	        {STR_INIT("<?xml version='1.0' encoding='koi8-r'?><story>\xf0\xf2\xe9\xf7\xe5\xf4</story>"), "KOI8-R",
	         "declared", "\xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2"},
	        {STR_INIT("<html><meta http-equiv=content-type content=\"text/html; "
	                  "charset=GB2312\"><p>\xd6\xd0\xb9\xfa"),
	         "GB18030", "declared", "\xe4\xb8\xad\xe5\x9b\xbd"},
	        {STR_INIT("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><story>caf\xc3\xa9</story>"), "UTF-8",
	         "valid-utf8", "caf\xc3\xa9"},
	        {STR_INIT("<?xml version=\"1.0\" encoding=\"UTF-8\"?><story>caf\xe9</story>"), "windows-1252",
	         "detected", "caf\xc3\xa9"},
	        {STR_INIT("<?xml version=\"1.0\" encoding=\"x-none-such\"?><story>caf\xe9</story>"), "windows-1252",
	         "detected", "caf\xc3\xa9"},
	        {STR_INIT("F\x81r M\x84nner in K\x94ln"), "IBM850", "detected",
	         "F\xc3\xbcr M\xc3\xa4nner in K\xc3\xb6ln"},
	        {STR_INIT("It\x92s \x93new\x94 \x96 caf\xe9"), "windows-1252", "detected",
	         "It\xe2\x80\x99s \xe2\x80\x9cnew\xe2\x80\x9d \xe2\x80\x93 caf\xc3\xa9"},
	        {STR_INIT("\x1b$B$3$s$K$A$O\x1b(B"), "ISO-2022-JP", "escapes",
	         "\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct desk d;
		desk_open(&d, "", "plain-text");
		const struct story *st = desk_story(&d, rows[i].bytes);
		assert_string_equal(st->decode.charset, rows[i].charset);
		assert_string_equal(st->decode.charset_basis, rows[i].basis);
		assert_non_null(memmem(st->decode.text.p, st->decode.text.n, rows[i].has, strlen(rows[i].has)));
		desk_close(&d);
	}
}

static void text_of_a_line_tells_its_charset_by_its_letters(void **state)
{
	(void)state;
	static const struct {
		const char *charset;
		struct str bytes;
		const char *text;
	} rows[] = {
	        {"windows-1250",
	         STR_INIT("Premi\xe9r v p\xe1tek ozn\xe1mil zm\xecny ve vl\xe1"
	                  "d\xec, \xf8"
	                  "ekl mluv\xe8\xed"),
	         "Premiér v pátek oznámil změny ve vládě, řekl mluvčí"},
	        {"windows-1250",
	         STR_INIT("Rz\xb9"
	                  "d przyj\xb9\xb3 ustaw\xea o ochronie \x9crodowiska"),
	         "Rząd przyjął ustawę o ochronie środowiska"},
	        {"windows-1251",
	         STR_INIT("\xcf\xf0\xe0\xe2\xe8\xf2\xe5\xeb\xfc\xf1\xf2\xe2\xee \xf3\xf2\xe2\xe5\xf0\xe4\xe8\xeb\xee "
	                  "\xef\xeb\xe0\xed \xed\xe0 \xf1\xeb\xe5\xe4\xf3\xfe\xf9\xe8\xe9 \xe3\xee\xe4"),
	         "Правительство утвердило план на следующий год"},
	        {"KOI8-R",
	         STR_INIT("\xf0\xd2\xc1\xd7\xc9\xd4\xc5\xcc\xd8\xd3\xd4\xd7\xcf \xd5\xd4\xd7\xc5\xd2\xc4\xc9\xcc\xcf "
	                  "\xd0\xcc\xc1\xce \xce\xc1 \xd3\xcc\xc5\xc4\xd5\xc0\xdd\xc9\xca \xc7\xcf\xc4"),
	         "Правительство утвердило план на следующий год"},
	        {"windows-1251",
	         STR_INIT("\xd3\xf0\xff\xe4 \xe7\xe0\xf2\xe2\xe5\xf0\xe4\xe8\xe2 \xed\xee\xe2\xb3 "
	                  "\xef\xf0\xe0\xe2\xe8\xeb\xe0 \xe4\xeb\xff \xef\xb3\xe4\xef\xf0\xe8\xba\xec\xf1\xf2\xe2"),
	         "Уряд затвердив нові правила для підприємств"},
	        {"windows-1253",
	         STR_INIT("\xc7 \xea\xf5\xe2\xdd\xf1\xed\xe7\xf3\xe7 \xe1\xed\xe1\xea\xef\xdf\xed\xf9\xf3\xe5 "
	                  "\xed\xdd\xe1 \xec\xdd\xf4\xf1\xe1 \xe3\xe9\xe1 \xf4\xe7\xed \xe1\xe3\xef\xf1\xdc"),
	         "Η κυβέρνηση ανακοίνωσε νέα μέτρα για την αγορά"},
	        {"windows-1255",
	         STR_INIT("\xe4\xee\xee\xf9\xec\xe4 \xe0\xe9\xf9\xf8\xe4 \xe0\xfa \xe4\xfa\xf7\xf6\xe9\xe1 "
	                  "\xec\xf9\xf0\xe4 \xe4\xe1\xe0\xe4"),
	         "הממשלה אישרה את התקציב לשנה הבאה"},
	        {"GB18030",
	         STR_INIT("\xd0\xc2\xbb\xaa\xc9\xe7\xb1\xb1\xbe\xa9\xc8\xfd\xd4\xc2\xcb\xc4\xc8\xd5\xb5\xe7 "
	                  "\xb9\xfa\xce\xf1\xd4\xba\xd7\xdc\xc0\xed\xd4\xda\xbb\xe1\xd2\xe9\xc9\xcf\xcb\xb5\xa3"
	                  "\xac\xd5\xe2\xcf\xee\xb9\xa4\xd7\xf7\xca\xae\xb7\xd6\xd6\xd8\xd2\xaa\xa1\xa3"),
	         "新华社北京三月四日电 国务院总理在会议上说，这项工作十分重要。"},
	        {"Big5",
	         STR_INIT("\xa4\xa4\xa5\xa1\xaa\xc0\xa5x\xa5_\xa5|\xa4\xe9\xb9q\xa1"
	                  "A\xa6\xe6\xac"
	                  "F\xb0|"
	                  "\xaa\xf8\xa4\xb5\xa4\xd1\xaa\xed\xa5\xdc\xa1"
	                  "A\xb3o\xb6\xb5\xadp\xb5"
	                  "e\xb1N\xa9"
	                  "\xf3\xa9\xfa\xa6~\xb6}\xa9l\xa1"
	                  "C"),
	         "中央社台北四日電，行政院長今天表示，這項計畫將於明年開始。"},
	        {"Shift_JIS",
	         STR_INIT("\x90\xad\x95{\x82\xcd\x8el\x93\xfa\x81"
	                  "A\x97\x88\x94N\x93x\x82\xcc\x97\\\x8eZ\x88"
	                  "\xc4\x82\xf0\x8at\x8b"
	                  "c\x82\xc5\x8c\x88\x82\xdf\x82\xbd\x81"
	                  "B"),
	         "政府は四日、来年度の予算案を閣議で決めた。"},
	        {"EUC-JP",
	         STR_INIT("\xc0\xaf\xc9\xdc\xa4\xcf\xbb\xcd\xc6\xfc\xa1\xa2\xcd\xe8\xc7\xaf\xc5\xd9\xa4\xce\xcd"
	                  "\xbd\xbb\xbb\xb0\xc6\xa4\xf2\xb3\xd5\xb5\xc4\xa4\xc7\xb7\xe8\xa4\xe1\xa4\xbf\xa1\xa3"),
	         "政府は四日、来年度の予算案を閣議で決めた。"},
	        {"windows-949",
	         STR_INIT("\xc1\xa4\xba\xce\xb4\xc2 4\xc0\xcf \xb3\xbb\xb3\xe2\xb5\xb5 \xbf\xb9\xbb\xea\xbe\xc8"
	                  "\xc0\xbb \xb1\xb9\xb9\xab\xc8\xb8\xc0\xc7\xbf\xa1\xbc\xad \xc0\xc7\xb0\xe1\xc7\xdf"
	                  "\xb4\xd9."),
	         "정부는 4일 내년도 예산안을 국무회의에서 의결했다."},
	        {"ISO-8859-7",
	         STR_INIT("\xb6\xeb\xeb\xf9\xf3\xf4\xe5 \xe7 \xea\xf5\xe2\xdd\xf1\xed\xe7\xf3\xe7 \xe1\xed\xe1"
	                  "\xea\xef\xdf\xed\xf9\xf3\xe5 \xed\xdd\xe1 \xec\xdd\xf4\xf1\xe1 \xe3\xe9\xe1 \xf4\xe7"
	                  "\xed \xe1\xe3\xef\xf1\xdc, \xea\xe1\xe9 \xe7 \xb6\xed\xed\xe1 \xb6\xf1\xf4\xe1\xf2 "
	                  "\xeb\xdd\xe5\xe9 \xfc\xf4\xe9 \xe7 \xb6\xed\xe4\xf1\xef\xf2 \xe4\xe5\xed \xf4\xe1 "
	                  "\xe8\xdd\xeb\xe5\xe9"),
	         "Άλλωστε η κυβέρνηση ανακοίνωσε νέα μέτρα για την αγορά, και η Άννα Άρτας λέει ότι η Άνδρος δεν τα "
	         "θέλει"},
	        {"windows-1256",
	         STR_INIT("\xc3\xda\xe1\xe4\xca \xc7\xe1\xcd\xdf\xe6\xe3\xc9 \xc7\xe1\xed\xe6\xe3 \xda\xe4 "
	                  "\xce\xd8\xc9 \xcc\xcf\xed\xcf\xc9 \xe1\xe1\xd8\xc7\xde\xc9"),
	         "أعلنت الحكومة اليوم عن خطة جديدة للطاقة"},
	        {"windows-1257",
	         STR_INIT("Vyriausyb\xeb patvirtino nauj\xe0 biud\xfe"
	                  "et\xe0, sak\xeb ministr\xeb"),
	         "Vyriausybė patvirtino naują biudžetą, sakė ministrė"},
	        {"windows-874",
	         STR_INIT("\xc3\xd1\xb0\xba\xd2\xc5\xbb\xc3\xd0\xa1\xd2\xc8\xc1\xd2\xb5\xc3\xa1\xd2\xc3\xe3\xcb\xc1\xe8"
	                  "\xe0\xbe\xd7\xe8\xcd\xaa\xe8\xc7\xc2\xe0\xcb\xc5\xd7\xcd\xbb\xc3\xd0\xaa\xd2\xaa\xb9"),
	         "รัฐบาลประกาศมาตรการใหม่เพื่อช่วยเหลือประชาชน"},
	        {"GB18030",
	         STR_INIT("\xb9\xfa\xce\xf1\xd4\xba\xd7\xf2\xcc\xec\xd0\xfb\xb2\xbc\xd0\xc2\xb5\xc4\xbe\xad\xbc\xc3\xd5"
	                  "\xfe\xb2\xdf\xa3\xac\xd7\xa8\xbc\xd2\xb1\xed\xca\xbe\xbb\xb6\xd3\xad"),
	         "国务院昨天宣布新的经济政策，专家表示欢迎"},
	        {"Big5",
	         STR_INIT("\xa6\xe6\xac"
	                  "F\xb0|\xacQ\xa4\xd1\xab\xc5\xa5\xac\xb7s\xaa\xba\xb8g\xc0\xd9\xac"
	                  "F\xb5\xa6\xa1"
	                  "A\xb1M\xae"
	                  "a\xaa\xed\xa5\xdc\xc5w\xaa\xef"),
	         "行政院昨天宣布新的經濟政策，專家表示歡迎"},
	        {"Shift_JIS",
	         STR_INIT("\x90\xad\x95{\x82\xcd\x8d\xf0\x93\xfa\x81"
	                  "A\x90V\x82\xb5\x82\xa2\x8co\x8d\xcf\x90\xad\x8d\xf4\x82\xf0\x94\xad\x95\x5c\x82\xb5\x82\xbd"
	                  "\x81"
	                  "B\x90\xea\x96\xe5\x89\xc6\x82\xcd\x8a\xbd\x8c}\x82\xb5\x82\xc4\x82\xa2\x82\xe9"),
	         "政府は昨日、新しい経済政策を発表した。専門家は歓迎している"},
	        {"EUC-JP",
	         STR_INIT("\xc0\xaf\xc9\xdc\xa4\xcf\xba\xf2\xc6\xfc\xa1\xa2\xbf\xb7\xa4\xb7\xa4\xa4\xb7\xd0\xba\xd1\xc0"
	                  "\xaf\xba\xf6\xa4\xf2\xc8\xaf\xc9\xbd\xa4\xb7\xa4\xbf\xa1\xa3\xc0\xec\xcc\xe7\xb2\xc8\xa4\xcf"
	                  "\xb4\xbf\xb7\xde\xa4\xb7\xa4\xc6\xa4\xa4\xa4\xeb"),
	         "政府は昨日、新しい経済政策を発表した。専門家は歓迎している"},
	        {"windows-949",
	         STR_INIT("\xc1\xa4\xba\xce\xb4\xc2 \xbe\xee\xc1\xa6 \xbb\xf5\xb7\xce\xbf\xee \xb0\xe6\xc1\xa6 "
	                  "\xc1\xa4\xc3\xa5\xc0\xbb \xb9\xdf\xc7\xa5\xc7\xdf\xb4\xd9\xb0\xed \xb9\xe0\xc7\xfb\xb4\xd9"),
	         "정부는 어제 새로운 경제 정책을 발표했다고 밝혔다"},
	        {"windows-1252",
	         STR_INIT("Le Pr\xe9sident a d\xe9"
	                  "clar\xe9 que l\x92\xe9t\xe9 sera \xab tr\xe8s chaud \xbb"),
	         "Le Président a déclaré que l’été sera « très chaud »"},
	        {"IBM850",
	         STR_INIT("La d\x82"
	                  "cision a \x82t\x82 annonc\x82"
	                  "e \x85 Gen\x8ave"),
	         "La décision a été annoncée à Genève"},
	};
	struct desk d;
	desk_open(&d, "", "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct story *st = desk_story(&d, rows[i].bytes);
		assert_string_equal(st->decode.charset, rows[i].charset);
		assert_string_equal(st->decode.charset_basis, "detected");
		assert_str(st->decode.body, rows[i].text);
	}
	desk_close(&d);
}

static void a_charset_has_one_name_whoever_named_it_first(void **state)
{
	(void)state;
	static const char *const names[] = {"kOi8-r", "KOI8-R", "cskoi8r", "koi8"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct desk d;
		char page[200];
		desk_open(&d, "", "");
		for (size_t k = i; k < sizeof names / sizeof *names; k++) {
			snprintf(page, sizeof page,
			         "<?xml version='1.0' "
			         "encoding='%s'?><story><title>\xf0\xf2\xe9\xf7\xe5\xf4</"
			         "title><text>\xf0\xf2\xe9\xf7\xe5\xf4</text></story>",
			         names[k]);
			assert_string_equal(desk_text(&d, page)->decode.charset, "KOI8-R");
		}
		desk_close(&d);
	}
}

static void a_forced_charset_is_used(void **state)
{
	(void)state;
	static const struct {
		const char *said, *used;
		struct str bytes;
		const char *text;
	} rows[] = {
	        {"windows-1252", "windows-1252",
	         STR_INIT("\x93"
	                  "Caf\xe9\x94 \x80"),
	         "\xe2\x80\x9c"
	         "Caf\xc3\xa9\xe2\x80\x9d \xe2\x82\xac"},
	        {"ISO-8859-1", "windows-1252", STR_INIT("\x93x"), "\xe2\x80\x9cx"},
	        {"l1", "windows-1252", STR_INIT("\x93x"), "\xe2\x80\x9cx"},
	        {"ISO_8859-1:1987", "windows-1252", STR_INIT("\x93x"), "\xe2\x80\x9cx"},
	        {"ANSI_X3.4-1968", "windows-1252", STR_INIT("\x93x"), "\xe2\x80\x9cx"},
	        {"latin5", "windows-1254", STR_INIT("\xfe\x93"), "\xc5\x9f\xe2\x80\x9c"},
	        {"cp936", "GB18030", STR_INIT("\xd6\xd0"), "\xe4\xb8\xad"},
	        {"ks_c_5601-1987", "windows-949", STR_INIT("\xb0\xa1"), "\xea\xb0\x80"},
	        {"cp949", "windows-949", STR_INIT("\xb0\xa1"), "\xea\xb0\x80"},
	        {"windows-949", "windows-949", STR_INIT("\xb0\xa1"), "\xea\xb0\x80"},
	        {"ISO-8859-11", "windows-874", STR_INIT("\xa1"), "\xe0\xb8\x81"},
	        {"cp1252", "windows-1252", STR_INIT("\x80"), "\xe2\x82\xac"},
	        {"iso-8859-2", "ISO-8859-2", STR_INIT("\xb1"), "\xc4\x85"},
	        {"koi8-r", "KOI8-R", STR_INIT("\xf0\xf2"), "\xd0\x9f\xd0\xa0"},
	        {"GB2312", "GB18030", STR_INIT("\xd6\xd0"), "\xe4\xb8\xad"},
	        {"Shift_JIS", "Shift_JIS", STR_INIT("\x93\xfa"), "\xe6\x97\xa5"},
	        {"UTF-16BE", "UTF-16BE", STR_INIT("\x4e\x2d"), "\xe4\xb8\xad"},
	        {"utf8", "UTF-8", STR_INIT("\xc3\xa9"), "\xc3\xa9"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct desk d;
		desk_open(&d, rows[i].said, "");
		const struct story *st = desk_story(&d, rows[i].bytes);
		assert_str(st->decode.text, rows[i].text);
		assert_string_equal(st->decode.charset, rows[i].used);
		assert_string_equal(st->decode.charset_basis, "declared");
		desk_close(&d);
	}
}

static void accents_of_iso_6937_stand_before_their_letters(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "iso-6937", "");
	const struct story *st = desk_text(&d, "\xc8Osterreich, Citro\xc8"
	                                       "en, Dvo\xcfr\xc2"
	                                       "ak, \xcfSkoda, Gda\xc2nsk, \xaa\xa1Ol\xc2"
	                                       "e!\xba");
	assert_str(st->decode.text, "\u00d6sterreich, Citro\u00ebn, Dvo\u0159\u00e1k, \u0160koda, Gda\u0144sk, "
	                            "\u201c\u00a1Ol\u00e9!\u201d");
	assert_string_equal(st->decode.charset, "ISO-6937");
	assert_string_equal(st->decode.charset_basis, "declared");
	st = desk_text(&d, "\xe1ra, \xe8\xd0 \xf9 \xfb, \xc2 alone, q\xc1q, 100 \xa4");
	assert_str(st->decode.text, "\u00c6ra, \u0141\u2014 \u00f8 \u00df, \u00b4"
	                            "alone, qq\u0300, 100 $");
	assert_lost(&d,
	            BYTES("an accent before 5: \xc2"
	                  "5, and at the end \xc8"),
	            "an accent before 5: " LOST "5, and at the end " LOST);
	desk_close(&d);
	desk_open(&d, "", "");
	st = desk_text(&d, "<?xml version=\"1.0\" encoding=\"ISO_6937\"?><nitf><body><body.content><p>Caf\xc2"
	                   "e</p></body.content></body></nitf>");
	assert_str(st->decode.body, "Caf\u00e9");
	desk_close(&d);
}

static void bytes_without_meaning_in_the_forced_charset_are_marked_or_too_many(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "shift_jis", "");
	assert_lost(&d, BYTES("abcdef\x93"), "abcdef" LOST);
	desk_assert_dead(&d, BYTES("abc\xfd\xfdzz"), REASON_BAD_CHARSET,
	                 "byte 3 of the message is not valid in Shift_JIS");
	/* What came before does not stick to the next message. */
	assert_str(desk_text(&d, "abc")->decode.text, "abc");
	desk_close(&d);
	desk_open(&d, "utf-8", "");
	desk_assert_dead(&d, BYTES("C\xe9\xe9"), REASON_BAD_CHARSET, "byte 1");
	desk_assert_dead(&d, BYTES("Caf\0"), REASON_NOT_TEXT, "byte 3");
	desk_close(&d);
}

static void a_message_that_failed_leaves_nothing_behind_for_the_next(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "iso-2022-jp", "");
	/* The first switches to two bytes a character and breaks off there. */
	desk_assert_dead(&d, BYTES("\x1b$B\xff\xff"), REASON_BAD_CHARSET, "byte 3");
	assert_str(desk_text(&d, "FLOOD")->decode.text, "FLOOD");
	desk_close(&d);
}

static void half_a_pair_is_never_written(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "utf-7", "");
	assert_str(desk_text(&d, "+2D3eAA-!")->decode.text, "\xf0\x9f\x98\x80!");
	assert_lost(&d, BYTES("abc+2D0- x"), "abc" LOST " x");
	assert_lost(&d, BYTES("abc+2D0-"), "abc" LOST);
	assert_lost(&d, BYTES("abc+3gA- x"), "abc" LOST " x");
	/* A pair across the end of the converter's buffer is one character still. */
	static char bytes[5000];
	for (size_t pad = 0; pad < 3; pad++) {
		size_t n = pad;
		memset(bytes, 'x', n);
		for (; n + 16 < sizeof bytes; n += 8)
			memcpy(bytes + n, "+2D3eAA-", 8);
		const struct story *st = desk_story(&d, str_make(bytes, n));
		assert_int_equal(st->decode.text.n, pad + (n - pad) / 8 * 4);
	}
	desk_close(&d);
}

static void a_mark_counts_more_than_a_forced_charset(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d, "windows-1252", "");
	const struct story *st = desk_text(&d, "\xef\xbb\xbf"
	                                       "Caf\xc3\xa9");
	assert_str(st->decode.body, "Caf\xc3\xa9");
	assert_string_equal(st->decode.charset_basis, "bom");
	desk_close(&d);
}

static void a_long_text_is_converted_whole(void **state)
{
	(void)state;
	struct desk d;
	static char bytes[100001];
	memset(bytes, 0xe9, sizeof bytes);
	desk_open(&d, "windows-1252", "");
	const struct story *st = desk_story(&d, str_make(bytes, sizeof bytes));
	assert_int_equal(st->decode.text.n, 2 * sizeof bytes);
	for (size_t i = 0; i < st->decode.text.n; i += 2)
		assert_memory_equal(st->decode.text.p + i, "\xc3\xa9", 2);
	desk_close(&d);
}

static void an_unknown_charset_is_found_before_the_first_story(void **state)
{
	(void)state;
	struct desk d;
	struct err err = {""};
	assert_false(desk_try(&d, "utf-seven-and-a-half", "", &err));
	assert_has(err.words, "sources: source 'desk': unknown charset 'utf-seven-and-a-half'");
	assert_null(strstr(err.words, "did you mean"));
	desk_drop(&d);
	static const struct {
		const char *wrong, *near;
	} rows[] = {{"utf-9", "utf-8"}, {"UTF", "UTF-8"}, {"latin11", "latin1"}, {"windows-1522", "windows-1252"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char words[60];
		err_clear(&err);
		assert_false(desk_try(&d, rows[i].wrong, "", &err));
		snprintf(words, sizeof words, "did you mean '%s'?", rows[i].near);
		assert_has(err.words, words);
		desk_drop(&d);
	}
}

/* A paragraph without a blank is one run of characters. */
static void a_long_run_that_was_encoded_twice_is_mended(void **state)
{
	enum { CHARACTERS = 5000 };
	struct desk d;
	struct buf twice;
	(void)state;
	desk_open(&d, "", "");
	buf_init(&twice, 10 * CHARACTERS);
	for (size_t i = 0; i < CHARACTERS; i++)
		buf_str(&twice, STR("\xc3\xa4\xc2\xb8\xc2\xad"));
	const struct story *st = desk_story(&d, buf_view(&twice));
	assert_true(desk_has_warning(st, "charset-doubled"));
	assert_int_equal(st->decode.body.n, 3 * CHARACTERS);
	assert_str(str_slice(st->decode.body, 0, 6), "\xe4\xb8\xad\xe4\xb8\xad");
	/* All or nothing. */
	buf_str(&twice, STR("\xc3\xa4\xc2\xb8"));
	st = desk_story(&d, buf_view(&twice));
	assert_false(desk_has_warning(st, "charset-doubled"));
	assert_int_equal(st->decode.body.n, twice.n);
	buf_free(&twice);
	desk_close(&d);
}

static struct str in_charset(char room[300], const char *charset, const char *base64)
{
	int n = snprintf(room, 300,
	                 "{\"encoding\":\"base64\",\"contentType\":\"text/plain; charset='%s'\",\"payload\":\"%s\"}",
	                 charset, base64);
	return str_make(room, (size_t)n);
}

/* A sender that names all charsets there are leaves none out and takes none from another. */
static void charsets_are_read_however_many_were_named_before(void **state)
{
	enum { ROOM = 400 };
	struct desk d;
	struct buf all;
	char one[300], said[ROOM][UCNV_MAX_CONVERTER_NAME_LENGTH];
	size_t n = (size_t)ucnv_countAvailable();
	(void)state;
	assert_in_range(n, 100, ROOM);
	desk_open(&d, "", "");
	buf_init(&all, 300 * ROOM);
	for (size_t i = 0; i < n; i++) {
		struct str message = in_charset(one, ucnv_getAvailableName((int32_t)i), "aOl06Cw=");
		buf_str(&all, i ? STR(",") : STR("["));
		buf_str(&all, message);
		desk_give(&d, message);
		assert_int_equal(d.msg.n_parts, 1);
		snprintf(said[i], sizeof said[i], "%s", d.msg.parts[0]->decode.charset);
	}
	const struct story *st = desk_story(&d, in_charset(one, "windows-1250", "UPjtbGm5"));
	assert_str(st->decode.body, "P\xc5\x99\xc3\xadli\xc4\x85");
	assert_string_equal(st->decode.charset, "windows-1250");
	/* All in one message: each part says its own. */
	buf_str(&all, STR("]"));
	desk_give(&d, buf_view(&all));
	assert_int_equal(d.msg.n_parts, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(d.msg.parts[i]->decode.charset, said[i]);
	buf_free(&all);
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(valid_utf8_is_taken_as_it_is),
	        cmocka_unit_test(a_mark_stays_in_the_text_that_ranges_point_into_and_leaves_the_body),
	        cmocka_unit_test(utf16_and_utf32_are_known_by_their_marks),
	        cmocka_unit_test(utf16_without_a_mark_is_known_by_its_pattern),
	        cmocka_unit_test(a_torn_utf16_text_is_read_as_far_as_it_goes),
	        cmocka_unit_test(lone_bad_bytes_are_marked_and_kill_no_story),
	        cmocka_unit_test(lone_nul_bytes_in_mark_up_go_and_kill_no_story),
	        cmocka_unit_test(a_few_bytes_of_another_charset_are_read_in_their_own_piece),
	        cmocka_unit_test(text_that_was_encoded_twice_is_mended_where_that_is_certain),
	        cmocka_unit_test(what_a_document_says_is_read_where_it_is_no_utf8),
	        cmocka_unit_test(text_of_a_line_tells_its_charset_by_its_letters),
	        cmocka_unit_test(a_charset_has_one_name_whoever_named_it_first),
	        cmocka_unit_test(a_forced_charset_is_used),
	        cmocka_unit_test(accents_of_iso_6937_stand_before_their_letters),
	        cmocka_unit_test(bytes_without_meaning_in_the_forced_charset_are_marked_or_too_many),
	        cmocka_unit_test(a_message_that_failed_leaves_nothing_behind_for_the_next),
	        cmocka_unit_test(half_a_pair_is_never_written),
	        cmocka_unit_test(a_mark_counts_more_than_a_forced_charset),
	        cmocka_unit_test(a_long_text_is_converted_whole),
	        cmocka_unit_test(a_long_run_that_was_encoded_twice_is_mended),
	        cmocka_unit_test(charsets_are_read_however_many_were_named_before),
	        cmocka_unit_test(an_unknown_charset_is_found_before_the_first_story),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

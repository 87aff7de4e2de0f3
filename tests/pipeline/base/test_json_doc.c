/* The index over JSON text. */
#include "tests/harness.h"

#include "pipeline/base/json_doc.h"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, 0, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* On a block of just its size, so that a sanitizer sees reads beyond it. */
static enum json_doc_fault read_exact(const char *text, struct json_doc *doc)
{
	char *copy = arena_alloc(&arena, strlen(text));
	memcpy(copy, text, strlen(text));
	return json_doc_read(&arena, str_make(copy, strlen(text)), 64, doc);
}

static void takes_what_rfc_8259_allows(void **state)
{
	(void)state;
	static const char *const texts[] = {
	        "{}",
	        "[]",
	        " [ ] ",
	        "\"\"",
	        "0",
	        "-0",
	        "10.5e+3",
	        "1E9",
	        "1e-2",
	        "true",
	        "false",
	        "null",
	        "{\"a\":1,\"a\":2}",
	        "[1,[2,[3]],{\"k\":[{}]}]",
	        "\t{ \"a\" : [ null , true ] }\r\n",
	        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
	        "\"\xc3\xa9\"",
	        "[\"0123456789abcdef\\n\"]",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct json_doc doc;
		if (read_exact(texts[i], &doc) != JSON_DOC_OK)
			fail_msg("refused: %s", texts[i]);
		assert_int_equal(doc.tokens[0].next, doc.n);
	}
}

static void refuses_everything_else(void **state)
{
	(void)state;
	static const char *const texts[] = {
	        "",
	        " ",
	        "{",
	        "[",
	        "\"",
	        "}",
	        "]",
	        ",",
	        "[1,]",
	        "[,1]",
	        "{,}",
	        "{\"a\"}",
	        "{\"a\":}",
	        "{\"a\":1,}",
	        "{a:1}",
	        "{\"a\" 1}",
	        "{1:2}",
	        "[1 2]",
	        "[1}",
	        "{\"a\":1]",
	        "01",
	        "1.",
	        ".5",
	        "+1",
	        "1e",
	        "1e+",
	        "-",
	        "tru",
	        "True",
	        "nul",
	        "NaN",
	        "Infinity",
	        "'a'",
	        "\"\\x\"",
	        "\"\\u12\"",
	        "\"\\u12g4\"",
	        "\"\\",
	        "\"\\u",
	        "\"tab\there\"",
	        "\"line\nfeed\"",
	        "[1] x",
	        "{} {}",
	        "[]]",
	        "//\n1",
	        "[1]\v",
	        "\"abcdefgh\x01ijklmnop\"",
	        "nullx",
	        "0x1",
	        "[1",
	        "{\"a\",1}",
	        "{\"a\":1}x",
	        "\xef\xbb\xbf{}",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct json_doc doc;
		if (read_exact(texts[i], &doc) != JSON_DOC_NOT_JSON)
			fail_msg("taken: %s", texts[i]);
	}
	struct json_doc doc;
	assert_int_equal(json_doc_read(&arena, str_make("1\0", 2), 64, &doc), JSON_DOC_NOT_JSON);
	assert_int_equal(json_doc_read(&arena, str_make("\"\\\0\"", 4), 64, &doc), JSON_DOC_NOT_JSON);
	assert_int_equal(json_doc_read(&arena, (struct str){0}, 64, &doc), JSON_DOC_NOT_JSON);
}

static void says_where_the_text_stops_to_be_json(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t at;
	} rows[] = {{"[1, 2, x]", 7}, {"{\"a\": 1} trailing", 9}, {"[1", 2}, {"\"abc\\x", 4}, {"[nul]", 1}, {"[1]", 0}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct json_doc doc;
		read_exact(rows[i].text, &doc);
		assert_int_equal(doc.fault_at, rows[i].at);
	}
}

static void a_check_keeps_the_root_and_no_more_memory_than_the_depth_needs(void **state)
{
	(void)state;
	size_t n = 1 << 20;
	char *text = malloc(n);
	struct json_doc doc;
	memset(text, '1', n);
	for (size_t i = 2; i < n; i += 2)
		text[i] = ',';
	text[0] = '[';
	text[n - 1] = ']';
	text[n - 2] = '1';
	size_t before = arena.used_bytes;
	assert_int_equal(json_doc_check(&arena, str_make(text, n), 64, &doc), JSON_DOC_OK);
	assert_true(arena.used_bytes - before < 1024);
	assert_int_equal(doc.n, 1);
	assert_int_equal(json_doc_raw(&doc, 0).n, n);
	text[n - 1] = '}';
	assert_int_equal(json_doc_check(&arena, str_make(text, n), 64, &doc), JSON_DOC_NOT_JSON);
	assert_int_equal(doc.fault_at, n - 1);
	free(text);
	assert_int_equal(json_doc_check(&arena, STR("\"a\\u0041\""), 64, &doc), JSON_DOC_OK);
	assert_str(json_doc_text(&doc, 0, &arena), "aA");
	assert_int_equal(json_doc_check(&arena, STR("[{\"\\u0000\":[[]]}]"), 64, &doc), JSON_DOC_OK);
	assert_true(doc.any_bad);
	assert_int_equal(json_doc_check(&arena, STR("[{\"k\":[[]]}]"), 3, &doc), JSON_DOC_TOO_DEEP);
	assert_int_equal(doc.fault_at, 7);
}

static void control_bytes_are_refused_wherever_they_stand_in_a_string(void **state)
{
	(void)state;
	for (int byte = 0; byte < 0x100; byte++) {
		for (size_t at = 1; at < 25; at++) {
			char text[] = "\"ABCDEFGHIJKLMNOPQRSTUVWX\"";
			struct json_doc doc;
			text[at] = (char)byte;
			bool whole = json_doc_read(&arena, str_make(text, sizeof(text) - 1), 64, &doc) == JSON_DOC_OK;
			assert_int_equal(whole, byte >= 0x20 && byte != '"' && byte != '\\');
		}
	}
}

static void refuses_every_beginning_of_a_document(void **state)
{
	(void)state;
	const char *whole = "{\"k\\u00e9y\":[1.5e3,true,null,\"a\\ud83d\\ude00b\"],\"o\":{\"x\":\"\"}}";
	for (size_t n = 0; n < strlen(whole); n++) {
		struct json_doc doc;
		char *copy = malloc(n);
		memcpy(copy, whole, n);
		assert_int_equal(json_doc_read(&arena, str_make(copy, n), 64, &doc), JSON_DOC_NOT_JSON);
		free(copy);
	}
}

static void values_keep_their_spelling(void **state)
{
	(void)state;
	struct json_doc doc;
	assert_int_equal(read_exact("{\"n\": 9007199254740993.10E+400 , \"l\":[1, 2 ]}", &doc), JSON_DOC_OK);
	assert_str(json_doc_raw(&doc, 1), "\"n\"");
	assert_str(json_doc_raw(&doc, 2), "9007199254740993.10E+400");
	assert_str(json_doc_raw(&doc, 4), "[1, 2 ]");
	assert_int_equal(doc.tokens[4].next, doc.n);
}

static void strings_say_what_they_mean(void **state)
{
	(void)state;
	struct json_doc doc;
	assert_int_equal(read_exact("[\"a\\\"\\\\\\/b\\n\\u00e9\\u20ac\\ud83d\\ude00z\",\"plain\",7]", &doc),
	                 JSON_DOC_OK);
	assert_str(json_doc_text(&doc, 1, &arena), "a\"\\/b\n\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
	struct str plain = json_doc_text(&doc, 2, &arena);
	assert_str(plain, "plain");
	assert_true(plain.p > doc.text.p && plain.p < doc.text.p + doc.text.n);
	assert_null(json_doc_text(&doc, 3, &arena).p);
}

static void a_bad_string_is_marked_and_its_neighbours_are_not(void **state)
{
	(void)state;
	static const char *const bad[] = {"\\ud800",        "\\ud800x", "\\udc00",
	                                  "\\ud800\\ud800", "\\u0000",  "\\ud83d\\u0041"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct json_doc doc;
		char text[100];
		snprintf(text, sizeof text, "[[\"good\"],{\"k\":[\"%s\"]}]", bad[i]);
		assert_int_equal(read_exact(text, &doc), JSON_DOC_OK);
		assert_true(doc.any_bad);
		assert_false(json_doc_is_bad(&doc, 1));
		assert_true(json_doc_is_bad(&doc, 3));
		assert_null(json_doc_text(&doc, 6, &arena).p);
	}
}

static void depth_is_counted_and_costs_no_stack(void **state)
{
	(void)state;
	static char deep[200001];
	struct json_doc doc;
	memset(deep, '[', 100000);
	memset(deep + 100000, ']', 100000);
	assert_int_equal(json_doc_read(&arena, str_make(deep, 200000), 64, &doc), JSON_DOC_TOO_DEEP);
	assert_int_equal(json_doc_read(&arena, str_make(deep, 200000), 200000, &doc), JSON_DOC_OK);
	assert_int_equal(json_doc_read(&arena, str_make(deep + 100000 - 64, 128), 64, &doc), JSON_DOC_OK);
	assert_int_equal(json_doc_read(&arena, str_make(deep + 100000 - 65, 130), 64, &doc), JSON_DOC_TOO_DEEP);
	assert_int_equal(json_doc_read(&arena, STR("{\"a\":{}}"), 1, &doc), JSON_DOC_TOO_DEEP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(takes_what_rfc_8259_allows),
	        cmocka_unit_test(refuses_everything_else),
	        cmocka_unit_test(says_where_the_text_stops_to_be_json),
	        cmocka_unit_test(a_check_keeps_the_root_and_no_more_memory_than_the_depth_needs),
	        cmocka_unit_test(control_bytes_are_refused_wherever_they_stand_in_a_string),
	        cmocka_unit_test(refuses_every_beginning_of_a_document),
	        cmocka_unit_test(values_keep_their_spelling),
	        cmocka_unit_test(strings_say_what_they_mean),
	        cmocka_unit_test(a_bad_string_is_marked_and_its_neighbours_are_not),
	        cmocka_unit_test(depth_is_counted_and_costs_no_stack),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

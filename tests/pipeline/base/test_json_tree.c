#include "tests/harness.h"

#include "pipeline/base/json_tree.h"
#include "pipeline/base/task.h"

#define LIMIT_BYTES ((size_t)1 << 24)

static int start(void **state)
{
	struct arena *a = malloc(sizeof(*a));
	json_tree_install();
	arena_init(a, 0, 0);
	*state = a;
	return 0;
}

static int end(void **state)
{
	arena_free(*state);
	free(*state);
	return 0;
}

static struct json_result read_text(struct arena *a, const char *text)
{
	return json_tree_read(a, str_of(text), 64, LIMIT_BYTES);
}

static void reads_a_tree_into_the_arena(void **state)
{
	struct arena *a = *state;
	struct json_result r = read_text(a, " {\"a\": [1, -2.5e3, true, null], \"b\": {\"c\": \"x\\u00e9\\n\"}} \n");
	assert_int_equal(r.fault, JSON_OK);
	assert_true(a->used_bytes > 0);
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(r.root, "a");
	assert_int_equal(cJSON_GetArraySize(list), 4);
	assert_true(cJSON_GetArrayItem(list, 1)->valuedouble == -2500);
	const cJSON *b = cJSON_GetObjectItemCaseSensitive(r.root, "b");
	assert_str(json_tree_str(cJSON_GetObjectItemCaseSensitive(b, "c")), "xé\n");
	assert_null(json_tree_str(b).p);
	assert_null(json_tree_str(NULL).p);
}

static void takes_exactly_the_grammar(void **state)
{
	struct arena *a = *state;
	static const char *const good[] = {"0",
	                                   "-0",
	                                   "1.0",
	                                   "1e5",
	                                   "1E+5",
	                                   "1.5e-05",
	                                   "true",
	                                   " false ",
	                                   "null",
	                                   "\"\"",
	                                   "[]",
	                                   "{}",
	                                   "[ ]",
	                                   "{ }",
	                                   "[[],{}]",
	                                   "\t\r\n 1 \t",
	                                   "{\"\":0}",
	                                   "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"",
	                                   "\"\\ud83d\\ude00\"",
	                                   "\"\x7f\"",
	                                   "[1,[2,{\"a\":[]}],\"b\"]"};
	static const char *const bad[] = {
	        "",           " ",     "01",    "+1",        "1.",          "-",         ".5",
	        "1e",         "1e+",   "0x1",   "NaN",       "Infinity",    "tru",       "True",
	        "nullx",      "'a'",   "\"",    "\"\\x\"",   "\"\\u12g4\"", "\"\\u12",   "\"a\nb\"",
	        "\"\t\"",     "\"\\",  "[",     "[1",        "[1,",         "[1,]",      "[,1]",
	        "[1 2]",      "[1}",   "{",     "{\"a\"",    "{\"a\":",     "{\"a\":1",  "{\"a\":1,",
	        "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1]",   "{\"a\",1}", "1 1",
	        "[] []",      "{}x",   "]",     "}",         ",",           "// c\n1",   "\xef\xbb\xbf{}",
	        "\v1"};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (read_text(a, good[i]).fault != JSON_OK)
			fail_msg("refused: %s", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (read_text(a, bad[i]).fault != JSON_NOT_JSON)
			fail_msg("taken: %s", bad[i]);
	}
	assert_int_equal(json_tree_read(a, str_make("1\0", 2), 64, LIMIT_BYTES).fault, JSON_NOT_JSON);
	assert_int_equal(json_tree_read(a, str_make("\"a\0b\"", 5), 64, LIMIT_BYTES).fault, JSON_NOT_JSON);
	assert_int_equal(json_tree_read(a, str_make(NULL, 0), 64, LIMIT_BYTES).fault, JSON_NOT_JSON);
}

static void says_where_it_stops_to_be_json(void **state)
{
	struct arena *a = *state;
	assert_int_equal(read_text(a, "[1, 2, x]").at, 7);
	assert_int_equal(read_text(a, "{\"a\": 1} trailing").at, 9);
	assert_int_equal(read_text(a, "[1").at, 2);
	assert_int_equal(read_text(a, "\"abc\\").at, 5);
}

static void every_cut_of_a_document_is_no_json(void **state)
{
	(void)state;
	static const char text[] = "{\"a\\n\":[1.5e3,true,\"\\ud83d\\ude00x\",{}],\"b\":[null,false]}";
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		/* A copy of just that length, so that reading on is seen by the address sanitizer. */
		char *copy = malloc(n + !n);
		memcpy(copy, text, n);
		assert_int_equal(json_tree_scan(str_make(copy, n), 64).fault, JSON_NOT_JSON);
		free(copy);
	}
	assert_int_equal(json_tree_scan(str_of(text), 64).fault, JSON_OK);
}

static void refuses_text_that_a_c_string_cannot_hold(void **state)
{
	struct arena *a = *state;
	static const char *const bad[] = {"\"ab\\u0000\"",      "\"\\ud800\"",     "\"\\udc00\"", "\"\\ud800\\ud800\"",
	                                  "\"\\ud83d\\u0041\"", "{\"\\u0000\":1}", "\"\\uDBFFx\""};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (read_text(a, bad[i]).fault != JSON_BAD_TEXT)
			fail_msg("taken: %s", bad[i]);
	}
	assert_int_equal(read_text(a, "\"ab\\u0000\"").at, 3);
	/* What is no JSON anyway is just that. */
	assert_int_equal(read_text(a, "\"\\u0000\" he said").fault, JSON_NOT_JSON);
}

static char *nested(size_t depth)
{
	char *text = malloc(2 * depth + 1);
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = 0;
	return text;
}

static void refuses_what_is_too_deep_however_deep(void **state)
{
	struct arena *a = *state;
	static const size_t depths[] = {1, 64, 65, 10000, 1000000};
	for (size_t i = 0; i < 5; i++) {
		char *text = nested(depths[i]);
		struct json_result r = read_text(a, text);
		assert_int_equal(r.fault, depths[i] <= 64 ? JSON_OK : JSON_TOO_DEEP);
		assert_int_equal(r.at, depths[i] <= 64 ? 0 : 64);
		free(text);
	}
	char *text = nested(1000);
	assert_int_equal(json_tree_read(a, str_of(text), 1000, LIMIT_BYTES).fault, JSON_OK);
	assert_int_equal(json_tree_read(a, str_of(text), 999, LIMIT_BYTES).fault, JSON_TOO_DEEP);
	free(text);
}

static void a_hostile_document_ends_at_the_limit_of_bytes(void **state)
{
	struct arena *a = *state;
	size_t n = 1 << 20;
	char *text = malloc(n);
	for (size_t i = 0; i < n; i++)
		text[i] = i % 2 ? '1' : ',';
	text[0] = '[';
	text[n - 1] = ']';
	text[n - 2] = '1';
	text[n - 3] = '1';
	struct arena_mark before = arena_mark(a);
	struct json_result r = json_tree_read(a, str_make(text, n), 64, LIMIT_BYTES);
	assert_int_equal(r.fault, JSON_TOO_LARGE);
	assert_null(r.root);
	assert_int_equal(a->used_bytes, before.used_bytes);
	assert_int_equal(json_tree_read(a, str_make(text, n), 64, 64 * n).fault, JSON_OK);
	free(text);
	assert_int_equal(json_tree_read(a, STR("true"), 64, sizeof(cJSON) - 1).fault, JSON_TOO_LARGE);
	assert_int_equal(json_tree_read(a, STR("true"), 64, sizeof(cJSON)).fault, JSON_OK);
}

static void a_meter_of_the_arena_holds_for_trees(void **state)
{
	struct arena *a = *state;
	struct arena_meter meter = {.left_bytes = 100};
	arena_meter_set(a, &meter);
	assert_int_equal(read_text(a, "[1,2,3]").fault, JSON_TOO_LARGE);
	arena_meter_set(a, NULL);
}

static void a_number_of_more_digits_than_cjson_reads_is_too_large(void **state)
{
	struct arena *a = *state;
	char text[66];
	memset(text, '7', 65);
	text[65] = 0;
	assert_int_equal(read_text(a, text + 2).fault, JSON_OK);
	assert_int_equal(read_text(a, text + 1).fault, JSON_TOO_LARGE);
	assert_int_equal(read_text(a, "1e999").fault, JSON_OK);
}

static void finds_doubled_keys_in_the_first_two_levels(void **state)
{
	struct arena *a = *state;
	static const char *const doubled[] = {"{\"a\":1,\"b\":2,\"a\":3}",
	                                      "{\"a\":1,\"\\u0061\":1}",
	                                      "{\"x\":{\"a\":1,\"a\":1}}",
	                                      "[{\"a\":1,\"a\":1}]",
	                                      "[1,{\"x\":{\"a\":1,\"a\":1}}]",
	                                      "{\"items\":[{\"b\":0},{\"a\":1,\"a\":1}]}",
	                                      "{\"\":1,\"\":1}"};
	static const char *const fine[] = {"{\"a\":1,\"A\":2}", "{\"x\":{\"y\":{\"a\":1,\"a\":1}}}",
	                                   "{\"a\":{\"a\":1}}", "[{\"a\":1},{\"a\":1}]"};
	for (size_t i = 0; i < sizeof(doubled) / sizeof(*doubled); i++) {
		if (read_text(a, doubled[i]).fault != JSON_DOUBLE_KEY)
			fail_msg("taken: %s", doubled[i]);
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++) {
		if (read_text(a, fine[i]).fault != JSON_OK)
			fail_msg("refused: %s", fine[i]);
	}
}

/* {"k0":0,"k1":0,…}, the last key once more when asked. */
static char *many_keys(size_t n, bool doubled)
{
	char *text = malloc(n * 16 + 32);
	size_t at = 0;
	text[at++] = '{';
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, 16, "\"k%zu\":0,", i);
	snprintf(text + at, 32, "\"k%zu\":0}", doubled ? n - 1 : n);
	return text;
}

static void finds_a_doubled_key_among_a_hundred_thousand(void **state)
{
	struct arena *a = *state;
	static const size_t counts[] = {15, 16, 17, 100, 100000};
	for (size_t i = 0; i < 5; i++) {
		for (int doubled = 0; doubled < 2; doubled++) {
			char *text = many_keys(counts[i], doubled);
			struct json_result r = read_text(a, text);
			assert_int_equal(r.fault, doubled ? JSON_DOUBLE_KEY : JSON_OK);
			free(text);
		}
	}
}

static void cjson_is_its_own_master_elsewhere(void **state)
{
	(void)state;
	cJSON *own = cJSON_Parse("{\"a\":[1,2]}");
	char *text = cJSON_PrintUnformatted(own);
	assert_string_equal(text, "{\"a\":[1,2]}");
	cJSON_free(text);
	cJSON_Delete(own);
}

static void read_often(void *arg)
{
	struct arena a;
	arena_init(&a, 0, 0);
	for (int i = 0; i < 200; i++) {
		struct json_result r = json_tree_read(&a, STR("{\"a\":[1,2,{\"b\":\"text\"}]}"), 64, LIMIT_BYTES);
		*(int *)arg += r.fault == JSON_OK && cJSON_GetArraySize(r.root->child) == 3;
		arena_reset(&a);
	}
	arena_free(&a);
}

static void threads_read_each_into_their_own_arena(void **state)
{
	(void)state;
	struct task *tasks[3];
	int read[3] = {0};
	for (size_t i = 0; i < 3; i++) {
		tasks[i] = task_new(TASK_THREAD, "read");
		task_post(tasks[i], read_often, &read[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		task_free(&tasks[i]);
		assert_int_equal(read[i], 200);
	}
}

static void steps_through_members_as_they_were_written(void **state)
{
	(void)state;
	static const char *const expected[][2] = {
	        {"a", "1.50"}, {"b\\\"}", "{ \"x\" : [ \"]}\\\"\" ] }"}, {"", "\"s,}\""}, {"l", "[]"}, {"e", "null"}};
	struct str text =
	        STR(" { \"a\" : 1.50 ,\"b\\\"}\":{ \"x\" : [ \"]}\\\"\" ] },\"\":\"s,}\",\"l\":[],\n\"e\":null } ");
	assert_int_equal(json_tree_scan(text, 64).fault, JSON_OK);
	struct str key, value;
	size_t at = 0, n = 0;
	for (; json_tree_next(text, &at, &key, &value); n++) {
		assert_str(key, expected[n][0]);
		assert_str(value, expected[n][1]);
	}
	assert_int_equal(n, 5);
}

static void steps_through_items_without_keys(void **state)
{
	(void)state;
	static const char *const expected[] = {"1", "[2,3]", "{\"a\":[4]}", "\"5\"", "-6e7"};
	struct str key = STR("x"), value;
	size_t at = 0, n = 0;
	for (; json_tree_next(STR("[1,[2,3], {\"a\":[4]} ,\"5\",-6e7]"), &at, &key, &value); n++) {
		assert_null(key.p);
		assert_str(value, expected[n]);
	}
	assert_int_equal(n, 5);
	static const char *const empty[] = {"[]", " [ ] ", "{}", "{ }", "", "1", "\"[1]\"", "["};
	for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++) {
		at = 0;
		assert_false(json_tree_next(str_of(empty[i]), &at, &key, &value));
	}
}

static void slices_the_value_of_a_key(void **state)
{
	(void)state;
	struct str text =
	        STR("{\"nested\":{\"n\":1},\"n\":12345678901234567890.10,\"\\u00e9\\ud83d\\ude00\\n\":\"\\u0041\"}");
	assert_str(json_tree_slice(text, "n"), "12345678901234567890.10");
	assert_str(json_tree_slice(text, "é😀\n"), "\"\\u0041\"");
	assert_str(json_tree_slice(json_tree_slice(text, "nested"), "n"), "1");
	assert_null(json_tree_slice(text, "neste").p);
	assert_null(json_tree_slice(text, "nestedx").p);
	assert_null(json_tree_slice(STR("[\"n\"]"), "n").p);
}

static void unescapes_as_cjson_does(void **state)
{
	struct arena *a = *state;
	static const char *const raws[] = {
	        "plain", "", "\\\"\\\\\\/\\b\\f\\n\\r\\t", "a\\u00e9b\\u20acc\\ud83d\\ude00d", "\\u0041", "x\\\\"};
	for (size_t i = 0; i < sizeof(raws) / sizeof(*raws); i++) {
		struct str quoted = arena_printf(a, "\"%s\"", raws[i]);
		struct json_result r = json_tree_read(a, quoted, 64, LIMIT_BYTES);
		assert_int_equal(r.fault, JSON_OK);
		assert_str(json_tree_unescape(a, str_of(raws[i])), r.root->valuestring);
	}
}

static void never_runs_off_text_that_is_no_json(void **state)
{
	struct arena *a = *state;
	static const char alphabet[] = "{}[]\",:\\u1d8a \x01";
	uint32_t random = 1;
	for (int round = 0; round < 20000; round++) {
		size_t n = (size_t)round % 24;
		char *text = malloc(n + !n);
		for (size_t i = 0; i < n; i++) {
			random = random * 1664525 + 1013904223;
			text[i] = alphabet[(random >> 16) % sizeof(alphabet)];
		}
		if (n)
			text[0] = round % 3 ? '{' : '[';
		struct str key, value;
		size_t at = 0;
		for (size_t steps = 0; json_tree_next(str_make(text, n), &at, &key, &value); steps++) {
			assert_true(steps <= n);
			json_tree_unescape(a, key);
			json_tree_unescape(a, value);
		}
		json_tree_slice(str_make(text, n), "a");
		free(text);
		arena_reset(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(reads_a_tree_into_the_arena, start, end),
	        cmocka_unit_test_setup_teardown(takes_exactly_the_grammar, start, end),
	        cmocka_unit_test_setup_teardown(says_where_it_stops_to_be_json, start, end),
	        cmocka_unit_test_setup_teardown(every_cut_of_a_document_is_no_json, start, end),
	        cmocka_unit_test_setup_teardown(refuses_text_that_a_c_string_cannot_hold, start, end),
	        cmocka_unit_test_setup_teardown(refuses_what_is_too_deep_however_deep, start, end),
	        cmocka_unit_test_setup_teardown(a_hostile_document_ends_at_the_limit_of_bytes, start, end),
	        cmocka_unit_test_setup_teardown(a_meter_of_the_arena_holds_for_trees, start, end),
	        cmocka_unit_test_setup_teardown(a_number_of_more_digits_than_cjson_reads_is_too_large, start, end),
	        cmocka_unit_test_setup_teardown(finds_doubled_keys_in_the_first_two_levels, start, end),
	        cmocka_unit_test_setup_teardown(finds_a_doubled_key_among_a_hundred_thousand, start, end),
	        cmocka_unit_test_setup_teardown(cjson_is_its_own_master_elsewhere, start, end),
	        cmocka_unit_test_setup_teardown(threads_read_each_into_their_own_arena, start, end),
	        cmocka_unit_test_setup_teardown(steps_through_members_as_they_were_written, start, end),
	        cmocka_unit_test_setup_teardown(steps_through_items_without_keys, start, end),
	        cmocka_unit_test_setup_teardown(slices_the_value_of_a_key, start, end),
	        cmocka_unit_test_setup_teardown(unescapes_as_cjson_does, start, end),
	        cmocka_unit_test_setup_teardown(never_runs_off_text_that_is_no_json, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

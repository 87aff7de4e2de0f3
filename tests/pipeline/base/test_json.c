#include "tests/harness.h"

#include "pipeline/base/json.h"

#include <cjson/cJSON.h>
#include <signal.h>
#include <sys/wait.h>

static int start(void **state)
{
	struct buf *out = malloc(sizeof(*out));
	buf_init(out, 1 << 20);
	*state = out;
	return 0;
}

static int end(void **state)
{
	buf_free(*state);
	free(*state);
	return 0;
}

static void puts_commas_by_itself(void **state)
{
	struct buf *out = *state;
	struct json j = json_start(out);
	json_open_object(&j);
	json_key(&j, "a");
	json_open_array(&j);
	json_int(&j, 1);
	json_open_object(&j);
	json_close(&j);
	json_bool(&j, true);
	json_open_array(&j);
	json_close(&j);
	json_null(&j);
	json_close(&j);
	json_key_str(&j, STR("b\"\n"));
	json_cstr(&j, "x");
	json_key(&j, "n");
	json_str_or_null(&j, str_make(NULL, 0));
	json_key(&j, "e");
	json_str_or_null(&j, STR(""));
	json_key(&j, "r");
	json_raw(&j, STR("1.50"));
	json_close(&j);
	assert_int_equal(j.depth, 0);
	assert_str(buf_view(out), "{\"a\":[1,{},true,[],null],\"b\\\"\\n\":\"x\",\"n\":null,\"e\":\"\",\"r\":1.50}");
}

static void siblings_begin_without_a_comma(void **state)
{
	struct buf *out = *state;
	struct json j = json_start(out);
	json_open_array(&j);
	for (int i = 0; i < 2; i++) {
		json_open_array(&j);
		json_int(&j, i);
		json_int(&j, i);
		json_close(&j);
		json_open_object(&j);
		json_key(&j, "k");
		json_int(&j, i);
		json_close(&j);
	}
	json_close(&j);
	assert_str(buf_view(out), "[[0,0],{\"k\":0},[1,1],{\"k\":1}]");
}

static void escapes_what_must_be_and_nothing_else(void **state)
{
	struct buf *out = *state;
	json_escape(out, STR("\"\\/\b\f\n\r\t\x01\x1f\x7f é\u2028😀"));
	assert_str(buf_view(out), "\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f é\u2028😀");
}

static void escapes_a_byte_at_every_place_of_a_run(void **state)
{
	struct buf *out = *state;
	static const char bytes[] = {'\n', '"', '\\', 0x1f};
	for (size_t n = 1; n < 40; n++) {
		for (size_t at = 0; at < n; at++) {
			char text[40];
			memset(text, n % 2 ? 'a' : 0xe4, sizeof(text));
			text[at] = bytes[(n + at) % 4];
			buf_clear(out);
			json_escape(out, str_make(text, n));
			size_t escaped = text[at] == 0x1f ? 6 : 2;
			assert_int_equal(out->n, n - 1 + escaped);
			assert_memory_equal(out->p, text, at);
			assert_int_equal(out->p[at], '\\');
			assert_memory_equal(out->p + at + escaped, text + at + 1, n - at - 1);
		}
	}
}

static void another_reader_gets_back_what_was_written(void **state)
{
	struct buf *out = *state;
	char text[256];
	size_t n = 0;
	for (int c = 1; c < 0x80; c++)
		text[n++] = (char)c;
	text[n] = 0;
	struct json j = json_start(out);
	json_str(&j, str_make(text, n));
	cJSON *read = cJSON_ParseWithLength(out->p, out->n);
	assert_non_null(read);
	assert_string_equal(read->valuestring, text);
	cJSON_Delete(read);
}

static void writes_doubles_with_as_few_digits_as_will_do(void **state)
{
	struct buf *out = *state;
	static const struct {
		double value;
		int decimals;
		const char *text;
	} rows[] = {
	        {0, 3, "0"},
	        {-0.0, 3, "0"},
	        {0.5, 3, "0.5"},
	        {0.9999, 3, "1"},
	        {0.9994, 3, "0.999"},
	        {-0.0004, 3, "0"},
	        {-0.05, 2, "-0.05"},
	        {1234.5678, 0, "1235"},
	        {1.0 / 3, 9, "0.333333333"},
	        {12345678901234.5, 9, "12345678901234.5"},
	        {9007199254740993.0, 2, "9007199254740992"},
	        {1e20, 2, "100000000000000000000"},
	        {-1e20, 2, "-100000000000000000000"},
	        {1e308 * 10, 2, "null"},
	        {NAN, 2, "null"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(out);
		struct json j = json_start(out);
		json_double(&j, rows[i].value, rows[i].decimals);
		assert_str(buf_view(out), rows[i].text);
	}
}

static void nests_to_32_levels(void **state)
{
	struct buf *out = *state;
	struct json j = json_start(out);
	for (int i = 0; i < 16; i++) {
		json_open_array(&j);
		json_int(&j, i);
		json_open_object(&j);
		json_key(&j, "k");
	}
	json_int(&j, 1);
	for (int i = 0; i < 32; i++)
		json_close(&j);
	cJSON *read = cJSON_ParseWithLength(out->p, out->n);
	assert_non_null(read);
	cJSON_Delete(read);
}

static void value_without_key(struct json *j)
{
	json_open_object(j);
	json_int(j, 1);
}

static void key_in_array(struct json *j)
{
	json_open_array(j);
	json_key(j, "a");
}

static void key_after_key(struct json *j)
{
	json_open_object(j);
	json_key(j, "a");
	json_key(j, "b");
}

static void close_after_key(struct json *j)
{
	json_open_object(j);
	json_key(j, "a");
	json_close(j);
}

static void close_too_often(struct json *j)
{
	json_close(j);
}

static void level_33(struct json *j)
{
	for (int i = 0; i < 33; i++)
		json_open_array(j);
}

static void misuse_is_a_bug_and_aborts(void **state)
{
	void (*const misuses[])(struct json *) = {value_without_key, key_in_array,    key_after_key,
	                                          close_after_key,   close_too_often, level_33};
	for (size_t i = 0; i < sizeof(misuses) / sizeof(*misuses); i++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			fclose(stderr);
			close(STDERR_FILENO);
			struct json j = json_start(*state);
			misuses[i](&j);
			_exit(0);
		}
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

static void stops_at_the_buffers_limit_without_harm(void **state)
{
	(void)state;
	struct buf out;
	buf_init(&out, 10);
	struct json j = json_start(&out);
	json_open_object(&j);
	json_key(&j, "key");
	json_cstr(&j, "a value that is too long");
	json_close(&j);
	assert_true(out.overflow);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(puts_commas_by_itself, start, end),
	        cmocka_unit_test_setup_teardown(siblings_begin_without_a_comma, start, end),
	        cmocka_unit_test_setup_teardown(escapes_what_must_be_and_nothing_else, start, end),
	        cmocka_unit_test_setup_teardown(escapes_a_byte_at_every_place_of_a_run, start, end),
	        cmocka_unit_test_setup_teardown(another_reader_gets_back_what_was_written, start, end),
	        cmocka_unit_test_setup_teardown(writes_doubles_with_as_few_digits_as_will_do, start, end),
	        cmocka_unit_test_setup_teardown(nests_to_32_levels, start, end),
	        cmocka_unit_test_setup_teardown(misuse_is_a_bug_and_aborts, start, end),
	        cmocka_unit_test(stops_at_the_buffers_limit_without_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

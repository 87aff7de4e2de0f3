#include "tests/harness.h"

#include "pipeline/base/buf.h"
#include "worker/yaml.h"

struct fixture {
	struct arena a;
	struct err err;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	arena_init(&f->a, 0, 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_free(&f->a);
	free(f);
	return 0;
}

static struct node *read_text(struct fixture *f, const char *text)
{
	return yaml_read(&f->a, str_of(text), "t.yaml", true, &f->err);
}

static void refuses(struct fixture *f, const char *text, const char *words)
{
	err_clear(&f->err);
	assert_null(read_text(f, text));
	assert_has(f->err.words, words);
}

static void tells_what_to_do_about_tabs_and_bare_variables(void **state)
{
	struct fixture *f = *state;
	static const char tab[] = "a tab; YAML is indented by blanks only: write blanks instead";
	static const char quotes[] = "inside of { } and [ ] a value with ${…} must stand in quotes: \"${NAME}\"";
	refuses(f, "a:\n\tb: x\n", "t.yaml:2:1: not valid YAML: a tab");
	refuses(f, "a:\n\tb: x\n", tab);
	refuses(f, "ä: é\n\tb: x\n", tab);
	refuses(f, "a:\n  b: x\n \tc: y\n", "t.yaml:3:2: not valid YAML: a tab");
	refuses(f, "a: { b: ${X} }\n", "t.yaml:1:10: not valid YAML: inside of { }");
	refuses(f, "ä: { é: ß${X}:1, c: d }\n", quotes);
	refuses(f, "a:\n  b: [x, ${X}]\n", quotes);
	refuses(f, "a: { b: c } }\n", "did not find expected key");
	assert_non_null(read_text(f, "a: ${X}\nb: { c: \"${X}\" }\n"));
}

static void remembers_line_and_column_of_values_and_keys(void **state)
{
	struct fixture *f = *state;
	struct node *root = read_text(f, "a: 1\nlist:\n  - x\n  - {b: \"2\"}\n");
	assert_non_null(root);
	assert_str(node_get(root, "a")->text, "1");
	const struct node *list = node_get(root, "list");
	assert_int_equal(node_count(list), 2);
	assert_string_equal(node_where(list->first), "t.yaml:3:5");
	assert_string_equal(node_where_key(list), "t.yaml:2:1");
	const struct node *b = node_get(list->first->next, "b");
	assert_string_equal(node_where(b), "t.yaml:4:9");
	assert_true(b->quoted);
	assert_false(list->first->quoted);
}

static void reads_null_as_an_empty_scalar_and_quoted_null_as_a_word(void **state)
{
	struct fixture *f = *state;
	struct node *root = read_text(f, "a:\nb: ~\nc: null\nd: 'null'\n");
	assert_str(node_get(root, "a")->text, "");
	assert_str(node_get(root, "b")->text, "");
	assert_str(node_get(root, "c")->text, "");
	assert_str(node_get(root, "d")->text, "null");
}

static void reads_an_empty_text_as_an_empty_scalar(void **state)
{
	struct fixture *f = *state;
	struct node *root = read_text(f, "# nothing\n");
	assert_int_equal(root->kind, NODE_SCALAR);
	assert_str(root->text, "");
}

static void refuses_what_a_configuration_does_not_need(void **state)
{
	struct fixture *f = *state;
	refuses(f, "a: &x 1\nb: *x\n", "t.yaml:2:4: aliases");
	refuses(f, "a: 1\nb: 2\na: 3\n", "t.yaml:3:1: key 'a' stands twice; it stood at t.yaml:1:1");
	refuses(f, "a: !!int 1\n", "t.yaml:1:4: tags");
	refuses(f, "a: !x {}\n", "tags");
	refuses(f, "? [a]\n: 1\n", "t.yaml:1:3: a key must be a plain name");
	refuses(f, "a: 1\n---\nb: 2\n", "a second document");
	refuses(f, "a: \"x\\0y\"\n", "t.yaml:1:4: a value holds a NUL byte");
	refuses(f, "a: [1, 2\nb: 3\n", "not valid YAML");
	refuses(f, "a: \xff\n", "t.yaml: byte 3: not valid YAML");
}

static void refuses_what_is_nested_too_deep(void **state)
{
	struct fixture *f = *state;
	char text[2 * 10000 + 1];
	memset(text, '[', 10000);
	memset(text + 10000, ']', 10000);
	text[20000] = 0;
	refuses(f, text, "t.yaml:1:33: nested deeper than 32 levels");
	memset(text, '[', YAML_DEPTH_MAX);
	memset(text + YAML_DEPTH_MAX, ']', YAML_DEPTH_MAX);
	text[2 * YAML_DEPTH_MAX] = 0;
	err_clear(&f->err);
	assert_non_null(read_text(f, text));
}

/* Escaped, it would be written longer than a key may be, and could not be read again. */
static void refuses_a_key_that_is_too_long(void **state)
{
	struct fixture *f = *state;
	char text[YAML_KEY_MAX + 8] = "{ ";
	memset(text + 2, 'k', YAML_KEY_MAX);
	memcpy(text + 2 + YAML_KEY_MAX, " }", 3);
	assert_int_equal(node_count(read_text(f, text)), 1);
	memcpy(text + 2 + YAML_KEY_MAX, "k }", 4);
	refuses(f, text, "t.yaml:1:3: a key longer than 160 bytes");
}

static void refuses_too_many_values_and_too_many_bytes(void **state)
{
	struct fixture *f = *state;
	struct buf text;
	buf_init(&text, 4 * YAML_BYTES_MAX);
	buf_putc(&text, '[');
	for (int i = 0; i < YAML_NODES_MAX; i++)
		buf_str(&text, STR("1,"));
	buf_putc(&text, ']');
	assert_null(yaml_read(&f->a, buf_view(&text), "t.yaml", true, &f->err));
	assert_has(f->err.words, "more than 10,000 values");
	while (text.n <= YAML_BYTES_MAX)
		buf_str(&text, STR("# and so on and on and on\n"));
	err_clear(&f->err);
	assert_null(yaml_read(&f->a, buf_view(&text), "t.yaml", true, &f->err));
	assert_has(f->err.words, "larger than 1 MiB");
	buf_free(&text);
}

static void tells_why_a_file_cannot_be_read(void **state)
{
	struct fixture *f = *state;
	assert_null(yaml_read_file(&f->a, "/nonexistent/x.yaml", &f->err));
	assert_string_equal(f->err.words, "cannot read configuration '/nonexistent/x.yaml': No such file or directory");
	err_clear(&f->err);
	assert_null(yaml_read_file(&f->a, "/", &f->err));
	assert_has(f->err.words, "Is a directory");
}

/* --- expansion ---------------------------------------------------------------------------------------------------- */

static struct str expanded(struct fixture *f, const char *value)
{
	struct node *node = node_scalar(&f->a, str_of(value));
	node->source = "t.yaml";
	node->line = node->column = 1;
	err_clear(&f->err);
	return yaml_expand(&f->a, node, &f->err) ? node->text : (struct str){0};
}

static void puts_variables_and_defaults_in(void **state)
{
	struct fixture *f = *state;
	setenv("TEST_HOST", "k1", 1);
	setenv("TEST_EMPTY", "", 1);
	unsetenv("TEST_UNSET");
	assert_str(expanded(f, "${TEST_HOST}:9092"), "k1:9092");
	assert_str(expanded(f, "${TEST_HOST}${TEST_HOST}"), "k1k1");
	assert_str(expanded(f, "${TEST_UNSET:-a:-b}"), "a:-b");
	assert_str(expanded(f, "${TEST_EMPTY:-x}"), "x");
	assert_str(expanded(f, "a${TEST_EMPTY}b"), "ab");
	assert_str(expanded(f, "$${TEST_HOST} $5"), "${TEST_HOST} $5");
}

static void says_which_variable_is_missing_and_where(void **state)
{
	struct fixture *f = *state;
	unsetenv("TEST_UNSET");
	assert_null(expanded(f, "${TEST_UNSET}").p);
	assert_has(f->err.words, "t.yaml:1:1: variable 'TEST_UNSET' is not set");
	assert_null(expanded(f, "${TEST_UNSET").p);
	assert_has(f->err.words, "'${' without its '}'");
	assert_null(expanded(f, "${a b}").p);
	assert_has(f->err.words, "names no variable");
}

static void what_a_variable_brings_cannot_change_the_structure(void **state)
{
	struct fixture *f = *state;
	setenv("TEST_EVIL", "x, b: 2}\n- ${TEST_EVIL}", 1);
	struct node *root = read_text(f, "{a: '${TEST_EVIL}'}");
	assert_true(yaml_expand(&f->a, root, &f->err));
	assert_int_equal(node_count(root), 1);
	assert_str(node_get(root, "a")->text, "x, b: 2}\n- ${TEST_EVIL}");
}

static void takes_a_file_and_marks_it_secret(void **state)
{
	struct fixture *f = *state;
	char name[] = "/tmp/wd_test_yaml_XXXXXX";
	int fd = mkstemp(name);
	assert_int_equal(write(fd, "s3cret\n", 7), 7);
	close(fd);
	struct node *node = node_scalar(&f->a, arena_printf(&f->a, "<${file:%s}>", name));
	assert_true(yaml_expand(&f->a, node, &f->err));
	assert_str(node->text, "<s3cret>");
	assert_true(node->secret);
	assert_int_equal(truncate(name, YAML_EXPANDED_MAX + 1), 0);
	node = node_scalar(&f->a, arena_printf(&f->a, "${file:%s}", name));
	assert_false(yaml_expand(&f->a, node, &f->err));
	assert_has(f->err.words, "larger than 65536 bytes");
	unlink(name);
	assert_null(expanded(f, "${file:/nonexistent}").p);
	assert_has(f->err.words, "cannot read '/nonexistent'");
}

static void writes_what_it_reads_and_masks_secrets(void **state)
{
	struct fixture *f = *state;
	struct node *root = read_text(f, "a: 1\nb: [x, 'y: z', {c: \"\\t\"}]\nd: {}\ne: 'no\"'\nf: top\n");
	node_get(root, "f")->secret = true;
	struct buf out;
	buf_init(&out, 10000);
	yaml_write(&out, root, 0);
	struct node *again = yaml_read(&f->a, buf_view(&out), "again", true, &f->err);
	buf_free(&out);
	assert_non_null(again);
	assert_str(node_get(again, "b")->first->next->text, "y: z");
	assert_str(node_get(node_get(again, "b")->first->next->next, "c")->text, "\t");
	assert_int_equal(node_get(again, "d")->kind, NODE_MAP);
	assert_str(node_get(again, "e")->text, "no\"");
	assert_str(node_get(again, "f")->text, "***");
	root = read_text(f, "a: \"\\u2028\\x85 \\ufeff\\x1b\"\n");
	buf_init(&out, 1000);
	yaml_write(&out, root, 0);
	again = yaml_read(&f->a, buf_view(&out), "again", true, &f->err);
	buf_free(&out);
	assert_str(node_get(again, "a")->text, node_get(root, "a")->text.p);
	/* Bare it would be the end of the document. */
	buf_init(&out, 1000);
	yaml_write_scalar(&out, STR("..."));
	again = yaml_read(&f->a, buf_view(&out), "again", true, &f->err);
	buf_free(&out);
	assert_non_null(again);
	assert_str(again->text, "...");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(tells_what_to_do_about_tabs_and_bare_variables, setup, teardown),
	        TEST(remembers_line_and_column_of_values_and_keys),
	        TEST(reads_null_as_an_empty_scalar_and_quoted_null_as_a_word),
	        TEST(reads_an_empty_text_as_an_empty_scalar),
	        TEST(refuses_what_a_configuration_does_not_need),
	        TEST(refuses_what_is_nested_too_deep),
	        TEST(refuses_a_key_that_is_too_long),
	        TEST(refuses_too_many_values_and_too_many_bytes),
	        TEST(tells_why_a_file_cannot_be_read),
	        TEST(puts_variables_and_defaults_in),
	        TEST(says_which_variable_is_missing_and_where),
	        TEST(what_a_variable_brings_cannot_change_the_structure),
	        TEST(takes_a_file_and_marks_it_secret),
	        TEST(writes_what_it_reads_and_masks_secrets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

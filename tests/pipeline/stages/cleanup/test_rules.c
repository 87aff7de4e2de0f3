/*
 * A desk's own rules: what a file may say, what is wrong with one and where, and what becomes of stories by it.
 */
#include "tests/pipeline/stages/fixture.h"

#include "pipeline/stages/cleanup/rules.h"

#include <stdlib.h>
#include <unistd.h>

extern const struct stage stage_cleanup;

struct told {
	size_t n;
	char last[1000];
};

static void hear(void *arg, const char *words)
{
	struct told *told = arg;
	told->n++;
	snprintf(told->last, sizeof(told->last), "%s", words);
}

static struct told told;
static const struct feed feeds[] = {{.name = STR_INIT("antara")}, {.name = STR_INIT("default")}};

static bool parses(const char *text, struct err *err)
{
	struct rules_world world = {.feeds = feeds, .n_feeds = 2, .warn = hear, .warn_arg = &told};
	told = (struct told){0};
	err_clear(err);
	struct rules *rules = rules_parse(str_of(text), "desk/house.tsv", &world, err);
	bool good = rules != NULL;
	rules_close(rules);
	return good;
}

static void assert_refused(const char *text, const char *words)
{
	struct err err;
	assert_false(parses(text, &err));
	assert_has(err.words, words);
}

static void a_rule_is_refused_with_its_place_and_what_to_do(void **state)
{
	(void)state;
	assert_refused("# one\nen\tprommo\tstart\tread it here\tRead it here\n",
	               "desk/house.tsv:2:4: unknown kind 'prommo'; did you mean 'promo'?");
	assert_refused("en\tpromo\tstrat\tread it here\tRead it here\n", ":1:10: unknown mode 'strat'");
	assert_refused("xxq\tpromo\tstart\tread it here\tRead it here\n", ":1:1: 'xxq' is no language");
	assert_refused("en promo start read it\n", ":1:1: 1 of 5 columns");
	assert_refused("en\tpromo\tstart\tread it here\tRead it here\tnote\tmore\n", "more than 6 columns");
	assert_refused("en\tpromo\tstart\tread it here\t\tnote\n", "no example");
	assert_refused("[antarra]\n", ":1:2: no source 'antarra' is configured; did you mean 'antara'?");
	assert_refused("[antara\n", "names a source");
	assert_refused("en\tpromo\tstart\tb\xff"
	               "d\tx\n",
	               ":1:17: no UTF-8");
	assert_refused("en\tpromo\tstart\tb\x01"
	               "d\tx\n",
	               ":1:17: a control character");
}

static void a_column_is_counted_in_characters(void **state)
{
	(void)state;
	assert_refused("zh\tpromo\tstart\t相关新闻阅读\tここ\n", ":1:23: the rule does not find its own example");
}

static void words_that_every_text_has_are_refused(void **state)
{
	(void)state;
	static const char *const words[] = {"the", "a", "xy", "***", "und die", "в", "的", "In the", "--", "de la"};
	char line[200];
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(line, sizeof(line), "*\tpromo\tstart\t%s\t%s and more\n", words[i], words[i]);
		assert_refused(line, "a runaway rule");
	}
	assert_refused("en\tpromo\tstart\t\tSomething\n", "no words");
	assert_refused("en\tpromo\tstart\t\u200b\u200b\tSomething\n", "characters that nobody sees");
	struct err err;
	assert_true(parses("*\tendmark\twhole\t~~~\t~~~\n", &err));
}

static void the_same_words_twice_are_refused_with_both_lines(void **state)
{
	(void)state;
	assert_refused(
	        "en\tpromo\twhole\tgo on with it\tGo on with it\n\nde\tpromo\twhole\tGo ON with it\tGo on with it\n",
	        ":3:16: line 1 has the same words and the same mode; take one of them out");
	assert_refused("en\tpromo\twhole\tgo on with it\tGo on with it\nen\tad\twhole\tgo on with it\tGo on with it\n",
	               "and says something else");
}

static void a_rule_that_another_one_hides_is_refused(void **state)
{
	(void)state;
	assert_refused(
	        "en\tpromo\tstart\tgo on with it all\tGo on with it all\nen\tpromo\tstart\tgo on with\tGo on with\n",
	        ":1:16: never used: line 2 finds every line that begins like this one");
	struct err err;
	assert_true(parses(
	        "en\tpromo\tstart\tgo on with\tGo on with x\nen\tpromo\tstart\tgo on without\tGo on without\n", &err));
	assert_true(parses(
	        "en\tpromo\tstart\tgo on with\tGo on with x\nen\tkeep\tstart\tgo on with it\tGo on with it\n", &err));
}

static void the_same_words_for_two_sources_are_two_rules(void **state)
{
	(void)state;
	struct err err;
	assert_true(
	        parses("[antara]\nen\tpromo\tstart\tgo on with\tGo on with x\n[default]\nen\tad\tstart\tgo on with\tGo "
	               "on with x\n",
	               &err));
}

static void what_is_odd_is_told_and_taken(void **state)
{
	(void)state;
	struct err err;
	assert_true(parses("id\tpromo\tlabel\tbaca juga\tBaca juga: Harga Beras\n", &err));
	assert_int_equal(told.n, 1);
	assert_has(told.last, "desk/house.tsv:1: built in already, as 'id:baca juga'");
	assert_true(parses("en\tpromo\tstart\tzorvex\tZorvex greets\n", &err));
	assert_has(told.last, "a single word");
}

static void the_first_error_speaks_and_the_others_are_told(void **state)
{
	(void)state;
	struct err err;
	assert_false(parses("en\tpromo\tstart\tthe\tThe\nen\tpromo\tstart\ta\tA\nen\tpromo\tstart\tin\tIn\n", &err));
	assert_has(err.words, ":1:16: a runaway rule");
	assert_has(err.words, "2 more errors in the file");
	assert_int_equal(told.n, 2);
}

static void an_example_that_its_rule_does_not_find_is_refused(void **state)
{
	(void)state;
	assert_refused("en\tpromo\tstart\tzorvex greets\tGreetings from Zorvex\n",
	               ":1:30: the rule does not find its own example: the words are not there");
	assert_refused("en\tpromo\twhole\tzorvex greets\tZorvex greets them all\n",
	               "its mode or its kind asks for more");
}

static void a_file_has_limits(void **state)
{
	(void)state;
	struct buf text;
	struct err err;
	buf_init(&text, 64 << 20);
	for (int i = 0; i <= RULES_MAX; i++)
		buf_printf(&text, "en\tpromo\twhole\tzorvex%d\tzorvex%d\n", i, i);
	buf_putc(&text, 0);
	assert_false(parses(text.p, &err));
	assert_has(err.words, ":20001:1: more than 20000 rules");
	buf_clear(&text);
	for (int i = 0; i < RULES_LINE_BYTES_MAX + 1; i++)
		buf_putc(&text, 'x');
	buf_putc(&text, 0);
	assert_false(parses(text.p, &err));
	assert_has(err.words, "a line of 4097 bytes");
	buf_clear(&text);
	buf_str(&text, STR("en\tpromo\twhole\t"));
	for (int i = 0; i < RULES_WORDS_MAX + 1; i++)
		buf_str(&text, STR("ö"));
	buf_str(&text, STR("\tx\n"));
	buf_putc(&text, 0);
	assert_false(parses(text.p, &err));
	assert_has(err.words, "101 characters of words");
	buf_free(&text);
}

/* --- stories ---------------------------------------------------------------------------------------------------- */

static struct fixture *with_rules(const char *text)
{
	static char path[] = "/tmp/wiredesk-rules-XXXXXX";
	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	struct fixture *f = fixture_new(&stage_cleanup, "rules", path, NULL);
	unlink(path);
	return f;
}

static void assert_body(const char *rules, const char *story, const char *body)
{
	struct fixture *f = with_rules(rules);
	struct story *st = fixture_text(f, arena_copy(&f->keep, str_of(story)));
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	assert_str(st->cleanup.body, body);
	fixture_free(f);
}

#define HEAD "A headline of it\nA first sentence stands here.\n"

static void a_rule_takes_its_line_out_and_is_named(void **state)
{
	(void)state;
	struct fixture *f = with_rules("en\tpromo\tstart\tzorvex greets\tZorvex greets them\n");
	struct story *st = fixture_text(f, arena_copy(&f->keep, STR(HEAD "Zorvex greets us.\nThe end of it.")));
	fixture_run(f, st);
	assert_str(st->cleanup.body, "A first sentence stands here.\nThe end of it.");
	assert_int_equal(st->cleanup.n_removed, 2);
	assert_string_equal(st->cleanup.removed[1].kind, "promo");
	assert_has(st->cleanup.removed[1].rule, ":en:zorvex greets");
	assert_int_equal(st->cleanup.removed[1].at.start, strlen(HEAD));
	assert_int_equal(st->cleanup.removed[1].at.end, strlen(HEAD "Zorvex greets us.\n"));
	fixture_free(f);
}

static void a_rule_for_last_lines_leaves_others(void **state)
{
	(void)state;
	const char *rules = "en\tendmark\tlast\tzorvex out\tZorvex out\n";
	assert_body(rules, HEAD "Zorvex out\nThe end of it.",
	            "A first sentence stands here.\nZorvex out\nThe end of it.");
	assert_body(rules, HEAD "The end of it.\nZorvex out", "A first sentence stands here.\nThe end of it.");
	assert_body(rules, HEAD "The end of it. Zorvex out", "A first sentence stands here.\nThe end of it.");
}

static void a_rule_that_keeps_overrules_what_is_built_in(void **state)
{
	(void)state;
	const char *story = HEAD "Read also: The Book of That Name\nThe end of it.\nENDS";
	assert_body("", story, "A first sentence stands here.\nThe end of it.");
	assert_body("en\tkeep\tlabel\tread also\tRead also: The Book\n", story,
	            "A first sentence stands here.\nRead also: The Book of That Name\nThe end of it.");
	assert_body("en\tkeep\twhole\tends\tENDS\n", story, "A first sentence stands here.\nThe end of it.\nENDS");
}

static void a_rule_that_keeps_overrules_one_that_removes(void **state)
{
	(void)state;
	assert_body(
	        "en\tpromo\tstart\tzorvex greets\tZorvex greets them\nen\tkeep\tstart\tzorvex greets nobody\tZorvex "
	        "greets nobody at all\n",
	        HEAD "Zorvex greets us.\nZorvex greets nobody today.\nThe end of it.",
	        "A first sentence stands here.\nZorvex greets nobody today.\nThe end of it.");
}

static void add_feeds(struct stage_env *env)
{
	env->feeds = feeds;
	env->n_feeds = 2;
}

static void a_rule_of_one_source_leaves_the_stories_of_others(void **state)
{
	(void)state;
	char path[] = "/tmp/wiredesk-rules-XXXXXX";
	const char *text = "[antara]\nen\tpromo\tstart\tzorvex greets\tZorvex greets them\n";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	struct fixture *f = fixture_checked(fixture_open(&stage_cleanup, add_feeds, "rules", path, NULL));
	unlink(path);
	for (size_t i = 0; i < 2; i++) {
		struct story *st = fixture_text(f, arena_copy(&f->keep, STR(HEAD "Zorvex greets us.\nThe end of it.")));
		struct message *msg = ARENA_NEW(&f->keep, struct message);
		*msg = *st->msg;
		msg->feed = &feeds[i];
		st->msg = msg;
		fixture_run(f, st);
		assert_true((memmem(st->cleanup.body.p, st->cleanup.body.n, "Zorvex", 6) == NULL) == (i == 0));
	}
	fixture_free(f);
}

static void rules_that_are_not_there_are_an_error(void **state)
{
	(void)state;
	struct fixture *f = fixture_open(&stage_cleanup, NULL, "rules", "/nowhere/house.tsv", NULL);
	assert_false(f->is_open);
	assert_has(f->err.words, "cannot open the rules '/nowhere/house.tsv': No such file");
	fixture_free(f);
	f = fixture_open(&stage_cleanup, NULL, "rules", "/tmp", NULL);
	assert_has(f->err.words, "'/tmp' are no file");
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_rule_is_refused_with_its_place_and_what_to_do),
	        cmocka_unit_test(a_column_is_counted_in_characters),
	        cmocka_unit_test(words_that_every_text_has_are_refused),
	        cmocka_unit_test(the_same_words_twice_are_refused_with_both_lines),
	        cmocka_unit_test(a_rule_that_another_one_hides_is_refused),
	        cmocka_unit_test(the_same_words_for_two_sources_are_two_rules),
	        cmocka_unit_test(what_is_odd_is_told_and_taken),
	        cmocka_unit_test(the_first_error_speaks_and_the_others_are_told),
	        cmocka_unit_test(an_example_that_its_rule_does_not_find_is_refused),
	        cmocka_unit_test(a_file_has_limits),
	        cmocka_unit_test(a_rule_takes_its_line_out_and_is_named),
	        cmocka_unit_test(a_rule_for_last_lines_leaves_others),
	        cmocka_unit_test(a_rule_that_keeps_overrules_what_is_built_in),
	        cmocka_unit_test(a_rule_that_keeps_overrules_one_that_removes),
	        cmocka_unit_test(a_rule_of_one_source_leaves_the_stories_of_others),
	        cmocka_unit_test(rules_that_are_not_there_are_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

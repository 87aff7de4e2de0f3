#include "tests/harness.h"

#include "pipeline/base/options.h"

enum colour { RED, GREEN };

struct sample {
	bool flag;
	int64_t count, size, window_ms;
	double share;
	struct str name, place;
	int colour;
	struct strings tags;
	struct node *match;
};

static const char *const colours[] = {"red", "green", NULL};

static const struct option rows[] = {
        OPTION_BOOL(struct sample, flag, "flag", "true", "Whether."),
        OPTION_INT(struct sample, count, "count", "7", "1", "100", "How many."),
        OPTION_BYTES(struct sample, size, "size", "8MB", "1kB", "1GB", "How large."),
        OPTION_DURATION(struct sample, window_ms, "window", "72h", "1m", "90d", "How long."),
        OPTION_NUMBER(struct sample, share, "share", "0.6", "0", "1", "Which part."),
        OPTION_STRING(struct sample, name, "name", "desk", "Who."),
        OPTION_STRING(struct sample, place, "place", "", "Where."),
        OPTION_ENUM(struct sample, colour, "colour", colours, "green", "Which colour."),
        OPTION_STRINGS(struct sample, tags, "tags", "a, b", "Which tags."),
        OPTION_NODE(struct sample, match, "match", "What matches."),
        OPTION_END,
};

struct world {
	struct arena a;
	struct node *map;
	struct sample sample;
	struct err err;
	int line;
};

static int start(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	arena_init(&w->a, 0, 0);
	w->map = node_map(&w->a);
	w->map->source = "wire.yaml";
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;
	arena_free(&w->a);
	free(w);
	return 0;
}

/* The next line of the map, `key: value`. */
static struct node *say_node(struct world *w, const char *key, struct node *value)
{
	value->source = "wire.yaml";
	value->key_line = value->line = ++w->line;
	value->key_column = 3;
	value->column = 3 + (int)strlen(key) + 2;
	node_append(&w->a, w->map, str_of(key), value);
	return value;
}

static struct node *say(struct world *w, const char *key, const char *value)
{
	return say_node(w, key, node_scalar(&w->a, str_of(value)));
}

static bool read_all(struct world *w)
{
	memset(&w->sample, 0xee, sizeof(w->sample));
	err_clear(&w->err);
	return options_read(rows, w->map, &w->sample, "stage 'sample'", &w->a, &w->err);
}

/* One wrong line by itself, and what is said about it. */
static void assert_refused(struct world *w, const char *key, const char *value, const char *words)
{
	w->map = node_map(&w->a);
	w->line = 0;
	say(w, key, value);
	assert_false(read_all(w));
	assert_string_equal(w->err.words, words);
}

static void gives_defaults_where_nothing_is_written(void **state)
{
	struct world *w = *state;
	assert_true(options_read(rows, NULL, &w->sample, "stage 'sample'", &w->a, &w->err));
	const struct sample *s = &w->sample;
	assert_true(s->flag);
	assert_int_equal(s->count, 7);
	assert_int_equal(s->size, 8000000);
	assert_int_equal(s->window_ms, 72 * 3600000);
	assert_true(s->share > 0.599 && s->share < 0.601);
	assert_str(s->name, "desk");
	assert_null(s->place.p);
	assert_int_equal(s->colour, GREEN);
	assert_int_equal(s->tags.n, 2);
	assert_string_equal(s->tags.items[0].p, "a");
	assert_string_equal(s->tags.items[1].p, "b");
	assert_null(s->match);
	w->map = node_scalar(&w->a, STR(""));
	assert_true(read_all(w));
}

static void reads_what_is_written(void **state)
{
	struct world *w = *state;
	say(w, "flag", "off");
	say(w, "count", "100");
	say(w, "size", "1.5 MiB")->quoted = true;
	say(w, "window", "0.5h");
	say(w, "share", "1e-1");
	say(w, "name", "24");
	say(w, "place", "")->quoted = true;
	say(w, "colour", "red");
	struct node *tags = say_node(w, "tags", node_list(&w->a));
	node_append(&w->a, tags, STR(""), node_scalar(&w->a, STR("x,y")));
	struct node *match = say_node(w, "match", node_map(&w->a));
	assert_true(read_all(w));
	const struct sample *s = &w->sample;
	assert_false(s->flag);
	assert_int_equal(s->count, 100);
	assert_int_equal(s->size, 1572864);
	assert_int_equal(s->window_ms, 1800000);
	assert_true(s->share > 0.099 && s->share < 0.101);
	assert_str(s->name, "24");
	assert_non_null(s->place.p);
	assert_int_equal(s->colour, RED);
	assert_int_equal(s->tags.n, 1);
	assert_str(s->tags.items[0], "x,y");
	assert_ptr_equal(s->match, match);
}

static void a_list_of_texts_may_be_one_text_or_none(void **state)
{
	struct world *w = *state;
	struct node *tags = say(w, "tags", "only");
	assert_true(read_all(w));
	assert_int_equal(w->sample.tags.n, 1);
	assert_str(w->sample.tags.items[0], "only");
	tags->text = STR("");
	assert_true(read_all(w));
	assert_int_equal(w->sample.tags.n, 0);
	tags->quoted = true;
	assert_true(read_all(w));
	assert_int_equal(w->sample.tags.n, 1);
}

static void names_the_nearest_key_for_an_unknown_one(void **state)
{
	struct world *w = *state;
	assert_refused(w, "widnow", "1h",
	               "wire.yaml:1:3: stage 'sample' has no option 'widnow'; did you mean 'window'?");
	assert_refused(
	        w, "zzz", "1h",
	        "wire.yaml:1:3: stage 'sample' has no option 'zzz'; it has flag, count, size, window, share, name, "
	        "place, colour, tags or match");
}

static void refuses_a_key_that_is_written_twice(void **state)
{
	struct world *w = *state;
	say(w, "count", "3");
	say(w, "name", "x");
	say(w, "count", "3");
	assert_false(read_all(w));
	assert_string_equal(w->err.words,
	                    "wire.yaml:3:3: 'count' of stage 'sample' is written a second time; it stands in "
	                    "line 1 already");
}

static void refuses_wrong_types_with_what_is_right(void **state)
{
	struct world *w = *state;
	assert_refused(w, "flag", "maybe",
	               "wire.yaml:1:9: 'flag' of stage 'sample' must be true or false, not 'maybe'");
	assert_refused(w, "count", "1.5",
	               "wire.yaml:1:10: 'count' of stage 'sample' must be a whole number, not '1.5'");
	assert_refused(w, "size", "8XB",
	               "wire.yaml:1:9: 'size' of stage 'sample' must be a size such as 8MB or 512KiB, not '8XB'");
	assert_refused(
	        w, "window", "72",
	        "wire.yaml:1:11: 'window' of stage 'sample' must be a duration such as 100ms, 30s or 72h, not '72'");
	assert_refused(w, "share", "0x1p3", "wire.yaml:1:10: 'share' of stage 'sample' must be a number, not '0x1p3'");
	assert_refused(w, "share", "1e999", "wire.yaml:1:10: 'share' of stage 'sample' must be a number, not '1e999'");
	assert_refused(w, "colour", "blue",
	               "wire.yaml:1:11: 'colour' of stage 'sample' must be red or green, not 'blue'");
	assert_refused(
	        w, "count", "",
	        "wire.yaml:1:10: 'count' of stage 'sample' must be a whole number, and stands here without a value");
}

static void quotes_make_a_number_a_text(void **state)
{
	struct world *w = *state;
	say(w, "count", "24")->quoted = true;
	assert_false(read_all(w));
	assert_has(w->err.words, "must be a whole number, not the text '24'");
}

static void refuses_shapes_that_do_not_fit(void **state)
{
	struct world *w = *state;
	say_node(w, "name", node_list(&w->a));
	assert_false(read_all(w));
	assert_has(w->err.words, "'name' of stage 'sample' must be a text, not a list");
	w->map = node_map(&w->a);
	struct node *tags = say_node(w, "tags", node_list(&w->a));
	node_append(&w->a, tags, STR(""), node_map(&w->a));
	assert_false(read_all(w));
	assert_has(w->err.words, "'tags' of stage 'sample' must be a list of texts, or one, and this one is a map");
	w->map = node_list(&w->a);
	assert_false(read_all(w));
	assert_has(w->err.words, "stage 'sample' must be a map of options, not a list");
}

static void refuses_what_is_out_of_range(void **state)
{
	struct world *w = *state;
	assert_refused(w, "count", "0", "wire.yaml:1:10: 'count' of stage 'sample' must be at least 1, not '0'");
	assert_refused(w, "count", "101", "wire.yaml:1:10: 'count' of stage 'sample' must be at most 100, not '101'");
	assert_refused(w, "window", "59s", "wire.yaml:1:11: 'window' of stage 'sample' must be at least 1m, not '59s'");
	assert_refused(w, "size", "1.1GB", "wire.yaml:1:9: 'size' of stage 'sample' must be at most 1GB, not '1.1GB'");
	assert_refused(w, "share", "1.01", "wire.yaml:1:10: 'share' of stage 'sample' must be at most 1, not '1.01'");
}

static void asks_for_what_must_be_given(void **state)
{
	struct world *w = *state;
	static const struct option needed[] = {
	        OPTION_STRING(struct sample, name, "name", NULL, "Who it is."),
	        OPTION_END,
	};
	assert_false(options_read(needed, w->map, &w->sample, "a source", &w->a, &w->err));
	assert_string_equal(w->err.words, "wire.yaml: a source needs 'name': Who it is.");
}

static void parses_sizes_durations_and_numbers_to_the_edge(void **state)
{
	(void)state;
	int64_t n = -7;
	assert_true(options_parse_bytes(STR("12"), &n) && n == 12);
	assert_true(options_parse_bytes(STR("3GiB"), &n) && n == INT64_C(3) << 30);
	assert_true(options_parse_bytes(STR("8mb"), &n) && n == 8000000);
	assert_true(options_parse_bytes(STR("9223372036854775807B"), &n) && n == INT64_MAX);
	assert_true(options_parse_duration(STR("0"), &n) && n == 0);
	assert_true(options_parse_duration(STR("1.5s"), &n) && n == 1500);
	assert_true(options_parse_int(STR("-9223372036854775808"), &n) && n == INT64_MIN);
	static const char *const bad_sizes[] = {
	        "", "MB", "-1", "1.", ".5MB", "1.5", "1.5B", "8 M B", "99999999999GB", "1.0000000001GB"};
	static const char *const bad_durations[] = {"1", "1M", "h", "1h30m", "0.0001ms", "1.1ms"};
	static const char *const bad_ints[] = {
	        "", "-", "+1", " 1", "1 ", "0x10", "9223372036854775808", "-9223372036854775809"};
	n = -7;
	for (size_t i = 0; i < sizeof(bad_sizes) / sizeof(*bad_sizes); i++)
		assert_false(options_parse_bytes(str_of(bad_sizes[i]), &n));
	for (size_t i = 0; i < sizeof(bad_durations) / sizeof(*bad_durations); i++)
		assert_false(options_parse_duration(str_of(bad_durations[i]), &n));
	for (size_t i = 0; i < sizeof(bad_ints) / sizeof(*bad_ints); i++)
		assert_false(options_parse_int(str_of(bad_ints[i]), &n) || n != -7);
	bool truth = false;
	assert_true(options_parse_bool(STR("Yes"), &truth) && truth);
	assert_true(options_parse_bool(STR("FALSE"), &truth) && !truth);
	assert_false(options_parse_bool(STR("y"), &truth));
}

static void a_swap_of_neighbours_is_one_mistake(void **state)
{
	(void)state;
	static const char *const names[] = {"window", "lanes", "batch", "wait", "ms", NULL};
	assert_string_equal(options_nearest(STR("lnaes"), names), "lanes");
	assert_string_equal(options_nearest(STR("bacth"), names), "batch");
	assert_string_equal(options_nearest(STR("windows"), names), "window");
	assert_string_equal(options_nearest(STR("wat"), names), "wait");
	assert_null(options_nearest(STR("abtcb"), names));
	assert_null(options_nearest(STR("xy"), names));
	assert_null(options_nearest(STR(""), names));
	char endless[1000];
	memset(endless, 'w', sizeof(endless));
	assert_null(options_nearest(str_make(endless, sizeof(endless)), names));
}

static void a_beginning_names_the_shortest_that_begins_so(void **state)
{
	(void)state;
	static const char *const names[] = {"cleanup-more", "cleanup", "dedup", "decode", "clear", NULL};
	assert_string_equal(options_nearest(STR("cleanu"), names), "cleanup");
	assert_string_equal(options_nearest(STR("clean"), names), "clear");
	assert_string_equal(options_nearest(STR("cle"), names), "clear");
	assert_string_equal(options_nearest(STR("dec"), names), "decode");
	assert_null(options_nearest(STR("de"), names));
	assert_null(options_nearest(STR("upclean"), names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(gives_defaults_where_nothing_is_written, start, end),
	        cmocka_unit_test_setup_teardown(reads_what_is_written, start, end),
	        cmocka_unit_test_setup_teardown(a_list_of_texts_may_be_one_text_or_none, start, end),
	        cmocka_unit_test_setup_teardown(names_the_nearest_key_for_an_unknown_one, start, end),
	        cmocka_unit_test_setup_teardown(refuses_a_key_that_is_written_twice, start, end),
	        cmocka_unit_test_setup_teardown(refuses_wrong_types_with_what_is_right, start, end),
	        cmocka_unit_test_setup_teardown(quotes_make_a_number_a_text, start, end),
	        cmocka_unit_test_setup_teardown(refuses_shapes_that_do_not_fit, start, end),
	        cmocka_unit_test_setup_teardown(refuses_what_is_out_of_range, start, end),
	        cmocka_unit_test_setup_teardown(asks_for_what_must_be_given, start, end),
	        cmocka_unit_test(parses_sizes_durations_and_numbers_to_the_edge),
	        cmocka_unit_test(a_swap_of_neighbours_is_one_mistake),
	        cmocka_unit_test(a_beginning_names_the_shortest_that_begins_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

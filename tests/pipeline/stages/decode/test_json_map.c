/* A source's own map of its JSON. */
#include "tests/pipeline/stages/decode/desk.h"

#include "pipeline/stages/decode/json_map.h"

static struct arena nodes;
static struct desk desk;

static int set_up(void **state)
{
	(void)state;
	arena_init(&nodes, 0, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&nodes);
	return 0;
}

/* Pairs of a field and its path, NULL at the end. */
static struct node *source_of(const char *const *pairs)
{
	struct node *source = node_map(&nodes), *fields = node_map(&nodes);
	for (size_t i = 0; pairs[i]; i += 2)
		node_append(&nodes, fields, str_of(pairs[i]), node_scalar(&nodes, str_of(pairs[i + 1])));
	node_append(&nodes, source, STR("fields"), fields);
	return source;
}

static void open_with(struct node *source)
{
	struct err err = {""};
	desk_open(&desk, "", "");
	stage_decode.close(desk.shared);
	desk.feed.node = source;
	assert_true(stage_decode.check(&desk.env, NULL, &err));
	assert_true(stage_decode.open(&desk.env, NULL, desk.shared, &err));
}

static void paths_lead_to_fields(void **state)
{
	static const char *const pairs[] = {"headline", "meta/kop", "body", "parts/1/t", "slugline", "x_y", NULL};
	(void)state;
	open_with(source_of(pairs));
	const struct story *st =
	        desk_text(&desk, "{\"meta\":{\"kop\":\"Ferry stops\"},\"headline\":\"not this\",\"x_y\":\"ferry\","
	                         "\"parts\":[{\"t\":\"no\"},{\"t\":\"It stopped.\"}],\"lang\":\"en\"}");
	assert_true(str_is(st->decode.headline, "Ferry stops"));
	assert_true(str_is(st->decode.body, "It stopped."));
	assert_true(str_is(st->decode.slugline, "ferry"));
	assert_true(str_is(st->decode.language, "en"));
	assert_string_equal(st->decode.format_basis, "field-map");
	desk_close(&desk);
}

static void the_first_path_that_says_something_counts(void **state)
{
	static const char *const pairs[] = {"headline", "h", NULL};
	struct node *source = source_of(pairs), *paths = node_list(&nodes);
	(void)state;
	node_append(&nodes, paths, STR(""), node_scalar(&nodes, STR("full")));
	node_append(&nodes, paths, STR(""), node_scalar(&nodes, STR("short")));
	node_append(&nodes, node_get(source, "fields"), STR("body"), paths);
	open_with(source);
	assert_true(str_is(desk_text(&desk, "{\"h\":\"A\",\"full\":\"\",\"short\":\"It stopped.\"}")->decode.body,
	                   "It stopped."));
	assert_true(
	        str_is(desk_text(&desk, "{\"h\":\"A\",\"full\":null,\"body\":\"By name.\"}")->decode.body, "By name."));
	desk_close(&desk);
}

static void items_are_stories_each_with_the_map(void **state)
{
	static const char *const pairs[] = {"items", "feed/entries", "headline", "h", "body", "b", NULL};
	(void)state;
	open_with(source_of(pairs));
	desk_give(&desk, STR("{\"feed\":{\"entries\":[{\"h\":\"A\",\"b\":\"One.\"},{\"h\":\"B\",\"b\":\"Two.\"}]}}"));
	assert_int_equal(desk.msg.n_parts, 2);
	assert_true(str_is(desk.msg.parts[1]->decode.body, "Two."));
	desk_close(&desk);
}

static void a_wrong_map_is_refused_with_words(void **state)
{
	static const struct {
		const char *field, *path, *words;
	} rows[] = {
	        {"headlin", "a", "did you mean 'headline'?"},
	        {"body", "a//b", "is a path of keys"},
	        {"body", "/a", "is a path of keys"},
	        {"body", "", "is a path of keys"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *const pairs[] = {rows[i].field, rows[i].path, NULL};
		struct feed feed = {.name = STR("acme"), .node = source_of(pairs)};
		struct err err = {""};
		assert_false(json_map_check(&feed, &err));
		assert_has(err.words, rows[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(paths_lead_to_fields),
	        cmocka_unit_test(the_first_path_that_says_something_counts),
	        cmocka_unit_test(items_are_stories_each_with_the_map),
	        cmocka_unit_test(a_wrong_map_is_refused_with_words),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

#include "tests/harness.h"

#include "pipeline/base/node.h"

static int start(void **state)
{
	struct arena *a = malloc(sizeof(*a));
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

static void finds_children_by_key_in_the_order_written(void **state)
{
	struct arena *a = *state;
	struct node *map = node_map(a);
	assert_int_equal(node_count(map), 0);
	node_append(a, map, STR("one"), node_scalar(a, STR("1")));
	node_append(a, map, str_make("twofold", 3), node_list(a));
	assert_int_equal(node_count(map), 2);
	assert_str(node_get(map, "one")->text, "1");
	assert_int_equal(node_get(map, "two")->kind, NODE_LIST);
	assert_string_equal(node_get(map, "two")->key.p, "two");
	assert_null(node_get(map, "three"));
	assert_ptr_equal(map->first->next, node_get(map, "two"));
	assert_int_equal(map->first->depth, 1);
}

static void copies_text_and_ends_it_in_nul(void **state)
{
	struct arena *a = *state;
	char text[] = "value";
	struct node *node = node_scalar(a, str_make(text, 3));
	text[0] = 'X';
	assert_string_equal(node->text.p, "val");
}

static void replaces_in_place_at_the_front_in_the_middle_and_at_the_end(void **state)
{
	struct arena *a = *state;
	static const char *const keys[] = {"a", "b", "c", "d"};
	struct node *map = node_map(a);
	for (size_t i = 0; i < 3; i++)
		node_append(a, map, str_of(keys[i]), node_scalar(a, STR("old")));
	for (size_t i = 0; i < 4; i++)
		node_replace(a, map, str_of(keys[i]), node_scalar(a, str_of(keys[i])));
	size_t i = 0;
	for (const struct node *child = map->first; child; child = child->next, i++) {
		assert_str(child->key, keys[i]);
		assert_str(child->text, keys[i]);
	}
	assert_int_equal(i, 4);
	node_append(a, map, STR("e"), node_scalar(a, STR("e")));
	assert_int_equal(node_count(map), 5);
}

static void says_where_a_value_and_its_key_stand(void **state)
{
	struct arena *a = *state;
	struct node *node = node_scalar(a, STR("x"));
	assert_string_equal(node_where(node), "configuration");
	node->source = "wire.yaml";
	node->line = 3;
	node->column = 9;
	node->key_line = 2;
	node->key_column = 1;
	assert_string_equal(node_where(node), "wire.yaml:3:9");
	assert_string_equal(node_where_key(node), "wire.yaml:2:1");
	node->source = "--set";
	node->line = 0;
	assert_string_equal(node_where(node), "--set");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(finds_children_by_key_in_the_order_written, start, end),
	        cmocka_unit_test_setup_teardown(copies_text_and_ends_it_in_nul, start, end),
	        cmocka_unit_test_setup_teardown(replaces_in_place_at_the_front_in_the_middle_and_at_the_end, start,
	                                        end),
	        cmocka_unit_test_setup_teardown(says_where_a_value_and_its_key_stand, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

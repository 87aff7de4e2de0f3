#include "tests/harness.h"

#include "pipeline/base/clock.h"
#include "pipeline/plan.h"

static int opened, closed;

static bool count_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	(void)env;
	(void)options;
	(void)shared;
	(void)err;
	opened++;
	return true;
}

static bool fail_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	(void)env;
	(void)options;
	(void)shared;
	return err_set(err, "no model");
}

static void count_close(void *shared)
{
	(void)shared;
	closed++;
}

static enum answer keep(struct call *call, struct story *st)
{
	(void)call;
	(void)st;
	return ANSWER_KEEP;
}

static enum answer expand(struct call *call, struct message *msg)
{
	(void)call;
	(void)msg;
	return ANSWER_KEEP;
}

struct tidy_options {
	int64_t width;
};

static const struct option tidy_options[] = {
        OPTION_INT(struct tidy_options, width, "width", "80", "1", "1000", "How wide."), OPTION_END};

static bool check_format(const struct stage_env *env, const void *options, struct err *problem)
{
	(void)options;
	return env->feeds[0].format.n == 0 || err_set(problem, "'%.*s' is no format", STR_ARG(env->feeds[0].format));
}

static const struct stage stage_take = {.name = "take",
                                        .writes = GROUP_DECODE,
                                        .expand = expand,
                                        .open = count_open,
                                        .close = count_close,
                                        .check = check_format};
static const struct stage stage_tidy = {.name = "tidy",
                                        .needs = GROUP_DECODE,
                                        .writes = GROUP_CLEANUP,
                                        .options = tidy_options,
                                        .options_size = sizeof(struct tidy_options),
                                        .shared_size = 16,
                                        .open = count_open,
                                        .close = count_close,
                                        .run = keep};
static const struct stage stage_tongue = {
        .name = "tongue", .needs = GROUP_DECODE, .reads = GROUP_CLEANUP, .writes = GROUP_LANGUAGE, .run = keep};
static const struct stage stage_broken = {.name = "broken", .needs = GROUP_DECODE, .run = keep, .open = fail_open};
static const struct stage stage_twin = {
        .name = "twin", .order = STAGE_IN_ORDER, .needs = GROUP_DECODE, .writes = GROUP_DEDUP, .run = keep};

static const struct stage *const registry[] = {&stage_take,   &stage_tidy, &stage_tongue,
                                               &stage_broken, &stage_twin, NULL};

static struct arena arena;
static struct plan plan;
static struct err err;

static int make(void **state)
{
	(void)state;
	arena_init(&arena, 0, 0);
	err_clear(&err);
	opened = closed = 0;
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static bool read_names(const char *names)
{
	return plan_read(&plan, plan_choose(NULL, str_of(names), &arena), registry, &arena, &err);
}

static void takes_a_list_in_order(void **state)
{
	(void)state;
	assert_true(read_names("take, tidy,tongue,twin"));
	assert_int_equal(plan.n, 4);
	assert_int_equal(plan.n_any, 3);
	assert_int_equal(plan.writes, GROUP_DECODE | GROUP_CLEANUP | GROUP_LANGUAGE | GROUP_DEDUP);
	assert_int_equal(((struct tidy_options *)plan.entries[1].options)->width, 80);
}

static void names_the_nearest_stage_for_an_unknown_one(void **state)
{
	(void)state;
	assert_false(read_names("take,tidyy"));
	assert_has(err.words, "unknown stage 'tidyy', did you mean 'tidy'?");
}

static void refuses_a_stage_twice(void **state)
{
	(void)state;
	assert_false(read_names("take,tidy,tidy"));
	assert_has(err.words, "twice");
}

static void refuses_a_stage_without_what_it_needs(void **state)
{
	(void)state;
	assert_false(read_names("tidy"));
	assert_has(err.words, "stage 'tidy' needs 'take' before it");
}

static void refuses_a_stage_behind_one_that_reads_what_it_writes(void **state)
{
	(void)state;
	assert_false(read_names("take,tongue,tidy"));
	assert_has(err.words, "stage 'tidy' must stand before 'tongue'");
}

static void a_stage_does_without_one_that_it_only_reads(void **state)
{
	(void)state;
	assert_true(read_names("take,tongue"));
}

static void refuses_any_order_behind_in_order(void **state)
{
	(void)state;
	assert_false(read_names("take,twin,tidy"));
	assert_has(err.words, "must stand before 'twin'");
}

static struct node *map_of(const char *name, struct node *value)
{
	struct node *map = node_map(&arena);
	node_append(&arena, map, str_of(name), value);
	map->source = "x.yaml";
	map->line = 3;
	map->column = 5;
	return map;
}

static void says_where_an_option_is_wrong(void **state)
{
	(void)state;
	struct node *list = node_list(&arena);
	struct node *options = map_of("widht", node_scalar(&arena, STR("7")));
	options->first->source = "x.yaml";
	options->first->key_line = 4;
	options->first->key_column = 9;
	struct node *take = node_scalar(&arena, STR("take"));
	node_append(&arena, list, STR(""), take);
	node_append(&arena, list, STR(""), map_of("tidy", options));
	assert_false(plan_read(&plan, list, registry, &arena, &err));
	assert_has(err.words, "x.yaml:4:9");
	assert_has(err.words, "width");
}

static void chosen_stages_keep_the_options_that_the_list_gives_them(void **state)
{
	(void)state;
	struct node *list = node_list(&arena);
	struct node *options = map_of("width", node_scalar(&arena, STR("7")));
	node_append(&arena, list, STR(""), node_scalar(&arena, STR("take")));
	node_append(&arena, list, STR(""), node_scalar(&arena, STR("twin")));
	node_append(&arena, list, STR(""), map_of("tidy", options));
	assert_true(plan_read(&plan, plan_choose(list, STR("take,tidy"), &arena), registry, &arena, &err));
	assert_int_equal(plan.n, 2);
	assert_int_equal(((struct tidy_options *)plan.entries[1].options)->width, 7);
	assert_int_equal(node_count(list), 3);
	assert_false(plan_read(&plan, plan_choose(list, STR("tidy"), &arena), registry, &arena, &err));
	assert_has(err.words, "--stages: stage 'tidy' needs 'take' before it");
}

static void an_option_is_known_without_a_plan(void **state)
{
	(void)state;
	struct node *bare = node_list(&arena), *list = node_list(&arena);
	node_append(&arena, bare, STR(""), node_scalar(&arena, STR("tidy")));
	node_append(&arena, list, STR(""), node_scalar(&arena, STR("take")));
	node_append(&arena, list, STR(""), map_of("tidy", map_of("width", node_scalar(&arena, STR("7")))));

	struct plan_option silent = plan_option(bare, registry, "tidy", "width");
	struct plan_option said = plan_option(list, registry, "tidy", "width");

	assert_true(str_is(silent.preset, "80"));
	assert_int_equal(silent.given.n, 0);
	assert_true(str_is(said.preset, "80"));
	assert_true(str_is(said.given, "7"));
}

static void asks_each_stage_before_anything_is_opened(void **state)
{
	(void)state;
	struct feed feed = {.name = STR_INIT("desk"), .format = STR_INIT("odd")};
	struct stage_env env = {.feeds = &feed, .n_feeds = 1};
	assert_true(read_names("take,tidy"));
	assert_false(plan_check(&plan, &env, &err));
	assert_string_equal(err.words, "'odd' is no format");
	assert_int_equal(opened, 0);
	feed.format = STR("");
	err_clear(&err);
	assert_true(plan_check(&plan, &env, &err));
}

static void closes_what_was_open_when_a_later_stage_cannot_open(void **state)
{
	(void)state;
	struct metrics *metrics = metrics_new();
	struct stage_env env = {.clock = clock_system(), .metrics = metrics};
	assert_true(read_names("take,tidy,broken"));
	assert_false(plan_open(&plan, &env, &err));
	assert_string_equal(err.words, "stage 'broken': no model");
	assert_int_equal(opened, 2);
	assert_int_equal(closed, 2);
	metrics_free(&metrics);
}

static bool fails_now;

static bool moody_open(const struct stage_env *env, const void *options, void *shared, struct err *problem)
{
	(void)env;
	(void)options;
	if (fails_now)
		return err_set(problem, "house.tsv:3:1: no words");
	*(int *)shared = ++opened;
	return true;
}

static const struct stage stage_moody = {.name = "moody",
                                         .needs = GROUP_DECODE,
                                         .writes = GROUP_CREDITS,
                                         .shared_size = sizeof(int),
                                         .reopens = true,
                                         .open = moody_open,
                                         .close = count_close,
                                         .run = keep};
/* Takes over what the one in use has. */
static bool thrifty_reopen(const struct stage_env *env, const void *options, void *used, void *fresh, struct err *e)
{
	(void)env;
	(void)options;
	(void)e;
	*(int *)fresh = -*(int *)used;
	opened++;
	return true;
}

static const struct stage stage_thrifty = {.name = "thrifty",
                                           .needs = GROUP_DECODE,
                                           .writes = GROUP_CREDITS,
                                           .shared_size = sizeof(int),
                                           .reopens = true,
                                           .open = count_open,
                                           .reopen = thrifty_reopen,
                                           .close = count_close,
                                           .run = keep};
static const struct stage stage_steady = {.name = "steady",
                                          .needs = GROUP_DECODE,
                                          .writes = GROUP_ENTITIES,
                                          .shared_size = sizeof(int),
                                          .reopens = true,
                                          .open = count_open,
                                          .close = count_close,
                                          .run = keep};

static void what_reopens_is_put_in_the_place_of_what_was_open_or_not_at_all(void **state)
{
	(void)state;
	static const struct stage *const moody[] = {&stage_take, &stage_steady, &stage_moody, NULL};
	const struct stage_env env = {.metrics = metrics_new()};
	assert_true(plan_read(&plan, plan_choose(NULL, STR("take,steady,moody"), &arena), moody, &arena, &err));
	fails_now = false;
	assert_true(plan_open(&plan, &env, &err));
	assert_int_equal(*(int *)plan.entries[2].shared, 3);
	assert_true(plan_reopen(&plan, &err));
	assert_int_equal(opened, 5); /* not the one that does not reopen */
	assert_int_equal(closed, 2);
	void *steady = plan.entries[1].shared, *held = plan.entries[2].shared;
	assert_int_equal(*(int *)held, 5);
	fails_now = true;
	assert_false(plan_reopen(&plan, &err));
	assert_string_equal(err.words, "stage 'moody': house.tsv:3:1: no words");
	assert_ptr_equal(plan.entries[1].shared, steady);
	assert_ptr_equal(plan.entries[2].shared, held);
	assert_int_equal(closed, 3);
	plan_close(&plan);
	assert_int_equal(closed, opened);
	struct metrics *metrics = env.metrics;
	metrics_free(&metrics);
}

static void what_reopens_may_take_over_from_what_was_open(void **state)
{
	(void)state;
	static const struct stage *const thrifty[] = {&stage_take, &stage_thrifty, NULL};
	const struct stage_env env = {.metrics = metrics_new()};
	assert_true(plan_read(&plan, plan_choose(NULL, STR("take,thrifty"), &arena), thrifty, &arena, &err));
	assert_true(plan_open(&plan, &env, &err));
	int before = *(int *)plan.entries[1].shared;
	assert_true(plan_reopen(&plan, &err));
	assert_int_equal(*(int *)plan.entries[1].shared, -before);
	plan_close(&plan);
	assert_int_equal(closed, opened);
	struct metrics *metrics = env.metrics;
	metrics_free(&metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(takes_a_list_in_order, make, unmake),
	        cmocka_unit_test_setup_teardown(names_the_nearest_stage_for_an_unknown_one, make, unmake),
	        cmocka_unit_test_setup_teardown(refuses_a_stage_twice, make, unmake),
	        cmocka_unit_test_setup_teardown(refuses_a_stage_without_what_it_needs, make, unmake),
	        cmocka_unit_test_setup_teardown(refuses_a_stage_behind_one_that_reads_what_it_writes, make, unmake),
	        cmocka_unit_test_setup_teardown(a_stage_does_without_one_that_it_only_reads, make, unmake),
	        cmocka_unit_test_setup_teardown(refuses_any_order_behind_in_order, make, unmake),
	        cmocka_unit_test_setup_teardown(says_where_an_option_is_wrong, make, unmake),
	        cmocka_unit_test_setup_teardown(chosen_stages_keep_the_options_that_the_list_gives_them, make, unmake),
	        cmocka_unit_test_setup_teardown(an_option_is_known_without_a_plan, make, unmake),
	        cmocka_unit_test_setup_teardown(asks_each_stage_before_anything_is_opened, make, unmake),
	        cmocka_unit_test_setup_teardown(what_reopens_may_take_over_from_what_was_open, make, unmake),
	        cmocka_unit_test_setup_teardown(what_reopens_is_put_in_the_place_of_what_was_open_or_not_at_all, make,
	                                        unmake),
	        cmocka_unit_test_setup_teardown(closes_what_was_open_when_a_later_stage_cannot_open, make, unmake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

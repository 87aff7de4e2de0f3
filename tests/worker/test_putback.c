#include "tests/harness.h"

#include "worker/putback.h"

static struct str topics[] = {STR_INIT("wire.raw"), STR_INIT("wire.more")};
static const struct strings inputs = {topics, 2};

static void read_with(const struct header *headers, size_t n, int64_t time_ms, struct putback_filter filter,
                      struct putback *out)
{
	struct putback_record record = {headers, n, time_ms};
	putback_read(&record, &inputs, &filter, out);
}

#define H(n, v) ((struct header){STR(n), STR(v)})

static const struct header whole[] = {
        {STR_INIT("feed"), STR_INIT("antara")},
        {STR_INIT("wiredesk-origin"), STR_INIT("c/wire.more/3/41")},
        {STR_INIT("wiredesk-attempts"), STR_INIT("1")},
        {STR_INIT("wiredesk-first-seen"), STR_INIT("2024-01-21T07:32:00.000Z")},
        {STR_INIT("wiredesk-stage"), STR_INIT("decode")},
        {STR_INIT("wiredesk-reason"), STR_INIT("bad-json")},
        {STR_INIT("wiredesk-error"), STR_INIT("words")},
};

static void goes_back_where_it_came_from(void **state)
{
	(void)state;
	struct putback out;
	read_with(whole, 7, 5000, (struct putback_filter){0}, &out);
	assert_int_equal(out.kind, PUTBACK_GOOD);
	assert_int_equal(out.input, 1);
	assert_int_equal(out.origin.partition, 3);
	assert_int_equal(out.n_parts, 1);
	assert_int_equal(out.reason, REASON_BAD_JSON);
}

static void keeps_its_own_headers_and_identity_but_not_why_it_died(void **state)
{
	(void)state;
	const bool kept[] = {true, true, true, true, false, false, false};
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(putback_keeps(&whole[i]), kept[i]);
	assert_true(putback_keeps(&H("wiredesk-part", "2")));
	assert_false(putback_keeps(&H("wiredesk-stub", "refused")));
}

static void counts_a_set_for_each_dead_part(void **state)
{
	(void)state;
	const struct header headers[] = {H("wiredesk-origin", "c/wire.raw/0/1"), H("wiredesk-part", "1"),
	                                 H("wiredesk-reason", "limit-record"), H("wiredesk-part", "7"),
	                                 H("wiredesk-reason", "not-text")};
	struct putback out;
	read_with(headers, 5, 5000, (struct putback_filter){.reason = STR("not-text")}, &out);
	assert_int_equal(out.kind, PUTBACK_GOOD);
	assert_int_equal(out.n_parts, 2);
	read_with(headers, 5, 5000, (struct putback_filter){.reason = STR("poison")}, &out);
	assert_int_equal(out.kind, PUTBACK_OTHER_REASON);
}

static void a_stub_does_not_go_back(void **state)
{
	(void)state;
	const struct header headers[] = {H("wiredesk-origin", "c/wire.raw/0/1"), H("wiredesk-reason", "refused"),
	                                 H("wiredesk-stub", "refused")};
	struct putback out;
	read_with(headers, 3, 5000, (struct putback_filter){0}, &out);
	assert_int_equal(out.kind, PUTBACK_STUB);
}

static void a_topic_that_is_no_input_gets_nothing(void **state)
{
	(void)state;
	const struct header headers[] = {H("wiredesk-origin", "c/other/0/1"), H("wiredesk-reason", "refused")};
	struct putback out;
	read_with(headers, 2, 5000, (struct putback_filter){0}, &out);
	assert_int_equal(out.kind, PUTBACK_NO_INPUT);
}

static void what_is_no_dead_letter_stays(void **state)
{
	(void)state;
	struct putback out;
	read_with(NULL, 0, 5000, (struct putback_filter){0}, &out);
	assert_int_equal(out.kind, PUTBACK_NO_ORIGIN);
	const struct header garbage[] = {H("wiredesk-origin", "wire.raw/0"), H("wiredesk-reason", "refused")};
	read_with(garbage, 2, 5000, (struct putback_filter){0}, &out);
	assert_int_equal(out.kind, PUTBACK_NO_ORIGIN);
	const struct header no_set[] = {H("wiredesk-origin", "c/wire.raw/0/1")};
	read_with(no_set, 1, 5000, (struct putback_filter){0}, &out);
	assert_int_equal(out.kind, PUTBACK_NO_ORIGIN);
}

static const struct header two_parts[] = {
        {STR_INIT("wiredesk-origin"), STR_INIT("c/wire.raw/0/1")},
        {STR_INIT("wiredesk-attempts"), STR_INIT("3")},
        {STR_INIT("wiredesk-part"), STR_INIT("1")},
        {STR_INIT("wiredesk-stage"), STR_INIT("render")},
        {STR_INIT("wiredesk-reason"), STR_INIT("limit-record")},
        {STR_INIT("wiredesk-part"), STR_INIT("7")},
        {STR_INIT("wiredesk-stage"), STR_INIT("decode")},
        {STR_INIT("wiredesk-reason"), STR_INIT("not-text")},
};

static enum putback_kind kind_with(int64_t time_ms, struct putback_filter filter)
{
	struct putback out;
	read_with(two_parts, 8, time_ms, filter, &out);
	return out.kind;
}

#define FILTER(...) ((struct putback_filter){__VA_ARGS__})

static void the_stage_is_that_of_the_part_whose_reason_it_is(void **state)
{
	(void)state;
	struct putback out;
	read_with(two_parts, 8, 5000, FILTER(0), &out);
	assert_true(str_is(out.stage, "render"));
	assert_int_equal(kind_with(5000, FILTER(.stage = STR("decode"))), PUTBACK_GOOD);
	assert_int_equal(kind_with(5000, FILTER(.stage = STR("cleanup"))), PUTBACK_OTHER_REASON);
	assert_int_equal(kind_with(5000, FILTER(STR("not-text"), STR("decode"))), PUTBACK_GOOD);
	assert_int_equal(kind_with(5000, FILTER(STR("not-text"), STR("render"))), PUTBACK_OTHER_REASON);
}

static void since_holds_its_moment_and_until_does_not(void **state)
{
	(void)state;
	assert_int_equal(kind_with(5000, FILTER(.since_ms = 5000)), PUTBACK_GOOD);
	assert_int_equal(kind_with(4999, FILTER(.since_ms = 5000)), PUTBACK_OTHER_TIME);
	assert_int_equal(kind_with(4999, FILTER(.until_ms = 5000)), PUTBACK_GOOD);
	assert_int_equal(kind_with(5000, FILTER(.until_ms = 5000)), PUTBACK_OTHER_TIME);
	/* Who does not say when it died is of no time, but of all of them. */
	assert_int_equal(kind_with(-1, FILTER(.until_ms = 5000)), PUTBACK_OTHER_TIME);
	assert_int_equal(kind_with(-1, FILTER(0)), PUTBACK_GOOD);
}

static void what_has_died_as_often_as_allowed_stays(void **state)
{
	(void)state;
	assert_int_equal(kind_with(5000, FILTER(.attempts = 3)), PUTBACK_TRIED);
	assert_int_equal(kind_with(5000, FILTER(.attempts = 4)), PUTBACK_GOOD);
	assert_int_equal(kind_with(5000, FILTER(.attempts = 0)), PUTBACK_GOOD);
}

static void a_reason_of_a_later_version_is_a_reason(void **state)
{
	(void)state;
	const struct header headers[] = {H("wiredesk-origin", "c/wire.raw/0/1"), H("wiredesk-reason", "new-word")};
	struct putback out;
	read_with(headers, 2, 5000, (struct putback_filter){.reason = STR("new-word")}, &out);
	assert_int_equal(out.kind, PUTBACK_GOOD);
	assert_int_equal(out.reason, REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(goes_back_where_it_came_from),
	        cmocka_unit_test(keeps_its_own_headers_and_identity_but_not_why_it_died),
	        cmocka_unit_test(counts_a_set_for_each_dead_part),
	        cmocka_unit_test(a_stub_does_not_go_back),
	        cmocka_unit_test(a_topic_that_is_no_input_gets_nothing),
	        cmocka_unit_test(what_is_no_dead_letter_stays),
	        cmocka_unit_test(the_stage_is_that_of_the_part_whose_reason_it_is),
	        cmocka_unit_test(since_holds_its_moment_and_until_does_not),
	        cmocka_unit_test(what_has_died_as_often_as_allowed_stays),
	        cmocka_unit_test(a_reason_of_a_later_version_is_a_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

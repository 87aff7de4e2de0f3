#include "tests/harness.h"

#include "worker/putback.h"

static struct str topics[] = {STR_INIT("wire.raw"), STR_INIT("wire.more")};
static const struct strings inputs = {topics, 2};

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
	putback_read(whole, 7, &inputs, STR(""), &out);
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
	putback_read(headers, 5, &inputs, STR("not-text"), &out);
	assert_int_equal(out.kind, PUTBACK_GOOD);
	assert_int_equal(out.n_parts, 2);
	putback_read(headers, 5, &inputs, STR("poison"), &out);
	assert_int_equal(out.kind, PUTBACK_OTHER_REASON);
}

static void a_stub_does_not_go_back(void **state)
{
	(void)state;
	const struct header headers[] = {H("wiredesk-origin", "c/wire.raw/0/1"), H("wiredesk-reason", "refused"),
	                                 H("wiredesk-stub", "refused")};
	struct putback out;
	putback_read(headers, 3, &inputs, STR(""), &out);
	assert_int_equal(out.kind, PUTBACK_STUB);
}

static void a_topic_that_is_no_input_gets_nothing(void **state)
{
	(void)state;
	const struct header headers[] = {H("wiredesk-origin", "c/other/0/1"), H("wiredesk-reason", "refused")};
	struct putback out;
	putback_read(headers, 2, &inputs, STR(""), &out);
	assert_int_equal(out.kind, PUTBACK_NO_INPUT);
}

static void what_is_no_dead_letter_stays(void **state)
{
	(void)state;
	struct putback out;
	putback_read(NULL, 0, &inputs, STR(""), &out);
	assert_int_equal(out.kind, PUTBACK_NO_ORIGIN);
	const struct header garbage[] = {H("wiredesk-origin", "wire.raw/0"), H("wiredesk-reason", "refused")};
	putback_read(garbage, 2, &inputs, STR(""), &out);
	assert_int_equal(out.kind, PUTBACK_NO_ORIGIN);
	const struct header no_set[] = {H("wiredesk-origin", "c/wire.raw/0/1")};
	putback_read(no_set, 1, &inputs, STR(""), &out);
	assert_int_equal(out.kind, PUTBACK_NO_ORIGIN);
}

static void a_reason_of_a_later_version_is_a_reason(void **state)
{
	(void)state;
	const struct header headers[] = {H("wiredesk-origin", "c/wire.raw/0/1"), H("wiredesk-reason", "new-word")};
	struct putback out;
	putback_read(headers, 2, &inputs, STR("new-word"), &out);
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
	        cmocka_unit_test(a_reason_of_a_later_version_is_a_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

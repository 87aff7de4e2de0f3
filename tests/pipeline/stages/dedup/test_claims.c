/*
 * The index of claims: versions in order, memory that grows and is used again.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/claims.h"

#include <stdio.h>

/* The id's text stays until the eighth claim after it. */
static struct claim claim_number(int64_t offset, uint64_t exact, uint64_t body)
{
	static char ids[8][64];
	static size_t turn;
	char *id = ids[turn++ % 8];
	snprintf(id, sizeof(ids[0]), "local/wire.raw/0/%d/0", (int)offset);
	return (struct claim){.key = {{STR("local"), STR("wire.raw"), 0, offset}, 0, 7},
	                      .id = str_of(id),
	                      .exact_hash = exact,
	                      .body_hash = body,
	                      .uri = STR("urn:example:story")};
}

static struct claims *claims_of_window(int64_t ms)
{
	return claims_new(&(struct claims_window){.ms = ms});
}

static uint32_t enter(struct claims *claims, const struct claim *claim, int64_t time_ms)
{
	return claims_enter(claims, claim, time_ms, time_ms);
}

/* Claims without a sketch: what was entered at `place` need not be told again. */
static enum verdict verdict_of(struct claims *claims, uint32_t place, char id[100])
{
	struct claims_match match;
	static const struct claim plain;
	claims_judge(claims, &plain, place, &match);
	snprintf(id, 100, "%.*s", STR_ARG(match.id));
	return match.verdict;
}

static void the_earliest_match_wins_whatever_kind_it_is(void **state)
{
	(void)state;
	struct claims *claims = claims_of_window(1000);
	struct claim first = claim_number(1, 11, 50), second = claim_number(2, 12, 50), third = claim_number(3, 12, 50);
	enter(claims, &first, 0);
	uint32_t b = enter(claims, &second, 1), c = enter(claims, &third, 2);
	char id[100];
	assert_int_equal(verdict_of(claims, b, id), VERDICT_SYNDICATED);
	assert_string_equal(id, "local/wire.raw/0/1/0");
	/* The second is its exact copy, but the first came first and matches as well. */
	assert_int_equal(verdict_of(claims, c, id), VERDICT_SYNDICATED);
	assert_string_equal(id, "local/wire.raw/0/1/0");
	claims_free(&claims);
}

static void a_claim_without_a_body_hash_matches_no_other_without_one(void **state)
{
	(void)state;
	struct claims *claims = claims_of_window(1000);
	struct claim a = claim_number(1, 11, 0), b = claim_number(2, 12, 0);
	enter(claims, &a, 0);
	char id[100];
	assert_int_equal(verdict_of(claims, enter(claims, &b, 0), id), VERDICT_ORIGINAL);
	assert_string_equal(id, "");
	claims_free(&claims);
}

static void the_window_is_open_at_its_end(void **state)
{
	(void)state;
	struct claims *claims = claims_of_window(1000);
	struct claim a = claim_number(1, 11, 0), b = claim_number(2, 11, 0), c = claim_number(3, 11, 0);
	enter(claims, &a, 0);
	char id[100];
	assert_int_equal(verdict_of(claims, enter(claims, &b, 999), id), VERDICT_EXACT);
	assert_string_equal(id, "local/wire.raw/0/1/0");
	assert_int_equal(verdict_of(claims, enter(claims, &c, 1000), id), VERDICT_EXACT);
	assert_string_equal(id, "local/wire.raw/0/2/0");
	claims_free(&claims);
}

static void a_void_counts_for_claims_behind_it_alone(void **state)
{
	(void)state;
	struct claims *claims = claims_of_window(1000);
	struct claim a = claim_number(1, 11, 0), b = claim_number(2, 11, 0), c = claim_number(3, 11, 0);
	uint32_t first = enter(claims, &a, 0), second = enter(claims, &b, 0);
	claims_void(claims, first);
	uint32_t third = enter(claims, &c, 0);
	struct claims_match match;
	claims_judge(claims, &b, second, &match);
	assert_int_equal(match.verdict, VERDICT_EXACT);
	assert_true(match.is_orphan);
	claims_judge(claims, &c, third, &match);
	assert_int_equal(match.verdict, VERDICT_EXACT);
	assert_false(match.is_orphan);
	char id[100];
	verdict_of(claims, third, id);
	assert_string_equal(id, "local/wire.raw/0/2/0");
	claims_free(&claims);
}

static void voids_leave_with_their_claims(void **state)
{
	(void)state;
	struct claims *claims = claims_of_window(INT64_MAX);
	struct claim claim = claim_number(1, 11, 0);
	uint32_t places[200];
	for (size_t i = 0; i < 200; i++)
		places[i] = enter(claims, &claim, 0);
	for (size_t i = 200; i-- > 1;)
		claims_void(claims, places[i]); /* the later first */
	for (size_t i = 0; i < 100; i++)
		claims_drop_newest(claims);
	claims_void(claims, places[0]);
	for (size_t i = 0; i < 99; i++)
		claims_drop_oldest(claims);
	assert_true(claims_holds(claims, places[99]));
	assert_false(claims_holds(claims, places[98]));
	uint32_t own = enter(claims, &claim, 0);
	char id[100];
	assert_int_equal(verdict_of(claims, own, id), VERDICT_ORIGINAL);
	assert_int_equal(verdict_of(claims, enter(claims, &claim, 0), id), VERDICT_EXACT);
	claims_free(&claims);
}

static void no_claim_further_back_than_the_window_matches(void **state)
{
	(void)state;
	struct claims *claims = claims_new(&(struct claims_window){.ms = INT64_MAX, .claims = 3});
	char id[100];
	/* Over the number that is no claim's, too. */
	for (int64_t i = 0; i < 4000; i++) {
		struct claim claim = claim_number(i, i % 4 == 0 ? 11 : 100 + (uint64_t)i, 0);
		assert_int_equal(verdict_of(claims, enter(claims, &claim, 0), id), VERDICT_ORIGINAL);
	}
	struct claim copy = claim_number(4000, 100 + 3997, 0);
	assert_int_equal(verdict_of(claims, enter(claims, &copy, 0), id), VERDICT_EXACT);
	claims_free(&claims);
}

static void by_the_storys_own_time_the_order_of_claims_is_not_that_of_time(void **state)
{
	(void)state;
	struct claims *claims = claims_new(&(struct claims_window){.ms = 1000, .is_story_time = true});
	struct claim late = claim_number(1, 11, 0), early = claim_number(2, 11, 0), near = claim_number(3, 11, 0);
	char id[100];
	claims_enter(claims, &late, 900000, 1);
	assert_int_equal(verdict_of(claims, claims_enter(claims, &early, 5000, 2), id), VERDICT_ORIGINAL);
	assert_int_equal(verdict_of(claims, claims_enter(claims, &near, 899500, 3), id), VERDICT_EXACT);
	assert_string_equal(id, "local/wire.raw/0/1/0");
	claims_free(&claims);
}

/* Texts of many lengths, some of them a block of their own. */
static void texts_stay_whole_while_claims_come_and_go_at_both_ends(void **state)
{
	(void)state;
	struct claims *claims = claims_of_window(INT64_MAX);
	static char guid[300000];
	memset(guid, 'g', sizeof(guid));
	size_t oldest = 0;
	for (size_t i = 0; i < 20000; i++) {
		struct claim claim = claim_number((int64_t)i, 1 + i / 2, 0);
		char uri[64];
		snprintf(uri, sizeof(uri), "urn:example:%zu", i);
		claim.uri = str_of(uri);
		claim.guid = str_make(guid, i % 997 ? i * 7 % 3000 : sizeof(guid));
		uint32_t place = enter(claims, &claim, 0);
		struct claims_match match;
		claims_judge(claims, &claim, place, &match);
		assert_int_equal(match.verdict, i % 2 ? VERDICT_EXACT : VERDICT_ORIGINAL);
		char before[64];
		snprintf(before, sizeof(before), "urn:example:%zu", i - 1);
		assert_str(match.uri, i % 2 ? before : "");
		if (i % 5 == 1) {
			claims_drop_newest(claims);
			enter(claims, &claim, 0);
		}
		while (claims_count(claims) > (i < 10000 ? 20u : 200u)) {
			claims_drop_oldest(claims);
			oldest++;
		}
	}
	assert_int_equal(claims_count(claims) + oldest, 20000);
	assert_in_range(claims_text_bytes(claims), 200 * 30, 200 * 3100);
	claims_free(&claims);
}

/* A window slides over equal claims; some are taken back, some become void. */
static void the_earliest_of_many_equal_claims_is_found_wherever_the_window_begins(void **state)
{
	(void)state;
	enum { N = 20000, WINDOW = 5000 };
	struct claims *claims = claims_of_window(WINDOW);
	for (int i = 0; i < N; i++) {
		struct claim claim = claim_number(i, 11, 12);
		uint32_t place = enter(claims, &claim, i);
		if (i % 100 == 37) {
			claims_drop_newest(claims);
			place = enter(claims, &claim, i);
		}
		while (claims_count(claims) > WINDOW + 1234)
			claims_drop_oldest(claims);
		char id[100], expected[100] = "";
		int earliest = i < WINDOW ? 0 : i - WINDOW + 1;
		earliest += i > earliest && earliest % 1000 == 500; /* that one is void */
		if (i)
			snprintf(expected, sizeof(expected), "local/wire.raw/0/%d/0", earliest);
		assert_int_equal(verdict_of(claims, place, id), i ? VERDICT_EXACT : VERDICT_ORIGINAL);
		assert_string_equal(id, expected);
		if (i % 1000 == 500)
			claims_void(claims, place);
	}
	claims_free(&claims);
}

/* A thousand texts of one version cost no more than the claims that are looked at; another version is found at once. */
static void many_versions_of_one_guid_are_judged_by_the_first_ones(void **state)
{
	(void)state;
	struct claims *claims = claims_of_window(1000);
	for (int i = 0; i < 5000; i++) {
		struct claim claim = claim_number(i, 1 + (uint64_t)i, 0);
		char id[100];
		claim.guid = STR("one");
		claim.version = STR("7");
		assert_int_equal(verdict_of(claims, enter(claims, &claim, 0), id), VERDICT_ORIGINAL);
	}
	for (int i = 5000; i < 5100; i++) {
		struct claim claim = claim_number(i, 1 + (uint64_t)i, 0);
		char id[100], version[16];
		snprintf(version, sizeof(version), "%d", i % 2 ? 9999 - i : 6 - i % 3);
		claim.guid = STR("one");
		claim.version = str_of(version);
		assert_int_equal(verdict_of(claims, enter(claims, &claim, 0), id), VERDICT_REVISION);
	}
	claims_free(&claims);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_earliest_match_wins_whatever_kind_it_is),
	        cmocka_unit_test(a_claim_without_a_body_hash_matches_no_other_without_one),
	        cmocka_unit_test(the_window_is_open_at_its_end),
	        cmocka_unit_test(a_void_counts_for_claims_behind_it_alone),
	        cmocka_unit_test(voids_leave_with_their_claims),
	        cmocka_unit_test(no_claim_further_back_than_the_window_matches),
	        cmocka_unit_test(by_the_storys_own_time_the_order_of_claims_is_not_that_of_time),
	        cmocka_unit_test(texts_stay_whole_while_claims_come_and_go_at_both_ends),
	        cmocka_unit_test(the_earliest_of_many_equal_claims_is_found_wherever_the_window_begins),
	        cmocka_unit_test(many_versions_of_one_guid_are_judged_by_the_first_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

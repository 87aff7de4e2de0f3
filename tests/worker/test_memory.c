#include "tests/harness.h"

#include "pipeline/base/buf.h"
#include "pipeline/stages/dedup/ledger_log.h"
#include "pipeline/stages/entities/forms.h"
#include "pipeline/stages/entities/pages.h"
#include "pipeline/stages/entities/tagger.h"
#include "worker/memory.h"

static struct memory_sum sum_of(const char *const *sets, size_t n, struct memory_facts facts)
{
	struct err err = {0};
	struct memory_sum sum;
	struct config *config = config_load(NULL, sets, n, &err);
	assert_non_null(config);
	if (!facts.window_bytes)
		memory_find_facts(&facts, config, "/nonexistent");
	memory_add(&sum, config, &facts);
	config_free(&config);
	return sum;
}

static int64_t row(const struct memory_sum *sum, const char *what)
{
	for (size_t i = 0; i < sum->n; i++)
		if (strcmp(sum->rows[i].what, what) == 0)
			return sum->rows[i].bytes;
	fail_msg("no row '%s'", what);
	return 0;
}

static void adds_what_the_limits_allow(void **state)
{
	(void)state;
	const char *sets[] = {"batch.bytes=1MB", "lanes=3", "limits={message: 2MB, story: 3MB, parse: 10MB}",
	                      "kafka.queued-max=5MiB", "kafka.fetch-max=2MiB"};
	struct memory_sum sum = sum_of(sets, 5, (struct memory_facts){7, 11, 3, 5});
	assert_int_equal(row(&sum, "models and tables"), 7);
	assert_int_equal(row(&sum, "dedup window"), 11);
	assert_int_equal(row(&sum, "two batches"), 10000000);
	assert_int_equal(row(&sum, "lanes"), 3 * 15000000);
	assert_int_equal(row(&sum, "known words"), 3 * 5);
	assert_int_equal(row(&sum, "fetched ahead"), 5 << 20);
	assert_int_equal(row(&sum, "answers of brokers"), 3 * (2 << 20));
	int64_t total = 0;
	for (size_t i = 0; i < sum.n; i++)
		total += sum.rows[i].bytes;
	assert_int_equal(sum.total_bytes, total);
}

static void scratch_is_never_more_than_128_times_the_message(void **state)
{
	(void)state;
	const char *sets[] = {"lanes=1", "limits={message: 1MB, story: 1MB, parse: 1GB}"};
	struct memory_sum sum = sum_of(sets, 2, (struct memory_facts){0});
	assert_int_equal(row(&sum, "lanes"), 130000000);
}

static void counts_brokers_by_name_where_they_were_not_asked(void **state)
{
	(void)state;
	const char *sets[] = {"kafka.brokers=a:1,b:2", "kafka.fetch-max=1MiB"};
	struct memory_sum sum = sum_of(sets, 2, (struct memory_facts){0});
	assert_int_equal(row(&sum, "answers of brokers"), 2 << 20);
}

static void finds_the_window_in_the_run_list(void **state)
{
	(void)state;
	const char *sets[] = {"stages.dedup.claims-max=1000"};
	struct memory_sum sum = sum_of(sets, 1, (struct memory_facts){0});
	assert_int_equal(row(&sum, "dedup window"), 1000 * LEDGER_CLAIM_BYTES);
	const char *shared[] = {"stages.dedup={ledger: kafka, claims-max: 2000}"};
	sum = sum_of(shared, 1, (struct memory_facts){0});
	assert_int_equal(row(&sum, "dedup window"), 1000000 * (LEDGER_CLAIM_BYTES + LEDGER_LOG_KEY_BYTES));
	const char *none[] = {"stages=[decode, route]"};
	sum = sum_of(none, 1, (struct memory_facts){0});
	assert_int_equal(row(&sum, "dedup window"), 0);
}

static void counts_own_gazetteers(void **state)
{
	(void)state;
	const char *one[] = {"stages=[decode, {entities: {gazetteer: " WD_SOURCE_DIR "/README.md}}, route]"};
	const char *two[] = {"stages=[decode, {entities: {gazetteer: [" WD_SOURCE_DIR "/README.md, " WD_SOURCE_DIR
	                     "/README.md]}}, route]"};
	struct memory_sum single = sum_of(one, 1, (struct memory_facts){0});
	struct memory_sum both = sum_of(two, 1, (struct memory_facts){0});
	assert_true(row(&single, "models and tables") > 0);
	assert_int_equal(row(&both, "models and tables"), 2 * row(&single, "models and tables"));
}

/* Tables of large pages: whole ones. */
static void counts_what_each_lane_remembers_of_words(void **state)
{
	(void)state;
	const char *sets[] = {"stages=[decode, entities, route]", "lanes=3"};
	struct memory_sum sum = sum_of(sets, 2, (struct memory_facts){0});
	int64_t lane = row(&sum, "known words") / 3;
	assert_int_equal(lane, tagger_memory_bytes() + forms_bytes());
	assert_true(forms_bytes() > 0 && forms_bytes() % PAGES_LARGE_BYTES == 0);
	assert_true(tagger_memory_bytes() > 0 && tagger_memory_bytes() % PAGES_LARGE_BYTES == 0);
}

static void prints_each_row_and_the_sum(void **state)
{
	(void)state;
	struct memory_sum sum = sum_of(NULL, 0, (struct memory_facts){0});
	struct buf out;
	buf_init(&out, 10000);
	memory_write(&sum, &out);
	buf_putc(&out, 0);
	assert_has(out.p, "two batches");
	assert_has(out.p, "80.0 MB");
	assert_has(out.p, "at most");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(adds_what_the_limits_allow),
	        cmocka_unit_test(scratch_is_never_more_than_128_times_the_message),
	        cmocka_unit_test(counts_brokers_by_name_where_they_were_not_asked),
	        cmocka_unit_test(finds_the_window_in_the_run_list),
	        cmocka_unit_test(counts_own_gazetteers),
	        cmocka_unit_test(counts_what_each_lane_remembers_of_words),
	        cmocka_unit_test(prints_each_row_and_the_sum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

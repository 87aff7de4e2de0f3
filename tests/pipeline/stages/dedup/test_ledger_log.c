/*
 * Waiting for the claims log has an end, and what is told of the work beside the verdicts. These are told by the
 * simulation.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/ledger_log.h"
#include "tests/pipeline/stages/dedup/memory_log.h"

#define PATIENCE_MS 10000
#define LOOKS       3

struct fixture {
	struct clock clock;
	int64_t mono_us;
	struct memory_log log;
	struct claims_log_ops ops;
	int looks;                          /* how often it was asked whether to quit; from LOOKS on it is to */
	const struct claims_log_ops *plain; /* of the log, before `ops` changed them */
	int reads;
	struct ledger *ledger;
};

static int64_t fixture_us(struct clock *clock)
{
	return ((struct fixture *)(void *)clock)->mono_us;
}

static bool quits_in_the_end(void *arg)
{
	struct fixture *f = arg;
	return ++f->looks >= LOOKS;
}

static bool never_quits(void *arg)
{
	struct fixture *f = arg;
	f->looks++;
	return false;
}

/* A log that gives nothing back, however long one waits. */
static struct fixture *silent;

static enum log_answer read_nothing(struct claims_cursor *cursor, int64_t wait_ms, struct log_record *out,
                                    struct err *err)
{
	(void)cursor, (void)out, (void)err;
	silent->mono_us += 1000 * wait_ms;
	return LOG_END;
}

static struct ledger *open_with(struct fixture *f, bool (*asked)(void *arg), struct claims_log *handle,
                                enum ledger_log_outage on_outage)
{
	return f->ledger = ledger_log_new(&(struct ledger_log_options){
	               .log = handle,
	               .clock = &f->clock,
	               .settings = {3600000, 1000, CLAIM_FORMAT_SKETCH},
	               .on_outage = on_outage,
	               .patience_ms = PATIENCE_MS,
	               .quit = {asked, f},
	       });
}

/* A handle whose operations a test may change. */
static struct claims_log *changed_handle(struct fixture *f)
{
	struct claims_log *handle = memory_log_handle(&f->log);
	f->plain = handle->ops;
	f->ops = *handle->ops;
	handle->ops = &f->ops;
	silent = f;
	return handle;
}

static struct ledger *open_ledger(struct fixture *f, bool (*asked)(void *arg))
{
	struct claims_log *handle = changed_handle(f);
	f->ops.read = read_nothing;
	return open_with(f, asked, handle, LEDGER_LOG_WAIT);
}

/* Others write as fast as this one reads; each record takes a millisecond. */
static enum log_answer read_while_others_write(struct claims_cursor *cursor, int64_t wait_ms, struct log_record *out,
                                               struct err *err)
{
	if (++silent->reads > 1000000)
		fail_msg("it reads for ever");
	silent->mono_us += 1000;
	memory_log_put(&silent->log, STR("somebody else's"));
	return silent->plain->read(cursor, wait_ms, out, err);
}

/* What is appended is lost before anybody reads it. */
static bool append_and_lose(struct claims_log *log, const struct str *values, size_t n, int64_t patience_ms,
                            struct err *err)
{
	bool done = silent->plain->append(log, values, n, patience_ms, err);
	memory_log_cut(&silent->log, silent->log.n);
	return done;
}

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->clock.mono_us = f->clock.wall_ms = fixture_us;
	f->mono_us = 1000000;
	f->log.mono_us = &f->mono_us;
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	f->ledger->ops->close(f->ledger);
	memory_log_free(&f->log);
	free(f);
	return 0;
}

static struct claim claim_at(int64_t offset)
{
	return (struct claim){.key = {{STR("c"), STR("raw"), 0, offset}, 0, 7},
	                      .id = STR("c/raw/0/1/0"),
	                      .exact_hash = 1,
	                      .body_hash = 2,
	                      .uri = STR("urn:example:story"),
	                      .arrived_ms = -1};
}

/* How long begin waits for its own claim. */
static int64_t begin_takes_ms(struct fixture *f, struct err *err)
{
	const struct claim claim = claim_at(1);
	int64_t began_us = f->mono_us;
	assert_int_equal(f->ledger->ops->begin(f->ledger, 1, &claim, 1, NULL, 0, err), LEDGER_ABORT);
	f->ledger->ops->rollback(f->ledger, 1);
	return (f->mono_us - began_us) / 1000;
}

static void a_claim_that_does_not_come_back_is_waited_for_with_patience(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	open_ledger(f, never_quits);
	assert_true(begin_takes_ms(f, &err) >= PATIENCE_MS);
	assert_string_equal(err.words, "the claims log does not give back what was appended");
	assert_true(f->looks > LOOKS);
}

/* Fenced, or told to stop: a worker that waits on has its place in nobody's eyes but its own. */
static void nothing_is_waited_for_once_the_worker_ends(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	open_ledger(f, quits_in_the_end);
	assert_true(begin_takes_ms(f, &err) < PATIENCE_MS / 10);
	assert_int_equal(begin_takes_ms(f, &err), 0);
}

static void a_claim_that_was_lost_is_waited_for_no_longer_where_others_write(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	struct claims_log *handle = changed_handle(f);
	f->ops.read = read_while_others_write;
	f->ops.append = append_and_lose;
	open_with(f, never_quits, handle, LEDGER_LOG_WAIT);
	assert_in_range(begin_takes_ms(f, &err), PATIENCE_MS - 1, PATIENCE_MS + 100);
	assert_string_equal(err.words, "the claims log does not give back what was appended");
}

static void a_claim_that_was_lost_is_not_waited_for_once_the_worker_ends(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	struct claims_log *handle = changed_handle(f);
	f->ops.read = read_while_others_write;
	f->ops.append = append_and_lose;
	open_with(f, quits_in_the_end, handle, LEDGER_LOG_WAIT);
	assert_in_range(begin_takes_ms(f, &err), 0, 100);
}

static void a_long_log_is_read_no_further_once_the_worker_ends(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	struct ledger_log_facts facts;
	for (int i = 0; i < 1000; i++)
		memory_log_put(&f->log, STR("somebody else's"));
	open_with(f, quits_in_the_end, memory_log_handle(&f->log), LEDGER_LOG_WAIT);
	begin_takes_ms(f, &err);
	ledger_log_facts(f->ledger, &facts);
	assert_in_range(facts.read, 0, 10);
}

/* Of a log that has lost its beginning the first records may carry no time of the log's. */
static void a_log_that_was_cut_is_known_for_one_by_the_first_time_in_it(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	struct judgement found;
	struct claim claim = claim_at(1);
	claim.arrived_ms = INT64_C(1700000000000) - 3600000;
	memory_log_put(&f->log, STR("lost"));
	memory_log_put(&f->log, STR("stamped by its writer"));
	memory_log_cut(&f->log, 1);
	f->log.time_ms = INT64_C(1700000000000);
	open_with(f, never_quits, memory_log_handle(&f->log), LEDGER_LOG_WAIT);
	assert_int_equal(f->ledger->ops->begin(f->ledger, 1, &claim, 1, NULL, 0, &err), LEDGER_READY);
	f->ledger->ops->judge(f->ledger, 1, 0, &found);
	assert_int_equal(found.verdict, VERDICT_UNJUDGED);
	assert_str(found.evidence, "{\"reason\":\"older-than-claims\"}");
}

static size_t said[8], n_said;

static void work_on(void *arg, size_t i)
{
	(void)arg;
	assert_true(n_said < sizeof(said) / sizeof(said[0]));
	said[n_said++] = i;
}

static void says_which_claim_it_writes_and_judges(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	const struct claim claims[] = {claim_at(1), claim_at(2)};
	const size_t expected[] = {0, 1, LEDGER_NO_CLAIM, 0, 1, LEDGER_NO_CLAIM};
	f->log.time_ms = f->clock.wall_ms(&f->clock);
	open_with(f, never_quits, memory_log_handle(&f->log), LEDGER_LOG_WAIT);
	f->ledger->working = work_on;
	n_said = 0;
	assert_int_equal(f->ledger->ops->begin(f->ledger, 1, claims, 2, NULL, 0, &err), LEDGER_READY);
	assert_int_equal(n_said, 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(said[i] == expected[i]);
}

static void what_was_not_appended_is_not_counted(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	struct ledger_log_facts facts;
	const struct claim claim = claim_at(1);
	open_with(f, never_quits, memory_log_handle(&f->log), LEDGER_LOG_WAIT);
	f->log.fail_appends = 2;
	for (int i = 0; i < 2; i++)
		begin_takes_ms(f, &err);
	assert_int_equal(f->ledger->ops->begin(f->ledger, 1, &claim, 1, NULL, 0, &err), LEDGER_READY);
	ledger_log_facts(f->ledger, &facts);
	assert_int_equal(facts.written, 1);
	f->log.fail_appends = 1;
	assert_int_equal(f->ledger->ops->begin(f->ledger, 2, NULL, 0, &claim.key, 1, &err), LEDGER_ABORT);
	f->ledger->ops->rollback(f->ledger, 2);
	assert_int_equal(f->ledger->ops->begin(f->ledger, 2, NULL, 0, &claim.key, 1, &err), LEDGER_READY);
	ledger_log_facts(f->ledger, &facts);
	assert_int_equal(facts.written, 1);
	assert_int_equal(facts.voids, 1);
}

static void a_batch_that_comes_again_while_the_log_is_away_owes_its_voids_once(void **state)
{
	struct fixture *f = *state;
	struct err err = {0};
	struct ledger_log_facts facts;
	const struct claim claim = claim_at(1);
	open_with(f, never_quits, memory_log_handle(&f->log), LEDGER_LOG_PUBLISH);
	for (uint64_t i = 0; i < 3; i++) {
		f->log.fail_asks = 1;
		assert_int_equal(f->ledger->ops->begin(f->ledger, i, NULL, 0, &claim.key, 1, &err), LEDGER_READY);
		f->ledger->ops->rollback(f->ledger, i);
	}
	assert_int_equal(f->ledger->ops->begin(f->ledger, 3, NULL, 0, NULL, 0, &err), LEDGER_READY);
	ledger_log_facts(f->ledger, &facts);
	assert_int_equal(facts.voids, 1);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, make, unmake)
	const struct CMUnitTest tests[] = {
	        T(a_claim_that_does_not_come_back_is_waited_for_with_patience),
	        T(nothing_is_waited_for_once_the_worker_ends),
	        T(a_claim_that_was_lost_is_waited_for_no_longer_where_others_write),
	        T(a_claim_that_was_lost_is_not_waited_for_once_the_worker_ends),
	        T(a_long_log_is_read_no_further_once_the_worker_ends),
	        T(a_log_that_was_cut_is_known_for_one_by_the_first_time_in_it),
	        T(says_which_claim_it_writes_and_judges),
	        T(what_was_not_appended_is_not_counted),
	        T(a_batch_that_comes_again_while_the_log_is_away_owes_its_voids_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

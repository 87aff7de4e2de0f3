/* The publisher between a sink and a source that answer as they are told. */
#include "tests/harness.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"
#include "worker/publisher.h"

#define TRANSACTION_MS 2000

static const char topic[] = "raw";

struct world {
	struct sink sink;
	struct source source;
	struct clock clock;
	int64_t us;

	/* What the sink answers. */
	enum publish_result result;
	enum publish_cause cause;
	const char *words;
	enum publish_result renewed;
	size_t renews_to_fail; /* these answer as an outage does */
	int64_t renew_takes_us;
	/* What the source answers. */
	int64_t committed;
	size_t asks_to_fail;

	/* What they saw. */
	bool lose_partitions; /* asks for the abort while publish runs */
	bool one_by_one, abort_asked, is_stub;
	size_t probe_from;
	size_t n_renews, n_asks;

	struct condemned *condemned;
	struct publisher *publisher;
	struct batch batch, rest;
};

/* Each finds its world behind a member; offsets differ, so there is one function a kind. */
static struct world *world_of_sink(struct sink *sink)
{
	return (struct world *)(void *)((char *)sink - offsetof(struct world, sink));
}

static struct world *world_of_source(struct source *source)
{
	return (struct world *)(void *)((char *)source - offsetof(struct world, source));
}

static struct world *world_of_clock(struct clock *clock)
{
	return (struct world *)(void *)((char *)clock - offsetof(struct world, clock));
}

static int64_t world_mono_us(struct clock *clock)
{
	return world_of_clock(clock)->us;
}

static void world_sleep_us(struct clock *clock, int64_t us)
{
	world_of_clock(clock)->us += us;
}

static void world_publish(struct sink *sink, struct publication *pub)
{
	struct world *w = world_of_sink(sink);
	CHECK(pub->n_refusals == 0 && pub->probed_to == 0 && !err_is_set(&pub->err));
	if (w->lose_partitions)
		publisher_ask_abort(w->publisher, PUBLISHER_LOST);
	w->one_by_one = pub->one_by_one;
	w->probe_from = pub->probe_from;
	w->abort_asked = atomic_load(&pub->abort_asked);
	w->is_stub = pub->stub && pub->batch->n_messages && pub->stub(pub->stub_arg, &pub->batch->messages[0]);
	w->us += 7000;
	pub->result = w->result;
	pub->cause = w->cause;
	pub->n_refusals = w->result == PUBLISH_ABORTED;
	pub->probed_to = 3;
	if (w->words)
		err_set(&pub->err, "%s", w->words);
}

static enum publish_result world_renew(struct sink *sink, int timeout_ms, struct err *err)
{
	struct world *w = world_of_sink(sink);
	assert_in_range(timeout_ms, 1, TRANSACTION_MS);
	w->n_renews++;
	w->us += w->renew_takes_us;
	if (w->renews_to_fail && w->renews_to_fail--) {
		err_set(err, "no broker");
		return PUBLISH_ABORTED;
	}
	if (w->renewed != PUBLISH_COMMITTED)
		err_set(err, "the words of renew");
	return w->renewed;
}

static bool world_committed(struct source *source, struct offsets *partitions, int timeout_ms, struct err *err)
{
	struct world *w = world_of_source(source);
	assert_in_range(timeout_ms, 1, TRANSACTION_MS);
	w->n_asks++;
	if (w->asks_to_fail && w->asks_to_fail--)
		return err_set(err, "no answer");
	for (size_t i = 0; i < partitions->n; i++)
		partitions->items[i].next = partitions->items[i].partition == 0 ? w->committed : 5;
	return true;
}

static const struct sink_ops world_sink = {.publish = world_publish, .renew = world_renew};
static const struct source_ops world_source = {.committed = world_committed};

static struct world *world_new(enum task_kind kind)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	struct err err = {0};
	w->sink.ops = &world_sink;
	w->source.ops = &world_source;
	w->clock = (struct clock){.mono_us = world_mono_us, .sleep_us = world_sleep_us};
	w->condemned = condemned_open(NULL, STR("c"), STR("g"), &err);
	w->publisher = publisher_new(&(struct publisher_options){.sink = &w->sink,
	                                                         .source = &w->source,
	                                                         .condemned = w->condemned,
	                                                         .clock = &w->clock,
	                                                         .task_kind = kind,
	                                                         .transaction_ms = TRANSACTION_MS});
	batch_init(&w->batch, 1, NULL, NULL);
	batch_init(&w->rest, 1, NULL, NULL);
	for (int partition = 0; partition < 2; partition++) {
		struct message msg = {.delivery = {STR("c"), {topic, 3}, partition, partition ? 4 : 9}};
		batch_add(&w->batch, &msg);
	}
	w->batch.n_taken = 2;
	batch_seal(&w->batch, &w->rest); /* next: 0 → 10, 1 → 5 */
	log_setup(LOG_SILENT, LOG_TEXT);
	return w;
}

static int make(void **state)
{
	*state = world_new(TASK_INLINE);
	return 0;
}

static int make_threaded(void **state)
{
	*state = world_new(TASK_THREAD);
	return 0;
}

static int unmake(void **state)
{
	struct world *w = *state;
	publisher_free(&w->publisher);
	condemned_close(&w->condemned);
	batch_free(&w->batch);
	batch_free(&w->rest);
	log_setup(LOG_INFO, LOG_AUTO);
	free(w);
	return 0;
}

static const struct publication *publish(struct world *w)
{
	publisher_post(w->publisher, &w->batch, false, 0);
	return publisher_take(w->publisher);
}

/* --- what the sink knows ------------------------------------------------------------------------------------------ */

static void hands_on_what_the_sink_says(void **state)
{
	struct world *w = *state;
	assert_int_equal(publish(w)->result, PUBLISH_COMMITTED);
	w->result = PUBLISH_ABORTED;
	w->cause = CAUSE_REFUSAL;
	w->words = "too large";
	const struct publication *mail = publish(w);
	assert_int_equal(mail->result, PUBLISH_ABORTED);
	assert_int_equal(mail->cause, CAUSE_REFUSAL);
	assert_int_equal(mail->n_refusals, 1);
	assert_int_equal(mail->probed_to, 3);
	assert_string_equal(mail->err.words, "too large");
	w->result = PUBLISH_FENCED;
	assert_int_equal(publish(w)->result, PUBLISH_FENCED);
	assert_int_equal(w->n_renews + w->n_asks, 0);
}

static void begins_each_batch_with_a_clean_sheet(void **state)
{
	struct world *w = *state;
	w->result = PUBLISH_ABORTED;
	w->words = "first";
	w->lose_partitions = true;
	assert_string_equal(publish(w)->err.words, "first");
	w->lose_partitions = false;
	w->result = PUBLISH_COMMITTED;
	w->words = NULL; /* publish checks that nothing of the first is left */
	const struct publication *mail = publish(w);
	assert_false(w->abort_asked);
	assert_false(err_is_set(&mail->err));
}

static void passes_on_how_records_are_to_be_sent(void **state)
{
	struct world *w = *state;
	struct err err = {0};
	publisher_post(w->publisher, &w->batch, true, 12);
	publisher_take(w->publisher);
	assert_true(w->one_by_one);
	assert_int_equal(w->probe_from, 12);
	assert_false(w->is_stub);
	condemned_add_stub(w->condemned, &w->batch.messages[0].delivery, "no", &err);
	publish(w);
	assert_false(w->one_by_one);
	assert_true(w->is_stub);
}

static void says_how_long_it_took(void **state)
{
	struct world *w = *state;
	publish(w);
	assert_int_equal(publisher_took_us(w->publisher), 7000);
}

static void is_done_only_while_a_result_waits_to_be_taken(void **state)
{
	struct world *w = *state;
	assert_false(publisher_is_done(w->publisher));
	publisher_post(w->publisher, &w->batch, false, 0);
	assert_true(publisher_is_done(w->publisher));
	publisher_take(w->publisher);
	assert_false(publisher_is_done(w->publisher));
}

static void works_on_a_thread_of_its_own(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(publish(w)->result, PUBLISH_COMMITTED);
}

static void asks_the_sink_to_abort_when_partitions_are_lost(void **state)
{
	struct world *w = *state;
	w->lose_partitions = true;
	publish(w);
	assert_true(w->abort_asked);
}

/* --- what nobody knows -------------------------------------------------------------------------------------------- */

static void an_unknown_outcome_was_a_commit_where_the_group_stands_behind_the_batch(void **state)
{
	struct world *w = *state;
	w->result = PUBLISH_UNKNOWN;
	w->committed = 10;
	const struct publication *mail = publish(w);
	assert_int_equal(mail->result, PUBLISH_COMMITTED);
	assert_int_equal(mail->cause, CAUSE_NONE);
	assert_int_equal(w->n_renews, 1);
	assert_int_equal(w->n_asks, 1);
}

static void an_unknown_outcome_was_an_abort_where_the_group_stands_elsewhere(void **state)
{
	struct world *w = *state;
	static const int64_t elsewhere[] = {9, 0, OFFSET_AS_COMMITTED, 11};
	w->result = PUBLISH_UNKNOWN;
	for (size_t i = 0; i < 4; i++) {
		w->committed = elsewhere[i];
		const struct publication *mail = publish(w);
		assert_int_equal(mail->result, PUBLISH_ABORTED);
		assert_int_equal(mail->cause, CAUSE_OUTAGE);
	}
}

static void asks_again_until_somebody_answers(void **state)
{
	struct world *w = *state;
	w->result = PUBLISH_UNKNOWN;
	w->committed = 10;
	w->renews_to_fail = 3;
	w->asks_to_fail = 2;
	assert_int_equal(publish(w)->result, PUBLISH_COMMITTED);
	assert_int_equal(w->n_renews, 6);
	assert_int_equal(w->n_asks, 3);
}

static void gives_up_when_nobody_answers_within_the_transactions_time(void **state)
{
	struct world *w = *state;
	w->result = PUBLISH_UNKNOWN;
	w->words = "the commit timed out";
	w->renews_to_fail = SIZE_MAX;
	w->renew_takes_us = 300000;
	const struct publication *mail = publish(w);
	assert_int_equal(mail->result, PUBLISH_FAILED);
	assert_string_equal(mail->err.words, "cannot find out within 2000 ms whether the last transaction was "
	                                     "committed; a restart asks again");
	assert_int_equal(w->n_renews, 5);
	assert_int_equal(w->n_asks, 0);
}

static void gives_up_when_offsets_cannot_be_read_within_the_time(void **state)
{
	struct world *w = *state;
	w->result = PUBLISH_UNKNOWN;
	w->asks_to_fail = SIZE_MAX;
	assert_int_equal(publish(w)->result, PUBLISH_FAILED);
	assert_int_equal(w->n_asks, 20);
}

static void is_told_when_another_worker_has_taken_its_name_meanwhile(void **state)
{
	struct world *w = *state;
	static const enum publish_result results[] = {PUBLISH_FENCED, PUBLISH_FATAL, PUBLISH_FAILED};
	w->result = PUBLISH_UNKNOWN;
	for (size_t i = 0; i < 3; i++) {
		w->renewed = results[i];
		const struct publication *mail = publish(w);
		assert_int_equal(mail->result, results[i]);
		assert_string_equal(mail->err.words, "the words of renew");
	}
	assert_int_equal(w->n_asks, 0);
}

/* Whoever has the partitions now asks the broker; the offsets may be his already. */
static void does_not_ask_for_offsets_of_partitions_that_are_lost(void **state)
{
	struct world *w = *state;
	w->result = PUBLISH_UNKNOWN;
	w->lose_partitions = true;
	w->committed = 10;
	const struct publication *mail = publish(w);
	assert_int_equal(mail->result, PUBLISH_ABORTED);
	assert_int_equal(mail->cause, CAUSE_ASKED);
	assert_int_equal(w->n_renews, 1);
	assert_int_equal(w->n_asks, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(hands_on_what_the_sink_says),
	        TEST(begins_each_batch_with_a_clean_sheet),
	        TEST(passes_on_how_records_are_to_be_sent),
	        TEST(says_how_long_it_took),
	        TEST(is_done_only_while_a_result_waits_to_be_taken),
	        cmocka_unit_test_setup_teardown(works_on_a_thread_of_its_own, make_threaded, unmake),
	        TEST(asks_the_sink_to_abort_when_partitions_are_lost),
	        TEST(an_unknown_outcome_was_a_commit_where_the_group_stands_behind_the_batch),
	        TEST(an_unknown_outcome_was_an_abort_where_the_group_stands_elsewhere),
	        TEST(asks_again_until_somebody_answers),
	        TEST(gives_up_when_nobody_answers_within_the_transactions_time),
	        TEST(gives_up_when_offsets_cannot_be_read_within_the_time),
	        TEST(is_told_when_another_worker_has_taken_its_name_meanwhile),
	        TEST(does_not_ask_for_offsets_of_partitions_that_are_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

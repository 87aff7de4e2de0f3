/* Refusals: what becomes of a refused record, step by step down to where there is nothing smaller. */
#include "tests/harness.h"

#include "pipeline/base/log.h"
#include "worker/refusals.h"

struct fixture {
	struct batch batch;
	struct publication mail;
	struct metrics *metrics;
	struct refusals refusals;
	struct err err;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->metrics = metrics_new();
	f->refusals = (struct refusals){condemned_open(NULL, STR("c"), STR("desk"), &f->err), f->metrics};
	assert_non_null(f->refusals.condemned);
	batch_init(&f->batch, 1, NULL, NULL);
	for (int64_t offset = 0; offset < 2; offset++) {
		struct message msg = {.delivery = {STR("c"), STR("raw"), 0, offset}, .value = STR("v")};
		batch_add(&f->batch, &msg);
	}
	f->mail.batch = &f->batch;
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	condemned_close(&f->refusals.condemned);
	batch_free(&f->batch);
	metrics_free(&f->metrics);
	free(f);
	return 0;
}

static void refuse(struct fixture *f, size_t message, int64_t part)
{
	f->mail.refusals[f->mail.n_refusals++] =
	        (struct refusal){.message = message, .part = part, .words = "too large"};
}

static const char *words_of(struct fixture *f, size_t message, int64_t part)
{
	enum reason reason = REASON_NONE;
	const char *words = condemned_find(f->refusals.condemned, &f->batch.messages[message], part, &reason);
	assert_true(!words || reason == REASON_REFUSED);
	return words;
}

static void a_refused_story_is_condemned_with_the_brokers_words(void **state)
{
	struct fixture *f = *state;
	refuse(f, 1, 3);
	assert_true(refusals_condemn(&f->refusals, &f->mail, &f->err));
	assert_string_equal(words_of(f, 1, 3), "too large");
	assert_null(words_of(f, 1, 2));
	assert_null(words_of(f, 0, 3));
	assert_int_equal(series_value(metrics_plain(f->metrics, METRIC_REFUSALS)), 1);
}

static void a_refused_dead_letter_becomes_a_stub_and_behind_a_stub_there_is_nothing(void **state)
{
	struct fixture *f = *state;
	refuse(f, 0, -1);
	assert_true(refusals_condemn(&f->refusals, &f->mail, &f->err));
	assert_true(condemned_is_stub(f->refusals.condemned, &f->batch.messages[0]));
	assert_false(condemned_is_stub(f->refusals.condemned, &f->batch.messages[1]));
	assert_false(refusals_condemn(&f->refusals, &f->mail, &f->err));
	assert_has(f->err.words, "refuses even a stub");
}

static void a_refusal_without_a_table_is_the_end(void **state)
{
	struct fixture *f = *state;
	struct refusals bare = {NULL, f->metrics};
	refuse(f, 0, 0);
	assert_false(refusals_condemn(&bare, &f->mail, &f->err));
	assert_has(f->err.words, "a record is refused: too large");
}

static void a_message_of_which_nobody_knows_the_record_is_condemned_as_a_whole(void **state)
{
	struct fixture *f = *state;
	f->batch.n_messages = 1;
	f->mail.one_by_one = true;
	err_set(&f->mail.err, "policy");
	assert_true(refusals_condemn_whole(&f->refusals, &f->mail, &f->err));
	assert_string_equal(words_of(f, 0, -1), "policy");
	/* It comes again as a dead letter, and that is refused, too. */
	f->batch.messages[0].end.outcome = OUTCOME_DEAD;
	assert_true(refusals_condemn_whole(&f->refusals, &f->mail, &f->err));
	assert_true(condemned_is_stub(f->refusals.condemned, &f->batch.messages[0]));
	f->batch.n_messages = 2;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
	const struct CMUnitTest tests[] = {
	        TEST(a_refused_story_is_condemned_with_the_brokers_words),
	        TEST(a_refused_dead_letter_becomes_a_stub_and_behind_a_stub_there_is_nothing),
	        TEST(a_refusal_without_a_table_is_the_end),
	        TEST(a_message_of_which_nobody_knows_the_record_is_condemned_as_a_whole),
	};
	log_setup(LOG_SILENT, LOG_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

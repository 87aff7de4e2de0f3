#include "tests/harness.h"

#include "pipeline/stage.h"
#include "worker/tally.h"

struct fixture {
	struct metrics *metrics;
	struct tally *tally;
	struct batch batch;
	struct call call;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->metrics = metrics_new();
	f->tally = tally_new(f->metrics);
	batch_init(&f->batch, 1, NULL, NULL);
	f->call = (struct call){.stage = "judge", .keep = &f->batch.lanes[0]};
	*state = f;
	return 0;
}

static int unmake(void **state)
{
	struct fixture *f = *state;
	batch_free(&f->batch);
	tally_free(&f->tally);
	metrics_free(&f->metrics);
	free(f);
	return 0;
}

static struct message *add_message(struct fixture *f, size_t parts)
{
	struct message msg = {.value = STR("12345")};
	batch_add(&f->batch, &msg);
	struct message *own = &f->batch.messages[f->batch.n_messages - 1];
	own->parts = ARENA_ARRAY(f->call.keep, struct story *, parts);
	own->n_parts = parts;
	for (size_t i = 0; i < parts; i++) {
		own->parts[i] = batch_new_story(f->call.keep, own, (uint32_t)i);
		own->parts[i]->end.outcome = OUTCOME_ARTICLE;
	}
	return own;
}

static int64_t labelled(struct fixture *f, enum metric_id id, const char *key, const char *value)
{
	return series_value(metrics_labelled(f->metrics, id, key, str_of(value)));
}

static int64_t ended(struct fixture *f, enum metric_id id, const char *stage, enum reason reason)
{
	return series_value(metrics_series(f->metrics, id, "stage", str_of(stage), "reason",
	                                   str_of(reason_word(reason)), NULL, STR("")));
}

static void counts_parts_by_outcome(void **state)
{
	struct fixture *f = *state;
	struct message *msg = add_message(f, 5);
	msg->parts[1]->end.outcome = OUTCOME_DUPLICATE;
	msg->parts[2]->end = (struct ending){0};
	msg->parts[3]->end = (struct ending){0};
	story_drop(&f->call, msg->parts[2], REASON_FILTERED);
	story_dead(&f->call, msg->parts[3], REASON_LIMIT_STORY, NULL);
	add_message(f, 1);
	struct tally_counts counts = tally_batch(f->tally, &f->batch);
	assert_int_equal(counts.messages, 2);
	assert_int_equal(counts.raw_bytes, 10);
	assert_int_equal(counts.articles, 3);
	assert_int_equal(counts.duplicates, 1);
	assert_int_equal(counts.drops, 1);
	assert_int_equal(counts.dead_letters, 1);
	assert_int_equal(labelled(f, METRIC_STORIES, "outcome", "article"), 3);
	assert_int_equal(labelled(f, METRIC_STORIES, "outcome", "duplicate"), 1);
	assert_int_equal(labelled(f, METRIC_STORIES, "outcome", "drop"), 1);
	assert_int_equal(labelled(f, METRIC_STORIES, "outcome", "dead-letter"), 1);
	assert_int_equal(series_value(metrics_plain(f->metrics, METRIC_MESSAGES)), 2);
	assert_int_equal(series_value(metrics_plain(f->metrics, METRIC_RAW_BYTES)), 10);
	assert_int_equal(ended(f, METRIC_DROPS, "judge", REASON_FILTERED), 1);
	assert_int_equal(ended(f, METRIC_DEAD_LETTERS, "judge", REASON_LIMIT_STORY), 1);
}

static void counts_a_message_that_ended_as_a_whole_once(void **state)
{
	struct fixture *f = *state;
	message_dead(&f->call, add_message(f, 0), REASON_BAD_JSON, NULL);
	message_drop(&f->call, add_message(f, 0), REASON_NO_STORY);
	struct tally_counts counts = tally_batch(f->tally, &f->batch);
	assert_int_equal(counts.dead_letters, 1);
	assert_int_equal(counts.drops, 1);
	assert_int_equal(counts.articles, 0);
	assert_int_equal(ended(f, METRIC_DEAD_LETTERS, "judge", REASON_BAD_JSON), 1);
	assert_int_equal(ended(f, METRIC_DROPS, "judge", REASON_NO_STORY), 1);
}

static void counts_a_replay_that_died_as_a_whole_as_its_parts(void **state)
{
	struct fixture *f = *state;
	static const uint32_t only[] = {2, 5, 7};
	struct message *msg = add_message(f, 0);
	msg->only = only;
	msg->n_only = 3;
	message_dead(&f->call, msg, REASON_BAD_JSON, NULL);
	assert_int_equal(tally_batch(f->tally, &f->batch).dead_letters, 3);
	assert_int_equal(ended(f, METRIC_DEAD_LETTERS, "judge", REASON_BAD_JSON), 3);
}

static void adds_up_over_batches(void **state)
{
	struct fixture *f = *state;
	add_message(f, 2);
	tally_batch(f->tally, &f->batch);
	struct tally_counts counts = tally_batch(f->tally, &f->batch);
	assert_int_equal(counts.articles, 2);
	assert_int_equal(labelled(f, METRIC_STORIES, "outcome", "article"), 4);
}

static void counts_verdicts_and_languages_of_what_goes_out(void **state)
{
	struct fixture *f = *state;
	struct message *msg = add_message(f, 4);
	for (size_t i = 0; i < 4; i++) {
		msg->parts[i]->done = GROUP_DECODE | GROUP_DEDUP | GROUP_LANGUAGE;
		msg->parts[i]->dedup.verdict = i ? VERDICT_ORIGINAL : VERDICT_EXACT;
		msg->parts[i]->language.tag = "id";
		msg->parts[i]->language.reliable = i != 2;
	}
	msg->parts[3]->end = (struct ending){0};
	story_dead(&f->call, msg->parts[3], REASON_LIMIT_RECORD, NULL);
	tally_batch(f->tally, &f->batch);
	assert_int_equal(labelled(f, METRIC_VERDICTS, "verdict", "exact"), 1);
	assert_int_equal(labelled(f, METRIC_VERDICTS, "verdict", "original"), 2);
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "id"), 2);
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "und"), 1);
}

/* They can come from outside, so there must be an end. */
static void counts_a_hundred_languages_and_all_others_together(void **state)
{
	struct fixture *f = *state;
	struct message *msg = add_message(f, TALLY_LANGUAGES_MAX + 3);
	for (size_t i = 0; i < msg->n_parts; i++) {
		msg->parts[i]->done = GROUP_LANGUAGE;
		msg->parts[i]->decode.language = arena_printf(f->call.keep, "x%zu", i);
	}
	tally_batch(f->tally, &f->batch);
	tally_batch(f->tally, &f->batch);
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "x0"), 2);
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "x99"), 2);
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "x100"), 0);
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "other"), 6);
}

static void count_tag(struct fixture *f, const char *detected, const char *declared)
{
	batch_reset(&f->batch);
	struct story *st = add_message(f, 1)->parts[0];
	st->done = GROUP_LANGUAGE;
	st->language.tag = detected;
	st->language.reliable = detected != NULL;
	st->decode.language = str_of(declared);
	tally_batch(f->tally, &f->batch);
}

static void counts_a_tag_that_is_too_long_among_the_others(void **state)
{
	struct fixture *f = *state;
	count_tag(f, "zh-Hant-123456789012345678901234567", NULL);  /* 35 */
	count_tag(f, "zh-Hant-1234567890123456789012345678", NULL); /* 36 */
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "other"), 1);
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "zh-Hant-123456789012345678901234567"), 1);
}

/* Behind a language a sender can write what he likes. */
static void counts_only_the_language_of_a_tag_that_was_declared(void **state)
{
	struct fixture *f = *state;
	count_tag(f, "sr-Latn", "en-x-secret");
	count_tag(f, NULL, "en-x-secret");
	count_tag(f, NULL, "en");
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "sr-Latn"), 1);
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "en"), 2);
	assert_int_equal(labelled(f, METRIC_LANGUAGES, "language", "en-x-secret"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(counts_parts_by_outcome),
	        TEST(counts_a_message_that_ended_as_a_whole_once),
	        TEST(counts_a_replay_that_died_as_a_whole_as_its_parts),
	        TEST(adds_up_over_batches),
	        TEST(counts_verdicts_and_languages_of_what_goes_out),
	        TEST(counts_a_hundred_languages_and_all_others_together),
	        TEST(counts_a_tag_that_is_too_long_among_the_others),
	        TEST(counts_only_the_language_of_a_tag_that_was_declared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

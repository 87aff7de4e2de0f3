#include "tests/pipeline/runner.h"

#include <sys/resource.h>
#include <sys/wait.h>

static struct bench *bench_plain(void)
{
	return bench_open(&(struct runner_setup){0});
}

/* --- endings that the runner gives -------------------------------------------------------------------------------- */

static void carries_a_story_through_to_its_record(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	bench_add(bench, "one");
	bench_run(bench);
	const struct story *st = bench_story(bench, 0, 0);
	assert_int_equal(st->end.outcome, OUTCOME_ARTICLE);
	assert_int_equal(st->done, GROUP_DECODE);
	assert_true(st->record.value.n > 0);
	assert_int_equal(st->record.value.p[0], '{');
	assert_int_equal(strlen(bench_message(bench, 0)->sha256_hex), 64);
	bench_close(bench);
}

static void drops_a_message_without_a_value_and_one_without_a_story(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	bench_add(bench, NULL);
	bench_add(bench, "");
	bench_add(bench, "none");
	bench_run(bench);
	assert_ended(bench_message(bench, 0)->end, OUTCOME_DROP, REASON_NO_VALUE);
	assert_ended(bench_message(bench, 1)->end, OUTCOME_DROP, REASON_NO_VALUE);
	assert_ended(bench_message(bench, 2)->end, OUTCOME_DROP, REASON_NO_STORY);
	assert_string_equal(bench_message(bench, 2)->end.stage, "split");
	assert_int_equal(bench->trace.expands, 1);
	bench_close(bench);
}

static void makes_a_dead_letter_of_a_message_that_is_too_large(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.limits.message_bytes = 8});
	bench_add(bench, "12345678");
	bench_add(bench, "123456789");
	bench_run(bench);
	assert_int_equal(bench_message(bench, 0)->end.outcome, OUTCOME_OPEN);
	assert_ended(bench_message(bench, 1)->end, OUTCOME_DEAD, REASON_LIMIT_MESSAGE);
	assert_str(bench_message(bench, 1)->end.words, "the message has more than the 8 bytes of limits.message");
	assert_string_equal(bench_message(bench, 1)->end.stage, "run");
	bench_close(bench);
}

static void makes_a_dead_letter_of_what_the_source_could_not_read(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	bench_add(bench, "a line")->broken = "the line is no JSON";
	struct message *msg = bench_add(bench, "headers");
	msg->broken = "too many headers";
	msg->broken_reason = REASON_BAD_HEADER;
	bench_run(bench);
	assert_ended(bench_message(bench, 0)->end, OUTCOME_DEAD, REASON_BAD_JSON);
	assert_str(bench_message(bench, 0)->end.words, "the line is no JSON");
	assert_ended(bench_message(bench, 1)->end, OUTCOME_DEAD, REASON_BAD_HEADER);
	assert_int_equal(bench->trace.expands, 0);
	bench_close(bench);
}

static void leaves_the_ending_that_a_stage_gives_the_message(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	bench_add(bench, "dead");
	bench_run(bench);
	assert_ended(bench_message(bench, 0)->end, OUTCOME_DEAD, REASON_BAD_FORMAT);
	assert_str(bench_message(bench, 0)->end.words, "it says so");
	assert_string_equal(bench_message(bench, 0)->end.stage, "split");
	assert_int_equal(bench_message(bench, 0)->n_parts, 0);
	bench_close(bench);
}

static void ends_parts_one_by_one_while_their_siblings_go_on(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	bench_add(bench, "a|die|drop|end|b");
	bench_run(bench);
	assert_int_equal(bench_story(bench, 0, 0)->end.outcome, OUTCOME_ARTICLE);
	assert_ended(bench_story(bench, 0, 1)->end, OUTCOME_DEAD, REASON_BAD_FORMAT);
	assert_string_equal(bench_story(bench, 0, 1)->end.stage, "eat");
	assert_ended(bench_story(bench, 0, 2)->end, OUTCOME_DROP, REASON_FILTERED);
	assert_ended(bench_story(bench, 0, 3)->end, OUTCOME_DEAD, REASON_BAD_FORMAT);
	assert_string_equal(bench_story(bench, 0, 3)->end.stage, "split");
	assert_int_equal(bench_story(bench, 0, 4)->end.outcome, OUTCOME_ARTICLE);
	assert_string_equal(bench->trace.words, "first.begin(1) second.begin(1) first(0/0.0) second(0/0.0) "
	                                        "first(0/0.4) second(0/0.4) ");
	bench_close(bench);
}

static void makes_one_dead_letter_of_a_message_with_too_many_parts(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.limits.parts = 5});
	bench_add(bench, "1|2|3|4|5");
	bench_add(bench, "1|2|3|4|5|6");
	bench_run(bench);
	assert_int_equal(bench_message(bench, 0)->n_parts, 5);
	assert_int_equal(bench_story(bench, 0, 4)->part, 4);
	assert_str(bench_story(bench, 0, 4)->decode.text, "5");
	assert_ended(bench_message(bench, 1)->end, OUTCOME_DEAD, REASON_LIMIT_PARTS);
	assert_int_equal(bench_message(bench, 1)->n_parts, 0);
	bench_close(bench);
}

static void makes_a_dead_letter_of_a_record_that_the_output_topics_do_not_take(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.record_limit_bytes = 10000});
	char large[6000];
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = 0;
	bench_add(bench, "small");
	bench_add(bench, large);
	bench_run(bench);
	assert_int_equal(bench_story(bench, 0, 0)->end.outcome, OUTCOME_ARTICLE);
	assert_ended(bench_story(bench, 1, 0)->end, OUTCOME_DEAD, REASON_LIMIT_RECORD);
	assert_has(bench_story(bench, 1, 0)->end.words.p, "the output topics take 10000");
	bench_close(bench);
}

/* --- meters ------------------------------------------------------------------------------------------------------- */

static void ends_a_message_that_needs_too_much_while_it_is_taken_apart(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	bench_add(bench, "expand-keep");
	bench_add(bench, "expand-tmp");
	bench_add(bench, "fine");
	bench_run(bench);
	assert_ended(bench_message(bench, 0)->end, OUTCOME_DEAD, REASON_LIMIT_STORY);
	assert_has(bench_message(bench, 0)->end.words.p, "limits.message and limits.story");
	assert_ended(bench_message(bench, 1)->end, OUTCOME_DEAD, REASON_LIMIT_PARSE);
	assert_has(bench_message(bench, 1)->end.words.p, "limits.parse");
	assert_string_equal(bench_message(bench, 1)->end.stage, "split");
	assert_int_equal(bench_story(bench, 2, 0)->end.outcome, OUTCOME_ARTICLE);
	bench_close(bench);
}

static void ends_a_story_that_needs_too_much_and_not_its_siblings(void **state)
{
	(void)state;
	struct bench *bench =
	        bench_open(&(struct runner_setup){.limits = {.story_bytes = 100000, .parse_bytes = 200000}});
	bench_add(bench, "a|keep 110000|tmp 300000|keep 50000|tmp 100000");
	bench_run(bench);
	assert_int_equal(bench_story(bench, 0, 0)->end.outcome, OUTCOME_ARTICLE);
	assert_ended(bench_story(bench, 0, 1)->end, OUTCOME_DEAD, REASON_LIMIT_STORY);
	assert_str(bench_story(bench, 0, 1)->end.words, "stage 'eat' needs more memory than limits.story allows");
	assert_string_equal(bench_story(bench, 0, 1)->end.stage, "eat");
	assert_ended(bench_story(bench, 0, 2)->end, OUTCOME_DEAD, REASON_LIMIT_PARSE);
	assert_has(bench_story(bench, 0, 2)->end.words.p, "limits.parse");
	assert_int_equal(bench_story(bench, 0, 3)->end.outcome, OUTCOME_ARTICLE);
	assert_int_equal(bench_story(bench, 0, 4)->end.outcome, OUTCOME_ARTICLE);
	bench_close(bench);
}

/* message_bytes + story_bytes bound all that is made of one message: 40 stories of 30 KB each are too much. */
static void bounds_what_all_parts_of_a_message_take_together(void **state)
{
	(void)state;
	struct bench *bench =
	        bench_open(&(struct runner_setup){.limits = {.message_bytes = 500000, .story_bytes = 100000}});
	char value[40 * 12];
	for (size_t i = 0; i < 40; i++)
		memcpy(value + i * 11, "keep 30000|", 12);
	value[40 * 11 - 1] = 0;
	bench_add(bench, value);
	bench_add(bench, "keep 30000");
	bench_run(bench);
	size_t n_dead = 0;
	for (size_t i = 0; i < 40; i++) {
		const struct story *st = bench_story(bench, 0, i);
		n_dead += st->end.outcome == OUTCOME_DEAD;
		assert_true(st->end.outcome == OUTCOME_ARTICLE || st->end.reason == REASON_LIMIT_STORY);
	}
	assert_in_range(n_dead, 22, 30);
	assert_int_equal(bench_story(bench, 1, 0)->end.outcome, OUTCOME_ARTICLE);
	bench_close(bench);
}

static void gives_back_what_a_story_over_its_limit_had_taken(void **state)
{
	(void)state;
	struct bench *bench =
	        bench_open(&(struct runner_setup){.stages = "split,eat,chew", .limits.story_bytes = 100000});
	bench_add(bench, "keep 60000"); /* eat has it, chew does not get it */
	bench_run(bench);
	assert_ended(bench_story(bench, 0, 0)->end, OUTCOME_DEAD, REASON_LIMIT_STORY);
	assert_string_equal(bench_story(bench, 0, 0)->end.stage, "chew");
	assert_in_range(bench->batch.lanes[0].used_bytes, 0, 20000);
	bench_close(bench);
}

/* 128 times the message, but never less than 1 MiB. */
static void bounds_scratch_memory_by_the_size_of_the_message(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.limits.parse_bytes = 1 << 30});
	bench_add(bench, "tmp 1048576");
	bench_add(bench, "tmp 1100000");
	bench_run(bench);
	assert_int_equal(bench_story(bench, 0, 0)->end.outcome, OUTCOME_ARTICLE);
	assert_ended(bench_story(bench, 1, 0)->end, OUTCOME_DEAD, REASON_LIMIT_PARSE);
	bench_close(bench);
}

static void every_stage_has_all_of_the_scratch_memory(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.stages = "split,eat,chew"});
	bench_add(bench, "tmp 900000");
	bench_run(bench);
	assert_int_equal(bench_story(bench, 0, 0)->end.outcome, OUTCOME_ARTICLE);
	bench_close(bench);
}

/* --- condemned, and what is told of the work ---------------------------------------------------------------------- */

struct asked {
	int64_t offset;
	int64_t part;
	size_t n_begun, n_ended;
	int64_t last_begun;
};

static const char *asked_condemned(void *arg, const struct message *msg, int64_t part, enum reason *reason)
{
	const struct asked *asked = arg;
	if (msg->delivery.offset != asked->offset || part != asked->part)
		return NULL;
	*reason = REASON_REFUSED;
	return "the broker does not want it";
}

static void asked_working(void *arg, size_t lane, const struct message *msg)
{
	struct asked *asked = arg;
	assert_int_equal(lane, 0);
	asked->n_begun += msg != NULL;
	asked->n_ended += msg == NULL;
	if (msg)
		asked->last_begun = msg->delivery.offset;
}

static void ends_a_condemned_message_before_it_is_taken_apart(void **state)
{
	(void)state;
	struct asked asked = {.offset = 1, .part = -1};
	struct bench *bench = bench_open(&(struct runner_setup){.hooks = {&asked, NULL, asked_condemned}});
	bench_add(bench, "good");
	bench_add(bench, "bad");
	bench_run(bench);
	assert_int_equal(bench_story(bench, 0, 0)->end.outcome, OUTCOME_ARTICLE);
	assert_ended(bench_message(bench, 1)->end, OUTCOME_DEAD, REASON_REFUSED);
	assert_str(bench_message(bench, 1)->end.words, "the broker does not want it");
	assert_int_equal(bench->trace.expands, 1);
	bench_close(bench);
}

static void ends_a_condemned_part_and_not_its_siblings(void **state)
{
	(void)state;
	struct asked asked = {.offset = 0, .part = 1};
	struct bench *bench = bench_open(&(struct runner_setup){.hooks = {&asked, NULL, asked_condemned}});
	bench_add(bench, "a|b|c");
	bench_run(bench);
	assert_int_equal(bench_story(bench, 0, 0)->end.outcome, OUTCOME_ARTICLE);
	assert_ended(bench_story(bench, 0, 1)->end, OUTCOME_DEAD, REASON_REFUSED);
	assert_int_equal(bench_story(bench, 0, 2)->end.outcome, OUTCOME_ARTICLE);
	bench_close(bench);
}

static void tells_what_is_at_work_in_lanes_and_tail(void **state)
{
	(void)state;
	struct asked asked = {.offset = -1};
	struct bench *bench = bench_open(&(struct runner_setup){.hooks = {&asked, asked_working, NULL}});
	bench_add(bench, "a");
	bench_add(bench, NULL);
	struct run_budget budget = bench_budget();
	bench_lanes(bench, &budget);
	assert_int_equal(asked.n_begun, 2);
	assert_int_equal(asked.n_ended, 2);
	assert_true(runner_begin(bench->runner, &bench->batch, &bench->err));
	runner_tail(bench->runner, &bench->batch);
	assert_int_equal(asked.n_begun, 3); /* the tombstone has nothing for the tail */
	assert_int_equal(asked.n_ended, 3);
	assert_int_equal(asked.last_begun, 0);
	bench_close(bench);
}

static void tells_which_stories_a_begin_works_on_and_that_it_is_done(void **state)
{
	(void)state;
	struct asked asked = {.offset = -1};
	struct bench *bench =
	        bench_open(&(struct runner_setup){.stages = "split,first", .hooks = {&asked, asked_working, NULL}});
	bench_add(bench, "a");
	bench_add(bench, "begin b");
	bench_add(bench, "c");
	struct run_budget budget = bench_budget();
	bench_lanes(bench, &budget);
	asked = (struct asked){.offset = -1};
	assert_true(runner_begin(bench->runner, &bench->batch, &bench->err));
	assert_int_equal(asked.n_begun, 1);
	assert_int_equal(asked.last_begun, 1);
	assert_int_equal(asked.n_ended, 1);
	runner_tail(bench->runner, &bench->batch);
	bench_close(bench);
}

static void assert_ends_the_process(const char *stages, const char *text)
{
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit no_core = {0, 0};
		setrlimit(RLIMIT_CORE, &no_core);
		fclose(stderr);
		struct bench *bench =
		        bench_open(&(struct runner_setup){.stages = stages, .lanes = 2, .story_time_ms = 1});
		bench_add(bench, "fine");
		bench_add(bench, text);
		bench_run(bench);
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void ends_the_process_when_a_story_overruns_its_time(void **state)
{
	(void)state;
	assert_ends_the_process(NULL, "hang");
}

static void ends_the_process_when_a_story_overruns_its_time_in_begin(void **state)
{
	(void)state;
	assert_ends_the_process("split,first", "begin hang");
}

/* --- feeds -------------------------------------------------------------------------------------------------------- */

static const struct feed some_feeds[] = {
        {.name = STR_INIT("by-topic"), .match_topic = STR_INIT("other")},
        {.name = STR_INIT("by-header"), .match_header = STR_INIT("feed"), .match_header_value = STR_INIT("antara")},
        {.name = STR_INIT("by-key"), .match_key_prefix = STR_INIT("afp-")},
        {.name = STR_INIT("by-both"),
         .match_header = STR_INIT("feed"),
         .match_header_value = STR_INIT("dpa"),
         .match_key_prefix = STR_INIT("de-")},
        {.name = STR_INIT("rest")},
};

static struct str feed_of(struct bench *bench, const char *topic, const char *key, const char *header)
{
	struct header headers[] = {{STR("feed"), str_of(header)}};
	struct message *msg = bench_add(bench, "text");
	msg->delivery.topic = str_of(topic);
	msg->key = str_of(key);
	if (header) {
		msg->headers = headers;
		msg->n_headers = 1;
	}
	struct run_budget budget = bench_budget();
	bench_lanes(bench, &budget);
	struct str name = bench_message(bench, 0)->feed->name;
	batch_reset(&bench->batch);
	return name;
}

static void finds_a_messages_feed_by_topic_header_and_key(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.feeds = some_feeds, .n_feeds = 5});
	assert_str(feed_of(bench, "raw", "k", NULL), "rest");
	assert_str(feed_of(bench, "other", "k", NULL), "by-topic");
	assert_str(feed_of(bench, "raw", "k", "antara"), "by-header");
	assert_str(feed_of(bench, "raw", "k", "antara2"), "rest");
	assert_str(feed_of(bench, "raw", "afp-1", NULL), "by-key");
	assert_str(feed_of(bench, "raw", "afp", NULL), "rest");
	assert_str(feed_of(bench, "raw", NULL, NULL), "rest");
	bench_close(bench);
}

static void takes_the_first_feed_all_of_whose_conditions_hold(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.feeds = some_feeds, .n_feeds = 5});
	assert_str(feed_of(bench, "other", "afp-1", "antara"), "by-topic");
	assert_str(feed_of(bench, "raw", "de-1", "dpa"), "by-both");
	assert_str(feed_of(bench, "raw", "en-1", "dpa"), "rest");
	assert_str(feed_of(bench, "raw", "de-1", NULL), "rest");
	bench_close(bench);
}

static void has_a_feed_of_its_own_where_none_is_configured(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	assert_str(feed_of(bench, "raw", NULL, NULL), "default");
	bench_close(bench);
}

/* --- the cut ------------------------------------------------------------------------------------------------------ */

static size_t taken(struct bench *bench, const struct run_budget *budget, size_t n, const char *value)
{
	for (size_t i = 0; i < n; i++)
		bench_add(bench, value);
	bench->batch.number = ++bench->number;
	runner_work(bench->runner, &bench->batch, budget);
	size_t n_taken = bench->batch.n_taken;
	batch_reset(&bench->batch);
	return n_taken;
}

static void cuts_the_batch_where_its_messages_stories_or_bytes_are_used_up(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	struct run_budget budget = bench_budget();
	assert_int_equal(taken(bench, &budget, 10, "a|b"), 10);
	budget.messages = 7;
	assert_int_equal(taken(bench, &budget, 10, "a|b"), 7);
	budget.stories = 6;
	assert_int_equal(taken(bench, &budget, 10, "a|b"), 3);
	assert_int_equal(taken(bench, &budget, 10, NULL), 6);
	budget = bench_budget();
	budget.derived_bytes = 250000;
	assert_int_equal(taken(bench, &budget, 10, "keep 100000"), 3);
	bench_close(bench);
}

static void cuts_the_batch_at_its_deadline(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	struct run_budget budget = bench_budget();
	bench->clock.step_us = 1000;
	budget.deadline_us = bench->clock.us + 40 * 1000;
	size_t n = taken(bench, &budget, 1000, "a");
	assert_in_range(n, 2, 40);
	bench_close(bench);
}

/* Told to stop while it works on its second message. */
struct stopping {
	size_t n;
	_Atomic bool stop;
};

static void stop_at_the_second(void *arg, size_t lane, const struct message *msg)
{
	struct stopping *stopping = arg;
	(void)lane;
	if (msg && ++stopping->n == 2)
		atomic_store(&stopping->stop, true);
}

static void cuts_the_batch_when_it_is_told_to_stop(void **state)
{
	(void)state;
	struct stopping stopping = {0};
	struct bench *bench = bench_open(&(struct runner_setup){.hooks = {&stopping, stop_at_the_second, NULL}});
	struct run_budget budget = bench_budget();
	budget.one_lane = true;
	budget.stop = &stopping.stop;
	assert_int_equal(taken(bench, &budget, 10, "a|b"), 2);
	bench_close(bench);
}

static void takes_one_message_however_little_is_left(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	struct run_budget budget = {.messages = 1, .stories = 1, .derived_bytes = 1, .deadline_us = 1};
	bench->clock.us = 1000000;
	assert_int_equal(taken(bench, &budget, 5, "a|b|c"), 1);
	budget.messages = SIZE_MAX;
	assert_int_equal(taken(bench, &budget, 5, "a|b|c"), 1);
	bench_close(bench);
}

static void what_was_cut_off_opens_the_next_batch_as_it_was_delivered(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	struct run_budget budget = bench_budget();
	budget.messages = 2;
	for (int i = 0; i < 5; i++)
		bench_add(bench, "a|b");
	bench_lanes(bench, &budget);
	assert_int_equal(bench->batch.n_messages, 2);
	assert_int_equal(bench->rest.n_messages, 3);
	assert_int_equal(bench->rest.messages[0].delivery.offset, 2);
	assert_int_equal(bench->rest.messages[0].n_parts, 0);
	bench_close(bench);
}

static void remember_lane(void *arg, size_t lane, const struct message *msg)
{
	_Atomic uint32_t *lanes = arg;
	(void)msg;
	atomic_fetch_or(lanes, 1u << lane);
}

static void uses_the_loops_thread_alone_when_told_so(void **state)
{
	(void)state;
	_Atomic uint32_t lanes = 0;
	struct bench *bench = bench_open(&(struct runner_setup){.lanes = 4, .hooks = {&lanes, remember_lane, NULL}});
	struct run_budget budget = bench_budget();
	budget.one_lane = true;
	assert_int_equal(taken(bench, &budget, 3000, "a|b|c"), 3000);
	assert_int_equal(lanes, 1);
	bench_close(bench);
}

/* --- lanes -------------------------------------------------------------------------------------------------------- */

static void add_mixture(struct bench *bench)
{
	static const char *const values[] = {"a|b|c", "die|x", "none",        NULL,     "keep 2000000",
	                                     "drop",  "x|end", "expand-keep", "tmp 10", "dead"};
	for (size_t i = 0; i < 300; i++)
		bench_add(bench, values[i % 10]);
}

static void several_lanes_give_the_same_as_one(void **state)
{
	(void)state;
	struct bench *one = bench_plain();
	struct bench *many = bench_open(&(struct runner_setup){.lanes = 4});
	add_mixture(one);
	add_mixture(many);
	bench_run(one);
	bench_run(many);
	assert_string_equal(one->trace.words, many->trace.words);
	for (size_t i = 0; i < 300; i++) {
		const struct message *left = bench_message(one, i), *right = bench_message(many, i);
		assert_int_equal(left->end.outcome, right->end.outcome);
		assert_int_equal(left->end.reason, right->end.reason);
		assert_int_equal(left->n_parts, right->n_parts);
		for (size_t part = 0; part < left->n_parts; part++) {
			assert_int_equal(left->parts[part]->end.outcome, right->parts[part]->end.outcome);
			assert_int_equal(left->parts[part]->end.reason, right->parts[part]->end.reason);
			assert_true(str_eq(left->parts[part]->record.value, right->parts[part]->record.value));
		}
	}
	bench_close(one);
	bench_close(many);
}

static void counts_calls_of_every_stage_over_all_lanes(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.lanes = 3});
	for (int i = 0; i < 20; i++)
		bench_add(bench, "a|die|b");
	bench_run(bench);
	assert_int_equal(series_value(metrics_labelled(bench->metrics, METRIC_STAGE_CALLS, "stage", STR("split"))), 20);
	assert_int_equal(series_value(metrics_labelled(bench->metrics, METRIC_STAGE_CALLS, "stage", STR("eat"))), 60);
	assert_int_equal(series_value(metrics_labelled(bench->metrics, METRIC_STAGE_CALLS, "stage", STR("second"))),
	                 40);
	bench_close(bench);
}

static void says_which_stage_has_nothing_for_a_lane(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.lanes = 3, .close_at = "eat"});
	assert_null(bench->runner);
	assert_string_equal(bench->err.words, "stage 'eat': no local for lane 1");
	bench_close(bench);
}

/* --- in order ----------------------------------------------------------------------------------------------------- */

static void walks_the_tail_message_by_message_and_part_by_part(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.stages = "split,eat,first", .lanes = 3});
	bench_add(bench, "a|b");
	bench_add(bench, NULL);
	bench_add(bench, "die|c");
	bench_run(bench);
	assert_string_equal(bench->trace.words, "first.begin(1) first(0/0.0) first(0/0.1) first(0/2.1) ");
	bench_close(bench);
}

static void commits_in_the_order_of_the_list_and_rolls_back_against_it(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	bench_add(bench, NULL);
	bench_run(bench);
	runner_commit(bench->runner, &bench->batch);
	runner_rollback(bench->runner, &bench->batch); /* settled: nothing is left to roll back */
	assert_string_equal(bench->trace.words, "first.begin(1) second.begin(1) first.commit(1) second.commit(1) ");
	batch_reset(&bench->batch);
	bench->trace.n = 0;
	bench_add(bench, NULL);
	bench_run(bench);
	runner_rollback(bench->runner, &bench->batch);
	assert_string_equal(bench->trace.words, "first.begin(2) second.begin(2) second.rollback(2) first.rollback(2) ");
	bench_close(bench);
}

static void a_begin_that_aborts_is_the_last_and_is_rolled_back_too(void **state)
{
	(void)state;
	struct bench *bench = bench_plain();
	struct run_budget budget = bench_budget();
	bench->trace.abort_at = "first";
	bench_add(bench, "a");
	bench_lanes(bench, &budget);
	assert_false(runner_begin(bench->runner, &bench->batch, &bench->err));
	assert_string_equal(bench->err.words, "stage 'first': the world is away");
	runner_rollback(bench->runner, &bench->batch);
	assert_string_equal(bench->trace.words, "first.begin(1) first.rollback(1) ");
	bench_close(bench);
}

/* --- replays, and lists without decode ---------------------------------------------------------------------------- */

static struct message *add_replay(struct bench *bench, const char *value, const struct header *headers, size_t n)
{
	struct message *msg = bench_add(bench, value);
	msg->headers = headers;
	msg->n_headers = n;
	return msg;
}

static void lets_only_the_replayed_parts_go_on(void **state)
{
	(void)state;
	static const struct header headers[] = {{STR_INIT("wiredesk-origin"), STR_INIT("c/old/3/77")},
	                                        {STR_INIT("wiredesk-attempts"), STR_INIT("1")},
	                                        {STR_INIT("wiredesk-part"), STR_INIT("2")},
	                                        {STR_INIT("wiredesk-part"), STR_INIT("7")}};
	struct bench *bench = bench_plain();
	add_replay(bench, "a|b|c", headers, 4);
	bench_run(bench);
	assert_int_equal(bench_message(bench, 0)->n_parts, 2);
	assert_int_equal(bench_message(bench, 0)->n_before, 3);
	assert_str(bench_story(bench, 0, 0)->decode.text, "c");
	assert_str(bench_story(bench, 0, 0)->decode.uri, "c/old/3/77/2");
	assert_int_equal(bench_story(bench, 0, 0)->end.outcome, OUTCOME_ARTICLE);
	assert_ended(bench_story(bench, 0, 1)->end, OUTCOME_DEAD, REASON_NO_SUCH_PART);
	assert_int_equal(bench_story(bench, 0, 1)->part, 7);
	bench_close(bench);
}

static void a_replay_that_holds_nothing_any_more_is_no_drop(void **state)
{
	(void)state;
	static const struct header headers[] = {{STR_INIT("wiredesk-origin"), STR_INIT("c/old/3/77")},
	                                        {STR_INIT("wiredesk-attempts"), STR_INIT("1")}};
	struct bench *bench = bench_plain();
	add_replay(bench, "none", headers, 2);
	add_replay(bench, NULL, headers, 2);
	bench_run(bench);
	assert_ended(bench_message(bench, 0)->end, OUTCOME_DEAD, REASON_NO_SUCH_PART);
	assert_ended(bench_message(bench, 1)->end, OUTCOME_DEAD, REASON_NO_SUCH_PART);
	bench_close(bench);
}

static void a_replay_with_headers_that_cannot_be_read_is_not_taken_apart(void **state)
{
	(void)state;
	static const struct header headers[] = {{STR_INIT("wiredesk-origin"), STR_INIT("c/old/three/77")}};
	struct bench *bench = bench_plain();
	add_replay(bench, "a|b", headers, 1);
	bench_run(bench);
	assert_ended(bench_message(bench, 0)->end, OUTCOME_DEAD, REASON_BAD_HEADER);
	assert_int_equal(bench->trace.expands, 0);
	bench_close(bench);
}

static void passes_messages_on_as_they_came_without_decode(void **state)
{
	(void)state;
	struct bench *bench = bench_open(&(struct runner_setup){.stages = "first"});
	bench_add(bench, "none");
	bench_run(bench);
	const struct story *st = bench_story(bench, 0, 0);
	assert_int_equal(st->end.outcome, OUTCOME_ARTICLE);
	assert_ptr_equal(st->record.value.p, bench_message(bench, 0)->value.p);
	assert_string_equal(bench_message(bench, 0)->sha256_hex, "");
	bench_close(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(carries_a_story_through_to_its_record),
	        cmocka_unit_test(drops_a_message_without_a_value_and_one_without_a_story),
	        cmocka_unit_test(makes_a_dead_letter_of_a_message_that_is_too_large),
	        cmocka_unit_test(makes_a_dead_letter_of_what_the_source_could_not_read),
	        cmocka_unit_test(leaves_the_ending_that_a_stage_gives_the_message),
	        cmocka_unit_test(ends_parts_one_by_one_while_their_siblings_go_on),
	        cmocka_unit_test(makes_one_dead_letter_of_a_message_with_too_many_parts),
	        cmocka_unit_test(makes_a_dead_letter_of_a_record_that_the_output_topics_do_not_take),
	        cmocka_unit_test(ends_a_message_that_needs_too_much_while_it_is_taken_apart),
	        cmocka_unit_test(ends_a_story_that_needs_too_much_and_not_its_siblings),
	        cmocka_unit_test(bounds_what_all_parts_of_a_message_take_together),
	        cmocka_unit_test(gives_back_what_a_story_over_its_limit_had_taken),
	        cmocka_unit_test(bounds_scratch_memory_by_the_size_of_the_message),
	        cmocka_unit_test(every_stage_has_all_of_the_scratch_memory),
	        cmocka_unit_test(ends_a_condemned_message_before_it_is_taken_apart),
	        cmocka_unit_test(ends_a_condemned_part_and_not_its_siblings),
	        cmocka_unit_test(tells_what_is_at_work_in_lanes_and_tail),
	        cmocka_unit_test(ends_the_process_when_a_story_overruns_its_time),
	        cmocka_unit_test(ends_the_process_when_a_story_overruns_its_time_in_begin),
	        cmocka_unit_test(tells_which_stories_a_begin_works_on_and_that_it_is_done),
	        cmocka_unit_test(finds_a_messages_feed_by_topic_header_and_key),
	        cmocka_unit_test(takes_the_first_feed_all_of_whose_conditions_hold),
	        cmocka_unit_test(has_a_feed_of_its_own_where_none_is_configured),
	        cmocka_unit_test(cuts_the_batch_where_its_messages_stories_or_bytes_are_used_up),
	        cmocka_unit_test(cuts_the_batch_at_its_deadline),
	        cmocka_unit_test(cuts_the_batch_when_it_is_told_to_stop),
	        cmocka_unit_test(takes_one_message_however_little_is_left),
	        cmocka_unit_test(what_was_cut_off_opens_the_next_batch_as_it_was_delivered),
	        cmocka_unit_test(uses_the_loops_thread_alone_when_told_so),
	        cmocka_unit_test(several_lanes_give_the_same_as_one),
	        cmocka_unit_test(counts_calls_of_every_stage_over_all_lanes),
	        cmocka_unit_test(says_which_stage_has_nothing_for_a_lane),
	        cmocka_unit_test(walks_the_tail_message_by_message_and_part_by_part),
	        cmocka_unit_test(commits_in_the_order_of_the_list_and_rolls_back_against_it),
	        cmocka_unit_test(a_begin_that_aborts_is_the_last_and_is_rolled_back_too),
	        cmocka_unit_test(lets_only_the_replayed_parts_go_on),
	        cmocka_unit_test(a_replay_that_holds_nothing_any_more_is_no_drop),
	        cmocka_unit_test(a_replay_with_headers_that_cannot_be_read_is_not_taken_apart),
	        cmocka_unit_test(passes_messages_on_as_they_came_without_decode),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

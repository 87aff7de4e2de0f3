/*
 * A runner with a run list of its own, for tests: messages are commands that its stages obey.
 *
 *     split    takes a value apart at '|'; "none" holds no story, "expand-keep" and "expand-tmp" want too much memory
 *              while they are taken apart, "dead" kills the message; a part "end" dies at once
 *     eat      "keep N" and "tmp N" take that much memory, "drop" and "die" end the story, "hang" never ends
 *     chew     the same once more; not in the usual list
 *     first,   in order: note every call in the trace
 *     second
 */
#ifndef WIREDESK_TESTS_PIPELINE_RUNNER_H
#define WIREDESK_TESTS_PIPELINE_RUNNER_H

#include "tests/harness.h"

#include "pipeline/base/check.h"
#include "pipeline/run.h"

#include <inttypes.h>
#include <stdatomic.h>

/* --- a clock that the test moves ---------------------------------------------------------------------------------- */

struct moved_clock {
	struct clock clock;
	_Atomic int64_t us;
	int64_t step_us; /* each look moves it on by so much */
};

static inline int64_t moved_mono_us(struct clock *c)
{
	struct moved_clock *moved = (struct moved_clock *)(void *)c;
	return atomic_fetch_add(&moved->us, moved->step_us);
}

static inline int64_t moved_wall_ms(struct clock *c)
{
	return 1700000000000 + moved_mono_us(c) / 1000;
}

static inline void moved_sleep_us(struct clock *c, int64_t us)
{
	atomic_fetch_add(&((struct moved_clock *)(void *)c)->us, us);
}

/* --- the stages --------------------------------------------------------------------------------------------------- */

/* What the stages share with the test. */
struct trace {
	char words[40000];
	size_t n;
	const char *abort_at; /* name of the stage whose begin answers abort */
	const char *close_at; /* … whose open_local fails */
	_Atomic size_t expands;
	_Atomic size_t locals;
};

static inline void __attribute__((format(printf, 2, 3))) trace_add(struct trace *trace, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(trace->words + trace->n, sizeof(trace->words) - trace->n, format, args);
	va_end(args);
	trace->n += (size_t)n;
	CHECK(trace->n < sizeof(trace->words));
}

static inline struct trace *trace_of(const struct call *call)
{
	return call->env->ledger_arg;
}

static inline size_t command_number(struct str command, const char *word)
{
	struct str text = str_slice(command, strlen(word), command.n);
	int64_t number = 0;
	return str_starts(command, str_of(word)) && options_parse_int(text, &number) ? (size_t)number : 0;
}

static inline enum answer split_expand(struct call *call, struct message *msg)
{
	size_t too_much = (size_t)(call->env->limits.message_bytes + call->env->limits.story_bytes) + 64;
	atomic_fetch_add(&trace_of(call)->expands, 1);
	if (str_is(msg->value, "none"))
		return ANSWER_KEEP;
	if (str_is(msg->value, "dead"))
		return message_dead(call, msg, REASON_BAD_FORMAT, "it %s so", "says");
	if (str_is(msg->value, "expand-keep"))
		arena_alloc(call->keep, too_much);
	if (str_is(msg->value, "expand-tmp"))
		arena_alloc(call->tmp, (size_t)call->env->limits.parse_bytes + 64);
	for (size_t at = 0; at <= msg->value.n;) {
		size_t end = str_index(msg->value, '|', at);
		struct story *st = message_part(call, msg);
		if (!st)
			return message_dead(call, msg, REASON_LIMIT_PARTS, NULL);
		st->decode.text = st->decode.body = str_slice(msg->value, at, end);
		st->decode.uri = position_id(call->keep, &msg->origin, st->part);
		st->decode.format = "plain-text";
		st->decode.charset = "UTF-8";
		st->decode.charset_basis = "valid-utf8";
		if (str_is(st->decode.text, "end"))
			story_dead(call, st, REASON_BAD_FORMAT, "it says so");
		at = end + 1;
	}
	return ANSWER_KEEP;
}

static inline bool eat_open_local(const struct stage_env *env, const void *options, const void *shared, void *local,
                                  struct err *err)
{
	struct trace *trace = env->ledger_arg;
	(void)options;
	(void)shared;
	*(int *)local = 1;
	if (trace->close_at && trace->locals == 1)
		return err_set(err, "no local for lane 1");
	trace->locals++;
	return true;
}

static inline void eat_close_local(void *local)
{
	CHECK(*(int *)local == 1);
	*(int *)local = 2;
}

static inline enum answer eat_run(struct call *call, struct story *st)
{
	struct str text = st->decode.text;
	CHECK(*(int *)call->local == 1 && call->tmp->used_bytes == 0);
	if (str_starts(text, STR("keep ")))
		memset(arena_alloc(call->keep, command_number(text, "keep ")), 1, 1);
	if (str_starts(text, STR("tmp ")))
		memset(arena_alloc(call->tmp, command_number(text, "tmp ")), 1, 1);
	while (str_is(text, "hang"))
		(void)clock_mono_us(clock_system());
	if (str_is(text, "drop"))
		return story_drop(call, st, REASON_FILTERED);
	if (str_is(text, "die"))
		return story_dead(call, st, REASON_BAD_FORMAT, "as it was told");
	return ANSWER_KEEP;
}

/* It works on some stories alone, and does not say when it is done with the last one. */
static inline void noted_work(struct call *call, struct batch *batch)
{
	for (size_t i = 0; i < batch->n_messages; i++)
		for (size_t part = 0; part < batch->messages[i].n_parts; part++) {
			const struct story *st = batch->messages[i].parts[part];
			if (!str_starts(st->decode.text, STR("begin ")))
				continue;
			call_working(call, st);
			while (str_is(st->decode.text, "begin hang"))
				(void)clock_mono_us(clock_system());
		}
}

static inline enum begin_answer noted_begin(struct call *call, struct batch *batch, struct err *err)
{
	struct trace *trace = trace_of(call);
	trace_add(trace, "%s.begin(%" PRIu64 ") ", call->stage, batch->number);
	CHECK(!call->local);
	noted_work(call, batch);
	if (!trace->abort_at || strcmp(trace->abort_at, call->stage) != 0)
		return BEGIN_READY;
	err_set(err, "the world is away");
	return BEGIN_ABORT;
}

static inline enum answer noted_run(struct call *call, struct story *st)
{
	trace_add(trace_of(call), "%s(%d/%d.%u) ", call->stage, st->msg->delivery.partition,
	          (int)st->msg->delivery.offset, st->part);
	return ANSWER_KEEP;
}

static inline void noted_commit(struct call *call, struct batch *batch)
{
	trace_add(trace_of(call), "%s.commit(%" PRIu64 ") ", call->stage, batch->number);
}

static inline void noted_rollback(struct call *call, struct batch *batch)
{
	trace_add(trace_of(call), "%s.rollback(%" PRIu64 ") ", call->stage, batch->number);
}

static const struct stage stage_split = {
        .name = "split", .summary = "", .order = STAGE_ANY_ORDER, .writes = GROUP_DECODE, .expand = split_expand};
static const struct stage stage_eat = {.name = "eat",
                                       .summary = "",
                                       .order = STAGE_ANY_ORDER,
                                       .local_size = sizeof(int),
                                       .open_local = eat_open_local,
                                       .close_local = eat_close_local,
                                       .run = eat_run};
static const struct stage stage_chew = {.name = "chew",
                                        .summary = "",
                                        .order = STAGE_ANY_ORDER,
                                        .local_size = sizeof(int),
                                        .open_local = eat_open_local,
                                        .close_local = eat_close_local,
                                        .run = eat_run};
static const struct stage stage_first = {.name = "first",
                                         .summary = "",
                                         .order = STAGE_IN_ORDER,
                                         .begin = noted_begin,
                                         .run = noted_run,
                                         .commit = noted_commit,
                                         .rollback = noted_rollback};
static const struct stage stage_second = {.name = "second",
                                          .summary = "",
                                          .order = STAGE_IN_ORDER,
                                          .begin = noted_begin,
                                          .run = noted_run,
                                          .commit = noted_commit,
                                          .rollback = noted_rollback};
static const struct stage *const runner_registry[] = {&stage_split, &stage_eat,    &stage_chew,
                                                      &stage_first, &stage_second, NULL};

/* --- the runner --------------------------------------------------------------------------------------------------- */

struct runner_setup {
	const char *stages; /* NULL: split,eat,first,second */
	size_t lanes;       /* 0: 1 */
	struct limits limits;
	const struct feed *feeds;
	size_t n_feeds;
	size_t record_limit_bytes;
	int64_t story_time_ms;
	struct run_hooks hooks;
	const char *close_at;
};

struct bench {
	struct moved_clock clock;
	struct metrics *metrics;
	struct arena arena;
	struct plan plan;
	struct runner *runner;
	struct batch batch, rest;
	struct trace trace;
	struct err err;
	uint64_t number;
};

static inline struct bench *bench_open(const struct runner_setup *setup)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	assert_non_null(bench);
	bench->clock.clock = (struct clock){moved_mono_us, moved_wall_ms, moved_sleep_us};
	bench->clock.us = 1;
	bench->trace.close_at = setup->close_at;
	bench->metrics = metrics_new();
	arena_init(&bench->arena, 0, 0);
	const char *stages = setup->stages ? setup->stages : "split,eat,first,second";
	struct stage_env env = {.clock = &bench->clock.clock,
	                        .metrics = bench->metrics,
	                        .limits = setup->limits,
	                        .feeds = setup->feeds,
	                        .n_feeds = setup->n_feeds,
	                        .ledger_arg = &bench->trace};
	struct limits *limits = &env.limits;
	limits->message_bytes = limits->message_bytes ? limits->message_bytes : 1 << 20;
	limits->story_bytes = limits->story_bytes ? limits->story_bytes : 1 << 20;
	limits->parse_bytes = limits->parse_bytes ? limits->parse_bytes : 4 << 20;
	limits->parts = limits->parts ? limits->parts : 100;
	limits->depth = 64;
	if (!plan_read(&bench->plan, plan_choose(NULL, str_of(stages), &bench->arena), runner_registry, &bench->arena,
	               &bench->err) ||
	    !plan_open(&bench->plan, &env, &bench->err))
		fail_msg("%s", bench->err.words);
	size_t lanes = setup->lanes ? setup->lanes : 1;
	struct runner_options options = {.lanes = lanes,
	                                 .task_kind = TASK_THREAD,
	                                 .record_limit_bytes = setup->record_limit_bytes,
	                                 .story_time_ms = setup->story_time_ms,
	                                 .hooks = setup->hooks};
	bench->runner = runner_new(&bench->plan, &options, &bench->err);
	batch_init(&bench->batch, lanes, NULL, NULL);
	batch_init(&bench->rest, lanes, NULL, NULL);
	return bench;
}

static inline void bench_close(struct bench *bench)
{
	runner_free(&bench->runner);
	batch_free(&bench->batch);
	batch_free(&bench->rest);
	plan_close(&bench->plan);
	arena_free(&bench->arena);
	metrics_free(&bench->metrics);
	free(bench);
}

/* Offsets rise by themselves, from 0; value NULL: a tombstone. The rest of the message may be set afterwards. */
static inline struct message *bench_add(struct bench *bench, const char *value)
{
	struct message msg = {.timestamp_ms = -1, .value = str_of(value)};
	msg.delivery = (struct position){STR("c"), STR("raw"), 0, (int64_t)bench->batch.n_messages};
	batch_add(&bench->batch, &msg);
	return &bench->batch.messages[bench->batch.n_messages - 1];
}

static inline struct run_budget bench_budget(void)
{
	return (struct run_budget){.messages = SIZE_MAX, .stories = SIZE_MAX, .derived_bytes = SIZE_MAX};
}

static inline void bench_lanes(struct bench *bench, const struct run_budget *budget)
{
	bench->batch.number = ++bench->number;
	runner_work(bench->runner, &bench->batch, budget);
	batch_seal(&bench->batch, &bench->rest);
}

/* Lanes, begin and tail of everything that was added. */
static inline void bench_run(struct bench *bench)
{
	struct run_budget budget = bench_budget();
	bench_lanes(bench, &budget);
	assert_true(runner_begin(bench->runner, &bench->batch, &bench->err));
	runner_tail(bench->runner, &bench->batch);
}

static inline const struct message *bench_message(const struct bench *bench, size_t i)
{
	assert_true(i < bench->batch.n_messages);
	return &bench->batch.messages[i];
}

static inline const struct story *bench_story(const struct bench *bench, size_t message, size_t part)
{
	const struct message *msg = bench_message(bench, message);
	assert_true(part < msg->n_parts);
	return msg->parts[part];
}

#define assert_ended(end, as, because)                                                                                 \
	do {                                                                                                           \
		assert_int_equal((end).outcome, as);                                                                   \
		assert_string_equal(reason_word((end).reason), reason_word(because));                                  \
	} while (0)

#endif

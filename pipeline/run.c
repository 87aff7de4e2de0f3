/*
 * The runner.
 *
 * A lane takes messages off one counter and carries each through decode, the other any-order stages and the rendering;
 * lane 0 is the loop thread itself. The taken messages are therefore always the first ones of the batch, and what the
 * budget leaves over can be cut off. Calls and times are counted in the lane and added to the metrics once a batch.
 *
 * A story that needs more memory than its meter allows leaves its stage by longjmp and lands in run_story or
 * run_expand, which make the dead letter: there a stage holds only arena memory, so nothing is left behind.
 */
#include "pipeline/run.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/log.h"
#include "pipeline/overdue.h"
#include "pipeline/promise.h"
#include "pipeline/record.h"
#include "pipeline/replay.h"

#include <pthread.h>
#include <signal.h>

/* A call's scratch is at least so large, however small its input. */
#define SCRATCH_LEAST_BYTES (1 << 20)
#define SCRATCH_PER_BYTE    128
#define WATCHDOG_STEP_MS    100

struct lane {
	struct runner *runner;
	size_t index;
	struct task *task; /* NULL: lane 0, the loop thread */
	void *locals[PLAN_STAGES_MAX];
	struct arena tmp;
	struct buf scratch;
	struct check_note note;
	struct arena_meter message_meter; /* of all that is derived from one message */

	struct batch *batch;
	const struct run_budget *budget;
	uint64_t calls[PLAN_STAGES_MAX];
	int64_t us[PLAN_STAGES_MAX];

	/* For the watchdog. */
	_Atomic int64_t busy_since_us; /* 0: idle */
	struct overdue overdue;        /* the watchdog's own */
	pthread_t thread;
};

struct runner {
	struct plan *plan;
	struct runner_options options;
	size_t n_lanes;
	struct lane lanes[LANES_MAX];
	pthread_t watchdog;
	bool has_watchdog;
	pthread_mutex_t watchdog_lock;
	pthread_cond_t watchdog_wake;
	bool watchdog_stop;
};

/* --- what a call gets ------------------------------------------------------------------------------------------ */

static struct call make_call(struct lane *lane, size_t entry)
{
	struct plan *plan = lane->runner->plan;
	struct plan_entry *of = &plan->entries[entry];
	return (struct call){.stage = of->stage->name,
	                     .keep = &lane->batch->lanes[lane->index],
	                     .tmp = &lane->tmp,
	                     .options = of->options,
	                     .shared = of->shared,
	                     .local = lane->locals[entry],
	                     .env = &plan->env,
	                     .batch = lane->batch,
	                     .lane = lane};
}

/* For endings that no stage gives. */
static struct call make_own_call(struct lane *lane)
{
	return (struct call){.stage = "run",
	                     .keep = &lane->batch->lanes[lane->index],
	                     .tmp = &lane->tmp,
	                     .env = &lane->runner->plan->env,
	                     .batch = lane->batch};
}

static int64_t now_us(struct lane *lane)
{
	return clock_mono_us(lane->runner->plan->env.clock);
}

static void note_stage(struct lane *lane, size_t entry)
{
	lane->note.stage = lane->runner->plan->entries[entry].stage->name;
}

static void note_message(struct lane *lane, const struct message *msg)
{
	const struct run_hooks *hooks = &lane->runner->options.hooks;
	lane->note = (struct check_note){.part = -1};
	if (msg) {
		lane->note = (struct check_note){.stage = "run",
		                                 .topic = msg->delivery.topic.p,
		                                 .topic_n = (int)msg->delivery.topic.n,
		                                 .partition = msg->delivery.partition,
		                                 .offset = msg->delivery.offset,
		                                 .part = -1};
	}
	check_note_set(msg ? &lane->note : NULL);
	atomic_store_explicit(&lane->busy_since_us, msg ? clock_mono_us(clock_system()) : 0, memory_order_release);
	if (hooks->working)
		hooks->working(hooks->arg, lane->index, msg);
}

void call_working(struct call *call, const struct story *st)
{
	if (!call->lane)
		return;
	note_message(call->lane, st ? st->msg : NULL);
	if (st) {
		call->lane->note.stage = call->stage;
		call->lane->note.part = st->part;
	}
}

/* --- meters ---------------------------------------------------------------------------------------------------- */

static size_t scratch_limit(const struct plan *plan, const struct message *msg)
{
	size_t limit = SCRATCH_LEAST_BYTES + SCRATCH_PER_BYTE * msg->value.n;
	size_t most = (size_t)plan->env.limits.parse_bytes;
	return limit < most ? limit : most;
}

static void meters_off(struct lane *lane)
{
	arena_meter_set(&lane->batch->lanes[lane->index], NULL);
	arena_reset(&lane->tmp);
}

/* --- one story through the any-order stages ------------------------------------------------------------------ */

static void settle_answer(struct story *st, enum answer answer, const struct stage *stage)
{
	if (answer == ANSWER_KEEP) {
		CHECK(st->end.outcome == OUTCOME_OPEN);
		st->done |= stage->writes;
		promise_check(st, stage->writes);
	} else {
		CHECK(st->end.outcome == OUTCOME_DROP || st->end.outcome == OUTCOME_DEAD);
	}
}

static void check_record_size(struct lane *lane, struct story *st)
{
	size_t limit = lane->runner->options.record_limit_bytes;
	size_t bytes = record_bytes(st);
	struct call call = make_own_call(lane);
	if (limit && bytes > limit)
		story_dead(&call, st, REASON_LIMIT_RECORD,
		           "the record needs %zu bytes, the output topics take %zu: raise their max.message.bytes",
		           bytes, limit);
}

static void run_stages(struct lane *lane, struct story *st, struct arena_meter *tmp_meter)
{
	struct plan *plan = lane->runner->plan;
	size_t tmp_bytes = tmp_meter->left_bytes;
	int64_t started = now_us(lane);
	size_t first = plan->n_any && plan->entries[0].stage->expand ? 1 : 0;
	for (size_t i = first; i < plan->n_any && st->end.outcome == OUTCOME_OPEN; i++) {
		struct call call = make_call(lane, i);
		note_stage(lane, i);
		settle_answer(st, plan->entries[i].stage->run(&call, st), plan->entries[i].stage);
		int64_t ended = now_us(lane);
		lane->calls[i]++;
		lane->us[i] += ended - started;
		started = ended;
		arena_reset(&lane->tmp);
		tmp_meter->left_bytes = tmp_bytes;
		arena_meter_set(&lane->tmp, tmp_meter);
	}
	if (st->end.outcome != OUTCOME_OPEN)
		return;
	lane->note.stage = "render";
	struct call call = make_own_call(lane);
	record_render(&call, st, &lane->scratch);
	check_record_size(lane, st);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Within limits.story, and within what its message still has. What a story left that went over is given back: its
 * siblings have a claim to the memory too.
 */
static void run_story(struct lane *lane, struct message *msg, struct story *st)
{
	struct plan *plan = lane->runner->plan;
	struct arena *keep_arena = &lane->batch->lanes[lane->index];
	struct arena_mark mark = arena_mark(keep_arena);
	size_t limit = least((size_t)plan->env.limits.story_bytes, lane->message_meter.left_bytes);
	jmp_buf out;
	struct arena_meter keep = {.left_bytes = limit, .out = &out};
	struct arena_meter tmp = {.left_bytes = scratch_limit(plan, msg), .out = &out};
	lane->note.part = st->part;
	if (setjmp(out) == 0) {
		arena_meter_set(keep_arena, &keep);
		arena_meter_set(&lane->tmp, &tmp);
		run_stages(lane, st, &tmp);
		meters_off(lane);
		lane->message_meter.left_bytes -= limit - keep.left_bytes;
		return;
	}
	meters_off(lane);
	arena_rewind(keep_arena, mark);
	st->done &= GROUP_DECODE;
	struct call call = make_own_call(lane);
	call.stage = lane->note.stage;
	if (tmp.ran_out)
		story_dead(&call, st, REASON_LIMIT_PARSE,
		           "stage '%s' needs more scratch memory than limits.parse allows", call.stage);
	else
		story_dead(&call, st, REASON_LIMIT_STORY, "stage '%s' needs more memory than limits.story allows",
		           call.stage);
}

/* --- one message ------------------------------------------------------------------------------------------------ */

struct story *message_part(struct call *call, struct message *msg)
{
	size_t n = msg->n_parts;
	if (n >= (size_t)call->env->limits.parts)
		return NULL;
	if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4, 8 …: the array is full */
		struct story **grown = arena_calloc(call->keep, n ? 2 * n : 1, sizeof(*grown));
		if (n)
			memcpy(grown, msg->parts, n * sizeof(*grown));
		msg->parts = grown;
	}
	msg->parts[n] = batch_new_story(call->keep, msg, (uint32_t)n);
	msg->n_parts = n + 1;
	return msg->parts[n];
}

/* A drop; but of a replay somebody wants parts back that were there once: that they are not is no reason to forget
 * them. */
static enum answer nothing_in_it(struct call *call, struct message *msg, enum reason reason)
{
	if (msg->attempts > 0)
		return message_dead(call, msg, REASON_NO_SUCH_PART, "the replayed message holds no story: %s",
		                    reason_meaning(reason));
	return message_drop(call, msg, reason);
}

static void expand_message(struct lane *lane, struct message *msg)
{
	const struct stage *stage = lane->runner->plan->entries[0].stage;
	struct call call = make_call(lane, 0);
	int64_t started = now_us(lane);
	enum answer answer = stage->expand(&call, msg);
	lane->calls[0]++;
	lane->us[0] += now_us(lane) - started;
	if (answer != ANSWER_KEEP) {
		CHECK(msg->end.outcome != OUTCOME_OPEN);
		return;
	}
	if (msg->n_parts == 0)
		nothing_in_it(&call, msg, REASON_NO_STORY);
	for (size_t i = 0; i < msg->n_parts; i++) {
		struct story *st = msg->parts[i];
		CHECK(st->msg == msg && st->part == i);
		if (st->end.outcome != OUTCOME_OPEN)
			continue;
		st->done |= stage->writes;
		promise_check(st, stage->writes);
	}
}

/* All that is made of one message, its parts included, shares one meter: limits.message + limits.story. */
static void run_expand(struct lane *lane, struct message *msg)
{
	struct plan *plan = lane->runner->plan;
	jmp_buf out;
	struct arena_meter tmp = {.left_bytes = scratch_limit(plan, msg), .out = &out};
	lane->message_meter.out = &out;
	note_stage(lane, 0);
	if (setjmp(out) == 0) {
		arena_meter_set(&lane->batch->lanes[lane->index], &lane->message_meter);
		arena_meter_set(&lane->tmp, &tmp);
		expand_message(lane, msg);
		meters_off(lane);
		return;
	}
	meters_off(lane);
	struct call call = make_call(lane, 0);
	message_dead(&call, msg, lane->message_meter.ran_out ? REASON_LIMIT_STORY : REASON_LIMIT_PARSE,
	             "taking the message apart needs more memory than %s for its %zu bytes",
	             lane->message_meter.ran_out ? "limits.message and limits.story allow" : "limits.parse allows",
	             msg->value.n);
}

/* Without decode a message is one story that goes on as it came: key and value untouched. */
static void pass_through(struct lane *lane, struct message *msg)
{
	struct call call = make_own_call(lane);
	struct story *st = message_part(&call, msg);
	st->record.value = msg->value;
}

static bool starts_with_expand(const struct plan *plan)
{
	return plan->n > 0 && plan->entries[0].stage->expand;
}

static const struct feed *find_feed(const struct stage_env *env, const struct message *msg)
{
	for (size_t i = 0; i < env->n_feeds; i++) {
		const struct feed *feed = &env->feeds[i];
		if (feed->match_topic.p && !str_eq(feed->match_topic, msg->delivery.topic))
			continue;
		if (feed->match_key_prefix.p && !str_starts(msg->key, feed->match_key_prefix))
			continue;
		if (feed->match_header.p &&
		    !str_eq(message_header(msg, feed->match_header.p), feed->match_header_value))
			continue;
		return feed;
	}
	static const struct feed none = {.name = STR_INIT("default")};
	return &none;
}

/* Everything known of a message before decode; false: it has ended already. */
static bool prepare_message(struct lane *lane, struct message *msg)
{
	const struct run_hooks *hooks = &lane->runner->options.hooks;
	const struct stage_env *env = &lane->runner->plan->env;
	struct call call = make_own_call(lane);
	msg->lane = (uint32_t)lane->index;
	msg->parts = NULL;
	msg->n_parts = 0;
	msg->end = (struct ending){0};
	msg->feed = find_feed(env, msg);
	msg->sha256_hex[0] = 0;
	lane->message_meter =
	        (struct arena_meter){.left_bytes = (size_t)(env->limits.message_bytes + env->limits.story_bytes)};
	if (starts_with_expand(lane->runner->plan)) {
		digest_sha256(msg->value, msg->sha256);
		digest_hex(msg->sha256, msg->sha256_hex);
	}
	if (msg->broken)
		return message_dead(&call, msg, msg->broken_reason ? msg->broken_reason : REASON_BAD_JSON, "%s",
		                    msg->broken) == ANSWER_KEEP;
	if (!replay_read(&call, msg))
		return false;
	enum reason reason = REASON_NONE;
	const char *words = hooks->condemned ? hooks->condemned(hooks->arg, msg, -1, &reason) : NULL;
	if (words)
		return message_dead(&call, msg, reason, "%s", words) == ANSWER_KEEP;
	if (msg->value.n == 0)
		return nothing_in_it(&call, msg, REASON_NO_VALUE) == ANSWER_KEEP;
	if (msg->value.n > (size_t)env->limits.message_bytes)
		return message_dead(&call, msg, REASON_LIMIT_MESSAGE,
		                    "the message has more than the %lld bytes of limits.message",
		                    (long long)env->limits.message_bytes) == ANSWER_KEEP;
	return true;
}

static void run_part(struct lane *lane, struct message *msg, struct story *st)
{
	const struct run_hooks *hooks = &lane->runner->options.hooks;
	enum reason reason = REASON_NONE;
	const char *words = hooks->condemned ? hooks->condemned(hooks->arg, msg, st->part, &reason) : NULL;
	if (words) {
		struct call call = make_own_call(lane);
		story_dead(&call, st, reason, "%s", words);
	}
	if (st->end.outcome == OUTCOME_OPEN)
		run_story(lane, msg, st);
}

static void run_message(struct lane *lane, struct message *msg)
{
	note_message(lane, msg);
	if (prepare_message(lane, msg)) {
		if (starts_with_expand(lane->runner->plan))
			run_expand(lane, msg);
		else
			pass_through(lane, msg);
		if (msg->end.outcome != OUTCOME_OPEN)
			msg->n_parts = 0;
		struct call call = make_own_call(lane);
		replay_select(&call, msg);
		for (size_t i = 0; i < msg->n_parts; i++)
			run_part(lane, msg, msg->parts[i]);
	}
	note_message(lane, NULL);
}

/* --- lanes -------------------------------------------------------------------------------------------------------- */

static bool budget_is_used_up(struct lane *lane)
{
	struct batch *b = lane->batch;
	const struct run_budget *budget = lane->budget;
	if (atomic_load_explicit(&b->next_message, memory_order_relaxed) == 0)
		return false;
	return atomic_load_explicit(&b->n_stories, memory_order_relaxed) >= budget->stories ||
	       atomic_load_explicit(&b->derived_bytes, memory_order_relaxed) >= budget->derived_bytes ||
	       (budget->stop && atomic_load_explicit(budget->stop, memory_order_relaxed)) ||
	       (budget->deadline_us && now_us(lane) >= budget->deadline_us);
}

static void add_metrics(struct lane *lane)
{
	struct plan *plan = lane->runner->plan;
	for (size_t i = 0; i < plan->n; i++) {
		if (!lane->calls[i])
			continue;
		series_add(plan->entries[i].calls, (int64_t)lane->calls[i]);
		series_add(plan->entries[i].us, lane->us[i]);
		lane->calls[i] = 0;
		lane->us[i] = 0;
	}
}

static void lane_work(void *arg)
{
	struct lane *lane = arg;
	struct batch *b = lane->batch;
	size_t limit = lane->budget->messages < b->n_messages ? lane->budget->messages : b->n_messages;
	lane->thread = pthread_self();
	while (!budget_is_used_up(lane)) {
		size_t i = atomic_fetch_add_explicit(&b->next_message, 1, memory_order_relaxed);
		if (i >= limit)
			break;
		size_t before = b->lanes[lane->index].used_bytes;
		run_message(lane, &b->messages[i]);
		size_t derived = b->lanes[lane->index].used_bytes - before;
		atomic_fetch_add_explicit(&b->derived_bytes, derived, memory_order_relaxed);
		size_t stories = b->messages[i].n_parts ? b->messages[i].n_parts : 1;
		atomic_fetch_add_explicit(&b->n_stories, stories, memory_order_relaxed);
	}
	add_metrics(lane);
}

void runner_work(struct runner *r, struct batch *b, const struct run_budget *budget)
{
	size_t lanes = budget->one_lane || b->n_messages < 2 ? 1 : r->n_lanes;
	CHECK(b->n_lanes >= lanes && budget->messages >= 1);
	atomic_store(&b->next_message, 0);
	for (size_t i = 0; i < lanes; i++) {
		r->lanes[i].batch = b;
		r->lanes[i].budget = budget;
	}
	for (size_t i = 1; i < lanes; i++)
		task_post(r->lanes[i].task, lane_work, &r->lanes[i]);
	lane_work(&r->lanes[0]);
	for (size_t i = 1; i < lanes; i++)
		task_wait(r->lanes[i].task, -1);
	size_t limit = budget->messages < b->n_messages ? budget->messages : b->n_messages;
	size_t taken = atomic_load(&b->next_message);
	b->n_taken = taken < limit ? taken : limit;
}

/* --- in order ----------------------------------------------------------------------------------------------------- */

static struct call make_batch_call(struct runner *r, struct batch *b, size_t entry)
{
	r->lanes[0].batch = b;
	struct call call = make_call(&r->lanes[0], entry);
	call.local = NULL;
	return call;
}

bool runner_begin(struct runner *r, struct batch *b, struct err *err)
{
	struct plan *plan = r->plan;
	CHECK(b->n_begun == 0 && b->n_taken == b->n_messages);
	r->lanes[0].thread = pthread_self();
	for (size_t i = plan->n_any; i < plan->n; i++) {
		const struct stage *stage = plan->entries[i].stage;
		b->n_begun++;
		if (!stage->begin)
			continue;
		struct call call = make_batch_call(r, b, i);
		int64_t started = now_us(&r->lanes[0]);
		enum begin_answer answer = stage->begin(&call, b, err);
		if (atomic_load_explicit(&r->lanes[0].busy_since_us, memory_order_relaxed))
			note_message(&r->lanes[0], NULL);
		r->lanes[0].us[i] += now_us(&r->lanes[0]) - started;
		arena_reset(&r->lanes[0].tmp);
		if (answer == BEGIN_ABORT)
			return err_prefix(err, "stage '%s'", stage->name);
	}
	return true;
}

static void finish_story(struct lane *lane, struct story *st)
{
	struct plan *plan = lane->runner->plan;
	int64_t started = plan->n > plan->n_any ? now_us(lane) : 0;
	for (size_t i = plan->n_any; i < plan->n; i++) {
		const struct stage *stage = plan->entries[i].stage;
		struct call call = make_call(lane, i);
		note_stage(lane, i);
		enum answer answer = stage->run(&call, st);
		CHECK(answer == ANSWER_KEEP);
		settle_answer(st, answer, stage);
		int64_t ended = now_us(lane);
		lane->calls[i]++;
		lane->us[i] += ended - started;
		started = ended;
		if (lane->tmp.used_bytes)
			arena_reset(&lane->tmp);
	}
	st->end.outcome = st->route.outcome == OUTCOME_DUPLICATE ? OUTCOME_DUPLICATE : OUTCOME_ARTICLE;
	if (st->record.head.p)
		record_finish(st);
}

void runner_tail(struct runner *r, struct batch *b)
{
	struct lane *lane = &r->lanes[0];
	lane->batch = b;
	lane->thread = pthread_self();
	for (size_t m = 0; m < b->n_messages; m++) {
		struct message *msg = &b->messages[m];
		if (msg->n_parts == 0)
			continue;
		note_message(lane, msg);
		for (size_t i = 0; i < msg->n_parts; i++) {
			lane->note.part = msg->parts[i]->part;
			if (msg->parts[i]->end.outcome == OUTCOME_OPEN)
				finish_story(lane, msg->parts[i]);
		}
		note_message(lane, NULL);
	}
	add_metrics(lane);
}

void runner_commit(struct runner *r, struct batch *b)
{
	CHECK(b->n_begun == 0 || b->n_begun == r->plan->n - r->plan->n_any); /* not after a failed begin */
	for (size_t i = 0; i < b->n_begun; i++) {
		size_t entry = r->plan->n_any + i;
		struct call call = make_batch_call(r, b, entry);
		if (r->plan->entries[entry].stage->commit)
			r->plan->entries[entry].stage->commit(&call, b);
	}
	arena_reset(&r->lanes[0].tmp);
	b->n_begun = 0;
}

void runner_rollback(struct runner *r, struct batch *b)
{
	CHECK(b->n_begun <= r->plan->n - r->plan->n_any);
	for (size_t i = b->n_begun; i-- > 0;) {
		size_t entry = r->plan->n_any + i;
		struct call call = make_batch_call(r, b, entry);
		if (r->plan->entries[entry].stage->rollback)
			r->plan->entries[entry].stage->rollback(&call, b);
	}
	arena_reset(&r->lanes[0].tmp);
	b->n_begun = 0;
}

/* --- the watchdog ------------------------------------------------------------------------------------------------- */

/*
 * A lane that overruns its time is aborted *on its own thread*, so that the backtrace shows where it hangs; the process
 * ends as in a crash, and the suspects file knows the message.
 */
static void end_overdue(struct runner *r, int64_t step_us)
{
	int64_t limit_us = r->options.story_time_ms * 1000;
	for (size_t i = 0; i < r->n_lanes; i++) {
		int64_t since_us = atomic_load_explicit(&r->lanes[i].busy_since_us, memory_order_acquire);
		if (!overdue_look(&r->lanes[i].overdue, since_us, step_us, limit_us))
			continue;
		log_error("STORY-OVERRAN", "a message needs longer than limits.story-time, the process ends",
		          LOG_INT("lane", (int64_t)i), LOG_INT("limit_ms", r->options.story_time_ms));
		pthread_kill(r->lanes[i].thread, SIGABRT);
		return;
	}
}

static void *watchdog_main(void *arg)
{
	struct runner *r = arg;
	int64_t looked_us = clock_mono_us(clock_system());
	pthread_mutex_lock(&r->watchdog_lock);
	while (!r->watchdog_stop) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += WATCHDOG_STEP_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&r->watchdog_wake, &r->watchdog_lock, &until);
		int64_t now_us = clock_mono_us(clock_system());
		if (!r->watchdog_stop)
			end_overdue(r, now_us - looked_us);
		looked_us = now_us;
	}
	pthread_mutex_unlock(&r->watchdog_lock);
	return NULL;
}

static void watchdog_start(struct runner *r)
{
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&r->watchdog_lock, NULL);
	pthread_cond_init(&r->watchdog_wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&r->watchdog, NULL, watchdog_main, r) != 0)
		check_panic("cannot start the watchdog thread");
	r->has_watchdog = true;
}

static void watchdog_end(struct runner *r)
{
	if (!r->has_watchdog)
		return;
	pthread_mutex_lock(&r->watchdog_lock);
	r->watchdog_stop = true;
	pthread_cond_signal(&r->watchdog_wake);
	pthread_mutex_unlock(&r->watchdog_lock);
	pthread_join(r->watchdog, NULL);
	pthread_cond_destroy(&r->watchdog_wake);
	pthread_mutex_destroy(&r->watchdog_lock);
}

/* --- life --------------------------------------------------------------------------------------------------------- */

static bool lane_open(struct lane *lane, struct err *err)
{
	struct plan *plan = lane->runner->plan;
	for (size_t i = 0; i < plan->n; i++) {
		const struct stage *stage = plan->entries[i].stage;
		if (!stage->local_size)
			continue;
		lane->locals[i] = calloc(1, stage->local_size);
		CHECK(lane->locals[i]);
		if (stage->open_local && !stage->open_local(&plan->env, plan->entries[i].options,
		                                            plan->entries[i].shared, lane->locals[i], err)) {
			free(lane->locals[i]);
			lane->locals[i] = NULL;
			return err_prefix(err, "stage '%s'", stage->name);
		}
	}
	return true;
}

static void lane_close(struct lane *lane)
{
	struct plan *plan = lane->runner->plan;
	task_free(&lane->task);
	for (size_t i = plan->n; i-- > 0;) {
		if (!lane->locals[i])
			continue;
		if (plan->entries[i].stage->close_local)
			plan->entries[i].stage->close_local(lane->locals[i]);
		free(lane->locals[i]);
	}
	arena_free(&lane->tmp);
	buf_free(&lane->scratch);
}

struct runner *runner_new(struct plan *plan, const struct runner_options *options, struct err *err)
{
	CHECK(options->lanes >= 1 && options->lanes <= LANES_MAX);
	struct runner *r = calloc(1, sizeof(*r));
	CHECK(r);
	r->plan = plan;
	r->options = *options;
	for (size_t i = 0; i < options->lanes; i++) {
		struct lane *lane = &r->lanes[i];
		lane->runner = r;
		lane->index = i;
		arena_init(&lane->tmp, 1 << 18, 0);
		buf_init(&lane->scratch, (size_t)plan->env.limits.story_bytes);
		r->n_lanes = i + 1;
		if (!lane_open(lane, err)) {
			runner_free(&r);
			return NULL;
		}
		char name[32];
		snprintf(name, sizeof(name), "lane-%zu", i);
		if (i > 0)
			lane->task = task_new(options->task_kind, name);
	}
	if (options->story_time_ms > 0)
		watchdog_start(r);
	return r;
}

void runner_free(struct runner **runner)
{
	struct runner *r = *runner;
	*runner = NULL;
	if (!r)
		return;
	watchdog_end(r);
	for (size_t i = r->n_lanes; i-- > 0;)
		lane_close(&r->lanes[i]);
	free(r);
}

#include "tests/membroker/worker.h"

#include "pipeline/base/check.h"
#include "pipeline/plan.h"

/* --- a clock that moves by being looked at ------------------------------------------------------------------------ */

struct test_clock {
	struct clock base;
	_Atomic int64_t us;
};

static int64_t test_mono_us(struct clock *c)
{
	return atomic_fetch_add(&((struct test_clock *)c)->us, 50);
}

static int64_t test_wall_ms(struct clock *c)
{
	return 1700000000000 + test_mono_us(c) / 1000;
}

static void test_sleep_us(struct clock *c, int64_t us)
{
	atomic_fetch_add(&((struct test_clock *)c)->us, us);
}

/* --- split -------------------------------------------------------------------------------------------------------- */

static bool begins(struct str s, const char *head)
{
	return str_starts(s, str_of(head));
}

static enum answer split_expand(struct call *call, struct message *msg)
{
	for (size_t at = 0; at < msg->value.n;) {
		size_t end = str_index(msg->value, '|', at);
		struct str part = str_slice(msg->value, at, end);
		struct story *st = message_part(call, msg);
		if (!st)
			return message_dead(call, msg, REASON_LIMIT_PARTS, NULL);
		st->decode.text = part;
		st->decode.body = part;
		st->decode.uri = part;
		st->decode.format = "plain-text";
		st->decode.charset = "UTF-8";
		st->decode.charset_basis = "valid-utf8";
		if (begins(part, "dead"))
			story_dead(call, st, REASON_BAD_FORMAT, "it says so");
		else if (begins(part, "drop"))
			story_drop(call, st, REASON_FILTERED);
		at = end + 1;
	}
	return ANSWER_KEEP;
}

static const struct stage stage_split = {
        .name = "split", .summary = "", .order = STAGE_ANY_ORDER, .writes = GROUP_DECODE, .expand = split_expand};

/* What the stages share; witness is one too, through the environment's ledger argument. */
struct witness_shared {
	struct witness *w;
	const struct test_watch *watch;
};

static bool witness_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	(void)options;
	(void)err;
	*(struct witness_shared *)shared = *(const struct witness_shared *)env->ledger_arg;
	return true;
}

static enum answer eat_run(struct call *call, struct story *st)
{
	const struct test_watch *watch = ((struct witness_shared *)call->shared)->watch;
	if (watch->story)
		watch->story(watch->arg, st);
	if (begins(st->decode.text, "huge"))
		memset(arena_alloc(call->keep, (size_t)call->env->limits.story_bytes + 1), 1, 1);
	return ANSWER_KEEP;
}

static const struct stage stage_eat = {.name = "eat",
                                       .summary = "",
                                       .order = STAGE_ANY_ORDER,
                                       .needs = GROUP_DECODE,
                                       .shared_size = sizeof(struct witness_shared),
                                       .open = witness_open,
                                       .run = eat_run};

/* --- witness ------------------------------------------------------------------------------------------------------ */

static void witness_break(struct witness *w, const char *what)
{
	if (!w->broken)
		w->broken = what;
}

static enum begin_answer witness_begin(struct call *call, struct batch *batch, struct err *err)
{
	struct witness *w = ((struct witness_shared *)call->shared)->w;
	w->begins++;
	if (w->n_pending == 2) {
		witness_break(w, "a third batch began while two were unsettled");
		return BEGIN_READY;
	}
	if (w->n_pending && w->pending[w->n_pending - 1] >= batch->number)
		witness_break(w, "batch numbers do not rise");
	w->pending[w->n_pending] = batch->number;
	w->pending_stories[w->n_pending++] = 0;
	if (w->stop_at_begin == w->begins)
		atomic_store(w->stop, true);
	if (w->begins_to_abort > 0) {
		w->begins_to_abort--;
		err_set(err, "told to");
		return BEGIN_ABORT;
	}
	return BEGIN_READY;
}

static enum answer witness_run(struct call *call, struct story *st)
{
	struct witness *w = ((struct witness_shared *)call->shared)->w;
	if (begins(st->decode.text, "copy"))
		st->route.outcome = OUTCOME_DUPLICATE;
	if (!w->n_pending || w->pending[w->n_pending - 1] != call->batch->number)
		witness_break(w, "run for a batch that is not the newest begun");
	else
		w->pending_stories[w->n_pending - 1]++;
	return ANSWER_KEEP;
}

static void witness_commit(struct call *call, struct batch *batch)
{
	struct witness *w = ((struct witness_shared *)call->shared)->w;
	w->commits++;
	if (!w->n_pending || w->pending[0] != batch->number) {
		witness_break(w, "commit of a batch that is not the oldest unsettled");
		return;
	}
	w->committed_stories += w->pending_stories[0];
	w->pending[0] = w->pending[1];
	w->pending_stories[0] = w->pending_stories[1];
	w->n_pending--;
}

static void witness_rollback(struct call *call, struct batch *batch)
{
	struct witness *w = ((struct witness_shared *)call->shared)->w;
	w->rollbacks++;
	if (!w->n_pending || w->pending[w->n_pending - 1] != batch->number)
		witness_break(w, "rollback of a batch that is not the newest unsettled");
	else
		w->n_pending--;
}

static const struct stage stage_witness = {.name = "witness",
                                           .summary = "",
                                           .order = STAGE_IN_ORDER,
                                           .shared_size = sizeof(struct witness_shared),
                                           .open = witness_open,
                                           .run = witness_run,
                                           .begin = witness_begin,
                                           .commit = witness_commit,
                                           .rollback = witness_rollback};

static const struct stage *const test_registry[] = {&stage_split, &stage_eat, &stage_witness, NULL};

/* --- a life ------------------------------------------------------------------------------------------------------- */

struct life {
	const struct test_worker_options *options;
	struct loop_setup setup;
	struct witness_shared shared;
};

static void hook_working(void *arg, size_t lane, const struct message *msg)
{
	struct life *life = arg;
	const struct test_watch *watch = &life->options->watch;
	if (watch->working)
		watch->working(watch->arg, lane, msg);
	suspects_working(life->setup.suspects, lane, msg);
}

static const char *hook_condemned(void *arg, const struct message *msg, int64_t part, enum reason *reason)
{
	return condemned_find(((struct life *)arg)->setup.condemned, msg, part, reason);
}

static bool open_state(struct life *life, struct runner_options *run, struct err *err)
{
	const char *dir = life->options->state_dir;
	if (!dir)
		return true;
	life->setup.condemned = condemned_open(dir, STR("mem"), STR("group"), err);
	if (life->setup.condemned)
		life->setup.suspects = suspects_open(dir, STR("mem"), STR("group"), life->setup.condemned, err);
	run->hooks = (struct run_hooks){life, hook_working, hook_condemned};
	return life->setup.suspects != NULL;
}

static void close_state(struct loop_setup *setup)
{
	if (setup->suspects)
		suspects_close(&setup->suspects);
	if (setup->condemned)
		condemned_close(&setup->condemned);
}

static void open_plan(struct plan *plan, struct life *life, struct arena *a)
{
	struct err err = {0};
	int64_t story_bytes = life->options->story_bytes;
	struct stage_env env = {.clock = life->setup.clock,
	                        .metrics = life->setup.metrics,
	                        .limits = {.message_bytes = 1 << 20,
	                                   .story_bytes = story_bytes ? story_bytes : 1 << 20,
	                                   .parse_bytes = 1 << 20,
	                                   .parts = 100,
	                                   .depth = 64},
	                        .ledger_arg = &life->shared};
	if (!plan_read(plan, plan_choose(NULL, STR("split,eat,witness"), a), test_registry, a, &err) ||
	    !plan_open(plan, &env, &err))
		check_panic("%s", err.words);
}

static struct loop_setup make_setup(struct mem_client *client, const struct test_worker_options *options)
{
	static _Atomic bool never;
	return (struct loop_setup){.source = options->source ? options->source : mem_client_source(client),
	                           .sink = mem_client_sink(client),
	                           .clock = options->clock,
	                           .metrics = metrics_new(),
	                           .options = {.batch_stories = options->batch_stories ? options->batch_stories : 5,
	                                       .batch_bytes = 1 << 20,
	                                       .batch_wait_ms = 10,
	                                       .transaction_ms = TEST_WORKER_TRANSACTION_MS,
	                                       .stop_ms = options->stop_ms,
	                                       .idle_commit_ms = 20,
	                                       .back_off_min_ms = 1,
	                                       .back_off_max_ms = 8,
	                                       .until_end = options->until_end,
	                                       .publisher_task = options->threads ? TASK_THREAD : TASK_INLINE},
	                           .lanes = options->lanes ? options->lanes : 1,
	                           .stop = options->stop ? options->stop : &never,
	                           .tidy = {options->tidy, options->tidy_arg}};
}

/* What is abandoned is as good as killed: nothing more of it reaches the broker. */
static void run_loop(struct mem_client *client, const struct life *life, struct test_worker_result *result)
{
	const struct loop_setup *setup = &life->setup;
	const struct test_watch *watch = &life->options->watch;
	struct loop *loop = loop_new(setup);
	result->end = loop_run(loop, &result->err);
	const struct loop_status *status = loop_status(loop);
	result->articles = status->articles;
	result->duplicates = status->duplicates;
	result->drops = status->drops;
	result->dead_letters = status->dead_letters;
	result->abandoned = loop_is_abandoned(loop);
	if (result->abandoned && watch->abandoned)
		watch->abandoned(watch->arg);
	if (result->abandoned)
		mem_client_kill(client);
	loop_free(&loop);
}

struct test_worker_result test_worker_run(struct mem_client *client, const struct test_worker_options *given)
{
	struct test_clock clock = {.base = {test_mono_us, test_wall_ms, test_sleep_us}, .us = 1};
	struct test_worker_options options = *given;
	options.clock = given->clock ? given->clock : &clock.base;
	struct test_worker_result result = {.end = LOOP_FAILED};
	struct witness *w = options.witness ? options.witness : &result.witness;
	struct life life = {.options = &options, .setup = make_setup(client, &options), .shared = {w, &options.watch}};
	struct loop_setup *setup = &life.setup;
	struct arena arena;
	struct plan plan;
	struct sink_limits limits;
	struct runner_options run = {.lanes = setup->lanes, .task_kind = setup->options.publisher_task};
	arena_init(&arena, 0, 0);
	w->stop = setup->stop;
	open_plan(&plan, &life, &arena);
	if (open_state(&life, &run, &result.err)) {
		enum publish_result opened = setup->sink->ops->open(setup->sink, &limits, &result.err);
		result.end = opened == PUBLISH_FAILED ? LOOP_FAILED : LOOP_FENCED;
		if (opened == PUBLISH_COMMITTED) {
			setup->runner = runner_new(&plan, &run, &result.err);
			run_loop(client, &life, &result);
			runner_free(&setup->runner);
		}
	}
	close_state(setup);
	plan_close(&plan);
	metrics_free(&setup->metrics);
	arena_free(&arena);
	result.held = mem_client_held(client);
	if (options.witness)
		result.witness = *options.witness;
	return result;
}

/*
 * dedup: has this story been here before?
 *
 * begin enters the claims of a batch's open stories into the ledger, and tells it which stories ended otherwise; run
 * asks it for the verdict, story by story. Where claims are kept and how a story is judged is the ledger's business
 * (ledger.h). Control copy (kills, withdrawals, embargo lifts, advisories, tests) and stories without text are never
 * claimed: two kills read alike and kill different stories. They are `unjudged`, and the evidence says why.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"
#include "pipeline/stage.h"
#include "pipeline/stages/dedup/ledger.h"
#include "pipeline/stages/dedup/sender.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/rfc3339.h"

#define DEDUP_UNSETTLED_MAX 2

struct dedup_options {
	int ledger;
	int64_t window_ms;
	int64_t claims_max;
	struct str claims;
	int64_t window_stories;
	struct str space;
	int time;
	int on_outage;
	int64_t same_text, same_numbers, own_facts, excerpt;
};

enum { DEDUP_LOCAL, DEDUP_KAFKA };
static const char *const dedup_ledgers[] = {[DEDUP_LOCAL] = "local", [DEDUP_KAFKA] = "kafka", NULL};
enum { DEDUP_LOG_TIME, DEDUP_STORY_TIME };
static const char *const dedup_times[] = {[DEDUP_LOG_TIME] = "log", [DEDUP_STORY_TIME] = "story", NULL};
enum { DEDUP_WAIT, DEDUP_PUBLISH };
static const char *const dedup_outages[] = {[DEDUP_WAIT] = "wait", [DEDUP_PUBLISH] = "publish", NULL};

static const struct option dedup_options[] = {
        OPTION_ENUM(struct dedup_options, ledger, "ledger", dedup_ledgers, "local",
                    "Where claims are kept: local is this worker's memory only; kafka is a topic that all workers "
                    "share, so that twins are found whichever worker they reach."),
        OPTION_DURATION(struct dedup_options, window_ms, "window", "72h", "1m", "90d",
                        "How long a story is remembered."),
        OPTION_INT(
                struct dedup_options, claims_max, "claims-max", "1000000", "1000", "250000000",
                "The local ledger holds at most so many claims (at most 300 bytes each); the oldest fall out first."),
        OPTION_STRING(struct dedup_options, claims, "claims", "wire.claims",
                      "The topic of the claims, with one partition; 'wiredesk topics --create' makes it."),
        OPTION_INT(struct dedup_options, window_stories, "window-stories", "1000000", "1000", "100000000",
                   "With kafka: no story is compared with more than so many before it; the same for all workers."),
        OPTION_STRING(struct dedup_options, space, "namespace", "",
                      "With kafka: only claims of the same namespace are seen. For old stories that run again beside "
                      "new ones."),
        OPTION_ENUM(struct dedup_options, time, "time", dedup_times, "log",
                    "By which time the window is measured: that at which the ledger took the claim, or the story's own "
                    "date, for old stories that run again. Of files it is always the story's own date: enrich."),
        OPTION_ENUM(struct dedup_options, on_outage, "on-outage", dedup_outages, "wait",
                    "With kafka: while the claims cannot be had, stories wait, or are published unjudged."),
        OPTION_INT(struct dedup_options, same_text, "same-text", "50", "30", "95",
                   "Two stories are one only if they have so many percent of the shorter text in common. Higher: "
                   "copies that "
                   "were cut, rewritten or badly scanned come as articles of their own."),
        OPTION_INT(
                struct dedup_options, same_numbers, "same-numbers", "40", "1", "100",
                "Where two stories have four numbers or more between the same words, so many percent must agree; else "
                "they are two bulletins in one form. Lower: more of these are taken for one. Higher: copies with "
                "corrected figures come as articles of their own."),
        OPTION_INT(
                struct dedup_options, own_facts, "own-facts", "2", "1", "10",
                "So many numbers and names that each side has for itself, under other headlines, make two stories of "
                "the same words. Lower: fewer bulletins of one press office are taken for one, and fewer copies "
                "with noise or other spelling are found. Higher: the reverse."),
        OPTION_INT(
                struct dedup_options, excerpt, "excerpt", "48", "10", "90",
                "A story shorter than so many percent of an earlier one that holds it is its excerpt, and goes on as "
                "an article; a longer one is a copy that was cut."),
        OPTION_END};

_Static_assert(LIKENESS_SAME_TEXT_MIN == 30 && LIKENESS_SAME_TEXT_MAX == 95 && LIKENESS_SAME_NUMBERS_MIN == 1 &&
                       LIKENESS_SAME_NUMBERS_MAX == 100 && LIKENESS_OWN_FACTS_MIN == 1 &&
                       LIKENESS_OWN_FACTS_MAX == 10 && LIKENESS_EXCERPT_MIN == 10 && LIKENESS_EXCERPT_MAX == 90,
               "options are as wide as limits");

/* What begin found in a batch, until it is settled. */
struct dedup_batch {
	bool in_use;
	uint64_t number;
	struct claim *claims;
	const struct story **stories; /* of the claims, in order */
	size_t n, room;
	struct claim_key *ended;
	size_t n_ended, ended_room;
	size_t next; /* the claim whose story comes next to run */
};

struct dedup {
	struct ledger *ledger;
	struct series *held; /* NULL: nobody counts */
	struct dedup_batch batches[DEDUP_UNSETTLED_MAX];
};

static struct likeness_limits dedup_limits(const struct dedup_options *o)
{
	return likeness_limits_of((struct likeness_limits){(uint8_t)o->same_text, (uint8_t)o->same_numbers,
	                                                   (uint8_t)o->own_facts, (uint8_t)o->excerpt});
}

static bool dedup_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	const struct dedup_options *o = options;
	struct dedup *dedup = shared;
	const struct ledger_wish wish = {.topic = o->claims,
	                                 .space = o->space,
	                                 .window_ms = o->window_ms,
	                                 .window_claims = (uint32_t)o->window_stories,
	                                 .limits = dedup_limits(o),
	                                 .is_story_time = o->time == DEDUP_STORY_TIME,
	                                 .publishes = o->on_outage == DEDUP_PUBLISH};
	if (env->ledger_new && o->ledger == DEDUP_KAFKA)
		dedup->ledger = env->ledger_new(env, &wish, err);
	else
		dedup->ledger = ledger_local_new(&(struct ledger_local_options){
		        .clock = env->clock,
		        .window_ms = o->window_ms,
		        .claims_max = (size_t)o->claims_max,
		        .limits = dedup_limits(o),
		        .is_story_time = o->time == DEDUP_STORY_TIME || env->is_by_story_time});
	if (dedup->ledger && env->metrics)
		dedup->held = metrics_plain(env->metrics, METRIC_LEDGER_CLAIMS);
	return dedup->ledger != NULL;
}

static void dedup_close(void *shared)
{
	struct dedup *dedup = shared;
	for (size_t i = 0; i < DEDUP_UNSETTLED_MAX; i++) {
		free(dedup->batches[i].claims);
		free(dedup->batches[i].stories);
		free(dedup->batches[i].ended);
	}
	dedup->ledger->ops->close(dedup->ledger);
}

/* --- a batch's claims ----------------------------------------------------------------------------------------- */

static struct dedup_batch *dedup_find(struct dedup *dedup, uint64_t number)
{
	for (size_t i = 0; i < DEDUP_UNSETTLED_MAX; i++)
		if (dedup->batches[i].in_use && dedup->batches[i].number == number)
			return &dedup->batches[i];
	return NULL;
}

static struct dedup_batch *dedup_take(struct dedup *dedup, uint64_t number)
{
	CHECK(!dedup_find(dedup, number));
	for (size_t i = 0; i < DEDUP_UNSETTLED_MAX; i++) {
		struct dedup_batch *b = &dedup->batches[i];
		if (b->in_use)
			continue;
		b->in_use = true;
		b->number = number;
		b->n = b->n_ended = b->next = 0;
		return b;
	}
	check_panic("a third batch begins before the first is settled");
}

/* When the story says it was made: in its format, or in its text. */
static bool dedup_story_ms(const struct story *st, int64_t *ms)
{
	return rfc3339_read(st->decode.version_created, ms) ||
	       (st->credits.has_offset && rfc3339_read(st->credits.published.name, ms));
}

static void dedup_add_claim(struct call *call, struct dedup_batch *b, const struct story *st, int64_t now_ms)
{
	if (b->n == b->room) {
		b->room = b->room ? 2 * b->room : 1024;
		b->claims = grow(b->claims, b->room, sizeof(*b->claims));
		b->stories = grow(b->stories, b->room, sizeof(*b->stories));
	}
	int64_t time_ms;
	bool is_dated = dedup_story_ms(st, &time_ms);
	b->stories[b->n] = st;
	b->claims[b->n++] = (struct claim){
	        .key = {st->msg->origin, st->part, st->decode.part_hash},
	        .id = position_id(call->keep, &st->msg->delivery, st->part),
	        .exact_hash = st->fingerprint.exact_hash,
	        .body_hash = st->fingerprint.body_hash,
	        .sketch = st->fingerprint.sketch,
	        .words = st->fingerprint.words,
	        .scope = st->msg->feed ? st->msg->feed->scope : STR(""),
	        .uri = st->decode.uri,
	        .source = sender_of(call, st, CLAIM_SOURCE_MAX),
	        .guid = st->decode.guid,
	        .version = st->decode.version,
	        .time_ms = is_dated ? time_ms : now_ms,
	        .is_dated = is_dated,
	        .arrived_ms = st->msg->timestamp_ms,
	};
}

static void dedup_add_ended(struct dedup_batch *b, const struct message *msg, uint32_t part)
{
	if (b->n_ended == b->ended_room) {
		b->ended_room = b->ended_room ? 2 * b->ended_room : 256;
		b->ended = grow(b->ended, b->ended_room, sizeof(*b->ended));
	}
	b->ended[b->n_ended++] = (struct claim_key){.origin = msg->origin, .part = part};
}

/* Of a replayed dead letter only some parts are worked on; the others ended long ago, as something else. */
static bool dedup_goes_on(const struct message *msg, uint32_t part)
{
	if (!msg->only)
		return true;
	for (size_t i = 0; i < msg->n_only; i++)
		if (msg->only[i] == part)
			return true;
	return false;
}

static void dedup_add_ended_message(struct dedup_batch *b, const struct message *msg)
{
	if (!msg->only)
		dedup_add_ended(b, msg, CLAIM_ALL_PARTS);
	for (size_t i = 0; msg->only && i < msg->n_only; i++)
		dedup_add_ended(b, msg, msg->only[i]);
}

static bool dedup_is_claimed(const struct story *st)
{
	return !story_control(st) && !st->fingerprint.empty;
}

static void dedup_add_message(struct call *call, struct dedup_batch *b, const struct message *msg, int64_t now_ms)
{
	if (msg->end.outcome != OUTCOME_OPEN) {
		dedup_add_ended_message(b, msg);
		return;
	}
	for (size_t i = 0; i < msg->n_parts; i++) {
		const struct story *st = msg->parts[i];
		if (!dedup_goes_on(msg, st->part))
			continue;
		if (st->end.outcome != OUTCOME_OPEN)
			dedup_add_ended(b, msg, st->part);
		else if (dedup_is_claimed(st))
			dedup_add_claim(call, b, st, now_ms);
	}
}

/* What the ledger's words about its work mean. */
struct dedup_work {
	struct call *call;
	const struct dedup_batch *batch;
};

static void dedup_working(void *arg, size_t i)
{
	const struct dedup_work *work = arg;
	call_working(work->call, i == LEDGER_NO_CLAIM ? NULL : work->batch->stories[i]);
}

static enum begin_answer dedup_begin(struct call *call, struct batch *batch, struct err *err)
{
	struct dedup *dedup = call->shared;
	struct dedup_batch *b = dedup_take(dedup, batch->number);
	int64_t now_ms = clock_wall_ms(call->env->clock);
	for (size_t i = 0; i < batch->n_messages; i++)
		dedup_add_message(call, b, &batch->messages[i], now_ms);
	struct dedup_work work = {call, b};
	dedup->ledger->working = dedup_working;
	dedup->ledger->working_arg = &work;
	enum ledger_answer answer =
	        dedup->ledger->ops->begin(dedup->ledger, batch->number, b->claims, b->n, b->ended, b->n_ended, err);
	dedup->ledger->working = NULL;
	return answer == LEDGER_READY ? BEGIN_READY : BEGIN_ABORT;
}

/* --- verdicts ------------------------------------------------------------------------------------------------- */

/* The words of decode.control and our own reason; each as a finished object, so that nothing is made a story. */
static struct str dedup_why_unjudged(const struct story *st)
{
	static const struct {
		const char *reason;
		struct str evidence;
	} rows[] = {
#define DEDUP_ROW(word) {word, STR_INIT("{\"reason\":\"" word "\"}")}
	        DEDUP_ROW("kill"),     DEDUP_ROW("withdrawal"), DEDUP_ROW("embargo-lift"),
	        DEDUP_ROW("advisory"), DEDUP_ROW("test"),       DEDUP_ROW("empty"),
#undef DEDUP_ROW
	};
	const char *control = story_control(st);
	const char *reason = control ? control : "empty";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].reason, reason) == 0)
			return rows[i].evidence;
	return STR("{\"reason\":\"control\"}");
}

static void dedup_judge(struct call *call, struct dedup *dedup, struct dedup_batch *b, struct story *st)
{
	CHECK(b->next < b->n && b->stories[b->next] == st);
	struct judgement found;
	dedup->ledger->ops->judge(dedup->ledger, b->number, b->next++, &found);
	CHECK(found.verdict != VERDICT_NONE);
	st->dedup.verdict = found.verdict;
	/* The ledger's views end with its next call; the record is read much later. */
	if (found.of_uri.n)
		st->dedup.of_uri = arena_copy(call->keep, found.of_uri);
	if (found.of_id.n)
		st->dedup.of_id = arena_copy(call->keep, found.of_id);
	if (found.of_source.n)
		st->dedup.of_source = arena_copy(call->keep, found.of_source);
	st->dedup.source = b->claims[b->next - 1].source;
	if (found.evidence.n)
		st->dedup.evidence = arena_copy(call->keep, found.evidence);
	st->dedup.cluster = found.of_uri.n ? st->dedup.of_uri : st->decode.uri;
	st->dedup.method = found.method;
	st->dedup.score = found.score;
}

static enum answer dedup_run(struct call *call, struct story *st)
{
	struct dedup *dedup = call->shared;
	struct dedup_batch *b = dedup_find(dedup, call->batch->number);
	CHECK(b);
	if (dedup_is_claimed(st)) {
		dedup_judge(call, dedup, b, st);
		return ANSWER_KEEP;
	}
	st->dedup.verdict = VERDICT_UNJUDGED;
	st->dedup.cluster = st->decode.uri;
	st->dedup.score = -1;
	st->dedup.evidence = dedup_why_unjudged(st);
	return ANSWER_KEEP;
}

static void dedup_settled(struct dedup *dedup, struct dedup_batch *b)
{
	b->in_use = false;
	if (dedup->held)
		series_set(dedup->held, (int64_t)dedup->ledger->ops->size(dedup->ledger));
}

static void dedup_commit(struct call *call, struct batch *batch)
{
	struct dedup *dedup = call->shared;
	struct dedup_batch *b = dedup_find(dedup, batch->number);
	CHECK(b);
	dedup->ledger->ops->commit(dedup->ledger, batch->number);
	dedup_settled(dedup, b);
}

static void dedup_rollback(struct call *call, struct batch *batch)
{
	struct dedup *dedup = call->shared;
	struct dedup_batch *b = dedup_find(dedup, batch->number);
	CHECK(b);
	dedup->ledger->ops->rollback(dedup->ledger, batch->number);
	dedup_settled(dedup, b);
}

const struct stage stage_dedup = {
        .name = "dedup",
        .summary = "compares with the stories of the last days: exact, syndicated, revision, excerpt or original",
        .order = STAGE_IN_ORDER,
        .needs = GROUP_DECODE | GROUP_FINGERPRINT,
        .writes = GROUP_DEDUP,
        .options = dedup_options,
        .options_size = sizeof(struct dedup_options),
        .shared_size = sizeof(struct dedup),
        .open = dedup_open,
        .close = dedup_close,
        .begin = dedup_begin,
        .run = dedup_run,
        .commit = dedup_commit,
        .rollback = dedup_rollback,
};

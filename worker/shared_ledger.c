/*
 * The shared ledger in a worker; see shared_ledger.h.
 */
#include "worker/shared_ledger.h"

#include "pipeline/base/log.h"
#include "worker/claims_topic.h"
#include "worker/topics.h"

#include <inttypes.h>

/* Reading back: how long at a time, how often it is told, and how long a log that cannot be reached is waited for. */
#define SHARED_BUDGET_MS   200
#define SHARED_TELL_MS     5000
#define SHARED_PATIENCE_MS 60000
/* The same, where stories are rather published unjudged than wait. */
#define SHARED_PUBLISH_MS 5000
#define SHARED_PAUSE_US   200000
/* While the worker runs: how often it reads on, and for how long. */
#define SHARED_TURN_US 200000
#define SHARED_TURN_MS 20

static void shared_tell(void *arg, const char *words)
{
	(void)arg;
	log_warn("CLAIMS", words);
}

static void shared_make_series(struct shared_ledger *s)
{
	struct metrics *m = s->metrics;
	if (!m)
		return;
	s->read = metrics_plain(m, METRIC_CLAIMS_READ);
	s->written = metrics_plain(m, METRIC_CLAIMS_WRITTEN);
	s->voided = metrics_plain(m, METRIC_CLAIMS_VOIDED);
	s->repeated = metrics_plain(m, METRIC_CLAIMS_REPEATED);
	s->foreign = metrics_labelled(m, METRIC_CLAIMS_BAD, "kind", STR("foreign"));
	s->newer = metrics_labelled(m, METRIC_CLAIMS_BAD, "kind", STR("newer"));
	s->unjudged = metrics_plain(m, METRIC_CLAIMS_UNJUDGED);
	s->orphaned = metrics_plain(m, METRIC_CLAIMS_ORPHANED);
	s->reread_front = metrics_labelled(m, METRIC_CLAIMS_REREAD, "reason", STR("front"));
	s->reread_back = metrics_labelled(m, METRIC_CLAIMS_REREAD, "reason", STR("back"));
	s->moved = metrics_labelled(m, METRIC_CLAIMS_REREAD, "reason", STR("moved"));
	s->lag = metrics_plain(m, METRIC_CLAIMS_LAG);
	s->wait = metrics_plain(m, METRIC_CLAIMS_WAIT);
}

struct ledger *shared_ledger_new(const struct stage_env *env, const struct ledger_wish *wish, struct err *err)
{
	struct shared_ledger *s = env->ledger_arg;
	if (wish->topic.n >= sizeof(s->topic)) {
		err_set(err, "the name of the claims topic '%.50s…' is too long", wish->topic.p);
		return NULL;
	}
	snprintf(s->topic, sizeof(s->topic), "%.*s", STR_ARG(wish->topic));
	struct claims_log *log = claims_topic_new(s->config, s->topic, s->clock, s->quit, err);
	if (!log)
		return NULL;
	s->publishes = wish->publishes;
	shared_make_series(s);
	atomic_store(&s->unready, "the claims log is read back");
	const struct ledger_log_options options = {
	        .log = log,
	        .clock = s->clock,
	        .settings = {wish->window_ms, wish->window_claims, CLAIM_FORMAT_SKETCH, wish->limits},
	        .space = wish->space,
	        .is_story_time = wish->is_story_time,
	        .on_outage = wish->publishes ? LEDGER_LOG_PUBLISH : LEDGER_LOG_WAIT,
	        .quit = s->quit,
	        .tell = shared_tell,
	};
	return s->ledger = ledger_log_new(&options);
}

bool shared_ledger_check(const struct shared_ledger *s, struct admin *admin, struct err *err)
{
	struct admin_topic is;
	if (!s->ledger)
		return true;
	struct err why = {0};
	if (!admin_describe(admin, s->topic, &is, &why)) {
		const char *mend = "; allow it: kafka-acls --add --allow-principal User:NAME --operation Read "
		                   "--operation Write --topic ";
		return err_set(err, "%s%s%s", why.words, is.is_forbidden ? mend : "", is.is_forbidden ? s->topic : "");
	}
	if (!is.exists)
		return err_set(
		        err,
		        "topic '%s' (claims) is not there, or may not be seen; make it: wiredesk topics -c %s --create",
		        s->topic, s->config->file ? s->config->file : "FILE");
	return topics_claims_fit(s->config, s->topic, &is, err);
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static void shared_add(struct series *series, uint64_t now, uint64_t before)
{
	series_add(series, (int64_t)(now - before));
}

static void shared_count(struct shared_ledger *s)
{
	struct ledger_log_facts now, last = s->last;
	if (!s->metrics)
		return;
	ledger_log_facts(s->ledger, &now);
	shared_add(s->read, now.read, last.read);
	shared_add(s->written, now.written, last.written);
	shared_add(s->voided, now.voids, last.voids);
	shared_add(s->repeated, now.repeated, last.repeated);
	shared_add(s->foreign, now.foreign, last.foreign);
	shared_add(s->newer, now.newer, last.newer);
	shared_add(s->unjudged, now.unjudged, last.unjudged);
	shared_add(s->orphaned, now.orphaned, last.orphaned);
	shared_add(s->reread_front, now.restores, last.restores);
	shared_add(s->reread_back, now.look_backs, last.look_backs);
	shared_add(s->moved, now.moves, last.moves);
	series_set(s->lag, now.end > now.next ? now.end - now.next : 0);
	if (now.begins != last.begins)
		series_observe_us(s->wait, now.wait_us);
	s->last = now;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static const char *shared_why_unready(enum ledger_log_state state)
{
	switch (state) {
	case LEDGER_LOG_AWAY:
		return "the claims log cannot be reached";
	case LEDGER_LOG_REFUSED:
		return "the claims log is settled as this worker cannot follow";
	case LEDGER_LOG_READING:
		return "the claims log is read back";
	case LEDGER_LOG_READY:
		break;
	}
	return NULL;
}

static void shared_tell_progress(const struct shared_ledger *s)
{
	struct ledger_log_facts facts;
	ledger_log_facts(s->ledger, &facts);
	log_info("CLAIMS-READ", "the claims log is read back", LOG_CSTR("topic", s->topic), LOG_INT("next", facts.next),
	         LOG_INT("end", facts.end), LOG_INT("claims", (int64_t)s->ledger->ops->size(s->ledger)));
}

/* Away: waits a little. False: for too long now. */
static bool shared_wait(struct shared_ledger *s, int64_t *away_ms, const struct err *err)
{
	int64_t now_ms = clock_mono_ms(s->clock);
	if (!*away_ms) {
		*away_ms = now_ms;
		log_warn("CLAIMS-AWAY", "the claims log cannot be reached; it is tried again",
		         LOG_CSTR("why", err->words));
	}
	s->clock->sleep_us(s->clock, SHARED_PAUSE_US);
	return now_ms - *away_ms < (s->publishes ? SHARED_PUBLISH_MS : SHARED_PATIENCE_MS);
}

/* Away for too long. True: this worker goes on without, and reads when the log is back. */
static bool shared_goes_without(struct shared_ledger *s)
{
	if (!s->publishes)
		return false;
	log_warn("CLAIMS-AWAY", "stories are published unjudged until the claims log is back",
	         LOG_CSTR("topic", s->topic));
	s->is_away = true;
	atomic_store(&s->unready, shared_why_unready(LEDGER_LOG_AWAY));
	return true;
}

bool shared_ledger_restore(struct shared_ledger *s, struct err *err)
{
	int64_t away_ms = 0, told_ms = clock_mono_ms(s->clock);
	while (s->ledger && !quit_is_asked(&s->quit)) {
		struct err why = {0};
		enum ledger_log_state state = ledger_log_advance(s->ledger, SHARED_BUDGET_MS, &why);
		shared_count(s);
		if (state == LEDGER_LOG_READY) {
			atomic_store(&s->unready, NULL);
			shared_tell_progress(s);
			return true;
		}
		if (state == LEDGER_LOG_REFUSED)
			return err_set(err, "%s", why.words);
		if (state == LEDGER_LOG_AWAY && !shared_wait(s, &away_ms, &why))
			return shared_goes_without(s) || err_set(err, "%s", why.words);
		if (state != LEDGER_LOG_AWAY)
			away_ms = 0;
		if (clock_mono_ms(s->clock) - told_ms < SHARED_TELL_MS)
			continue;
		told_ms = clock_mono_ms(s->clock);
		shared_tell_progress(s);
	}
	return !s->ledger;
}

/* Once when it begins and once when it is over; each batch that waits says why it does. */
static void shared_tell_away(struct shared_ledger *s, bool is_away, const struct err *err)
{
	if (is_away && !s->is_away)
		log_warn("CLAIMS-AWAY", "the claims log cannot be reached", LOG_CSTR("topic", s->topic),
		         LOG_CSTR("why", err->words));
	else if (!is_away && s->is_away)
		log_info("CLAIMS-BACK", "the claims log can be reached again", LOG_CSTR("topic", s->topic));
	s->is_away = is_away;
}

/* A batch that was judged since the last turn has read all that stood before its claims: nothing to ask for now. */
static bool shared_is_fresh(const struct shared_ledger *s)
{
	struct ledger_log_facts facts;
	ledger_log_facts(s->ledger, &facts);
	return facts.begins != s->last.begins && !facts.is_away;
}

void shared_ledger_turn(void *arg)
{
	struct shared_ledger *s = arg;
	int64_t now_us = clock_mono_us(s->clock);
	if (!s->ledger || now_us - s->turned_us < SHARED_TURN_US)
		return;
	struct err err = {0};
	enum ledger_log_state state =
	        shared_is_fresh(s) ? LEDGER_LOG_READY : ledger_log_advance(s->ledger, SHARED_TURN_MS, &err);
	s->turned_us = clock_mono_us(s->clock);
	shared_tell_away(s, state == LEDGER_LOG_AWAY, &err);
	atomic_store(&s->unready, shared_why_unready(state));
	shared_count(s);
}

const char *shared_ledger_unready(const void *arg)
{
	const struct shared_ledger *s = arg;
	return atomic_load(&((struct shared_ledger *)(uintptr_t)s)->unready);
}

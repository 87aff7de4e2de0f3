#include "worker/publisher.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

struct publisher {
	struct publisher_options with;
	struct task *task;
	struct publication mail;
	struct offsets committed; /* scratch of resolve */
	bool in_flight;
	_Atomic bool lost; /* the batch's partitions are */
	int64_t took_us;
};

static bool is_stub(void *arg, const struct message *msg)
{
	return condemned_is_stub(arg, msg);
}

/*
 * Are the offsets of the batch the group's? Then the transaction was committed: nothing else that is ours can have
 * moved them just there.
 */
static bool all_there(const struct offsets *committed, const struct offsets *next)
{
	for (size_t i = 0; i < next->n; i++) {
		const struct offset *wanted = &next->items[i];
		const struct offset *at = offsets_find(committed, wanted->topic, wanted->partition, NULL);
		if (!at || at->next != wanted->next)
			return false;
	}
	return true;
}

static void settle(struct publication *mail, enum publish_result result, enum publish_cause cause)
{
	mail->result = result;
	mail->cause = cause;
}

/* One try: the old transaction gets an end, then the broker says which. False: the broker does not answer. */
static bool try_resolve(struct publisher *p, int timeout_ms)
{
	struct publication *mail = &p->mail;
	struct err err = {0};
	enum publish_result renewed = p->with.sink->ops->renew(p->with.sink, timeout_ms, &err);
	if (renewed == PUBLISH_FENCED || renewed == PUBLISH_FATAL || renewed == PUBLISH_FAILED) {
		settle(mail, renewed, CAUSE_NONE);
		mail->err = err;
		return true;
	}
	if (renewed != PUBLISH_COMMITTED)
		return false;
	if (atomic_load(&p->lost)) {
		/* None of its partitions is ours any more: whoever has them asks the broker. */
		settle(mail, PUBLISH_ABORTED, CAUSE_ASKED);
		return true;
	}
	offsets_copy(&p->committed, &mail->batch->next);
	if (!p->with.source->ops->committed(p->with.source, &p->committed, timeout_ms, &err))
		return false;
	bool done = all_there(&p->committed, &mail->batch->next);
	log_info("OUTCOME-RESOLVED",
	         done ? "the unknown transaction was committed" : "the unknown transaction was aborted",
	         LOG_INT("batch", (int64_t)mail->batch->number));
	settle(mail, done ? PUBLISH_COMMITTED : PUBLISH_ABORTED, done ? CAUSE_NONE : CAUSE_OUTAGE);
	return true;
}

static void resolve(struct publisher *p)
{
	struct clock *clock = p->with.clock;
	int64_t deadline = clock_mono_ms(clock) + p->with.transaction_ms;
	log_warn("OUTCOME-UNKNOWN", "no answer to a commit, asking the broker how it ended",
	         LOG_INT("batch", (int64_t)p->mail.batch->number), LOG_CSTR("why", p->mail.err.words));
	for (;;) {
		int64_t left = deadline - clock_mono_ms(clock);
		if (left <= 0)
			break;
		if (try_resolve(p, (int)left))
			return;
		clock->sleep_us(clock, 100 * 1000);
	}
	settle(&p->mail, PUBLISH_FAILED, CAUSE_OUTAGE);
	err_clear(&p->mail.err);
	err_set(&p->mail.err,
	        "cannot find out within %lld ms whether the last transaction was committed; a restart asks again",
	        (long long)p->with.transaction_ms);
}

static void publish(void *arg)
{
	struct publisher *p = arg;
	int64_t started = clock_mono_us(p->with.clock);
	p->with.sink->ops->publish(p->with.sink, &p->mail);
	if (p->mail.result == PUBLISH_UNKNOWN)
		resolve(p);
	p->took_us = clock_mono_us(p->with.clock) - started;
}

struct publisher *publisher_new(const struct publisher_options *options)
{
	struct publisher *p = calloc(1, sizeof(*p));
	CHECK(p);
	p->with = *options;
	p->task = task_new(options->task_kind, "publisher");
	return p;
}

void publisher_free(struct publisher **publisher)
{
	struct publisher *p = *publisher;
	*publisher = NULL;
	if (!p)
		return;
	CHECK(!p->in_flight);
	task_free(&p->task);
	offsets_free(&p->committed);
	free(p);
}

void publisher_post(struct publisher *p, struct batch *batch, bool one_by_one, size_t probe_from)
{
	CHECK(!p->in_flight);
	/* Sealed, so that the offsets are those of what was worked on and of nothing else. */
	CHECK(batch->n_taken == batch->n_messages);
	p->in_flight = true;
	struct publication *mail = &p->mail;
	mail->batch = batch;
	mail->one_by_one = one_by_one;
	mail->probe_from = probe_from;
	mail->probed_to = 0;
	atomic_store(&mail->abort_asked, false);
	atomic_store(&p->lost, false);
	mail->stub = p->with.condemned ? is_stub : NULL;
	mail->stub_arg = p->with.condemned;
	mail->result = PUBLISH_FAILED;
	mail->cause = CAUSE_NONE;
	mail->n_refusals = 0;
	err_clear(&mail->err);
	task_post(p->task, publish, p);
}

bool publisher_is_done(struct publisher *p)
{
	return p->in_flight && task_is_idle(p->task);
}

bool publisher_is_over(struct publisher *p)
{
	if (!publisher_is_done(p))
		return false;
	enum publish_result result = p->mail.result;
	return result == PUBLISH_FENCED || result == PUBLISH_FATAL || result == PUBLISH_FAILED;
}

bool publisher_wait(struct publisher *p, int timeout_ms)
{
	CHECK(p->in_flight);
	return task_wait(p->task, timeout_ms);
}

void publisher_ask_abort(struct publisher *p, enum publisher_ask why)
{
	CHECK(p->in_flight);
	if (why == PUBLISHER_LOST)
		atomic_store(&p->lost, true);
	atomic_store(&p->mail.abort_asked, true);
}

const struct publication *publisher_take(struct publisher *p)
{
	CHECK(p->in_flight);
	task_wait(p->task, -1);
	p->in_flight = false;
	CHECK(p->mail.result != PUBLISH_UNKNOWN);
	return &p->mail;
}

int64_t publisher_took_us(const struct publisher *p)
{
	return p->took_us;
}

/*
 * The loop and its source: messages and ends go into the batch that fills, assignments come and go, and an abort
 * rewinds.
 */
#include "worker/loop_inside.h"

#include "pipeline/base/check.h"
#include "pipeline/base/log.h"

#define ASK_MS 10000

void loop_rewind(struct loop *l)
{
	struct err err = {0};
	CHECK(!l->flying && batch_is_empty(l->filling)); /* what is in hand would be read twice */
	if (!l->assigned)
		return;
	assignment_rewind(l->held, &l->scratch);
	if (!l->with.source->ops->assign(l->with.source, &l->scratch, &err))
		loop_end_with(l, LOOP_FAILED, &err);
	l->source_ended = false;
}

/* --- assignment --------------------------------------------------------------------------------------------------- */

/* Condemned and suspect messages that this group has passed long ago, perhaps on another worker, are of no interest. */
static void forget_what_is_past(struct loop *l)
{
	struct err err = {0};
	bool any = (l->with.condemned && condemned_count(l->with.condemned)) ||
	           (l->with.suspects && suspects_count(l->with.suspects));
	if (!any)
		return;
	assignment_rewind(l->held, &l->scratch);
	if (!l->with.source->ops->committed(l->with.source, &l->scratch, ASK_MS, &err))
		return;
	if (l->with.condemned)
		condemned_forget_below(l->with.condemned, &l->scratch);
	if (l->with.suspects)
		suspects_forget_below(l->with.suspects, &l->scratch);
}

static void keep_metadata(struct loop *l, struct str metadata)
{
	free(l->metadata);
	l->metadata = malloc(metadata.n ? metadata.n : 1);
	CHECK(l->metadata);
	if (metadata.n)
		memcpy(l->metadata, metadata.p, metadata.n);
	l->metadata_n = metadata.n;
}

static void on_assigned(struct loop *l, const struct source_event *event)
{
	struct err err = {0};
	CHECK(!l->assigned && !l->flying && batch_is_empty(l->filling));
	keep_metadata(l, event->metadata);
	assignment_take(l->held, &event->partitions, loop_now_ms(l));
	l->assigned = true;
	l->assignment++;
	log_info("ASSIGNED", "partitions assigned", LOG_INT("partitions", (int64_t)event->partitions.n));
	until_end_works(&l->until_end);
	forget_what_is_past(l);
	assignment_rewind(l->held, &l->scratch);
	if (!l->with.source->ops->assign(l->with.source, &l->scratch, &err)) {
		loop_end_with(l, LOOP_FAILED, &err);
		return;
	}
	l->last_message_ms = loop_now_ms(l);
	l->troubled = false;
}

/* Partitions go, in order or at once: after this nothing of them is in our hands. */
static void on_unassigned(struct loop *l, bool lost)
{
	enum publish_cause cause = CAUSE_NONE;
	struct err err = {0};
	log_info(lost ? "LOST" : "REVOKED", lost ? "partitions are gone" : "partitions go back",
	         LOG_INT("partitions", (int64_t)assignment_count(l->held)));
	l->assigned = false;
	loop_update_ready(l); /* before the wait */
	if (l->flying && lost)
		publisher_ask_abort(l->publisher, PUBLISHER_LOST);
	loop_collect(l, &cause);
	loop_drop_batches(l);
	CHECK(l->abandoned || (!l->flying && batch_is_empty(l->filling)));
	assignment_drop(l->held);
	isolation_reset(&l->isolation);
	if (!l->with.source->ops->unassign(l->with.source, &err))
		loop_end_with(l, LOOP_FAILED, &err);
}

/* --- events ------------------------------------------------------------------------------------------------------- */

static void on_message(struct loop *l, const struct message *msg)
{
	struct batch *b = l->filling;
	CHECK(b != l->flying && b != l->spare);
	if (!l->assigned || !assignment_read(l->held, &msg->delivery)) {
		if (msg->owner)
			l->with.source->ops->release(l->with.source, msg->owner);
		return;
	}
	if (b->n_messages == 0)
		b->opened_us = clock_mono_us(l->with.clock);
	batch_add(b, msg);
	l->last_message_ms = loop_now_ms(l);
}

static void on_eof(struct loop *l, const struct offset *at)
{
	if (assignment_at_end(l->held, at, loop_now_ms(l)))
		batch_add_eof(l->filling, at);
}

static void handle_event(struct loop *l, const struct source_event *event)
{
	switch (event->happening) {
	case SOURCE_IDLE:
		break;
	case SOURCE_MESSAGE:
		on_message(l, &event->message);
		break;
	case SOURCE_EOF:
		on_eof(l, &event->at);
		break;
	case SOURCE_ASSIGNED:
		on_assigned(l, event);
		break;
	case SOURCE_REVOKED:
		on_unassigned(l, false);
		break;
	case SOURCE_LOST:
		on_unassigned(l, true);
		break;
	case SOURCE_END:
		l->source_ended = true;
		break;
	case SOURCE_FENCED:
	case SOURCE_FATAL:
		loop_end_with(l, LOOP_FENCED, &event->err);
		break;
	case SOURCE_FAILED:
		loop_end_with(l, LOOP_FAILED, &event->err);
		break;
	}
}

void loop_poll(struct loop *l, int timeout_ms)
{
	struct source_event event = {0};
	l->with.source->ops->poll(l->with.source, timeout_ms, &event);
	handle_event(l, &event);
	loop_update_ready(l);
}

/* Keeps the assignment, and reads nothing of it. */
static void read_nothing(struct loop *l)
{
	const struct offsets none = {0};
	struct err err = {0};
	if (l->assigned && !l->with.source->ops->assign(l->with.source, &none, &err))
		loop_end_with(l, LOOP_FAILED, &err);
}

void loop_back_off(struct loop *l)
{
	const struct loop_options *options = &l->with.options;
	l->back_off_ms = l->back_off_ms ? 2 * l->back_off_ms : options->back_off_min_ms;
	if (l->back_off_ms > options->back_off_max_ms)
		l->back_off_ms = options->back_off_max_ms;
	int64_t until = loop_now_ms(l) + l->back_off_ms;
	uint64_t assignment = l->assignment;
	read_nothing(l);
	for (int64_t left = l->back_off_ms; left > 0 && !loop_must_stop(l); left = until - loop_now_ms(l)) {
		loop_poll(l, left < LOOP_POLL_MS ? (int)left : LOOP_POLL_MS);
		if (l->assignment != assignment)
			return; /* what failed then need not fail now */
	}
	if (!loop_must_stop(l))
		loop_rewind(l);
}

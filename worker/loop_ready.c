/*
 * How the loop ends, and whether it is ready: what others may ask of it while it runs.
 */
#include "worker/loop_inside.h"

int64_t loop_now_ms(struct loop *l)
{
	return clock_mono_ms(l->with.clock);
}

void loop_end_with(struct loop *l, enum loop_end end, const struct err *err)
{
	if (l->over)
		return;
	l->over = true;
	l->end = end;
	if (err)
		l->err = *err;
}

bool loop_must_stop(struct loop *l)
{
	return l->over || atomic_load(l->with.stop);
}

bool loop_is_over(struct loop *l)
{
	struct source *source = l->with.source;
	return loop_must_stop(l) || (l->flying && publisher_is_over(l->publisher)) ||
	       (source->ops->is_over && source->ops->is_over(source));
}

int64_t loop_stopping_ms(struct loop *l)
{
	if (!atomic_load(l->with.stop))
		return -1;
	if (!l->stopping_since_ms)
		l->stopping_since_ms = loop_now_ms(l);
	return loop_now_ms(l) - l->stopping_since_ms;
}

/* Why is the worker not ready? NULL: it is. A member that the group gives no partition to stands by, and is ready. */
static const char *find_unready(struct loop *l)
{
	const struct source_ops *ops = l->with.source->ops;
	const char *trouble = ops->trouble ? ops->trouble(l->with.source) : NULL;
	if (loop_must_stop(l))
		return "it ends";
	if (trouble)
		return trouble;
	const char *beside = l->with.beside.unready ? l->with.beside.unready(l->with.beside.arg) : NULL;
	if (beside)
		return beside;
	if (!l->assigned)
		return "the group has given it no assignment";
	return l->troubled ? "the last batch could not be taken" : NULL;
}

void loop_update_ready(struct loop *l)
{
	atomic_store(&l->status.unready, find_unready(l));
}

bool loop_is_abandoned(const struct loop *l)
{
	return l->abandoned;
}

const struct loop_status *loop_status(const struct loop *l)
{
	return &l->status;
}

/* The loop itself may be waiting for the batch in flight, and then finds out nothing. */
const char *loop_unready(const struct loop *l)
{
	int64_t flying_ms = atomic_load(&l->flying_ms);
	if (atomic_load(l->with.stop))
		return "it ends";
	if (flying_ms && clock_mono_ms(l->with.clock) - flying_ms > l->with.options.transaction_ms / 4)
		return "the brokers take long over a batch";
	return atomic_load(&l->status.unready);
}

size_t loop_partitions(struct loop *l, struct partition_status *out, size_t room)
{
	return assignment_status(l->held, out, room);
}

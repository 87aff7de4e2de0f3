/* See directed.h. */
#include "tests/flow/directed.h"

static struct directed *directed_of(struct source *source)
{
	return (struct directed *)(void *)((char *)source - offsetof(struct directed, source));
}

static struct source *directed_inner(struct source *source)
{
	return directed_of(source)->inner;
}

static void directed_poll(struct source *source, int timeout_ms, struct source_event *event)
{
	struct directed *d = directed_of(source);
	if (d->before)
		d->before(d->arg);
	d->inner->ops->poll(d->inner, timeout_ms, event);
	if (d->after)
		d->after(d->arg, event);
}

static bool directed_assign(struct source *source, const struct offsets *partitions, struct err *err)
{
	struct source *inner = directed_inner(source);
	return inner->ops->assign(inner, partitions, err);
}

static bool directed_unassign(struct source *source, struct err *err)
{
	struct source *inner = directed_inner(source);
	return inner->ops->unassign(inner, err);
}

static bool directed_committed(struct source *source, struct offsets *partitions, int timeout_ms, struct err *err)
{
	struct source *inner = directed_inner(source);
	return inner->ops->committed(inner, partitions, timeout_ms, err);
}

static bool directed_ends(struct source *source, struct offsets *ends, int timeout_ms, struct err *err)
{
	struct source *inner = directed_inner(source);
	return inner->ops->ends(inner, ends, timeout_ms, err);
}

static int64_t directed_known_end(struct source *source, const char *topic, int32_t partition)
{
	struct source *inner = directed_inner(source);
	return inner->ops->known_end(inner, topic, partition);
}

static const char *directed_trouble(struct source *source)
{
	struct source *inner = directed_inner(source);
	return inner->ops->trouble(inner);
}

static void directed_release(void *source, void *owner)
{
	struct source *inner = directed_inner(source);
	inner->ops->release(inner, owner);
}

static void directed_close(struct source *source)
{
	struct source *inner = directed_inner(source);
	inner->ops->close(inner);
}

void directed_init(struct directed *directed)
{
	const struct source_ops *inner = directed->inner->ops;
	directed->ops = (struct source_ops){.poll = directed_poll,
	                                    .assign = directed_assign,
	                                    .unassign = directed_unassign,
	                                    .committed = directed_committed,
	                                    .ends = inner->ends ? directed_ends : NULL,
	                                    .known_end = inner->known_end ? directed_known_end : NULL,
	                                    .trouble = inner->trouble ? directed_trouble : NULL,
	                                    .release = directed_release,
	                                    .close = directed_close};
	directed->source.ops = &directed->ops;
}

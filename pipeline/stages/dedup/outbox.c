/* Records on their way into a log. See outbox.h. */
#include "pipeline/stages/dedup/outbox.h"

#include "pipeline/base/check.h"
#include "pipeline/base/grow.h"

#include <stdlib.h>

void outbox_init(struct outbox *o, size_t record_bytes_max)
{
	*o = (struct outbox){0};
	buf_init(&o->bytes, SIZE_MAX / 2);
	buf_init(&o->one, record_bytes_max);
}

void outbox_free(struct outbox *o)
{
	buf_free(&o->bytes);
	buf_free(&o->one);
	free(o->ends);
	free(o->values);
}

void outbox_clear(struct outbox *o)
{
	buf_clear(&o->bytes);
	buf_clear(&o->one);
	o->n = 0;
}

void outbox_take(struct outbox *o)
{
	if (o->n == o->room) {
		o->room = o->room ? 2 * o->room : 1024;
		o->ends = grow(o->ends, o->room, sizeof(*o->ends));
		o->values = grow(o->values, o->room, sizeof(*o->values));
	}
	buf_str(&o->bytes, buf_view(&o->one));
	CHECK(!o->bytes.overflow);
	o->ends[o->n++] = o->bytes.n;
	buf_clear(&o->one);
}

bool outbox_append(struct outbox *o, struct claims_log *log, int64_t patience_ms, struct err *err)
{
	if (!o->n)
		return true;
	for (size_t i = 0, from = 0; i < o->n; from = o->ends[i++])
		o->values[i] = str_slice(buf_view(&o->bytes), from, o->ends[i]);
	return log->ops->append(log, o->values, o->n, patience_ms, err);
}

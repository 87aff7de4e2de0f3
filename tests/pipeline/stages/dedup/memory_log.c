/*
 * The log in memory; see memory_log.h.
 */
#include "tests/pipeline/stages/dedup/memory_log.h"

#include <stdlib.h>
#include <string.h>

struct memory_handle {
	struct claims_log log; /* first, so that one is the other */
	struct memory_log *on;
};

struct claims_cursor {
	struct memory_log *on;
	int64_t offset;
	int epoch;
};

static struct memory_log *memory_of(struct claims_log *log)
{
	return ((struct memory_handle *)(void *)log)->on;
}

void memory_log_free(struct memory_log *log)
{
	for (size_t i = 0; i < log->n; i++)
		free(log->records[i].p);
	free(log->records);
}

void memory_log_put(struct memory_log *log, struct str value)
{
	if (log->n == log->room) {
		log->room = log->room ? 2 * log->room : 256;
		log->records = realloc(log->records, log->room * sizeof(*log->records));
	}
	char *p = malloc(value.n + 1);
	memcpy(p, value.p, value.n);
	log->records[log->n++] = (struct memory_record){log->offset++, log->time_ms, p, value.n};
}

void memory_log_cut(struct memory_log *log, size_t first)
{
	if (first > log->first)
		log->first = first;
}

void memory_log_renew(struct memory_log *log)
{
	log->first = log->began = log->n;
	log->offset = 0;
	log->epoch++;
}

static int64_t memory_first(const struct memory_log *log)
{
	return log->first < log->n ? log->records[log->first].offset : log->offset;
}

static bool memory_append(struct claims_log *handle, const struct str *values, size_t n, int64_t patience_ms,
                          struct err *err)
{
	struct memory_log *log = memory_of(handle);
	bool fails = log->fail_appends > 0;
	for (size_t i = 0; i < n && (!fails || i < log->fail_after); i++)
		memory_log_put(log, values[i]);
	log->fail_appends -= fails;
	if (fails)
		*log->mono_us += patience_ms * 1000;
	return !fails || err_set(err, "no answer");
}

static struct claims_cursor *memory_open(struct claims_log *handle, int64_t offset, struct err *err)
{
	(void)err;
	struct claims_cursor *c = malloc(sizeof(*c));
	*c = (struct claims_cursor){memory_of(handle), offset, memory_of(handle)->epoch};
	return c;
}

static enum log_answer memory_moved(struct claims_cursor *c, struct log_record *out)
{
	c->epoch = c->on->epoch;
	out->offset = c->offset = memory_first(c->on);
	return LOG_MOVED;
}

static enum log_answer memory_read(struct claims_cursor *c, int64_t wait_ms, struct log_record *out, struct err *err)
{
	struct memory_log *log = c->on;
	if (log->fail_reads > 0) {
		log->fail_reads--;
		err_set(err, "no broker");
		return LOG_AWAY;
	}
	if (c->epoch != log->epoch || c->offset < memory_first(log))
		return memory_moved(c, out);
	if (c->offset < log->offset) {
		/* Offsets have no gaps here. */
		const struct memory_record *r = &log->records[log->n - (size_t)(log->offset - c->offset)];
		*out = (struct log_record){r->offset, r->time_ms, str_make(r->p, r->n)};
		c->offset++;
		return LOG_RECORD;
	}
	*log->mono_us += wait_ms * 1000;
	return LOG_END;
}

static void memory_shut(struct claims_cursor *c)
{
	free(c);
}

static bool memory_asks(struct memory_log *log, struct err *err)
{
	if (log->fail_asks <= 0)
		return true;
	log->fail_asks--;
	return err_set(err, "no broker");
}

static bool memory_bounds(struct claims_log *handle, int64_t *first, int64_t *next, struct err *err)
{
	struct memory_log *log = memory_of(handle);
	*first = memory_first(log);
	*next = log->offset;
	return memory_asks(log, err);
}

static bool memory_find(struct claims_log *handle, int64_t time_ms, int64_t *offset, struct err *err)
{
	struct memory_log *log = memory_of(handle);
	*offset = log->offset;
	for (size_t i = log->first; i < log->n; i++)
		if (log->records[i].time_ms >= time_ms) {
			*offset = log->records[i].offset;
			break;
		}
	return memory_asks(log, err);
}

static void memory_close(struct claims_log *handle)
{
	free(handle);
}

struct claims_log *memory_log_handle(struct memory_log *log)
{
	static const struct claims_log_ops ops = {
	        .append = memory_append,
	        .open = memory_open,
	        .read = memory_read,
	        .shut = memory_shut,
	        .bounds = memory_bounds,
	        .find = memory_find,
	        .close = memory_close,
	};
	struct memory_handle *h = malloc(sizeof(*h));
	*h = (struct memory_handle){{&ops}, log};
	return &h->log;
}

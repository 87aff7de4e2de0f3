/*
 * The claims log as the ledger sees it: records in one order, the same for all who read it.
 *
 * Behind this interface stand a topic with one partition (worker/claims_topic.h) and, in tests, a log in memory. An
 * offset is a record's place; offsets rise, with gaps. A record's time is when the log took it. Old records fall away
 * at the front; somebody may cut it, or make the log anew. One thread, but for what an implementation does inside.
 */
#ifndef WIREDESK_CLAIMS_LOG_H
#define WIREDESK_CLAIMS_LOG_H

#include "pipeline/base/err.h"
#include "pipeline/base/str.h"

#include <stdint.h>

struct claims_log {
	const struct claims_log_ops *ops;
};

/* One reader's place in a log. */
struct claims_cursor;

struct log_record {
	int64_t offset;
	int64_t time_ms;
	struct str value; /* until the next read of the same cursor */
};

enum log_answer {
	LOG_RECORD,
	LOG_END,   /* nothing (more) came in time */
	LOG_MOVED, /* what would have come next is gone; out->offset is where reading goes on: further on where the log
	              was cut, before where it was made anew */
	LOG_AWAY,  /* it cannot be reached, and err says why; the cursor stands where it stood */
};

struct claims_log_ops {
	/*
	 * Appends records in this order. True: all stand in the log, for good and for every reader. False with err set:
	 * each of them may or may not, now or a little later.
	 */
	bool (*append)(struct claims_log *, const struct str *values, size_t n, int64_t patience_ms, struct err *err);
	/* A reader of what stands at or after `offset`. Also of what no transaction has committed. */
	struct claims_cursor *(*open)(struct claims_log *, int64_t offset, struct err *err);
	enum log_answer (*read)(struct claims_cursor *, int64_t wait_ms, struct log_record *out, struct err *err);
	void (*shut)(struct claims_cursor *);
	/* The offset of the first record, and that of the next to come: equal when it is empty. */
	bool (*bounds)(struct claims_log *, int64_t *first, int64_t *next, struct err *err);
	/* The first offset whose record is not older than time_ms, or that of the next to come. */
	bool (*find)(struct claims_log *, int64_t time_ms, int64_t *offset, struct err *err);
	void (*close)(struct claims_log *);
};

#endif

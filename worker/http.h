/*
 * The worker's ears: GET /metrics (Prometheus' text format), /livez and /readyz, by libmicrohttpd on a thread of its
 * own.
 *
 * /livez asks: would a restart help? It fails when a partition that is not at its end makes no progress for `stuck`,
 * and says which. /readyz asks: is it at work? Models loaded, brokers reached, topics there, a member of the group,
 * not ending; it says why not. Bodies hold no story text. Hostile or slow clients are bounded: few connections, few a
 * address, short timeouts, GET and HEAD only, no request bodies.
 */
#ifndef WIREDESK_HTTP_H
#define WIREDESK_HTTP_H

#include "pipeline/base/buf.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/err.h"
#include "pipeline/base/metrics.h"
#include "worker/loop.h"

/* What is asked on each request, on http's thread. Any pointer may be NULL: then the worker is not ready, and alive. */
struct http_setup {
	struct str listen;
	int64_t stuck_ms;
	struct metrics *metrics;
	struct clock *clock;
	void (*refresh)(void *arg);        /* before metrics are written: gauges that have to be asked for */
	const char *(*unready)(void *arg); /* why it is not ready, in words; NULL: it is */
	size_t (*partitions)(void *arg, struct partition_status *out, size_t room);
	void *arg;
};

struct http;

/* NULL with err set: the address is taken, or not ours. */
struct http *http_open(const struct http_setup *setup, struct err *err);
void http_close(struct http **http);
/* The port that it listens on. */
uint16_t http_port(const struct http *http);

#endif
